//! What two manifests say: the one that was applied before and the one that is applied now. Where they came from a text, what it says to be
//! empty, or `null`, is said; of objects made in code, what is empty is not.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::load::empty;
use crate::model::{Located, Value};
use crate::span::SourceMap;

/// The places of what one manifest says, under a path.
#[derive(Debug, Clone)]
pub(super) struct Words {
    places: Option<Arc<SourceMap>>,
    under: String,
}

impl Words {
    pub(super) fn of<T>(object: Option<&Located<T>>) -> Self {
        Self { places: object.and_then(Located::source).cloned(), under: String::new() }
    }

    /// What is said of one item of a list.
    fn item(&self, list: &str, index: Option<usize>) -> Self {
        let places = index.and(self.places.clone());
        Self { places, under: format!("{}{list}[{}].", self.under, index.unwrap_or_default()) }
    }

    fn written(&self, path: &str) -> Option<&str> {
        self.places.as_ref()?.written(&format!("{}{path}", self.under))
    }

    fn has(&self, path: &str) -> bool {
        self.written(path).is_some()
    }

    fn is_null(&self, path: &str) -> bool {
        self.written(path).is_some_and(|text| empty(text) == Some(Value::Null))
    }
}

/// Both manifests.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) before: Words,
    pub(super) new: Words,
}

/// What becomes of a map, or of a list whose items have a key.
pub(super) enum Takes {
    /// Nothing is left of it.
    Nothing,
    /// What is there stays.
    Old,
    /// The entries are merged.
    Both,
}

impl Said {
    /// What is said of one item of a list, which stands there in the one manifest and here in the other.
    pub(super) fn item(&self, list: &str, before: Option<usize>, new: usize) -> Self {
        Self { before: self.before.item(list, before), new: self.new.item(list, Some(new)) }
    }

    /// Keeps a value, or a list that is replaced as a whole.
    pub(super) fn keep<T: Clone + Default + PartialEq>(&self, path: &str, old: &T, before: &T, new: &mut T) {
        if *new == T::default() && *before == T::default() && self.is_silence(path) {
            new.clone_from(old);
        }
    }

    /// Whether neither manifest says that the field is empty.
    pub(super) fn is_silence(&self, path: &str) -> bool {
        !self.new.has(path) && !self.before.has(path)
    }

    /// What becomes of a field that is merged entry by entry. One that was applied before and is silent now goes as a whole.
    pub(super) fn takes(&self, path: &str, before_is_empty: bool, new_is_empty: bool) -> Takes {
        if new_is_empty && self.new.is_null(path) {
            Takes::Nothing
        } else if !new_is_empty || self.new.has(path) {
            Takes::Both
        } else if before_is_empty && !self.before.has(path) {
            Takes::Old
        } else {
            Takes::Nothing
        }
    }

    /// Keeps the entries of a map.
    pub(super) fn keep_map<V>(
        &self,
        path: &str,
        old: &BTreeMap<String, V>,
        before: &BTreeMap<String, V>,
        new: &mut BTreeMap<String, V>,
    ) where
        V: Clone + Default + PartialEq,
    {
        match self.takes(path, before.is_empty(), new.is_empty()) {
            Takes::Nothing => {}
            Takes::Old => new.clone_from(old),
            Takes::Both => self.keep_entries(path, old, before, new),
        }
    }

    /// Keeps those entries that neither was applied before nor is said to be `null` now.
    pub(super) fn keep_entries<V>(
        &self,
        path: &str,
        old: &BTreeMap<String, V>,
        before: &BTreeMap<String, V>,
        new: &mut BTreeMap<String, V>,
    ) where
        V: Clone + Default + PartialEq,
    {
        keep_others(old, before, new);
        new.retain(|key, value| *value != V::default() || !self.new.is_null(&format!("{path}[{key}]")));
    }
}

/// Keeps those entries that were not applied before.
pub(super) fn keep_others<V: Clone>(old: &BTreeMap<String, V>, before: &BTreeMap<String, V>, new: &mut BTreeMap<String, V>) {
    for (key, value) in old.iter().filter(|(key, _)| !before.contains_key(*key)) {
        new.entry(key.clone()).or_insert_with(|| value.clone());
    }
}
