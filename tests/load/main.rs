//! The loader through its public face.
#![cfg(feature = "yaml")]

mod corpora;
mod diagnostics;
mod flow;
mod json;
mod limits;
mod scalars;
mod settings;
mod stream;
