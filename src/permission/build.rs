//! From rules to sets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::layer::{Layer, Memo, Op, Walk};
use super::paths::Paths;
use super::{Groups, Names, PermissionSet, ResourceMemo, Resources, Subresources, TooLarge, Urls, Verbs};
use crate::model::{ALL, PolicyRule};

impl PermissionSet {
    /// The requests that the rule allows.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, PermissionSet, model::PolicyRule};
    /// let one = PermissionSet::from_rule(&PolicyRule::resources(["get", "list"], [""], ["secrets"]).named(["tls"]))?;
    /// assert!(one.contains(&Attributes::resource("get", "secrets").named("tls")));
    /// assert!(!one.contains(&Attributes::resource("list", "secrets")), "a list has no name");
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    ///
    /// # Errors
    /// When it takes more than [`LIMIT`](Self::LIMIT) steps. A rule of fewer entries and slashes than that does not.
    pub fn from_rule(rule: &PolicyRule) -> Result<Self, TooLarge> {
        Self::from_rules([rule])
    }

    /// The requests that any of the rules allows.
    ///
    /// # Errors
    /// When it takes more than [`LIMIT`](Self::LIMIT) steps.
    pub fn from_rules<'a>(rules: impl IntoIterator<Item = &'a PolicyRule>) -> Result<Self, TooLarge> {
        Self::from_rules_within(rules, Self::LIMIT)
    }

    /// The requests that any of the rules allows, found in so many steps.
    ///
    /// # Errors
    /// When it takes more than `limit` steps.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::PermissionSet};
    /// let rule = PolicyRule::resources(["get"], [""], ["pods", "services", "secrets"]);
    /// assert!(PermissionSet::from_rules_within([&rule], 1000).is_ok());
    /// let error = PermissionSet::from_rules_within([&rule], 3).unwrap_err();
    /// assert_eq!(error.to_string(), "the set of permissions takes more than 3 steps to build");
    /// ```
    pub fn from_rules_within<'a>(rules: impl IntoIterator<Item = &'a PolicyRule>, limit: usize) -> Result<Self, TooLarge> {
        let mut builder = Builder::new(limit);
        let (mut resources, mut urls) = (Vec::new(), Vec::new());
        for rule in rules {
            resources.extend(builder.resource_requests(rule)?);
            urls.extend(builder.url_requests(rule)?);
        }
        Ok(Self {
            resources: union_of(resources, &mut builder.groups, &mut builder.walk)?,
            urls: union_of(urls, &mut builder.urls, &mut builder.walk)?,
        })
    }

    /// The requests in any of the sets.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let rules = ["get", "list", "watch"].map(|verb| PolicyRule::resources([verb], [""], ["pods"]));
    /// let each = rules.iter().map(PermissionSet::from_rule).collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(PermissionSet::union_all(&each)?, PermissionSet::from_rules(&rules)?);
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    ///
    /// # Errors
    /// When it takes more than [`LIMIT`](Self::LIMIT) steps.
    pub fn union_all<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Result<Self, TooLarge> {
        let mut walk = Walk::new(Self::LIMIT);
        let (resources, urls) = sets.into_iter().map(|set| (set.resources.clone(), set.urls.clone())).unzip();
        Ok(Self {
            resources: union_of(resources, &mut Memo::default(), &mut walk)?,
            urls: union_of(urls, &mut Memo::default(), &mut walk)?,
        })
    }
}

/// The union of the sets, by halves, so that each edge is walked a logarithmic number of times.
fn union_of<T: Layer>(mut sets: Vec<T>, memo: &mut T::Memo, walk: &mut Walk) -> Result<T, TooLarge> {
    // What is replaced is kept until the end: `memo` knows sets by their address.
    let mut kept = Vec::new();
    while sets.len() > 1 {
        let mut halved = Vec::with_capacity(sets.len().div_ceil(2));
        let mut rest = sets.iter();
        while let Some(left) = rest.next() {
            halved.push(match rest.next() {
                Some(right) => left.combine(right, Op::Union, memo, walk)?,
                None => left.clone(),
            });
        }
        kept.push(std::mem::replace(&mut sets, halved));
    }
    Ok(sets.pop().unwrap_or_else(|| T::constant(false)))
}

/// What is shared between the rules of one list: strings, nodes, and the steps that are left.
struct Builder<'a> {
    strings: HashMap<&'a str, Arc<str>>,
    groups: ResourceMemo,
    urls: Memo<Paths>,
    walk: Walk,
}

impl<'a> Builder<'a> {
    fn new(limit: usize) -> Self {
        Self { strings: HashMap::new(), groups: Memo::default(), urls: Memo::default(), walk: Walk::new(limit) }
    }

    fn string(&mut self, text: &'a str) -> Arc<str> {
        Arc::clone(self.strings.entry(text).or_insert_with(|| text.into()))
    }

    fn strings(&mut self, texts: &'a [String]) -> Result<Vec<Arc<str>>, TooLarge> {
        self.walk.budget.spend(texts.len())?;
        Ok(texts.iter().map(|text| self.string(text)).collect())
    }

    /// What the rule allows of resources; nothing to add if it allows none.
    fn resource_requests(&mut self, rule: &'a PolicyRule) -> Result<Option<Groups>, TooLarge> {
        if rule.verbs.is_empty() || rule.api_groups.is_empty() || rule.resources.is_empty() {
            return Ok(None);
        }
        let names = self.names(&rule.resource_names)?;
        let verbs = self.verbs(&rule.verbs, &names)?;
        let subresources = self.subresources(&rule.resources, &verbs)?;
        if has_star(&rule.api_groups) {
            return Ok(Some(self.groups.node(Vec::new(), subresources, &mut self.walk.equal)));
        }
        let groups = self.strings(&rule.api_groups)?;
        Ok(Some(self.groups.only(groups, &subresources, &mut self.walk.equal)))
    }

    fn names(&mut self, names: &'a [String]) -> Result<Names, TooLarge> {
        if names.is_empty() {
            return Ok(Names::constant(true));
        }
        let names = self.strings(names)?;
        let memo = self.groups.of_names();
        Ok(memo.only(names, &true, &mut self.walk.equal))
    }

    fn verbs(&mut self, verbs: &'a [String], names: &Names) -> Result<Verbs, TooLarge> {
        let listed = if has_star(verbs) { None } else { Some(self.strings(verbs)?) };
        let memo = self.groups.of_verbs();
        Ok(match listed {
            None => memo.node(Vec::new(), names.clone(), &mut self.walk.equal),
            Some(verbs) => memo.only(verbs, names, &mut self.walk.equal),
        })
    }

    fn subresources(&mut self, entries: &'a [String], verbs: &Verbs) -> Result<Subresources, TooLarge> {
        if has_star(entries) {
            let resources = self.groups.of_resources().node(Vec::new(), verbs.clone(), &mut self.walk.equal);
            return Ok(self.groups.of_subresources().node(Vec::new(), resources, &mut self.walk.equal));
        }
        let mut listed = Vec::new();
        for (subresource, which) in self.pairs(entries)? {
            let subresource = self.string(subresource);
            listed.push((subresource, self.resources(which, verbs)));
        }
        Ok(self.groups.of_subresources().node(listed, Resources::constant(false), &mut self.walk.equal))
    }

    fn resources(&mut self, which: Which<'a>, verbs: &Verbs) -> Resources {
        match which {
            Which::Any => self.groups.of_resources().node(Vec::new(), verbs.clone(), &mut self.walk.equal),
            Which::These(resources) => {
                let keys: Vec<Arc<str>> = resources.into_iter().map(|resource| self.string(resource)).collect();
                self.groups.of_resources().only(keys, verbs, &mut self.walk.equal)
            }
        }
    }

    /// The resources that the entries hold, by subresource. A split costs as many steps as its texts are long in hundreds, since each is
    /// kept.
    fn pairs(&mut self, entries: &'a [String]) -> Result<BTreeMap<&'a str, Which<'a>>, TooLarge> {
        let mut pairs: BTreeMap<&str, Which<'_>> = BTreeMap::new();
        for entry in entries {
            for (resource, subresource) in splits(entry) {
                self.walk.budget.spend(1 + entry.len() / 100)?;
                pairs.entry(subresource).or_default().add(resource);
            }
            if let Some(subresource) = any_resource_of(entry) {
                pairs.insert(subresource, Which::Any);
            }
        }
        Ok(pairs)
    }

    /// What the rule allows of URLs; nothing to add if it allows none.
    fn url_requests(&mut self, rule: &'a PolicyRule) -> Result<Option<Urls>, TooLarge> {
        if rule.verbs.is_empty() || rule.non_resource_urls.is_empty() {
            return Ok(None);
        }
        self.walk.budget.spend(rule.non_resource_urls.len())?;
        let entries = rule.non_resource_urls.iter().map(|entry| Paths::entry(entry)).collect();
        let paths = union_of(entries, &mut (), &mut self.walk)?;
        if has_star(&rule.verbs) {
            return Ok(Some(self.urls.node(Vec::new(), paths, &mut self.walk.equal)));
        }
        let verbs = self.strings(&rule.verbs)?;
        Ok(Some(self.urls.only(verbs, &paths, &mut self.walk.equal)))
    }
}

fn has_star(entries: &[String]) -> bool {
    entries.iter().any(|entry| entry == ALL)
}

/// The pairs of resource and subresource that are written as this text: itself, and one for each slash with something behind it.
pub(super) fn splits(entry: &str) -> impl Iterator<Item = (&str, &str)> {
    let joined = entry.match_indices('/').filter_map(|(slash, _)| entry.split_at_checked(slash));
    let joined = joined.filter_map(|(resource, rest)| Some((resource, rest.strip_prefix('/')?)));
    std::iter::once((entry, "")).chain(joined.filter(|(_, subresource)| !subresource.is_empty()))
}

/// The subresource that an entry `*/subresource` grants of every resource.
pub(super) fn any_resource_of(entry: &str) -> Option<&str> {
    entry.strip_prefix("*/").filter(|subresource| !subresource.is_empty())
}

/// Resources of one subresource.
enum Which<'a> {
    Any,
    These(BTreeSet<&'a str>),
}

impl Default for Which<'_> {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl<'a> Which<'a> {
    fn add(&mut self, resource: &'a str) {
        if let Self::These(resources) = self {
            resources.insert(resource);
        }
    }
}
