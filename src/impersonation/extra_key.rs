//! Which extra attributes the mode `user-info` takes (`validateExtra`).

use std::collections::BTreeMap;

use crate::names;
use crate::quote::{Aggregate, Quoted};

/// What is wrong with the first attribute that has something wrong.
pub(super) fn problem(extra: &BTreeMap<String, Vec<String>>) -> Option<String> {
    extra.iter().find_map(|(key, values)| key_problem(key).or_else(|| values_problem(values).map(str::to_owned)))
}

fn key_problem(key: &str) -> Option<String> {
    if key.is_empty() {
        return Some("impersonating the empty string key in extra is not allowed".into());
    }
    if let Some(problem) = path_problem(key) {
        return Some(format!("impersonating an invalid key in extra is not allowed: {problem}"));
    }
    (key != key.to_lowercase()).then(|| format!("impersonating a non-lowercase key in extra is not allowed: {}", Quoted(key)))
}

fn values_problem(values: &[String]) -> Option<&'static str> {
    if values.is_empty() {
        return Some("impersonating empty values in extra is not allowed");
    }
    values.iter().any(String::is_empty).then_some("impersonating the empty string value in extra is not allowed")
}

/// `IsDomainPrefixedPath`, of the field `extra.key`.
fn path_problem(key: &str) -> Option<Aggregate> {
    let invalid = |value: &str, detail: &str| format!("extra.key: Invalid value: {}: {detail}", Quoted(value));
    let Some((host, path)) = key.split_once('/').filter(|(host, path)| !host.is_empty() && !path.is_empty()) else {
        return Aggregate::new([invalid(key, "must be a domain-prefixed path (such as \"acme.io/foo\")")]);
    };
    let is_path = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte));
    let path_detail = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
    let of_path = (!is_path).then(|| invalid(path, path_detail));
    Aggregate::new(names::dns_subdomain(host).iter().map(|problem| invalid(host, problem)).chain(of_path))
}
