//! The errors of an object told as one: by the API server, and by kubectl.

use std::fmt;

use indexmap::IndexSet;

use super::Invalid;
use super::errors::Distinct;
use crate::quote::Quoted;
use crate::span::FieldError;

/// The message of the server's 422: `Role.rbac.authorization.k8s.io "x" is invalid: rules[0].verbs: Required value`, several errors as
/// `[a, b]`.
impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, group, name, .. } = self;
        write!(f, "{kind}{}{group} {} is invalid: ", if group.is_empty() { "" } else { "." }, Quoted(name))?;
        let told = self.told();
        if let (Some(only), 1) = (told.first(), told.len()) {
            return only.0.fmt(f);
        }
        for (i, Distinct(error)) in told.iter().enumerate() {
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

    /// The errors as a message tells them: each once (`ErrorList.ToAggregate`).
    fn told(&self) -> IndexSet<Distinct<&FieldError>> {
        self.errors.iter().map(Distinct).collect()
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
        write_for_kubectl(f, kind, name, errors.iter().map(ToString::to_string))
    }
}

/// Writes what kubectl makes of an object of this kind and name that a server found invalid, each cause once.
pub(crate) fn write_for_kubectl(
    f: &mut dyn fmt::Write,
    kind: &str,
    name: &str,
    causes: impl IntoIterator<Item = String>,
) -> fmt::Result {
    write!(f, "The {kind} {} is invalid", Quoted(name))?;
    let causes: IndexSet<String> = causes.into_iter().collect();
    match causes.first() {
        Some(only) if causes.len() == 1 => write!(f, ": {only}"),
        Some(_) => {
            f.write_str(": ")?;
            causes.iter().try_for_each(|cause| write!(f, "\n* {cause}"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Object, Role};
    use crate::span::{FieldErrorKind, FieldPath};

    #[test]
    fn a_cause_that_comes_twice_is_told_once() {
        let error = |path: &str| crate::span::FieldError {
            kind: FieldErrorKind::Required,
            path: FieldPath::new(path),
            value: None,
            detail: "".into(),
            place: None,
        };
        let role = Object::from(Role::new("ns", "r", []));
        let told = |paths: &[&str]| {
            let invalid = Invalid::new(&role, paths.iter().map(|path| error(path)).collect()).unwrap();
            (invalid.as_kubectl().to_string(), invalid.to_string())
        };
        let server = |causes: &str| format!(r#"Role.rbac.authorization.k8s.io "r" is invalid: {causes}"#);
        let one = "The Role \"r\" is invalid: a: Required value".to_owned();
        assert_eq!(told(&["a", "a"]), (one, server("a: Required value")));
        let two = "The Role \"r\" is invalid: \n* a: Required value\n* b: Required value".to_owned();
        assert_eq!(told(&["a", "b", "a"]), (two, server("[a: Required value, b: Required value]")));
    }
}
