//! A stretch of the text to documents: the JSON values that a text begins with, and the pieces of what follows.

use std::ops::Range;

use super::cut::{self, Piece};
use super::json;
use super::node::{Builder, Failure, FailureKind};
use super::object;
use super::problem::LimitKind;
use super::report::Report;

/// What came of reading a text as JSON.
#[derive(Debug, Default)]
pub(super) struct Leading {
    /// How many JSON values the text begins with.
    pub(super) values: usize,
    /// Where the rest begins, which is cut into pieces.
    pub(super) rest: usize,
    /// Why the rest is no JSON. Of two failures this one is told.
    pub(super) failure: Option<Failure>,
}

/// Reads the JSON values that a text begins with into the report, no more than there is room for and none behind a separator.
///
/// Only the start of a text is tried as JSON, for nothing that follows a separator or a byte order mark is JSON to `YAMLOrJSONDecoder`.
/// JSON values may follow one another. What begins like JSON and is none is read as YAML, whose flow style looks alike, as long as no two
/// values came before.
pub(super) fn leading(text: &str, room: usize, report: &mut Report<'_>) -> Leading {
    if text.trim_start().starts_with('{') { values(text, 0..cut::first_end(text), room, report) } else { Leading::default() }
}

fn values(text: &str, bytes: Range<usize>, room: usize, report: &mut Report<'_>) -> Leading {
    let (mut values, mut last) = (0, bytes.start);
    loop {
        let at = json::skip_space(text, last);
        if at >= bytes.end {
            let is_over = values > 1 || bytes.end == text.len();
            let rest = behind_blanks(text, last..bytes.end).filter(|_| !is_over).unwrap_or(bytes.end);
            return Leading { values, rest, failure: None };
        }
        let value =
            if values < room { one_json(text, at..bytes.end, report) } else { Err(Failure::limit(at, LimitKind::Documents)) };
        match value {
            Ok(end) => (values, last) = (values + 1, end),
            Err(failure) => {
                let may_be_yaml = values < 2 && matches!(failure.kind, FailureKind::Syntax(_));
                if let Some(rest) = behind_blanks(text, last..bytes.end).filter(|_| may_be_yaml) {
                    return Leading { values, rest, failure: Some(failure) };
                }
                report.failure(failure);
                return Leading { values, rest: bytes.end, failure: None };
            }
        }
    }
}

/// Where what is no JSON begins: behind the first line break, if there are but blanks before it. Nowhere among the last three bytes of the
/// text, for `consumeWhitespace` looks at four at a time; what follows a value there is no YAML to `kubectl`.
fn behind_blanks(text: &str, bytes: Range<usize>) -> Option<usize> {
    let blanks = text.get(bytes.clone()).unwrap_or_default();
    let mut seen = blanks.char_indices().take_while(|(at, _)| bytes.start + at + AT_A_TIME <= text.len());
    let (at, c) = seen.find(|&(_, c)| c == '\n' || !c.is_whitespace())?;
    (c != char::REPLACEMENT_CHARACTER).then_some(bytes.start + at + usize::from(c == '\n'))
}

const AT_A_TIME: usize = 4;

fn one_json(text: &str, bytes: Range<usize>, report: &mut Report<'_>) -> Result<usize, Failure> {
    let mut builder = Builder::new(*report.limits());
    let end = json::value(text.get(..bytes.end).unwrap_or_default(), bytes.start, &mut builder)?;
    let (tree, root) = builder.finish();
    if let Some(root) = root {
        object::document(&tree, root, report);
    }
    Ok(end)
}

/// Reads a piece of the text into the report. Gives back how many documents it took for.
///
/// # Errors
/// It could not be read.
#[cfg(feature = "yaml")]
pub(super) fn piece(text: &str, piece: &Piece, _: usize, report: &mut Report<'_>) -> Result<usize, Failure> {
    let document = super::yaml::document(text, without_mark(text, piece), piece.with_dashes, *report.limits())?;
    if let Some(root) = document.root {
        object::document(&document.tree, root, report);
    }
    if let Some(at) = document.followed_at {
        report.problem_at(at, super::ProblemKind::AfterEnd);
    }
    Ok(1)
}

/// The same without YAML, where there is no other door for JSON behind a separator.
#[cfg(not(feature = "yaml"))]
pub(super) fn piece(text: &str, piece: &Piece, room: usize, report: &mut Report<'_>) -> Result<usize, Failure> {
    let bytes = without_mark(text, piece);
    let is_json = text.get(bytes.clone()).is_some_and(|text| text.trim_start().starts_with('{'));
    let read =
        if is_json { values(text, bytes.clone(), room, report) } else { Leading { rest: bytes.start, ..Leading::default() } };
    let rest = text.get(read.rest..bytes.end).unwrap_or_default();
    if rest.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(read.values.max(1));
    }
    let no_json = || Failure::syntax(bytes.start, "expected JSON, found something else; YAML is read with the feature `yaml`");
    Err(read.failure.unwrap_or_else(no_json))
}

/// A piece without the byte order mark at its start.
fn without_mark(text: &str, piece: &Piece) -> Range<usize> {
    let bytes = piece.bytes.clone();
    let mark = text.get(bytes.clone()).filter(|text| text.starts_with('\u{feff}')).map_or(0, |_| '\u{feff}'.len_utf8());
    bytes.start + mark..bytes.end
}
