//! Who holds what: the bindings of a policy turned around, by principal and namespace, with each role as a set.
//!
//! What `diff`, `redundancy` and `suggest` start from. Questions about one user are asked of `query`.

use std::collections::BTreeMap;

use crate::authorize::Grant;
use crate::authorize::subject::{Membership, Principal};
use crate::policy::{AnyBinding, AnyRole, Policy};

mod roles;

pub(crate) use roles::{RoleId, RoleSets};

/// One entry of the subjects of a binding that leads to a role.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holding<'a> {
    pub(crate) binding: AnyBinding<'a>,
    pub(crate) subject_index: usize,
    pub(crate) role: AnyRole<'a>,
    pub(crate) id: RoleId,
}

impl<'a> Holding<'a> {
    /// What it grants by the rule of this number.
    pub(crate) const fn grant(&self, rule_index: usize) -> Grant<'a> {
        Grant { binding: self.binding, subject_index: self.subject_index, role: self.role, rule_index }
    }
}

/// What one principal holds, in the order of the policy.
#[derive(Debug, Default)]
pub(crate) struct Held<'a> {
    pub(crate) cluster: Vec<Holding<'a>>,
    pub(crate) by_namespace: BTreeMap<&'a str, Vec<Holding<'a>>>,
}

impl<'a> Held<'a> {
    /// What is held in this namespace alone.
    pub(crate) fn local(&self, namespace: &str) -> &[Holding<'a>] {
        self.by_namespace.get(namespace).map_or(&[], Vec::as_slice)
    }
}

/// What every principal that a policy names holds.
#[derive(Debug)]
pub(crate) struct Holdings<'a> {
    held: BTreeMap<Principal, Held<'a>>,
    nothing: Held<'a>,
}

impl<'a> Holdings<'a> {
    /// Reads the bindings. Those that lead to no role, or apply nowhere, give nothing. Cost: `O(n log n)` for `n` subjects.
    pub(crate) fn new(policy: &'a Policy, roles: &mut RoleSets<'a>) -> Self {
        let mut held: BTreeMap<Principal, Held<'a>> = BTreeMap::new();
        for binding in policy.bindings().filter(|binding| applies_somewhere(*binding)) {
            let Ok(role) = policy.role_of(binding) else { continue };
            let id = roles.id(role);
            for (subject_index, subject) in binding.subjects().iter().enumerate() {
                let Some(principal) = Principal::of(subject, binding.namespace()) else { continue };
                let held = held.entry(principal).or_default();
                let place = match binding {
                    AnyBinding::ClusterRoleBinding(_) => &mut held.cluster,
                    AnyBinding::RoleBinding(_) => held.by_namespace.entry(binding.namespace()).or_default(),
                };
                place.push(Holding { binding, subject_index, role, id });
            }
        }
        Self { held, nothing: Held::default() }
    }

    /// What the principal holds by itself.
    pub(crate) fn of(&self, principal: &Principal) -> &Held<'a> {
        self.held.get(principal).unwrap_or(&self.nothing)
    }

    /// What the principal holds with those that are counted with it, itself first.
    pub(crate) fn with_implied(&self, principal: &Principal, membership: Membership) -> Vec<&Held<'a>> {
        principal.with_implied(membership).iter().map(|principal| self.of(principal)).collect()
    }

    /// Who holds anything, in order.
    pub(crate) fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.held.keys()
    }

    /// Every principal with what it holds, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Principal, &Held<'a>)> {
        self.held.iter()
    }
}

/// A RoleBinding without a namespace is read for no request.
pub(crate) fn applies_somewhere(binding: AnyBinding<'_>) -> bool {
    matches!(binding, AnyBinding::ClusterRoleBinding(_)) || !binding.namespace().is_empty()
}

/// A user name that none of these policies' bindings name.
pub(crate) fn stranger(holdings: &[&Holdings<'_>]) -> String {
    let numbered = (1_u64..).map(|number| format!("somebody-{number}"));
    let mut names = std::iter::once("somebody".to_owned()).chain(numbered).map(Principal::User);
    let free = names.find(|name| !holdings.iter().any(|holdings| holdings.held.contains_key(name)));
    match free {
        Some(Principal::User(name)) => name,
        _ => String::new(),
    }
}
