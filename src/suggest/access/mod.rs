//! The smallest changes of a policy that would allow a denied request.
//!
//! Why it is denied is told by `explain`. Every suggestion was tried on a copy of the policy, and none of its parts can be left out.

use std::fmt;

use serde::Serialize;

use crate::authorize::subject::service_account_namespace;
use crate::model::{ApiObject, ClusterRole, Object, ObjectKey, PolicyRule, RoleRef, Subject};
use crate::policy::Policy;
use crate::rule::compact::CompactString;

mod breadth;
mod search;

pub use search::changes;

/// Changes that together allow a denied request. Made by [`changes`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Suggestion {
    /// The changes, in the order in which they are made.
    pub changes: Vec<Change>,
    /// A measure of what is granted besides the request: the entries of the rules that somebody gains, with wildcards and the whole
    /// cluster counting for many. Suggestions are sorted by it.
    pub breadth: u64,
}

/// One change of one object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// Creates a role or a binding.
    Create {
        /// The object.
        object: Box<Object>,
    },
    /// Adds a rule to a role.
    AddRule {
        /// The role.
        role: ObjectKey,
        /// The rule.
        rule: PolicyRule,
    },
    /// Adds a subject to a binding.
    AddSubject {
        /// The binding.
        binding: ObjectKey,
        /// The subject.
        subject: Subject,
    },
    /// Puts a subject in the place of one that was probably meant to be it.
    FixSubject {
        /// The binding.
        binding: ObjectKey,
        /// The number of the subject, from 0.
        index: usize,
        /// The subject as it should be.
        subject: Subject,
    },
    /// Lets a binding refer to a role that exists. The API server refuses to change a reference, so the binding is created anew.
    FixRoleRef {
        /// The binding.
        binding: ObjectKey,
        /// The reference as it should be.
        role_ref: RoleRef,
    },
}

impl Change {
    /// The object as it stands after the change; `None` if the policy has not the object that is changed.
    #[must_use]
    pub fn object(&self, policy: &Policy) -> Option<Object> {
        let key = match self {
            Self::Create { object } => return Some(Object::clone(object)),
            Self::AddRule { role, .. } => role,
            Self::AddSubject { binding, .. } | Self::FixSubject { binding, .. } | Self::FixRoleRef { binding, .. } => binding,
        };
        let mut object = policy.get_object(key)?.into_inner();
        self.edit(&mut object)?;
        Some(object)
    }

    fn edit(&self, object: &mut Object) -> Option<()> {
        match self {
            Self::Create { .. } => {}
            Self::AddRule { rule, .. } => rules(object)?.push(rule.clone()),
            Self::AddSubject { subject, .. } => subjects(object)?.push(subject.clone()),
            Self::FixSubject { index, subject, .. } => *subjects(object)?.get_mut(*index)? = subject.clone(),
            Self::FixRoleRef { role_ref, .. } => *reference(object)? = role_ref.clone(),
        }
        Some(())
    }
}

fn rules(object: &mut Object) -> Option<&mut Vec<PolicyRule>> {
    match object {
        Object::Role(role) => Some(&mut *role.rules),
        Object::ClusterRole(role) => Some(&mut *role.rules),
        _ => None,
    }
}

fn subjects(object: &mut Object) -> Option<&mut Vec<Subject>> {
    match object {
        Object::RoleBinding(binding) => Some(&mut binding.subjects),
        Object::ClusterRoleBinding(binding) => Some(&mut binding.subjects),
        _ => None,
    }
}

fn reference(object: &mut Object) -> Option<&mut RoleRef> {
    match object {
        Object::RoleBinding(binding) => Some(&mut binding.role_ref),
        Object::ClusterRoleBinding(binding) => Some(&mut binding.role_ref),
        _ => None,
    }
}

impl Suggestion {
    /// The objects as they stand after the changes, to be inserted into the policy.
    #[must_use]
    pub fn objects(&self, policy: &Policy) -> Vec<Object> {
        self.changes.iter().filter_map(|change| change.object(policy)).collect()
    }
}

/// The changes, joined by ` and `.
impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, change) in self.changes.iter().enumerate() {
            if number > 0 {
                f.write_str(" and ")?;
            }
            change.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { object } => write!(f, "create {}{}", object.key(), Content(object)),
            Self::AddRule { role, rule } => write!(f, "add to {role} the rule {}", CompactString(rule)),
            Self::AddSubject { binding, subject } => write!(f, "add to {binding} the subject {}", Who(subject, "")),
            Self::FixSubject { binding, index, subject } => {
                write!(f, "make subjects[{index}] of {binding} {}", Who(subject, ""))
            }
            Self::FixRoleRef { binding, role_ref } => {
                write!(f, "create {binding} anew, referring to {} {}", role_ref.kind, role_ref.name)
            }
        }
    }
}

/// What a created object says.
struct Content<'a>(&'a Object);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role_ref, subjects, namespace) = match self.0 {
            Object::Role(role) => return with_rules(f, &role.rules),
            Object::ClusterRole(role) => return with_rules(f, &role.rules),
            Object::RoleBinding(binding) => (&binding.role_ref, &binding.subjects, binding.metadata.namespace.as_str()),
            Object::ClusterRoleBinding(binding) => (&binding.role_ref, &binding.subjects, ""),
            _ => return Ok(()),
        };
        write!(f, " of {} {} to", role_ref.kind, role_ref.name)?;
        subjects.iter().try_for_each(|subject| write!(f, " {}", Who(subject, namespace)))
    }
}

fn with_rules(f: &mut fmt::Formatter<'_>, rules: &[PolicyRule]) -> fmt::Result {
    rules.iter().try_for_each(|rule| write!(f, " with the rule {}", CompactString(rule)))
}

/// A subject of a binding of the namespace.
struct Who<'a>(&'a Subject, &'a str);

impl fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(subject, namespace) = self;
        if subject.kind != Subject::SERVICE_ACCOUNT {
            return write!(f, "{} {}", subject.kind, subject.name);
        }
        write!(f, "{} {}/{}", subject.kind, service_account_namespace(subject, namespace), subject.name)
    }
}

/// Whether a controller fills the rules of the role, so that an added one would not stay.
fn is_aggregated(policy: &Policy, key: &ObjectKey) -> bool {
    key.kind == ClusterRole::KIND && policy.get::<ClusterRole>("", &key.name).is_some_and(|role| role.aggregation_rule.is_some())
}
