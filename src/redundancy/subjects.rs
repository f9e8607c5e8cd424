//! Subjects, and whole bindings, that the other bindings make needless.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rules::redundant_rules;
use super::{Redundant, RedundantBinding, RedundantSubject, Why};
use crate::authorize::subject::{Membership, Principal};
use crate::holdings::{Held, Holding, Holdings, RoleSets, applies_somewhere};
use crate::model::ObjectKey;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::{AnyBinding, Policy};

/// What could go, all together, without changing the answer to any request; with [`Membership::Implied`], to any request of a user with the
/// groups that the API server gives.
///
/// Cost: for each user name and group a union and a comparison for each of its bindings. Roles are made sets once.
///
/// ```
/// use k8s_rbac::{Policy, authorize::subject::Membership, model::*, redundancy::redundant};
/// let pods = |verbs: &[&str]| PolicyRule::resources(verbs.iter().copied(), [""], ["pods"]);
/// let policy = Policy::from_iter([
///     Object::from(ClusterRole::new("read", [pods(&["get"]), pods(&["get", "list"])])),
///     Object::from(ClusterRoleBinding::new("jane-reads", "read", [Subject::user("jane")])),
///     Object::from(RoleBinding::new("dev", "team", RoleRef::cluster_role("read"), [Subject::user("jane"), Subject::user("joe")])),
/// ]);
/// let found = redundant(&policy, Membership::Alone)?;
/// assert_eq!(
///     found.to_string(),
///     "\
/// ClusterRole read rules[0]: the other rules allow all of it
/// RoleBinding dev/team subjects[0]: it is allowed all of it without this
/// "
/// );
/// assert!(redundant(&found.removed_from(&policy), Membership::Alone)?.is_empty());
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn redundant(policy: &Policy, membership: Membership) -> Result<Redundant, TooLarge> {
    let mut roles = RoleSets::default();
    let holdings = Holdings::new(policy, &mut roles);
    let mut search = Search { membership, roles, needless: HashMap::new() };
    for (principal, held) in holdings.iter() {
        search.look_at(&holdings, principal, held)?;
    }
    let mut found = Redundant { rules: redundant_rules(policy)?, incomplete: policy.gaps(), ..Redundant::default() };
    for binding in policy.bindings() {
        search.judge(policy, binding, &mut found)?;
    }
    Ok(found)
}

struct Search<'a> {
    membership: Membership,
    roles: RoleSets<'a>,
    /// The numbers of the subjects that add nothing, by binding.
    needless: HashMap<ObjectKey, BTreeSet<usize>>,
}

impl<'a> Search<'a> {
    fn look_at(&mut self, holdings: &Holdings<'a>, principal: &Principal, held: &Held<'a>) -> Result<(), TooLarge> {
        let all = holdings.with_implied(principal, self.membership);
        let others = all.get(1..).unwrap_or_default();
        let given = self.union(others.iter().flat_map(|other| &other.cluster))?;
        self.weigh(&given, &held.cluster)?;
        let in_cluster = given.union(&self.union(held.cluster.iter())?)?;
        for (namespace, local) in &held.by_namespace {
            let given = self.union(others.iter().flat_map(|other| other.local(namespace)))?;
            self.weigh(&in_cluster.union(&given)?, local)?;
        }
        Ok(())
    }

    fn union<'h>(&mut self, holdings: impl Iterator<Item = &'h Holding<'a>>) -> Result<PermissionSet, TooLarge>
    where
        'a: 'h,
    {
        let ids: BTreeSet<_> = holdings.map(|holding| holding.id).collect();
        self.roles.union(&ids.into_iter().collect::<Vec<_>>())
    }

    /// Notes which of the holdings add nothing to what is given besides.
    fn weigh(&mut self, given: &PermissionSet, held: &[Holding<'a>]) -> Result<(), TooLarge> {
        let sets = held.iter().map(|holding| self.roles.union(&[holding.id])).collect::<Result<Vec<_>, _>>()?;
        let needed = super::remove::needed(given, &sets)?;
        for (holding, _) in held.iter().zip(needed).filter(|(_, needed)| !needed) {
            self.needless.entry(holding.binding.key()).or_default().insert(holding.subject_index);
        }
        Ok(())
    }

    /// What of the binding could go.
    fn judge(&mut self, policy: &'a Policy, binding: AnyBinding<'a>, found: &mut Redundant) -> Result<(), TooLarge> {
        let key = binding.key();
        if let Some(why) = self.gives_nothing(policy, binding)? {
            found.bindings.push(RedundantBinding { binding: key, why: [why].into() });
            return Ok(());
        }
        let needless = self.needless.remove(&key).unwrap_or_default();
        let mut going = BTreeMap::new();
        for (index, subject) in binding.subjects().iter().enumerate() {
            match Principal::of(subject, binding.namespace()) {
                None => going.insert(index, Why::Nobody),
                Some(_) if needless.contains(&index) => going.insert(index, Why::Covered),
                Some(_) => None,
            };
        }
        if going.len() == binding.subjects().len() {
            found.bindings.push(RedundantBinding { binding: key, why: going.into_values().collect() });
            return Ok(());
        }
        let subjects = going.into_iter();
        found.subjects.extend(subjects.map(|(subject_index, why)| RedundantSubject { binding: key.clone(), subject_index, why }));
        Ok(())
    }

    fn gives_nothing(&mut self, policy: &'a Policy, binding: AnyBinding<'a>) -> Result<Option<Why>, TooLarge> {
        if !applies_somewhere(binding) {
            return Ok(Some(Why::Nowhere));
        }
        if binding.subjects().is_empty() {
            return Ok(Some(Why::NoSubjects));
        }
        let Ok(role) = policy.role_of(binding) else { return Ok(Some(Why::NoRole)) };
        let id = self.roles.id(role);
        Ok(self.roles.union(&[id])?.is_empty().then_some(Why::VoidRole))
    }
}
