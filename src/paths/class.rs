//! Classes of identities that are granted the same: each is looked at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Identity;
use super::facts::{Facts, GainRef, Hit};
use super::world::{Held, Scope, World};
use crate::identity::UserInfo;
use crate::model::RoleRef;

/// Identities that hold the same roles in the same scopes and are in groups that do.
#[derive(Debug, Default)]
pub(super) struct Class<'a> {
    pub(super) number: u32,
    pub(super) members: Vec<u32>,
    /// The classes of the groups, the narrowest first.
    pub(super) groups: Vec<u32>,
    pub(super) held: Vec<Held>,
    pub(super) vain: Vec<(&'a RoleRef, Scope)>,
    pub(super) kind: Kind,
    pub(super) facts: Facts<'a>,
    /// What it holds (`None`: everything) where, gains included.
    pub(super) given: HashSet<(Option<u32>, Scope)>,
    pub(super) gains: Vec<Gain<'a>>,
    pub(super) moves: Vec<Move<'a>>,
}

/// What the API server knows of an identity beside its roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Nothing.
    #[default]
    Plain,
    /// It is in the privileged group.
    Privileged,
    /// It is a node.
    Node,
}

/// Something that the identity can get for itself by writing RBAC.
#[derive(Debug, Clone)]
pub(super) struct Gain<'a> {
    pub(super) row: u32,
    pub(super) hits: Vec<Hit<'a>>,
    pub(super) write: Write<'a>,
    /// The role that is held then; `None`: everything.
    pub(super) role: Option<u32>,
    pub(super) scope: Scope,
    /// Gains that must be had before, besides those of the hits.
    pub(super) after: Option<GainRef>,
    /// The steps that it takes, with those before it.
    pub(super) cost: u32,
}

/// What is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Write<'a> {
    /// A new binding of the role.
    Bind(u32),
    /// The binding of this name, with one more subject.
    Join(crate::policy::AnyBinding<'a>),
    /// The role, with rules for everything.
    Rewrite(u32),
    /// A new role of everything, and a binding of it.
    Create { name: &'a str, cluster: bool },
    /// A ClusterRole of everything that the aggregated one takes in: a new one, or the one of this name.
    Feed { aggregated: u32, by: Option<&'a str> },
    /// The role that a binding refers to.
    Fill(&'a RoleRef),
}

/// A step to another identity, or to what is none.
#[derive(Debug, Clone)]
pub(super) struct Move<'a> {
    pub(super) row: u32,
    pub(super) scope: Scope,
    pub(super) hits: Vec<Hit<'a>>,
    pub(super) to: Target,
    pub(super) cost: u32,
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Target {
    Admin,
    Identity(u32),
    /// Any account of the scope.
    Accounts(Scope),
    /// Any account of a Pod of the scope.
    Pods(Scope),
    /// Any user.
    Users,
    /// Any user and any group.
    AnyUser,
    /// Root on a node.
    NodeRoot,
    Outcome(super::Outcome),
}

/// What a class is known by; of edges of the caller's own, each makes a class.
type Key<'a> = (Vec<Held>, Vec<u32>, Vec<(&'a RoleRef, Scope)>, Kind, Vec<u32>);

/// Gathers identities into classes. Groups come before their members. Cost: `O(grants log grants)`.
pub(super) fn classes<'a>(world: &World<'a>) -> (Vec<Class<'a>>, Vec<u32>) {
    let mut by_depth: BTreeMap<usize, Vec<(u32, &Identity)>> = BTreeMap::new();
    for (identity, number) in world.identities.iter().zip(0..) {
        by_depth.entry(identity.implied().len()).or_default().push((number, identity));
    }
    let (mut classes, mut known): (Vec<Class<'a>>, HashMap<Key<'a>, u32>) = (Vec::new(), HashMap::new());
    let mut class_of = vec![0; world.identities.len()];
    for (number, identity) in by_depth.into_values().flatten() {
        let key = key(world, number, identity, &class_of);
        let class = *known.entry(key).or_insert_with_key(|(held, groups, vain, kind, _)| {
            let (held, groups, vain) = (held.clone(), groups.clone(), vain.clone());
            let number = u32::try_from(classes.len()).unwrap_or(u32::MAX);
            classes.push(Class { number, held, groups, vain, kind: *kind, ..Class::default() });
            number
        });
        classes.get_mut(class as usize).into_iter().for_each(|class| class.members.push(number));
        class_of.get_mut(number as usize).into_iter().for_each(|slot| *slot = class);
    }
    (classes, class_of)
}

fn key<'a>(world: &World<'a>, number: u32, identity: &Identity, class_of: &[u32]) -> Key<'a> {
    let mut held = world.held.get(number as usize).cloned().unwrap_or_default();
    held.sort_unstable();
    held.dedup();
    let vain = world.vain.get(number as usize).cloned().unwrap_or_default();
    let class = |group: &String| class_of.get(world.number_of(&Identity::group(group))? as usize).copied();
    let groups = identity.implied().iter().filter_map(class).collect();
    let kind = match identity {
        Identity::Group { name } if name == UserInfo::MASTERS => Kind::Privileged,
        Identity::Node { .. } => Kind::Node,
        _ => Kind::Plain,
    };
    (held, groups, vain, kind, world.extras.get(&number).cloned().unwrap_or_default())
}
