//! Impersonation: what a request needs that is made as somebody else, and who that is then.
//!
//! Models `staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation`. The headers are read by [`wanted`], the permissions are asked
//! of the authorizer as the real user by [`impersonate`]; the request itself is then authorized as the user that comes out.

use std::fmt;

use crate::identity::UserInfo;
use crate::request::OwnedAttributes;

mod checks;
mod extra_key;
mod headers;
mod modes;

pub use checks::checks;
pub use headers::{HeaderError, wanted};
pub use modes::impersonate;

/// The header that names the user.
pub const USER_HEADER: &str = "Impersonate-User";
/// The header that gives the user's unique id; since 1.22.
pub const UID_HEADER: &str = "Impersonate-Uid";
/// The header that names a group; may come several times.
pub const GROUP_HEADER: &str = "Impersonate-Group";
/// What a header that gives an extra attribute starts with; the key follows.
pub const EXTRA_HEADER_PREFIX: &str = "Impersonate-Extra-";

/// By which right somebody impersonates, in the order in which a server tries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mode {
    /// A service account is the node that its Pod runs on.
    AssociatedNode,
    /// Any node.
    ArbitraryNode,
    /// A service account.
    #[serde(rename = "serviceaccount")]
    ServiceAccount,
    /// Anybody who is neither a node nor a service account.
    UserInfo,
    /// Anybody, by the verb `impersonate` alone.
    Legacy,
}

impl Mode {
    /// All modes, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::AssociatedNode, Self::ArbitraryNode, Self::ServiceAccount, Self::UserInfo, Self::Legacy];

    /// The name, as it stands in verbs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssociatedNode => "associated-node",
            Self::ArbitraryNode => "arbitrary-node",
            Self::ServiceAccount => "serviceaccount",
            Self::UserInfo => "user-info",
            Self::Legacy => "legacy",
        }
    }

    /// The verb that is needed on the impersonated user: `impersonate:user-info`, or `impersonate`.
    #[must_use]
    pub fn verb(self) -> String {
        if self == Self::Legacy { "impersonate".to_owned() } else { format!("impersonate:{}", self.as_str()) }
    }

    /// The verb that is needed on what the request is about: `impersonate-on:user-info:list`; none in the legacy mode.
    ///
    /// ```
    /// use k8s_rbac::impersonation::Mode;
    /// assert_eq!(Mode::UserInfo.verb_on("list").as_deref(), Some("impersonate-on:user-info:list"));
    /// assert_eq!(Mode::Legacy.verb_on("list"), None);
    /// ```
    #[must_use]
    pub fn verb_on(self, verb: &str) -> Option<String> {
        (self != Self::Legacy).then(|| format!("impersonate-on:{}:{verb}", self.as_str()))
    }
}

/// Somebody may impersonate: whom the request is made as, and by which right.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[must_use]
#[non_exhaustive]
pub struct Impersonated {
    /// The user as whom the request is authorized and made.
    pub user: UserInfo,
    /// By which right.
    pub mode: Mode,
}

impl Impersonated {
    /// What the audit log notes as the constraint: `impersonate:MODE`, nothing for the legacy mode.
    #[must_use]
    pub fn constraint(&self) -> String {
        if self.mode == Mode::Legacy { String::new() } else { self.mode.verb() }
    }
}

/// Somebody may not impersonate. Displays as the message of the server's 403.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// What was asked of the authorizer, as the real user, and not allowed.
    pub check: Box<OwnedAttributes>,
    /// Why, if there is a reason.
    pub reason: String,
    message: String,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Denied {}

#[cfg(test)]
mod tests;
