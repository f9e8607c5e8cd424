//! The slice of a Pod that decides which account it runs as, which token it gets and which Secrets it refers to.
//!
//! Every other field is carried in a `rest` as it was read, so that a Pod survives a round trip. There the loader cannot tell a field that
//! upstream does not know from one that it does: it takes both, at the places that have a `rest`, and `status` whole. Models `Pod` of
//! `staging/src/k8s.io/api/core/v1/types.go`; what an API server changes and refuses is said by `controller::pod_admission`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::core::{CORE_V1, LocalObjectReference};
use super::wire::{self, api_object};
use super::{List, Value};

mod secrets;

/// Fields that are carried without being looked at.
pub type Rest = BTreeMap<String, Value>;

api_object! {
    /// Containers that run together, as one account.
    pub struct Pod("Pod", CORE_V1, [], "pods", true) {
        /// What is to run.
        always spec as "spec" : PodSpec,
        /// What is known of it, carried as it is.
        filled status as "status" : Option<Value>,
    }
}

impl Pod {
    /// The annotation of a Pod that a kubelet made from a file and shows to the API server.
    pub const MIRROR: &str = "kubernetes.io/config.mirror";

    /// A Pod of one container that runs as the account.
    pub fn new(
        namespace: impl Into<String>,
        name: impl Into<String>,
        service_account: impl Into<String>,
        container: impl Into<String>,
    ) -> Self {
        let containers = vec![Container { name: container.into(), ..Container::default() }].into();
        let spec = PodSpec { service_account_name: service_account.into(), containers, ..PodSpec::default() };
        Self { metadata: super::ObjectMeta::namespaced(namespace, name), spec, status: None }
    }
}

/// What a Pod is to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    /// The volumes that containers may mount.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
    /// The containers that run one after the other before the others start.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub init_containers: Vec<Container>,
    /// The containers.
    pub containers: List<Container>,
    /// The containers that were added for a look inside.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub ephemeral_containers: Vec<Container>,
    /// The account that the Pod runs as.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub service_account_name: String,
    /// The old name of the same.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub service_account: String,
    /// Whether the account's token is mounted; `None` leaves it to the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    /// The Secrets by which images are pulled.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<LocalObjectReference>,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

impl<'de> wire::Field<'de> for PodSpec {
    fn is_left_out(&self) -> bool {
        *self == Self::default()
    }

    fn read<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wire::nullable(deserializer)
    }
}

/// A container of a Pod, of any of the three kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    /// Its name.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
    /// Where environment variables come from in groups.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub env_from: Vec<EnvFromSource>,
    /// The environment variables.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// The volumes that it mounts.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub volume_mounts: Vec<VolumeMount>,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Where a group of environment variables comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvFromSource {
    /// A Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretName>,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

/// An environment variable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvVar {
    /// Its name.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
    /// Where its value comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from: Option<EnvVarSource>,
    /// The other fields, its value among them.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Where the value of an environment variable comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvVarSource {
    /// A key of a Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretName>,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A reference to a Secret of the Pod's namespace, with whatever it says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretName {
    /// Name of the Secret.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A volume that a container mounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeMount {
    /// Name of the volume.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
    /// Whether it can only be read.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Where in the container it is.
    #[serde(deserialize_with = "wire::nullable")]
    pub mount_path: String,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A volume of a Pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    /// Its name.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
    /// A Secret as files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretVolumeSource>,
    /// Several sources in one folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projected: Option<ProjectedVolumeSource>,
    /// The other sources.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A Secret as files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretVolumeSource {
    /// Name of the Secret.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub secret_name: String,
    /// The mode of the files, in decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_mode: Option<i32>,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Several sources in one folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectedVolumeSource {
    /// The sources.
    pub sources: List<VolumeProjection>,
    /// The mode of the files, in decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_mode: Option<i32>,
    /// The other fields.
    #[serde(flatten)]
    pub rest: Rest,
}

/// One source of a projected volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeProjection {
    /// A token of the Pod's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_token: Option<ServiceAccountTokenProjection>,
    /// The other sources.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A token of the Pod's account, made for this Pod and renewed before it expires.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceAccountTokenProjection {
    /// Whom the token is for; empty means the API server.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub audience: String,
    /// How long the token is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_seconds: Option<i64>,
    /// The file.
    #[serde(deserialize_with = "wire::nullable")]
    pub path: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_survives_a_round_trip() {
        let text = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","namespace":"default"},"spec":{
            "volumes":[{"name":"a","emptyDir":{}},{"name":"s","secret":{"secretName":"x","defaultMode":420,"optional":true}},
              {"name":"t","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
                {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],
            "containers":[{"name":"c","image":"busybox","command":["sleep","86400"],"resources":{},"ports":[{"containerPort":80}],
              "envFrom":[{"prefix":"P_","secretRef":{"name":"y","optional":false}}],
              "env":[{"name":"A","value":"1"},{"name":"B","valueFrom":{"secretKeyRef":{"name":"z","key":"k"}}},
                {"name":"C","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
              "volumeMounts":[{"name":"t","readOnly":true,"mountPath":"/x","subPath":"y"}]}],
            "serviceAccountName":"sa","serviceAccount":"sa","automountServiceAccountToken":false,
            "imagePullSecrets":[{"name":"pull"}],"priority":0,"enableServiceLinks":true,"nodeSelector":{"a":"b"}},
            "status":{"phase":"Pending","qosClass":"BestEffort"}}"#;
        let read: serde_json::Value = serde_json::from_str(text).unwrap();
        let pod: Pod = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&pod).unwrap(), read);
        assert_eq!(pod.spec.containers[0].env[1].value_from.as_ref().unwrap().secret_key_ref.as_ref().unwrap().name, "z");
    }

    #[test]
    fn null_is_an_empty_pod() {
        let pod: Pod = serde_json::from_str(r#"{"spec":{"containers":null,"volumes":null,"serviceAccountName":null}}"#).unwrap();
        assert_eq!(pod, Pod::default());
        let written = serde_json::to_string(&pod).unwrap();
        assert_eq!(written, r#"{"kind":"Pod","apiVersion":"v1","metadata":{},"spec":{"containers":null}}"#);
    }
}
