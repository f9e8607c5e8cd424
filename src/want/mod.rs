//! What rules are searched for: some verbs on some resources or URLs, and for which names of objects.
//!
//! `lint` looks for what is risky to grant, `paths` for what an edge takes; both ask rule by rule. A request is allowed by a list of rules
//! exactly when one of them allows it, and every name is allowed exactly when a rule without names does, so that is exact. What rules mean
//! together as sets is the business of `permission`.

use crate::model::PolicyRule;
use crate::request::OwnedAttributes;

mod answer;
mod word;

pub(crate) use answer::Reach;

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

/// Some verbs on some resources of an API group, or on some URL paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Ask {
    verbs: &'static [&'static str],
    group: &'static str,
    targets: &'static [&'static str],
    urls: bool,
    /// Whether a rule has to name the verb: a star does not do.
    named_verb: bool,
}

/// Some verbs on some resources of an API group. It is met by a rule that allows one such request.
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
    ask: Ask,
    names: Names,
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

impl Ask {
    /// One of these verbs on one of these resources (`pods`, `pods/exec`).
    pub(crate) const fn new(verbs: &'static [&'static str], group: &'static str, targets: &'static [&'static str]) -> Self {
        Self { verbs, group, targets, urls: false, named_verb: false }
    }

    /// One of these verbs on one of these URL paths.
    pub(crate) const fn urls(verbs: &'static [&'static str], paths: &'static [&'static str]) -> Self {
        Self { verbs, group: "", targets: paths, urls: true, named_verb: false }
    }

    /// A rule that gives what is asked for; an open word is filled in.
    pub(crate) fn rule(self) -> PolicyRule {
        let words = |list: &[&'static str]| list.iter().map(|word| word::filled(word)).collect::<Vec<_>>();
        match self.urls {
            true => PolicyRule::urls(words(self.verbs), words(self.targets)),
            false => PolicyRule::resources(words(self.verbs), words(&[self.group]), words(self.targets)),
        }
    }
}

impl Want {
    /// One of these verbs on one of these resources (`pods`, `pods/exec`).
    #[must_use]
    pub const fn new(
        verbs: &'static [&'static str],
        group: &'static str,
        targets: &'static [&'static str],
        names: Names,
    ) -> Self {
        Self { ask: Ask::new(verbs, group, targets), names }
    }

    /// One of these verbs on one of these URL paths.
    #[must_use]
    pub const fn urls(verbs: &'static [&'static str], paths: &'static [&'static str]) -> Self {
        Self { ask: Ask::urls(verbs, paths), names: Names::All }
    }

    /// The same, met only by rules that name the verb: a star does not do. It is for verbs that mean something on resources of any name, and
    /// nothing on those that are served.
    #[must_use]
    pub const fn naming_the_verb(mut self) -> Self {
        self.ask.named_verb = true;
        self
    }

    /// The first rule that meets it, with a request. Cost: `O(rules · verbs · resources)`.
    #[must_use]
    pub fn witness(&self, rules: &[PolicyRule]) -> Option<Witness> {
        rules.iter().enumerate().find_map(|(rule_index, rule)| Some(Witness { rule_index, request: self.request(rule)? }))
    }

    fn request(&self, rule: &PolicyRule) -> Option<OwnedAttributes> {
        self.ask.answers(rule).find_map(|answer| Some(answer.request(self.names.of(&answer)?)))
    }
}

/// The same, asking for less.
#[cfg(test)]
impl Want {
    pub(crate) const fn of_any_verb(self) -> Self {
        Self { ask: Ask { verbs: &["?"], named_verb: false, ..self.ask }, ..self }
    }

    /// URLs have no group.
    pub(crate) const fn of_any_group(self) -> Self {
        let group = if self.ask.urls { "" } else { "?" };
        Self { ask: Ask { group, ..self.ask }, ..self }
    }

    pub(crate) const fn of_any_target(self) -> Self {
        Self { ask: Ask { targets: &["?"], ..self.ask }, ..self }
    }

    /// URLs have no names.
    pub(crate) const fn of_names(self, names: Names) -> Self {
        Self { names: if self.ask.urls { self.names } else { names }, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::rule_allows;

    fn told(want: Want, rule: &PolicyRule) -> Option<String> {
        let found = want.witness(std::slice::from_ref(rule))?;
        assert!(rule_allows(rule, &found.request.attributes()), "{want:?} on {rule:?}");
        Some(found.request.to_string())
    }

    #[test]
    fn names_narrow_as_the_authorizer_narrows() {
        let want = |verb: &'static [&'static str], names| Want::new(verb, "", &["secrets"], names);
        let all = PolicyRule::resources(["*"], [""], ["secrets"]);
        let (named, nameless) = (all.clone().named(["a"]), all.clone().named(["a", ""]));
        let rows = [
            (want(&["get"], Names::All), &all, Some("get secrets any")),
            (want(&["get"], Names::All), &named, None),
            (want(&["list"], Names::All), &all, Some("list secrets")),
            (want(&["list"], Names::Some), &named, Some("list secrets a")),
            (want(&["create"], Names::Some), &named, None),
            (want(&["create"], Names::Some), &nameless, Some("create secrets")),
            (want(&["get"], Names::All), &nameless, None),
            (want(&["get"], Names::Limited), &all, None),
            (want(&["get"], Names::Limited), &named, Some("get secrets a")),
            (want(&["get"], Names::OneOf(&["b", "a"])), &named, Some("get secrets a")),
            (want(&["get"], Names::OneOf(&["b"])), &named, None),
            (want(&["get"], Names::OneOf(&["b"])), &all, Some("get secrets b")),
            (want(&["get"], Names::NamedNot(&["b"])), &named, Some("get secrets a")),
            (want(&["get"], Names::NamedNot(&["a"])), &named, None),
        ];
        for (want, rule, request) in rows {
            assert_eq!(told(want, rule).as_deref(), request, "{want:?} on {rule:?}");
        }
    }

    #[test]
    fn open_words_stand_for_what_the_rule_names() {
        let extra = Want::new(&["impersonate"], "g", &["userextras/?"], Names::Some);
        let own = Want::new(&["impersonate-on:?"], "?.example.com", &["?"], Names::Some);
        let rule = |verb: &str, group: &str, entry: &str| PolicyRule::resources([verb], [group], [entry]);
        let rows = [
            (extra, rule("impersonate", "g", "userextras/scopes"), Some("impersonate userextras.g/scopes any")),
            (extra, rule("impersonate", "g", "*"), Some("impersonate userextras.g/any any")),
            (extra, rule("impersonate", "g", "*/scopes"), Some("impersonate userextras.g/scopes any")),
            (extra, rule("impersonate", "g", "uids"), None),
            (own, rule("impersonate-on:a:get", "a.example.com", "b/c"), Some("impersonate-on:a:get b.a.example.com/c any")),
            (own, rule("*", "*", "*"), Some("impersonate-on:any any.any.example.com any")),
            (own, rule("impersonate", "a.example.com", "b"), None),
            (own, rule("*", "example.com", "b"), None),
        ];
        for (want, rule, request) in rows {
            assert_eq!(told(want, &rule).as_deref(), request, "{want:?} on {rule:?}");
        }
    }
}
