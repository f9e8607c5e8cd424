//! Reasons in upstream's words (`pkg/registry/rbac/validation/rule.go`, `apimachinery/pkg/util/errors/errors.go`).

use std::fmt;

use super::subject::service_account_namespace;
use super::{Grant, NoOpinion};
use crate::model::Subject;
use crate::policy::AnyBinding;
use crate::quote::{Aggregate, Quoted};

/// The reason of a decision, rendered when it is displayed.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_enums, reason = "a decision has two arms")]
pub enum Reason<'a, 'r> {
    /// `RBAC: allowed by ` and the grant.
    Allowed(Grant<'a>),
    /// Nothing, or `RBAC: ` and the references that led to no role.
    NoOpinion(NoOpinion<'a, 'r>),
}

impl fmt::Display for Reason<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed(grant) => write!(f, "RBAC: allowed by {grant}"),
            Self::NoOpinion(opinion) => match Aggregate::new(opinion.errors().map(|error| error.to_string())) {
                Some(errors) => write!(f, "RBAC: {errors}"),
                None => Ok(()),
            },
        }
    }
}

/// `ClusterRoleBinding "b" of ClusterRole "r" to User "jane"`; of a RoleBinding the name stands before the namespace.
impl fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { binding, .. } = *self;
        match binding {
            AnyBinding::ClusterRoleBinding(_) => write!(f, "{} {}", binding.kind(), Quoted(binding.name()))?,
            AnyBinding::RoleBinding(_) => {
                write!(f, "{} {}", binding.kind(), NameInNamespace(binding.name(), binding.namespace()))?
            }
        }
        write!(f, " of {} {}", binding.role_ref().kind, Quoted(&binding.role_ref().name))?;
        self.subject().map_or(Ok(()), |subject| write_subject(f, subject, binding))
    }
}

fn write_subject(f: &mut fmt::Formatter<'_>, subject: &Subject, binding: AnyBinding<'_>) -> fmt::Result {
    if subject.kind != Subject::SERVICE_ACCOUNT {
        return write!(f, " to {} {}", subject.kind, Quoted(&subject.name));
    }
    let namespace = service_account_namespace(subject, &binding.metadata().namespace);
    write!(f, " to {} {}", subject.kind, NameInNamespace(&subject.name, namespace))
}

/// `"name/namespace"`, quoted as one string.
struct NameInNamespace<'a>(&'a str, &'a str);

impl fmt::Display for NameInNamespace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Quoted(&format!("{}/{}", self.0, self.1)).fmt(f)
    }
}
