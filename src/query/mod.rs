//! The questions beside "may this user do this": what may a user do, and who may do this.
//!
//! [`rules_for`] and [`allowed_subjects`] are upstream's questions with upstream's answers, duplicates and oddities included. Single
//! decisions are the business of `authorize`, the server's review objects around them that of `review`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::authorize::{Aggregate, Grant};
use crate::model::{PolicyRule, Subject};
use crate::permission::PermissionSet;
use crate::policy::ResolutionError;
use crate::request::Attributes;

mod allowed_subjects;
mod effective;
mod rules_for;

pub use allowed_subjects::allowed_subjects;
pub use effective::effective;
pub use rules_for::rules_for;

/// Every rule that applies to a user in a namespace, and the references that led to no role. Made by [`rules_for`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct RulesFor<'a> {
    /// The rules, each with the binding and the subject of it that grant it, in upstream's order.
    pub grants: Vec<Grant<'a>>,
    /// The bindings of the user whose reference leads to no role, in order.
    pub errors: Vec<ResolutionError<'a>>,
}

impl<'a> RulesFor<'a> {
    /// The rules alone, in order. One that is granted twice stands here twice, as upstream has it.
    pub fn rules(&self) -> impl Iterator<Item = &'a PolicyRule> + '_ {
        self.grants.iter().filter_map(Grant::rule)
    }

    /// The errors in upstream's words; `None` if there are none.
    #[must_use]
    pub fn error(&self) -> Option<Aggregate> {
        aggregate(&self.errors)
    }
}

/// Upstream's answer to "who may do this". Made by [`allowed_subjects`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct AllowedSubjects<'a> {
    /// The subjects as they stand in the bindings: duplicates are kept, and a service account without a namespace is not given one.
    pub subjects: Vec<Cow<'a, Subject>>,
    /// The bindings whose reference leads to no role, in order.
    pub errors: Vec<ResolutionError<'a>>,
}

impl AllowedSubjects<'_> {
    /// The errors in upstream's words; `None` if there are none.
    #[must_use]
    pub fn error(&self) -> Option<Aggregate> {
        aggregate(&self.errors)
    }
}

/// What a user is allowed: a set of requests for every namespace. Made by [`effective`].
///
/// Two are equal exactly if the same requests are allowed, for a namespace is listed only if its set is not that of the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Effective {
    /// What is allowed in the whole cluster: without a namespace, and in every namespace.
    pub cluster: PermissionSet,
    /// The namespaces where more than that is allowed, with all that is allowed there.
    pub by_namespace: BTreeMap<String, PermissionSet>,
}

impl Effective {
    /// What is allowed in the namespace; without one (`""`), in the whole cluster. Cost: `O(log namespaces)`.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str) -> &PermissionSet {
        self.by_namespace.get(namespace).unwrap_or(&self.cluster)
    }

    /// Whether nothing is allowed anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cluster.is_empty() && self.by_namespace.is_empty()
    }

    /// Whether the request is allowed, in its namespace. Its user is not looked at. Cost: `O(log namespaces + log edges)`.
    #[must_use]
    pub fn allows(&self, request: &Attributes<'_>) -> bool {
        self.in_namespace(request.namespace).contains(request)
    }
}

fn aggregate(errors: &[ResolutionError<'_>]) -> Option<Aggregate> {
    Aggregate::new(errors.iter().map(ToString::to_string))
}
