//! How other tools read a policy: the right way with single questions answered in a way of their own.

use std::sync::LazyLock;

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::policy::{AnyBinding, AnyRole};
use k8s_rbac::{Attributes, Policy, UserInfo};

use crate::upstream::ask;

/// A question that a rule answers about a request.
type Question = fn(&PolicyRule, &Attributes<'_>) -> bool;

/// A way to read a policy, taken apart into its questions.
#[derive(Clone, Copy)]
pub struct Reading {
    pub verb: Question,
    pub group: Question,
    pub resource: Question,
    pub name: Question,
    pub url: Question,
    /// Whether the subject is the user.
    pub subject: fn(&Subject, AnyBinding<'_>, &UserInfo) -> bool,
    /// Whether the binding grants the role.
    pub join: fn(AnyBinding<'_>, AnyRole<'_>) -> bool,
    /// Whether what the binding grants counts in the namespace.
    pub scope: fn(AnyBinding<'_>, AnyRole<'_>, &str) -> bool,
}

/// The right reading, written once more.
pub const RIGHT: Reading = Reading {
    verb: |rule, request| has(&rule.verbs, request.verb),
    group: |rule, request| has(&rule.api_groups, request.api_group),
    resource: |rule, request| {
        let any = format!("*/{}", request.subresource);
        has(&rule.resources, &combined(request)) || !request.subresource.is_empty() && rule.resources.contains(&any)
    },
    name: |rule, request| rule.resource_names.is_empty() || lists(&rule.resource_names, request.name),
    url: |rule, request| {
        let prefix = |entry: &String| entry.strip_suffix('*').is_some_and(|prefix| request.path.starts_with(prefix));
        rule.non_resource_urls.iter().any(|entry| entry == request.path || prefix(entry))
    },
    subject: |subject, binding, user| match subject.kind.as_str() {
        "User" => subject.name == user.username,
        "Group" => user.groups.contains(&subject.name),
        "ServiceAccount" => {
            let namespace = if subject.namespace.is_empty() { binding.namespace() } else { &subject.namespace };
            !namespace.is_empty() && user.username == format!("system:serviceaccount:{namespace}:{}", subject.name)
        }
        _ => false,
    },
    join: |binding, role| {
        let RoleRef { kind, name, .. } = binding.role_ref();
        kind == role.kind() && name == role.name() && (kind == "ClusterRole" || binding.namespace() == role.namespace())
    },
    scope: |binding, _, namespace| {
        binding.kind() == "ClusterRoleBinding" || !namespace.is_empty() && binding.namespace() == namespace
    },
};

/// Whether the entries hold the word or `*`.
pub fn has(entries: &[String], wanted: &str) -> bool {
    lists(entries, "*") || lists(entries, wanted)
}

/// Whether the entries hold the word.
pub fn lists(entries: &[String], wanted: &str) -> bool {
    entries.iter().any(|entry| entry == wanted)
}

/// The resource as rules spell it.
pub fn combined(request: &Attributes<'_>) -> String {
    request.combined_resource().into_owned()
}

/// Whether the text fits the pattern in which `*` stands for anything, as a shell reads it.
pub fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.is_char_boundary(at) && glob(after, &rest[at..]))),
    }
}

impl Reading {
    /// Whether the rule allows the request.
    pub fn rule(&self, rule: &PolicyRule, request: &Attributes<'_>) -> bool {
        let about = if request.resource_request {
            (self.group)(rule, request) && (self.resource)(rule, request) && (self.name)(rule, request)
        } else {
            (self.url)(rule, request)
        };
        about && (self.verb)(rule, request)
    }

    /// Whether the objects allow the request.
    pub fn allows(&self, objects: &[Object], request: &Attributes<'_>) -> bool {
        let policy = Policy::from_iter(objects.iter().cloned());
        let user = request.user.unwrap();
        let roles = || policy.cluster_roles().iter().map(AnyRole::ClusterRole).chain(policy.roles().iter().map(AnyRole::Role));
        let allows = |role: AnyRole<'_>| role.rules().iter().any(|rule| self.rule(rule, request));
        policy.bindings().any(|binding| {
            let applies = binding.subjects().iter().any(|subject| (self.subject)(subject, binding, user));
            let grants = |role| (self.join)(binding, role) && (self.scope)(binding, role, request.namespace) && allows(role);
            applies && roles().any(grants)
        })
    }
}

/// The naive reading says yes, and it is no.
#[track_caller]
pub fn wrong_yes(naive: Reading, objects: &[Object], request: Attributes<'_>) {
    misread(naive, objects, request, true);
}

/// The naive reading says no, and it is yes.
#[track_caller]
pub fn wrong_no(naive: Reading, objects: &[Object], request: Attributes<'_>) {
    misread(naive, objects, request, false);
}

#[track_caller]
fn misread(naive: Reading, objects: &[Object], request: Attributes<'_>, says: bool) {
    assert_eq!(naive.allows(objects, &request), says, "what the naive reading says");
    assert_eq!(ask(objects, &request), !says, "what the authorizer says");
    assert_eq!(RIGHT.allows(objects, &request), !says, "the mistake alone makes the difference");
}

/// A tool's answer, found by hand, that differs from the right one.
#[track_caller]
pub fn differ<T: PartialEq + std::fmt::Debug>(naive: (T, T), ours: (T, T)) {
    assert_eq!(naive.0, naive.1, "what the naive reading says");
    assert_eq!(ours.0, ours.1, "what the authorizer says");
    assert_ne!(naive.0, ours.0, "they differ");
}

/// A user that nothing is special about.
pub static JANE: LazyLock<UserInfo> = LazyLock::new(|| UserInfo::authenticated("jane", ["dev"]));

/// A request of hers about a resource of the core group.
pub fn jane(verb: &'static str, resource: &'static str) -> Attributes<'static> {
    Attributes::resource(verb, resource).by(&JANE)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
}

/// A rule of words between commas.
pub fn rule(verbs: &str, groups: &str, resources: &str) -> PolicyRule {
    PolicyRule::resources(words(verbs), words(groups), words(resources))
}

/// Rules that jane holds in the whole cluster, by the ClusterRole `role`.
pub fn held(rules: impl IntoIterator<Item = PolicyRule>) -> Vec<Object> {
    vec![ClusterRole::new("role", rules).into(), ClusterRoleBinding::new("binding", "role", [Subject::user("jane")]).into()]
}

/// Rules that jane holds in one namespace, by the ClusterRole `role`.
pub fn held_in(namespace: &str, rules: impl IntoIterator<Item = PolicyRule>) -> Vec<Object> {
    let binding = RoleBinding::new(namespace, "binding", RoleRef::cluster_role("role"), [Subject::user("jane")]);
    vec![ClusterRole::new("role", rules).into(), binding.into()]
}

/// The ClusterRole `role` that lets list Pods, granted to these subjects in the whole cluster.
pub fn granted(subjects: impl IntoIterator<Item = Subject>) -> Vec<Object> {
    vec![ClusterRole::new("role", [rule("list", "", "pods")]).into(), ClusterRoleBinding::new("binding", "role", subjects).into()]
}

/// The same, in one namespace.
pub fn granted_in(namespace: &str, subjects: impl IntoIterator<Item = Subject>) -> Vec<Object> {
    let binding = RoleBinding::new(namespace, "binding", RoleRef::cluster_role("role"), subjects);
    vec![ClusterRole::new("role", [rule("list", "", "pods")]).into(), binding.into()]
}
