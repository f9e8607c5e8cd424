//! The errors of creating or updating an object, each byte for byte and in order.

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Located, Object, Role, RoleBinding};
use k8s_rbac::span::FieldError;
use k8s_rbac::validation::Validation;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Line {
    kind: String,
    object: Value,
    old: Option<Value>,
    errors: Vec<String>,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { kind, object, old, errors } = serde_json::from_str(line).unwrap();
    let read = |value: &Value| Located::from(read(&kind, value));
    let found = match &old {
        Some(old) => Validation::of(version()).update(&read(&object), &read(old)),
        None => Validation::of(version()).create(&read(&object)),
    };
    let ours = found.iter().map(FieldError::to_string).collect();
    tally.case(|| format!("{kind} {object}, was {old:?}"), &errors, &ours);
}

/// The object of a line, which does not say its kind itself.
pub fn read(kind: &str, value: &Value) -> Object {
    match kind {
        "Role" => of::<Role>(value).into(),
        "ClusterRole" => of::<ClusterRole>(value).into(),
        "RoleBinding" => of::<RoleBinding>(value).into(),
        "ClusterRoleBinding" => of::<ClusterRoleBinding>(value).into(),
        _ => panic!("the vectors know no {kind}"),
    }
}

fn of<T: DeserializeOwned>(value: &Value) -> T {
    T::deserialize(value).unwrap()
}
