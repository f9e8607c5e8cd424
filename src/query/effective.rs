//! What does a user hold, all in all?

use std::collections::{BTreeMap, HashMap};

use super::Effective;
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::{AnyBinding, Policy};

/// What the user is allowed, in every namespace: the sets of requests that decisions on single requests come from.
///
/// The privileged group `system:masters` is not known to RBAC, so nothing is added for it. References that lead to no role give nothing;
/// [`super::rules_for`] tells of them.
///
/// Cost: `O(b log b)` to find the `b` bindings of the user; then each role that is granted is made a set once, and united with others
/// once for each namespace where it is granted.
///
/// ```
/// use k8s_rbac::{authorize::Authorizer, identity::UserInfo, model::*, permission::PermissionSet, policy::Policy, query::effective};
/// let reading = PolicyRule::resources(["get"], [""], ["pods"]);
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [reading.clone()]));
/// policy.insert(RoleBinding::new("default", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
/// let held = effective(&Authorizer::new(policy), &UserInfo::new("jane", ["dev"]))?;
/// assert_eq!(*held.in_namespace("default"), PermissionSet::from_rule(&reading)?);
/// assert!(held.in_namespace("kube-system").is_empty());
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn effective(rbac: &Authorizer, user: &UserInfo) -> Result<Effective, TooLarge> {
    let policy = rbac.policy();
    let mut roles = Roles { policy, known: HashMap::new() };
    let cluster = roles.union_of(rbac.bindings_of(user, "").map(|(binding, _)| binding))?;
    let mut local: BTreeMap<&str, Vec<AnyBinding<'_>>> = BTreeMap::new();
    for (binding, _) in rbac.bindings_anywhere_of(user).filter(|(binding, _)| !binding.namespace().is_empty()) {
        local.entry(binding.namespace()).or_default().push(binding);
    }
    let mut by_namespace = BTreeMap::new();
    for (namespace, bindings) in local {
        let held = cluster.union(&roles.union_of(bindings.into_iter())?)?;
        if held != cluster {
            by_namespace.insert(namespace.to_owned(), held);
        }
    }
    Ok(Effective { cluster, by_namespace, incomplete: policy.gaps() })
}

/// The roles that were met, as sets, by where their rules lie.
struct Roles<'a> {
    policy: &'a Policy,
    known: HashMap<usize, PermissionSet>,
}

impl<'a> Roles<'a> {
    fn union_of(&mut self, bindings: impl Iterator<Item = AnyBinding<'a>>) -> Result<PermissionSet, TooLarge> {
        let mut sets = Vec::new();
        for role in bindings.filter_map(|binding| self.policy.role_of(binding).ok()) {
            let place = role.rules().as_ptr().addr();
            let set = match self.known.get(&place) {
                Some(set) if !role.rules().is_empty() => set.clone(),
                _ => PermissionSet::from_rules(role.rules())?,
            };
            self.known.insert(place, set.clone());
            sets.push(set);
        }
        PermissionSet::union_all(&sets)
    }
}
