//! What a policy could do without: rules, subjects and bindings that could go without changing an answer, and roles that say the same.
//!
//! What is called redundant can go all together: each thing is weighed against what would be left. So of two that say the same the first
//! stays. Decisions do not change; a reason may name another binding then, and the errors of references that lead nowhere go with
//! their bindings.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::model::ObjectKey;
use crate::policy::{Gap, Policy};

mod remove;
mod rules;
mod subjects;
mod twins;

pub use subjects::redundant;
pub use twins::equal_roles;

/// What a policy could do without. Made by [`redundant`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Redundant {
    /// Rules that allow nothing that the other rules of their role do not.
    pub rules: Vec<RedundantRule>,
    /// Subjects of bindings that have others besides.
    pub subjects: Vec<RedundantSubject>,
    /// Bindings all of whose subjects could go, or that give nothing at all.
    pub bindings: Vec<RedundantBinding>,
    /// What the policy was not given: a reference that leads nowhere may lead to something that is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

/// A rule that could go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RedundantRule {
    /// The role.
    pub role: ObjectKey,
    /// The number of the rule, from 0.
    pub rule_index: usize,
    /// Whether it allows nothing by itself.
    pub void: bool,
}

/// A subject that could go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RedundantSubject {
    /// The binding.
    pub binding: ObjectKey,
    /// The number of the subject, from 0.
    pub subject_index: usize,
    /// Why.
    pub why: Why,
}

/// A binding that could go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RedundantBinding {
    /// The binding.
    pub binding: ObjectKey,
    /// Why; for several subjects the reasons of each.
    pub why: BTreeSet<Why>,
}

/// Why something gives nobody anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Why {
    /// The subject has all of it by what else there is.
    Covered,
    /// The subject stands for nobody.
    Nobody,
    /// The reference leads to no role.
    NoRole,
    /// The role allows nothing.
    VoidRole,
    /// There are no subjects.
    NoSubjects,
    /// A RoleBinding without a namespace.
    Nowhere,
}

impl Redundant {
    /// Whether nothing could go.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.subjects.is_empty() && self.bindings.is_empty()
    }

    /// The policy without all of it; the order of what stays is kept. Cost: that of the objects that change.
    #[must_use]
    pub fn removed_from(&self, policy: &Policy) -> Policy {
        remove::without(self, policy)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Covered => "it is allowed all of it without this",
            Self::Nobody => "it stands for nobody",
            Self::NoRole => "the reference leads to no role",
            Self::VoidRole => "the role allows nothing",
            Self::NoSubjects => "there are no subjects",
            Self::Nowhere => "it has no namespace",
        })
    }
}

/// A line for each thing that could go.
impl fmt::Display for Redundant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for RedundantRule { role, rule_index, void } in &self.rules {
            let why = if *void { "it allows nothing" } else { "the other rules allow all of it" };
            writeln!(f, "{role} rules[{rule_index}]: {why}")?;
        }
        for RedundantSubject { binding, subject_index, why } in &self.subjects {
            writeln!(f, "{binding} subjects[{subject_index}]: {why}")?;
        }
        for RedundantBinding { binding, why } in &self.bindings {
            let why: Vec<String> = why.iter().map(ToString::to_string).collect();
            writeln!(f, "{binding}: {}", why.join("; "))?;
        }
        for gap in &self.incomplete {
            writeln!(f, "not certain: {gap}")?;
        }
        Ok(())
    }
}
