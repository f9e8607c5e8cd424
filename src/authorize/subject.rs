//! Which users a subject of a binding stands for (`appliesToUser` in `pkg/registry/rbac/validation/rule.go`).

use crate::identity::{UserInfo, service_account};
use crate::model::Subject;

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
    match subject.kind.as_str() {
        Subject::USER => user.username == subject.name,
        Subject::GROUP => user.groups.contains(&subject.name),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, binding_namespace);
            !namespace.is_empty() && service_account::matches_username(namespace, &subject.name, &user.username)
        }
        _ => false,
    }
}

/// The namespace of a service account subject: its own, else that of the binding.
#[must_use]
pub fn service_account_namespace<'a>(subject: &'a Subject, binding_namespace: &'a str) -> &'a str {
    if subject.namespace.is_empty() { binding_namespace } else { &subject.namespace }
}
