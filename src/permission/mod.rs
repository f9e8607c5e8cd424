//! The exact algebra of permissions: the set of requests that a list of rules allows, as a value.
//!
//! A [`PermissionSet`] knows nothing of users and namespaces: it is what some rules say together. Sets are united, intersected, subtracted
//! and complemented; compared, which is comparing what they allow and not how it was written; and turned back into the one shortest form of
//! their rules, where rules can say it at all. Upstream's own algebra, with its gaps, stands in `rule`; what a subject holds in a namespace is
//! put together by `query`.
//!
//! # What the requests are
//!
//! There are two universes that share nothing. A request about a resource is a tuple of strings (group, subresource, resource, verb, name), a
//! request about a URL a pair (verb, path). Every string is possible in every place: no verb, a resource that holds a slash, a subresource
//! `*`. A set of requests is a set of such tuples.
//!
//! # How a set is kept
//!
//! A rule asks of each string only whether it is one of a few, or nothing at all. So a set of tuples, taken as a function of its first string
//! whose values are sets of shorter tuples, is constant outside finitely many strings. It is kept as that: the list of the exceptional
//! strings, sorted, with their values, and the value of all others (a finite or cofinite edge). No listed value equals the value of the rest, and
//! the values are kept the same way, down to true and false. By induction over the length of the tuple, equal sets have equal diagrams: the
//! value of the rest is the one that infinitely many strings have, and the exceptions are those that have another. Equal parts are one
//! shared node, as in a reduced ordered decision diagram.
//!
//! What an entry of `resources` says is no question about one string, but becomes one by the order of the places. With `c` the entry, it holds the
//! pair (resource, subresource) if `c` is the resource and there is no subresource; or if `c` is the two joined by a slash; or, for `*/s`,
//! if the subresource is `s`. A text of k slashes is the join of at most k pairs, so an entry is at most k + 1 pairs and one "any resource
//! with the subresource s". The subresource stands before the resource so that the last is a single edge.
//!
//! Sets of paths are kept as sorted ends of half-open intervals in the order of strings: those that start with `p` lie from `p` up to the least
//! string behind all of them, the path `p` itself is what lies from `p` up to `p` and a NUL. Every end is the least element of a piece, so these
//! lists are unique as well.
//!
//! # What it costs
//!
//! The size of a set is the number of its edges. A union, intersection or difference of sets of m and n edges takes at most `O(m · n)` steps and
//! no more than the pairs of nodes that meet; where one side is a single rule, or the two are about different groups, it is about linear.
//! A list of n rules can hold up to `O(n⁴)` edges when it is written for that, by wildcards in changing places. A real one of 10,000 rules
//! stays far below that. So whatever builds a set is limited: it takes at most [`PermissionSet::LIMIT`] steps, or as many as the caller says
//! with the `_within` form of the function, and gives [`TooLarge`] beyond. A step is one edge; it costs some 50 bytes at most.
//! [`covers`](PermissionSet::covers) and [`intersects`](PermissionSet::intersects) build nothing and stop at the first answer.
//!
//! Going back to rules is explained at [`PermissionSet::to_rules`].
//!
//! ```
//! use k8s_rbac::{model::PolicyRule, permission::PermissionSet, request::Attributes};
//! let held = PermissionSet::from_rules(&[
//!     PolicyRule::resources(["get", "list"], [""], ["pods"]),
//!     PolicyRule::resources(["watch"], [""], ["pods", "secrets"]),
//! ])?;
//! let wanted = PermissionSet::from_rule(&PolicyRule::resources(["get", "list", "watch"], [""], ["pods"]))?;
//! assert!(held.covers(&wanted));
//! let more = held.difference(&wanted)?;
//! assert!(more.contains(&Attributes::resource("watch", "secrets")));
//! assert_eq!(more, PermissionSet::from_rule(&PolicyRule::resources(["watch"], [""], ["secrets"]))?);
//! # Ok::<(), k8s_rbac::permission::TooLarge>(())
//! ```

use std::collections::BTreeSet;
use std::fmt;

use crate::quote::Quoted;
use crate::request::Attributes;
use layer::{Memo, Node};
use paths::Paths;

mod algebra;
mod build;
mod layer;
mod paths;
mod pattern;
mod rules;
#[cfg(test)]
mod tests;
mod witness;

pub use rules::RulesError;

/// The name of the object, last.
type Names = Node<bool>;
type Verbs = Node<Names>;
type Resources = Node<Verbs>;
type Subresources = Node<Resources>;
/// Requests about resources.
type Groups = Node<Subresources>;
/// What is remembered of sets of requests about resources, place by place.
type ResourceMemo = Memo<Subresources>;
/// Requests about URLs: verb, then path.
type Urls = Node<Paths>;

impl ResourceMemo {
    fn of_subresources(&mut self) -> &mut Memo<Resources> {
        self.below()
    }

    fn of_resources(&mut self) -> &mut Memo<Verbs> {
        self.of_subresources().below()
    }

    fn of_verbs(&mut self) -> &mut Memo<Names> {
        self.of_resources().below()
    }

    fn of_names(&mut self) -> &mut Memo<bool> {
        self.of_verbs().below()
    }
}

/// A set of requests.
///
/// Equal sets are equal values, however they were made. A copy shares everything. The user and the namespace of a request, and the
/// version of its API group, are no part of it. See the [module](self) for what it is and costs.
#[derive(Clone)]
pub struct PermissionSet {
    resources: Groups,
    urls: Urls,
}

/// The rules of the set, or why there are none.
impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PermissionSet").field(&self.to_rules()).finish()
    }
}

/// As the list of its rules; an error where it has none.
impl serde::Serialize for PermissionSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_rules().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// The rules that allow exactly the set; `null` where there are none.
pub(crate) fn rules_or_null<S: serde::Serializer>(set: &PermissionSet, serializer: S) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&set.to_rules().ok(), serializer)
}

/// Some strings: these, or all but those.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::exhaustive_enums, reason = "a set of strings here is finite, or what a finite one leaves out")]
pub enum Choice {
    /// These.
    Only(BTreeSet<String>),
    /// All but these.
    AllBut(BTreeSet<String>),
}

/// All strings.
impl Default for Choice {
    fn default() -> Self {
        Self::AllBut(BTreeSet::new())
    }
}

/// Requests about resources, place by place: those whose every string is one of the chosen. By default all.
///
/// A string stands for itself here, `*` too. What a rule's wildcards mean is said by [`PermissionSet::from_rule`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(clippy::exhaustive_structs, reason = "a request about a resource has these places")]
pub struct Pattern {
    /// The verbs.
    pub verbs: Choice,
    /// The API groups.
    pub api_groups: Choice,
    /// The resources.
    pub resources: Choice,
    /// The subresources; `""` for none.
    pub subresources: Choice,
    /// The names; `""` for requests without one.
    pub names: Choice,
}

/// A set would need more steps to be built than the limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the set of permissions takes more than {limit} steps to build")]
pub struct TooLarge {
    limit: usize,
}

impl TooLarge {
    /// The limit that was met.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }
}

/// A request without a user and a namespace, as an owned value: a member of a [`PermissionSet`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(clippy::exhaustive_enums, reason = "a request is about a resource or about a URL")]
pub enum Action {
    /// About a resource.
    Resource {
        /// The verb.
        verb: String,
        /// The API group.
        api_group: String,
        /// The resource.
        resource: String,
        /// The subresource.
        subresource: String,
        /// The name of the object.
        name: String,
    },
    /// About a URL.
    NonResource {
        /// The verb: the HTTP method in lower case.
        verb: String,
        /// The path.
        path: String,
    },
}

impl Action {
    /// The request, without a user and a namespace.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'_> {
        match self {
            Self::Resource { verb, api_group, resource, subresource, name } => {
                Attributes::resource(verb, resource).in_group(api_group).subresource(subresource).named(name)
            }
            Self::NonResource { verb, path } => Attributes::non_resource(verb, path),
        }
    }
}

/// The parts that are not empty, quoted; the group always.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonResource { verb, path } => write!(f, "verb {}, path {}", Quoted(verb), Quoted(path)),
            Self::Resource { verb, api_group, resource, subresource, name } => {
                write!(f, "verb {}, group {}, resource {}", Quoted(verb), Quoted(api_group), Quoted(resource))?;
                for (what, text) in [("subresource", subresource), ("name", name)].iter().filter(|(_, text)| !text.is_empty()) {
                    write!(f, ", {what} {}", Quoted(text))?;
                }
                Ok(())
            }
        }
    }
}

impl From<&Attributes<'_>> for Action {
    fn from(request: &Attributes<'_>) -> Self {
        if !request.resource_request {
            return Self::NonResource { verb: request.verb.into(), path: request.path.into() };
        }
        Self::Resource {
            verb: request.verb.into(),
            api_group: request.api_group.into(),
            resource: request.resource.into(),
            subresource: request.subresource.into(),
            name: request.name.into(),
        }
    }
}
