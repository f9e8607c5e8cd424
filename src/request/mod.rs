//! What is asked: the attributes of a request, and the words in which an API server refuses it.
//!
//! Models `staging/src/k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go`. Whether the request is allowed is asked of
//! `authorize`; how an HTTP request or a review becomes attributes stands in the files beside this one.

use crate::identity::UserInfo;

mod denial;
pub mod front_proxy;
mod owned;
pub mod path;
pub mod review;
pub mod selector;
mod url;

pub use denial::Forbidden;
pub use owned::OwnedAttributes;
pub use path::RequestInfo;
pub(crate) use url::header_key;

/// A request to be authorized, borrowed from the caller.
///
/// Every combination of values is legal. All comparisons are exact, in case too. An empty string means "none": the core API group, no
/// subresource, no name, no namespace (cluster scope, or all namespaces).
///
/// ```
/// use k8s_rbac::{identity::UserInfo, request::Attributes};
/// let user = UserInfo::service_account("default", "ci");
/// let request = Attributes::resource("get", "deployments").in_group("apps").subresource("scale").in_namespace("default").by(&user);
/// assert_eq!(request.combined_resource(), "deployments/scale");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attributes<'a> {
    /// Who asks; a request without a user matches no subject.
    pub user: Option<&'a UserInfo>,
    /// The verb; for a request about a path the HTTP method in lower case.
    pub verb: &'a str,
    /// The namespace. Selects the RoleBindings that are read; rules do not see it.
    pub namespace: &'a str,
    /// The API group.
    pub api_group: &'a str,
    /// The API version, `*` for any. Not looked at by RBAC.
    pub api_version: &'a str,
    /// The resource: plural and in lower case as a rule.
    pub resource: &'a str,
    /// The subresource, such as `log`.
    pub subresource: &'a str,
    /// The name of the object.
    pub name: &'a str,
    /// Whether the request is about a resource; if not, it is about [`path`](Self::path).
    pub resource_request: bool,
    /// The URL path. Looked at only when the request is not about a resource.
    pub path: &'a str,
}

impl<'a> Attributes<'a> {
    /// A request about a resource of the core group, without a namespace.
    #[must_use]
    pub fn resource(verb: &'a str, resource: &'a str) -> Self {
        Self { verb, resource, resource_request: true, ..Self::default() }
    }

    /// A request about a URL path. The verb is the HTTP method in lower case.
    ///
    /// ```
    /// use k8s_rbac::Attributes;
    /// let health = Attributes::non_resource("get", "/healthz");
    /// assert!(!health.resource_request && health.is_read_only());
    /// ```
    #[must_use]
    pub fn non_resource(verb: &'a str, path: &'a str) -> Self {
        Self { verb, path, ..Self::default() }
    }

    /// The same request, made by this user.
    #[must_use]
    pub const fn by(mut self, user: &'a UserInfo) -> Self {
        self.user = Some(user);
        self
    }

    /// The same request, in this namespace.
    #[must_use]
    pub const fn in_namespace(mut self, namespace: &'a str) -> Self {
        self.namespace = namespace;
        self
    }

    /// The same request, about a resource of this API group.
    #[must_use]
    pub const fn in_group(mut self, api_group: &'a str) -> Self {
        self.api_group = api_group;
        self
    }

    /// The same request, in this version of the API group.
    #[must_use]
    pub const fn in_version(mut self, api_version: &'a str) -> Self {
        self.api_version = api_version;
        self
    }

    /// The same request, about this subresource.
    #[must_use]
    pub const fn subresource(mut self, subresource: &'a str) -> Self {
        self.subresource = subresource;
        self
    }

    /// The same request, about the object of this name.
    #[must_use]
    pub const fn named(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// The name of the user; empty without one.
    #[must_use]
    pub fn username(&self) -> &'a str {
        self.user.map_or("", |user| user.username.as_str())
    }

    /// The groups of the user; none without one.
    #[must_use]
    pub fn groups(&self) -> &'a [String] {
        self.user.map_or(&[], |user| &user.groups)
    }

    /// The resource as rules spell it: `pods`, or `pods/log` with a subresource.
    #[must_use]
    pub fn combined_resource(&self) -> std::borrow::Cow<'a, str> {
        if self.subresource.is_empty() {
            return self.resource.into();
        }
        format!("{}/{}", self.resource, self.subresource).into()
    }

    /// Whether the verb only reads (`IsReadOnly`): `get`, `list` or `watch`.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        matches!(self.verb, "get" | "list" | "watch")
    }
}
