//! What an unquoted YAML scalar is: the rules of YAML 1.1 as `go-yaml` v2 applies them, on which every Kubernetes tool stands.

use std::borrow::Cow;

use super::node::Content;

/// The value of a plain scalar without a tag (`resolve` in `go-yaml`'s `resolve.go`).
pub(super) fn plain(text: Cow<'_, str>) -> Content<'_> {
    match text.as_bytes().first() {
        None => Content::Null,
        Some(b'+' | b'-' | b'0'..=b'9') => word(&text).or_else(|| digits(&text)).unwrap_or(Content::Text(text)),
        Some(b'.') => word(&text).or_else(|| float(&text)).unwrap_or(Content::Text(text)),
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' | b'<') => {
            word(&text).unwrap_or(Content::Text(text))
        }
        Some(_) => Content::Text(text),
    }
}

fn word(text: &str) -> Option<Content<'static>> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Content::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Content::Bool(false),
        "~" | "null" | "Null" | "NULL" => Content::Null,
        ".nan" | ".NaN" | ".NAN" => Content::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Content::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Content::Float(f64::NEG_INFINITY),
        "<<" => Content::Merge,
        _ => return None,
    })
}

/// A number that begins with a sign or a digit. Dates are strings: `go-yaml` gives them back as they are written.
fn digits(text: &str) -> Option<Content<'static>> {
    let plain: Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    if let Some(integer) = go_integer(&plain) {
        return Some(integer);
    }
    if is_yaml_float(&plain) {
        return plain.parse().ok().filter(|value: &f64| value.is_finite()).map(Content::Float);
    }
    None
}

/// `strconv.ParseInt(text, 0, 64)`, then `ParseUint`: a sign, then `0x`, `0o`, `0b` or `0` for the base. Underscores are gone already.
fn go_integer(text: &str) -> Option<Content<'static>> {
    let (negative, signed, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let (base, digits) = base_of(unsigned);
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let value = u64::from_str_radix(digits, base).ok()?;
    match (i64::try_from(value), negative) {
        (Ok(value), true) => Some(Content::Int(-value)),
        (Ok(value), false) => Some(Content::Int(value)),
        (Err(_), true) => (value == 1 << 63).then_some(Content::Int(i64::MIN)),
        (Err(_), false) => (!signed).then_some(Content::Uint(value)),
    }
}

fn base_of(text: &str) -> (u32, &str) {
    for (prefixes, base) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        if let Some(digits) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            return (base, digits);
        }
    }
    match text.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => (8, digits),
        _ => (10, text),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_yaml_float(text: &str) -> bool {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (rest, None),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let good_mantissa = match mantissa.split_once('.') {
        Some((whole, part)) => all_digits(whole) && all_digits(part) && !(whole.is_empty() && part.is_empty()),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    good_mantissa && exponent.is_none_or(|exponent| !exponent.is_empty() && all_digits(exponent))
}

/// `strconv.ParseFloat` of what begins with a dot.
fn float(text: &str) -> Option<Content<'static>> {
    is_yaml_float(text).then(|| text.parse().ok()).flatten().filter(|value: &f64| value.is_finite()).map(Content::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_those_of_yaml_1_1() {
        let cases: &[(&str, Content<'_>)] = &[
            ("on", Content::Bool(true)),
            ("N", Content::Bool(false)),
            ("", Content::Null),
            ("~", Content::Null),
            ("0755", Content::Int(493)),
            ("0o10", Content::Int(8)),
            ("1_000", Content::Int(1000)),
            ("0x1F", Content::Int(31)),
            ("-0b11", Content::Int(-3)),
            ("1e3", Content::Float(1000.0)),
            ("1.10", Content::Float(1.1)),
            (".5", Content::Float(0.5)),
            ("18446744073709551615", Content::Uint(u64::MAX)),
            ("-9223372036854775808", Content::Int(i64::MIN)),
            ("12:30:45", Content::Text("12:30:45".into())),
            ("2024-01-01", Content::Text("2024-01-01".into())),
            ("08", Content::Float(8.0)),
            ("0x", Content::Text("0x".into())),
            ("-", Content::Text("-".into())),
            (".", Content::Text(".".into())),
            ("yEs", Content::Text("yEs".into())),
            ("get", Content::Text("get".into())),
            ("<<", Content::Merge),
        ];
        for (text, value) in cases {
            assert_eq!(plain(Cow::Borrowed(text)), *value, "{text}");
        }
    }
}
