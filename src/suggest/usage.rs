//! What is granted against what was used.

use std::collections::{BTreeMap, BTreeSet};

use super::role::rule_for;
use super::{RuleUse, Usage};
use crate::authorize::{Authorizer, Grant, subject};
use crate::identity::UserInfo;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::AnyBinding;
use crate::request::{Attributes, OwnedAttributes};
use crate::rule::rule_allows;

/// What the user holds against the requests that it made; who made them is not looked at.
///
/// Cost: `O(different requests · rules held)`, and making the sets of what is held and asked.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, suggest::usage};
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("r", [
///         PolicyRule::resources(["get", "list"], [""], ["pods"]),
///         PolicyRule::resources(["get"], [""], ["secrets"]),
///     ])),
///     Object::from(ClusterRoleBinding::new("b", "r", [Subject::user("jane")])),
/// ]));
/// let jane = UserInfo::new("jane", ["dev"]);
/// let asked = ["list", "delete"].map(|verb| Attributes::resource(verb, "pods").in_namespace("dev"));
/// let found = usage(&rbac, &jane, asked)?;
/// assert_eq!(found.unused().map(|grant| grant.rule_index).collect::<Vec<_>>(), [1]);
/// assert_eq!(found.unused_in_cluster.to_rules()?, [PolicyRule::resources(["get"], [""], ["pods", "secrets"])]);
/// assert_eq!(found.denied[0].to_string(), "delete pods in the namespace dev");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A set would take more than [`PermissionSet::LIMIT`] steps.
pub fn usage<'a, 'r>(
    rbac: &'a Authorizer,
    user: &UserInfo,
    requests: impl IntoIterator<Item = Attributes<'r>>,
) -> Result<Usage<'a>, TooLarge> {
    let asked: BTreeSet<OwnedAttributes> =
        requests.into_iter().map(|request| Attributes { user: None, ..request }.into()).collect();
    let mut rules = held(rbac, user);
    let looked_up = rbac.look_up(user);
    let mut denied = Vec::new();
    for request in &asked {
        let attributes = request.attributes();
        for rule in &mut rules {
            rule.requests += usize::from(uses(&rule.grant, &attributes));
        }
        if !looked_up.authorize(&rbac.prepare(&attributes)).is_allowed() {
            denied.push(request.clone());
        }
    }
    let (unused_in_cluster, unused_by_namespace) = unused(&rules, &asked)?;
    Ok(Usage { rules, unused_in_cluster, unused_by_namespace, denied })
}

/// Every rule of every binding that stands for the user.
fn held<'a>(rbac: &'a Authorizer, user: &UserInfo) -> Vec<RuleUse<'a>> {
    let policy = rbac.policy();
    let mut rules = Vec::new();
    for binding in policy.bindings() {
        let is_user = |candidate| subject::matches(candidate, binding.namespace(), user);
        let (Some(subject_index), Ok(role)) = (binding.subjects().iter().position(is_user), policy.role_of(binding)) else {
            continue;
        };
        let grants = (0..role.rules().len()).map(|rule_index| Grant { binding, subject_index, role, rule_index });
        rules.extend(grants.map(|grant| RuleUse { grant, requests: 0 }));
    }
    rules
}

fn uses(grant: &Grant<'_>, request: &Attributes<'_>) -> bool {
    let here = match grant.binding {
        AnyBinding::ClusterRoleBinding(_) => true,
        AnyBinding::RoleBinding(binding) => !request.namespace.is_empty() && binding.metadata.namespace == request.namespace,
    };
    here && grant.rule().is_some_and(|rule| rule_allows(rule, request))
}

type Unused<'a> = (PermissionSet, BTreeMap<&'a str, PermissionSet>);

fn unused<'a>(rules: &[RuleUse<'a>], asked: &BTreeSet<OwnedAttributes>) -> Result<Unused<'a>, TooLarge> {
    let mut used: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for request in asked {
        used.entry(&request.namespace).or_default().push(rule_for(&request.attributes()));
    }
    let anywhere = PermissionSet::from_rules(used.values().flatten())?;
    let mut held: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for rule in rules {
        held.entry(rule.grant.binding.namespace()).or_default().extend(rule.grant.rule());
    }
    let in_cluster = PermissionSet::from_rules(held.remove("").into_iter().flatten())?.difference(&anywhere)?;
    let mut by_namespace = BTreeMap::new();
    for (namespace, rules) in held {
        let here = PermissionSet::from_rules(used.get(namespace).into_iter().flatten())?;
        let rest = PermissionSet::from_rules(rules)?.difference(&here)?;
        if !rest.is_empty() {
            by_namespace.insert(namespace, rest);
        }
    }
    Ok((in_cluster, by_namespace))
}
