//! What nearly allows a request, against a plain walk over all bindings.

use k8s_rbac::authorize::{linear, subject};
use k8s_rbac::explain::{Miss, rule_miss, subject_miss, why_not};
use k8s_rbac::model::{Object, ObjectKey};
use k8s_rbac::policy::{AnyBinding, AnyRole};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::rule::rule_allows;
use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::user;

/// How far it is, what is lacking, of which binding and which rule.
type Told = (usize, Miss, Option<ObjectKey>, Option<usize>);

fn told(distance: usize, miss: Miss, binding: AnyBinding<'_>, rule: Option<usize>) -> Told {
    (distance, miss, Some(binding.key()), rule)
}

fn stands_for(binding: AnyBinding<'_>, user: &UserInfo) -> bool {
    binding.subjects().iter().any(|found| subject::matches(found, binding.namespace(), user))
}

fn allows(role: AnyRole<'_>, request: &Attributes<'_>) -> bool {
    role.rules().iter().any(|rule| rule_allows(rule, request))
}

/// What a binding that is read for the request lacks.
fn of_binding(policy: &Policy, binding: AnyBinding<'_>, request: &Attributes<'_>, user: &UserInfo) -> Vec<Told> {
    match (policy.role_of(binding), stands_for(binding, user)) {
        (Ok(role), true) => {
            let rules = role.rules().iter().enumerate().filter_map(|(i, rule)| Some((i, rule_miss(rule, request)?)));
            let near = rules.filter(|(_, miss)| miss.count() <= 2);
            near.map(|(i, miss)| told(miss.count(), Miss::Rule(miss), binding, Some(i))).collect()
        }
        (Ok(role), false) if allows(role, request) => {
            let misses = binding.subjects().iter().filter_map(|found| subject_miss(found, binding.namespace(), user));
            misses.map(|miss| told(1, Miss::Subject(miss), binding, None)).collect()
        }
        (Ok(_), false) | (Err(_), false) => Vec::new(),
        (Err(_), true) => vec![told(1, Miss::RoleMissing, binding, None)],
    }
}

/// What a RoleBinding of another namespace lacks.
fn elsewhere(policy: &Policy, binding: AnyBinding<'_>, request: &Attributes<'_>) -> Option<Told> {
    let role = policy.role_of(binding).ok()?;
    let namespace = binding.namespace().to_owned();
    allows(role, request).then(|| told(1, Miss::BoundElsewhere { namespace }, binding, None))
}

fn plain(policy: &Policy, request: &Attributes<'_>, user: &UserInfo) -> Vec<Told> {
    let mine = |binding: &AnyBinding<'_>| stands_for(*binding, user);
    let (cluster, local): (Vec<_>, Vec<_>) =
        policy.bindings_for(request.namespace).partition(|binding| matches!(binding, AnyBinding::ClusterRoleBinding(_)));
    let (first, then): (Vec<_>, Vec<_>) = cluster.into_iter().partition(mine);
    let read = first.into_iter().chain(then).chain(local);
    let others = policy.role_bindings().iter().map(AnyBinding::RoleBinding);
    let others = others.filter(|binding| !["", request.namespace].contains(&binding.namespace()));
    let mut all: Vec<Told> = read.flat_map(|binding| of_binding(policy, binding, request, user)).collect();
    all.extend(others.filter(mine).filter_map(|binding| elsewhere(policy, binding, request)));
    let is_read =
        |binding: &AnyBinding<'_>| matches!(binding, AnyBinding::ClusterRoleBinding(_)) || !binding.namespace().is_empty();
    if !policy.bindings().filter(is_read).any(|binding| stands_for(binding, user)) {
        all.push((5, Miss::NothingBound, None, None));
    }
    all.sort_by_key(|(distance, ..)| *distance);
    all
}

proptest! {
    #[test]
    fn near_misses_are_those_of_a_plain_walk(objects in vec(any::<Object>(), 0..60), requests in vec(any::<OwnedAttributes>(), 1..6), limit in 0_usize..30) {
        let policy = Policy::from_iter(objects);
        let rbac = Authorizer::new(policy.clone());
        for request in &requests {
            let asked = request.attributes();
            let mut expected = plain(&policy, &asked, user(request));
            if linear::authorize(&policy, &asked).is_allowed() {
                expected.clear();
            }
            expected.truncate(limit);
            let found = why_not(&rbac, &asked, limit).misses.into_iter();
            let found: Vec<Told> = found.map(|near| (near.distance(), near.miss, near.binding, near.rule_index)).collect();
            prop_assert_eq!(found, expected, "{:?}", asked);
        }
    }
}
