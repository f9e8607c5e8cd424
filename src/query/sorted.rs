//! Texts in order, many at a time: by a few bytes as a number wherever a few bytes tell.
//!
//! A sort by comparison reads two far texts for each step. Here each text is read once for the bytes that come after what all have in common,
//! the numbers are sorted, and only what is still equal is looked at again, further on.

use crate::same::{order, same, same_bytes};

/// How often equal bytes are passed over before texts are compared as a whole: hostile ones could go on for long.
const DEEP: u32 = 8;

/// The texts of an entry, the first of them first.
pub(super) type Words<'a, const N: usize> = [&'a str; N];

/// A number to be sorted by its words: it stands in the last 32 bits, below twelve bytes of its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u128);

impl Entry {
    fn of(number: u32) -> Self {
        Self(number.into())
    }

    const fn number(self) -> u32 {
        self.0 as u32
    }

    const fn key(self) -> u128 {
        self.0 >> u32::BITS
    }

    /// The same number with the bytes of the text from there on.
    fn with(self, text: &[u8], from: usize) -> Self {
        Self(twelve(text, from) | u128::from(self.number()))
    }
}

/// Entries to be sorted. Each gets its key at once, while its text is at hand.
#[derive(Default)]
pub(super) struct Entries<'a> {
    entries: Vec<Entry>,
    prefix: Prefix<'a>,
    /// How many entries got their keys when the prefix was a longer one.
    stale: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { entries: Vec::with_capacity(count), ..Self::default() }
    }

    /// Puts in a number with the first of its words.
    #[inline]
    pub(super) fn push(&mut self, number: u32, word: &'a str) {
        if self.prefix.shorten(word.as_bytes()) {
            self.stale = self.entries.len();
        }
        self.entries.push(Entry::of(number).with(word.as_bytes(), self.prefix.len()));
    }

    /// Shows the entries in the order of their words, those of equal words together and in the order of their numbers. What is shown of
    /// entries that lie apart may be nothing.
    ///
    /// Cost: `O(n log n)` comparisons of numbers and `O(bytes)` where the texts differ early, of texts where they do not.
    pub(super) fn in_order<const N: usize>(mut self, words: impl Fn(u32) -> Words<'a, N>, show: impl FnMut(Run<'_>)) {
        let (mut sort, known) = (Sort { words, show }, Known::default());
        for entry in self.entries.iter_mut().take(self.stale) {
            *entry = entry.with(sort.word(*entry, known.part).as_bytes(), self.prefix.len());
        }
        sort.sort(&mut self.entries, known);
    }
}

/// What texts have in common at their start.
#[derive(Clone, Copy, Default)]
struct Prefix<'a> {
    text: Option<&'a [u8]>,
    /// The first eight bytes of it as a number, zeros where it ends, and which bits of that it has.
    start: u64,
    mask: u64,
}

impl<'a> Prefix<'a> {
    fn new(text: &'a [u8]) -> Self {
        let shift = u64::BITS.saturating_sub(8 * text.len().min(8) as u32);
        Self { text: Some(text), start: eight(text, 0), mask: u64::MAX.checked_shl(shift).unwrap_or_default() }
    }

    const fn len(self) -> usize {
        match self.text {
            Some(prefix) => prefix.len(),
            None => 0,
        }
    }

    /// Takes in another text; says whether it has less in common with the others than they had.
    #[inline]
    fn shorten(&mut self, text: &'a [u8]) -> bool {
        let Some(prefix) = self.text else {
            *self = Self::new(text);
            return false;
        };
        match text.first_chunk() {
            Some(bytes) if prefix.len() <= 8 && (u64::from_be_bytes(*bytes) ^ self.start) & self.mask == 0 => false,
            _ => self.compare(prefix, text),
        }
    }

    /// The same for a short text, a long prefix and a text that shortens it; apart, so that the rest is small enough to stand where it is used.
    #[cold]
    fn compare(&mut self, prefix: &[u8], text: &'a [u8]) -> bool {
        if text.get(..prefix.len()).is_some_and(|start| same_bytes(start, prefix)) {
            return false;
        }
        let equal = prefix.iter().zip(text).take_while(|(a, b)| a == b).count();
        *self = Self::new(text.get(..equal).unwrap_or_default());
        true
    }
}

/// Entries that come next in the order: each of other words, or all of equal words.
#[derive(Clone, Copy)]
pub(super) struct Run<'r> {
    entries: &'r [Entry],
    pub(super) alike: bool,
}

impl<'r> Run<'r> {
    const fn apart(entries: &'r [Entry]) -> Self {
        Self { entries, alike: false }
    }

    const fn alike(entries: &'r [Entry]) -> Self {
        Self { entries, alike: true }
    }

    /// Their numbers, in order.
    pub(super) fn numbers(self) -> impl ExactSizeIterator<Item = u32> {
        self.entries.iter().map(|entry| entry.number())
    }
}

/// What some entries are known to have in common: all words before `part`; and how often that one was looked at.
#[derive(Clone, Copy, Default)]
struct Known {
    part: usize,
    depth: u32,
}

struct Sort<F, S> {
    words: F,
    show: S,
}

impl<'a, const N: usize, F: Fn(u32) -> Words<'a, N>, S: FnMut(Run<'_>)> Sort<F, S> {
    fn words(&self, entry: Entry) -> Words<'a, N> {
        (self.words)(entry.number())
    }

    fn word(&self, entry: Entry, part: usize) -> &'a str {
        self.words(entry).get(part).copied().unwrap_or_default()
    }

    fn split(&mut self, entries: &mut [Entry], known: Known) {
        let mut prefix = Prefix::default();
        entries.iter().for_each(|entry| _ = prefix.shorten(self.word(*entry, known.part).as_bytes()));
        for entry in entries.iter_mut() {
            *entry = entry.with(self.word(*entry, known.part).as_bytes(), prefix.len());
        }
        self.sort(entries, known);
    }

    /// Sorts entries by their keys, and those of equal keys further on.
    fn sort(&mut self, entries: &mut [Entry], known: Known) {
        // Names often stand in runs that are sorted already, which this sort finds.
        entries.sort();
        let mut rest = entries;
        while !rest.is_empty() {
            let apart = rest.iter().zip(rest.get(1..).unwrap_or_default()).position(|(a, b)| a.key() == b.key());
            let Some((apart, after)) = rest.split_at_mut_checked(apart.unwrap_or(rest.len())) else { return };
            (self.show)(Run::apart(apart));
            let alike = after.first().map_or(0, |first| after.iter().take_while(|entry| entry.key() == first.key()).count());
            let Some((alike, after)) = after.split_at_mut_checked(alike) else { return };
            self.run(alike, known);
            rest = after;
        }
    }

    /// Entries that are alike in the bytes that were looked at.
    fn run(&mut self, run: &mut [Entry], known: Known) {
        let Known { part, depth } = known;
        let Some((&first, others)) = run.split_first() else { return };
        let text = self.word(first, part);
        if !others.iter().all(|entry| same(self.word(*entry, part), text)) {
            return if depth < DEEP { self.split(run, Known { part, depth: depth + 1 }) } else { self.compare(run, part) };
        }
        if part + 1 < N { self.split(run, Known { part: part + 1, depth: 0 }) } else { (self.show)(Run::alike(run)) }
    }

    /// The last resort.
    fn compare(&mut self, entries: &mut [Entry], part: usize) {
        let by_words = |a: Entry, b: Entry| {
            let (a, b) = (self.words(a), self.words(b));
            a.into_iter().zip(b).skip(part).map(|(a, b)| order(a, b)).find(|order| order.is_ne())
        };
        entries.sort_unstable_by(|a, b| by_words(*a, *b).unwrap_or_else(|| a.number().cmp(&b.number())));
        let lengths: Vec<usize> = entries.chunk_by(|a, b| by_words(*a, *b).is_none()).map(<[Entry]>::len).collect();
        let mut rest = &*entries;
        for length in lengths {
            let Some((run, after)) = rest.split_at_checked(length) else { return };
            (self.show)(Run::alike(run));
            rest = after;
        }
    }
}

/// The twelve bytes from there on as the first ones of a number, zeros where the text ends and in the last four.
#[inline]
fn twelve(text: &[u8], from: usize) -> u128 {
    let after = from.saturating_add(8);
    let last = if after < text.len() { eight(text, after) & !u64::from(u32::MAX) } else { 0 };
    u128::from(eight(text, from)) << u64::BITS | u128::from(last)
}

/// The eight bytes from there on as a number, zeros where the text ends.
#[inline]
fn eight(text: &[u8], from: usize) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let last = match text.last_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => rest.iter().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    };
    last.checked_shl(u64::BITS - 8 * rest.len() as u32).unwrap_or_default()
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
        let mut entries = Entries::default();
        words.iter().zip(0..).for_each(|(words, number)| entries.push(number, &words[0]));
        entries.in_order(of, |run| match run.alike {
            true => shown.push(run.numbers().collect()),
            false => shown.extend(run.numbers().map(|number| vec![number])),
        });
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
