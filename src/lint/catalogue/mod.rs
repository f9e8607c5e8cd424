//! The catalogue: every rule that the crate brings, by family. The first digit of an id is its family.

use std::sync::Arc;

use super::Rule;

mod add_ons;
mod credentials;
mod network;
mod nodes;
mod rbac;
mod row;
mod simple;
mod subjects;
mod workloads;

/// Every rule of the catalogue, in the order of the ids.
#[must_use]
pub fn all() -> Vec<Arc<dyn Rule>> {
    let tables = [credentials::ROWS, rbac::ROWS, workloads::ROWS, nodes::ROWS, network::ROWS, add_ons::ROWS];
    let mut rules: Vec<Arc<dyn Rule>> = tables.into_iter().flat_map(row::rules).collect();
    rules.extend(simple::rules(subjects::TABLE));
    rules.sort_by(|a, b| a.info().id.cmp(&b.info().id));
    rules
}
