//! The claims of a service account's token, and the user that they stand for (`pkg/serviceaccount/{jwt,claims,legacy}.go`).
//!
//! Claims are checked for shape, audience and time, which is an argument. Signatures, and whether the account and what the token is bound to
//! still exist, are not looked at: a user from here is one that the server would accept if those hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::{UserInfo, extra, service_account};
use crate::model::Value;
use crate::quote::QuotedList;
use crate::version::{Behaviour, KubeVersion};

/// The issuer of tokens that lie in Secrets.
pub const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";
/// Seconds by which clocks may differ.
pub const LEEWAY: i64 = 60;

/// The claims of a token. Those that are absent are empty. Times are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// The user name.
    pub sub: String,
    /// For whom it is meant: one string or a list.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// Until when it is valid.
    #[serde(deserialize_with = "seconds")]
    pub exp: Option<i64>,
    /// From when on it is valid.
    #[serde(deserialize_with = "seconds")]
    pub nbf: Option<i64>,
    /// When it was issued.
    #[serde(deserialize_with = "seconds")]
    pub iat: Option<i64>,
    /// Its id.
    pub jti: String,
    /// What a bound token says about its account.
    #[serde(rename = "kubernetes.io")]
    pub kubernetes: KubernetesClaims,
    /// The namespace, in a token that lies in a Secret.
    #[serde(rename = "kubernetes.io/serviceaccount/namespace")]
    pub legacy_namespace: String,
    /// The Secret that such a token lies in.
    #[serde(rename = "kubernetes.io/serviceaccount/secret.name")]
    pub legacy_secret: String,
    /// The account of such a token.
    #[serde(rename = "kubernetes.io/serviceaccount/service-account.name")]
    pub legacy_account: String,
    /// The unique id of that account.
    #[serde(rename = "kubernetes.io/serviceaccount/service-account.uid")]
    pub legacy_account_uid: String,
}

/// What a bound token says about its account, and what it is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(default)]
pub struct KubernetesClaims {
    /// The namespace.
    pub namespace: String,
    /// The account.
    pub serviceaccount: Reference,
    /// The Pod that the token is bound to.
    pub pod: Option<Reference>,
    /// The Secret that the token is bound to.
    pub secret: Option<Reference>,
    /// The node that the token is bound to, or that its Pod runs on.
    pub node: Option<Reference>,
    /// The webhook configuration that the token is bound to.
    pub validatingwebhookconfiguration: Option<Reference>,
    /// The webhook configuration that the token is bound to.
    pub mutatingwebhookconfiguration: Option<Reference>,
    /// What the server vouches for in a webhook's token.
    pub attestations: BTreeMap<String, Vec<String>>,
    /// When a token of extended life should have been renewed.
    #[serde(deserialize_with = "seconds")]
    pub warnafter: Option<i64>,
}

/// An object, by name and unique id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(default)]
pub struct Reference {
    /// The name.
    pub name: String,
    /// The unique id.
    pub uid: String,
}

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

/// Why a token's claims are refused, in the words of 1.37.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ClaimError(String);

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

const ADMISSION_REVIEW_API_GROUPS: &str = "admissionReviewAPIGroups";

impl Claims {
    /// Whether the token says that it lies in a Secret.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        self.iss == LEGACY_ISSUER
    }

    /// The user, with `system:authenticated` added as the API server adds it; `None` if the token is none of this server's, so that other
    /// authenticators are asked.
    ///
    /// ```
    /// use k8s_rbac::identity::token::{Claims, Expected, KubernetesClaims, Reference};
    /// use k8s_rbac::version::KubeVersion;
    /// let account = Reference { name: "ci".into(), uid: "1".into() };
    /// let kubernetes = KubernetesClaims { namespace: "default".into(), serviceaccount: account, ..Default::default() };
    /// let claims = Claims { iss: "https://me".into(), jti: "7".into(), exp: Some(1000), kubernetes, ..Default::default() };
    /// let mut expected = Expected { issuers: vec!["https://me".into()], now: 1060, ..Default::default() };
    /// let user = claims.user(&expected, KubeVersion::V1_37)?.expect("a user");
    /// assert_eq!(user.username, "system:serviceaccount:default:ci");
    /// assert_eq!(user.extra["authentication.kubernetes.io/credential-id"], ["JTI=7"]);
    /// expected.now = 1061;
    /// assert_eq!(claims.user(&expected, KubeVersion::V1_37).unwrap_err().to_string(), "service account token has expired");
    /// # Ok::<(), k8s_rbac::identity::token::ClaimError>(())
    /// ```
    ///
    /// # Errors
    /// The audience is another, a claim is missing or contradicts another, the time is not within the token's, or it is bound to what the
    /// server does not take.
    pub fn user(&self, expected: &Expected, version: KubeVersion) -> Result<Option<UserInfo>, ClaimError> {
        if !self.is_legacy() && !expected.issuers.contains(&self.iss) {
            return Ok(None);
        }
        self.check_audience(expected)?;
        let mut user = if self.is_legacy() { self.legacy_user()? } else { self.bound_user(expected, version)? };
        user.add_authenticated();
        Ok(Some(user))
    }

    /// The seconds since the token should have been renewed, if it should have been: the server still takes it, and notes that in its audit.
    #[must_use]
    pub fn stale_by(&self, now: i64) -> Option<i64> {
        self.kubernetes.warnafter.filter(|at| *at != 0 && now > *at).map(|at| now.saturating_sub(at))
    }

    fn check_audience(&self, expected: &Expected) -> Result<(), ClaimError> {
        let own = &expected.api_audiences;
        let of_token = if self.aud.is_empty() { own } else { &self.aud };
        let asked = if expected.audiences.is_empty() { own } else { &expected.audiences };
        if own.is_empty() || of_token.iter().any(|audience| asked.contains(audience)) {
            return Ok(());
        }
        let (of_token, asked) = (QuotedList(of_token), QuotedList(asked));
        Err(ClaimError(format!("token audiences {of_token} is invalid for the target audiences {asked}")))
    }

    fn legacy_user(&self) -> Result<UserInfo, ClaimError> {
        let needed = [
            (&self.sub, "sub claim is missing"),
            (&self.legacy_namespace, "namespace claim is missing"),
            (&self.legacy_secret, "secretName claim is missing"),
            (&self.legacy_account, "serviceAccountName claim is missing"),
            (&self.legacy_account_uid, "serviceAccountUID claim is missing"),
        ];
        if let Some((_, missing)) = needed.into_iter().find(|(claim, _)| claim.is_empty()) {
            return Err(ClaimError(missing.into()));
        }
        if service_account::split_username(&self.sub) != Some((&self.legacy_namespace, &self.legacy_account)) {
            return Err(ClaimError("sub claim is invalid".into()));
        }
        Ok(service_account::user_info(&self.legacy_namespace, &self.legacy_account, &self.legacy_account_uid))
    }

    fn bound_user(&self, expected: &Expected, version: KubeVersion) -> Result<UserInfo, ClaimError> {
        self.check_time(expected.now)?;
        let claims = &self.kubernetes;
        let mut user = service_account::user_info(&claims.namespace, &claims.serviceaccount.name, &claims.serviceaccount.uid);
        let mut set = |key: &str, values: &[String]| {
            if values.iter().any(|value| !value.is_empty()) {
                user.extra.insert(key.to_owned(), values.to_vec());
            }
        };
        if let Some(pod) =
            claims.pod.as_ref().filter(|pod| version.has(Behaviour::TokensTellPod) && !pod.name.is_empty() && !pod.uid.is_empty())
        {
            set(extra::POD_NAME, std::slice::from_ref(&pod.name));
            set(extra::POD_UID, std::slice::from_ref(&pod.uid));
        }
        if !self.jti.is_empty() && version.has(Behaviour::TokensTellIdAndNode) {
            set(extra::CREDENTIAL_ID, &[format!("JTI={}", self.jti)]);
        }
        if let Some(node) =
            claims.node.as_ref().filter(|node| version.has(Behaviour::TokensTellIdAndNode) && !node.name.is_empty())
        {
            set(extra::NODE_NAME, std::slice::from_ref(&node.name));
            set(extra::NODE_UID, std::slice::from_ref(&node.uid));
        }
        let webhooks = [
            (&claims.validatingwebhookconfiguration, extra::VALIDATING_WEBHOOK_NAME, extra::VALIDATING_WEBHOOK_UID),
            (&claims.mutatingwebhookconfiguration, extra::MUTATING_WEBHOOK_NAME, extra::MUTATING_WEBHOOK_UID),
        ];
        let attested = self.attested_groups(expected)?;
        for (webhook, name_key, uid_key) in webhooks {
            if let Some(Reference { name, uid }) =
                webhook.as_ref().filter(|webhook| !webhook.name.is_empty() && !webhook.uid.is_empty())
            {
                set(name_key, std::slice::from_ref(name));
                set(uid_key, std::slice::from_ref(uid));
            }
        }
        if !attested.is_empty() {
            user.extra.insert(extra::ADMISSION_REVIEW_API_GROUPS.to_owned(), attested.to_vec());
        }
        Ok(user)
    }

    fn check_time(&self, now: i64) -> Result<(), ClaimError> {
        let (latest, earliest) = (now.saturating_add(LEEWAY), now.saturating_sub(LEEWAY));
        let problem = if self.nbf.is_some_and(|at| latest < at) {
            "service account token is not valid yet"
        } else if self.exp.is_some_and(|at| earliest > at) {
            "service account token has expired"
        } else if self.iat.is_some_and(|at| latest < at) {
            "service account token is issued in the future"
        } else {
            return Ok(());
        };
        Err(ClaimError(problem.into()))
    }

    fn attested_groups(&self, expected: &Expected) -> Result<&[String], ClaimError> {
        let claims = &self.kubernetes;
        if claims.validatingwebhookconfiguration.is_none() && claims.mutatingwebhookconfiguration.is_none() {
            return Ok(&[]);
        }
        if !expected.webhook_tokens {
            let words = "feature gate \"APIServerWebhookAuthenticationToken\" is disabled, but token is webhook bound";
            return Err(ClaimError(words.into()));
        }
        claims.attestations.get(ADMISSION_REVIEW_API_GROUPS).map(Vec::as_slice).filter(|groups| !groups.is_empty()).ok_or_else(
            || {
                ClaimError(format!(
                    "bound object was a webhook config, but \"{ADMISSION_REVIEW_API_GROUPS}\" attestation is missing"
                ))
            },
        )
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(Vec::new()),
        Value::String(one) => Ok(vec![one]),
        Value::List(many) => many
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Ok(text),
                _ => Err(serde::de::Error::custom("aud: expected a string or a list of strings")),
            })
            .collect(),
        _ => Err(serde::de::Error::custom("aud: expected a string or a list of strings")),
    }
}

/// A number of seconds, of which a fraction is dropped.
#[expect(clippy::cast_possible_truncation, reason = "the fraction of a second is to go, and the cast keeps to the range")]
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Int(seconds) => Ok(Some(seconds)),
        Value::Float(seconds) => Ok(Some(seconds as i64)),
        _ => Err(serde::de::Error::custom("expected a number of seconds")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        serde_json::from_str(json).unwrap()
    }

    fn expected(now: i64) -> Expected {
        let list = |text: &str| vec![text.to_owned()];
        Expected { issuers: list("https://iss"), api_audiences: list("a"), now, ..Expected::default() }
    }

    const BOUND: &str = r#"{"aud":["a"],"exp":1827014063,"iat":1795478063,"iss":"https://iss","jti":"d2941f65",
        "kubernetes.io":{"namespace":"ns","node":{"name":"nd","uid":"nu"},"pod":{"name":"p","uid":"pu"},
        "serviceaccount":{"name":"n","uid":"u"},"warnafter":1795481670},"nbf":1795478063,"sub":"system:serviceaccount:ns:n"}"#;

    #[test]
    fn a_bound_token_tells_its_account_pod_node_and_id() {
        let seen = |minor| claims(BOUND).user(&expected(1_795_478_063), KubeVersion::new(1, minor)).unwrap().unwrap();
        let user = seen(37);
        assert_eq!((user.username.as_str(), user.uid.as_str()), ("system:serviceaccount:ns:n", "u"));
        assert_eq!(user.groups, ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"]);
        let extra: Vec<(&str, &str)> = user.extra.iter().map(|(key, values)| (key.as_str(), values[0].as_str())).collect();
        let expected_extra = [
            ("authentication.kubernetes.io/credential-id", "JTI=d2941f65"),
            ("authentication.kubernetes.io/node-name", "nd"),
            ("authentication.kubernetes.io/node-uid", "nu"),
            ("authentication.kubernetes.io/pod-name", "p"),
            ("authentication.kubernetes.io/pod-uid", "pu"),
        ];
        assert_eq!(extra, expected_extra);
        assert!(seen(11).extra.is_empty());
        assert_eq!(seen(29).extra.len(), 2);
        assert_eq!((claims(BOUND).stale_by(1_795_481_670), claims(BOUND).stale_by(1_795_481_671)), (None, Some(1)));
    }

    #[test]
    fn extra_needs_both_halves_of_a_pod_and_the_name_of_a_node() {
        let extra = |kubernetes: &str| {
            let token = claims(&format!(r#"{{"iss":"https://iss","kubernetes.io":{kubernetes}}}"#));
            let user = token.user(&expected(0), KubeVersion::V1_37).unwrap().unwrap();
            user.extra.into_keys().map(|key| key.split('/').next_back().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(extra("{}"), [""; 0]);
        assert_eq!(extra(r#"{"pod":{"name":"p"}}"#), [""; 0]);
        assert_eq!(extra(r#"{"node":{"uid":"u"}}"#), [""; 0]);
        assert_eq!(extra(r#"{"node":{"name":"n"}}"#), ["node-name"]);
    }

    #[test]
    fn time_and_audience_are_checked_in_order() {
        let told = |json: &str, now| claims(json).user(&expected(now), KubeVersion::V1_37).unwrap_err().to_string();
        let token = r#"{"iss":"https://iss","nbf":1000,"exp":2000,"iat":1000.9}"#;
        let is_valid = |now| claims(token).user(&expected(now), KubeVersion::V1_37).is_ok();
        assert!(is_valid(940) && is_valid(2060));
        assert_eq!(told(token, 939), "service account token is not valid yet");
        assert_eq!(told(token, 2061), "service account token has expired");
        assert_eq!(told(r#"{"iss":"https://iss","iat":1000}"#, 939), "service account token is issued in the future");
        let other = r#"{"iss":"https://iss","aud":"b","exp":1}"#;
        assert_eq!(told(other, 0), r#"token audiences ["b"] is invalid for the target audiences ["a"]"#);
        assert_eq!(claims(r#"{"iss":"https://other"}"#).user(&expected(0), KubeVersion::V1_37), Ok(None));
    }

    #[test]
    fn a_token_in_a_secret_is_checked_claim_by_claim() {
        let all = [
            ("sub", "system:serviceaccount:ns:n", "sub claim is missing"),
            ("kubernetes.io/serviceaccount/namespace", "ns", "namespace claim is missing"),
            ("kubernetes.io/serviceaccount/secret.name", "s", "secretName claim is missing"),
            ("kubernetes.io/serviceaccount/service-account.name", "n", "serviceAccountName claim is missing"),
            ("kubernetes.io/serviceaccount/service-account.uid", "u", "serviceAccountUID claim is missing"),
        ];
        let with = |count: usize| {
            let fields: String = all[..count].iter().map(|(key, value, _)| format!(r#","{key}":"{value}""#)).collect();
            claims(&format!(r#"{{"iss":"kubernetes/serviceaccount"{fields}}}"#)).user(&expected(0), KubeVersion::V1_37)
        };
        for (count, (_, _, missing)) in all.iter().enumerate() {
            assert_eq!(with(count).unwrap_err().to_string(), *missing);
        }
        let user = with(all.len()).unwrap().unwrap();
        assert_eq!((user.uid.as_str(), user.groups.len(), user.extra.len()), ("u", 3, 0));
        let mut wrong = claims(r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:ns:m"}"#);
        for claim in
            [&mut wrong.legacy_namespace, &mut wrong.legacy_secret, &mut wrong.legacy_account, &mut wrong.legacy_account_uid]
        {
            *claim = "ns".into();
        }
        assert_eq!(wrong.user(&expected(0), KubeVersion::V1_37).unwrap_err().to_string(), "sub claim is invalid");
    }

    #[test]
    fn webhooks_tokens_need_the_gate_and_an_attestation() {
        let token = |attested: &str| {
            claims(&format!(
                r#"{{"iss":"https://iss","kubernetes.io":{{"validatingwebhookconfiguration":{{"name":"w","uid":"u"}},"attestations":{attested}}}}}"#
            ))
        };
        let told = |attested, webhook_tokens| {
            token(attested)
                .user(&Expected { webhook_tokens, ..expected(0) }, KubeVersion::V1_37)
                .map_err(|error| error.to_string())
        };
        let off = "feature gate \"APIServerWebhookAuthenticationToken\" is disabled, but token is webhook bound";
        assert_eq!(told("{}", false).unwrap_err(), off);
        let missing = "bound object was a webhook config, but \"admissionReviewAPIGroups\" attestation is missing";
        assert_eq!(told("{}", true).unwrap_err(), missing);
        let user = told(r#"{"admissionReviewAPIGroups":["g","h"]}"#, true).unwrap().unwrap();
        assert_eq!(user.extra[extra::ADMISSION_REVIEW_API_GROUPS], ["g", "h"]);
        assert_eq!(user.extra[extra::VALIDATING_WEBHOOK_NAME], ["w"]);
    }
}
