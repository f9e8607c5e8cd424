//! The core kinds. Namespaces and Pods, of which this crate carries parts as they are, go by way of their JSON, which cuts times to seconds: their
//! metadata does not.

use k8s_openapi::ByteString as Bytes;
use k8s_openapi::api::core::v1 as api;
use k8s_openapi::serde_json;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fields::{Field, converted, goes_into_a_policy, objects};
use super::{Error, Kind};
use crate::model::core::{ByteString, LocalObjectReference, ObjectReference};
use crate::model::{ApiObject, ConfigMap, Namespace, Pod, Secret, ServiceAccount};

impl From<Bytes> for ByteString {
    fn from(Bytes(theirs): Bytes) -> Self {
        Self(theirs)
    }
}

impl From<ByteString> for Bytes {
    fn from(ByteString(ours): ByteString) -> Self {
        Self(ours)
    }
}

converted! {
    LocalObjectReference, api::LocalObjectReference { name }
    ObjectReference, api::ObjectReference { kind namespace name uid api_version resource_version field_path }
}

objects! {
    ServiceAccount, api::ServiceAccount { secrets image_pull_secrets automount_service_account_token }
    ConfigMap, api::ConfigMap { data binary_data immutable }
}

impl From<api::Secret> for Secret {
    fn from(theirs: api::Secret) -> Self {
        Self {
            metadata: theirs.metadata.into(),
            immutable: theirs.immutable,
            data: Field::take(theirs.data),
            string_data: Field::take(theirs.string_data),
            r#type: Field::take(theirs.type_),
        }
    }
}

impl TryFrom<Secret> for api::Secret {
    type Error = Error;

    fn try_from(ours: Secret) -> Result<Self, Error> {
        Ok(Self {
            metadata: ours.metadata.try_into()?,
            immutable: ours.immutable,
            data: Field::give(ours.data),
            string_data: Field::give(ours.string_data),
            type_: Field::give(ours.r#type),
        })
    }
}

goes_into_a_policy! { Secret, api::Secret }

fn by_json<B: DeserializeOwned>(kind: &'static str, object: &impl Serialize) -> Result<B, Error> {
    let read = serde_json::to_value(object).and_then(serde_json::from_value);
    read.map_err(|error| Kind::Shape { kind, words: error.to_string() }.into())
}

macro_rules! by_json {
    ($($ours:ident, $theirs:ty)*) => {
        $(impl TryFrom<$theirs> for $ours {
            type Error = Error;

            fn try_from(mut theirs: $theirs) -> Result<Self, Error> {
                let metadata = std::mem::take(&mut theirs.metadata).into();
                by_json($ours::KIND, &theirs).map(|ours| Self { metadata, ..ours })
            }
        }

        impl TryFrom<$ours> for $theirs {
            type Error = Error;

            fn try_from(mut ours: $ours) -> Result<Self, Error> {
                let metadata = std::mem::take(&mut ours.metadata).try_into()?;
                by_json($ours::KIND, &ours).map(|theirs| Self { metadata, ..theirs })
            }
        })*
    };
}

by_json! {
    Namespace, api::Namespace
    Pod, api::Pod
}
