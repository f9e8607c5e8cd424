//! Kubernetes RBAC.
#![forbid(unsafe_code)]
#![deny(unreachable_pub)]
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod authorize;
pub mod explain;
pub mod identity;
pub mod model;
pub mod names;
pub mod policy;
pub mod query;
pub mod quote;
pub mod request;
pub mod resources;
pub mod rule;
pub mod span;
pub mod version;

pub use authorize::{Authorizer, Decision, authorize};
pub use identity::UserInfo;
pub use policy::Policy;
pub use request::Attributes;
pub use version::KubeVersion;
