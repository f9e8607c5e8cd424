//! The rows of the table of rules that `describe` and `auth can-i --list` show.
//!
//! Models `kubectl/pkg/util/rbac/rbac.go` (`BreakdownRule`, `CompactRules`, `SortableRuleSlice`), in which the order of rows with equal
//! keys is that of a hash map; here it is the order of the rules.

use std::fmt::Write;

use indexmap::{IndexMap, IndexSet};

use super::{Error, MAX_RULES};
use crate::model::PolicyRule;
use crate::quote::QuotedList;
use crate::version::{Behaviour, KubeVersion};

/// One row: a resource or a URL, and what may be done to it.
struct Row<'a> {
    target: Target<'a>,
    verbs: Vec<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Target<'a> {
    Resource { group: &'a str, resource: &'a str, name: Option<&'a str> },
    Url(&'a str),
}

/// The rows as text: four cells each, parted by tabs, in kubectl's order.
///
/// Cost: `O(n log n)` for the `n` rules of one group, resource, verb and name that the rules break down into.
pub(super) fn lines<'a>(
    rules: impl IntoIterator<Item = &'a PolicyRule> + Clone,
    version: KubeVersion,
) -> Result<Vec<String>, Error> {
    let broken_down = rules.clone().into_iter().map(size).fold(0, usize::saturating_add);
    if broken_down > MAX_RULES {
        return Err(Error::too_many_rules(broken_down));
    }
    let mut rows = compact(rules, version.has(Behaviour::RuleRowsHoldVerbsOnce));
    let key = if version.has(Behaviour::RuleRowsSortByVerbs) { Row::key } else { Row::old_key };
    rows.sort_by_cached_key(key);
    Ok(rows.iter().map(Row::line).collect())
}

fn size(rule: &PolicyRule) -> usize {
    let resources = rule.api_groups.len().saturating_mul(rule.resources.len()).saturating_mul(rule.resource_names.len().max(1));
    resources.saturating_add(rule.non_resource_urls.len()).saturating_mul(rule.verbs.len())
}

/// The rows of URLs, one for each verb, then those of resources, with the verbs of equal ones joined.
fn compact<'a>(rules: impl IntoIterator<Item = &'a PolicyRule>, verbs_once: bool) -> Vec<Row<'a>> {
    let mut urls = Vec::new();
    let mut resources: IndexMap<Target<'a>, Verbs<'a>> = IndexMap::new();
    for rule in rules {
        for (target, verb) in resource_rules(rule) {
            resources.entry(target).or_default().add(verb, verbs_once);
        }
        urls.extend(url_rules(rule).map(|(target, verb)| Row { target, verbs: vec![verb] }));
    }
    urls.extend(resources.into_iter().map(|(target, verbs)| Row { target, verbs: verbs.listed }));
    urls
}

/// Verbs in the order of their first appearance.
#[derive(Default)]
struct Verbs<'a> {
    listed: Vec<&'a str>,
    seen: IndexSet<&'a str>,
}

impl<'a> Verbs<'a> {
    fn add(&mut self, verb: &'a str, once: bool) {
        if self.seen.insert(verb) || !once {
            self.listed.push(verb);
        }
    }
}

fn resource_rules(rule: &PolicyRule) -> impl Iterator<Item = (Target<'_>, &str)> {
    rule.api_groups.iter().flat_map(move |group| {
        rule.resources.iter().flat_map(move |resource| {
            rule.verbs
                .iter()
                .flat_map(move |verb| names(rule).map(move |name| (Target::Resource { group, resource, name }, verb.as_str())))
        })
    })
}

/// The names of a rule, or once no name.
fn names(rule: &PolicyRule) -> impl Iterator<Item = Option<&str>> {
    let unnamed = rule.resource_names.is_empty().then_some(None);
    rule.resource_names.iter().map(|name| Some(name.as_str())).chain(unnamed)
}

fn url_rules(rule: &PolicyRule) -> impl Iterator<Item = (Target<'_>, &str)> {
    let with_verbs = move |url| rule.verbs.iter().map(move |verb| (Target::Url(url), verb.as_str()));
    rule.non_resource_urls.iter().flat_map(move |url| with_verbs(url))
}

impl<'a> Row<'a> {
    fn group(&self) -> &[&'a str] {
        match &self.target {
            Target::Resource { group, .. } => std::slice::from_ref(group),
            Target::Url(_) => &[],
        }
    }

    fn resource(&self) -> &[&'a str] {
        match &self.target {
            Target::Resource { resource, .. } => std::slice::from_ref(resource),
            Target::Url(_) => &[],
        }
    }

    fn name(&self) -> &[&'a str] {
        match &self.target {
            Target::Resource { name, .. } => name.as_slice(),
            Target::Url(_) => &[],
        }
    }

    fn url(&self) -> &[&'a str] {
        match &self.target {
            Target::Url(url) => std::slice::from_ref(url),
            Target::Resource { .. } => &[],
        }
    }

    /// The text that rows are sorted by: `PolicyRule.String()` of the generated code.
    fn key(&self) -> String {
        let [verbs, groups, resources, names, urls] =
            [&self.verbs, self.group(), self.resource(), self.name(), self.url()].map(bracketed);
        format!(
            "&PolicyRule{{Verbs:{verbs},APIGroups:{groups},Resources:{resources},ResourceNames:{names},NonResourceURLs:{urls},}}"
        )
    }

    /// The text that rows were sorted by until 1.10: the compact string with the verbs last.
    fn old_key(&self) -> String {
        let fields = [
            ("APIGroups", self.group()),
            ("Resources", self.resource()),
            ("NonResourceURLs", self.url()),
            ("ResourceNames", self.name()),
            ("Verbs", &self.verbs),
        ];
        let filled = fields.iter().filter(|(_, values)| !values.is_empty());
        let parts: Vec<String> = filled.map(|(title, values)| format!("{title}:{}", QuotedList(values))).collect();
        format!("PolicyRule{{{}}}", parts.join(", "))
    }

    fn line(&self) -> String {
        let mut line = String::new();
        if let Target::Resource { group, resource, .. } = self.target {
            line.push_str(&combined(group, resource));
        }
        for list in [self.url(), self.name(), &self.verbs] {
            line.push('\t');
            line.push_str(&bracketed(list));
        }
        line
    }
}

/// `deployments.apps/scale` (`CombineResourceGroup`).
fn combined(group: &str, resource: &str) -> String {
    let (resource, subresource) = resource.split_once('/').map_or((resource, None), |(resource, sub)| (resource, Some(sub)));
    let mut text = resource.to_owned();
    if !group.is_empty() {
        let _ = write!(text, ".{group}");
    }
    if let Some(subresource) = subresource {
        let _ = write!(text, "/{subresource}");
    }
    text
}

/// A list as Go's `%v` writes it.
fn bracketed(list: &[&str]) -> String {
    format!("[{}]", list.join(" "))
}
