//! What `kubectl apply` leaves of the object that is there: the strategic merge of three ways, by the strategies of the API's types.
//!
//! Models `kubectl/pkg/cmd/apply/patcher.go` and `apimachinery/pkg/util/strategicpatch` for the kinds of the crate. What a manifest says takes
//! the place of what is there; where it is silent, what is there stays, but for what was applied before, as the annotation of the object
//! remembers it. An empty list, map or text counts as silence: the types do not tell it from one that is absent.

use std::collections::{BTreeMap, HashMap};

use crate::controller::aggregation::take_rules;
use crate::load::{FieldValidation, Loader};
use crate::model::core::ObjectReference;
use crate::model::meta::OwnerReference;
use crate::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, ConfigMap, List, Located, Object, ObjectMeta, Role, RoleBinding, RoleRef,
    Secret, ServiceAccount,
};

/// What was applied before of this kind; nothing, where it was not.
macro_rules! of_kind {
    ($kind:ident, $before:expr) => {
        if let Some(Object::$kind(before)) = $before { before } else { $kind::default() }
    };
}

/// Both kinds of binding are merged alike.
macro_rules! binding {
    ($old:ident, $before:expr, $new:ident) => {{
        let before = $before;
        keep(&$old.subjects, &before.subjects, &mut $new.subjects);
        role_ref(&$old.role_ref, &before.role_ref, &mut $new.role_ref);
    }};
}

/// The new object, merged with the old one. Cost: `O(both, and what was applied before)`.
pub(super) fn merge(old: &Object, mut new: Object) -> Object {
    let before = last_applied(old.metadata());
    let nothing = ObjectMeta::default();
    metadata(old.metadata(), before.as_ref().map_or(&nothing, Object::metadata), new.metadata_mut());
    match (old, &mut new) {
        (Object::ServiceAccount(old), Object::ServiceAccount(new)) => account(old, &of_kind!(ServiceAccount, before), new),
        (Object::Secret(old), Object::Secret(new)) => secret(old, &of_kind!(Secret, before), new),
        (Object::ConfigMap(old), Object::ConfigMap(new)) => config_map(old, &of_kind!(ConfigMap, before), new),
        (Object::Role(old), Object::Role(new)) => keep_given(&old.rules, &of_kind!(Role, before).rules, &mut new.rules),
        (Object::ClusterRole(old), Object::ClusterRole(new)) => cluster_role(old, &of_kind!(ClusterRole, before), new),
        (Object::RoleBinding(old), Object::RoleBinding(new)) => binding!(old, of_kind!(RoleBinding, before), new),
        (Object::ClusterRoleBinding(old), Object::ClusterRoleBinding(new)) => {
            binding!(old, of_kind!(ClusterRoleBinding, before), new);
        }
        (Object::Namespace(old), Object::Namespace(new)) => keep(&old.spec, &None, &mut new.spec),
        // Hardly a field of a running Pod can be changed.
        (Object::Pod(old), Object::Pod(new)) => {
            new.spec.clone_from(&old.spec);
            keep(&old.status, &None, &mut new.status);
        }
        _ => {}
    }
    new
}

/// What was applied last, where the object remembers it.
fn last_applied(old: &ObjectMeta) -> Option<Object> {
    let text = old.annotations.get(ObjectMeta::LAST_APPLIED)?;
    let loader = Loader::new().field_validation(FieldValidation::Ignore).spans(false);
    loader.read_str("", text).objects.pop().map(Located::into_inner)
}

fn metadata(old: &ObjectMeta, before: &ObjectMeta, new: &mut ObjectMeta) {
    keep_map(&old.labels, &before.labels, &mut new.labels);
    // The annotation that remembers stands in every manifest that kubectl sends.
    keep_entries(&old.annotations, &before.annotations, &mut new.annotations);
    finalizers(&old.finalizers, &before.finalizers, &mut new.finalizers);
    OWNERS.keep(&old.owner_references, &before.owner_references, &mut new.owner_references);
    keep(&old.managed_fields, &Vec::new(), &mut new.managed_fields);
}

/// Those that differ in nothing but their order stay as they are if the new ones are sorted: upstream sorts the old ones before it compares
/// the two (`diffListsOfScalars`).
fn finalizers(old: &[String], before: &[String], new: &mut Vec<String>) {
    let mut sorted = old.to_vec();
    sorted.sort();
    if sorted == *new && before.iter().all(|finalizer| sorted.binary_search(finalizer).is_ok()) {
        old.clone_into(new);
    } else {
        FINALIZERS.keep(old, before, new);
    }
}

fn owner(old: &OwnerReference, before: &OwnerReference, new: &mut OwnerReference) {
    keep(&old.controller, &before.controller, &mut new.controller);
    keep(&old.block_owner_deletion, &before.block_owner_deletion, &mut new.block_owner_deletion);
}

fn account(old: &ServiceAccount, before: &ServiceAccount, new: &mut ServiceAccount) {
    SECRETS.keep(&old.secrets, &before.secrets, &mut new.secrets);
    keep(&old.image_pull_secrets, &before.image_pull_secrets, &mut new.image_pull_secrets);
    let automount = &mut new.automount_service_account_token;
    keep(&old.automount_service_account_token, &before.automount_service_account_token, automount);
}

fn secret(old: &Secret, before: &Secret, new: &mut Secret) {
    keep_map(&old.data, &before.data, &mut new.data);
    keep(&old.r#type, &before.r#type, &mut new.r#type);
    keep(&old.immutable, &before.immutable, &mut new.immutable);
}

fn config_map(old: &ConfigMap, before: &ConfigMap, new: &mut ConfigMap) {
    keep_map(&old.data, &before.data, &mut new.data);
    keep_map(&old.binary_data, &before.binary_data, &mut new.binary_data);
    keep(&old.immutable, &before.immutable, &mut new.immutable);
}

fn cluster_role(old: &ClusterRole, before: &ClusterRole, new: &mut ClusterRole) {
    keep_given(&old.rules, &before.rules, &mut new.rules);
    let selectors =
        |rule: &Option<AggregationRule>| rule.as_ref().map(|rule| rule.cluster_role_selectors.clone()).unwrap_or_default();
    match &mut new.aggregation_rule {
        Some(rule) => {
            let (old, before) = (selectors(&old.aggregation_rule), selectors(&before.aggregation_rule));
            keep(&old, &before, &mut rule.cluster_role_selectors);
        }
        none => keep(&old.aggregation_rule, &before.aggregation_rule, none),
    }
    if *new.rules != *old.rules {
        take_rules(&mut new.metadata.managed_fields);
    }
}

fn role_ref(old: &RoleRef, before: &RoleRef, new: &mut RoleRef) {
    keep(&old.api_group, &before.api_group, &mut new.api_group);
    keep(&old.kind, &before.kind, &mut new.kind);
    keep(&old.name, &before.name, &mut new.name);
}

/// Keeps a value, or a list that is replaced as a whole.
fn keep<T: Clone + Default + PartialEq>(old: &T, before: &T, new: &mut T) {
    if *new == T::default() && *before == T::default() {
        new.clone_from(old);
    }
}

fn keep_given<T: Clone>(old: &List<T>, before: &List<T>, new: &mut List<T>) {
    if new.is_null() && before.is_null() {
        new.clone_from(old);
    }
}

/// Keeps the entries of a map. One that was applied before and is silent now goes as a whole.
fn keep_map<V: Clone>(old: &BTreeMap<String, V>, before: &BTreeMap<String, V>, new: &mut BTreeMap<String, V>) {
    if before.is_empty() || !new.is_empty() {
        keep_entries(old, before, new);
    }
}

fn keep_entries<V: Clone>(old: &BTreeMap<String, V>, before: &BTreeMap<String, V>, new: &mut BTreeMap<String, V>) {
    for (key, value) in old.iter().filter(|(key, _)| !before.contains_key(*key)) {
        new.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// How a list is merged whose items have a key.
struct ByKey<T> {
    key: fn(&T) -> &str,
    merge: fn(old: &T, before: &T, new: &mut T),
    /// Whether upstream takes items that go out of the old list in place and puts new ones into their room at its end, before it looks up in
    /// it where the others stood (`deleteMatchingEntries`).
    in_place: bool,
}

const FINALIZERS: ByKey<String> = ByKey { key: String::as_str, merge: |_, _, _| {}, in_place: false };
const OWNERS: ByKey<OwnerReference> = ByKey { key: |owner| &owner.uid, merge: owner, in_place: true };
/// What an account says of a Secret beside its name is not stored.
const SECRETS: ByKey<ObjectReference> = ByKey { key: |secret| &secret.name, merge: |_, _, _| {}, in_place: true };

impl<T: Clone + Default + 'static> ByKey<T> {
    /// Keeps items of the old list. One that was applied before and is silent now goes as a whole.
    fn keep(&self, old: &[T], before: &[T], new: &mut Vec<T>) {
        if new.is_empty() {
            if before.is_empty() {
                new.extend_from_slice(old);
            }
            return;
        }
        let (stored, applied) = (self.by_key(old), self.by_key(before));
        let nothing = T::default();
        for item in new.iter_mut() {
            if let Some(stored) = stored.get((self.key)(item)) {
                let applied = applied.get((self.key)(item)).copied().unwrap_or(&nothing);
                (self.merge)(stored, applied, item);
            }
        }
        let named = self.by_key(new);
        let stays = |item: &&T| named.contains_key((self.key)(item)) || !applied.contains_key((self.key)(item));
        let left: Vec<&T> = old.iter().filter(stays).collect();
        let added = new.iter().filter(|item| !stored.contains_key((self.key)(item)));
        let places =
            if self.in_place { self.places(left.iter().copied().chain(added).take(old.len())) } else { self.places(old) };
        let others = left.into_iter().filter(|item| !named.contains_key((self.key)(item)));
        *new = self.ordered(others, new, &places);
    }

    fn by_key<'a>(&self, items: &'a [T]) -> HashMap<&'a str, &'a T> {
        items.iter().rev().map(|item| ((self.key)(item), item)).collect()
    }

    fn places<'a>(&self, items: impl IntoIterator<Item = &'a T>) -> HashMap<&'a str, usize> {
        items.into_iter().enumerate().map(|(place, item)| ((self.key)(item), place)).collect()
    }

    /// The new items, and between them, where they stood, those that only the old list has (`mergeSortedSlice`).
    fn ordered<'a>(&self, others: impl Iterator<Item = &'a T>, new: &[T], places: &HashMap<&str, usize>) -> Vec<T> {
        let place = |item: &T| places.get((self.key)(item));
        let is_before = |other: &T, item: &T| place(other).zip(place(item)).is_some_and(|(other, item)| other < item);
        let mut others = others.peekable();
        let mut merged = Vec::with_capacity(new.len());
        for item in new {
            while let Some(other) = others.next_if(|other| is_before(other, item)) {
                merged.push(other.clone());
            }
            merged.push(item.clone());
        }
        merged.extend(others.cloned());
        merged
    }
}
