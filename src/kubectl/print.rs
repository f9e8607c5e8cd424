//! Objects as `-o yaml` and `-o json` print them, and as `kubectl apply` remembers them.

use serde::Serialize;

use super::tree;
use super::yaml;
use crate::model::Value;
use crate::version::{Behaviour, KubeVersion};

/// An object as `-o yaml` prints it: two spaces a level, lists not indented, keys in kubectl's order.
///
/// Strings are plain where YAML 1.1 reads them back as strings, and quoted else, as `sigs.k8s.io/yaml` writes them. Cost: `O(size)`.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::print, model::*};
/// let binding = ClusterRoleBinding::new("b", "view", [Subject::user("y")]);
/// assert_eq!(
///     print::yaml(&binding, KubeVersion::V1_37),
///     "\
/// apiVersion: rbac.authorization.k8s.io/v1
/// kind: ClusterRoleBinding
/// metadata:
///   name: b
/// roleRef:
///   apiGroup: rbac.authorization.k8s.io
///   kind: ClusterRole
///   name: view
/// subjects:
/// - apiGroup: rbac.authorization.k8s.io
///   kind: User
///   name: \"y\"
/// ",
/// );
/// ```
pub fn yaml<T: Serialize + ?Sized>(object: &T, version: KubeVersion) -> String {
    yaml::text(&shown(object, version), version.has(Behaviour::YamlQuotesTimestamps))
}

/// An object as `-o json` prints it: four spaces a level, keys sorted, `<`, `>` and `&` escaped as Go does. Cost: `O(size)`.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::print, model::RoleRef};
/// assert_eq!(
///     print::json(&RoleRef::role("a<b"), KubeVersion::V1_37),
///     "{\n    \"apiGroup\": \"rbac.authorization.k8s.io\",\n    \"kind\": \"Role\",\n    \"name\": \"a\\u003cb\"\n}\n",
/// );
/// ```
pub fn json<T: Serialize + ?Sized>(object: &T, version: KubeVersion) -> String {
    let mut text = String::new();
    write_json(&mut text, &shown(object, version), Some(0));
    text.push('\n');
    text
}

/// What is printed of an object: who wrote which field is left out unless it is asked for.
fn shown<T: Serialize + ?Sized>(object: &T, version: KubeVersion) -> Value {
    let mut tree = tree::of(object);
    if version.has(Behaviour::PrintsNoManagedFields)
        && let Value::Map(fields) = &mut tree
        && let Some(Value::Map(metadata)) = fields.get_mut("metadata")
    {
        metadata.remove("managedFields");
    }
    tree
}

/// An object as one line of JSON with sorted keys and a newline: the value of the annotation that `kubectl apply` keeps.
///
/// ```
/// use k8s_rbac::{kubectl::print, model::RoleRef};
/// assert_eq!(
///     print::compact_json(&RoleRef::role("r")),
///     "{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\"r\"}\n",
/// );
/// ```
pub fn compact_json<T: Serialize + ?Sized>(object: &T) -> String {
    let mut text = String::new();
    write_json(&mut text, &tree::of(object), None);
    text.push('\n');
    text
}

/// Writes a value; `level` is the depth of indentation, `None` for all on one line.
fn write_json(text: &mut String, value: &Value, level: Option<usize>) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => text.push_str(&value.to_string()),
        Value::Uint(value) => text.push_str(&value.to_string()),
        Value::Float(value) => text.push_str(&value.to_string()),
        Value::String(value) => write_json_string(text, value),
        Value::List(items) => {
            let write = |text: &mut String, item: &Value, level| write_json(text, item, level);
            write_group(text, ['[', ']'], items, level, write);
        }
        Value::Map(entries) => {
            let write = |text: &mut String, (key, value): (&String, &Value), level: Option<usize>| {
                write_json_string(text, key);
                text.push_str(if level.is_some() { ": " } else { ":" });
                write_json(text, value, level);
            };
            write_group(text, ['{', '}'], entries, level, write);
        }
    }
}

fn write_group<T>(
    text: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    level: Option<usize>,
    write: impl Fn(&mut String, T, Option<usize>),
) {
    let inner = level.map(|level| level + 1);
    let mut written = false;
    text.push(open);
    for item in items {
        if std::mem::replace(&mut written, true) {
            text.push(',');
        }
        new_line(text, inner);
        write(text, item, inner);
    }
    if written {
        new_line(text, level);
    }
    text.push(close);
}

fn new_line(text: &mut String, level: Option<usize>) {
    if let Some(level) = level {
        text.push('\n');
        text.extend(std::iter::repeat_n("    ", level));
    }
}

/// A string as Go's `encoding/json` writes it.
fn write_json_string(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\x08' => text.push_str("\\b"),
            '\x0c' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::meta::ManagedFieldsEntry;
    use crate::model::{ClusterRole, RBAC_V1};

    #[test]
    fn who_wrote_which_field_is_shown_until_1_20() {
        let mut role = ClusterRole::new("r", []);
        role.metadata.managed_fields.push(ManagedFieldsEntry { manager: "m".into(), ..ManagedFieldsEntry::default() });
        let shows = |version| [yaml(&role, version), json(&role, version)].map(|page| page.contains("managedFields"));
        assert_eq!(shows(KubeVersion::new(1, 20)), [true, true]);
        for version in [KubeVersion::new(1, 21), KubeVersion::V1_37] {
            assert_eq!(shows(version), [false, false]);
            assert!(yaml(&role, version).starts_with(&format!("apiVersion: {RBAC_V1}\n")));
        }
    }
}
