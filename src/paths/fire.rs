//! Which edges a class can take: the fixpoint of what it holds and what it can give itself.

use indexmap::IndexSet;

use super::TooLarge;
use super::class::{Class, Gain};
use super::edges::{At, Edge, Effect, Which};
use super::effect::Yielded;
use super::facts::{Budget, Facts, GainRef, Hit, Joined, Row, Shape, Shapes, Table, reached};
use super::world::{CLUSTER, EVERY, Scope, World};
use crate::want::Names;

/// What all classes share.
#[derive(Debug)]
pub(super) struct Workshop<'a, 'w> {
    pub(super) world: &'w World<'a>,
    pub(super) table: &'w Table,
    pub(super) shapes: Shapes<'a>,
    pub(super) everything: Shape<'a>,
    /// A ClusterRole that allows everything, if there is one.
    pub(super) admin: Option<u32>,
    pub(super) budget: Budget,
}

/// A row whose parts are met.
#[derive(Debug)]
pub(super) struct Fired<'a> {
    pub(super) row: u32,
    pub(super) edge: &'static Edge,
    pub(super) scope: Scope,
    /// The requests of the parts whose names do not matter.
    pub(super) fixed: Vec<Hit<'a>>,
    /// What the parts about the name reach.
    pub(super) var: Joined<'a>,
    pub(super) other: Joined<'a>,
}

impl<'a> Workshop<'a, '_> {
    /// Fills in the facts, the gains and the moves of a class. Cost: `O(facts · rows)` a round, a round for each gain at most.
    pub(super) fn work(&mut self, number: u32, classes: &mut [Class<'a>]) -> Result<(), TooLarge> {
        let Some(mut class) = classes.get_mut(number as usize).map(std::mem::take) else { return Ok(()) };
        for held in &class.held {
            let Some(role) = self.world.role(held.role) else { continue };
            let shape = self.shapes.of(self.table, role.rules(), &mut self.budget)?;
            self.budget.spend(shape.len())?;
            class.facts.add(shape, held.scope, None);
            class.given.insert((Some(held.role), held.scope));
        }
        let mut tried = 0;
        loop {
            class.moves.clear();
            let fired = self.fire(&class, classes)?;
            for fired in &fired {
                match self.effect(fired, &class, classes)? {
                    Yielded::Moves(targets) => class.moves.extend(targets),
                    Yielded::Gains(gains) => class.take_gains(gains),
                }
            }
            if class.gains.len() == tried {
                break;
            }
            for (gain, index) in class.gains.iter().zip(0..).skip(tried) {
                let via = Some((GainRef { class: number, gain: index }, gain.cost));
                let role = gain.role.and_then(|role| self.world.role(role));
                let shape = match role {
                    Some(role) => self.shapes.of(self.table, role.rules(), &mut self.budget)?,
                    None => &self.everything,
                };
                self.budget.spend(shape.len())?;
                class.facts.add(shape, gain.scope, via);
            }
            tried = class.gains.len();
        }
        if let Some(slot) = classes.get_mut(number as usize) {
            *slot = class;
        }
        Ok(())
    }

    /// The rows that the class meets with at least one grant of its own.
    fn fire(&mut self, class: &Class<'a>, classes: &[Class<'a>]) -> Result<Vec<Fired<'a>>, TooLarge> {
        let groups = class.groups.iter().filter_map(|group| classes.get(*group as usize));
        let chain: Vec<&Facts<'a>> = std::iter::once(&class.facts).chain(groups.map(|group| &group.facts)).collect();
        let mut fired = Vec::new();
        for (row, number) in self.table.rows.iter().zip(0..) {
            for scope in self.scopes(row, &chain) {
                let met = self.meet(row, number, scope, &chain)?;
                fired.extend(met);
            }
        }
        Ok(fired)
    }

    /// The scopes where the class has something of its own that the row asks for.
    fn scopes(&self, row: &Row, chain: &[&Facts<'a>]) -> IndexSet<Scope> {
        // What is done to a role that one holds may be allowed to one's group alone.
        let of_roles = matches!(row.edge.effect, Effect::Rewrite(_) | Effect::Feed | Effect::FillRole(_));
        let own = chain.iter().take(if of_roles { usize::MAX } else { 1 });
        let own: IndexSet<Scope> = own.flat_map(|own| row.parts.iter().flatten().flat_map(|ask| own.scopes(*ask))).collect();
        match row.edge.at {
            At::Cluster => own.into_iter().filter(|scope| *scope == CLUSTER).collect(),
            At::In(namespace) => {
                let here = self.world.scope(namespace);
                let wide = own.iter().any(|scope| *scope <= EVERY);
                let at = here.filter(|here| wide || own.contains(here)).or(wide.then_some(EVERY));
                at.into_iter().collect()
            }
            At::Namespace if own.is_empty() => own,
            At::Namespace => {
                let wide = own.iter().any(|scope| *scope <= EVERY) && row.parts.len() > 1;
                let groups = chain.iter().skip(1).filter(|_| wide);
                let theirs = groups.flat_map(|facts| row.parts.iter().flatten().flat_map(|ask| facts.scopes(*ask)));
                let narrow = own.iter().copied().chain(theirs).filter(|scope| *scope > EVERY).collect::<IndexSet<_>>();
                let wide = own.iter().any(|scope| *scope <= EVERY).then_some(EVERY);
                wide.into_iter().chain(narrow).collect()
            }
        }
    }

    fn meet(&mut self, row: &Row, number: u32, scope: Scope, chain: &[&Facts<'a>]) -> Result<Option<Fired<'a>>, TooLarge> {
        self.budget.spend(1)?;
        let world: &World<'a> = self.world;
        let here = world.namespace(scope);
        let place = world.place(scope);
        if !(row.edge.when)(&place) {
            return Ok(None);
        }
        let mut fired =
            Fired { row: number, edge: row.edge, scope, fixed: Vec::new(), var: Joined::start(), other: Joined::start() };
        for (part, asks) in row.edge.parts.iter().zip(&row.parts) {
            let at = if part.cluster { CLUSTER } else { scope };
            let found = reached(chain, asks, part.names, (at, here), &mut self.budget)?;
            match part.names {
                Which::Var => fired.var = fired.var.join(&found),
                Which::Other => fired.other = fired.other.join(&found),
                _ => match found.cheapest() {
                    Some(hit) => fired.fixed.push(hit.for_names(part.names, here)),
                    None => return Ok(None),
                },
            }
        }
        Ok((!fired.var.is_empty() && !fired.other.is_empty()).then_some(fired))
    }
}

impl<'a> Hit<'a> {
    /// Where every name is allowed, the one that is asked for.
    fn for_names(self, names: Which, here: &'a str) -> Self {
        let name = match names {
            Which::Of(Names::OneOf(names)) => names.first().copied().unwrap_or_default(),
            Which::Here => here,
            _ => return self,
        };
        if self.name.is_empty() { Self { name, ..self } } else { self }
    }
}

impl<'a> Class<'a> {
    /// Takes the gains that give something new.
    fn take_gains(&mut self, gains: Vec<Gain<'a>>) {
        for gain in gains {
            if !self.gives(gain.role, gain.scope) {
                self.given.insert((gain.role, gain.scope));
                self.gains.push(gain);
            }
        }
    }

    /// Whether it holds the role (`None`: everything) in the scope, or has a gain that gives it.
    pub(super) fn gives(&self, role: Option<u32>, scope: Scope) -> bool {
        let every = (scope != CLUSTER).then_some(EVERY);
        let scopes = [Some(scope), Some(CLUSTER), every];
        scopes.into_iter().flatten().any(|scope| self.given.contains(&(role, scope)) || self.given.contains(&(None, scope)))
    }
}

/// The steps of a move: itself and the gains of its requests, each once.
pub(super) fn cost(hits: &[Hit<'_>], after: Option<(GainRef, u32)>) -> u32 {
    let gains: std::collections::BTreeMap<GainRef, u32> =
        hits.iter().filter_map(|hit| Some((hit.via?, hit.cost))).chain(after).collect();
    gains.values().fold(0, |sum, cost| u32::saturating_add(sum, *cost))
}
