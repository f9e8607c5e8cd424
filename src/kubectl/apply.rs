//! What `kubectl apply` does to an object before it sends it (`kubectl/pkg/util/apply.go`).

use super::print;
use super::tree;
use crate::model::{Object, Value};
use crate::version::{Behaviour, KubeVersion};

use super::describe::LAST_APPLIED;

/// The object as it is sent: in a namespace, and with the annotation in which kubectl remembers what it applied.
///
/// `namespace` is that of `-n` or of the context, for objects that say none. Of a manifest, what the crate has no field for is not
/// remembered.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::{apply, describe::LAST_APPLIED}, model::{ObjectMeta, ServiceAccount}};
/// let account = ServiceAccount { metadata: ObjectMeta::named("ci"), ..ServiceAccount::default() };
/// let sent = apply::sent(account.into(), "default", KubeVersion::V1_37);
/// assert_eq!(
///     sent.metadata().annotations[LAST_APPLIED],
///     "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"annotations\":{},\"name\":\"ci\",\"namespace\":\"default\"}}\n",
/// );
/// ```
#[must_use]
pub fn sent(mut object: Object, namespace: &str, version: KubeVersion) -> Object {
    let metadata = object.metadata_mut();
    metadata.annotations.remove(LAST_APPLIED);
    if object.is_namespaced() && object.metadata().namespace.is_empty() {
        namespace.clone_into(&mut object.metadata_mut().namespace);
    }
    let remembered = remembered(&object, version);
    object.metadata_mut().annotations.insert(LAST_APPLIED.to_owned(), remembered);
    object
}

/// What `kubectl apply` warns of where the object that is stored was made by other means; nothing where it was applied before.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::apply, model::RoleBinding};
/// let stored = RoleBinding::default().into();
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
fn remembered(object: &Object, version: KubeVersion) -> String {
    let mut tree = tree::of(object);
    if let Value::Map(fields) = &mut tree
        && let Some(Value::Map(metadata)) = fields.get_mut("metadata")
    {
        metadata.entry("annotations".to_owned()).or_insert_with(|| Value::Map([].into()));
        if !version.has(Behaviour::AppliedNamespaceOnlyIfAny) {
            metadata.entry("namespace".to_owned()).or_insert_with(|| Value::String(String::new()));
        }
    }
    print::compact_json(&tree)
}
