//! Rules made short, sorted and put into words, as upstream does it for people and for its own tests.
//!
//! Models `pkg/registry/rbac/validation/policy_compact.go`, `CompactString` and `SortableRuleSlice` of
//! `pkg/apis/rbac/v1/evaluation_helpers.go`, and the generated `String` of the API type. A canonical list of rules is what `permission`
//! gives.

use std::fmt;

use indexmap::IndexMap;

use crate::model::PolicyRule;
use crate::quote::QuotedList;

/// Joins the verbs of rules that are about one resource of one group with the same name or none (`CompactRules`).
///
/// Rules of several groups, resources or names, and rules with URLs, are left as they are and come first; upstream lists the joined
/// ones in random order, here each stands where its first rule stood among them. Verbs are joined as they come, duplicates and all.
/// A rule whose `nonResourceURLs` is an empty list and not absent counts as one with URLs, as upstream's comparison has it. Cost:
/// `O(rules + verbs)`.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::compact::compact};
/// let rules = ["get", "list", "get"].map(|verb| PolicyRule::resources([verb], [""], ["pods"]));
/// assert_eq!(compact(rules), [PolicyRule::resources(["get", "list", "get"], [""], ["pods"])]);
/// ```
#[must_use]
pub fn compact(rules: impl IntoIterator<Item = PolicyRule>) -> Vec<PolicyRule> {
    let mut compacted = Vec::new();
    let mut simple: IndexMap<_, PolicyRule> = IndexMap::new();
    for rule in rules {
        match about_one_resource(&rule) {
            None => compacted.push(rule),
            Some(key) => match simple.get_mut(&key) {
                Some(joined) => {
                    if joined.verbs.is_null() {
                        joined.verbs = Vec::new().into();
                    }
                    joined.verbs.extend(rule.verbs);
                }
                None => {
                    simple.insert(key, rule);
                }
            },
        }
    }
    compacted.extend(simple.into_values());
    compacted
}

/// Group, resource and name of a rule that has one of each, or no name.
fn about_one_resource(rule: &PolicyRule) -> Option<(String, String, Option<String>)> {
    let ([group], [resource]) = (rule.api_groups.as_slice(), rule.resources.as_slice()) else {
        return None;
    };
    let simple = rule.resource_names.len() < 2 && rule.non_resource_urls.is_null();
    simple.then(|| (group.clone(), resource.clone(), rule.resource_names.first().cloned()))
}

/// Sorts rules as `SortableRuleSlice` of the API type does: by the bytes of [`GeneratedString`], so by verbs, then groups, resources,
/// names and URLs. Stable. Cost: `O(rules log rules)` comparisons.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::compact::sort};
/// let mut rules = ["pods", "nodes"].map(|resource| PolicyRule::resources(["get"], [""], [resource]));
/// sort(&mut rules);
/// assert_eq!(rules[0].resources, ["nodes"]);
/// ```
pub fn sort(rules: &mut [PolicyRule]) {
    rules.sort_by_cached_key(|rule| GeneratedString(rule).to_string());
}

/// Sorts rules as the server's internal type is sorted: by the bytes of [`CompactString`], so by groups first. Stable.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::compact::sort_by_compact_string};
/// let mut rules = ["watch", "get"].map(|verb| PolicyRule::resources([verb], [""], ["pods"]));
/// sort_by_compact_string(&mut rules);
/// assert_eq!(rules[0].verbs.join(","), "get");
/// ```
pub fn sort_by_compact_string(rules: &mut [PolicyRule]) {
    rules.sort_by_cached_key(|rule| CompactString(rule).to_string());
}

/// A rule in the words of escalation errors: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`; empty lists are left out.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::compact::CompactString};
/// let rule = PolicyRule::urls(["get"], ["/healthz"]);
/// assert_eq!(CompactString(&rule).to_string(), r#"{NonResourceURLs:["/healthz"], Verbs:["get"]}"#);
/// assert_eq!(CompactString(&PolicyRule::default()).to_string(), "{}");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CompactString<'a>(pub &'a PolicyRule);

impl fmt::Display for CompactString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PolicyRule { verbs, api_groups, resources, resource_names, non_resource_urls } = self.0;
        let lists: [(&str, &[String]); 5] = [
            ("APIGroups", api_groups),
            ("Resources", resources),
            ("NonResourceURLs", non_resource_urls),
            ("ResourceNames", resource_names),
            ("Verbs", verbs),
        ];
        f.write_str("{")?;
        for (i, (name, list)) in lists.iter().filter(|(_, list)| !list.is_empty()).enumerate() {
            write!(f, "{}{name}:{}", if i == 0 { "" } else { ", " }, QuotedList(list))?;
        }
        f.write_str("}")
    }
}

/// A rule as the generated `String` of the API type writes it:
/// `&PolicyRule{Verbs:[get list],APIGroups:[],Resources:[pods],ResourceNames:[],NonResourceURLs:[],}`. Nothing is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GeneratedString<'a>(pub &'a PolicyRule);

impl fmt::Display for GeneratedString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("&PolicyRule{")?;
        for (name, list) in fields(self.0) {
            write!(f, "{name}:{},", GoList(list))?;
        }
        f.write_str("}")
    }
}

/// A rule as Go's `%v` writes the struct: `{[get list] [] [pods] [] []}`; with `{:#}` as `%+v` does, with the names of the fields:
/// `{Verbs:[get list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StructString<'a>(pub &'a PolicyRule);

impl fmt::Display for StructString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (name, list)) in fields(self.0).into_iter().enumerate() {
            f.write_str(if i == 0 { "" } else { " " })?;
            if f.alternate() {
                write!(f, "{name}:")?;
            }
            write!(f, "{}", GoList(list))?;
        }
        f.write_str("}")
    }
}

/// The fields in the order of the Go struct.
fn fields(rule: &PolicyRule) -> [(&'static str, &[String]); 5] {
    [
        ("Verbs", &rule.verbs),
        ("APIGroups", &rule.api_groups),
        ("Resources", &rule.resources),
        ("ResourceNames", &rule.resource_names),
        ("NonResourceURLs", &rule.non_resource_urls),
    ]
}

/// A list of strings as Go's `%v` writes it: `[get list]`.
struct GoList<'a>(&'a [String]);

impl fmt::Display for GoList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, item) in self.0.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { " " })?;
            f.write_str(item)?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> PolicyRule {
        PolicyRule {
            non_resource_urls: vec!["/x".into()].into(),
            ..PolicyRule::resources(["get", "list"], ["", "apps"], ["pods"]).named(["a\"b"])
        }
    }

    #[test]
    fn only_rules_about_one_resource_are_joined() {
        let named = |names: &[&str]| PolicyRule::resources(["get"], [""], ["pods"]).named(names.iter().copied());
        let two_groups = PolicyRule::resources(["get"], ["", "apps"], ["pods"]);
        let url = PolicyRule::urls(["get"], ["/a"]);
        let rules = [
            named(&[]),
            url.clone(),
            named(&["a"]),
            two_groups.clone(),
            named(&["a", "b"]),
            named(&[""]),
            url.clone(),
            named(&["a"]),
        ];
        let mut joined = named(&["a"]);
        joined.verbs.push("get".into());
        assert_eq!(compact(rules), [url.clone(), two_groups, named(&["a", "b"]), url, named(&[]), joined, named(&[""])]);
    }

    #[test]
    fn an_empty_list_of_urls_is_not_an_absent_one() {
        let absent = PolicyRule::resources(["get"], [""], ["pods"]);
        let empty = PolicyRule { non_resource_urls: Vec::new().into(), ..absent.clone() };
        let joined = PolicyRule::resources(["get", "get"], [""], ["pods"]);
        assert_eq!(compact([absent.clone(), empty.clone(), absent.clone(), empty]), [absent.clone(), absent, joined]);
    }

    #[test]
    fn rules_are_worded_as_upstream_words_them() {
        let rule = full();
        assert_eq!(
            CompactString(&rule).to_string(),
            r#"{APIGroups:["" "apps"], Resources:["pods"], NonResourceURLs:["/x"], ResourceNames:["a\"b"], Verbs:["get" "list"]}"#
        );
        assert_eq!(
            GeneratedString(&rule).to_string(),
            r#"&PolicyRule{Verbs:[get list],APIGroups:[ apps],Resources:[pods],ResourceNames:[a"b],NonResourceURLs:[/x],}"#
        );
        assert_eq!(StructString(&rule).to_string(), r#"{[get list] [ apps] [pods] [a"b] [/x]}"#);
        assert_eq!(
            format!("{:#}", StructString(&PolicyRule::resources(["get"], [""; 0], ["pods", "svc"]))),
            "{Verbs:[get] APIGroups:[] Resources:[pods svc] ResourceNames:[] NonResourceURLs:[]}"
        );
    }

    #[test]
    fn the_two_orders_differ() {
        let rules = [
            PolicyRule::resources(["list"], [""], ["pods"]),
            PolicyRule::resources(["get"], ["apps"], ["pods"]),
            PolicyRule::resources(["get"], [""], ["pods"]),
            PolicyRule::urls(["get"], ["/z"]),
            PolicyRule::resources(["*"], ["x"], ["pods"]),
        ];
        let order =
            |sorted: &[PolicyRule]| sorted.iter().map(|rule| rules.iter().position(|r| r == rule).unwrap()).collect::<Vec<_>>();
        let (mut by_verbs, mut by_groups) = (rules.clone(), rules.clone());
        sort(&mut by_verbs);
        sort_by_compact_string(&mut by_groups);
        assert_eq!(order(&by_verbs), [4, 3, 2, 1, 0]);
        assert_eq!(order(&by_groups), [2, 0, 1, 4, 3]);
    }
}
