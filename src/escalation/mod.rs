//! Escalation prevention: may this user write this role or this binding, which grants what it grants?
//!
//! Models `pkg/registry/rbac/escalation_check.go`, the `policybased` storages beside it and `ConfirmNoEscalation` of
//! `pkg/registry/rbac/validation/rule.go`. The server asks this of every create and update of the four RBAC kinds, after defaulting and
//! before validation; a delete is never asked about. That the user may write the object at all is asked of
//! [`authorize`](mod@crate::authorize), what the object must look like of `validation`.

use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::{Object, PolicyRule};
use crate::rule::covers::TooManyAtoms;
use crate::version::KubeVersion;

mod check;
mod refusal;

pub use refusal::{LookupError, LookupProblem};

use check::Write;

/// Asks whether the user may create the object, in which what the server fills in is filled in ([`defaulted`]).
///
/// Objects of other kinds than the four of RBAC are always let through. The request is the `POST` of the object: it has no name, so a grant
/// of `escalate` that is limited to names does not count.
///
/// ```
/// use k8s_rbac::authorize::Authorizer;
/// use k8s_rbac::{escalation::check_create, identity::UserInfo, model::*, policy::Policy};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("editor", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("b", "editor", [Subject::user("jane")]));
/// let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["dev"]));
/// let may = |verbs: &[&str]| {
///     let role = Role::new("default", "r", [PolicyRule::resources(verbs.iter().copied(), [""], ["pods"])]);
///     check_create(&rbac, &jane, &role.into())
/// };
/// assert!(may(&["get"]).is_ok());
/// assert_eq!(
///     may(&["get", "delete"]).unwrap_err().to_string(),
///     "roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"jane\" (groups=[\"dev\"]) is attempting to grant RBAC permissions not \
///      currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}",
/// );
/// ```
///
/// Cost: `O(b log b)` for the `b` bindings that apply to the user, and that of [`covers`](crate::rule::covers::covers).
///
/// # Errors
/// The server would refuse, see [`Refusal`].
///
/// [`defaulted`]: https://docs.rs/k8s-rbac/latest/k8s_rbac/validation/fn.defaulted.html
pub fn check_create(rbac: &Authorizer, user: &UserInfo, object: &Object) -> Result<(), Refusal> {
    Escalation::new(rbac).create(user, object)
}

/// Asks whether the user may replace the old object by the new one; without an old one, whether it may create it by a request that has its
/// name (`PUT`, server-side apply).
///
/// An update that changes nothing but owner references, finalizers, `selfLink` and managed fields is let through. All rules of the new
/// object count, also those that the old one had. Cost: as [`check_create`], and `O(size of both)`.
///
/// ```
/// use k8s_rbac::authorize::Authorizer;
/// use k8s_rbac::{escalation::check_update, identity::UserInfo, model::*, policy::Policy};
/// let (rbac, jane) = (Authorizer::new(Policy::new()), UserInfo::new("jane", ["dev"]));
/// let old = ClusterRole::new("r", [PolicyRule::resources(["get"], [""], ["pods"])]);
/// let mut new = old.clone();
/// new.metadata.finalizers.push("example.com/f".into());
/// assert!(check_update(&rbac, &jane, &new.clone().into(), Some(&old.clone().into())).is_ok());
/// new.metadata.labels.insert("a".into(), "b".into());
/// assert!(check_update(&rbac, &jane, &new.into(), Some(&old.into())).is_err());
/// ```
///
/// # Errors
/// The server would refuse, see [`Refusal`].
pub fn check_update(rbac: &Authorizer, user: &UserInfo, new: &Object, old: Option<&Object>) -> Result<(), Refusal> {
    Escalation::new(rbac).update(user, new, old)
}

/// The checks of a server: over which policy, and how its storage looks roles up.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Escalation<'a> {
    rbac: &'a Authorizer,
    lookup: Lookup,
    version: KubeVersion,
}

/// How the storage finds the role that a reference means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lookup {
    /// As the server's storage: a name that is empty or no segment of a path, and a Role without a namespace, is a bad request.
    #[default]
    Keyed,
    /// By nothing but namespace and name: what is not there is not found.
    Plain,
}

impl<'a> Escalation<'a> {
    /// The checks of a server that has this policy.
    pub const fn new(rbac: &'a Authorizer) -> Self {
        Self { rbac, lookup: Lookup::Keyed, version: KubeVersion::REFERENCE }
    }

    /// The same of a server of this version.
    ///
    /// ```
    /// use k8s_rbac::escalation::Escalation;
    /// use k8s_rbac::model::{PolicyRule, Role};
    /// use k8s_rbac::{Authorizer, KubeVersion, UserInfo};
    /// let (rbac, jane) = (Authorizer::default(), UserInfo::new("jane", ["dev"]));
    /// let role = Role::new("dev", "r", [PolicyRule::resources(["get"], [""], ["pods"])]).into();
    /// let said = |version| Escalation::new(&rbac).at(version).create(&jane, &role).unwrap_err().to_string();
    /// assert_ne!(said(KubeVersion::V1_11), said(KubeVersion::V1_37));
    /// ```
    pub const fn at(mut self, version: KubeVersion) -> Self {
        self.version = version;
        self
    }

    /// The same with another storage.
    pub const fn with_lookup(mut self, lookup: Lookup) -> Self {
        self.lookup = lookup;
        self
    }

    /// As [`check_create`].
    ///
    /// # Errors
    /// The server would refuse, see [`Refusal`].
    pub fn create(self, user: &UserInfo, object: &Object) -> Result<(), Refusal> {
        Write { of: self, user, object, old: None, named: false }.check()
    }

    /// As [`check_update`].
    ///
    /// # Errors
    /// The server would refuse, see [`Refusal`].
    pub fn update(self, user: &UserInfo, new: &Object, old: Option<&Object>) -> Result<(), Refusal> {
        Write { of: self, user, object: new, old, named: true }.check()
    }
}

/// Why a server refuses to let a user write a role or a binding. `Display` is the server's message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "why", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Refusal {
    /// 403: the user does not hold what the object grants.
    NotHeld(Box<Escalating>),
    /// 403: the user may not use an aggregation rule, which may gather everything.
    Aggregation {
        /// The name of the ClusterRole; empty if it has none yet.
        name: String,
    },
    /// 404, 400 or 500: the role that a binding points at could not be read, and so not be looked at.
    Role(LookupError),
    /// The object grants more than the checks are willing to look at.
    #[serde(skip)]
    TooLarge(TooManyAtoms),
}

/// An attempt to grant what one does not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Escalating {
    /// The resource that was to be written, such as `rolebindings`.
    pub resource: &'static str,
    /// The name of the object; empty if it has none yet.
    pub name: String,
    /// Who wanted to write it.
    pub username: String,
    /// The groups of who wanted to.
    pub groups: Vec<String>,
    /// What is not held: the atomic rules, in the order in which they are granted.
    pub missing: Vec<PolicyRule>,
    /// References of the user's own bindings that lead to no role, so that the user may seem to hold less than was meant.
    pub errors: Vec<LookupError>,
    /// The text of old servers, which tell everything that the user holds.
    #[serde(skip)]
    told: Option<String>,
}

impl Refusal {
    /// The HTTP status of the server's answer.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotHeld(_) | Self::Aggregation { .. } => 403,
            Self::Role(error) => error.status(),
            Self::TooLarge(_) => 413,
        }
    }
}

#[cfg(test)]
mod tests;
