//! What an API server does to the stored policy when it starts (`pkg/registry/rbac/rest/storage_rbac.go`, `ensureRBACPolicy`).

use super::{Error, Operation, Reconciled, binding, role};
use crate::controller::Change;
use crate::model::{ClusterRole, ClusterRoleBinding, Object, ObjectKey, PolicyRule, Role, RoleBinding, Subject};
use crate::policy::{Policy, PolicyObject};

/// The roles whose rules moved into another one when they became aggregated, in 1.9: a role of an older cluster is copied there first.
pub const AGGREGATED: [(&str, &str); 3] =
    [("admin", "system:aggregate-to-admin"), ("edit", "system:aggregate-to-edit"), ("view", "system:aggregate-to-view")];

/// The binding of whose subjects, labels and annotations another one is made, in 1.14.
const SPLIT: (&str, &str) = ("system:discovery", "system:public-info-viewer");

/// What the server did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Started {
    /// What it wrote, in order.
    pub changes: Vec<Change>,
    /// The objects that it left alone because they opted out.
    pub skipped: Vec<Skipped>,
    /// The objects whose rules could not be compared.
    pub failed: Vec<Error>,
}

/// An object that opted out of being brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Skipped {
    /// The object.
    pub key: ObjectKey,
    /// What would have been done.
    pub operation: Operation,
    /// The atomic rules that it lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_rules: Vec<PolicyRule>,
    /// The subjects that it lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_subjects: Vec<Subject>,
}

/// Brings the stored policy up to the default policy of a version: what is missing is added, what is too much stays, and what opted out is
/// left alone. ClusterRoles come first, then ClusterRoleBindings, Roles and RoleBindings.
///
/// The rules of aggregated roles are the business of [`aggregation`](crate::controller::aggregation). Cost: that of reconciling each object.
///
/// ```
/// use k8s_rbac::controller::reconcile::start;
/// use k8s_rbac::{Policy, model::*};
/// let role = |verbs: &[&str]| {
///     let mut role = ClusterRole::new("reader", [PolicyRule::resources(verbs.iter().copied(), [""], ["pods"])]);
///     role.metadata.annotations.insert("rbac.authorization.kubernetes.io/autoupdate".into(), "true".into());
///     Object::from(role)
/// };
/// let mut stored = Policy::from_iter([role(&["get", "delete"])]);
/// let _ = start(&Policy::from_iter([role(&["get", "list"])]), &mut stored);
/// // What is missing is added; what an administrator added stays.
/// let rules = &stored.get::<ClusterRole>("", "reader").unwrap().rules;
/// assert_eq!(rules.len(), 2);
/// assert_eq!(rules[1].verbs.join(","), "list");
/// ```
pub fn start(expected: &Policy, stored: &mut Policy) -> Started {
    let mut started = Started::default();
    move_aggregated_rules(stored, &mut started);
    split_discovery(expected, stored, &mut started);
    for wanted in expected.cluster_roles().iter() {
        let result = role(existing::<ClusterRole>(stored, "", &wanted.metadata.name).as_ref(), wanted, false);
        started.settle(result, stored);
    }
    for wanted in expected.cluster_role_bindings().iter() {
        let result = binding(existing::<ClusterRoleBinding>(stored, "", &wanted.metadata.name).as_ref(), wanted, false);
        started.settle(Ok(result), stored);
    }
    for wanted in expected.roles().iter() {
        let result = role(existing::<Role>(stored, &wanted.metadata.namespace, &wanted.metadata.name).as_ref(), wanted, false);
        started.settle(result, stored);
    }
    for wanted in expected.role_bindings().iter() {
        let result =
            binding(existing::<RoleBinding>(stored, &wanted.metadata.namespace, &wanted.metadata.name).as_ref(), wanted, false);
        started.settle(Ok(result), stored);
    }
    started
}

fn existing<T: PolicyObject>(stored: &Policy, namespace: &str, name: &str) -> Option<T> {
    stored.get::<T>(namespace, name).map(|object| T::clone(object))
}

impl Started {
    fn settle<T: PolicyObject>(&mut self, result: Result<Reconciled<T>, Error>, stored: &mut Policy) {
        let result = match result {
            Ok(result) => result,
            Err(error) => return self.failed.push(error),
        };
        if result.protected && result.operation != Operation::None {
            let Reconciled { ref object, operation, missing_rules, missing_subjects, .. } = result;
            return self.skipped.push(Skipped { key: ObjectKey::of(object), operation, missing_rules, missing_subjects });
        }
        for change in result.changes() {
            self.write(change, stored);
        }
    }

    fn write(&mut self, change: Change, stored: &mut Policy) {
        if change.clone().apply(stored) {
            self.changes.push(change);
        }
    }
}

/// A role that is not aggregated yet is copied to where its rules are expected now, if nothing is there. Upstream goes through the roles
/// in no particular order and stops at the first that is aggregated; here all are looked at.
fn move_aggregated_rules(stored: &mut Policy, started: &mut Started) {
    for (old, new) in AGGREGATED {
        let source = existing::<ClusterRole>(stored, "", old).filter(|role| role.aggregation_rule.is_none());
        let Some(mut role) = source.filter(|_| stored.get::<ClusterRole>("", new).is_none()) else { continue };
        new.clone_into(&mut role.metadata.name);
        role.metadata.resource_version.clear();
        role.metadata.uid.clear();
        started.write(Change::Create(Object::from(role)), stored);
    }
}

fn split_discovery(expected: &Policy, stored: &mut Policy, started: &mut Started) {
    let (source, target) = SPLIT;
    let (Some(source), Some(mut target)) =
        (existing::<ClusterRoleBinding>(stored, "", source), existing::<ClusterRoleBinding>(expected, "", target))
    else {
        return;
    };
    target.subjects = source.subjects;
    target.metadata.labels = source.metadata.labels;
    target.metadata.annotations = source.metadata.annotations;
    started.write(Change::Create(target.into()), stored);
}
