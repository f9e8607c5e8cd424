//! Kubernetes RBAC.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod model;
pub mod quote;
pub mod span;
pub mod version;
