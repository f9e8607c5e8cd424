//! The rest of metadata, and the core kinds.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{labels, metadata, several, word, words};
use crate::interop::words::{
    ACCOUNTS, API_VERSIONS, FINALIZERS, NAMES, NAMESPACES, OPERATIONS, OWNER_KINDS, SECRET_TYPES, TIMES,
};
use crate::model::core::{ByteString, LocalObjectReference, NamespaceStatus, ObjectReference};
use crate::model::meta::{ManagedFieldsEntry, OwnerReference};
use crate::model::{ConfigMap, Namespace, ObjectMeta, Secret, ServiceAccount, Value};

/// A time, which is always one: objects with another text in its place cannot be read.
fn time(u: &mut Unstructured<'_>) -> Result<Option<String>> {
    Ok(if u.arbitrary()? { Some((*u.choose(TIMES)?).to_owned()) } else { None })
}

/// The metadata with everything that a server or a client may have put into it.
pub(super) fn full_metadata(u: &mut Unstructured<'_>, plain: ObjectMeta) -> Result<ObjectMeta> {
    Ok(ObjectMeta {
        generate_name: word(u, NAMES)?,
        self_link: word(u, NAMES)?,
        uid: word(u, NAMES)?,
        resource_version: word(u, NAMES)?,
        generation: u.arbitrary::<i8>()?.into(),
        creation_timestamp: time(u)?,
        deletion_timestamp: time(u)?,
        deletion_grace_period_seconds: u.arbitrary::<Option<i8>>()?.map(i64::from),
        annotations: labels(u)?,
        owner_references: several(u, Arbitrary::arbitrary)?,
        finalizers: words(u, FINALIZERS)?,
        managed_fields: several(u, Arbitrary::arbitrary)?,
        ..plain
    })
}

impl<'a> Arbitrary<'a> for OwnerReference {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            api_version: word(u, API_VERSIONS)?,
            kind: word(u, OWNER_KINDS)?,
            name: word(u, NAMES)?,
            uid: word(u, NAMES)?,
            controller: u.arbitrary()?,
            block_owner_deletion: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for ManagedFieldsEntry {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let field = (word(u, NAMES)?, Value::Map(BTreeMap::new()));
        Ok(Self {
            manager: word(u, NAMES)?,
            operation: word(u, OPERATIONS)?,
            api_version: word(u, API_VERSIONS)?,
            time: time(u)?,
            fields_type: word(u, &["FieldsV1", "", "x"])?,
            fields_v1: u.arbitrary::<bool>()?.then(|| Value::Map([field].into())),
            subresource: word(u, &["", "status"])?,
        })
    }
}

impl<'a> Arbitrary<'a> for ByteString {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.arbitrary().map(Self)
    }
}

impl<'a> Arbitrary<'a> for LocalObjectReference {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { name: word(u, NAMES)? })
    }
}

impl<'a> Arbitrary<'a> for ObjectReference {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { kind: word(u, OWNER_KINDS)?, namespace: word(u, NAMESPACES)?, name: word(u, NAMES)?, ..Self::default() })
    }
}

impl<'a> Arbitrary<'a> for ServiceAccount {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            metadata: metadata(u, ACCOUNTS)?,
            secrets: several(u, Arbitrary::arbitrary)?,
            image_pull_secrets: several(u, Arbitrary::arbitrary)?,
            automount_service_account_token: u.arbitrary()?,
        })
    }
}

/// A few entries with keys that are good and bad.
fn entries<'a, T: Arbitrary<'a>>(u: &mut Unstructured<'a>) -> Result<BTreeMap<String, T>> {
    several(u, |u| Ok((word(u, &["a", "ca.crt", "", "..", "a/b", ".dockercfg", "tls.key"])?, u.arbitrary()?)))
        .map(|entries| entries.into_iter().collect())
}

impl<'a> Arbitrary<'a> for Secret {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut metadata = metadata(u, NAMES)?;
        if u.arbitrary()? {
            metadata.annotations.insert(Self::SERVICE_ACCOUNT_NAME.to_owned(), word(u, ACCOUNTS)?);
        }
        Ok(Self {
            metadata,
            immutable: u.arbitrary()?,
            data: entries(u)?,
            string_data: entries(u)?,
            r#type: word(u, SECRET_TYPES)?,
        })
    }
}

impl<'a> Arbitrary<'a> for ConfigMap {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { metadata: metadata(u, NAMES)?, data: entries(u)?, binary_data: entries(u)?, immutable: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for Namespace {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let phase = word(u, &[Self::ACTIVE, Self::TERMINATING, ""])?;
        let status = u.arbitrary::<bool>()?.then_some(NamespaceStatus { phase, conditions: None });
        Ok(Self { metadata: metadata(u, NAMESPACES)?, spec: None, status })
    }
}
