//! An HTTP request seen as the API server sees it: about which resource, or about which path.
//!
//! Models `staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go` with the prefixes of kube-apiserver, `/api` without a group and
//! `/apis` with one. Bodies are not looked at: to `create` the server authorizes the path alone.

use super::url::{Problem, Url};
use super::{Attributes, selector};
use crate::identity::UserInfo;
use crate::names;
use crate::quote::{Quoted, lower_case};

/// What an HTTP request asks for. Everything that is not there is empty.
///
/// ```
/// use k8s_rbac::request::path::RequestInfo;
/// let info = RequestInfo::from_target("GET", "/apis/apps/v1/namespaces/default/deployments/web/scale")?;
/// assert_eq!((info.verb.as_str(), info.api_group.as_str(), info.resource.as_str()), ("get", "apps", "deployments"));
/// assert_eq!((info.namespace.as_str(), info.name.as_str(), info.subresource.as_str()), ("default", "web", "scale"));
///
/// let list = RequestInfo::from_target("GET", "/api/v1/pods?fieldSelector=metadata.name%3Dweb-0&watch")?;
/// assert_eq!((list.verb.as_str(), list.name.as_str()), ("watch", "web-0"));
/// # Ok::<(), k8s_rbac::request::path::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct RequestInfo {
    /// Whether it is about a resource; if not, about [`path`](Self::path).
    pub is_resource_request: bool,
    /// The path, decoded. Filled for resources too.
    pub path: String,
    /// The verb; of a request about a path, the method in lower case. Empty for a method that no verb belongs to.
    pub verb: String,
    /// `api` or `apis`.
    pub api_prefix: String,
    /// The API group.
    pub api_group: String,
    /// The API version.
    pub api_version: String,
    /// The namespace. A Namespace lies in itself: `/api/v1/namespaces/foo` has it as namespace and as name.
    pub namespace: String,
    /// The resource.
    pub resource: String,
    /// The subresource.
    pub subresource: String,
    /// The name of the object. Of a list it is what the field selector requires `metadata.name` to be.
    pub name: String,
    /// The segments of the path from the resource on.
    pub parts: Vec<String>,
    /// The field selector as it stands in the query, where the verb heeds one.
    pub field_selector: String,
    /// The label selector as it stands in the query, where the verb heeds one.
    pub label_selector: String,
}

/// Why an HTTP request is none that the API server can name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("parse {}: {words}", Quoted(.url))]
    Malformed { url: String, words: String },
    #[error("unable to determine kind and namespace from url, {0}")]
    NoResource(String),
    #[error("url {}: expected UTF-8 in the decoded {place}", Quoted(.url))]
    NotUtf8 { url: String, place: &'static str },
}

/// Verbs that may stand in the path ahead of the resource.
const PATH_VERBS: [&str; 2] = ["proxy", "watch"];
/// What may follow the name of a Namespace without being a resource in it.
const NAMESPACE_SUBRESOURCES: [&str; 2] = ["status", "finalize"];

impl RequestInfo {
    /// From the method and the request target as they stand on the first line of the HTTP request (`/api/v1/pods?watch=1`).
    ///
    /// A path that begins with `//` is a path. Cost: `O(length · log length)`.
    ///
    /// # Errors
    /// The target is no path and no absolute URL, or its percent-encoding is broken (Go's words, to which a server answers 400); it ends
    /// after `watch` or `proxy` (upstream's words, 500); what the attributes would be made of is not UTF-8. The last is our own: Go carries
    /// such bytes on, but no rule can name them, as every way of writing rules is UTF-8.
    pub fn from_target(method: &str, target: &str) -> Result<Self, Error> {
        Self::from_parsed(method, target, Url::parse_target(target))
    }

    /// From the method and a URL as a client writes it: with scheme and host, or a path alone. The host is not looked at.
    ///
    /// ```
    /// use k8s_rbac::request::path::RequestInfo;
    /// let info = RequestInfo::from_url("DELETE", "https://cluster.example:6443/api/v1/namespaces/default/pods")?;
    /// assert_eq!(info.verb, "deletecollection");
    /// # Ok::<(), k8s_rbac::request::path::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`RequestInfo::from_target`].
    pub fn from_url(method: &str, url: &str) -> Result<Self, Error> {
        Self::from_parsed(method, url, Url::parse(url))
    }

    fn from_parsed(method: &str, text: &str, url: Result<Url<'_>, Problem>) -> Result<Self, Error> {
        match url {
            Ok(url) => Self::read(method, &url),
            Err(Problem::NotUtf8) => Err(Kind::NotUtf8 { url: text.to_owned(), place: "path" }.into()),
            Err(Problem::Words(words)) => Err(Kind::Malformed { url: text.to_owned(), words: words.into_owned() }.into()),
        }
    }

    /// The attributes that are authorized when the user makes this request.
    #[must_use]
    pub fn attributes<'a>(&'a self, user: &'a UserInfo) -> Attributes<'a> {
        Attributes {
            user: Some(user),
            verb: &self.verb,
            namespace: &self.namespace,
            api_group: &self.api_group,
            api_version: &self.api_version,
            resource: &self.resource,
            subresource: &self.subresource,
            name: &self.name,
            resource_request: self.is_resource_request,
            path: &self.path,
        }
    }

    fn read(method: &str, url: &Url<'_>) -> Result<Self, Error> {
        let mut info = Self { path: url.path().to_owned(), verb: lower_case(method), ..Self::default() };
        let segments: Vec<&str> = url.path().trim_matches('/').split('/').collect();
        let Some(rest) = info.take_prefix(&segments) else {
            return Ok(info);
        };
        let (rest, verb_in_path) = info.take_verb(method, rest).ok_or_else(|| Kind::NoResource(url.to_string()))?;
        let rest = info.take_namespace(rest);
        info.take_object(rest);
        if !verb_in_path {
            info.read_query(url)?;
        }
        Ok(info)
    }

    /// Takes `/api/VERSION` or `/apis/GROUP/VERSION`; `None` if nothing follows it, so that the request is about the path.
    fn take_prefix<'s>(&mut self, segments: &'s [&'s str]) -> Option<&'s [&'s str]> {
        let (prefix, rest) =
            segments.split_first().filter(|(prefix, rest)| matches!(**prefix, "api" | "apis") && rest.len() >= 2)?;
        (*prefix).clone_into(&mut self.api_prefix);
        let (group, rest) = if *prefix == "api" { ("", rest) } else { rest.split_first().map(|(group, rest)| (*group, rest))? };
        let (version, rest) = rest.split_first().filter(|(_, rest)| !rest.is_empty())?;
        self.is_resource_request = true;
        group.clone_into(&mut self.api_group);
        (*version).clone_into(&mut self.api_version);
        Some(rest)
    }

    /// Takes the verb from the path, or from the method; says which. `None` if nothing follows the verb in the path.
    fn take_verb<'s>(&mut self, method: &str, segments: &'s [&'s str]) -> Option<(&'s [&'s str], bool)> {
        let (first, rest) = segments.split_first()?;
        if PATH_VERBS.contains(first) {
            (*first).clone_into(&mut self.verb);
            return (!rest.is_empty()).then_some((rest, true));
        }
        verb_of(method).clone_into(&mut self.verb);
        Some((segments, false))
    }

    /// Takes `namespaces/NAME` where something follows it that lies in the namespace; else notes the namespace only.
    fn take_namespace<'s>(&mut self, segments: &'s [&'s str]) -> &'s [&'s str] {
        let ["namespaces", namespace, inside @ ..] = segments else {
            return segments;
        };
        (*namespace).clone_into(&mut self.namespace);
        if inside.first().is_some_and(|segment| !NAMESPACE_SUBRESOURCES.contains(segment)) { inside } else { segments }
    }

    fn take_object(&mut self, segments: &[&str]) {
        let segment = |at: usize| segments.get(at).map_or_else(String::new, |segment| (*segment).to_owned());
        (self.resource, self.name) = (segment(0), segment(1));
        if self.verb != "proxy" {
            self.subresource = segment(2);
        }
        self.parts = segments.iter().map(|segment| (*segment).to_owned()).collect();
    }

    /// Without a name, a `get` is a `list` or a `watch`, and a `delete` a `deletecollection`; these heed selectors.
    fn read_query(&mut self, url: &Url<'_>) -> Result<(), Kind> {
        if !self.name.is_empty() || !matches!(self.verb.as_str(), "get" | "delete") {
            return Ok(());
        }
        let options = Options { parameters: url.parameters() };
        let text = |key| options.text(key).ok_or_else(|| Kind::NotUtf8 { url: url.to_string(), place: "selector" });
        (self.field_selector, self.label_selector) = (text("fieldSelector")?.to_owned(), text("labelSelector")?.to_owned());
        if self.verb == "delete" {
            "deletecollection".clone_into(&mut self.verb);
            return Ok(());
        }
        let decoded = options.decode(&self.field_selector, &self.label_selector);
        let watch = decoded.as_ref().map_or_else(|| options.watch_alone(), |decoded| decoded.watch);
        (if watch { "watch" } else { "list" }).clone_into(&mut self.verb);
        self.name = decoded.and_then(|decoded| decoded.name).unwrap_or_default();
        Ok(())
    }
}

fn verb_of(method: &str) -> &'static str {
    match method {
        "POST" => "create",
        "GET" | "HEAD" => "get",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "",
    }
}

/// The query, as `metav1.ListOptions` takes it.
struct Options {
    parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

struct Decoded {
    watch: bool,
    name: Option<String>,
}

impl Options {
    /// The first value of the parameter.
    fn value(&self, key: &str) -> Option<&[u8]> {
        self.parameters.iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value.as_slice())
    }

    /// The first value as text, empty if there is none; `None` if it is not UTF-8.
    fn text(&self, key: &str) -> Option<&str> {
        str::from_utf8(self.value(key).unwrap_or_default()).ok()
    }

    /// `DecodeParameters`. One option that cannot be read makes all unread.
    fn decode(&self, field_selector: &str, label_selector: &str) -> Option<Decoded> {
        let is_number =
            |key| self.value(key).is_none_or(|value| str::from_utf8(value).is_ok_and(|text| text.parse::<i64>().is_ok()));
        if !is_number("timeoutSeconds") || !is_number("limit") {
            return None;
        }
        selector::parse_labels(label_selector).ok()?;
        let fields = selector::parse_fields(field_selector).ok()?;
        let name = selector::required_value(&fields, "metadata.name").filter(|name| names::path_segment(name).is_empty());
        Some(Decoded { watch: self.value("watch").is_some_and(|value| !is_false(value)), name: name.map(str::to_owned) })
    }

    /// Whether to watch, as it is read where the other options cannot be.
    fn watch_alone(&self) -> bool {
        self.value("watch").is_some_and(|value| !matches!(lower_case(&String::from_utf8_lossy(value)).as_str(), "false" | "0"))
    }
}

/// `Convert_Slice_string_To_bool`: everything is true but `0` and `false`, the empty value too. Go's folding takes the long s for an s.
fn is_false(value: &[u8]) -> bool {
    value == b"0" || String::from_utf8_lossy(value).replace('\u{17f}', "s").eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verb, group, version, namespace, resource, subresource and name; `-` for none. Of a path: the verb and the path.
    fn told(method: &str, target: &str) -> String {
        let info = match RequestInfo::from_target(method, target) {
            Ok(info) => info,
            Err(error) => return error.to_string(),
        };
        if !info.is_resource_request {
            return format!("{} {}", info.verb, info.path);
        }
        let RequestInfo { verb, api_group, api_version, namespace, resource, subresource, name, .. } = &info;
        let fields = [verb, api_group, api_version, namespace, resource, subresource, name];
        fields.map(|field| if field.is_empty() { "-" } else { field }).join(" ")
    }

    #[test]
    fn requests_are_seen_as_the_server_sees_them() {
        let rows = [
            ("GET", "/", "get /"),
            ("HEAD", "/healthz", "head /healthz"),
            ("OPTIONS", "/healthz/", "options /healthz/"),
            ("GET", "/api", "get /api"),
            ("GET", "/api/", "get /api/"),
            ("GET", "/api/v1", "get /api/v1"),
            ("GET", "/api/v1/", "get /api/v1/"),
            ("GET", "/apis", "get /apis"),
            ("GET", "/apis/apps", "get /apis/apps"),
            ("GET", "/apis/apps/v1", "get /apis/apps/v1"),
            ("GET", "/apis/apps/v1/", "get /apis/apps/v1/"),
            ("GET", "/openapi/v3/apis/apps/v1", "get /openapi/v3/apis/apps/v1"),
            ("GET", "/API/v1/pods", "get /API/v1/pods"),
            ("PROPFIND", "/foo", "propfind /foo"),
            ("GET", "/api/v1/pods", "list - v1 - pods - -"),
            ("HEAD", "/api/v1/pods", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods/", "list - v1 - pods - -"),
            ("GET", "//api//v1/pods", "get - - - v1 - pods"),
            ("GET", "/api/v1//pods", "get - v1 - - - pods"),
            ("GET", "/api/v1/pods?watch=true", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=1", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=t", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=yes", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=no", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=0", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=false", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=FALSE", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?Watch=true", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?watch=false&watch=true", "list - v1 - pods - -"),
            ("POST", "/api/v1/pods?watch=true", "create - v1 - pods - -"),
            ("GET", "/api/v1/namespaces/ns/pods?fieldSelector=metadata.name=foo", "list - v1 ns pods - foo"),
            ("GET", "/api/v1/namespaces/ns/pods?fieldSelector=metadata.name==foo", "list - v1 ns pods - foo"),
            ("GET", "/api/v1/namespaces/ns/pods?fieldSelector=metadata.name=foo,status.phase=Running", "list - v1 ns pods - foo"),
            ("GET", "/api/v1/namespaces/ns/pods?fieldSelector=status.phase=Running,metadata.name=foo", "list - v1 ns pods - foo"),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name!=foo", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=a/b", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=..", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=a%25b", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?fieldSelector=bogus", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=foo,metadata.name=bar", "list - v1 - pods - bar"),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=foo&watch=true", "watch - v1 - pods - foo"),
            ("GET", "/api/v1/pods?labelSelector=a+in+(b&fieldSelector=metadata.name=foo", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?limit=abc&fieldSelector=metadata.name=foo&watch=yes", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods/foo?watch=true", "get - v1 - pods - foo"),
            ("DELETE", "/api/v1/pods?fieldSelector=metadata.name=foo", "deletecollection - v1 - pods - -"),
            ("DELETE", "/api/v1/pods/foo", "delete - v1 - pods - foo"),
            ("PUT", "/api/v1/pods/foo", "update - v1 - pods - foo"),
            ("PATCH", "/api/v1/pods/foo", "patch - v1 - pods - foo"),
            ("OPTIONS", "/api/v1/pods/foo", "- - v1 - pods - foo"),
            ("CONNECT", "/api/v1/pods", "- - v1 - pods - -"),
            ("get", "/api/v1/pods", "- - v1 - pods - -"),
            ("GET", "/api/v1/namespaces/ns/pods/foo/log", "get - v1 ns pods log foo"),
            ("POST", "/api/v1/namespaces/ns/pods/foo/exec", "create - v1 ns pods exec foo"),
            ("PUT", "/apis/apps/v1/namespaces/ns/deployments/d/scale", "update apps v1 ns deployments scale d"),
            ("GET", "/api/v1/namespaces/ns/services/svc:80/proxy/a/b/c", "get - v1 ns services proxy svc:80"),
            ("GET", "/api/v1/nodes/n1/proxy/metrics", "get - v1 - nodes proxy n1"),
            ("GET", "/api/v1/proxy/nodes/n1", "proxy - v1 - nodes - n1"),
            ("GET", "/api/v1/proxy/namespaces/ns/services/svc/a/b", "proxy - v1 ns services - svc"),
            ("GET", "/api/v1/watch", "unable to determine kind and namespace from url, /api/v1/watch"),
            ("GET", "/api/v1/proxy", "unable to determine kind and namespace from url, /api/v1/proxy"),
            ("GET", "/apis/apps/v1/watch?a=%zz", "unable to determine kind and namespace from url, /apis/apps/v1/watch?a=%zz"),
            ("GET", "/api/v1%22/watch", "unable to determine kind and namespace from url, /api/v1%22/watch"),
            ("GET", "/api/v1\"/watch", "unable to determine kind and namespace from url, /api/v1%22/watch"),
            ("GET", "/api/v1/watch/pods?labelSelector=a=b", "watch - v1 - pods - -"),
            ("GET", "/api/v1/watch/namespaces/ns/pods/foo", "watch - v1 ns pods - foo"),
            ("DELETE", "/api/v1/watch/namespaces/ns/pods/foo", "watch - v1 ns pods - foo"),
            ("GET", "/api/v1/watch/namespaces/ns", "watch - v1 ns namespaces - ns"),
            ("GET", "/api/v1/namespaces", "list - v1 - namespaces - -"),
            ("DELETE", "/api/v1/namespaces", "deletecollection - v1 - namespaces - -"),
            ("GET", "/api/v1/namespaces?fieldSelector=metadata.name=foo", "list - v1 - namespaces - foo"),
            ("GET", "/api/v1/namespaces/foo", "get - v1 foo namespaces - foo"),
            ("PUT", "/api/v1/namespaces/foo/status", "update - v1 foo namespaces status foo"),
            ("PUT", "/api/v1/namespaces/foo/finalize", "update - v1 foo namespaces finalize foo"),
            ("GET", "/api/v1/namespaces/foo/bar", "list - v1 foo bar - -"),
            ("GET", "/api/v1/namespaces/foo/namespaces/x", "get - v1 foo namespaces - x"),
            ("GET", "/api/v1/namespaces//pods", "list - v1 - pods - -"),
            ("GET", "/api/v1/namespaces/ns/pods/foo/status/extra", "get - v1 ns pods status foo"),
            ("GET", "/apis/example.com/v1/namespaces/ns", "get example.com v1 ns namespaces - ns"),
            ("GET", "/api/v1/pods/a%2Fb", "get - v1 - pods b a"),
            (
                "POST",
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "create authorization.k8s.io v1 - selfsubjectaccessreviews - -",
            ),
            ("GET", "/api/v1/pods?limit=x&watch=Fal%C5%BFe", "watch - v1 - pods - -"),
            ("GET", "/api/v1/pods?a;watch=1&w%61tch&%zz=1", "watch - v1 - pods - -"),
            ("GET", "*", "get *"),
            ("GET", "https://h:1/api/v1/pods", "list - v1 - pods - -"),
            ("GET", "/api/v1/pods?timeoutSeconds=%2B5&limit=-7&watch=Fal%C5%BFe", "list - v1 - pods - -"),
        ];
        for (method, target, expected) in rows {
            assert_eq!(told(method, target), expected, "{method} {target}");
        }
    }

    #[test]
    fn a_url_may_name_a_host_where_a_target_may_not() {
        let from_url = |url| RequestInfo::from_url("GET", url).map(|info| info.path).map_err(|error| error.to_string());
        assert_eq!(from_url("//api/v1/pods").as_deref(), Ok("/v1/pods"));
        assert_eq!(from_url("https://u:p@[::1]:6443/api#x").as_deref(), Ok("/api"));
        assert_eq!(
            from_url("HTTPS://h:1/api/v1/watch?x#a\"").unwrap_err(),
            "unable to determine kind and namespace from url, https://h:1/api/v1/watch?x#a%22"
        );
        let rows = [
            ("/a%zz", r#"parse "/a%zz": invalid URL escape "%zz""#),
            ("/a%", r#"parse "/a%": invalid URL escape "%""#),
            ("/a%é", r#"parse "/a%é": invalid URL escape "%é""#),
            ("/a%aé", r#"parse "/a%aé": invalid URL escape "%a\xc3""#),
            ("/a\u{1}", r#"parse "/a\x01": net/url: invalid control character in URL"#),
            ("//a%2Fb/c", r#"parse "//a%2Fb/c": invalid URL escape "%2F""#),
            ("//h:x/c", r#"parse "//h:x/c": invalid port ":x" after host"#),
            ("//a b/c", r#"parse "//a b/c": invalid character " " in host name"#),
            (":x", r#"parse ":x": missing protocol scheme"#),
            ("//[x]/", r#"parse "//[x]/": invalid host: ParseAddr("x"): unable to parse IP"#),
            ("http://a:1:2/", r#"parse "http://a:1:2/": invalid port ":1:2" after host"#),
            ("//u\"@h/", r#"parse "//u\"@h/": net/url: invalid userinfo"#),
            ("//a[/", r#"parse "//a[/": invalid IP-literal"#),
            ("//[::1/", r#"parse "//[::1/": missing ']' in host"#),
            ("%", r#"parse "%": invalid URL escape "%""#),
            ("1:x", r#"parse "1:x": first path segment in URL cannot contain colon"#),
        ];
        for (url, expected) in rows {
            assert_eq!(from_url(url), Err(expected.to_owned()));
        }
        assert_eq!(told("GET", "%"), r#"parse "%": invalid URI for request"#);
        assert_eq!(told("GET", ""), r#"parse "": empty url"#);
    }

    #[test]
    fn bytes_that_no_rule_can_name_are_refused() {
        assert_eq!(told("GET", "/api/v1/pods/%ff"), r#"url "/api/v1/pods/%ff": expected UTF-8 in the decoded path"#);
        let selector = "/api/v1/pods?fieldSelector=metadata.name%3D%ff";
        assert_eq!(told("GET", selector), format!("url {selector:?}: expected UTF-8 in the decoded selector"));
        assert_eq!(told("GET", "/api/v1/pods?watch=%ff"), "watch - v1 - pods - -");
        assert_eq!(told("GET", "/api/v1/pods/p?fieldSelector=%ff"), "get - v1 - pods - p");
    }
}
