//! The syntax of names: DNS labels and subdomains, label keys and values, path segments. What breaks a rule is told in the server's words.
//!
//! Models `staging/src/k8s.io/apimachinery/pkg/api/validate/content`. Which rule holds for which field is said where the field is
//! validated. A name that breaks nothing costs `O(length)` and no allocation.

use std::borrow::Cow;

/// What is wrong with a name, in the server's words; empty if nothing is.
pub type Problems = Vec<Cow<'static, str>>;

/// The greatest length of a DNS label, in bytes.
pub const DNS_LABEL_MAX: usize = 63;
/// The greatest length of a DNS subdomain, in bytes.
pub const DNS_SUBDOMAIN_MAX: usize = 253;
/// The greatest length of a label value, and of the name part of a label key, in bytes.
pub const LABEL_MAX: usize = 63;

const NOT_A_DNS_LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end \
     with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const NOT_A_DNS_SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
     start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NOT_A_DATA_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or \
     'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const NOT_A_LABEL_KEY: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
     character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const NOT_A_LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start \
     and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
     '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/// What is wrong with a DNS label, such as the name of a Namespace (`IsDNS1123Label`).
///
/// ```
/// use k8s_rbac::names::dns_label;
/// assert!(dns_label("kube-system").is_empty());
/// assert_eq!(dns_label("kube.system"), ["must not contain dots"]);
/// ```
#[must_use]
pub fn dns_label(name: &str) -> Problems {
    let mut problems = too_long(name, DNS_LABEL_MAX);
    if !is_dns_label(name) {
        problems.push(if is_dns_labels(name) { "must not contain dots" } else { NOT_A_DNS_LABEL }.into());
    }
    problems
}

/// What is wrong with a DNS subdomain, such as the name of a ServiceAccount (`IsDNS1123Subdomain`). Its labels may be of any length.
///
/// ```
/// use k8s_rbac::names::dns_subdomain;
/// assert!(dns_subdomain("example.com").is_empty());
/// assert!(dns_subdomain("Example.com")[0].starts_with("a lowercase RFC 1123 subdomain must consist of"));
/// ```
#[must_use]
pub fn dns_subdomain(name: &str) -> Problems {
    let mut problems = too_long(name, DNS_SUBDOMAIN_MAX);
    if !is_dns_labels(name) {
        problems.push(NOT_A_DNS_SUBDOMAIN.into());
    }
    problems
}

/// What is wrong with the name of an object that must be a DNS label (`NameIsDNSLabel`), such as a namespace.
///
/// As [`dns_label`], but a length is told in characters. What another ending will follow (`prefix`, a `generateName`) may end in a dash;
/// upstream then looks at the name without its last two bytes, and so do we.
///
/// ```
/// use k8s_rbac::names::object_dns_label;
/// assert!(object_dns_label("dev", false).is_empty());
/// assert_eq!(object_dns_label("a.b", false), ["must not contain dots"]);
/// ```
#[must_use]
pub fn object_dns_label(name: &str, prefix: bool) -> Problems {
    in_characters(name, prefix, DNS_LABEL_MAX, |name| {
        (!is_dns_label(name)).then_some(if is_dns_labels(name) { "must not contain dots" } else { NOT_A_DNS_LABEL })
    })
}

/// What is wrong with the name of an object that must be a DNS subdomain (`NameIsDNSSubdomain`), such as a ServiceAccount or a Secret.
///
/// As [`dns_subdomain`], with the differences that [`object_dns_label`] has.
///
/// ```
/// use k8s_rbac::names::object_dns_subdomain;
/// assert_eq!(object_dns_subdomain(&"a".repeat(254), false), ["must be no more than 253 characters"]);
/// assert!(object_dns_subdomain("ci-", true).is_empty() && !object_dns_subdomain("ci-", false).is_empty());
/// ```
#[must_use]
pub fn object_dns_subdomain(name: &str, prefix: bool) -> Problems {
    in_characters(name, prefix, DNS_SUBDOMAIN_MAX, |name| (!is_dns_labels(name)).then_some(NOT_A_DNS_SUBDOMAIN))
}

/// What is wrong with a key of the data of a Secret or a ConfigMap (`IsConfigMapKey`).
///
/// ```
/// use k8s_rbac::names::data_key;
/// assert!(data_key("ca.crt").is_empty());
/// assert_eq!(data_key("..x"), ["must not start with '..'"]);
/// ```
#[must_use]
pub fn data_key(key: &str) -> Problems {
    let mut problems = in_characters(key, false, DNS_SUBDOMAIN_MAX, |key| {
        let fits = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        (!fits).then_some(NOT_A_DATA_KEY)
    });
    let climbs = match key {
        "." => Some("must not be '.'"),
        ".." => Some("must not be '..'"),
        _ => key.starts_with("..").then_some("must not start with '..'"),
    };
    problems.extend(climbs.map(Cow::from));
    problems
}

/// What is wrong with a label key, which upstream also calls a qualified name (`IsLabelKey`).
///
/// ```
/// use k8s_rbac::names::label_key;
/// assert!(label_key("app.kubernetes.io/name").is_empty());
/// assert_eq!(label_key("/name"), ["prefix part must be non-empty"]);
/// ```
#[must_use]
pub fn label_key(key: &str) -> Problems {
    let mut problems = Problems::new();
    let name = match key.split_once('/') {
        None => key,
        Some((_, rest)) if rest.contains('/') => {
            return vec![
                format!("a valid label key {NOT_A_LABEL_KEY} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')").into(),
            ];
        }
        Some(("", name)) => {
            problems.push("prefix part must be non-empty".into());
            name
        }
        Some((prefix, name)) => {
            problems.extend(dns_subdomain(prefix).iter().map(|problem| format!("prefix part {problem}").into()));
            name
        }
    };
    if name.is_empty() {
        problems.push("name part must be non-empty".into());
    }
    problems.extend(too_long(name, LABEL_MAX).iter().map(|problem| format!("name part {problem}").into()));
    if !is_label(name) {
        problems.push(format!("name part {NOT_A_LABEL_KEY}").into());
    }
    problems
}

/// What is wrong with a label value (`IsLabelValue`).
///
/// ```
/// use k8s_rbac::names::label_value;
/// assert!(label_value("").is_empty());
/// assert!(label_value("-a")[0].starts_with("a valid label must be an empty string or consist of"));
/// ```
#[must_use]
pub fn label_value(value: &str) -> Problems {
    let mut problems = too_long(value, LABEL_MAX);
    if !value.is_empty() && !is_label(value) {
        problems.push(NOT_A_LABEL_VALUE.into());
    }
    problems
}

/// What is wrong with a name that becomes a segment of a path, such as the name of a role (`IsPathSegmentName`). An empty name is not.
///
/// ```
/// use k8s_rbac::names::path_segment;
/// assert!(path_segment("system:node").is_empty());
/// assert_eq!(path_segment("a/b%c"), ["may not contain '/'", "may not contain '%'"]);
/// ```
#[must_use]
pub fn path_segment(name: &str) -> Problems {
    match name {
        "." => vec!["may not be '.'".into()],
        ".." => vec!["may not be '..'".into()],
        _ => path_segment_prefix(name),
    }
}

/// What is wrong with the beginning of such a name (`IsPathSegmentPrefix`).
///
/// ```
/// use k8s_rbac::names::{path_segment, path_segment_prefix};
/// // What comes before a random ending may be what a whole name may not.
/// assert!(path_segment_prefix("..").is_empty() && !path_segment("..").is_empty());
/// assert_eq!(path_segment_prefix("a/"), ["may not contain '/'"]);
/// ```
#[must_use]
pub fn path_segment_prefix(name: &str) -> Problems {
    let rows = [('/', "may not contain '/'"), ('%', "may not contain '%'")];
    rows.into_iter().filter(|(char, _)| name.contains(*char)).map(|(_, problem)| problem.into()).collect()
}

fn too_long(name: &str, max: usize) -> Problems {
    if name.len() <= max { Problems::new() } else { vec![format!("must be no more than {max} bytes").into()] }
}

/// The checks of `apimachinery/pkg/util/validation`, which counts bytes as those above do but calls them characters.
fn in_characters(name: &str, prefix: bool, max: usize, syntax: impl Fn(&str) -> Option<&'static str>) -> Problems {
    let masked = if prefix { without_trailing_dash(name) } else { None };
    let length = name.len() - usize::from(masked.is_some());
    let too_long = (length > max).then(|| format!("must be no more than {max} characters").into());
    too_long.into_iter().chain(syntax(masked.as_deref().unwrap_or(name)).map(Cow::from)).collect()
}

/// The last two bytes replaced by `a`, if the last is a dash and not alone (`maskTrailingDash`). Of a longer character a byte stays,
/// which is as wrong in a name as the whole.
fn without_trailing_dash(name: &str) -> Option<String> {
    let rest = name.strip_suffix('-')?;
    let last = rest.chars().next_back()?;
    Some(format!("{}a", if last.is_ascii() { rest.strip_suffix(last)? } else { rest }))
}

fn is_dns_label(name: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
}

fn is_dns_labels(name: &str) -> bool {
    name.split('.').all(is_dns_label)
}

fn is_label(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_in_bytes_and_comes_first() {
        let long = "a".repeat(254);
        assert_eq!(dns_subdomain(&long), ["must be no more than 253 bytes"]);
        assert_eq!(dns_label(&long), ["must be no more than 63 bytes"]);
        assert_eq!(label_value(&long), ["must be no more than 63 bytes"]);
        assert_eq!(label_key(&long), ["name part must be no more than 63 bytes"]);
        assert_eq!(dns_label(&"-".repeat(64)), ["must be no more than 63 bytes", NOT_A_DNS_LABEL]);
        assert!(dns_subdomain(&"a".repeat(253)).is_empty() && dns_label(&"a".repeat(63)).is_empty());
    }

    #[test]
    fn a_prefix_may_end_in_a_dash_and_hides_the_character_before_it() {
        for name in ["a-", "aB-", "a.-", "--"] {
            assert!(object_dns_subdomain(name, true).is_empty() && !object_dns_subdomain(name, false).is_empty(), "{name}");
        }
        assert_eq!(object_dns_subdomain("é-", true), [NOT_A_DNS_SUBDOMAIN]);
        assert_eq!(object_dns_subdomain("-", true), [NOT_A_DNS_SUBDOMAIN]);
        assert_eq!(object_dns_label("a.b-", true), ["must not contain dots"]);
        assert!(object_dns_label(&format!("{}-", "a".repeat(63)), true).is_empty());
        assert_eq!(object_dns_label(&format!("{}-", "a".repeat(64)), true), ["must be no more than 63 characters"]);
    }

    #[test]
    fn data_keys_tell_every_problem() {
        assert_eq!(data_key(""), [NOT_A_DATA_KEY]);
        assert_eq!(data_key("../é"), [NOT_A_DATA_KEY, "must not start with '..'"]);
        assert_eq!(data_key(".."), ["must not be '..'"]);
        assert_eq!(data_key(&"a".repeat(254)), ["must be no more than 253 characters"]);
    }

    #[test]
    fn problems_stand_in_upstreams_order() {
        let name = format!("name part {NOT_A_LABEL_KEY}");
        assert_eq!(label_key(""), ["name part must be non-empty", &name]);
        assert_eq!(label_key("A/"), [&format!("prefix part {NOT_A_DNS_SUBDOMAIN}"), "name part must be non-empty", &name]);
        assert_eq!(label_key("a/b/c").len(), 1);
        for bad in ["", ".", "a..b", "a.-b", "A", "é", "a-"] {
            assert_eq!(dns_subdomain(bad), [NOT_A_DNS_SUBDOMAIN], "{bad}");
            assert_eq!(dns_label(bad), [NOT_A_DNS_LABEL], "{bad}");
        }
        assert_eq!(path_segment("."), ["may not be '.'"]);
        assert!(path_segment("").is_empty() && path_segment("...").is_empty());
    }
}
