//! The controllers, row by row: what each writes for which state.

mod cleaner;
mod cluster;
mod common;
mod pod_admission;
mod reconcile;
#[cfg(feature = "bootstrap")]
mod rows;
#[cfg(feature = "bootstrap")]
mod story;
mod token;
