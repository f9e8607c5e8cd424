//! The exact algebra against tables: what every request of a small universe gets.
//!
//! The universe holds, for each place of a request, every string that a rule of the vocabulary can tell apart there, odd ones included, and
//! one that no rule names. So two sets of these rules are equal exactly if their tables are.

use std::sync::LazyLock;

use k8s_rbac::authorize::Authorizer;
use k8s_rbac::model::{Object, PolicyRule};
use k8s_rbac::permission::{Action, Choice, Pattern, PermissionSet};
use k8s_rbac::query::effective;
use k8s_rbac::request::{Attributes, OwnedAttributes};
use k8s_rbac::rule::compact::compact;
use k8s_rbac::rule::covers::{breakdown, covers};
use k8s_rbac::rule::rule_allows;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::user;

const VERBS: &[&str] = &["get", "", "*"];
const GROUPS: &[&str] = &["", "apps", "*"];
const ENTRIES: &[&str] = &["pods", "", "*", "pods/*", "*/*", "pods/log", "*/log", "*/", "/log", "pods/log/x", "*/log/x", "po*"];
const RESOURCES: &[&str] =
    &["pods", "", "*", "pods/*", "*/*", "pods/log", "*/log", "*/", "/log", "pods/log/x", "*/log/x", "po*", "fresh"];
const SUBRESOURCES: &[&str] = &["", "log", "*", "log/x", "x", "fresh"];
const NAMES: &[&str] = &["", "a", "*"];
const URLS: &[&str] = &["", "*", "**", "/", "/*", "/api", "/api*", "/api**", "/api/*", "/api/*/x", "/é*", "/été", "/\u{10ffff}*"];
const PATHS: &[&str] = &[
    "",
    "*",
    "**",
    "/",
    "/*",
    "/api",
    "/api*",
    "/api**",
    "/api/",
    "/api/*",
    "/api/x",
    "/api/*/x",
    "/api\0",
    "/apiz",
    "/b",
    "/é",
    "/êz",
    "/été",
    "/z",
    "/\u{10ffff}",
    "/\u{10ffff}z",
    "0",
    "~",
];

static UNIVERSE: LazyLock<Vec<Action>> = LazyLock::new(|| {
    let with_fresh = |words: &[&'static str]| words.iter().copied().chain(["fresh"]).collect::<Vec<_>>();
    let (verbs, groups, names) = (with_fresh(VERBS), with_fresh(GROUPS), with_fresh(NAMES));
    let mut universe = Vec::new();
    for verb in &verbs {
        for path in PATHS {
            universe.push(Action::NonResource { verb: (*verb).into(), path: (*path).into() });
        }
        for (group, resource) in groups.iter().flat_map(|group| RESOURCES.iter().map(move |resource| (group, resource))) {
            for (subresource, name) in
                SUBRESOURCES.iter().flat_map(|subresource| names.iter().map(move |name| (subresource, name)))
            {
                universe.push(Action::Resource {
                    verb: (*verb).into(),
                    api_group: (*group).into(),
                    resource: (*resource).into(),
                    subresource: (*subresource).into(),
                    name: (*name).into(),
                });
            }
        }
    }
    universe
});

fn some(words: &'static [&'static str], max: usize) -> impl Strategy<Value = Vec<String>> {
    subsequence(words, 0..=max).prop_shuffle().prop_map(|words| words.into_iter().map(str::to_owned).collect())
}

fn rule() -> impl Strategy<Value = PolicyRule> {
    let names = prop_oneof![2 => Just(Vec::new()), 1 => some(NAMES, 2)];
    let urls = prop_oneof![1 => Just(Vec::new()), 1 => some(URLS, 3)];
    (some(VERBS, 2), some(GROUPS, 2), some(ENTRIES, 4), names, urls).prop_map(
        |(verbs, api_groups, resources, resource_names, non_resource_urls)| PolicyRule {
            verbs: verbs.into(),
            api_groups,
            resources,
            resource_names,
            non_resource_urls: non_resource_urls.into(),
        },
    )
}

fn rules() -> impl Strategy<Value = Vec<PolicyRule>> {
    vec(rule(), 0..5)
}

/// What every request of the universe gets from the rules.
fn table(rules: &[PolicyRule]) -> Vec<bool> {
    UNIVERSE.iter().map(|action| rules.iter().any(|rule| rule_allows(rule, &action.attributes()))).collect()
}

/// What every request of the universe gets from the set.
fn members(set: &PermissionSet) -> Vec<bool> {
    UNIVERSE.iter().map(|action| set.contains(&action.attributes())).collect()
}

fn set(rules: &[PolicyRule]) -> PermissionSet {
    PermissionSet::from_rules(rules).unwrap()
}

fn zip(a: &[bool], b: &[bool], op: impl Fn(bool, bool) -> bool) -> Vec<bool> {
    a.iter().zip(b).map(|(a, b)| op(*a, *b)).collect()
}

/// Any set of the vocabulary, also such as no rules can say.
fn any_set() -> impl Strategy<Value = PermissionSet> {
    (rules(), rules(), rules(), 0..4_u8).prop_map(|(a, b, c, shape)| {
        let (a, b, c) = (set(&a), set(&b), set(&c));
        match shape {
            0 => a,
            1 => a.complement().union(&b).unwrap(),
            2 => a.difference(&b).unwrap().union(&c).unwrap(),
            _ => a.difference(&b).unwrap().complement().difference(&c).unwrap(),
        }
    })
}

proptest! {
    #[test]
    fn a_set_holds_what_its_rules_allow(rules in rules()) {
        let (set, table) = (set(&rules), table(&rules));
        for (action, allowed) in UNIVERSE.iter().zip(table) {
            prop_assert_eq!(set.contains(&action.attributes()), allowed, "{:?}", action);
        }
    }

    #[test]
    fn operations_are_those_on_tables(a in any_set(), b in any_set()) {
        let (in_a, in_b) = (members(&a), members(&b));
        prop_assert_eq!(members(&a.union(&b).unwrap()), zip(&in_a, &in_b, |a, b| a || b));
        prop_assert_eq!(members(&a.intersection(&b).unwrap()), zip(&in_a, &in_b, |a, b| a && b));
        prop_assert_eq!(members(&a.difference(&b).unwrap()), zip(&in_a, &in_b, |a, b| a && !b));
        prop_assert_eq!(members(&a.complement()), zip(&in_a, &in_b, |a, _| !a));
    }

    #[test]
    fn questions_are_those_to_tables(a in any_set(), b in any_set()) {
        let (in_a, in_b) = (members(&a), members(&b));
        prop_assert_eq!(a.covers(&b), in_a.iter().zip(&in_b).all(|(a, b)| *a || !b));
        prop_assert_eq!(a.intersects(&b), in_a.iter().zip(&in_b).any(|(a, b)| *a && *b));
        prop_assert_eq!(a == b, in_a == in_b);
        prop_assert_eq!(a.is_empty(), !in_a.contains(&true));
        prop_assert_eq!(a.is_everything(), !in_a.contains(&false));
        prop_assert_eq!(a.witness().is_none(), a.is_empty());
        if let Some(witness) = a.witness() {
            prop_assert!(a.contains(&witness.attributes()), "{witness:?}");
        }
    }

    #[test]
    fn the_laws_hold(a in any_set(), b in any_set(), c in any_set()) {
        let union = |a: &PermissionSet, b: &PermissionSet| a.union(b).unwrap();
        let intersection = |a: &PermissionSet, b: &PermissionSet| a.intersection(b).unwrap();
        prop_assert_eq!(union(&a, &b), union(&b, &a));
        prop_assert_eq!(union(&a, &union(&b, &c)), union(&union(&a, &b), &c));
        prop_assert_eq!(intersection(&a, &union(&b, &c)), union(&intersection(&a, &b), &intersection(&a, &c)));
        prop_assert_eq!(union(&a, &b).complement(), intersection(&a.complement(), &b.complement()));
        prop_assert_eq!(a.difference(&b).unwrap(), intersection(&a, &b.complement()));
        prop_assert_eq!(a.complement().complement(), a.clone());
        prop_assert_eq!(union(&a, &a.complement()), PermissionSet::everything());
        prop_assert_eq!(intersection(&a, &a.complement()), PermissionSet::empty());
        prop_assert!(union(&a, &b).covers(&a) && a.covers(&intersection(&a, &b)));
        prop_assert_eq!(PermissionSet::union_all([&a, &b, &c]).unwrap(), union(&a, &union(&b, &c)));
    }

    #[test]
    fn the_order_and_the_split_of_rules_do_not_matter(mut rules in rules(), seed in select(vec![0_usize, 1, 2, 3])) {
        let before = set(&rules);
        let split = rules.iter().flat_map(k8s_rbac::rule::covers::breakdown).collect::<Vec<_>>();
        let len = rules.len().max(1);
        rules.rotate_left(seed % len);
        prop_assert_eq!(&set(&rules), &before);
        prop_assert_eq!(set(&split), before);
    }

    #[test]
    fn no_limit_gives_a_wrong_answer(a in rules(), b in rules(), limit in 0..40_usize) {
        if let Ok(within) = PermissionSet::from_rules_within(&a, limit) {
            prop_assert_eq!(within, set(&a));
        }
        let (a, b) = (set(&a), set(&b));
        if let Ok(within) = a.difference_within(&b, limit) {
            prop_assert_eq!(within, a.difference(&b).unwrap());
        }
        if let Ok(within) = a.covers_within(&b, limit) {
            prop_assert_eq!(within, a.covers(&b));
        }
    }

    #[test]
    fn rules_made_of_a_set_say_it_without_waste(rules in rules()) {
        let set = set(&rules);
        let said = set.to_rules().unwrap();
        prop_assert_eq!(&PermissionSet::from_rules(&said).unwrap(), &set);
        for less in smaller(&said) {
            prop_assert_ne!(&PermissionSet::from_rules(&less).unwrap(), &set, "{:?} is enough for {:?}", less, said);
        }
    }

    #[test]
    fn equal_sets_give_equal_rules(a in rules(), b in rules()) {
        let both: Vec<PolicyRule> = b.iter().chain(&a).flat_map(k8s_rbac::rule::covers::breakdown).collect();
        let united = set(&a).union(&set(&b)).unwrap();
        prop_assert_eq!(set(&both).to_rules(), united.to_rules());
        let detour = united.complement().difference(&set(&b)).unwrap().complement();
        prop_assert_eq!(detour.to_rules(), united.to_rules());
    }

    #[test]
    fn a_set_without_rules_has_a_request_that_none_allows_alone(set in any_set()) {
        match set.to_rules() {
            Ok(said) => prop_assert_eq!(PermissionSet::from_rules(&said).unwrap(), set),
            Err(error) => {
                prop_assert!(set.contains(&error.witness().unwrap().attributes()));
                prop_assert!(stands_alone(&set).is_some(), "every request of it is in a rule inside it");
            }
        }
    }
}

proptest! {
    #[test]
    fn what_upstream_breaks_down_and_compacts_allows_the_same(rules in rules()) {
        let atoms: Vec<PolicyRule> = rules.iter().flat_map(breakdown).collect();
        prop_assert_eq!(set(&atoms), set(&rules), "broken down: {:?}", atoms);
        let compacted = compact(rules.iter().cloned());
        prop_assert_eq!(set(&compacted), set(&rules), "{:?}", compacted);
        let compacted = compact(atoms.iter().cloned());
        prop_assert_eq!(set(&compacted), set(&rules), "broken down and compacted: {:?}", compacted);
        prop_assert!(compacted.len() <= atoms.len());
    }

    /// Upstream says that rules cover others only where they do, but for requests whose resource holds a slash.
    #[test]
    fn what_upstream_covers_is_covered(owner in rules(), servant in rules()) {
        if covers(&owner, &servant).unwrap().is_covered() {
            let slashed = |request: &Action| matches!(request, Action::Resource { resource, .. } if resource.contains('/'));
            for request in UNIVERSE.iter().filter(|request| !slashed(request)) {
                let allowed = |rules: &[PolicyRule]| rules.iter().any(|rule| rule_allows(rule, &request.attributes()));
                prop_assert!(allowed(&owner) || !allowed(&servant), "{request}");
            }
        }
    }

    /// Apart from slashes, and from URLs next to names, upstream's answer is the exact one.
    #[test]
    fn what_is_covered_is_covered_upstream(owner in rules(), mut servant in rules()) {
        let (owner, urls): (Vec<_>, Vec<_>) = owner.into_iter().partition(|rule| rule.resource_names.is_empty());
        let halves = |rule: PolicyRule| [
            PolicyRule { non_resource_urls: Vec::new().into(), ..rule.clone() },
            PolicyRule { verbs: rule.verbs, non_resource_urls: rule.non_resource_urls, ..PolicyRule::default() },
        ];
        let owner: Vec<PolicyRule> = owner.into_iter().chain(urls.into_iter().flat_map(halves)).collect();
        servant.iter_mut().for_each(|rule| rule.resources.retain(|entry| entry.starts_with("*/*") || !entry.contains('/')));
        let part: Vec<PolicyRule> = owner.iter().cloned().map(|rule| PolicyRule { verbs: ["get"].into_iter().map(str::to_owned).collect(), ..rule }).collect();
        for servant in [servant, part] {
            let exact = set(&owner).covers(&set(&servant));
            let slashed = servant.iter().flat_map(|rule| &rule.resources).any(|entry| entry.contains('/'));
            let upstream = covers(&owner, &servant).unwrap().is_covered();
            prop_assert!(upstream == exact || slashed && upstream, "upstream {upstream}, exact {exact}");
        }
    }

    #[test]
    fn a_pattern_holds_what_fits(pattern in pattern(), set in any_set()) {
        let matching = PermissionSet::matching(&pattern);
        for action in UNIVERSE.iter() {
            let fits = match action {
                Action::NonResource { .. } => false,
                Action::Resource { verb, api_group, resource, subresource, name } => {
                    pattern.verbs.contains(verb)
                        && pattern.api_groups.contains(api_group)
                        && pattern.resources.contains(resource)
                        && pattern.subresources.contains(subresource)
                        && pattern.names.contains(name)
                }
            };
            prop_assert_eq!(matching.contains(&action.attributes()), fits, "{}", action);
        }
        prop_assert_eq!(set.intersects(&matching), !set.intersection(&matching).unwrap().is_empty());
    }

    #[test]
    fn places_are_those_of_members(set in any_set(), at in 0..1000_usize) {
        let step = UNIVERSE.len() / 1000;
        let action = &UNIVERSE[at * step];
        prop_assert_eq!(PermissionSet::exactly(&action.attributes()).witness(), Some(action.clone()));
        prop_assert_eq!(set.covers(&PermissionSet::exactly(&action.attributes())), set.contains(&action.attributes()));
        if let Action::Resource { verb, api_group, resource, subresource, name } = action {
            prop_assert_eq!(set.names(verb, api_group, resource, subresource).contains(name), set.contains(&action.attributes()));
            let verbs = Pattern { verbs: Choice::only([verb]), ..here(api_group, resource, subresource) };
            prop_assert_eq!(set.verbs(api_group, resource, subresource).contains(verb), set.intersects(&PermissionSet::matching(&verbs)));
            let resource_here = PermissionSet::matching(&here(api_group, resource, subresource));
            prop_assert_eq!(set.resources(api_group, subresource).contains(resource), set.intersects(&resource_here));
            let group = PermissionSet::matching(&Pattern { api_groups: Choice::only([api_group]), ..Pattern::default() });
            prop_assert_eq!(set.api_groups().contains(api_group), set.intersects(&group));
        }
    }
}

/// Everything about the resource.
fn here(api_group: &str, resource: &str, subresource: &str) -> Pattern {
    Pattern {
        api_groups: Choice::only([api_group]),
        resources: Choice::only([resource]),
        subresources: Choice::only([subresource]),
        ..Pattern::default()
    }
}

fn choice(words: &'static [&'static str]) -> impl Strategy<Value = Choice> {
    (some(words, words.len()), any::<bool>())
        .prop_map(|(words, only)| if only { Choice::only(words) } else { Choice::all_but(words) })
}

fn pattern() -> impl Strategy<Value = Pattern> {
    (choice(VERBS), choice(GROUPS), choice(RESOURCES), choice(SUBRESOURCES), choice(NAMES)).prop_map(
        |(verbs, api_groups, resources, subresources, names)| Pattern { verbs, api_groups, resources, subresources, names },
    )
}

/// Stars in changing places, a text of nothing but slashes, lists whose product is beyond counting: an answer or an error, and soon.
#[test]
fn hostile_rules_meet_the_limit_or_stay_small() {
    let stars = (0..300).flat_map(|i| {
        let (group, verb, name) = (format!("g{i}"), format!("v{i}"), format!("n{i}"));
        [
            PolicyRule::resources(["*"], [group.clone()], [format!("a{i}")]),
            PolicyRule::resources([verb.clone()], ["*"], [format!("b{i}")]),
            PolicyRule::resources([verb], [group], ["*"]).named([name]),
        ]
    });
    let stars: Vec<PolicyRule> = stars.collect();
    assert_eq!(PermissionSet::from_rules_within(&stars, 50_000).unwrap_err().limit(), 50_000);
    let slashes = PolicyRule::resources(["get"], [""], ["/a".repeat(500_000)]);
    assert!(PermissionSet::from_rule(&slashes).is_err());
    let many = |letter: &str| (0..300).map(|i| format!("{letter}{i}")).collect::<Vec<_>>();
    let product = [PolicyRule::resources(many("v"), many("g"), many("r")).named(many("n"))];
    assert_eq!(set(&product), set(&product));
    assert_eq!(set(&product).to_rules().unwrap().len(), 1);
}

/// Whether upstream says that the owner's rules cover the servant's, and whether they do.
fn coverage(owner: &[PolicyRule], servant: &[PolicyRule]) -> (bool, bool) {
    (covers(owner, servant).unwrap().is_covered(), set(owner).covers(&set(servant)))
}

#[test]
fn upstream_says_no_to_urls_next_to_names() {
    let both =
        PolicyRule { non_resource_urls: vec!["/x".into()].into(), ..PolicyRule::resources(["get"], [""], ["pods"]).named(["n"]) };
    let both = [both];
    assert_eq!(coverage(&both, &both), (false, true));
}

/// All verbs there are do not cover the verb `*`: here the algebra agrees, for verbs are free text.
#[test]
fn listed_verbs_are_not_all_verbs() {
    let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
    let listed = PolicyRule::resources(verbs, [""], ["pods"]);
    assert_eq!(coverage(&[listed], &[PolicyRule::resources(["*"], [""], ["pods"])]), (false, false));
}

/// A subresource entry covers what it names, but not the same text as a resource without a subresource, which only a review can ask for.
#[test]
fn upstream_says_yes_to_a_resource_that_holds_a_slash() {
    let get = |entry: &str| PolicyRule::resources(["get"], [""], [entry]);
    assert_eq!(coverage(&[get("*/log")], &[get("pods/log")]), (true, false));
    assert_eq!(coverage(&[get("*/")], &[get("pods/")]), (true, false));
    let more = set(&[get("pods/log")]).difference(&set(&[get("*/log")])).unwrap();
    assert_eq!(more.witness(), Some(Action::from(&Attributes::resource("get", "pods/log"))));
    assert_eq!(more, PermissionSet::matching(&Pattern { verbs: Choice::only(["get"]), ..here("", "pods/log", "") }));
}

proptest! {
    #[test]
    fn what_a_user_holds_is_what_is_allowed(
        objects in vec(any::<Object>(), 0..12),
        requests in vec(any::<OwnedAttributes>(), 1..40),
    ) {
        let rbac = Authorizer::new(objects.into_iter().collect());
        for request in &requests {
            let held = effective(&rbac, user(request)).unwrap();
            for other in &requests {
                let attributes = other.attributes().by(user(request));
                prop_assert_eq!(held.allows(&attributes), rbac.authorize(&attributes).is_allowed(), "{:?}", attributes);
            }
            prop_assert!(held.by_namespace.values().all(|set| set.covers(&held.cluster) && *set != held.cluster));
        }
    }
}

/// A request of the set that no rule inside the set allows, but for one that names a string which nobody knows. Those with such a string,
/// and with a star, are tried first.
fn stands_alone(set: &PermissionSet) -> Option<&'static Action> {
    let odd = |action: &Action| action.to_string().matches(['*', 'f']).count();
    let mut members: Vec<&Action> = UNIVERSE.iter().filter(|action| set.contains(&action.attributes())).collect();
    members.sort_by_cached_key(|action| std::cmp::Reverse(odd(action)));
    members.into_iter().find(|action| {
        let rules = rules_allowing(action).into_iter().filter(|rule| !format!("{rule:?}").contains("fresh"));
        !rules.into_iter().any(|rule| set.covers(&PermissionSet::from_rule(&rule).unwrap()))
    })
}

/// The lists that lack one rule or one entry.
fn smaller(rules: &[PolicyRule]) -> Vec<Vec<PolicyRule>> {
    let mut smaller = Vec::new();
    for at in 0..rules.len() {
        let mut without = rules.to_vec();
        let rule = without.remove(at);
        smaller.push(without.clone());
        for list in 0..5 {
            let len = entries(&mut rule.clone(), list).len();
            for entry in (0..len).filter(|_| len > 1) {
                let mut less = rule.clone();
                entries(&mut less, list).remove(entry);
                smaller.push(without.iter().cloned().chain([less]).collect());
            }
        }
    }
    smaller
}

fn entries(rule: &mut PolicyRule, list: usize) -> &mut Vec<String> {
    match list {
        0 => &mut rule.verbs,
        1 => &mut rule.api_groups,
        2 => &mut rule.resources,
        3 => &mut rule.resource_names,
        _ => &mut rule.non_resource_urls,
    }
}

/// The rules of one entry in each list that allow the request.
fn rules_allowing(action: &Action) -> Vec<PolicyRule> {
    match action {
        Action::NonResource { verb, path } => {
            let prefixes =
                path.char_indices().map(|(at, _)| format!("{}*", &path[..at])).chain([path.clone(), format!("{path}*")]);
            let rules = prefixes.flat_map(|url| [PolicyRule::urls([verb], [&url]), PolicyRule::urls(["*"], [&url])]);
            rules.filter(|rule| rule_allows(rule, &action.attributes())).collect()
        }
        Action::Resource { verb, api_group, resource, subresource, name } => {
            let combined = action.attributes().combined_resource().into_owned();
            let mut rules = Vec::new();
            for verb in [verb.as_str(), "*"] {
                for group in [api_group.as_str(), "*"] {
                    for entry in ["*", &format!("*/{subresource}"), &combined, resource] {
                        let rule = PolicyRule::resources([verb], [group], [entry]);
                        rules.extend([rule.clone(), rule.named([name])]);
                    }
                }
            }
            rules.retain(|rule| rule_allows(rule, &action.attributes()));
            rules
        }
    }
}
