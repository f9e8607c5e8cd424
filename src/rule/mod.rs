//! The meaning of one rule against one request: five small questions and the one that joins them.
//!
//! Models `pkg/apis/rbac/v1/evaluation_helpers.go` and `RuleAllows` of `plugin/pkg/auth/authorizer/rbac/rbac.go`, under their names.
//! Comparisons are exact: nothing is trimmed, lower-cased or globbed. What several rules mean together is said by `permission`; which
//! rules a user holds by `authorize`; which rules cover which others, as upstream sees it, in [`covers`]; their words in [`compact`].
//!
//! Things that are often got wrong: `pods/*` is no wildcard; `*` covers every subresource; a name-limited rule does not allow a request
//! without a name; `*` is no wildcard among names; a rule on `*` resources allows no URL path.

use crate::model::{ALL, PolicyRule};
use crate::request::Attributes;
use crate::same::{same, same_bytes};

pub mod compact;
pub mod covers;

fn has(entries: &[String], wanted: &str) -> bool {
    entries.iter().any(|entry| same(entry, wanted))
}

/// Whether the rule is about the verb: an entry is `*` or equals it. Cost: `O(verbs)`.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::verb_matches};
/// let rule = PolicyRule::resources(["get"], [""], ["pods"]);
/// assert!(verb_matches(&rule, "get") && !verb_matches(&rule, "Get"));
/// assert!(!verb_matches(&rule, "*"), "to ask for every verb is to ask for the verb `*`");
/// ```
#[must_use]
pub fn verb_matches(rule: &PolicyRule, verb: &str) -> bool {
    rule.verbs.iter().any(|entry| same(entry, ALL) || same(entry, verb))
}

/// Whether the rule is about the API group: an entry is `*` or equals it. No entry matches nothing, the core group included.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::api_group_matches};
/// assert!(api_group_matches(&PolicyRule::resources(["get"], [""], ["pods"]), ""));
/// assert!(!api_group_matches(&PolicyRule::resources(["get"], ["core"], ["pods"]), ""), "the core group is the empty string");
/// ```
#[must_use]
pub fn api_group_matches(rule: &PolicyRule, api_group: &str) -> bool {
    rule.api_groups.iter().any(|entry| same(entry, ALL) || same(entry, api_group))
}

/// Whether the rule is about the resource: an entry is `*`, equals `resource` or `resource/subresource`, or is `*/subresource`.
///
/// Allocates nothing. Cost: `O(resources)`.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::resource_matches};
/// let rule = PolicyRule::resources(["get"], [""], ["pods", "*/scale"]);
/// assert!(resource_matches(&rule, "pods", "") && resource_matches(&rule, "deployments", "scale"));
/// assert!(!resource_matches(&rule, "pods", "log"), "a subresource is not its resource");
/// ```
#[must_use]
pub fn resource_matches(rule: &PolicyRule, resource: &str, subresource: &str) -> bool {
    rule.resources.iter().any(|entry| resource_entry_matches(entry, resource, subresource))
}

/// One entry of [`resource_matches`].
///
/// ```
/// use k8s_rbac::rule::resource_entry_matches;
/// assert!(resource_entry_matches("*", "pods", "log") && resource_entry_matches("*/log", "pods", "log"));
/// assert!(!resource_entry_matches("pods/*", "pods", "log"));
/// ```
#[must_use]
pub fn resource_entry_matches(entry: &str, resource: &str, subresource: &str) -> bool {
    entry_matches(entry, resource, subresource)
}

/// The same for the hot path.
#[inline(always)]
pub(crate) fn entry_matches(entry: &str, resource: &str, subresource: &str) -> bool {
    if subresource.is_empty() {
        return same(entry, resource) || same(entry, ALL);
    }
    if same(entry, ALL) {
        return true;
    }
    let base = entry.len().checked_sub(subresource.len() + 1);
    match base.and_then(|base| entry.as_bytes().split_at_checked(base)) {
        Some((base, [b'/', rest @ ..])) if same_bytes(rest, subresource.as_bytes()) => {
            same_bytes(base, resource.as_bytes()) || same_bytes(base, ALL.as_bytes())
        }
        _ => false,
    }
}

/// Whether the rule is about objects of the name: it names none, or it names this one. `*` is an ordinary name.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::resource_name_matches};
/// let one = PolicyRule::resources(["get"], [""], ["secrets"]).named(["tls"]);
/// assert!(resource_name_matches(&one, "tls"));
/// assert!(!resource_name_matches(&one, ""), "a list has no name, and so has a create");
/// ```
#[must_use]
pub fn resource_name_matches(rule: &PolicyRule, name: &str) -> bool {
    rule.resource_names.is_empty() || has(&rule.resource_names, name)
}

/// Whether the rule is about the URL path: an entry is `*`, equals it, or ends in `*` and the path starts with what stands before all its
/// trailing stars.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, rule::non_resource_url_matches};
/// let rule = PolicyRule::urls(["get"], ["/healthz", "/metrics/*"]);
/// assert!(non_resource_url_matches(&rule, "/healthz") && non_resource_url_matches(&rule, "/metrics/"));
/// assert!(!non_resource_url_matches(&rule, "/healthz/etcd") && !non_resource_url_matches(&rule, "/metrics"));
/// ```
#[must_use]
pub fn non_resource_url_matches(rule: &PolicyRule, path: &str) -> bool {
    rule.non_resource_urls.iter().any(|entry| url_entry_matches(entry, path))
}

/// One entry of [`non_resource_url_matches`].
///
/// ```
/// use k8s_rbac::rule::url_entry_matches;
/// assert!(url_entry_matches("/api*", "/apis") && url_entry_matches("/api**", "/apis"));
/// assert!(!url_entry_matches("/*/healthz", "/a/healthz"), "a star counts at the end only");
/// ```
#[must_use]
pub fn url_entry_matches(entry: &str, path: &str) -> bool {
    if !entry.ends_with('*') {
        return same(entry, path);
    }
    let prefix = entry.trim_end_matches('*');
    prefix.is_empty() || same(entry, path) || path.starts_with(prefix)
}

/// Whether the rule allows the request.
///
/// A request about a resource is held against verbs, groups, resources and names; one about a path against verbs and URLs.
/// Cost: `O(entries of the rule)`, no allocation.
///
/// ```
/// use k8s_rbac::{model::PolicyRule, request::Attributes, rule::rule_allows};
/// let rule = PolicyRule::resources(["get"], [""], ["pods/*"]);
/// assert!(!rule_allows(&rule, &Attributes::resource("get", "pods").subresource("log")));
/// let rule = PolicyRule::resources(["get"], [""], ["*/log"]);
/// assert!(rule_allows(&rule, &Attributes::resource("get", "pods").subresource("log")));
/// ```
#[must_use]
pub fn rule_allows(rule: &PolicyRule, request: &Attributes<'_>) -> bool {
    if !request.resource_request {
        return verb_matches(rule, request.verb) && non_resource_url_matches(rule, request.path);
    }
    verb_matches(rule, request.verb)
        && api_group_matches(rule, request.api_group)
        && resource_matches(rule, request.resource, request.subresource)
        && resource_name_matches(rule, request.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_match_as_upstream_matches_them() {
        let rows = [
            ("pods", "pods", "log", false),
            ("*", "pods", "log", true),
            ("pods/*", "pods", "log", false),
            ("pods/*", "pods", "", false),
            ("pods/*", "pods", "*", true),
            ("*/*", "pods", "log", false),
            ("*/*", "pods", "", false),
            ("*/*", "pods", "*", true),
            ("*/log", "pods", "log", true),
            ("*/log", "pods/log", "", false),
            ("pods/log", "pods/log", "", true),
            ("*/a/b", "x", "a/b", true),
            ("*/", "pods", "", false),
            ("po*", "pods", "", false),
            ("Pods", "pods", "", false),
            ("", "", "", true),
            ("/log", "", "log", true),
        ];
        for (entry, resource, subresource, allowed) in rows {
            assert_eq!(resource_entry_matches(entry, resource, subresource), allowed, "{entry} on {resource}/{subresource}");
        }
    }

    #[test]
    fn urls_match_as_upstream_matches_them() {
        let rows = [
            ("/a*", "/a", true),
            ("/a*", "/ab/c", true),
            ("/a/*", "/a", false),
            ("/a/*", "/a/", true),
            ("/a**", "/abc", true),
            ("**", "", true),
            ("*a", "/a", false),
            ("/a*/b", "/ax/b", false),
            ("/a*/b", "/a*/b", true),
            ("/a*/b*", "/a*/bc", true),
            ("/healthz", "/healthz/", false),
            ("", "", true),
        ];
        for (entry, path, allowed) in rows {
            assert_eq!(url_entry_matches(entry, path), allowed, "{entry} on {path}");
        }
    }

    #[test]
    fn empty_lists_match_nothing_but_names() {
        let rule = PolicyRule::default();
        assert!(!verb_matches(&rule, "") && !api_group_matches(&rule, "") && !resource_matches(&rule, "", ""));
        assert!(resource_name_matches(&rule, "any") && !non_resource_url_matches(&rule, ""));
        let named = PolicyRule { resource_names: vec!["*".into()], ..PolicyRule::default() };
        assert!(!resource_name_matches(&named, "x") && !resource_name_matches(&named, ""));
    }
}
