//! Verbs as bits.

use crate::model::{ALL, PolicyRule};
use crate::same::same;

/// The bit of `*`.
const STAR: u32 = 1 << 31;
/// The bit of every verb that has none of its own.
const OTHER: u32 = 1 << 30;

/// A set of verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verbs(u32);

impl Verbs {
    pub(super) const NONE: Self = Self(0);

    /// The verbs of a rule.
    pub(super) fn of(rule: &PolicyRule) -> Self {
        Self(rule.verbs.iter().fold(0, |bits, verb| bits | bit(verb)))
    }

    /// The entries by which a rule can allow the verb: itself and `*`.
    #[inline]
    pub(super) fn wanted(verb: &str) -> Self {
        Self(bit(verb) | STAR)
    }

    /// Whether the two have an entry in common, as far as bits tell.
    #[inline]
    pub(super) const fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the wanted verb is among those of the rule.
    #[inline(always)]
    pub(super) fn allow(self, wanted: Self, verb: &str, rule: &PolicyRule) -> bool {
        let common = self.0 & wanted.0;
        common & !OTHER != 0 || (common != 0 && rule.verbs.iter().any(|entry| same(entry, verb)))
    }

    /// No verb at all.
    #[inline(always)]
    pub(super) const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether every verb here is for certain among the others.
    pub(super) const fn within(self, others: Self) -> bool {
        self.0 & OTHER == 0 && self.0 & !others.0 == 0
    }

    /// Whether every verb here is among the others, as far as bits tell.
    pub(super) const fn seems_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    pub(super) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

/// The bit of a verb: those of the API server's own requests have one each.
#[inline]
fn bit(verb: &str) -> u32 {
    match verb.as_bytes() {
        b"get" => 1,
        b"list" => 1 << 1,
        b"watch" => 1 << 2,
        b"create" => 1 << 3,
        b"update" => 1 << 4,
        b"patch" => 1 << 5,
        b"delete" => 1 << 6,
        b"deletecollection" => 1 << 7,
        b"use" => 1 << 8,
        b"bind" => 1 << 9,
        b"escalate" => 1 << 10,
        b"impersonate" => 1 << 11,
        b"approve" => 1 << 12,
        b"sign" => 1 << 13,
        b"attest" => 1 << 14,
        b"post" => 1 << 15,
        b"put" => 1 << 16,
        b"head" => 1 << 17,
        b"options" => 1 << 18,
        b"proxy" => 1 << 19,
        star if star == ALL.as_bytes() => STAR,
        _ => OTHER,
    }
}
