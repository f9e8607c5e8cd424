//! Where may a user do this, and with which names?

use std::collections::BTreeSet;
use std::fmt;

use super::{Scope, Where};
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::permission::Choice;
use crate::policy::AnyBinding;
use crate::request::Attributes;
use crate::rule::rule_allows;

/// Where the user may make the request; its own user and namespace are not looked at.
///
/// Cost: `O(b log b)` for the `b` bindings of the user, and the rules of their roles.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, query::{Scope, where_can}};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(RoleBinding::new("dev", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
/// let rbac = Authorizer::new(policy);
/// let found = where_can(&rbac, &UserInfo::new("jane", ["x"]), &Attributes::resource("get", "pods"));
/// assert_eq!(found.to_string(), "in the namespace dev");
/// assert!(found.holds(&Scope::AnyNamespace) && !found.holds(&Scope::EveryNamespace));
/// ```
pub fn where_can(rbac: &Authorizer, user: &UserInfo, request: &Attributes<'_>) -> Where {
    let mut namespaces = BTreeSet::new();
    for (binding, _) in rbac.bindings_anywhere_of(user) {
        let namespace = binding.namespace();
        if namespaces.contains(namespace) || !allows(rbac, binding, request) {
            continue;
        }
        if namespace.is_empty() {
            return Where { cluster: true, namespaces: Choice::default() };
        }
        namespaces.insert(namespace.to_owned());
    }
    Where { cluster: false, namespaces: Choice::Only(namespaces) }
}

fn allows(rbac: &Authorizer, binding: AnyBinding<'_>, request: &Attributes<'_>) -> bool {
    rbac.policy().role_of(binding).is_ok_and(|role| role.rules().iter().any(|rule| rule_allows(rule, request)))
}

/// The names for which the user may make the request in its namespace; `""` stands for a request without a name. Its own user and name are
/// not looked at.
///
/// All names where one rule has none; else those that the rules list. Cost: `O(rules of the user's roles)`.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, permission::Choice, query::allowed_names};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("one", [PolicyRule::resources(["get"], [""], ["secrets"]).named(["tls"])]));
/// policy.insert(ClusterRoleBinding::new("jane-one", "one", [Subject::user("jane")]));
/// let rbac = Authorizer::new(policy);
/// let jane = UserInfo::new("jane", ["x"]);
/// assert_eq!(allowed_names(&rbac, &jane, &Attributes::resource("get", "secrets")), Choice::only(["tls"]));
/// ```
#[must_use]
pub fn allowed_names(rbac: &Authorizer, user: &UserInfo, request: &Attributes<'_>) -> Choice {
    let mut names = BTreeSet::new();
    for (binding, _) in rbac.bindings_of(user, request.namespace) {
        for rule in rbac.policy().role_of(binding).into_iter().flat_map(|role| role.rules()) {
            let name = rule.resource_names.first().map_or("", String::as_str);
            if !rule_allows(rule, &request.named(name)) {
                continue;
            }
            if !request.resource_request || rule.resource_names.is_empty() {
                return Choice::default();
            }
            names.extend(rule.resource_names.iter().cloned());
        }
    }
    Choice::Only(names)
}

impl Where {
    /// Whether it holds in the scope.
    #[must_use]
    pub fn holds(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Cluster => self.cluster,
            Scope::Namespace(namespace) if namespace.is_empty() => self.cluster,
            Scope::Namespace(namespace) => self.namespaces.contains(namespace),
            Scope::AnyNamespace => !self.namespaces.is_empty(),
            Scope::EveryNamespace => self.namespaces.is_all(),
        }
    }

    /// Which of the namespaces that there are: all of them, those, or all but those, whichever is said in fewer words.
    /// Cost: `O(namespaces · log namespaces)`.
    ///
    /// ```
    /// use k8s_rbac::{permission::Choice, query::Where};
    /// let found = Where { cluster: false, namespaces: Choice::only(["a", "b", "c"]) };
    /// assert_eq!(found.among(["a", "b", "c", "d"]), Choice::all_but(["d"]));
    /// ```
    pub fn among<S: AsRef<str>>(&self, namespaces: impl IntoIterator<Item = S>) -> Choice {
        let (mut inside, mut outside) = (BTreeSet::new(), BTreeSet::new());
        for namespace in namespaces {
            let side = if self.namespaces.contains(namespace.as_ref()) { &mut inside } else { &mut outside };
            side.insert(namespace.as_ref().to_owned());
        }
        if outside.len() < inside.len() { Choice::AllBut(outside) } else { Choice::Only(inside) }
    }
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let plural = |names: &BTreeSet<String>| if names.len() == 1 { "" } else { "s" };
        match &self.namespaces {
            _ if self.cluster => f.write_str("in the cluster and in every namespace"),
            Choice::Only(names) if names.is_empty() => f.write_str("nowhere"),
            Choice::Only(names) => write!(f, "in the namespace{} {}", plural(names), list(names)),
            Choice::AllBut(names) if names.is_empty() => f.write_str("in every namespace"),
            Choice::AllBut(names) => write!(f, "in every namespace but {}", list(names)),
        }
    }
}
