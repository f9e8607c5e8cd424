//! Answers to the kinds of review, as an API server gives them whose authorizer is RBAC.
//!
//! Models `pkg/registry/authorization/*/rest.go`: validation, the question, and the status. The shapes of the reviews stand in
//! [`crate::request::review`]; authorizers besides RBAC and the privileged group are not modelled. Each function costs what the question
//! costs, and `O(size of the review)`.

use crate::request::review::Invalid;

mod access;
mod rules;
mod user;

pub use access::{local_subject_access_review, self_subject_access_review, status, subject_access_review};
pub use rules::{rules_status, self_subject_rules_review};
pub use user::self_subject_review;

/// Why a server gives no answer. Displays as the message of its `Status`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Refusal(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("{0}")]
    BadRequest(&'static str),
    #[error("the server could not find the requested resource")]
    NotServed,
}

impl Refusal {
    /// The HTTP status code: 422 for an invalid review, 404 for one that the version does not serve, else 400.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self.0 {
            Kind::Invalid(_) => 422,
            Kind::BadRequest(_) => 400,
            Kind::NotServed => 404,
        }
    }

    /// What is invalid, if that is why.
    #[must_use]
    pub const fn invalid(&self) -> Option<&Invalid> {
        match &self.0 {
            Kind::Invalid(invalid) => Some(invalid),
            Kind::BadRequest(_) | Kind::NotServed => None,
        }
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Self(Kind::Invalid(invalid))
    }
}

fn bad_request(message: &'static str) -> Refusal {
    Refusal(Kind::BadRequest(message))
}

const NO_USER: &str = "no user present on request";
