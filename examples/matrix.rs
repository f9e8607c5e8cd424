//! What a user may do to every resource, as a table: `matrix system:kube-scheduler kube-system dump.yaml`.

use std::process::ExitCode;

use k8s_rbac::query::{access_matrix, summary};
use k8s_rbac::resources::Catalogue;
use k8s_rbac::{Authorizer, UserInfo};

mod support;

const HELP: &str = "Prints what users may do to each resource in a namespace.

Usage: matrix USER[,USER...] NAMESPACE FILE...

The exit code is 2 for wrong input.";

fn main() -> ExitCode {
    support::exit(answer(&support::words()).map(|text| {
        print!("{text}");
        true
    }))
}

/// The answer to the words of the command line.
pub fn answer(words: &[String]) -> Result<String, String> {
    let [names, namespace, files @ ..] = words else { return Err(HELP.to_owned()) };
    if files.is_empty() {
        return Err(HELP.to_owned());
    }
    let rbac = Authorizer::new(support::policy(files)?);
    let users: Vec<UserInfo> = names.split(',').map(|name| UserInfo::impersonated(name, [""; 0])).collect();
    let catalogue = Catalogue::built_in();
    let verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
    let mut text = access_matrix(&rbac, &users, &catalogue, namespace).verbs(verbs).to_string();
    for user in &users {
        let about = summary(&rbac, user);
        let (cluster, local) = (about.cluster_role_bindings, about.role_bindings);
        text += &format!("\n{}: {cluster} ClusterRoleBindings, {local} RoleBindings\n", user.username);
    }
    Ok(text)
}
