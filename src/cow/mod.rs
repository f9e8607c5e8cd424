//! Containers whose copies share what was not changed since.
//!
//! A policy and its index are read by many threads while one more changes them. Each container here is a shallow tree of shared pieces:
//! a copy costs a few counted references, and a change after a copy copies the pieces on the way to it, not the container. While there
//! is one copy, changes are made in place. No piece is ever rebuilt as a whole, so no single change is slow at any size.

use std::hint::black_box;
use std::sync::Arc;

mod batch;
mod chunks;
mod table;
mod trie;

pub(crate) use batch::Batch;
pub(crate) use chunks::Chunks;
pub(crate) use table::Table;
pub(crate) use trie::{Cursor, Trie};

/// What lies in a container.
pub(crate) trait Held: Clone {
    /// How many values a page of a table holds on average before the next page is split off: a change after a copy copies one page and one
    /// directory, and a copy counts every directory.
    const LOAD: usize = 32;

    /// Reads the counters of what it shares with others.
    fn glance(&self) -> usize;
}

impl Held for () {
    fn glance(&self) -> usize {
        0
    }
}

impl Held for u32 {
    fn glance(&self) -> usize {
        0
    }
}

impl<T: ?Sized> Held for Arc<T> {
    fn glance(&self) -> usize {
        Self::strong_count(self)
    }
}

impl<T: Held> Held for Option<T> {
    fn glance(&self) -> usize {
        self.as_ref().map_or(0, T::glance)
    }
}

/// Reads the counters of what is going to be copied. A copy counts one more reference to each thing in a piece, and waits for each in
/// turn to come from memory; here the processor waits for all of them at once.
fn glance<'a, T: Held + 'a>(things: impl Iterator<Item = &'a T>) {
    read(things.map(Held::glance));
}

/// How many things that are put in at once are read ahead.
pub(crate) const AHEAD: usize = 32;

/// Reads what is going to be read, in a loop so short that the processor waits for many of these places at a time.
pub(crate) fn read(places: impl Iterator<Item = usize>) {
    black_box(places.fold(0, usize::wrapping_add));
}

/// The first byte of a text, so that it is read.
pub(crate) fn first(text: &str) -> usize {
    text.as_bytes().first().copied().unwrap_or_default().into()
}
