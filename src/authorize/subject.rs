//! Which users a subject of a binding stands for (`appliesToUser` in `pkg/registry/rbac/validation/rule.go`).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identity::{UserInfo, service_account};
use crate::model::Subject;
use crate::same::same;

/// Whether the subject stands for the user.
///
/// A user by its name, a group by any group of the user, a service account by the user name that it has. A service account without a
/// namespace takes that of the binding, which for a ClusterRoleBinding (`""`) means that it stands for nobody. API groups, and the
/// namespace of users and groups, are not looked at; a subject of another kind stands for nobody. Cost: `O(groups)`.
///
/// ```
/// use k8s_rbac::{authorize::subject::matches, identity::UserInfo, model::Subject};
/// let user = UserInfo::service_account("default", "ci");
/// assert!(matches(&Subject::service_account("", "ci"), "default", &user));
/// assert!(!matches(&Subject::service_account("", "ci"), "", &user));
/// assert!(matches(&Subject::user("system:serviceaccount:default:ci"), "", &user));
/// ```
#[must_use]
pub fn matches(subject: &Subject, binding_namespace: &str, user: &UserInfo) -> bool {
    if subject.kind == Subject::GROUP {
        return user.groups.contains(&subject.name);
    }
    is_user(subject, binding_namespace, &user.username)
}

/// Whether the subject stands for the user of this name, whose groups are not looked at.
#[inline(always)]
pub(super) fn is_user(subject: &Subject, binding_namespace: &str, username: &str) -> bool {
    match subject.kind.as_str() {
        Subject::USER => same(&subject.name, username),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, binding_namespace);
            !namespace.is_empty() && service_account::matches_username(namespace, &subject.name, username)
        }
        _ => false,
    }
}

/// The namespace of a service account subject: its own, else that of the binding.
///
/// ```
/// use k8s_rbac::{authorize::subject::service_account_namespace, model::Subject};
/// assert_eq!(service_account_namespace(&Subject::service_account("", "ci"), "dev"), "dev");
/// assert_eq!(service_account_namespace(&Subject::service_account("ops", "ci"), "dev"), "ops");
/// ```
#[must_use]
pub fn service_account_namespace<'a>(subject: &'a Subject, binding_namespace: &'a str) -> &'a str {
    if subject.namespace.is_empty() { binding_namespace } else { &subject.namespace }
}

/// Somebody that a subject of a binding can stand for: a user name, or a group.
///
/// What a user holds is what its name and each of its groups hold, taken together, so what is known of every principal alone is known of every
/// user. A service account is the user name that it has.
///
/// ```
/// use k8s_rbac::{authorize::subject::Principal, model::Subject};
/// let ci = Principal::of(&Subject::service_account("", "ci"), "dev").unwrap();
/// assert_eq!(ci, Principal::User("system:serviceaccount:dev:ci".into()));
/// assert_eq!(ci.to_string(), "ServiceAccount dev/ci");
/// assert_eq!(Principal::of(&Subject::service_account("", "ci"), ""), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name")]
#[allow(clippy::exhaustive_enums, reason = "RBAC looks at the name and the groups of a user, and at nothing else")]
pub enum Principal {
    /// The user of this name.
    User(String),
    /// Whoever is in this group.
    Group(String),
}

/// Which principals are counted as one: whether the groups that an API server gives to users count with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Membership {
    /// Each user name and each group by itself: what their bindings say.
    #[default]
    Alone,
    /// Each with the groups that the API server adds: those of service accounts, `system:authenticated`, and `system:unauthenticated` for
    /// the anonymous user; see [`Principal::implied`]. The members of `system:masters` may do everything, whatever the policy says.
    Implied,
}

impl Principal {
    /// Whom the subject of a binding of this namespace (`""`: of a ClusterRoleBinding) stands for; nobody for a subject of an unknown kind,
    /// and for a service account without a namespace.
    #[must_use]
    pub fn of(subject: &Subject, binding_namespace: &str) -> Option<Self> {
        match subject.kind.as_str() {
            Subject::USER => Some(Self::User(subject.name.clone())),
            Subject::GROUP => Some(Self::Group(subject.name.clone())),
            Subject::SERVICE_ACCOUNT => {
                let namespace = service_account_namespace(subject, binding_namespace);
                (!namespace.is_empty()).then(|| Self::User(service_account::username(namespace, &subject.name)))
            }
            _ => None,
        }
    }

    /// The subject that stands for this and nothing else.
    ///
    /// ```
    /// use k8s_rbac::{authorize::subject::Principal, model::Subject};
    /// assert_eq!(Principal::User("system:serviceaccount:dev:ci".into()).subject(), Subject::service_account("dev", "ci"));
    /// ```
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::Group(name) => Subject::group(name),
            Self::User(name) => match service_account::split_username(name) {
                Some((namespace, account)) => Subject::service_account(namespace, account),
                None => Subject::user(name),
            },
        }
    }

    /// The groups that every request of this user, or of a member of this group, comes with as well, if the API server gives them out.
    ///
    /// A service account is in the groups of service accounts; a member of the group of one namespace's accounts is in that of all;
    /// whoever is not anonymous or `system:unauthenticated` is in `system:authenticated`.
    ///
    /// ```
    /// use k8s_rbac::authorize::subject::Principal;
    /// let jane = Principal::User("jane".into());
    /// assert_eq!(jane.implied(), [Principal::Group("system:authenticated".into())]);
    /// ```
    #[must_use]
    pub fn implied(&self) -> Vec<Self> {
        let mut groups = match self {
            Self::User(name) if name == UserInfo::ANONYMOUS => vec![UserInfo::ALL_UNAUTHENTICATED.to_owned()],
            Self::User(name) => match service_account::split_username(name) {
                Some((namespace, _)) => service_account::groups(namespace).into(),
                None => Vec::new(),
            },
            Self::Group(name) if name.starts_with(service_account::GROUP_PREFIX) => vec![service_account::ALL_GROUP.to_owned()],
            Self::Group(_) => Vec::new(),
        };
        if !self.is_unauthenticated() && *self != Self::Group(UserInfo::ALL_AUTHENTICATED.to_owned()) {
            groups.push(UserInfo::ALL_AUTHENTICATED.to_owned());
        }
        groups.into_iter().map(Self::Group).collect()
    }

    fn is_unauthenticated(&self) -> bool {
        match self {
            Self::User(name) => name == UserInfo::ANONYMOUS,
            Self::Group(name) => name == UserInfo::ALL_UNAUTHENTICATED,
        }
    }

    /// The principal itself, and those that are counted with it.
    ///
    /// ```
    /// use k8s_rbac::authorize::subject::{Membership, Principal};
    /// let ci = Principal::User("system:serviceaccount:dev:ci".into());
    /// assert_eq!(ci.with_implied(Membership::Alone).len(), 1);
    /// assert!(ci.with_implied(Membership::Implied).contains(&Principal::Group("system:serviceaccounts:dev".into())));
    /// ```
    #[must_use]
    pub fn with_implied(&self, membership: Membership) -> Vec<Self> {
        let mut all = vec![self.clone()];
        if membership == Membership::Implied {
            all.extend(self.implied());
        }
        all
    }

    /// A user who is this, and nobody else but what is counted with it. A member of a group gets the name `stranger`.
    #[must_use]
    pub fn as_user(&self, membership: Membership, stranger: &str) -> UserInfo {
        let mut user = UserInfo { username: stranger.to_owned(), ..UserInfo::default() };
        for principal in self.with_implied(membership) {
            match principal {
                Self::User(name) => user.username = name,
                Self::Group(name) => user.groups.push(name),
            }
        }
        user
    }
}

/// `User jane`, `Group dev`, and `ServiceAccount default/ci` for the user name of a service account.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(name) => write!(f, "{} {name}", Subject::GROUP),
            Self::User(name) => match service_account::split_username(name) {
                Some((namespace, account)) => write!(f, "{} {namespace}/{account}", Subject::SERVICE_ACCOUNT),
                None => write!(f, "{} {name}", Subject::USER),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> Principal {
        Principal::User(name.to_owned())
    }

    fn group(name: &str) -> Principal {
        Principal::Group(name.to_owned())
    }

    #[test]
    fn a_subject_stands_for_a_name_or_a_group() {
        let other = Subject { kind: "Robot".into(), ..Subject::user("x") };
        for (subject, namespace, principal) in [
            (Subject::user("jane"), "dev", Some(user("jane"))),
            (Subject::group("dev"), "dev", Some(group("dev"))),
            (Subject::service_account("ns", "ci"), "dev", Some(user("system:serviceaccount:ns:ci"))),
            (Subject::service_account("", "ci"), "dev", Some(user("system:serviceaccount:dev:ci"))),
            (Subject::service_account("", "ci"), "", None),
            (other, "dev", None),
        ] {
            assert_eq!(Principal::of(&subject, namespace), principal, "{subject:?} {namespace}");
        }
    }

    #[test]
    fn the_groups_that_a_server_adds_are_counted_with_everybody() {
        let authenticated = "system:authenticated";
        for (principal, implied) in [
            (user("jane"), &[authenticated][..]),
            (user("system:anonymous"), &["system:unauthenticated"]),
            (user("system:serviceaccount:dev:ci"), &["system:serviceaccounts", "system:serviceaccounts:dev", authenticated]),
            (group("ops"), &[authenticated]),
            (group("system:serviceaccounts"), &[authenticated]),
            (group("system:serviceaccounts:dev"), &["system:serviceaccounts", authenticated]),
            (group("system:unauthenticated"), &[]),
            (group(authenticated), &[]),
        ] {
            let implied: Vec<Principal> = implied.iter().map(|name| group(name)).collect();
            assert_eq!(principal.implied(), implied, "{principal}");
            assert_eq!(principal.with_implied(Membership::Alone), std::slice::from_ref(&principal));
            assert_eq!(principal.with_implied(Membership::Implied), [vec![principal], implied].concat());
        }
    }

    #[test]
    fn a_principal_is_written_as_its_subject_and_asked_about_as_a_user() {
        let account = user("system:serviceaccount:dev:ci");
        for (principal, subject, text) in [
            (user("jane"), Subject::user("jane"), "User jane"),
            (group("ops"), Subject::group("ops"), "Group ops"),
            (account.clone(), Subject::service_account("dev", "ci"), "ServiceAccount dev/ci"),
        ] {
            assert_eq!((principal.subject(), principal.to_string().as_str()), (subject, text));
        }
        let member = group("ops").as_user(Membership::Implied, "nobody");
        assert_eq!(
            (member.username.as_str(), member.groups),
            ("nobody", vec!["ops".to_owned(), "system:authenticated".to_owned()])
        );
        assert_eq!(account.as_user(Membership::Alone, "nobody"), UserInfo::new("system:serviceaccount:dev:ci", [""; 0]));
    }
}
