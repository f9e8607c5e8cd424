//! Roles that say the same.

use indexmap::IndexMap;

use crate::model::ObjectKey;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::Policy;

/// The roles that allow the same as another one, however they are written: two or more at a time, ClusterRoles first, in the order of the
/// policy. Roles that allow nothing are left out.
///
/// Cost: making a set of each role.
///
/// ```
/// use k8s_rbac::{Policy, model::*, redundancy::equal_roles};
/// let policy = Policy::from_iter([
///     Object::from(ClusterRole::new("a", [PolicyRule::resources(["get", "list"], [""], ["pods"])])),
///     Object::from(Role::new("dev", "b", ["list", "get"].map(|verb| PolicyRule::resources([verb], [""], ["pods"])))),
///     Object::from(ClusterRole::new("c", [PolicyRule::resources(["get"], [""], ["pods"])])),
/// ]);
/// let groups: Vec<String> = equal_roles(&policy)?.iter().flatten().map(ToString::to_string).collect();
/// assert_eq!(groups, ["ClusterRole a", "Role dev/b"]);
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn equal_roles(policy: &Policy) -> Result<Vec<Vec<ObjectKey>>, TooLarge> {
    let mut alike: IndexMap<PermissionSet, Vec<ObjectKey>> = IndexMap::new();
    for role in policy.every_role() {
        let set = PermissionSet::from_rules(role.rules())?;
        if !set.is_empty() {
            alike.entry(set).or_default().push(role.key());
        }
    }
    Ok(alike.into_values().filter(|keys| keys.len() > 1).collect())
}
