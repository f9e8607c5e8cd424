//! What an API server wrote down: audit events as requests, and the reasons in them as bindings, roles and subjects.
//!
//! Models `staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go`. Reading JSON lines into [`Event`]s is serde's business, or that of
//! `events` behind the feature `json`; making roles of requests is that of `suggest`.

mod event;
#[cfg(feature = "json")]
mod lines;
mod reason;

pub use event::{Event, ObjectReference, ResponseStatus};
#[cfg(feature = "json")]
pub use lines::{Error, events};
pub use reason::{AllowedBy, ParseReasonError};

/// The annotation of an event that holds the decision: `allow` or `forbid`.
pub const DECISION: &str = "authorization.k8s.io/decision";
/// The annotation of an event that holds the reason.
pub const REASON: &str = "authorization.k8s.io/reason";
