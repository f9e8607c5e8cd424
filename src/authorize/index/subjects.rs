//! User names, or groups, by hash, and what each is granted.
//!
//! The names themselves stand in the bindings, and only there: whoever finds a binding by a hash compares the name of its subject before it
//! counts. Names of one hash, should there ever be two, share an entry.

use super::grants::{Granted, Grants, Order};
use super::hash::Hashes;
use super::query::About;
use super::roles::Roles;
use super::rules::{Scope, Scopes};
use crate::cow::{Batch, Held, Table};
use crate::identity::{UserInfo, service_account};
use crate::policy::AnyBinding;

/// What the names of each hash are granted.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    table: Table<Entry>,
}

/// 40 bytes.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    hash: u64,
    grants: Grants,
}

impl Entry {
    pub(super) const fn one(hash: u64, granted: Granted) -> Self {
        Self { hash, grants: Grants::One(granted) }
    }

    const fn hash(&self) -> u64 {
        self.hash
    }

    /// An empty batch with room for about so many entries.
    pub(super) fn batch(entries: usize) -> Batch<Self> {
        Batch::with_capacity(entries, Self::hash)
    }
}

impl Held for Entry {
    /// Each entry counts an object of its own, somewhere in memory.
    const LOAD: usize = 16;

    fn glance(&self) -> usize {
        self.grants.glance()
    }
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
        self.table.insert_unique(hash, Entry::one(hash, granted), Entry::hash);
    }

    /// Reads what granting something to names of these hashes is going to read.
    pub(super) fn read_ahead(&self, hashes: &[u64]) {
        self.table.read_ahead(hashes, Entry::hash);
    }

    /// Takes in many entries of one binding each.
    pub(super) fn take_in(&mut self, hashes: &Hashes, batch: Batch<Entry>) {
        self.table.take_in(
            batch,
            |a, b| a.hash == b.hash,
            |there, new| {
                if let Grants::One(granted) = new.grants {
                    there.grants.add(hashes, granted);
                }
            },
        );
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
/// An API server gives some of three groups to every user: what these are granted lies at hand, with what it may be about. Of the other groups
/// of a user, a policy seldom names many, and a filter tells most of those that it does not name before they are hashed.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    given: [AtHand; GIVEN],
    others: Subjects,
    /// The groups that do not lie at hand.
    among_others: GroupFilter,
    /// All groups.
    among_all: GroupFilter,
    /// What any of the groups at hand may be about.
    scope: Scopes,
}

/// What one of the groups at hand is granted. The scope is never less than that of the roles: it keeps what they had.
#[derive(Debug, Clone, Default)]
struct AtHand {
    grants: Option<Grants>,
    scope: Scopes,
}

const GIVEN: usize = 3;

/// A set of groups that an API server gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Given(u8);

impl Given {
    pub(super) const NONE: Self = Self(0);

    const fn one(number: usize) -> Self {
        Self(1 << number)
    }

    pub(super) const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    pub(super) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

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

/// Which groups may be granted something, by their length and last letter: none that is granted something is missing.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupFilter([u64; 4]);

impl GroupFilter {
    #[inline(always)]
    pub(super) fn may_have(&self, group: &str) -> bool {
        let (word, bit) = Self::bit(group);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn add(&mut self, group: &str) {
        let (word, bit) = Self::bit(group);
        self.0.get_mut(word).into_iter().for_each(|word| *word |= bit);
    }

    /// The word and the bit that groups of this length and last letter share.
    #[inline(always)]
    fn bit(group: &str) -> (usize, u64) {
        let letter = group.as_bytes().last().copied().unwrap_or_default();
        let mixed = group.len().wrapping_add(usize::from(letter).wrapping_mul(5));
        (mixed / 64 % 4, 1 << (mixed % 64))
    }
}

impl Groups {
    /// The groups that may be granted something that is asked about, as far as is seen without looking at one.
    #[inline(always)]
    pub(super) fn about(&self, about: &About) -> &GroupFilter {
        if self.scope.may_allow(about) { &self.among_all } else { &self.among_others }
    }

    /// All groups that may be granted something.
    pub(super) const fn all(&self) -> &GroupFilter {
        &self.among_all
    }

    /// What the group is granted, if anything, and what all of it may be about where that is known.
    #[inline(always)]
    pub(super) fn get(&self, hashes: &Hashes, group: &str) -> Option<(&Grants, Option<&Scopes>)> {
        if let Some(number) = given(group) {
            let AtHand { grants, scope } = self.given.get(number)?;
            return Some((grants.as_ref()?, Some(scope)));
        }
        Some((self.others.get(hashes.text(group))?, None))
    }

    /// Grants something to the group. The roles note which of the groups at hand have them.
    pub(super) fn add(&mut self, hashes: &Hashes, roles: &mut Roles, group: &str, granted: Granted) {
        if let Some((hash, granted)) = self.give(hashes, roles, group, granted) {
            self.others.add(hashes, hash, granted);
        }
    }

    /// Grants something to the group if it lies at hand; else gives it back, with the hash under which the other groups are still to take it in.
    pub(super) fn give(&mut self, hashes: &Hashes, roles: &mut Roles, group: &str, granted: Granted) -> Option<(u64, Granted)> {
        self.among_all.add(group);
        let Some((number, at_hand)) = given(group).and_then(|number| Some((number, self.given.get_mut(number)?))) else {
            self.among_others.add(group);
            return Some((hashes.text(group), granted));
        };
        let scope = roles.give(granted.role, Given::one(number));
        at_hand.scope.widen(&scope);
        self.scope.widen(&scope);
        match &mut at_hand.grants {
            Some(grants) => grants.add(hashes, granted),
            none => *none = Some(Grants::One(granted)),
        }
        None
    }

    /// Reads what granting something to groups of these hashes is going to read.
    pub(super) fn read_ahead(&self, hashes: &[u64]) {
        self.others.read_ahead(hashes);
    }

    /// Takes in many entries of groups that do not lie at hand.
    pub(super) fn take_in(&mut self, hashes: &Hashes, batch: Batch<Entry>) {
        self.others.take_in(hashes, batch);
    }

    /// Notes that a role which these groups have may be about more than before.
    pub(super) fn widen(&mut self, scope: &Scope, groups: Given) {
        if groups != Given::NONE {
            self.scope.widen(scope);
        }
        let with_number = self.given.iter_mut().enumerate();
        with_number.filter(|(number, _)| groups.has(Given::one(*number))).for_each(|(_, at_hand)| at_hand.scope.widen(scope));
    }

    /// Takes a binding out. The filters keep what they have, which costs time and nothing else.
    pub(super) fn remove(&mut self, hashes: &Hashes, group: &str, binding: AnyBinding<'_>, order: Order) {
        match given(group).and_then(|number| self.given.get_mut(number)) {
            Some(at_hand) => {
                if at_hand.grants.as_mut().is_some_and(|grants| grants.remove(hashes, binding, order)) {
                    *at_hand = AtHand::default();
                }
            }
            None => self.others.remove(hashes, hashes.text(group), binding, order),
        }
    }
}
