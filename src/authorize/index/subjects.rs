//! User names, or groups, by hash, and what each is granted.
//!
//! The names themselves stand in the bindings, and only there: whoever finds a binding by a hash compares the name of its subject before it
//! counts. Names of one hash, should there ever be two, share an entry.

use super::grants::{Granted, Grants, Order};
use super::hash::Hashes;
use crate::cow::Table;
use crate::identity::{UserInfo, service_account};
use crate::policy::AnyBinding;

/// What the names of each hash are granted.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    table: Table<Entry>,
}

/// 40 bytes.
#[derive(Debug, Clone)]
struct Entry {
    hash: u64,
    grants: Grants,
}

impl Subjects {
    /// What the names of the hash are granted, if anything.
    #[inline(always)]
    pub(super) fn get(&self, hash: u64) -> Option<&Grants> {
        self.table.find(hash, |entry| entry.hash == hash).map(|entry| &entry.grants)
    }

    pub(super) fn add(&mut self, hashes: &Hashes, hash: u64, granted: Granted) {
        if let Some(entry) = self.table.find_mut(hash, |entry| entry.hash == hash) {
            return entry.grants.add(hashes, granted);
        }
        self.table.insert_unique(hash, Entry { hash, grants: Grants::One(granted) }, |entry| entry.hash);
    }

    pub(super) fn remove(&mut self, hashes: &Hashes, hash: u64, binding: AnyBinding<'_>, order: Order) {
        let found = self.table.find_mut(hash, |entry| entry.hash == hash);
        if found.is_some_and(|entry| entry.grants.remove(hashes, binding, order)) {
            self.table.remove(hash, |entry| entry.hash == hash);
        }
    }
}

/// What groups are granted.
///
/// An API server gives some of three groups to every user: what these are granted lies at hand. Of the other groups of a user, a policy seldom
/// names many, and a filter tells most of those that it does not name before they are hashed.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    given: [Option<Grants>; GIVEN],
    others: Subjects,
    filter: [u64; 4],
}

const GIVEN: usize = 3;

/// The number of a group that an API server gives.
#[inline(always)]
fn given(group: &str) -> Option<usize> {
    match group {
        UserInfo::ALL_AUTHENTICATED => Some(0),
        service_account::ALL_GROUP => Some(1),
        UserInfo::ALL_UNAUTHENTICATED => Some(2),
        _ => None,
    }
}

/// The word and the bit of the filter that groups of this length and last letter share.
#[inline(always)]
fn bit(group: &str) -> (usize, u64) {
    let letter = group.as_bytes().last().copied().unwrap_or_default();
    let mixed = group.len().wrapping_add(usize::from(letter).wrapping_mul(5));
    (mixed / 64 % 4, 1 << (mixed % 64))
}

impl Groups {
    /// What the group is granted, if anything.
    #[inline(always)]
    pub(super) fn get(&self, hashes: &Hashes, group: &str) -> Option<&Grants> {
        if let Some(number) = given(group) {
            return self.given.get(number)?.as_ref();
        }
        let (word, bit) = bit(group);
        if self.filter.get(word).is_some_and(|word| word & bit == 0) { None } else { self.others.get(hashes.text(group)) }
    }

    pub(super) fn add(&mut self, hashes: &Hashes, group: &str, granted: Granted) {
        match given(group).and_then(|number| self.given.get_mut(number)) {
            Some(Some(grants)) => grants.add(hashes, granted),
            Some(none) => *none = Some(Grants::One(granted)),
            None => {
                let (word, bit) = bit(group);
                self.filter.get_mut(word).into_iter().for_each(|word| *word |= bit);
                self.others.add(hashes, hashes.text(group), granted);
            }
        }
    }

    /// Takes a binding out. The filter keeps what it has, which costs time and nothing else.
    pub(super) fn remove(&mut self, hashes: &Hashes, group: &str, binding: AnyBinding<'_>, order: Order) {
        match given(group).and_then(|number| self.given.get_mut(number)) {
            Some(grants) => {
                if grants.as_mut().is_some_and(|grants| grants.remove(hashes, binding, order)) {
                    *grants = None;
                }
            }
            None => self.others.remove(hashes, hashes.text(group), binding, order),
        }
    }
}
