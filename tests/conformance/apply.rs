//! What `kubectl apply` makes of an object that is stored.

use k8s_rbac::cluster::Cluster;
use k8s_rbac::kubectl::apply::sent;
use k8s_rbac::load::Loader;
use k8s_rbac::model::{Located, Object};
use k8s_rbac::policy::Policy;
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Line {
    current: Value,
    modified: Value,
    result: Value,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { current, modified, result } = serde_json::from_str(line).unwrap();
    let mut cluster = Cluster::new(version(), Policy::from_iter([located(&current)])).unwrap();
    let report = cluster.apply(sent(located(&modified), "dev", version())).unwrap();
    let applied = cluster.policy().get_object(&report.key).unwrap().into_inner();
    tally.case(|| format!("{modified}\n    over {current}"), &unstamped(located(&result).into_inner()), &unstamped(applied));
}

fn located(value: &Value) -> Located<Object> {
    let mut objects = Loader::new().read_str("t", &value.to_string()).into_result().unwrap();
    objects.pop().unwrap()
}

/// Without what the server writes.
fn unstamped(mut object: Object) -> Value {
    let metadata = object.metadata_mut();
    metadata.uid.clear();
    metadata.resource_version.clear();
    metadata.creation_timestamp = None;
    let mut value = serde_json::to_value(object).unwrap();
    // Go's nil and empty lists of rules are one in storage; those of an aggregated role a controller has filled in.
    if value["rules"].as_array().is_some_and(Vec::is_empty) || value.get("aggregationRule").is_some() {
        value["rules"] = Value::Null;
    }
    value
}
