//! The tables of `kubectl get`, byte for byte.

use k8s_rbac::kubectl::age::Timestamp;
use k8s_rbac::kubectl::{Error, get};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Line {
    kind: String,
    objects: Option<Vec<serde_json::Value>>,
    now: i64,
    wide: bool,
    all_namespaces: bool,
    show_labels: bool,
    label_columns: Vec<String>,
    no_headers: bool,
    with_kind: bool,
    text: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let asked: Line = serde_json::from_str(line).unwrap();
    let options = get::Options {
        wide: asked.wide,
        all_namespaces: asked.all_namespaces,
        show_labels: asked.show_labels,
        label_columns: asked.label_columns.clone(),
        no_headers: asked.no_headers,
        with_kind: asked.with_kind,
        ..get::Options::new(version(), Timestamp::from_unix(asked.now))
    };
    let objects = asked.objects.clone().unwrap_or_default();
    let ours = match asked.kind.as_str() {
        "ServiceAccount" => table(objects, |all| get::service_accounts(all, &options)),
        "Secret" => table(objects, |all| get::secrets(all, &options)),
        "Role" => table(objects, |all| get::roles(all, &options)),
        "ClusterRole" => table(objects, |all| get::cluster_roles(all, &options)),
        "RoleBinding" => table(objects, |all| get::role_bindings(all, &options)),
        "ClusterRoleBinding" => table(objects, |all| get::cluster_role_bindings(all, &options)),
        kind => return tally.fail("a kind that there is no table for", &"a kind of RBAC", &kind),
    };
    tally.case(|| format!("{options:?}"), &asked.text, &ours);
}

fn table<T: DeserializeOwned>(objects: Vec<serde_json::Value>, print: impl Fn(&[T]) -> Result<String, Error>) -> String {
    let objects: Vec<T> = objects.into_iter().map(|object| serde_json::from_value(object).unwrap()).collect();
    print(&objects).unwrap()
}
