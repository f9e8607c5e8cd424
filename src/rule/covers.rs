//! Upstream's coverage algebra: which of some rules are not held by others, each looked at alone.
//!
//! Models `component-helpers/auth/rbac/validation/policy_comparator.go`, by which the API server judges escalation and
//! `kubectl auth reconcile` judges what is missing. It is incomplete on purpose of ours, for that is how upstream is: wildcards of the
//! covered rules are plain strings, one owner rule must cover an atomic rule alone, and names on an owner rule bar its URLs. What
//! rules really allow is compared exactly by `permission`.

use super::{has, url_entry_matches};
use crate::model::{ALL, PolicyRule};

/// How many atomic rules [`covers`] is willing to look at.
pub const DEFAULT_LIMIT: u64 = 1_000_000;

/// The answer of [`covers`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[must_use]
#[allow(clippy::exhaustive_structs, reason = "upstream answers with this list and whether it is empty")]
pub struct Coverage {
    /// The atomic rules that no owner rule covers, in the order of the breakdown, duplicates kept.
    pub missing: Vec<PolicyRule>,
}

impl Coverage {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Rules that break down into more atomic rules than the caller allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rules break down into {found} atomic rules, expected at most {limit}")]
pub struct TooManyAtoms {
    found: u64,
    limit: u64,
}

/// Breaks a rule down into atomic rules: one verb on one resource of one group with at most one name, or one verb on one URL
/// (`BreakdownRule`).
///
/// A rule without verbs, or with neither groups and resources nor URLs, breaks into nothing. Names never go into URL rules. Duplicates
/// stay. Lazy: the atomic rules are the product of the lists, see [`atoms`] for their number.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::covers::breakdown};
/// let rule = PolicyRule::resources(["get", "list"], ["", "apps"], ["pods"]);
/// let atoms: Vec<_> = breakdown(&rule).collect();
/// assert_eq!(atoms[1], PolicyRule::resources(["list"], [""], ["pods"]));
/// assert_eq!(atoms.len(), 4);
/// ```
pub fn breakdown(rule: &PolicyRule) -> impl Iterator<Item = PolicyRule> + '_ {
    let resources = rule.api_groups.iter().flat_map(move |group| {
        let of_group = rule.resources.iter().map(move |resource| (group, resource));
        of_group.flat_map(move |(group, resource)| {
            let with_verb = rule.verbs.iter().map(move |verb| (group, resource, verb));
            with_verb.flat_map(move |(group, resource, verb)| names(rule).map(move |name| atom(verb, group, resource, name)))
        })
    });
    let urls = rule.non_resource_urls.iter();
    resources.chain(urls.flat_map(move |url| rule.verbs.iter().map(move |verb| PolicyRule::urls([verb], [url]))))
}

/// How many atomic rules the rule breaks down into; [`u64::MAX`] if there are more.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::covers::atoms};
/// assert_eq!(atoms(&PolicyRule::resources(["get", "list"], ["", "apps"], ["a", "b", "c"])), 12);
/// ```
#[must_use]
pub fn atoms(rule: &PolicyRule) -> u64 {
    let length = |list: &[String]| u64::try_from(list.len()).unwrap_or(u64::MAX);
    let verbs = length(&rule.verbs);
    let named =
        length(&rule.api_groups).saturating_mul(length(&rule.resources)).saturating_mul(length(&rule.resource_names).max(1));
    named.saturating_add(length(&rule.non_resource_urls)).saturating_mul(verbs)
}

/// Which atomic rules of the servant no owner rule covers alone (`Covers`), looking at no more than [`DEFAULT_LIMIT`] of them.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::covers::covers};
/// let owner = [PolicyRule::resources(["get"], [""], ["*/log"]), PolicyRule::resources(["*"], ["apps"], ["*"])];
/// let servant = [PolicyRule::resources(["get", "list"], [""], ["pods/log"]), PolicyRule::resources(["*"], ["apps"], ["*"])];
/// assert_eq!(covers(&owner, &servant)?.missing, [PolicyRule::resources(["list"], [""], ["pods/log"])]);
/// # Ok::<(), k8s_rbac::rule::covers::TooManyAtoms>(())
/// ```
///
/// Upstream is incomplete: all eight verbs there are do not cover the verb `*`.
///
/// ```
/// # use k8s_rbac::{model::PolicyRule, rule::covers::covers};
/// let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
/// let enumerated = [PolicyRule::resources(verbs, [""], ["pods"])];
/// assert!(!covers(&enumerated, &[PolicyRule::resources(["*"], [""], ["pods"])])?.is_covered());
/// # Ok::<(), k8s_rbac::rule::covers::TooManyAtoms>(())
/// ```
///
/// Cost: `O(atomic rules of the servant · entries of the owner rules)`, as upstream's, but an owner rule that does not cover a group is
/// not looked at again for its resources, verbs and names.
///
/// # Errors
/// The servant rules break down into too many atomic rules.
pub fn covers<'o, 's>(
    owner: impl IntoIterator<Item = &'o PolicyRule>,
    servant: impl IntoIterator<Item = &'s PolicyRule>,
) -> Result<Coverage, TooManyAtoms> {
    covers_within(owner, servant, DEFAULT_LIMIT)
}

/// The same as [`covers`], looking at no more atomic rules than `limit`.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::covers::covers_within};
/// let rules = [PolicyRule::resources(["get", "list"], [""], ["pods", "nodes"])];
/// assert!(covers_within(&rules, &rules, 4)?.is_covered());
/// assert!(covers_within(&rules, &rules, 3).is_err());
/// # Ok::<(), k8s_rbac::rule::covers::TooManyAtoms>(())
/// ```
///
/// # Errors
/// The servant rules break down into more atomic rules than `limit`.
pub fn covers_within<'o, 's>(
    owner: impl IntoIterator<Item = &'o PolicyRule>,
    servant: impl IntoIterator<Item = &'s PolicyRule>,
    limit: u64,
) -> Result<Coverage, TooManyAtoms> {
    let servant: Vec<&PolicyRule> = servant.into_iter().collect();
    let found = servant.iter().fold(0_u64, |sum, rule| sum.saturating_add(atoms(rule)));
    if found > limit {
        return Err(TooManyAtoms { found, limit });
    }
    let owners: Vec<&PolicyRule> = owner.into_iter().collect();
    let mut missing = Vec::new();
    for rule in servant {
        push_missing_resources(&owners, rule, &mut missing);
        push_missing_urls(&owners, rule, &mut missing);
    }
    Ok(Coverage { missing })
}

fn push_missing_resources(owners: &[&PolicyRule], rule: &PolicyRule, missing: &mut Vec<PolicyRule>) {
    for group in &rule.api_groups {
        let of_group = keep(owners, |owner| all_or(&owner.api_groups, group));
        for resource in &rule.resources {
            let of_resource = keep(&of_group, |owner| covers_resource(&owner.resources, resource));
            for verb in &rule.verbs {
                let of_verb = keep(&of_resource, |owner| all_or(&owner.verbs, verb));
                let bare = names(rule).filter(|name| !of_verb.iter().any(|owner| covers_name(owner, *name)));
                missing.extend(bare.map(|name| atom(verb, group, resource, name)));
            }
        }
    }
}

fn push_missing_urls(owners: &[&PolicyRule], rule: &PolicyRule, missing: &mut Vec<PolicyRule>) {
    for url in &rule.non_resource_urls {
        let of_url = keep(owners, |owner| covers_name(owner, None) && covers_url(owner, url));
        let bare = rule.verbs.iter().filter(|verb| !of_url.iter().any(|owner| all_or(&owner.verbs, verb)));
        missing.extend(bare.map(|verb| PolicyRule::urls([verb], [url])));
    }
}

fn keep<'o>(owners: &[&'o PolicyRule], covers: impl Fn(&PolicyRule) -> bool) -> Vec<&'o PolicyRule> {
    owners.iter().copied().filter(|owner| covers(owner)).collect()
}

fn all_or(entries: &[String], wanted: &str) -> bool {
    has(entries, ALL) || has(entries, wanted)
}

/// The entries hold `*`, the resource, or `*/` and what stands after its first slash (`resourceCoversAll`).
fn covers_resource(entries: &[String], resource: &str) -> bool {
    let is_subresource =
        |entry: &String| resource.split_once('/').is_some_and(|(_, subresource)| entry.strip_prefix("*/") == Some(subresource));
    all_or(entries, resource) || entries.iter().any(is_subresource)
}

fn covers_url(owner: &PolicyRule, url: &str) -> bool {
    owner.non_resource_urls.iter().any(|entry| url_entry_matches(entry, url))
}

/// The owner names no object, or the one that is wanted. A URL wants none.
fn covers_name(owner: &PolicyRule, name: Option<&String>) -> bool {
    owner.resource_names.is_empty() || name.is_some_and(|name| has(&owner.resource_names, name))
}

/// The names of the atomic rules: those of the rule, or once none.
fn names(rule: &PolicyRule) -> impl Iterator<Item = Option<&String>> {
    let unnamed = rule.resource_names.is_empty().then_some(None);
    unnamed.into_iter().chain(rule.resource_names.iter().map(Some))
}

fn atom(verb: &str, group: &str, resource: &str, name: Option<&String>) -> PolicyRule {
    PolicyRule::resources([verb], [group], [resource]).named(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pods(verbs: &[&str], resources: &[&str], names: &[&str]) -> PolicyRule {
        PolicyRule::resources(verbs.iter().copied(), [""], resources.iter().copied()).named(names.iter().copied())
    }

    fn get(resource: &str) -> PolicyRule {
        pods(&["get"], &[resource], &[])
    }

    fn url(entry: &str) -> PolicyRule {
        PolicyRule::urls(["get"], [entry])
    }

    fn missing(owner: &[PolicyRule], servant: &[PolicyRule]) -> Vec<PolicyRule> {
        covers(owner, servant).unwrap().missing
    }

    #[test]
    fn what_breaks_into_nothing_is_covered_by_nothing() {
        let without_verbs = PolicyRule { verbs: Vec::new().into(), ..get("pods") };
        let without_groups = PolicyRule { api_groups: vec![], ..get("pods") };
        let without_resources = PolicyRule { resources: vec![], ..get("pods") };
        for servant in [PolicyRule::default(), without_verbs, without_groups, without_resources] {
            assert_eq!((breakdown(&servant).count(), atoms(&servant)), (0, 0), "{servant:?}");
            assert!(missing(&[], &[servant]).is_empty());
        }
    }

    #[test]
    fn resources_are_covered_as_upstream_covers_them() {
        let rows = [
            ("*", "pods/log", true),
            ("*", "*/x", true),
            ("*", "*", true),
            ("*/log", "pods/log", true),
            ("*/log", "*/log", true),
            ("pods/*", "pods/log", false),
            ("*/*", "pods/log", false),
            ("*/*", "pods/*", true),
            ("*/a/b", "pods/a/b", true),
            ("*/", "pods/", true),
            ("pods", "pods/log", false),
            ("log", "pods/log", false),
        ];
        for (owner, servant, covered) in rows {
            assert_eq!(missing(&[get(owner)], &[get(servant)]).is_empty(), covered, "{owner} covers {servant}");
        }
    }

    #[test]
    fn urls_are_covered_as_upstream_covers_them() {
        let rows = [
            ("/a*", "/a", true),
            ("/a*", "/ab*", true),
            ("/a*", "/a*", true),
            ("/a*", "/a**", true),
            ("/a**", "/a*", true),
            ("/a*", "*", false),
            ("**", "*", true),
            ("/a/*", "/a*", false),
        ];
        for (owner, servant, covered) in rows {
            assert_eq!(missing(&[url(owner)], &[url(servant)]).is_empty(), covered, "{owner} covers {servant}");
        }
    }

    #[test]
    fn names_are_covered_as_upstream_covers_them() {
        let (a, b, ab) =
            (pods(&["get"], &["pods"], &["a"]), pods(&["get"], &["pods"], &["b"]), pods(&["get"], &["pods"], &["a", "b"]));
        assert!(missing(&[a.clone(), b], std::slice::from_ref(&ab)).is_empty());
        assert_eq!(missing(std::slice::from_ref(&a), &[get("pods")]), [get("pods")]);
        assert!(missing(&[get("pods")], std::slice::from_ref(&a)).is_empty());
        assert_eq!(missing(&[pods(&["get"], &["pods"], &["*"])], std::slice::from_ref(&a)), [a]);
    }

    #[test]
    fn names_bar_the_urls_of_a_rule_even_from_itself() {
        let mixed = PolicyRule { non_resource_urls: vec!["/x".into()].into(), ..get("pods") };
        assert!(missing(std::slice::from_ref(&mixed), std::slice::from_ref(&mixed)).is_empty());
        let named = mixed.named(["n"]);
        assert_eq!(missing(std::slice::from_ref(&named), std::slice::from_ref(&named)), [url("/x")]);
        assert!(missing(&[url("/u")], &[url("/u").named(["x"])]).is_empty());
    }

    #[test]
    fn one_owner_rule_covers_an_atom_and_several_cover_a_rule() {
        let eight = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
        let star = pods(&["*"], &["pods"], &[]);
        assert_eq!(missing(&[pods(&eight, &["pods"], &[])], std::slice::from_ref(&star)), [star]);
        let both = pods(&["get", "list"], &["pods"], &[]);
        assert!(missing(&[get("pods"), pods(&["list"], &["pods"], &[])], &[both]).is_empty());
    }

    #[test]
    fn too_many_atoms_are_a_typed_error_before_any_work() {
        let many: Vec<String> = (0..100_000).map(|i| i.to_string()).collect();
        let rule = PolicyRule {
            verbs: many.clone().into(),
            api_groups: many.clone(),
            resources: many.clone(),
            resource_names: many,
            non_resource_urls: vec![].into(),
        };
        assert_eq!(atoms(&rule), u64::MAX);
        let four = pods(&["get", "list"], &["pods", "nodes"], &[]);
        assert!(covers_within(&[], [&four], 4).is_ok());
        assert_eq!(
            covers_within(&[], [&four], 3).unwrap_err().to_string(),
            "the rules break down into 4 atomic rules, expected at most 3"
        );
        assert!(covers(&[], &[rule]).is_err());
    }
}
