//! Metadata, label selectors, and the values that are carried as they are.

use k8s_openapi::apimachinery::pkg::apis::meta::v1 as api;
use k8s_openapi::jiff::Timestamp;
use k8s_openapi::serde_json;

use super::fields::{Field, converted};
use super::{Error, Kind};
use crate::date;
use crate::model::meta::{ManagedFieldsEntry, OwnerReference};
use crate::model::{LabelSelector, LabelSelectorRequirement, ObjectMeta, Value};
use crate::request::review::FieldSelectorRequirement;

converted! {
    OwnerReference, api::OwnerReference { api_version kind name uid controller block_owner_deletion }
    LabelSelector, api::LabelSelector { match_labels match_expressions }
    LabelSelectorRequirement, api::LabelSelectorRequirement { key operator values }
    FieldSelectorRequirement, api::FieldSelectorRequirement { key operator values }
}

impl From<api::ObjectMeta> for ObjectMeta {
    fn from(theirs: api::ObjectMeta) -> Self {
        Self {
            name: Field::take(theirs.name),
            generate_name: Field::take(theirs.generate_name),
            namespace: Field::take(theirs.namespace),
            self_link: Field::take(theirs.self_link),
            uid: Field::take(theirs.uid),
            resource_version: Field::take(theirs.resource_version),
            generation: Field::take(theirs.generation),
            creation_timestamp: theirs.creation_timestamp.map(text),
            deletion_timestamp: theirs.deletion_timestamp.map(text),
            deletion_grace_period_seconds: theirs.deletion_grace_period_seconds,
            labels: Field::take(theirs.labels),
            annotations: Field::take(theirs.annotations),
            owner_references: Field::take(theirs.owner_references),
            finalizers: Field::take(theirs.finalizers),
            managed_fields: theirs.managed_fields.unwrap_or_default().into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<ObjectMeta> for api::ObjectMeta {
    type Error = Error;

    fn try_from(ours: ObjectMeta) -> Result<Self, Error> {
        let managed = |(i, entry)| managed_fields(entry, || format!("metadata.managedFields[{i}].time"));
        let entries: Vec<api::ManagedFieldsEntry> =
            ours.managed_fields.into_iter().enumerate().map(managed).collect::<Result<_, _>>()?;
        Ok(Self {
            name: Field::give(ours.name),
            generate_name: Field::give(ours.generate_name),
            namespace: Field::give(ours.namespace),
            self_link: Field::give(ours.self_link),
            uid: Field::give(ours.uid),
            resource_version: Field::give(ours.resource_version),
            generation: Field::give(ours.generation),
            creation_timestamp: time(ours.creation_timestamp, || "metadata.creationTimestamp".to_owned())?,
            deletion_timestamp: time(ours.deletion_timestamp, || "metadata.deletionTimestamp".to_owned())?,
            deletion_grace_period_seconds: ours.deletion_grace_period_seconds,
            labels: Field::give(ours.labels),
            annotations: Field::give(ours.annotations),
            owner_references: Field::give(ours.owner_references),
            finalizers: Field::give(ours.finalizers),
            managed_fields: (!entries.is_empty()).then_some(entries),
        })
    }
}

impl From<api::ManagedFieldsEntry> for ManagedFieldsEntry {
    fn from(theirs: api::ManagedFieldsEntry) -> Self {
        Self {
            manager: Field::take(theirs.manager),
            operation: Field::take(theirs.operation),
            api_version: Field::take(theirs.api_version),
            time: theirs.time.map(text),
            fields_type: Field::take(theirs.fields_type),
            fields_v1: Field::take(theirs.fields_v1),
            subresource: Field::take(theirs.subresource),
        }
    }
}

impl TryFrom<ManagedFieldsEntry> for api::ManagedFieldsEntry {
    type Error = Error;

    fn try_from(ours: ManagedFieldsEntry) -> Result<Self, Error> {
        managed_fields(ours, || "time".to_owned())
    }
}

fn managed_fields(ours: ManagedFieldsEntry, path: impl FnOnce() -> String) -> Result<api::ManagedFieldsEntry, Error> {
    Ok(api::ManagedFieldsEntry {
        manager: Field::give(ours.manager),
        operation: Field::give(ours.operation),
        api_version: Field::give(ours.api_version),
        time: time(ours.time, path)?,
        fields_type: Field::give(ours.fields_type),
        fields_v1: Field::give(ours.fields_v1),
        subresource: Field::give(ours.subresource),
    })
}

fn text(time: api::Time) -> String {
    time.0.to_string()
}

/// The other crate reads most of what Go reads; of what is left, an hour of one digit say, the seconds are taken.
fn time(text: Option<String>, path: impl FnOnce() -> String) -> Result<Option<api::Time>, Error> {
    let Some(text) = text else { return Ok(None) };
    let seconds = || date::unix_of(&text).and_then(|seconds| Timestamp::from_second(seconds).ok());
    match text.parse().ok().or_else(seconds) {
        Some(time) => Ok(Some(api::Time(time))),
        None => Err(Kind::NoTime { path: path(), text }.into()),
    }
}

impl From<api::FieldsV1> for Value {
    fn from(api::FieldsV1(theirs): api::FieldsV1) -> Self {
        value(theirs)
    }
}

impl From<Value> for api::FieldsV1 {
    fn from(ours: Value) -> Self {
        Self(json(ours))
    }
}

fn value(theirs: serde_json::Value) -> Value {
    match theirs {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => number_value(&number),
        serde_json::Value::String(text) => Value::String(text),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(value).collect()),
        serde_json::Value::Object(entries) => Value::Map(entries.into_iter().map(|(key, entry)| (key, value(entry))).collect()),
    }
}

fn number_value(number: &serde_json::Number) -> Value {
    let whole = number.as_i64().map(Value::Int).or_else(|| number.as_u64().map(Value::Uint));
    whole.unwrap_or_else(|| Value::Float(number.as_f64().unwrap_or_default()))
}

fn json(ours: Value) -> serde_json::Value {
    match ours {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Uint(value) => value.into(),
        Value::Float(value) => value.into(),
        Value::String(text) => text.into(),
        Value::List(items) => items.into_iter().map(json).collect(),
        Value::Map(entries) => entries.into_iter().map(|(key, entry)| (key, json(entry))).collect(),
    }
}
