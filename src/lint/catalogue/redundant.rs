//! RB807 and RB808: grants and rules that change nothing, by the exact algebra of permissions.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::over::aggregates;
use super::simple::{Found, Simple};
use crate::lint::Severity::{Info, Low};
use crate::lint::context::holder;
use crate::lint::{Context, Finding, GrantOf, RoleUse, RuleInfo};
use crate::model::{PolicyRule, Subject};
use crate::permission::PermissionSet;
use crate::policy::AnyBinding;

/// How many grants of one holder in one scope are compared with each other, and how many rules of one role. What is beyond is not looked at.
const COMPARED: usize = 32;
const RULES: usize = 128;
/// How many steps a set may take that is built to compare.
const STEPS: usize = 20_000;

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB807",
        name: "redundant-binding",
        severity: Low,
        title: "a subject holds all of it through another binding",
        why: "taking it away changes nothing, which is easily overlooked",
        fix: "delete one of the two",
        see: &[],
        check: redundant_bindings,
    },
    Simple {
        id: "RB808",
        name: "redundant-rule",
        severity: Info,
        title: "the other rules of the role allow all of it",
        why: "taking it out changes nothing, which is easily overlooked",
        fix: "take it out",
        see: &[],
        check: |info, context, found| {
            for used in context.roles().iter().filter(|used| aggregates(used.role).is_none()) {
                for index in redundant_rules(used.role.rules()) {
                    found(Finding::of_role(info, used.role, &format!("rules[{index}]")));
                }
            }
        },
    },
];

/// The rules that the others allow all of: of two that allow the same, the later one.
fn redundant_rules(rules: &[PolicyRule]) -> Vec<usize> {
    let meet = |(index, rule): (usize, &PolicyRule)| {
        rules.iter().enumerate().any(|(other_index, other)| index != other_index && may_meet(rule, other))
    };
    let mut redundant = Vec::new();
    if rules.len() > RULES {
        return redundant;
    }
    for (index, rule) in rules.iter().enumerate().rev().filter(|pair| meet(*pair)) {
        let kept = rules.iter().enumerate().filter(|(other, _)| *other != index && !redundant.contains(other));
        let others = PermissionSet::from_rules_within(kept.map(|(_, rule)| rule), STEPS);
        let covered = others.and_then(|others| Ok(others.covers(&PermissionSet::from_rule(rule)?)));
        if covered.unwrap_or(false) {
            redundant.push(index);
        }
    }
    redundant.reverse();
    redundant
}

/// Whether two rules can allow the same request, as far as a look at their lists tells.
fn may_meet(a: &PolicyRule, b: &PolicyRule) -> bool {
    let meet = |a: &[String], b: &[String]| {
        let star = |list: &[String]| list.iter().any(|entry| entry.starts_with('*'));
        star(a) || star(b) || a.iter().any(|entry| b.contains(entry))
    };
    let resources = meet(&a.api_groups, &b.api_groups) && meet(&a.resources, &b.resources);
    meet(&a.verbs, &b.verbs) && (resources || !(a.non_resource_urls.is_empty() || b.non_resource_urls.is_empty()))
}

/// A grant to one subject.
#[derive(Clone, Copy)]
struct Held<'c, 'a> {
    used: usize,
    grant: GrantOf<'a>,
    subject_index: usize,
    subject: &'a Subject,
    set: &'c OnceCell<Option<PermissionSet>>,
}

fn redundant_bindings(info: &RuleInfo, context: &Context<'_>, found: Found<'_>) {
    let sets: Vec<OnceCell<Option<PermissionSet>>> = context.roles().iter().map(|_| OnceCell::new()).collect();
    let mut by_holder: HashMap<(String, &str), Vec<Held<'_, '_>>> = HashMap::new();
    let mut order = Vec::new();
    for (used, (role, set)) in context.roles().iter().zip(&sets).enumerate() {
        for grant in &role.grants {
            for (subject_index, subject) in grant.subjects() {
                let held = Held { used, grant: *grant, subject_index, subject, set };
                let key = (holder(subject, grant.binding), grant.binding.namespace());
                by_holder.entry(key.clone()).or_default().push(held);
                order.push((key, held));
            }
        }
    }
    for ((who, namespace), held) in &order {
        let local = by_holder.get(&(who.clone(), *namespace)).map(Vec::as_slice).unwrap_or_default();
        let wider = by_holder.get(&(who.clone(), "")).filter(|_| !namespace.is_empty()).map(Vec::as_slice).unwrap_or_default();
        let wider = wider.iter().take(COMPARED).map(|other| (other, true));
        let mut others = local.iter().take(COMPARED).map(|other| (other, false)).chain(wider);
        if let Some((other, _)) = others.find(|(other, wider)| covers(context.roles(), other, held, *wider)) {
            let field = format!("subjects[{}]", held.subject_index);
            let finding = Finding::of_binding(info, held.grant.binding, &field);
            found(finding.saying(format_args!(
                "{} {}, through {}",
                held.subject.kind,
                held.subject.name,
                other.grant.binding.key()
            )));
        }
    }
}

/// Whether one grant makes another one of the same subject needless. Of two that allow the same, the later one is.
fn covers(roles: &[RoleUse<'_>], other: &Held<'_, '_>, held: &Held<'_, '_>, wider: bool) -> bool {
    if is_same(other.grant.binding, held.grant.binding) {
        return false;
    }
    let earlier = wider || position(other) < position(held);
    if other.used == held.used {
        return earlier;
    }
    let (Some(more), Some(less)) = (set(roles, other), set(roles, held)) else { return false };
    !less.is_empty()
        && more.covers_within(less, STEPS).unwrap_or(false)
        && (earlier || !less.covers_within(more, STEPS).unwrap_or(true))
}

fn is_same(a: AnyBinding<'_>, b: AnyBinding<'_>) -> bool {
    (a.kind(), a.namespace(), a.name()) == (b.kind(), b.namespace(), b.name())
}

/// By role, then by binding: an order in which one of two grants is the later one.
fn position<'a>(held: &Held<'_, 'a>) -> (usize, &'a str) {
    (held.used, held.grant.binding.name())
}

fn set<'c>(roles: &[RoleUse<'_>], held: &Held<'c, '_>) -> Option<&'c PermissionSet> {
    let build = || PermissionSet::from_rules_within(roles.get(held.used)?.role.rules(), STEPS).ok();
    held.set.get_or_init(build).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_redundant_when_the_others_together_allow_it() {
        let rule = |verbs: &[&str], resources: &[&str]| PolicyRule::resources(verbs.to_vec(), [""], resources.to_vec());
        let (get, list) = (rule(&["get"], &["pods"]), rule(&["list"], &["*"]));
        let both = rule(&["get", "list"], &["pods"]);
        assert_eq!(redundant_rules(&[get.clone(), both.clone(), list.clone()]), [1]);
        assert_eq!(redundant_rules(&[get.clone(), get.clone()]), [1]);
        assert_eq!(redundant_rules(&[get.clone(), both.clone()]), [0]);
        assert_eq!(redundant_rules(&[get.clone().named(["a"]), get.clone(), list]), [0]);
        assert_eq!(redundant_rules(&[get, both.named(["a"])]), [0; 0]);
    }
}
