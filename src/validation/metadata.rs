//! The metadata of every object: names, labels, annotations, owners, finalizers, managed fields, and what may not change.
//!
//! Models `apimachinery/pkg/api/validation/objectmeta.go`, `…/apis/meta/v1/validation/validation.go` and what
//! `pkg/apis/core/validation/validation.go` adds to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::sync::Arc;

use super::errors::{Errors, JsonOption};
use crate::model::ObjectMeta;
use crate::model::meta::{ManagedFieldsEntry, OwnerReference};
use crate::names::{self, Problems};
use crate::quote::{JsonString, JsonStrings, Quoted, SourceList, is_printable, lower_case};
use crate::span::FieldPath;
use crate::version::Behaviour;

pub(super) const IMMUTABLE: &str = "field is immutable";
const ANNOTATIONS_MAX: usize = 256 * 1024;
const MANAGER_MAX: usize = 128;
const SUBRESOURCE_MAX: usize = 256;
const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", ORPHAN, FOREGROUND];

/// What is wrong with a name; the second argument says that an ending is to follow it.
pub(super) type NameRule = fn(&str, bool) -> Problems;

/// The rule of the four RBAC kinds, which makes no difference between a name and its beginning (`ValidateRBACName`).
pub(super) fn rbac_name(name: &str, _prefix: bool) -> Problems {
    names::path_segment(name)
}

/// The rule that is held against every object that is updated (`validatePathSegment`).
pub(super) fn path_segment(name: &str, prefix: bool) -> Problems {
    if prefix { names::path_segment_prefix(name) } else { names::path_segment(name) }
}

pub(super) fn path(field: &str) -> FieldPath {
    FieldPath::new("metadata").child(field)
}

/// The name and the beginning of a generated one.
pub(super) fn check_names(errors: &mut Errors, meta: &ObjectMeta, rule: NameRule) {
    if !meta.generate_name.is_empty() {
        errors.names(|| path("generateName"), &meta.generate_name, rule(&meta.generate_name, true));
    }
    if meta.name.is_empty() {
        errors.required(path("name"), "name or generateName is required");
    } else {
        errors.names(|| path("name"), &meta.name, rule(&meta.name, false));
    }
}

/// All but the names.
pub(super) fn check_rest(errors: &mut Errors, meta: &ObjectMeta, namespaced: bool) {
    check_namespace(errors, meta, namespaced);
    if meta.generation < 0 {
        errors.invalid(path("generation"), meta.generation, "must be greater than or equal to 0");
    }
    check_labels(errors, || path("labels"), &meta.labels);
    check_annotations(errors, &meta.annotations);
    check_owners(errors, &meta.owner_references);
    check_finalizers(errors, &meta.finalizers);
    check_managers(errors, &meta.managed_fields);
}

fn check_managers(errors: &mut Errors, entries: &[ManagedFieldsEntry]) {
    for (i, entry) in entries.iter().enumerate() {
        check_managed_fields(errors, |field| path("managedFields").index(i).child(field), entry);
    }
}

fn check_namespace(errors: &mut Errors, meta: &ObjectMeta, namespaced: bool) {
    match (namespaced, meta.namespace.as_str()) {
        (true, "") => errors.required(path("namespace"), ""),
        (true, namespace) => errors.names(|| path("namespace"), namespace, names::object_dns_label(namespace, false)),
        (false, "") => {}
        (false, _) => errors.forbidden(path("namespace"), "not allowed on this type"),
    }
}

/// Labels, or the labels of a selector. Upstream looks at them in random order; here it is that of the keys.
pub(super) fn check_labels(errors: &mut Errors, at: impl Fn() -> FieldPath, labels: &BTreeMap<String, String>) {
    for (key, value) in labels {
        errors.names(&at, key, names::label_key(key));
        errors.names(&at, value, names::label_value(value));
    }
}

fn check_annotations(errors: &mut Errors, annotations: &BTreeMap<String, String>) {
    for key in annotations.keys() {
        errors.names(|| path("annotations"), key, names::label_key(&lower_case(key)));
    }
    let size: usize = annotations.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > ANNOTATIONS_MAX {
        errors.too_long(path("annotations"), ANNOTATIONS_MAX);
    }
}

fn check_owners(errors: &mut Errors, owners: &[OwnerReference]) {
    let at = || path("ownerReferences");
    let tell_index = errors.has(Behaviour::OwnerErrorsTellIndex);
    let mut controller: Option<&OwnerReference> = None;
    let mut list: Option<Arc<str>> = None;
    for (i, owner) in owners.iter().enumerate() {
        if tell_index {
            check_owner(errors, &at().index(i), owner);
        } else {
            check_owner_without_index(errors, &at(), owner);
        }
        if owner.controller != Some(true) {
            continue;
        }
        // A first controller without kind and name is taken for `/`, so it counts.
        let Some(first) = controller else {
            controller = Some(owner);
            continue;
        };
        let value = list.get_or_insert_with(|| OwnersJson(owners).to_string().into());
        let detail = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
            first.kind, first.name, owner.kind, owner.name
        );
        errors.shared(at(), value, detail);
    }
}

fn check_owner(errors: &mut Errors, at: &FieldPath, owner: &OwnerReference) {
    const EMPTY: &str = "must not be empty";
    if owner.api_version.is_empty() {
        errors.required(at.child("apiVersion"), EMPTY);
    } else if !is_group_version(&owner.api_version) {
        errors.invalid(at.child("apiVersion"), Quoted(&owner.api_version), "must be <group>/<version> or <version>");
    }
    for (field, value) in [("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)] {
        if value.is_empty() {
            errors.required(at.child(field), EMPTY);
        }
    }
    check_owner_kind(errors, at, owner);
}

/// As it was told before the place of an owner was.
fn check_owner_without_index(errors: &mut Errors, at: &FieldPath, owner: &OwnerReference) {
    if !is_group_version(&owner.api_version) {
        errors.invalid(at.child("apiVersion"), Quoted(&owner.api_version), "version must not be empty");
    }
    for (field, value) in [("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)] {
        if value.is_empty() {
            errors.invalid(at.child(field), Quoted(value), "must not be empty");
        }
    }
    check_owner_kind(errors, at, owner);
}

fn check_owner_kind(errors: &mut Errors, at: &FieldPath, owner: &OwnerReference) {
    if matches!(owner.api_version.as_str(), "v1" | "/v1") && owner.kind == "Event" {
        errors.invalid(at.clone(), OwnerJson(owner), "/v1, Kind=Event is disallowed from being an owner");
    }
}

/// `<version>` or `<group>/<version>` with a version that is not empty (`schema.ParseGroupVersion`).
fn is_group_version(text: &str) -> bool {
    let version = text.split_once('/').map_or(text, |(_, version)| version);
    !version.is_empty() && !version.contains('/')
}

struct OwnersJson<'a>(&'a [OwnerReference]);

impl Display for OwnersJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, owner) in self.0.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { "" } else { "," }, OwnerJson(owner))?;
        }
        f.write_str("]")
    }
}

struct OwnerJson<'a>(&'a OwnerReference);

impl Display for OwnerJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OwnerReference { api_version, kind, name, uid, controller, block_owner_deletion } = self.0;
        let fields = [("apiVersion", api_version), ("kind", kind), ("name", name), ("uid", uid)];
        for (i, (field, value)) in fields.into_iter().enumerate() {
            write!(f, "{}\"{field}\":{}", if i == 0 { "{" } else { "," }, JsonString(value))?;
        }
        for (field, value) in [("controller", controller), ("blockOwnerDeletion", block_owner_deletion)] {
            if let Some(value) = value {
                write!(f, ",\"{field}\":{value}")?;
            }
        }
        f.write_str("}")
    }
}

fn check_finalizers(errors: &mut Errors, finalizers: &[String]) {
    for finalizer in finalizers {
        errors.names(|| path("finalizers"), finalizer, names::label_key(finalizer));
    }
    let has = |wanted: &str| finalizers.iter().any(|finalizer| finalizer == wanted);
    if has(ORPHAN) && has(FOREGROUND) {
        let detail = format!("finalizer {ORPHAN} and {FOREGROUND} cannot be both set");
        errors.invalid(path("finalizers"), JsonStrings(finalizers), detail);
    }
}

/// The further rule of the built-in kinds: a finalizer without a slash is a standard one (`validateKubeFinalizerName`).
pub(super) fn check_finalizer_names(errors: &mut Errors, meta: &ObjectMeta) {
    for (i, finalizer) in meta.finalizers.iter().enumerate() {
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer.as_str()) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid(path("finalizers").index(i), Quoted(finalizer), detail);
        }
    }
}

fn check_managed_fields(errors: &mut Errors, at: impl Fn(&str) -> FieldPath, entry: &ManagedFieldsEntry) {
    match entry.operation.as_str() {
        "Apply" | "Update" => {}
        other if !errors.has(Behaviour::ManagedOperationsAreListed) => {
            errors.invalid(at("operation"), JsonString(other), "must be `Apply` or `Update`");
        }
        "" => errors.required(at("operation"), "must not be empty"),
        other => errors.not_supported(at("operation"), JsonString(other), &["Apply", "Update"]),
    }
    if !matches!(entry.fields_type.as_str(), "" | "FieldsV1") {
        errors.invalid(at("fieldsType"), Quoted(&entry.fields_type), "must be `FieldsV1`");
    }
    if entry.manager.len() > MANAGER_MAX {
        errors.too_long(at("manager"), MANAGER_MAX);
    }
    let strange = entry.manager.char_indices().filter(|(_, c)| !is_printable(*c));
    let told = strange.map(|(i, c)| format!("invalid character U+{:04X} (at position {i})", u32::from(c)).into());
    errors.names(|| at("manager"), &entry.manager, told.collect());
    if entry.subresource.len() > SUBRESOURCE_MAX {
        errors.too_long(at("subresource"), SUBRESOURCE_MAX);
    }
}

/// What may not change (`ValidateObjectMetaAccessorUpdate`). What upstream checks of the new metadata besides has been checked before, so it
/// counts only where errors are told as often as they are found.
pub(super) fn check_changes(errors: &mut Errors, new: &ObjectMeta, old: &ObjectMeta) {
    check_unchanged(errors, new, old);
    if !errors.has(Behaviour::TellsErrorsOnce) {
        check_labels(errors, || path("labels"), &new.labels);
        check_annotations(errors, &new.annotations);
        check_owners(errors, &new.owner_references);
        check_managers(errors, &new.managed_fields);
    }
}

fn check_unchanged(errors: &mut Errors, new: &ObjectMeta, old: &ObjectMeta) {
    if old.deletion_timestamp.is_some() {
        check_no_new_finalizers(errors, new, old);
    }
    if new.generation < old.generation {
        errors.invalid(path("generation"), new.generation, "must not be decremented");
    }
    if new.name != old.name {
        errors.invalid(path("name"), Quoted(&new.name), IMMUTABLE);
    }
    if new.namespace != old.namespace {
        errors.invalid(path("namespace"), Quoted(&new.namespace), IMMUTABLE);
    }
    if new.uid != old.uid {
        errors.invalid(path("uid"), JsonString(&new.uid), IMMUTABLE);
    }
    let times = [
        ("creationTimestamp", &new.creation_timestamp, &old.creation_timestamp),
        ("deletionTimestamp", &new.deletion_timestamp, &old.deletion_timestamp),
    ];
    for (field, new, old) in times {
        if new != old {
            errors.invalid(path(field), JsonOption(new.as_deref().map(JsonString)), IMMUTABLE);
        }
    }
    if new.deletion_grace_period_seconds != old.deletion_grace_period_seconds {
        errors.invalid(path("deletionGracePeriodSeconds"), JsonOption(new.deletion_grace_period_seconds), IMMUTABLE);
    }
}

fn check_no_new_finalizers(errors: &mut Errors, new: &ObjectMeta, old: &ObjectMeta) {
    let before: BTreeSet<&String> = old.finalizers.iter().collect();
    let added: BTreeSet<&String> = new.finalizers.iter().filter(|finalizer| !before.contains(finalizer)).collect();
    if !added.is_empty() {
        let added: Vec<&String> = added.into_iter().collect();
        let detail = "no new finalizers can be added if the object is being deleted, found new finalizers";
        errors.forbidden(path("finalizers"), format!("{detail} {}", SourceList(&added)));
    }
}
