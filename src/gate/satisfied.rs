//! Whether a user is allowed what it needs.

use super::Satisfaction;
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::PolicyRule;
use crate::permission::{PermissionSet, TooLarge};

/// Whether the user is allowed everything that the rules allow, in the namespace (`""`: in the whole cluster), and what is missing.
///
/// A question about sets, so no request is forgotten and none is sampled. Cost: making the sets of the rules and of the roles that apply.
///
/// ```
/// use k8s_rbac::{Authorizer, Policy, UserInfo, gate::{Answer, satisfies}, model::*};
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["get", "list"], [""], ["pods"])])),
///     Object::from(RoleBinding::new("dev", "ci-reads", RoleRef::cluster_role("reader"), [Subject::service_account("dev", "ci")])),
/// ]));
/// let ci = UserInfo::service_account("dev", "ci");
/// let needed = [PolicyRule::resources(["get", "list", "watch"], [""], ["pods"])];
/// let found = satisfies(&rbac, &ci, "dev", &needed)?;
/// assert_eq!(found.answer(), Answer::Failed);
/// assert_eq!(found.request.unwrap().to_string(), "watch pods in the namespace dev");
/// assert_eq!(satisfies(&rbac, &ci, "dev", &[PolicyRule::resources(["get"], [""], ["pods"])])?.answer(), Answer::Passed);
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn satisfies(rbac: &Authorizer, user: &UserInfo, namespace: &str, rules: &[PolicyRule]) -> Result<Satisfaction, TooLarge> {
    let policy = rbac.policy();
    let roles = rbac.bindings_of(user, namespace).filter_map(|(binding, _)| policy.role_of(binding).ok());
    let held = PermissionSet::from_rules(roles.flat_map(|role| role.rules()))?;
    let missing = PermissionSet::from_rules(rules)?.difference(&held)?;
    let request = missing.witness().map(|action| action.attributes().in_namespace(namespace).by(user).into());
    let incomplete = if missing.is_empty() { Vec::new() } else { policy.completeness().gaps_in(namespace) };
    Ok(Satisfaction { missing, request, incomplete })
}
