//! The crate's types in the shapes of other crates: one foreign crate, one feature, one file.
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `arbitrary` | `arbitrary::Arbitrary` for the RBAC objects, users, requests and policies, for fuzzing |

#[cfg(feature = "arbitrary")]
mod arbitrary;
