//! As much of JSON Schema (draft 7) as the schema of SARIF uses; a keyword that is not known fails.

use serde_json::{Map, Value};

/// What is wrong with a value by a schema, each with the path to it.
pub(crate) fn violations(root: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(root, root, value, "$", &mut wrong);
    wrong
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "$id" | "$comment" | "title" | "description" | "definitions" | "default" | "format" => true,
            "$ref" => {
                check(root, root.pointer(wanted.as_str().unwrap().trim_start_matches('#')).unwrap(), value, path, wrong);
                true
            }
            "type" => is_of(value, wanted),
            "enum" => wanted.as_array().unwrap().contains(value),
            "required" => names(wanted).all(|name| value.as_object().is_none_or(|object| object.contains_key(name))),
            "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
            "exclusiveMinimum" => value.as_f64().is_none_or(|number| number > wanted.as_f64().unwrap()),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap()),
            "uniqueItems" => wanted == false || value.as_array().is_none_or(|items| are_unique(items)),
            "anyOf" => any_of(root, wanted, value, path),
            "properties" | "additionalProperties" => {
                value.as_object().is_none_or(|object| fields(root, schema, object, keyword, path, wrong))
            }
            "items" => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                items.iter().enumerate().for_each(|(at, item)| check(root, wanted, item, &format!("{path}[{at}]"), wrong));
                true
            }
            _ => panic!("{path}: the keyword {keyword} is not known"),
        };
        if !holds {
            wrong.push(format!("{path}: {keyword} {wanted}"));
        }
    }
}

fn fields(root: &Value, schema: &Value, object: &Map<String, Value>, keyword: &str, path: &str, wrong: &mut Vec<String>) -> bool {
    let known = schema.get("properties").and_then(Value::as_object);
    for (name, value) in object {
        let inside = format!("{path}.{name}");
        match (known.and_then(|known| known.get(name)), keyword) {
            (Some(field), "properties") => check(root, field, value, &inside, wrong),
            (None, "additionalProperties") => match &schema[keyword] {
                Value::Bool(allowed) if !allowed => wrong.push(format!("{inside}: no such field")),
                Value::Bool(_) => {}
                others => check(root, others, value, &inside, wrong),
            },
            _ => {}
        }
    }
    true
}

fn any_of(root: &Value, schemas: &Value, value: &Value, path: &str) -> bool {
    schemas.as_array().unwrap().iter().any(|schema| {
        let mut wrong = Vec::new();
        check(root, schema, value, path, &mut wrong);
        wrong.is_empty()
    })
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap())
}

fn is_of(value: &Value, kind: &Value) -> bool {
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => panic!("the type {kind} is not known"),
    };
    kind.as_str().map_or_else(|| names(kind).any(is), is)
}

fn are_unique(items: &[Value]) -> bool {
    items.iter().enumerate().all(|(at, item)| !items[..at].contains(item))
}
