//! Bootstrap tokens, by which a node joins (`plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go`).
//!
//! The Secret that holds a token is not looked at here, nor whether the token has expired.

use std::collections::BTreeSet;

use super::UserInfo;
use super::well_known::{BOOTSTRAP_USER_PREFIX, BOOTSTRAPPERS, BOOTSTRAPPERS_PREFIX};

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
