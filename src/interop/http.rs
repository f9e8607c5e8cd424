//! HTTP requests of the `http` crate, which hyper, axum and tower speak, as the API server sees them.
//!
//! ```
//! use k8s_rbac::{Authorizer, UserInfo, request::RequestInfo};
//! let request = http::Request::get("/api/v1/namespaces/dev/pods?watch=1").body(()).unwrap();
//! let info = RequestInfo::try_from(&request)?;
//! let jane = UserInfo::authenticated("jane", ["dev"]);
//! assert_eq!(info.attributes(&jane).to_string(), "watch pods in the namespace dev");
//! assert!(!Authorizer::default().authorize(&info.attributes(&jane)).is_allowed());
//! # Ok::<(), k8s_rbac::request::path::Error>(())
//! ```
//!
//! Where a layer in front has put the [`UserInfo`] into the extensions of the request, the attributes come with it:
//!
//! ```
//! use k8s_rbac::{UserInfo, request::OwnedAttributes};
//! let request = http::Request::delete("/apis/apps/v1/namespaces/dev/deployments/web").extension(UserInfo::new("jane", ["dev"]));
//! let (parts, ()) = request.body(()).unwrap().into_parts();
//! let asked = OwnedAttributes::try_from(&parts)?;
//! assert_eq!(asked.to_string(), "delete deployments.apps web in the namespace dev");
//! assert_eq!(asked.attributes().username(), "jane");
//! # Ok::<(), k8s_rbac::request::path::Error>(())
//! ```
//!
//! The `http` crate drops a fragment, and takes an absolute URL without a path for one with `/`; nothing else is lost on the way.

use ::http::request::Parts;
use ::http::{HeaderMap, Method, Request, Uri};

use crate::identity::UserInfo;
use crate::request::path::{Error, RequestInfo};
use crate::request::{Attributes, OwnedAttributes};

/// The headers as pairs of text, for [`wanted`](crate::impersonation::wanted) and
/// [`FrontProxy::user`](crate::request::front_proxy::FrontProxy::user). Values that are not UTF-8 are left out.
///
/// ```
/// use k8s_rbac::{impersonation::wanted, interop::http::header_pairs, version::KubeVersion};
/// let request = http::Request::get("/healthz").header("impersonate-user", "jane").body(()).unwrap();
/// let user = wanted(header_pairs(request.headers()), KubeVersion::V1_37)?.expect("a user");
/// assert_eq!(user.username, "jane");
/// # Ok::<(), k8s_rbac::impersonation::HeaderError>(())
/// ```
pub fn header_pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?)))
}

fn read(method: &Method, uri: &Uri) -> Result<RequestInfo, Error> {
    match uri.path_and_query() {
        Some(target) => RequestInfo::from_target(method.as_str(), &target.to_string()),
        // Only a host, as `CONNECT` has it: a server reads it as a URL without a path.
        None => RequestInfo::from_url(method.as_str(), &format!("http://{uri}")),
    }
}

/// As [`RequestInfo::from_target`].
impl TryFrom<&Parts> for RequestInfo {
    type Error = Error;

    fn try_from(parts: &Parts) -> Result<Self, Error> {
        read(&parts.method, &parts.uri)
    }
}

/// As [`RequestInfo::from_target`].
impl<B> TryFrom<&Request<B>> for RequestInfo {
    type Error = Error;

    fn try_from(request: &Request<B>) -> Result<Self, Error> {
        read(request.method(), request.uri())
    }
}

/// The attributes that are authorized, with the [`UserInfo`] that stands in the extensions, if there is one.
impl TryFrom<&Parts> for OwnedAttributes {
    type Error = Error;

    fn try_from(parts: &Parts) -> Result<Self, Error> {
        RequestInfo::try_from(parts).map(|info| of_user(&info, parts.extensions.get()))
    }
}

/// The attributes that are authorized, with the [`UserInfo`] that stands in the extensions, if there is one.
impl<B> TryFrom<&Request<B>> for OwnedAttributes {
    type Error = Error;

    fn try_from(request: &Request<B>) -> Result<Self, Error> {
        RequestInfo::try_from(request).map(|info| of_user(&info, request.extensions().get()))
    }
}

fn of_user(info: &RequestInfo, user: Option<&UserInfo>) -> OwnedAttributes {
    let nobody = UserInfo::default();
    let asked = info.attributes(user.unwrap_or(&nobody));
    Attributes { user, ..asked }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(method: &str, uri: &str) -> String {
        let request = Request::builder().method(method).uri(uri).body(()).unwrap();
        OwnedAttributes::try_from(&request).map_or_else(|error| error.to_string(), |asked| asked.to_string())
    }

    #[test]
    fn every_form_of_a_target_is_read_as_a_server_reads_it() {
        assert_eq!(told("GET", "/api/v1/pods?watch=1"), "watch pods");
        assert_eq!(told("GET", "https://cluster.example:6443/api/v1/pods?fieldSelector=metadata.name%3Dp"), "list pods p");
        assert_eq!(told("GET", "https://cluster.example:6443?a=b"), "get /");
        assert_eq!(told("OPTIONS", "*"), "options *");
        assert_eq!(told("CONNECT", "cluster.example:6443"), "connect ");
        assert_eq!(
            told("GET", "//api/v1/pods"),
            RequestInfo::from_target("GET", "//api/v1/pods")
                .map_or_else(|_| String::new(), |info| info.attributes(&UserInfo::default()).to_string())
        );
    }

    #[test]
    fn what_a_server_refuses_is_refused_in_its_words() {
        assert_eq!(told("GET", "/api/v1/pods/%zz"), r#"parse "/api/v1/pods/%zz": invalid URL escape "%zz""#);
    }

    #[test]
    fn there_is_no_user_where_none_was_put() {
        let (parts, ()) = Request::get("/healthz").body(()).unwrap().into_parts();
        assert_eq!(OwnedAttributes::try_from(&parts).unwrap().user, None);
    }

    #[test]
    fn headers_that_are_no_text_are_left_out() {
        let mut headers = HeaderMap::new();
        headers.insert("impersonate-user", "jane".parse().unwrap());
        headers.insert("x-odd", ::http::HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(header_pairs(&headers).collect::<Vec<_>>(), [("impersonate-user", "jane")]);
    }
}
