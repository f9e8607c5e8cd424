//! Who may do this? Each subject once, with the paths by which it may.

use std::collections::{BTreeMap, HashMap};

use super::{Holder, Scope, WhoCan};
use crate::authorize::subject::service_account_namespace;
use crate::authorize::{Authorizer, Grant};
use crate::model::Subject;
use crate::permission::{Choice, Pattern};
use crate::policy::{AnyBinding, AnyRole, Gap};
use crate::request::Attributes;

/// How many resources a pattern may name for them to be looked up one by one.
const LISTED: usize = 16;

/// The subjects that may make the request in the scope, sorted, each once; its user and namespace are not looked at.
///
/// Subjects that stand for nobody (a service account without a namespace, an unknown kind) are left out. The group `system:masters` is
/// told apart, since no binding is read for it. [`super::allowed_subjects`] has upstream's answer.
///
/// Cost: a glance at each role, then `O(bindings of the roles that allow it)`; in one namespace, no more than its own RoleBindings and
/// those ClusterRoleBindings.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, model::*, query::{Scope, who_can}};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("all-read", "reader", [Subject::group("system:authenticated")]));
/// policy.insert(RoleBinding::new("dev", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
/// let rbac = Authorizer::new(policy);
/// let in_dev = who_can(&rbac, &Attributes::resource("get", "pods"), Scope::Namespace("dev".into()));
/// let names: Vec<_> = in_dev.holders.iter().map(|holder| holder.name).collect();
/// assert_eq!(names, ["system:authenticated", "jane"]);
/// assert_eq!(who_can(&rbac, &Attributes::resource("get", "pods"), Scope::Cluster).holders.len(), 1);
/// ```
pub fn who_can<'a>(rbac: &'a Authorizer, request: &Attributes<'_>, scope: Scope) -> WhoCan<'a> {
    collect(rbac, &rbac.roles_allowing(request).collect::<Vec<_>>(), scope)
}

/// The subjects that may make at least one request that fits the pattern in the scope, sorted, each once.
///
/// The rule of a path is the first of its role that allows such a request. Cost: as [`who_can`], and `O(rules of the roles)` that may have a
/// rule on it: those that are about the resources, where the pattern names at most sixteen, else all.
///
/// ```
/// use k8s_rbac::{Authorizer, Policy, model::*, query::{Scope, who_can_any}, permission::{Choice, Pattern}};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("keeper", [PolicyRule::resources(["delete"], [""], ["secrets"])]));
/// policy.insert(ClusterRoleBinding::new("jane-keeps", "keeper", [Subject::user("jane")]));
/// let rbac = Authorizer::new(policy);
/// let any_verb = Pattern { api_groups: Choice::only([""]), resources: Choice::only(["secrets"]), ..Pattern::default() };
/// assert_eq!(who_can_any(&rbac, &any_verb, Scope::Cluster).holders[0].name, "jane");
/// ```
pub fn who_can_any<'a>(rbac: &'a Authorizer, pattern: &Pattern, scope: Scope) -> WhoCan<'a> {
    let meets = |role: AnyRole<'a>| Some((role, role.rules().iter().position(|rule| pattern.meets(rule))?));
    let roles: Vec<_> = match listed(pattern) {
        Some(requests) => rbac.roles_about(&requests).filter_map(meets).collect(),
        None => every_role(rbac).filter_map(meets).collect(),
    };
    collect(rbac, &roles, scope)
}

fn every_role(rbac: &Authorizer) -> impl Iterator<Item = AnyRole<'_>> {
    let cluster = rbac.policy().cluster_roles().iter().map(AnyRole::ClusterRole);
    cluster.chain(rbac.policy().roles().iter().map(AnyRole::Role))
}

/// A request for each resource that the pattern names, if it names few.
///
/// A resource of one text can be written with its subresource in one entry of a rule or apart, and both are looked up alike.
fn listed<'a>(pattern: &'a Pattern) -> Option<Vec<Attributes<'a>>> {
    let (Choice::Only(groups), Choice::Only(resources), Choice::Only(subresources)) =
        (&pattern.api_groups, &pattern.resources, &pattern.subresources)
    else {
        return None;
    };
    let few = groups.len().saturating_mul(resources.len()).saturating_mul(subresources.len()) <= LISTED;
    let of_group = |group: &'a String| {
        let of_resource = move |resource: &'a String| {
            let request = Attributes::resource("", resource).in_group(group);
            subresources.iter().map(move |subresource| request.subresource(subresource))
        };
        resources.iter().flat_map(of_resource)
    };
    few.then(|| groups.iter().flat_map(of_group).collect())
}

/// The key under which a subject is one.
type Who<'a> = (&'a str, &'a str, &'a str);

/// What the policy was not given that could hold more subjects.
fn gaps(rbac: &Authorizer, scope: &Scope) -> Vec<Gap> {
    let completeness = rbac.policy().completeness();
    match scope {
        Scope::Cluster | Scope::EveryNamespace => completeness.gaps_in(""),
        Scope::Namespace(namespace) => completeness.gaps_in(namespace),
        Scope::AnyNamespace => completeness.gaps(),
    }
}

fn collect<'a>(rbac: &'a Authorizer, roles: &[(AnyRole<'a>, usize)], scope: Scope) -> WhoCan<'a> {
    let mut found: BTreeMap<Who<'a>, Vec<Grant<'a>>> = BTreeMap::new();
    let mut take = |binding: AnyBinding<'a>, role: AnyRole<'a>, rule_index: usize| {
        for (subject_index, who) in binding.subjects().iter().enumerate().filter_map(|(i, s)| Some((i, who(s, binding)?))) {
            found.entry(who).or_default().push(Grant { binding, subject_index, role, rule_index });
        }
    };
    for &(role, rule) in roles {
        rbac.cluster_role_bindings_to(role).for_each(|binding| take(binding, role, rule));
    }
    match &scope {
        Scope::Cluster | Scope::EveryNamespace => {}
        Scope::AnyNamespace => {
            for &(role, rule) in roles {
                let local = rbac.role_bindings_to(role).filter(|binding| !binding.namespace().is_empty());
                local.for_each(|binding| take(binding, role, rule));
            }
        }
        Scope::Namespace(namespace) if namespace.is_empty() => {}
        Scope::Namespace(namespace) => {
            local(rbac, roles, namespace).into_iter().for_each(|(binding, role, rule)| take(binding, role, rule));
        }
    }
    let holders = found.into_iter().map(|((kind, namespace, name), grants)| holder(kind, namespace, name, grants));
    let incomplete = gaps(rbac, &scope);
    WhoCan { scope, holders: holders.collect(), incomplete }
}

fn holder<'a>(kind: &'a str, namespace: &'a str, name: &'a str, mut grants: Vec<Grant<'a>>) -> Holder<'a> {
    grants.sort_by_key(|grant| (grant.binding.kind(), grant.binding.namespace(), grant.binding.name(), grant.subject_index));
    Holder { kind, namespace, name, grants }
}

/// The RoleBindings of the namespace that grant one of the roles: from the roles or from the namespace, whichever has fewer.
fn local<'a>(rbac: &'a Authorizer, roles: &[(AnyRole<'a>, usize)], namespace: &str) -> Vec<(AnyBinding<'a>, AnyRole<'a>, usize)> {
    let here = |role: AnyRole<'_>| matches!(role, AnyRole::ClusterRole(_)) || role.namespace() == namespace;
    let roles = || roles.iter().filter(|(role, _)| here(*role));
    let of_roles: usize = roles().map(|(role, _)| rbac.count_role_bindings_to(*role)).sum();
    let of_namespace = rbac.policy().role_bindings().in_namespace(namespace);
    if of_namespace.clone().take(of_roles).count() == of_roles {
        let grants = |&(role, rule)| rbac.role_bindings_to(role).map(move |binding| (binding, role, rule));
        return roles().flat_map(grants).filter(|(binding, ..)| binding.namespace() == namespace).collect();
    }
    // A role that allows something has rules, so that they lie somewhere.
    let wanted: HashMap<usize, usize> = roles().map(|(role, rule)| (address(*role), *rule)).collect();
    let grants = |binding| {
        let role = rbac.policy().role_of(binding).ok()?;
        Some((binding, role, *wanted.get(&address(role))?))
    };
    of_namespace.map(AnyBinding::RoleBinding).filter_map(grants).collect()
}

fn address(role: AnyRole<'_>) -> usize {
    role.rules().as_ptr().addr()
}

/// Whom the subject stands for, if it can be anybody.
fn who<'a>(subject: &'a Subject, binding: AnyBinding<'a>) -> Option<Who<'a>> {
    match subject.kind.as_str() {
        Subject::USER | Subject::GROUP => Some((&subject.kind, "", &subject.name)),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, binding.namespace());
            (!namespace.is_empty()).then_some((&subject.kind, namespace, &subject.name))
        }
        _ => None,
    }
}
