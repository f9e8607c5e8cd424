//! Suggested changes: each allows the request, and none of its parts can be left out.

use k8s_rbac::model::{ClusterRole, Object, PolicyRule, Role};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::suggest::{Change, changes};
use k8s_rbac::{Attributes, Authorizer, Policy};
use proptest::collection::vec;
use proptest::prelude::*;

fn allowed_with(rbac: &Authorizer, objects: impl IntoIterator<Item = Object>, request: &Attributes<'_>) -> bool {
    let mut policy = rbac.policy().clone();
    policy.extend(objects);
    Authorizer::new(policy).authorize(request).is_allowed()
}

/// The rule without one of its entries, in every way; the last name is not taken, for without it the rule would say more.
fn smaller(rule: &PolicyRule) -> Vec<PolicyRule> {
    let lists: [fn(&mut PolicyRule) -> &mut Vec<String>; 4] =
        [|rule| &mut rule.verbs, |rule| &mut rule.api_groups, |rule| &mut rule.resources, |rule| &mut rule.non_resource_urls];
    let mut found = Vec::new();
    for list in lists {
        for entry in 0..list(&mut rule.clone()).len() {
            let mut less = rule.clone();
            list(&mut less).remove(entry);
            found.push(less);
        }
    }
    found
}

/// The role with less of its rule, in every way.
fn with_less(object: &Object) -> Vec<Object> {
    let of = |rules: &[PolicyRule]| smaller(&rules[0]);
    let one = |rule| [rule].into_iter().collect();
    match object {
        Object::Role(role) => of(&role.rules).into_iter().map(|rule| Role { rules: one(rule), ..role.clone() }.into()).collect(),
        Object::ClusterRole(role) => {
            of(&role.rules).into_iter().map(|rule| ClusterRole { rules: one(rule), ..role.clone() }.into()).collect()
        }
        _ => Vec::new(),
    }
}

/// The change with less of a rule, in every way.
fn lessened(change: &Change) -> Vec<Change> {
    match change {
        Change::AddRule { role, rule } => {
            smaller(rule).into_iter().map(|rule| Change::AddRule { role: role.clone(), rule }).collect()
        }
        Change::Create { object } => {
            with_less(object).into_iter().map(|object| Change::Create { object: object.into() }).collect()
        }
        _ => Vec::new(),
    }
}

proptest! {
    #[test]
    fn each_allows_and_is_minimal(objects in vec(any::<Object>(), 0..40), requests in vec(any::<OwnedAttributes>(), 1..6)) {
        let rbac = Authorizer::new(Policy::from_iter(objects));
        for request in &requests {
            let asked = request.attributes();
            let denied = !rbac.authorize(&asked).is_allowed();
            let found = changes(&rbac, &asked, 20);
            let user = asked.user.unwrap();
            let somebody = !user.username.is_empty() || user.groups.iter().any(|group| !group.is_empty());
            prop_assert_eq!(!found.is_empty(), denied && somebody, "{:?}", asked);
            prop_assert!(found.is_sorted_by_key(|suggestion| suggestion.breadth));
            for suggestion in &found {
                let objects = |changes: &[Change]| changes.iter().map(|change| change.object(rbac.policy()).unwrap()).collect::<Vec<_>>();
                prop_assert!(allowed_with(&rbac, objects(&suggestion.changes), &asked), "{}", suggestion);
                for (number, change) in suggestion.changes.iter().enumerate() {
                    let mut fewer = suggestion.changes.clone();
                    fewer.remove(number);
                    prop_assert!(!allowed_with(&rbac, objects(&fewer), &asked), "{} without its part {}", suggestion, number);
                    for less in lessened(change) {
                        let mut weaker = suggestion.changes.clone();
                        weaker[number] = less;
                        prop_assert!(!allowed_with(&rbac, objects(&weaker), &asked), "{} with less in its part {}", suggestion, number);
                    }
                }
            }
        }
    }
}
