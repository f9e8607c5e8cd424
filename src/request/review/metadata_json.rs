//! Metadata as Go's `encoding/json` writes it, for the message that it is to be empty.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::model::meta::{ManagedFieldsEntry, OwnerReference};
use crate::model::{ObjectMeta, Value};
use crate::quote::{JsonString, JsonStrings};

/// Writes metadata in one line, with empty fields left out.
pub(super) struct MetadataJson<'a>(pub(super) &'a ObjectMeta);

impl fmt::Display for MetadataJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(meta) = self;
        let mut object = Object::begin(f)?;
        object.text("name", &meta.name)?;
        object.text("generateName", &meta.generate_name)?;
        object.text("namespace", &meta.namespace)?;
        object.text("selfLink", &meta.self_link)?;
        object.text("uid", &meta.uid)?;
        object.text("resourceVersion", &meta.resource_version)?;
        object.field("generation", Some(meta.generation).filter(|number| *number != 0))?;
        object.field("creationTimestamp", meta.creation_timestamp.as_deref().map(JsonString))?;
        object.field("deletionTimestamp", meta.deletion_timestamp.as_deref().map(JsonString))?;
        object.field("deletionGracePeriodSeconds", meta.deletion_grace_period_seconds)?;
        object.field("labels", Some(&meta.labels).filter(|map| !map.is_empty()).map(Strings))?;
        object.field("annotations", Some(&meta.annotations).filter(|map| !map.is_empty()).map(Strings))?;
        object.list("ownerReferences", &meta.owner_references, write_owner)?;
        object.field("finalizers", Some(JsonStrings(&meta.finalizers)).filter(|list| !list.0.is_empty()))?;
        object.list("managedFields", &meta.managed_fields, write_manager)?;
        object.end()
    }
}

fn write_owner(f: &mut fmt::Formatter<'_>, owner: &OwnerReference) -> fmt::Result {
    let mut object = Object::begin(f)?;
    for (name, text) in [("apiVersion", &owner.api_version), ("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)] {
        object.field(name, Some(JsonString(text)))?;
    }
    object.field("controller", owner.controller)?;
    object.field("blockOwnerDeletion", owner.block_owner_deletion)?;
    object.end()
}

fn write_manager(f: &mut fmt::Formatter<'_>, entry: &ManagedFieldsEntry) -> fmt::Result {
    let mut object = Object::begin(f)?;
    object.text("manager", &entry.manager)?;
    object.text("operation", &entry.operation)?;
    object.text("apiVersion", &entry.api_version)?;
    object.field("time", entry.time.as_deref().map(JsonString))?;
    object.text("fieldsType", &entry.fields_type)?;
    object.field("fieldsV1", entry.fields_v1.as_ref().map(ValueJson))?;
    object.text("subresource", &entry.subresource)?;
    object.end()
}

/// A JSON object that is being written.
struct Object<'w, 'f> {
    f: &'w mut fmt::Formatter<'f>,
    begun: bool,
}

impl<'w, 'f> Object<'w, 'f> {
    fn begin(f: &'w mut fmt::Formatter<'f>) -> Result<Self, fmt::Error> {
        f.write_char('{')?;
        Ok(Self { f, begun: false })
    }

    fn name(&mut self, name: &str) -> fmt::Result {
        self.f.write_str(if std::mem::replace(&mut self.begun, true) { "," } else { "" })?;
        write!(self.f, "{}:", JsonString(name))
    }

    fn field<T: fmt::Display>(&mut self, name: &str, value: Option<T>) -> fmt::Result {
        let Some(value) = value else { return Ok(()) };
        self.name(name)?;
        value.fmt(self.f)
    }

    fn text(&mut self, name: &str, text: &str) -> fmt::Result {
        self.field(name, Some(JsonString(text)).filter(|_| !text.is_empty()))
    }

    fn list<T>(&mut self, name: &str, items: &[T], write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result) -> fmt::Result {
        if items.is_empty() {
            return Ok(());
        }
        self.name(name)?;
        for (i, item) in items.iter().enumerate() {
            self.f.write_char(if i == 0 { '[' } else { ',' })?;
            write(self.f, item)?;
        }
        self.f.write_char(']')
    }

    fn end(self) -> fmt::Result {
        self.f.write_char('}')
    }
}

struct Strings<'a>(&'a BTreeMap<String, String>);

impl fmt::Display for Strings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut object = Object::begin(f)?;
        for (name, value) in self.0 {
            object.field(name, Some(JsonString(value)))?;
        }
        object.end()
    }
}

/// A value that is carried as it is.
struct ValueJson<'a>(&'a Value);

impl fmt::Display for ValueJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::Uint(value) => value.fmt(f),
            Value::Float(value) => value.fmt(f),
            Value::String(value) => JsonString(value).fmt(f),
            Value::List(items) => {
                f.write_char('[')?;
                for (i, item) in items.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { "," })?;
                    ValueJson(item).fmt(f)?;
                }
                f.write_char(']')
            }
            Value::Map(entries) => {
                let mut object = Object::begin(f)?;
                for (name, value) in entries {
                    object.field(name, Some(ValueJson(value)))?;
                }
                object.end()
            }
        }
    }
}
