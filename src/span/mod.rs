//! Places in source text and in objects: spans, field paths in Kubernetes' spelling, and the table from one to the other.
//!
//! Spans say where a thing was read; they take no part in equality or serialisation of objects. Reading is the business of `load`.

use std::fmt;
use std::sync::Arc;

mod field;
mod map;
mod text;

pub use field::{FieldError, FieldErrorKind, FieldPath};
pub use map::SourceMap;
pub(crate) use map::{Written, WrittenStep};
pub use text::SourceText;

/// A place in a text: counted from 1 in lines and characters, from 0 in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Bytes before the place, from the start of the file.
    pub offset: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A stretch of a text, from `start` up to and without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// Where it begins.
    pub start: Position,
    /// Where it ends; the first place that is no longer part of it.
    pub end: Position,
}

/// A span in a named source: what a finding points at.
///
/// Prints as `file:line:column`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Place {
    /// The name that the caller gave the source, a file name as a rule.
    pub source: Arc<str>,
    /// Where in it.
    pub span: Span,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source, self.span.start.line, self.span.start.column)
    }
}
