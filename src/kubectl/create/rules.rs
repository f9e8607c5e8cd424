//! The rules of a role from flags, and what kubectl refuses about them (`create_role.go`, `create_clusterrole.go`).

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use super::{Error, Kind, RoleFlags, usage};
use crate::model::{ALL, AggregationRule, LabelSelector, PolicyRule, RBAC_GROUP};
use crate::resources::Catalogue;
use crate::version::{Behaviour, KubeVersion};

const RESOURCE_VERBS: &[&str] = &[
    ALL,
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "deletecollection",
    "use",
    "bind",
    ESCALATE,
    "impersonate",
];
/// The one verb that 1.11 does not know yet.
const ESCALATE: &str = "escalate";
const URL_VERBS: &[&str] = &[ALL, "get", "post", "put", "delete", "patch", "head", "options"];

/// The verbs that are about certain resources only, with these: API group and resource.
const SPECIAL_VERBS: &[(&str, &[(&str, &str)])] = &[
    ("use", &[("policy", "podsecuritypolicies"), ("extensions", "podsecuritypolicies")]),
    ("bind", &[(RBAC_GROUP, "roles"), (RBAC_GROUP, "clusterroles")]),
    (ESCALATE, &[(RBAC_GROUP, "roles"), (RBAC_GROUP, "clusterroles")]),
    ("impersonate", &[("", "users"), ("", "serviceaccounts"), ("", "groups"), ("authentication.k8s.io", "userextras")]),
];

/// A resource as it was typed, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Typed<'a> {
    resource: &'a str,
    group: &'a str,
    subresource: &'a str,
}

impl<'a> Typed<'a> {
    fn parse(text: &'a str) -> Self {
        let (target, subresource) = text.split_once('/').unwrap_or((text, ""));
        let (resource, group) = target.split_once('.').unwrap_or((target, ""));
        Self { resource, group, subresource }
    }
}

/// The flags of a role, without what was given twice.
pub(super) struct Rules<'a> {
    verbs: Vec<&'a str>,
    resources: Vec<Typed<'a>>,
    names: Vec<&'a str>,
    urls: Vec<&'a str>,
    catalogue: &'a Catalogue,
    version: KubeVersion,
}

impl<'a> Rules<'a> {
    pub(super) fn new(flags: &'a RoleFlags, catalogue: &'a Catalogue, version: KubeVersion) -> Self {
        let mut verbs = once(&flags.verbs);
        if verbs.contains(&ALL) {
            verbs = vec![ALL];
        }
        let resources = typed_resources(&flags.resources, version);
        Self { verbs, resources, names: once(&flags.resource_names), urls: once(&flags.non_resource_urls), catalogue, version }
    }

    pub(super) fn has_resources(&self) -> bool {
        !self.resources.is_empty()
    }

    pub(super) fn require_verbs(&self) -> Result<(), Error> {
        if self.verbs.is_empty() { Err(usage("at least one verb must be specified")) } else { Ok(()) }
    }

    pub(super) fn require_resources(&self) -> Result<(), Error> {
        if self.has_resources() { Ok(()) } else { Err(usage("at least one resource must be specified")) }
    }

    pub(super) fn require_resources_or_urls(&self) -> Result<(), Error> {
        let any = self.has_resources() || !self.urls.is_empty();
        if any { Ok(()) } else { Err(usage("one of resource or nonResourceURL must be specified")) }
    }

    /// An aggregated role is given nothing else.
    pub(super) fn require_nothing(&self) -> Result<(), Error> {
        if self.verbs.is_empty() && self.names.is_empty() && self.urls.is_empty() && !self.has_resources() {
            return Ok(());
        }
        Err(usage("aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames"))
    }

    /// Warns of verbs that are not known, or refuses them as kubectl did before.
    pub(super) fn check_verbs(&self) -> Result<Vec<String>, Error> {
        let warns = self.version.has(Behaviour::CustomVerbsAreWarnedOf);
        let known = |verb: &&&str| RESOURCE_VERBS.contains(*verb) && (self.knows_escalate() || **verb != ESCALATE);
        let mut unknown = self.verbs.iter().filter(|verb| !known(verb));
        match unknown.clone().next() {
            Some(verb) if !warns => Err(usage(format!("invalid verb: '{verb}'"))),
            _ => Ok(unknown.by_ref().map(|verb| format!("Warning: '{verb}' is not a standard resource verb\n")).collect()),
        }
    }

    fn knows_escalate(&self) -> bool {
        self.version.has(Behaviour::CreateTakesStars)
    }

    /// Every resource must be served, and be one that special verbs are about. A star ends the check.
    pub(super) fn check_resources(&self) -> Result<(), Error> {
        for typed in &self.resources {
            if typed.resource.is_empty() {
                return Err(usage("resource must be specified if apiGroup/subresource specified"));
            }
            if typed.resource == ALL && self.version.has(Behaviour::CreateTakesStars) {
                return Ok(());
            }
            self.check_resource(typed)?;
        }
        Ok(())
    }

    fn check_resource(&self, typed: &Typed<'_>) -> Result<(), Error> {
        let served = self.catalogue.find_in_group(typed.resource, typed.group);
        let (resource, group) = self.resolved(typed);
        let mut excused = false;
        for verb in &self.verbs {
            let Some(targets) = self.targets_of(verb) else { continue };
            if !targets.contains(&(group, resource)) {
                return Err(usage(format!("can not perform '{verb}' on '{resource}' in group '{group}'")));
            }
            excused = true;
        }
        if served.is_some() || excused {
            return Ok(());
        }
        Err(Kind::NoResource { resource: typed.resource.to_owned(), group: typed.group.to_owned() }.into())
    }

    /// The resources that a special verb is about; `None` for other verbs.
    fn targets_of(&self, verb: &str) -> Option<Vec<(&'static str, &'static str)>> {
        let (_, targets) = SPECIAL_VERBS.iter().find(|(special, _)| *special == verb)?;
        if !self.knows_escalate() {
            // 1.11 knows neither the verb nor the later group of security policies.
            let old: Vec<_> = targets.iter().copied().filter(|(group, _)| *group != "policy").collect();
            return (verb != ESCALATE).then_some(old);
        }
        Some(targets.to_vec())
    }

    /// The plural name and the group, or what was typed.
    fn resolved<'t>(&'t self, typed: &Typed<'t>) -> (&'t str, &'t str) {
        match self.catalogue.find_in_group(typed.resource, typed.group) {
            Some(found) => (&found.plural, &found.group),
            None => (typed.resource, typed.group),
        }
    }

    pub(super) fn check_urls(&self) -> Result<(), Error> {
        if let (Some(verb), false) = (self.verbs.iter().find(|verb| !URL_VERBS.contains(verb)), self.urls.is_empty()) {
            return Err(usage(format!("invalid verb: '{verb}' for nonResourceURL")));
        }
        self.urls.iter().filter(|url| **url != ALL).try_for_each(|url| check_url(url))
    }

    /// A rule for each API group, sorted, with the resources in the order of the flags.
    pub(super) fn about_resources(&self) -> Vec<PolicyRule> {
        let mut groups: BTreeMap<&str, IndexSet<String>> = BTreeMap::new();
        for typed in &self.resources {
            let (resource, group) = self.resolved(typed);
            let slash = if typed.subresource.is_empty() { "" } else { "/" };
            groups.entry(group).or_default().insert(format!("{resource}{slash}{}", typed.subresource));
        }
        let rule = |(group, resources)| PolicyRule::resources(self.verbs.clone(), [group], resources).named(self.names.clone());
        groups.into_iter().map(rule).collect()
    }

    pub(super) fn about_urls(&self) -> Option<PolicyRule> {
        (!self.urls.is_empty()).then(|| PolicyRule::urls(self.verbs.clone(), self.urls.clone()))
    }
}

/// The resources of the flag. A star alone stands for them all, since kubectl takes it so.
fn typed_resources(flags: &[String], version: KubeVersion) -> Vec<Typed<'_>> {
    let star = flags.iter().any(|text| text == ALL) && version.has(Behaviour::CreateTakesStars);
    if star { vec![Typed::parse(ALL)] } else { flags.iter().map(|text| Typed::parse(text)).collect() }
}

fn once(values: &[String]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    values.iter().map(String::as_str).filter(|value| seen.insert(*value)).collect()
}

fn check_url(url: &str) -> Result<(), Error> {
    if !url.starts_with('/') {
        return Err(usage("nonResourceURL should start with /"));
    }
    if url.strip_suffix('*').unwrap_or(url).contains('*') {
        return Err(usage("nonResourceURL only supports wildcard matches when '*' is at the end"));
    }
    Ok(())
}

/// The aggregation rule of `key=value` pairs: one selector of all of them; `None` if there is no pair.
pub(super) fn aggregation(values: &[String]) -> Result<Option<AggregationRule>, Error> {
    let mut labels = BTreeMap::new();
    for value in values {
        for pair in value.split(',').filter(|pair| !pair.is_empty()) {
            let Some((key, label)) = pair.split_once('=') else { return Err(malformed(value)) };
            labels.insert(key.trim().to_owned(), label.trim().to_owned());
        }
    }
    let selector = LabelSelector { match_labels: labels, ..LabelSelector::default() };
    Ok((!selector.match_labels.is_empty()).then(|| AggregationRule { cluster_role_selectors: vec![selector] }))
}

fn malformed(value: &str) -> Error {
    super::split::invalid(value, "aggregation-rule", "malformed pair, expect string=string")
}
