//! The checks themselves, one after the other as the server makes them.

use super::refusal::{LookupError, LookupProblem};
use super::{Escalating, Escalation, Lookup, Refusal};
use crate::authorize::server;
use crate::identity::UserInfo;
use crate::model::{ALL, ApiObject, ClusterRole, ClusterRoleBinding, Object, PolicyRule, RBAC_GROUP, Role, RoleBinding, RoleRef};
use crate::names;
use crate::request::Attributes;
use crate::rule::covers::covers;
use crate::version::Behaviour;

/// A create or an update under way.
#[derive(Clone, Copy)]
pub(super) struct Write<'a> {
    pub(super) of: Escalation<'a>,
    pub(super) user: &'a UserInfo,
    pub(super) object: &'a Object,
    pub(super) old: Option<&'a Object>,
    /// Whether the URL of the request has the name of the object.
    pub(super) named: bool,
}

impl<'a> Write<'a> {
    pub(super) fn check(self) -> Result<(), Refusal> {
        if self.user.groups.iter().any(|group| group == UserInfo::MASTERS) {
            return Ok(());
        }
        match self.object {
            Object::Role(role) => self.check_role(Role::PLURAL, &role.rules),
            Object::ClusterRole(role) => self.check_cluster_role(role),
            Object::RoleBinding(binding) => self.check_binding(RoleBinding::PLURAL, &binding.role_ref),
            Object::ClusterRoleBinding(binding) => self.check_binding(ClusterRoleBinding::PLURAL, &binding.role_ref),
            _ => Ok(()),
        }
    }

    /// The namespace of the request.
    fn namespace(self) -> &'a str {
        match self.object {
            Object::Role(_) | Object::RoleBinding(_) => &self.object.metadata().namespace,
            _ => "",
        }
    }

    fn check_role(self, resource: &'static str, rules: &[PolicyRule]) -> Result<(), Refusal> {
        if self.may_escalate(resource) || self.changes_only_what_gc_needs() {
            return Ok(());
        }
        self.confirm(resource, rules)
    }

    fn check_cluster_role(self, role: &ClusterRole) -> Result<(), Refusal> {
        let resource = ClusterRole::PLURAL;
        if self.may_escalate(resource) || self.changes_only_what_gc_needs() {
            return Ok(());
        }
        self.confirm(resource, &role.rules)?;
        let aggregated_before = matches!(self.old, Some(Object::ClusterRole(old)) if is_aggregated(old));
        if is_aggregated(role) || aggregated_before {
            let everything = [PolicyRule::resources([ALL], [ALL], [ALL]), PolicyRule::urls([ALL], [ALL])];
            self.confirm(resource, &everything).map_err(|_| Refusal::Aggregation { name: role.metadata.name.clone() })?;
        }
        Ok(())
    }

    fn check_binding(self, resource: &'static str, role_ref: &RoleRef) -> Result<(), Refusal> {
        if self.changes_only_what_gc_needs() || self.may_bind(role_ref) {
            return Ok(());
        }
        let granted = self.rules_of(resource, role_ref, self.namespace()).map_err(Refusal::Role)?;
        self.confirm(resource, granted)
    }

    /// Whether the user may write more into the role than it holds (`RoleEscalationAuthorized`).
    fn may_escalate(self, resource: &str) -> bool {
        let name = if self.named { self.object.metadata().name.as_str() } else { "" };
        self.of.version.has(Behaviour::EscalateVerb)
            && self.is_allowed(Attributes::resource("escalate", resource).in_group(RBAC_GROUP).named(name))
    }

    /// Whether the user may grant the role without holding what it allows (`BindingAuthorized`).
    fn may_bind(self, role_ref: &RoleRef) -> bool {
        let RoleRef { api_group, kind, name } = role_ref;
        let resource = match kind.as_str() {
            RoleRef::CLUSTER_ROLE => ClusterRole::PLURAL,
            RoleRef::ROLE => Role::PLURAL,
            _ => return false,
        };
        self.is_allowed(Attributes::resource("bind", resource).in_group(api_group).named(name))
    }

    fn is_allowed(self, request: Attributes<'_>) -> bool {
        let request = request.in_version(ALL).in_namespace(self.namespace()).by(self.user);
        server::authorize(self.of.rbac, &request).is_allowed()
    }

    /// Whether nothing changes but what garbage collection needs to change (`IsOnlyMutatingGCFields`).
    fn changes_only_what_gc_needs(self) -> bool {
        let Some(old) = self.old.filter(|old| old.kind() == self.object.kind()) else {
            return false;
        };
        let mut new = self.object.clone();
        let (changed, before) = (new.metadata_mut(), old.metadata());
        changed.owner_references.clone_from(&before.owner_references);
        changed.finalizers.clone_from(&before.finalizers);
        changed.self_link.clone_from(&before.self_link);
        changed.managed_fields.clone_from(&before.managed_fields);
        new == *old
    }

    /// Whether the user holds what is granted, in the namespace of the request (`ConfirmNoEscalation`).
    fn confirm(self, resource: &'static str, granted: &[PolicyRule]) -> Result<(), Refusal> {
        let (held, errors) = self.held(resource);
        let missing = covers(held.iter().copied(), granted).map_err(Refusal::TooLarge)?.missing;
        if missing.is_empty() {
            return Ok(());
        }
        let mut refused = Escalating {
            resource,
            name: self.object.metadata().name.clone(),
            username: self.user.username.clone(),
            groups: self.user.groups.clone(),
            missing,
            errors,
            told: None,
        };
        if !self.of.version.has(Behaviour::EscalationTellsMissingRules) {
            refused.told = Some(refused.in_old_words(self.user, &held));
        }
        Err(Refusal::NotHeld(Box::new(refused)))
    }

    /// The rules of the user's roles in the namespace of the request, and the references that lead to none.
    fn held(self, resource: &'static str) -> (Vec<&'a PolicyRule>, Vec<LookupError>) {
        let (mut rules, mut errors) = (Vec::new(), Vec::new());
        for (binding, _) in self.of.rbac.bindings_of(self.user, self.namespace()) {
            match self.rules_of(resource, binding.role_ref(), binding.namespace()) {
                Ok(of_role) => rules.extend(of_role),
                Err(error) => errors.push(error),
            }
        }
        (rules, errors)
    }

    /// The rules of the role that is referred to, as the storage finds it (`GetRoleReferenceRules`).
    fn rules_of(self, resource: &'static str, role_ref: &RoleRef, namespace: &str) -> Result<&'a [PolicyRule], LookupError> {
        let policy = self.of.rbac.policy();
        let RoleRef { kind, name, .. } = role_ref;
        let problem = |problem| LookupError { resource, problem };
        let (is_role, found) = match kind.as_str() {
            RoleRef::ROLE => (true, policy.get::<Role>(namespace, name).map(|role| role.rules.as_slice())),
            RoleRef::CLUSTER_ROLE => (false, policy.get::<ClusterRole>("", name).map(|role| role.rules.as_slice())),
            _ => return Err(problem(LookupProblem::UnsupportedKind(kind.clone()))),
        };
        if self.of.lookup == Lookup::Keyed {
            check_key(is_role.then_some(namespace), name).map_err(problem)?;
        }
        found.ok_or_else(|| problem(LookupProblem::NotFound(name.clone())))
    }
}

fn is_aggregated(role: &ClusterRole) -> bool {
    role.aggregation_rule.as_ref().is_some_and(|rule| !rule.cluster_role_selectors.is_empty())
}

/// The rules for keys of the storage (`NamespaceKeyFunc`, `NoNamespaceKeyFunc`).
fn check_key(namespace: Option<&str>, name: &str) -> Result<(), LookupProblem> {
    if namespace == Some("") {
        return Err(LookupProblem::NamespaceRequired);
    }
    if name.is_empty() {
        return Err(LookupProblem::NameRequired);
    }
    match names::path_segment(name) {
        problems if problems.is_empty() => Ok(()),
        problems => Err(LookupProblem::NameInvalid { name: name.to_owned(), problems: problems.join(";") }),
    }
}
