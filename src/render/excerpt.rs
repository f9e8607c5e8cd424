//! Source lines with what is meant underlined.

use std::fmt;

use super::{Diagnostic, Mark};
use crate::span::{Place, SourceText};

/// Characters shown before the place, of the place, and after it.
const BEFORE: usize = 60;
const MARKED: usize = 60;
const AFTER: usize = 40;

impl fmt::Display for Diagnostic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.level, self.message)?;
        let lines = std::iter::once(&self.main).chain(&self.others).map(|mark| mark.place.span.start.line);
        let margin = lines.max().unwrap_or(1).to_string().len();
        write_mark(f, &self.main, margin, "-->", '^')?;
        for mark in &self.others {
            write_mark(f, mark, margin, ":::", '-')?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{:margin$} = {note}", ""))
    }
}

fn write_mark(f: &mut fmt::Formatter<'_>, mark: &Mark<'_>, margin: usize, arrow: &str, under: char) -> fmt::Result {
    writeln!(f, "{:margin$}{arrow} {}", "", mark.place)?;
    let Some(window) = mark.text.and_then(|text| Window::of(text, mark.place)) else {
        return Ok(());
    };
    writeln!(f, "{:margin$} |", "")?;
    writeln!(f, "{:<margin$} | {}{}{}", mark.place.span.start.line, window.before, window.marked, window.after)?;
    let indent = window.before.chars().count();
    let length = window.marked.chars().count().max(1);
    let line = format!("{:margin$} | {:indent$}{} {}", "", "", under.to_string().repeat(length), mark.label);
    writeln!(f, "{}", line.trim_end())
}

/// The part of a line around a place.
struct Window {
    before: String,
    marked: String,
    after: String,
}

impl Window {
    fn of(text: &SourceText, place: &Place) -> Option<Self> {
        let (start, end) = (place.span.start.offset, place.span.end.offset);
        let whole = text.text();
        let (head, tail) = whole.split_at_checked(start)?;
        let marked = whole.get(start..end.max(start))?;
        let before = shown(head.chars().rev(), BEFORE);
        let shown_marked = shown(marked.chars(), MARKED);
        let after = if shown_marked.0.chars().count() == marked.chars().take(MARKED + 1).count() {
            shown(tail.get(marked.len()..)?.chars(), AFTER)
        } else {
            (String::new(), shown_marked.1)
        };
        let mut left: String = before.0.chars().rev().collect();
        if before.1 {
            left.insert(0, '…');
        }
        let cut = if after.1 { "…" } else { "" };
        Some(Self { before: left, marked: shown_marked.0, after: after.0 + cut })
    }
}

/// Characters up to the end of the line, at most so many, and whether there are more in the line.
fn shown(characters: impl Iterator<Item = char>, most: usize) -> (String, bool) {
    let mut line = characters.take_while(|c| !matches!(c, '\n' | '\r')).map(printable);
    let shown = line.by_ref().take(most).collect();
    (shown, line.next().is_some())
}

fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '·',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Level;

    fn rendered(text: &str, bytes: std::ops::Range<usize>) -> String {
        let text = SourceText::new("t", text);
        let place = text.place(bytes);
        let main = Mark { place: &place, text: Some(&text), label: "" };
        Diagnostic { level: Level::Error, message: "m", main, others: Vec::new(), notes: vec!["n".to_owned()] }.to_string()
    }

    #[test]
    fn the_place_is_underlined() {
        assert_eq!(rendered("a: é\tb\r\nc", 3..7), "error: m\n --> t:1:4\n  |\n1 | a: é b\n  |    ^^^\n  = n\n");
    }

    #[test]
    fn long_lines_are_cut() {
        let text = format!("{}HERE{}", "é".repeat(5000), "b".repeat(5000));
        let shown = rendered(&text, 10_000..10_004);
        assert!(shown.contains("…ééé") && shown.contains("éHEREb") && shown.contains("b…\n"), "{shown}");
        assert!(shown.len() < 700, "{}", shown.len());
        assert!(rendered(&text, 0..text.len()).len() < 500);
    }

    #[test]
    fn a_place_of_several_lines_is_underlined_in_its_first() {
        assert_eq!(rendered("ab\ncd\nef", 1..7), "error: m\n --> t:1:2\n  |\n1 | ab\n  |  ^\n  = n\n");
        assert_eq!(rendered("ab\n", 3..3), "error: m\n --> t:2:1\n  |\n2 | \n  | ^\n  = n\n");
    }
}
