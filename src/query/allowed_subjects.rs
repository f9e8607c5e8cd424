//! Who may do this? As upstream answers it (`plugin/pkg/auth/authorizer/rbac/subject_locator.go`).

use std::borrow::Cow;

use super::who_can::granting;
use super::{AllowedSubjects, Scope};
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::Subject;
use crate::policy::ResolutionError;
use crate::request::Attributes;

/// The subjects that may make the request; its user is not looked at.
///
/// The group `system:masters` comes first, then the super user if the server was given one, then all subjects of each binding whose role
/// allows the request, in the order in which a decision reads the bindings. Nothing is removed that stands there twice.
///
/// Cost: a glance at each role, then `O(bindings of the roles that allow it)`, the RoleBindings of the namespace, and the subjects found.
///
/// ```
/// use k8s_rbac::{authorize::Authorizer, model::*, policy::Policy, query::allowed_subjects, request::Attributes};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
/// let rbac = Authorizer::new(policy);
/// let found = allowed_subjects(&rbac, &Attributes::resource("get", "pods"), None);
/// let names: Vec<&str> = found.subjects.iter().map(|subject| subject.name.as_str()).collect();
/// assert_eq!(names, ["system:masters", "jane"]);
/// ```
pub fn allowed_subjects<'a>(rbac: &'a Authorizer, request: &Attributes<'_>, super_user: Option<&str>) -> AllowedSubjects<'a> {
    let policy = rbac.policy();
    let super_user = super_user.filter(|name| !name.is_empty()).map(Subject::user);
    let always = std::iter::once(Subject::group(UserInfo::MASTERS)).chain(super_user).map(Cow::Owned);
    let roles: Vec<_> = rbac.roles_allowing(request).collect();
    let granting = granting(rbac, &roles, &Scope::Namespace(request.namespace.to_owned()));
    let local = policy.bindings_in(request.namespace);
    let unresolved = rbac.unresolved_cluster_role_bindings().map(|binding| ResolutionError { binding });
    AllowedSubjects {
        subjects: always.chain(granting.flat_map(|found| found.binding.subjects()).map(Cow::Borrowed)).collect(),
        errors: unresolved.chain(local.filter_map(|binding| policy.role_of(binding).err())).collect(),
        incomplete: policy.completeness().gaps_in(request.namespace),
    }
}
