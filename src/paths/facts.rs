//! What somebody is allowed, as far as the edges ask for it: by ask and scope, for which names, and by which gain.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

use super::TooLarge;
use super::edges::{self, Edge, Which};
use super::world::{CLUSTER, EVERY, Scope};
use crate::model::PolicyRule;
use crate::want::{Ask, Names, Reach};

/// The steps that are left.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
    limit: u64,
}

impl Budget {
    pub(super) const fn new(limit: u64) -> Self {
        Self { left: limit, limit }
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), TooLarge> {
        self.left = self.left.checked_sub(steps as u64).ok_or(TooLarge { limit: self.limit })?;
        Ok(())
    }
}

/// The rows that apply, and their asks by number.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) asks: IndexSet<Ask>,
}

/// A row with its asks by number, those of each part.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) edge: &'static Edge,
    pub(super) parts: Vec<Vec<u32>>,
}

impl Table {
    /// The rows as they are asked for. The first one says what it is to hold everything.
    pub(super) fn new(rows: impl Iterator<Item = &'static Edge>) -> Self {
        let mut asks = IndexSet::new();
        let mut number = |ask: &Ask| u32::try_from(asks.insert_full(*ask).0).unwrap_or(u32::MAX);
        let all = std::iter::once(&edges::HOLDS_EVERYTHING).chain(rows.filter(|edge| !edge.parts.is_empty()));
        let rows = all
            .map(|edge| Row { edge, parts: edge.parts.iter().map(|part| part.asks.iter().map(&mut number).collect()).collect() });
        let rows = rows.collect();
        Self { rows, asks }
    }

    /// The shape of a role that allows everything.
    pub(super) fn everything<'a>(&self) -> Shape<'a> {
        let numbers = self.asks.iter().zip(0..).map(|(_, number)| number);
        numbers.map(|ask| Given { ask, rule: None, reach: Reach::All }).collect()
    }

    pub(super) fn ask(&self, number: u32) -> Option<Ask> {
        self.asks.get_index(number as usize).copied()
    }
}

/// Something that the edges ask for, as a rule gives it. Without a rule everything is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    ask: u32,
    rule: Option<&'a PolicyRule>,
    reach: Reach<'a>,
}

/// What the edges find in a list of rules.
pub(super) type Shape<'a> = Vec<Given<'a>>;

/// The shapes of lists of rules; equal lists are looked at once.
#[derive(Debug, Default)]
pub(super) struct Shapes<'a>(HashMap<&'a [PolicyRule], Shape<'a>>);

impl<'a> Shapes<'a> {
    /// Cost: `O(rules · asks)` for a list that is new.
    pub(super) fn of(&mut self, table: &Table, rules: &'a [PolicyRule], budget: &mut Budget) -> Result<&Shape<'a>, TooLarge> {
        if !self.0.contains_key(rules) {
            budget.spend(rules.len() * table.asks.len())?;
            let found = rules.iter().flat_map(|rule| {
                let asks = table.asks.iter().zip(0..);
                asks.filter_map(move |(ask, number)| {
                    ask.answer(rule).map(|answer| Given { ask: number, rule: Some(rule), reach: answer.reach })
                })
            });
            self.0.insert(rules, found.collect());
        }
        Ok(self.0.entry(rules).or_default())
    }
}

/// A gain of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct GainRef {
    pub(super) class: u32,
    pub(super) gain: u32,
}

/// By which grant something is allowed.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    given: Given<'a>,
    via: Option<GainRef>,
    /// The steps that the gain takes.
    cost: u32,
}

/// What somebody is allowed.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    entries: HashMap<(u32, Scope), Vec<Entry<'a>>>,
    scopes: HashMap<u32, IndexSet<Scope>>,
}

/// A request that is allowed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit<'a> {
    pub(super) ask: u32,
    /// The rule that allows it; `None` where everything is allowed.
    pub(super) rule: Option<&'a PolicyRule>,
    pub(super) scope: Scope,
    pub(super) name: &'a str,
    pub(super) via: Option<GainRef>,
    pub(super) cost: u32,
}

/// The requests that meet a part: one for all names, or one for each.
#[derive(Debug, Clone, Default)]
pub(super) struct Reached<'a> {
    pub(super) all: Option<Hit<'a>>,
    pub(super) named: IndexMap<&'a str, Hit<'a>>,
}

impl<'a> Facts<'a> {
    pub(super) fn add(&mut self, shape: &Shape<'a>, scope: Scope, via: Option<(GainRef, u32)>) {
        for given in shape {
            let entry = Entry { given: *given, via: via.map(|(gain, _)| gain), cost: via.map_or(0, |(_, cost)| cost) };
            self.entries.entry((given.ask, scope)).or_default().push(entry);
            self.scopes.entry(given.ask).or_default().insert(scope);
        }
    }

    /// Where anything is allowed that is asked for.
    pub(super) fn scopes(&self, ask: u32) -> impl Iterator<Item = Scope> + '_ {
        self.scopes.get(&ask).into_iter().flatten().copied()
    }
}

/// The scopes that count in a scope.
fn counting(scope: Scope) -> impl Iterator<Item = Scope> {
    let own = (scope > EVERY).then_some(scope);
    std::iter::once(CLUSTER).chain((scope != CLUSTER).then_some(EVERY)).chain(own)
}

/// The requests of the asks that the facts allow in the scope, for the names that are asked for. `here` is the name of the namespace.
pub(super) fn reached<'a>(
    chain: &[&Facts<'a>],
    asks: &[u32],
    names: Which,
    (scope, here): (Scope, &str),
    budget: &mut Budget,
) -> Result<Reached<'a>, TooLarge> {
    let mut found = Reached::default();
    for &ask in asks {
        for at in counting(scope) {
            for facts in chain {
                for entry in facts.entries.get(&(ask, at)).into_iter().flatten() {
                    budget.spend(1)?;
                    let hit = Hit { ask, rule: entry.given.rule, scope, name: "", via: entry.via, cost: entry.cost };
                    match entry.given.reach {
                        Reach::All => cheaper(&mut found.all, hit),
                        Reach::Names(listed) => found.enter(listed, names, here, hit, budget)?,
                    }
                }
            }
        }
    }
    Ok(found)
}

fn cheaper<'a>(known: &mut Option<Hit<'a>>, hit: Hit<'a>) {
    if known.is_none_or(|known| hit.cost < known.cost) {
        *known = Some(hit);
    }
}

impl<'a> Reached<'a> {
    fn enter(
        &mut self,
        listed: &'a [String],
        names: Which,
        here: &str,
        hit: Hit<'a>,
        budget: &mut Budget,
    ) -> Result<(), TooLarge> {
        if names == Which::Of(Names::All) {
            return Ok(());
        }
        budget.spend(listed.len())?;
        match names {
            Which::Of(names) => names.among(listed).into_iter().for_each(|name| self.enter_name(name, hit)),
            Which::Here => listed.iter().filter(|name| *name == here).take(1).for_each(|name| self.enter_name(name, hit)),
            Which::Var | Which::Other => listed.iter().for_each(|name| self.enter_name(name, hit)),
        }
        Ok(())
    }

    fn enter_name(&mut self, name: &'a str, hit: Hit<'a>) {
        let hit = Hit { name, ..hit };
        let known = self.named.entry(name).or_insert(hit);
        if hit.cost < known.cost {
            *known = hit;
        }
    }

    /// The cheapest request, if any does.
    pub(super) fn cheapest(&self) -> Option<Hit<'a>> {
        self.all.into_iter().chain(self.named.values().copied()).min_by_key(|hit| hit.cost)
    }
}

/// What several parts about one name reach together.
#[derive(Debug, Clone, Default)]
pub(super) struct Joined<'a> {
    pub(super) all: Option<Vec<Hit<'a>>>,
    pub(super) named: IndexMap<&'a str, Vec<Hit<'a>>>,
}

impl<'a> Joined<'a> {
    pub(super) fn start() -> Self {
        Self { all: Some(Vec::new()), named: IndexMap::new() }
    }

    pub(super) fn join(self, other: &Reached<'a>) -> Self {
        let with = |mut hits: Vec<Hit<'a>>, hit: Hit<'a>| {
            hits.push(hit);
            hits
        };
        let mut named: IndexMap<&'a str, Vec<Hit<'a>>> = IndexMap::new();
        for (name, hits) in self.named {
            let hit = other.named.get(name).copied().or(other.all.map(|hit| Hit { name, ..hit }));
            hit.into_iter().for_each(|hit| _ = named.insert(name, with(hits.clone(), hit)));
        }
        if let Some(hits) = &self.all {
            for (name, hit) in &other.named {
                let hits = hits.iter().map(|hit| Hit { name, ..*hit }).collect();
                named.entry(name).or_insert_with(|| with(hits, *hit));
            }
        }
        let all = self.all.zip(other.all).map(|(hits, hit)| with(hits, hit));
        Self { named: if all.is_some() { IndexMap::new() } else { named }, all }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_none() && self.named.is_empty()
    }

    /// The requests for a name.
    pub(super) fn of(&self, name: &'a str) -> Option<Vec<Hit<'a>>> {
        let all = self.all.as_ref().map(|hits| hits.iter().map(|hit| Hit { name, ..*hit }).collect());
        all.or_else(|| self.named.get(name).cloned())
    }
}
