//! Field paths and field errors, worded as `apimachinery/pkg/util/validation/field` words them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::Place;

/// A path to a field of an object in Kubernetes' spelling: `rules[0].verbs`, `metadata.annotations[key]`.
///
/// ```
/// use k8s_rbac::span::FieldPath;
/// assert_eq!(FieldPath::new("rules").index(0).child("verbs").to_string(), "rules[0].verbs");
/// assert_eq!(FieldPath::new("metadata").child("labels").key("a/b").as_str(), "metadata.labels[a/b]");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct FieldPath(String);

impl FieldPath {
    /// The path of a top-level field.
    #[must_use]
    pub fn new(field: impl Into<String>) -> Self {
        Self(field.into())
    }

    /// The path of a field of this one.
    #[must_use]
    pub fn child(&self, field: &str) -> Self {
        if self.0.is_empty() { Self(field.to_owned()) } else { Self(format!("{}.{field}", self.0)) }
    }

    /// The path of an element of this list, from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path of an entry of this map.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}[{key}]", self.0))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a field (`field.ErrorType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum FieldErrorKind {
    /// `FieldValueRequired`: the field must be given.
    Required,
    /// `FieldValueInvalid`: the value is not allowed.
    Invalid,
    /// `FieldValueNotSupported`: the value is none of a fixed set, which stands in the detail.
    NotSupported,
    /// `FieldValueForbidden`: the field must not be given here.
    Forbidden,
    /// `FieldValueTooLong`: the value has too many bytes.
    TooLong,
    /// `FieldValueDuplicate`: the value stands elsewhere already.
    Duplicate,
}

impl FieldErrorKind {
    /// The name of the kind in a `Status`' causes.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::Duplicate => "FieldValueDuplicate",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Required => "Required value",
            Self::Invalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::Duplicate => "Duplicate value",
        }
    }
}

/// A field that an API server would refuse, in its words.
///
/// `Display` is `<path>: <kind>[: <value>][: <detail>]`, upstream's `field.Error.Error()` byte for byte. The place is that of the source
/// text, where the object came from text; it takes no part in the message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct FieldError {
    /// What is wrong.
    pub kind: FieldErrorKind,
    /// Which field.
    pub path: FieldPath,
    /// The value as upstream prints it (quoted, or as JSON); `None` for the kinds that print none. Shared by the errors of one value.
    pub value: Option<Arc<str>>,
    /// The explanation; may be empty.
    pub detail: Cow<'static, str>,
    /// Where the field, or the nearest enclosing one, was read.
    pub place: Option<Place>,
}

impl FieldError {
    /// What follows the path: the message of a `Status`' cause.
    pub fn body(&self) -> impl fmt::Display + '_ {
        Body(self)
    }
}

struct Body<'a>(&'a FieldError);

impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(error) = self;
        f.write_str(error.kind.words())?;
        if let Some(value) = &error.value {
            write!(f, ": {value}")?;
        }
        if error.detail.is_empty() { Ok(()) } else { write!(f, ": {}", error.detail) }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.body())
    }
}

impl std::error::Error for FieldError {}
