//! From a set back to rules: the one shortest form, where there is one.
//!
//! Take rules apart into boxes: one group or all, one resource entry, one verb or all, one name or all; one verb or all, one URL entry. A set
//! that rules can say is the union of the boxes inside it, and so of the largest of them. Each of these is needed: in every box there is a
//! request that lies in no other box but those that hold the whole of it. For where a box says "all" take a string that nobody
//! names; for an entry `pods/log` the resource of that text without a subresource, which `*/log` does not hold. So the largest boxes are
//! the only way to say the set without waste. They are then gathered into rules, each box into one rule, by what they have in common: first
//! the verbs that have the same names, then the resources that have the same verbs and names, then the groups that have the same
//! resources. Nothing of such a rule can be left out, and equal sets give equal rules. That the number of rules is the least
//! possible is not promised: finding it is as hard as covering a graph by complete bipartite ones.
//!
//! What "all" grants is not to be had for the string `*` alone, nor for all strings but one, so most complements cannot be said. Whether the
//! boxes make up the set is found by building it again.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::build::{any_resource_of, splits};
use super::layer::{Layer, Node, Op, Walk};
use super::paths::{Paths, after_prefix, right_after};
use super::{Action, Names, PermissionSet, ResourceMemo, Subresources, TooLarge, Verbs};
use crate::model::{ALL, PolicyRule};

/// Why a set was not turned into rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct RulesError(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("no rules allow exactly this set: they would leave out or allow too much beside {0}")]
    NotExpressible(Action),
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

impl From<TooLarge> for RulesError {
    fn from(error: TooLarge) -> Self {
        Self(error.into())
    }
}

impl RulesError {
    /// A request of the set that is in none of the largest rules inside the set: each rule that allows it allows something that is not in
    /// the set, or it is one of infinitely many alike, which rules would have to name one by one. None if it was the limit that was met.
    #[must_use]
    pub const fn witness(&self) -> Option<&Action> {
        match &self.0 {
            Kind::NotExpressible(witness) => Some(witness),
            Kind::TooLarge(_) => None,
        }
    }
}

impl PermissionSet {
    /// The rules that allow exactly this set: no rule and no entry of one can be left out, and equal sets give equal rules.
    ///
    /// Lists are sorted, rules by their groups, resources, names and verbs; those about URLs come last. Cost: about that of
    /// building the set.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::PermissionSet};
    /// let rules = [
    ///     PolicyRule::resources(["list", "get"], [""], ["pods"]),
    ///     PolicyRule::resources(["get"], [""], ["pods"]).named(["one"]),
    ///     PolicyRule::resources(["get", "list"], ["", ""], ["secrets"]),
    /// ];
    /// let set = PermissionSet::from_rules(&rules)?;
    /// assert_eq!(set.to_rules()?, [PolicyRule::resources(["get", "list"], [""], ["pods", "secrets"])]);
    ///
    /// // Rules only add: there is none for "all verbs but get".
    /// let all = PermissionSet::from_rule(&PolicyRule::resources(["*"], [""], ["pods"]))?;
    /// assert!(all.difference(&set)?.to_rules().unwrap_err().witness().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// No rules allow exactly this set, or it takes more than [`LIMIT`](Self::LIMIT) steps.
    pub fn to_rules(&self) -> Result<Vec<PolicyRule>, RulesError> {
        self.to_rules_within(Self::LIMIT)
    }

    /// [`to_rules`](Self::to_rules), found in so many steps.
    ///
    /// # Errors
    /// No rules allow exactly this set, or it takes more than `limit` steps.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::PermissionSet};
    /// let rule = PolicyRule::resources(["get"], [""], ["pods"]);
    /// let set = PermissionSet::from_rule(&rule)?;
    /// assert_eq!(set.to_rules_within(1000)?, [rule]);
    /// assert!(set.to_rules_within(1).unwrap_err().witness().is_none(), "there are rules, but they take more steps");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_rules_within(&self, limit: usize) -> Result<Vec<PolicyRule>, RulesError> {
        let mut writer = Writer { memo: ResourceMemo::default(), walk: Walk::new(limit), grants: HashMap::new() };
        let mut rules = writer.resource_rules(self)?;
        rules.extend(writer.url_rules(self)?);
        let said = Self::from_rules_within(&rules, limit)?;
        match self.difference_within(&said, limit)?.witness() {
            None => Ok(rules),
            Some(witness) => Err(Kind::NotExpressible(witness).into()),
        }
    }
}

/// The names of a box: all, or these.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Selection {
    All,
    These(Vec<Arc<str>>),
}

type Texts = BTreeSet<Arc<str>>;
/// Names, and the verbs that are granted for them.
type Grant = Rc<(Selection, Texts)>;
type Grants = Rc<[Grant]>;
/// What is granted, and for which resource entries.
type Granted = BTreeMap<Grant, Rc<Texts>>;
/// What is granted, for which resource entries, and in which groups.
type Found = BTreeMap<Grant, BTreeMap<Rc<Texts>, Texts>>;

struct Writer {
    memo: ResourceMemo,
    walk: Walk,
    /// What was found before, by the addresses of the sets asked about, which are kept so that no address comes again.
    grants: HashMap<[usize; 3], ([Verbs; 3], Grants)>,
}

impl Writer {
    fn resource_rules(&mut self, set: &PermissionSet) -> Result<Vec<PolicyRule>, TooLarge> {
        let of_all_groups = common(&set.resources, self.memo.of_subresources(), &mut self.walk)?;
        let mut found = Found::new();
        let granted = self.granted(&of_all_groups, &Subresources::constant(false))?;
        self.add(&mut found, &granted, &ALL.into())?;
        let mut known: HashMap<usize, Granted> = HashMap::new();
        for (group, value) in set.resources.listed().iter().filter(|(group, _)| **group != *ALL) {
            let granted = match known.entry(value.address()) {
                Entry::Occupied(granted) => granted.into_mut(),
                Entry::Vacant(place) => place.insert(self.granted(value, &of_all_groups)?),
            };
            self.add(&mut found, granted, group)?;
        }
        Ok(written(found))
    }

    fn add(&mut self, found: &mut Found, granted: &Granted, group: &Arc<str>) -> Result<(), TooLarge> {
        for (grant, entries) in granted {
            self.walk.budget.spend(1 + entries.len())?;
            let groups = found.entry(Rc::clone(grant)).or_default().entry(Rc::clone(entries)).or_default();
            groups.insert(Arc::clone(group));
        }
        Ok(())
    }

    /// The boxes of one group that lie in no box of all groups.
    fn granted(&mut self, set: &Subresources, of_all_groups: &Subresources) -> Result<Granted, TooLarge> {
        let mut found: BTreeMap<Grant, Texts> = BTreeMap::new();
        let (all, except) = (self.of_all(set)?, self.of_all(of_all_groups)?);
        self.grant(&mut found, ALL.into(), &all, [&except, &except])?;
        for (subresource, _) in set.listed().iter().filter(|(subresource, _)| !subresource.is_empty()) {
            let (some, except) = (self.of_any_resource(set, subresource)?, self.of_any_resource(of_all_groups, subresource)?);
            self.grant(&mut found, format!("*/{subresource}").into(), &some, [&all, &except])?;
        }
        for (entry, _) in set.at("").listed().iter().filter(|(entry, _)| **entry != *ALL && any_resource_of(entry).is_none()) {
            let (some, except) = (self.of_exactly(set, entry)?, self.of_exactly(of_all_groups, entry)?);
            self.grant(&mut found, Arc::clone(entry), &some, [&all, &except])?;
        }
        Ok(found.into_iter().map(|(grant, entries)| (grant, Rc::new(entries))).collect())
    }

    fn grant(
        &mut self,
        found: &mut BTreeMap<Grant, Texts>,
        entry: Arc<str>,
        allowed: &Verbs,
        except: [&Verbs; 2],
    ) -> Result<(), TooLarge> {
        for grant in self.grants(allowed, except)?.iter() {
            self.walk.budget.spend(1)?;
            found.entry(Rc::clone(grant)).or_default().insert(Arc::clone(&entry));
        }
        Ok(())
    }

    /// What the entry `*` may grant: what every resource with every subresource has.
    fn of_all(&mut self, set: &Subresources) -> Result<Verbs, TooLarge> {
        let memo = self.memo.of_verbs();
        let mut all = common(set.rest(), memo, &mut self.walk)?;
        for (_, resources) in set.listed() {
            if all.as_constant() == Some(false) {
                break;
            }
            let here = common(resources, memo, &mut self.walk)?;
            all = all.combine(&here, Op::Intersection, memo, &mut self.walk)?;
        }
        Ok(all)
    }

    /// What the entry `*/subresource` may grant.
    fn of_any_resource(&mut self, set: &Subresources, subresource: &str) -> Result<Verbs, TooLarge> {
        let every = common(set.at(subresource), self.memo.of_verbs(), &mut self.walk)?;
        self.also_of(every, set, &format!("*/{subresource}"))
    }

    /// What an entry that is no wildcard may grant.
    fn of_exactly(&mut self, set: &Subresources, entry: &str) -> Result<Verbs, TooLarge> {
        self.also_of(Verbs::constant(true), set, entry)
    }

    fn also_of(&mut self, mut allowed: Verbs, set: &Subresources, entry: &str) -> Result<Verbs, TooLarge> {
        for (resource, subresource) in splits(entry) {
            if allowed.as_constant() == Some(false) {
                break;
            }
            self.walk.budget.spend(1 + entry.len() / 100)?;
            let here = set.at(subresource).at(resource);
            allowed = allowed.combine(here, Op::Intersection, self.memo.of_verbs(), &mut self.walk)?;
        }
        Ok(allowed)
    }

    /// The boxes of verbs and names that lie in the set, but in none of the two others.
    fn grants(&mut self, allowed: &Verbs, except: [&Verbs; 2]) -> Result<Grants, TooLarge> {
        let [first, second] = except;
        let key = [allowed.address(), first.address(), second.address()];
        if let Some((_, known)) = self.grants.get(&key) {
            return Ok(Rc::clone(known));
        }
        let memo = self.memo.of_names();
        let every = common(allowed, memo, &mut self.walk)?;
        let (first_every, second_every) = (common(first, memo, &mut self.walk)?, common(second, memo, &mut self.walk)?);
        let mut found: BTreeMap<Selection, Texts> = BTreeMap::new();
        if let Some(names) = selection(&every, [&first_every, &second_every, &first_every]) {
            found.entry(names).or_default().insert(ALL.into());
        }
        for (verb, names) in allowed.listed().iter().filter(|(verb, _)| **verb != *ALL) {
            self.walk.budget.spend(1 + names.listed().len())?;
            if let Some(names) = selection(names, [&every, first.at(verb), second.at(verb)]) {
                found.entry(names).or_default().insert(Arc::clone(verb));
            }
        }
        let grants: Grants = found.into_iter().map(Rc::new).collect();
        self.grants.insert(key, ([allowed.clone(), first.clone(), second.clone()], Rc::clone(&grants)));
        Ok(grants)
    }

    fn url_rules(&mut self, set: &PermissionSet) -> Result<Vec<PolicyRule>, RulesError> {
        let every = common(&set.urls, &mut (), &mut self.walk)?;
        let mut found: BTreeMap<String, Texts> = BTreeMap::new();
        for entry in self.entries(&every, "get")? {
            found.entry(entry).or_default().insert(ALL.into());
        }
        for (verb, paths) in set.urls.listed().iter().filter(|(verb, _)| **verb != *ALL) {
            for entry in self.entries(paths, verb)? {
                let more = Paths::entry(&entry).combine(&every, Op::Difference, &mut (), &mut self.walk)?;
                if more.as_constant() != Some(false) {
                    found.entry(entry).or_default().insert(Arc::clone(verb));
                }
            }
        }
        let mut rules: BTreeMap<Texts, Vec<String>> = BTreeMap::new();
        for (entry, verbs) in found {
            rules.entry(verbs).or_default().push(entry);
        }
        Ok(rules.into_iter().map(|(verbs, urls)| PolicyRule::urls(texts(&verbs), urls)).collect())
    }

    /// The largest URL entries in the set, in order. From the start of each piece: the prefix if all that starts so is in the piece, else
    /// the path alone, then on behind it.
    ///
    /// No entry is the path that ends in a star, or the prefix, alone. In every gap that is left around an excluded path there is such a
    /// one, so the walk ends after a few dozen steps where there is a gap.
    fn entries(&mut self, paths: &Paths, verb: &str) -> Result<Vec<String>, RulesError> {
        let mut entries = Vec::new();
        for piece in paths.ends().chunks(2) {
            let mut start = piece.first().cloned();
            let end = piece.get(1);
            while let Some(path) = start.take().filter(|path| end.is_none_or(|end| path < end)) {
                self.walk.budget.spend(1 + path.len() / 100)?;
                if path.ends_with('*') {
                    let witness = Action::NonResource { verb: verb.to_owned(), path: path.to_string() };
                    return Err(Kind::NotExpressible(witness).into());
                }
                let behind = after_prefix(&path);
                let whole = end.is_none_or(|end| behind.as_ref().is_some_and(|behind| behind <= end));
                entries.push(if whole { format!("{path}*") } else { path.to_string() });
                start = if whole { behind } else { Some(right_after(&path)) };
            }
        }
        Ok(entries)
    }
}

/// What the node has for every string.
fn common<T: Layer>(node: &Node<T>, memo: &mut T::Memo, walk: &mut Walk) -> Result<T, TooLarge> {
    let mut common = node.rest().clone();
    for (_, value) in node.listed() {
        if common.as_constant() == Some(false) {
            break;
        }
        walk.budget.spend(1)?;
        common = common.combine(value, Op::Intersection, memo, walk)?;
    }
    Ok(common)
}

/// The names that are none of the others; nothing if there are none, or more than can be listed.
fn selection(names: &Names, others: [&Names; 3]) -> Option<Selection> {
    match names.as_constant() {
        Some(true) => others.iter().all(|other| other.as_constant() != Some(true)).then_some(Selection::All),
        _ if *names.rest() => None,
        _ => {
            let wanted = names.listed().iter().filter(|(name, _)| others.iter().all(|other| !other.at(name)));
            let listed: Vec<Arc<str>> = wanted.map(|(name, _)| Arc::clone(name)).collect();
            (!listed.is_empty()).then_some(Selection::These(listed))
        }
    }
}

fn written(found: Found) -> Vec<PolicyRule> {
    let mut rules = Vec::new();
    for (grant, places) in found {
        let (names, verbs) = &*grant;
        for (entries, groups) in places {
            let rule = PolicyRule::resources(texts(verbs), texts(&groups), texts(&entries));
            rules.push(match names {
                Selection::All => rule,
                Selection::These(names) => rule.named(names.iter().map(ToString::to_string)),
            });
        }
    }
    rules.sort_by(|a, b| key(a).cmp(&key(b)));
    rules
}

fn key(rule: &PolicyRule) -> [&[String]; 4] {
    [&rule.api_groups, &rule.resources, &rule.resource_names, &rule.verbs]
}

fn texts(texts: &Texts) -> impl Iterator<Item = String> {
    texts.iter().map(ToString::to_string)
}
