//! What must be written so that stored roles and bindings grant what is expected of them.
//!
//! By this an API server brings the default policy up to date when it starts ([`start`]), and `kubectl auth reconcile` that of a file. What
//! is missing is told in atomic rules, by upstream's algebra ([`crate::rule::covers`]). Models
//! `component-helpers/auth/rbac/reconciliation`, but for one thing: labels or annotations that are `{}` on one side and absent on the other
//! are the same here, where upstream makes an update that changes nothing.

use std::collections::{BTreeMap, HashSet};

use super::{Change, Deletion};
use crate::model::{
    AggregationRule, ApiObject, ClusterRole, ClusterRoleBinding, LabelSelector, List, Object, ObjectMeta, PolicyRule, Role,
    RoleBinding, RoleRef, Subject,
};
use crate::rule::covers::{TooManyAtoms, covers};

mod page;
mod start;

pub use page::Page;
pub use start::{AGGREGATED, Skipped, Started, start};

/// The annotation that says whether the object may be brought up to date; exactly `false` protects it.
pub const AUTOUPDATE: &str = "rbac.authorization.kubernetes.io/autoupdate";

/// Rules that break down into too many atomic rules to be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{object}: {error}")]
pub struct Error {
    object: crate::model::ObjectKey,
    error: TooManyAtoms,
}

/// What is to be done to an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::exhaustive_enums, reason = "upstream has these four")]
pub enum Operation {
    /// Nothing.
    #[default]
    None,
    /// It is created.
    Create,
    /// It is updated.
    Update,
    /// It is deleted and created, for a `roleRef` cannot be changed.
    Recreate,
}

/// What reconciling an object comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[must_use]
pub struct Reconciled<T> {
    /// The object as it should be stored.
    pub object: T,
    /// What is to be done for that.
    pub operation: Operation,
    /// Whether the stored object opted out of it, so that nothing is done.
    pub protected: bool,
    /// The expected rules that were missing; atomic, unless the role is new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_rules: Vec<PolicyRule>,
    /// The atomic rules that were there and not expected. Not told where both roles are aggregated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_rules: Vec<PolicyRule>,
    /// The expected aggregation selectors that were missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_selectors: Vec<LabelSelector>,
    /// The aggregation selectors that were there and not expected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_selectors: Vec<LabelSelector>,
    /// The expected subjects that were missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_subjects: Vec<Subject>,
    /// The subjects that were there and not expected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_subjects: Vec<Subject>,
    /// The unique id of the stored object that a recreation deletes.
    #[serde(skip)]
    replaced_uid: String,
}

impl<T: ApiObject + Clone + Into<Object>> Reconciled<T> {
    /// The writes, in order; none if the object is protected.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let object = || self.object.clone().into();
        match self.operation {
            _ if self.protected => Vec::new(),
            Operation::None => Vec::new(),
            Operation::Create => vec![Change::Create(object())],
            Operation::Update => vec![Change::Update(object())],
            Operation::Recreate => {
                let deletion = Deletion { uid: self.replaced_uid.clone(), ..Deletion::of(&self.object) };
                vec![Change::Delete(deletion), Change::Create(object())]
            }
        }
    }
}

/// A kind of role: [`Role`] or [`ClusterRole`]. Sealed.
pub trait RuleOwner: ApiObject + Clone + Default + private::Sealed {
    #[doc(hidden)]
    fn rules(&mut self) -> &mut List<PolicyRule>;
    #[doc(hidden)]
    fn aggregation(&mut self) -> Option<&mut Option<AggregationRule>>;
}

/// A kind of binding: [`RoleBinding`] or [`ClusterRoleBinding`]. Sealed.
pub trait Binding: ApiObject + Clone + Default + private::Sealed {
    #[doc(hidden)]
    fn role_ref(&self) -> &RoleRef;
    #[doc(hidden)]
    fn subjects(&mut self) -> &mut Vec<Subject>;
}

mod private {
    #[expect(unnameable_types, reason = "the trait seals others")]
    pub trait Sealed {}
}

impl private::Sealed for Role {}
impl private::Sealed for ClusterRole {}
impl private::Sealed for RoleBinding {}
impl private::Sealed for ClusterRoleBinding {}

impl RuleOwner for Role {
    fn rules(&mut self) -> &mut List<PolicyRule> {
        &mut self.rules
    }

    fn aggregation(&mut self) -> Option<&mut Option<AggregationRule>> {
        None
    }
}

impl RuleOwner for ClusterRole {
    fn rules(&mut self) -> &mut List<PolicyRule> {
        &mut self.rules
    }

    fn aggregation(&mut self) -> Option<&mut Option<AggregationRule>> {
        Some(&mut self.aggregation_rule)
    }
}

macro_rules! binding {
    ($kind:ident) => {
        impl Binding for $kind {
            fn role_ref(&self) -> &RoleRef {
                &self.role_ref
            }

            fn subjects(&mut self) -> &mut Vec<Subject> {
                &mut self.subjects
            }
        }
    };
}

binding!(RoleBinding);
binding!(ClusterRoleBinding);

/// Reconciles a role (`ReconcileRoleOptions.Run`). What is missing is added; what is too much goes only if `remove_extra` says so, and then
/// the expected rules take the place of all. An aggregation that is not expected goes in any case.
///
/// Cost: that of two [`covers`].
///
/// # Errors
/// The rules of one of the roles break down into too many atomic rules.
///
/// ```
/// use k8s_rbac::controller::reconcile::{Operation, role};
/// use k8s_rbac::model::{ClusterRole, PolicyRule};
/// let stored = ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]);
/// let expected = ClusterRole::new("reader", [PolicyRule::resources(["get", "list"], [""], ["pods"])]);
/// let result = role(Some(&stored), &expected, false)?;
/// assert_eq!(result.operation, Operation::Update);
/// assert_eq!(result.missing_rules, [PolicyRule::resources(["list"], [""], ["pods"])]);
/// assert_eq!(result.object.rules.len(), 2);
/// # Ok::<(), k8s_rbac::controller::reconcile::Error>(())
/// ```
pub fn role<T: RuleOwner>(existing: Option<&T>, expected: &T, remove_extra: bool) -> Result<Reconciled<T>, Error> {
    let mut expected = expected.clone();
    let Some(existing) = existing else {
        let missing_selectors = selectors(&aggregation(&mut expected)).to_vec();
        let missing_rules = expected.rules().to_vec();
        return Ok(Reconciled {
            object: expected,
            operation: Operation::Create,
            missing_rules,
            missing_selectors,
            ..Default::default()
        });
    };
    let mut result = started(existing, &expected);
    rules(&mut result, existing.clone(), &mut expected, remove_extra)
        .map_err(|error| Error { object: crate::model::ObjectKey::of(existing), error })?;
    aggregations(&mut result, aggregation(&mut existing.clone()), aggregation(&mut expected), remove_extra);
    Ok(result)
}

/// Reconciles a binding (`ReconcileRoleBindingOptions.Run`). Subjects are added; those that are too much go only if `remove_extra` says so,
/// and then the expected ones take the place of all. Another `roleRef` replaces the binding, with its labels and annotations.
///
/// Cost: `O(subjects)`.
///
/// ```
/// use k8s_rbac::controller::reconcile::{Operation, binding};
/// use k8s_rbac::model::{ClusterRoleBinding, Subject};
/// let with = |role: &str, names: &[&str]| ClusterRoleBinding::new("b", role, names.iter().copied().map(Subject::user));
/// let result = binding(Some(&with("view", &["jane"])), &with("view", &["joe"]), false);
/// assert_eq!((result.operation, result.missing_subjects.len()), (Operation::Update, 1));
/// // A binding keeps its role for life, so another role means another binding.
/// assert_eq!(binding(Some(&with("view", &[])), &with("edit", &[]), false).operation, Operation::Recreate);
/// ```
pub fn binding<T: Binding>(existing: Option<&T>, expected: &T, remove_extra: bool) -> Reconciled<T> {
    let mut expected = expected.clone();
    let wanted = expected.subjects().clone();
    let Some(existing) = existing else {
        return Reconciled { object: expected, operation: Operation::Create, missing_subjects: wanted, ..Default::default() };
    };
    let mut result = started(existing, &expected);
    if existing.role_ref() != expected.role_ref() {
        let replaced_uid = existing.metadata().uid.clone();
        return Reconciled {
            object: expected,
            operation: Operation::Recreate,
            protected: result.protected,
            replaced_uid,
            ..Default::default()
        };
    }
    let present = result.object.subjects().clone();
    result.missing_subjects = without(&wanted, &present);
    result.extra_subjects = without(&present, &wanted);
    if !remove_extra && !result.missing_subjects.is_empty() {
        result.object.subjects().extend(result.missing_subjects.iter().cloned());
        result.operation = Operation::Update;
    } else if remove_extra && !(result.missing_subjects.is_empty() && result.extra_subjects.is_empty()) {
        *result.object.subjects() = wanted;
        result.operation = Operation::Update;
    }
    result
}

/// A copy of the stored object with the labels and annotations that it lacks; its own values win.
fn started<T: ApiObject + Clone + Default>(existing: &T, expected: &T) -> Reconciled<T> {
    let mut object = existing.clone();
    let (metadata, wanted) = (object.metadata_mut(), expected.metadata());
    add(&wanted.annotations, &mut metadata.annotations);
    add(&wanted.labels, &mut metadata.labels);
    let same = |a: &ObjectMeta, b: &ObjectMeta| a.annotations == b.annotations && a.labels == b.labels;
    let operation = if same(object.metadata(), existing.metadata()) { Operation::None } else { Operation::Update };
    let protected = existing.metadata().annotations.get(AUTOUPDATE).is_some_and(|value| value == "false");
    Reconciled { object, operation, protected, ..Default::default() }
}

fn add(wanted: &BTreeMap<String, String>, present: &mut BTreeMap<String, String>) {
    for (key, value) in wanted {
        present.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

fn rules<T: RuleOwner>(
    result: &mut Reconciled<T>,
    mut existing: T,
    expected: &mut T,
    remove_extra: bool,
) -> Result<(), TooManyAtoms> {
    let both_aggregated = aggregation(&mut existing).is_some() && aggregation(expected).is_some();
    let (present, wanted) = (existing.rules().clone(), expected.rules().clone());
    if !both_aggregated {
        result.extra_rules = covers(wanted.iter(), present.iter())?.missing;
    }
    result.missing_rules = covers(present.iter(), wanted.iter())?.missing;
    if !remove_extra && !result.missing_rules.is_empty() {
        result.object.rules().extend(result.missing_rules.iter().cloned());
        result.operation = Operation::Update;
    } else if remove_extra && !(result.missing_rules.is_empty() && result.extra_rules.is_empty()) {
        *result.object.rules() = wanted;
        result.operation = Operation::Update;
    }
    Ok(())
}

fn aggregations<T: RuleOwner>(
    result: &mut Reconciled<T>,
    existing: Option<AggregationRule>,
    expected: Option<AggregationRule>,
    remove_extra: bool,
) {
    result.extra_selectors = uncovered(expected.as_ref(), existing.as_ref());
    result.missing_selectors = uncovered(existing.as_ref(), expected.as_ref());
    let Some(aggregation) = result.object.aggregation() else { return };
    if expected.is_none() && existing.is_some() {
        *aggregation = None;
    } else if !remove_extra && !result.missing_selectors.is_empty() {
        let selectors = &mut aggregation.get_or_insert_with(Default::default).cluster_role_selectors;
        selectors.extend(result.missing_selectors.iter().cloned());
    } else if remove_extra && !(result.missing_selectors.is_empty() && result.extra_selectors.is_empty()) {
        *aggregation = expected;
    } else {
        return;
    }
    result.operation = Operation::Update;
}

fn aggregation<T: RuleOwner>(role: &mut T) -> Option<AggregationRule> {
    role.aggregation().and_then(|aggregation| aggregation.clone())
}

fn selectors(aggregation: &Option<AggregationRule>) -> &[LabelSelector] {
    aggregation.as_ref().map_or(&[], |aggregation| &aggregation.cluster_role_selectors)
}

/// The selectors of the servant that the owner does not have.
fn uncovered(owner: Option<&AggregationRule>, servant: Option<&AggregationRule>) -> Vec<LabelSelector> {
    let owned: HashSet<&LabelSelector> = owner.iter().flat_map(|owner| &owner.cluster_role_selectors).collect();
    let selectors = servant.iter().flat_map(|servant| &servant.cluster_role_selectors);
    selectors.filter(|selector| !owned.contains(selector)).cloned().collect()
}

/// The subjects of the first list that the second does not have, each once.
fn without(list: &[Subject], other: &[Subject]) -> Vec<Subject> {
    let mut seen: HashSet<&Subject> = other.iter().collect();
    list.iter().filter(|subject| seen.insert(subject)).cloned().collect()
}
