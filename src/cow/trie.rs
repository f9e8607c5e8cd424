//! Values by ascending numbers that may have gaps.

use std::fmt;
use std::sync::Arc;

use super::{Held, glance};

mod ahead;
mod join;
mod load;

/// How many bits of a number choose the way on: few enough that copying a node, which counts one more reference to each thing in it, is cheap.
const BITS: u32 = 4;
const MASK: u64 = (1 << BITS) - 1;

/// Values by number, in order of number. Gaps cost nothing. Cost of every step: `O(log16 of the greatest number)`.
#[derive(Clone)]
pub(crate) struct Trie<V> {
    root: Option<Arc<Node<V>>>,
    /// By how much a number is shifted to find the way on from the root.
    shift: u32,
    len: usize,
}

struct Node<V> {
    /// Which of the ways on there are.
    present: u64,
    items: Items<V>,
}

impl<V: Held> Clone for Node<V> {
    fn clone(&self) -> Self {
        match &self.items {
            Items::Branches(nodes) => glance(nodes.iter()),
            Items::Values(values) => glance(values.iter()),
        }
        Self { present: self.present, items: self.items.clone() }
    }
}

#[derive(Clone)]
enum Items<V> {
    Branches(Vec<Arc<Node<V>>>),
    Values(Vec<V>),
}

impl<V> Default for Trie<V> {
    fn default() -> Self {
        Self { root: None, shift: 0, len: 0 }
    }
}

impl<V: fmt::Debug> fmt::Debug for Trie<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The digits of a set, in order.
fn digits(mut left: u64) -> impl Iterator<Item = u32> + Clone {
    std::iter::from_fn(move || {
        let digit = (left != 0).then(|| left.trailing_zeros());
        left &= left.wrapping_sub(1);
        digit
    })
}

/// The way that a number takes at a height.
const fn digit(key: u64, shift: u32) -> u32 {
    ((key >> shift) & MASK) as u32
}

impl<V> Node<V> {
    /// Where the digit stands among those that are present; while they have no gap, that is the digit itself.
    fn rank(&self, digit: u32) -> usize {
        let below = (1 << digit) - 1;
        if self.present & below == below {
            return digit as usize;
        }
        (self.present & below).count_ones() as usize
    }

    const fn has(&self, digit: u32) -> bool {
        self.present >> digit & 1 == 1
    }

    fn branches(&self) -> &[Arc<Self>] {
        match &self.items {
            Items::Branches(nodes) => nodes,
            Items::Values(_) => &[],
        }
    }

    /// The value of a leaf at the digit.
    #[inline]
    fn value(&self, digit: u32) -> Option<&V> {
        match &self.items {
            Items::Values(values) if self.has(digit) => values.get(self.rank(digit)),
            _ => None,
        }
    }

    /// The leaf with the first value whose number, in the bits up to `shift`, is at least `from`.
    fn leaf_from(&self, shift: u32, from: u64) -> Option<Leaf<'_, V>> {
        let first = digit(from, shift);
        let mut left = self.present & (u64::MAX << first);
        while left != 0 {
            let at = left.trailing_zeros();
            match &self.items {
                Items::Values(values) => return Some(Leaf { prefix: 0, left, values: values.get(self.rank(at)..)?.iter() }),
                Items::Branches(nodes) => {
                    let rest = if at == first { from } else { 0 };
                    let found = nodes.get(self.rank(at)).and_then(|node| node.leaf_from(shift - BITS, rest));
                    if let Some(leaf) = found {
                        return Some(Leaf { prefix: leaf.prefix | u64::from(at) << shift, ..leaf });
                    }
                }
            }
            left &= left - 1;
        }
        None
    }

    /// Whether one of the values is taken, which are shown in order until one is.
    fn any<'a>(&'a self, takes: &mut impl FnMut(&'a V) -> bool) -> bool {
        match &self.items {
            Items::Values(values) => values.iter().any(takes),
            Items::Branches(nodes) => nodes.iter().any(|node| node.any(takes)),
        }
    }

    /// Shows the values in order with their numbers, which have the prefix in common.
    fn each<'a>(&'a self, shift: u32, prefix: u64, show: &mut impl FnMut(u64, &'a V)) {
        let numbers = digits(self.present).map(|digit| prefix | u64::from(digit) << shift);
        match &self.items {
            Items::Values(values) => numbers.zip(values).for_each(|(number, value)| show(number, value)),
            Items::Branches(nodes) => numbers.zip(nodes).for_each(|(prefix, node)| node.each(shift - BITS, prefix, show)),
        }
    }

    /// The last value whose number, in the bits up to `shift`, is at most `to`.
    fn last_to(&self, shift: u32, to: u64) -> Option<(u64, &V)> {
        let last = digit(to, shift);
        let mut left = self.present & (u64::MAX >> (u64::BITS - 1 - last));
        while left != 0 {
            let at = left.ilog2();
            let prefix = u64::from(at) << shift;
            match &self.items {
                Items::Values(values) => return values.get(self.rank(at)).map(|value| (prefix, value)),
                Items::Branches(nodes) => {
                    let rest = if at == last { to } else { u64::MAX };
                    let found = nodes.get(self.rank(at)).and_then(|node| node.last_to(shift - BITS, rest));
                    if let Some((key, value)) = found {
                        return Some((prefix | key, value));
                    }
                }
            }
            left &= !(1 << at);
        }
        None
    }
}

impl<V: Held> Node<V> {
    /// An empty node of this height.
    const fn empty(shift: u32) -> Self {
        let items = if shift == 0 { Items::Values(Vec::new()) } else { Items::Branches(Vec::new()) };
        Self { present: 0, items }
    }

    fn insert(&mut self, shift: u32, key: u64, value: V) -> Option<V> {
        let digit = digit(key, shift);
        let rank = self.rank(digit);
        let had = self.has(digit);
        self.present |= 1 << digit;
        match &mut self.items {
            Items::Values(values) => match values.get_mut(rank).filter(|_| had) {
                Some(old) => Some(std::mem::replace(old, value)),
                None => {
                    values.insert(rank, value);
                    None
                }
            },
            Items::Branches(nodes) => {
                if !had {
                    nodes.insert(rank, Arc::new(Self::empty(shift - BITS)));
                }
                nodes.get_mut(rank).and_then(|node| Arc::make_mut(node).insert(shift - BITS, key, value))
            }
        }
    }

    fn remove(&mut self, shift: u32, key: u64) -> Option<V> {
        let digit = digit(key, shift);
        if !self.has(digit) {
            return None;
        }
        let rank = self.rank(digit);
        match &mut self.items {
            Items::Values(values) => {
                self.present &= !(1 << digit);
                Some(values.remove(rank))
            }
            Items::Branches(nodes) => {
                let node = Arc::make_mut(nodes.get_mut(rank)?);
                let removed = node.remove(shift - BITS, key);
                if node.present == 0 {
                    nodes.remove(rank);
                    self.present &= !(1 << digit);
                }
                removed
            }
        }
    }
}

impl<V> Trie<V> {
    /// How many values there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Reads the counters that a copy changes.
    pub(crate) fn glance(&self) -> usize {
        self.root.glance()
    }

    /// Whether the number is past what the root can lead to.
    fn is_past(&self, key: u64) -> bool {
        key.checked_shr(self.shift + BITS).is_some_and(|rest| rest != 0)
    }

    /// The value of the number.
    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        self.leaf_of(key)?.value(digit(key, 0))
    }

    /// Looks up one value after the other. A number near the one before costs `O(1)`.
    pub(crate) const fn cursor(&self) -> Cursor<'_, V> {
        Cursor { trie: self, leaf: None, stem: u64::MAX }
    }

    /// The leaf that the number would be in.
    fn leaf_of(&self, key: u64) -> Option<&Node<V>> {
        if self.is_past(key) {
            return None;
        }
        let (mut node, mut shift) = (self.root.as_deref()?, self.shift);
        while let Items::Branches(nodes) = &node.items {
            let digit = digit(key, shift);
            if !node.has(digit) {
                return None;
            }
            node = nodes.get(node.rank(digit))?;
            shift -= BITS;
        }
        Some(node)
    }

    /// The first value whose number is at least this one.
    pub(crate) fn first_from(&self, key: u64) -> Option<(u64, &V)> {
        self.leaf_from(key)?.next()
    }

    fn leaf_from(&self, key: u64) -> Option<Leaf<'_, V>> {
        if self.is_past(key) {
            return None;
        }
        self.root.as_deref()?.leaf_from(self.shift, key)
    }

    /// Whether one of the values is taken, which are shown in order until one is. Cost: `O(values shown)`.
    pub(crate) fn any<'a>(&'a self, takes: &mut impl FnMut(&'a V) -> bool) -> bool {
        self.root.as_deref().is_some_and(|root| root.any(takes))
    }

    /// Shows the values in order with their numbers. Cost: `O(values)`, and less of it than walking an iterator.
    pub(crate) fn each<'a>(&'a self, mut show: impl FnMut(u64, &'a V)) {
        self.root.iter().for_each(|root| root.each(self.shift, 0, &mut show));
    }

    /// The last value whose number is at most this one.
    fn last_to(&self, key: u64) -> Option<(u64, &V)> {
        let key = if self.is_past(key) { u64::MAX } else { key };
        self.root.as_deref()?.last_to(self.shift, key)
    }

    /// The values with their numbers, in order.
    pub(crate) fn iter(&self) -> Iter<'_, V> {
        Iter { trie: self, leaf: None, front: 0, back: u64::MAX, left: self.len }
    }
}

impl<V: Held> Trie<V> {
    /// Puts the value at the number; gives back what was there.
    pub(crate) fn insert(&mut self, key: u64, value: V) -> Option<V> {
        self.reach(key);
        let root = self.root.get_or_insert_with(|| Arc::new(Node::empty(self.shift)));
        let old = Arc::make_mut(root).insert(self.shift, key, value);
        self.len += usize::from(old.is_none());
        old
    }

    /// Makes the root one that can lead to the number.
    fn reach(&mut self, key: u64) {
        while self.is_past(key) {
            if let Some(root) = self.root.take() {
                self.root = Some(Arc::new(Node { present: 1, items: Items::Branches(vec![root]) }));
            }
            self.shift += BITS;
        }
    }

    /// Takes out the value of the number.
    pub(crate) fn remove(&mut self, key: u64) -> Option<V> {
        if self.is_past(key) {
            return None;
        }
        let root = Arc::make_mut(self.root.as_mut()?);
        let removed = root.remove(self.shift, key)?;
        if root.present == 0 {
            (self.root, self.shift) = (None, 0);
        }
        self.len -= 1;
        Some(removed)
    }
}

/// What is left of the values of one leaf.
struct Leaf<'a, V> {
    /// The bits that all their numbers have in common.
    prefix: u64,
    /// The last bits of their numbers, as a set.
    left: u64,
    values: std::slice::Iter<'a, V>,
}

impl<V> Clone for Leaf<'_, V> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), ..*self }
    }
}

impl<'a, V> Iterator for Leaf<'a, V> {
    type Item = (u64, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.values.next()?;
        let key = self.prefix | u64::from(self.left.trailing_zeros());
        self.left &= self.left.wrapping_sub(1);
        Some((key, value))
    }
}

/// A way into the values that remembers where it was last.
pub(crate) struct Cursor<'a, V> {
    trie: &'a Trie<V>,
    leaf: Option<&'a Node<V>>,
    /// What the numbers of the leaf have in common.
    stem: u64,
}

impl<V> Clone for Cursor<'_, V> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, V> Cursor<'a, V> {
    /// The value of the number.
    #[inline]
    pub(crate) fn get(&mut self, key: u64) -> Option<&'a V> {
        if self.stem != key >> BITS {
            (self.leaf, self.stem) = (self.trie.leaf_of(key), key >> BITS);
        }
        self.leaf?.value(digit(key, 0))
    }
}

/// The values with their numbers, in order.
pub(crate) struct Iter<'a, V> {
    trie: &'a Trie<V>,
    /// The leaf that the front is in.
    leaf: Option<Leaf<'a, V>>,
    front: u64,
    back: u64,
    left: usize,
}

impl<V> Clone for Iter<'_, V> {
    fn clone(&self) -> Self {
        Self { leaf: self.leaf.clone(), ..*self }
    }
}

impl<'a, V> Iterator for Iter<'a, V> {
    type Item = (u64, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        if let Some(found) = self.leaf.as_mut().and_then(Iterator::next) {
            self.front = found.0.saturating_add(1);
            return Some(found);
        }
        self.leaf = self.trie.leaf_from(self.front);
        let found = self.leaf.as_mut()?.next()?;
        self.front = found.0.saturating_add(1);
        Some(found)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<V> DoubleEndedIterator for Iter<'_, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let found = self.trie.last_to(self.back)?;
        self.back = found.0.saturating_sub(1);
        Some(found)
    }
}

impl<V> ExactSizeIterator for Iter<'_, V> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn behaves_as_a_map() {
        let (mut trie, mut map) = (Trie::default(), BTreeMap::new());
        let mut copies = Vec::new();
        let mut state = 1_u64;
        for step in 0..20_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = (state >> 33) & [0x3f, 0xfff, 0xf_ffff, 0x7fff_ffff][(state >> 20 & 3) as usize];
            if state >> 10 & 3 == 0 {
                assert_eq!(trie.remove(key), map.remove(&key));
            } else {
                assert_eq!(trie.insert(key, step), map.insert(key, step));
            }
            assert_eq!(trie.get(key), map.get(&key));
            assert_eq!(trie.first_from(key + 1), map.range(key + 1..).next().map(|(key, value)| (*key, value)));
            if step % 4_000 == 0 {
                copies.push((trie.clone(), map.clone()));
            }
        }
        for (trie, map) in copies.iter().chain([&(trie.clone(), map.clone())]) {
            assert!(trie.iter().eq(map.iter().map(|(key, value)| (*key, value))));
            let mut shown = Vec::new();
            trie.each(|key, value| shown.push((key, *value)));
            assert!(shown.into_iter().eq(map.iter().map(|(key, value)| (*key, *value))));
            assert!(trie.iter().rev().eq(map.iter().rev().map(|(key, value)| (*key, value))));
            assert_eq!(trie.iter().len(), map.len());
            let (mut cursor, keys) = (trie.cursor(), map.keys().flat_map(|key| [*key, key + 1, key.wrapping_mul(77)]));
            keys.for_each(|key| assert_eq!(cursor.get(key), map.get(&key)));
        }
        for key in map.into_keys() {
            trie.remove(key);
        }
        assert!(trie.root.is_none() && trie.iter().next().is_none());
    }

    #[test]
    fn the_greatest_number_has_room() {
        let mut trie = Trie::default();
        trie.insert(u64::MAX, 26);
        trie.insert(0, 1);
        assert_eq!((trie.get(u64::MAX), trie.get(0), trie.get(1)), (Some(&26_u32), Some(&1), None));
        assert!(trie.iter().map(|(_, value)| *value).eq([1, 26]));
    }
}
