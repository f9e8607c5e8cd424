//! Sets that are asked about: by place, as no rule could say them, and the places of a set.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::build::{any_resource_of, splits};
use super::layer::{Layer, Node};
use super::paths::Paths;
use super::{Choice, Names, Pattern, PermissionSet, Resources, Subresources, Urls, Verbs};
use crate::model::{ALL, PolicyRule};
use crate::request::Attributes;
use crate::same::same;

impl Choice {
    /// These strings and no other.
    ///
    /// ```
    /// use k8s_rbac::permission::Choice;
    /// let core = Choice::only([""]);
    /// assert!(core.contains("") && !core.contains("apps"), "the empty string is the core group, not every group");
    /// ```
    pub fn only<S: Into<String>>(strings: impl IntoIterator<Item = S>) -> Self {
        Self::Only(strings.into_iter().map(Into::into).collect())
    }

    /// All strings but these.
    ///
    /// ```
    /// use k8s_rbac::permission::Choice;
    /// let mine = Choice::all_but(["kube-system"]);
    /// assert!(mine.contains("shop") && !mine.contains("kube-system"));
    /// ```
    pub fn all_but<S: Into<String>>(strings: impl IntoIterator<Item = S>) -> Self {
        Self::AllBut(strings.into_iter().map(Into::into).collect())
    }

    /// Whether the string is chosen. Cost: `O(log strings)`.
    #[must_use]
    pub fn contains(&self, string: &str) -> bool {
        match self {
            Self::Only(these) => holds(these, string),
            Self::AllBut(those) => !holds(those, string),
        }
    }

    /// Whether no string is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(these) if these.is_empty())
    }

    /// Whether every string is chosen.
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self, Self::AllBut(those) if those.is_empty())
    }

    /// Whether a string is chosen that one of the entries of a rule stands for.
    fn meets(&self, entries: &[String]) -> bool {
        entries.iter().any(|entry| self.contains(entry) || entry == ALL && !self.is_empty())
    }

    /// The function that has the value for the chosen strings and is empty elsewhere.
    fn with<T: Layer>(&self, value: T) -> Node<T> {
        if value.as_constant() == Some(false) {
            return Node::constant(false);
        }
        let (strings, listed, rest) = match self {
            Self::Only(these) => (these, value, T::constant(false)),
            Self::AllBut(those) => (those, T::constant(false), value),
        };
        Node::reduced(strings.iter().map(|string| (Arc::from(string.as_str()), listed.clone())).collect(), rest)
    }

    /// The strings whose value is not empty.
    fn of<T: Layer>(node: &Node<T>) -> Self {
        let some = |value: &T| value.as_constant() != Some(false);
        let others = some(node.rest());
        let strings: BTreeSet<String> =
            node.listed().iter().filter(|(_, value)| some(value) != others).map(|(key, _)| key.to_string()).collect();
        if others { Self::AllBut(strings) } else { Self::Only(strings) }
    }
}

/// Up to how many strings are compared one by one, which spares the comparison of empty ones.
const FEW: usize = 8;

fn holds(strings: &BTreeSet<String>, wanted: &str) -> bool {
    if strings.len() <= FEW { strings.iter().any(|string| same(string, wanted)) } else { strings.contains(wanted) }
}

impl Pattern {
    /// Whether the rule allows a request that fits the pattern. Builds nothing. Cost: `O(entries of the rule · log strings)`.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::{Choice, Pattern}};
    /// let secrets = Pattern { api_groups: Choice::only([""]), resources: Choice::only(["secrets"]), ..Pattern::default() };
    /// assert!(secrets.meets(&PolicyRule::resources(["get"], ["*"], ["*"])));
    /// assert!(!secrets.meets(&PolicyRule::resources(["get"], ["apps"], ["*"])));
    /// ```
    #[must_use]
    pub fn meets(&self, rule: &PolicyRule) -> bool {
        let names = rule.resource_names.iter();
        let named = if rule.resource_names.is_empty() {
            !self.names.is_empty()
        } else {
            names.into_iter().any(|name| self.names.contains(name))
        };
        named
            && self.verbs.meets(&rule.verbs)
            && self.api_groups.meets(&rule.api_groups)
            && rule.resources.iter().any(|entry| self.meets_entry(entry))
    }

    /// Whether the entry of `resources` holds a resource and subresource that are chosen.
    fn meets_entry(&self, entry: &str) -> bool {
        let chosen = |(resource, subresource)| self.resources.contains(resource) && self.subresources.contains(subresource);
        let any = |subresource| !self.resources.is_empty() && self.subresources.contains(subresource);
        let all = entry == ALL && !self.resources.is_empty() && !self.subresources.is_empty();
        all || any_resource_of(entry).is_some_and(any) || splits(entry).any(chosen)
    }
}

impl PermissionSet {
    /// The requests about resources that fit the pattern. Cost: `O(strings of the pattern)`.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::{Choice, Pattern, PermissionSet}};
    /// let reads_every_secret = PermissionSet::matching(&Pattern {
    ///     verbs: Choice::only(["get", "list", "watch"]),
    ///     api_groups: Choice::only([""]),
    ///     resources: Choice::only(["secrets"]),
    ///     subresources: Choice::only([""]),
    ///     names: Choice::only([""]),
    /// });
    /// let held = PermissionSet::from_rule(&PolicyRule::resources(["*"], ["*"], ["*"]))?;
    /// assert!(held.covers(&reads_every_secret));
    /// let held = PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], ["secrets"]).named(["one"]))?;
    /// assert!(!held.intersects(&reads_every_secret));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn matching(pattern: &Pattern) -> Self {
        let names: Names = pattern.names.with(true);
        let verbs: Verbs = pattern.verbs.with(names);
        let resources: Resources = pattern.resources.with(verbs);
        let subresources: Subresources = pattern.subresources.with(resources);
        Self { resources: pattern.api_groups.with(subresources), urls: Urls::constant(false) }
    }

    /// The requests with these verbs about the paths that the entry matches; the entry reads as one of a rule.
    ///
    /// Cost: `O(verbs)`.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, permission::{Choice, PermissionSet}};
    /// let probes = PermissionSet::matching_url(&Choice::only(["get"]), "/healthz/*");
    /// assert!(probes.contains(&Attributes::non_resource("get", "/healthz/etcd")));
    /// assert!(!probes.contains(&Attributes::non_resource("get", "/healthz")));
    /// ```
    #[must_use]
    pub fn matching_url(verbs: &Choice, entry: &str) -> Self {
        Self { urls: verbs.with(Paths::entry(entry)), ..Self::empty() }
    }

    /// The one request, without its user and namespace.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, PermissionSet};
    /// let request = Attributes::resource("get", "secrets").named("tls");
    /// let set = PermissionSet::exactly(&request);
    /// assert!(set.contains(&request) && !set.contains(&Attributes::resource("get", "secrets")));
    /// ```
    #[must_use]
    pub fn exactly(request: &Attributes<'_>) -> Self {
        let verbs = Choice::only([request.verb]);
        if !request.resource_request {
            return Self { urls: verbs.with(Paths::exactly(request.path)), ..Self::empty() };
        }
        Self::matching(&Pattern {
            verbs,
            api_groups: Choice::only([request.api_group]),
            resources: Choice::only([request.resource]),
            subresources: Choice::only([request.subresource]),
            names: Choice::only([request.name]),
        })
    }

    /// The API groups in which something is allowed. Cost: `O(groups listed)`.
    #[must_use]
    pub fn api_groups(&self) -> Choice {
        Choice::of(&self.resources)
    }

    /// The subresources of the group of which something is allowed; `""` stands for the resources themselves.
    /// Cost: `O(subresources listed)`.
    #[must_use]
    pub fn subresources(&self, api_group: &str) -> Choice {
        Choice::of(self.resources.at(api_group))
    }

    /// The resources of the group for which something is allowed, on them if the subresource is `""`, else on the subresource.
    /// Cost: `O(resources listed)`.
    #[must_use]
    pub fn resources(&self, api_group: &str, subresource: &str) -> Choice {
        Choice::of(self.resources.at(api_group).at(subresource))
    }

    /// The verbs that are allowed on the resource, for some name or without one. Cost: `O(verbs listed)`.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::{Choice, PermissionSet}};
    /// let rules = [PolicyRule::resources(["get", "list"], [""], ["pods"]), PolicyRule::resources(["*"], [""], ["secrets"]).named(["one"])];
    /// let set = PermissionSet::from_rules(&rules)?;
    /// assert_eq!(set.verbs("", "pods", ""), Choice::only(["get", "list"]));
    /// assert!(set.verbs("", "secrets", "").is_all() && set.verbs("", "secrets", "status").is_empty());
    /// assert_eq!(set.names("get", "", "secrets", ""), Choice::only(["one"]));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn verbs(&self, api_group: &str, resource: &str, subresource: &str) -> Choice {
        Choice::of(self.resources.at(api_group).at(subresource).at(resource))
    }

    /// The names for which the verb is allowed on the resource; `""` stands for requests without a name. Cost: `O(names listed)`.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule, permission::Choice};
    /// let set = PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], ["secrets"]).named(["tls", "db"]))?;
    /// assert_eq!(set.names("get", "", "secrets", ""), Choice::only(["db", "tls"]));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn names(&self, verb: &str, api_group: &str, resource: &str, subresource: &str) -> Choice {
        Choice::of(self.resources.at(api_group).at(subresource).at(resource).at(verb))
    }

    /// The verbs that are allowed on some path. Cost: `O(verbs listed)`.
    #[must_use]
    pub fn url_verbs(&self) -> Choice {
        Choice::of(&self.urls)
    }
}
