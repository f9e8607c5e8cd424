//! The comparison: principal by principal, skipping those whose roles are the same, and making each set once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Access, Change, Diff, SubjectDiff};
use crate::authorize::Grant;
use crate::authorize::subject::{Membership, Principal};
use crate::holdings::{Held, Holding, Holdings, RoleId, RoleSets, stranger};
use crate::identity::UserInfo;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::Policy;

/// What changed from the old policy to the new one.
///
/// Cost: `O(n log n)` for `n` subjects of all bindings; sets are made for changed roles and those held beside them only, once for all
/// subjects that hold the same.
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn diff<'a>(old: &'a Policy, new: &'a Policy, membership: Membership) -> Result<Diff<'a>, TooLarge> {
    let comparison = Comparison::new(old, new, membership);
    let named: BTreeSet<Principal> = comparison.old.principals().chain(comparison.new.principals()).cloned().collect();
    comparison.diff(named, old, new)
}

/// What changed for these principals alone.
///
/// ```
/// use k8s_rbac::{Policy, authorize::subject::{Membership, Principal}, diff::diff_of, model::*};
/// let new = Policy::from_iter([
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])])),
///     Object::from(ClusterRoleBinding::new("all-read", "reader", [Subject::group("dev"), Subject::user("jane")])),
/// ]);
/// let jane = [Principal::User("jane".into())];
/// assert_eq!(diff_of(jane, &Policy::new(), &new, Membership::Alone)?.changes.len(), 1);
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn diff_of<'a>(
    principals: impl IntoIterator<Item = Principal>,
    old: &'a Policy,
    new: &'a Policy,
    membership: Membership,
) -> Result<Diff<'a>, TooLarge> {
    Comparison::new(old, new, membership).diff(principals.into_iter().collect(), old, new)
}

/// The roles that somebody holds in one place, before and after.
type Pair = [Vec<RoleId>; 2];

/// What one set has more than the other, both ways.
#[derive(Debug, Default)]
struct Delta {
    gained: PermissionSet,
    lost: PermissionSet,
    /// For each role that was met, its rules that allow something of the two sets.
    gaining: HashMap<RoleId, Arc<[usize]>>,
    losing: HashMap<RoleId, Arc<[usize]>>,
}

struct Comparison<'a> {
    membership: Membership,
    old: Holdings<'a>,
    new: Holdings<'a>,
    roles: RoleSets<'a>,
    deltas: HashMap<Pair, Delta>,
}

/// What one principal holds with those that are counted with it, before and after.
struct Sides<'h, 'a>([Vec<&'h Held<'a>>; 2]);

impl<'h, 'a> Sides<'h, 'a> {
    fn cluster(&self) -> [Vec<Holding<'a>>; 2] {
        self.0.each_ref().map(|parts| parts.iter().flat_map(|held| held.cluster.iter().copied()).collect())
    }

    fn local(&self, namespace: &str) -> [Vec<Holding<'a>>; 2] {
        self.0.each_ref().map(|parts| parts.iter().flat_map(|held| held.local(namespace).iter().copied()).collect())
    }

    fn namespaces(&self) -> BTreeSet<&'a str> {
        self.0.iter().flatten().flat_map(|held| held.by_namespace.keys().copied()).collect()
    }
}

impl<'a> Comparison<'a> {
    fn new(old: &'a Policy, new: &'a Policy, membership: Membership) -> Self {
        let mut roles = RoleSets::default();
        let (old, new) = (Holdings::new(old, &mut roles), Holdings::new(new, &mut roles));
        Self { membership, old, new, roles, deltas: HashMap::new() }
    }

    fn diff(mut self, principals: BTreeSet<Principal>, old: &'a Policy, new: &'a Policy) -> Result<Diff<'a>, TooLarge> {
        let mut changes = Vec::new();
        for subject in principals {
            changes.extend(self.compare(subject)?);
        }
        let mut incomplete = old.gaps();
        incomplete.extend(new.gaps());
        incomplete.sort();
        incomplete.dedup();
        Ok(Diff { membership: self.membership, changes, incomplete, stranger: stranger(&[&self.old, &self.new]) })
    }

    fn compare(&mut self, subject: Principal) -> Result<Option<SubjectDiff<'a>>, TooLarge> {
        let Self { membership, old, new, roles, deltas } = self;
        if *membership == Membership::Implied && subject == Principal::Group(UserInfo::MASTERS.to_owned()) {
            return Ok(None);
        }
        let sides = Sides([old.with_implied(&subject, *membership), new.with_implied(&subject, *membership)]);
        let mut changed = Changed { roles, deltas };
        let cluster = sides.cluster();
        let in_cluster = cluster.each_ref().map(|held| ids(held));
        let cluster_change = changed.change(&in_cluster, &cluster)?;
        let mut by_namespace = BTreeMap::new();
        for namespace in sides.namespaces() {
            let local = sides.local(namespace);
            let here = both(&in_cluster, &local);
            if here == in_cluster {
                continue;
            }
            let [gained, lost] = changed.sets(&here)?;
            if gained != cluster_change.gained.set || lost != cluster_change.lost.set {
                by_namespace.insert(namespace, changed.change(&here, &join(&cluster, local))?);
            }
        }
        let nothing = cluster_change.is_empty() && by_namespace.is_empty();
        Ok((!nothing).then_some(SubjectDiff { subject, cluster: cluster_change, by_namespace }))
    }
}

fn join<'a>(cluster: &[Vec<Holding<'a>>; 2], local: [Vec<Holding<'a>>; 2]) -> [Vec<Holding<'a>>; 2] {
    let [old, new] = local;
    let [old_cluster, new_cluster] = cluster;
    [[old_cluster.clone(), old].concat(), [new_cluster.clone(), new].concat()]
}

/// The roles that are held in the cluster and here, before and after.
fn both(in_cluster: &Pair, local: &[Vec<Holding<'_>>; 2]) -> Pair {
    let ([old, new], [old_local, new_local]) = (in_cluster, local);
    [[old.clone(), ids(old_local)].concat(), [new.clone(), ids(new_local)].concat()].map(|mut ids| {
        ids.sort_unstable();
        ids.dedup();
        ids
    })
}

/// The roles that are held, sorted and without duplicates.
fn ids(held: &[Holding<'_>]) -> Vec<RoleId> {
    held.iter().map(|holding| holding.id).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What is found on the way, and kept for the next principal.
struct Changed<'w, 'a> {
    roles: &'w mut RoleSets<'a>,
    deltas: &'w mut HashMap<Pair, Delta>,
}

impl<'a> Changed<'_, 'a> {
    fn delta(&mut self, pair: &Pair) -> Result<(&mut RoleSets<'a>, &mut Delta), TooLarge> {
        let [old, new] = pair;
        let delta = match self.deltas.remove(pair) {
            Some(known) => known,
            None => {
                let (before, after) = (self.roles.union(old)?, self.roles.union(new)?);
                Delta { gained: after.difference(&before)?, lost: before.difference(&after)?, ..Delta::default() }
            }
        };
        Ok((self.roles, self.deltas.entry(pair.clone()).or_insert(delta)))
    }

    /// What is gained and lost.
    fn sets(&mut self, pair: &Pair) -> Result<[PermissionSet; 2], TooLarge> {
        let [old, new] = pair;
        if old == new {
            return Ok(Default::default());
        }
        let (_, delta) = self.delta(pair)?;
        Ok([delta.gained.clone(), delta.lost.clone()])
    }

    fn change(&mut self, pair: &Pair, held: &[Vec<Holding<'a>>; 2]) -> Result<Change<'a>, TooLarge> {
        let ([old, new], [held_before, held_after]) = (pair, held);
        if old == new {
            return Ok(Change::default());
        }
        let (roles, delta) = self.delta(pair)?;
        Ok(Change {
            gained: access(roles, &delta.gained, &mut delta.gaining, held_after)?,
            lost: access(roles, &delta.lost, &mut delta.losing, held_before)?,
        })
    }
}

/// The set, with those of the holdings that allow something of it.
fn access<'a>(
    roles: &mut RoleSets<'a>,
    set: &PermissionSet,
    known: &mut HashMap<RoleId, Arc<[usize]>>,
    held: &[Holding<'a>],
) -> Result<Access<'a>, TooLarge> {
    let mut grants: Vec<Grant<'a>> = Vec::new();
    if set.is_empty() {
        return Ok(Access::default());
    }
    for holding in held {
        let rules = match known.get(&holding.id) {
            Some(rules) => Arc::clone(rules),
            None => {
                let rules = roles.single_rules(holding.id)?.iter().enumerate();
                rules.filter(|(_, rule)| rule.intersects(set)).map(|(index, _)| index).collect()
            }
        };
        grants.extend(rules.iter().map(|&rule| holding.grant(rule)));
        known.insert(holding.id, rules);
    }
    Ok(Access { set: set.clone(), grants })
}
