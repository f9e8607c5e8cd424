//! What one run of each controller writes, for what has just happened.

use k8s_rbac::Policy;
use k8s_rbac::controller::{Change, Settings, Supply, aggregation, cleaner, root_ca, service_account, token};
use k8s_rbac::identity::service_account::username;
use k8s_rbac::model::{ApiObject, ClusterRole, ConfigMap, Namespace, Object, Pod, Secret, ServiceAccount};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    run: String,
    account: Option<ServiceAccount>,
    secret: Option<Secret>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    now: i64,
    #[serde(default)]
    period: i64,
    #[serde(flatten)]
    there: There,
    writes: Vec<Value>,
    #[serde(default)]
    error: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct There {
    namespaces: Vec<Namespace>,
    accounts: Vec<ServiceAccount>,
    secrets: Vec<Secret>,
    config_maps: Vec<ConfigMap>,
    pods: Vec<Pod>,
    cluster_roles: Vec<ClusterRole>,
}

impl There {
    fn policy(self) -> Policy {
        fn objects<T: Into<Object>>(all: Vec<T>) -> impl Iterator<Item = Object> {
            all.into_iter().map(Into::into)
        }
        let accounts = objects(self.namespaces).chain(objects(self.accounts)).chain(objects(self.secrets));
        accounts.chain(objects(self.config_maps)).chain(objects(self.pods)).chain(objects(self.cluster_roles)).collect()
    }
}

/// Tokens that show their claims, sorted.
struct Claims;

impl Supply for Claims {
    fn suffix(&mut self) -> u32 {
        0
    }

    fn token(&mut self, account: &ServiceAccount, secret: &str) -> String {
        let metadata = &account.metadata;
        let claim = |name: &str| format!("kubernetes.io/serviceaccount/{name}");
        let claims: Map<String, Value> = [
            (claim("namespace"), metadata.namespace.clone()),
            (claim("secret.name"), secret.to_owned()),
            (claim("service-account.name"), metadata.name.clone()),
            (claim("service-account.uid"), metadata.uid.clone()),
            ("sub".to_owned(), username(&metadata.namespace, &metadata.name)),
        ]
        .into_iter()
        .map(|(key, value)| (key, value.into()))
        .collect();
        Value::Object(claims).to_string()
    }

    fn uid(&mut self) -> String {
        String::new()
    }
}

pub fn check(line: &str, tally: &mut Tally) {
    let line: Line = serde_json::from_str(line).unwrap();
    let shown = format!("{line:?}");
    let Line { run, account, secret, name, now, period, there, writes, error } = line;
    let policy = there.policy();
    let event = Event { account, secret, name, now, period };
    let (ours, refused) = match event.run(&run, &policy) {
        Ok(changes) => (changes, String::new()),
        Err(refused) => (Vec::new(), refused),
    };
    let mut ours: Vec<Value> = ours.into_iter().map(|change| written(change, &policy)).collect();
    ours.sort_by_key(|write| (text(write, "namespace"), text(write, "name")));
    let upstream: Vec<Value> = writes.into_iter().map(read).collect();
    tally.case(|| shown, &(upstream, error), &(ours, refused));
}

/// What happened, and when.
struct Event {
    account: Option<ServiceAccount>,
    secret: Option<Secret>,
    name: String,
    now: i64,
    period: i64,
}

impl Event {
    fn run(self, run: &str, policy: &Policy) -> Result<Vec<Change>, String> {
        let settings = Settings::new(version(), "PEM");
        Ok(match run {
            "account" => account(&self.account.unwrap(), policy, &settings),
            "secret" => secret(&self.secret.unwrap(), policy, &settings),
            "accounts" => {
                let namespace = policy.get::<Namespace>("", &self.name);
                namespace.and_then(|namespace| service_account::sync_namespace(namespace, policy)).into_iter().collect()
            }
            "ca" => root_ca::publish(&self.name, policy, &settings).into_iter().collect(),
            "clean" => cleaner::clean(policy, self.now, self.period, settings.version),
            _ => aggregated(&self.name, policy)?,
        })
    }
}

fn account(account: &ServiceAccount, policy: &Policy, settings: &Settings) -> Vec<Change> {
    match policy.get::<ServiceAccount>(&account.metadata.namespace, &account.metadata.name) {
        Some(there) if there.metadata.uid == account.metadata.uid => token::account_synced(there, policy, settings, &mut Claims),
        _ => token::account_deleted(account, policy),
    }
}

fn secret(secret: &Secret, policy: &Policy, settings: &Settings) -> Vec<Change> {
    let change = match policy.get::<Secret>(&secret.metadata.namespace, &secret.metadata.name) {
        Some(there) => token::secret_synced(there, policy, settings, &mut Claims),
        None => token::secret_deleted(secret, policy),
    };
    change.into_iter().collect()
}

/// The role as the run would write it; upstream's words if a selector of it cannot be read.
fn aggregated(name: &str, policy: &Policy) -> Result<Vec<Change>, String> {
    let Some(role) = policy.get::<ClusterRole>("", name) else { return Ok(Vec::new()) };
    match aggregation::aggregate(role, policy.cluster_roles()) {
        Ok(rules) => Ok(rules.map(|rules| Change::Update(ClusterRole::new(name, rules).into())).into_iter().collect()),
        Err(error) => Err(error.to_string().split_once("]: ").unwrap().1.to_owned()),
    }
}

/// A change in the form of the line.
fn written(change: Change, policy: &Policy) -> Value {
    let key = change.key();
    let mut write = json!({"kind": key.kind, "name": key.name});
    if !key.namespace.is_empty() {
        write["namespace"] = key.namespace.as_str().into();
    }
    match change {
        Change::Update(Object::ClusterRole(role)) => {
            write["verb"] = "apply".into();
            if !role.rules.is_empty() {
                write["rules"] = serde_json::to_value(&role.rules).unwrap();
            }
        }
        Change::Update(Object::Secret(marked)) if is_marked(&marked, policy) => {
            write["verb"] = "label".into();
            write["labels"] = json!({cleaner::INVALID_SINCE: marked.metadata.labels[cleaner::INVALID_SINCE]});
        }
        Change::Create(object) => set_object(&mut write, "create", &object),
        Change::Update(object) => set_object(&mut write, "update", &object),
        Change::Delete(deletion) => {
            write["verb"] = "delete".into();
            for (field, value) in [("uid", deletion.uid), ("resourceVersion", deletion.resource_version)] {
                if !value.is_empty() {
                    write[field] = value.into();
                }
            }
        }
        other => panic!("{other:?}"),
    }
    write
}

fn set_object(write: &mut Value, verb: &str, object: &Object) {
    write["verb"] = verb.into();
    write["object"] = serde_json::to_value(object).unwrap();
}

/// Whether the Secret is the stored one but for the label of the cleaner.
fn is_marked(secret: &Secret, policy: &Policy) -> bool {
    let before = policy.get::<Secret>(&secret.metadata.namespace, &secret.metadata.name).unwrap();
    let label = secret.metadata.labels.get(cleaner::INVALID_SINCE);
    let mut marked = (***before).clone();
    marked.metadata.labels.extend(label.map(|date| (cleaner::INVALID_SINCE.to_owned(), date.clone())));
    marked == *secret && label != before.metadata.labels.get(cleaner::INVALID_SINCE)
}

fn text(write: &Value, field: &str) -> String {
    write[field].as_str().unwrap_or_default().to_owned()
}

/// A write of upstream, its object read and written again: an empty list may be left out.
fn read(mut write: Value) -> Value {
    let kind = text(&write, "kind");
    if let Some(object) = write.get_mut("object") {
        *object = match kind.as_str() {
            ServiceAccount::KIND => again::<ServiceAccount>(object.take()),
            Secret::KIND => again::<Secret>(object.take()),
            _ => again::<ConfigMap>(object.take()),
        };
    }
    write
}

fn again<T: ApiObject + Into<Object> + serde::de::DeserializeOwned>(value: Value) -> Value {
    serde_json::to_value(serde_json::from_value::<T>(value).unwrap().into()).unwrap()
}
