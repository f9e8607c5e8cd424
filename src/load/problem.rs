//! What can be wrong with a text, and the error that holds all of it.

use std::fmt;

use crate::model::ObjectKey;
use crate::quote::Quoted;
use crate::span::{FieldPath, Place};

/// Something that is wrong with a text, and where.
///
/// `Display` is one sentence: `file:line:column: `, the field if there is one, what was met and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The field of the object, where it is one; else empty.
    pub path: FieldPath,
    /// What.
    pub kind: ProblemKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "problem", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The text is neither YAML nor JSON here. The document is lost from here on.
    Syntax {
        /// The reader's words.
        message: String,
    },
    /// The bytes are no UTF-8 from here on.
    NotUtf8,
    /// Something stands behind the dashes that separate documents, which Kubernetes' reader refuses.
    Separator {
        /// What stands there.
        found: String,
    },
    /// A document that has ended, by `...` or a closing brace, is followed by more, which Kubernetes never reads.
    AfterEnd,
    /// The document or list element is no map, so it is no object.
    NotAnObject {
        /// What it is.
        found: String,
    },
    /// The object has no `kind` or no `apiVersion`.
    Missing {
        /// The field.
        field: &'static str,
    },
    /// The kind has no such field.
    UnknownField {
        /// The field as it is written.
        field: String,
        /// The field of the kind that is nearest to it, where one is near.
        nearest: Option<&'static str>,
    },
    /// The map holds the key already. Where this is no more than a warning, the last one counts.
    DuplicateKey {
        /// The key, as JSON has it.
        key: String,
        /// Where it stands the first time.
        first: Place,
    },
    /// A map's key is none that JSON could hold.
    Key {
        /// What it is.
        found: String,
    },
    /// A merge (`<<`) of something else than a map or a list of maps.
    Merge {
        /// What it is.
        found: String,
    },
    /// The value is of another type than the field.
    WrongType {
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
        /// What to write in its place, where that can be said.
        fix: Option<String>,
    },
    /// The value has the right type and is no value of the field for another reason.
    Value {
        /// The reason.
        message: String,
    },
    /// An anchor is used before it is defined or inside of itself.
    Alias {
        /// What is wrong with it.
        message: &'static str,
    },
    /// One of the [`Limits`](super::Limits) is reached; what follows in the document, or in the text, is not read.
    Limit {
        /// Which.
        limit: LimitKind,
        /// Its setting.
        max: usize,
    },
    /// An object of this kind, namespace and name was read before.
    DuplicateObject {
        /// Which object.
        object: ObjectKey,
        /// Where it was read before: its name, or the object where the places of fields are not kept.
        first: Place,
    },
}

/// Which limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum LimitKind {
    /// [`Limits::bytes`](field@super::Limits::bytes).
    Bytes,
    /// [`Limits::documents`](field@super::Limits::documents).
    Documents,
    /// [`Limits::depth`](field@super::Limits::depth).
    Depth,
    /// [`Limits::aliases`](field@super::Limits::aliases).
    Aliases,
    /// [`Limits::nodes`](field@super::Limits::nodes).
    Nodes,
    /// [`Limits::problems`](field@super::Limits::problems).
    Problems,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.path.as_str().is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}", self.kind)
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message } => f.write_str(message),
            Self::NotUtf8 => f.write_str("expected UTF-8, found another byte"),
            Self::Separator { found } => {
                write!(f, "expected a line end behind the dashes that separate documents, found {}", Quoted(found))
            }
            Self::AfterEnd => {
                f.write_str("expected a `---` line after the end of the document, found more, which Kubernetes never reads")
            }
            Self::NotAnObject { found } => write!(f, "expected an object, found {found}"),
            Self::Missing { field } => write!(f, "expected an object with the field \"{field}\", found none"),
            Self::UnknownField { field, nearest } => unknown_field(f, field, *nearest),
            Self::DuplicateKey { key, first } => write!(f, "the key {} stands at {first} already", Quoted(key)),
            Self::Key { found } => write!(f, "expected a string for a key, found {found}"),
            Self::Merge { found } => write!(f, "expected a map or a list of maps to merge, found {found}"),
            Self::WrongType { found, expected, fix } => wrong_type(f, found, expected, fix.as_deref()),
            Self::Value { message } => f.write_str(message),
            Self::Alias { message } => f.write_str(message),
            Self::Limit { limit, max } => limit_reached(f, *limit, *max),
            Self::DuplicateObject { object, first } => write!(f, "{object} stands at {first} already"),
        }
    }
}

fn unknown_field(f: &mut fmt::Formatter<'_>, field: &str, nearest: Option<&str>) -> fmt::Result {
    write!(f, "unknown field {}", Quoted(field))?;
    nearest.map_or(Ok(()), |nearest| write!(f, ", the nearest is \"{nearest}\""))
}

fn wrong_type(f: &mut fmt::Formatter<'_>, found: &str, expected: &str, fix: Option<&str>) -> fmt::Result {
    write!(f, "expected {expected}, found {found}")?;
    fix.map_or(Ok(()), |fix| write!(f, ": {fix}"))
}

fn limit_reached(f: &mut fmt::Formatter<'_>, limit: LimitKind, max: usize) -> fmt::Result {
    match limit {
        LimitKind::Bytes => write!(f, "expected at most {max} bytes, found more"),
        LimitKind::Documents => write!(f, "expected at most {max} documents, found more"),
        LimitKind::Depth => write!(f, "expected at most {max} levels of nesting, found more"),
        LimitKind::Aliases => write!(f, "expected at most {max} nodes out of aliases, found more"),
        LimitKind::Nodes => write!(f, "expected at most {max} nodes in a document, found more"),
        LimitKind::Problems => write!(f, "more than {max} problems: the others are not told"),
    }
}

/// Every problem of what was loaded, in the order of their places. There is at least one.
///
/// `Display` is one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Vec<Problem>);

impl Error {
    pub(super) const fn new(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// The problems.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
