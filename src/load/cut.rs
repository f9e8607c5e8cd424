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

/// The pieces of a text, in order; a byte order mark at its start is left out.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece> + '_ {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut next = Some(if is_separator(text, at) {
        after_separator(text, at, true)
    } else {
        Piece { bytes: at..at, behind_dashes: None, with_dashes: false }
    });
    std::iter::from_fn(move || {
        let mut piece = next.take()?;
        let end = next_separator(text, piece.bytes.start);
        piece.bytes.end = end.unwrap_or(text.len());
        let waiting = piece.with_dashes || !piece.bytes.is_empty();
        next = end.map(|end| after_separator(text, end, !waiting));
        Some(piece)
    })
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
        pieces(text).map(|piece| (part(piece.bytes), piece.behind_dashes.map(part))).collect()
    }

    #[test]
    fn a_stream_is_cut_at_lines_of_dashes() {
        assert_eq!(cut("a\n---\nb"), [("a\n", None), ("b", None)]);
        assert_eq!(cut("---\na\n--- # x\nb\n---"), [("a\n", None), ("b\n", None), ("", None)]);
        assert_eq!(cut("\u{feff}---\r\na\r\n---\r\nb"), [("a\r\n", None), ("b", None)]);
        assert_eq!(cut("--- a\nb\n---x\n"), [("b\n", Some("a")), ("", Some("x"))]);
        assert_eq!(cut("---\n---\n---\n"), [("", None), ("", None), ("", None)]);
        assert_eq!(cut(" ---\na: |\n  ---\n"), [(" ---\na: |\n  ---\n", None)]);
        assert_eq!(cut(""), [("", None)]);
    }
}
