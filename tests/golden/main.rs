//! The crate against what a real cluster of Kubernetes 1.37 answered: its objects in `data`, and its answers.
#![cfg(feature = "yaml")]

mod kubectl;
mod load;
mod sar;
mod server;
#[cfg(feature = "bootstrap")]
mod story;
mod transcript;
mod words;

use k8s_rbac::load::Loader;
use k8s_rbac::{Authorizer, Policy};

/// The cluster's objects, each of which has to be read without a problem.
fn cluster() -> Authorizer {
    let loaded = Loader::new().read_str("cluster-1.37.yaml", include_str!("data/cluster-1.37.yaml"));
    Authorizer::new(Policy::from_iter(loaded.into_result().unwrap()))
}
