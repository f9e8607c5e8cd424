//! The objects that `kubectl create` makes of its flags, as it prints them, and what it refuses.

use k8s_rbac::kubectl::create::{self, BindingFlags, Created, RoleFlags};
use k8s_rbac::kubectl::{Error, print};
use k8s_rbac::resources::{Catalogue, Resource};
use serde::{Deserialize, Serialize};

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Line {
    kind: String,
    arguments: Vec<String>,
    flags: Vec<(String, String)>,
    namespace: Option<String>,
    served: Option<Vec<Resource>>,
    #[serde(flatten)]
    said: Said,
}

/// What is printed: the object, or the error, and the warnings before either.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Said {
    output: String,
    warnings: String,
    error: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let mut line: Line = serde_json::from_str(line).unwrap();
    let mut ours = answer(&line).unwrap_or_else(|error| Said { error: error.line(), ..Said::default() });
    if !line.said.error.is_empty() {
        // Warnings before a refusal are not part of what the crate gives back.
        ours.warnings.clone_from(&line.said.warnings);
        if !line.said.error.ends_with('\n') {
            line.said.error.push('\n');
        }
    }
    tally.case(|| format!("create {} {:?} {:?}", line.kind, line.arguments, line.flags), &line.said, &ours);
}

fn answer(line: &Line) -> Result<Said, Error> {
    let catalogue: Catalogue = line.served.clone().unwrap_or_default().into_iter().collect();
    line.flags.iter().try_for_each(read)?;
    let name = create::name(&line.arguments, &line.kind, version())?;
    match line.kind.as_str() {
        "role" => create::role(&role_flags(line, name)?, &catalogue, version()).map(created),
        "clusterrole" => create::cluster_role(&role_flags(line, name)?, &catalogue, version()).map(created),
        "rolebinding" => create::role_binding(&binding_flags(line, name), version()).map(said),
        "clusterrolebinding" => create::cluster_role_binding(&binding_flags(line, name), version()).map(said),
        _ => create::service_account(name, line.namespace.as_deref()).map(said),
    }
}

fn said<T: Serialize>(object: T) -> Said {
    Said { output: print::yaml(&object, version()), ..Said::default() }
}

fn created<T: Serialize>(created: Created<T>) -> Said {
    Said { warnings: created.warnings.concat(), ..said(created.object) }
}

fn role_flags(line: &Line, name: &str) -> Result<RoleFlags, Error> {
    let split = |flag: &str| create::split(flag, &all(line, flag));
    Ok(RoleFlags {
        verbs: split("verb")?,
        resources: split("resource")?,
        resource_names: all(line, "resource-name"),
        non_resource_urls: split("non-resource-url")?,
        aggregation_rule: all(line, "aggregation-rule"),
        namespace: line.namespace.clone(),
        name: name.to_owned(),
    })
}

/// What a flag does not take: flags are read in their order, before arguments are counted.
fn read((flag, value): &(String, String)) -> Result<(), Error> {
    match flag.as_str() {
        "verb" | "resource" | "non-resource-url" => create::split(flag, &[value]).map(drop),
        "aggregation-rule" => {
            let flags = RoleFlags { name: "x".to_owned(), aggregation_rule: vec![value.clone()], ..RoleFlags::default() };
            let refused = create::cluster_role(&flags, &Catalogue::new(), version()).err();
            refused.filter(|error| error.to_string().starts_with("invalid argument")).map_or(Ok(()), Err)
        }
        _ => Ok(()),
    }
}

fn binding_flags(line: &Line, name: &str) -> BindingFlags {
    BindingFlags {
        role: all(line, "role").pop(),
        cluster_role: all(line, "clusterrole").pop(),
        users: all(line, "user"),
        groups: all(line, "group"),
        service_accounts: all(line, "serviceaccount"),
        namespace: line.namespace.clone(),
        name: name.to_owned(),
    }
}

fn all(line: &Line, flag: &str) -> Vec<String> {
    line.flags.iter().filter(|(name, _)| name == flag).map(|(_, value)| value.clone()).collect()
}
