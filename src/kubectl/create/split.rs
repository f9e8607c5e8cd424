//! Values of flags that may hold several, with commas between them (`spf13/pflag`, which reads them as a line of CSV).

use super::{Error, usage};
use crate::quote::Quoted;

/// The values of a flag that was given with each of these texts: parted at commas, unless they stand between double quotes.
///
/// # Errors
///
/// A double quote does not stand around a whole value.
///
/// ```
/// use k8s_rbac::kubectl::create::split;
/// assert_eq!(split("verb", &["get,list", r#""a,b",c"#])?, ["get", "list", "a,b", "c"]);
/// assert!(split::<&str>("verb", &[])?.is_empty());
/// assert_eq!(
///     split("verb", &[r#"a"b"#]).unwrap_err().to_string(),
///     r#"invalid argument "a\"b" for "--verb" flag: parse error on line 1, column 2: bare " in non-quoted-field"#,
/// );
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn split<S: AsRef<str>>(flag: &str, values: &[S]) -> Result<Vec<String>, Error> {
    let mut all = Vec::new();
    for value in values {
        let line = value.as_ref();
        all.extend(fields(line).map_err(|problem| invalid(line, flag, &problem))?);
    }
    Ok(all)
}

/// What kubectl says of a value that a flag does not take.
pub(super) fn invalid(value: &str, flag: &str, problem: &str) -> Error {
    usage(format!("invalid argument {} for {} flag: {problem}", Quoted(value), Quoted(&format!("--{flag}"))))
}

/// The fields of a line, or what Go's reader of CSV says of it.
fn fields(line: &str) -> Result<Vec<String>, String> {
    // Of several lines the first that is not empty is read.
    let line = line.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).find(|line| !line.is_empty());
    let mut rest = line.unwrap_or_default();
    let whole = rest.len();
    let mut fields = Vec::new();
    if rest.is_empty() {
        return Ok(fields);
    }
    loop {
        let column = whole - rest.len() + 1;
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted, column + 1)?,
            None => bare_field(rest, column)?,
        };
        fields.push(field);
        match after {
            Some(after) => rest = after,
            None => return Ok(fields),
        }
    }
}

/// A field and what follows the comma after it, if there is one.
type Field<'a> = (String, Option<&'a str>);

fn bare_field(text: &str, column: usize) -> Result<Field<'_>, String> {
    let (field, after) = text.split_once(',').map_or((text, None), |(field, after)| (field, Some(after)));
    match field.find('"') {
        Some(at) => Err(format!("parse error on line 1, column {}: bare \" in non-quoted-field", column + at)),
        None => Ok((field.to_owned(), after)),
    }
}

fn quoted_field(text: &str, column: usize) -> Result<Field<'_>, String> {
    let mut field = String::new();
    let mut rest = text;
    while let Some((part, after)) = rest.split_once('"') {
        field.push_str(part);
        if after.is_empty() {
            return Ok((field, None));
        }
        if let Some(next) = after.strip_prefix(',') {
            return Ok((field, Some(next)));
        }
        let Some(more) = after.strip_prefix('"') else {
            let at = column + text.len() - after.len() - 1;
            return Err(format!("parse error on line 1, column {at}: extraneous or missing \" in quoted-field"));
        };
        field.push('"');
        rest = more;
    }
    Err(format!("parse error on line 1, column {}: extraneous or missing \" in quoted-field", column + text.len()))
}
