//! Who may do this? Each subject once, with the paths by which it may.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use super::{Holder, Scope, WhoCan};
use crate::authorize::subject::service_account_namespace;
use crate::authorize::{Authorizer, Grant};
use crate::model::Subject;
use crate::permission::{Choice, Pattern};
use crate::policy::{AnyBinding, AnyRole, Gap};
use crate::request::Attributes;
use crate::same::{order, same};

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

/// Every grant of the request in the scope: for each binding of a role that allows it, in order, each subject that can be somebody, with the
/// first rule of the role that does. The user and the namespace of the request are not looked at.
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
    granting(rbac, &roles, scope).flat_map(subjects).map(|(_, grant)| grant)
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
        None => rbac.policy().every_role().filter_map(meets).collect(),
    };
    collect(rbac, &roles, scope)
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

/// The key under which a subject, or a binding, is one: kind, namespace and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Who<'a>([&'a str; 3]);

impl Ord for Who<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let words = self.0.iter().zip(other.0);
        words.map(|(word, other)| order(word, other)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Who<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
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

fn collect<'a>(rbac: &'a Authorizer, roles: &[(AnyRole<'a>, usize)], scope: Scope) -> WhoCan<'a> {
    let mut found: BTreeMap<Who<'a>, Vec<Grant<'a>>> = BTreeMap::new();
    for (who, grant) in granting(rbac, roles, &scope).flat_map(subjects) {
        found.entry(who).or_default().push(grant);
    }
    let holders = found.into_iter().map(|(Who([kind, namespace, name]), grants)| holder(kind, namespace, name, grants));
    let incomplete = gaps(rbac, &scope);
    WhoCan { scope, holders: holders.collect(), incomplete }
}

fn holder<'a>(kind: &'a str, namespace: &'a str, name: &'a str, mut grants: Vec<Grant<'a>>) -> Holder<'a> {
    let of_binding = |grant: &Grant<'a>| Who([grant.binding.kind(), grant.binding.namespace(), grant.binding.name()]);
    grants.sort_by(|a, b| of_binding(a).cmp(&of_binding(b)).then(a.subject_index.cmp(&b.subject_index)));
    Holder { kind, namespace, name, grants }
}

/// A binding that grants a role that allows, and the number of its rule.
type Granting<'a> = (AnyBinding<'a>, AnyRole<'a>, usize);

/// A grant for each subject that can be somebody.
fn subjects<'a>((binding, role, rule_index): Granting<'a>) -> impl Iterator<Item = (Who<'a>, Grant<'a>)> {
    let subjects = binding.subjects().iter().enumerate();
    subjects.filter_map(move |(subject_index, subject)| {
        Some((who(subject, binding)?, Grant { binding, subject_index, role, rule_index }))
    })
}

/// The bindings that grant one of the roles in the scope, in order.
fn granting<'a>(
    rbac: &'a Authorizer,
    roles: &[(AnyRole<'a>, usize)],
    scope: &Scope,
) -> impl Iterator<Item = Granting<'a>> + use<'a> {
    let plain: Vec<AnyRole<'a>> = roles.iter().map(|(role, _)| *role).collect();
    let local = match scope {
        Scope::Cluster | Scope::EveryNamespace => Vec::new(),
        Scope::Namespace(namespace) if namespace.is_empty() => Vec::new(),
        Scope::Namespace(namespace) => local(rbac, roles, namespace),
        Scope::AnyNamespace => {
            let local = rbac.role_bindings_to_any(&plain).filter(|(binding, _)| !binding.namespace().is_empty());
            with_roles(roles.to_vec(), local).collect()
        }
    };
    with_roles(roles.to_vec(), rbac.cluster_role_bindings_to_any(&plain)).chain(local)
}

/// Each binding with its role instead of its number.
fn with_roles<'a>(
    roles: Vec<(AnyRole<'a>, usize)>,
    bindings: impl Iterator<Item = (AnyBinding<'a>, usize)>,
) -> impl Iterator<Item = Granting<'a>> {
    bindings.filter_map(move |(binding, number)| roles.get(number).map(|&(role, rule)| (binding, role, rule)))
}

/// The RoleBindings of the namespace that grant one of the roles, in order: from the roles or from the namespace, whichever has fewer.
fn local<'a>(rbac: &'a Authorizer, roles: &[(AnyRole<'a>, usize)], namespace: &str) -> Vec<Granting<'a>> {
    let here = |role: AnyRole<'_>| matches!(role, AnyRole::ClusterRole(_)) || role.namespace() == namespace;
    let roles: Vec<_> = roles.iter().filter(|(role, _)| here(*role)).copied().collect();
    let of_roles: usize = roles.iter().map(|(role, _)| rbac.count_role_bindings_to(*role)).sum();
    let of_namespace = rbac.policy().role_bindings().in_namespace(namespace);
    if of_namespace.clone().take(of_roles).count() == of_roles {
        let plain: Vec<AnyRole<'a>> = roles.iter().map(|(role, _)| *role).collect();
        let bindings = rbac.role_bindings_to_any(&plain).filter(|(binding, _)| same(binding.namespace(), namespace));
        return with_roles(roles, bindings).collect();
    }
    // A role that allows something has rules, so that they lie somewhere.
    let wanted: HashMap<usize, usize> = roles.iter().map(|(role, rule)| (address(*role), *rule)).collect();
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
        Subject::USER | Subject::GROUP => Some(Who([&subject.kind, "", &subject.name])),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, binding.namespace());
            (!namespace.is_empty()).then_some(Who([&subject.kind, namespace, &subject.name]))
        }
        _ => None,
    }
}
