//! The formats of Go that upstream's messages use: `%q` of a string and of a list of strings, `%#v` of a list, JSON strings, several
//! errors as one; and its change of case.
//!
//! Everything here writes into a formatter and allocates nothing. What is quoted, and where, is the business of the rooms that word messages.

use std::fmt::{self, Write};

mod aggregate;
mod case;
mod json;
mod printable;
mod unquote;

pub use unquote::unquote;

pub use aggregate::Aggregate;
pub use json::{JsonString, JsonStrings};

pub(crate) use case::{lower_case, upper_case};

/// Writes a string as Go's `%q` does: in double quotes, with what is not printable escaped (`strconv.Quote`).
///
/// "Printable" is that of Go 1.26, whose tables are Unicode 15.0. Cost: `O(length)`.
///
/// ```
/// use k8s_rbac::quote::Quoted;
/// assert_eq!(Quoted("al\"ice\t\u{a0}é").to_string(), r#""al\"ice\t\u00a0é""#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            write_escaped(f, c)?;
        }
        f.write_char('"')
    }
}

/// Whether Go takes the character for a printable one (`unicode.IsPrint`): letters, marks, numbers, punctuation, symbols and the space.
///
/// ```
/// use k8s_rbac::quote::is_printable;
/// assert!(is_printable('é') && !is_printable('\n'));
/// ```
#[must_use]
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() { matches!(c, ' '..='~') } else { printable::is_printable(c) }
}

/// Writes a list of strings as Go's `%q` does: `["a" "b c"]`, and `[]` for an empty list.
///
/// ```
/// use k8s_rbac::quote::QuotedList;
/// assert_eq!(QuotedList(&["a".to_owned(), "b c".to_owned()]).to_string(), r#"["a" "b c"]"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuotedList<'a, S>(pub &'a [S]);

impl<S: AsRef<str>> fmt::Display for QuotedList<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (i, item) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_char(' ')?;
            }
            Quoted(item.as_ref()).fmt(f)?;
        }
        f.write_char(']')
    }
}

/// Writes a list of strings as Go's `%#v` does: `[]string{"a", "b c"}`.
///
/// ```
/// use k8s_rbac::quote::SourceList;
/// assert_eq!(SourceList(&["a", "b c"]).to_string(), r#"[]string{"a", "b c"}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceList<'a, S>(pub &'a [S]);

impl<S: AsRef<str>> fmt::Display for SourceList<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[]string{")?;
        for (i, item) in self.0.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            Quoted(item.as_ref()).fmt(f)?;
        }
        f.write_str("}")
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '"' => f.write_str("\\\""),
        '\\' => f.write_str("\\\\"),
        '\x07' => f.write_str("\\a"),
        '\x08' => f.write_str("\\b"),
        '\x0c' => f.write_str("\\f"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\x0b' => f.write_str("\\v"),
        ' '..='~' => f.write_char(c),
        '\0'..='\x7f' => write!(f, "\\x{:02x}", u32::from(c)),
        _ if printable::is_printable(c) => f.write_char(c),
        '\0'..='\u{ffff}' => write!(f, "\\u{:04x}", u32::from(c)),
        _ => write!(f, "\\U{:08x}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        let cases = [
            ("", r#""""#),
            ("plain 'x' `y`", r#""plain 'x' `y`""#),
            ("\"\\", r#""\"\\""#),
            ("\x07\x08\x0c\n\r\t\x0b", r#""\a\b\f\n\r\t\v""#),
            ("\0\x1b\x7f", r#""\x00\x1b\x7f""#),
            ("é世\u{fffd}e\u{301}😀", "\"é世\u{fffd}e\u{301}😀\""),
            (
                "\u{80}\u{a0}\u{ad}\u{200b}\u{2028}\u{3000}\u{feff}\u{e000}\u{378}",
                r#""\u0080\u00a0\u00ad\u200b\u2028\u3000\ufeff\ue000\u0378""#,
            ),
            ("\u{e0001}\u{10ffff}", r#""\U000e0001\U0010ffff""#),
        ];
        for (text, quoted) in cases {
            assert_eq!(Quoted(text).to_string(), quoted);
        }
        assert_eq!(QuotedList::<String>(&[]).to_string(), "[]");
    }
}
