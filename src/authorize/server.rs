//! The API server's verdict around RBAC: the privileged group ahead of it, and the name that the union of authorizers puts before a
//! reason.
//!
//! Models `pkg/kubeapiserver/authorizer/reload.go` and `apiserver/pkg/authorization/union/union.go` for a chain in which RBAC is the only
//! configured authorizer that has an opinion, as it is for everybody but nodes.

use std::fmt;

use super::{Authorizer, Decision, Grant, NoOpinion};
use crate::identity::UserInfo;
use crate::request::Attributes;
use crate::version::{Behaviour, KubeVersion};

/// What the API server makes of a request.
#[derive(Debug, Clone, Copy)]
#[must_use]
#[non_exhaustive]
pub enum Verdict<'a, 'r> {
    /// The user is in the group `system:masters`: allowed without a reason, whatever RBAC says.
    Privileged,
    /// RBAC allows it.
    Allowed(Grant<'a>),
    /// Nothing allows it: the server answers 403.
    Forbidden(NoOpinion<'a, 'r>),
}

impl Verdict<'_, '_> {
    /// Whether the request proceeds.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        !matches!(self, Self::Forbidden(_))
    }

    /// The reason as the server reports it (audit annotation, `status.reason` of a review, tail of a denial message).
    ///
    /// ```
    /// use k8s_rbac::authorize::{Authorizer, server};
    /// use k8s_rbac::{identity::UserInfo, model::*, policy::Policy, request::Attributes, version::KubeVersion};
    /// let mut policy = Policy::new();
    /// policy.insert(ClusterRoleBinding::new("b", "nope", [Subject::user("jane")]));
    /// let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["dev"]));
    /// let verdict = server::authorize(&rbac, &Attributes::resource("list", "pods").by(&jane));
    /// assert_eq!(
    ///     verdict.reason(KubeVersion::V1_37).to_string(),
    ///     r#"rbac: RBAC: clusterrole.rbac.authorization.k8s.io "nope" not found"#,
    /// );
    /// ```
    #[must_use]
    pub const fn reason(&self, version: KubeVersion) -> VerdictReason<'_> {
        VerdictReason { verdict: self, version }
    }
}

/// The reason of a [`Verdict`] in the words of a version, rendered when it is displayed.
#[derive(Debug, Clone, Copy)]
pub struct VerdictReason<'a> {
    verdict: &'a Verdict<'a, 'a>,
    version: KubeVersion,
}

impl fmt::Display for VerdictReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Privileged => Ok(()),
            Verdict::Allowed(grant) => grant.reason().fmt(f),
            Verdict::Forbidden(opinion) => {
                let reason = opinion.to_string();
                let named = !reason.is_empty() && self.version.has(Behaviour::UnionNamesAuthorizer);
                write!(f, "{}{reason}", if named { "rbac: " } else { "" })
            }
        }
    }
}

/// The verdict of an API server whose authorization mode is RBAC. Cost: that of [`super::authorize`] and `O(groups)`.
///
/// ```
/// use k8s_rbac::authorize::server::{self, Verdict};
/// use k8s_rbac::{Attributes, Authorizer, UserInfo};
/// let rbac = Authorizer::default();
/// let (root, jane) = (UserInfo::new("root", ["system:masters"]), UserInfo::new("jane", ["dev"]));
/// let request = Attributes::resource("delete", "nodes");
/// assert!(matches!(server::authorize(&rbac, &request.by(&root)), Verdict::Privileged));
/// assert!(matches!(server::authorize(&rbac, &request.by(&jane)), Verdict::Forbidden(_)));
/// ```
pub fn authorize<'a, 'r>(rbac: &'a Authorizer, request: &Attributes<'r>) -> Verdict<'a, 'r> {
    if request.groups().iter().any(|group| group == UserInfo::MASTERS) {
        return Verdict::Privileged;
    }
    match rbac.authorize(request) {
        Decision::Allow(grant) => Verdict::Allowed(grant),
        Decision::NoOpinion(opinion) => Verdict::Forbidden(opinion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
    use crate::policy::Policy;

    #[test]
    fn the_server_asks_its_privileged_group_before_and_names_who_had_no_opinion() {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(ClusterRoleBinding::new("reads", "reader", [Subject::user("jane")]));
        policy.insert(ClusterRoleBinding::new("broken", "missing", [Subject::user("joe")]));
        let rbac = Authorizer::new(policy);
        let allowed = r#"RBAC: allowed by ClusterRoleBinding "reads" of ClusterRole "reader" to User "jane""#;
        let missing = r#"RBAC: clusterrole.rbac.authorization.k8s.io "missing" not found"#;
        for (user, is_allowed, before, after) in [
            (UserInfo::new("x", ["dev", UserInfo::MASTERS]), true, "", ""),
            (UserInfo::new("jane", [""; 0]), true, allowed, allowed),
            (UserInfo::new("joe", [""; 0]), false, missing, &format!("rbac: {missing}")),
            (UserInfo::new("x", ["dev"]), false, "", ""),
        ] {
            let verdict = authorize(&rbac, &Attributes::resource("get", "pods").by(&user));
            let reason = |minor| verdict.reason(KubeVersion::new(1, minor)).to_string();
            assert_eq!((verdict.is_allowed(), reason(36).as_str(), reason(37).as_str()), (is_allowed, before, after), "{user:?}");
        }
    }
}
