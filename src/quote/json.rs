//! JSON strings as Go's `encoding/json` writes them.

use std::fmt::{self, Write};

/// Writes a string as Go's `json.Marshal` does, where `<`, `>` and `&` are escaped.
///
/// Cost: `O(length)`.
///
/// ```
/// use k8s_rbac::quote::JsonString;
/// assert_eq!(JsonString("a<\"é\n\u{1}").to_string(), r#""a\u003c\"é\n\u0001""#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JsonString<'a>(pub &'a str);

impl fmt::Display for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\x08' => f.write_str("\\b")?,
                '\x0c' => f.write_str("\\f")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => write!(f, "\\u{:04x}", u32::from(c))?,
                _ => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Writes a list of strings as Go's `json.Marshal` does: `["a","b"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JsonStrings<'a, S>(pub &'a [S]);

impl<S: AsRef<str>> fmt::Display for JsonStrings<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (i, item) in self.0.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { "," })?;
            JsonString(item.as_ref()).fmt(f)?;
        }
        f.write_char(']')
    }
}
