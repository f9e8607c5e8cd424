//! The text of a page before it is aligned, and how characters that would reach a terminal as commands are shown.

use std::borrow::Cow;
use std::fmt;

use super::{Columns, Error, Style};
use crate::version::{Behaviour, KubeVersion};

/// The cell for what is not there.
pub(super) const NONE: &str = "<none>";

/// A page of `describe`: two blanks between columns.
pub(super) struct Page {
    columns: Columns,
    escape: bool,
}

impl Page {
    pub(super) fn new(version: KubeVersion) -> Self {
        let style = Style { min_width: 0, padding: 2, remember: false };
        Self { columns: Columns::new(style), escape: version.has(Behaviour::KubectlEscapesTerminal) }
    }

    pub(super) fn put(&mut self, text: fmt::Arguments<'_>) {
        let text = text.to_string();
        let shown = if self.escape { escape(&text) } else { Cow::Borrowed(text.as_str()) };
        self.columns.push(&shown);
    }

    /// A line of a title and a value.
    pub(super) fn field(&mut self, title: &str, value: &str) {
        self.put(format_args!("{title}:\t{value}\n"));
    }

    pub(super) fn finish(self) -> Result<String, Error> {
        self.columns.finish()
    }
}

/// Shows ESC and CR as text (`cli-runtime/pkg/printers/terminal.go`).
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['\x1b', '\r']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\x1b', "^[").replace('\r', "\\r"))
}

/// The first bytes of a text. A character that is cut apart gives a replacement character for each of its bytes, as Go reads it.
pub(super) fn cut(text: &str, bytes: usize) -> Cow<'_, str> {
    let whole = (0..=bytes).rev().find_map(|at| text.get(..at)).unwrap_or(text);
    let broken = bytes.min(text.len()) - whole.len();
    if broken == 0 {
        return Cow::Borrowed(whole);
    }
    Cow::Owned(whole.chars().chain(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, broken)).collect())
}

/// Bytes as text, with a replacement character for each byte that is part of no character.
pub(super) fn lossy(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_may_fall_into_a_character() {
        assert_eq!(cut("aé", 5), "aé");
        assert_eq!(cut("aéb", 3), "aé");
        assert_eq!(cut("aé", 2), "a\u{fffd}");
        assert_eq!(cut("ログ", 5), "ロ\u{fffd}\u{fffd}");
    }

    #[test]
    fn terminal_commands_are_shown_as_text() {
        assert_eq!(escape("a\x1b[1m\rb"), "a^[[1m\\rb");
    }
}
