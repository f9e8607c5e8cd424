//! What a rule of the catalogue looks for in a role: some verbs on some resources, with or without a limit to names.

use crate::model::PolicyRule;
use crate::request::{Attributes, OwnedAttributes};
use crate::rule::{api_group_matches, resource_matches, rule_allows, verb_matches};

/// Which names a [`Want`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Names {
    /// Whatever the object is called: a rule that is limited to names does not satisfy it.
    All,
    /// Some object: a rule that is limited to names satisfies it too.
    Some,
    /// A rule that is limited to names, and only such a one.
    Limited,
    /// One of these objects.
    OneOf(&'static [&'static str]),
}

/// Some verbs on some resources of an API group. It is met by a rule that allows one such request.
///
/// A request is allowed by a list of rules exactly when one of them allows it, and every name is allowed exactly when a rule without names
/// does, so asking rule by rule is exact.
///
/// ```
/// use k8s_rbac::lint::{Names, Want};
/// use k8s_rbac::model::PolicyRule;
/// let exec = Want::new(&["create", "get"], "", &["pods/exec"], Names::Some);
/// assert!(exec.witness(&[PolicyRule::resources(["get"], [""], ["pods/*"])]).is_none(), "no wildcard");
/// let witness = exec.witness(&[PolicyRule::default(), PolicyRule::resources(["*"], [""], ["*/exec"])]).unwrap();
/// assert_eq!((witness.rule_index, witness.request.to_string()), (1, "create pods/exec any".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Want {
    verbs: &'static [&'static str],
    group: &'static str,
    resources: &'static [&'static str],
    names: Names,
    urls: bool,
}

/// How a role meets a [`Want`]: by which rule, and a request that it allows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Witness {
    /// The number of the rule, from 0.
    pub rule_index: usize,
    /// A request that it allows, without user and namespace.
    pub request: OwnedAttributes,
}

/// Verbs of requests that have no name when they are about a resource itself.
const NAMELESS: &[&str] = &["list", "watch", "create", "deletecollection"];

impl Want {
    /// One of these verbs on one of these resources (`pods`, `pods/exec`).
    #[must_use]
    pub const fn new(
        verbs: &'static [&'static str],
        group: &'static str,
        resources: &'static [&'static str],
        names: Names,
    ) -> Self {
        Self { verbs, group, resources, names, urls: false }
    }

    /// One of these verbs on one of these URL paths.
    #[must_use]
    pub const fn urls(verbs: &'static [&'static str], paths: &'static [&'static str]) -> Self {
        Self { verbs, group: "", resources: paths, names: Names::All, urls: true }
    }

    /// The first rule that meets it, with a request. Cost: `O(rules · verbs · resources)`.
    #[must_use]
    pub fn witness(&self, rules: &[PolicyRule]) -> Option<Witness> {
        rules.iter().enumerate().find_map(|(rule_index, rule)| Some(Witness { rule_index, request: self.request(rule)? }))
    }

    fn request(&self, rule: &PolicyRule) -> Option<OwnedAttributes> {
        if !self.urls && !api_group_matches(rule, self.group) {
            return None;
        }
        let verbs = self.verbs.iter().filter(|verb| verb_matches(rule, verb));
        let pairs = verbs.flat_map(|verb| self.resources.iter().map(move |resource| (*verb, *resource)));
        let found = pairs.filter_map(|(verb, resource)| self.attributes(rule, verb, resource));
        found.map(OwnedAttributes::from).find(|request| rule_allows(rule, &request.attributes()))
    }

    fn attributes<'a>(&self, rule: &'a PolicyRule, verb: &'a str, target: &'a str) -> Option<Attributes<'a>> {
        if self.urls {
            return Some(Attributes::non_resource(verb, target));
        }
        let (resource, subresource) = target.split_once('/').unwrap_or((target, ""));
        if !resource_matches(rule, resource, subresource) {
            return None;
        }
        let nameless = subresource.is_empty() && NAMELESS.contains(&verb);
        let request = Attributes::resource(verb, resource).subresource(subresource).in_group(self.group);
        Some(request.named(self.name(rule, nameless, verb)?))
    }

    /// The name of a request that the rule allows, if its names satisfy what is asked for.
    fn name<'a>(&self, rule: &'a PolicyRule, nameless: bool, verb: &str) -> Option<&'a str> {
        let unlimited = if nameless { "" } else { "any" };
        // A list or watch of one name carries it as a field selector; create and deletecollection never carry one.
        let selectable = !nameless || matches!(verb, "list" | "watch");
        let limited = rule.resource_names.first().map(String::as_str).filter(|name| selectable || name.is_empty());
        match self.names {
            Names::All => rule.resource_names.is_empty().then_some(unlimited),
            Names::Some if rule.resource_names.is_empty() => Some(unlimited),
            Names::Some | Names::Limited => limited,
            Names::OneOf(names) if rule.resource_names.is_empty() => Some(if nameless { "" } else { names.first()? }),
            Names::OneOf(names) => names.iter().copied().find(|name| rule.resource_names.iter().any(|listed| listed == name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_narrow_as_the_authorizer_narrows() {
        let want = |verb: &'static [&'static str], names| Want::new(verb, "", &["secrets"], names);
        let all = PolicyRule::resources(["*"], [""], ["secrets"]);
        let named = all.clone().named(["a"]);
        let rows = [
            (want(&["get"], Names::All), &all, Some("get secrets any")),
            (want(&["get"], Names::All), &named, None),
            (want(&["list"], Names::All), &all, Some("list secrets")),
            (want(&["list"], Names::Some), &named, Some("list secrets a")),
            (want(&["create"], Names::Some), &named, None),
            (want(&["get"], Names::Limited), &all, None),
            (want(&["get"], Names::Limited), &named, Some("get secrets a")),
            (want(&["get"], Names::OneOf(&["b", "a"])), &named, Some("get secrets a")),
            (want(&["get"], Names::OneOf(&["b"])), &named, None),
            (want(&["get"], Names::OneOf(&["b"])), &all, Some("get secrets b")),
        ];
        for (want, rule, request) in rows {
            let found = want.witness(std::slice::from_ref(rule)).map(|witness| witness.request.to_string());
            assert_eq!(found.as_deref(), request, "{want:?} on {rule:?}");
        }
    }
}
