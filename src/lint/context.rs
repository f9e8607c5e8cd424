//! The facts that rules look at: roles with the grants of each, computed once for all rules.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use serde::Serialize;

use super::{RuleInfo, Unfinished};
use crate::authorize::Authorizer;
use crate::authorize::subject::service_account_namespace;
use crate::identity::UserInfo;
use crate::model::{ClusterRoleBinding, RoleBinding, Subject};
use crate::policy::{AnyBinding, AnyRole, Policy};
use crate::request::OwnedAttributes;
use crate::resources::Catalogue;
use crate::version::Profile;

/// Where a grant holds: the scope of its binding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums, reason = "a binding has one of two scopes")]
pub enum Scope {
    /// In every namespace, and for what has none.
    Cluster,
    /// In this namespace.
    Namespace(String),
}

impl Scope {
    /// The namespace; empty for the cluster.
    #[must_use]
    pub fn namespace(&self) -> &str {
        match self {
            Self::Cluster => "",
            Self::Namespace(namespace) => namespace,
        }
    }
}

/// `cluster-wide`, or the namespace.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Cluster) { "cluster-wide" } else { self.namespace() })
    }
}

/// A binding that grants a role.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct GrantOf<'a> {
    /// The binding.
    pub binding: AnyBinding<'a>,
}

impl<'a> GrantOf<'a> {
    /// Where it holds.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self.binding {
            AnyBinding::ClusterRoleBinding(_) => Scope::Cluster,
            AnyBinding::RoleBinding(_) => Scope::Namespace(self.binding.namespace().to_owned()),
        }
    }

    /// The subjects that stand for somebody, each with its number in the binding: users, groups, and service accounts that have a
    /// namespace or take that of the binding.
    pub fn subjects(&self) -> impl Iterator<Item = (usize, &'a Subject)> + use<'a> {
        let binding = self.binding;
        binding.subjects().iter().enumerate().filter(move |(_, subject)| stands_for_somebody(subject, binding))
    }
}

fn stands_for_somebody(subject: &Subject, binding: AnyBinding<'_>) -> bool {
    match subject.kind.as_str() {
        Subject::USER | Subject::GROUP => true,
        Subject::SERVICE_ACCOUNT => !service_account_namespace(subject, binding.namespace()).is_empty(),
        _ => false,
    }
}

/// A user that the subject stands for: the user itself, the service account, or somebody in the group.
#[must_use]
pub(crate) fn user_of(subject: &Subject, binding: AnyBinding<'_>) -> UserInfo {
    match subject.kind.as_str() {
        Subject::SERVICE_ACCOUNT => {
            UserInfo::service_account(service_account_namespace(subject, binding.namespace()), &subject.name)
        }
        Subject::GROUP if subject.name == UserInfo::ALL_UNAUTHENTICATED => UserInfo::anonymous(),
        Subject::GROUP => UserInfo::authenticated("somebody", [subject.name.as_str()]),
        _ => UserInfo::authenticated(subject.name.as_str(), std::iter::empty::<String>()),
    }
}

/// Who a subject stands for, as one text: service accounts and users by user name.
pub(crate) fn holder(subject: &Subject, binding: AnyBinding<'_>) -> String {
    match subject.kind.as_str() {
        Subject::GROUP => format!("group {}", subject.name),
        _ => format!("user {}", user_of(subject, binding).username),
    }
}

/// A role with all its grants.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RoleUse<'a> {
    /// The role.
    pub role: AnyRole<'a>,
    /// The bindings that grant it, in policy order.
    pub grants: Vec<GrantOf<'a>>,
}

/// What rules look at: the policy, the profile, and every role with its grants.
#[derive(Debug)]
pub struct Context<'a> {
    rbac: &'a Authorizer,
    given: &'a Given,
    profile: &'a Profile,
    roles: Vec<RoleUse<'a>>,
    unfinished: Mutex<Vec<Unfinished>>,
}

/// What a linter is told beside the policy.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) baseline: Policy,
    pub(super) resources: Catalogue,
    pub(super) used: Option<Vec<OwnedAttributes>>,
}

impl<'a> Context<'a> {
    /// Gathers the facts. Cost: `O(roles + bindings)`.
    pub(super) fn new(rbac: &'a Authorizer, profile: &'a Profile, given: &'a Given) -> Self {
        let policy = rbac.policy();
        let mut uses: IndexMap<_, _> =
            policy.every_role().map(|role| (identity(role), RoleUse { role, grants: Vec::new() })).collect();
        for binding in policy.bindings() {
            let role = policy.role_of(binding).ok();
            if let Some(found) = role.and_then(|role| uses.get_mut(&identity(role))) {
                found.grants.push(GrantOf { binding });
            }
        }
        Self { rbac, given, profile, roles: uses.into_values().collect(), unfinished: Mutex::default() }
    }

    /// The authorizer, for questions that the facts do not answer.
    #[must_use]
    pub const fn authorizer(&self) -> &'a Authorizer {
        self.rbac
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &'a Policy {
        self.rbac.policy()
    }

    /// The cluster that the policy is for.
    #[must_use]
    pub const fn profile(&self) -> &'a Profile {
        self.profile
    }

    /// What counts as shipped with the cluster.
    #[must_use]
    pub const fn baseline(&self) -> &'a Policy {
        &self.given.baseline
    }

    /// What the cluster serves.
    #[must_use]
    pub const fn resources(&self) -> &'a Catalogue {
        &self.given.resources
    }

    /// The requests that were made while the policy was in use, if the linter was told of them.
    #[must_use]
    pub fn used(&self) -> Option<&'a [OwnedAttributes]> {
        self.given.used.as_deref()
    }

    /// Whether every binding was given that could grant the role.
    #[must_use]
    pub fn knows_grants_of(&self, role: AnyRole<'_>) -> bool {
        match role {
            AnyRole::Role(_) => self.policy().completeness().holds_every::<RoleBinding>(role.namespace()),
            AnyRole::ClusterRole(_) => self.knows_every_binding(),
        }
    }

    pub(super) fn knows_every_binding(&self) -> bool {
        let given = self.policy().completeness();
        given.holds_every::<ClusterRoleBinding>("") && given.holds_every::<RoleBinding>("")
    }

    /// Says that a rule met a limit and did not look at everything.
    pub fn not_finished(&self, rule: &RuleInfo, reason: impl fmt::Display) {
        let unfinished = Unfinished { rule: rule.id.clone(), reason: reason.to_string() };
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).push(unfinished);
    }

    /// What rules said of themselves, in the order of their ids, each once.
    pub(super) fn into_unfinished(self) -> Vec<Unfinished> {
        let mut said = self.unfinished.into_inner().unwrap_or_else(PoisonError::into_inner);
        said.sort();
        said.dedup();
        said
    }

    /// Every role with its grants: the ClusterRoles, then the Roles, each in policy order.
    #[must_use]
    pub fn roles(&self) -> &[RoleUse<'a>] {
        &self.roles
    }
}

fn identity(role: AnyRole<'_>) -> (&'static str, &str, &str) {
    (role.kind(), role.namespace(), role.name())
}
