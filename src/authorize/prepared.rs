//! Many questions that have something in common: a user looked up once, a request hashed once.

use super::index::{Asked, Found};
use super::{Authorizer, Decision};
use crate::identity::UserInfo;
use crate::policy::AnyRole;
use crate::request::Attributes;

/// A request that is asked many times, of several users or of several snapshots: hashed once, without its user.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*};
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["list"], [""], ["pods"])])),
///     Object::from(ClusterRoleBinding::new("devs-read", "reader", [Subject::group("dev")])),
/// ]));
/// let list_pods = rbac.prepare(&Attributes::resource("list", "pods"));
/// let users = [UserInfo::new("jane", ["dev"]), UserInfo::new("joe", ["ops"])];
/// assert_eq!(users.each_ref().map(|user| rbac.look_up(user).authorize(&list_pods).is_allowed()), [true, false]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Prepared<'r> {
    pub(super) request: Attributes<'r>,
    pub(super) asked: Asked,
}

impl<'r> Prepared<'r> {
    /// The request. Whose it is, is not looked at.
    #[must_use]
    pub const fn request(&self) -> &Attributes<'r> {
        &self.request
    }
}

/// A user whose bindings were looked up once, to be asked about many requests.
#[derive(Debug, Clone)]
pub struct LookedUp<'a, 'u> {
    pub(super) rbac: &'a Authorizer,
    pub(super) user: &'u UserInfo,
    pub(super) found: Found<'a, 'u>,
}

impl Authorizer {
    /// Hashes a request, to be asked many times; by copies of this authorizer too. Cost: `O(length of the request)`.
    #[must_use]
    pub fn prepare<'r>(&self, request: &Attributes<'r>) -> Prepared<'r> {
        Prepared { request: *request, asked: self.index.asked(request) }
    }

    /// The role of a number that [`LookedUp::roles_in`] gave, if there is one.
    pub(crate) fn role_numbered(&self, number: u32) -> Option<AnyRole<'_>> {
        self.index.role(number)
    }

    /// Whether the role of the number allows the request, whoever makes it and wherever. Cost: `O(1)` look-ups.
    pub(crate) fn role_allows(&self, number: u32, request: &Prepared<'_>) -> bool {
        self.index.role_allows(number, &request.request, request.asked)
    }

    /// Looks up what a user is granted, to be asked about many requests. Cost: `O(groups)`.
    #[must_use]
    pub fn look_up<'a, 'u>(&'a self, user: &'u UserInfo) -> LookedUp<'a, 'u> {
        LookedUp { rbac: self, user, found: self.index.find(user) }
    }
}

impl<'a, 'u> LookedUp<'a, 'u> {
    /// The user.
    #[must_use]
    pub const fn user(&self) -> &'u UserInfo {
        self.user
    }

    /// The numbers of the roles that the user holds in the cluster, and of those that RoleBindings of the namespace give; sorted, each once, those
    /// that are missing too. Users of equal numbers are answered alike there. Cost: `O(b log b)` for the `b` bindings that apply.
    pub(crate) fn roles_in(&self, namespace: &str) -> [Vec<u32>; 2] {
        self.rbac.index.roles_held(&self.found, namespace)
    }

    /// The decision on the request, made by this user. Cost: `O(bindings that apply)`, no allocation.
    #[inline]
    pub fn authorize<'r>(&self, request: &Prepared<'r>) -> Decision<'a, 'r>
    where
        'u: 'r,
    {
        let grant = self.rbac.index.first_grant_of(&self.found, &request.request, request.asked);
        self.rbac.decision(grant, || request.request.by(self.user))
    }
}
