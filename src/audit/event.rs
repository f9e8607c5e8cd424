//! Audit events, in the fields that say who asked for what and what came of it.

use serde::{Deserialize, Serialize};

use super::{AllowedBy, DECISION, REASON};
use crate::identity::UserInfo;
use crate::request::OwnedAttributes;

/// An event of `audit.k8s.io/v1`. Fields that are not about the question and its answer are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Event {
    /// The id that the stages of one request share.
    #[serde(rename = "auditID", skip_serializing_if = "String::is_empty")]
    pub audit_id: String,
    /// `RequestReceived`, `ResponseStarted`, `ResponseComplete` or `Panic`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stage: String,
    /// The URI of the request, with its query.
    #[serde(rename = "requestURI", skip_serializing_if = "String::is_empty")]
    pub request_uri: String,
    /// The verb: that of the API, or the HTTP method in lower case for a request about a path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub verb: String,
    /// Who asked, as authenticated.
    pub user: UserInfo,
    /// Whom they asked to be, if they impersonated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impersonated_user: Option<UserInfo>,
    /// What it was about; absent for a request about a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_ref: Option<ObjectReference>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_status: Option<ResponseStatus>,
    /// Annotations; the authorizer's are [`DECISION`] and [`REASON`].
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub annotations: std::collections::BTreeMap<String, String>,
}

/// What a request was about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ObjectReference {
    /// The resource.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// The namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The API group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_group: String,
    /// The API version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// The subresource.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subresource: String,
}

/// What came of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ResponseStatus {
    /// The HTTP status.
    pub code: u16,
}

impl Event {
    /// The request that was authorized: that of the impersonated user, if there was one.
    ///
    /// A create request has no name when it is authorized, though the event may tell that of the object made; it is left out here.
    /// Cost: `O(length)`.
    #[must_use]
    pub fn request(&self) -> OwnedAttributes {
        let user = Some(self.impersonated_user.as_ref().unwrap_or(&self.user).clone());
        let verb = self.verb.clone();
        let Some(object) = &self.object_ref else {
            let path = self.request_uri.split('?').next().unwrap_or_default().to_owned();
            return OwnedAttributes { user, verb, path, ..OwnedAttributes::default() };
        };
        let named = self.verb != "create" || !object.subresource.is_empty();
        OwnedAttributes {
            user,
            verb,
            namespace: object.namespace.clone(),
            api_group: object.api_group.clone(),
            api_version: object.api_version.clone(),
            resource: object.resource.clone(),
            subresource: object.subresource.clone(),
            name: if named { object.name.clone() } else { String::new() },
            resource_request: true,
            path: String::new(),
        }
    }

    /// Whether the request was allowed: by the decision that the authorizer noted, else by a status that is not 401 or 403.
    ///
    /// ```
    /// use k8s_rbac::audit::events;
    /// let line = r#"{"verb":"list","user":{"username":"jane"},"requestURI":"/api/v1/pods","annotations":{"authorization.k8s.io/decision":"forbid"}}"#;
    /// let event = events(line).next().unwrap()?;
    /// assert_eq!(event.allowed(), Some(false));
    /// # Ok::<(), k8s_rbac::audit::Error>(())
    /// ```
    #[must_use]
    pub fn allowed(&self) -> Option<bool> {
        match self.annotations.get(DECISION) {
            Some(decision) => Some(decision == "allow"),
            None => self.response_status.as_ref().map(|status| !matches!(status.code, 401 | 403)),
        }
    }

    /// The grant that allowed the request, if RBAC allowed it and the reason was noted.
    #[must_use]
    pub fn allowed_by(&self) -> Option<AllowedBy> {
        self.annotations.get(REASON)?.parse().ok()
    }
}
