//! Sets of URL paths: step functions over the strings in the order of their bytes.
//!
//! The paths that start with `p` are the strings from `p` up to the first one after all of them; a single path `p` is what lies from `p` up
//! to `p\0`, the string right after it. Unions, intersections and complements of such half-open intervals are finite unions of them, and each
//! end is the least string of a piece, so a set has one sorted list of ends.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::TooLarge;
use super::layer::{Budget, Layer, Op, Seen, Walk, order};

/// A set of paths: outside before the first end, then inside and outside in turn.
#[derive(Debug, Clone)]
pub(super) struct Paths(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ends: Box<[Arc<str>]>,
    digest: u64,
}

impl Paths {
    fn from_ends(ends: Vec<Arc<str>>) -> Self {
        let mut hasher = DefaultHasher::new();
        ends.hash(&mut hasher);
        Self(Arc::new(Inner { ends: ends.into(), digest: hasher.finish() }))
    }

    /// The paths that an entry of a rule matches.
    pub(super) fn entry(entry: &str) -> Self {
        if entry.ends_with('*') { Self::starting_with(entry.trim_end_matches('*')) } else { Self::exactly(entry) }
    }

    /// One path.
    pub(super) fn exactly(path: &str) -> Self {
        Self::from_ends(vec![path.into(), right_after(path)])
    }

    /// The paths with the prefix.
    pub(super) fn starting_with(prefix: &str) -> Self {
        Self::from_ends(std::iter::once(prefix.into()).chain(after_prefix(prefix)).collect())
    }

    /// Where the set begins and ends, in turn.
    pub(super) fn ends(&self) -> &[Arc<str>] {
        &self.0.ends
    }

    /// Whether the path is in the set. Cost: `O(log ends)` comparisons.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.ends.partition_point(|end| order(end, path).is_le()) % 2 == 1
    }
}

/// The least string that is greater.
pub(super) fn right_after(path: &str) -> Arc<str> {
    format!("{path}\0").into()
}

/// The least string that is greater than all those with the prefix, if there is one.
pub(super) fn after_prefix(prefix: &str) -> Option<Arc<str>> {
    let mut rest = prefix.to_owned();
    while let Some(last) = rest.pop() {
        if let Some(next) = next_char(last) {
            rest.push(next);
            return Some(rest.into());
        }
    }
    None
}

fn next_char(c: char) -> Option<char> {
    (c..=char::MAX).nth(1)
}

impl Layer for Paths {
    type Memo = ();

    fn constant(full: bool) -> Self {
        Self::from_ends(if full { vec!["".into()] } else { Vec::new() })
    }

    fn as_constant(&self) -> Option<bool> {
        match self.ends() {
            [] => Some(false),
            [only] if only.is_empty() => Some(true),
            _ => None,
        }
    }

    fn digest(&self) -> u64 {
        self.0.digest
    }

    fn same(&self, other: &Self, _: &mut Seen) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.digest == other.0.digest && self.0.ends == other.0.ends)
    }

    fn combine(&self, other: &Self, op: Op, memo: &mut (), walk: &mut Walk) -> Result<Self, TooLarge> {
        if let Some(result) = self.shortcut(other, op, memo) {
            return Ok(result);
        }
        walk.budget.spend(self.ends().len() + other.ends().len())?;
        Ok(Self::from_ends(ends_of(self, other, op).cloned().collect()))
    }

    fn complement(&self, (): &mut ()) -> Self {
        let ends = self.ends();
        Self::from_ends(match ends.split_first() {
            Some((first, others)) if first.is_empty() => others.to_vec(),
            _ => std::iter::once("".into()).chain(ends.iter().cloned()).collect(),
        })
    }

    fn meets(&self, other: &Self, op: Op, _: &mut Seen, budget: &mut Budget) -> Result<bool, TooLarge> {
        if let Some(answer) = self.meets_at_once(other, op) {
            return Ok(answer);
        }
        budget.spend(self.ends().len() + other.ends().len())?;
        Ok(ends_of(self, other, op).next().is_some())
    }
}

/// The ends of the result of the operation, in order.
fn ends_of<'a>(a: &'a Paths, b: &'a Paths, op: Op) -> impl Iterator<Item = &'a Arc<str>> {
    let (mut left, mut right) = (a.ends().iter().peekable(), b.ends().iter().peekable());
    let (mut in_left, mut in_right, mut inside) = (false, false, false);
    std::iter::from_fn(move || {
        loop {
            let side = match (left.peek(), right.peek()) {
                (None, None) => return None,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(x), Some(y)) => order(x, y),
            };
            let x = if side.is_le() { left.next() } else { None };
            let y = if side.is_ge() { right.next() } else { None };
            in_left ^= x.is_some();
            in_right ^= y.is_some();
            let now = match op {
                Op::Union => in_left || in_right,
                Op::Intersection => in_left && in_right,
                Op::Difference => in_left && !in_right,
            };
            if now != inside {
                inside = now;
                return x.or(y);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_string_after_a_prefix_steps_over_what_is_no_character() {
        let rows =
            [("/a", Some("/b")), ("\u{d7ff}", Some("\u{e000}")), ("a\u{10ffff}", Some("b")), ("\u{10ffff}", None), ("", None)];
        for (prefix, after) in rows {
            assert_eq!(after_prefix(prefix).as_deref(), after, "{prefix}");
        }
    }

    #[test]
    fn entries_hold_what_they_match() {
        let rows =
            [("/a*", "/a", true), ("/a*", "/b", false), ("/a*", "/a\u{10ffff}", true), ("/a", "/a\0", false), ("**", "", true)];
        for (entry, path, inside) in rows {
            assert_eq!(Paths::entry(entry).contains(path), inside, "{entry} {path}");
            assert_eq!(Paths::entry(entry).complement(&mut ()).contains(path), !inside, "not {entry} {path}");
        }
    }
}
