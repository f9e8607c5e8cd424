//! Two tries walked side by side.

use super::{BITS, Items, Node, Trie, digits};
use crate::cow::read;

impl<V> Trie<V> {
    /// Shows the values whose numbers the other has, in order. Cost: `O(numbers of the other)`, with no way from the root to any of them.
    pub(crate) fn each_of<'a, W>(&'a self, other: &Trie<W>, mut show: impl FnMut(&'a V)) {
        let shift = self.shift.min(other.shift);
        if let (Some(values), Some(others)) = (self.low(shift), other.low(shift)) {
            values.each_of(others, &mut show);
        }
    }

    /// The node of this height that the least numbers are below.
    fn low(&self, shift: u32) -> Option<&Node<V>> {
        let ways = (self.shift.saturating_sub(shift)) / BITS;
        (0..ways).try_fold(self.root.as_deref()?, |node, _| node.branches().first().filter(|_| node.has(0)).map(AsRef::as_ref))
    }
}

impl<V> Node<V> {
    fn each_of<'a, W>(&'a self, other: &Node<W>, show: &mut impl FnMut(&'a V)) {
        match (&self.items, &other.items) {
            (Items::Values(values), Items::Values(_)) if self.present & !other.present == 0 => values.iter().for_each(show),
            (Items::Values(values), Items::Values(_)) => {
                digits(self.present & other.present).filter_map(|digit| values.get(self.rank(digit))).for_each(show);
            }
            (Items::Branches(nodes), Items::Branches(others)) => {
                let both = digits(self.present & other.present);
                let pairs = both.filter_map(|digit| Some((nodes.get(self.rank(digit))?, others.get(other.rank(digit))?)));
                read(pairs.clone().map(|(node, other)| (node.present ^ other.present) as usize));
                pairs.for_each(|(node, other)| node.each_of(other, show));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A trie and a map with the values that are left of those at the numbers, from which some are taken out again.
    fn both(numbers: impl Iterator<Item = u64>, gone: u64) -> (Trie<u32>, BTreeMap<u64, u32>) {
        let (mut trie, mut map) = (Trie::default(), BTreeMap::new());
        for (number, value) in numbers.zip(0..) {
            trie.insert(number, value);
            map.insert(number, value);
        }
        map.retain(|number, _| number % gone != 0 || trie.remove(*number).is_none());
        (trie, map)
    }

    #[test]
    fn shows_what_both_have() {
        let tries = [
            both(0..0, 2),
            both(0..5, 9),
            both(0..40, 7),
            both(0..5_000, u64::MAX),
            both((0..5_000).step_by(3), 5),
            both((0..3_000).map(|number| number * number), 10),
            both([0, 17, u64::MAX, 1 << 40].into_iter(), 16),
            both((1 << 40..(1 << 40) + 100).chain(3..9), 4),
            both(0..5_000, 1),
        ];
        for (trie, map) in &tries {
            for (other, wanted) in &tries {
                let mut shown = Vec::new();
                trie.each_of(other, |value| shown.push(*value));
                let expected = map.iter().filter(|(number, _)| wanted.contains_key(number)).map(|(_, value)| *value);
                assert!(shown.iter().copied().eq(expected));
            }
        }
    }
}
