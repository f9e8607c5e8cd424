//! The rules of one role as a table: what a rule is about → the rule.

use super::hash::Topic;
use super::query::{About, Query};
use super::verbs::Verbs;
use crate::model::{ALL, PolicyRule};
use crate::rule::{entry_matches, rule_allows, url_entry_matches};
use crate::same::same;

/// An atom of a rule: one API group with one resource and perhaps one name, or one URL; and the verbs of the rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    /// [`Topic::short`] of what it is about.
    pub(super) topic: u32,
    pub(super) verbs: Verbs,
    pub(super) rule: u32,
    /// The number of the name in the rule or, for a URL, of the URL; or [`Atom::NAMELESS`] or [`Atom::SIGNPOST`].
    pub(super) item: u32,
    /// The number of the group in the rule; [`Atom::URL`] for a URL.
    pub(super) group: u16,
    /// The number of the resource in the rule.
    pub(super) resource: u16,
}

impl Atom {
    /// Names do not limit the rule.
    pub(super) const NAMELESS: u32 = u32::MAX;
    /// There are rules on the topic that are limited to names: to be found under the topic with the name.
    pub(super) const SIGNPOST: u32 = u32::MAX - 1;
    /// The atom is about a URL.
    pub(super) const URL: u16 = u16::MAX;

    /// Whether the atom is about what is asked, by its strings, and has the verb.
    #[inline(never)]
    fn allows(&self, rules: &[PolicyRule], query: &Query<'_>) -> bool {
        let Some(rule) = rules.get(self.rule as usize) else { return false };
        self.is_about(rule, query) && self.verbs.allow(query.verbs, query.request.verb, rule)
    }

    #[inline(always)]
    fn is_about(&self, rule: &PolicyRule, query: &Query<'_>) -> bool {
        let request = query.request;
        if self.group == Self::URL {
            let url = rule.non_resource_urls.get(self.item as usize);
            return !request.resource_request && url.is_some_and(|url| url_entry_matches(url, request.path));
        }
        let group = rule.api_groups.get(usize::from(self.group));
        let resource = rule.resources.get(usize::from(self.resource));
        let (Some(group), Some(resource)) = (group, resource) else { return false };
        request.resource_request
            && (same(group, request.api_group) || same(group, ALL))
            && entry_matches(resource, request.resource, request.subresource)
            && (self.item == Self::NAMELESS
                || rule.resource_names.get(self.item as usize).is_some_and(|name| same(name, request.name)))
    }

    /// What the atom is about, in the words of its rule.
    pub(super) fn words<'a>(&self, rules: &'a [PolicyRule]) -> Option<[&'a str; 3]> {
        let rule = rules.get(self.rule as usize)?;
        if self.group == Self::URL {
            return Some([rule.non_resource_urls.get(self.item as usize)?, "", ""]);
        }
        let name = rule.resource_names.get(self.item as usize).map_or("", String::as_str);
        Some([rule.api_groups.get(usize::from(self.group))?, rule.resources.get(usize::from(self.resource))?, name])
    }
}

/// The kinds of rule, and of wildcard, that a role has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shapes(pub(super) u8);

impl Shapes {
    pub(super) const GROUP: Self = Self(1);
    pub(super) const RESOURCE: Self = Self(2);
    pub(super) const SUBRESOURCE: Self = Self(4);
    pub(super) const PREFIX: Self = Self(8);
    pub(super) const PLAIN: Self = Self(16);
    /// Rules on a resource, whatever the wildcards.
    pub(super) const RESOURCES: Self = Self(32);
    /// Rules on URL paths without a wildcard.
    pub(super) const PATHS: Self = Self(64);
    /// Whatever rules on resources have.
    const ON_RESOURCES: Self = Self(1 | 2 | 4 | 16 | 32);
    /// Whatever rules on URL paths have.
    const ON_PATHS: Self = Self(8 | 64);
    /// The shapes of rules that may be about a request for a resource although none names its topic.
    pub(super) const WIDE: Self = Self(1 | 2 | 16);
    /// The same for a request with a subresource.
    pub(super) const WIDE_SUBRESOURCE: Self = Self(1 | 2 | 4 | 16);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The table of a role.
///
/// Atoms are sorted by topic, and `starts` tells where the atoms of each equal part of the hash range start, so that a look-up reads
/// one entry there and an atom or two. Memory: 20 bytes an atom, 4 bytes for every two.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleTable {
    pub(super) atoms: Box<[Atom]>,
    pub(super) starts: Box<[u32]>,
    /// By how much a topic is shifted to find its entry in `starts`.
    pub(super) shift: u8,
    pub(super) shapes: Shapes,
    /// The lengths of URL prefixes, ascending.
    pub(super) prefixes: Box<[u32]>,
    /// The rules that are read as they are, because their atoms would be many more than their words.
    pub(super) plain: Box<[u32]>,
}

/// What a role, or any of several roles, may have rules about: nothing that has a rule is missing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scope {
    filter: Filter,
    shapes: Shapes,
}

impl Scope {
    pub(super) const fn new(filter: Filter, shapes: Shapes) -> Self {
        Self { filter, shapes }
    }

    /// Takes in what another role may have.
    pub(super) fn widen(&mut self, other: &Self) {
        self.filter.widen(&other.filter);
        self.shapes.add(other.shapes);
    }

    /// Whether there may be a rule about what is asked: no where there is none for certain.
    #[inline(always)]
    pub(super) fn may_allow(&self, about: &About) -> bool {
        (self.filter.may_have(about.topic.short()) & self.shapes.has(about.kind)) | self.shapes.has(about.wide)
    }
}

/// What any of many roles may have rules about. Topics of resources and of URLs stand apart, so that a request about the one kind is not taken for
/// one of the many topics of the other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scopes {
    resources: Scope,
    paths: Scope,
}

impl Scopes {
    /// Takes in what one role may have.
    pub(super) fn widen(&mut self, role: &Scope) {
        if role.shapes.has(Shapes::ON_RESOURCES) {
            self.resources.widen(role);
        }
        if role.shapes.has(Shapes::ON_PATHS) {
            self.paths.widen(role);
        }
    }

    /// As [`Scope::may_allow`].
    #[inline(always)]
    pub(super) fn may_allow(&self, about: &About) -> bool {
        let scope = if about.kind.has(Shapes::PATHS) { &self.paths } else { &self.resources };
        scope.may_allow(about)
    }
}

/// Which topics a role may have rules on: nothing that has a rule is missing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter([u64; 4]);

impl Filter {
    pub(super) fn add(&mut self, topic: u32) {
        if let Some(word) = self.0.get_mut((topic >> 30) as usize) {
            *word |= 1 << (topic >> 24 & 63);
        }
    }

    fn widen(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
    }

    #[inline(always)]
    fn may_have(&self, topic: u32) -> bool {
        self.0.get((topic >> 30) as usize).is_some_and(|word| word >> (topic >> 24 & 63) & 1 == 1)
    }
}

impl RuleTable {
    /// The number of the first rule that allows. Cost: a look-up, one for each kind of wildcard or each length of URL prefix that the role
    /// has, and its plain rules.
    #[inline(always)]
    pub(super) fn first_rule(&self, rules: &[PolicyRule], query: &Query<'_>) -> Option<u32> {
        let mut seen = self.look(rules, query, query.about.topic, u32::MAX);
        if seen.is_named || self.shapes.has(query.about.wide) {
            seen.first = self.look_further(rules, query, seen);
        }
        (seen.first != u32::MAX).then_some(seen.first)
    }

    /// The first rule under the topic that allows and stands before the one that is known.
    #[inline(always)]
    fn look(&self, rules: &[PolicyRule], query: &Query<'_>, topic: Topic, first: u32) -> Seen {
        let topic = topic.short();
        let mut seen = Seen { first, is_named: false };
        let start = self.starts.get((u64::from(topic) >> self.shift) as usize);
        let Some(atoms) = start.and_then(|&start| self.atoms.get(start as usize..)) else { return seen };
        for atom in atoms {
            if atom.topic > topic {
                break;
            }
            if atom.topic < topic || !atom.verbs.meet(query.verbs) {
                continue;
            }
            if atom.item == Atom::SIGNPOST {
                seen.is_named = true;
            } else if atom.rule < seen.first && atom.allows(rules, query) {
                seen.first = atom.rule;
                break;
            }
        }
        seen
    }

    /// The same with what there is beyond the plain topic.
    #[inline(never)]
    fn look_further(&self, rules: &[PolicyRule], query: &Query<'_>, seen: Seen) -> u32 {
        let mut search = Search { table: self, rules, query, first: seen.first };
        if seen.is_named {
            search.name_under(query.about.topic);
        }
        if self.shapes.has(query.about.wide) {
            search.wide();
        }
        search.first
    }
}

/// What was seen under a topic.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// The first rule that allows, or `u32::MAX`.
    first: u32,
    /// Whether there may be more under the name of the request.
    is_named: bool,
}

/// The search for the first rule of a table that allows.
struct Search<'s> {
    table: &'s RuleTable,
    rules: &'s [PolicyRule],
    query: &'s Query<'s>,
    first: u32,
}

impl Search<'_> {
    #[inline(never)]
    fn name_under(&mut self, topic: Topic) {
        self.look(topic.named(self.query.hashes.text(self.query.request.name)));
    }

    #[inline(never)]
    fn wide_topic(&mut self, topic: Topic) {
        if self.look(topic) {
            self.name_under(topic);
        }
    }

    /// Notes the first rule under the topic that allows; says whether there may be more under the name of the request.
    #[inline(always)]
    fn look(&mut self, topic: Topic) -> bool {
        let Seen { first, is_named } = self.table.look(self.rules, self.query, topic, self.first);
        self.first = first;
        is_named
    }

    /// Everything beyond the plain topic.
    #[inline(never)]
    fn wide(&mut self) {
        if self.query.request.resource_request {
            self.wildcards();
            self.plain();
        } else {
            self.prefixes();
        }
    }

    fn wildcards(&mut self) {
        let (Query { request, hashes, .. }, shapes) = (self.query, self.table.shapes);
        let groups = [Some(request.api_group), shapes.has(Shapes::GROUP).then_some(ALL)];
        let subresource =
            (shapes.has(Shapes::SUBRESOURCE) && !request.subresource.is_empty()).then_some((ALL, request.subresource));
        let resources = [shapes.has(Shapes::RESOURCE).then_some((ALL, "")), subresource];
        for (resource, subresource) in resources.into_iter().flatten() {
            for group in groups.into_iter().flatten() {
                self.wide_topic(hashes.topic(group, resource, subresource));
            }
        }
        if shapes.has(Shapes::GROUP) {
            self.wide_topic(hashes.topic(ALL, request.resource, request.subresource));
        }
    }

    fn plain(&mut self) {
        for &number in &self.table.plain {
            let allows = |rule| rule_allows(rule, self.query.request);
            if number < self.first && self.rules.get(number as usize).is_some_and(allows) {
                self.first = number;
                return;
            }
        }
    }

    fn prefixes(&mut self) {
        let path = self.query.request.path.as_bytes();
        for &length in &self.table.prefixes {
            let Some(prefix) = path.get(..length as usize) else { return };
            self.wide_topic(Topic::prefix(self.query.hashes.bytes(prefix)));
        }
    }
}
