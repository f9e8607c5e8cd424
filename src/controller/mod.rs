//! The controllers around RBAC as pure functions: objects in, changes out.
//!
//! What upstream's controllers write is modelled; their caches, retries and rate limits are not. Nothing here reads a clock or draws a
//! random number: what comes from outside is an argument. How the controllers act together is shown by `cluster`.

pub mod aggregation;
