//! The rows of `kubectl auth can-i --list`, byte for byte.

use k8s_rbac::kubectl::can_i;
use k8s_rbac::model::PolicyRule;
use serde::Deserialize;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    rules: Option<Vec<PolicyRule>>,
    no_headers: bool,
    text: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { rules, no_headers, text } = serde_json::from_str(line).unwrap();
    let rules = rules.unwrap_or_default();
    let ours = can_i::list(&rules, no_headers, version()).unwrap();
    tally.case(|| format!("{rules:?}"), &text, &ours);
}
