//! The crate's answers against those of the upstream code, file by file.
//!
//! Reads every `*.jsonl` of `tests/vectors`, or of the folder that `K8S_RBAC_VECTORS` names, and picks the check by the file's stem. Each
//! file gets a line on standard output: `authorize: 8000 passed, 0 failed`.
//!
//! Without the test harness this is the root of `conformance/compare`, which puts an endless stream through the same checks.

mod admission;
mod apply;
mod authorize;
mod controllers;
mod covers;
mod create;
mod decode;
mod describe;
mod escalation;
#[cfg(test)]
mod folder;
mod harness;
mod http;
mod list;
mod objects;
mod print;
mod reconcile;
mod rules;
#[cfg(not(test))]
#[path = "../../conformance/compare/run.rs"]
mod run;
mod subjects;
mod tables;
mod validate;
mod writes;

use harness::Tally;

/// The check of each stem.
const CHECKS: &[Check] = &[
    ("admission", admission::check),
    ("apply", apply::check),
    ("authorize", authorize::check),
    ("controllers", controllers::check),
    ("covers", covers::check),
    ("create", create::check),
    ("decode", decode::check),
    ("describe", describe::check),
    ("escalation", escalation::check),
    ("http", http::check),
    ("list", list::check),
    ("print", print::check),
    ("reconcile", reconcile::check),
    ("rules", rules::check),
    ("subjects", subjects::check),
    ("tables", tables::check),
    ("validate", validate::check),
    ("writes", writes::check),
];

/// A stem, and what reads a line and tallies its cases.
type Check = (&'static str, fn(&str, &mut Tally));

#[cfg(not(test))]
fn main() -> std::process::ExitCode {
    run::main()
}
