//! Why, and why not: every grant that allows a request, and the near misses of one that is denied.
//!
//! Evidence is data; prose is its `Display`. The decision itself is that of `authorize`; changes that would turn it are proposed by
//! `suggest`. Upstream has no twin of this room.

use std::fmt;

use serde::Serialize;

use crate::model::{ObjectKey, PolicyRule, Subject};
use crate::policy::Gap;
use crate::span::Place;

mod rule_miss;
mod subject_miss;
mod why;
mod why_not;

pub use rule_miss::{NameMiss, ResourceMiss, RuleMiss, WordMiss, rule_miss};
pub use subject_miss::{SubjectMiss, subject_miss};
pub use why::why;
pub use why_not::why_not;

/// The chain of a grant, owned: subject ← binding → role → rule, with the places where they were read.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, explain::why, model::*};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
/// let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["dev"]));
/// let request = Attributes::resource("get", "pods").by(&jane);
/// let chains: Vec<String> = why(&rbac, &request).map(|grant| grant.evidence().to_string()).collect();
/// assert_eq!(chains, ["User jane ← ClusterRoleBinding jane-reads → ClusterRole reader rules[0]"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The binding.
    pub binding: ObjectKey,
    /// The subject of the binding that is the user; a service account with the namespace that it takes from the binding.
    pub subject: Subject,
    /// The number of the subject in the binding, from 0.
    pub subject_index: usize,
    /// The role.
    pub role: ObjectKey,
    /// The rule.
    pub rule: PolicyRule,
    /// The number of the rule in the role, from 0.
    pub rule_index: usize,
    /// Where the subject was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_place: Option<Place>,
    /// Where the rule was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_place: Option<Place>,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, binding, role, rule_index, .. } = self;
        f.write_str(&subject.kind)?;
        let namespace = if subject.kind == Subject::SERVICE_ACCOUNT { subject.namespace.as_str() } else { "" };
        write!(f, " {namespace}{}{}", if namespace.is_empty() { "" } else { "/" }, subject.name)?;
        write!(f, " ← {binding}{}", At(self.subject_place.as_ref()))?;
        write!(f, " → {role} rules[{rule_index}]{}", At(self.rule_place.as_ref()))
    }
}

/// ` (file:line:column)`, or nothing.
struct At<'a>(Option<&'a Place>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |place| write!(f, " ({place})"))
    }
}

/// What nearly allows a denied request. Made by [`why_not`].
///
/// `Display` is a line for each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct WhyNot {
    /// The near misses, the nearest first; none if the request is allowed.
    pub misses: Vec<NearMiss>,
    /// What the policy was not given: with it the request could be allowed, and a role that is not there could be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.misses.iter().try_for_each(|miss| writeln!(f, "{miss}"))?;
        self.incomplete.iter().try_for_each(|gap| writeln!(f, "not certain: {gap}"))
    }
}

/// Something that nearly allows a denied request, and what it lacks.
///
/// Ordered by [`distance`](NearMiss::distance), then by the order of the policy. `Display` is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NearMiss {
    /// What is lacking.
    pub miss: Miss,
    /// The binding that nearly grants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<ObjectKey>,
    /// The role that the binding refers to; it need not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<ObjectKey>,
    /// The number of the rule in the role, from 0, where one rule is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_index: Option<usize>,
    /// Where the thing that misses was read: the subject, the `roleRef`, the binding or the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl NearMiss {
    /// How many things would have to be other, from 1; the smaller, the nearer.
    #[must_use]
    pub fn distance(&self) -> usize {
        match &self.miss {
            Miss::BoundElsewhere { .. } | Miss::Subject(_) | Miss::RoleMissing => 1,
            Miss::Rule(miss) => miss.count(),
            Miss::NothingBound => 5,
        }
    }
}

/// What a [`NearMiss`] lacks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Miss {
    /// No binding of the policy stands for the user, in any namespace.
    NothingBound,
    /// The binding stands for the user and its role allows the request, but it grants it in another namespace.
    BoundElsewhere {
        /// The namespace of the binding.
        namespace: String,
    },
    /// The binding stands for the user, but its `roleRef` leads to no role.
    RoleMissing,
    /// The role allows the request, but a subject of the binding that looks like the user is not the user.
    Subject(SubjectMiss),
    /// The user holds the role here, but the rule differs from the request.
    Rule(RuleMiss),
}

impl fmt::Display for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let binding = self.binding.as_ref().map(ToString::to_string).unwrap_or_default();
        let role = self.role.as_ref().map(ToString::to_string).unwrap_or_default();
        match &self.miss {
            Miss::NothingBound => f.write_str("no binding stands for the user")?,
            Miss::BoundElsewhere { namespace } => {
                write!(f, "{binding} grants {role}, which allows it, but only in the namespace {namespace}")?;
            }
            Miss::RoleMissing => write!(f, "{binding} refers to {role}, which is not there")?,
            Miss::Subject(miss) => write!(f, "{binding} grants {role}, which allows it, but {miss}")?,
            Miss::Rule(miss) => write!(f, "{role} rules[{}], granted by {binding}: {miss}", self.rule_index.unwrap_or_default())?,
        }
        At(self.place.as_ref()).fmt(f)
    }
}
