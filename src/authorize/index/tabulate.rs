//! From the rules of a role to its table.

use super::hash::{Hashes, Topic};
use super::rules::{Atom, Filter, RuleTable, Shapes};
use super::verbs::Verbs;
use crate::model::{ALL, PolicyRule};

/// How many atoms a rule may have for each of its words.
const ATOMS_PER_WORD: usize = 16;
/// How many `/` a resource may have that is looked for by its parts.
const SLASHES: usize = 4;

/// The table of the rules, and the filter in front of it. Cost: `O(atoms log atoms)`, and atoms are at most 16 for each word of a rule.
pub(super) fn tabulate(hashes: &Hashes, rules: &[PolicyRule]) -> (RuleTable, Filter) {
    let mut builder = Builder::new(hashes);
    for (number, rule) in (0_u32..).zip(rules) {
        builder.add(number, rule);
    }
    builder.finish(rules)
}

struct Builder<'a> {
    hashes: &'a Hashes,
    atoms: Vec<Atom>,
    filter: Filter,
    prefixes: Vec<u32>,
    plain: Vec<u32>,
    shapes: Shapes,
}

impl<'a> Builder<'a> {
    fn new(hashes: &'a Hashes) -> Self {
        let (filter, shapes) = Default::default();
        Self { hashes, atoms: Vec::new(), filter, prefixes: Vec::new(), plain: Vec::new(), shapes }
    }

    fn add(&mut self, number: u32, rule: &PolicyRule) {
        let verbs = Verbs::of(rule);
        if rule.verbs.is_empty() {
            return;
        }
        for (item, url) in (0_u32..).zip(&rule.non_resource_urls) {
            let topic = self.url_topic(url);
            self.atoms.push(Atom { topic: topic.short(), verbs, rule: number, item, group: Atom::URL, resource: 0 });
        }
        if rule.api_groups.is_empty() || rule.resources.is_empty() {
            return;
        }
        if is_plain(rule) {
            self.plain.push(number);
            self.shapes.add(Shapes::PLAIN);
        } else {
            self.add_resources(number, rule, verbs);
        }
    }

    fn url_topic(&mut self, url: &str) -> Topic {
        if !url.ends_with('*') {
            let topic = Topic::path(self.hashes.text(url));
            self.filter.add(topic.short());
            self.shapes.add(Shapes::PATHS);
            return topic;
        }
        let prefix = url.trim_end_matches('*');
        self.shapes.add(Shapes::PREFIX);
        self.prefixes.push(u32::try_from(prefix.len()).unwrap_or(u32::MAX));
        Topic::prefix(self.hashes.text(prefix))
    }

    fn add_resources(&mut self, rule: u32, words: &PolicyRule, verbs: Verbs) {
        self.note_shapes(words);
        self.shapes.add(Shapes::RESOURCES);
        let names: Vec<u64> = words.resource_names.iter().map(|name| self.hashes.text(name)).collect();
        for (resource, entry) in (0_u16..).zip(&words.resources) {
            for (word, subresource) in spellings(entry) {
                for (group, entry) in (0_u16..).zip(&words.api_groups) {
                    let topic = self.hashes.topic(entry, word, subresource);
                    self.filter.add(topic.short());
                    let atom = Atom { topic: topic.short(), verbs, rule, item: Atom::NAMELESS, group, resource };
                    self.atoms.push(if names.is_empty() { atom } else { Atom { item: Atom::SIGNPOST, ..atom } });
                    let named = (0_u32..).zip(&names);
                    self.atoms.extend(named.map(|(item, &name)| Atom { topic: topic.named(name).short(), item, ..atom }));
                }
            }
        }
    }

    fn note_shapes(&mut self, rule: &PolicyRule) {
        if rule.api_groups.iter().any(|group| group == ALL) {
            self.shapes.add(Shapes::GROUP);
        }
        if rule.resources.iter().any(|resource| resource == ALL) {
            self.shapes.add(Shapes::RESOURCE);
        }
        if rule.resources.iter().any(|resource| resource.starts_with("*/")) {
            self.shapes.add(Shapes::SUBRESOURCE);
        }
    }

    fn finish(mut self, rules: &[PolicyRule]) -> (RuleTable, Filter) {
        self.atoms.sort_unstable_by_key(|atom| (atom.topic, class(atom), atom.rule));
        drop_repeated(&mut self.atoms, rules);
        self.prefixes.sort_unstable();
        self.prefixes.dedup();
        let (starts, shift) = starts(&self.atoms);
        let Self { atoms, filter, prefixes, plain, shapes, .. } = self;
        (RuleTable { atoms: atoms.into(), starts, shift, shapes, prefixes: prefixes.into(), plain: plain.into() }, filter)
    }
}

/// Whether the rule would have too many atoms, or more words of a kind than an atom can number.
fn is_plain(rule: &PolicyRule) -> bool {
    let [groups, resources, names] = [&rule.api_groups, &rule.resources, &rule.resource_names].map(Vec::len);
    let spellings: usize = rule.resources.iter().map(|resource| 1 + slashes(resource)).sum();
    let atoms = groups.saturating_mul(spellings).saturating_mul(names.max(1));
    atoms > ATOMS_PER_WORD * (groups + resources + names)
        || groups.max(resources) >= usize::from(Atom::URL)
        || rule.resources.iter().any(|resource| slashes(resource) > SLASHES)
}

fn slashes(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'/').count()
}

/// How a request may spell the entry: as a whole, and cut at each `/` into resource and subresource.
fn spellings(entry: &str) -> impl Iterator<Item = (&str, &str)> {
    let cuts = entry.match_indices('/').filter_map(|(at, _)| Some((entry.get(..at)?, entry.get(at + 1..)?)));
    std::iter::once((entry, "")).chain(cuts)
}

/// The order of atoms on a topic: signposts, rules without names, rules with names, URLs. A request meets one of the last three.
const fn class(atom: &Atom) -> u8 {
    match (atom.group, atom.item) {
        (Atom::URL, _) => 3,
        (_, Atom::SIGNPOST) => 0,
        (_, Atom::NAMELESS) => 1,
        _ => 2,
    }
}

/// Drops atoms that can never be the first: an earlier rule says the same with the same verbs.
fn drop_repeated(atoms: &mut Vec<Atom>, rules: &[PolicyRule]) {
    let mut head: Option<(Atom, Verbs)> = None;
    atoms.retain(|atom| {
        let same_place = |head: &Atom| head.topic == atom.topic && class(head) == class(atom);
        let Some((first, said)) = head.as_mut().filter(|(first, _)| same_place(first)) else {
            head = Some((*atom, atom.verbs));
            return true;
        };
        if class(atom) != 0 && first.words(rules) != atom.words(rules) {
            return true;
        }
        let is_new = if class(atom) == 0 { !atom.verbs.seems_within(*said) } else { !atom.verbs.within(*said) };
        *said = said.and(atom.verbs);
        is_new
    });
}

/// Where the atoms of each equal part of the hash range start: about one part for every two atoms.
fn starts(atoms: &[Atom]) -> (Box<[u32]>, u8) {
    let bits = (atoms.len() / 2).checked_ilog2().unwrap_or(0).min(24);
    let shift = 32 - bits;
    let mut starts = Vec::with_capacity(1 << bits);
    let mut next = 0_u32;
    let mut rest = atoms.iter().peekable();
    for part in 0..1_u64 << bits {
        while rest.next_if(|atom| u64::from(atom.topic) >> shift < part).is_some() {
            next += 1;
        }
        starts.push(next);
    }
    (starts.into(), u8::try_from(shift).unwrap_or(32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rules: &[PolicyRule]) -> RuleTable {
        tabulate(&Hashes::default(), rules).0
    }

    fn numbered(prefix: &str, count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{prefix}{number}")).collect()
    }

    #[test]
    fn a_table_is_no_larger_than_some_times_its_rules() {
        let wide = PolicyRule::resources(["get"], numbered("g", 1_000), numbered("r", 1_000));
        let slashes = PolicyRule::resources(["get"], [""], ["a/".repeat(1_000)]);
        let many = table(&[wide, slashes]);
        assert_eq!((many.atoms.len(), &*many.plain), (0, [0, 1].as_slice()));
        let named = table(&[PolicyRule::resources(["get"], [""], ["secrets"]).named(numbered("n", 1_000))]);
        assert_eq!((named.atoms.len(), named.plain.len()), (1_001, 0));
    }

    #[test]
    fn rules_that_repeat_others_leave_nothing_to_be_read() {
        let once = PolicyRule::resources(["get", "list"], ["", "apps"], ["pods", "pods/log"]);
        let atoms = table(std::slice::from_ref(&once)).atoms.len();
        assert_eq!(atoms, 6, "a subresource has two spellings");
        let less = PolicyRule::resources(["list"], ["apps"], ["pods"]);
        let mut rules = vec![once; 5_000];
        rules.extend(vec![less; 5_000]);
        assert_eq!(table(&rules).atoms.len(), atoms);
        let named = |name: String| PolicyRule::resources(["get", "odd"], [""], ["secrets"]).named([name]);
        let by_name: Vec<PolicyRule> = numbered("n", 1_000).into_iter().map(named).collect();
        assert_eq!(table(&by_name).atoms.len(), 1_001, "one signpost for all");
    }

    #[test]
    fn nothing_is_tabled_of_a_rule_that_never_allows() {
        let without_verbs = PolicyRule::resources([""; 0], [""], ["pods"]);
        let without_groups = PolicyRule::resources(["get"], [""; 0], ["pods"]);
        assert_eq!(table(&[without_verbs, without_groups]).atoms.len(), 0);
    }
}
