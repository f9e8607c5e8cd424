//! The headers of a request, read as the server reads them.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{EXTRA_HEADER_PREFIX, GROUP_HEADER, UID_HEADER, USER_HEADER};
use crate::identity::UserInfo;
use crate::quote::Quoted;
use crate::request::header_key;
use crate::version::{Behaviour, KubeVersion};

/// Headers that ask for an impersonation without naming a user, in the words of the server, which answers 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HeaderError(String);

/// The user that the headers ask for, as they stand there; `None` if they ask for none.
///
/// The names of headers are compared without case, as a server gets them in one spelling. Of several users or ids the first counts. The
/// key of an extra attribute is lower-cased, then percent-decoded if it can be. Cost: `O(length of the headers)`.
///
/// ```
/// use k8s_rbac::{impersonation::wanted, version::KubeVersion};
/// let headers = [("Impersonate-User", "jane"), ("Impersonate-Group", "dev"), ("Impersonate-Extra-Acme.com%2fProject", "x")];
/// let user = wanted(headers, KubeVersion::V1_37)?.expect("a user");
/// assert_eq!((user.username.as_str(), user.groups.join(" ")), ("jane", "dev".to_owned()));
/// assert_eq!(user.extra["acme.com/project"], ["x"]);
/// # Ok::<(), k8s_rbac::impersonation::HeaderError>(())
/// ```
///
/// # Errors
/// Another header is given, but no user.
pub fn wanted<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    version: KubeVersion,
) -> Result<Option<UserInfo>, HeaderError> {
    let mut user = UserInfo::default();
    let mut uid = None;
    let mut username = None;
    for (name, value) in headers {
        if name.eq_ignore_ascii_case(USER_HEADER) {
            username.get_or_insert(value);
        } else if name.eq_ignore_ascii_case(UID_HEADER) && version.has(Behaviour::ImpersonatesUid) {
            uid.get_or_insert(value);
        } else if name.eq_ignore_ascii_case(GROUP_HEADER) {
            user.groups.push(value.to_owned());
        } else if let Some(key) = extra_key(name) {
            user.extra.entry(key).or_default().push(value.to_owned());
        }
    }
    user.username = username.unwrap_or_default().to_owned();
    user.uid = uid.unwrap_or_default().to_owned();
    match (user.username.is_empty(), user == UserInfo::default()) {
        (false, _) => Ok(Some(user)),
        (true, true) => Ok(None),
        (true, false) => Err(HeaderError(without_user(&user, version))),
    }
}

fn extra_key(header: &str) -> Option<String> {
    let (prefix, key) = header.split_at_checked(EXTRA_HEADER_PREFIX.len())?;
    prefix.eq_ignore_ascii_case(EXTRA_HEADER_PREFIX).then(|| header_key(key))
}

fn without_user(user: &UserInfo, version: KubeVersion) -> String {
    if version.has(Behaviour::ConstrainsImpersonation) {
        return format!("requested {} without impersonating a user name", source(user));
    }
    format!("requested [{}] without impersonating a user", references(user).join(" "))
}

/// The user as Go's `%#v` writes it.
fn source(UserInfo { username, uid, groups, extra }: &UserInfo) -> String {
    let groups = if groups.is_empty() { "[]string(nil)".to_owned() } else { list_source(groups) };
    format!("&user.DefaultInfo{{Name:{}, UID:{}, Groups:{groups}, Extra:{}}}", Quoted(username), Quoted(uid), extra_source(extra))
}

fn extra_source(extra: &BTreeMap<String, Vec<String>>) -> String {
    if extra.is_empty() {
        return "map[string][]string(nil)".to_owned();
    }
    let mut text = "map[string][]string{".to_owned();
    for (i, (key, values)) in extra.iter().enumerate() {
        let _ = write!(text, "{}{}:{}", if i == 0 { "" } else { ", " }, Quoted(key), list_source(values));
    }
    text + "}"
}

/// A list as Go's `%#v` writes it.
fn list_source(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| Quoted(item).to_string()).collect();
    format!("[]string{{{}}}", quoted.join(", "))
}

/// The parts of the user as Go's `%v` writes object references.
fn references(user: &UserInfo) -> Vec<String> {
    let groups = user.groups.iter().map(|group| format!("{{Group  {group}    }}"));
    let extra = user.extra.iter().flat_map(|(key, values)| {
        values.iter().map(move |value| format!("{{UserExtra  {value}  authentication.k8s.io/v1  {key}}}"))
    });
    let uid = (!user.uid.is_empty()).then(|| format!("{{UID  {}  authentication.k8s.io/v1  }}", user.uid));
    groups.chain(extra).chain(uid).collect()
}
