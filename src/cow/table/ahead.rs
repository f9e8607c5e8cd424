//! Reading ahead of changes.

use std::sync::Arc;

use super::{Directory, Held, PAGES, Page, Table};
use crate::cow::read;

impl<T> Table<T> {
    /// The first value of each hash for which it is meant, of all hashes at a time. Cost: `O(1)` for each, and little of it is waiting.
    pub(crate) fn find_all(&self, hashes: &[u64], is_meant: impl Fn(&T, u64) -> bool) -> Vec<Option<&T>> {
        read(self.ways(hashes).map(|(directory, _, _)| Arc::strong_count(directory)));
        read(self.ways(hashes).map(|(_, page, _)| page.0.len()));
        hashes.iter().map(|&hash| self.find(hash, |value| is_meant(value, hash))).collect()
    }

    /// The directory and the page of each hash.
    fn ways(&self, hashes: &[u64]) -> impl Iterator<Item = (&Arc<Directory<T>>, &Arc<Page<T>>, u64)> {
        hashes.iter().filter_map(|&hash| {
            let page = self.page_of(hash);
            let directory = self.directories.get(page / PAGES)?;
            Some((directory, directory.0.get(page % PAGES)?, hash))
        })
    }
}

impl<T: Held> Table<T> {
    /// Reads what changing values of these hashes is going to read, of all hashes at a time: what lies on the way, and the counters of what
    /// a copy of it shares. Cost: `O(1)` for each, and little of it is waiting.
    pub(crate) fn read_ahead(&self, hashes: &[u64], hash: impl Fn(&T) -> u64) {
        read(self.ways(hashes).map(|(directory, _, _)| Arc::strong_count(directory)));
        let is_shared = |directory: &Arc<Directory<T>>| Arc::strong_count(directory) > 1;
        let copied = self.ways(hashes).filter(|(directory, _, _)| is_shared(directory));
        read(copied.flat_map(|(directory, _, _)| directory.0.iter()).map(Held::glance));
        read(self.ways(hashes).map(|(_, page, hash)| usize::from(page.0.find(hash, |_| false).is_some())));
        let copied = || self.ways(hashes).filter(|(directory, page, _)| is_shared(directory) || Arc::strong_count(page) > 1);
        // What a value shares is found by what it is, which has to be there first.
        read(copied().flat_map(|(_, page, _)| page.0.iter()).map(|value| hash(value) as usize));
        read(copied().flat_map(|(_, page, _)| page.0.iter()).map(T::glance));
    }
}
