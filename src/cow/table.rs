//! Values by hash: linear hashing over pages.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashTable;

use super::{Held, glance};

mod ahead;

/// How many pages a directory has room for.
const PAGES: usize = 32;
/// The hash bits from here on choose the page; the ones below and the topmost seven are used within it.
pub(super) const PAGE_BITS: u32 = 24;

/// Values by hash, as [`HashTable`]: the caller brings hashes and comparisons.
///
/// Values lie in pages that are small hash tables. When there are too many for the number of pages, the next page in turn, and no
/// other, is split in two (linear hashing): one insertion never costs more than one split.
#[derive(Clone)]
pub(crate) struct Table<T> {
    directories: Vec<Arc<Directory<T>>>,
    pages: usize,
    /// The least power of two that is not below the number of pages, less one.
    mask: usize,
    len: usize,
}

struct Page<T>(HashTable<T>);

impl<T: Held> Clone for Page<T> {
    fn clone(&self) -> Self {
        glance(self.0.iter());
        Self(self.0.clone())
    }
}

/// Pages from the next in turn on are empty and share their piece.
struct Directory<T>([Arc<Page<T>>; PAGES]);

impl<T> Clone for Directory<T> {
    fn clone(&self) -> Self {
        glance(self.0.iter());
        Self(self.0.clone())
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { directories: Vec::new(), pages: 0, mask: 0, len: 0 }
    }
}

impl<T: fmt::Debug> fmt::Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T> Table<T> {
    /// How many values there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The value of this hash that is meant. Cost: `O(1)`.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, is_meant: impl FnMut(&T) -> bool) -> Option<&T> {
        let page = self.page_of(hash);
        self.directories.get(page / PAGES)?.0.get(page % PAGES)?.0.find(hash, is_meant)
    }

    /// Every value, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.directories.iter().flat_map(|directory| &directory.0).flat_map(|page| page.0.iter())
    }

    /// As many bits of the hash as the mask has, or one less where that page is not split off yet.
    #[inline]
    fn page_of(&self, hash: u64) -> usize {
        let wide = (hash >> PAGE_BITS) as usize & self.mask;
        if wide < self.pages { wide } else { wide & (self.mask >> 1) }
    }
}

impl<T: Held> Table<T> {
    /// How many values a page has room for when it was split: so many that it seldom grows before all pages are.
    const ROOM: usize = T::LOAD * 3 / 2;

    /// The value of this hash that is meant, to be changed in what its hash does not depend on.
    pub(crate) fn find_mut(&mut self, hash: u64, is_meant: impl FnMut(&T) -> bool) -> Option<&mut T> {
        self.page_mut(self.page_of(hash))?.find_mut(hash, is_meant)
    }

    /// Adds a value that is not there yet. `rehash` gives the hash of any value. Cost: `O(1)`, at most one page split included.
    pub(crate) fn insert_unique(&mut self, hash: u64, value: T, rehash: impl Fn(&T) -> u64) {
        self.reserve(1, &rehash);
        if let Some(page) = self.page_mut(self.page_of(hash)) {
            page.insert_unique(hash, value, rehash);
            self.len += 1;
        }
    }

    /// Adds a value, or joins it with the one that is the same. Cost: as [`Self::insert_unique`].
    pub(super) fn put(
        &mut self,
        value: T,
        hash: impl Fn(&T) -> u64,
        same: impl Fn(&T, &T) -> bool,
        join: impl FnOnce(&mut T, T),
    ) {
        self.reserve(1, &hash);
        let page = self.page_of(hash(&value));
        if let Some(page) = self.page_mut(page) {
            self.len += usize::from(put_into(page, value, hash, same, join));
        }
    }

    /// The same for many values at once. Copies all pages of which there is another copy.
    pub(super) fn put_all(
        &mut self,
        values: impl IntoIterator<Item = T>,
        hash: impl Fn(&T) -> u64,
        same: impl Fn(&T, &T) -> bool,
        mut join: impl FnMut(&mut T, T),
    ) {
        // Counted references are not looked at in between: that would have the processor wait for each value to be in memory.
        let mut open = self.open();
        for value in values {
            if let Some(page) = open.get_mut(self.page_of(hash(&value))) {
                self.len += usize::from(put_into(page, value, &hash, &same, &mut join));
            }
        }
        self.close(open);
        self.reserve(0, hash);
    }

    /// The pages, which are to be put back.
    fn open(&mut self) -> Vec<HashTable<T>> {
        let directories = std::mem::take(&mut self.directories).into_iter();
        directories
            .flat_map(|directory| Arc::unwrap_or_clone(directory).0)
            .take(self.pages)
            .map(|page| Arc::unwrap_or_clone(page).0)
            .collect()
    }

    fn empty() -> Arc<Page<T>> {
        Arc::new(Page(HashTable::new()))
    }

    fn close(&mut self, open: Vec<HashTable<T>>) {
        let (mut pages, empty) = (open.into_iter().map(Page).map(Arc::new), Self::empty());
        while self.directories.len() * PAGES < self.pages {
            let directory = std::array::from_fn(|_| pages.next().unwrap_or_else(|| Arc::clone(&empty)));
            self.directories.push(Arc::new(Directory(directory)));
        }
    }

    /// Makes room for so many values more.
    pub(super) fn reserve(&mut self, more: usize, rehash: impl Fn(&T) -> u64) {
        while self.len + more > self.pages * T::LOAD {
            self.add_page(&rehash);
        }
    }

    /// Takes out the value of this hash that is meant. Cost: `O(1)`.
    pub(crate) fn remove(&mut self, hash: u64, is_meant: impl FnMut(&T) -> bool) -> Option<T> {
        let (value, _) = self.page_mut(self.page_of(hash))?.find_entry(hash, is_meant).ok()?.remove();
        self.len -= 1;
        Some(value)
    }

    fn page_mut(&mut self, page: usize) -> Option<&mut HashTable<T>> {
        let directory = Arc::make_mut(self.directories.get_mut(page / PAGES)?);
        directory.0.get_mut(page % PAGES).map(|page| &mut Arc::make_mut(page).0)
    }

    /// Splits the values of one page over it and a new last page.
    fn add_page(&mut self, rehash: &impl Fn(&T) -> u64) {
        let bit = self.pages.checked_ilog2().map_or(0, |bits| 1_usize << bits);
        let mut split = HashTable::with_capacity(if self.pages == 0 { 0 } else { Self::ROOM });
        if let Some(page) = self.page_mut(self.pages - bit) {
            for value in page.extract_if(|value| (rehash(value) >> PAGE_BITS) as usize & bit != 0) {
                split.insert_unique(rehash(&value), value, rehash);
            }
            page.shrink_to(Self::ROOM, rehash);
        }
        self.push_page(split);
    }

    fn push_page(&mut self, page: HashTable<T>) {
        if self.pages == self.directories.len() * PAGES {
            let empty = Self::empty();
            self.directories.push(Arc::new(Directory(std::array::from_fn(|_| Arc::clone(&empty)))));
        }
        self.pages += 1;
        self.mask = self.pages.next_power_of_two() - 1;
        if let Some(last) = self.page_mut(self.pages - 1) {
            *last = page;
        }
    }
}

/// Adds a value, or joins it with the one that is the same; says whether it was added.
fn put_into<T>(
    page: &mut HashTable<T>,
    value: T,
    hash: impl Fn(&T) -> u64,
    same: impl Fn(&T, &T) -> bool,
    join: impl FnOnce(&mut T, T),
) -> bool {
    let hashed = hash(&value);
    match page.find_mut(hashed, |there| same(there, &value)) {
        Some(there) => join(there, value),
        None => {
            page.insert_unique(hashed, value, hash);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    fn hash(value: u32) -> u64 {
        foldhash(value)
    }

    fn foldhash(value: u32) -> u64 {
        thread_local!(static STATE: hashbrown::DefaultHashBuilder = hashbrown::DefaultHashBuilder::default());
        STATE.with(|state| state.hash_one(value))
    }

    #[test]
    fn every_value_is_found_at_every_size_and_copies_are_apart() {
        let mut table = Table::default();
        let mut copies = Vec::new();
        for value in 0..20_000_u32 {
            assert!(table.find(hash(value), |&other| other == value).is_none());
            table.insert_unique(hash(value), value, |&value| hash(value));
            if value % 3_000 == 0 {
                copies.push((value, table.clone()));
            }
        }
        assert!((0..20_000).all(|value| table.find(hash(value), |&other| other == value) == Some(&value)));
        assert!((0..20_000).step_by(2).all(|value| table.remove(hash(value), |&other| other == value) == Some(value)));
        let mut left: Vec<u32> = table.iter().copied().collect();
        left.sort_unstable();
        assert!(left.into_iter().eq((1..20_000).step_by(2)));
        for (last, copy) in copies {
            assert_eq!((copy.len() as u32, copy.iter().count() as u32), (last + 1, last + 1));
        }
    }

    #[test]
    fn equal_hashes_are_told_apart() {
        let mut table = Table::default();
        (0..300).for_each(|value| table.insert_unique(7, value, |_| 7));
        assert_eq!(table.find(7, |&value| value == 299), Some(&299));
        assert_eq!(table.remove(7, |&value| value == 150), Some(150));
        assert_eq!(table.len(), 299);
    }
}
