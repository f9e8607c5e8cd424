//! The index against the plain scan, on random policies that change under it.

use k8s_rbac::authorize::{Authorizer, Decision, linear};
use k8s_rbac::model::{Object, RoleRef};
use k8s_rbac::policy::{AnyBinding, AnyRole};
use k8s_rbac::request::OwnedAttributes;
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
fn answer(decision: Decision<'_, '_>) -> String {
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
    for request in requests {
        for other in requests {
            let attributes = request.attributes().by(user(other));
            let (ours, plain) = (rbac.authorize(&attributes), linear::authorize(rbac.policy(), &attributes));
            prop_assert_eq!(answer(ours), answer(plain), "{:?}", attributes);
            let prepared = rbac.look_up(user(other)).authorize(&rbac.prepare(&request.attributes()));
            prop_assert_eq!(answer(prepared), answer(plain), "prepared: {:?}", attributes);
        }
        let elsewhere = Authorizer::default().prepare(&request.attributes());
        prop_assert_eq!(answer(rbac.look_up(user(request)).authorize(&elsewhere)), answer(rbac.authorize(&request.attributes())));
        let without_user = k8s_rbac::Attributes { user: None, ..request.attributes() };
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
    use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, Subject};
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
            let request = k8s_rbac::Attributes::resource("get", &resource).in_namespace(namespace).by(&user);
            assert_eq!(answer(rbac.authorize(&request)), answer(linear::authorize(rbac.policy(), &request)), "{request:?}");
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
