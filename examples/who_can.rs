//! Who can do something, on a dump of a cluster: `who_can get secrets kube-system dump.yaml`.

use std::process::ExitCode;

use k8s_rbac::permission::{Choice, Pattern};
use k8s_rbac::query::{Scope, who_can, who_can_any};
use k8s_rbac::resources::{Catalogue, Resource};
use k8s_rbac::{Attributes, Authorizer};

mod support;

const HELP: &str = "Tells who can do something, by which bindings and roles.

Usage: who_can VERB RESOURCE SCOPE FILE...

VERB is a verb, or any for whatever verb. RESOURCE is as kubectl takes it. SCOPE is a namespace, - for the cluster, + for some namespace, or
* for every namespace. FILE holds the cluster's RBAC objects. The exit code is 2 for wrong input.";

fn main() -> ExitCode {
    support::exit(answer(&support::words()).map(|text| {
        print!("{text}");
        true
    }))
}

/// The answer to the words of the command line.
pub fn answer(words: &[String]) -> Result<String, String> {
    let [verb, resource, scope, files @ ..] = words else { return Err(HELP.to_owned()) };
    if files.is_empty() {
        return Err(HELP.to_owned());
    }
    let rbac = Authorizer::new(support::policy(files)?);
    let catalogue = Catalogue::built_in();
    let resource = catalogue.find(resource).ok_or(format!("no resource is called {resource:?}"))?;
    let scope = match scope.as_str() {
        "-" => Scope::Cluster,
        "+" => Scope::AnyNamespace,
        "*" => Scope::EveryNamespace,
        namespace => Scope::Namespace(namespace.to_owned()),
    };
    let question = format!("Who can {verb} {} {scope}?", resource.qualified());
    let found = match verb.as_str() {
        "any" => who_can_any(&rbac, &anything_to(resource), scope),
        verb => who_can(&rbac, &Attributes::resource(verb, &resource.plural).in_group(&resource.group), scope),
    };
    Ok(format!("{question}\n{found}\n"))
}

fn anything_to(resource: &Resource) -> Pattern {
    Pattern {
        api_groups: Choice::only([resource.group.as_str()]),
        resources: Choice::only([resource.plural.as_str()]),
        subresources: Choice::only([""]),
        ..Pattern::default()
    }
}
