//! One piece of a stream to documents: as JSON where the text begins like JSON, else as YAML.

use std::ops::Range;

use super::cut::Piece;
use super::json;
use super::node::{Builder, Failure, FailureKind};
use super::object;
use super::problem::LimitKind;
use super::report::Report;

/// Reads a piece of the text into the report, of JSON values no more than there is room for. Gives back how many of them it began with.
///
/// Only the start of a text is tried as JSON, for nothing that follows a separator or a byte order mark is JSON to `YAMLOrJSONDecoder`.
/// JSON values may follow one another. What begins like JSON and is none is read as YAML, whose flow style looks alike, as long as no two
/// values came before; of two failures that of JSON is told.
pub(super) fn piece(text: &str, piece: &Piece, room: usize, report: &mut Report<'_>) -> usize {
    let mut values = 0;
    if let Err(failure) = read(text, piece, room, report, &mut values) {
        report.failure(failure);
    }
    values
}

fn read(text: &str, piece: &Piece, room: usize, report: &mut Report<'_>, values: &mut usize) -> Result<(), Failure> {
    let (bytes, begun) = (piece.bytes.clone(), piece.with_dashes);
    let (mut last, mut at) = (bytes.start, json::skip_space(text, bytes.start));
    if at >= bytes.end || !may_be_json(&bytes) || text.as_bytes().get(at) != Some(&b'{') {
        return yaml(text, bytes, begun, report);
    }
    while at < bytes.end {
        if *values >= room {
            return Err(Failure::limit(at, LimitKind::Documents));
        }
        match one_json(text, at..bytes.end, report) {
            Ok(end) => (last, at) = (end, json::skip_space(text, end)),
            Err(failure) if *values < 2 && matches!(failure.kind, FailureKind::Syntax(_)) => {
                return yaml(text, after_blank_line(text, last, at)..bytes.end, begun, report).map_err(|_| failure);
            }
            Err(failure) => return Err(failure),
        }
        *values += 1;
    }
    Ok(())
}

/// Without YAML there is no other door for what stands behind a separator.
const fn may_be_json(piece: &Range<usize>) -> bool {
    piece.start == 0 || cfg!(not(feature = "yaml"))
}

/// Where YAML begins after JSON was tried at `at`: behind the first line break, if there is one before that (`consumeWhitespace`).
fn after_blank_line(text: &str, from: usize, at: usize) -> usize {
    text.get(from..at).and_then(|blank| blank.find('\n')).map_or(at, |line_break| from + line_break + 1)
}

fn one_json(text: &str, bytes: Range<usize>, report: &mut Report<'_>) -> Result<usize, Failure> {
    let mut builder = Builder::new(*report.limits());
    let end = json::value(text.get(..bytes.end).unwrap_or_default(), bytes.start, &mut builder)?;
    let (tree, root) = builder.finish();
    if let Some(root) = root {
        object::document(&tree, root, report);
    }
    Ok(end)
}

#[cfg(feature = "yaml")]
fn yaml(text: &str, bytes: Range<usize>, begun: bool, report: &mut Report<'_>) -> Result<(), Failure> {
    let document = super::yaml::document(text, bytes, begun, *report.limits())?;
    if let Some(root) = document.root {
        object::document(&document.tree, root, report);
    }
    if let Some(at) = document.followed_at {
        report.problem_at(at, super::ProblemKind::AfterEnd);
    }
    Ok(())
}

#[cfg(not(feature = "yaml"))]
fn yaml(text: &str, bytes: Range<usize>, _: bool, _: &mut Report<'_>) -> Result<(), Failure> {
    let rest = text.get(bytes.clone()).unwrap_or_default();
    if rest.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(());
    }
    Err(Failure::syntax(bytes.start, "expected JSON, found something else; YAML is read with the feature `yaml`"))
}
