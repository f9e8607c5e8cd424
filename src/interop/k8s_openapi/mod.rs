//! Conversions from and to the types of the `k8s-openapi` crate, which `kube` hands out.
//!
//! ```
//! use k8s_openapi::api::rbac::v1 as api;
//! use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::Role};
//! # let text = r#"[{"metadata":{"name":"reader","namespace":"dev"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}]"#;
//! # let listed: Vec<api::Role> = serde_json::from_str(text)?;
//! // `listed` is what `kube::Api::<api::Role>::list` gave. Objects go into a policy as they are.
//! let rbac = Authorizer::new(Policy::from_iter(listed));
//! assert!(rbac.policy().get::<Role>("dev", "reader").is_some());
//!
//! // And back.
//! let role = Role::new("dev", "writer", []);
//! let theirs = api::Role::try_from(role.clone())?;
//! assert_eq!(Role::from(theirs), role);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! There are conversions for the four RBAC kinds and their parts, ServiceAccount, Secret, ConfigMap, Namespace and Pod, for metadata and
//! label selectors, the reviews of `authorization.k8s.io` with their parts, and for users with the review that tells them.
//!
//! # What is kept
//!
//! Every field of theirs has one here. From theirs to ours and back nothing is lost but the difference between what is absent and what is
//! given and empty (a text, a map, a `false`, a generation of 0, a list other than the `rules` of a role), which Go's own JSON does not keep either.
//! The answer of a review comes back as the empty one where there was none, which is how Go writes a question.
//!
//! From ours to theirs and back gives an equal object, but for three things: times come back in UTC, a review of `v1beta1` as one of `v1`,
//! which is the only version that `k8s-openapi` has, and `verbs` that were `null` as an empty list, which is equal.
//!
//! The other crate has a type for a time, where this one has the text. So what has [`ObjectMeta`](crate::model::ObjectMeta) in it is turned
//! into theirs by `TryFrom`, which fails with an [`Error`] on a text that is no time. Namespaces and Pods, of which this crate carries parts
//! without looking at them, are converted by `TryFrom` both ways. Everything else is `From`, both ways.
//!
//! The dependency comes without a version of Kubernetes, as it asks of libraries: the program chooses one by a feature of `k8s-openapi`, or by
//! `K8S_OPENAPI_ENABLED_VERSION` in the environment. All of its versions are converted alike.

mod core;
mod fields;
mod meta;
mod rbac;
mod review;

use crate::quote::Quoted;

/// Why an object cannot be put into the types of `k8s-openapi`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("{path}: expected a time such as 2026-11-24T09:00:00Z, found {}", Quoted(.text))]
    NoTime { path: String, text: String },
    #[error("{kind}: {words}")]
    Shape { kind: &'static str, words: String },
}
