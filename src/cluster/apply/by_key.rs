//! Lists whose items have a key, merged as `mergeSliceWithoutSpecialElements` and its kin merge them.

use std::collections::HashMap;

use super::said::{Said, Takes};

/// How a list is merged whose items have a key.
pub(super) struct ByKey<T> {
    pub(super) key: fn(&T) -> &str,
    pub(super) merge: fn(said: &Said, old: &T, before: &T, new: &mut T),
    /// Whether upstream takes items that go out of the old list in place and puts new ones into their room at its end, before it looks up in
    /// it where the others stood (`deleteMatchingEntries`).
    pub(super) in_place: bool,
}

impl<T: Clone + Default + 'static> ByKey<T> {
    /// Keeps items of the old list.
    pub(super) fn keep(&self, said: &Said, path: &str, old: &[T], before: &[T], new: &mut Vec<T>) {
        match said.takes(path, before.is_empty(), new.is_empty()) {
            Takes::Nothing => {}
            Takes::Old => old.clone_into(new),
            Takes::Both => self.merge_items(said, path, old, before, new),
        }
    }

    fn merge_items(&self, said: &Said, path: &str, old: &[T], before: &[T], new: &mut Vec<T>) {
        let (stored, applied) = (self.by_key(old), self.by_key(before));
        let nothing = T::default();
        for (index, item) in new.iter_mut().enumerate() {
            if let Some((_, stored)) = stored.get((self.key)(item)) {
                let applied = applied.get((self.key)(item));
                let said = said.item(path, applied.map(|(index, _)| *index), index);
                (self.merge)(&said, stored, applied.map_or(&nothing, |(_, item)| item), item);
            }
        }
        let named = self.by_key(new);
        let stays = |item: &&T| named.contains_key((self.key)(item)) || !applied.contains_key((self.key)(item));
        let left: Vec<&T> = old.iter().filter(stays).collect();
        let added = new.iter().filter(|item| !stored.contains_key((self.key)(item)));
        let places =
            if self.in_place { self.places(left.iter().copied().chain(added).take(old.len())) } else { self.places(old) };
        let others = left.into_iter().filter(|item| !named.contains_key((self.key)(item)));
        *new = self.ordered(others, new, &places);
    }

    fn by_key<'a>(&self, items: &'a [T]) -> HashMap<&'a str, (usize, &'a T)> {
        items.iter().enumerate().rev().map(|(index, item)| ((self.key)(item), (index, item))).collect()
    }

    fn places<'a>(&self, items: impl IntoIterator<Item = &'a T>) -> HashMap<&'a str, usize> {
        items.into_iter().enumerate().map(|(place, item)| ((self.key)(item), place)).collect()
    }

    /// The new items, and between them, where they stood, those that only the old list has (`mergeSortedSlice`).
    fn ordered<'a>(&self, others: impl Iterator<Item = &'a T>, new: &[T], places: &HashMap<&str, usize>) -> Vec<T> {
        let place = |item: &T| places.get((self.key)(item));
        let is_before = |other: &T, item: &T| place(other).zip(place(item)).is_some_and(|(other, item)| other < item);
        let mut others = others.peekable();
        let mut merged = Vec::with_capacity(new.len());
        for item in new {
            while let Some(other) = others.next_if(|other| is_before(other, item)) {
                merged.push(other.clone());
            }
            merged.push(item.clone());
        }
        merged.extend(others.cloned());
        merged
    }
}
