//! Metadata and label selectors.
//!
//! Models `staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go` and the matching of `pkg/labels`. Fields of `metadata` that upstream
//! does not define are dropped by plain serde and reported by the loader.

use std::collections::BTreeMap;

use super::{Value, wire};

/// The metadata of an object. Times are the text that was read (RFC 3339).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectMeta {
    /// The name; empty where `generate_name` stands for it.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The prefix of a name that the server is to make.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub generate_name: String,
    /// The namespace; empty for cluster-scoped objects.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The URL of the object; written until 1.19.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub self_link: String,
    /// The unique id that the server gave.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// The version of the stored object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub resource_version: String,
    /// Counts the changes of the wanted state.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "is_zero")]
    pub generation: i64,
    /// When the object was created.
    #[serde(deserialize_with = "wire::time", skip_serializing_if = "Option::is_none")]
    pub creation_timestamp: Option<String>,
    /// When the object is to be gone.
    #[serde(deserialize_with = "wire::time", skip_serializing_if = "Option::is_none")]
    pub deletion_timestamp: Option<String>,
    /// Seconds that the object has to end gracefully.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_grace_period_seconds: Option<i64>,
    /// Labels, by which selectors select.
    #[serde(deserialize_with = "wire::map", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    #[serde(deserialize_with = "wire::map", skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The objects that this one is deleted with.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub owner_references: Vec<OwnerReference>,
    /// What has to be done before the object is gone.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub finalizers: Vec<String>,
    /// Which manager set which fields.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub managed_fields: Vec<ManagedFieldsEntry>,
}

impl ObjectMeta {
    /// The annotation in which `kubectl apply` keeps what it applied.
    pub const LAST_APPLIED: &'static str = "kubectl.kubernetes.io/last-applied-configuration";

    /// Metadata of a cluster-scoped object.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Metadata of an object in a namespace.
    pub fn namespaced(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { name: name.into(), namespace: namespace.into(), ..Self::default() }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// An object that another one is deleted with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// `apiVersion` of the owner.
    #[serde(deserialize_with = "wire::nullable")]
    pub api_version: String,
    /// Kind of the owner.
    #[serde(deserialize_with = "wire::nullable")]
    pub kind: String,
    /// Name of the owner.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
    /// Unique id of the owner.
    #[serde(deserialize_with = "wire::nullable")]
    pub uid: String,
    /// Whether the owner is the managing controller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<bool>,
    /// Whether the owner cannot be gone before this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_owner_deletion: Option<bool>,
}

/// Which fields one manager set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ManagedFieldsEntry {
    /// Name of the manager.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub manager: String,
    /// `Apply` or `Update`.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub operation: String,
    /// The `apiVersion` that the fields are those of.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// When they were set.
    #[serde(deserialize_with = "wire::time", skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// `FieldsV1`.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub fields_type: String,
    /// The fields, carried as they are.
    #[serde(rename = "fieldsV1", deserialize_with = "wire::raw", skip_serializing_if = "Option::is_none")]
    pub fields_v1: Option<Value>,
    /// The subresource that they were set through.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub subresource: String,
}

/// A query over labels: every `match_labels` entry and every expression must hold. An empty selector selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Labels that must be there with these values.
    #[serde(deserialize_with = "wire::map", skip_serializing_if = "BTreeMap::is_empty")]
    pub match_labels: BTreeMap<String, String>,
    /// Further requirements.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<LabelSelectorRequirement>,
}

impl LabelSelector {
    /// A selector of objects that carry these labels.
    pub fn labels<K: Into<String>, V: Into<String>>(labels: impl IntoIterator<Item = (K, V)>) -> Self {
        let match_labels = labels.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { match_labels, match_expressions: Vec::new() }
    }

    /// Whether an object with these labels is selected.
    ///
    /// Requirements that an API server would refuse (an unknown operator) select nothing. Cost: `O(requirements · log labels)`.
    ///
    /// ```
    /// use k8s_rbac::model::LabelSelector;
    /// let selector = LabelSelector::labels([("aggregate-to-view", "true")]);
    /// assert!(selector.matches(&[("aggregate-to-view".to_owned(), "true".to_owned())].into()));
    /// assert!(!selector.matches(&Default::default()));
    /// assert!(LabelSelector::default().matches(&Default::default()));
    /// ```
    #[must_use]
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|requirement| requirement.matches(labels))
    }
}

/// One requirement of a [`LabelSelector`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelectorRequirement {
    /// The label that it is about.
    #[serde(deserialize_with = "wire::nullable")]
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    #[serde(deserialize_with = "wire::nullable")]
    pub operator: String,
    /// The values of `In` and `NotIn`.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

impl LabelSelectorRequirement {
    /// Whether an object with these labels meets the requirement (`labels.Requirement.Matches`): an absent label is `NotIn` everything.
    #[must_use]
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        let listed = value.is_some_and(|value| self.values.contains(value));
        match self.operator.as_str() {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    }
}
