//! The controllers, row by row: what each writes for which state.

mod cleaner;
mod common;
mod pod_admission;
mod token;
