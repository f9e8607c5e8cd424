//! The user names and groups of service accounts: made and taken apart (`apiserver/pkg/authentication/serviceaccount/util.go`).

use crate::names;

/// What the user name of every service account starts with.
pub const USERNAME_PREFIX: &str = "system:serviceaccount:";
/// The group of all service accounts.
pub const ALL_GROUP: &str = "system:serviceaccounts";
/// What the group of the service accounts of one namespace starts with.
pub const GROUP_PREFIX: &str = "system:serviceaccounts:";

/// The user name of a service account.
///
/// ```
/// use k8s_rbac::identity::service_account::username;
/// assert_eq!(username("default", "ci"), "system:serviceaccount:default:ci");
/// ```
#[must_use]
pub fn username(namespace: &str, name: &str) -> String {
    format!("{USERNAME_PREFIX}{namespace}:{name}")
}

/// The groups of the service accounts of a namespace, without `system:authenticated`.
#[must_use]
pub fn groups(namespace: &str) -> [String; 2] {
    [ALL_GROUP.to_owned(), format!("{GROUP_PREFIX}{namespace}")]
}

/// Whether the user name is that of the service account (`MatchesUsername`). Allocates nothing.
#[must_use]
pub fn matches_username(namespace: &str, name: &str, username: &str) -> bool {
    username
        .strip_prefix(USERNAME_PREFIX)
        .and_then(|rest| rest.strip_prefix(namespace))
        .and_then(|rest| rest.strip_prefix(':'))
        .is_some_and(|rest| rest == name)
}

/// The namespace and the name in the user name of a service account (`SplitUsername`).
///
/// `None` where the user name has not this form, or one of the two is not a name that a server gives (an RFC 1123 label and subdomain).
///
/// ```
/// use k8s_rbac::identity::service_account::split_username;
/// assert_eq!(split_username("system:serviceaccount:default:ci"), Some(("default", "ci")));
/// assert_eq!(split_username("system:serviceaccount:default:a:b"), None);
/// assert_eq!(split_username("jane"), None);
/// ```
#[must_use]
pub fn split_username(username: &str) -> Option<(&str, &str)> {
    let (namespace, name) = username.strip_prefix(USERNAME_PREFIX)?.split_once(':')?;
    (names::dns_label(namespace).is_empty() && names::dns_subdomain(name).is_empty()).then_some((namespace, name))
}
