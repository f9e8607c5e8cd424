//! The smallest sets of bindings whose removal ends an access.

use std::collections::BTreeSet;

use super::{CutError, CutErrorKind};
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::permission::PermissionSet;
use crate::policy::AnyBinding;

/// The smallest sets of bindings without which the user is not allowed all of the access in the namespace (`""`: without one).
///
/// For the set of one request there is one answer: all bindings that allow it. Where several requests are needed together, such as `get` and
/// `list`, it is enough to end one of them, and each set that is given is enough and holds none that is not needed. One of them is empty if
/// something of the access is not allowed as it is; an empty access cannot be ended. What the user gets through a group ends for the whole
/// group. Sets come in the order of their bindings, the smaller first.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, PermissionSet, Policy, UserInfo, gate::cuts, model::*};
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("get", [PolicyRule::resources(["get"], [""], ["secrets"])])),
///     Object::from(ClusterRole::new("read", [PolicyRule::resources(["get", "list"], [""], ["secrets"])])),
///     Object::from(ClusterRoleBinding::new("a", "get", [Subject::user("jane")])),
///     Object::from(ClusterRoleBinding::new("b", "read", [Subject::group("dev")])),
/// ]));
/// let jane = UserInfo::new("jane", ["dev"]);
/// let names = |access: &PermissionSet| -> Vec<Vec<String>> {
///     let found = cuts(&rbac, &jane, "", access, 100).unwrap();
///     found.iter().map(|cut| cut.iter().map(|binding| binding.name().to_owned()).collect()).collect()
/// };
/// assert_eq!(names(&PermissionSet::exactly(&Attributes::resource("get", "secrets"))), [["a", "b"]]);
/// let reading = PermissionSet::from_rule(&PolicyRule::resources(["get", "list"], [""], ["secrets"]))?;
/// assert_eq!(names(&reading), [["b"]]);
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// The bindings split the access into more than `limit` parts, or a set would take more than [`PermissionSet::LIMIT`] steps.
pub fn cuts<'a>(
    rbac: &'a Authorizer,
    user: &UserInfo,
    namespace: &str,
    access: &PermissionSet,
    limit: usize,
) -> Result<Vec<Vec<AnyBinding<'a>>>, CutError> {
    let policy = rbac.policy();
    let mut bindings = Vec::new();
    // The parts of the access that are allowed by the same bindings, each with their numbers.
    let mut parts = vec![(access.clone(), BTreeSet::new())];
    parts.retain(|(part, _)| !part.is_empty());
    for (binding, _) in rbac.bindings_of(user, namespace) {
        let Ok(role) = policy.role_of(binding) else { continue };
        let allowed = PermissionSet::from_rules(role.rules())?;
        if !allowed.intersects(access) {
            continue;
        }
        parts = split(parts, &allowed, bindings.len())?;
        if parts.len() > limit {
            return Err(CutErrorKind::Parts(limit).into());
        }
        bindings.push(binding);
    }
    let cuts = least(parts.into_iter().map(|(_, allowing)| allowing).collect());
    Ok(cuts.iter().map(|cut| cut.iter().filter_map(|at| bindings.get(*at).copied()).collect()).collect())
}

type Parts = Vec<(PermissionSet, BTreeSet<usize>)>;

fn split(parts: Parts, allowed: &PermissionSet, binding: usize) -> Result<Parts, CutError> {
    let mut apart = Vec::with_capacity(parts.len());
    for (part, allowing) in parts {
        let (inside, outside) = (part.intersection(allowed)?, part.difference(allowed)?);
        if !inside.is_empty() {
            let mut with = allowing.clone();
            with.insert(binding);
            apart.push((inside, with));
        }
        if !outside.is_empty() {
            apart.push((outside, allowing));
        }
    }
    Ok(apart)
}

/// The sets that hold no other one, the smaller first.
fn least(mut sets: Vec<BTreeSet<usize>>) -> Vec<BTreeSet<usize>> {
    sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let mut kept: Vec<BTreeSet<usize>> = Vec::new();
    for set in sets {
        if !kept.iter().any(|smaller| smaller.is_subset(&set)) {
            kept.push(set);
        }
    }
    kept
}
