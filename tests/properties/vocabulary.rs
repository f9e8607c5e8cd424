//! Random objects and requests over small vocabularies that are plain, odd or hostile: empty names, stars in odd places, quotes, control
//! and invisible characters. The strings are few, so that they meet.

use k8s_rbac::identity::UserInfo;
use k8s_rbac::model::{
    ClusterRole, ClusterRoleBinding, List, Object, ObjectMeta, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use k8s_rbac::request::OwnedAttributes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const VERBS: &[&str] = &["get", "list", "create", "GET", "", "*", "**", "取得"];
const GROUPS: &[&str] = &["", "apps", "batch", "*", "Apps", "グループ"];
const RESOURCES: &[&str] =
    &["pods", "secrets", "Pods", "", "*", "pods/*", "*/*", "pods/log", "*/log", "*/", "/log", "pods/log/x", "*/log/x", "ポッド"];
const SUBRESOURCES: &[&str] = &["", "", "log", "*", "log/x", "/"];
const NAMES: &[&str] = &["", "a", "A", "*", "a\nb", "名"];
const URLS: &[&str] = &["", "*", "**", "/", "/*", "/api", "/api*", "/api**", "/api/*", "/api/*/x", "/é*", "/été"];
const USERS: &[&str] = &[
    "",
    "*",
    "alice",
    "al\"ice\u{200b}",
    "system:serviceaccount:ns1:sa1",
    "system:serviceaccount:ns1:",
    "system:serviceaccount::sa1",
    "system:serviceaccount:ns1:sa1:x",
];
const USER_GROUPS: &[&str] = &["", "*", "dev", "system:masters", "system:authenticated", "system:serviceaccounts:ns1"];
const ACCOUNTS: &[&str] = &["sa1", "", "*", "sa1:x"];
const NAMESPACES: &[&str] = &["", "ns1", "NS1", "*", "名前"];
const ROLES: &[&str] = &["r1", "r2", "", "*", "r\"1", "役"];
const BINDINGS: &[&str] = &["b1", "b2", "b3", "b4", "", "b\u{ad}"];
const SUBJECT_KINDS: &[&str] = &["User", "Group", "ServiceAccount", "user", ""];
const ROLE_KINDS: &[&str] = &["Role", "ClusterRole", "ClusterRole", "Foo\"", ""];

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

fn words(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    vec(word(words), 0..4)
}

/// A list that was given, or `null`.
fn list<T: std::fmt::Debug + Clone>(items: impl Strategy<Value = Vec<T>>) -> impl Strategy<Value = List<T>> {
    items.prop_flat_map(|items| {
        let null = items.is_empty();
        any::<bool>().prop_map(move |keep| if null && keep { List::default() } else { List::from(items.clone()) })
    })
}

/// A rule: about resources, about URLs, or (which no server stores) about both.
pub fn rule() -> impl Strategy<Value = PolicyRule> {
    let names = prop_oneof![3 => Just(Vec::new()), 1 => words(NAMES)];
    let urls = prop_oneof![3 => Just(Vec::new()), 1 => words(URLS)];
    (list(words(VERBS)), words(GROUPS), words(RESOURCES), names, urls).prop_map(
        |(verbs, api_groups, resources, resource_names, non_resource_urls)| PolicyRule {
            verbs,
            api_groups,
            resources,
            resource_names,
            non_resource_urls,
        },
    )
}

pub fn subject() -> impl Strategy<Value = Subject> {
    let name = prop_oneof![word(USERS), word(USER_GROUPS), word(ACCOUNTS)];
    (word(SUBJECT_KINDS), word(GROUPS), name, word(NAMESPACES)).prop_map(|(kind, api_group, name, namespace)| Subject {
        kind,
        api_group,
        name,
        namespace,
    })
}

fn metadata(names: &'static [&'static str]) -> impl Strategy<Value = ObjectMeta> {
    let labels = proptest::collection::btree_map(word(NAMES), word(NAMES), 0..3);
    (word(names), word(NAMESPACES), labels)
        .prop_map(|(name, namespace, labels)| ObjectMeta { labels, ..ObjectMeta::namespaced(namespace, name) })
}

fn role_ref() -> impl Strategy<Value = RoleRef> {
    (word(ROLE_KINDS), word(ROLES)).prop_map(|(kind, name)| RoleRef { api_group: String::new(), kind, name })
}

/// An object of one of the four RBAC kinds.
pub fn object() -> impl Strategy<Value = Object> {
    let rules = || list(vec(rule(), 0..4));
    let role = (metadata(ROLES), rules()).prop_map(|(metadata, rules)| Role { metadata, rules }.into());
    let cluster_role =
        (metadata(ROLES), rules()).prop_map(|(metadata, rules)| ClusterRole { metadata, rules, aggregation_rule: None }.into());
    let binding = (metadata(BINDINGS), vec(subject(), 0..4), role_ref())
        .prop_map(|(metadata, subjects, role_ref)| RoleBinding { metadata, subjects, role_ref }.into());
    let cluster_binding = (metadata(BINDINGS), vec(subject(), 0..4), role_ref())
        .prop_map(|(metadata, subjects, role_ref)| ClusterRoleBinding { metadata, subjects, role_ref }.into());
    prop_oneof![role, cluster_role, binding, cluster_binding]
}

/// A request with its user: about a resource, or about a path.
pub fn request() -> impl Strategy<Value = OwnedAttributes> {
    let user = (word(USERS), words(USER_GROUPS)).prop_map(|(name, groups)| UserInfo::new(name, groups));
    let path = prop_oneof![4 => Just(None), 1 => word(URLS).prop_map(Some)];
    (user, word(VERBS), word(NAMESPACES), word(GROUPS), word(RESOURCES), word(SUBRESOURCES), word(NAMES), path).prop_map(
        |(user, verb, namespace, api_group, resource, subresource, name, path)| OwnedAttributes {
            user: Some(user),
            verb,
            namespace,
            api_group,
            api_version: String::new(),
            resource,
            subresource,
            name,
            resource_request: path.is_none(),
            path: path.unwrap_or_default(),
        },
    )
}

/// The user of a request of the vocabulary.
pub fn user(request: &OwnedAttributes) -> &UserInfo {
    request.user.as_ref().expect("every request of the vocabulary has a user")
}
