//! The question: may this user do this? And the answer: a decision with its evidence.
//!
//! Models `plugin/pkg/auth/authorizer/rbac/rbac.go` and `pkg/registry/rbac/validation/rule.go`. [`Authorizer`] answers from an index;
//! [`linear`] is the plain scan that it is compared with; [`server`] is what the API server puts around RBAC. Questions of other
//! shapes (who can, what can they, why not) are other rooms.

use std::fmt;

use crate::model::{Located, Object, ObjectKey, PolicyRule, Subject};
use crate::policy::{AnyBinding, AnyRole, Policy, PolicyObject, ResolutionError, Shared};
use crate::request::Attributes;

pub mod linear;
mod reason;
pub mod server;
pub mod subject;

pub use crate::quote::Aggregate;
pub use reason::Reason;

/// A policy and the index that answers questions about it.
///
/// `Send + Sync`: many threads may ask one authorizer. It owns its policy; changes go through it.
///
/// ```
/// use k8s_rbac::authorize::Authorizer;
/// use k8s_rbac::{identity::UserInfo, model::*, policy::Policy, request::Attributes};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
/// let rbac = Authorizer::new(policy);
/// let jane = UserInfo::new("jane", ["dev"]);
/// let decision = rbac.authorize(&Attributes::resource("get", "pods").in_namespace("default").by(&jane));
/// assert_eq!(
///     decision.reason().to_string(),
///     r#"RBAC: allowed by ClusterRoleBinding "jane-reads" of ClusterRole "reader" to User "jane""#,
/// );
/// ```
#[derive(Debug, Clone, Default)]
pub struct Authorizer {
    policy: Policy,
}

impl Authorizer {
    /// An authorizer over the policy. Cost: `O(subjects of all bindings + rules of all roles)`.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// The policy that is answered from.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The policy alone.
    #[must_use]
    pub fn into_policy(self) -> Policy {
        self.policy
    }

    /// Inserts or replaces an object; see [`Policy::insert`].
    pub fn insert<T: PolicyObject>(&mut self, object: impl Into<Located<T>>) -> Option<Shared<T>> {
        self.policy.insert(object)
    }

    /// Inserts or replaces an object of whatever kind; see [`Policy::insert_object`].
    pub fn insert_object(&mut self, object: impl Into<Located<Object>>) -> bool {
        self.policy.insert_object(object)
    }

    /// Removes an object; see [`Policy::remove`].
    pub fn remove<T: PolicyObject>(&mut self, namespace: &str, name: &str) -> Option<Shared<T>> {
        self.policy.remove(namespace, name)
    }

    /// Removes the object of this key; see [`Policy::remove_object`].
    pub fn remove_object(&mut self, key: &ObjectKey) -> bool {
        self.policy.remove_object(key)
    }

    /// The decision on the request. See [`authorize`].
    pub fn authorize<'a, 'r>(&'a self, request: &Attributes<'r>) -> Decision<'a, 'r> {
        linear::authorize(&self.policy, request)
    }
}

impl From<Policy> for Authorizer {
    fn from(policy: Policy) -> Self {
        Self::new(policy)
    }
}

/// The decision of upstream's RBAC authorizer on the request: pure, infallible, without an allocation.
///
/// ClusterRoleBindings are asked first, then the RoleBindings of the request's namespace, each in policy order; the first rule that
/// allows decides. The privileged group is not known here: see [`server`].
pub fn authorize<'a, 'r>(rbac: &'a Authorizer, request: &Attributes<'r>) -> Decision<'a, 'r> {
    rbac.authorize(request)
}

/// What RBAC says to a request. It never denies: what it does not allow, another authorizer may.
#[derive(Debug, Clone, Copy)]
#[must_use]
#[allow(clippy::exhaustive_enums, reason = "the RBAC authorizer has two answers")]
pub enum Decision<'a, 'r> {
    /// A rule allows it. The evidence borrows from the authorizer alone.
    Allow(Grant<'a>),
    /// No rule allows it.
    NoOpinion(NoOpinion<'a, 'r>),
}

impl<'a, 'r> Decision<'a, 'r> {
    /// Whether the request is allowed.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }

    /// The grant, if the request is allowed.
    #[must_use]
    pub const fn grant(&self) -> Option<&Grant<'a>> {
        match self {
            Self::Allow(grant) => Some(grant),
            Self::NoOpinion(_) => None,
        }
    }

    /// The reason in upstream's words, rendered when it is displayed: `RBAC: allowed by …`; without an allowing rule, nothing, or the
    /// references that led to no role.
    #[must_use]
    pub const fn reason(&self) -> Reason<'a, 'r> {
        match self {
            Self::Allow(grant) => Reason::Allowed(*grant),
            Self::NoOpinion(opinion) => Reason::NoOpinion(*opinion),
        }
    }
}

/// Upstream's name of the decision: `Allow` or `NoOpinion`.
impl fmt::Display for Decision<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_allowed() { "Allow" } else { "NoOpinion" })
    }
}

/// Why a request is allowed: the binding, the subject of it that is the user, the role, and the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant<'a> {
    /// The binding that grants the role.
    pub binding: AnyBinding<'a>,
    /// The number of the subject in the binding, from 0: its first one that is the user.
    pub subject_index: usize,
    /// The role.
    pub role: AnyRole<'a>,
    /// The number of the rule in the role, from 0: its first one that allows.
    pub rule_index: usize,
}

impl<'a> Grant<'a> {
    /// The subject of the binding that is the user.
    #[must_use]
    pub fn subject(&self) -> Option<&'a Subject> {
        self.binding.subjects().get(self.subject_index)
    }

    /// The rule that allows.
    #[must_use]
    pub fn rule(&self) -> Option<&'a PolicyRule> {
        self.role.rules().get(self.rule_index)
    }

    /// The reason in upstream's words: `RBAC: allowed by …`.
    #[must_use]
    pub const fn reason(&self) -> Reason<'a, 'static> {
        Reason::Allowed(*self)
    }
}

/// No rule allows the request. References that led to no role are found again when they are asked for.
#[derive(Debug, Clone, Copy)]
pub struct NoOpinion<'a, 'r> {
    policy: &'a Policy,
    request: Attributes<'r>,
}

impl<'a, 'r> NoOpinion<'a, 'r> {
    /// The bindings of the user whose `roleRef` leads to no role, in order. Cost: `O(bindings read for the request)`.
    pub fn errors(&self) -> impl Iterator<Item = ResolutionError<'a>> + use<'a, 'r> {
        let policy = self.policy;
        linear::applying(policy, &self.request).filter_map(move |(binding, _)| policy.role_of(binding).err())
    }

    /// The reason in upstream's words: nothing, or `RBAC: ` and the errors.
    #[must_use]
    pub const fn reason(&self) -> Reason<'a, 'r> {
        Reason::NoOpinion(*self)
    }

    /// The request that was asked.
    #[must_use]
    pub const fn request(&self) -> &Attributes<'r> {
        &self.request
    }
}

/// The same as its [`reason`](NoOpinion::reason).
impl fmt::Display for NoOpinion<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason().fmt(f)
    }
}
