//! The policy as the closure sees it: roles, scopes and identities by number, and who is granted what where.

use std::collections::HashMap;

use indexmap::IndexSet;

use super::edges::Place;
use super::{ExtraEdge, Identity, Yield};
use crate::authorize::Authorizer;
use crate::authorize::subject::service_account_namespace;
use crate::identity::{UserInfo, service_account, well_known};
use crate::model::{RoleRef, Secret, Subject};
use crate::policy::{AnyBinding, AnyRole, Policy};
use crate::version::Profile;

/// The number of a scope: the cluster, every namespace, or one namespace.
pub(super) type Scope = u32;
/// Every namespace, and what has none.
pub(super) const CLUSTER: Scope = 0;
/// Every namespace.
pub(super) const EVERY: Scope = 1;

/// A role that is granted somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Held {
    /// The number of the role.
    pub(super) role: u32,
    pub(super) scope: Scope,
}

/// The policy by numbers.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) rbac: &'a Authorizer,
    pub(super) profile: &'a Profile,
    pub(super) roles: Vec<AnyRole<'a>>,
    role_numbers: HashMap<(&'a str, &'a str, &'a str), u32>,
    pub(super) scopes: IndexSet<&'a str>,
    pub(super) identities: IndexSet<Identity>,
    /// What each identity is granted by its own name.
    pub(super) held: Vec<Vec<Held>>,
    /// The roles that each identity is bound to in vain: kind, namespace and name.
    pub(super) vain: Vec<Vec<(&'a RoleRef, Scope)>>,
    /// The known accounts that exist, or may exist, by namespace.
    pub(super) accounts: HashMap<Scope, Vec<u32>>,
    /// The accounts that are granted something and do not exist.
    pub(super) missing: HashMap<Scope, Vec<u32>>,
    pub(super) accounts_by_name: HashMap<String, Vec<u32>>,
    /// The bindings of each scope, with the roles that they grant.
    pub(super) bindings: HashMap<Scope, Vec<(AnyBinding<'a>, u32)>>,
    /// The edges of the caller's own, by whoever takes them.
    pub(super) extras: HashMap<u32, Vec<u32>>,
}

impl<'a> World<'a> {
    pub(super) fn new(rbac: &'a Authorizer, profile: &'a Profile, extras: &[ExtraEdge]) -> Self {
        let policy = rbac.policy();
        let roles: Vec<_> = policy.every_role().collect();
        let numbered = roles.iter().zip(0..);
        let role_numbers = numbered.map(|(role, number)| ((role.kind(), role.namespace(), role.name()), number)).collect();
        let mut world = Self {
            rbac,
            profile,
            roles,
            role_numbers,
            scopes: IndexSet::from(["", "*"]),
            identities: IndexSet::new(),
            held: Vec::new(),
            vain: Vec::new(),
            accounts: HashMap::new(),
            missing: HashMap::new(),
            accounts_by_name: HashMap::new(),
            bindings: HashMap::new(),
            extras: HashMap::new(),
        };
        world.enter_well_known();
        policy.bindings().for_each(|binding| world.enter_binding(binding));
        world.enter_extras(extras);
        world.enter_accounts(policy);
        world
    }

    pub(super) fn policy(&self) -> &'a Policy {
        self.rbac.policy()
    }

    pub(super) fn place(&self, scope: Scope) -> Place<'_> {
        Place { profile: self.profile, policy: self.policy(), namespace: self.namespace(scope) }
    }

    pub(super) fn namespace(&self, scope: Scope) -> &'a str {
        if scope == EVERY { "" } else { self.scopes.get_index(scope as usize).copied().unwrap_or_default() }
    }

    pub(super) fn scope(&self, namespace: &str) -> Option<Scope> {
        self.scopes.get_index_of(namespace).and_then(|found| u32::try_from(found).ok())
    }

    pub(super) fn role(&self, number: u32) -> Option<AnyRole<'a>> {
        self.roles.get(number as usize).copied()
    }

    pub(super) fn role_number(&self, kind: &str, namespace: &str, name: &str) -> Option<u32> {
        self.role_numbers.get(&(kind, namespace, name)).copied()
    }

    pub(super) fn number_of(&self, identity: &Identity) -> Option<u32> {
        self.identities.get_index_of(identity).and_then(|found| u32::try_from(found).ok())
    }

    pub(super) fn identity(&self, number: u32) -> Option<&Identity> {
        self.identities.get_index(number as usize)
    }

    /// The namespace, entered if it is new.
    fn enter_scope(&mut self, namespace: &'a str) -> Scope {
        u32::try_from(self.scopes.insert_full(namespace).0).unwrap_or(u32::MAX)
    }

    fn enter(&mut self, identity: Identity) -> u32 {
        if let Some(number) = self.number_of(&identity) {
            return number;
        }
        for group in identity.implied() {
            self.enter(Identity::group(&group));
        }
        self.held.push(Vec::new());
        self.vain.push(Vec::new());
        u32::try_from(self.identities.insert_full(identity).0).unwrap_or(u32::MAX)
    }

    /// Those who are there in every cluster.
    fn enter_well_known(&mut self) {
        for group in [
            UserInfo::ALL_AUTHENTICATED,
            UserInfo::ALL_UNAUTHENTICATED,
            UserInfo::MASTERS,
            service_account::ALL_GROUP,
            well_known::NODES,
            well_known::BOOTSTRAPPERS,
            well_known::KUBEADM_JOIN,
        ] {
            self.enter(Identity::group(group));
        }
        self.enter(Identity::Anonymous);
        self.enter(Identity::node("any"));
    }

    fn enter_binding(&mut self, binding: AnyBinding<'a>) {
        let scope = match binding {
            AnyBinding::ClusterRoleBinding(_) => CLUSTER,
            AnyBinding::RoleBinding(_) if binding.namespace().is_empty() => return,
            AnyBinding::RoleBinding(_) => self.enter_scope(binding.namespace()),
        };
        let found = self.rbac.policy().role_of(binding).ok();
        let role = found.and_then(|role| self.role_number(role.kind(), role.namespace(), role.name()));
        if let Some(role) = role {
            self.bindings.entry(scope).or_default().push((binding, role));
        }
        for subject in binding.subjects() {
            let Some((identity, namespace)) = identity_of(subject, binding.namespace()) else { continue };
            namespace.into_iter().for_each(|namespace| _ = self.enter_scope(namespace));
            let number = self.enter(identity) as usize;
            match role {
                Some(role) => self.held.get_mut(number).into_iter().for_each(|held| held.push(Held { role, scope })),
                None => self.vain.get_mut(number).into_iter().for_each(|vain| vain.push((binding.role_ref(), scope))),
            }
        }
    }

    fn enter_extras(&mut self, extras: &[ExtraEdge]) {
        for (extra, number) in extras.iter().zip(0..) {
            let from = self.enter(extra.from.clone());
            self.extras.entry(from).or_default().push(number);
            if let Yield::Becomes(identity) = &extra.to {
                self.enter(identity.clone());
            }
        }
    }

    /// Accounts are taken to exist unless the policy has accounts, and this one is not among them.
    fn enter_accounts(&mut self, policy: &'a Policy) {
        let all_known = !policy.service_accounts().is_empty();
        for account in policy.service_accounts().iter() {
            self.enter_scope(&account.metadata.namespace);
            self.enter(Identity::service_account(&account.metadata.namespace, &account.metadata.name));
        }
        for secret in policy.secrets().iter().filter(|secret| secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN) {
            self.enter_scope(&secret.metadata.namespace);
        }
        for pod in policy.pods().iter() {
            self.enter_scope(&pod.metadata.namespace);
            let name = match pod.spec.service_account_name.as_str() {
                "" => "default",
                name => name,
            };
            self.enter(Identity::service_account(&pod.metadata.namespace, name));
        }
        let is_account = |(identity, number): (&Identity, u32)| match identity {
            Identity::ServiceAccount { namespace, name } => Some((number, namespace.clone(), name.clone())),
            _ => None,
        };
        let accounts: Vec<_> = self.identities.iter().zip(0..).filter_map(is_account).collect();
        for (number, namespace, name) in accounts {
            let exists = !all_known || name == "default" || policy.service_accounts().get(&namespace, &name).is_some();
            let Some(scope) = self.scope(&namespace) else { continue };
            let by_scope = if exists { &mut self.accounts } else { &mut self.missing };
            by_scope.entry(scope).or_default().push(number);
            if exists {
                self.accounts_by_name.entry(name).or_default().push(number);
            }
        }
    }
}

/// Whom a subject stands for, and its namespace if it is an account.
fn identity_of<'a>(subject: &'a Subject, namespace: &'a str) -> Option<(Identity, Option<&'a str>)> {
    match subject.kind.as_str() {
        Subject::USER => {
            let account = service_account::split_username(&subject.name);
            Some((user(&subject.name), account.map(|(namespace, _)| namespace)))
        }
        Subject::GROUP => Some((Identity::group(&subject.name), None)),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, namespace);
            (!namespace.is_empty()).then(|| (Identity::service_account(namespace, &subject.name), Some(namespace)))
        }
        _ => None,
    }
}

/// The user of a name, of which that of a node is one.
pub(super) fn user(name: &str) -> Identity {
    match crate::identity::node::split_username(name) {
        Some(node) => Identity::node(node),
        None => Identity::user(name),
    }
}
