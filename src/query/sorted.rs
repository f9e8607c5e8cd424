//! Texts in order, many at a time: by a few bytes as a number wherever a few bytes tell.
//!
//! A sort by comparison reads two far texts for each step. Here each text is read once for the bytes that come after what all have in common,
//! the numbers are sorted, and only what is still equal is looked at again, further on.

use crate::same::{order, same, same_bytes};

/// How often equal bytes are passed over before texts are compared as a whole: hostile ones could go on for long.
const DEEP: u32 = 8;

/// The texts of an entry, the first of them first.
pub(super) type Words<'a, const N: usize> = [&'a str; N];

/// Shows the entries by their numbers in the order of their words, those of equal words together, and these in the order of their numbers.
///
/// Cost: `O(n log n)` comparisons of numbers and `O(bytes)` where the texts differ early, of texts where they do not.
pub(super) fn in_order<'a, const N: usize>(count: u32, words: impl Fn(u32) -> Words<'a, N>, show: impl FnMut(Run<'_>)) {
    let mut keyed: Vec<u64> = (0..u64::from(count)).collect();
    let bits = (u32::BITS - count.leading_zeros()).next_multiple_of(u8::BITS);
    Sort { words, numbers: (1 << bits) - 1, show }.split(&mut keyed, Known::default());
}

/// Entries of equal words.
#[derive(Clone, Copy)]
pub(super) struct Run<'r> {
    keyed: &'r [u64],
    numbers: u64,
}

impl Run<'_> {
    /// How many there are.
    pub(super) const fn len(self) -> usize {
        self.keyed.len()
    }

    /// Their numbers, in order.
    pub(super) fn numbers(self) -> impl Iterator<Item = u32> {
        self.keyed.iter().map(move |keyed| (keyed & self.numbers) as u32)
    }
}

/// What some entries are known to have in common: all words before `part`; and how often that one was looked at.
#[derive(Clone, Copy, Default)]
struct Known {
    part: usize,
    depth: u32,
}

/// An entry is its number in the last bits and, above it, as many bytes of its text as there is room for: at least four.
struct Sort<F, S> {
    words: F,
    /// The bits of a number.
    numbers: u64,
    show: S,
}

impl<'a, const N: usize, F: Fn(u32) -> Words<'a, N>, S: FnMut(Run<'_>)> Sort<F, S> {
    fn words(&self, keyed: u64) -> Words<'a, N> {
        (self.words)((keyed & self.numbers) as u32)
    }

    fn word(&self, keyed: u64, part: usize) -> &'a str {
        self.words(keyed).get(part).copied().unwrap_or_default()
    }

    fn show(&mut self, keyed: &[u64]) {
        (self.show)(Run { keyed, numbers: self.numbers });
    }

    fn split(&mut self, entries: &mut [u64], known: Known) {
        let (bytes, numbers) = (self.common(entries, known.part), self.numbers);
        for keyed in entries.iter_mut() {
            let key = eight(self.word(*keyed, known.part).as_bytes(), bytes);
            *keyed = key & !numbers | *keyed & numbers;
        }
        // Names often stand in runs that are sorted already, which this sort finds.
        entries.sort();
        for run in entries.chunk_by_mut(|a, b| a & !numbers == b & !numbers) {
            self.run(run, known);
        }
    }

    /// Entries that are alike in the bytes that were looked at.
    fn run(&mut self, run: &mut [u64], known: Known) {
        let Known { part, depth } = known;
        let Some((&first, others)) = run.split_first() else { return };
        if others.is_empty() {
            return self.show(run);
        }
        let text = self.word(first, part);
        if !others.iter().all(|keyed| same(self.word(*keyed, part), text)) {
            return if depth < DEEP { self.split(run, Known { part, depth: depth + 1 }) } else { self.compare(run, part) };
        }
        if part + 1 < N { self.split(run, Known { part: part + 1, depth: 0 }) } else { self.show(run) }
    }

    /// How many bytes of this word all entries have in common.
    fn common(&self, entries: &[u64], part: usize) -> usize {
        let mut words = entries.iter().map(|keyed| self.word(*keyed, part));
        let mut prefix = words.next().unwrap_or_default().as_bytes();
        for word in words {
            if !starts_with(word.as_bytes(), prefix) {
                let equal = prefix.iter().zip(word.as_bytes()).take_while(|(a, b)| a == b).count();
                prefix = prefix.get(..equal).unwrap_or_default();
            }
        }
        prefix.len()
    }

    /// The last resort.
    fn compare(&mut self, entries: &mut [u64], part: usize) {
        let numbers = self.numbers;
        let by_words = |a: u64, b: u64| {
            let (a, b) = (self.words(a), self.words(b));
            a.into_iter().zip(b).skip(part).map(|(a, b)| order(a, b)).find(|order| order.is_ne())
        };
        entries.sort_unstable_by(|a, b| by_words(*a, *b).unwrap_or_else(|| (a & numbers).cmp(&(b & numbers))));
        let lengths: Vec<usize> = entries.chunk_by(|a, b| by_words(*a, *b).is_none()).map(<[u64]>::len).collect();
        let mut rest = &*entries;
        for length in lengths {
            let Some((run, after)) = rest.split_at_checked(length) else { return };
            self.show(run);
            rest = after;
        }
    }
}

#[inline]
fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|start| same_bytes(start, prefix))
}

/// The eight bytes from there on as a number, zeros where the text ends.
#[inline]
fn eight(text: &[u8], from: usize) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let bits = 8 * rest.len() as u32;
    match text.last_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes).checked_shl(u64::BITS - bits).unwrap_or_default(),
        None => {
            rest.iter().fold(0_u64, |key, byte| key << 8 | u64::from(*byte)).checked_shl(u64::BITS - bits).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same on every run.
    fn below(state: &mut u64, bound: u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % bound
    }

    fn check<const N: usize>(words: &[[String; N]]) {
        let of = |number: u32| words[number as usize].each_ref().map(String::as_str);
        let mut shown: Vec<Vec<u32>> = Vec::new();
        in_order(words.len() as u32, of, |run| shown.push(run.numbers().collect()));
        let mut sorted: Vec<u32> = (0..words.len() as u32).collect();
        sorted.sort_by_key(|number| (of(*number), *number));
        let runs: Vec<Vec<u32>> = sorted.chunk_by(|a, b| of(*a) == of(*b)).map(<[u32]>::to_vec).collect();
        assert_eq!(shown, runs);
    }

    #[test]
    fn the_order_is_that_of_the_texts() {
        let mut state = 3;
        let letters = ["a", "b", "\0", "system:", "名", ""];
        for round in 0..300 {
            let (length, kinds) = (below(&mut state, 12), 1 + below(&mut state, 6));
            let mut text =
                || (0..below(&mut state, length + 1)).map(|_| letters[below(&mut state, kinds) as usize]).collect::<String>();
            let count = round % 40;
            check(&(0..count).map(|_| [text()]).collect::<Vec<_>>());
            check(&(0..count).map(|_| [text(), text()]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn texts_that_differ_late_are_told_apart() {
        let long = "x".repeat(300);
        let tails = ["", "\0", "\0\0", "a", "ab", "b", "\0a"];
        let heads = (0..300).step_by(9).filter_map(|length| long.get(..length));
        check(&heads.flat_map(|head| tails.map(|tail| [format!("{head}{tail}")])).collect::<Vec<_>>());
        check(&tails.map(|tail| [long.clone() + tail, tail.to_owned()]));
    }
}
