//! Gates: what must not be, with a counter-example where it is.
//!
//! [`no_new_access`] holds a change of a policy against what was allowed before, [`not_granted`] a policy against a list of bans,
//! [`no_public_access`] against what everybody may do by default, [`satisfies`] a subject against the rules that it needs. Each answer carries a
//! request that shows it, which `authorize` confirms. [`cuts`] says which bindings would have to go to end an access.
//!
//! A policy that was not given whole is never passed in silence: see [`Outcome::answer`].

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::authorize::subject::Principal;
use crate::explain::Evidence;
use crate::permission::{PermissionSet, TooLarge, rules_or_null};
use crate::policy::Gap;
use crate::request::OwnedAttributes;

mod access;
mod cut;
mod satisfied;

#[cfg(feature = "bootstrap")]
#[cfg_attr(docsrs, doc(cfg(feature = "bootstrap")))]
pub use access::no_public_access_by_default;
pub use access::{PUBLIC, no_new_access, no_public_access, not_granted};
pub use cut::cuts;
pub use satisfied::satisfies;

/// What a gate found.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Outcome {
    /// What should not be, in order.
    pub breaches: Vec<Breach>,
    /// What the policies were not given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

/// The answer of a gate in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::exhaustive_enums, reason = "there is nothing between these")]
pub enum Answer {
    /// There is no breach.
    Passed,
    /// There is a breach.
    Failed,
    /// There is none in what was given, but something was not given.
    Unknown,
}

/// Something that should not be allowed, to whom, where, and by which grants.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Breach {
    /// Who may do it.
    pub subject: Principal,
    /// Where; empty for the whole cluster.
    pub namespace: String,
    /// A request that is allowed and should not be, with its user.
    pub request: OwnedAttributes,
    /// All such requests.
    #[serde(serialize_with = "rules_or_null")]
    pub allowed: PermissionSet,
    /// The grants that allow at least one of them, in the order of the policy.
    pub evidence: Vec<Evidence>,
}

impl Outcome {
    /// Whether the gate is passed, as far as can be known.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match (self.breaches.is_empty(), self.incomplete.is_empty()) {
            (false, _) => Answer::Failed,
            (true, true) => Answer::Passed,
            (true, false) => Answer::Unknown,
        }
    }
}

/// A line for each breach, with its counter-example.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for breach in &self.breaches {
            writeln!(f, "{breach}")?;
        }
        for gap in &self.incomplete {
            writeln!(f, "not certain: {gap}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} may {}", self.subject, self.request)?;
        self.evidence.first().map_or(Ok(()), |evidence| write!(f, ": {evidence}"))
    }
}

/// Requests that nobody may be allowed, or nobody but some.
///
/// ```
/// use k8s_rbac::gate::Ban;
/// use k8s_rbac::permission::{Choice, Pattern, PermissionSet};
/// let secrets = Pattern { resources: Choice::only(["secrets"]), ..Pattern::default() };
/// let ban = Ban::new(PermissionSet::matching(&secrets)).in_namespace("prod");
/// assert!(ban.except.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ban {
    /// The requests.
    pub what: PermissionSet,
    /// The one namespace where they are banned (`""`: requests without one); everywhere if there is none.
    pub namespace: Option<String>,
    /// Who may make them all the same.
    pub except: BTreeSet<Principal>,
}

impl Ban {
    /// A ban on these requests for everybody, everywhere.
    #[must_use]
    pub const fn new(what: PermissionSet) -> Self {
        Self { what, namespace: None, except: BTreeSet::new() }
    }

    /// The same ban, in one namespace alone.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// The same ban, with these let off.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, Policy, authorize::subject::Principal, gate::{Ban, not_granted}, model::*};
    /// let policy = Policy::from_iter([
    ///     Object::from(ClusterRole::new("all", [PolicyRule::resources(["*"], ["*"], ["*"])])),
    ///     Object::from(ClusterRoleBinding::new("b", "all", [Subject::group("ops")])),
    /// ]);
    /// let ban = Ban::new(PermissionSet::every_resource_request()).except([Principal::Group("ops".into())]);
    /// assert!(not_granted(&policy, &[ban])?.breaches.is_empty());
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn except(mut self, principals: impl IntoIterator<Item = Principal>) -> Self {
        self.except.extend(principals);
        self
    }
}

/// Whether a user is allowed all of some rules in a place, and what is missing. Made by [`satisfies`].
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Satisfaction {
    /// What is needed and not allowed.
    #[serde(serialize_with = "rules_or_null")]
    pub missing: PermissionSet,
    /// A request that is needed and not allowed, with its user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<OwnedAttributes>,
    /// What the policy was not given and could allow it; empty if nothing is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

impl Satisfaction {
    /// Whether all is allowed, as far as can be known.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match (self.missing.is_empty(), self.incomplete.is_empty()) {
            (true, _) => Answer::Passed,
            (false, true) => Answer::Failed,
            (false, false) => Answer::Unknown,
        }
    }
}

/// Why the ways to end an access were not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct CutError(#[from] CutErrorKind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CutErrorKind {
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    #[error("the access is split by its bindings into more than {0} parts")]
    Parts(usize),
}

impl From<TooLarge> for CutError {
    fn from(error: TooLarge) -> Self {
        Self(error.into())
    }
}
