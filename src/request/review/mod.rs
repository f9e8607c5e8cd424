//! The review objects of `authorization.k8s.io`: questions to an API server as data, and the shapes of their answers.
//!
//! Models `staging/src/k8s.io/api/authorization/v1/types.go`, and `v1beta1`, which spelt `groups` as `group`. What a spec asks is turned into
//! [`Attributes`](super::Attributes) here, and what a server refuses is said here; they are answered by `review`.

use std::collections::BTreeMap;

use crate::model::{LabelSelectorRequirement, List, ObjectMeta, wire};

mod attributes;
mod metadata_json;
mod user;
mod validate;
mod versions;

pub use attributes::Selectors;
pub use user::{SelfSubjectReview, SelfSubjectReviewStatus};
pub use validate::Invalid;
pub use versions::ReviewVersion;

use versions::review_kind;

/// The API group of the reviews.
pub const GROUP: &str = "authorization.k8s.io";

review_kind! {
    /// May this user do this? Asked by those who may create such reviews, about anybody.
    ///
    /// ```
    /// use k8s_rbac::request::review::SubjectAccessReview;
    /// let review: SubjectAccessReview = serde_json::from_str(
    ///     r#"{"apiVersion":"authorization.k8s.io/v1beta1","spec":{"user":"jane","group":["dev"],"resourceAttributes":{"verb":"get","resource":"pods"}}}"#,
    /// )?;
    /// assert_eq!(review.spec.groups, ["dev"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    SubjectAccessReview("SubjectAccessReview", SubjectAccessReviewSpec, SubjectAccessReviewStatus)
}

review_kind! {
    /// May this user do this in the namespace of the review?
    LocalSubjectAccessReview("LocalSubjectAccessReview", SubjectAccessReviewSpec, SubjectAccessReviewStatus)
}

review_kind! {
    /// May I do this?
    SelfSubjectAccessReview("SelfSubjectAccessReview", SelfSubjectAccessReviewSpec, SubjectAccessReviewStatus)
}

review_kind! {
    /// What may I do in this namespace?
    SelfSubjectRulesReview("SelfSubjectRulesReview", SelfSubjectRulesReviewSpec, SubjectRulesReviewStatus)
}

/// Who would do what. Exactly one of the two kinds of attributes is to be given, and a user or a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubjectAccessReviewSpec {
    /// The request, if it is about a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_attributes: Option<ResourceAttributes>,
    /// The request, if it is about a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_resource_attributes: Option<NonResourceAttributes>,
    /// The user name.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// The groups. Nothing is added to them, `system:authenticated` neither.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What else is known about the user.
    #[serde(deserialize_with = "wire::map", skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Vec<String>>,
    /// The unique id of the user.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub uid: String,
}

/// What the asking user would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SelfSubjectAccessReviewSpec {
    /// The request, if it is about a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_attributes: Option<ResourceAttributes>,
    /// The request, if it is about a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_resource_attributes: Option<NonResourceAttributes>,
}

/// Where the asking user would do something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SelfSubjectRulesReviewSpec {
    /// The namespace. Required.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
}

/// A request about a resource. Taken word for word: `*` is no wildcard, and case counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceAttributes {
    /// The namespace; empty for cluster scope, or all namespaces.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The verb.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub verb: String,
    /// The API group.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// The API version.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The resource.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// The subresource.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub subresource: String,
    /// The name of the object.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Which objects by their fields. RBAC does not look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_selector: Option<SelectorAttributes<FieldSelectorRequirement>>,
    /// Which objects by their labels. RBAC does not look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_selector: Option<SelectorAttributes<LabelSelectorRequirement>>,
}

/// A request about a path. The verb is taken word for word: `GET` is not `get`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NonResourceAttributes {
    /// The path.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The verb: the HTTP method in lower case.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub verb: String,
}

/// A selector, as text or as a list of requirements; one of the two is to be given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "R: serde::Deserialize<'de> + Default"), default)]
pub struct SelectorAttributes<R> {
    /// The selector as it stands in a query.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub raw_selector: String,
    /// The requirements, all of which must hold.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<R>,
}

impl<R> Default for SelectorAttributes<R> {
    fn default() -> Self {
        Self { raw_selector: String::new(), requirements: Vec::new() }
    }
}

/// What a field must be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct FieldSelectorRequirement {
    /// The field.
    #[serde(deserialize_with = "wire::nullable")]
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    #[serde(deserialize_with = "wire::nullable")]
    pub operator: String,
    /// The values of `In` and `NotIn`.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// The answer to "may this be done".
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubjectAccessReviewStatus {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Whether an authorizer forbade it, so that none may allow it any more. RBAC never does.
    #[serde(skip_serializing_if = "is_false")]
    pub denied: bool,
    /// Why.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What went wrong on the way.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub evaluation_error: String,
}

/// The answer to "what may I do here".
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubjectRulesReviewStatus {
    /// What may be done with resources. Order means nothing, and rules may stand here twice.
    #[serde(deserialize_with = "wire::list")]
    pub resource_rules: Vec<ResourceRule>,
    /// What may be done with paths.
    #[serde(deserialize_with = "wire::list")]
    pub non_resource_rules: Vec<NonResourceRule>,
    /// Whether an authorizer could not list its rules. RBAC always can.
    pub incomplete: bool,
    /// What went wrong on the way.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub evaluation_error: String,
}

/// The half of a rule that is about resources.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceRule {
    /// The verbs.
    pub verbs: List<String>,
    /// The API groups.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub api_groups: Vec<String>,
    /// The resources.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The names that it is limited to.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub resource_names: Vec<String>,
}

/// The half of a rule that is about paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NonResourceRule {
    /// The verbs.
    pub verbs: List<String>,
    /// The paths.
    #[serde(rename = "nonResourceURLs", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub non_resource_urls: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
