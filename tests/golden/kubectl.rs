//! A session of kubectl 1.37 at a real cluster, told again from the state that it found: every command is answered by the crate, and what
//! it changes is there for the next one. In the end the cluster is as the real one was.

use std::collections::BTreeMap;

use k8s_rbac::authorize::server as authorizer;
use k8s_rbac::cluster::Cluster;
use k8s_rbac::controller::{Counted, Settings};
use k8s_rbac::kubectl::age::Timestamp;
use k8s_rbac::kubectl::can_i::{self, Flags, Question};
use k8s_rbac::kubectl::{Error, apply, create, describe, get, line, print};
use k8s_rbac::load::Loader;
use k8s_rbac::model::{Object, Pod, Secret};
use k8s_rbac::resources::Catalogue;
use k8s_rbac::{Attributes, KubeVersion, Policy};

use crate::server::{Answer, Refused, Server};
use crate::transcript::{commands, without_chance};
use crate::words::Words;

const VERSION: KubeVersion = KubeVersion::V1_37;
const TRANSCRIPT: &str = include_str!("data/kubectl-1.37.txt");
/// What the session writes, by the ends of the keys of its objects.
const WRITTEN: [&str; 8] =
    ["/builder", "/builder-token", "builder-edit", "builder-admin", "/ok", "bind-view", "bind-missing", "extra-view"];

/// The cluster before the session: as it was in the end, without what the session wrote, and with the Pod of the story before.
fn before() -> Server {
    let end = crate::cluster().into_policy();
    let mut policy: Policy =
        end.objects().filter(|object| !WRITTEN.iter().any(|end| object.key().to_string().ends_with(end))).collect();
    policy.insert(Pod::new("default", "sample-kubectl", "sample-serviceaccount", "kubectl-container"));
    let cluster = Cluster::started(Settings::new(VERSION, "PEM"), Counted::default(), policy, None).unwrap();
    Server::new(cluster)
}

/// What is printed, and the exit code.
type Told = (String, u8);

fn answer(server: &mut Server, words: &Words<'_>) -> Told {
    let told = match words.plain[..] {
        ["create", kind, name] => return created(server, kind, name, words),
        ["apply"] => return applied(server, words),
        ["auth", "can-i", verb, target] => return can_i(server, verb, target, words),
        ["auth", "whoami"] => Ok(can_i::whoami(&words.user()).unwrap()),
        ["get"] => raw(server, words.get("--raw").unwrap(), words),
        ["get", kind] => table(server, kind, words),
        ["get", kind, name] => page(server, kind, name, words),
        ["describe", kind, name] => server.get(kind, words.namespace(), name, &words.user()).map(|object| match object {
            Object::ServiceAccount(account) => describe::service_account(&account, None, true, VERSION).unwrap(),
            other => panic!("no page of {}", other.key()),
        }),
        ["delete", kind, name] => {
            server.delete(kind, words.namespace(), name, &words.user()).map(|object| line::deleted(&object, VERSION))
        }
        _ => panic!("no answer to {:?}", words.plain),
    };
    told.map_or_else(|refused| (line::from_server(refused.reason, &refused.message), 1), |text| (text, 0))
}

fn created(server: &mut Server, kind: &str, name: &str, words: &Words<'_>) -> Told {
    let (catalogue, flags) = (Catalogue::built_in(), words.binding_flags(name));
    match kind {
        "role" => with_warnings(server, create::role(&words.role_flags(name), &catalogue, VERSION), words),
        "clusterrole" => with_warnings(server, create::cluster_role(&words.role_flags(name), &catalogue, VERSION), words),
        "rolebinding" => made(server, create::role_binding(&flags, VERSION), words),
        "clusterrolebinding" => made(server, create::cluster_role_binding(&flags, VERSION), words),
        "serviceaccount" => made(server, create::service_account(name, words.get("-n")), words),
        other => panic!("no flags of {other}"),
    }
}

fn with_warnings<T>(server: &mut Server, result: Result<create::Created<T>, Error>, words: &Words<'_>) -> Told
where
    T: serde::Serialize + Clone + Into<Object>,
{
    match result {
        Ok(create::Created { object, warnings, .. }) => {
            let (text, code) = made(server, Ok(object), words);
            (warnings.concat() + &text, code)
        }
        Err(error) => (error.line(), 1),
    }
}

fn made<T: serde::Serialize + Clone + Into<Object>>(server: &mut Server, result: Result<T, Error>, words: &Words<'_>) -> Told {
    let object = match result {
        Ok(object) if words.has("--dry-run") => return (print::yaml(&object, VERSION), 0),
        Ok(object) => object.into(),
        Err(error) => return (error.line(), 1),
    };
    match server.create(in_namespace(object.clone(), words.namespace()), &words.user()) {
        Ok(_) => (line::done(&object, "created", VERSION), 0),
        Err(refused) => (create::refused(&object, refused.reason, &refused.message, VERSION), 1),
    }
}

/// The namespace of the request.
fn in_namespace(mut object: Object, namespace: &str) -> Object {
    if object.is_namespaced() {
        namespace.clone_into(&mut object.metadata_mut().namespace);
    }
    object
}

fn applied(server: &mut Server, words: &Words<'_>) -> Told {
    let loaded = Loader::new().read_str("in.yaml", words.input);
    if let Some(refused) = loaded.refused.first() {
        return (line::from_server("BadRequest", &format!("error when creating \"in.yaml\": {refused}")), 1);
    }
    let mut told = (String::new(), 0);
    for object in loaded.into_result().unwrap() {
        let object = apply::sent(object, words.namespace(), VERSION);
        if let Some(stored) = server.cluster.policy().get_object(&object.key()) {
            told.0.extend(apply::warning(&stored, VERSION));
        }
        match server.cluster.apply(object.clone()).map_err(Refused::from) {
            Ok(report) => told.0 += &line::done(&object, &report.outcome.to_string(), VERSION),
            Err(Refused { invalid: Some(invalid), .. }) => told = (told.0 + &invalid, 1),
            Err(Refused { reason, message, .. }) => told = (told.0 + &line::from_server(reason, &message), 1),
        }
    }
    told
}

fn can_i(server: &Server, verb: &str, target: &str, words: &Words<'_>) -> Told {
    let quiet = words.has("-q");
    let subresource = words.get("--subresource").unwrap_or_default();
    let flags = Flags { namespace: words.namespace(), all_namespaces: words.has("-A"), subresource };
    let question = Question::new(&[verb, target], flags, &Catalogue::built_in(), VERSION).unwrap();
    let (rbac, user) = (server.rbac(), words.user());
    let request = question.attributes(&user);
    let verdict = authorizer::authorize(&rbac, &request);
    let answer = can_i::answer(verdict.is_allowed(), &verdict.reason(VERSION).to_string(), "");
    let answer = if quiet { "" } else { &answer };
    (question.warnings.concat() + answer, can_i::exit_code(verdict.is_allowed(), quiet, VERSION))
}

fn raw(server: &Server, path: &str, words: &Words<'_>) -> Answer<String> {
    server
        .authorize(&Attributes::non_resource("get", path), &words.user())
        .map(|()| panic!("the body of {path} is no answer of RBAC"))
}

fn page(server: &Server, kind: &str, name: &str, words: &Words<'_>) -> Answer<String> {
    let object = server.get(kind, words.namespace(), name, &words.user())?;
    Ok(match words.get("-o") {
        Some("json") => print::json(&object, VERSION),
        Some("yaml") => print::yaml(&object, VERSION),
        format => panic!("no page of {name} as {format:?}"),
    })
}

fn table(server: &Server, kind: &str, words: &Words<'_>) -> Answer<String> {
    let namespace = (!words.has("-A")).then(|| words.namespace());
    server.authorize_kind("list", kind, namespace, "", &words.user())?;
    let now: Timestamp = "2026-11-24T00:09:02Z".parse().unwrap();
    let options = get::Options { wide: words.has("-o"), all_namespaces: words.has("-A"), ..get::Options::new(VERSION, now) };
    let policy = server.cluster.policy();
    let here = |object: &k8s_rbac::model::ObjectMeta| namespace.is_none_or(|namespace| object.namespace == namespace);
    let table = match kind {
        "serviceaccounts" => get::service_accounts(policy.service_accounts().iter().map(|object| &***object), &options),
        "secret" => {
            get::secrets(policy.secrets().iter().map(|object| &***object).filter(|object| here(&object.metadata)), &options)
        }
        "roles" => get::roles(policy.roles().iter().map(|object| &***object), &options),
        "clusterrolebindings" => {
            get::cluster_role_bindings(policy.cluster_role_bindings().iter().map(|object| &***object), &options)
        }
        other => panic!("no table of {other}"),
    };
    Ok(table.unwrap())
}

#[test]
fn kubectl_says_what_it_said_to_a_real_cluster_and_leaves_it_the_same() {
    let mut server = before();
    let session = commands(TRANSCRIPT);
    assert_eq!(session.len(), 61);
    for (number, command) in session.iter().enumerate() {
        server.cluster.set_time(format!("2026-11-24T00:08:{number:02}Z").replace(":60Z", ":59Z"));
        let (output, code) = answer(&mut server, &Words::parse(&command.line));
        assert_eq!((without_chance(&command.output), command.code), (without_chance(&output), code), "{}", command.line);
    }
    let (real, ours) = (kept(crate::cluster().policy()), kept(server.cluster.policy()));
    assert_eq!(real.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>());
    for (key, object) in &real {
        assert_eq!(object, &ours[key], "{key}");
    }
}

/// The objects of the kinds that the dump of the real cluster holds, without what no two clusters share.
fn kept(policy: &Policy) -> BTreeMap<String, serde_json::Value> {
    let objects = policy.objects().map(|object| object.into_inner());
    let dumped = objects.filter(|object| !["Namespace", "Secret", "ConfigMap", "Pod"].contains(&object.kind()));
    dumped
        .map(|mut object| {
            let metadata = object.metadata_mut();
            metadata.uid.clear();
            metadata.resource_version.clear();
            metadata.creation_timestamp = None;
            metadata.managed_fields.clear();
            (object.key().to_string(), serde_json::to_value(&object).unwrap())
        })
        .collect()
}

/// The transcript shows the Secret once its token is there, as JSON between two commands.
#[test]
fn a_token_secret_is_filled_as_by_a_real_cluster() {
    let (_, shown) = TRANSCRIPT.split_once("# the token controller fills it\n").unwrap();
    let real: Secret = serde_json::from_str(&shown.split_once("\n\n").unwrap().0.replace("...", "eA==")).unwrap();
    let mut server = before();
    for command in &commands(TRANSCRIPT)[..2] {
        assert_eq!(answer(&mut server, &Words::parse(&command.line)).1, 0);
    }
    let ours = server.cluster.get::<Secret>("default", "builder-token").unwrap();
    let account = server.cluster.get::<k8s_rbac::model::ServiceAccount>("default", "builder").unwrap();
    assert_eq!(ours.metadata.annotations[Secret::SERVICE_ACCOUNT_UID], account.metadata.uid);
    let mut annotations = ours.metadata.annotations.clone();
    annotations.insert(Secret::SERVICE_ACCOUNT_UID.to_owned(), real.metadata.annotations[Secret::SERVICE_ACCOUNT_UID].clone());
    assert_eq!((annotations, &ours.r#type), (real.metadata.annotations.clone(), &real.r#type));
    assert_eq!(ours.data.keys().collect::<Vec<_>>(), real.data.keys().collect::<Vec<_>>());
    assert!(account.secrets.is_empty());
}
