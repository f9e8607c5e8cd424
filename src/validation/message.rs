//! The errors of an object told as one: by the API server, and by kubectl.

use std::fmt;

use super::Invalid;
use crate::quote::Quoted;
use crate::span::FieldError;

/// The message of the server's 422: `Role.rbac.authorization.k8s.io "x" is invalid: rules[0].verbs: Required value`, several errors as
/// `[a, b]`.
impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, group, name, errors } = self;
        write!(f, "{kind}{}{group} {} is invalid: ", if group.is_empty() { "" } else { "." }, Quoted(name))?;
        if let [only] = errors.as_slice() {
            return only.fmt(f);
        }
        for (i, error) in errors.iter().enumerate() {
            write!(f, "{}{error}", if i == 0 { "[" } else { ", " })?;
        }
        f.write_str("]")
    }
}

impl std::error::Error for Invalid {}

impl Invalid {
    /// What kubectl prints: `The Role "x" is invalid: rules[0].verbs: Required value`, of several errors a line each; ends without a
    /// line break (`kubectl/pkg/cmd/util/helpers.go`).
    pub fn as_kubectl(&self) -> impl fmt::Display + '_ {
        Kubectl(self)
    }

    /// The errors, in order.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The errors alone.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

struct Kubectl<'a>(&'a Invalid);

impl fmt::Display for Kubectl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Invalid { kind, name, errors, .. }) = self;
        write!(f, "The {kind} {} is invalid: ", Quoted(name))?;
        if let [only] = errors.as_slice() {
            return only.fmt(f);
        }
        errors.iter().try_for_each(|error| write!(f, "\n* {error}"))
    }
}
