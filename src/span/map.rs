//! The table from the fields of one object to their places.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use super::{Place, SourceText, Span};

/// Where one object and its fields were read: the text, the place of the whole, and of each field its key and its value.
///
/// Fields are looked up by [`FieldPath`](super::FieldPath) text such as `rules[0].verbs[1]` or `metadata.labels[key]`. A field takes some
/// sixty bytes; lines and columns are counted when they are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceMap {
    text: Arc<SourceText>,
    document: u32,
    object: (u32, u32),
    top: (u32, u32),
    /// Fields, elements and entries; those of one parent stand together, by name or by index.
    table: Box<[Written]>,
}

/// A field, element or entry as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Written {
    pub(crate) step: WrittenStep,
    /// The bytes of the key, or of the value where there is no key.
    pub(crate) key: (u32, u32),
    pub(crate) value: (u32, u32),
    /// Where its own fields stand in the table.
    pub(crate) below: (u32, u32),
}

/// The last step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum WrittenStep {
    Field(Cow<'static, str>),
    Index(u32),
    Key(Box<str>),
}

impl WrittenStep {
    /// The name of a field, or the key of an entry.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Field(name) => Some(name),
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }
}

impl SourceMap {
    /// A table for an object of a text. `document` counts from 0; `top` is where the object's own fields stand in the table, in which
    /// siblings stand together and in order.
    pub(crate) fn new(text: Arc<SourceText>, document: u32, object: (u32, u32), top: (u32, u32), table: Vec<Written>) -> Self {
        Self { text, document, object, top, table: table.into_boxed_slice() }
    }

    /// The name of the source, as the caller gave it.
    #[must_use]
    pub fn source(&self) -> &Arc<str> {
        self.text.name()
    }

    /// The text that the object was read from.
    #[must_use]
    pub const fn text(&self) -> &Arc<SourceText> {
        &self.text
    }

    /// Which document of the stream the object stood in, from 0, empty ones not counted.
    #[must_use]
    pub const fn document(&self) -> u32 {
        self.document
    }

    /// The place of the whole object.
    #[must_use]
    pub fn object(&self) -> Place {
        self.place(self.object)
    }

    /// The span of the field's value, if it was written. Cost: `O(depth · log fields)`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Span> {
        let (found, rest) = self.walk(path);
        found.filter(|_| rest.is_empty()).map(|written| self.span(written.value))
    }

    /// The text of the field's value, if it was written. Cost: `O(depth · log fields)`.
    pub(crate) fn written(&self, path: &str) -> Option<&str> {
        let (found, rest) = self.walk(path);
        found.filter(|_| rest.is_empty()).map(|written| self.text_of(written))
    }

    /// The object's own fields, or what is in one of them, in the order of their steps.
    pub(crate) fn below(&self, field: Option<&Written>) -> &[Written] {
        self.range(field.map_or(self.top, |written| written.below))
    }

    /// The text of a field's value.
    pub(crate) fn text_of(&self, field: &Written) -> &str {
        self.text.text().get(range(field.value)).unwrap_or_default()
    }

    /// The span of the field's key, if it was written; that of the value where there is no key, as in a list.
    ///
    /// Cost: `O(depth · log fields)`.
    #[must_use]
    pub fn key(&self, path: &str) -> Option<Span> {
        let (found, rest) = self.walk(path);
        found.filter(|_| rest.is_empty()).map(|written| self.span(written.key))
    }

    /// The place of the field, or of the nearest enclosing field that was written, or of the whole object.
    ///
    /// Cost: `O(depth · log fields)`.
    #[must_use]
    pub fn nearest(&self, path: &str) -> Place {
        let (found, _) = self.walk(path);
        self.place(found.map_or(self.object, |written| written.value))
    }

    /// Every field that was written with the span of its value: a field before what is in it, fields of a map by name.
    ///
    /// Cost: `O(fields · depth)` for all of them.
    pub fn fields(&self) -> impl Iterator<Item = (String, Span)> + '_ {
        let mut waiting: Vec<(String, &Written)> = self.under(String::new(), self.top);
        std::iter::from_fn(move || {
            let (path, written) = waiting.pop()?;
            waiting.extend(self.under(path.clone(), written.below));
            Some((path, self.span(written.value)))
        })
    }

    /// The fields of a range with their paths, the first one last.
    fn under(&self, path: String, range: (u32, u32)) -> Vec<(String, &Written)> {
        self.range(range).iter().rev().map(|written| (longer(&path, &written.step), written)).collect()
    }

    /// The deepest field on the path that was written, and what is left of the path.
    fn walk<'p>(&self, path: &'p str) -> (Option<&Written>, &'p str) {
        let (mut found, mut rest, mut range) = (None, path, self.top);
        while !rest.is_empty() {
            let Some((written, after)) = self.step(range, rest) else {
                break;
            };
            (found, rest, range) = (Some(written), after, written.below);
        }
        (found, rest)
    }

    /// The sibling that the path goes through first, and the rest of the path.
    fn step<'p>(&self, range: (u32, u32), path: &'p str) -> Option<(&Written, &'p str)> {
        let siblings = self.range(range);
        let Some(inside) = path.strip_prefix('[') else {
            let path = path.strip_prefix('.').unwrap_or(path);
            let (name, rest) = path.find(['.', '[']).and_then(|end| path.split_at_checked(end)).unwrap_or((path, ""));
            let found = siblings.binary_search_by(|written| by_text(&written.step, name)).ok()?;
            return Some((siblings.get(found)?, rest));
        };
        if let Some(WrittenStep::Index(_)) = siblings.first().map(|written| &written.step) {
            let (index, rest) = inside.split_once(']')?;
            return Some((siblings.get(index.parse::<usize>().ok()?)?, rest));
        }
        // A key may hold brackets itself: the shortest one that was written and is followed by another step is meant.
        inside.match_indices(']').find_map(|(end, _)| {
            let (key, rest) = (inside.get(..end)?, inside.get(end + 1..)?);
            let found = siblings.binary_search_by(|written| by_text(&written.step, key)).ok()?;
            (rest.is_empty() || rest.starts_with(['.', '['])).then_some((siblings.get(found)?, rest))
        })
    }

    fn range(&self, (start, end): (u32, u32)) -> &[Written] {
        self.table.get(start as usize..end as usize).unwrap_or_default()
    }

    fn span(&self, bytes: (u32, u32)) -> Span {
        self.text.span(range(bytes))
    }

    fn place(&self, bytes: (u32, u32)) -> Place {
        self.text.place(range(bytes))
    }
}

fn by_text(step: &WrittenStep, text: &str) -> std::cmp::Ordering {
    match step {
        WrittenStep::Field(name) => (**name).cmp(text),
        WrittenStep::Key(key) => (**key).cmp(text),
        WrittenStep::Index(_) => std::cmp::Ordering::Less,
    }
}

fn longer(path: &str, step: &WrittenStep) -> String {
    let mut path = path.to_owned();
    // Writing to a string cannot fail.
    let _ = match step {
        WrittenStep::Field(name) if path.is_empty() => write!(path, "{name}"),
        WrittenStep::Field(name) => write!(path, ".{name}"),
        WrittenStep::Index(index) => write!(path, "[{index}]"),
        WrittenStep::Key(key) => write!(path, "[{key}]"),
    };
    path
}

const fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(step: WrittenStep, at: u32, below: (u32, u32)) -> Written {
        Written { step, key: (at, at + 1), value: (at + 1, at + 2), below }
    }

    fn map() -> SourceMap {
        let field = |name: &'static str| WrittenStep::Field(name.into());
        let key = |key: &str| WrittenStep::Key(key.into());
        let table = vec![
            written(WrittenStep::Index(0), 10, (0, 0)),
            written(WrittenStep::Index(1), 20, (0, 0)),
            written(key("a"), 30, (0, 0)),
            written(key("a]b.c"), 40, (0, 0)),
            written(field("labels"), 50, (2, 4)),
            written(field("verbs"), 60, (0, 2)),
        ];
        SourceMap::new(SourceText::new("a.yaml", "x".repeat(99)).into(), 0, (1, 90), (4, 6), table)
    }

    #[test]
    fn the_nearest_written_field_is_found() {
        for (path, column) in [
            ("verbs[1]", 22),
            ("verbs[7]", 62),
            ("verbs", 62),
            ("verbs.x", 62),
            ("labels[a]", 32),
            ("labels[a]b.c]", 42),
            ("labels[b]", 52),
            ("labels[a].b", 32),
            ("roleRef.name", 2),
            ("", 2),
        ] {
            assert_eq!(map().nearest(path).span.start.column, column, "{path}");
        }
        assert_eq!(map().nearest("verbs").to_string(), "a.yaml:1:62");
    }

    #[test]
    fn only_what_was_written_is_got() {
        let map = map();
        assert_eq!(map.get("verbs[1]").unwrap().start.offset, 21);
        assert_eq!(map.key("verbs").unwrap().start.offset, 60);
        assert_eq!(["verbs[2]", "verb", "labels[b]", "", "verbs[x]"].map(|path| map.get(path)), [None; 5]);
    }

    #[test]
    fn every_field_is_listed_with_a_path_that_finds_it() {
        let map = map();
        let fields: Vec<_> = map.fields().collect();
        let paths: Vec<&str> = fields.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["labels", "labels[a]", "labels[a]b.c]", "verbs", "verbs[0]", "verbs[1]"]);
        assert!(fields.iter().all(|(path, span)| map.get(path) == Some(*span)));
    }
}
