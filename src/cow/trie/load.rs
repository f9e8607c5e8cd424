//! Many values at once.

use std::sync::Arc;

use super::{BITS, Held, Items, Node, Trie, digit, digits};

/// How many values a leaf has room for.
const WIDTH: usize = 1 << BITS;

impl<V: Held> Trie<V> {
    /// Puts in values by ascending number, as one [`Self::insert`] after the other would. Cost: `O(1)` each where numbers are near the ones
    /// before.
    pub(crate) fn insert_all(&mut self, values: impl IntoIterator<Item = (u64, V)>) {
        let (mut stem, mut leaf) = (0, Node::leaf());
        for (key, value) in values {
            if stem != key >> BITS {
                self.put_leaf(stem, std::mem::replace(&mut leaf, Node::leaf()));
                stem = key >> BITS;
            }
            leaf.insert(0, key, value);
        }
        self.put_leaf(stem, leaf);
    }

    /// Puts in the values of one leaf, whose numbers begin with `stem`.
    fn put_leaf(&mut self, stem: u64, mut leaf: Node<V>) {
        let (first, Items::Values(values)) = (stem << BITS, &mut leaf.items) else { return };
        if self.leaf_of(first).is_some() {
            let keys = digits(leaf.present).map(|digit| first | u64::from(digit));
            keys.zip(values.drain(..)).for_each(|(key, value)| drop(self.insert(key, value)));
        } else if leaf.present != 0 {
            values.shrink_to_fit();
            self.len += values.len();
            self.reach(first);
            self.root = Some(match self.root.take() {
                Some(mut root) => {
                    Arc::make_mut(&mut root).graft(self.shift, first, leaf);
                    root
                }
                None => Arc::new(leaf.below(self.shift, first)),
            });
        }
    }
}

impl<V: Held> Node<V> {
    /// A leaf with room.
    fn leaf() -> Self {
        Self { present: 0, items: Items::Values(Vec::with_capacity(WIDTH)) }
    }

    /// This leaf as the only one of a node of the height.
    fn below(self, shift: u32, key: u64) -> Self {
        (1..=shift / BITS).fold(self, |node, height| Self {
            present: 1 << digit(key, height * BITS),
            items: Items::Branches(vec![Arc::new(node)]),
        })
    }

    /// Hangs in a leaf that is not there yet.
    fn graft(&mut self, shift: u32, key: u64, leaf: Self) {
        let digit = digit(key, shift);
        let (rank, had) = (self.rank(digit), self.has(digit));
        self.present |= 1 << digit;
        let Items::Branches(nodes) = &mut self.items else { return };
        match nodes.get_mut(rank).filter(|_| had) {
            Some(node) => Arc::make_mut(node).graft(shift - BITS, key, leaf),
            None => nodes.insert(rank, Arc::new(leaf.below(shift - BITS, key))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Runs of numbers, near each other and far apart, into what is there already.
    #[test]
    fn many_at_once_are_as_one_after_the_other() {
        let (mut trie, mut map) = (Trie::default(), BTreeMap::new());
        let runs: [(u64, u64, u64); 8] = [
            (5, 1, 1),
            (0, 40, 1),
            (100, 3_000, 1),
            (90, 200, 3),
            (1 << 40, 70, 33),
            (0, 500, 7),
            (1 << 20, 64, 1),
            (u64::MAX - 5, 6, 1),
        ];
        for (value, (first, count, step)) in (0_u32..).zip(runs) {
            let run = || (0..count).map(|i| (first + i * step, value));
            let copy = trie.clone();
            trie.insert_all(run());
            assert!(copy.iter().eq(map.iter().map(|(key, value)| (*key, value))));
            map.extend(run());
            assert!(trie.iter().eq(map.iter().map(|(key, value)| (*key, value))));
            assert_eq!(trie.len(), map.len());
        }
        assert!(map.iter().all(|(key, value)| trie.get(*key) == Some(value)));
        trie.insert_all([]);
        map.keys().for_each(|key| assert!(trie.remove(*key).is_some()));
        assert_eq!(trie.iter().count(), 0);
    }
}
