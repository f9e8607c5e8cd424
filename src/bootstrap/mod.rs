//! The default RBAC policy that an API server creates when it starts, for every version from 1.11 to 1.37.
//!
//! Models `plugin/pkg/auth/authorizer/rbac/bootstrappolicy`. [`raw`] is what the server creates; [`policy`] what a cluster has once the
//! aggregation controller has run: `admin`, `edit` and `view` are filled in. What the server does to objects that are there already is
//! said by [`start`](crate::controller::reconcile::start). Add-ons and cloud providers bring further roles that are not here.
//!
//! The versions share one table of text, which is read when one of the functions is called; nothing is kept.

use crate::controller::aggregation;
use crate::policy::Policy;
use crate::version::KubeVersion;

mod data;

/// The label that all default objects carry, with the value `rbac-defaults`.
pub const LABEL: &str = "kubernetes.io/bootstrapping";

/// The default policy of the version as the server creates it: without the rules of aggregated roles.
///
/// A version that the crate does not know gets the policy of the nearest one. The order is that of upstream. Cost: `O(size of the
/// table)`, some hundred microseconds.
///
/// ```
/// use k8s_rbac::model::ClusterRole;
/// use k8s_rbac::{KubeVersion, bootstrap};
/// let rules = |policy: &k8s_rbac::Policy| policy.get::<ClusterRole>("", "view").unwrap().rules.len();
/// assert_eq!(rules(&bootstrap::raw(KubeVersion::V1_37)), 0, "filled in by a controller");
/// assert!(rules(&bootstrap::policy(KubeVersion::V1_37)) > 5);
/// ```
#[must_use]
pub fn raw(version: KubeVersion) -> Policy {
    let nearest = version.clamp(KubeVersion::OLDEST, KubeVersion::REFERENCE);
    data::policy(nearest.minor())
}

/// The default policy of the version with the rules of aggregated roles, as a cluster has it a moment after it started.
///
/// ```
/// use k8s_rbac::{Authorizer, Attributes, KubeVersion, bootstrap, identity::UserInfo};
/// use k8s_rbac::model::{ClusterRoleBinding, Subject};
/// let mut policy = bootstrap::policy(KubeVersion::V1_11);
/// policy.insert(ClusterRoleBinding::new("sample", "view", [Subject::service_account("default", "sample")]));
/// let rbac = Authorizer::new(policy);
/// let user = UserInfo::service_account("default", "sample");
/// assert!(rbac.authorize(&Attributes::resource("list", "pods").in_namespace("default").by(&user)).is_allowed());
/// assert!(!rbac.authorize(&Attributes::resource("list", "secrets").in_namespace("default").by(&user)).is_allowed());
/// ```
#[must_use]
pub fn policy(version: KubeVersion) -> Policy {
    let mut policy = raw(version);
    // It settles: the tests try every version. Upstream's default objects come without managed fields, and so do those that are filled in.
    let _ = aggregation::fill(&mut policy, version);
    policy
}
