//! Users that an authenticating proxy names in headers (`apiserver/pkg/authentication/request/headerrequest/requestheader.go`).
//!
//! That the proxy's certificate is good is not looked at here; whether its common name is among the allowed ones is.

use std::collections::BTreeMap;

use super::url;
use crate::identity::UserInfo;
use crate::version::{Behaviour, KubeVersion};

/// The headers of which a proxy is believed, by their usual names.
///
/// ```
/// use k8s_rbac::request::front_proxy::FrontProxy;
/// let headers = [("X-Remote-User", "jane"), ("X-Remote-Group", "dev"), ("x-remote-group", ""), ("X-Remote-Extra-Acme.com%2Fteam", "red")];
/// let user = FrontProxy::default().user(&headers).expect("a user");
/// assert_eq!((user.username.as_str(), user.groups), ("jane", vec!["dev".to_owned(), "system:authenticated".to_owned()]));
/// assert_eq!(user.extra["acme.com/team"], ["red"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FrontProxy {
    /// Common names of certificates that a proxy may have; none allows all.
    pub allowed_names: Vec<String>,
    /// Headers that hold the user name; the first that holds something counts.
    pub user_headers: Vec<String>,
    /// Headers that hold the unique id.
    pub uid_headers: Vec<String>,
    /// Headers that hold a group each.
    pub group_headers: Vec<String>,
    /// What the headers of extra attributes begin with.
    pub extra_prefixes: Vec<String>,
}

impl Default for FrontProxy {
    fn default() -> Self {
        let one = |name: &str| vec![name.to_owned()];
        Self {
            allowed_names: Vec::new(),
            user_headers: one("X-Remote-User"),
            uid_headers: one("X-Remote-Uid"),
            group_headers: one("X-Remote-Group"),
            extra_prefixes: one("X-Remote-Extra-"),
        }
    }
}

impl FrontProxy {
    /// The usual headers as far as a server of this version knows them: older ones know none of the unique id.
    #[must_use]
    pub fn of(version: KubeVersion) -> Self {
        let mut usual = Self::default();
        if !version.has(Behaviour::FrontProxiesTellUid) {
            usual.uid_headers.clear();
        }
        usual
    }
}

/// A proxy whose certificate has a name that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("x509: subject with cn={0} is not in the allowed list")]
pub struct NameNotAllowed(String);

impl FrontProxy {
    /// Whether a proxy whose certificate has this common name is believed.
    ///
    /// # Errors
    /// There are allowed names, and this is none of them.
    ///
    /// ```
    /// use k8s_rbac::request::front_proxy::FrontProxy;
    /// let mut proxy = FrontProxy::default();
    /// assert!(proxy.check_name("anybody").is_ok());
    /// proxy.allowed_names.push("front-proxy-client".into());
    /// assert!(proxy.check_name("front-proxy-client").is_ok());
    /// let refused = proxy.check_name("anybody").unwrap_err();
    /// assert_eq!(refused.to_string(), "x509: subject with cn=anybody is not in the allowed list");
    /// ```
    pub fn check_name(&self, common_name: &str) -> Result<(), NameNotAllowed> {
        let allowed = self.allowed_names.is_empty() || self.allowed_names.iter().any(|name| name == common_name);
        if allowed { Ok(()) } else { Err(NameNotAllowed(common_name.to_owned())) }
    }

    /// The user that the headers name, with `system:authenticated` added as the API server adds it; `None` if they name none.
    ///
    /// Header names are compared without regard to case. Cost: `O(headers · configured headers)`.
    #[must_use]
    pub fn user(&self, headers: &[(&str, &str)]) -> Option<UserInfo> {
        let username = first_value(headers, &self.user_headers)?;
        let groups = self.group_headers.iter().flat_map(|name| values(headers, name)).filter(|group| !group.is_empty());
        let mut user = UserInfo::authenticated(username, groups);
        first_value(headers, &self.uid_headers).unwrap_or_default().clone_into(&mut user.uid);
        user.extra = self.extra(headers);
        Some(user)
    }

    fn extra(&self, headers: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
        let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for prefix in &self.extra_prefixes {
            let found = headers.iter().filter_map(|(name, value)| Some((strip_prefix_ignoring_case(name, prefix)?, *value)));
            for (key, value) in found {
                extra.entry(url::header_key(key)).or_default().push(value.to_owned());
            }
        }
        extra
    }
}

/// Of the first of these headers that begins with something, that.
fn first_value<'a>(headers: &[(&str, &'a str)], names: &[String]) -> Option<&'a str> {
    names.iter().filter_map(|name| values(headers, name).next()).find(|value| !value.is_empty())
}

fn values<'h, 'a>(headers: &'h [(&str, &'a str)], name: &'h str) -> impl Iterator<Item = &'a str> + use<'h, 'a> {
    headers.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

fn strip_prefix_ignoring_case<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = name.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_the_first_header_that_has_one_is_the_name() {
        let mut proxy = FrontProxy::default();
        proxy.user_headers.insert(0, "X-First".into());
        let name = |headers: &[(&str, &str)]| proxy.user(headers).map(|user| user.username);
        assert_eq!(name(&[("X-First", ""), ("X-First", "late"), ("X-Remote-User", "jane")]).as_deref(), Some("jane"));
        assert_eq!(name(&[("x-first", "bob"), ("X-Remote-User", "jane")]).as_deref(), Some("bob"));
        assert_eq!(name(&[("X-Remote-User", "")]), None);
        assert_eq!(name(&[]), None);
    }

    #[test]
    fn extra_values_are_kept_even_if_empty_and_a_broken_escape_stays() {
        let headers = [("X-Remote-User", "jane"), ("X-Remote-Extra-A%2", "1"), ("X-Remote-Extra-A%2", ""), ("X-Remote-Uid", "7")];
        let user = FrontProxy::default().user(&headers).unwrap();
        assert_eq!((user.extra["a%2"].as_slice(), user.uid.as_str()), (["1".to_owned(), String::new()].as_slice(), "7"));
    }

    #[test]
    fn only_an_allowed_name_is_believed() {
        let proxy = FrontProxy { allowed_names: vec!["front".into()], ..FrontProxy::default() };
        assert!(proxy.check_name("front").is_ok() && FrontProxy::default().check_name("X").is_ok());
        assert_eq!(proxy.check_name("X").unwrap_err().to_string(), "x509: subject with cn=X is not in the allowed list");
    }
}
