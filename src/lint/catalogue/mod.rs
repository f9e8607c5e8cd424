//! The catalogue: every rule that the crate brings, by family. The first digit of an id is its family.

use std::sync::Arc;

use super::Rule;

mod credentials;
mod network;
mod nodes;
mod rbac;
mod row;
mod workloads;

/// Every rule of the catalogue, in the order of the ids.
#[must_use]
pub fn all() -> Vec<Arc<dyn Rule>> {
    let tables = [credentials::ROWS, rbac::ROWS, workloads::ROWS, nodes::ROWS, network::ROWS];
    tables.into_iter().flat_map(row::rules).collect()
}
