//! Scalars as text: as keys, as strings where they are taken for one, and in messages.

use std::borrow::Cow;

use super::node::{Content, Node};
use crate::model::Value;
use crate::quote::Quoted;

/// Characters of a value that a message shows.
const SHOWN: usize = 40;

/// The JSON key that a scalar makes (`convertToJSONableObject` of `sigs.k8s.io/yaml`); none for `null`, lists, maps and numbers above `i64`.
pub(super) fn key<'t>(content: &'t Content<'_>) -> Option<Cow<'t, str>> {
    match content {
        Content::Text(text) => Some(Cow::Borrowed(text)),
        Content::Merge => Some(Cow::Borrowed("<<")),
        Content::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
        Content::Int(value) => Some(value.to_string().into()),
        Content::Float(value) | Content::Decimal(value) => Some(match go_float(*value).as_str() {
            "+Inf" => ".inf".into(),
            "-Inf" => "-.inf".into(),
            "NaN" => ".nan".into(),
            text => text.to_owned().into(),
        }),
        Content::Null | Content::Uint(_) | Content::List(_) | Content::Map(_) | Content::Alias(_) => None,
    }
}

/// The string that an unquoted scalar becomes where a program reads straight into a type; none for lists and maps.
pub(super) fn coerced(content: &Content<'_>) -> Option<String> {
    match content {
        Content::Uint(value) => Some(value.to_string()),
        Content::Float(value) => Some(go_float(*value)),
        Content::Bool(_) | Content::Int(_) => key(content).map(Cow::into_owned),
        _ => None,
    }
}

/// A whole number, where the scalar is one for a JSON decoder. YAML's floats have gone through JSON, which writes whole ones without a point.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
pub(super) fn integer(content: &Content<'_>) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    match content {
        Content::Int(value) => Some(*value),
        Content::Float(value) if value.fract() == 0.0 && (-END..END).contains(value) => Some(*value as i64),
        _ => None,
    }
}

/// What a node is, for a message: `the boolean `on``, `the string "get"`, `a list`.
pub(super) fn found(node: &Node<'_>, source: &str) -> String {
    let written = || spelling(node, source);
    match &node.content {
        Content::Null => "null".to_owned(),
        Content::Bool(_) => format!("the boolean `{}`", written()),
        Content::Int(_) | Content::Uint(_) | Content::Float(_) | Content::Decimal(_) => format!("the number `{}`", written()),
        Content::Text(text) => format!("the string {}", Quoted(&shortened(text))),
        Content::Merge => "the string \"<<\"".to_owned(),
        Content::List(_) => "a list".to_owned(),
        Content::Map(_) => "a map".to_owned(),
        Content::Alias(_) => "an alias".to_owned(),
    }
}

/// The value that a text stands for, if it is an empty one: `null`, or a list, a map or a string with nothing in it.
pub(crate) fn empty(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "\"\"" | "''" => return Some(Value::String(String::new())),
        _ => {}
    }
    let is_blank = |line: &str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
    let within = |open, close| text.strip_prefix(open)?.strip_suffix(close).filter(|inside| inside.lines().all(is_blank));
    let list = within('[', ']').map(|_| Value::List(Vec::new()));
    list.or_else(|| within('{', '}').map(|_| Value::Map([].into())))
}

/// A scalar as it is written, shortened.
pub(super) fn spelling<'t>(node: &Node<'_>, source: &'t str) -> Cow<'t, str> {
    shortened(source.get(node.start as usize..node.end as usize).unwrap_or_default())
}

fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`.
#[expect(clippy::cast_possible_truncation, reason = "upstream formats keys and coerced scalars as 32 bit floats")]
pub(super) fn go_float(value: f64) -> String {
    let value = value as f32;
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&power) {
        return format!("{value}");
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", power.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_told_from_what_is_not() {
        let (list, map) = (Value::List(Vec::new()), Value::Map([].into()));
        for (text, value) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("[]", list.clone()),
            ("[ \n]", list.clone()),
            ("[ # nobody\n  # yet\n]", list),
            ("{}", map.clone()),
            ("{\r\n}", map),
            ("''", Value::String("".into())),
        ] {
            assert_eq!(empty(text), Some(value), "{text}");
        }
        assert_eq!(["a", "\"null\"", "[a]", "{", "[}", "{a: b}", "[[]]", "[ # a\n a]"].map(empty), [const { None }; 8]);
    }

    #[test]
    fn floats_are_written_as_go_writes_them() {
        for (value, text) in [
            (1.1, "1.1"),
            (1e6, "1e+06"),
            (123_456.0, "123456"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (-2.5e10, "-2.5e+10"),
            (0.0, "0"),
        ] {
            assert_eq!(go_float(value), text);
        }
    }
}
