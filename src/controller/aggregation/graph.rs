//! Which role takes rules from which, and rules going along those edges until nothing changes.
//!
//! Rules are numbered once, equal ones alike, so that what moves is numbers.

use std::collections::{HashMap, VecDeque};

use super::{Error, by_name, check, owner, sources};
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

/// Roles are named by their index in the policy. Tables by index take less code than maps, which counts in a program that wants no more
/// than the default policy.
pub(super) struct Graph<'a> {
    /// The rules of each role.
    rules: Vec<Vec<usize>>,
    /// The rule of each number.
    numbered: Vec<&'a PolicyRule>,
    /// The aggregated roles.
    targets: Vec<Option<Target<'a>>>,
    /// The aggregated roles that take rules from each role.
    dependents: Vec<Vec<usize>>,
    /// The indices of the roles, in the order of their names.
    by_name: Vec<(usize, &'a ClusterRole)>,
    keeps_foreign_rules: bool,
}

impl<'a> Graph<'a> {
    /// The graph of the roles, and the errors of those that are left out; nothing if it has more than `limit` edges.
    pub(super) fn new(roles: &'a [Shared<ClusterRole>], version: KubeVersion, limit: usize) -> Option<(Self, Vec<Error>)> {
        let by_name = by_name(roles.iter());
        let (mut targets, mut failed, mut edges) = (Vec::new(), Vec::new(), 0_usize);
        let mut seen = Seen::of(roles.len());
        for role in roles {
            let target = match target(role, &by_name, &mut seen) {
                Ok(target) => target,
                Err(error) => {
                    failed.push(error);
                    None
                }
            };
            edges = edges.saturating_add(target.as_ref().map_or(0, |target| target.sources.len()));
            if edges > limit {
                return None;
            }
            targets.push(target);
        }
        let (rules, numbered) = number(roles);
        let dependents = dependents(&targets);
        Some((Self { rules, numbered, targets, dependents, by_name, keeps_foreign_rules: owner::applies(version) }, failed))
    }

    /// The roles that changed with their rules, by name; nothing if `limit` copied rules did not suffice.
    pub(super) fn settle(mut self, limit: usize) -> Option<Vec<(&'a Shared<ClusterRole>, Vec<PolicyRule>)>> {
        let mut waiting = vec![false; self.rules.len()];
        let mut queue = VecDeque::new();
        for (index, _) in self.targets.iter().enumerate().filter(|(_, target)| target.is_some()) {
            enqueue(&[index], &mut queue, &mut waiting);
        }
        let mut seen = Seen::of(self.numbered.len());
        let mut copied = 0_usize;
        while let Some(target) = queue.pop_front() {
            if let Some(waits) = waiting.get_mut(target) {
                *waits = false;
            }
            copied = copied.saturating_add(1).saturating_add(self.weight(target));
            if copied > limit {
                return None;
            }
            if self.sync(target, &mut seen) {
                enqueue(self.dependents.get(target).map_or(&[][..], Vec::as_slice), &mut queue, &mut waiting);
            }
        }
        Some(self.results())
    }

    /// How many rules one run for the target looks at.
    fn weight(&self, target: usize) -> usize {
        let sources = self.targets.get(target).and_then(Option::as_ref).map_or(&[][..], |target| &target.sources);
        sources.iter().filter_map(|source| self.rules.get(*source)).map(|rules| rules.len() + 1).sum()
    }

    /// One run of the controller; says whether the role changed.
    fn sync(&mut self, index: usize, seen: &mut Seen) -> bool {
        let Some(target) = self.targets.get_mut(index).and_then(Option::as_mut) else { return false };
        seen.forget();
        let gathered = target.sources.iter().filter_map(|source| self.rules.get(*source)).flatten().copied();
        let gathered: Vec<usize> = gathered.filter(|rule| seen.is_new(*rule)).collect();
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

    fn results(&self) -> Vec<(&'a Shared<ClusterRole>, Vec<PolicyRule>)> {
        let targets =
            self.by_name.iter().filter_map(|&(index, _)| Some((self.targets.get(index)?.as_ref()?, self.rules.get(index)?)));
        let rule = |number: &usize| self.numbered.get(*number).map(|rule| PolicyRule::clone(rule));
        let changed = targets.filter(|(target, _)| target.changed);
        changed.map(|(target, rules)| (target.role, rules.iter().filter_map(rule).collect())).collect()
    }
}

/// Which of so many numbers were met since the last time that all were forgotten.
struct Seen {
    rounds: Vec<usize>,
    round: usize,
}

impl Seen {
    fn of(numbers: usize) -> Self {
        Self { rounds: vec![0; numbers], round: 0 }
    }

    const fn forget(&mut self) {
        self.round += 1;
    }

    fn is_new(&mut self, number: usize) -> bool {
        self.rounds.get_mut(number).is_some_and(|last| std::mem::replace(last, self.round) != self.round)
    }
}

/// The role and its sources, if it is aggregated.
fn target<'a>(
    role: &'a Shared<ClusterRole>,
    by_name: &[(usize, &'a ClusterRole)],
    seen: &mut Seen,
) -> Result<Option<Target<'a>>, Error> {
    let Some(aggregation) = &role.aggregation_rule else { return Ok(None) };
    check(&role.metadata.name, aggregation)?;
    seen.forget();
    let found = sources(&role.metadata.name, aggregation, by_name).map(|(index, _)| index);
    let sources = found.filter(|source| seen.is_new(*source)).collect();
    Ok(Some(Target { role, sources, owned: owner::owns_rules(&role.metadata), changed: false }))
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

fn dependents(targets: &[Option<Target<'_>>]) -> Vec<Vec<usize>> {
    let mut dependents = vec![Vec::new(); targets.len()];
    for (index, target) in targets.iter().enumerate() {
        for source in target.iter().flat_map(|target| &target.sources) {
            if let Some(of_source) = dependents.get_mut(*source) {
                of_source.push(index);
            }
        }
    }
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
