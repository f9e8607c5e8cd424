//! Objects go into the types of k8s-openapi and come back, and JSON says the same on both sides.
#![cfg(feature = "k8s-openapi")]

use std::fmt::Debug;

use k8s_openapi::api::{
    authentication::v1 as authentication, authorization::v1 as authorization, core::v1 as core, rbac::v1 as rbac,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;
use k8s_rbac::interop::k8s_openapi::Error;
use k8s_rbac::model::{
    ApiObject, ClusterRole, ClusterRoleBinding, ConfigMap, LabelSelectorRequirement, Located, Namespace, Object, ObjectMeta,
    PolicyRule, Role, RoleBinding, RoleRef, Secret, ServiceAccount, Subject,
};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::request::review::{
    FieldSelectorRequirement, LocalSubjectAccessReview, NonResourceAttributes, NonResourceRule, ResourceAttributes, ResourceRule,
    SelectorAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec, SelfSubjectReview, SelfSubjectReviewStatus,
    SelfSubjectRulesReview, SelfSubjectRulesReviewSpec, SubjectAccessReview, SubjectAccessReviewSpec, SubjectAccessReviewStatus,
    SubjectRulesReviewStatus,
};
use k8s_rbac::{Policy, UserInfo};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The value without what is empty, and with times as whole seconds: what both sides agree to write.
fn bare(value: Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(true) => false,
    };
    match value {
        Value::Array(items) => items.into_iter().map(bare).collect(),
        Value::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, bare(value))).filter(|(_, value)| !is_empty(value)).collect()
        }
        Value::String(text) => text.strip_suffix(".5Z").map(|whole| format!("{whole}Z")).unwrap_or(text).into(),
        other => other,
    }
}

fn written(value: &impl Serialize) -> Value {
    bare(serde_json::to_value(value).expect("every object can be written"))
}

/// There and back again, by the conversions and by JSON.
fn check<O, T>(ours: &O) -> Result<(), TestCaseError>
where
    O: Clone + PartialEq + Debug + Serialize + TryFrom<T, Error: Debug>,
    T: Clone + PartialEq + Debug + Serialize + DeserializeOwned + TryFrom<O, Error: Debug>,
{
    let theirs = T::try_from(ours.clone()).unwrap();
    let back = O::try_from(theirs.clone()).unwrap();
    prop_assert_eq!(&back, ours);
    prop_assert_eq!(&T::try_from(back).unwrap(), &theirs);
    prop_assert_eq!(written(&theirs), written(ours));
    let read: T = serde_json::from_value(serde_json::to_value(ours).unwrap()).unwrap();
    prop_assert_eq!(&O::try_from(read).unwrap(), ours);
    Ok(())
}

fn selector<R: Clone + Debug>(requirement: impl Strategy<Value = R>) -> impl Strategy<Value = SelectorAttributes<R>> {
    ("[a-z=, ]{0,6}", vec(requirement, 0..3))
        .prop_map(|(raw_selector, requirements)| SelectorAttributes { raw_selector, requirements })
}

fn resource_attributes() -> impl Strategy<Value = ResourceAttributes> {
    let field = any::<LabelSelectorRequirement>()
        .prop_map(|LabelSelectorRequirement { key, operator, values }| FieldSelectorRequirement { key, operator, values });
    let selectors = (option::of(selector(field)), option::of(selector(any::<LabelSelectorRequirement>())));
    (any::<OwnedAttributes>(), selectors).prop_map(|(asked, (field_selector, label_selector))| ResourceAttributes {
        namespace: asked.namespace,
        verb: asked.verb,
        group: asked.api_group,
        version: asked.path,
        resource: asked.resource,
        subresource: asked.subresource,
        name: asked.name,
        field_selector,
        label_selector,
    })
}

fn non_resource_attributes() -> impl Strategy<Value = NonResourceAttributes> {
    any::<OwnedAttributes>().prop_map(|OwnedAttributes { path, verb, .. }| NonResourceAttributes { path, verb })
}

fn user() -> impl Strategy<Value = UserInfo> {
    let extra = proptest::collection::btree_map("[a-z./]{0,3}", vec("[a-z]{0,2}", 0..3), 0..3);
    (any::<UserInfo>(), "[a-z]{0,2}", extra).prop_map(|(user, uid, extra)| UserInfo { uid, extra, ..user })
}

fn spec() -> impl Strategy<Value = SubjectAccessReviewSpec> {
    (option::of(resource_attributes()), option::of(non_resource_attributes()), user()).prop_map(
        |(resource_attributes, non_resource_attributes, UserInfo { username, uid, groups, extra })| SubjectAccessReviewSpec {
            resource_attributes,
            non_resource_attributes,
            user: username,
            groups,
            extra,
            uid,
        },
    )
}

fn status() -> impl Strategy<Value = SubjectAccessReviewStatus> {
    (any::<[bool; 2]>(), "[a-z]{0,2}", "[a-z]{0,2}").prop_map(|([allowed, denied], reason, evaluation_error)| {
        SubjectAccessReviewStatus { allowed, denied, reason, evaluation_error }
    })
}

fn rules_status() -> impl Strategy<Value = SubjectRulesReviewStatus> {
    (vec(any::<PolicyRule>(), 0..3), any::<bool>(), "[a-z]{0,2}").prop_map(|(rules, incomplete, evaluation_error)| {
        let of_path =
            |rule: &PolicyRule| NonResourceRule { verbs: rule.verbs.clone(), non_resource_urls: rule.non_resource_urls.to_vec() };
        SubjectRulesReviewStatus {
            non_resource_rules: rules.iter().map(of_path).collect(),
            resource_rules: rules.into_iter().map(of_resource).collect(),
            incomplete,
            evaluation_error,
        }
    })
}

fn of_resource(rule: PolicyRule) -> ResourceRule {
    let PolicyRule { verbs, api_groups, resources, resource_names, .. } = rule;
    ResourceRule { verbs, api_groups, resources, resource_names }
}

proptest! {
    #[test]
    fn rbac_objects_come_back(
        role in any::<Role>(),
        cluster_role in any::<ClusterRole>(),
        binding in any::<RoleBinding>(),
        cluster_binding in any::<ClusterRoleBinding>(),
    ) {
        check::<_, rbac::Role>(&role)?;
        check::<_, rbac::ClusterRole>(&cluster_role)?;
        check::<_, rbac::RoleBinding>(&binding)?;
        check::<_, rbac::ClusterRoleBinding>(&cluster_binding)?;
    }

    #[test]
    fn their_parts_come_back(
        rule in any::<PolicyRule>(),
        subject in any::<Subject>(),
        role_ref in any::<RoleRef>(),
        metadata in any::<ObjectMeta>(),
    ) {
        check::<_, rbac::PolicyRule>(&rule)?;
        check::<_, rbac::Subject>(&subject)?;
        check::<_, rbac::RoleRef>(&role_ref)?;
        check::<_, meta::ObjectMeta>(&metadata)?;
    }

    #[test]
    fn core_objects_come_back(account in any::<ServiceAccount>(), secret in any::<Secret>(), map in any::<ConfigMap>()) {
        check::<_, core::ServiceAccount>(&account)?;
        check::<_, core::Secret>(&secret)?;
        check::<_, core::ConfigMap>(&map)?;
        let namespace = Namespace { metadata: map.metadata, ..Namespace::active("") };
        check::<_, core::Namespace>(&namespace)?;
    }

    #[test]
    fn reviews_come_back(spec in spec(), status in status(), rules in rules_status(), metadata in any::<ObjectMeta>()) {
        let (s, m) = (|| status.clone(), || metadata.clone());
        let SubjectAccessReviewSpec { resource_attributes, non_resource_attributes, .. } = spec.clone();
        let own = SelfSubjectAccessReviewSpec { resource_attributes, non_resource_attributes };
        let review = SubjectAccessReview { metadata: m(), status: s(), ..SubjectAccessReview::new(spec.clone()) };
        check::<_, authorization::SubjectAccessReview>(&review)?;
        let review = LocalSubjectAccessReview { metadata: m(), status: s(), ..LocalSubjectAccessReview::new(spec) };
        check::<_, authorization::LocalSubjectAccessReview>(&review)?;
        let review = SelfSubjectAccessReview { metadata: m(), status: s(), ..SelfSubjectAccessReview::new(own) };
        check::<_, authorization::SelfSubjectAccessReview>(&review)?;
        let spec = SelfSubjectRulesReviewSpec { namespace: metadata.namespace.clone() };
        let review = SelfSubjectRulesReview { metadata: m(), status: rules, ..SelfSubjectRulesReview::new(spec) };
        check::<_, authorization::SelfSubjectRulesReview>(&review)?;
    }

    #[test]
    fn users_come_back(user in user(), metadata in any::<ObjectMeta>()) {
        check::<_, authentication::UserInfo>(&user)?;
        check::<_, authentication::SelfSubjectReview>(&SelfSubjectReview { metadata, status: SelfSubjectReviewStatus { user_info: user } })?;
    }

    /// What a client lists goes into a policy as it is, and answers as what was written.
    #[test]
    fn a_policy_is_made_of_what_is_listed(roles in vec(any::<Role>(), 0..6), bindings in vec(any::<ClusterRoleBinding>(), 0..6)) {
        let mut ours = Policy::from_iter(roles.iter().cloned().map(Object::from));
        ours.extend(bindings.iter().cloned().map(Object::from));
        let mut theirs = Policy::from_iter(roles.into_iter().map(|role| rbac::Role::try_from(role).unwrap()));
        theirs.extend(bindings.into_iter().map(|binding| rbac::ClusterRoleBinding::try_from(binding).unwrap()));
        prop_assert!(ours.objects().eq(theirs.objects()));
    }
}

#[test]
fn a_text_that_is_no_time_is_told() {
    let mut role = Role::new("dev", "r", []);
    let mut time = |text: &str| {
        role.metadata_mut().creation_timestamp = Some(text.to_owned());
        rbac::Role::try_from(role.clone()).map(|role| Role::from(role).metadata.creation_timestamp.unwrap())
    };
    assert_eq!(time("2024-02-29T01:00:00.5+01:00").unwrap(), "2024-02-29T00:00:00.5Z");
    // Go reads an hour of one digit.
    assert_eq!(time("2024-02-29T1:00:00Z").unwrap(), "2024-02-29T01:00:00Z");
    let error: Error = time("soon").unwrap_err();
    assert_eq!(error.to_string(), r#"metadata.creationTimestamp: expected a time such as 2026-11-24T09:00:00Z, found "soon""#);
}

#[test]
fn rules_that_were_not_given_stay_so() {
    for rules in [None, Some(vec![])] {
        let theirs = rbac::Role { rules: rules.clone(), ..Default::default() };
        assert_eq!(Role::from(theirs.clone()).rules.is_null(), rules.is_none());
        assert_eq!(rbac::Role::try_from(Role::from(theirs)).unwrap().rules, rules);
    }
}

#[test]
fn pods_come_with_what_is_carried() {
    let json = serde_json::json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "dev"},
        "spec": {"containers": [{"name": "c", "image": "i", "env": [{"name": "A", "value": "b"}]}], "serviceAccountName": "ci"},
    });
    let theirs: core::Pod = serde_json::from_value(json.clone()).unwrap();
    let ours = k8s_rbac::model::Pod::try_from(theirs.clone()).unwrap();
    assert_eq!(written(&ours), bare(json));
    assert_eq!(core::Pod::try_from(ours).unwrap(), theirs);
    let located: Located<Object> = rbac::ClusterRole::default().into();
    assert_eq!(located.kind(), "ClusterRole");
}
