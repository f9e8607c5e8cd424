//! What may a user do? (`pkg/registry/rbac/validation/rule.go`, `RulesFor`)

use super::RulesFor;
use crate::authorize::{Authorizer, Grant};
use crate::identity::UserInfo;

/// Every rule that applies to the user in the namespace; without a namespace, those of ClusterRoleBindings alone.
///
/// The order is that in which a decision tries them: binding after binding, rule after rule. The privileged group `system:masters` is not
/// known to RBAC, so nothing is added for it.
///
/// Cost: `O(b log b + rules found)` for the `b` bindings of the user in the namespace.
///
/// ```
/// use k8s_rbac::{authorize::Authorizer, identity::UserInfo, model::*, policy::Policy, query::rules_for};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(RoleBinding::new("default", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
/// let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["dev"]));
/// assert_eq!(rules_for(&rbac, &jane, "default").rules().count(), 1);
/// assert_eq!(rules_for(&rbac, &jane, "").rules().count(), 0);
/// ```
pub fn rules_for<'a>(rbac: &'a Authorizer, user: &UserInfo, namespace: &str) -> RulesFor<'a> {
    let policy = rbac.policy();
    let incomplete = policy.completeness().gaps_in(namespace);
    let mut found = RulesFor { incomplete, ..RulesFor::default() };
    for (binding, subject_index) in rbac.bindings_of(user, namespace) {
        match policy.role_of(binding) {
            Ok(role) => {
                let grant = |rule_index| Grant { binding, subject_index, role, rule_index };
                found.grants.extend((0..role.rules().len()).map(grant));
            }
            Err(error) => found.errors.push(error),
        }
    }
    found
}
