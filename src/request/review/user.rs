//! Who am I? The review that asks it (`staging/src/k8s.io/api/authentication/v1/types.go`).

use crate::identity::UserInfo;
use crate::model::{ObjectMeta, wire};

/// The user of a request, told to the one who sent it.
///
/// Written in `authentication.k8s.io/v1`; read from its older versions too, which differ in nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", from = "Wire", into = "Wire")]
pub struct SelfSubjectReview {
    /// The metadata: in an answer the time, else empty.
    pub metadata: ObjectMeta,
    /// The user.
    pub status: SelfSubjectReviewStatus,
}

/// The answer to "who am I".
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SelfSubjectReviewStatus {
    /// The user, after impersonation if there is any.
    #[serde(deserialize_with = "wire::nullable")]
    pub user_info: UserInfo,
}

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wire {
    #[serde(deserialize_with = "wire::nullable")]
    kind: String,
    #[serde(deserialize_with = "wire::nullable")]
    api_version: String,
    #[serde(deserialize_with = "wire::nullable")]
    metadata: ObjectMeta,
    #[serde(deserialize_with = "wire::nullable")]
    status: SelfSubjectReviewStatus,
}

impl From<Wire> for SelfSubjectReview {
    fn from(Wire { metadata, status, .. }: Wire) -> Self {
        Self { metadata, status }
    }
}

impl From<SelfSubjectReview> for Wire {
    fn from(SelfSubjectReview { metadata, status }: SelfSubjectReview) -> Self {
        Self { kind: "SelfSubjectReview".to_owned(), api_version: "authentication.k8s.io/v1".to_owned(), metadata, status }
    }
}
