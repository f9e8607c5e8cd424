//! What `kubectl apply` leaves of the object that is there.

use std::collections::BTreeMap;

use crate::load::{FieldValidation, Loader};
use crate::model::{Object, ObjectMeta};

/// The new object, with what the old one has and the new one does not speak of: but for what was applied before, as the old one's
/// annotation remembers it, and is no longer.
pub(super) fn merge(old: &Object, mut new: Object) -> Object {
    let before = last_applied(old.metadata());
    keep_metadata(old.metadata(), before.as_ref().map(Object::metadata), new.metadata_mut());
    match (old, &mut new) {
        (Object::ServiceAccount(old), Object::ServiceAccount(new)) => {
            keep(&old.secrets, &mut new.secrets, Vec::is_empty);
            keep(&old.image_pull_secrets, &mut new.image_pull_secrets, Vec::is_empty);
        }
        (Object::Secret(old), Object::Secret(new)) => {
            let data = if let Some(Object::Secret(before)) = &before { Some(&before.data) } else { None };
            keep_entries(&old.data, data, &mut new.data);
            keep(&old.r#type, &mut new.r#type, String::is_empty);
        }
        (Object::ClusterRole(old), Object::ClusterRole(new)) if new.aggregation_rule.is_some() => {
            keep(&old.rules, &mut new.rules, |rules| rules.is_empty());
        }
        (Object::ConfigMap(old), Object::ConfigMap(new)) => {
            let data = if let Some(Object::ConfigMap(before)) = &before { Some(&before.data) } else { None };
            keep_entries(&old.data, data, &mut new.data);
        }
        (Object::Namespace(old), Object::Namespace(new)) => keep(&old.spec, &mut new.spec, Option::is_none),
        // Hardly a field of a running Pod can be changed.
        (Object::Pod(old), Object::Pod(new)) => {
            new.spec.clone_from(&old.spec);
            keep(&old.status, &mut new.status, Option::is_none);
        }
        _ => {}
    }
    new
}

/// What was applied last, where the object remembers it.
fn last_applied(old: &ObjectMeta) -> Option<Object> {
    let text = old.annotations.get(ObjectMeta::LAST_APPLIED)?;
    let loader = Loader::new().field_validation(FieldValidation::Ignore).spans(false);
    loader.read_str("", text).objects.pop().map(crate::model::Located::into_inner)
}

fn keep_metadata(old: &ObjectMeta, before: Option<&ObjectMeta>, new: &mut ObjectMeta) {
    keep_entries(&old.labels, before.map(|before| &before.labels), &mut new.labels);
    keep_entries(&old.annotations, before.map(|before| &before.annotations), &mut new.annotations);
    keep(&old.managed_fields, &mut new.managed_fields, Vec::is_empty);
    keep(&old.finalizers, &mut new.finalizers, Vec::is_empty);
    keep(&old.owner_references, &mut new.owner_references, Vec::is_empty);
}

fn keep<T: Clone>(old: &T, new: &mut T, is_silent: impl FnOnce(&T) -> bool) {
    if is_silent(new) {
        new.clone_from(old);
    }
}

fn keep_entries<V: Clone>(old: &BTreeMap<String, V>, before: Option<&BTreeMap<String, V>>, new: &mut BTreeMap<String, V>) {
    let kept = old.iter().filter(|(key, _)| before.is_none_or(|before| !before.contains_key(*key)));
    for (key, value) in kept {
        new.entry(key.clone()).or_insert_with(|| value.clone());
    }
}
