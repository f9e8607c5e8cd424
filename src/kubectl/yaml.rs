//! Trees as YAML in the style of `go.yaml.in/yaml/v2`, which kubectl prints through `sigs.k8s.io/yaml`.
//!
//! Models `emitterc.go` (layout), `encode.go` (styles) and `sorter.go` (the order of keys). What a plain scalar is read back as stands in
//! [`super::scalar`].

use std::cmp::Ordering;

use super::scalar::{self, Scalar, Style};
use crate::model::Value;

/// The column after which a line is broken at the next blank.
const BEST_WIDTH: usize = 80;
/// The longest key, in bytes, that is written in front of its colon; longer ones get a line of their own.
const MAX_SIMPLE_KEY: usize = 128;

/// The tree as a document. Timestamps are quoted where a plain one is read as a time and not as a string.
pub(super) fn text(value: &Value, quotes_timestamps: bool) -> String {
    let mut emitter = Emitter { text: String::new(), column: 0, after_blank: true, at_indent: true, quotes_timestamps };
    emitter.node(value, Place { indent: None, in_map: false });
    emitter.indent(0);
    emitter.text
}

/// Where a node stands: the indentation of the collection around it, and whether that is a map.
#[derive(Clone, Copy)]
struct Place {
    indent: Option<usize>,
    in_map: bool,
}

impl Place {
    /// The indentation of what is inside the node.
    fn inner(self) -> usize {
        self.indent.map_or(0, |indent| indent + 2)
    }
}

/// The state of upstream's emitter as far as it decides about blanks and line ends.
struct Emitter {
    text: String,
    column: usize,
    /// Whether a blank, or what stands for one, was written last.
    after_blank: bool,
    /// Whether nothing but indentation and indicators were written on this line.
    at_indent: bool,
    quotes_timestamps: bool,
}

impl Emitter {
    fn node(&mut self, value: &Value, place: Place) {
        match value {
            Value::Null => self.plain("null", place, true),
            Value::Bool(true) => self.plain("true", place, true),
            Value::Bool(false) => self.plain("false", place, true),
            Value::Int(value) => self.plain(&value.to_string(), place, true),
            Value::Uint(value) => self.plain(&value.to_string(), place, true),
            Value::Float(value) => self.plain(&value.to_string(), place, true),
            Value::String(value) => self.string(value, place, false),
            Value::List(items) if items.is_empty() => self.indicator("[]", true, false, false),
            Value::Map(entries) if entries.is_empty() => self.indicator("{}", true, false, false),
            Value::List(items) => self.list(items, place),
            Value::Map(entries) => self.map(entries, place),
        }
    }

    fn list(&mut self, items: &[Value], place: Place) {
        let indentless = place.in_map && !self.at_indent;
        let indent = if indentless { place.indent.unwrap_or(0) } else { place.inner() };
        for item in items {
            self.indent(indent);
            self.indicator("-", true, false, true);
            self.node(item, Place { indent: Some(indent), in_map: false });
        }
    }

    fn map(&mut self, entries: &std::collections::BTreeMap<String, Value>, place: Place) {
        let indent = place.inner();
        let inside = Place { indent: Some(indent), in_map: true };
        for (key, value) in sorted(entries.iter().collect()) {
            self.indent(indent);
            if key.len() <= MAX_SIMPLE_KEY && !key.contains(scalar::is_break) {
                self.string(key, inside, true);
                self.indicator(":", false, false, false);
            } else {
                self.indicator("?", true, false, true);
                self.string(key, inside, false);
                self.indent(indent);
                self.indicator(":", true, false, true);
            }
            self.node(value, inside);
        }
    }

    /// A string in the style that keeps it one; `key` is whether it stands in front of a colon, where it may not break.
    fn string(&mut self, value: &str, place: Place, key: bool) {
        let value = &*scalar::read_from_json(value);
        match Scalar::of(value).style(key, self.quotes_timestamps) {
            Style::Plain => self.plain(value, place, !key),
            Style::SingleQuoted => self.single_quoted(value, place, !key),
            Style::DoubleQuoted => self.double_quoted(value, place, !key),
            Style::Literal => self.literal(value, place),
        }
    }

    fn plain(&mut self, value: &str, place: Place, breaks: bool) {
        if !self.after_blank {
            self.put(' ');
        }
        self.folded(value, place, breaks, |emitter, c| emitter.put(c));
        self.after_blank = false;
        self.at_indent = false;
    }

    fn single_quoted(&mut self, value: &str, place: Place, breaks: bool) {
        self.indicator("'", true, false, false);
        self.folded(value, place, breaks, |emitter, c| {
            if c == '\'' {
                emitter.put('\'');
            }
            emitter.put(c);
        });
        self.indicator("'", false, false, false);
    }

    /// Writes text whose lines are broken at single blanks beyond the width, and whose own line ends are doubled.
    fn folded(&mut self, value: &str, place: Place, breaks: bool, put: impl Fn(&mut Self, char)) {
        let mut after = After::Text;
        let mut rest = value.chars().peekable();
        let mut first = true;
        while let Some(c) = rest.next() {
            let next = rest.peek().copied();
            match c {
                ' ' if breaks
                    && after != After::Blank
                    && self.column > BEST_WIDTH
                    && !first
                    && !matches!(next, None | Some(' ')) =>
                {
                    self.indent(place.inner());
                    after = After::Blank;
                }
                ' ' => {
                    self.put(' ');
                    after = After::Blank;
                }
                _ if scalar::is_break(c) => {
                    if after != After::Break && c == '\n' {
                        self.break_line();
                    }
                    self.put_break(c);
                    self.at_indent = true;
                    after = After::Break;
                }
                _ => {
                    if after == After::Break {
                        self.indent(place.inner());
                    }
                    put(self, c);
                    self.at_indent = false;
                    after = After::Text;
                }
            }
            first = false;
        }
    }

    fn double_quoted(&mut self, value: &str, place: Place, breaks: bool) {
        self.indicator("\"", true, false, false);
        let escape_all = value.starts_with('\u{feff}');
        let mut after_blank = false;
        let mut rest = value.chars().peekable();
        let mut first = true;
        while let Some(c) = rest.next() {
            if escape_all || scalar::is_escaped(c) {
                self.put_all(&scalar::escape(c));
                after_blank = false;
            } else if c == ' ' {
                let may_break = breaks && !after_blank && self.column > BEST_WIDTH && !first;
                match rest.peek() {
                    Some(next) if may_break => {
                        self.indent(place.inner());
                        if *next == ' ' {
                            self.put('\\');
                        }
                    }
                    _ => self.put(' '),
                }
                after_blank = true;
            } else {
                self.put(c);
                after_blank = false;
            }
            first = false;
        }
        self.indicator("\"", false, false, false);
    }

    fn literal(&mut self, value: &str, place: Place) {
        self.indicator("|", true, false, false);
        if value.starts_with(' ') || value.starts_with(scalar::is_break) {
            self.indicator("2", false, false, false);
        }
        self.put_all(scalar::chomping(value));
        self.break_line();
        self.at_indent = true;
        self.after_blank = true;
        let mut broken = true;
        for c in value.chars() {
            if scalar::is_break(c) {
                self.put_break(c);
                self.at_indent = true;
                broken = true;
            } else {
                if std::mem::replace(&mut broken, false) {
                    self.indent(place.inner());
                }
                self.put(c);
                self.at_indent = false;
            }
        }
    }

    fn indicator(&mut self, text: &str, needs_blank: bool, is_blank: bool, keeps_indent: bool) {
        if needs_blank && !self.after_blank {
            self.put(' ');
        }
        self.put_all(text);
        self.after_blank = is_blank;
        self.at_indent = self.at_indent && keeps_indent;
    }

    /// Goes to this column, on a new line unless the line has nothing but indentation up to it.
    fn indent(&mut self, indent: usize) {
        if !self.at_indent || self.column > indent || (self.column == indent && !self.after_blank) {
            self.break_line();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_blank = true;
        self.at_indent = true;
    }

    fn break_line(&mut self) {
        self.put_break('\n');
    }

    fn put_break(&mut self, c: char) {
        self.text.push(c);
        self.column = 0;
    }

    fn put(&mut self, c: char) {
        self.text.push(c);
        self.column += 1;
    }

    fn put_all(&mut self, text: &str) {
        text.chars().for_each(|c| self.put(c));
    }
}

type Entry<'a> = (&'a String, &'a Value);

/// What was written before a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Text,
    Blank,
    Break,
}

/// Sorts by [`key_order`], which is not proven to be a total order as the standard library asks for.
fn sorted<'a>(mut entries: Vec<Entry<'a>>) -> Vec<Entry<'a>> {
    if entries.len() < 2 {
        return entries;
    }
    let right = sorted(entries.split_off(entries.len() / 2));
    let left = sorted(entries);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
        merged.extend(if key_order(a, b).is_gt() { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// The order of keys: letters after other characters, numbers by their value.
fn key_order(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (Some(x), Some(y)) = (a.get(same), b.get(same)) else {
        return a.len().cmp(&b.len());
    };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => x.cmp(y),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            // A zero that continues a number is as significant as any digit; in front of one it is not.
            let continued = (*x == '0' || *y == '0') && follows_number(a.get(..same).unwrap_or_default());
            let start = i64::from(continued);
            let (an, bn) = (number(&a, same, start), number(&b, same, start));
            an.cmp(&bn).then(x.cmp(y))
        }
    }
}

/// Whether the text ends in digits that are not all zero.
fn follows_number(text: &[char]) -> bool {
    text.iter().rev().take_while(|c| c.is_numeric()).any(|c| *c != '0')
}

/// The value and the end of the digits from a place on.
fn number(text: &[char], from: usize, start: i64) -> (i64, usize) {
    let digits = text.iter().skip(from).take_while(|c| c.is_numeric());
    digits.fold((start, from), |(value, end), digit| {
        let digit = i64::from(u32::from(*digit)) - i64::from(u32::from('0'));
        (value.wrapping_mul(10).wrapping_add(digit), end + 1)
    })
}
