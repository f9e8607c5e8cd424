//! From requests to the least rules that allow them.

use std::collections::{BTreeMap, BTreeSet};

use super::Roles;
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::{ClusterRole, ClusterRoleBinding, Object, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use crate::permission::{PermissionSet, RulesError};
use crate::request::Attributes;

/// The least rules that allow the requests: nothing in them can be left out, and they are the same for the same requests in any order and
/// number. Who asks is not looked at.
///
/// A request with a name gives a rule for that name, one without gives a rule for all, as rules have no other way to allow it. Names are
/// never put to `create` and `deletecollection`, which an API server authorizes without one; a `create` on a subresource has one. Nothing
/// else is allowed that was not asked for, as long as no request has a `*` or a slash where rules read more into it.
///
/// Cost: `O(n log n)` for `n` requests, and making a set of those that differ.
///
/// ```
/// use k8s_rbac::{Attributes, model::PolicyRule, suggest::roles_for};
/// let asked = [
///     Attributes::resource("list", "pods").in_namespace("dev"),
///     Attributes::resource("create", "configmaps").named("settings").in_namespace("dev"),
///     Attributes::resource("get", "configmaps").named("settings").in_namespace("dev"),
///     Attributes::resource("get", "pods").in_namespace("dev"),
///     Attributes::resource("get", "pods").named("web-0").in_namespace("dev"),
///     Attributes::non_resource("get", "/healthz"),
/// ];
/// let roles = roles_for(asked)?;
/// assert_eq!(roles.cluster, [PolicyRule::urls(["get"], ["/healthz"])]);
/// assert_eq!(
///     roles.by_namespace["dev"],
///     [
///         PolicyRule::resources(["create"], [""], ["configmaps"]),
///         PolicyRule::resources(["get"], [""], ["configmaps"]).named(["settings"]),
///         PolicyRule::resources(["get", "list"], [""], ["pods"]),
///     ],
/// );
/// # Ok::<(), k8s_rbac::permission::RulesError>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn roles_for<'r>(requests: impl IntoIterator<Item = Attributes<'r>>) -> Result<Roles, RulesError> {
    let mut asked: BTreeMap<&str, BTreeSet<PolicyRule>> = BTreeMap::new();
    for request in requests {
        let namespace = if request.resource_request { request.namespace } else { "" };
        asked.entry(namespace).or_default().insert(rule_for(&request));
    }
    let in_cluster = PermissionSet::from_rules(asked.get("").into_iter().flatten())?;
    let mut roles = Roles { cluster: in_cluster.to_rules()?, by_namespace: BTreeMap::new() };
    for (namespace, rules) in asked.into_iter().filter(|(namespace, _)| !namespace.is_empty()) {
        let mut wanted = Vec::new();
        for rule in &rules {
            if !in_cluster.covers(&PermissionSet::from_rule(rule)?) {
                wanted.push(rule);
            }
        }
        if !wanted.is_empty() {
            roles.by_namespace.insert(namespace.to_owned(), PermissionSet::from_rules(wanted)?.to_rules()?);
        }
    }
    Ok(roles)
}

/// The least rules that allow those of the requests that the user is not allowed as it is: what it lacks beyond what it holds.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, suggest::missing_roles};
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])])),
///     Object::from(ClusterRoleBinding::new("devs-read", "reader", [Subject::group("dev")])),
/// ]));
/// let jane = UserInfo::new("jane", ["dev"]);
/// let asked = ["get", "list"].map(|verb| Attributes::resource(verb, "pods").in_namespace("dev"));
/// assert_eq!(missing_roles(&rbac, &jane, asked)?.by_namespace["dev"], [PolicyRule::resources(["list"], [""], ["pods"])]);
/// # Ok::<(), k8s_rbac::permission::RulesError>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn missing_roles<'r>(
    rbac: &Authorizer,
    user: &UserInfo,
    requests: impl IntoIterator<Item = Attributes<'r>>,
) -> Result<Roles, RulesError> {
    let user = rbac.look_up(user);
    roles_for(requests.into_iter().filter(|request| !user.authorize(&rbac.prepare(request)).is_allowed()))
}

/// The one rule that a request needs.
pub(super) fn rule_for(request: &Attributes<'_>) -> PolicyRule {
    if !request.resource_request {
        return PolicyRule::urls([request.verb], [request.path]);
    }
    let rule = PolicyRule::resources([request.verb], [request.api_group], [request.combined_resource()]);
    let nameless = request.name.is_empty() || is_nameless(request);
    if nameless { rule } else { rule.named([request.name]) }
}

/// Whether an API server authorizes such requests without a name.
fn is_nameless(request: &Attributes<'_>) -> bool {
    request.verb == "deletecollection" || request.verb == "create" && request.subresource.is_empty()
}

impl Roles {
    /// The roles as objects of one name, with bindings of the same name to the subject.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, model::Subject, suggest::roles_for};
    /// let roles = roles_for([Attributes::resource("list", "pods").in_namespace("dev")])?;
    /// let objects = roles.objects("ci", &Subject::service_account("dev", "ci"));
    /// let keys: Vec<String> = objects.iter().map(|object| object.key().to_string()).collect();
    /// assert_eq!(keys, ["Role dev/ci", "RoleBinding dev/ci"]);
    /// # Ok::<(), k8s_rbac::permission::RulesError>(())
    /// ```
    #[must_use]
    pub fn objects(&self, name: &str, subject: &Subject) -> Vec<Object> {
        let mut objects: Vec<Object> = Vec::new();
        if !self.cluster.is_empty() {
            objects.push(ClusterRole::new(name, self.cluster.iter().cloned()).into());
            objects.push(ClusterRoleBinding::new(name, name, [subject.clone()]).into());
        }
        for (namespace, rules) in &self.by_namespace {
            objects.push(Role::new(namespace, name, rules.iter().cloned()).into());
            objects.push(RoleBinding::new(namespace, name, RoleRef::role(name), [subject.clone()]).into());
        }
        objects
    }
}
