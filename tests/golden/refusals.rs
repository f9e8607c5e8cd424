//! What the cluster refused in the transcript of a session: objects that are invalid, and those that grant what their writer does not hold.

use std::collections::BTreeMap;

use k8s_rbac::escalation::check_create;
use k8s_rbac::identity::{UserInfo, service_account};
use k8s_rbac::load::Loader;
use k8s_rbac::model::{ClusterRoleBinding, Located, Object, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_rbac::validation::{Invalid, defaulted, validate, validate_update};
use k8s_rbac::{Authorizer, KubeVersion, bootstrap};

const TRANSCRIPT: &str = include_str!("data/kubectl-1.37.txt");

/// A command, what it read from standard input, and what it printed.
struct Entry {
    command: &'static str,
    input: &'static str,
    output: &'static str,
}

fn entries() -> impl Iterator<Item = Entry> {
    TRANSCRIPT.split("\n$ ").map(|entry| {
        let entry = entry.strip_prefix("$ ").unwrap_or(entry);
        let (command, rest) = entry.split_once('\n').unwrap();
        let (input, rest) = match command.strip_suffix(" <<EOF") {
            Some(_) => rest.split_once("EOF\n").unwrap(),
            None => ("", rest),
        };
        Entry { command, input, output: rest.split_once("[exit ").map_or(rest, |(output, _)| output) }
    })
}

/// The cluster as the session finds it: the default policy.
fn session() -> Authorizer {
    Authorizer::new(bootstrap::policy(KubeVersion::V1_37))
}

/// The object that `kubectl create` makes, for the kinds whose creation the session tries.
fn made(command: &str) -> Option<(Object, Option<UserInfo>)> {
    let mut words = command.strip_prefix("kubectl create ")?.split(' ');
    let (kind, name) = (words.next()?, words.next()?);
    let flags: BTreeMap<&str, &str> = words.filter_map(|word| word.strip_prefix("--")?.split_once('=')).collect();
    if flags.contains_key("dry-run") || flags.get("verb").is_some_and(|verb| *verb != "get") {
        return None;
    }
    let subject = flags.get("user").map(|name| Subject::user(*name));
    let account = flags.get("serviceaccount").and_then(|account| account.split_once(':'));
    let subjects = subject.into_iter().chain(account.map(|(namespace, name)| Subject::service_account(namespace, name)));
    let object = match kind {
        "role" => Role::new("default", name, [PolicyRule::resources(["get"], [""], [*flags.get("resource")?])]).into(),
        "rolebinding" => RoleBinding::new("default", name, RoleRef::cluster_role(*flags.get("clusterrole")?), subjects).into(),
        "clusterrolebinding" => ClusterRoleBinding::new(name, *flags.get("clusterrole")?, subjects).into(),
        _ => return None,
    };
    let user = flags.get("as").map(|user| {
        let (namespace, name) = service_account::split_username(user).unwrap();
        UserInfo::service_account(namespace, name)
    });
    Some((object, user))
}

#[test]
fn objects_that_grant_too_much_are_refused_in_the_servers_words() {
    let mut rbac = session();
    let (mut refused, mut let_through) = (0, 0);
    for Entry { command, output, .. } in entries() {
        let Some((object, user)) = made(command) else { continue };
        // Whoever may not create such objects at all is refused before, and kubectl looks at its flags itself.
        if output.contains(" cannot create resource ")
            || output.starts_with("error: exactly")
            || output.starts_with("error: serviceaccount")
        {
            continue;
        }
        if let Some(user) = user {
            match check_create(&rbac, &user, &object) {
                Ok(()) => {
                    assert!(output.ends_with(" created\n"), "{command}");
                    let_through += 1;
                }
                Err(refusal) => {
                    let kind = object.kind().to_lowercase();
                    assert_eq!(output, format!("error: failed to create {kind}: {refusal}\n"), "{command}");
                    refused += 1;
                    continue;
                }
            }
        }
        rbac.insert_object(object);
    }
    assert_eq!((refused, let_through), (2, 2));
}

#[test]
fn objects_that_are_invalid_are_refused_in_kubectls_words() {
    let mut stored: Vec<Object> = Vec::new();
    let mut refused = 0;
    for Entry { command, input, output } in entries() {
        if let Some((object, _)) = made(command)
            && output.ends_with(" created\n")
        {
            stored.push(object);
        }
        let Ok(read) = Loader::new().read_str("in.yaml", input).into_result() else { continue };
        for mut object in read {
            if object.metadata().namespace.is_empty() {
                object = object.map(in_default);
            }
            let object = defaulted(object);
            let old = stored.iter().find(|old| old.key() == object.key());
            let errors = match old {
                Some(old) => validate_update(&object, &Located::from(old.clone())),
                None => validate(&object),
            };
            let ours = Invalid::new(&object, errors).map(|invalid| format!("{}\n", invalid.as_kubectl()));
            let said =
                output.strip_prefix("Warning: ").and_then(|warned| warned.split_once('\n')).map_or(output, |(_, said)| said);
            let told = said.starts_with("The ").then_some(said);
            assert_eq!(told, ours.as_deref(), "{command}\n{input}");
            refused += usize::from(ours.is_some());
        }
    }
    assert_eq!(refused, 3);
}

/// The namespace that kubectl fills in.
fn in_default(mut object: Object) -> Object {
    "default".clone_into(&mut object.metadata_mut().namespace);
    object
}
