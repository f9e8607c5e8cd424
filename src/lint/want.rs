//! What a rule of the catalogue looks for in a role: some verbs on some resources, with or without a limit to names.

use crate::model::PolicyRule;
use crate::request::{Attributes, OwnedAttributes};
use crate::rule::{api_group_matches, rule_allows, verb_matches};

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
    /// A rule that is limited to names, one of these among them.
    Named(&'static [&'static str]),
    /// A rule that is limited to names, none of these among them.
    NamedNot(&'static [&'static str]),
}

/// Some verbs on some resources of an API group. It is met by a rule that allows one such request.
///
/// A request is allowed by a list of rules exactly when one of them allows it, and every name is allowed exactly when a rule without names
/// does, so asking rule by rule is exact.
///
/// A word that begins or ends in `?` is open there: it stands for every entry of the rule that ends or begins like it, and for `*`. So
/// `userextras/?` is any subresource that the rule names, `?.example.com` any such group, and `?` anything at all.
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
    targets: &'static [&'static str],
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
        targets: &'static [&'static str],
        names: Names,
    ) -> Self {
        Self { verbs, group, targets, names, urls: false }
    }

    /// One of these verbs on one of these URL paths.
    #[must_use]
    pub const fn urls(verbs: &'static [&'static str], paths: &'static [&'static str]) -> Self {
        Self { verbs, group: "", targets: paths, names: Names::All, urls: true }
    }

    /// The first rule that meets it, with a request. Cost: `O(rules · verbs · resources)`.
    #[must_use]
    pub fn witness(&self, rules: &[PolicyRule]) -> Option<Witness> {
        rules.iter().enumerate().find_map(|(rule_index, rule)| Some(Witness { rule_index, request: self.request(rule)? }))
    }

    fn request(&self, rule: &PolicyRule) -> Option<OwnedAttributes> {
        if self.urls {
            return self.url_request(rule);
        }
        let group = closed(self.group, &rule.api_groups).find(|group| api_group_matches(rule, group))?;
        let verbs = self.verbs.iter().flat_map(|verb| closed(verb, &rule.verbs)).filter(|verb| verb_matches(rule, verb));
        let pairs = verbs.flat_map(|verb| self.targets(rule).map(move |target| (verb.clone(), target)));
        pairs.map(|(verb, target)| (self.name(rule, &verb, &target), verb, target)).find_map(
            |(name, verb, (resource, subresource))| {
                let request = Attributes::resource(&verb, &resource).subresource(&subresource).in_group(&group).named(name?);
                rule_allows(rule, &request).then(|| request.into())
            },
        )
    }

    fn url_request(&self, rule: &PolicyRule) -> Option<OwnedAttributes> {
        let requests = self.verbs.iter().flat_map(|verb| self.targets.iter().map(|path| Attributes::non_resource(verb, path)));
        requests.into_iter().find(|request| rule_allows(rule, request)).map(Into::into)
    }

    /// The pairs of resource and subresource that the rule may be asked for.
    fn targets(&self, rule: &PolicyRule) -> impl Iterator<Item = (String, String)> {
        let split = |target: String| match target.split_once('/') {
            Some((resource, subresource)) => (resource.to_owned(), subresource.to_owned()),
            None => (target, String::new()),
        };
        let of_any = |target: &'static str| {
            let resource = target.strip_suffix("/?");
            let subresources = rule.resources.iter().filter_map(|entry| entry.strip_prefix("*/"));
            resource.into_iter().flat_map(move |resource| subresources.clone().map(move |sub| format!("{resource}/{sub}")))
        };
        self.targets.iter().flat_map(move |target| closed(target, &rule.resources).chain(of_any(target))).map(split)
    }

    /// The name of a request that the rule allows, if its names satisfy what is asked for.
    fn name<'a>(&self, rule: &'a PolicyRule, verb: &str, (_, subresource): &(String, String)) -> Option<&'a str> {
        let nameless = subresource.is_empty() && NAMELESS.contains(&verb);
        let listed = &rule.resource_names;
        let one_of = |names: &'static [&'static str]| names.iter().copied().find(|name| listed.iter().any(|entry| entry == name));
        // A list or watch of one name carries it as a field selector; create and deletecollection never carry one.
        let selectable = !nameless || matches!(verb, "list" | "watch");
        let limited = listed.first().map(String::as_str).filter(|name| selectable || name.is_empty());
        let unlimited = listed.is_empty().then_some(if nameless { "" } else { "any" });
        match self.names {
            Names::All => unlimited,
            Names::Some => unlimited.or(limited),
            Names::Limited => limited,
            Names::OneOf(names) if listed.is_empty() => Some(if nameless { "" } else { names.first()? }),
            Names::OneOf(names) | Names::Named(names) => one_of(names).filter(|_| selectable),
            Names::NamedNot(names) => limited.filter(|_| one_of(names).is_none()),
        }
    }
}

/// What an open word stands for in a list of entries; a closed word stands for itself.
fn closed<'a>(word: &'a str, entries: &'a [String]) -> impl Iterator<Item = String> + use<'a> {
    let (open_start, open_end) = (word.strip_prefix('?'), word.strip_suffix('?'));
    let fits = move |entry: &&String| {
        open_start.is_some_and(|end| entry.ends_with(end)) || open_end.is_some_and(|start| entry.starts_with(start))
    };
    let open = open_start.is_some() || open_end.is_some();
    let found = entries.iter().filter(move |entry| open && *entry != "*" && !entry.starts_with("*/") && fits(entry)).cloned();
    let any = (open && entries.iter().any(|entry| entry == "*")).then(|| word.replace('?', "any"));
    let itself = (!open).then(|| word.to_owned());
    itself.into_iter().chain(found).chain(any)
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
