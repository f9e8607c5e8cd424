//! The user names and groups of service accounts: made and taken apart (`apiserver/pkg/authentication/serviceaccount/util.go`).

use super::UserInfo;
use crate::names;
use crate::same::{SHORT, same_bytes, same_short};

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
    let mut username = String::with_capacity(USERNAME_PREFIX.len() + namespace.len() + 1 + name.len());
    push_username(&mut username, namespace, name);
    username
}

/// Appends the user name of a service account.
pub(crate) fn push_username(to: &mut String, namespace: &str, name: &str) {
    [USERNAME_PREFIX, namespace, ":", name].into_iter().for_each(|part| to.push_str(part));
}

/// The groups of the service accounts of a namespace, without `system:authenticated`.
///
/// ```
/// assert_eq!(k8s_rbac::identity::service_account::groups("dev"), ["system:serviceaccounts", "system:serviceaccounts:dev"]);
/// ```
#[must_use]
pub fn groups(namespace: &str) -> [String; 2] {
    [ALL_GROUP.to_owned(), namespace_group(namespace)]
}

/// Whether the user name is that of the service account (`MatchesUsername`). Allocates nothing.
///
/// ```
/// use k8s_rbac::identity::service_account::matches_username;
/// assert!(matches_username("dev", "ci", "system:serviceaccount:dev:ci"));
/// assert!(!matches_username("dev", "ci", "system:serviceaccount:dev:ci2"));
/// ```
#[must_use]
pub fn matches_username(namespace: &str, name: &str, username: &str) -> bool {
    if namespace.len().max(name.len()) > SHORT {
        return matches_long(namespace, name, username);
    }
    matches_by(namespace, name, username, same_short)
}

#[cold]
#[inline(never)]
fn matches_long(namespace: &str, name: &str, username: &str) -> bool {
    matches_by(namespace, name, username, same_bytes)
}

#[inline(always)]
fn matches_by(namespace: &str, name: &str, username: &str, same: fn(&[u8], &[u8]) -> bool) -> bool {
    let Some(rest) = username.strip_prefix(USERNAME_PREFIX) else { return false };
    match rest.as_bytes().split_at_checked(namespace.len()) {
        Some((start, [b':', rest @ ..])) => same(start, namespace.as_bytes()) && same(rest, name.as_bytes()),
        _ => false,
    }
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

/// The group of the service accounts of one namespace.
///
/// ```
/// use k8s_rbac::identity::service_account::namespace_group;
/// assert_eq!(namespace_group("default"), "system:serviceaccounts:default");
/// ```
#[must_use]
pub fn namespace_group(namespace: &str) -> String {
    format!("{GROUP_PREFIX}{namespace}")
}

/// What upstream says where [`split_username`] says `None`.
pub const SPLIT_ERROR: &str = "Username must be in the form system:serviceaccount:namespace:name";

/// The user of a service account as its authenticator gives it (`UserInfo`): without `system:authenticated`.
///
/// ```
/// use k8s_rbac::identity::service_account::user_info;
/// let ci = user_info("dev", "ci", "1-2-3");
/// assert_eq!((ci.username.as_str(), ci.groups.len()), ("system:serviceaccount:dev:ci", 2));
/// // The group of everybody who is authenticated is added by the server, not by the token.
/// assert!(!ci.groups.contains(&"system:authenticated".to_owned()));
/// ```
#[must_use]
pub fn user_info(namespace: &str, name: &str, uid: &str) -> UserInfo {
    UserInfo { uid: uid.to_owned(), ..UserInfo::new(username(namespace, name), groups(namespace)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of what `SplitUsername` answered.
    #[test]
    fn user_names_are_split_as_upstream_splits_them() {
        for (username, parts) in [
            ("system:serviceaccount:a:b", ("a", "b")),
            ("system:serviceaccount:a:b.c", ("a", "b.c")),
            ("system:serviceaccount:1:2", ("1", "2")),
        ] {
            assert_eq!(split_username(username), Some(parts));
        }
        for username in ["a.b:c", ":b", "a:", "a:b:c", "A:b", "a"].map(|rest| format!("{USERNAME_PREFIX}{rest}")) {
            assert_eq!(split_username(&username), None, "{username}");
        }
        assert!(split_username("System:serviceaccount:a:b").is_none() && split_username("system:serviceaccounts:a").is_none());
    }

    #[test]
    fn matching_takes_what_splitting_refuses() {
        for (namespace, name, username) in [
            ("a", "b:c", "system:serviceaccount:a:b:c"),
            ("a:b", "c", "system:serviceaccount:a:b:c"),
            ("", "", "system:serviceaccount::"),
        ] {
            assert!(matches_username(namespace, name, username));
            assert_eq!(super::username(namespace, name), username);
        }
        assert!(!matches_username("a", "b", "system:serviceaccount:a:bc") && !matches_username("a", "b", "a:b"));
    }

    #[test]
    fn long_names_are_compared_byte_by_byte() {
        let long = "n".repeat(40);
        for (namespace, name) in [(&*long, "ci"), ("dev", &*long), (&*long, &*long)] {
            let username = super::username(namespace, name);
            assert!(matches_username(namespace, name, &username));
            for at in 0..username.len() {
                let mut other = username.clone();
                other.replace_range(at..=at, "-");
                assert!(!matches_username(namespace, name, &other), "{other}");
            }
        }
    }

    #[test]
    fn the_account_has_two_groups_and_no_extra() {
        let user = user_info("ns", "n", "u");
        assert_eq!(user.groups, ["system:serviceaccounts", "system:serviceaccounts:ns"]);
        assert_eq!((user.username.as_str(), user.uid.as_str()), ("system:serviceaccount:ns:n", "u"));
        assert!(user.extra.is_empty());
        assert_eq!(UserInfo::service_account("ns", "n").groups.last().map(String::as_str), Some("system:authenticated"));
    }
}
