//! The crate's types in the shapes of other crates: one foreign crate, one feature, one module.
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `arbitrary` | `arbitrary::Arbitrary` for objects, users, requests and policies, for fuzzing |

#[cfg(feature = "arbitrary")]
mod arbitrary;
#[cfg(feature = "arbitrary")]
mod words;
