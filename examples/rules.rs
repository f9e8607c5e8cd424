//! What a user may do in a namespace, as `kubectl auth can-i --list` prints it.
//!
//! ```console
//! $ cargo run --example rules -- jane shop examples/data/cluster-1.37.yaml examples/data/team.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::kubectl::can_i;
use k8s_rbac::query::rules_for;
use k8s_rbac::{Authorizer, KubeVersion, UserInfo};

fn main() -> ExitCode {
    support::exit(run(&support::words()).map(|page| {
        print!("{page}");
        true
    }))
}

fn run(args: &[String]) -> Result<String, String> {
    let [name, namespace, files @ ..] = args else { return Err("usage: rules USER NAMESPACE FILE...".to_owned()) };
    let user = UserInfo::impersonated(name.as_str(), [""; 0]);
    let rbac = Authorizer::new(support::policy(files)?);
    let found = rules_for(&rbac, &user, namespace);
    // What went wrong on the way, a reference to a role that is not there say, does not hide what was found.
    if let Some(error) = found.error() {
        eprintln!("{error}");
    }
    let rules: Vec<_> = found.rules().cloned().collect();
    can_i::list(&rules, false, KubeVersion::REFERENCE).map_err(|error| error.to_string())
}
