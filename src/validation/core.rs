//! Secrets and ConfigMaps (`ValidateSecret` and `ValidateConfigMap` in `pkg/apis/core/validation/validation.go`).

use std::collections::BTreeMap;

use super::errors::Errors;
use super::json_syntax;
use super::metadata::{self, IMMUTABLE};
use crate::model::{ConfigMap, Secret};
use crate::names;
use crate::quote::{JsonString, Quoted};
use crate::span::FieldPath;

const DATA_MAX: usize = 1024 * 1024;
const IMMUTABLE_IS_SET: &str = "field is immutable when `immutable` is set";

/// What is needed of a Secret's data, by type: dockercfg and its kin one key that holds a JSON object, others keys.
const DOCKER_CONFIGS: [(&str, &str); 2] =
    [("kubernetes.io/dockercfg", ".dockercfg"), ("kubernetes.io/dockerconfigjson", ".dockerconfigjson")];

/// The data of a Secret as it is stored: `stringData` lies over `data`.
fn stored(secret: &Secret) -> BTreeMap<&str, &[u8]> {
    let data = secret.data.iter().map(|(key, value)| (key.as_str(), value.0.as_slice()));
    data.chain(secret.string_data.iter().map(|(key, value)| (key.as_str(), value.as_bytes()))).collect()
}

fn data(key: &str) -> FieldPath {
    FieldPath::new("data").key(key)
}

/// What a Secret is checked for beside its metadata.
pub(super) fn check_secret(errors: &mut Errors, secret: &Secret) {
    let stored = stored(secret);
    for key in stored.keys() {
        errors.names(|| data(key), key, names::data_key(key));
    }
    if stored.values().map(|value| value.len()).sum::<usize>() > DATA_MAX {
        errors.too_long(FieldPath::new("data"), DATA_MAX);
    }
    check_by_type(errors, secret, &stored);
}

fn check_by_type(errors: &mut Errors, secret: &Secret, stored: &BTreeMap<&str, &[u8]>) {
    let has = |key: &str| stored.contains_key(key);
    let missing: &[&str] = match secret.r#type.as_str() {
        Secret::SERVICE_ACCOUNT_TOKEN => {
            if secret.metadata.annotations.get(Secret::SERVICE_ACCOUNT_NAME).is_none_or(String::is_empty) {
                errors.required(metadata::path("annotations").key(Secret::SERVICE_ACCOUNT_NAME), "");
            }
            &[]
        }
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => &["username", "password"],
        "kubernetes.io/ssh-auth" if stored.get("ssh-privatekey").is_none_or(|key| key.is_empty()) => &["ssh-privatekey"],
        "kubernetes.io/tls" => match (has("tls.crt"), has("tls.key")) {
            (false, false) => &["tls.crt", "tls.key"],
            (false, true) => &["tls.crt"],
            (true, false) => &["tls.key"],
            (true, true) => &[],
        },
        _ => &[],
    };
    for key in missing {
        errors.required(data(key), "");
    }
    if let Some((_, key)) = DOCKER_CONFIGS.iter().find(|(kind, _)| *kind == secret.r#type) {
        check_docker_config(errors, data(key), stored.get(key).copied());
    }
}

fn check_docker_config(errors: &mut Errors, at: FieldPath, config: Option<&[u8]>) {
    match config.map(json_syntax::object_problem) {
        None => errors.required(at, ""),
        Some(Some(problem)) => errors.invalid(at, Quoted("<secret contents redacted>"), problem),
        Some(None) => {}
    }
}

/// What of a Secret may not change.
pub(super) fn check_secret_change(errors: &mut Errors, new: &Secret, old: &Secret) {
    if new.r#type != old.r#type {
        errors.invalid(FieldPath::new("type"), JsonString(&new.r#type), IMMUTABLE);
    }
    if old.immutable == Some(true) {
        check_still_immutable(errors, new.immutable);
        if stored(new) != stored(old) {
            errors.forbidden(FieldPath::new("data"), IMMUTABLE_IS_SET);
        }
    }
}

fn check_still_immutable(errors: &mut Errors, immutable: Option<bool>) {
    if immutable != Some(true) {
        errors.forbidden(FieldPath::new("immutable"), IMMUTABLE_IS_SET);
    }
}

/// What a ConfigMap is checked for beside its metadata.
pub(super) fn check_config_map(errors: &mut Errors, map: &ConfigMap) {
    for key in map.data.keys() {
        errors.names(|| data(key), key, names::data_key(key));
        if map.binary_data.contains_key(key) {
            errors.invalid(data(key), Quoted(key), "duplicate of key present in binaryData");
        }
    }
    for key in map.binary_data.keys() {
        errors.names(|| FieldPath::new("binaryData").key(key), key, names::data_key(key));
    }
    let size = map.data.values().map(String::len).chain(map.binary_data.values().map(|value| value.0.len())).sum::<usize>();
    if size > DATA_MAX {
        errors.too_long(FieldPath::default(), DATA_MAX);
    }
}

/// What of a ConfigMap may not change.
pub(super) fn check_config_map_change(errors: &mut Errors, new: &ConfigMap, old: &ConfigMap) {
    if old.immutable != Some(true) {
        return;
    }
    check_still_immutable(errors, new.immutable);
    for (field, changed) in [("data", new.data != old.data), ("binaryData", new.binary_data != old.binary_data)] {
        if changed {
            errors.forbidden(FieldPath::new(field), IMMUTABLE_IS_SET);
        }
    }
}
