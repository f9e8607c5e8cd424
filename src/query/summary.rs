//! Cheap answers: what a user may read of a list, and what stands out about a user.

use std::collections::BTreeSet;

use super::SubjectSummary;
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::{ALL, PolicyRule, RBAC_GROUP};
use crate::request::Attributes;
use crate::rule::rule_allows;

/// The items that the user may `get`, in their order. `about` says which object an item is; the user and the verb are filled in.
///
/// Lazy. Cost of an item: that of a decision.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, query::filter_readable};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(RoleBinding::new("dev", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
/// let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["x"]));
/// let pods = [("dev", "web"), ("prod", "web")];
/// fn about<'a>((namespace, name): &'a (&str, &str)) -> Attributes<'a> {
///     Attributes::resource("", "pods").in_namespace(namespace).named(name)
/// }
/// let readable: Vec<_> = filter_readable(&rbac, &jane, pods, about).collect();
/// assert_eq!(readable, [("dev", "web")]);
/// ```
pub fn filter_readable<'q, T, F>(
    rbac: &'q Authorizer,
    user: &'q UserInfo,
    items: impl IntoIterator<Item = T, IntoIter: 'q>,
    about: F,
) -> impl Iterator<Item = T> + 'q
where
    T: 'q,
    F: Fn(&T) -> Attributes<'_> + 'q,
{
    items
        .into_iter()
        .filter(move |item| rbac.authorize(&Attributes { verb: "get", user: Some(user), ..about(item) }).is_allowed())
}

/// What stands out about a user, without any set being built. Cost: `O(b log b)` for the `b` bindings of the user, and the rules of their roles.
///
/// ```
/// use k8s_rbac::{Authorizer, Policy, UserInfo, model::*, query::summary};
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("all", [PolicyRule::resources(["*"], ["*"], ["*"])])),
///     Object::from(RoleBinding::new("dev", "a", RoleRef::cluster_role("all"), [Subject::user("jane")])),
///     Object::from(RoleBinding::new("dev", "b", RoleRef::role("gone"), [Subject::user("jane")])),
/// ]));
/// let jane = summary(&rbac, &UserInfo::new("jane", [""; 0]));
/// assert_eq!((jane.role_bindings, jane.namespaces, jane.unresolved), (2, 1, 1));
/// assert!(jane.wildcard && !jane.unrestricted, "everything, but in one namespace only");
/// ```
pub fn summary(rbac: &Authorizer, user: &UserInfo) -> SubjectSummary {
    let mut found = SubjectSummary { incomplete: !rbac.policy().completeness().is_whole(), ..SubjectSummary::default() };
    let mut namespaces = BTreeSet::new();
    for (binding, _) in rbac.bindings_anywhere_of(user) {
        let in_cluster = binding.namespace().is_empty();
        if in_cluster {
            found.cluster_role_bindings += 1;
        } else {
            found.role_bindings += 1;
            namespaces.insert(binding.namespace());
        }
        match rbac.policy().role_of(binding) {
            Err(_) => found.unresolved += 1,
            Ok(role) => {
                found.wildcard |= role.rules().iter().any(has_star);
                found.reads_secrets |= role.rules().iter().any(|rule| allows_one(rule, &READING));
                found.escalates |= role.rules().iter().any(|rule| allows_one(rule, &ESCALATING));
                found.unrestricted |= in_cluster && role.rules().iter().any(is_everything);
            }
        }
    }
    found.namespaces = namespaces.len();
    found
}

/// Requests by verb, API group and resource.
type Asked = (&'static str, &'static str, &'static str);

const READING: [Asked; 3] = [("get", "", "secrets"), ("list", "", "secrets"), ("watch", "", "secrets")];

const ESCALATING: [Asked; 7] = [
    ("escalate", RBAC_GROUP, "roles"),
    ("escalate", RBAC_GROUP, "clusterroles"),
    ("bind", RBAC_GROUP, "roles"),
    ("bind", RBAC_GROUP, "clusterroles"),
    ("impersonate", "", "users"),
    ("impersonate", "", "groups"),
    ("impersonate", "", "serviceaccounts"),
];

/// Whether the rule allows one of the requests, for whatever name.
fn allows_one(rule: &PolicyRule, asked: &[Asked]) -> bool {
    let name = rule.resource_names.first().map_or("", String::as_str);
    let request = |&(verb, group, resource): &Asked| Attributes::resource(verb, resource).in_group(group).named(name);
    asked.iter().any(|asked| rule_allows(rule, &request(asked)))
}

fn star(entries: &[String]) -> bool {
    entries.iter().any(|entry| entry == ALL)
}

fn has_star(rule: &PolicyRule) -> bool {
    star(&rule.verbs) || star(&rule.api_groups) || star(&rule.resources)
}

fn is_everything(rule: &PolicyRule) -> bool {
    star(&rule.verbs) && star(&rule.api_groups) && star(&rule.resources) && rule.resource_names.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policy;
    use crate::model::{ClusterRole, ClusterRoleBinding, RoleBinding, RoleRef, Subject};

    #[test]
    fn what_stands_out_is_counted() {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("all", [PolicyRule::resources(["*"], ["*"], ["*"])]));
        policy.insert(ClusterRole::new("one", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(ClusterRoleBinding::new("one", "one", [Subject::user("jane"), Subject::user("root")]));
        policy.insert(ClusterRoleBinding::new("all", "all", [Subject::user("root")]));
        policy.insert(RoleBinding::new("dev", "all", RoleRef::cluster_role("all"), [Subject::user("jane")]));
        policy.insert(RoleBinding::new("dev", "gone", RoleRef::role("gone"), [Subject::user("jane")]));
        let named = [("get", "", "secrets"), ("impersonate", "apps", "users"), ("bind", RBAC_GROUP, "rolebindings")];
        let named = named.map(|(verb, group, resource)| PolicyRule::resources([verb], [group], [resource]).named(["a"]));
        policy.insert(ClusterRole::new("named", named));
        policy.insert(RoleBinding::new("dev", "named", RoleRef::cluster_role("named"), [Subject::user("ci")]));
        let rbac = Authorizer::new(policy);
        let of = |name: &str| summary(&rbac, &UserInfo::new(name, ["x"]));
        let jane = SubjectSummary {
            cluster_role_bindings: 1,
            role_bindings: 2,
            namespaces: 1,
            unresolved: 1,
            wildcard: true,
            unrestricted: false,
            reads_secrets: true,
            escalates: true,
            incomplete: false,
        };
        assert_eq!(of("jane"), jane);
        assert!(of("root").unrestricted && of("root").wildcard);
        let ci = of("ci");
        assert!(ci.reads_secrets && !ci.escalates && !ci.wildcard);
        assert_eq!(of("bob"), SubjectSummary::default());
    }
}
