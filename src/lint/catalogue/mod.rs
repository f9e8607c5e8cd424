//! The catalogue: every rule that the crate brings, by family. The first digit of an id is its family.

use std::sync::Arc;

use super::Rule;

mod accounts;
mod add_ons;
mod aggregation;
mod chain;
mod credentials;
mod dangling;
mod inert;
mod known;
#[cfg(test)]
#[cfg(feature = "yaml")]
mod mutants;
mod network;
mod nodes;
mod over;
#[cfg(test)]
mod page;
mod powerful;
mod rbac;
mod redundant;
mod row;
mod simple;
mod subjects;
mod unused;
mod wildcards;
mod workloads;

/// Every rule of the catalogue, in the order of the ids.
///
/// ```
/// let rules = k8s_rbac::lint::catalogue::all();
/// assert!(rules.iter().any(|rule| rule.info().id == "RB101"));
/// ```
#[must_use]
pub fn all() -> Vec<Arc<dyn Rule>> {
    let tables = [rows_of_grants().as_slice(), &[inert::ROWS, add_ons::ROWS]].concat();
    let functions = [
        accounts::TABLE,
        aggregation::TABLE,
        chain::TABLE,
        dangling::TABLE,
        inert::TABLE,
        redundant::TABLE,
        subjects::TABLE,
        unused::TABLE,
        wildcards::TABLE,
    ];
    let mut rules: Vec<Arc<dyn Rule>> = tables.into_iter().flat_map(row::rules).collect();
    rules.extend(functions.into_iter().flat_map(simple::rules));
    rules.sort_by(|a, b| a.info().id.cmp(&b.info().id));
    rules
}

/// What a catalogue of such rules might hold and this one does not, with the reason.
pub const ABSENT: &[(&str, &str, &str)] = &[
    ("RB822", "vendor-managed", "where an object comes from is told of every finding as its origin, and is no finding itself"),
    ("RB916", "gke-iam", "grants of Google's IAM stand beside RBAC, and no object of the cluster tells of them"),
];

/// The tables of what is dangerous to grant: RB1 to RB6.
fn rows_of_grants() -> [&'static [row::Row]; 6] {
    [credentials::ROWS, rbac::ROWS, workloads::ROWS, nodes::ROWS, network::ROWS, wildcards::ROWS]
}
