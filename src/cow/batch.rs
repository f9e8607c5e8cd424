//! Many values on their way into a table.

use super::Held;
use super::table::{PAGE_BITS, Table};

/// How many parts a batch has, unless it is small: so many that what one part goes to fits into the caches of a processor, and so few that
/// all can be written to in turn. A power of two.
const PARTS: usize = 128;
/// Batches of fewer values than this are not parted.
const SMALL: usize = 4096;

/// Values of any number of hashes, parted by the pages that they will go to: a table far larger than the caches is filled part by part.
#[derive(Debug)]
pub(crate) struct Batch<T> {
    parts: Vec<Vec<T>>,
    hash: fn(&T) -> u64,
}

impl<T> Batch<T> {
    /// An empty batch with room for about so many values, which bear their hashes.
    pub(crate) fn with_capacity(values: usize, hash: fn(&T) -> u64) -> Self {
        let parts = if values < SMALL { 1 } else { PARTS };
        let room = values / parts;
        Self { parts: (0..parts).map(|_| Vec::with_capacity(room + room / 4)).collect(), hash }
    }

    /// Adds a value. Cost: `O(1)`.
    #[inline]
    pub(crate) fn push(&mut self, value: T) {
        let part = ((self.hash)(&value) >> PAGE_BITS) as usize & (self.parts.len() - 1);
        if let Some(part) = self.parts.get_mut(part) {
            part.push(value);
        }
    }

    fn len(&self) -> usize {
        self.parts.iter().map(Vec::len).sum()
    }

    /// About how many different hashes there are: as many as in one part, times the parts.
    fn different(&self) -> usize {
        let Some(sample) = self.parts.iter().max_by_key(|part| part.len()) else { return 0 };
        let mut hashes: Vec<u64> = sample.iter().map(self.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        (self.len() * hashes.len()).checked_div(sample.len()).unwrap_or(0)
    }
}

impl<T: Held> Table<T> {
    /// Takes in the values of a batch, those of one hash in the order in which they came. Where the table has one that is the `same`, `join`
    /// is given both. Cost: `O(1)` each.
    pub(crate) fn take_in(&mut self, batch: Batch<T>, same: impl Fn(&T, &T) -> bool, mut join: impl FnMut(&mut T, T)) {
        let (hash, len) = (batch.hash, batch.len());
        self.reserve(batch.different(), hash);
        let values = batch.parts.into_iter().flatten();
        if len < self.len() / 4 {
            values.for_each(|value| self.put(value, hash, &same, &mut join));
        } else {
            self.put_all(values, hash, same, join);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is put in at once is found, whether most of it is new or not, and in whatever few bits the hashes differ.
    #[test]
    fn a_batch_is_as_one_value_after_the_other() {
        #[derive(Clone)]
        struct Counted(u64, Vec<u64>);
        impl Held for Counted {
            fn glance(&self) -> usize {
                0
            }
        }
        for spread in [|value: u64| value.wrapping_mul(0x9e37_79b9_7f4a_7c15), |_| 7, |value| value << 60, |value| value << 24] {
            let mut table = Table::<Counted>::default();
            for (round, (count, names)) in (0..).zip([(0, 1), (20_000, 15_000), (3_000, 20), (1, 1), (5_000, 40_000)]) {
                let names = if spread(1) == spread(2) { 1 } else { names };
                let mut batch = Batch::with_capacity(count, |value: &Counted| value.0);
                (0..count as u64).for_each(|i| batch.push(Counted(spread(i % names), vec![round])));
                table.take_in(batch, |a, b| a.0 == b.0, |there, new| there.1.extend(new.1));
            }
            let total: usize = table.iter().map(|Counted(_, rounds)| rounds.len()).sum();
            assert_eq!(total, 28_001);
            for Counted(hash, rounds) in table.iter() {
                assert!(rounds.is_sorted());
                assert_eq!(table.find(*hash, |other| other.0 == *hash).map(|other| &other.1), Some(rounds));
            }
        }
    }
}
