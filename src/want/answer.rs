//! What a rule answers to what is asked: which of it the rule gives, and for which names.

use super::word::{Word, meant, pairs};
use super::{Ask, Names};
use crate::model::PolicyRule;
use crate::request::{Attributes, OwnedAttributes};
use crate::rule::{api_group_matches, non_resource_url_matches, resource_matches, verb_matches};

/// For which names of objects something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach<'a> {
    /// For all.
    All,
    /// For these.
    Names(&'a [String]),
}

/// Something that is asked for, and that a rule gives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    verb: Word<'a>,
    group: Word<'a>,
    resource: Word<'a>,
    subresource: Word<'a>,
    /// Whether the resource is a URL path.
    url: bool,
    /// For which names.
    pub(crate) reach: Reach<'a>,
    /// Whether requests carry no name.
    nameless: bool,
}

/// Verbs of requests that have no name when they are about a resource itself.
const NAMELESS: [&str; 4] = ["list", "watch", "create", "deletecollection"];
/// Those of them that can carry one, as a field selector.
const SELECTING: [&str; 2] = ["list", "watch"];

impl Ask {
    /// What the rule gives of it: verb by verb. Cost: `O(verbs · resources)`, and no allocation unless a word is open.
    pub(crate) fn answers(self, rule: &PolicyRule) -> impl Iterator<Item = Answer<'_>> {
        let resources = (!self.urls).then(|| self.of_resources(rule));
        let urls = self.urls.then(|| self.of_urls(rule));
        resources.into_iter().flatten().chain(urls.into_iter().flatten())
    }

    /// One answer for what does not matter which: one for all names, if there is such a one.
    pub(crate) fn answer(self, rule: &PolicyRule) -> Option<Answer<'_>> {
        let mut answers = self.answers(rule);
        let first = answers.next()?;
        let all = |answer: &Answer<'_>| answer.reach == Reach::All;
        Some(if all(&first) { first } else { answers.find(all).unwrap_or(first) })
    }

    fn of_resources(self, rule: &PolicyRule) -> impl Iterator<Item = Answer<'_>> {
        let group = meant(self.group, &rule.api_groups).find(|group| api_group_matches(rule, &group.text()));
        group.into_iter().flat_map(move |group| {
            let verbs = self.verbs.iter().flat_map(|verb| meant(verb, &rule.verbs));
            verbs.filter(move |verb| self.gives(rule, &verb.text())).flat_map(move |verb| self.of_verb(rule, verb, group))
        })
    }

    fn gives(self, rule: &PolicyRule, verb: &str) -> bool {
        if self.named_verb { rule.verbs.iter().any(|entry| entry == verb) } else { verb_matches(rule, verb) }
    }

    fn of_verb<'a>(self, rule: &'a PolicyRule, verb: Word<'a>, group: Word<'a>) -> impl Iterator<Item = Answer<'a>> {
        let pairs = self.targets.iter().flat_map(|target| pairs(target, &rule.resources));
        let given = pairs.filter(|(resource, subresource)| resource_matches(rule, &resource.text(), &subresource.text()));
        given.filter_map(move |(resource, subresource)| {
            let spoken = verb.text();
            let nameless = subresource.text().is_empty() && NAMELESS.contains(&&*spoken);
            let reach = reach(rule, nameless, nameless && !SELECTING.contains(&&*spoken))?;
            Some(Answer { verb, group, resource, subresource, url: false, reach, nameless })
        })
    }

    fn of_urls(self, rule: &PolicyRule) -> impl Iterator<Item = Answer<'_>> {
        let verbs = self.verbs.iter().flat_map(|verb| meant(verb, &rule.verbs)).filter(|verb| verb_matches(rule, &verb.text()));
        let paths = move || self.targets.iter().flat_map(|path| meant(path, &rule.non_resource_urls));
        let given = move || paths().filter(|path| non_resource_url_matches(rule, &path.text()));
        verbs.flat_map(move |verb| given().map(move |path| Answer::of_url(verb, path)))
    }
}

/// For which names a rule allows a request that carries none, or never can.
fn reach(rule: &PolicyRule, nameless: bool, never: bool) -> Option<Reach<'_>> {
    let listed = rule.resource_names.as_slice();
    let without = listed.is_empty() || (nameless && listed.iter().any(String::is_empty));
    if without { Some(Reach::All) } else { (!never).then_some(Reach::Names(listed)) }
}

impl<'a> Answer<'a> {
    fn of_url(verb: Word<'a>, path: Word<'a>) -> Self {
        let none = Word::of("");
        Self { verb, group: none, resource: path, subresource: none, url: true, reach: Reach::All, nameless: true }
    }

    /// The request for a name, without user and namespace.
    pub(crate) fn request(&self, name: &str) -> OwnedAttributes {
        let (verb, resource, subresource, group) =
            (self.verb.text(), self.resource.text(), self.subresource.text(), self.group.text());
        if self.url {
            return Attributes::non_resource(&verb, &resource).into();
        }
        Attributes::resource(&verb, &resource).subresource(&subresource).in_group(&group).named(name).into()
    }
}

impl Names {
    /// A name for which the answer is what is wanted.
    pub(super) fn of<'a>(self, answer: &Answer<'a>) -> Option<&'a str> {
        match answer.reach {
            Reach::All => self.of_all().map(|name| if answer.nameless { "" } else { name }),
            Reach::Names(listed) => self.among(listed),
        }
    }

    fn of_all(self) -> Option<&'static str> {
        match self {
            Self::All | Self::Some => Some("any"),
            Self::OneOf(names) => names.first().copied(),
            Self::Limited | Self::Named(_) | Self::NamedNot(_) => None,
        }
    }

    /// One of the names to which a rule is limited, if they are what is wanted.
    pub(crate) fn among(self, listed: &[String]) -> Option<&str> {
        let first = || listed.first().map(String::as_str);
        let one_of = |names: &[&str]| names.iter().find_map(|name| listed.iter().find(|entry| entry == name)).map(String::as_str);
        match self {
            Self::All => None,
            Self::Some | Self::Limited => first(),
            Self::OneOf(names) | Self::Named(names) => one_of(names),
            Self::NamedNot(names) => first().filter(|_| one_of(names).is_none()),
        }
    }
}
