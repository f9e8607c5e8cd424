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

/// The least limit within which it is done.
fn steps<T, E>(work: impl Fn(usize) -> Result<T, E>) -> usize {
    (0..10_000).find(|&limit| work(limit).is_ok()).unwrap()
}

fn building(rule: &PolicyRule) -> usize {
    steps(|limit| PermissionSet::from_rules_within([rule], limit))
}

fn writing(rules: &[PolicyRule]) -> usize {
    let set = PermissionSet::from_rules(rules).unwrap();
    steps(|limit| set.to_rules_within(limit))
}

/// Steps follow what is kept: entries that are long count by the hundred.
#[test]
fn steps_are_counted_to_the_last_one() {
    let long = |count: usize| "x".repeat(count);
    let numbered = |count: usize| (0..count).map(|number| format!("x{number:02}")).collect::<Vec<_>>();
    let resources = |entries: Vec<String>| PolicyRule::resources(["get"], [""], entries);
    let of_resources = [vec![long(1)], vec![long(2_500)], vec![format!("{}/y", long(2_500))], numbered(50)]
        .map(|entries| (building(&resources(entries.clone())), writing(&[resources(entries)])));
    let urls = [1, 2_500].map(|count| PolicyRule::urls(["get"], [long(count)]));
    let of_urls = urls.each_ref().map(|rule| (building(rule), writing(std::slice::from_ref(rule))));
    let named = |verb: &str, names| PolicyRule::resources([verb], [""], ["r"]).named(names);
    let of_names = [writing(&[named("get", numbered(1))]), writing(&[named("get", numbered(50)), named("list", numbered(50))])];
    assert_eq!((of_resources, of_urls, of_names), ([(3, 6), (28, 56), (54, 82), (52, 202)], [(2, 5), (2, 26)], [7, 107]));
}

#[test]
fn operations_go_through_no_more_than_they_have_to() {
    let numbered = |count: usize| set(&PolicyRule::resources((0..count).map(|number| format!("v{number}")), [""], ["pods"]));
    let (one, many, nothing, all) = (numbered(1), numbered(1_000), PermissionSet::empty(), PermissionSet::everything());
    let union = |a: &PermissionSet, b: &PermissionSet| steps(|limit| a.union_within(b, limit));
    let intersection = |a: &PermissionSet, b: &PermissionSet| steps(|limit| a.intersection_within(b, limit));
    let difference = |a: &PermissionSet, b: &PermissionSet| steps(|limit| a.difference_within(b, limit));
    let meeting = |a: &PermissionSet, b: &PermissionSet| steps(|limit| a.intersects_within(b, limit));
    let covering = |a: &PermissionSet, b: &PermissionSet| steps(|limit| a.covers_within(b, limit));
    let paths = set(&PolicyRule::urls(["get"], ["/a", "/b*"]));
    let unions =
        [union(&many, &nothing), union(&nothing, &many), union(&many, &many), union(&one, &many), union(&paths, &health())];
    let differences = [
        difference(&many, &nothing),
        difference(&nothing, &many),
        difference(&all, &many),
        difference(&many, &one),
        difference(&paths, &health()),
    ];
    let last = set(&PolicyRule::resources(["v999"], [""], ["pods"]));
    assert_eq!([meeting(&last, &many), meeting(&many, &last), covering(&many, &last), covering(&last, &many)], [8; 4]);
    let by_name = |name: &str| set(&PolicyRule::resources(["get", "list", "watch", "patch"], [""], ["pods"]).named([name]));
    let at_once =
        [intersection(&many, &nothing), intersection(&nothing, &many), intersection(&all, &many), intersection(&many, &all)];
    assert_eq!((at_once, difference(&many, &all), intersection(&many, &one)), ([0; 4], 0, 1_003));
    let meetings = [
        meeting(&one, &many),
        meeting(&many, &one),
        meeting(&paths, &health()),
        meeting(&by_name("a"), &by_name("b")),
        meeting(&all, &many),
    ];
    let covers = [covering(&many, &one), covering(&one, &many)];
    assert_eq!((unions, differences, meetings, covers), ([0, 0, 0, 1_003, 7], [0, 0, 0, 1_003, 7], [8, 8, 8, 13, 0], [8, 9]));
}

/// What several rules say alike is one thing, and is put together with another once.
#[test]
fn what_rules_have_in_common_takes_its_steps_once() {
    let rule = |verb: &str, groups: &[&str], entries: &[&str]| {
        PolicyRule::resources([verb], groups.iter().copied(), entries.iter().copied())
    };
    let building = |rules: &[PolicyRule]| steps(|limit| PermissionSet::from_rules_within(rules, limit));
    let by_resource =
        [rule("get", &[""], &["a", "b"]), rule("get", &[""], &["c", "d"]), rule("list", &[""], &["a", "b", "c", "d"])];
    let by_group = [rule("get", &["x"], &["a"]), rule("get", &["y"], &["a"]), rule("get", &["x", "y"], &["b", "b/c"])];
    let by_subresource = [rule("get", &[""], &["a/x"]), rule("get", &[""], &["a/y"]), rule("get", &[""], &["b/x", "b/y"])];
    assert_eq!([building(&by_resource), building(&by_group), building(&by_subresource)], [28, 21, 30]);
    let writing = [&by_resource, &by_group, &by_subresource].map(|rules| writing(rules));
    assert_eq!(writing, [19, 19, 22]);
}

#[test]
fn a_rule_that_allows_nothing_takes_no_step() {
    let none = [""; 0];
    for rule in [
        PolicyRule::resources(none, ["a"], ["b"]).named(["c"]),
        PolicyRule::resources(["get"], none, ["b"]).named(["c"]),
        PolicyRule::resources(["get"], ["a"], none).named(["c"]),
        PolicyRule::urls(none, ["/a"]),
        PolicyRule::urls(["get"], none),
    ] {
        assert_eq!(PermissionSet::from_rules_within([&rule], 0).unwrap(), PermissionSet::empty());
    }
}

#[test]
fn a_choice_is_of_no_string_of_some_or_of_all() {
    let choices = [Choice::only([""; 0]), Choice::only(["a"]), Choice::all_but(["a"]), Choice::all_but([""; 0])];
    assert_eq!(choices.each_ref().map(Choice::is_empty), [true, false, false, false]);
    assert_eq!(choices.each_ref().map(Choice::is_all), [false, false, false, true]);
}

#[test]
fn an_entry_for_urls_matches_as_that_of_a_rule() {
    let verbs = Choice::only(["get", "head"]);
    for entry in ["/healthz", "/api/*", "*", ""] {
        assert_eq!(PermissionSet::matching_url(&verbs, entry), set(&PolicyRule::urls(["get", "head"], [entry])));
    }
    assert!(PermissionSet::matching_url(&Choice::only([""; 0]), "*").is_empty());
    assert_eq!(PermissionSet::matching_url(&Choice::all_but([""; 0]), "*"), PermissionSet::every_url_request());
}

#[test]
fn a_set_tells_what_it_holds_place_by_place() {
    let rules = [
        PolicyRule::resources(["get"], ["", "apps"], ["pods", "pods/log"]),
        PolicyRule::resources(["list"], [""], ["*/scale"]).named(["a"]),
        PolicyRule::urls(["head", "get"], ["/healthz"]),
    ];
    let held = PermissionSet::from_rules(&rules).unwrap();
    assert_eq!(held.api_groups(), Choice::only(["", "apps"]));
    assert_eq!((held.subresources("apps"), held.subresources("batch")), (Choice::only(["", "log"]), Choice::only([""; 0])));
    assert_eq!(held.resources("", "log"), Choice::only(["pods"]));
    assert!(held.resources("", "scale").is_all());
    assert_eq!(
        (held.verbs("", "pods", "log"), held.verbs("", "nodes", "scale")),
        (Choice::only(["get"]), Choice::only(["list"]))
    );
    assert_eq!(held.names("list", "", "nodes", "scale"), Choice::only(["a"]));
    assert!(held.names("get", "", "pods", "").is_all());
    assert_eq!((held.url_verbs(), pods().url_verbs()), (Choice::only(["get", "head"]), Choice::only([""; 0])));
}
