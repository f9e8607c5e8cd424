//! The way back from Go's `%q`: a quoted string at the head of a text.

/// Reads the string that a text begins with, as `%q` wrote it, and gives back what follows it.
///
/// `None` where the text does not begin with a quoted string, or one of its escapes is none that `%q` writes. Bytes that were no UTF-8
/// (`\xff`) have no place in a Rust string and are refused too. Cost: `O(length)`.
///
/// ```
/// use k8s_rbac::quote::unquote;
/// assert_eq!(unquote(r#""al\"ice\t\u00a0" to"#), Some(("al\"ice\t\u{a0}".to_owned(), " to")));
/// assert_eq!(unquote("alice"), None);
/// ```
#[must_use]
pub fn unquote(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut read = String::new();
    loop {
        let mut chars = rest.chars();
        let c = chars.next()?;
        rest = chars.as_str();
        match c {
            '"' => return Some((read, rest)),
            '\\' => {
                let (c, after) = escape(rest)?;
                read.push(c);
                rest = after;
            }
            _ => read.push(c),
        }
    }
}

fn escape(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    let c = match chars.next()? {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => return hex(chars.as_str(), 2).filter(|(c, _)| c.is_ascii()),
        'u' => return hex(chars.as_str(), 4),
        'U' => return hex(chars.as_str(), 8),
        c @ ('"' | '\\') => c,
        _ => return None,
    };
    Some((c, chars.as_str()))
}

fn hex(text: &str, digits: usize) -> Option<(char, &str)> {
    let (code, rest) = text.split_at_checked(digits)?;
    let all_hex = code.bytes().all(|byte| byte.is_ascii_hexdigit());
    let c = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
    all_hex.then_some((c, rest))
}

#[cfg(test)]
mod tests {
    use super::super::Quoted;
    use super::*;

    #[test]
    fn every_character_comes_back() {
        for c in (0..=0x11_0000).filter_map(char::from_u32).step_by(7) {
            let text = c.to_string();
            assert_eq!(unquote(&Quoted(&text).to_string()), Some((text, "")));
        }
    }

    #[test]
    fn what_is_not_quoted_is_refused() {
        for text in ["", "a", "\"", "\"a", r#""\z""#, r#""\x+1""#, r#""\xff""#, r#""\ud800""#, r#""\U00110000""#, r#""\u12""#] {
            assert_eq!(unquote(text), None, "{text}");
        }
    }
}
