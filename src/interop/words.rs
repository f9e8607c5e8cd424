//! The words that random objects and requests are made of: few, so that they meet, and odd ones among them. The first of each list is the
//! plainest.

use crate::model::{RBAC_GROUP, RoleRef, Secret, Subject};

pub(super) type Words = &'static [&'static str];

pub(super) const VERBS: Words = &["get", "list", "watch", "create", "escalate", "bind", "*", "", "GET", "**", "取得"];
pub(super) const GROUPS: Words = &["", "apps", RBAC_GROUP, "*", "apps/v1", "Apps", "グループ"];
pub(super) const RESOURCES: Words =
    &["pods", "secrets", "*", "", "pods/*", "*/*", "pods/log", "*/log", "*/", "/log", "pods/log/x", "*/log/x", "Pods", "ポッド"];
pub(super) const SUBRESOURCES: Words = &["", "", "log", "status", "*", "log/x", "/"];
pub(super) const NAMES: Words = &["", "a", "b", "*", "A", "a\nb", "名"];
pub(super) const URLS: Words =
    &["/api", "/api/*", "/healthz", "*", "", "/", "/*", "/api*", "/api**", "/api/*/x", "**", "/é*", "/été"];
pub(super) const USERS: Words = &[
    "alice",
    "bob",
    "system:serviceaccount:ns1:sa1",
    "system:serviceaccount:ns1:",
    "system:serviceaccount::sa1",
    "system:serviceaccount:ns1:sa1:x",
    "",
    "*",
    "al\"ice\u{200b}",
];
pub(super) const USER_GROUPS: Words =
    &["dev", "system:masters", "system:authenticated", "system:serviceaccounts", "system:serviceaccounts:ns1", "", "*"];
pub(super) const ACCOUNTS: Words = &["sa1", "sa2", "", "*", "sa1:x"];
pub(super) const NAMESPACES: Words = &["ns1", "", "ns2", "*", "NS1", "名前"];
pub(super) const ROLES: Words = &["r1", "r2", "r3", "", "*", "r\"1", "役"];
pub(super) const BINDINGS: Words = &["b1", "b2", "b3", "b4", "", "b\u{ad}"];
pub(super) const ROLE_KINDS: Words = &[RoleRef::CLUSTER_ROLE, RoleRef::ROLE, "role", "Foo\"", ""];
pub(super) const SUBJECT_KINDS: Words = &[Subject::USER, Subject::GROUP, Subject::SERVICE_ACCOUNT, "user", ""];
pub(super) const LABELS: Words = &["a", "b", "true", "", "example.com/a", "-x"];
pub(super) const OPERATORS: Words = &["In", "NotIn", "Exists", "DoesNotExist", "Near", ""];
pub(super) const API_VERSIONS: Words = &["v1", "apps/v1", "/v1", "", "a/b/c"];
pub(super) const OWNER_KINDS: Words = &["Deployment", "Event", ""];
pub(super) const FINALIZERS: Words = &["example.com/f", "kubernetes", "orphan", "foregroundDeletion", "f", ""];
pub(super) const TIMES: Words = &["2023-11-14T22:13:20Z", "2024-02-29T00:00:00.5Z"];
pub(super) const OPERATIONS: Words = &["Apply", "Update", "", "Replace"];
pub(super) const SECRET_TYPES: Words = &[Secret::OPAQUE, Secret::SERVICE_ACCOUNT_TOKEN, "", "kubernetes.io/tls", "x"];

/// The names that subjects of a kind have.
pub(super) fn subject_names(kind: &str) -> Words {
    match kind {
        Subject::USER => USERS,
        Subject::GROUP => USER_GROUPS,
        _ => ACCOUNTS,
    }
}
