//! The commands of a session of kubectl 1.37 at a real cluster, answered from the cluster as it was at the end of the session.

use k8s_rbac::authorize::server;
use k8s_rbac::identity::UserInfo;
use k8s_rbac::identity::service_account::USERNAME_PREFIX;
use k8s_rbac::kubectl::age::Timestamp;
use k8s_rbac::kubectl::can_i::{self, Flags, Question};
use k8s_rbac::kubectl::create::{self, BindingFlags, RoleFlags};
use k8s_rbac::kubectl::{Error, describe, get, line, print};
use k8s_rbac::model::{ClusterRole, Object};
use k8s_rbac::resources::Catalogue;
use k8s_rbac::{Attributes, Authorizer, KubeVersion};

use crate::transcript::{Command, commands, without_chance};

const VERSION: KubeVersion = KubeVersion::V1_37;

/// What begins the commands that are not answered here, and why. RoleBindings that are made as somebody else are not either: the server's
/// part is the business of the escalation check.
const NOT_ANSWERED: &[(&str, &str)] = &[
    ("kubectl get secret", "the Secret is gone at the end of the session"),
    ("kubectl apply", "the server's part is the business of the rooms that load, validate and settle objects"),
    ("kubectl create role escalate-me", "the session changes between the two commands"),
    ("kubectl delete serviceaccount builder", "the account is gone at the end of the session"),
];

/// A command taken apart: words, and flags with their values.
struct Words<'a> {
    plain: Vec<&'a str>,
    flags: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    fn parse(command: &'a str) -> Self {
        let (mut plain, mut flags) = (Vec::new(), Vec::new());
        let mut words = command.split(' ').skip(1).peekable();
        while let Some(word) = words.next() {
            match word {
                "-n" | "-o" | "--raw" => flags.push((word, words.next().unwrap())),
                _ if word.starts_with('-') => flags.push(word.split_once('=').unwrap_or((word, ""))),
                _ => plain.push(word),
            }
        }
        Self { plain, flags }
    }

    fn all(&self, flag: &str) -> Vec<String> {
        self.flags.iter().filter(|(name, _)| *name == flag).map(|(_, value)| (*value).to_owned()).collect()
    }

    fn get(&self, flag: &str) -> Option<&'a str> {
        self.flags.iter().find(|(name, _)| *name == flag).map(|(_, value)| *value)
    }

    fn namespace(&self) -> &'a str {
        self.get("-n").unwrap_or("default")
    }

    fn user(&self) -> UserInfo {
        match self.get("--as") {
            Some(name) => match name.strip_prefix(USERNAME_PREFIX).and_then(|rest| rest.split_once(':')) {
                Some((namespace, name)) => UserInfo::service_account(namespace, name),
                None => UserInfo::authenticated(name, [] as [&str; 0]),
            },
            None => UserInfo { uid: "1".to_owned(), ..UserInfo::authenticated("admin", [UserInfo::MASTERS]) },
        }
    }
}

/// What is printed, and the exit code.
type Answer = Option<(String, u8)>;

fn answer(rbac: &Authorizer, command: &str) -> Answer {
    let words = Words::parse(command);
    match words.plain[..] {
        ["create", "role", name] => {
            created(create::role(&role_flags(name, &words), &Catalogue::built_in(), VERSION), &words, rbac)
        }
        ["create", "clusterrole", name] => {
            created(create::cluster_role(&role_flags(name, &words), &Catalogue::built_in(), VERSION), &words, rbac)
        }
        ["create", "rolebinding", name] => made(create::role_binding(&binding_flags(name, &words), VERSION), &words, rbac),
        ["create", "clusterrolebinding", name] => {
            made(create::cluster_role_binding(&binding_flags(name, &words), VERSION), &words, rbac)
        }
        ["create", "serviceaccount", name] => made(create::service_account(name, None), &words, rbac),
        ["describe", "serviceaccount", name] => {
            let account = create::service_account(name, Some(words.namespace())).unwrap();
            Some((describe::service_account(&account, None, true, VERSION).unwrap(), 0))
        }
        ["auth", "can-i", verb, target] => Some(can_i(rbac, verb, target, &words)),
        ["auth", "whoami"] => Some((can_i::whoami(&words.user()).unwrap(), 0)),
        ["get", kind] if words.get("--as").is_none() => Some((table(rbac, kind, &words)?, 0)),
        ["get", "clusterrole", name] => {
            let role = &***rbac.policy().get::<ClusterRole>("", name)?;
            Some((if words.get("-o") == Some("json") { print::json(role) } else { print::yaml(role, VERSION) }, 0))
        }
        ["get"] => Some(refused(rbac, &Attributes::non_resource("get", words.get("--raw")?), &words)),
        ["get", kind] => Some(request(rbac, "list", kind, "", &words)),
        [verb @ ("get" | "delete"), kind, name] => Some(request(rbac, verb, kind, name, &words)),
        _ => None,
    }
}

fn role_flags(name: &str, words: &Words<'_>) -> RoleFlags {
    let split = |flag: &str| create::split(flag, &words.all(flag)).unwrap();
    RoleFlags {
        name: name.to_owned(),
        verbs: split("--verb"),
        resources: split("--resource"),
        resource_names: words.all("--resource-name"),
        non_resource_urls: split("--non-resource-url"),
        aggregation_rule: words.all("--aggregation-rule"),
        namespace: words.get("-n").map(str::to_owned),
    }
}

fn binding_flags(name: &str, words: &Words<'_>) -> BindingFlags {
    BindingFlags {
        name: name.to_owned(),
        role: words.get("--role").map(str::to_owned),
        cluster_role: words.get("--clusterrole").map(str::to_owned),
        users: words.all("--user"),
        groups: words.all("--group"),
        service_accounts: words.all("--serviceaccount"),
        namespace: words.get("-n").map(str::to_owned),
    }
}

fn created<T: serde::Serialize + Clone + Into<Object>>(
    result: Result<create::Created<T>, Error>,
    words: &Words<'_>,
    rbac: &Authorizer,
) -> Answer {
    match result {
        Ok(create::Created { object, warnings, .. }) => {
            let (text, code) = made(Ok(object), words, rbac)?;
            Some((warnings.concat() + &text, code))
        }
        Err(error) => Some((error.line(), 1)),
    }
}

fn made<T: serde::Serialize + Clone + Into<Object>>(result: Result<T, Error>, words: &Words<'_>, rbac: &Authorizer) -> Answer {
    let object = match result {
        Ok(object) => object,
        Err(error) => return Some((error.line(), 1)),
    };
    if words.get("-o").is_some() {
        return Some((print::yaml(&object, VERSION), 0));
    }
    let object: Object = object.into();
    let kind = object.kind().to_lowercase();
    let (text, code) = request(rbac, "create", &kind, "", words);
    if code == 0 {
        return Some((line::done(&object, "created", VERSION), 0));
    }
    // Bindings wrap what the server says.
    let wrapped = text.strip_prefix("Error from server (Forbidden): ").filter(|_| kind.ends_with("binding"));
    Some((wrapped.map_or(text.clone(), |message| format!("error: failed to create {kind}: {message}")), code))
}

fn can_i(rbac: &Authorizer, verb: &str, target: &str, words: &Words<'_>) -> (String, u8) {
    let (all_namespaces, quiet) = (words.get("-A").is_some(), words.get("-q").is_some());
    let flags =
        Flags { namespace: words.namespace(), all_namespaces, subresource: words.get("--subresource").unwrap_or_default() };
    let question = Question::new(&[verb, target], flags, &Catalogue::built_in(), VERSION).unwrap();
    let user = words.user();
    let request = question.attributes(&user);
    let verdict = server::authorize(rbac, &request);
    let answer = can_i::answer(verdict.is_allowed(), &verdict.reason(VERSION).to_string(), "");
    let answer = if quiet { "" } else { &answer };
    (question.warnings.concat() + answer, can_i::exit_code(verdict.is_allowed(), quiet, VERSION))
}

/// What the server answers to a request for objects of a kind; nothing if it lets it through.
fn request(rbac: &Authorizer, verb: &str, kind: &str, name: &str, words: &Words<'_>) -> (String, u8) {
    let catalogue = Catalogue::built_in();
    let resource = catalogue.find(kind).unwrap();
    // A namespace is asked for as if it lived in itself.
    let namespace = match (resource.plural.as_str(), resource.namespaced && words.get("-A").is_none()) {
        ("namespaces", _) => name,
        (_, true) => words.namespace(),
        _ => "",
    };
    let attributes = Attributes::resource(verb, &resource.plural).in_group(&resource.group).named(name).in_namespace(namespace);
    refused(rbac, &attributes, words)
}

fn refused(rbac: &Authorizer, attributes: &Attributes<'_>, words: &Words<'_>) -> (String, u8) {
    let user = words.user();
    let attributes = attributes.by(&user);
    let verdict = server::authorize(rbac, &attributes);
    if verdict.is_allowed() {
        return (String::new(), 0);
    }
    (line::from_server("Forbidden", &attributes.forbidden(verdict.reason(VERSION).to_string(), VERSION).to_string()), 1)
}

fn table(rbac: &Authorizer, kind: &str, words: &Words<'_>) -> Option<String> {
    let now: Timestamp = "2026-11-24T00:09:02Z".parse().unwrap();
    let options = get::Options {
        wide: words.get("-o").is_some(),
        all_namespaces: words.get("-A").is_some(),
        ..get::Options::new(VERSION, now)
    };
    let policy = rbac.policy();
    let table = match kind {
        "serviceaccounts" => get::service_accounts(policy.service_accounts().iter().map(|object| &***object), &options),
        "roles" => get::roles(policy.roles().iter().map(|object| &***object), &options),
        "clusterrolebindings" => {
            get::cluster_role_bindings(policy.cluster_role_bindings().iter().map(|object| &***object), &options)
        }
        _ => return None,
    };
    Some(table.unwrap())
}

fn is_left_out(command: &Command) -> bool {
    let as_somebody = command.line.starts_with("kubectl create rolebinding") && command.line.contains("--as");
    as_somebody || NOT_ANSWERED.iter().any(|(begin, _)| command.line.starts_with(begin))
}

#[test]
fn kubectl_says_what_it_said_to_a_real_cluster() {
    let rbac = crate::cluster();
    let session = commands(include_str!("data/kubectl-1.37.txt"));
    assert_eq!(session.len(), 61);
    let asked: Vec<&Command> = session.iter().filter(|command| !is_left_out(command)).collect();
    for command in &asked {
        let (output, code) = answer(&rbac, &command.line).unwrap_or_else(|| panic!("no answer to {}", command.line));
        assert_eq!((without_chance(&command.output), command.code), (without_chance(&output), code), "{}", command.line);
    }
    println!("{} of {} commands answered", asked.len(), session.len());
    assert!(asked.len() >= 44, "{}", asked.len());
}
