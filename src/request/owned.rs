//! A request that owns its strings, for witnesses, queues and audit logs; and a request in a person's words.

use std::fmt;

use super::Attributes;
use crate::identity::UserInfo;

/// [`Attributes`] that own their strings. The fields are the same.
///
/// ```
/// use k8s_rbac::request::{Attributes, OwnedAttributes};
/// let owned = OwnedAttributes::from(Attributes::resource("get", "pods").subresource("log").in_namespace("dev"));
/// assert_eq!(owned.attributes().combined_resource(), "pods/log");
/// assert_eq!(owned.to_string(), "get pods/log in the namespace dev");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnedAttributes {
    /// Who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserInfo>,
    /// The verb.
    pub verb: String,
    /// The namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The API group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_group: String,
    /// The API version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// The resource.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// The subresource.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subresource: String,
    /// The name of the object.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether the request is about a resource.
    pub resource_request: bool,
    /// The URL path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
}

impl OwnedAttributes {
    /// The request, borrowed.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes {
            user: self.user.as_ref(),
            verb: &self.verb,
            namespace: &self.namespace,
            api_group: &self.api_group,
            api_version: &self.api_version,
            resource: &self.resource,
            subresource: &self.subresource,
            name: &self.name,
            resource_request: self.resource_request,
            path: &self.path,
        }
    }
}

impl From<Attributes<'_>> for OwnedAttributes {
    fn from(request: Attributes<'_>) -> Self {
        Self {
            user: request.user.cloned(),
            verb: request.verb.to_owned(),
            namespace: request.namespace.to_owned(),
            api_group: request.api_group.to_owned(),
            api_version: request.api_version.to_owned(),
            resource: request.resource.to_owned(),
            subresource: request.subresource.to_owned(),
            name: request.name.to_owned(),
            resource_request: request.resource_request,
            path: request.path.to_owned(),
        }
    }
}

/// What is asked, in a person's words: `get deployments.apps/scale web in the namespace dev`, `get /healthz`. The user is not told.
impl fmt::Display for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.resource_request {
            return write!(f, "{} {}", self.verb, self.path);
        }
        write!(f, "{} {}", self.verb, self.resource)?;
        write_part(f, ".", self.api_group)?;
        write_part(f, "/", self.subresource)?;
        write_part(f, " ", self.name)?;
        write_part(f, " in the namespace ", self.namespace)
    }
}

fn write_part(f: &mut fmt::Formatter<'_>, before: &str, part: &str) -> fmt::Result {
    if part.is_empty() { Ok(()) } else { write!(f, "{before}{part}") }
}

/// As [`Attributes`] display.
impl fmt::Display for OwnedAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attributes().fmt(f)
    }
}
