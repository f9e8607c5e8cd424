//! A stream cut into documents before any is parsed, as `apimachinery/pkg/util/yaml` cuts it: at lines that begin with `---`.

use std::ops::Range;

/// A stretch of the text between two separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands in the text.
    pub(super) bytes: Range<usize>,
    /// What stands after the dashes of the separator before it, where that is neither blank nor a comment. Kubernetes' reader refuses it;
    /// YAML takes it for the beginning of the document.
    pub(super) behind_dashes: Option<Range<usize>>,
    /// Whether Kubernetes' reader hands on the separator before it with it: it does that where nothing was waiting to be handed on.
    pub(super) with_dashes: bool,
}

/// The pieces of what stands in a text from `at` on, in order: behind JSON that it begins with, where a reader that knows no JSON takes over.
pub(super) fn pieces(text: &str, at: usize) -> impl Iterator<Item = Piece> + '_ {
    let mut next = Some(if is_separator(text, at) {
        (at, after_separator(text, at, true))
    } else {
        (at, Piece { bytes: at..at, behind_dashes: None, with_dashes: false })
    });
    std::iter::from_fn(move || {
        let (dashes, mut piece) = next.take()?;
        let end = next_separator(text, piece.bytes.start);
        piece.bytes.end = end.unwrap_or(text.len());
        let waiting = piece.with_dashes || !piece.bytes.is_empty();
        next = end.map(|end| (end, after_separator(text, end, !waiting)));
        Some(if piece.with_dashes && runs_on(text, dashes) { with_its_dashes(dashes, piece) } else { piece })
    })
}

/// Where the first piece of a text ends.
pub(super) fn first_end(text: &str) -> usize {
    next_separator(text, 0).unwrap_or(text.len())
}

/// Whether dashes, which Kubernetes' reader takes for a separator, are the beginning of a word to YAML.
fn runs_on(text: &str, dashes: usize) -> bool {
    let behind = text.get(dashes + 3..).and_then(|rest| rest.chars().next());
    behind.is_some_and(|behind| !matches!(behind, ' ' | '\t' | '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'))
}

fn with_its_dashes(dashes: usize, piece: Piece) -> Piece {
    Piece { bytes: dashes..piece.bytes.end, with_dashes: false, ..piece }
}

fn is_separator(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with("---"))
}

/// Where the next line that begins with three dashes begins. The line at `from` itself is not looked at, unless it is one.
fn next_separator(text: &str, from: usize) -> Option<usize> {
    if is_separator(text, from) && starts_line(text, from) {
        return Some(from);
    }
    text.get(from..)?.find("\n---").map(|at| from + at + 1)
}

fn starts_line(text: &str, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| text.as_bytes().get(before) == Some(&b'\n'))
}

/// The beginning of the piece after a separator.
fn after_separator(text: &str, at: usize, with_dashes: bool) -> Piece {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.find('\n').map_or(rest, |end| rest.get(..end).unwrap_or(rest));
    let behind = line.get(3..).unwrap_or_default();
    let found = behind.trim();
    let start = at + 3 + (behind.len() - behind.trim_start().len());
    let next = (at + line.len() + 1).min(text.len());
    let refused = !found.is_empty() && !found.starts_with('#');
    Piece { bytes: next..next, behind_dashes: refused.then(|| start..start + found.len()), with_dashes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(&str, Option<&str>)> {
        let part = |bytes| text.get(bytes).unwrap();
        pieces(text, 0).map(|piece| (part(piece.bytes), piece.behind_dashes.map(part))).collect()
    }

    #[test]
    fn a_stream_is_cut_at_lines_of_dashes() {
        assert_eq!(cut("a\n---\nb"), [("a\n", None), ("b", None)]);
        assert_eq!(cut("---\na\n--- # x\nb\n---"), [("a\n", None), ("b\n", None), ("", None)]);
        assert_eq!(cut("\u{feff}---\r\na\r\n---\r\nb"), [("\u{feff}---\r\na\r\n", None), ("b", None)]);
        assert_eq!(cut("---#\na\n---#\nb\n---\n---#\nc"), [("---#\na\n", None), ("b\n", None), ("", None), ("---#\nc", None)]);
        assert_eq!(cut("--- a\nb\n---x\n"), [("b\n", Some("a")), ("", Some("x"))]);
        assert_eq!(cut("---\n---\n---\n"), [("", None), ("", None), ("", None)]);
        assert_eq!(cut(" ---\na: |\n  ---\n"), [(" ---\na: |\n  ---\n", None)]);
        assert_eq!(cut(""), [("", None)]);
    }
}
