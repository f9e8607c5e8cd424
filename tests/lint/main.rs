//! The lint engine, its catalogue on fixtures, and the default policies.

mod engine;
mod fixtures;
mod fold;
#[cfg(feature = "sarif")]
mod sarif;
#[cfg(feature = "sarif")]
mod schema;
mod shipped;
