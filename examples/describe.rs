//! Roles and bindings as `kubectl describe` shows them.
//!
//! ```console
//! $ cargo run --example describe -- examples/data/team.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::KubeVersion;
use k8s_rbac::kubectl::describe;
use k8s_rbac::model::Object;

fn main() -> ExitCode {
    support::exit(run(&support::words()).map(|()| true))
}

fn run(files: &[String]) -> Result<(), String> {
    let version = KubeVersion::REFERENCE;
    for object in support::policy(files)?.objects() {
        let page = match &*object {
            Object::Role(role) => describe::role(role, version),
            Object::ClusterRole(role) => describe::cluster_role(role, version),
            Object::RoleBinding(binding) => describe::role_binding(binding, version),
            Object::ClusterRoleBinding(binding) => describe::cluster_role_binding(binding, version),
            _ => continue,
        };
        println!("{}", page.map_err(|error| error.to_string())?);
    }
    Ok(())
}
