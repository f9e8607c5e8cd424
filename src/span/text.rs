//! A text with a name, and lines and columns of its bytes.

use std::ops::Range;
use std::sync::Arc;

use super::{Place, Position, Span};

/// Bytes between two remembered character counts.
const STRIDE: usize = 128;

/// A text that was read, with the name that the caller gave it.
///
/// Turns byte offsets to lines and columns at a cost that does not grow with the length of a line.
///
/// ```
/// use k8s_rbac::span::SourceText;
/// let text = SourceText::new("a.yaml", "größe: 1\nname: x\n");
/// let name = text.span(text.text().find("name").unwrap()..text.text().len());
/// assert_eq!((name.start.line, name.start.column), (2, 1));
/// assert_eq!(text.position(text.text().find('1').unwrap()).column, 8);
/// assert_eq!(text.line(2), Some("name: x"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceText {
    name: Arc<str>,
    text: Box<str>,
    lines: Box<[usize]>,
    /// Characters before every `STRIDE`-th byte; empty where every character is one byte.
    characters: Box<[usize]>,
}

impl SourceText {
    /// A text and its name. Cost: `O(text)`.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let lines =
            std::iter::once(0).chain(text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(at, _)| at + 1)).collect();
        let characters = if text.is_ascii() { Box::default() } else { count_characters(text.as_bytes()) };
        Self { name: name.into(), text, lines, characters }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The text.
    #[must_use]
    pub const fn text(&self) -> &str {
        &self.text
    }

    /// The line, from 1, without its line break.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = *self.lines.get(index)?;
        let end = self.lines.get(index + 1).map_or(self.text.len(), |next| next - 1);
        self.text.get(start..end).map(|line| line.strip_suffix('\r').unwrap_or(line))
    }

    /// The line and column of a byte. Cost: `O(log lines)`.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|&start| start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(0);
        let column = 1 + self.characters_before(offset) - self.characters_before(start);
        Position { offset, line: saturating(line), column: saturating(column) }
    }

    /// The lines and columns of a range of bytes. Cost: `O(log lines)`.
    #[must_use]
    pub fn span(&self, bytes: Range<usize>) -> Span {
        Span { start: self.position(bytes.start), end: self.position(bytes.end) }
    }

    /// The place of a range of bytes. Cost: `O(log lines)`.
    #[must_use]
    pub fn place(&self, bytes: Range<usize>) -> Place {
        Place { source: Arc::clone(&self.name), span: self.span(bytes) }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let Some(&counted) = self.characters.get(offset / STRIDE) else {
            return offset;
        };
        let rest = self.text.as_bytes().get(offset / STRIDE * STRIDE..offset).unwrap_or_default();
        counted + rest.iter().filter(|&&byte| starts_character(byte)).count()
    }
}

fn count_characters(text: &[u8]) -> Box<[usize]> {
    let mut before = 0;
    let mut counts = Vec::with_capacity(text.len() / STRIDE + 2);
    for chunk in text.chunks(STRIDE) {
        counts.push(before);
        before += chunk.iter().filter(|&&byte| starts_character(byte)).count();
    }
    counts.push(before);
    counts.into()
}

const fn starts_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

fn saturating(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_counting_characters() {
        for line in ["plain ", "grüße ✓ 𝄞 "] {
            let text = format!("{}\r\n{}", line.repeat(70), line.repeat(90));
            let source = SourceText::new("t", text.as_str());
            for (offset, _) in text.char_indices() {
                let before = text.get(..offset).unwrap();
                let start = before.rfind('\n').map_or(0, |at| at + 1);
                let position = source.position(offset);
                assert_eq!(position.column as usize, 1 + text.get(start..offset).unwrap().chars().count(), "{offset}");
                assert_eq!(position.line as usize, 1 + before.matches('\n').count(), "{offset}");
            }
        }
    }

    #[test]
    fn lines_have_no_line_breaks() {
        let source = SourceText::new("t", "a\r\nb\n\nc");
        assert_eq!([0, 1, 2, 3, 4, 5].map(|n| source.line(n)), [None, Some("a"), Some("b"), Some(""), Some("c"), None]);
    }
}
