//! The graph: classes, hubs and goals, with arcs between them, and the shortest ways to a goal.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use indexmap::IndexSet;

use super::class::{self, Class, Move, Target};
use super::effect::account_of;
use super::facts::Budget;
use super::world::{CLUSTER, EVERY, World};
use super::{ExtraEdge, Identity, Outcome, TooLarge, Yield};
use crate::identity::UserInfo;

/// A node of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Class(u32),
    Hub(Target),
}

/// What an arc means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A member of a class is in a group.
    InGroup,
    /// A move of the class, by number.
    Move(u32),
    /// One of a hub.
    OneOf,
    /// What a node gives, ahead of RBAC.
    Kubelet,
    /// An edge of the caller's own, by number.
    Extra(u32),
}

/// An arc.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) cost: u32,
    pub(super) kind: Kind,
    /// Whom one becomes.
    pub(super) identity: Option<u32>,
}

/// Nodes and arcs.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: IndexSet<Node>,
    pub(super) arcs: Vec<Arc>,
    /// Whether nodes give what runs on them.
    kubelet: bool,
    /// The arcs into each node.
    into: Vec<Vec<u32>>,
}

impl Graph {
    /// Cost: `O(moves + members of hubs)`.
    pub(super) fn new(
        world: &World<'_>,
        classes: &[Class<'_>],
        class_of: &[u32],
        kubelet: bool,
        budget: &mut Budget,
    ) -> Result<Self, TooLarge> {
        let mut graph = Self { kubelet, ..Self::default() };
        let mut hubs = IndexSet::new();
        for (class, number) in classes.iter().zip(0..) {
            let from = graph.node(Node::Class(number));
            for group in &class.groups {
                graph.arc(from, Node::Class(*group), 0, Kind::InGroup, None);
            }
            if class.kind == class::Kind::Privileged {
                graph.arc(from, Node::Hub(Target::Admin), 0, Kind::InGroup, None);
            }
            for (step, index) in class.moves.iter().zip(0..) {
                graph.enter_move(from, step, index, class_of);
                hubs.insert(step.to);
            }
        }
        hubs.extend([Target::Admin, Target::NodeRoot, Target::Pods(EVERY), Target::Accounts(EVERY), Target::Users]);
        graph.enter_nodes(world, class_of);
        let mut done = 0;
        while let Some(hub) = hubs.get_index(done).copied() {
            done += 1;
            graph.enter_hub(hub, world, class_of, &mut hubs, budget)?;
        }
        Ok(graph)
    }

    fn node(&mut self, node: Node) -> u32 {
        let (number, new) = self.nodes.insert_full(node);
        if new {
            self.into.push(Vec::new());
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn arc(&mut self, from: u32, to: Node, cost: u32, kind: Kind, identity: Option<u32>) {
        let to = self.node(to);
        let number = u32::try_from(self.arcs.len()).unwrap_or(u32::MAX);
        self.arcs.push(Arc { from, to, cost, kind, identity });
        self.into.get_mut(to as usize).into_iter().for_each(|into| into.push(number));
    }

    fn enter_move(&mut self, from: u32, step: &Move<'_>, index: u32, class_of: &[u32]) {
        match step.to {
            Target::Identity(identity) => {
                let class = class_of.get(identity as usize).copied().unwrap_or_default();
                self.arc(from, Node::Class(class), step.cost, Kind::Move(index), Some(identity));
            }
            hub => self.arc(from, Node::Hub(hub), step.cost, Kind::Move(index), None),
        }
    }

    /// Nodes hold the tokens of their Pods.
    fn enter_nodes(&mut self, world: &World<'_>, class_of: &[u32]) {
        let is_node = |identity: &Identity| matches!(identity, Identity::Node { .. });
        let kubelet = world.identities.iter().zip(class_of).filter(|_| self.kubelet);
        let classes: Vec<u32> = kubelet.filter(|(identity, _)| is_node(identity)).map(|(_, class)| *class).collect();
        for class in classes {
            let from = self.node(Node::Class(class));
            self.arc(from, Node::Hub(Target::Pods(EVERY)), 1, Kind::Kubelet, None);
        }
    }

    pub(super) fn enter_extras(&mut self, extras: &[ExtraEdge], world: &World<'_>, class_of: &[u32]) {
        let class = |identity: &Identity| {
            let number = world.number_of(identity)?;
            class_of.get(number as usize).map(|class| (number, *class))
        };
        for (extra, index) in extras.iter().zip(0..) {
            let Some((_, from)) = class(&extra.from) else { continue };
            let from = self.node(Node::Class(from));
            let (to, identity) = match &extra.to {
                Yield::Becomes(identity) => match class(identity) {
                    Some((number, class)) => (Node::Class(class), Some(number)),
                    None => continue,
                },
                Yield::ClusterAdmin => (Node::Hub(Target::Admin), None),
                Yield::Outcome(Outcome::NodeRoot) => (Node::Hub(Target::NodeRoot), None),
                Yield::Outcome(outcome) => (Node::Hub(Target::Outcome(*outcome)), None),
                Yield::Holds { .. } => continue,
            };
            self.arc(from, to, 1, Kind::Extra(index), identity);
        }
    }

    fn enter_hub(
        &mut self,
        hub: Target,
        world: &World<'_>,
        class_of: &[u32],
        hubs: &mut IndexSet<Target>,
        budget: &mut Budget,
    ) -> Result<(), TooLarge> {
        let from = self.node(Node::Hub(hub));
        let next = match hub {
            Target::Admin | Target::Identity(_) | Target::Outcome(_) => return Ok(()),
            Target::NodeRoot => {
                if self.kubelet {
                    self.arc(from, Node::Hub(Target::Pods(EVERY)), 1, Kind::Kubelet, None);
                }
                vec![Target::Outcome(Outcome::NodeRoot)]
            }
            Target::AnyUser => vec![Target::Users],
            Target::Pods(scope) if world.policy().pods().is_empty() => vec![Target::Accounts(scope)],
            Target::Accounts(EVERY) => {
                let mut scopes: Vec<u32> = world.accounts.keys().copied().collect();
                scopes.sort_unstable();
                scopes.into_iter().filter(|scope| *scope != CLUSTER).map(Target::Accounts).collect()
            }
            _ => Vec::new(),
        };
        for next in next {
            hubs.insert(next);
            self.arc(from, Node::Hub(next), 0, Kind::OneOf, None);
        }
        let members = members(hub, world);
        budget.spend(members.len())?;
        for identity in members {
            let class = class_of.get(identity as usize).copied().unwrap_or_default();
            self.arc(from, Node::Class(class), 0, Kind::OneOf, Some(identity));
        }
        Ok(())
    }

    /// The arcs into a node.
    fn into(&self, node: u32) -> impl Iterator<Item = (u32, Arc)> + '_ {
        let into = self.into.get(node as usize).into_iter().flatten();
        into.filter_map(|number| Some((*number, *self.arcs.get(*number as usize)?)))
    }

    /// The arcs out of each node.
    pub(super) fn out(&self) -> Vec<Vec<u32>> {
        let mut out = vec![Vec::new(); self.nodes.len()];
        for (number, arc) in (0..).zip(&self.arcs) {
            out.get_mut(arc.from as usize).into_iter().for_each(|out: &mut Vec<u32>| out.push(number));
        }
        out
    }

    /// The shortest way from every node to the goals, which cost what stands beside them. Cost: `O(arcs log arcs)`.
    pub(super) fn ways(&self, goals: impl IntoIterator<Item = (u32, u32)>) -> Ways {
        let mut ways = Ways { costs: vec![None; self.nodes.len()], next: vec![None; self.nodes.len()] };
        let mut heap = BinaryHeap::new();
        for (node, cost) in goals {
            if ways.better(node, cost, None) {
                heap.push(Reverse((cost, node)));
            }
        }
        while let Some(Reverse((cost, node))) = heap.pop() {
            if ways.cost(node) != Some(cost) {
                continue;
            }
            for (number, arc) in self.into(node) {
                let longer = cost.saturating_add(arc.cost);
                if ways.better(arc.from, longer, Some(number)) {
                    heap.push(Reverse((longer, arc.from)));
                }
            }
        }
        ways
    }

    pub(super) fn number(&self, node: Node) -> Option<u32> {
        self.nodes.get_index_of(&node).and_then(|found| u32::try_from(found).ok())
    }
}

/// The identities that a hub stands for.
fn members(hub: Target, world: &World<'_>) -> Vec<u32> {
    let all = |wanted: fn(&Identity) -> bool| {
        (0..).zip(&world.identities).filter(|(_, identity)| wanted(identity)).map(|(number, _)| number).collect()
    };
    match hub {
        Target::Accounts(scope) => world.accounts.get(&scope).cloned().unwrap_or_default(),
        Target::Users => all(|identity| matches!(identity, Identity::User { .. })),
        Target::AnyUser => all(|identity| match identity {
            Identity::Group { name } => name != UserInfo::MASTERS,
            identity => matches!(identity, Identity::Node { .. } | Identity::ServiceAccount { .. }),
        }),
        Target::Pods(scope) => {
            let here = world.namespace(scope);
            let pods = world.policy().pods().iter().filter(|pod| scope == EVERY || pod.metadata.namespace == here);
            let mut found: Vec<u32> = pods.filter_map(|pod| world.number_of(&account_of(pod))).collect();
            found.sort_unstable();
            found.dedup();
            found
        }
        _ => Vec::new(),
    }
}

/// The shortest way from every node to a goal.
#[derive(Debug)]
pub(super) struct Ways {
    costs: Vec<Option<u32>>,
    next: Vec<Option<u32>>,
}

impl Ways {
    /// The steps from a node to the goal.
    pub(super) fn cost(&self, node: u32) -> Option<u32> {
        self.costs.get(node as usize).copied().flatten()
    }

    /// The arc to take.
    pub(super) fn next(&self, node: u32) -> Option<u32> {
        self.next.get(node as usize).copied().flatten()
    }

    fn better(&mut self, node: u32, cost: u32, by: Option<u32>) -> bool {
        let slot = self.costs.get_mut(node as usize).zip(self.next.get_mut(node as usize));
        let Some((known, next)) = slot.filter(|(known, _)| known.is_none_or(|known| cost < known)) else { return false };
        (*known, *next) = (Some(cost), by);
        true
    }
}
