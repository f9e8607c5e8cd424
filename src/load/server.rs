//! The API server's words for an object that it cannot decode (`apiserver/pkg/endpoints/handlers/rest.go`, `sigs.k8s.io/json`).
//!
//! A server reads the JSON that kubectl makes of a manifest, whose keys are sorted: of several values of a wrong type it tells the first in
//! that order, and unknown fields only where there is none. The words name Go's types, so what they are is known for the types of
//! [`FIELDS`] alone.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::node::Content;
use crate::model::RBAC_V1;
use crate::model::core::CORE_V1;
use crate::quote::Quoted;

/// How many unknown fields the server tells.
const MOST_UNKNOWN: usize = 100;

/// The fields of Go's structs, with their types as Go prints them.
const FIELDS: &[(&str, &[(&str, &str)])] = &[
    ("Role", &[("metadata", "v1.ObjectMeta"), ("rules", "[]v1.PolicyRule")]),
    ("ClusterRole", &[("metadata", "v1.ObjectMeta"), ("rules", "[]v1.PolicyRule"), ("aggregationRule", "v1.AggregationRule")]),
    ("RoleBinding", &[("metadata", "v1.ObjectMeta"), ("subjects", "[]v1.Subject"), ("roleRef", "v1.RoleRef")]),
    ("ClusterRoleBinding", &[("metadata", "v1.ObjectMeta"), ("subjects", "[]v1.Subject"), ("roleRef", "v1.RoleRef")]),
    (
        "PolicyRule",
        &[
            ("verbs", "[]string"),
            ("apiGroups", "[]string"),
            ("resources", "[]string"),
            ("resourceNames", "[]string"),
            ("nonResourceURLs", "[]string"),
        ],
    ),
    ("AggregationRule", &[("clusterRoleSelectors", "[]v1.LabelSelector")]),
    ("LabelSelector", &[("matchLabels", "map[string]string"), ("matchExpressions", "[]v1.LabelSelectorRequirement")]),
    ("LabelSelectorRequirement", &[("key", "string"), ("operator", "v1.LabelSelectorOperator"), ("values", "[]string")]),
    ("Subject", &[("kind", "string"), ("apiGroup", "string"), ("name", "string"), ("namespace", "string")]),
    ("RoleRef", &[("apiGroup", "string"), ("kind", "string"), ("name", "string")]),
    (
        "ServiceAccount",
        &[
            ("metadata", "v1.ObjectMeta"),
            ("secrets", "[]v1.ObjectReference"),
            ("imagePullSecrets", "[]v1.LocalObjectReference"),
            ("automountServiceAccountToken", "bool"),
        ],
    ),
    (
        "ObjectReference",
        &[
            ("kind", "string"),
            ("namespace", "string"),
            ("name", "string"),
            ("uid", "types.UID"),
            ("apiVersion", "string"),
            ("resourceVersion", "string"),
            ("fieldPath", "string"),
        ],
    ),
    ("LocalObjectReference", &[("name", "string")]),
    (
        "Secret",
        &[
            ("metadata", "v1.ObjectMeta"),
            ("immutable", "bool"),
            ("data", "map[string][]uint8"),
            ("stringData", "map[string]string"),
            ("type", "v1.SecretType"),
        ],
    ),
    (
        "ConfigMap",
        &[
            ("metadata", "v1.ObjectMeta"),
            ("immutable", "bool"),
            ("data", "map[string]string"),
            ("binaryData", "map[string][]uint8"),
        ],
    ),
    ("Namespace", &[("metadata", "v1.ObjectMeta"), ("status", "v1.NamespaceStatus")]),
    ("NamespaceStatus", &[("phase", "v1.NamespacePhase")]),
    (
        "ObjectMeta",
        &[
            ("name", "string"),
            ("generateName", "string"),
            ("namespace", "string"),
            ("selfLink", "string"),
            ("uid", "types.UID"),
            ("resourceVersion", "string"),
            ("generation", "int64"),
            ("deletionGracePeriodSeconds", "int64"),
            ("labels", "map[string]string"),
            ("annotations", "map[string]string"),
            ("ownerReferences", "[]v1.OwnerReference"),
            ("finalizers", "[]string"),
            ("managedFields", "[]v1.ManagedFieldsEntry"),
        ],
    ),
    (
        "OwnerReference",
        &[
            ("apiVersion", "string"),
            ("kind", "string"),
            ("name", "string"),
            ("uid", "types.UID"),
            ("controller", "bool"),
            ("blockOwnerDeletion", "bool"),
        ],
    ),
    (
        "ManagedFieldsEntry",
        &[
            ("manager", "string"),
            ("operation", "v1.ManagedFieldsOperationType"),
            ("apiVersion", "string"),
            ("fieldsType", "string"),
            ("subresource", "string"),
        ],
    ),
];

/// Why a server would not decode an object, gathered as it is met.
#[derive(Debug)]
pub(super) struct Undecoded<'h> {
    api_version: &'h str,
    kind: &'h str,
    /// Whether something was met that there are no words for.
    unknown_words: bool,
    wrong: Option<(Order, String)>,
    unknown: BTreeMap<Order, String>,
}

/// Where a value stands among the sorted keys of an object.
type Order = Vec<Step>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Index(usize),
    Key(String),
}

impl<'h> Undecoded<'h> {
    pub(super) const fn new(api_version: &'h str, kind: &'h str) -> Self {
        Self { api_version, kind, unknown_words: false, wrong: None, unknown: BTreeMap::new() }
    }

    /// A value is of a wrong type.
    pub(super) fn wrong_type(&mut self, path: &str, found: &Content<'_>) {
        let told = json_type(found).and_then(|found| {
            let walk = Walk::to(self.kind, path)?;
            let (owner, fields, expected) = (walk.owner, walk.fields.join("."), walk.go_type);
            Some((walk.order, format!("json: cannot unmarshal {found} into Go struct field {owner}.{fields} of type {expected}")))
        });
        match told {
            Some(told) if self.wrong.as_ref().is_none_or(|first| told.0 < first.0) => self.wrong = Some(told),
            Some(_) => {}
            None => self.unknown_words = true,
        }
    }

    /// A struct has no such field.
    pub(super) fn unknown_field(&mut self, parent: &str, field: &str) {
        let Some(mut walk) = Walk::to(self.kind, parent) else {
            self.unknown_words = true;
            return;
        };
        walk.order.push(Step::Key(field.to_owned()));
        let path = if parent.is_empty() { field.to_owned() } else { format!("{parent}.{field}") };
        self.unknown.insert(walk.order, path);
        if self.unknown.len() > MOST_UNKNOWN {
            self.unknown.pop_last();
        }
    }

    /// Something else is wrong.
    pub(super) fn otherwise(&mut self) {
        self.unknown_words = true;
    }

    /// What the server says, where that is known.
    pub(super) fn message(self) -> Option<String> {
        let Self { api_version, kind, unknown_words, wrong, unknown } = self;
        if unknown_words || (wrong.is_none() && unknown.is_empty()) {
            return None;
        }
        if ![RBAC_V1, CORE_V1].contains(&api_version) || fields(kind).is_none() {
            return None;
        }
        let version = api_version.rsplit('/').next().unwrap_or_default();
        let mut message = format!("{kind} in version {} cannot be handled as a {kind}: ", Quoted(version));
        if let Some((_, wrong)) = wrong {
            return Some(message + &wrong);
        }
        message.push_str("strict decoding error");
        for (number, path) in unknown.values().enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(message, "{} unknown field {}", if number == 0 { ":" } else { "," }, Quoted(path));
        }
        Some(message)
    }
}

/// What JSON calls a value that is in a wrong place; not where the word depends on what the place is for.
const fn json_type(found: &Content<'_>) -> Option<&'static str> {
    match found {
        Content::Text(_) | Content::Merge => Some("string"),
        Content::Bool(_) => Some("bool"),
        Content::Int(_) | Content::Uint(_) | Content::Float(_) | Content::Decimal(_) => Some("number"),
        Content::List(_) => Some("array"),
        Content::Map(_) => Some("object"),
        Content::Null | Content::Alias(_) => None,
    }
}

fn fields(structure: &str) -> Option<&'static [(&'static str, &'static str)]> {
    FIELDS.iter().find(|(name, _)| *name == structure).map(|(_, fields)| *fields)
}

/// The way from an object to a value, through Go's types.
#[derive(Debug)]
struct Walk<'p> {
    /// The struct that has the last field.
    owner: &'p str,
    fields: Vec<&'p str>,
    go_type: &'static str,
    order: Order,
}

impl<'p> Walk<'p> {
    fn to(kind: &'p str, path: &'p str) -> Option<Self> {
        let mut walk = Self { owner: "", fields: Vec::new(), go_type: "", order: Vec::new() };
        let mut rest = path;
        while !rest.is_empty() {
            rest = walk.step(kind, rest)?;
        }
        Some(walk)
    }

    /// Takes a step; gives back the path that is left.
    fn step(&mut self, kind: &'p str, path: &'p str) -> Option<&'p str> {
        let Some(inside) = path.strip_prefix('[') else { return self.field(kind, path) };
        if let Some(values) = self.go_type.strip_prefix("map[string]") {
            // Maps hold no maps: the key is all there is.
            let key = inside.strip_suffix(']')?;
            self.order.push(Step::Key(key.to_owned()));
            self.go_type = values;
            return Some("");
        }
        let (index, rest) = inside.split_once(']')?;
        self.order.push(Step::Index(index.parse().ok()?));
        self.go_type = self.go_type.strip_prefix("[]")?;
        Some(rest)
    }

    fn field(&mut self, kind: &'p str, path: &'p str) -> Option<&'p str> {
        let path = path.strip_prefix('.').unwrap_or(path);
        let (field, rest) = path.find(['.', '[']).map_or((path, ""), |end| path.split_at(end));
        self.owner = if self.fields.is_empty() { kind } else { self.go_type.strip_prefix("v1.")? };
        self.go_type = fields(self.owner)?.iter().find(|(name, _)| *name == field)?.1;
        self.fields.push(field);
        self.order.push(Step::Key(field.to_owned()));
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: &str, wrong: &[(&str, Content<'_>)], unknown: &[(&str, &str)]) -> Option<String> {
        let version = if kind.contains("Role") { RBAC_V1 } else { CORE_V1 };
        let mut undecoded = Undecoded::new(version, kind);
        wrong.iter().for_each(|(path, found)| undecoded.wrong_type(path, found));
        unknown.iter().for_each(|(parent, field)| undecoded.unknown_field(parent, field));
        undecoded.message()
    }

    #[test]
    fn the_first_value_of_a_wrong_type_is_told_in_the_order_of_keys() {
        let text = || Content::Text("get".into());
        let wrong = [("rules[10].verbs", text()), ("rules[2].verbs[0]", Content::Bool(true)), ("rules[2].resources", text())];
        let expected = "ClusterRole in version \"v1\" cannot be handled as a ClusterRole: json: cannot unmarshal string into Go struct field \
                        PolicyRule.rules.resources of type []string";
        assert_eq!(told("ClusterRole", &wrong, &[("", "ruels")]).as_deref(), Some(expected));
        for (kind, path, found, words) in [
            ("ClusterRole", "rules[0]", text(), "string into Go struct field ClusterRole.rules of type v1.PolicyRule"),
            (
                "Role",
                "metadata.labels[a.b/c]",
                Content::Int(1),
                "number into Go struct field ObjectMeta.metadata.labels of type string",
            ),
            ("Role", "metadata", Content::Bool(true), "bool into Go struct field Role.metadata of type v1.ObjectMeta"),
            ("Secret", "data[a[0]]", Content::Int(1), "number into Go struct field Secret.data of type []uint8"),
        ] {
            let told = told(kind, &[(path, found)], &[]).unwrap();
            assert!(told.ends_with(&format!(": json: cannot unmarshal {words}")), "{told}");
        }
    }

    #[test]
    fn unknown_fields_are_told_where_all_values_are_of_their_types() {
        let unknown = [("rules[10]", "vebs"), ("rules[9]", "vebs"), ("", "ruels")];
        let expected = "Role in version \"v1\" cannot be handled as a Role: strict decoding error: unknown field \"ruels\", unknown field \
                        \"rules[9].vebs\", unknown field \"rules[10].vebs\"";
        assert_eq!(told("Role", &[], &unknown).as_deref(), Some(expected));
        let many: Vec<String> = (0..MOST_UNKNOWN + 20).map(|number| format!("rules[{number}]")).collect();
        let many: Vec<(&str, &str)> = many.iter().rev().map(|parent| (parent.as_str(), "x")).collect();
        let told = told("Role", &[], &many).unwrap();
        assert_eq!(told.matches("unknown field").count(), MOST_UNKNOWN);
        assert!(told.contains("\"rules[99].x\"") && !told.contains("rules[100]"), "{told}");
    }

    #[test]
    fn nothing_is_said_where_the_words_are_not_known() {
        assert_eq!(told("Role", &[], &[]), None);
        assert_eq!(told("Pod", &[("spec.containers", Content::Bool(true))], &[]), None);
        assert_eq!(told("Role", &[("metadata.creationTimestamp", Content::Int(1)), ("rules", Content::Int(1))], &[]), None);
    }
}
