//! Tokens that are bound to objects and times (`pkg/serviceaccount/claims.go`).

use super::check::Check;
use super::legacy::account_not_found;
use super::{ClaimError, Found, LEEWAY, Reference};
use crate::date;
use crate::identity::{UserInfo, extra, service_account};
use crate::model::ObjectMeta;
use crate::version::Behaviour;

const ADMISSION_REVIEW_API_GROUPS: &str = "admissionReviewAPIGroups";

/// The words for an object that a token is bound to.
struct Words {
    /// The kind before its unique id in an error, and as older servers wrote it.
    kind: &'static str,
    old_kind: &'static str,
    /// The kind before `ref claim`.
    claim: &'static str,
}

const SECRET: Words = Words { kind: "secret", old_kind: "Secret", claim: "secret" };
const POD: Words = Words { kind: "pod", old_kind: "Pod", claim: "pod" };
const NODE: Words = Words { kind: "node", old_kind: "Node", claim: "node" };
const VALIDATING: &str = "ValidatingWebhookConfiguration";
const MUTATING: &str = "MutatingWebhookConfiguration";

impl Check<'_> {
    /// The user without `system:authenticated`, and no warning.
    pub(super) fn bound(&mut self) -> Result<(UserInfo, Option<&'static str>), ClaimError> {
        self.time()?;
        if !self.has(Behaviour::TokenAudiencesAreTold) && !self.is_for_us() {
            return Err(ClaimError::new("Token is invalid for this audience."));
        }
        if let Some((_, found)) = self.found {
            self.account(&found)?;
            self.objects(&found)?;
        }
        let attested = self.attested_groups()?.to_vec();
        if let Some((_, found)) = self.found {
            self.webhooks(&found)?;
        }
        if let Some(seconds) = self.claims.stale_by(self.expected.now) {
            let value = format!("subject: {}, seconds after warning threshold: {seconds}", self.claims.sub);
            self.annotations.push(("authentication.k8s.io/stale-token", value));
        }
        Ok((self.bound_user(attested), None))
    }

    fn time(&self) -> Result<(), ClaimError> {
        let (latest, earliest) = (self.expected.now.saturating_add(LEEWAY), self.expected.now.saturating_sub(LEEWAY));
        let (too_early, expired) = (|at| latest < at, |at| earliest > at);
        let (new, old) = if self.claims.nbf.is_some_and(too_early) {
            ("service account token is not valid yet", "Token could not be validated.")
        } else if self.claims.exp.is_some_and(expired) {
            ("service account token has expired", "Token has expired.")
        } else if self.claims.iat.is_some_and(too_early) {
            ("service account token is issued in the future", "Token could not be validated.")
        } else {
            return Ok(());
        };
        Err(self.error(new, old))
    }

    fn account(&self, found: &Found<'_>) -> Result<(), ClaimError> {
        let (namespace, claim) = (&self.claims.kubernetes.namespace, &self.claims.kubernetes.serviceaccount);
        let name = &claim.name;
        let metadata = &found.account.ok_or_else(|| account_not_found(name))?.metadata;
        let subject = if self.names_account() { "service account" } else { "ServiceAccount" };
        let uid_differs = || {
            let uid = &metadata.uid;
            (*uid != claim.uid).then(|| ClaimError::new(format!("{subject} UID ({uid}) does not match claim ({})", claim.uid)))
        };
        let is_deleted =
            || self.is_deleted(metadata).then(|| ClaimError::new(format!("{subject} {namespace}/{name} has been deleted")));
        self.first_of(uid_differs, is_deleted)
    }

    fn objects(&self, found: &Found<'_>) -> Result<(), ClaimError> {
        let claims = &self.claims.kubernetes;
        if let Some(claim) = &claims.secret {
            self.object(found.secret.map(|secret| &secret.metadata), claim, &SECRET)?;
        }
        match (&claims.pod, &claims.node) {
            (Some(claim), _) => self.object(found.pod, claim, &POD),
            (None, Some(claim)) => self.node(found, claim),
            (None, None) => Ok(()),
        }
    }

    /// Before 1.29 nobody looks at the claim, and in 1.29 it takes a gate that is off.
    fn node(&self, found: &Found<'_>, claim: &Reference) -> Result<(), ClaimError> {
        if self.has(Behaviour::TokensTellIdAndNode) {
            return self.object(found.node, claim, &NODE);
        }
        if self.has(Behaviour::KnowsNodeTokens) {
            let gate = "ServiceAccountTokenNodeBindingValidation";
            return Err(ClaimError::new(format!("token is bound to a Node object but the {gate} feature gate is disabled")));
        }
        Ok(())
    }

    fn webhooks(&self, found: &Found<'_>) -> Result<(), ClaimError> {
        let claims = &self.claims.kubernetes;
        let webhooks = [
            (&claims.validatingwebhookconfiguration, found.validating_webhook, VALIDATING),
            (&claims.mutatingwebhookconfiguration, found.mutating_webhook, MUTATING),
        ];
        webhooks.into_iter().try_for_each(|(claim, found, kind)| match claim {
            Some(claim) => self.object(found, claim, &Words { kind, old_kind: kind, claim: "validating" }),
            None => Ok(()),
        })
    }

    fn object(&self, found: Option<&ObjectMeta>, claim: &Reference, words: &Words) -> Result<(), ClaimError> {
        let invalidated = || self.error("service account token has been invalidated", "Token has been invalidated");
        let found = found.ok_or_else(invalidated)?;
        let uid_differs = || (found.uid != claim.uid).then(|| self.other_uid(&found.uid, &claim.uid, words));
        self.first_of(uid_differs, || self.is_deleted(found).then(invalidated))
    }

    fn other_uid(&self, found: &str, claimed: &str, words: &Words) -> ClaimError {
        let Words { kind, old_kind, claim } = words;
        ClaimError::new(if self.names_account() {
            format!("{kind} UID ({found}) does not match service account {claim} ref claim ({claimed})")
        } else {
            format!("{old_kind} UID ({found}) does not match claim ({claimed})")
        })
    }

    /// Newer servers compare the unique id first, older ones look for a deletion first.
    fn first_of(
        &self,
        uid_differs: impl Fn() -> Option<ClaimError>,
        is_deleted: impl Fn() -> Option<ClaimError>,
    ) -> Result<(), ClaimError> {
        let first = if self.names_account() { uid_differs().or_else(is_deleted) } else { is_deleted().or_else(uid_differs) };
        first.map_or(Ok(()), Err)
    }

    /// Whether the object was deleted, and not just now. A timestamp that is none counts as long ago.
    fn is_deleted(&self, found: &ObjectMeta) -> bool {
        let before = self.expected.now.saturating_sub(LEEWAY);
        let has_leeway = self.has(Behaviour::TokenDeletionHasLeeway);
        found.deletion_timestamp.as_ref().is_some_and(|at| !has_leeway || date::unix_of(at).is_none_or(|at| at < before))
    }

    fn names_account(&self) -> bool {
        self.has(Behaviour::TokenErrorsNameAccount)
    }

    fn error(&self, new: &str, old: &str) -> ClaimError {
        ClaimError::new(if self.names_account() { new } else { old })
    }

    fn bound_user(&self, attested: Vec<String>) -> UserInfo {
        let claims = &self.claims.kubernetes;
        let mut user = service_account::user_info(&claims.namespace, &claims.serviceaccount.name, &claims.serviceaccount.uid);
        let mut set = |key: &str, value: &str| drop(user.extra.insert(key.to_owned(), vec![value.to_owned()]));
        if let Some(pod) = claims.pod.as_ref().filter(|pod| self.has(Behaviour::TokensTellPod) && is_whole(pod)) {
            set(extra::POD_NAME, &pod.name);
            set(extra::POD_UID, &pod.uid);
        }
        let tells_more = self.has(Behaviour::TokensTellIdAndNode);
        if tells_more && !self.claims.jti.is_empty() {
            set(extra::CREDENTIAL_ID, &credential_id(&self.claims.jti));
        }
        if let Some(node) = claims.node.as_ref().filter(|node| tells_more && !node.name.is_empty()) {
            set(extra::NODE_NAME, &node.name);
            if !node.uid.is_empty() {
                set(extra::NODE_UID, &node.uid);
            }
        }
        let webhooks = [
            (&claims.validatingwebhookconfiguration, extra::VALIDATING_WEBHOOK_NAME, extra::VALIDATING_WEBHOOK_UID),
            (&claims.mutatingwebhookconfiguration, extra::MUTATING_WEBHOOK_NAME, extra::MUTATING_WEBHOOK_UID),
        ];
        for (webhook, name_key, uid_key) in webhooks {
            if let Some(webhook) = webhook.as_ref().filter(|webhook| is_whole(webhook)) {
                set(name_key, &webhook.name);
                set(uid_key, &webhook.uid);
            }
        }
        if !attested.is_empty() {
            user.extra.insert(extra::ADMISSION_REVIEW_API_GROUPS.to_owned(), attested);
        }
        user
    }

    fn attested_groups(&self) -> Result<&[String], ClaimError> {
        let claims = &self.claims.kubernetes;
        if claims.validatingwebhookconfiguration.is_none() && claims.mutatingwebhookconfiguration.is_none() {
            return Ok(&[]);
        }
        if !self.expected.webhook_tokens {
            let words = "feature gate \"APIServerWebhookAuthenticationToken\" is disabled, but token is webhook bound";
            return Err(ClaimError::new(words));
        }
        let missing = || {
            ClaimError::new(format!(
                "bound object was a webhook config, but \"{ADMISSION_REVIEW_API_GROUPS}\" attestation is missing"
            ))
        };
        let attested = claims.attestations.get(ADMISSION_REVIEW_API_GROUPS).filter(|groups| !groups.is_empty());
        attested.map(Vec::as_slice).ok_or_else(missing)
    }
}

fn is_whole(reference: &Reference) -> bool {
    !reference.name.is_empty() && !reference.uid.is_empty()
}

/// The id of a token as a credential.
pub(super) fn credential_id(jti: &str) -> String {
    format!("JTI={jti}")
}
