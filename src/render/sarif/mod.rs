//! Answers as SARIF 2.1.0, the format of code scanning: [`log`] for what a linter found, [`paths`] for paths of escalation.
//!
//! Of a linter the whole catalogue stands in `tool.driver.rules`, rules that are off or found nothing too. A finding's location is its
//! field; the subjects and rules of its evidence are related locations; what was set aside is a result with a suppression. Why there may
//! be more findings is told in notifications. A path is a result with a code flow: a location for each grant that a step rests on, and the
//! edges as a taxonomy.

use serde_json::{Value, json};

use crate::model::ObjectKey;
use crate::span::Place;

mod findings;
mod flows;

pub use findings::log;
pub use flows::paths;

/// Where the schema of the format stands.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log of one run.
fn run(run: Value) -> Value {
    json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] })
}

/// This crate as the tool, with its rules.
fn driver(rules: Vec<Value>) -> Value {
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": "https://docs.rs/k8s-rbac",
        "rules": rules,
    })
}

fn location(place: Option<&Place>, object: &ObjectKey, field: &str) -> Value {
    let separator = if field.is_empty() { "" } else { "#" };
    let path = if object.namespace.is_empty() { String::new() } else { format!("{}/", object.namespace) };
    let name = format!("{}/{path}{}{separator}{field}", object.kind, object.name);
    let logical = json!([{ "fullyQualifiedName": name, "kind": "object" }]);
    let Some(place) = place else { return json!({ "logicalLocations": logical }) };
    let (start, end) = (place.span.start, place.span.end);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.source) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
        "logicalLocations": logical,
    })
}

/// A file name as a relative reference: everything but what may stand in a path is escaped.
fn uri(source: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    source.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
