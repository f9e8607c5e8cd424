//! Places in source text and in objects: spans, field paths in Kubernetes' spelling, and the table from one to the other.
//!
//! Spans say where a thing was read; they take no part in equality or serialisation of objects. Reading is the business of `load`.

use std::fmt;
use std::sync::Arc;

mod field;
mod text;

pub use field::{FieldError, FieldErrorKind, FieldPath};
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

/// Where one object and its fields were read: the source, the span of the whole, and that of each field.
///
/// Fields are looked up by [`FieldPath`] text such as `rules[0].verbs[1]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceMap {
    source: Arc<str>,
    document: u32,
    object: Span,
    fields: Box<[(Box<str>, Span)]>,
}

impl SourceMap {
    /// A table for an object of a source. `document` counts from 0 in the stream; `fields` may come in any order, and of a path that
    /// comes twice one is kept. Cost: `O(fields log fields)`.
    #[must_use]
    pub fn new(source: Arc<str>, document: u32, object: Span, mut fields: Vec<(Box<str>, Span)>) -> Self {
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields.dedup_by(|a, b| a.0 == b.0);
        Self { source, document, object, fields: fields.into_boxed_slice() }
    }

    /// The name of the source, as the caller gave it.
    #[must_use]
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// Which document of the stream the object stood in, from 0.
    #[must_use]
    pub fn document(&self) -> u32 {
        self.document
    }

    /// The place of the whole object.
    #[must_use]
    pub fn object(&self) -> Place {
        self.place(self.object)
    }

    /// The span of the field, if it was written. Cost: `O(log fields)`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Span> {
        let found = self.fields.binary_search_by(|(field, _)| (**field).cmp(path)).ok()?;
        self.fields.get(found).map(|&(_, span)| span)
    }

    /// The place of the field, or of the nearest enclosing field that was written, or of the whole object.
    ///
    /// Cost: `O(depth · log fields)`.
    #[must_use]
    pub fn nearest(&self, path: &str) -> Place {
        let mut rest = path;
        loop {
            if let Some(span) = self.get(rest) {
                return self.place(span);
            }
            match rest.rfind(['.', '[']).and_then(|end| rest.get(..end)) {
                Some(shorter) => rest = shorter,
                None => return self.object(),
            }
        }
    }

    /// Every field that was written, in byte order of the paths.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, Span)> {
        self.fields.iter().map(|(path, span)| (&**path, *span))
    }

    fn place(&self, span: Span) -> Place {
        Place { source: Arc::clone(&self.source), span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(line: u32) -> Span {
        let at = |column| Position { offset: 0, line, column };
        Span { start: at(1), end: at(9) }
    }

    #[test]
    fn the_nearest_written_field_is_found() {
        let fields = vec![("rules[0].verbs".into(), span(3)), ("rules".into(), span(2))];
        let map = SourceMap::new("a.yaml".into(), 0, span(1), fields);
        for (path, line) in
            [("rules[0].verbs", 3), ("rules[0].verbs[7]", 3), ("rules[0].resources", 2), ("roleRef.name", 1), ("", 1)]
        {
            assert_eq!(map.nearest(path).span.start.line, line, "{path}");
        }
        assert_eq!(map.nearest("rules").to_string(), "a.yaml:2:1");
    }
}
