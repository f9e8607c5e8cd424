//! How much a rule grants, as a number to compare by.

use crate::model::{ALL, PolicyRule, Subject};
use crate::policy::AnyBinding;
use crate::query::Members;

/// What `*` counts for.
const STAR: u64 = 100;
/// What a rule without names counts for.
const ANY_NAME: u64 = 10;
/// What a grant in the whole cluster counts for, against one in a namespace.
pub(super) const CLUSTER: u64 = 10;

/// What a group of unknown members counts for.
const GROUP: u64 = 100;
/// What a group counts for that Kubernetes itself fills: perhaps everybody.
const CROWD: u64 = 1_000_000;

/// Everybody to whom the binding grants its role, with groups counting for many and the whole cluster too.
pub(super) fn reach(binding: AnyBinding<'_>) -> u64 {
    let weight = |subject: &Subject| match subject.kind.as_str() {
        Subject::GROUP if Members::of(&subject.name).is_some() => CROWD,
        Subject::GROUP => GROUP,
        _ => 1,
    };
    let subjects = binding.subjects().iter().map(weight).fold(0, u64::saturating_add);
    subjects.saturating_mul(scope(binding))
}

/// What the place of the binding counts for.
pub(super) fn scope(binding: AnyBinding<'_>) -> u64 {
    if binding.namespace().is_empty() { CLUSTER } else { 1 }
}

/// The entries of the rules multiplied out, with `*` and the lack of names counting for many.
pub(super) fn breadth(rules: &[PolicyRule]) -> u64 {
    rules.iter().fold(0, |sum: u64, rule| sum.saturating_add(of_rule(rule)))
}

fn of_rule(rule: &PolicyRule) -> u64 {
    let names = if rule.resource_names.is_empty() { ANY_NAME } else { count(&rule.resource_names) };
    let about = count(&rule.api_groups).saturating_mul(count(&rule.resources)).saturating_mul(names);
    count(&rule.verbs).saturating_mul(about.saturating_add(count(&rule.non_resource_urls)))
}

fn count(entries: &[String]) -> u64 {
    entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(if entry.contains(ALL) { STAR } else { 1 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_count_for_many() {
        let one = PolicyRule::resources(["get"], [""], ["pods"]);
        let rules = [
            one.clone().named(["a"]),
            one,
            PolicyRule::resources(["get", "list"], [""], ["pods"]),
            PolicyRule::resources(["*"], [""], ["*"]),
        ];
        let counts = rules.each_ref().map(|rule| breadth(std::slice::from_ref(rule)));
        assert_eq!(counts, [1, 10, 20, 100_000]);
        assert_eq!(breadth(&[PolicyRule::urls(["get"], ["/a", "/b*"])]), 101);
        assert_eq!(breadth(&[]), 0);
    }

    #[test]
    fn groups_count_for_many() {
        use crate::model::{ClusterRoleBinding, RoleBinding, RoleRef};
        let reach_of = |subjects: &[Subject]| {
            let mut policy = crate::Policy::new();
            policy.insert(RoleBinding::new("dev", "b", RoleRef::role("r"), subjects.iter().cloned()));
            policy.insert(ClusterRoleBinding::new("b", "r", subjects.iter().cloned()));
            policy.bindings().map(reach).collect::<Vec<_>>()
        };
        assert_eq!(reach_of(&[Subject::user("jane"), Subject::service_account("dev", "ci")]), [20, 2]);
        assert_eq!(reach_of(&[Subject::group("dev")]), [1_000, 100]);
        assert_eq!(reach_of(&[Subject::group("system:authenticated")]), [10_000_000, 1_000_000]);
    }
}
