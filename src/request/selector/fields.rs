//! Field selectors: `metadata.name=web-0,status.phase!=Running` (`apimachinery/pkg/fields/selector.go`).

use super::{FieldRequirement, Operator, SelectorError};

/// The requirements of a field selector, in byte order of their texts.
///
/// A `\` in a value takes the meaning from a following `\`, `,` or `=`. Cost: `O(length · log length)`.
///
/// ```
/// use k8s_rbac::request::selector::parse_fields;
/// let fields = parse_fields(r"status.phase!=Running,metadata.name=a\,b")?;
/// assert_eq!((fields[0].field.as_str(), fields[0].value.as_str()), ("metadata.name", "a,b"));
/// assert_eq!(parse_fields("bogus").unwrap_err().to_string(), "invalid selector: 'bogus'; can't understand 'bogus'");
/// # Ok::<(), k8s_rbac::request::selector::SelectorError>(())
/// ```
///
/// # Errors
/// A term has no operator, or its value an escape of something else or an unescaped `=`.
pub fn parse_fields(selector: &str) -> Result<Vec<FieldRequirement>, SelectorError> {
    let mut terms = split_terms(selector);
    terms.sort_unstable();
    terms.into_iter().filter(|term| !term.is_empty()).map(|term| parse_term(selector, term)).collect()
}

/// The value that the requirements fix the field to (`RequiresExactMatch`): that of the first requirement that does.
///
/// ```
/// use k8s_rbac::request::selector::{parse_fields, required_value};
/// let fields = parse_fields("metadata.name=foo,metadata.name=bar")?;
/// assert_eq!(required_value(&fields, "metadata.name"), Some("bar"));
/// # Ok::<(), k8s_rbac::request::selector::SelectorError>(())
/// ```
#[must_use]
pub fn required_value<'a>(requirements: &'a [FieldRequirement], field: &str) -> Option<&'a str> {
    let fixes = |requirement: &&FieldRequirement| requirement.field == field && requirement.operator == Operator::Equals;
    requirements.iter().find(fixes).map(|requirement| requirement.value.as_str())
}

fn split_terms(selector: &str) -> Vec<&str> {
    let mut escaped = false;
    let is_end = |c: char| {
        let is_escaped = escaped;
        escaped = !escaped && c == '\\';
        c == ',' && !is_escaped
    };
    selector.split(is_end).collect()
}

fn parse_term(selector: &str, term: &str) -> Result<FieldRequirement, SelectorError> {
    let (field, operator, value) =
        split_term(term).ok_or_else(|| SelectorError(format!("invalid selector: '{selector}'; can't understand '{term}'")))?;
    Ok(FieldRequirement { field: field.to_owned(), operator, value: unescape(value)? })
}

fn split_term(term: &str) -> Option<(&str, Operator, &str)> {
    let (before, value) = term.split_once('=')?;
    Some(match before.strip_suffix('!') {
        Some(field) => (field, Operator::NotEquals, value),
        None => (before, Operator::Equals, value.strip_prefix('=').unwrap_or(value)),
    })
}

fn unescape(value: &str) -> Result<String, SelectorError> {
    let mut unescaped = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ',' | '=')) => unescaped.push(c),
                other => return Err(bad_escape(other)),
            },
            ',' | '=' => {
                return Err(SelectorError(format!("invalid field selector: unescaped character in value: {}", u32::from(c))));
            }
            _ => unescaped.push(c),
        }
    }
    Ok(unescaped)
}

fn bad_escape(escaped: Option<char>) -> SelectorError {
    let escaped = escaped.map_or_else(String::new, String::from);
    SelectorError(format!("invalid field selector: invalid escape sequence: \\{escaped}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(selector: &str) -> String {
        match parse_fields(selector) {
            Ok(fields) => fields.iter().map(|r| format!("{} {} {};", r.field, r.operator, r.value)).collect(),
            Err(error) => error.to_string(),
        }
    }

    /// Each row was answered by `fields.ParseSelector`.
    #[test]
    fn selectors_are_parsed_as_upstream_parses_them() {
        let rows = [
            ("", ""),
            (",", ""),
            ("a=b", "a = b;"),
            ("a==b", "a = b;"),
            ("a!=b", "a != b;"),
            ("a=b,", "a = b;"),
            ("c=d,a=b", "a = b;c = d;"),
            (r"a=b\,c", "a = b,c;"),
            ("=x", " = x;"),
            ("a=", "a = ;"),
            ("a!b=c", "a!b = c;"),
            (r"a\,b=c", r"a\,b = c;"),
            ("a", "invalid selector: 'a'; can't understand 'a'"),
            ("a=b,zz,bb", "invalid selector: 'a=b,zz,bb'; can't understand 'bb'"),
            (r"a=b\c", r"invalid field selector: invalid escape sequence: \c"),
            (r"a=b\", r"invalid field selector: invalid escape sequence: \"),
            (r"a=\é", r"invalid field selector: invalid escape sequence: \é"),
            ("a=b=c", "invalid field selector: unescaped character in value: 61"),
            ("a==b=c", "invalid field selector: unescaped character in value: 61"),
            ("x=y!=z", "invalid field selector: unescaped character in value: 61"),
        ];
        for (selector, expected) in rows {
            assert_eq!(told(selector), expected, "{selector}");
        }
    }
}
