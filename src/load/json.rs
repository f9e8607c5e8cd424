//! JSON text to nodes, by the grammar of RFC 8259, without recursion.
//!
//! YAML's readers refuse characters that are legal in JSON strings (U+007F, U+0080, U+FFFF), keys of more than 1,024 characters and
//! surrogate pairs; so JSON is read here. Half a surrogate pair becomes U+FFFD, as in Go.

use std::borrow::Cow;

use super::node::{Builder, Content, Failure};

/// Reads one value from `at` on into the builder. Gives back where it ends.
///
/// Cost: `O(value)`; memory for open lists and maps is bounded by the builder's limits.
pub(super) fn value<'t>(text: &'t str, at: usize, builder: &mut Builder<'t>) -> Result<usize, Failure> {
    let mut reader = Reader { text, at, builder, open: Vec::new() };
    reader.document()?;
    Ok(reader.at)
}

/// Where the next character that is no JSON white space stands.
pub(super) fn skip_space(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

struct Reader<'t, 'b> {
    text: &'t str,
    at: usize,
    builder: &'b mut Builder<'t>,
    /// For each open list or map whether it is a map.
    open: Vec<bool>,
}

impl<'t> Reader<'t, '_> {
    fn document(&mut self) -> Result<(), Failure> {
        loop {
            let mut finished = self.value()?;
            while finished {
                if self.open.is_empty() {
                    return Ok(());
                }
                finished = self.after_value()?;
            }
        }
    }

    /// Reads the beginning of a value; says whether the value is finished, which an open list or map is not.
    fn value(&mut self) -> Result<bool, Failure> {
        self.space();
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.open(true),
            Some(b'[') => self.open(false),
            Some(b'"') => {
                let text = self.string()?;
                self.scalar(start, Content::Text(text))
            }
            Some(b't') => self.word(start, "true", Content::Bool(true)),
            Some(b'f') => self.word(start, "false", Content::Bool(false)),
            Some(b'n') => self.word(start, "null", Content::Null),
            Some(b'-' | b'0'..=b'9') => self.number(start),
            _ => Err(self.unexpected("a JSON value")),
        }
    }

    fn open(&mut self, map: bool) -> Result<bool, Failure> {
        let start = self.at;
        self.at += 1;
        self.builder.open(position(start), map).map_err(|limit| Failure::limit(start, limit))?;
        self.open.push(map);
        self.space();
        if self.peek() == Some(if map { b'}' } else { b']' }) {
            self.at += 1;
            return self.close();
        }
        if map { self.key().map(|()| false) } else { Ok(false) }
    }

    fn close(&mut self) -> Result<bool, Failure> {
        self.open.pop();
        self.builder.close(position(self.at)).map_err(|limit| Failure::limit(self.at, limit))?;
        Ok(true)
    }

    /// Reads what follows an element or entry; says whether the list or map is finished with it.
    fn after_value(&mut self) -> Result<bool, Failure> {
        self.space();
        let map = self.open.last().copied().unwrap_or_default();
        match (self.peek(), map) {
            (Some(b','), true) => {
                self.at += 1;
                self.space();
                self.key().map(|()| false)
            }
            (Some(b','), false) => {
                self.at += 1;
                Ok(false)
            }
            (Some(b'}'), true) | (Some(b']'), false) => {
                self.at += 1;
                self.close()
            }
            (_, true) => Err(self.unexpected("`,` or `}`")),
            (_, false) => Err(self.unexpected("`,` or `]`")),
        }
    }

    fn key(&mut self) -> Result<(), Failure> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        self.scalar(start, Content::Text(key))?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, start: usize, word: &str, content: Content<'t>) -> Result<bool, Failure> {
        if !self.rest().starts_with(word) {
            return Err(self.unexpected("a JSON value"));
        }
        self.at += word.len();
        self.scalar(start, content)
    }

    fn scalar(&mut self, start: usize, content: Content<'t>) -> Result<bool, Failure> {
        let added = self.builder.scalar(position(start), position(self.at), content);
        added.map(|_| true).map_err(|limit| Failure::limit(start, limit))
    }

    fn number(&mut self, start: usize) -> Result<bool, Failure> {
        self.skip(b'-');
        if !self.skip(b'0') {
            self.digits()?;
        }
        let mut whole = true;
        if self.skip(b'.') {
            whole = false;
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            whole = false;
            let _ = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        self.scalar(start, number(text, whole))
    }

    fn digits(&mut self) -> Result<(), Failure> {
        let count = self.bytes().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<Cow<'t, str>, Failure> {
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        loop {
            let plain = self.bytes().iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\').count();
            let run = self.text.get(self.at..self.at + plain).unwrap_or_default();
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    let whole = self.text.get(start..self.at - 1).unwrap_or_default();
                    return Ok(owned.map_or(Cow::Borrowed(whole), |text| Cow::Owned(text + run)));
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(run);
                    let escaped = self.escape()?;
                    owned.get_or_insert_default().push(escaped);
                }
                _ => return Err(self.unexpected("`\"` at the end of the string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Failure> {
        let start = self.at;
        let letter = self.bytes().get(1).copied();
        self.at += 2;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => return Err(Failure::syntax(start, "expected one of the escapes of JSON, found another")),
        })
    }

    fn unicode(&mut self, start: usize) -> Result<char, Failure> {
        let bad = || Failure::syntax(start, "expected four hexadecimal digits after `\\u`, found none");
        let first = self.hex().ok_or_else(bad)?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let before = self.at;
        if (0xd800..0xdc00).contains(&first) && self.skip(b'\\') && self.skip(b'u') {
            let second = self.hex().ok_or_else(bad)?;
            if (0xdc00..0xe000).contains(&second) {
                let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.at = before;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn skip(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn space(&mut self) {
        self.at = skip_space(self.text, self.at);
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn unexpected(&self, expected: &str) -> Failure {
        let found = match self.rest().chars().next() {
            Some(found) => format!("{found:?}"),
            None => "the end".to_owned(),
        };
        Failure::syntax(self.at, format!("expected {expected}, found {found}"))
    }
}

fn number(text: &str, whole: bool) -> Content<'static> {
    if whole {
        if let Ok(value) = text.parse() {
            return Content::Int(value);
        }
        if let Ok(value) = text.parse() {
            return Content::Uint(value);
        }
    }
    Content::Decimal(text.parse().unwrap_or(f64::INFINITY))
}

/// A text of this length was let in, so its offsets fit.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
