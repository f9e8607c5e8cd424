//! The controllers come to rest, at the same state in whatever order independent things happen.

use std::collections::{BTreeMap, VecDeque};

use k8s_rbac::Policy;
use k8s_rbac::cluster::Cluster;
use k8s_rbac::controller::{Counted, aggregation, root_ca, service_account, token};
use k8s_rbac::model::{
    AggregationRule, ApiObject, ClusterRole, ConfigMap, LabelSelector, Namespace, Object, ObjectKey, ObjectMeta, PolicyRule,
    Secret, ServiceAccount,
};
use k8s_rbac::version::KubeVersion;
use proptest::prelude::*;

const NAMESPACES: [&str; 3] = ["default", "a", "b"];
const NAMES: [&str; 3] = ["default", "ci", "web"];

#[derive(Debug, Clone)]
enum Event {
    Apply(Object),
    Replace(Object),
    Delete(ObjectKey),
    /// The object that is there gets a label and an annotation, or loses them.
    Mark(ObjectKey, bool),
}

impl Event {
    /// Some events are refused, for their object or its namespace is not there.
    fn happen(self, cluster: &mut Cluster) {
        let _ = match self {
            Self::Apply(object) => cluster.apply(object).map(|_| ()),
            Self::Replace(object) => cluster.replace(object).map(|_| ()),
            Self::Delete(key) => cluster.delete(&key).map(|_| ()),
            Self::Mark(key, on) => {
                let there = cluster.policy().get_object(&key).map(|object| object.into_inner());
                there.map_or(Ok(()), |object| cluster.replace(marked(object, on)).map(|_| ()))
            }
        };
    }

    fn key(&self) -> ObjectKey {
        match self {
            Self::Apply(object) | Self::Replace(object) => object.key(),
            Self::Delete(key) | Self::Mark(key, _) => key.clone(),
        }
    }
}

/// The object with its own mark, by which aggregation knows a role, or without it.
fn marked(mut object: Object, on: bool) -> Object {
    let label = object.metadata().name.replace("role", "label");
    let metadata = object.metadata_mut();
    metadata.labels.remove(&label);
    metadata.annotations.remove("note");
    if on {
        metadata.labels.insert(label, "1".to_owned());
        metadata.annotations.insert("note".to_owned(), "seen".to_owned());
    }
    object
}

fn account(namespace: &str, name: &str) -> ServiceAccount {
    ServiceAccount { metadata: ObjectMeta::namespaced(namespace, name), ..ServiceAccount::default() }
}

/// A Secret made by hand for an account that may not be there.
fn secret(namespace: &str, account: &str, filled: bool) -> Secret {
    let mut secret = Secret { metadata: ObjectMeta::namespaced(namespace, format!("manual-{account}")), ..Secret::default() };
    secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.to_owned();
    secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), account.to_owned());
    if filled {
        secret.data.insert("namespace".into(), Default::default());
    }
    secret
}

/// Role `number`, which carries a label of its own and gathers the rules of some roles with smaller numbers.
fn cluster_role(number: usize, gathers: &[bool], verbs: &[usize]) -> ClusterRole {
    let rules = verbs.iter().map(|verb| PolicyRule::resources([format!("verb{verb}")], [""], ["pods"]));
    let mut role = ClusterRole::new(format!("role{number}"), rules);
    role.metadata.labels.insert(format!("label{number}"), "1".to_owned());
    let sources = gathers.iter().take(number).enumerate().filter(|(_, gathers)| **gathers);
    let cluster_role_selectors: Vec<_> =
        sources.map(|(source, _)| LabelSelector::labels([(format!("label{source}"), "1")])).collect();
    if !cluster_role_selectors.is_empty() {
        role.aggregation_rule = Some(AggregationRule { cluster_role_selectors });
    }
    role
}

fn roles() -> impl Strategy<Value = ClusterRole> + Clone {
    let gathers = prop::collection::vec(any::<bool>(), 5);
    (0..5_usize, gathers, prop::collection::vec(0..4_usize, 0..3))
        .prop_map(|(number, gathers, verbs)| cluster_role(number, &gathers, &verbs))
}

fn objects() -> impl Strategy<Value = Object> + Clone {
    let namespace = prop::sample::select(&NAMESPACES[..]);
    let name = prop::sample::select(&NAMES[..]);
    prop_oneof![
        3 => (namespace.clone(), name.clone()).prop_map(|(namespace, name)| account(namespace, name).into()),
        2 => (namespace.clone(), name, any::<bool>()).prop_map(|(namespace, name, filled)| secret(namespace, name, filled).into()),
        2 => roles().prop_map(Object::from),
        1 => namespace.clone().prop_map(|name| Namespace::active(name).into()),
        1 => namespace.prop_map(|namespace| ConfigMap { metadata: ObjectMeta::namespaced(namespace, root_ca::NAME), ..ConfigMap::default() }.into()),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(objects()), 0..30)
}

fn event(objects: impl Strategy<Value = Object> + Clone) -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => objects.clone().prop_map(Event::Apply),
        1 => objects.clone().prop_map(Event::Replace),
        2 => objects.clone().prop_map(|object| Event::Delete(object.key())),
        2 => (objects, any::<bool>()).prop_map(|(object, on)| Event::Mark(object.key(), on)),
    ]
}

fn versions() -> impl Strategy<Value = KubeVersion> {
    prop::sample::select(vec![11, 20, 21, 23, 24, 37]).prop_map(|minor| KubeVersion::new(1, minor))
}

/// No controller has anything to do.
fn is_at_rest(cluster: &Cluster) -> Result<(), TestCaseError> {
    let (policy, settings, mut supply) = (cluster.policy(), cluster.settings(), Counted::default());
    for namespace in policy.namespaces().iter() {
        prop_assert_eq!(service_account::sync_namespace(namespace, policy), None);
        prop_assert_eq!(root_ca::publish(&namespace.metadata.name, policy, settings), None);
    }
    for account in policy.service_accounts().iter() {
        prop_assert_eq!(token::account_synced(account, policy, settings, &mut supply), vec![]);
    }
    for secret in policy.secrets().iter() {
        prop_assert_eq!(token::secret_synced(secret, policy, settings, &mut supply), None);
        prop_assert!(token::account_of(secret, policy).is_some());
    }
    let settled = aggregation::settle(&mut policy.clone(), settings.version).unwrap();
    prop_assert_eq!(settled, aggregation::Settled::default());
    Ok(())
}

/// The objects by key, without what depends on when they were written: ids, versions, tokens and random endings.
fn lasting(policy: &Policy) -> BTreeMap<String, serde_json::Value> {
    let masked = |object: Object| {
        let mut object = object;
        let metadata = object.metadata_mut();
        metadata.uid.clear();
        metadata.resource_version.clear();
        metadata.annotations.remove(Secret::SERVICE_ACCOUNT_UID);
        metadata.name = without_ending(&metadata.name);
        match &mut object {
            // Whether an empty list was ever another one is written, and means nothing.
            Object::ClusterRole(role) if role.rules.is_empty() => role.rules = Default::default(),
            Object::Secret(secret) => drop(secret.data.remove("token")),
            Object::ServiceAccount(account) => {
                account.secrets.iter_mut().for_each(|secret| secret.name = without_ending(&secret.name))
            }
            _ => {}
        }
        (object.key().to_string(), serde_json::to_value(&object).unwrap())
    };
    policy.objects().map(|object| masked(object.into_inner())).collect()
}

fn without_ending(name: &str) -> String {
    name.split_once("-token-").map_or(name, |(account, _)| account).to_owned()
}

proptest! {
    #[test]
    fn after_each_event_the_controllers_come_to_rest(version in versions(), events in events()) {
        let mut cluster = Cluster::new(version, Policy::new()).unwrap();
        is_at_rest(&cluster)?;
        for event in events {
            event.happen(&mut cluster);
            is_at_rest(&cluster)?;
        }
    }

    #[test]
    fn what_happens_to_different_things_settles_alike_in_any_order(version in versions(), (events, order) in interleaved()) {
        let settled = |events: Vec<Event>| {
            let mut cluster = Cluster::new(version, Policy::new()).unwrap();
            for namespace in &NAMESPACES[1..] {
                cluster.create(Namespace::active(*namespace)).unwrap();
            }
            events.into_iter().for_each(|event| event.happen(&mut cluster));
            lasting(cluster.policy())
        };
        prop_assert_eq!(settled(in_order(&events, &order)), settled(events));
    }

    #[test]
    fn settling_is_running_the_controller_until_nothing_changes(roles in prop::collection::vec(roles(), 0..8)) {
        let mut policy: Policy = roles.into_iter().map(Object::from).collect();
        let mut plain = policy.clone();
        while let Some((name, rules)) = run(&plain) {
            let mut role = ClusterRole::clone(plain.get::<ClusterRole>("", &name).unwrap());
            role.rules = rules.into();
            plain.insert(role);
        }
        let _ = aggregation::settle(&mut policy, KubeVersion::V1_11).unwrap();
        for (ours, theirs) in policy.cluster_roles().iter().zip(plain.cluster_roles().iter()) {
            prop_assert_eq!(&ours.rules, &theirs.rules);
        }
    }
}

/// The first role that a run of the controller changes, with its new rules.
fn run(policy: &Policy) -> Option<(String, Vec<PolicyRule>)> {
    policy.cluster_roles().iter().find_map(|role| {
        let rules = aggregation::aggregate(role, policy.cluster_roles()).unwrap()?;
        Some((role.metadata.name.clone(), rules))
    })
}

/// Events, and the things that they are about in another order.
fn interleaved() -> impl Strategy<Value = (Vec<Event>, Vec<String>)> {
    prop::collection::vec(event(separable()), 0..40).prop_flat_map(|events| {
        let things = events.iter().map(|event| thing(event, &events)).collect();
        (Just(events), Just::<Vec<String>>(things).prop_shuffle())
    })
}

/// What an event is about: what happens to one thing keeps its order. An account goes with the Secret that is made for it by hand; where a
/// namespace is deleted, all in it is one thing.
fn thing(event: &Event, events: &[Event]) -> String {
    let key = event.key();
    let namespace = if key.kind == Namespace::KIND { &key.name } else { &key.namespace };
    let is_whole = |other: &Event| matches!(other, Event::Delete(key) if key.kind == Namespace::KIND && key.name == *namespace);
    match key.kind {
        ClusterRole::KIND => key.name,
        _ if events.iter().any(is_whole) => namespace.clone(),
        Namespace::KIND | ConfigMap::KIND => key.to_string(),
        _ => format!("{namespace}/{}", key.name.trim_start_matches("manual-")),
    }
}

/// The events with things in this order.
fn in_order(events: &[Event], order: &[String]) -> Vec<Event> {
    let mut waiting: BTreeMap<String, VecDeque<&Event>> = BTreeMap::new();
    for event in events {
        waiting.entry(thing(event, events)).or_default().push_back(event);
    }
    order.iter().map(|thing| waiting.get_mut(thing).unwrap().pop_front().unwrap().clone()).collect()
}

/// Objects, among which a role either gathers rules for good or has some of its own: whose rules a role keeps that begins to gather
/// depends on the order upstream too.
fn separable() -> impl Strategy<Value = Object> + Clone {
    let one_kind = |object: Object| match object {
        Object::ClusterRole(role) => {
            let number: usize = role.metadata.name.trim_start_matches("role").parse().unwrap();
            let gathers = [true; 5].map(|gathers| gathers && number % 2 == 1);
            let verbs: Vec<usize> = if number % 2 == 1 { Vec::new() } else { (0..role.rules.len() + 1).collect() };
            let selectors = role.aggregation_rule.as_ref().map_or(number, |rule| rule.cluster_role_selectors.len());
            cluster_role(number, &gathers[..selectors.min(number)], &verbs).into()
        }
        other => other,
    };
    objects().prop_map(one_kind)
}
