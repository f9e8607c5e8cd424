//! Upstream's objects, read from the files.

use std::path::Path;

use k8s_rbac::Policy;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, Role, RoleBinding};
use k8s_rbac::version::KubeVersion;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Source {
    version: KubeVersion,
    cluster_roles: Vec<ClusterRole>,
    cluster_role_bindings: Vec<ClusterRoleBinding>,
    roles: Vec<Role>,
    role_bindings: Vec<RoleBinding>,
}

/// The policy of each version, oldest first.
pub fn all() -> Vec<(KubeVersion, Policy)> {
    KubeVersion::known().map(read).collect()
}

fn read(version: KubeVersion) -> (KubeVersion, Policy) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/bootstrap/v{version}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let source: Source = serde_json::from_str(&text).unwrap();
    assert_eq!(source.version, version);
    let mut objects: Vec<Object> = Vec::new();
    objects.extend(source.cluster_roles.into_iter().map(Object::from));
    objects.extend(source.cluster_role_bindings.into_iter().map(Object::from));
    objects.extend(source.roles.into_iter().map(Object::from));
    objects.extend(source.role_bindings.into_iter().map(Object::from));
    let count = objects.len();
    let policy: Policy = objects.into_iter().collect();
    assert_eq!(policy.len(), count, "a name comes twice");
    (version, policy)
}
