//! The reason of an allowed request, taken apart: the way back from what `authorize` displays.

use std::fmt;
use std::str::FromStr;

use crate::authorize::Grant;
use crate::authorize::subject::service_account_namespace;
use crate::model::{ApiObject, ClusterRoleBinding, RoleBinding, Subject};
use crate::quote::{Quoted, unquote};

const ALLOWED_BY: &str = "RBAC: allowed by ";

/// The parts of `RBAC: allowed by … of … to …`, as the API server reports it in reviews and audit events.
///
/// `Display` and [`FromStr`] are inverse to each other. In a namespaced name the last slash parts name from namespace, as a namespace
/// holds none.
///
/// ```
/// use k8s_rbac::audit::AllowedBy;
/// let reason = r#"RBAC: allowed by RoleBinding "ci-reads/default" of ClusterRole "view" to ServiceAccount "ci/default""#;
/// let parts: AllowedBy = reason.parse()?;
/// assert_eq!((parts.binding_name.as_str(), parts.binding_namespace.as_deref()), ("ci-reads", Some("default")));
/// assert_eq!((parts.role_kind.as_str(), parts.role_name.as_str()), ("ClusterRole", "view"));
/// assert_eq!(parts.to_string(), reason);
/// # Ok::<(), k8s_rbac::audit::ParseReasonError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AllowedBy {
    /// The name of the binding.
    pub binding_name: String,
    /// The namespace of a RoleBinding; `None` for a ClusterRoleBinding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding_namespace: Option<String>,
    /// The kind of the role, as the `roleRef` has it.
    pub role_kind: String,
    /// The name of the role.
    pub role_name: String,
    /// The kind of the subject.
    pub subject_kind: String,
    /// The name of the subject.
    pub subject_name: String,
    /// The namespace of a service account; `None` for the other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_namespace: Option<String>,
}

impl fmt::Display for AllowedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ALLOWED_BY)?;
        let kind = if self.binding_namespace.is_some() { RoleBinding::KIND } else { ClusterRoleBinding::KIND };
        write_named(f, kind, &self.binding_name, self.binding_namespace.as_deref())?;
        f.write_str(" of ")?;
        write_named(f, &self.role_kind, &self.role_name, None)?;
        f.write_str(" to ")?;
        write_named(f, &self.subject_kind, &self.subject_name, self.subject_namespace.as_deref())
    }
}

fn write_named(f: &mut fmt::Formatter<'_>, kind: &str, name: &str, namespace: Option<&str>) -> fmt::Result {
    match namespace {
        Some(namespace) => write!(f, "{kind} {}", Quoted(&format!("{name}/{namespace}"))),
        None => write!(f, "{kind} {}", Quoted(name)),
    }
}

impl From<&Grant<'_>> for AllowedBy {
    fn from(grant: &Grant<'_>) -> Self {
        let binding = grant.binding;
        let subject = grant.subject().cloned().unwrap_or_default();
        let namespace = service_account_namespace(&subject, &binding.metadata().namespace).to_owned();
        Self {
            binding_name: binding.name().to_owned(),
            binding_namespace: (binding.kind() == RoleBinding::KIND).then(|| binding.namespace().to_owned()),
            role_kind: binding.role_ref().kind.clone(),
            role_name: binding.role_ref().name.clone(),
            subject_namespace: (subject.kind == Subject::SERVICE_ACCOUNT).then_some(namespace),
            subject_kind: subject.kind,
            subject_name: subject.name,
        }
    }
}

/// A text that is not the reason of a request that RBAC allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {at} of the reason, found {found:?}")]
pub struct ParseReasonError {
    at: usize,
    expected: &'static str,
    found: String,
}

impl FromStr for AllowedBy {
    type Err = ParseReasonError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader { text, rest: text };
        reader.word(ALLOWED_BY, "\"RBAC: allowed by \"")?;
        let (kind, binding) = reader.named("a kind of binding and its quoted name")?;
        let (binding_name, binding_namespace) = match kind.as_str() {
            ClusterRoleBinding::KIND => (binding, None),
            RoleBinding::KIND => split(binding),
            _ => return Err(reader.error("a ClusterRoleBinding or a RoleBinding before it")),
        };
        reader.word(" of ", "\" of \"")?;
        let (role_kind, role_name) = reader.named("the kind of the role and its quoted name")?;
        reader.word(" to ", "\" to \"")?;
        let (subject_kind, subject) = reader.named("the kind of the subject and its quoted name")?;
        let (subject_name, subject_namespace) =
            if subject_kind == Subject::SERVICE_ACCOUNT { split(subject) } else { (subject, None) };
        if !reader.rest.is_empty() {
            return Err(reader.error("the end"));
        }
        Ok(Self { binding_name, binding_namespace, role_kind, role_name, subject_kind, subject_name, subject_namespace })
    }
}

fn split(name: String) -> (String, Option<String>) {
    match name.rsplit_once('/') {
        Some((name, namespace)) => (name.to_owned(), Some(namespace.to_owned())),
        None => (name, Some(String::new())),
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn word(&mut self, word: &str, expected: &'static str) -> Result<(), ParseReasonError> {
        self.rest = self.rest.strip_prefix(word).ok_or_else(|| self.error(expected))?;
        Ok(())
    }

    /// A kind, a space, and a quoted name. A kind is free text: it ends before the last space that a quote follows.
    fn named(&mut self, expected: &'static str) -> Result<(String, String), ParseReasonError> {
        let read = self.rest.split_once(" \"").and_then(|(kind, _)| {
            let (name, rest) = unquote(self.rest.get(kind.len() + 1..)?)?;
            Some((kind.to_owned(), name, rest))
        });
        let (kind, name, rest) = read.ok_or_else(|| self.error(expected))?;
        self.rest = rest;
        Ok((kind, name))
    }

    fn error(&self, expected: &'static str) -> ParseReasonError {
        let at = self.text.len() - self.rest.len();
        ParseReasonError { at, expected, found: self.rest.chars().take(40).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_reason_is_refused_with_the_place() {
        let rows = [
            ("", "expected \"RBAC: allowed by \" at byte 0 of the reason, found \"\""),
            (
                r#"RBAC: allowed by Foo "x" of A "b" to C "d""#,
                r#"expected a ClusterRoleBinding or a RoleBinding before it at byte 24 of the reason, found " of A \"b\" to C \"d\"""#,
            ),
            (
                r#"RBAC: allowed by ClusterRoleBinding "x" of A "b" to C "d" "#,
                r#"expected the end at byte 57 of the reason, found " ""#,
            ),
        ];
        for (text, message) in rows {
            assert_eq!(text.parse::<AllowedBy>().unwrap_err().to_string(), message);
        }
    }
}
