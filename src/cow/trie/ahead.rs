//! Reading ahead of changes.

use std::sync::Arc;

use super::{BITS, Held, Items, Node, Trie, digit};
use crate::cow::read;

/// How far a number was followed.
struct Way<'a, V> {
    key: u64,
    node: &'a Arc<Node<V>>,
    /// Whether a change of the node copies it: there is another copy of it, or of what leads to it.
    is_shared: bool,
}

impl<V> Clone for Way<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Way<'_, V> {}

impl<V: Held> Trie<V> {
    /// Reads what putting values at these numbers is going to read, of all numbers at a time: what lies on the way, and the counters of what
    /// a copy of it shares. Cost: `O(log16 of the greatest number)` for each, and little of it is waiting.
    pub(crate) fn read_ahead(&self, keys: impl Iterator<Item = u64>) {
        let Some(root) = &self.root else { return };
        let begin = |key| Way { key, node: root, is_shared: false };
        let mut ways: Vec<Way<'_, V>> = keys.filter(|key| !self.is_past(*key)).map(begin).collect();
        for height in (0..=self.shift / BITS).rev() {
            read(ways.iter().map(|way| way.node.present as usize ^ way.node.items.len()));
            ways.iter_mut().for_each(|way| way.is_shared |= Arc::strong_count(way.node) > 1);
            let shared = ways.iter().filter(|way| way.is_shared);
            if height == 0 {
                read(shared.flat_map(|way| way.node.values()).map(V::glance));
            } else {
                read(shared.flat_map(|way| way.node.branches()).map(Held::glance));
                ways = ways.iter().filter_map(|way| way.on(height * BITS)).collect();
            }
        }
    }
}

impl<V> Way<'_, V> {
    /// The way one node further, if it leads on.
    fn on(self, shift: u32) -> Option<Self> {
        let digit = digit(self.key, shift);
        let next = self.node.branches().get(self.node.rank(digit)).filter(|_| self.node.has(digit));
        next.map(|node| Self { node, ..self })
    }
}

impl<V> Node<V> {
    fn values(&self) -> &[V] {
        match &self.items {
            Items::Values(values) => values,
            Items::Branches(_) => &[],
        }
    }
}

impl<V> Items<V> {
    const fn len(&self) -> usize {
        match self {
            Self::Branches(nodes) => nodes.len(),
            Self::Values(values) => values.len(),
        }
    }
}
