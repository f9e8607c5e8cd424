//! A request whose roles are known beforehand.

use super::index::{Answers, Index};
use super::{Authorizer, Decision, LookedUp};
use crate::identity::UserInfo;
use crate::request::Attributes;

/// A request that every role of an authorizer has answered, to be asked of many users.
///
/// What is left for each user is to go through its bindings: no rule is read, and of the request no string compared but the namespace, with
/// that of a RoleBinding that grants. It borrows the authorizer, so that it cannot be older than the policy; a request that outlives a change
/// is [prepared](Authorizer::prepare).
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*};
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["list"], [""], ["pods"])])),
///     Object::from(ClusterRoleBinding::new("devs-read", "reader", [Subject::group("dev")])),
/// ]));
/// let list_pods = rbac.resolve(&Attributes::resource("list", "pods"));
/// let users = [UserInfo::new("jane", ["dev"]), UserInfo::new("joe", ["ops"])];
/// assert_eq!(users.each_ref().map(|user| list_pods.authorize(user).is_allowed()), [true, false]);
/// ```
#[derive(Debug, Clone)]
pub struct Resolved<'a, 'r> {
    rbac: &'a Authorizer,
    request: Attributes<'r>,
    answers: Answers<'a>,
}

impl Authorizer {
    /// Asks every role about a request, to be asked of many users. Cost: a glance at each role, and a look-up in those that may have a rule
    /// about it; two bits a role.
    #[must_use]
    pub fn resolve<'a, 'r>(&'a self, request: &Attributes<'r>) -> Resolved<'a, 'r> {
        Resolved { rbac: self, request: *request, answers: self.index.answers(request) }
    }
}

impl<'a, 'r> Resolved<'a, 'r> {
    /// The request. Whose it is, is not looked at.
    #[must_use]
    pub const fn request(&self) -> &Attributes<'r> {
        &self.request
    }

    /// The decision on the request, made by this user. Cost: `O(groups + bindings that apply)`, no allocation.
    #[inline]
    pub fn authorize<'u>(&self, user: &'u UserInfo) -> Decision<'a, 'u>
    where
        'r: 'u,
    {
        let grant = self.rbac.index.first_answered(user, &self.answers, self.request.namespace);
        self.rbac.decision(grant, || self.request.by(user))
    }

    /// The same for a user that was looked up; one that was looked up in another authorizer is looked up in this one. Cost:
    /// `O(bindings that apply)`, no allocation.
    #[inline]
    pub fn authorize_looked_up<'u>(&self, user: &LookedUp<'a, 'u>) -> Decision<'a, 'u>
    where
        'r: 'u,
    {
        if !std::ptr::eq(self.rbac, user.rbac) {
            return self.authorize(user.user);
        }
        let grant = Index::first_answered_of(&user.found, &self.answers, self.request.namespace);
        self.rbac.decision(grant, || self.request.by(user.user))
    }
}
