//! What `kubectl apply` leaves of the object that is there.

use std::collections::BTreeMap;

use crate::model::{Object, ObjectMeta};

/// The new object, with what the old one has and the new one does not speak of.
pub(super) fn merge(old: &Object, mut new: Object) -> Object {
    keep_metadata(old.metadata(), new.metadata_mut());
    match (old, &mut new) {
        (Object::ServiceAccount(old), Object::ServiceAccount(new)) => {
            keep(&old.secrets, &mut new.secrets, Vec::is_empty);
            keep(&old.image_pull_secrets, &mut new.image_pull_secrets, Vec::is_empty);
        }
        (Object::Secret(old), Object::Secret(new)) => {
            keep_entries(&old.data, &mut new.data);
            keep(&old.r#type, &mut new.r#type, String::is_empty);
        }
        (Object::ClusterRole(old), Object::ClusterRole(new)) if new.aggregation_rule.is_some() => {
            keep(&old.rules, &mut new.rules, |rules| rules.is_empty());
        }
        (Object::ConfigMap(old), Object::ConfigMap(new)) => keep_entries(&old.data, &mut new.data),
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

fn keep_metadata(old: &ObjectMeta, new: &mut ObjectMeta) {
    keep_entries(&old.labels, &mut new.labels);
    keep_entries(&old.annotations, &mut new.annotations);
    keep(&old.managed_fields, &mut new.managed_fields, Vec::is_empty);
    keep(&old.finalizers, &mut new.finalizers, Vec::is_empty);
    keep(&old.owner_references, &mut new.owner_references, Vec::is_empty);
}

fn keep<T: Clone>(old: &T, new: &mut T, is_silent: impl FnOnce(&T) -> bool) {
    if is_silent(new) {
        new.clone_from(old);
    }
}

fn keep_entries<V: Clone>(old: &BTreeMap<String, V>, new: &mut BTreeMap<String, V>) {
    for (key, value) in old {
        new.entry(key.clone()).or_insert_with(|| value.clone());
    }
}
