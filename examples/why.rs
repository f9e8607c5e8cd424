//! Why a user may do something, or why not and what would let it: `why jane get pods default dump.yaml`.

use std::process::ExitCode;

use k8s_rbac::explain::{why, why_not};
use k8s_rbac::query::where_can;
use k8s_rbac::resources::Catalogue;
use k8s_rbac::suggest::changes;
use k8s_rbac::{Attributes, Authorizer, UserInfo};

mod support;

const HELP: &str = "Tells by which grants a user may do something; if it may not, what comes near, and the smallest changes that would allow it.

Usage: why USER VERB RESOURCE NAMESPACE FILE...

USER is a user name; that of a service account brings its groups. NAMESPACE is - for the cluster. The exit code is 0 if it may, 1 if not,
2 for wrong input.";

fn main() -> ExitCode {
    support::exit(answer(&support::words()).map(|(allowed, text)| {
        print!("{text}");
        allowed
    }))
}

/// Whether the user may, and the answer to the words of the command line.
pub fn answer(words: &[String]) -> Result<(bool, String), String> {
    let [name, verb, resource, namespace, files @ ..] = words else { return Err(HELP.to_owned()) };
    if files.is_empty() {
        return Err(HELP.to_owned());
    }
    let rbac = Authorizer::new(support::policy(files)?);
    let catalogue = Catalogue::built_in();
    let resource = catalogue.find(resource).ok_or(format!("no resource is called {resource:?}"))?;
    let user = UserInfo::impersonated(name.as_str(), [""; 0]);
    let namespace = if namespace == "-" { "" } else { namespace };
    let request = Attributes::resource(verb, &resource.plural).in_group(&resource.group).in_namespace(namespace).by(&user);
    let allowed = rbac.authorize(&request).is_allowed();
    let verdict = if allowed { "yes" } else { "no" };
    let mut lines = vec![format!("{verdict}; {name} may do it {}", where_can(&rbac, &user, &request))];
    lines.extend(why(&rbac, &request).map(|grant| format!("- {}", grant.evidence())));
    lines.extend(why_not(&rbac, &request, 3).misses.iter().map(|miss| format!("near: {miss}")));
    lines.extend(changes(&rbac, &request, 3).iter().map(|suggestion| format!("or: {suggestion}")));
    Ok((allowed, lines.join("\n") + "\n"))
}
