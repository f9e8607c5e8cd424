//! Who may do this? Each subject once, with the paths by which it may.

use std::collections::HashMap;

use super::holders::who;
use super::{Granting, Holders, Scope, WhoCan};
use crate::authorize::{Authorizer, Grant};
use crate::permission::{Choice, Pattern};
use crate::policy::{AnyBinding, AnyRole, Gap};
use crate::request::Attributes;
use crate::same::same;

/// How many resources a pattern may name for them to be looked up one by one.
const LISTED: usize = 16;

/// The subjects that may make the request in the scope, sorted, each once; its user and namespace are not looked at. A URL is of no namespace,
/// whatever the scope.
///
/// Subjects that stand for nobody (a service account without a namespace, an unknown kind) are left out. The group `system:masters` is
/// told apart, since no binding is read for it. [`super::allowed_subjects`] has upstream's answer.
///
/// Cost: a glance at each role, then `O(bindings of the roles that allow it)`; in one namespace, no more than its own RoleBindings and
/// those ClusterRoleBindings; and a sort of the subjects.
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
    let scope = if request.resource_request { scope } else { Scope::Cluster };
    collect(rbac, rbac.roles_allowing(request).collect(), scope)
}

/// Every grant of the request in the scope: for each binding of a role that allows it, in order, each subject that can be somebody, with the
/// first rule of the role that does. The user and the namespace of the request are not looked at; a URL is of no namespace, whatever the scope.
///
/// A subject of several bindings comes several times; [`who_can`] has each once, sorted, which takes longer. Cost: as [`who_can`], without
/// the sorting.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, model::*, query::{Scope, every_grant}};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("two-read", "reader", [Subject::user("jane"), Subject::group("dev")]));
/// let rbac = Authorizer::new(policy);
/// let grants = every_grant(&rbac, &Attributes::resource("get", "pods"), &Scope::Cluster);
/// assert_eq!(grants.filter_map(|grant| grant.subject()).map(|subject| subject.name.as_str()).collect::<Vec<_>>(), ["jane", "dev"]);
/// ```
pub fn every_grant<'a>(
    rbac: &'a Authorizer,
    request: &Attributes<'_>,
    scope: &Scope,
) -> impl Iterator<Item = Grant<'a>> + use<'a> {
    let roles: Vec<_> = rbac.roles_allowing(request).collect();
    let scope = if request.resource_request { scope } else { &Scope::Cluster };
    granting(rbac, &roles, scope)
        .filter_map(move |granting| Some((granting.binding, *roles.get(granting.role)?)))
        .flat_map(subjects)
}

/// A grant for each subject that can be somebody.
fn subjects<'a>((binding, (role, rule_index)): (AnyBinding<'a>, (AnyRole<'a>, usize))) -> impl Iterator<Item = Grant<'a>> {
    let subjects = binding.subjects().iter().enumerate().filter(move |(_, subject)| who(subject, binding).is_some());
    subjects.map(move |(subject_index, _)| Grant { binding, subject_index, role, rule_index })
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
/// assert_eq!(who_can_any(&rbac, &any_verb, Scope::Cluster).holders.get(0).map(|holder| holder.name), Some("jane"));
/// ```
pub fn who_can_any<'a>(rbac: &'a Authorizer, pattern: &Pattern, scope: Scope) -> WhoCan<'a> {
    let meets = |role: AnyRole<'a>| Some((role, role.rules().iter().position(|rule| pattern.meets(rule))?));
    let roles: Vec<_> = match listed(pattern) {
        Some(requests) => rbac.roles_about(&requests).filter_map(meets).collect(),
        None => rbac.policy().every_role().filter_map(meets).collect(),
    };
    collect(rbac, roles, scope)
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

/// What the policy was not given that could hold more subjects.
fn gaps(rbac: &Authorizer, scope: &Scope) -> Vec<Gap> {
    let completeness = rbac.policy().completeness();
    match scope {
        Scope::Cluster | Scope::EveryNamespace => completeness.gaps_in(""),
        Scope::Namespace(namespace) => completeness.gaps_in(namespace),
        Scope::AnyNamespace => completeness.gaps(),
    }
}

fn collect<'a>(rbac: &'a Authorizer, roles: Vec<(AnyRole<'a>, usize)>, scope: Scope) -> WhoCan<'a> {
    let bindings = role_by_role(rbac, &roles, &scope);
    let incomplete = gaps(rbac, &scope);
    WhoCan { scope, holders: Holders::of(roles, bindings), incomplete }
}

/// The bindings that grant one of the roles in the scope, those of each role together, which takes less time than all in order.
fn role_by_role<'a>(rbac: &'a Authorizer, roles: &[(AnyRole<'a>, usize)], scope: &Scope) -> Vec<Granting<'a>> {
    let mut bindings = match scope {
        Scope::Namespace(namespace) => local(rbac, &plain(roles), namespace),
        _ => Vec::new(),
    };
    bindings.reserve(roles.iter().map(|(role, _)| rbac.count_cluster_role_bindings_to(*role)).sum());
    for (&(of, _), role) in roles.iter().zip(0..) {
        rbac.each_cluster_role_binding_to(of, |binding| bindings.push(Granting { binding, role }));
        if matches!(scope, Scope::AnyNamespace) {
            rbac.each_role_binding_to(of, |binding| bindings.extend(anywhere(Granting { binding, role })));
        }
    }
    bindings
}

/// A RoleBinding of a namespace; one of none never applies.
fn anywhere(granting: Granting<'_>) -> Option<Granting<'_>> {
    (!granting.binding.namespace().is_empty()).then_some(granting)
}

fn plain<'a>(roles: &[(AnyRole<'a>, usize)]) -> Vec<AnyRole<'a>> {
    roles.iter().map(|(role, _)| *role).collect()
}

/// The bindings that grant one of the roles in the scope, in order.
pub(super) fn granting<'a>(
    rbac: &'a Authorizer,
    roles: &[(AnyRole<'a>, usize)],
    scope: &Scope,
) -> impl Iterator<Item = Granting<'a>> + use<'a> {
    let plain = plain(roles);
    let local = match scope {
        Scope::Cluster | Scope::EveryNamespace => Vec::new(),
        Scope::Namespace(namespace) => local(rbac, &plain, namespace),
        Scope::AnyNamespace => rbac.role_bindings_to_any(&plain).map(numbered).filter_map(anywhere).collect(),
    };
    rbac.cluster_role_bindings_to_any(&plain).map(numbered).chain(local)
}

const fn numbered<'a>((binding, role): (AnyBinding<'a>, usize)) -> Granting<'a> {
    Granting { binding, role }
}

/// The RoleBindings of the namespace that grant one of the roles, in order: from the roles or from the namespace, whichever has fewer.
fn local<'a>(rbac: &'a Authorizer, roles: &[AnyRole<'a>], namespace: &str) -> Vec<Granting<'a>> {
    if namespace.is_empty() {
        return Vec::new();
    }
    let is_here = |role: AnyRole<'_>| matches!(role, AnyRole::ClusterRole(_)) || same(role.namespace(), namespace);
    let here = || roles.iter().zip(0..).filter(|(role, _)| is_here(**role));
    let of_roles: usize = here().map(|(role, _)| rbac.count_role_bindings_to(*role)).sum();
    let of_namespace = rbac.policy().role_bindings().in_namespace(namespace);
    if of_namespace.clone().take(of_roles).count() == of_roles {
        let (here, numbers): (Vec<AnyRole<'a>>, Vec<usize>) = here().map(|(role, number)| (*role, number)).unzip();
        let bindings = rbac.role_bindings_to_any(&here).filter(|(binding, _)| same(binding.namespace(), namespace));
        return bindings.filter_map(|(binding, here)| Some(Granting { binding, role: *numbers.get(here)? })).collect();
    }
    // A role that allows something has rules, so that they lie somewhere.
    let wanted: HashMap<usize, usize> = here().map(|(role, number)| (address(*role), number)).collect();
    let grants = |binding| {
        let role = rbac.policy().role_of(binding).ok()?;
        Some(Granting { binding, role: *wanted.get(&address(role))? })
    };
    of_namespace.map(AnyBinding::RoleBinding).filter_map(grants).collect()
}

fn address(role: AnyRole<'_>) -> usize {
    role.rules().as_ptr().addr()
}
