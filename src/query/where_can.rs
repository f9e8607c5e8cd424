//! Where may a user do this, and with which names?

use std::collections::BTreeSet;
use std::fmt;

use super::{AllowedNames, Scope, Where};
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::PolicyRule;
use crate::permission::{Choice, Pattern};
use crate::policy::{AnyBinding, Policy};
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
///
/// A policy that holds Namespaces tells which of them are left out, where that is shorter:
///
/// ```
/// # use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, permission::Choice, query::where_can};
/// # let mut policy = Policy::new();
/// # policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// for name in ["dev", "kube-system", "prod"] {
///     policy.insert(Namespace::active(name));
/// }
/// for namespace in ["dev", "prod"] {
///     policy.insert(RoleBinding::new(namespace, "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
/// }
/// let found = where_can(&Authorizer::new(policy), &UserInfo::new("jane", ["x"]), &Attributes::resource("get", "pods"));
/// assert_eq!(found.existing, Choice::all_but(["kube-system"]));
/// assert_eq!(found.namespaces, Choice::only(["dev", "prod"]), "one that is made tomorrow is not among them");
/// ```
///
/// A request about a URL has no namespace, so that no RoleBinding allows one:
///
/// ```
/// # use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, query::where_can};
/// # let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("prober", [PolicyRule::urls(["get"], ["/healthz"])]));
/// policy.insert(RoleBinding::new("dev", "jane-probes", RoleRef::cluster_role("prober"), [Subject::user("jane")]));
/// # let rbac = Authorizer::new(policy);
/// assert_eq!(where_can(&rbac, &UserInfo::new("jane", ["x"]), &Attributes::non_resource("get", "/healthz")).to_string(), "nowhere");
/// ```
pub fn where_can(rbac: &Authorizer, user: &UserInfo, request: &Attributes<'_>) -> Where {
    let allows = |rule: &PolicyRule| rule_allows(rule, request);
    if request.resource_request {
        return find(rbac, rbac.bindings_anywhere_of(user), allows);
    }
    let found = find(rbac, rbac.bindings_of(user, ""), allows);
    if found.cluster { found } else { Where { incomplete: rbac.policy().completeness().gaps_in(""), ..found } }
}

/// Where the user may make at least one request that fits the pattern. Cost: as [`where_can`].
///
/// ```
/// use k8s_rbac::{Authorizer, Policy, UserInfo, model::*, permission::{Choice, Pattern}, query::where_can_any};
/// let mut policy = Policy::new();
/// policy.insert(Role::new("dev", "keeper", [PolicyRule::resources(["delete"], [""], ["secrets"])]));
/// policy.insert(RoleBinding::new("dev", "jane-keeps", RoleRef::role("keeper"), [Subject::user("jane")]));
/// let any_verb = Pattern { api_groups: Choice::only([""]), resources: Choice::only(["secrets"]), ..Pattern::default() };
/// let found = where_can_any(&Authorizer::new(policy), &UserInfo::new("jane", ["x"]), &any_verb);
/// assert_eq!(found.to_string(), "in the namespace dev");
/// ```
pub fn where_can_any(rbac: &Authorizer, user: &UserInfo, pattern: &Pattern) -> Where {
    find(rbac, rbac.bindings_anywhere_of(user), |rule| pattern.meets(rule))
}

fn find<'a>(
    rbac: &'a Authorizer,
    bindings: impl Iterator<Item = (AnyBinding<'a>, usize)>,
    allows: impl Fn(&PolicyRule) -> bool,
) -> Where {
    let policy = rbac.policy();
    let grants = |binding| policy.role_of(binding).is_ok_and(|role| role.rules().iter().any(&allows));
    let mut namespaces = BTreeSet::new();
    for (binding, _) in bindings {
        let namespace = binding.namespace();
        if namespaces.contains(namespace) || !grants(binding) {
            continue;
        }
        if namespace.is_empty() {
            return Where { cluster: true, namespaces: Choice::default(), existing: Choice::default(), incomplete: Vec::new() };
        }
        namespaces.insert(namespace.to_owned());
    }
    let existing = existing(policy, &namespaces);
    Where { cluster: false, namespaces: Choice::Only(namespaces), existing, incomplete: policy.gaps() }
}

/// Which of the Namespaces of the policy these are. They are gone through only if fewer are left out.
fn existing(policy: &Policy, these: &BTreeSet<String>) -> Choice {
    let known = policy.namespaces();
    if known.is_empty() {
        return Choice::Only(these.clone());
    }
    let inside: BTreeSet<String> = these.iter().filter(|name| known.get("", name).is_some()).cloned().collect();
    if known.len().saturating_sub(inside.len()) >= inside.len() {
        return Choice::Only(inside);
    }
    let names = known.iter().map(|namespace| &namespace.metadata.name);
    Choice::AllBut(names.filter(|name| !inside.contains(*name)).cloned().collect())
}

/// The names for which the user may make the request in its namespace. Its own user and name are not looked at.
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
/// assert_eq!(allowed_names(&rbac, &jane, &Attributes::resource("get", "secrets")).names, Choice::only(["tls"]));
/// ```
pub fn allowed_names(rbac: &Authorizer, user: &UserInfo, request: &Attributes<'_>) -> AllowedNames {
    let names = names(rbac, user, request);
    let gaps = || rbac.policy().completeness().gaps_in(request.namespace);
    let incomplete = if names.is_all() { Vec::new() } else { gaps() };
    AllowedNames { names, incomplete }
}

/// The same without what the policy was not given.
pub(super) fn names(rbac: &Authorizer, user: &UserInfo, request: &Attributes<'_>) -> Choice {
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

    /// Which of these namespaces: all of them, those, or all but those, whichever is said in fewer words.
    /// Cost: `O(namespaces · log namespaces)`.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, permission::Choice, query::where_can};
    /// let mut policy = Policy::new();
    /// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
    /// for namespace in ["a", "b", "c"] {
    ///     policy.insert(RoleBinding::new(namespace, "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
    /// }
    /// let found = where_can(&Authorizer::new(policy), &UserInfo::new("jane", ["x"]), &Attributes::resource("get", "pods"));
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

/// Of the namespaces that exist, as far as the policy tells; in brackets what is not certain.
impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.namespaces, &self.existing) {
            _ if self.cluster => f.write_str("in the cluster and in every namespace"),
            (Choice::Only(_), Choice::AllBut(names)) if names.is_empty() => f.write_str("in every namespace that there is"),
            (Choice::Only(_), Choice::AllBut(names)) => write!(f, "in every namespace that there is but {}", list(names)),
            (Choice::Only(names), _) if names.is_empty() => f.write_str("nowhere"),
            (Choice::Only(names), _) if names.len() == 1 => write!(f, "in the namespace {}", list(names)),
            (Choice::Only(names), _) => write!(f, "in the namespaces {}", list(names)),
            (Choice::AllBut(names), _) if names.is_empty() => f.write_str("in every namespace"),
            (Choice::AllBut(names), _) => write!(f, "in every namespace but {}", list(names)),
        }?;
        self.incomplete.iter().try_for_each(|gap| write!(f, " (not certain: {gap})"))
    }
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef, Subject};
    use crate::policy::Completeness;
    use crate::query::{access_matrix, effective, summary, who_can};
    use crate::resources::Catalogue;

    fn rbac(completeness: Completeness) -> Authorizer {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(RoleBinding::new("dev", "reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
        policy.insert(ClusterRoleBinding::new("reads", "reader", [Subject::user("root")]));
        policy.set_completeness(completeness);
        Authorizer::new(policy)
    }

    #[test]
    fn every_answer_tells_what_the_policy_was_not_given() {
        const GAP: &str = "not every RoleBinding was given";
        let rbac = rbac(Completeness::nothing().with_all::<ClusterRole>().with_all::<ClusterRoleBinding>().with_all::<Role>());
        let [jane, root] = ["jane", "root"].map(|name| UserInfo::new(name, ["x"]));
        let get = Attributes::resource("get", "pods");
        let told = where_can(&rbac, &jane, &get).to_string();
        assert_eq!(told, format!("in the namespace dev (not certain: {GAP})"));
        assert!(where_can(&rbac, &root, &get).incomplete.is_empty(), "there is nothing that could be added");
        let in_dev = get.in_namespace("dev");
        assert!(allowed_names(&rbac, &jane, &in_dev).incomplete.is_empty(), "nor here");
        let local = "not every RoleBinding of the namespace dev was given";
        let said = |gaps: &[crate::policy::Gap]| gaps.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(said(&allowed_names(&rbac, &jane, &Attributes { verb: "list", ..in_dev }).incomplete), [local]);
        assert_eq!(said(&effective(&rbac, &jane).unwrap().incomplete), [GAP]);
        assert!(who_can(&rbac, &get, Scope::Cluster).incomplete.is_empty(), "RoleBindings do not count there");
        assert!(who_can(&rbac, &get, Scope::AnyNamespace).to_string().ends_with(&format!("\nnot certain: {GAP}")));
        assert!(summary(&rbac, &jane).incomplete);
        let (users, catalogue) = ([jane], Catalogue::built_in());
        let table = access_matrix(&rbac, &users, &catalogue, "dev").to_string();
        assert!(table.ends_with(&format!("\nnot certain: {local}\n")), "{table}");
    }

    #[test]
    fn the_shorter_way_to_say_it_is_told() {
        let mut policy = rbac(Completeness::whole()).into_policy();
        let told = |policy: &Policy| {
            let found =
                where_can(&Authorizer::new(policy.clone()), &UserInfo::new("jane", ["x"]), &Attributes::resource("get", "pods"));
            (found.existing.clone(), found.to_string())
        };
        let add = |policy: &mut Policy, name: &str| {
            policy.insert(crate::model::Namespace::active(name));
        };
        add(&mut policy, "prod");
        assert_eq!(told(&policy), (Choice::only([""; 0]), "in the namespace dev".to_owned()));
        add(&mut policy, "dev");
        assert_eq!(told(&policy), (Choice::only(["dev"]), "in the namespace dev".to_owned()));
        policy.insert(RoleBinding::new("prod", "reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
        assert_eq!(told(&policy), (Choice::default(), "in every namespace that there is".to_owned()));
        add(&mut policy, "kube-system");
        assert_eq!(
            told(&policy),
            (Choice::all_but(["kube-system"]), "in every namespace that there is but kube-system".to_owned())
        );
    }
}
