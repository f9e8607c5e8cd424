//! The claims of a service account's token, and the user that they stand for (`pkg/serviceaccount/{jwt,claims,legacy}.go`).
//!
//! Claims are checked for shape, audience and time, which is an argument, and against the objects that the caller found behind them.
//! Signatures are not looked at: a user from here is one that the server would accept if the token is signed by a key of its own.

use std::collections::BTreeMap;

use super::UserInfo;
use crate::model::{ObjectMeta, Secret, ServiceAccount};

mod bound;
mod check;
pub mod issue;
mod legacy;
#[cfg(test)]
mod tests;
mod wire;

pub use legacy::last_used_label;

/// The issuer of tokens that lie in Secrets.
pub const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";
/// Seconds by which clocks may differ, and for which what was deleted still counts.
pub const LEEWAY: i64 = 60;
/// The label of a token Secret with the day on which authentication last met its token.
pub const LAST_USED: &str = "kubernetes.io/legacy-token-last-used";
/// The label of a token Secret with the day since which authentication refuses its token.
pub const INVALID_SINCE: &str = "kubernetes.io/legacy-token-invalid-since";
/// The warning about a token that lies in a Secret which the server made of itself.
pub const AUTO_GENERATED: &str =
    "Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.";

/// The claims of a token. Those that are absent are empty. Times are seconds since 1970.
///
/// Written as upstream writes the payload of a token: keys sorted, absent claims left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Claims {
    /// For whom it is meant: one string or a list.
    #[serde(deserialize_with = "wire::one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub aud: Vec<String>,
    /// Until when it is valid.
    #[serde(deserialize_with = "wire::seconds", skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was issued.
    #[serde(deserialize_with = "wire::seconds", skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Who issued it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub iss: String,
    /// Its id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub jti: String,
    /// What a bound token says about its account.
    #[serde(rename = "kubernetes.io", skip_serializing_if = "KubernetesClaims::is_empty")]
    pub kubernetes: KubernetesClaims,
    /// The namespace, in a token that lies in a Secret.
    #[serde(rename = "kubernetes.io/serviceaccount/namespace", skip_serializing_if = "String::is_empty")]
    pub legacy_namespace: String,
    /// The Secret that such a token lies in.
    #[serde(rename = "kubernetes.io/serviceaccount/secret.name", skip_serializing_if = "String::is_empty")]
    pub legacy_secret: String,
    /// The account of such a token.
    #[serde(rename = "kubernetes.io/serviceaccount/service-account.name", skip_serializing_if = "String::is_empty")]
    pub legacy_account: String,
    /// The unique id of that account.
    #[serde(rename = "kubernetes.io/serviceaccount/service-account.uid", skip_serializing_if = "String::is_empty")]
    pub legacy_account_uid: String,
    /// From when on it is valid.
    #[serde(deserialize_with = "wire::seconds", skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// The user name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sub: String,
}

/// What a bound token says about its account, and what it is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct KubernetesClaims {
    /// What the server vouches for in a webhook's token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attestations: BTreeMap<String, Vec<String>>,
    /// The webhook configuration that the token is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutatingwebhookconfiguration: Option<Reference>,
    /// The namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The node that the token is bound to, or that its Pod runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<Reference>,
    /// The Pod that the token is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<Reference>,
    /// The Secret that the token is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Reference>,
    /// The account.
    pub serviceaccount: Reference,
    /// The webhook configuration that the token is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validatingwebhookconfiguration: Option<Reference>,
    /// When a token of extended life should have been renewed.
    #[serde(deserialize_with = "wire::seconds", skip_serializing_if = "Option::is_none")]
    pub warnafter: Option<i64>,
}

impl KubernetesClaims {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An object, by name and unique id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Reference {
    /// The name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The unique id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
}

impl From<&ObjectMeta> for Reference {
    fn from(metadata: &ObjectMeta) -> Self {
        Self { name: metadata.name.clone(), uid: metadata.uid.clone() }
    }
}

/// What the caller found of the objects that a token's claims name, each by its namespace and name; `None` for one that is not there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found<'a> {
    /// The account.
    pub account: Option<&'a ServiceAccount>,
    /// The Secret that the token lies in, or is bound to.
    pub secret: Option<&'a Secret>,
    /// The Pod that it is bound to.
    pub pod: Option<&'a ObjectMeta>,
    /// The node that it is bound to. That of a Pod is not looked up.
    pub node: Option<&'a ObjectMeta>,
    /// The ValidatingWebhookConfiguration that it is bound to.
    pub validating_webhook: Option<&'a ObjectMeta>,
    /// The MutatingWebhookConfiguration that it is bound to.
    pub mutating_webhook: Option<&'a ObjectMeta>,
}

/// A token that was accepted: its user, and what the server says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The user, with `system:authenticated` added as the API server adds it.
    pub user: UserInfo,
    /// What the client is warned of.
    pub warning: Option<&'static str>,
    /// What goes into the audit event.
    pub annotations: Vec<Annotation>,
}

/// An annotation of an audit event: key and value.
pub type Annotation = (&'static str, String);

/// What a server expects of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Expected {
    /// Its own issuers (`--service-account-issuer`).
    pub issuers: Vec<String>,
    /// Its own audiences (`--api-audiences`), which a token without audiences is meant for. None: audiences are not checked.
    pub api_audiences: Vec<String>,
    /// The audiences that were asked for; none stands for its own.
    pub audiences: Vec<String>,
    /// The time, in seconds since 1970.
    pub now: i64,
    /// Whether it takes tokens that are bound to webhooks (gate APIServerWebhookAuthenticationToken, off up to 1.37).
    pub webhook_tokens: bool,
}

/// Why a token is refused, in the words of the version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct ClaimError {
    text: String,
    annotations: Vec<Annotation>,
}

impl ClaimError {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), annotations: Vec::new() }
    }

    /// What goes into the audit event all the same.
    #[must_use]
    pub fn annotations(&self) -> &[Annotation] {
        &self.annotations
    }
}

/// A text that is no token with such claims.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("token: {0}")]
pub struct DecodeError(String);

impl DecodeError {
    #[cfg(feature = "json")]
    pub(super) const fn new(what: String) -> Self {
        Self(what)
    }
}
