//! The questions beside "may this user do this": what may a user do, and who may do this.
//!
//! [`rules_for`] and [`allowed_subjects`] are upstream's questions with upstream's answers, duplicates and oddities included. Single
//! decisions are the business of `authorize`, the server's review objects around them that of `review`.

use std::borrow::Cow;

use crate::authorize::{Aggregate, Grant};
use crate::model::{PolicyRule, Subject};
use crate::policy::ResolutionError;

mod allowed_subjects;
mod rules_for;

pub use allowed_subjects::allowed_subjects;
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

fn aggregate(errors: &[ResolutionError<'_>]) -> Option<Aggregate> {
    Aggregate::new(errors.iter().map(ToString::to_string))
}
