//! The least role for what somebody asked for, from an audit log.
//!
//! ```console
//! $ cargo run --all-features --example role_from_audit -- examples/data/audit.jsonl system:serviceaccount:shop:cart
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::audit;
use k8s_rbac::authorize::subject::Principal;
use k8s_rbac::kubectl::print;
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::suggest::{missing_roles, roles_for, usage};
use k8s_rbac::{Authorizer, KubeVersion, UserInfo};

const USAGE: &str = "usage: role_from_audit LOG USER [POLICY…]

LOG holds audit events, one in a line. Prints the least roles for what USER asked for, allowed or not, as YAML. With files of a POLICY, those
for what it lacks, and, on standard error, what it holds and did not use.";

fn main() -> ExitCode {
    support::exit(run(&support::words()).map(|()| true))
}

fn run(args: &[String]) -> Result<(), String> {
    let [log, name, policy @ ..] = args else { return Err(USAGE.to_owned()) };
    let text = std::fs::read_to_string(log).map_err(|error| format!("{log}: {error}"))?;
    let asked = requests(&text, name).map_err(|error| format!("{log}: {error}"))?;
    let known = asked.iter().find_map(|request| request.user.clone());
    let user = known.unwrap_or_else(|| UserInfo::impersonated(name.as_str(), [""; 0]));
    let requests = || asked.iter().map(OwnedAttributes::attributes);
    let roles = if policy.is_empty() {
        roles_for(requests())
    } else {
        let rbac = Authorizer::new(support::policy(policy)?);
        for grant in usage(&rbac, &user, requests()).map_err(|error| error.to_string())?.unused() {
            eprintln!("not used: {}", grant.evidence());
        }
        missing_roles(&rbac, &user, requests())
    };
    let roles = roles.map_err(|error| error.to_string())?;
    for object in roles.objects("from-audit", &Principal::User(name.clone()).subject()) {
        print!("---\n{}", print::yaml(&object, KubeVersion::REFERENCE));
    }
    Ok(())
}

/// What the user asked for.
fn requests(log: &str, name: &str) -> Result<Vec<OwnedAttributes>, audit::Error> {
    let mut found = Vec::new();
    for event in audit::events(log) {
        let request = event?.request();
        if request.user.as_ref().is_some_and(|user| user.username == name) {
            found.push(request);
        }
    }
    Ok(found)
}
