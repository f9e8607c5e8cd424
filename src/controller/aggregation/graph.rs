//! Which role takes rules from which, and rules going along those edges until nothing changes.
//!
//! Rules are numbered once, equal ones alike, so that what moves is numbers.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Error, check, owner, sources};
use crate::model::{ClusterRole, PolicyRule};
use crate::policy::Shared;
use crate::version::KubeVersion;

/// An aggregated role.
struct Target<'a> {
    role: &'a Shared<ClusterRole>,
    /// The indices of its sources, in upstream's order, each once: a second time adds nothing.
    sources: Vec<usize>,
    /// Whether the rules that it has were written by the controller.
    owned: bool,
    changed: bool,
}

pub(super) struct Graph<'a> {
    /// The rules of each role.
    rules: Vec<Vec<usize>>,
    /// The rule of each number.
    numbered: Vec<&'a PolicyRule>,
    /// The aggregated roles, by their index.
    targets: HashMap<usize, Target<'a>>,
    /// The aggregated roles that take rules from a role.
    dependents: HashMap<usize, Vec<usize>>,
    keeps_foreign_rules: bool,
}

impl<'a> Graph<'a> {
    /// The graph of the roles, and the errors of those that are left out; nothing if it has more than `limit` edges.
    pub(super) fn new(roles: &'a [Shared<ClusterRole>], version: KubeVersion, limit: usize) -> Option<(Self, Vec<Error>)> {
        let mut by_name: Vec<&ClusterRole> = roles.iter().map(|role| &***role).collect();
        by_name.sort_unstable_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        let index: HashMap<&str, usize> = roles.iter().enumerate().map(|(i, role)| (role.metadata.name.as_str(), i)).collect();
        let (mut targets, mut failed, mut edges) = (HashMap::new(), Vec::new(), 0_usize);
        for (i, role) in roles.iter().enumerate() {
            let Some(aggregation) = &role.aggregation_rule else { continue };
            let name = &role.metadata.name;
            if let Err(error) = check(name, aggregation) {
                failed.push(error);
                continue;
            }
            let mut seen = HashSet::new();
            let found =
                sources(name, aggregation, &by_name).filter_map(|source| index.get(source.metadata.name.as_str()).copied());
            let sources: Vec<usize> = found.filter(|source| seen.insert(*source)).collect();
            edges = edges.saturating_add(sources.len());
            if edges > limit {
                return None;
            }
            targets.insert(i, Target { role, sources, owned: owner::owns_rules(&role.metadata), changed: false });
        }
        let (rules, numbered) = number(roles);
        let dependents = dependents(&targets);
        Some((Self { rules, numbered, targets, dependents, keeps_foreign_rules: owner::applies(version) }, failed))
    }

    /// The roles that changed with their rules, in policy order; nothing if `limit` copied rules did not suffice.
    pub(super) fn settle(mut self, limit: usize) -> Option<Vec<(&'a Shared<ClusterRole>, Vec<PolicyRule>)>> {
        let mut order: Vec<usize> = self.targets.keys().copied().collect();
        order.sort_unstable();
        let mut waiting = vec![false; self.rules.len()];
        let mut queue = VecDeque::new();
        enqueue(&order, &mut queue, &mut waiting);
        let mut copied = 0_usize;
        while let Some(target) = queue.pop_front() {
            if let Some(waits) = waiting.get_mut(target) {
                *waits = false;
            }
            copied = copied.saturating_add(1).saturating_add(self.weight(target));
            if copied > limit {
                return None;
            }
            if self.sync(target) {
                enqueue(self.dependents.get(&target).map_or(&[][..], Vec::as_slice), &mut queue, &mut waiting);
            }
        }
        Some(self.results(&order))
    }

    /// How many rules one run for the target looks at.
    fn weight(&self, target: usize) -> usize {
        let sources = self.targets.get(&target).map_or(&[][..], |target| &target.sources);
        sources.iter().filter_map(|source| self.rules.get(*source)).map(|rules| rules.len() + 1).sum()
    }

    /// One run of the controller; says whether the role changed.
    fn sync(&mut self, index: usize) -> bool {
        let Some(target) = self.targets.get_mut(&index) else { return false };
        let mut seen = HashSet::new();
        let gathered = target.sources.iter().filter_map(|source| self.rules.get(*source)).flatten().copied();
        let gathered: Vec<usize> = gathered.filter(|rule| seen.insert(*rule)).collect();
        let Some(current) = self.rules.get_mut(index) else { return false };
        let kept = gathered.is_empty() && self.keeps_foreign_rules && !target.owned;
        if *current == gathered || kept {
            return false;
        }
        *current = gathered;
        target.owned = true;
        target.changed = true;
        true
    }

    fn results(&self, order: &[usize]) -> Vec<(&'a Shared<ClusterRole>, Vec<PolicyRule>)> {
        let changed = order.iter().filter_map(|index| Some((self.targets.get(index)?, self.rules.get(*index)?)));
        let changed = changed.filter(|(target, _)| target.changed);
        let rule = |number: &usize| self.numbered.get(*number).map(|rule| PolicyRule::clone(rule));
        changed.map(|(target, rules)| (target.role, rules.iter().filter_map(rule).collect())).collect()
    }
}

/// Numbers the rules, equal ones alike: the numbers of each role's rules, and the rule of each number.
fn number(roles: &[Shared<ClusterRole>]) -> (Vec<Vec<usize>>, Vec<&PolicyRule>) {
    let (mut numbers, mut numbered) = (HashMap::new(), Vec::new());
    let mut number = |rule| {
        *numbers.entry(rule).or_insert_with(|| {
            numbered.push(rule);
            numbered.len() - 1
        })
    };
    let rules = roles.iter().map(|role| role.rules.iter().map(&mut number).collect()).collect();
    (rules, numbered)
}

fn dependents(targets: &HashMap<usize, Target<'_>>) -> HashMap<usize, Vec<usize>> {
    let mut dependents: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, target) in targets {
        for source in &target.sources {
            dependents.entry(*source).or_default().push(*index);
        }
    }
    dependents.values_mut().for_each(|targets| targets.sort_unstable());
    dependents
}

fn enqueue(targets: &[usize], queue: &mut VecDeque<usize>, waiting: &mut [bool]) {
    for target in targets {
        if let Some(waits) = waiting.get_mut(*target).filter(|waits| !**waits) {
            *waits = true;
            queue.push_back(*target);
        }
    }
}
