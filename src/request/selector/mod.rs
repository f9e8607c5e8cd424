//! Field and label selectors: the texts and the lists of requirements that lists and reviews carry, parsed as upstream parses them.
//!
//! Models `staging/src/k8s.io/apimachinery/pkg/fields/selector.go` and `pkg/labels/selector.go`. RBAC does not look at selectors; they are
//! parsed because an API server says when it cannot.

use std::fmt;

mod fields;
mod labels;

pub use fields::{parse_fields, required_value};
pub use labels::{label_requirement, parse_labels};

/// What a field must be, or must not be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct FieldRequirement {
    /// The field, such as `metadata.name`.
    pub field: String,
    /// Equal or not: [`Operator::Equals`] or [`Operator::NotEquals`].
    pub operator: Operator,
    /// The value, with its escapes undone.
    pub value: String,
}

/// What a label must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct LabelRequirement {
    /// The label.
    pub key: String,
    /// How it relates to the values.
    pub operator: Operator,
    /// The values: none for [`Operator::Exists`] and [`Operator::DoesNotExist`].
    pub values: Vec<String>,
}

/// How a requirement relates a field or a label to values (`selection.Operator`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Operator {
    /// `=`
    #[serde(rename = "=")]
    Equals,
    /// `==`, which means the same.
    #[serde(rename = "==")]
    DoubleEquals,
    /// `!=`
    #[serde(rename = "!=")]
    NotEquals,
    /// `in`
    #[serde(rename = "in")]
    In,
    /// `notin`
    #[serde(rename = "notin")]
    NotIn,
    /// `exists`
    #[serde(rename = "exists")]
    Exists,
    /// `!`
    #[serde(rename = "!")]
    DoesNotExist,
    /// `gt`
    #[serde(rename = "gt")]
    GreaterThan,
    /// `lt`
    #[serde(rename = "lt")]
    LessThan,
}

impl Operator {
    /// The operator as upstream writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "=",
            Self::DoubleEquals => "==",
            Self::NotEquals => "!=",
            Self::In => "in",
            Self::NotIn => "notin",
            Self::Exists => "exists",
            Self::DoesNotExist => "!",
            Self::GreaterThan => "gt",
            Self::LessThan => "lt",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a selector cannot be parsed, or a requirement not be made, in upstream's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SelectorError(String);
