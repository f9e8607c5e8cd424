//! The catalogue: every rule that the crate brings, by family. The first digit of an id is its family.

use std::sync::Arc;

use super::Rule;

mod credentials;

/// Every rule of the catalogue, in the order of the ids.
#[must_use]
pub fn all() -> Vec<Arc<dyn Rule>> {
    let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
    rules.extend(credentials::rules());
    rules
}
