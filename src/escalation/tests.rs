//! Who may write what: the rows of upstream's skips and checks.

use super::*;
use crate::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, RBAC_GROUP, Role, RoleBinding, RoleRef, Subject,
};
use crate::policy::Policy;

const JANE: &str = "jane";

fn jane() -> UserInfo {
    UserInfo::new(JANE, ["dev"])
}

fn get_pods() -> PolicyRule {
    PolicyRule::resources(["get"], [""], ["pods"])
}

/// Jane holds these rules everywhere; `reader` may get pods.
fn cluster(rules: &[PolicyRule]) -> Authorizer {
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("of-jane", rules.to_vec()));
    policy.insert(ClusterRoleBinding::new("of-jane", "of-jane", [Subject::user(JANE)]));
    policy.insert(ClusterRole::new("reader", [get_pods()]));
    policy.insert(Role::new("ns", "local", [get_pods()]));
    Authorizer::new(policy)
}

fn verb(verb: &str, resource: &str) -> PolicyRule {
    PolicyRule::resources([verb], [RBAC_GROUP], [resource])
}

fn role() -> Object {
    ClusterRole::new("r", [get_pods()]).into()
}

fn binding(role_ref: RoleRef) -> Object {
    RoleBinding::new("ns", "b", role_ref, []).into()
}

fn refusal(rbac: &Authorizer, object: &Object) -> String {
    check_create(rbac, &jane(), object).unwrap_err().to_string()
}

#[test]
fn the_privileged_group_may_write_anything() {
    let root = UserInfo::new("root", [UserInfo::MASTERS]);
    let rbac = Authorizer::new(Policy::new());
    for object in [role(), binding(RoleRef::cluster_role("nope"))] {
        assert_eq!(check_create(&rbac, &root, &object), Ok(()));
        assert!(check_create(&rbac, &jane(), &object).is_err());
    }
}

#[test]
fn escalate_is_asked_of_the_request_which_has_no_name_on_creation() {
    let anywhere = cluster(&[verb("escalate", "clusterroles")]);
    assert_eq!(check_create(&anywhere, &jane(), &role()), Ok(()));
    let named = cluster(&[verb("escalate", "clusterroles").named(["r"])]);
    assert!(check_create(&named, &jane(), &role()).is_err());
    assert_eq!(check_update(&named, &jane(), &role(), None), Ok(()));
    assert_eq!(check_create(&cluster(&[verb("*", "clusterroles")]), &jane(), &role()), Ok(()));
    assert!(check_create(&cluster(&[verb("escalate", "roles")]), &jane(), &role()).is_err());
    assert!(Escalation::new(&anywhere).at(KubeVersion::V1_11).create(&jane(), &role()).is_err());
}

#[test]
fn bind_is_asked_of_the_role_in_the_namespace_of_the_binding() {
    let mut rbac = cluster(&[]);
    rbac.insert(Role::new("ns", "binder", [verb("bind", "clusterroles").named(["reader"])]));
    rbac.insert(RoleBinding::new("ns", "binder", RoleRef::role("binder"), [Subject::user(JANE)]));
    assert_eq!(check_create(&rbac, &jane(), &binding(RoleRef::cluster_role("reader"))), Ok(()));
    assert!(check_create(&rbac, &jane(), &binding(RoleRef::role("local"))).is_err());
    assert!(check_create(&rbac, &jane(), &ClusterRoleBinding::new("b", "reader", []).into()).is_err());
    let elsewhere = RoleBinding::new("other", "b", RoleRef::cluster_role("reader"), []).into();
    assert!(check_create(&rbac, &jane(), &elsewhere).is_err());
    let bare = RoleRef { api_group: String::new(), ..RoleRef::cluster_role("reader") };
    assert!(check_create(&rbac, &jane(), &binding(bare)).is_err());
}

#[test]
fn whoever_holds_the_rules_may_grant_them() {
    let rbac = cluster(&[get_pods()]);
    for object in [role(), binding(RoleRef::cluster_role("reader")), binding(RoleRef::role("local"))] {
        assert_eq!(check_create(&rbac, &jane(), &object), Ok(()), "{object:?}");
    }
    assert_eq!(check_create(&cluster(&[]), &jane(), &ClusterRole::new("r", []).into()), Ok(()));
    assert_eq!(check_create(&cluster(&[]), &jane(), &crate::model::Namespace::default().into()), Ok(()));
}

#[test]
fn what_is_missing_is_told_compact_sorted_and_once() {
    let rules = [
        PolicyRule::resources(["get", "list"], [""], ["pods"]),
        PolicyRule::resources(["get"], ["apps"], ["deployments"]).named(["a", "b"]),
        PolicyRule::resources(["watch", "get"], [""], ["pods"]),
        PolicyRule::urls(["get"], ["/a"]),
        PolicyRule::urls(["get"], ["/a"]),
    ];
    let told = refusal(&cluster(&[]), &ClusterRole::new("", rules).into());
    assert_eq!(
        told,
        "clusterroles.rbac.authorization.k8s.io is forbidden: user \"jane\" (groups=[\"dev\"]) is attempting to grant RBAC permissions not \
         currently held:\n\
         {APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\" \"list\" \"watch\" \"get\"]}\n\
         {APIGroups:[\"apps\"], Resources:[\"deployments\"], ResourceNames:[\"a\"], Verbs:[\"get\"]}\n\
         {APIGroups:[\"apps\"], Resources:[\"deployments\"], ResourceNames:[\"b\"], Verbs:[\"get\"]}\n\
         {NonResourceURLs:[\"/a\"], Verbs:[\"get\"]}"
    );
}

#[test]
fn references_of_the_user_that_lead_nowhere_are_told_after_it() {
    let mut rbac = cluster(&[]);
    rbac.insert(ClusterRoleBinding::new("dead", "gone", [Subject::user(JANE)]));
    let suffix = "; resolution errors: [clusterroles.rbac.authorization.k8s.io \"gone\" not found]";
    assert!(refusal(&rbac, &role()).ends_with(&format!("Verbs:[\"get\"]}}{suffix}")));
    rbac.insert(ClusterRoleBinding::new("dead-too", "lost", [Subject::user(JANE)]));
    assert!(
        refusal(&rbac, &role())
            .contains("; resolution errors: [[clusterroles.rbac.authorization.k8s.io \"gone\" not found, clusterroles")
    );
}

#[test]
fn roles_that_cannot_be_read_are_told_as_the_storage_tells_them() {
    let rbac = cluster(&[]);
    let rows = [
        (RoleRef::cluster_role("nope"), 404, r#"rolebindings.rbac.authorization.k8s.io "nope" not found"#),
        (RoleRef::role("nope"), 404, r#"rolebindings.rbac.authorization.k8s.io "nope" not found"#),
        (RoleRef::cluster_role(""), 400, "Name parameter required."),
        (RoleRef::cluster_role("a/b%"), 400, r#"Name parameter invalid: "a/b%": may not contain '/';may not contain '%'"#),
        (RoleRef { kind: "Foo".into(), ..RoleRef::role("r") }, 500, r#"unsupported role reference kind: "Foo""#),
    ];
    for (role_ref, status, text) in rows {
        let refusal = check_create(&rbac, &jane(), &binding(role_ref)).unwrap_err();
        assert_eq!((refusal.to_string().as_str(), refusal.status()), (text, status));
    }
    let local = ClusterRoleBinding { role_ref: RoleRef::role("local"), ..ClusterRoleBinding::new("b", "", []) };
    assert_eq!(refusal(&rbac, &local.clone().into()), "Namespace parameter required.");
    let plain = Escalation::new(&rbac).with_lookup(Lookup::Plain).create(&jane(), &local.into()).unwrap_err();
    assert_eq!(plain.to_string(), r#"clusterrolebindings.rbac.authorization.k8s.io "local" not found"#);
}

#[test]
fn aggregation_takes_everything_on_update_also_when_it_was_there_before() {
    let selectors = |count: usize| AggregationRule { cluster_role_selectors: vec![LabelSelector::default(); count] };
    let aggregated = |count: usize| -> Object {
        ClusterRole { aggregation_rule: Some(selectors(count)), ..ClusterRole::new("r", [get_pods()]) }.into()
    };
    let reader = cluster(&[get_pods()]);
    let text = r#"clusterroles.rbac.authorization.k8s.io "r" is forbidden: must have cluster-admin privileges to use the aggregationRule"#;
    assert_eq!(refusal(&reader, &aggregated(1)), text);
    assert_eq!(check_create(&reader, &jane(), &aggregated(0)), Ok(()));
    let mut plain = role();
    plain.metadata_mut().labels.insert("a".into(), "b".into());
    assert_eq!(check_update(&reader, &jane(), &plain, Some(&aggregated(1))).unwrap_err().to_string(), text);
    let admin = cluster(&[PolicyRule::resources(["*"], ["*"], ["*"]), PolicyRule::urls(["*"], ["*"])]);
    assert_eq!(check_create(&admin, &jane(), &aggregated(1)), Ok(()));
}

#[test]
fn an_update_for_garbage_collection_is_let_through() {
    let (rbac, old) = (cluster(&[]), binding(RoleRef::cluster_role("reader")));
    let changed = |change: fn(&mut crate::model::ObjectMeta)| {
        let mut new = old.clone();
        change(new.metadata_mut());
        check_update(&rbac, &jane(), &new, Some(&old))
    };
    assert_eq!(changed(|_| ()), Ok(()));
    assert_eq!(changed(|meta| meta.finalizers.push("a/b".into())), Ok(()));
    assert_eq!(changed(|meta| meta.owner_references.push(Default::default())), Ok(()));
    assert_eq!(changed(|meta| meta.managed_fields.push(Default::default())), Ok(()));
    assert_eq!(changed(|meta| meta.self_link.push('x')), Ok(()));
    assert!(changed(|meta| meta.resource_version.push('1')).is_err());
    assert!(check_update(&rbac, &jane(), &old, None).is_err());
}

#[test]
fn an_old_server_tells_all_it_has() {
    let rbac = cluster(&[verb("get", "roles")]);
    let refused = Escalation::new(&rbac).at(KubeVersion::V1_11).create(&jane(), &role()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "clusterroles.rbac.authorization.k8s.io \"r\" is forbidden: attempt to grant extra privileges: [{[get] [] [pods] [] []}] \
         user=&{jane  [dev] map[]} ownerrules=[{[get] [rbac.authorization.k8s.io] [roles] [] []}] ruleResolutionErrors=[]"
    );
}

#[test]
fn what_is_too_large_is_a_typed_error() {
    let many = || (0..2_000).map(|i| i.to_string());
    let large = ClusterRole::new("r", [PolicyRule::resources(many(), many(), many())]).into();
    let refused = check_create(&cluster(&[]), &jane(), &large).unwrap_err();
    assert_eq!(refused.to_string(), "the rules break down into 8000000000 atomic rules, expected at most 1000000");
}
