//! The slices of the core kinds that the story around RBAC touches: who runs, with which token.
//!
//! Models `staging/src/k8s.io/api/core/v1/types.go`. What becomes of these objects is the business of `controller`.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Value;
use super::wire::{self, api_object};

/// The `apiVersion` of the core kinds.
pub const CORE_V1: &str = "v1";

api_object! {
    /// An identity for what runs in Pods.
    pub struct ServiceAccount("ServiceAccount", CORE_V1, [], "serviceaccounts", true) {
        /// The Secrets that Pods of this account may use; until 1.23 its token Secret among them.
        filled secrets as "secrets" : Vec<ObjectReference>,
        /// The Secrets by which images are pulled for its Pods.
        filled image_pull_secrets as "imagePullSecrets" : Vec<LocalObjectReference>,
        /// Whether Pods get its token mounted; `None` means yes.
        filled automount_service_account_token as "automountServiceAccountToken" : Option<bool>,
    }
}

api_object! {
    /// A small amount of secret data.
    pub struct Secret("Secret", CORE_V1, [], "secrets", true) {
        /// Whether the data may no longer be changed.
        filled immutable as "immutable" : Option<bool>,
        /// The data; base64 in JSON.
        filled data as "data" : BTreeMap<String, ByteString>,
        /// Data to be merged over `data` by the server; never given back.
        filled string_data as "stringData" : BTreeMap<String, String>,
        /// What the data is for; empty means [`Secret::OPAQUE`].
        filled r#type as "type" : String,
    }
}

impl ServiceAccount {
    /// The annotation of an account that limits its Pods to the Secrets that it names.
    pub const ENFORCE_MOUNTABLE_SECRETS: &str = "kubernetes.io/enforce-mountable-secrets";
}

impl Secret {
    /// The type of a Secret that holds arbitrary data.
    pub const OPAQUE: &str = "Opaque";
    /// The type of a Secret that holds a service account's token.
    pub const SERVICE_ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";
    /// The annotation of a token Secret that names its service account.
    pub const SERVICE_ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";
    /// The annotation of a token Secret that holds the unique id of its service account.
    pub const SERVICE_ACCOUNT_UID: &str = "kubernetes.io/service-account.uid";
}

api_object! {
    /// A scope for names, and for what RoleBindings grant.
    pub struct Namespace("Namespace", CORE_V1, [], "namespaces", false) {
        /// What has to be done before it is gone, carried as it is.
        filled spec as "spec" : Option<Value>,
        /// Whether it is in use.
        filled status as "status" : Option<NamespaceStatus>,
    }
}

/// Whether a namespace is in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct NamespaceStatus {
    /// [`Namespace::ACTIVE`] or [`Namespace::TERMINATING`].
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub phase: String,
    /// Why it is not gone yet, carried as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Value>,
}

impl Namespace {
    /// The phase of a namespace that objects can be created in.
    pub const ACTIVE: &str = "Active";
    /// The phase of a namespace that is being deleted.
    pub const TERMINATING: &str = "Terminating";

    /// A namespace in use.
    pub fn active(name: impl Into<String>) -> Self {
        let status = NamespaceStatus { phase: Self::ACTIVE.to_owned(), conditions: None };
        Self { metadata: super::ObjectMeta::named(name), spec: None, status: Some(status) }
    }
}

api_object! {
    /// Plain configuration data.
    pub struct ConfigMap("ConfigMap", CORE_V1, [], "configmaps", true) {
        /// The data as text.
        filled data as "data" : BTreeMap<String, String>,
        /// The data that is no text; base64 in JSON.
        filled binary_data as "binaryData" : BTreeMap<String, ByteString>,
        /// Whether the data may no longer be changed.
        filled immutable as "immutable" : Option<bool>,
    }
}

/// A reference to an object, possibly of another namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectReference {
    /// Kind of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Namespace of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Name of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Unique id of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// `apiVersion` of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// Version of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub resource_version: String,
    /// The part of the object that is meant.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub field_path: String,
}

/// A reference to an object of the same namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct LocalObjectReference {
    /// Name of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Go's `base64.StdEncoding`, to which the bits that the last letter has too many may be any.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Bytes that are base64 in JSON (standard alphabet, padded; line breaks are skipped when read, as in Go).
///
/// ```
/// use k8s_rbac::model::core::ByteString;
/// assert_eq!(serde_json::to_string(&ByteString(b"default".to_vec()))?, r#""ZGVmYXVsdA==""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ByteString(pub Vec<u8>);

impl ByteString {
    /// The bytes that base64 text stands for; line breaks in it are skipped.
    ///
    /// # Errors
    /// The text is no base64.
    pub(crate) fn from_base64(text: &str) -> Result<Self, impl std::error::Error + use<>> {
        if !text.contains(['\r', '\n']) {
            return BASE64.decode(text).map(Self);
        }
        let packed: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        BASE64.decode(packed).map(Self)
    }

    pub(crate) fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }
}

impl fmt::Debug for ByteString {
    /// Says how many bytes there are and not which: they are often secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ByteString({} bytes)", self.0.len())
    }
}

impl Serialize for ByteString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_base64())
    }
}

impl<'de> Deserialize<'de> for ByteString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire::Base64(text) = wire::nullable(deserializer)?;
        Self::from_base64(&text).map_err(serde::de::Error::custom)
    }
}
