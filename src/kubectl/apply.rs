//! What `kubectl apply` does to an object before it sends it (`kubectl/pkg/util/apply.go`).

use std::collections::HashSet;

use super::print;
use super::tree;
use crate::load::empty;
use crate::model::{Located, Object, ObjectMeta, Value};
use crate::span::{SourceMap, Written};
use crate::version::{Behaviour, KubeVersion};

use super::describe::LAST_APPLIED;

/// The object as it is sent: in a namespace, and with the annotation in which kubectl remembers what it applied.
///
/// `namespace` is that of `-n` or of the context, for objects that say none. Of a manifest, what the crate has no field for is not
/// remembered; what a text says to be empty is, if the object comes with its places.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::{apply, describe::LAST_APPLIED}, model::{Object, ObjectMeta, ServiceAccount}};
/// let account = ServiceAccount { metadata: ObjectMeta::named("ci"), ..ServiceAccount::default() };
/// let sent = apply::sent(Object::from(account), "default", KubeVersion::V1_37);
/// assert_eq!(
///     sent.metadata().annotations[LAST_APPLIED],
///     "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"annotations\":{},\"name\":\"ci\",\"namespace\":\"default\"}}\n",
/// );
/// ```
#[must_use]
pub fn sent(object: impl Into<Located<Object>>, namespace: &str, version: KubeVersion) -> Located<Object> {
    let mut located = object.into();
    let object = &mut located.object;
    let metadata = object.metadata_mut();
    metadata.annotations.remove(LAST_APPLIED);
    if object.is_namespaced() && object.metadata().namespace.is_empty() {
        namespace.clone_into(&mut object.metadata_mut().namespace);
    }
    let remembered = remembered(&located, version);
    located.object.metadata_mut().annotations.insert(LAST_APPLIED.to_owned(), remembered);
    located
}

/// What `kubectl apply` warns of where the object that is stored was made by other means; nothing where it was applied before.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::apply, model::{Object, RoleBinding}};
/// let stored = Object::from(RoleBinding::default());
/// assert!(apply::warning(&stored, KubeVersion::V1_37).unwrap().starts_with("Warning: resource rolebindings/ is missing the "));
/// assert!(apply::warning(&apply::sent(stored, "default", KubeVersion::V1_37), KubeVersion::V1_37).is_none());
/// ```
#[must_use]
pub fn warning(stored: &Object, version: KubeVersion) -> Option<String> {
    if stored.metadata().annotations.contains_key(LAST_APPLIED) {
        return None;
    }
    if !version.has(Behaviour::ApplyNamesWhatItMisses) {
        let text =
            "Warning: kubectl apply should be used on resource created by either kubectl create --save-config or kubectl apply\n";
        return Some(text.to_owned());
    }
    Some(format!(
        "Warning: resource {}/{} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should \
         only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation \
         will be patched automatically.\n",
        stored.plural(),
        stored.metadata().name,
    ))
}

/// The object as one line of JSON. Until 1.11 a namespace stands there even if it is empty.
fn remembered(object: &Located<Object>, version: KubeVersion) -> String {
    let mut tree = tree::of(&**object);
    if let Some(places) = object.source() {
        as_written(&mut tree, places, None);
    }
    if let Value::Map(fields) = &mut tree
        && let Some(Value::Map(fields)) = fields.get_mut("metadata")
    {
        // kubectl has written these anew, whatever the text says of them.
        let ObjectMeta { annotations, namespace, .. } = object.metadata();
        let annotations = annotations.iter().map(|(key, value)| (key.clone(), Value::String(value.clone())));
        fields.insert("annotations".to_owned(), Value::Map(annotations.collect()));
        if !namespace.is_empty() || !version.has(Behaviour::AppliedNamespaceOnlyIfAny) {
            fields.insert("namespace".to_owned(), Value::String(namespace.clone()));
        }
    }
    print::compact_json(&tree)
}

/// Puts in what was written to be empty, and takes out what is empty and was not written.
fn as_written(tree: &mut Value, places: &SourceMap, parent: Option<&Written>) {
    let below = places.below(parent);
    match tree {
        Value::List(items) => items.iter_mut().zip(below).for_each(|(item, field)| item_as_written(item, places, field)),
        Value::Map(fields) => {
            let written: HashSet<&str> = below.iter().filter_map(|field| field.step.name()).collect();
            fields.retain(|name, value| !is_empty(value) || written.contains(name.as_str()));
            for (name, field) in below.iter().filter_map(|field| Some((field.step.name()?, field))) {
                match fields.get_mut(name) {
                    Some(value) => item_as_written(value, places, field),
                    None => fields.extend(empty(places.text_of(field)).map(|value| (name.to_owned(), value))),
                }
            }
        }
        _ => {}
    }
}

fn item_as_written(item: &mut Value, places: &SourceMap, field: &Written) {
    match empty(places.text_of(field)) {
        Some(value) => *item = value,
        None => as_written(item, places, Some(field)),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Float(_) => false,
    }
}
