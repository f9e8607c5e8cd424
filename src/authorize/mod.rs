//! The question: may this user do this? And the answer: a decision with its evidence.
//!
//! Models `plugin/pkg/auth/authorizer/rbac/rbac.go` and `pkg/registry/rbac/validation/rule.go`. [`Authorizer`] answers from an index;
//! [`linear`] is the plain scan that it is compared with; [`server`] is what the API server puts around RBAC. Questions of other
//! shapes (who can, what can they, why not) are other rooms.

use std::fmt;

use crate::identity::UserInfo;
use crate::model::{ApiObject, ClusterRoleBinding, Located, Object, ObjectKey, PolicyRule, Subject};
use crate::policy::{
    AnyBinding, AnyRole, Completeness, Gap, Objects, Policy, PolicyObject, Put, ResolutionError, Shared, insert_into, remove_from,
};
use crate::request::Attributes;

mod extend;
mod index;
pub mod linear;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "rayon")]
mod parallel;
mod prepared;
mod reason;
mod resolved;
pub mod server;
pub mod subject;

pub use crate::quote::Aggregate;
#[cfg(feature = "live")]
#[cfg_attr(docsrs, doc(cfg(feature = "live")))]
pub use live::Live;
pub use prepared::{LookedUp, Prepared};
pub use reason::Reason;
pub use resolved::Resolved;

use index::Index;

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
    index: Index,
}

impl Authorizer {
    /// An authorizer over the policy. Cost: `O(subjects of all bindings + rules of all roles)`.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let index = Index::of(&policy);
        Self { policy, index }
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

    /// Inserts or replaces an object; see [`Policy::insert`]. Cost: that of the object alone: the subjects of a binding, the rules of a
    /// role.
    ///
    /// A later object of the same kind, namespace and name takes the place of the earlier one, which is handed back.
    ///
    /// ```
    /// use k8s_rbac::{Authorizer, model::*};
    /// let mut rbac = Authorizer::default();
    /// assert!(rbac.insert(ClusterRole::new("reader", [])).is_none());
    /// let before = rbac.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])])).unwrap();
    /// assert!(before.rules.is_empty());
    /// ```
    pub fn insert<T: PolicyObject>(&mut self, object: impl Into<Located<T>>) -> Option<Shared<T>> {
        self.put(Shared::new(object.into()))
    }

    fn put<T: PolicyObject>(&mut self, object: Shared<T>) -> Option<Shared<T>> {
        let Put { place, old } = T::store_mut(&mut self.policy).put(Shared::clone(&object));
        match &old {
            Some(before) => self.index.replace(T::part(before), T::part(&object), place),
            None => self.index.put(T::part(&object), place),
        }
        old
    }

    /// Inserts or replaces an object of whatever kind; says whether it replaced one. Cost: as [`Self::insert`].
    pub fn insert_object(&mut self, object: impl Into<Located<Object>>) -> bool {
        insert_into(self, object.into())
    }

    /// Removes an object; see [`Policy::remove`]. Cost: as [`Self::insert`].
    pub fn remove<T: PolicyObject>(&mut self, namespace: &str, name: &str) -> Option<Shared<T>> {
        let (place, object) = T::store_mut(&mut self.policy).take(namespace, name)?;
        self.index.take(T::part(&object), place);
        Some(object)
    }

    /// Removes the object of this key; says whether it was there. Cost: as [`Self::insert`].
    pub fn remove_object(&mut self, key: &ObjectKey) -> bool {
        remove_from(self, key)
    }

    /// Says which objects the policy was given whole; see [`Policy::set_completeness`].
    ///
    /// ```
    /// use k8s_rbac::{Attributes, Authorizer, Decision, policy::Completeness, model::{Role, RoleBinding}};
    /// let mut rbac = Authorizer::default();
    /// rbac.set_completeness(Completeness::nothing().with_all::<Role>().with_all::<RoleBinding>());
    /// let Decision::NoOpinion(no) = rbac.authorize(&Attributes::resource("get", "nodes")) else { panic!("nothing is granted") };
    /// assert_eq!(no.gaps()[0].to_string(), "not every ClusterRoleBinding was given");
    /// ```
    pub fn set_completeness(&mut self, completeness: Completeness) {
        self.policy.set_completeness(completeness);
    }

    /// The decision on the request. See [`authorize`].
    #[inline]
    pub fn authorize<'a, 'r>(&'a self, request: &Attributes<'r>) -> Decision<'a, 'r> {
        self.decision(self.index.first_grant(request), || *request)
    }

    /// The decision on the request of which this grant was found.
    #[inline]
    fn decision<'a, 'r>(&'a self, grant: Option<Grant<'a>>, request: impl FnOnce() -> Attributes<'r>) -> Decision<'a, 'r> {
        match grant {
            Some(grant) => Decision::Allow(grant),
            None => Decision::NoOpinion(NoOpinion { source: Source::Index(self), request: request() }),
        }
    }
}

/// Walks over the index, for questions that are wider than one request.
impl Authorizer {
    /// The bindings that apply to the user in the namespace (`""`: those of the cluster alone), in order, whatever they allow; each with
    /// the number of its first subject that is the user. Cost: `O(b log b)` for `b` such bindings.
    ///
    /// ```
    /// use k8s_rbac::{Authorizer, Policy, UserInfo, model::*};
    /// let binding = ClusterRoleBinding::new("devs-read", "view", [Subject::user("joe"), Subject::group("dev")]);
    /// let rbac = Authorizer::new(Policy::from_iter([Object::from(binding)]));
    /// let found: Vec<_> = rbac.bindings_of(&UserInfo::new("jane", ["dev"]), "default").collect();
    /// assert_eq!(found.iter().map(|(binding, subject)| (binding.name(), *subject)).collect::<Vec<_>>(), [("devs-read", 1)]);
    /// ```
    pub fn bindings_of<'a>(
        &'a self,
        user: &UserInfo,
        namespace: &str,
    ) -> impl Iterator<Item = (AnyBinding<'a>, usize)> + use<'a> {
        self.index.applying(user, namespace).into_iter()
    }

    /// The bindings that apply to the user in the cluster or in any namespace, in order: ClusterRoleBindings, then RoleBindings; each with
    /// the number of its first subject that is the user. A RoleBinding without a namespace, which never applies, is left out.
    /// Cost: `O(b log b)` for `b` such bindings.
    pub fn bindings_anywhere_of<'a>(&'a self, user: &UserInfo) -> impl Iterator<Item = (AnyBinding<'a>, usize)> + use<'a> {
        let applies = |binding: AnyBinding<'_>| binding.kind() == ClusterRoleBinding::KIND || !binding.namespace().is_empty();
        self.index.applying_anywhere(user).into_iter().filter(move |(binding, _)| applies(*binding))
    }

    /// The ClusterRoleBindings whose reference leads to one of the roles, in order, each with the number of the role in the list.
    /// Cost: `O(log bindings)` for each.
    pub(crate) fn cluster_role_bindings_to_any<'a>(
        &'a self,
        roles: &[AnyRole<'_>],
    ) -> impl Iterator<Item = (AnyBinding<'a>, usize)> + use<'a> {
        let (mut at, places) = (self.policy.cluster_role_bindings().by_place(), self.index.cluster_bindings_to_any(roles));
        places.filter_map(move |(place, role)| Some((AnyBinding::ClusterRoleBinding(at.get(place)?), role)))
    }

    /// The same for RoleBindings.
    pub(crate) fn role_bindings_to_any<'a>(
        &'a self,
        roles: &[AnyRole<'_>],
    ) -> impl Iterator<Item = (AnyBinding<'a>, usize)> + use<'a> {
        let (mut at, places) = (self.policy.role_bindings().by_place(), self.index.role_bindings_to_any(roles));
        places.filter_map(move |(place, role)| Some((AnyBinding::RoleBinding(at.get(place)?), role)))
    }

    /// Shows the ClusterRoleBindings whose reference leads to the role, in order. Cost: `O(1)` for each, and less than an iterator takes.
    pub(crate) fn each_cluster_role_binding_to<'a>(&'a self, role: AnyRole<'_>, mut show: impl FnMut(AnyBinding<'a>)) {
        let bindings = self.policy.cluster_role_bindings();
        self.index.each_cluster_binding_to(role, bindings, |binding| show(AnyBinding::ClusterRoleBinding(binding)));
    }

    /// The same for RoleBindings.
    pub(crate) fn each_role_binding_to<'a>(&'a self, role: AnyRole<'_>, mut show: impl FnMut(AnyBinding<'a>)) {
        let bindings = self.policy.role_bindings();
        self.index.each_role_binding_to(role, bindings, |binding| show(AnyBinding::RoleBinding(binding)));
    }

    /// The ClusterRoleBindings whose reference leads to no role, in order. Cost: a glance at each role, and `O(log bindings)` for each found.
    pub(crate) fn unresolved_cluster_role_bindings(&self) -> impl Iterator<Item = AnyBinding<'_>> {
        let mut at = self.policy.cluster_role_bindings().by_place();
        self.index.unresolved_cluster_bindings().filter_map(move |place| at.get(place).map(AnyBinding::ClusterRoleBinding))
    }

    /// The bindings whose reference leads to the role, in order: ClusterRoleBindings, then RoleBindings.
    /// Cost: `O(log bindings)` for each.
    ///
    /// ```
    /// use k8s_rbac::{Authorizer, Policy, model::*, policy::AnyRole};
    /// let rbac = Authorizer::new(Policy::from_iter([
    ///     Object::from(ClusterRole::new("reader", [])),
    ///     Object::from(RoleBinding::new("dev", "b", RoleRef::cluster_role("reader"), [])),
    ///     Object::from(RoleBinding::new("dev", "another", RoleRef::role("reader"), [])),
    /// ]));
    /// let role = rbac.policy().get::<ClusterRole>("", "reader").unwrap();
    /// let names: Vec<_> = rbac.bindings_to(AnyRole::ClusterRole(role)).map(|binding| binding.name()).collect();
    /// assert_eq!(names, ["b"]);
    /// ```
    pub fn bindings_to<'a>(&'a self, role: AnyRole<'_>) -> impl Iterator<Item = AnyBinding<'a>> + use<'a> {
        self.cluster_role_bindings_to(role).chain(self.role_bindings_to(role))
    }

    /// The ClusterRoleBindings whose reference leads to the role, in order. Cost: `O(log bindings)` for each.
    pub fn cluster_role_bindings_to<'a>(&'a self, role: AnyRole<'_>) -> impl Iterator<Item = AnyBinding<'a>> + use<'a> {
        let mut at = self.policy.cluster_role_bindings().by_place();
        self.index.cluster_bindings_to(role).filter_map(move |place| at.get(place).map(AnyBinding::ClusterRoleBinding))
    }

    /// The RoleBindings whose reference leads to the role, in order. Cost: `O(log bindings)` for each.
    pub fn role_bindings_to<'a>(&'a self, role: AnyRole<'_>) -> impl Iterator<Item = AnyBinding<'a>> + use<'a> {
        let mut at = self.policy.role_bindings().by_place();
        self.index.role_bindings_to(role).filter_map(move |place| at.get(place).map(AnyBinding::RoleBinding))
    }

    /// How many ClusterRoleBindings there are whose reference leads to the role. Cost: `O(1)`.
    pub(crate) fn count_cluster_role_bindings_to(&self, role: AnyRole<'_>) -> usize {
        self.index.count_cluster_bindings_to(role)
    }

    /// How many RoleBindings there are whose reference leads to the role. Cost: `O(1)`.
    #[must_use]
    pub fn count_role_bindings_to(&self, role: AnyRole<'_>) -> usize {
        self.index.count_role_bindings_to(role)
    }

    /// The roles that allow the request, bound or not, each with the number of its first rule that does, in no particular order. The
    /// user and the namespace of the request are not looked at.
    ///
    /// Cost: a glance at each role, and a look-up in those that may have such a rule.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, Authorizer, Policy, model::*};
    /// let rule = |verb| PolicyRule::resources([verb], [""], ["pods"]);
    /// let rbac = Authorizer::new(Policy::from_iter([
    ///     Object::from(ClusterRole::new("reader", [rule("list"), rule("get")])),
    ///     Object::from(ClusterRole::new("writer", [rule("update")])),
    /// ]));
    /// let found: Vec<_> = rbac.roles_allowing(&Attributes::resource("get", "pods")).map(|(role, rule)| (role.name(), rule)).collect();
    /// assert_eq!(found, [("reader", 1)]);
    /// ```
    pub fn roles_allowing<'a>(&'a self, request: &Attributes<'_>) -> impl Iterator<Item = (AnyRole<'a>, usize)> + use<'a> {
        self.index.answers(request).into_roles()
    }

    /// The roles that may have a rule on what one of the requests is about, whatever the verb and the name, in no particular order: none
    /// that has is missing. Cost: as [`Self::roles_allowing`], for each request.
    pub fn roles_about<'a>(&'a self, requests: &[Attributes<'_>]) -> impl Iterator<Item = AnyRole<'a>> + use<'a> {
        self.index.about(requests).into_iter()
    }
}

impl Objects for Authorizer {
    fn insert_one<T: PolicyObject>(&mut self, object: Located<T>) -> bool {
        self.insert::<T>(object).is_some()
    }

    fn remove_one<T: PolicyObject>(&mut self, namespace: &str, name: &str) -> bool {
        self.remove::<T>(namespace, name).is_some()
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
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Decision, UserInfo, authorize};
/// let (rbac, jane) = (Authorizer::default(), UserInfo::new("jane", ["dev"]));
/// let Decision::NoOpinion(opinion) = authorize(&rbac, &Attributes::resource("get", "pods").by(&jane)) else { panic!() };
/// assert_eq!(opinion.to_string(), "", "nothing to say is how RBAC says no");
/// ```
#[inline]
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
    source: Source<'a>,
    request: Attributes<'r>,
}

/// Where references that led to no role are found again.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Policy(&'a Policy),
    Index(&'a Authorizer),
}

impl<'a, 'r> NoOpinion<'a, 'r> {
    /// The bindings of the user whose `roleRef` leads to no role, in order. Cost: `O(b log b)` for the `b` bindings that apply.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, Authorizer, Decision, Policy, UserInfo, model::*};
    /// let lost = ClusterRoleBinding::new("lost", "nope", [Subject::user("jane")]);
    /// let (rbac, jane) = (Authorizer::new(Policy::from_iter([Object::from(lost)])), UserInfo::new("jane", ["dev"]));
    /// let Decision::NoOpinion(opinion) = rbac.authorize(&Attributes::resource("get", "pods").by(&jane)) else { panic!() };
    /// let told: Vec<String> = opinion.errors().map(|error| error.to_string()).collect();
    /// assert_eq!(told, [r#"clusterrole.rbac.authorization.k8s.io "nope" not found"#]);
    /// ```
    pub fn errors(&self) -> impl Iterator<Item = ResolutionError<'a>> + use<'a, 'r> {
        let bindings = match (self.source, self.request.user) {
            (Source::Index(rbac), Some(user)) => rbac.index.unresolved(user, self.request.namespace),
            (Source::Policy(policy), Some(_)) => linear::unresolved(policy, &self.request),
            (_, None) => Vec::new(),
        };
        bindings.into_iter().map(|binding| ResolutionError { binding })
    }

    /// What the policy was not given and could allow the request; without an entry the answer is certain.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let policy = match self.source {
            Source::Policy(policy) => policy,
            Source::Index(rbac) => rbac.policy(),
        };
        policy.completeness().gaps_in(self.request.namespace)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterRole, ClusterRoleBinding, Object, ObjectKey, PolicyRule, Subject};

    /// Most verbs have a bit of their own in the index, the others share one.
    #[test]
    fn each_verb_is_found_and_no_other() {
        let verbs = [
            "get",
            "list",
            "watch",
            "create",
            "update",
            "patch",
            "delete",
            "deletecollection",
            "use",
            "bind",
            "escalate",
            "impersonate",
            "approve",
            "sign",
            "attest",
            "post",
            "put",
            "head",
            "options",
            "proxy",
            "dance",
            "sing",
        ];
        let jane = UserInfo::new("jane", [""; 0]);
        for granted in verbs {
            let mut policy = Policy::new();
            policy.insert(ClusterRole::new("r", [PolicyRule::resources([granted], [""], ["pods"])]));
            policy.insert(ClusterRoleBinding::new("b", "r", [Subject::user("jane")]));
            let rbac = Authorizer::new(policy);
            let allowed = |verb: &&str| rbac.authorize(&Attributes::resource(verb, "pods").by(&jane)).is_allowed();
            assert_eq!(verbs.iter().filter(|verb| allowed(verb)).collect::<Vec<_>>(), [&granted]);
        }
    }

    #[test]
    fn it_is_said_what_was_there() {
        let mut rbac = Authorizer::default();
        let role = || Object::from(ClusterRole::new("reader", []));
        let key: ObjectKey = role().key();
        assert!(!rbac.remove_object(&key));
        assert!(!rbac.insert_object(role()));
        assert!(rbac.insert_object(role()));
        assert!(rbac.remove_object(&key));
        assert!(!rbac.remove_object(&key) && rbac.policy().is_empty());
    }
    #[test]
    fn an_authorizer_of_a_policy_holds_it() {
        let policy = Policy::from_iter([Object::from(ClusterRole::new("reader", []))]);
        assert_eq!(Authorizer::from(policy).policy().cluster_roles().len(), 1);
    }

    #[test]
    fn a_refusal_keeps_what_was_asked() {
        let (rbac, jane) = (Authorizer::default(), UserInfo::new("jane", ["dev"]));
        let request = Attributes::resource("get", "pods").named("web").in_namespace("shop").by(&jane);
        let Decision::NoOpinion(opinion) = rbac.authorize(&request) else { panic!() };
        assert_eq!(*opinion.request(), request);
        assert_eq!(rbac.look_up(&jane).user(), &jane);
    }

    #[test]
    fn what_an_authorizer_was_not_given_is_known_with_the_refusal() {
        use crate::policy::Completeness;
        let mut rbac = Authorizer::default();
        let gaps = |rbac: &Authorizer| {
            let jane = UserInfo::new("jane", [""; 0]);
            let Decision::NoOpinion(opinion) = rbac.authorize(&Attributes::resource("get", "pods").by(&jane)) else { panic!() };
            opinion.gaps().len()
        };
        let complete = gaps(&rbac);
        rbac.set_completeness(Completeness::nothing().with_all::<ClusterRole>());
        assert_eq!((complete, gaps(&rbac)), (0, 1));
    }
}
