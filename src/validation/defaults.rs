//! What the server makes of an object before it checks it.
//!
//! Models the defaulting of `pkg/apis/rbac/v1/defaults.go` and `pkg/apis/core/v1/defaults.go`, the conversion of Secrets, and the
//! `PrepareForCreate` and `PrepareForUpdate` of the strategies with `apiserver/pkg/registry/rest/{create,update}.go`.

use crate::model::core::{ByteString, ObjectReference};
use crate::model::{Located, Object, ObjectMeta, RBAC_GROUP, RoleRef, Secret, Subject};

/// Names longer than this are cut before a random ending is put to them.
const GENERATED_BASE_MAX: usize = 58;

/// The object as the server takes it in for creation, with what was left out filled in.
///
/// `roleRef`s and the `User`s and `Group`s among the subjects get the RBAC group, a Secret its type and its `stringData` laid over its
/// data, a ServiceAccount's Secrets are reduced to their names, and a cluster-scoped object loses its namespace. Everything else stays,
/// a missing namespace too: that of the request is the caller's to fill in. kubectl does none of this. Cost: `O(subjects + data)`.
///
/// ```
/// use k8s_rbac::model::{Located, Object, RBAC_GROUP, RoleBinding, Subject};
/// use k8s_rbac::validation::defaulted;
/// let read: RoleBinding = serde_json::from_str(r#"{"subjects":[{"kind":"User","name":"jane"}],"roleRef":{"kind":"Role","name":"r"}}"#)?;
/// let Object::RoleBinding(binding) = defaulted(Located::from(Object::from(read))).into_inner() else { unreachable!() };
/// assert_eq!(binding.subjects, [Subject::user("jane")]);
/// assert_eq!(binding.role_ref.api_group, RBAC_GROUP);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn defaulted(object: Located<Object>) -> Located<Object> {
    object.map(|mut object| {
        match &mut object {
            Object::Role(_) | Object::ConfigMap(_) | Object::Pod(_) => {}
            Object::ClusterRole(role) => role.metadata.namespace.clear(),
            Object::Namespace(namespace) => default_namespace(&mut namespace.metadata),
            Object::RoleBinding(binding) => default_binding(&mut binding.subjects, &mut binding.role_ref),
            Object::ClusterRoleBinding(binding) => {
                binding.metadata.namespace.clear();
                default_binding(&mut binding.subjects, &mut binding.role_ref);
            }
            Object::ServiceAccount(account) => account.secrets.iter_mut().for_each(keep_name),
            Object::Secret(secret) => default_secret(secret),
        }
        object
    })
}

fn default_binding(subjects: &mut [Subject], role_ref: &mut RoleRef) {
    if role_ref.api_group.is_empty() {
        RBAC_GROUP.clone_into(&mut role_ref.api_group);
    }
    for subject in subjects {
        if subject.api_group.is_empty() && matches!(subject.kind.as_str(), Subject::USER | Subject::GROUP) {
            RBAC_GROUP.clone_into(&mut subject.api_group);
        }
    }
}

/// Every namespace carries its name as a label.
fn default_namespace(metadata: &mut ObjectMeta) {
    metadata.namespace.clear();
    if !metadata.name.is_empty() {
        metadata.labels.insert("kubernetes.io/metadata.name".to_owned(), metadata.name.clone());
    }
}

fn keep_name(reference: &mut ObjectReference) {
    *reference = ObjectReference { name: std::mem::take(&mut reference.name), ..ObjectReference::default() };
}

fn default_secret(secret: &mut Secret) {
    if secret.r#type.is_empty() {
        Secret::OPAQUE.clone_into(&mut secret.r#type);
    }
    let over = std::mem::take(&mut secret.string_data);
    secret.data.extend(over.into_iter().map(|(key, text)| (key, ByteString(text.into_bytes()))));
}

/// Gives an object without a name the name that its `generateName` and the ending make (`SimpleNameGenerator`, whose ending is five
/// random characters of `bcdfghjklmnpqrstvwxz2456789`). An object with a name, or without a `generateName`, stays as it is.
///
/// ```
/// use k8s_rbac::model::{Object, ObjectMeta, Role};
/// use k8s_rbac::validation::generate_name;
/// let metadata = ObjectMeta { generate_name: "reader-".into(), ..ObjectMeta::default() };
/// let mut role = Object::from(Role { metadata, ..Role::default() });
/// generate_name(&mut role, "x7k2p");
/// assert_eq!(role.metadata().name, "reader-x7k2p");
/// ```
pub fn generate_name(object: &mut Object, ending: &str) {
    let metadata = object.metadata_mut();
    if metadata.name.is_empty() && !metadata.generate_name.is_empty() {
        let cut = (0..=GENERATED_BASE_MAX).rev().find_map(|end| metadata.generate_name.get(..end));
        let base =
            if metadata.generate_name.len() > GENERATED_BASE_MAX { cut.unwrap_or_default() } else { &metadata.generate_name };
        metadata.name = format!("{base}{ending}");
    }
}

/// The metadata of an update as the server completes it from the stored object before it checks it.
///
/// The generation, a creation or deletion time and a grace period that are set already cannot be changed by anybody, so what the caller
/// says about them is not looked at; a `uid` or a `resourceVersion` that is left out is that of the stored object.
pub(super) fn completed(new: &ObjectMeta, old: &ObjectMeta) -> ObjectMeta {
    let mut metadata = new.clone();
    metadata.generation = old.generation;
    if metadata.uid.is_empty() {
        metadata.uid.clone_from(&old.uid);
    }
    if metadata.resource_version.is_empty() {
        metadata.resource_version.clone_from(&old.resource_version);
    }
    if old.creation_timestamp.is_some() {
        metadata.creation_timestamp.clone_from(&old.creation_timestamp);
    }
    if old.deletion_timestamp.is_some() {
        metadata.deletion_timestamp.clone_from(&old.deletion_timestamp);
    }
    metadata.deletion_grace_period_seconds = metadata.deletion_grace_period_seconds.or(old.deletion_grace_period_seconds);
    metadata
}
