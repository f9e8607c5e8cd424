//! The loader through its public face.

mod stream;
