//! What the server says of an object that is created or replaced: decoded, defaulted, prepared and checked; the causes and the message.

use k8s_rbac::load::Loader;
use k8s_rbac::model::{Located, Object};
use k8s_rbac::span::FieldError;
use k8s_rbac::validation::{Invalid, Validation, defaulted};
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Line {
    object: Value,
    old: Option<Value>,
    errors: Vec<String>,
    #[serde(default)]
    message: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { object, old, errors, message } = serde_json::from_str(line).unwrap();
    let new = read(&object);
    let found = match &old {
        Some(old) => Validation::of(version()).update(&new, &read(old)),
        None => Validation::of(version()).create(&new),
    };
    let causes = found.iter().map(cause).collect();
    let told = Invalid::new(&new, found).map_or(String::new(), |invalid| invalid.to_string());
    tally.case(|| format!("{object}, was {old:?}"), &(errors, message), &(causes, told));
}

fn cause(error: &FieldError) -> String {
    format!("{} {}: {}", error.kind.reason(), error.path, error.body())
}

/// The object as the server takes it in. Names, places and all come from the loader.
fn read(value: &Value) -> Located<Object> {
    let mut read = Loader::new().read_str("object.json", &value.to_string()).into_result().unwrap();
    defaulted(read.remove(0))
}
