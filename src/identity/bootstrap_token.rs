//! Bootstrap tokens, by which a node joins (`plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go`).
//!
//! The Secret that holds a token is looked up by the caller; the time is an argument.

use std::collections::BTreeSet;

use super::UserInfo;
use super::well_known::{BOOTSTRAP_USER_PREFIX, BOOTSTRAPPERS, BOOTSTRAPPERS_PREFIX};
use crate::date;
use crate::model::Secret;

/// The namespace of the Secrets that hold tokens.
pub const NAMESPACE: &str = "kube-system";
/// The type of those Secrets.
pub const SECRET_TYPE: &str = "bootstrap.kubernetes.io/token";

/// The name of the Secret that holds the token with this id.
///
/// ```
/// assert_eq!(k8s_rbac::identity::bootstrap_token::secret_name("07401b"), "bootstrap-token-07401b");
/// ```
#[must_use]
pub fn secret_name(id: &str) -> String {
    format!("bootstrap-token-{id}")
}

/// Why a bootstrap token is worth nothing. The server says so in its log alone: to others it is a token that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// The text does not have the form of a bootstrap token.
    #[error("not of the form of a bootstrap token")]
    Form,
    /// There is no such Secret.
    #[error("no Secret of the token")]
    NoSecret,
    /// The Secret is being deleted.
    #[error("the Secret is deleted and awaiting removal")]
    Deleted,
    /// The Secret is of another type.
    #[error("the Secret has an invalid type, expected {SECRET_TYPE}")]
    Type,
    /// The Secret holds another id, or another secret, than the token.
    #[error("the Secret has an invalid value for key {0}")]
    Differs(&'static str),
    /// The token has expired, or the Secret says no time when it will.
    #[error("the token has expired")]
    Expired,
    /// The Secret does not say that the token is good for requests.
    #[error("the Secret is not marked {USAGE}=true")]
    Usage,
    /// The Secret names a group that may not be given.
    #[error("the Secret has an invalid value for key {EXTRA_GROUPS}")]
    Groups,
}

const TOKEN_SECRET: &str = "token-secret";
const TOKEN_ID: &str = "token-id";
const EXPIRATION: &str = "expiration";
const USAGE: &str = "usage-bootstrap-authentication";
const EXTRA_GROUPS: &str = "auth-extra-groups";

/// The user of the token at the time, in seconds since 1970, given the [Secret](secret_name) of its id if there is one.
///
/// ```
/// use k8s_rbac::{identity::bootstrap_token::{Unusable, authenticate}, model::{Secret, core::ByteString}};
/// let data = [("token-id", "abcdef"), ("token-secret", "0123456789abcdef"), ("usage-bootstrap-authentication", "true")];
/// let data = data.map(|(key, value)| (key.to_owned(), ByteString(value.into()))).into();
/// let mut secret = Secret { r#type: "bootstrap.kubernetes.io/token".into(), data, ..Default::default() };
/// let user = authenticate("abcdef.0123456789abcdef", Some(&secret), 0)?;
/// assert_eq!(user.groups, ["system:bootstrappers", "system:authenticated"]);
/// secret.data.insert("expiration".into(), ByteString("1970-01-01T00:00:10Z".into()));
/// assert_eq!(authenticate("abcdef.0123456789abcdef", Some(&secret), 10), Err(Unusable::Expired));
/// # Ok::<(), Unusable>(())
/// ```
///
/// # Errors
/// The token has another form, or its Secret is not there, does not fit it, or makes it worth nothing. To the
/// [chain](super::chain) this is no opinion: `authenticate(…).ok()`.
pub fn authenticate(token: &str, secret: Option<&Secret>, now: i64) -> Result<UserInfo, Unusable> {
    let (id, secret_part) = split(token).ok_or(Unusable::Form)?;
    let secret = secret.ok_or(Unusable::NoSecret)?;
    let data = |key: &str| secret.data.get(key).map_or(&[][..], |value| &value.0);
    if secret.metadata.deletion_timestamp.is_some() {
        return Err(Unusable::Deleted);
    }
    if secret.r#type != SECRET_TYPE {
        return Err(Unusable::Type);
    }
    if data(TOKEN_SECRET) != secret_part.as_bytes() {
        return Err(Unusable::Differs(TOKEN_SECRET));
    }
    if data(TOKEN_ID) != id.as_bytes() {
        return Err(Unusable::Differs(TOKEN_ID));
    }
    if has_expired(data(EXPIRATION), now) {
        return Err(Unusable::Expired);
    }
    if data(USAGE) != b"true" {
        return Err(Unusable::Usage);
    }
    str::from_utf8(data(EXTRA_GROUPS)).ok().and_then(|groups| user(id, groups)).ok_or(Unusable::Groups)
}

/// A token without a time never expires; one whose time cannot be read has.
fn has_expired(expiration: &[u8], now: i64) -> bool {
    let instant = || str::from_utf8(expiration).ok().and_then(date::instant);
    !expiration.is_empty() && instant().is_none_or(|at| at.unix < now || at.unix == now && !at.has_fraction)
}

/// The id and the secret of a token; `None` if it does not have the form of one: six and sixteen lower-case letters and digits.
///
/// ```
/// use k8s_rbac::identity::bootstrap_token::split;
/// assert_eq!(split("abcdef.0123456789abcdef"), Some(("abcdef", "0123456789abcdef")));
/// assert_eq!(split("abcdef.0123456789ABCDEF"), None);
/// ```
#[must_use]
pub fn split(token: &str) -> Option<(&str, &str)> {
    let is_part =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    token.split_once('.').filter(|(id, secret)| is_part(id, 6) && is_part(secret, 16))
}

/// The user of the token with this id, with `system:authenticated` added as the API server adds it.
///
/// `extra_groups` is the list in the Secret's `auth-extra-groups`, separated by commas: the groups come sorted, each once. `None` if one of
/// them may not be given, for then the token is worth nothing.
///
/// ```
/// use k8s_rbac::identity::bootstrap_token::user;
/// let user = user("abcdef", "system:bootstrappers:kubeadm:default-node-token").expect("a user");
/// assert_eq!(user.username, "system:bootstrap:abcdef");
/// assert_eq!(user.groups[1], "system:bootstrappers:kubeadm:default-node-token");
/// ```
#[must_use]
pub fn user(id: &str, extra_groups: &str) -> Option<UserInfo> {
    let extra = (!extra_groups.is_empty()).then(|| extra_groups.split(',')).into_iter().flatten();
    if !extra.clone().all(is_group) {
        return None;
    }
    let groups: BTreeSet<&str> = extra.chain([BOOTSTRAPPERS]).collect();
    Some(UserInfo::authenticated(format!("{BOOTSTRAP_USER_PREFIX}{id}"), groups))
}

/// Whether a bootstrap token may be in the group (`ValidateBootstrapGroupName`): `system:bootstrappers:` and up to 256 characters
/// `a-z0-9:-`, the last of them neither `:` nor `-`.
///
/// ```
/// use k8s_rbac::identity::bootstrap_token::is_group;
/// assert!(is_group("system:bootstrappers:worker"));
/// assert!(!is_group("system:masters"), "a token cannot bring just any group");
/// ```
#[must_use]
pub fn is_group(name: &str) -> bool {
    let is_end = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.strip_prefix(BOOTSTRAPPERS_PREFIX).map(str::as_bytes).is_some_and(|rest| {
        rest.len() <= 256 && rest.last().is_some_and(is_end) && rest.iter().all(|byte| is_end(byte) || b":-".contains(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_come_sorted_and_one_bad_one_spoils_the_token() {
        let groups = |extra| user("abcdef", extra).map(|user| user.groups);
        let (base, authenticated) = ("system:bootstrappers", "system:authenticated");
        assert_eq!(groups("").unwrap(), [base, authenticated]);
        let several = "system:bootstrappers:b,system:bootstrappers:a:1,system:bootstrappers:b";
        assert_eq!(groups(several).unwrap(), [base, "system:bootstrappers:a:1", "system:bootstrappers:b", authenticated]);
        for bad in [
            "x",
            "system:bootstrappers",
            "system:bootstrappers:",
            "system:bootstrappers:a-",
            "system:bootstrappers:A",
            "system:bootstrappers:a,",
            ",",
        ] {
            assert_eq!(groups(bad), None, "{bad}");
        }
        let longest = format!("system:bootstrappers:{}", "a".repeat(256));
        assert!(is_group(&longest) && !is_group(&format!("{longest}a")));
    }

    #[test]
    fn a_token_has_an_id_and_a_secret() {
        for bad in [
            "",
            "abcdef",
            "abcde.0123456789abcdef",
            "abcdef.0123456789abcde",
            "abcdef.0123456789abcdef.",
            "abcdef.0123456789abcdeé",
        ] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
