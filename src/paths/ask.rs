//! What an edge asks of a rule: some verb on a resource or a URL, and for which names the rule gives it.

use crate::model::PolicyRule;
use crate::rule::{api_group_matches, non_resource_url_matches, resource_matches, verb_matches};

/// One of these verbs on one resource, or on one URL path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Ask {
    pub(super) verbs: &'static [&'static str],
    pub(super) group: &'static str,
    /// `pods`, `pods/exec`; a URL path if it starts with `/` or is `*` without a group.
    pub(super) target: &'static str,
    pub(super) url: bool,
}

/// One of these verbs on the resource.
pub(super) const fn ask(verbs: &'static [&'static str], group: &'static str, target: &'static str) -> Ask {
    Ask { verbs, group, target, url: false }
}

/// One of these verbs on the URL path.
pub(super) const fn url(verbs: &'static [&'static str], path: &'static str) -> Ask {
    Ask { verbs, group: "", target: path, url: true }
}

/// For which names of objects something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach<'a> {
    /// For all.
    All,
    /// For these.
    Names(&'a [String]),
}

impl Ask {
    /// The verb that the rule gives, and for which names. Cost: `O(entries of the rule)`.
    pub(super) fn of<'a>(&self, rule: &'a PolicyRule) -> Option<(&'static str, Reach<'a>)> {
        if self.url {
            let verb = self.verbs.iter().find(|verb| verb_matches(rule, verb))?;
            return non_resource_url_matches(rule, self.target).then_some((*verb, Reach::All));
        }
        let (resource, subresource) = self.parts();
        if !api_group_matches(rule, self.group) || !resource_matches(rule, resource, subresource) {
            return None;
        }
        let reach = |verb: &'static str| {
            if rule.resource_names.is_empty() {
                return Some(Reach::All);
            }
            takes_name(verb, subresource).then_some(Reach::Names(&rule.resource_names))
        };
        self.verbs.iter().filter(|verb| verb_matches(rule, verb)).find_map(|verb| Some((*verb, reach(verb)?)))
    }

    /// The resource and the subresource.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        self.target.split_once('/').filter(|_| !self.url).unwrap_or((self.target, ""))
    }

    /// A rule that gives what is asked for.
    pub(super) fn rule(&self) -> PolicyRule {
        match self.url {
            true => PolicyRule::urls(self.verbs.iter().copied(), [self.target]),
            false => PolicyRule::resources(self.verbs.iter().copied(), [self.group], [self.target]),
        }
    }
}

/// Whether a request of the verb can carry the name of an object. A list or watch of one name carries it as a field selector.
pub(super) fn takes_name(verb: &str, subresource: &str) -> bool {
    !subresource.is_empty() || !matches!(verb, "create" | "deletecollection")
}
