//! From a binding to its role, and what roles hold.

use k8s_rbac::controller::aggregation::settle;
use k8s_rbac::load::Loader;
use k8s_rbac::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, Object, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use k8s_rbac::{KubeVersion, Policy};

use crate::naive::{RIGHT, Reading, differ, held, jane, rule, wrong_no, wrong_yes};
use crate::upstream::ask;

fn secrets() -> PolicyRule {
    rule("get", "", "secrets")
}

fn bound(namespace: &str, role_ref: RoleRef) -> Object {
    RoleBinding::new(namespace, "binding", role_ref, [Subject::user("jane")]).into()
}

/// A binding is joined to any role of the name.
#[test]
fn f11_a_role_of_the_same_name_elsewhere_is_another_role() {
    let naive = Reading { join: |binding, role| binding.role_ref().name == role.name(), ..RIGHT };
    let objects = [ClusterRole::new("reader", [secrets()]).into(), bound("b", RoleRef::role("reader"))];
    wrong_yes(naive, &objects, jane("get", "secrets").in_namespace("b"));
}

/// Roles are kept by name alone, so the last one of a name stands for all.
#[test]
fn f40_roles_are_told_apart_by_namespace() {
    let roles = [Role::new("a", "reader", [secrets()]), Role::new("b", "reader", [rule("get", "", "pods")])];
    let request = jane("get", "secrets").in_namespace("a");
    let by_name: std::collections::HashMap<&str, &Role> = roles.iter().map(|role| (role.metadata.name.as_str(), role)).collect();
    let naive = by_name["reader"].rules.iter().any(|rule| RIGHT.rule(rule, &request));
    let [a, b] = roles.clone().map(Object::from);
    differ((naive, false), (ask(&[a, b, bound("a", RoleRef::role("reader"))], &request), true));
}

/// Roles and bindings of a user are paired as a cross product.
#[test]
fn f48_a_binding_grants_its_own_role_alone() {
    let naive = Reading { join: |_, _| true, ..RIGHT };
    let objects = [
        ClusterRole::new("viewer", [rule("get", "", "pods")]).into(),
        ClusterRole::new("keeper", [secrets()]).into(),
        ClusterRoleBinding::new("jane-views", "viewer", [Subject::user("jane")]).into(),
        ClusterRoleBinding::new("bob-keeps", "keeper", [Subject::user("bob")]).into(),
    ];
    wrong_yes(naive, &objects, jane("get", "secrets"));
}

/// A key that stands twice is read once, and what stood under it first is gone without a word.
#[test]
fn f13_a_key_that_stands_twice_is_refused() {
    const TWICE: &str = r#"{"kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "role"},
        "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"]}],
        "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]}"#;
    let last: serde_json::Value = serde_json::from_str(TWICE).unwrap();
    let naive = serde_json::from_value::<ClusterRole>(last).map(|role| role.rules.len()).ok();
    let refused = Loader::new().read_str("role.json", TWICE).into_result();
    assert!(refused.as_ref().unwrap_err().to_string().contains(r#"the key "rules" stands at"#), "{refused:?}");
    differ((naive, Some(1)), (refused.map(|read| read.len()).ok(), None));
}

/// The first rule of a role is looked at, the others are not.
#[test]
fn f53_every_rule_of_a_role_counts() {
    let rules = [rule("get", "", "pods"), rule("*", "*", "*")];
    let request = jane("delete", "nodes");
    let naive = rules.first().is_some_and(|first| RIGHT.rule(first, &request));
    differ((naive, false), (ask(&held(rules), &request), true));
}

/// A role that may do everything is known by the name `cluster-admin`.
#[test]
fn f59_a_copy_of_cluster_admin_is_cluster_admin() {
    let naive = Reading { join: |binding, role| (RIGHT.join)(binding, role) && role.name() == "cluster-admin", ..RIGHT };
    wrong_no(naive, &held([rule("*", "*", "*")]), jane("delete", "nodes"));
}

/// What is called `system:` something is taken for a part of the system.
#[test]
fn f60_anybody_may_name_a_role_system() {
    let naive = Reading { join: |binding, role| (RIGHT.join)(binding, role) && !role.name().starts_with("system:"), ..RIGHT };
    let objects = [
        ClusterRole::new("system:mine", [rule("*", "*", "*")]).into(),
        ClusterRoleBinding::new("system:mine", "system:mine", [Subject::user("jane")]).into(),
    ];
    wrong_no(naive, &objects, jane("get", "secrets"));
}

/// The role of a RoleBinding is looked up among Roles only.
#[test]
fn f65_a_role_binding_may_grant_a_cluster_role() {
    let naive = Reading {
        join: |binding, role| (RIGHT.join)(binding, role) && (role.kind() == "Role" || binding.kind() == "ClusterRoleBinding"),
        ..RIGHT
    };
    let objects = [ClusterRole::new("reader", [secrets()]).into(), bound("dev", RoleRef::cluster_role("reader"))];
    wrong_no(naive, &objects, jane("get", "secrets").in_namespace("dev"));
}

/// A binding is joined by kind and name, without the namespace.
#[test]
fn f71_a_reference_to_a_role_stays_in_its_namespace() {
    let naive = Reading {
        join: |binding, role| (binding.role_ref().kind.as_str(), binding.role_ref().name.as_str()) == (role.kind(), role.name()),
        ..RIGHT
    };
    let objects = [Role::new("a", "reader", [secrets()]).into(), bound("b", RoleRef::role("reader"))];
    wrong_yes(naive, &objects, jane("get", "secrets").in_namespace("b"));
}

/// An aggregated role of a manifest has no rules, so nothing is found in it.
#[test]
fn f73_aggregated_roles_hold_what_the_controller_gathers() {
    let mut part = ClusterRole::new("part", [secrets()]);
    part.metadata.labels.insert("whole".into(), "yes".into());
    let mut whole = ClusterRole::new("whole", []);
    whole.aggregation_rule = Some(AggregationRule { cluster_role_selectors: vec![LabelSelector::labels([("whole", "yes")])] });
    let binding = ClusterRoleBinding::new("binding", "whole", [Subject::user("jane")]);
    let manifests = [Object::from(part), whole.into(), binding.into()];
    let mut cluster = Policy::from_iter(manifests.clone());
    let changed = settle(&mut cluster, KubeVersion::V1_37).unwrap().changed;
    assert_eq!(changed, ["whole"]);
    let settled: Vec<Object> = cluster.objects().map(|object| object.into_inner()).collect();
    let request = jane("get", "secrets");
    differ((RIGHT.allows(&manifests, &request), false), (ask(&settled, &request), true));
}
