//! Equality and order of short strings that may be empty.

use std::cmp::Ordering;

/// Compares two strings that may both be empty.
///
/// The core API group, no subresource, no name and no namespace are all `""`. On some processors the C library's comparison of two empty
/// slices that lie at an unmapped address takes a hundred nanoseconds, so the hot path never makes it; and most words of a policy are
/// shorter than 33 bytes, which are compared in place by their two ends.
#[inline]
pub(crate) fn same(a: &str, b: &str) -> bool {
    same_bytes(a.as_bytes(), b.as_bytes())
}

/// The same for bytes.
#[inline]
pub(crate) fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() > SHORT { same_long(a, b) } else { same_short(a, b) }
}

/// How long a string may be that is compared in place.
pub(crate) const SHORT: usize = 32;

/// The same for bytes of which there are at most [`SHORT`].
#[inline]
pub(crate) fn same_short(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        0 => true,
        1..4 => a.iter().eq(b),
        4..8 => ends::<4>(a) == ends::<4>(b),
        8..16 => ends::<8>(a) == ends::<8>(b),
        _ => ends::<16>(a) == ends::<16>(b),
    }
}

/// Apart, so that whoever compares short strings in place keeps no register for it.
#[cold]
#[inline(never)]
fn same_long(a: &[u8], b: &[u8]) -> bool {
    a == b
}

/// The order of two strings that may be empty: that of `str`.
pub(crate) fn order(a: &str, b: &str) -> Ordering {
    if a.is_empty() || b.is_empty() { a.len().cmp(&b.len()) } else { a.cmp(b) }
}

/// The first and the last `N` bytes, which may overlap.
#[inline]
fn ends<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    Some((bytes.first_chunk()?, bytes.last_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_strings() {
        let texts = ["", "a", "ab", "b", "\0"];
        for (a, b) in texts.into_iter().flat_map(|a| texts.map(|b| (a, b))) {
            assert_eq!(order(a, b), a.cmp(b));
        }
    }

    #[test]
    fn strings_of_every_length_are_told_apart_by_every_byte() {
        for length in 0..80 {
            let text: String = ('a'..='z').cycle().take(length).collect();
            assert!(same(&text, &text.clone()));
            assert!(!same(&text, &format!("{text}x")));
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "-");
                assert!(!same(&text, &other) && !same(&other, &text));
            }
        }
    }
}
