//! Random objects and requests that shrink, for property tests.
//!
//! `any::<Policy>()` and the like draw words of small vocabularies, plain and odd ones, half of them the plainest, so that rules, subjects
//! and requests meet; they shrink to the plainest words and to few of them. Every object can be written and read; an API server would refuse
//! many.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::words::*;
use crate::identity::UserInfo;
use crate::model::core::{ByteString, LocalObjectReference, ObjectReference};
use crate::model::meta::{ManagedFieldsEntry, OwnerReference};
use crate::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, ConfigMap, LabelSelector, LabelSelectorRequirement, List, Object,
    ObjectMeta, PolicyRule, Role, RoleBinding, RoleRef, Secret, ServiceAccount, Subject, Value,
};
use crate::policy::Policy;
use crate::request::OwnedAttributes;

/// At most so many of each part, so that cases stay small enough to read.
const PARTS: std::ops::Range<usize> = 0..4;

macro_rules! arbitrary {
    ($($(#[$doc:meta])* $type:ty => $strategy:expr;)*) => {
        $($(#[$doc])*
        impl Arbitrary for $type {
            type Parameters = ();
            type Strategy = BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> BoxedStrategy<Self> {
                $strategy.boxed()
            }
        })*
    };
}

/// Half of them the first word.
fn word(words: Words) -> impl Strategy<Value = String> + Clone {
    let first = words.first().copied().unwrap_or_default();
    prop_oneof![1 => Just(first), 1 => select(words)].prop_map(str::to_owned)
}

/// None is rare, for nothing follows from it.
fn words(known: Words) -> impl Strategy<Value = Vec<String>> + Clone {
    prop_oneof![1 => Just(Vec::new()), 9 => vec(word(known), 1..4)]
}

/// Words in one case of so many, else none.
fn seldom(one_in: u32, known: Words) -> impl Strategy<Value = Vec<String>> {
    prop_oneof![one_in - 1 => Just(Vec::new()), 1 => words(known)]
}

/// A list that was given, or `null`.
fn list<T: std::fmt::Debug + Clone>(items: impl Strategy<Value = Vec<T>>) -> impl Strategy<Value = List<T>> {
    (items, any::<bool>()).prop_map(|(items, null)| if null && items.is_empty() { List::default() } else { items.into() })
}

fn labels() -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    btree_map(word(LABELS), word(LABELS), 0..3)
}

fn time() -> impl Strategy<Value = Option<String>> {
    option::of(word(TIMES))
}

fn plain_metadata(names: Words) -> impl Strategy<Value = ObjectMeta> + use<> {
    (word(names), word(NAMESPACES), labels())
        .prop_map(|(name, namespace, labels)| ObjectMeta { labels, ..ObjectMeta::namespaced(namespace, name) })
}

/// Metadata with everything that a server or a client may have put into it.
fn full_metadata(names: Words) -> impl Strategy<Value = ObjectMeta> {
    let texts = (word(NAMES), word(NAMES), word(NAMES), word(NAMES));
    let numbers = (any::<i64>(), option::of(any::<i64>()));
    let lists = (labels(), vec(any::<OwnerReference>(), 0..3), words(FINALIZERS), vec(any::<ManagedFieldsEntry>(), 0..3));
    (plain_metadata(names), texts, numbers, time(), time(), lists).prop_map(
        |(plain, (generate_name, self_link, uid, resource_version), (generation, grace), created, deleted, lists)| {
            let (annotations, owner_references, finalizers, managed_fields) = lists;
            ObjectMeta {
                generate_name,
                self_link,
                uid,
                resource_version,
                generation,
                creation_timestamp: created,
                deletion_timestamp: deleted,
                deletion_grace_period_seconds: grace,
                annotations,
                owner_references,
                finalizers,
                managed_fields,
                ..plain
            }
        },
    )
}

fn metadata(names: Words) -> impl Strategy<Value = ObjectMeta> {
    prop_oneof![7 => plain_metadata(names), 1 => full_metadata(names)]
}

fn fields() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Map(Default::default())), any::<i64>().prop_map(Value::Int), word(NAMES).prop_map(Value::String)];
    leaf.prop_recursive(2, 8, 3, |inner| btree_map(word(NAMES), inner, 0..3).prop_map(Value::Map))
}

fn rules() -> impl Strategy<Value = List<PolicyRule>> {
    list(vec(any::<PolicyRule>(), PARTS))
}

fn subjects() -> impl Strategy<Value = Vec<Subject>> {
    vec(any::<Subject>(), PARTS)
}

/// The name of a subject of this kind; now and then that of one of another kind.
fn subject_name(kind: &str) -> impl Strategy<Value = String> + use<> {
    prop_oneof![4 => word(subject_names(kind)), 1 => word(USERS)]
}

fn resource_request() -> impl Strategy<Value = OwnedAttributes> {
    let about = (word(NAMESPACES), word(GROUPS), word(RESOURCES), word(SUBRESOURCES), word(NAMES));
    (any::<UserInfo>(), word(VERBS), about).prop_map(|(user, verb, (namespace, api_group, resource, subresource, name))| {
        OwnedAttributes {
            user: Some(user),
            verb,
            namespace,
            api_group,
            resource,
            subresource,
            name,
            resource_request: true,
            ..Default::default()
        }
    })
}

arbitrary! {
    /// A rule: about resources, about URLs, or (which no server stores) about both.
    PolicyRule => (list(words(VERBS)), words(GROUPS), words(RESOURCES), seldom(4, NAMES), list(seldom(4, URLS))).prop_map(
        |(verbs, api_groups, resources, resource_names, non_resource_urls)| Self {
            verbs, api_groups, resources, resource_names, non_resource_urls,
        });
    Subject => word(SUBJECT_KINDS).prop_flat_map(|kind| {
        let name = subject_name(&kind);
        (Just(kind), word(GROUPS), name, word(NAMESPACES))
    }).prop_map(|(kind, api_group, name, namespace)| Self { kind, api_group, name, namespace });
    RoleRef => (word(ROLE_KINDS), word(&["", crate::model::RBAC_GROUP]), word(ROLES))
        .prop_map(|(kind, api_group, name)| Self { api_group, kind, name });
    LabelSelectorRequirement => (word(LABELS), word(OPERATORS), words(LABELS))
        .prop_map(|(key, operator, values)| Self { key, operator, values });
    LabelSelector => (labels(), vec(any::<LabelSelectorRequirement>(), 0..3))
        .prop_map(|(match_labels, match_expressions)| Self { match_labels, match_expressions });
    AggregationRule => vec(any::<LabelSelector>(), 0..3).prop_map(|cluster_role_selectors| Self { cluster_role_selectors });
    OwnerReference => (word(API_VERSIONS), word(OWNER_KINDS), word(NAMES), word(NAMES), any::<[Option<bool>; 2]>()).prop_map(
        |(api_version, kind, name, uid, [controller, block_owner_deletion])| Self {
            api_version, kind, name, uid, controller, block_owner_deletion,
        });
    ManagedFieldsEntry => (word(NAMES), word(OPERATIONS), word(API_VERSIONS), time(), option::of(fields()), word(&["", "status"])).prop_map(
        |(manager, operation, api_version, time, fields_v1, subresource)| {
            let fields_type = if fields_v1.is_some() { "FieldsV1" } else { "" }.to_owned();
            Self { manager, operation, api_version, time, fields_type, fields_v1, subresource }
        });
    ObjectMeta => metadata(NAMES);
    Role => (metadata(ROLES), rules()).prop_map(|(metadata, rules)| Self { metadata, rules });
    ClusterRole => (metadata(ROLES), rules(), option::weighted(0.1, any::<AggregationRule>()))
        .prop_map(|(metadata, rules, aggregation_rule)| Self { metadata, rules, aggregation_rule });
    RoleBinding => (metadata(BINDINGS), subjects(), any::<RoleRef>())
        .prop_map(|(metadata, subjects, role_ref)| Self { metadata, subjects, role_ref });
    ClusterRoleBinding => (metadata(BINDINGS), subjects(), any::<RoleRef>())
        .prop_map(|(metadata, subjects, role_ref)| Self { metadata, subjects, role_ref });
    ByteString => vec(any::<u8>(), 0..8).prop_map(Self);
    ObjectReference => (word(OWNER_KINDS), word(NAMESPACES), word(NAMES), word(NAMES), word(API_VERSIONS)).prop_map(
        |(kind, namespace, name, uid, api_version)| Self { kind, namespace, name, uid, api_version, ..Self::default() });
    LocalObjectReference => word(NAMES).prop_map(|name| Self { name });
    ServiceAccount => (metadata(ACCOUNTS), vec(any::<ObjectReference>(), PARTS), vec(any::<LocalObjectReference>(), PARTS), any::<Option<bool>>())
        .prop_map(|(metadata, secrets, image_pull_secrets, automount_service_account_token)| Self {
            metadata, secrets, image_pull_secrets, automount_service_account_token,
        });
    Secret => (metadata(NAMES), any::<Option<bool>>(), btree_map(word(NAMES), any::<ByteString>(), PARTS), labels(), word(SECRET_TYPES))
        .prop_map(|(metadata, immutable, data, string_data, r#type)| Self { metadata, immutable, data, string_data, r#type });
    ConfigMap => (metadata(NAMES), labels(), btree_map(word(NAMES), any::<ByteString>(), PARTS), any::<Option<bool>>())
        .prop_map(|(metadata, data, binary_data, immutable)| Self { metadata, data, binary_data, immutable });
    /// An object of one of the four RBAC kinds.
    Object => prop_oneof![
        any::<Role>().prop_map(Self::from),
        any::<ClusterRole>().prop_map(Self::from),
        any::<RoleBinding>().prop_map(Self::from),
        any::<ClusterRoleBinding>().prop_map(Self::from),
    ];
    /// At most 24 objects of the four RBAC kinds, fewer where a later one replaced an earlier one.
    Policy => vec(any::<Object>(), 0..25).prop_map(Self::from_iter);
    UserInfo => (word(USERS), words(USER_GROUPS)).prop_map(|(name, groups)| Self::new(name, groups));
    /// A request about a resource, or one time in five about a URL path, with a user.
    OwnedAttributes => prop_oneof![
        4 => resource_request(),
        1 => (any::<UserInfo>(), word(VERBS), word(URLS))
            .prop_map(|(user, verb, path)| Self { user: Some(user), verb, path, ..Self::default() }),
    ];
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestRunner};

    use super::*;
    use crate::authorize::{Authorizer, linear};

    #[test]
    fn what_is_drawn_meets() {
        let mut runner = TestRunner::deterministic();
        let case = (any::<Policy>(), vec(any::<OwnedAttributes>(), 8));
        let mut allowed = 0;
        for _ in 0..500 {
            let (policy, requests) = case.new_tree(&mut runner).unwrap().current();
            let rbac = Authorizer::new(policy);
            for request in requests {
                let answer = rbac.authorize(&request.attributes());
                assert_eq!(answer.to_string(), linear::authorize(rbac.policy(), &request.attributes()).to_string());
                allowed += usize::from(answer.is_allowed());
            }
        }
        assert!(allowed > 50, "{allowed} of 4000 requests were allowed");
    }

    #[test]
    fn a_failing_case_shrinks_to_the_plainest() {
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let failed = runner.run(&any::<Policy>(), |policy| {
            prop_assert!(policy.cluster_roles().is_empty());
            Ok(())
        });
        let proptest::test_runner::TestError::Fail(_, least) = failed.unwrap_err() else { panic!("expected a failing case") };
        assert_eq!(least.len(), 1);
        let role = least.cluster_roles().iter().next().unwrap();
        assert_eq!((role.metadata.name.as_str(), role.rules.len(), role.metadata.labels.len()), ("r1", 0, 0));
    }
}
