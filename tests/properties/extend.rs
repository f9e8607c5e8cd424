//! Many objects put in at once against one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, Role, RoleBinding, RoleRef, Subject};
use k8s_rbac::policy::{AnyRole, Completeness};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::{Authorizer, Policy, UserInfo};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::index::answer;
use crate::user;

/// The two hold the same in the same order, and say the same of everything they hold and of the requests.
fn check(ours: &Authorizer, plain: &Authorizer, requests: &[OwnedAttributes]) -> Result<(), TestCaseError> {
    prop_assert_eq!(ours.policy(), plain.policy());
    prop_assert_eq!(ours.policy().completeness(), plain.policy().completeness());
    let policy = plain.policy();
    for role in policy.cluster_roles().iter().map(AnyRole::ClusterRole).chain(policy.roles().iter().map(AnyRole::Role)) {
        prop_assert!(ours.bindings_to(role).eq(plain.bindings_to(role)), "{}", role.key());
    }
    for object in policy.objects().map(|object| object.into_inner()) {
        prop_assert_eq!(ours.policy().get_object(&object.key()).map(|found| found.into_inner()), Some(object));
    }
    for request in requests {
        for other in requests {
            let attributes = request.attributes().by(user(other));
            prop_assert_eq!(answer(ours.authorize(&attributes)), answer(plain.authorize(&attributes)), "{:?}", attributes);
        }
        prop_assert!(ours.bindings_anywhere_of(user(request)).eq(plain.bindings_anywhere_of(user(request))));
    }
    Ok(())
}

fn one_by_one(rbac: &Authorizer, objects: &[Object]) -> Authorizer {
    let mut rbac = rbac.clone();
    for object in objects {
        rbac.insert_object(object.clone());
    }
    rbac
}

proptest! {
    /// Into a policy that others hold copies of and into one that is alone, objects of all kinds, some there and some twice.
    #[test]
    fn many_at_once_are_as_one_after_the_other(
        first in vec(any::<Object>(), 0..120),
        batches in vec(vec(any::<Object>(), 0..90), 1..4),
        removed in vec(any::<Object>(), 0..20),
        requests in vec(any::<OwnedAttributes>(), 1..6),
        is_shared in any::<bool>(),
    ) {
        let mut ours = Authorizer::from_iter(first.clone());
        ours.set_completeness(Completeness::nothing().with_all::<Role>());
        let mut plain = one_by_one(&Authorizer::default(), &first);
        plain.set_completeness(Completeness::nothing().with_all::<Role>());
        check(&ours, &plain, &requests)?;
        let mut copies = Vec::new();
        for batch in batches {
            let before = ours.clone();
            plain = one_by_one(&plain, &batch);
            if is_shared {
                copies.push((before, ours.policy().objects().collect::<Vec<_>>()));
            }
            ours.extend(batch);
            check(&ours, &plain, &requests)?;
        }
        for key in removed.iter().chain(&first).map(Object::key) {
            prop_assert_eq!(ours.remove_object(&key), plain.remove_object(&key));
        }
        check(&ours, &plain, &requests)?;
        for (copy, held) in copies {
            prop_assert!(copy.policy().objects().eq(held.iter().cloned()));
            check(&copy, &Authorizer::new(copy.policy().clone()), &requests)?;
        }
    }
}

fn binding(number: usize, round: usize) -> Object {
    let subjects = [
        Subject::user(format!("u{number}")),
        Subject::group(format!("g{}", number / 9)),
        Subject::service_account("", format!("s{round}")),
        Subject::user(format!("u{}", number % 50)),
    ];
    let (subjects, role) = (subjects.into_iter().skip(round % 2), format!("r{}", number % 3));
    match number % 2 {
        0 => ClusterRoleBinding::new(format!("b{number}"), role, subjects).into(),
        _ => RoleBinding::new(format!("n{}", number / 20), format!("b{number}"), RoleRef::cluster_role(role), subjects).into(),
    }
}

/// As many as fill many pieces of the index, in batches that replace some and bring others, each in a copy of the one before.
#[test]
fn large_batches_are_as_one_after_the_other() {
    let role = |number: usize| Object::from(ClusterRole::new(format!("r{}", number % 4), []));
    let mut ours = Authorizer::from_iter((0..9_000).map(|number| binding(number, 0)));
    let mut plain = ours.clone();
    let users = (0..9_000).step_by(11).map(|i| UserInfo::new(format!("u{i}"), [format!("g{}", i / 9)]));
    let accounts = (0..400).map(|i| UserInfo::service_account(&format!("n{}", i / 3), &format!("s{}", i % 3)));
    let users: Vec<UserInfo> = users.chain(accounts).collect();
    for (round, count) in [(1, 1), (2, 700), (3, 4_000), (4, 33)] {
        let before = ours.clone();
        let batch: Vec<Object> = (0..count).map(|i| binding(i * 17 * round % 9_500, round)).chain([role(round)]).collect();
        plain = one_by_one(&plain, &batch);
        ours = before.clone();
        ours.extend(batch);
        check(&ours, &plain, &[]).unwrap();
        for user in &users {
            assert!(ours.bindings_anywhere_of(user).eq(plain.bindings_anywhere_of(user)), "{user:?}");
        }
        check(&before, &Authorizer::new(before.policy().clone()), &[]).unwrap();
    }
}

#[test]
fn of_objects_that_never_end_well_none_is_taken_in() {
    let mut rbac = Authorizer::from_iter([binding(0, 0)]);
    let policy: Policy = rbac.policy().clone();
    let objects = (0..2_000).map(|number| if number < 1_900 { binding(number, 1) } else { panic!("no more") });
    assert!(catch_unwind(AssertUnwindSafe(|| rbac.extend(objects))).is_err());
    check(&rbac, &Authorizer::new(policy), &[]).unwrap();
}
