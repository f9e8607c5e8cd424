//! User names, or groups, and what each is granted.

use std::sync::Arc;

use super::grants::{Grants, One};
use super::hash::Hashes;
use crate::cow::Table;
use crate::rule::same;

/// What each of many names is granted.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    table: Table<Arc<Entry>>,
}

/// A name and what it is granted.
#[derive(Debug, Clone)]
struct Entry {
    name: Box<str>,
    grants: Grants,
}

impl Subjects {
    /// What the name is granted, if anything.
    #[inline(always)]
    pub(super) fn get(&self, hashes: &Hashes, name: &str) -> Option<&Grants> {
        self.table.find(hashes.text(name), |entry| same(&entry.name, name)).map(|entry| &entry.grants)
    }

    pub(super) fn add(&mut self, hashes: &Hashes, name: &str, one: One) {
        let hash = hashes.text(name);
        if let Some(entry) = self.table.find_mut(hash, |entry| *entry.name == *name) {
            Arc::make_mut(entry).grants.add(hashes, one);
            return;
        }
        let entry = Entry { name: name.into(), grants: Grants::of(one) };
        self.table.insert_unique(hash, Arc::new(entry), |entry| hashes.text(&entry.name));
    }

    pub(super) fn remove(&mut self, hashes: &Hashes, name: &str, one: &One) {
        let hash = hashes.text(name);
        let found = self.table.find_mut(hash, |entry| *entry.name == *name);
        if found.is_some_and(|entry| Arc::make_mut(entry).grants.remove(hashes, one)) {
            self.table.remove(hash, |entry| *entry.name == *name);
        }
    }
}
