//! The table of default objects, read for one version.
//!
//! `policy.txt` is written by `tests/bootstrap` from upstream's objects. An unindented line begins an object, an indented one adds to it;
//! those before the first object add to every object. A trailing `@11-15,20-` names the minor versions that have the line. Entries of a
//! list are joined by commas, and `""` is the empty entry.

use crate::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, List, ObjectMeta, PolicyRule, Role, RoleBinding, RoleRef,
    Subject,
};
use crate::policy::Policy;

const TABLE: &str = include_str!("policy.txt");

/// The objects of a minor version, in upstream's order.
pub(super) fn policy(minor: u16) -> Policy {
    let mut policy = Policy::new();
    let mut common = Entry::default();
    let mut entry: Option<Entry> = None;
    let mut skipping = false;
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let (line, here) = versions(line, minor);
        if let Some(field) = line.strip_prefix(' ') {
            if here && !skipping {
                entry.as_mut().unwrap_or(&mut common).add(field);
            }
            continue;
        }
        entry.take().into_iter().for_each(|entry| entry.put_into(&mut policy));
        skipping = !here;
        entry = here.then(|| common.named(line));
    }
    entry.into_iter().for_each(|entry| entry.put_into(&mut policy));
    policy
}

/// The line without the versions at its end, and whether the minor version is one of them.
fn versions(line: &str, minor: u16) -> (&str, bool) {
    match line.rsplit_once(" @") {
        Some((line, ranges)) => (line, ranges.split(',').any(|range| contains(range, minor))),
        None => (line, true),
    }
}

fn contains(range: &str, minor: u16) -> bool {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let from = first.parse().is_ok_and(|first: u16| first <= minor);
    from && (last.is_empty() || last.parse().is_ok_and(|last: u16| minor <= last))
}

/// What the lines of one object have said so far.
#[derive(Debug, Clone, Default)]
struct Entry {
    kind: String,
    metadata: ObjectMeta,
    rules: List<PolicyRule>,
    selectors: Vec<LabelSelector>,
    subjects: Vec<Subject>,
    role_ref: RoleRef,
}

impl Entry {
    /// An object of its first line: `Role kube-system/name` or `ClusterRole name`.
    fn named(&self, line: &str) -> Self {
        let (kind, name) = line.split_once(' ').unwrap_or((line, ""));
        let (namespace, name) = name.split_once('/').unwrap_or(("", name));
        let metadata = ObjectMeta { name: name.to_owned(), namespace: namespace.to_owned(), ..self.metadata.clone() };
        Self { kind: kind.to_owned(), metadata, ..self.clone() }
    }

    fn add(&mut self, field: &str) {
        let mut words = field.split(' ');
        let mut next = || words.next().unwrap_or_default();
        match next() {
            "label" => self.metadata.labels.extend([pair(next())]),
            "annotation" => self.metadata.annotations.extend([pair(next())]),
            "selects" => {
                let mut selector = LabelSelector::default();
                selector.match_labels.extend([pair(next())]);
                self.selectors.push(selector);
            }
            "rule" => self.rules.push(PolicyRule::resources(list(next()), list(next()), list(next())).named(list(next()))),
            "urls" => self.rules.push(PolicyRule::urls(list(next()), list(next()))),
            "subject" => self.subjects.push(subject(next(), next())),
            "grants" => self.role_ref = RoleRef { kind: next().to_owned(), name: next().to_owned(), ..RoleRef::role("") },
            _ => {}
        }
    }

    /// By its own type, so that a program that has no use for the other kinds is not made to carry them.
    fn put_into(self, policy: &mut Policy) {
        let Self { kind, metadata, rules, selectors, subjects, role_ref } = self;
        let aggregation_rule = (!selectors.is_empty()).then_some(AggregationRule { cluster_role_selectors: selectors });
        match kind.as_str() {
            "ClusterRole" => drop(policy.insert(ClusterRole { metadata, rules, aggregation_rule })),
            "Role" => drop(policy.insert(Role { metadata, rules })),
            "ClusterRoleBinding" => drop(policy.insert(ClusterRoleBinding { metadata, subjects, role_ref })),
            "RoleBinding" => drop(policy.insert(RoleBinding { metadata, subjects, role_ref })),
            _ => {}
        }
    }
}

fn pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (key.to_owned(), value.to_owned())
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|entry| !entry.is_empty()).map(|entry| if entry == "\"\"" { "" } else { entry })
}

fn subject(kind: &str, name: &str) -> Subject {
    match (kind, name.split_once('/')) {
        (Subject::SERVICE_ACCOUNT, Some((namespace, name))) => Subject::service_account(namespace, name),
        (Subject::GROUP, _) => Subject::group(name),
        _ => Subject::user(name),
    }
}
