//! The entries of a map as Kubernetes' readers see them: keys as JSON strings, merges done, keys that come twice found.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::node::{Content, NodeId, Tree};
use super::scalar;

/// Maps with no more entries are searched from end to end.
const SMALL: usize = 16;

/// An entry.
#[derive(Debug, Clone)]
pub(super) struct Entry<'t> {
    pub(super) key: Cow<'t, str>,
    pub(super) key_node: NodeId,
    pub(super) value: NodeId,
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Issue {
    /// An entry has the key already; its value, which is replaced, is read by nobody else.
    Twice { first: NodeId, again: NodeId, replaced: NodeId },
    /// No JSON key.
    NoKey(NodeId),
    /// A merge of what is no map.
    NoMap(NodeId),
    /// Merges inside of merges, deeper than the limit.
    TooDeep(NodeId),
}

/// The entries of a map, and what is wrong with its keys.
///
/// Merges follow `go-yaml` v2: at their place, the last of a list of maps first; a key that is there already counts as one that comes
/// twice. Of two values of a key the last is kept. Cost: `O(entries)`, with those that are merged.
pub(super) fn entries<'t>(tree: &'t Tree<'_>, map: NodeId, depth: usize) -> (Vec<Entry<'t>>, Vec<Issue>) {
    let mut gathering =
        Gathering { tree, entries: Vec::with_capacity(tree.pairs(map).len()), places: HashMap::new(), issues: Vec::new() };
    gathering.gather(map, depth);
    (gathering.entries, gathering.issues)
}

/// The value of a key, as [`entries`] has it. Cost: `O(entries)`.
pub(super) fn find(tree: &Tree<'_>, map: NodeId, key: &str, depth: usize) -> Option<NodeId> {
    if tree.pairs(map).any(|(written, _)| tree.target(written).content == Content::Merge) {
        return entries(tree, map, depth).0.iter().find(|entry| entry.key == key).map(|entry| entry.value);
    }
    tree.pairs(map)
        .rev()
        .find(|&(written, _)| scalar::key(&tree.target(written).content).as_deref() == Some(key))
        .map(|(_, value)| value)
}

/// The values that `encoding/json` puts into the field of a name, in its order: of keys that are the name whatever the case of their letters.
/// YAML becomes JSON with its keys sorted before it is looked at, of a key that comes twice with the last value. Cost: `O(entries)`.
pub(super) fn folded(tree: &Tree<'_>, map: NodeId, name: &str, depth: usize) -> impl Iterator<Item = NodeId> {
    let is_merged = tree.pairs(map).any(|(key, _)| tree.target(key).content == Content::Merge);
    let merged = if is_merged { entries(tree, map, depth).0 } else { Vec::new() };
    let merged = merged.into_iter().map(|entry| (entry.key, entry.value));
    let written = tree.pairs(map).filter(|_| !is_merged);
    let written = written.filter_map(|(key, value)| Some((scalar::key(&tree.target(key).content)?, value)));
    let mut found = written.chain(merged).filter(|(key, _)| is_folded(key, name));
    let first = found.next();
    let mut rest: Vec<_> = found.collect();
    if tree.is_sorted() && !rest.is_empty() {
        rest.splice(..0, first);
        rest.reverse();
        rest.sort_by(|(one, _), (other, _)| one.cmp(other));
        rest.dedup_by(|(one, _), (other, _)| one == other);
        return None.into_iter().chain(values(rest));
    }
    first.map(|(_, value)| value).into_iter().chain(values(rest))
}

fn values<'t>(entries: Vec<(Cow<'t, str>, NodeId)>) -> impl Iterator<Item = NodeId> + use<'t> {
    entries.into_iter().map(|(_, value)| value)
}

/// Whether a key is an ASCII name for `encoding/json`, which takes two other letters for a `k` and an `s`.
fn is_folded(key: &str, name: &str) -> bool {
    let letters = key.chars().map(|letter| match letter {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        letter => letter.to_ascii_lowercase(),
    });
    letters.eq(name.chars().map(|letter| letter.to_ascii_lowercase()))
}

struct Gathering<'t, 'n> {
    tree: &'t Tree<'n>,
    entries: Vec<Entry<'t>>,
    places: HashMap<Cow<'t, str>, usize>,
    issues: Vec<Issue>,
}

impl<'t> Gathering<'t, '_> {
    fn gather(&mut self, map: NodeId, depth: usize) {
        for (key, value) in self.tree.pairs(map) {
            match &self.tree.target(key).content {
                Content::Merge => self.merge(value, depth),
                content => match scalar::key(content) {
                    Some(text) => self.put(Entry { key: text, key_node: key, value }),
                    None => self.issues.push(Issue::NoKey(key)),
                },
            }
        }
    }

    fn merge(&mut self, value: NodeId, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return self.issues.push(Issue::TooDeep(value));
        };
        match self.tree.target(value).content {
            Content::Map(_) => self.gather(value, depth),
            Content::List(_) => {
                for &item in self.tree.items(value).iter().rev() {
                    match self.tree.target(item).content {
                        Content::Map(_) => self.gather(item, depth),
                        _ => self.issues.push(Issue::NoMap(item)),
                    }
                }
            }
            _ => self.issues.push(Issue::NoMap(value)),
        }
    }

    fn put(&mut self, entry: Entry<'t>) {
        let place = self.place(&entry.key);
        match place.and_then(|place| self.entries.get_mut(place)) {
            Some(first) => {
                let replaced = std::mem::replace(&mut first.value, entry.value);
                self.issues.push(Issue::Twice { first: first.key_node, again: entry.key_node, replaced });
            }
            None => self.entries.push(entry),
        }
    }

    /// Where the key stands in the entries.
    fn place(&mut self, key: &str) -> Option<usize> {
        if self.entries.len() <= SMALL {
            return self.entries.iter().position(|entry| entry.key == key);
        }
        for (place, entry) in self.entries.iter().enumerate().skip(self.places.len()) {
            self.places.insert(entry.key.clone(), place);
        }
        self.places.get(key).copied()
    }
}
