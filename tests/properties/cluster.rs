//! The controllers come to rest, at the same state in whatever order independent things happen.

use std::collections::BTreeMap;

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

fn roles() -> impl Strategy<Value = ClusterRole> {
    let gathers = prop::collection::vec(any::<bool>(), 5);
    (0..5_usize, gathers, prop::collection::vec(0..4_usize, 0..3))
        .prop_map(|(number, gathers, verbs)| cluster_role(number, &gathers, &verbs))
}

fn objects() -> impl Strategy<Value = Object> {
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
    let event = prop_oneof![
        3 => objects().prop_map(Event::Apply),
        1 => objects().prop_map(Event::Replace),
        2 => objects().prop_map(|object| Event::Delete(object.key())),
    ];
    prop::collection::vec(event, 0..30)
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
            // Some are refused, for their object or its namespace is not there.
            let _ = match event {
                Event::Apply(object) => cluster.apply(object).map(|_| ()),
                Event::Replace(object) => cluster.replace(object).map(|_| ()),
                Event::Delete(key) => cluster.delete(&key).map(|_| ()),
            };
            is_at_rest(&cluster)?;
        }
    }

    #[test]
    fn independent_objects_settle_alike_in_any_order(
        version in versions(),
        (objects, shuffled) in prop::collection::vec(independent(), 0..12).prop_flat_map(|objects| {
            let once: BTreeMap<String, Object> = objects.into_iter().map(|object| (object.key().to_string(), object)).collect();
            let objects: Vec<Object> = once.into_values().collect();
            (Just(objects.clone()), Just(objects).prop_shuffle())
        }),
    ) {
        let build = |objects: &[Object]| {
            let mut cluster = Cluster::new(version, Policy::new()).unwrap();
            for namespace in &NAMESPACES[1..] {
                cluster.create(Namespace::active(*namespace)).unwrap();
            }
            for object in objects {
                cluster.apply(object.clone()).unwrap();
            }
            let created = lasting(cluster.policy());
            for object in objects.iter().filter(|object| object.kind() == ServiceAccount::KIND) {
                cluster.delete(&object.key()).unwrap();
            }
            (created, lasting(cluster.policy()))
        };
        prop_assert_eq!(build(&objects), build(&shuffled));
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

/// Accounts and roles. An aggregated role has no rules of its own: whether they are replaced, and who owns what takes their place, depends
/// on the order upstream too.
fn independent() -> impl Strategy<Value = Object> {
    let namespace = prop::sample::select(&NAMESPACES[..]);
    let name = prop::sample::select(&["ci", "web", "db"][..]);
    let bare = |role: ClusterRole| {
        if role.aggregation_rule.is_some() { ClusterRole { rules: Default::default(), ..role } } else { role }
    };
    prop_oneof![
        (namespace, name).prop_map(|(namespace, name)| account(namespace, name).into()),
        roles().prop_map(move |role| bare(role).into()),
    ]
}
