//! Objects as `-o yaml` and `-o json` print them, byte for byte.

use k8s_rbac::kubectl::print;
use serde::Deserialize;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Line {
    object: serde_json::Value,
    yaml: String,
    json: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { object, yaml, json } = serde_json::from_str(line).unwrap();
    tally.case(|| object.to_string(), &[yaml, json], &[print::yaml(&object, version()), print::json(&object, version())]);
}
