//! Whether bytes are a JSON object, in the words of Go's `encoding/json`: the server checks the image pull secrets so.
//!
//! Models `encoding/json/scanner.go` and the type errors of `decode.go` for a `map[string]interface{}`. Nothing is kept of the value.

use crate::quote::Quoted;

const MAX_DEPTH: usize = 10_000;
const CUT_OFF: &str = "unexpected end of JSON input";

/// What `json.Unmarshal` says of the text as an object; nothing if it is one, or `null`. Cost: `O(length)`.
pub(super) fn object_problem(text: &[u8]) -> Option<String> {
    let mut scanner = Scanner { step: Step::BeginValue, open: Vec::new(), number: Vec::new(), overflow: None };
    // The end of the text is a space to the scanner, by which it sees the end of a number.
    for byte in text.iter().copied().chain([b' ']) {
        if let Err(problem) = scanner.take(byte) {
            return Some(problem);
        }
    }
    if !matches!(scanner.step, Step::EndTop) {
        return Some(CUT_OFF.to_owned());
    }
    let found = match text.iter().find(|byte| !is_space(**byte))? {
        b'{' => return scanner.overflow.map(|number| type_problem(&format!("number {number}"), "float64")),
        b'n' => return None,
        b'[' => "array",
        b'"' => "string",
        b't' | b'f' => "bool",
        _ => "number",
    };
    Some(type_problem(found, "map[string]interface {}"))
}

fn type_problem(found: &str, expected: &str) -> String {
    format!("json: cannot unmarshal {found} into Go value of type {expected}")
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// What may come next; the names are those of the scanner's functions.
#[derive(Clone, Copy)]
enum Step {
    BeginValueOrEmpty,
    BeginValue,
    BeginStringOrEmpty,
    BeginString,
    EndValue,
    EndTop,
    InString,
    Escape,
    Hex(u8),
    Negative,
    Digits,
    Zero,
    Dot,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
    /// A literal and how many of its bytes were seen.
    Word(&'static str, usize),
}

/// What is open around the place.
#[derive(Clone, Copy)]
enum Open {
    ObjectKey,
    ObjectValue,
    Array,
}

struct Scanner {
    step: Step,
    open: Vec<Open>,
    /// The number under way.
    number: Vec<u8>,
    /// The first number that no `float64` holds.
    overflow: Option<String>,
}

impl Scanner {
    fn take(&mut self, byte: u8) -> Result<(), String> {
        match self.step {
            Step::BeginValueOrEmpty if byte == b']' => self.end_value(byte),
            Step::BeginStringOrEmpty if byte == b'}' => {
                self.replace_open(Open::ObjectValue);
                self.end_value(byte)
            }
            Step::BeginValueOrEmpty | Step::BeginValue => self.begin_value(byte),
            Step::BeginStringOrEmpty | Step::BeginString => self.begin_string(byte),
            Step::EndValue => self.end_value(byte),
            Step::EndTop if is_space(byte) => Ok(()),
            Step::EndTop => Err(unexpected(byte, "after top-level value")),
            Step::InString | Step::Escape | Step::Hex(_) => self.in_string(byte),
            Step::Word(word, seen) => self.in_word(byte, word, seen),
            _ => self.in_number(byte),
        }
    }

    fn go(&mut self, step: Step) -> Result<(), String> {
        self.step = step;
        Ok(())
    }

    fn begin_value(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            _ if is_space(byte) => Ok(()),
            b'{' => self.push(byte, Open::ObjectKey, Step::BeginStringOrEmpty),
            b'[' => self.push(byte, Open::Array, Step::BeginValueOrEmpty),
            b'"' => self.go(Step::InString),
            b't' => self.go(Step::Word("true", 1)),
            b'f' => self.go(Step::Word("false", 1)),
            b'n' => self.go(Step::Word("null", 1)),
            b'-' => self.begin_number(byte, Step::Negative),
            b'0' => self.begin_number(byte, Step::Zero),
            b'1'..=b'9' => self.begin_number(byte, Step::Digits),
            _ => Err(unexpected(byte, "looking for beginning of value")),
        }
    }

    fn begin_string(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            _ if is_space(byte) => Ok(()),
            b'"' => self.go(Step::InString),
            _ => Err(unexpected(byte, "looking for beginning of object key string")),
        }
    }

    fn push(&mut self, byte: u8, open: Open, step: Step) -> Result<(), String> {
        self.open.push(open);
        if self.open.len() > MAX_DEPTH {
            return Err(unexpected(byte, "exceeded max depth"));
        }
        self.go(step)
    }

    fn replace_open(&mut self, open: Open) {
        self.open.pop();
        self.open.push(open);
    }

    fn close(&mut self) -> Result<(), String> {
        self.open.pop();
        self.go(if self.open.is_empty() { Step::EndTop } else { Step::EndValue })
    }

    fn end_value(&mut self, byte: u8) -> Result<(), String> {
        let Some(open) = self.open.last().copied() else {
            self.step = Step::EndTop;
            return self.take(byte);
        };
        self.step = Step::EndValue;
        match (open, byte) {
            _ if is_space(byte) => Ok(()),
            (Open::ObjectKey, b':') => {
                self.replace_open(Open::ObjectValue);
                self.go(Step::BeginValue)
            }
            (Open::ObjectKey, _) => Err(unexpected(byte, "after object key")),
            (Open::ObjectValue, b',') => {
                self.replace_open(Open::ObjectKey);
                self.go(Step::BeginString)
            }
            (Open::ObjectValue, b'}') | (Open::Array, b']') => self.close(),
            (Open::ObjectValue, _) => Err(unexpected(byte, "after object key:value pair")),
            (Open::Array, b',') => self.go(Step::BeginValue),
            (Open::Array, _) => Err(unexpected(byte, "after array element")),
        }
    }

    fn in_string(&mut self, byte: u8) -> Result<(), String> {
        match (self.step, byte) {
            (Step::InString, b'"') => self.go(Step::EndValue),
            (Step::InString, b'\\') => self.go(Step::Escape),
            (Step::InString, 0..=0x1f) => Err(unexpected(byte, "in string literal")),
            (Step::InString, _) => Ok(()),
            (Step::Escape, b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"') => self.go(Step::InString),
            (Step::Escape, b'u') => self.go(Step::Hex(1)),
            (Step::Escape, _) => Err(unexpected(byte, "in string escape code")),
            (Step::Hex(4), _) if byte.is_ascii_hexdigit() => self.go(Step::InString),
            (Step::Hex(seen), _) if byte.is_ascii_hexdigit() => self.go(Step::Hex(seen + 1)),
            _ => Err(unexpected(byte, "in \\u hexadecimal character escape")),
        }
    }

    fn in_word(&mut self, byte: u8, word: &'static str, seen: usize) -> Result<(), String> {
        match word.as_bytes().get(seen) {
            Some(expected) if *expected == byte && seen + 1 == word.len() => self.go(Step::EndValue),
            Some(expected) if *expected == byte => self.go(Step::Word(word, seen + 1)),
            expected => {
                let expected = char::from(expected.copied().unwrap_or_default());
                Err(unexpected(byte, &format!("in literal {word} (expecting '{expected}')")))
            }
        }
    }

    fn begin_number(&mut self, byte: u8, step: Step) -> Result<(), String> {
        self.number.clear();
        self.number.push(byte);
        self.go(step)
    }

    fn in_number(&mut self, byte: u8) -> Result<(), String> {
        self.step = match (self.step, byte) {
            (Step::Negative, b'0') => Step::Zero,
            (Step::Negative, b'1'..=b'9') | (Step::Digits, b'0'..=b'9') => Step::Digits,
            (Step::Negative, _) => return Err(unexpected(byte, "in numeric literal")),
            (Step::Digits | Step::Zero, b'.') => Step::Dot,
            (Step::Digits | Step::Zero | Step::Fraction, b'e' | b'E') => Step::Exponent,
            (Step::Dot | Step::Fraction, b'0'..=b'9') => Step::Fraction,
            (Step::Dot, _) => return Err(unexpected(byte, "after decimal point in numeric literal")),
            (Step::Exponent, b'+' | b'-') => Step::ExponentSign,
            (Step::Exponent | Step::ExponentSign | Step::ExponentDigits, b'0'..=b'9') => Step::ExponentDigits,
            (Step::Exponent | Step::ExponentSign, _) => return Err(unexpected(byte, "in exponent of numeric literal")),
            _ => return self.end_number(byte),
        };
        self.number.push(byte);
        Ok(())
    }

    fn end_number(&mut self, byte: u8) -> Result<(), String> {
        let number = String::from_utf8_lossy(&self.number);
        if self.overflow.is_none() && number.parse::<f64>().is_ok_and(f64::is_infinite) {
            self.overflow = Some(number.into_owned());
        }
        self.end_value(byte)
    }
}

fn unexpected(byte: u8, context: &str) -> String {
    let quoted = match byte {
        b'\'' => "\\'".to_owned(),
        b'"' => "\"".to_owned(),
        _ => Quoted(char::from(byte).encode_utf8(&mut [0; 4])).to_string().trim_matches('"').to_owned(),
    };
    format!("invalid character '{quoted}' {context}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_told_as_go_tells_them() {
        let rows: &[(&str, Option<&str>)] = &[
            (r#"{"auths":{"x":[1,-2.5e3,true,false,null,"\u00e9\n"]}}"#, None),
            (" {} ", None),
            (r#"{"a":[-0,-0.5,0e0]}"#, None),
            (r#"{"a":-01}"#, Some("invalid character '1' after object key:value pair")),
            ("null", None),
            ("", Some(CUT_OFF)),
            ("{", Some(CUT_OFF)),
            (r#"{"a"#, Some(CUT_OFF)),
            (r#"{"a""#, Some(CUT_OFF)),
            ("{]", Some("invalid character ']' looking for beginning of object key string")),
            (r#"{"a",}"#, Some("invalid character ',' after object key")),
            (r#"{"a":1 "b"}"#, Some("invalid character '\"' after object key:value pair")),
            (r#"{"a":1,}"#, Some("invalid character '}' looking for beginning of object key string")),
            ("[1 2]", Some("invalid character '2' after array element")),
            ("{}x", Some("invalid character 'x' after top-level value")),
            ("not json", Some("invalid character 'o' in literal null (expecting 'u')")),
            ("t", Some("invalid character ' ' in literal true (expecting 'r')")),
            ("{'a':1}", Some(r"invalid character '\'' looking for beginning of object key string")),
            ("é", Some("invalid character 'Ã' looking for beginning of value")),
            ("\\", Some(r"invalid character '\\' looking for beginning of value")),
            ("\"\t\"", Some(r"invalid character '\t' in string literal")),
            (r#""\x""#, Some("invalid character 'x' in string escape code")),
            (r#""\u12g""#, Some(r"invalid character 'g' in \u hexadecimal character escape")),
            (r#""\u123g""#, Some(r"invalid character 'g' in \u hexadecimal character escape")),
            ("-", Some("invalid character ' ' in numeric literal")),
            ("1.", Some("invalid character ' ' after decimal point in numeric literal")),
            ("1e+", Some("invalid character ' ' in exponent of numeric literal")),
            ("01", Some("invalid character '1' after top-level value")),
            ("[1]", Some("json: cannot unmarshal array into Go value of type map[string]interface {}")),
            (r#""a""#, Some("json: cannot unmarshal string into Go value of type map[string]interface {}")),
            ("12", Some("json: cannot unmarshal number into Go value of type map[string]interface {}")),
            ("true", Some("json: cannot unmarshal bool into Go value of type map[string]interface {}")),
            (r#"{"a":[1e999,-1e999]}"#, Some("json: cannot unmarshal number 1e999 into Go value of type float64")),
        ];
        for (text, expected) in rows {
            assert_eq!(object_problem(text.as_bytes()).as_deref(), *expected, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(object_problem(deep(9_999).as_bytes()), None);
        assert_eq!(object_problem(deep(10_000).as_bytes()).as_deref(), Some("invalid character '[' exceeded max depth"));
    }
}
