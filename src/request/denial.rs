//! What an API server answers to a denied request (`apiserver/pkg/endpoints/handlers/responsewriters/errors.go`).

use std::fmt::{self, Write};

use super::Attributes;
use crate::quote::Quoted;
use crate::version::{Behaviour, KubeVersion};

/// The message of the 403 answer to a request, to be displayed: `pods is forbidden: User "jane" cannot list resource "pods" …`.
///
/// Made by [`Attributes::forbidden`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a denial says something only when it is displayed"]
pub struct Forbidden<'a, R> {
    request: Attributes<'a>,
    reason: R,
    version: KubeVersion,
}

impl<'a> Attributes<'a> {
    /// The message of the API server's answer when it does not allow the request.
    ///
    /// `reason` is what the authorizers said: nothing as a rule, else the text that follows the last colon. `""` and a reason that
    /// displays as nothing are the same.
    ///
    /// ```
    /// use k8s_rbac::{identity::UserInfo, request::Attributes, version::KubeVersion};
    /// let jane = UserInfo::new("jane", ["dev"]);
    /// let request = Attributes::resource("list", "pods").in_namespace("default").by(&jane);
    /// assert_eq!(
    ///     request.forbidden("", KubeVersion::V1_37).to_string(),
    ///     r#"pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default""#,
    /// );
    /// assert_eq!(
    ///     request.forbidden("", KubeVersion::V1_11).to_string(),
    ///     r#"pods is forbidden: User "jane" cannot list pods in the namespace "default""#,
    /// );
    /// ```
    pub fn forbidden<R: fmt::Display>(&self, reason: R, version: KubeVersion) -> Forbidden<'a, R> {
        Forbidden { request: *self, reason, version }
    }
}

impl<R: fmt::Display> fmt::Display for Forbidden<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_prefix(f)?;
        f.write_str(": ")?;
        self.write_body(&mut HtmlEscaped(f))?;
        write!(AfterColon { f, begun: false }, "{}", self.reason)
    }
}

impl<R> Forbidden<'_, R> {
    fn write_prefix(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Attributes { resource, api_group, name, .. } = self.request;
        if !self.request.resource_request || (resource.is_empty() && api_group.is_empty()) {
            return f.write_str("forbidden");
        }
        f.write_str(resource)?;
        if !api_group.is_empty() {
            write!(f, ".{api_group}")?;
        }
        if !name.is_empty() {
            write!(f, " {}", Quoted(name))?;
        }
        f.write_str(" is forbidden")
    }

    fn write_body(&self, f: &mut impl Write) -> fmt::Result {
        let Attributes { verb, path, namespace, .. } = self.request;
        let user = Quoted(self.request.username());
        if !self.request.resource_request {
            return write!(f, "User {user} cannot {verb} path {}", Quoted(path));
        }
        write!(f, "User {user} cannot {verb} ")?;
        self.write_resource(f)?;
        if namespace.is_empty() {
            f.write_str(" at the cluster scope")
        } else {
            write!(f, " in the namespace {}", Quoted(namespace))
        }
    }

    fn write_resource(&self, f: &mut impl Write) -> fmt::Result {
        let Attributes { resource, api_group, subresource, .. } = self.request;
        if self.version.has(Behaviour::DenialNamesApiGroup) {
            return write!(f, "resource {} in API group {}", Quoted(&self.request.combined_resource()), Quoted(api_group));
        }
        f.write_str(resource)?;
        if !api_group.is_empty() {
            write!(f, ".{api_group}")?;
        }
        if subresource.is_empty() { Ok(()) } else { write!(f, "/{subresource}") }
    }
}

/// Replaces the three characters that a browser could take for markup, as the server's `sanitizer` does.
struct HtmlEscaped<'w, 'f>(&'w mut fmt::Formatter<'f>);

impl Write for HtmlEscaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some((before, found, after)) = split_at_markup(rest) {
            self.0.write_str(before)?;
            self.0.write_str(found)?;
            rest = after;
        }
        self.0.write_str(rest)
    }
}

fn split_at_markup(text: &str) -> Option<(&str, &'static str, &str)> {
    let at = text.find(['&', '<', '>'])?;
    let (before, rest) = text.split_at_checked(at)?;
    let (found, after) = rest.split_at_checked(1)?;
    let escape = match found {
        "&" => "&amp;",
        "<" => "&lt;",
        _ => "&gt;",
    };
    Some((before, escape, after))
}

/// Puts `: ` before the first text that is written, and nothing if none is.
struct AfterColon<'w, 'f> {
    f: &'w mut fmt::Formatter<'f>,
    begun: bool,
}

impl Write for AfterColon<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.is_empty() && !std::mem::replace(&mut self.begun, true) {
            self.f.write_str(": ")?;
        }
        self.f.write_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::UserInfo;

    /// The rows of the table of a real server's answers, user jane unless the row says otherwise.
    #[test]
    fn messages_are_those_of_the_server() {
        let jane = UserInfo::new("jane", ["dev"]);
        let res = |verb, resource| Attributes::resource(verb, resource).by(&jane);
        let rows = [
            (
                res("list", "pods").in_namespace("default"),
                r#"pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default""#,
            ),
            (
                res("get", "pods").named("web-0").in_namespace("default").subresource("log"),
                r#"pods "web-0" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "default""#,
            ),
            (
                res("list", "nodes"),
                r#"nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope"#,
            ),
            (
                res("update", "deployments").in_group("apps").subresource("scale").named("d").in_namespace("default"),
                r#"deployments.apps "d" is forbidden: User "jane" cannot update resource "deployments/scale" in API group "apps" in the namespace "default""#,
            ),
            (res("", "pods"), r#"pods is forbidden: User "jane" cannot  resource "pods" in API group "" at the cluster scope"#),
            (res("get", ""), r#"forbidden: User "jane" cannot get resource "" in API group "" at the cluster scope"#),
            (Attributes::non_resource("get", "/healthz").by(&jane), r#"forbidden: User "jane" cannot get path "/healthz""#),
            (Attributes::non_resource("get", "/healthz"), r#"forbidden: User "" cannot get path "/healthz""#),
            (
                res("get", "pods").named("n<&>").in_namespace("a<b>&\"c"),
                r#"pods "n<&>" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "a&lt;b&gt;&amp;\"c""#,
            ),
        ];
        for (request, message) in rows {
            assert_eq!(request.forbidden("", KubeVersion::V1_37).to_string(), message);
        }
        let with_reason =
            Attributes::non_resource("get", "/logs/<a>").by(&jane).forbidden("reason <", KubeVersion::V1_37).to_string();
        assert_eq!(with_reason, r#"forbidden: User "jane" cannot get path "/logs/&lt;a&gt;": reason <"#);
    }

    #[test]
    fn old_servers_named_the_resource_bare() {
        let jane = UserInfo::new("jane", ["dev"]);
        let scale =
            Attributes::resource("list", "deployments").in_group("apps").subresource("scale").in_namespace("default").by(&jane);
        let rows = [
            (
                scale,
                r#"deployments.apps is forbidden: User "jane" cannot list deployments.apps/scale in the namespace "default""#,
            ),
            (
                Attributes::resource("list", "nodes").by(&jane),
                r#"nodes is forbidden: User "jane" cannot list nodes at the cluster scope"#,
            ),
            (Attributes::non_resource("get", "/").by(&jane), r#"forbidden: User "jane" cannot get path "/""#),
        ];
        for (request, message) in rows {
            assert_eq!(request.forbidden("", KubeVersion::V1_11).to_string(), message);
        }
    }
}
