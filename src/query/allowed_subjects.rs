//! Who may do this? As upstream answers it (`plugin/pkg/auth/authorizer/rbac/subject_locator.go`).

use std::borrow::Cow;

use super::AllowedSubjects;
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::Subject;
use crate::request::Attributes;
use crate::rule::rule_allows;

/// The subjects that may make the request; its user is not looked at.
///
/// The group `system:masters` comes first, then the super user if the server was given one, then all subjects of each binding whose role
/// allows the request, in the order in which a decision reads the bindings. Nothing is removed that stands there twice.
///
/// Cost: `O(bindings read for the namespace · rules of their roles + subjects found)`.
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
    let always = std::iter::once(Subject::group(UserInfo::MASTERS)).chain(super_user);
    let mut found = AllowedSubjects {
        subjects: always.map(Cow::Owned).collect(),
        errors: Vec::new(),
        incomplete: policy.completeness().gaps_in(request.namespace),
    };
    for binding in policy.bindings_for(request.namespace) {
        match policy.role_of(binding) {
            Ok(role) if role.rules().iter().any(|rule| rule_allows(rule, request)) => {
                found.subjects.extend(binding.subjects().iter().map(Cow::Borrowed));
            }
            Ok(_) => {}
            Err(error) => found.errors.push(error),
        }
    }
    found
}
