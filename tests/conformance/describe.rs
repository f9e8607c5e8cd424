//! `kubectl describe` of a role or a binding, byte for byte.

use k8s_rbac::kubectl::{Error, describe};
use k8s_rbac::version::KubeVersion;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Line {
    kind: String,
    object: serde_json::Value,
    text: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { kind, object, text } = serde_json::from_str(line).unwrap();
    let shown = object.to_string();
    let ours = match kind.as_str() {
        "Role" => page(object, describe::role),
        "ClusterRole" => page(object, describe::cluster_role),
        "RoleBinding" => page(object, describe::role_binding),
        "ClusterRoleBinding" => page(object, describe::cluster_role_binding),
        "Secret" => page(object, describe::secret),
        "ServiceAccount" => page(object, |account, version| describe::service_account(account, None, true, version)),
        _ => return tally.fail("a kind that there is no page for", &"a kind of RBAC", &kind),
    };
    tally.case(|| shown, &text, &ours);
}

fn page<T: DeserializeOwned>(object: serde_json::Value, describe: fn(&T, KubeVersion) -> Result<String, Error>) -> String {
    describe(&serde_json::from_value(object).unwrap(), version()).unwrap()
}
