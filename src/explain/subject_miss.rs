//! Subjects that look like the user and are not.

use std::fmt;

use serde::Serialize;

use crate::authorize::subject::{self, service_account_namespace};
use crate::identity::{UserInfo, service_account};
use crate::model::Subject;

/// How a subject of a binding misses the user that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SubjectMiss {
    /// A service account without a namespace in a ClusterRoleBinding stands for nobody.
    NoNamespace,
    /// The service account of this name in another namespace.
    OtherNamespace {
        /// The namespace of the subject.
        found: String,
    },
    /// A user whose name is that of the service account without its prefix, or put together otherwise.
    UserForServiceAccount {
        /// The name of the subject.
        found: String,
    },
    /// A user that is named like a group of the user, a group that is named like the user, or a kind that does not exist.
    Kind {
        /// The kind of the subject.
        found: String,
        /// The kind that would stand for the user.
        wanted: &'static str,
    },
    /// The name differs in case only.
    Case {
        /// The name of the subject.
        found: String,
    },
}

impl fmt::Display for SubjectMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNamespace => f.write_str("its ServiceAccount subject has no namespace"),
            Self::OtherNamespace { found } => write!(f, "to the ServiceAccount of that name in the namespace {found}"),
            Self::UserForServiceAccount { found } => {
                write!(f, "to a User {found:?}, which is not the user name of the ServiceAccount")
            }
            Self::Kind { found, wanted } => write!(f, "its subject is of kind {found:?}, not {wanted}"),
            Self::Case { found } => write!(f, "to {found:?}, which differs in case"),
        }
    }
}

/// How the subject misses the user, if it looks like it and does not stand for it. Cost: `O(groups)`.
///
/// ```
/// use k8s_rbac::{UserInfo, explain::{SubjectMiss, subject_miss}, model::Subject};
/// let user = UserInfo::service_account("default", "ci");
/// assert_eq!(subject_miss(&Subject::service_account("", "ci"), "", &user), Some(SubjectMiss::NoNamespace));
/// assert_eq!(subject_miss(&Subject::user("system:serviceaccount:default:ci"), "", &user), None, "it is the user");
/// ```
#[must_use]
pub fn subject_miss(subject: &Subject, binding_namespace: &str, user: &UserInfo) -> Option<SubjectMiss> {
    if subject::matches(subject, binding_namespace, user) {
        return None;
    }
    let account = service_account::split_username(&user.username);
    account
        .and_then(|account| account_miss(subject, binding_namespace, account))
        .or_else(|| kind_miss(subject, binding_namespace, user))
        .or_else(|| case_miss(subject, user))
}

fn account_miss(subject: &Subject, binding_namespace: &str, (namespace, name): (&str, &str)) -> Option<SubjectMiss> {
    match subject.kind.as_str() {
        Subject::SERVICE_ACCOUNT if subject.name == name => {
            let found = service_account_namespace(subject, binding_namespace);
            Some(if found.is_empty() {
                SubjectMiss::NoNamespace
            } else {
                SubjectMiss::OtherNamespace { found: found.to_owned() }
            })
        }
        Subject::USER => {
            let joined = [name.to_owned(), format!("{namespace}:{name}"), format!("{namespace}/{name}")];
            joined.contains(&subject.name).then(|| SubjectMiss::UserForServiceAccount { found: subject.name.clone() })
        }
        _ => None,
    }
}

/// Tries the other kinds: one under which the same subject would stand for the user is the one that was meant.
fn kind_miss(subject: &Subject, binding_namespace: &str, user: &UserInfo) -> Option<SubjectMiss> {
    let stands_as = |kind: &&str| {
        let other = Subject { kind: (*kind).to_owned(), ..subject.clone() };
        subject::matches(&other, binding_namespace, user)
    };
    let wanted = [Subject::USER, Subject::GROUP, Subject::SERVICE_ACCOUNT].into_iter().find(stands_as)?;
    Some(SubjectMiss::Kind { found: subject.kind.clone(), wanted })
}

fn case_miss(subject: &Subject, user: &UserInfo) -> Option<SubjectMiss> {
    let alike = |name: &str| !name.is_empty() && name.to_lowercase() == subject.name.to_lowercase();
    let differs_in_case = match subject.kind.as_str() {
        Subject::USER => alike(&user.username),
        Subject::GROUP => user.groups.iter().any(|group| alike(group)),
        _ => false,
    };
    differs_in_case.then(|| SubjectMiss::Case { found: subject.name.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_alike_is_told_apart() {
        let account = UserInfo::service_account("default", "ci");
        let jane = UserInfo::new("jane", ["Devs"]);
        let kind = |kind: &str, name: &str| Subject { kind: kind.into(), name: name.into(), ..Subject::default() };
        let rows = [
            (Subject::service_account("", "ci"), &account, Some(SubjectMiss::NoNamespace)),
            (
                Subject::service_account("kube-system", "ci"),
                &account,
                Some(SubjectMiss::OtherNamespace { found: "kube-system".into() }),
            ),
            (Subject::user("default:ci"), &account, Some(SubjectMiss::UserForServiceAccount { found: "default:ci".into() })),
            (Subject::user("ci"), &account, Some(SubjectMiss::UserForServiceAccount { found: "ci".into() })),
            (
                Subject::user("system:serviceaccounts"),
                &account,
                Some(SubjectMiss::Kind { found: "User".into(), wanted: "Group" }),
            ),
            (Subject::group("jane"), &jane, Some(SubjectMiss::Kind { found: "Group".into(), wanted: "User" })),
            (kind("user", "jane"), &jane, Some(SubjectMiss::Kind { found: "user".into(), wanted: "User" })),
            (Subject::user("Jane"), &jane, Some(SubjectMiss::Case { found: "Jane".into() })),
            (Subject::group("devs"), &jane, Some(SubjectMiss::Case { found: "devs".into() })),
            (Subject::user("bob"), &jane, None),
            (Subject::user("jane"), &jane, None),
            (Subject::service_account("default", "ci"), &account, None),
        ];
        for (subject, user, miss) in rows {
            assert_eq!(subject_miss(&subject, "", user), miss, "{subject:?}");
        }
    }
}
