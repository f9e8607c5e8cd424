//! What one role allows that another does not, as the shortest rules and with a request that shows it.
//!
//! ```console
//! $ cargo run --example compare_roles -- view edit examples/data/cluster-1.37.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::model::{ClusterRole, PolicyRule};
use k8s_rbac::permission::PermissionSet;
use k8s_rbac::{KubeVersion, Policy, kubectl};

fn main() -> ExitCode {
    support::exit(run(&support::words()).map(|()| true))
}

fn run(args: &[String]) -> Result<(), String> {
    let [one, other, files @ ..] = args else { return Err("usage: compare_roles CLUSTERROLE CLUSTERROLE FILE...".to_owned()) };
    let policy = support::policy(files)?;
    let (a, b) = (allowed(&policy, one)?, allowed(&policy, other)?);
    for (name, more) in [(one, a.difference(&b)), (other, b.difference(&a))] {
        let more = more.map_err(|error| error.to_string())?;
        match more.witness() {
            Some(action) => println!("only {name}, such as: {action}\n{}", page(&more)?),
            None => println!("only {name}: nothing"),
        }
    }
    Ok(())
}

fn allowed(policy: &Policy, name: &str) -> Result<PermissionSet, String> {
    let role = policy.get::<ClusterRole>("", name).ok_or(format!("no ClusterRole is called {name:?}"))?;
    PermissionSet::from_rules(&*role.rules).map_err(|error| error.to_string())
}

/// The rules of a set, as `kubectl auth can-i --list` prints rules.
fn page(set: &PermissionSet) -> Result<String, String> {
    let rules: Vec<PolicyRule> = set.to_rules().map_err(|error| error.to_string())?;
    kubectl::can_i::list(&rules, false, KubeVersion::REFERENCE).map_err(|error| error.to_string())
}
