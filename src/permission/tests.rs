//! Small facts about sets, each of which a change of one word would break. What operations mean is a matter of `tests/properties`.

use std::hash::{BuildHasher, RandomState};

use super::*;
use crate::model::PolicyRule;

fn set(rule: &PolicyRule) -> PermissionSet {
    PermissionSet::from_rule(rule).unwrap()
}

fn pods() -> PermissionSet {
    set(&PolicyRule::resources(["get", "list"], [""], ["pods"]))
}

fn health() -> PermissionSet {
    set(&PolicyRule::urls(["get"], ["/healthz"]))
}

#[test]
fn the_constant_sets_hold_all_of_a_kind_or_nothing() {
    let (resource, url) = (Attributes::resource("get", "pods"), Attributes::non_resource("get", "/healthz"));
    for (set, of_resources, of_urls) in [
        (PermissionSet::empty(), false, false),
        (PermissionSet::default(), false, false),
        (PermissionSet::every_resource_request(), true, false),
        (PermissionSet::every_url_request(), false, true),
        (PermissionSet::everything(), true, true),
    ] {
        assert_eq!((set.contains(&resource), set.contains(&url)), (of_resources, of_urls));
        assert_eq!(set.is_empty(), !of_resources && !of_urls);
        assert_eq!(set.is_everything(), of_resources && of_urls);
        let other = set.complement();
        assert_eq!((other.contains(&resource), other.contains(&url)), (!of_resources, !of_urls));
    }
    assert!(!pods().is_empty() && !pods().is_everything() && !health().is_empty());
}

#[test]
fn questions_stop_at_their_limit() {
    let more = pods().union(&health()).unwrap();
    assert_eq!((more.covers_within(&pods(), usize::MAX), pods().covers_within(&more, usize::MAX)), (Ok(true), Ok(false)));
    assert_eq!(
        (more.intersects_within(&pods(), usize::MAX), pods().intersects_within(&health(), usize::MAX)),
        (Ok(true), Ok(false))
    );
    assert!(more.covers(&pods()) && !pods().covers(&more) && more.intersects(&health()) && !pods().intersects(&health()));
    let wider = set(&PolicyRule::resources(["get", "list", "watch"], [""], ["pods"]));
    assert_eq!(wider.covers_within(&pods(), 0).unwrap_err().limit(), 0);
    assert_eq!(
        more.intersects_within(&pods(), 0).unwrap_err().to_string(),
        "the set of permissions takes more than 0 steps to build"
    );
    let bounded = [more.union_within(&pods(), 0), more.intersection_within(&pods(), 0), more.difference_within(&pods(), 0)];
    assert!(bounded.iter().all(Result::is_err));
}

#[test]
fn equal_sets_hash_alike_and_others_as_a_rule_do_not() {
    let state = RandomState::new();
    let again = set(&PolicyRule::resources(["list", "get"], [""], ["pods"]));
    assert_eq!((pods(), state.hash_one(pods())), (again.clone(), state.hash_one(again)));
    let sets = [pods(), health(), pods().union(&health()).unwrap(), PermissionSet::empty(), PermissionSet::everything()];
    let hashes: BTreeSet<u64> = sets.iter().map(|set| state.hash_one(set)).collect();
    assert_eq!(hashes.len(), sets.len());
    assert!(sets.iter().enumerate().all(|(i, set)| sets.iter().position(|other| other == set) == Some(i)));
}

#[test]
fn a_set_is_shown_and_written_by_its_rules() {
    let rule = PolicyRule::resources(["get"], [""], ["pods"]);
    assert_eq!(format!("{:?}", set(&rule)), format!("PermissionSet({:?})", Ok::<_, RulesError>(vec![rule.clone()])));
    assert_eq!(serde_json::to_value(set(&rule)).unwrap(), serde_json::to_value([rule]).unwrap());
    assert!(serde_json::to_value(pods().complement()).is_err());
}

#[test]
fn an_action_is_a_request_and_told_by_its_parts() {
    for (request, told) in [
        (Attributes::resource("get", "pods"), r#"verb "get", group "", resource "pods""#),
        (
            Attributes::resource("get", "pods").in_group("apps").subresource("log").named("x"),
            r#"verb "get", group "apps", resource "pods", subresource "log", name "x""#,
        ),
        (Attributes::resource("get", "pods").named("x"), r#"verb "get", group "", resource "pods", name "x""#),
        (Attributes::non_resource("get", "/healthz"), r#"verb "get", path "/healthz""#),
    ] {
        let action = Action::from(&request);
        assert_eq!(action.to_string(), told);
        assert_eq!(Action::from(&action.attributes()), action);
        assert_eq!(action.attributes().resource_request, request.resource_request);
    }
}

#[test]
fn rules_come_by_groups_then_resources_names_and_verbs() {
    let named = |name: &str| PolicyRule::resources(["get"], ["b"], ["x"]).named([name]);
    let sorted = [
        PolicyRule::resources(["watch"], ["a"], ["z"]),
        PolicyRule::resources(["list"], ["b"], ["w"]),
        named("m"),
        PolicyRule::resources(["delete"], ["c"], ["a"]),
    ];
    let shuffled = [3, 2, 0, 1].map(|i: usize| &sorted[i]);
    assert_eq!(PermissionSet::from_rules(shuffled).unwrap().to_rules().unwrap(), sorted);
}

#[test]
fn a_witness_is_something_usual_or_else_listed_or_else_anything() {
    let all = PermissionSet::every_resource_request();
    let verb = |without: &[&str]| {
        let rule = PolicyRule::resources(without.iter().copied(), ["*"], ["*"]);
        let Some(Action::Resource { verb, .. }) = all.difference(&set(&rule)).unwrap().witness() else { panic!() };
        verb
    };
    assert_eq!((verb(&[]), verb(&["get"])), ("get".to_owned(), "list".to_owned()));
    assert_eq!((verb(&["get", "list"]), verb(&["get", "list", "other-0"])), ("other-0".to_owned(), "other-1".to_owned()));
    let listed = set(&PolicyRule::resources(["patch"], ["g"], ["r"])).witness().unwrap();
    assert_eq!(listed.to_string(), r#"verb "patch", group "g", resource "r""#);
}
