//! One piece of a stream to documents: as JSON where it begins like JSON, else as YAML.

use std::ops::Range;

use super::json;
use super::node::{Builder, Failure, FailureKind};
use super::object;
use super::read::Report;

/// Reads a piece of the text into the report.
///
/// JSON values may follow one another, as in Go's `json.Decoder`. What begins like JSON and is none is read as YAML, whose flow style
/// looks alike; of two failures that of JSON is told.
pub(super) fn piece(bytes: Range<usize>, report: &mut Report<'_>) {
    let text = report.text();
    let start = json::skip_space(text, bytes.start);
    if start >= bytes.end {
        return;
    }
    if text.as_bytes().get(start) != Some(&b'{') {
        return report_failure(yaml(bytes, report), report);
    }
    let mut at = start;
    while at < bytes.end {
        match one_json(at..bytes.end, report) {
            Ok(end) => at = json::skip_space(text, end),
            Err(failure) if at == start && matches!(failure.kind, FailureKind::Syntax(_)) => {
                let read = yaml(bytes, report).map_err(|_| failure);
                return report_failure(read, report);
            }
            Err(failure) => return report_failure(Err(failure), report),
        }
    }
}

fn report_failure(read: Result<(), Failure>, report: &mut Report<'_>) {
    if let Err(failure) = read {
        report.failure(failure);
    }
}

fn one_json(bytes: Range<usize>, report: &mut Report<'_>) -> Result<usize, Failure> {
    let mut builder = Builder::new(*report.limits());
    let text = report.text().get(..bytes.end).unwrap_or_default();
    let end = json::value(text, bytes.start, &mut builder)?;
    let (tree, root) = builder.finish();
    if let Some(root) = root {
        object::document(&tree, root, report);
    }
    Ok(end)
}

#[cfg(feature = "yaml")]
fn yaml(bytes: Range<usize>, report: &mut Report<'_>) -> Result<(), Failure> {
    let document = super::yaml::document(report.text(), bytes, *report.limits())?;
    if let Some(root) = document.root {
        object::document(&document.tree, root, report);
    }
    if let Some(at) = document.followed_at {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        report.problem((at, at), "", super::ProblemKind::AfterEnd);
    }
    Ok(())
}

#[cfg(not(feature = "yaml"))]
fn yaml(bytes: Range<usize>, report: &mut Report<'_>) -> Result<(), Failure> {
    let text = report.text();
    let rest = text.get(bytes.clone()).unwrap_or_default();
    if rest.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(());
    }
    Err(Failure::syntax(bytes.start, "expected JSON, found something else; YAML is read with the feature `yaml`"))
}
