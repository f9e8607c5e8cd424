//! What `kubectl apply` does to an object before it sends it (`kubectl/pkg/util/apply.go`).

use super::print;
use super::tree;
use crate::model::{ApiObject, Object, Value};
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
    if is_namespaced(&object) && object.metadata().namespace.is_empty() {
        namespace.clone_into(&mut object.metadata_mut().namespace);
    }
    let remembered = remembered(&object, version);
    object.metadata_mut().annotations.insert(LAST_APPLIED.to_owned(), remembered);
    object
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

fn is_namespaced(object: &Object) -> bool {
    use crate::model::{ClusterRole, ClusterRoleBinding, Namespace};
    ![ClusterRole::KIND, ClusterRoleBinding::KIND, Namespace::KIND].contains(&object.kind())
}
