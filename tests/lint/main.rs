//! The lint engine, its catalogue on fixtures, and the default policies.

mod engine;
mod shipped;
