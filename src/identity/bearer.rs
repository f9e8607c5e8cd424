//! Tokens as they come and where they are listed: the `Authorization` header, the static token file, and the prefixes of OIDC.
//!
//! Models `apiserver/pkg/authentication/request/bearertoken`, `…/token/tokenfile` and the flags of `pkg/kubeapiserver/options/authentication.go`.

use std::collections::BTreeMap;

use super::UserInfo;

/// What an `Authorization` header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Header<'a> {
    /// A token: `Bearer <token>`.
    Token(&'a str),
    /// No token. Others are asked who comes.
    None,
    /// No token, because a second space stands before it; the server warns with [`EXTRA_SPACE`] since 1.37.
    ExtraSpace,
}

/// The warning about a second space before the token.
pub const EXTRA_SPACE: &str = "the provided Authorization header contains extra space before the bearer token, and is ignored";

/// The error about a token that no authenticator knows.
pub const INVALID_TOKEN: &str = "invalid bearer token";

/// Reads an `Authorization` header. What follows the token after a space is not looked at.
///
/// ```
/// use k8s_rbac::identity::bearer::{Header, header};
/// assert_eq!(header(" bEaReR abc d e "), Header::Token("abc"));
/// assert_eq!(header("Bearer  abc"), Header::ExtraSpace);
/// assert_eq!(header("Basic abc"), Header::None);
/// assert_eq!(header("Bearer"), Header::None);
/// ```
#[must_use]
pub fn header(authorization: &str) -> Header<'_> {
    let mut parts = authorization.trim().splitn(3, ' ');
    let (Some(scheme), Some(token)) = (parts.next(), parts.next()) else {
        return Header::None;
    };
    match (scheme.eq_ignore_ascii_case("bearer"), token.is_empty(), parts.next()) {
        (true, false, _) => Header::Token(token),
        (true, true, Some(_)) => Header::ExtraSpace,
        _ => Header::None,
    }
}

/// A line of a static token file that has too few columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the token file: expected at least 3 columns (token, user name, user uid), found {found}")]
pub struct TokenFileError {
    line: usize,
    found: usize,
}

/// The users of a static token file, by token. Its rows are given as their columns, read as CSV: token, user name, unique id, and groups
/// separated by commas.
///
/// A row without a token is passed over; of two rows with one token the last counts. Groups are not trimmed, and an empty fourth column is
/// one group without a name. `system:authenticated` is added as the API server adds it.
///
/// # Errors
/// A row has fewer than three columns.
///
/// ```
/// use k8s_rbac::identity::bearer::token_file;
/// let users = token_file([vec!["t1", "jane", "7", "dev, ops"], vec!["", "nobody", "8"]])?;
/// assert_eq!(users.len(), 1);
/// assert_eq!(users["t1"].groups, ["dev", " ops", "system:authenticated"]);
/// # Ok::<(), k8s_rbac::identity::bearer::TokenFileError>(())
/// ```
pub fn token_file<'a>(rows: impl IntoIterator<Item = Vec<&'a str>>) -> Result<BTreeMap<String, UserInfo>, TokenFileError> {
    let mut users = BTreeMap::new();
    for (number, row) in rows.into_iter().enumerate() {
        let [token, name, uid, rest @ ..] = row.as_slice() else {
            return Err(TokenFileError { line: number + 1, found: row.len() });
        };
        let groups = rest.first().into_iter().flat_map(|groups| groups.split(','));
        let mut user = UserInfo::authenticated(*name, groups);
        (*uid).clone_into(&mut user.uid);
        if !token.is_empty() {
            users.insert((*token).to_owned(), user);
        }
    }
    Ok(users)
}

/// What stands before the user names of an OIDC issuer: the flag `--oidc-username-prefix` as it is, nothing if it is `-`, and of itself the
/// issuer and `#` unless the user name is an e-mail address. The prefix of groups is that of its flag alone.
///
/// ```
/// use k8s_rbac::identity::bearer::oidc_username_prefix;
/// assert_eq!(oidc_username_prefix("", "sub", "https://issuer"), "https://issuer#");
/// assert_eq!(oidc_username_prefix("", "email", "https://issuer"), "");
/// assert_eq!(oidc_username_prefix("-", "sub", "https://issuer"), "");
/// assert_eq!(oidc_username_prefix("oidc:", "email", "https://issuer"), "oidc:");
/// ```
#[must_use]
pub fn oidc_username_prefix(flag: &str, username_claim: &str, issuer: &str) -> String {
    match flag {
        "" if username_claim == "email" => String::new(),
        "" => format!("{issuer}#"),
        "-" => String::new(),
        _ => flag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_row_is_refused_and_the_last_of_equal_tokens_counts() {
        let error = token_file([vec!["t", "u", "1"], vec!["t", "u"]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2 of the token file: expected at least 3 columns (token, user name, user uid), found 2"
        );
        let users = token_file([vec!["t", "a", "1"], vec!["t", "b", "2", ""]]).unwrap();
        assert_eq!((users["t"].username.as_str(), users["t"].groups[0].as_str()), ("b", ""));
    }
}
