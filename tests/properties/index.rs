//! The index against the plain scan, on random policies that change under it.

use k8s_rbac::authorize::{Authorizer, Decision, linear};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::policy::{AnyBinding, AnyRole};
use k8s_rbac::request::{Attributes, OwnedAttributes};
use k8s_rbac::{Policy, UserInfo};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::user;

#[derive(Debug, Clone)]
enum Change {
    Insert(Object),
    Remove(Object),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![3 => any::<Object>().prop_map(Change::Insert), 1 => any::<Object>().prop_map(Change::Remove)]
}

fn apply(rbac: &mut Authorizer, changes: Vec<Change>) {
    for change in changes {
        match change {
            Change::Insert(object) => rbac.insert_object(object),
            Change::Remove(object) => rbac.remove_object(&object.key()),
        };
    }
}

/// The decision with all its evidence, and the reason.
pub fn answer(decision: Decision<'_, '_>) -> String {
    let evidence = match decision {
        Decision::Allow(grant) => {
            format!("{} {} {} {}", grant.binding.key(), grant.subject_index, grant.role.key(), grant.rule_index)
        }
        Decision::NoOpinion(opinion) => opinion.errors().map(|error| format!("{} {error}; ", error.binding.key())).collect(),
    };
    format!("{decision} {evidence} {}", decision.reason())
}

/// The request itself, and the same as every one of the users, for more of them to meet a binding.
fn check(rbac: &Authorizer, requests: &[OwnedAttributes]) -> Result<(), TestCaseError> {
    let elsewhere = Authorizer::default();
    for request in requests {
        let (prepared, resolved) = (rbac.prepare(&request.attributes()), rbac.resolve(&request.attributes()));
        prop_assert_eq!(resolved.request(), &request.attributes());
        for other in requests {
            let attributes = request.attributes().by(user(other));
            let plain = answer(linear::authorize(rbac.policy(), &attributes));
            let looked_up = rbac.look_up(user(other));
            prop_assert_eq!(answer(rbac.authorize(&attributes)), &*plain, "{:?}", attributes);
            prop_assert_eq!(answer(looked_up.authorize(&prepared)), &*plain, "prepared: {:?}", attributes);
            prop_assert_eq!(answer(resolved.authorize(user(other))), &*plain, "resolved: {:?}", attributes);
            prop_assert_eq!(answer(resolved.authorize_looked_up(&looked_up)), plain, "both: {:?}", attributes);
        }
        let plain = answer(rbac.authorize(&request.attributes()));
        prop_assert_eq!(answer(rbac.look_up(user(request)).authorize(&elsewhere.prepare(&request.attributes()))), &*plain);
        prop_assert_eq!(answer(resolved.authorize_looked_up(&elsewhere.look_up(user(request)))), plain);
        let without_user = Attributes { user: None, ..request.attributes() };
        prop_assert_eq!(answer(rbac.authorize(&without_user)), answer(linear::authorize(rbac.policy(), &without_user)));
    }
    Ok(())
}

proptest! {
    #[test]
    fn answers_are_those_of_the_plain_scan(objects in vec(any::<Object>(), 0..50), requests in vec(any::<OwnedAttributes>(), 1..12)) {
        check(&Authorizer::new(Policy::from_iter(objects)), &requests)?;
    }

    #[test]
    fn they_stay_so_over_changes_and_copies_are_apart(
        first in vec(any::<Object>(), 0..30),
        changes in vec(vec(change(), 0..12), 1..5),
        requests in vec(any::<OwnedAttributes>(), 1..8),
    ) {
        let mut rbac = Authorizer::new(Policy::from_iter(first));
        let mut copies = Vec::new();
        for step in changes {
            copies.push((rbac.clone(), requests.iter().map(|r| answer(rbac.authorize(&r.attributes()))).collect::<Vec<_>>()));
            apply(&mut rbac, step);
            check(&rbac, &requests)?;
            let rebuilt = Authorizer::new(rbac.policy().clone());
            for request in &requests {
                prop_assert_eq!(answer(rbac.authorize(&request.attributes())), answer(rebuilt.authorize(&request.attributes())));
            }
        }
        for (copy, answers) in copies {
            prop_assert_eq!(requests.iter().map(|r| answer(copy.authorize(&r.attributes()))).collect::<Vec<_>>(), answers);
        }
    }

    #[test]
    fn nothing_is_left_when_everything_is_removed(objects in vec(any::<Object>(), 0..40), requests in vec(any::<OwnedAttributes>(), 1..6)) {
        let mut rbac = Authorizer::new(Policy::from_iter(objects.clone()));
        apply(&mut rbac, objects.into_iter().map(Change::Remove).collect());
        prop_assert!(rbac.policy().is_empty());
        for request in &requests {
            prop_assert_eq!(answer(rbac.authorize(&request.attributes())), "NoOpinion  ");
            prop_assert_eq!(rbac.bindings_of(user(request), &request.namespace).count(), 0);
        }
    }

    #[test]
    fn walks_find_what_the_policy_holds(first in vec(any::<Object>(), 0..40), changes in vec(change(), 0..20), requests in vec(any::<OwnedAttributes>(), 1..8)) {
        let mut rbac = Authorizer::new(Policy::from_iter(first));
        apply(&mut rbac, changes);
        for request in &requests {
            let plain: Vec<_> = linear::applying(rbac.policy(), &request.attributes()).map(named).collect();
            let ours: Vec<_> = rbac.bindings_of(user(request), &request.namespace).map(named).collect();
            prop_assert_eq!(ours, plain);
        }
        let cluster_roles = rbac.policy().cluster_roles().iter().map(AnyRole::ClusterRole);
        for role in cluster_roles.chain(rbac.policy().roles().iter().map(AnyRole::Role)) {
            let leads_here = |binding: &AnyBinding<'_>| rbac.policy().role_of(*binding).is_ok_and(|found| found.key() == role.key());
            let plain: Vec<_> = rbac.policy().bindings().filter(leads_here).map(|binding| binding.key()).collect();
            prop_assert_eq!(rbac.bindings_to(role).map(|binding| binding.key()).collect::<Vec<_>>(), plain);
        }
    }
}

fn named((binding, subject): (AnyBinding<'_>, usize)) -> String {
    format!("{} {subject}", binding.key())
}

/// Lists that outgrow their first form: many bindings of one subject, in one and in many namespaces, and many roles.
#[test]
fn long_lists_keep_their_order() {
    let mut rbac = Authorizer::default();
    let jane = || [Subject::group("g"), Subject::user("jane"), Subject::user("jane")];
    for i in 0..400 {
        rbac.insert(ClusterRole::new(format!("r{i}"), [PolicyRule::resources(["get"], [""], [format!("res{i}")])]));
        rbac.insert(ClusterRoleBinding::new(format!("c{i}"), format!("r{}", 399 - i), jane()));
        rbac.insert(RoleBinding::new(format!("ns{}", i % 20), format!("b{i}"), RoleRef::cluster_role(format!("r{i}")), jane()));
        rbac.insert(RoleBinding::new("ns0", format!("d{i}"), RoleRef::cluster_role(format!("gone{i}")), jane()));
    }
    let user = UserInfo::new("jane", ["g", "g", "h"]);
    let same = |rbac: &Authorizer| {
        for (resource, namespace) in (0..400).step_by(7).flat_map(|i| [(i, "ns0"), (i, "ns7"), (i, ""), (i, "none")]) {
            let resource = format!("res{resource}");
            let request = Attributes::resource("get", &resource).in_namespace(namespace).by(&user);
            let plain = answer(linear::authorize(rbac.policy(), &request));
            assert_eq!(answer(rbac.authorize(&request)), plain, "{request:?}");
            assert_eq!(answer(rbac.resolve(&request).authorize(&user)), plain, "{request:?}");
        }
    };
    same(&rbac);
    for i in (0..400).step_by(3) {
        rbac.remove::<ClusterRoleBinding>("", &format!("c{i}"));
        rbac.remove::<ClusterRole>("", &format!("r{}", i / 2));
        rbac.insert(RoleBinding::new(format!("ns{}", i % 20), format!("b{i}"), RoleRef::role("r"), [Subject::group("h")]));
    }
    same(&rbac);
}

/// Answers as the plain scan does, for every request, in indexes of many seeds: what collides is otherwise in each.
fn as_the_plain_scan_in_many_indexes(objects: &[Object], requests: &[OwnedAttributes]) {
    for _ in 0..64 {
        check(&Authorizer::new(Policy::from_iter(objects.iter().cloned())), requests).unwrap();
    }
}

fn janes(namespace: &str, requests: &[(&str, &str, &str)]) -> Vec<OwnedAttributes> {
    let jane = UserInfo::new("jane", [""; 0]);
    let request = |&(verb, resource, name): &(&str, &str, &str)| {
        OwnedAttributes::from(Attributes::resource(verb, resource).named(name).in_namespace(namespace).by(&jane))
    };
    requests.iter().map(request).collect()
}

fn bound(rules: impl IntoIterator<Item = PolicyRule>) -> [Object; 2] {
    [ClusterRole::new("r", rules).into(), ClusterRoleBinding::new("b", "r", [Subject::user("jane")]).into()]
}

#[test]
fn the_first_rule_is_found_whatever_lies_beside_it_in_the_table() {
    let rule = |group: &str, resource: &str| PolicyRule::resources(["get"], [group], [resource]);
    let beside = ["configmaps", "secrets", "nodes", "events"].map(|resource| rule("", resource));
    let rules = beside.into_iter().chain([rule("", "pods"), rule("*", "pods"), rule("", "*"), rule("*", "*")]);
    as_the_plain_scan_in_many_indexes(&bound(rules), &janes("", &[("get", "pods", ""), ("get", "events", ""), ("get", "x", "")]));
}

#[test]
fn rules_on_one_resource_by_name_keep_their_verbs_apart() {
    let named = |verb: &str, name: &str| PolicyRule::resources([verb], [""], ["secrets"]).named([name]);
    let rules = [named("get", "a"), named("update", "b"), named("dance", "c")];
    let requests =
        janes("", &[("get", "secrets", "a"), ("update", "secrets", "b"), ("dance", "secrets", "c"), ("get", "secrets", "b")]);
    as_the_plain_scan_in_many_indexes(&bound(rules), &requests);
}

/// The parts of what a rule is about make one text when they are put together, whichever they are.
#[test]
fn parts_that_read_alike_when_joined_are_told_apart() {
    let rules = ["podslog", "pods/log"].map(|entry| PolicyRule::resources(["get"], [""], [entry]));
    let jane = UserInfo::new("jane", [""; 0]);
    let mut requests = janes("", &[("get", "podslog", ""), ("get", "pods", "")]);
    requests.push(OwnedAttributes::from(Attributes::resource("get", "pods").subresource("log").by(&jane)));
    as_the_plain_scan_in_many_indexes(&bound(rules), &requests);
}

/// Rules of many groups and many resources are read as they are.
#[test]
fn rules_too_wide_for_a_table_stand_among_the_others() {
    let numbered = |prefix: &str| (0..50).map(|number| format!("{prefix}{number}")).collect::<Vec<_>>();
    let wide = |verb: &str| PolicyRule::resources([verb], numbered("g"), numbered("r"));
    let small = |verb: &str| PolicyRule::resources([verb], ["g7"], ["r7"]);
    let requests: Vec<_> =
        [("get", "g7", "r7"), ("list", "g7", "r7"), ("get", "g8", "r7"), ("get", "g7", "pods"), ("list", "h", "r7")]
            .map(|(verb, group, resource)| {
                let jane = UserInfo::new("jane", [""; 0]);
                OwnedAttributes::from(Attributes::resource(verb, resource).in_group(group).by(&jane))
            })
            .into();
    for rules in [
        [wide("get"), small("get"), wide("list")],
        [small("get"), wide("list"), wide("get")],
        [wide("x"), wide("get"), wide("get")],
    ] {
        as_the_plain_scan_in_many_indexes(&bound(rules), &requests);
    }
}

/// An atom of a table numbers groups and resources in 16 bits.
#[test]
fn a_rule_may_have_more_groups_or_resources_than_an_atom_can_number() {
    let numbered = |prefix: &str| (0..65_540).map(|number| format!("{prefix}{number}")).collect::<Vec<_>>();
    let jane = UserInfo::new("jane", [""; 0]);
    for rule in [PolicyRule::resources(["get"], numbered("g"), ["r3"]), PolicyRule::resources(["get"], ["g3"], numbered("r"))] {
        let rbac = Authorizer::new(Policy::from_iter(bound([rule])));
        for number in ["0", "3", "65534", "65535", "65536", "65539", "65540"] {
            for (group, resource) in [(format!("g{number}"), "r3".to_owned()), ("g3".to_owned(), format!("r{number}"))] {
                let request = Attributes::resource("get", &resource).in_group(&group).by(&jane);
                assert_eq!(answer(rbac.authorize(&request)), answer(linear::authorize(rbac.policy(), &request)), "{request:?}");
            }
        }
    }
}

/// A subject of many RoleBindings and of no ClusterRoleBinding, to the last of them.
#[test]
fn bindings_of_namespaces_alone_go_one_by_one() {
    let mut rbac = Authorizer::default();
    rbac.insert(ClusterRole::new("r", [PolicyRule::resources(["get"], [""], ["pods"])]));
    let names: Vec<_> = (0..40).map(|number| (format!("ns{}", number % 7), format!("b{number}"))).collect();
    for (namespace, name) in &names {
        rbac.insert(RoleBinding::new(namespace, name, RoleRef::cluster_role("r"), [Subject::user("jane"), Subject::group("g")]));
    }
    for (namespace, name) in &names {
        for namespace in (0..7).map(|number| format!("ns{number}")) {
            check(&rbac, &janes(&namespace, &[("get", "pods", "")])).unwrap();
        }
        rbac.remove::<RoleBinding>(namespace, name);
    }
    check(&rbac, &janes("ns0", &[("get", "pods", "")])).unwrap();
}

#[test]
fn the_role_bindings_of_a_role_are_counted() {
    let mut rbac = Authorizer::default();
    rbac.insert(ClusterRole::new("r", []));
    rbac.insert(ClusterRoleBinding::new("c", "r", []));
    for count in 0..4 {
        let role = rbac.policy().get::<ClusterRole>("", "r").unwrap();
        assert_eq!(rbac.count_role_bindings_to(AnyRole::ClusterRole(role)), count);
        rbac.insert(RoleBinding::new("ns", format!("b{count}"), RoleRef::cluster_role("r"), []));
    }
    rbac.remove::<ClusterRoleBinding>("", "c");
    let role = rbac.policy().get::<ClusterRole>("", "r").unwrap();
    assert_eq!(rbac.count_role_bindings_to(AnyRole::ClusterRole(role)), 4);
}

/// Whoever has many groups holds some roles many times, and what refused once is not asked again.
#[test]
fn a_role_held_through_many_groups_is_granted_by_the_first_binding() {
    let groups: Vec<String> = (0..20).map(|number| format!("g{number}")).collect();
    let rule = |resource: &str| PolicyRule::resources(["get"], [""], [resource]);
    let mut objects: Vec<Object> = (0..40).map(|number| ClusterRole::new(format!("r{number}"), [rule("nodes")]).into()).collect();
    objects.push(ClusterRole::new("r7", [rule("pods")]).into());
    for (number, group) in groups.iter().enumerate().rev() {
        let binding = format!("b{:02}", 20 - number);
        objects.push(ClusterRoleBinding::new(&binding, "r7", [Subject::group(group)]).into());
        objects.push(
            ClusterRoleBinding::new(format!("a{number}"), format!("r{}", number * 16 % 40), [Subject::group(group)]).into(),
        );
        objects.push(RoleBinding::new("ns", &binding, RoleRef::cluster_role("r7"), [Subject::group(group)]).into());
    }
    let user = UserInfo::new("jane", groups);
    let requests: Vec<OwnedAttributes> = ["pods", "nodes", "secrets"]
        .map(|resource| Attributes::resource("get", resource).in_namespace("ns").by(&user).into())
        .into();
    as_the_plain_scan_in_many_indexes(&objects, &requests);
}
