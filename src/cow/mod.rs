//! Containers whose copies share what was not changed since.
//!
//! A policy and its index are read by many threads while one more changes them. Each container here is a shallow tree of shared pieces:
//! a copy costs a few counted references, and a change after a copy copies the pieces on the way to it, not the container. While there
//! is one copy, changes are made in place. No piece is ever rebuilt as a whole, so no single change is slow at any size.

mod chunks;
mod table;
mod trie;

pub(crate) use chunks::Chunks;
pub(crate) use table::Table;
pub(crate) use trie::{Cursor, Trie};
