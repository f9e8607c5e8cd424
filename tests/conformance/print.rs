//! Objects as `-o yaml` and `-o json` print them, byte for byte.

use k8s_rbac::KubeVersion;
use k8s_rbac::kubectl::print;
use serde::Deserialize;

use crate::harness::Tally;

#[derive(Debug, Deserialize)]
struct Line {
    object: serde_json::Value,
    yaml: String,
    json: String,
}

const VERSION: KubeVersion = KubeVersion::REFERENCE;

pub fn check(line: &str, tally: &mut Tally) {
    let Line { object, yaml, json } = serde_json::from_str(line).unwrap();
    tally.case(|| object.to_string(), &[yaml, json], &[print::yaml(&object, VERSION), print::json(&object, VERSION)]);
}
