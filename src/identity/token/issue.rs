//! What a server puts into a token that is asked of it (`pkg/registry/core/serviceaccount/storage/token.go`).
//!
//! The token is not signed here. The objects that it is to be bound to are looked up by the caller, and the id and the time are arguments.

use std::fmt;

use super::bound::credential_id;
use super::{Annotation, Claims, KubernetesClaims, Reference};
use crate::identity::service_account;
use crate::model::{ObjectMeta, Pod, ServiceAccount, Value, wire};
use crate::quote::{Aggregate, JsonStrings, Quoted};
use crate::span::{FieldError, FieldErrorKind, FieldPath};
use crate::version::{Behaviour, KubeVersion};

/// The seconds for which a token is good if the request does not say.
pub const DEFAULT_EXPIRATION: i64 = 3600;
/// The fewest seconds that a request may say.
pub const MIN_EXPIRATION: i64 = 600;
/// The most seconds that a request may say.
pub const MAX_EXPIRATION: i64 = 1 << 32;
/// The seconds that mark a token as that of a projected volume, whose life may be extended.
pub const EXTENSIBLE: i64 = 3607;
/// The seconds for which such a token is good.
pub const EXTENDED: i64 = 365 * 24 * 3600;
/// The key of the audit annotation with the id of an issued token.
pub const ISSUED_CREDENTIAL_ID: &str = "authentication.kubernetes.io/issued-credential-id";

/// What a TokenRequest asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TokenRequestSpec {
    /// For whom the token is meant; none stands for the API server.
    #[serde(deserialize_with = "wire::list")]
    pub audiences: Vec<String>,
    /// For how many seconds it is good.
    pub expiration_seconds: Option<i64>,
    /// What it is bound to besides its account.
    pub bound_object_ref: Option<BoundObjectReference>,
}

/// An object that a token is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BoundObjectReference {
    /// The kind: `Pod`, `Secret` or `Node`.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The API version.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// The name.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The unique id; empty stands for any.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub uid: String,
}

/// What the caller found under the name that the token is to be bound to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Objects<'a> {
    /// The Pod.
    pub pod: Option<&'a Pod>,
    /// The Secret.
    pub secret: Option<&'a ObjectMeta>,
    /// The node, or that which the Pod runs on.
    pub node: Option<&'a ObjectMeta>,
}

/// An API server that issues tokens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer {
    /// Its version.
    pub version: KubeVersion,
    /// The first of its issuers (`--service-account-issuer`).
    pub issuer: String,
    /// Its own audiences (`--api-audiences`).
    pub api_audiences: Vec<String>,
    /// The most seconds for which it makes a token good (`--service-account-max-token-expiration`); 0 sets no bound.
    pub max_expiration: i64,
    /// Whether it extends the life of tokens of projected volumes (`--service-account-extend-token-expiration`, on by default).
    pub extends_expiration: bool,
    /// The time, in seconds since 1970.
    pub now: i64,
}

/// What a server issues.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// The claims, of which the token is made.
    pub claims: Claims,
    /// The `expirationSeconds` that the answer says.
    pub expiration_seconds: i64,
    /// The `expirationTimestamp` that the answer says, in seconds since 1970. A token of extended life is good for longer.
    pub expiration_timestamp: i64,
    /// What the client is warned of.
    pub warning: Option<String>,
    /// What goes into the audit event.
    pub annotation: Option<Annotation>,
}

/// Why no token is issued. Displays as the message of the server's `Status`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct IssueError {
    code: u16,
    message: String,
}

impl IssueError {
    /// The HTTP status code: 422 for an invalid request, 404 for an object that is not there, 409 for another of its name, else 400.
    #[must_use]
    pub const fn code(&self) -> u16 {
        self.code
    }

    fn bad_request(message: impl Into<String>) -> Self {
        Self { code: 400, message: message.into() }
    }
}

impl Issuer {
    /// What the server issues for the account.
    ///
    /// `id` is a fresh random UUID, the `jti` of the token. A token that is to be bound to a webhook configuration is refused, as a request
    /// without attestations is; those that have them take a gate that is off, and are not modelled.
    ///
    /// ```
    /// use k8s_rbac::identity::token::issue::{Issuer, Objects, TokenRequestSpec};
    /// use k8s_rbac::{model::{ObjectMeta, ServiceAccount}, version::KubeVersion};
    /// let issuer = Issuer {
    ///     version: KubeVersion::V1_37,
    ///     issuer: "https://me".into(),
    ///     api_audiences: vec!["https://me".into()],
    ///     max_expiration: 0,
    ///     extends_expiration: true,
    ///     now: 1000,
    /// };
    /// let account = ServiceAccount { metadata: ObjectMeta::namespaced("default", "ci"), ..Default::default() };
    /// let issued = issuer.issue(&TokenRequestSpec::default(), &account, &Objects::default(), "7")?;
    /// assert_eq!((issued.claims.exp, issued.expiration_timestamp), (Some(4600), 4600));
    /// # Ok::<(), k8s_rbac::identity::token::issue::IssueError>(())
    /// ```
    ///
    /// # Errors
    /// The expiration is too short or too long, or the token cannot be bound to the object.
    pub fn issue(
        &self,
        spec: &TokenRequestSpec,
        account: &ServiceAccount,
        objects: &Objects<'_>,
        id: &str,
    ) -> Result<Issued, IssueError> {
        let audiences = if spec.audiences.is_empty() { &self.api_audiences } else { &spec.audiences };
        let asked = spec.expiration_seconds.unwrap_or(DEFAULT_EXPIRATION);
        validate(asked, audiences, self.is_for_webhook(spec))?;
        let (seconds, warning) = self.capped(asked);
        let mut kubernetes = KubernetesClaims {
            namespace: account.metadata.namespace.clone(),
            serviceaccount: Reference::from(&account.metadata),
            ..KubernetesClaims::default()
        };
        if let Some(reference) = &spec.bound_object_ref {
            self.bind(&mut kubernetes, reference, objects)?;
        }
        let is_ours = audiences.iter().all(|audience| self.api_audiences.contains(audience));
        let is_extended = self.extends_expiration && kubernetes.pod.is_some() && seconds == EXTENSIBLE && is_ours;
        kubernetes.warnafter = is_extended.then(|| self.now.saturating_add(seconds));
        let has_id = self.version.has(Behaviour::TokensTellIdAndNode);
        let claims = Claims {
            aud: audiences.clone(),
            exp: Some(self.now.saturating_add(if is_extended { EXTENDED } else { seconds })),
            iat: Some(self.now),
            iss: self.issuer.clone(),
            jti: if has_id { id.to_owned() } else { String::new() },
            kubernetes,
            nbf: Some(self.now),
            sub: service_account::username(&account.metadata.namespace, &account.metadata.name),
            ..Claims::default()
        };
        Ok(Issued {
            claims,
            expiration_seconds: seconds,
            expiration_timestamp: self.now.saturating_add(seconds),
            warning,
            annotation: has_id.then(|| (ISSUED_CREDENTIAL_ID, credential_id(id))),
        })
    }

    fn is_for_webhook(&self, spec: &TokenRequestSpec) -> bool {
        let is_webhook = |reference: &BoundObjectReference| {
            reference.api_version == "admissionregistration.k8s.io/v1"
                && matches!(reference.kind.as_str(), "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration")
        };
        self.version.has(Behaviour::ChecksWebhookTokens) && spec.bound_object_ref.as_ref().is_some_and(is_webhook)
    }

    fn capped(&self, asked: i64) -> (i64, Option<String>) {
        let max = self.max_expiration;
        if max > 0 && asked > max {
            return (max, Some(format!("requested expiration of {asked} seconds shortened to {max} seconds")));
        }
        (asked, None)
    }

    fn bind(
        &self,
        claims: &mut KubernetesClaims,
        reference: &BoundObjectReference,
        objects: &Objects<'_>,
    ) -> Result<(), IssueError> {
        let kind = GroupVersionKind::of(reference);
        let not_found = |resource: &str| {
            let message = format!("{resource} {} not found", Quoted(&reference.name));
            IssueError { code: 404, message }
        };
        let bound = match (kind.group, kind.kind) {
            ("", "Pod") => {
                let pod = objects.pod.ok_or_else(|| not_found("pods"))?;
                self.bind_pod(claims, pod, objects)?;
                &pod.metadata
            }
            ("", "Node") if self.version.has(Behaviour::KnowsNodeTokens) => {
                self.check_node_gate()?;
                let node = objects.node.ok_or_else(|| not_found("nodes"))?;
                claims.node = Some(Reference::from(node));
                node
            }
            ("", "Secret") => {
                let secret = objects.secret.ok_or_else(|| not_found("secrets"))?;
                claims.secret = Some(Reference::from(secret));
                secret
            }
            _ => return Err(IssueError::bad_request(format!("cannot bind token to object of type {kind}"))),
        };
        check_uid(&kind, reference, bound)
    }

    /// The node of a Pod that runs is named too, by its name alone if it is gone.
    fn bind_pod(&self, claims: &mut KubernetesClaims, pod: &Pod, objects: &Objects<'_>) -> Result<(), IssueError> {
        let account = &claims.serviceaccount.name;
        if pod.spec.service_account_name != *account {
            let account = Quoted(account);
            return Err(IssueError::bad_request(format!(
                "cannot bind token for serviceaccount {account} to pod running with different serviceaccount name."
            )));
        }
        claims.pod = Some(Reference::from(&pod.metadata));
        let node = match pod.spec.rest.get("nodeName") {
            Some(Value::String(node)) if self.version.has(Behaviour::TokensTellIdAndNode) => node.as_str(),
            _ => "",
        };
        if !node.is_empty() {
            let gone = || Reference { name: node.to_owned(), uid: String::new() };
            claims.node = Some(objects.node.map_or_else(gone, Reference::from));
        }
        Ok(())
    }

    fn check_node_gate(&self) -> Result<(), IssueError> {
        if self.version.has(Behaviour::TokensBindToNodes) {
            return Ok(());
        }
        let gate = "ServiceAccountTokenNodeBinding";
        Err(IssueError::bad_request(format!("cannot bind token to a Node object as the \"{gate}\" feature-gate is disabled")))
    }
}

fn check_uid(kind: &GroupVersionKind<'_>, reference: &BoundObjectReference, bound: &ObjectMeta) -> Result<(), IssueError> {
    if reference.uid.is_empty() || reference.uid == bound.uid {
        return Ok(());
    }
    let (kind, name, uid) = (kind.kind, Quoted(&reference.name), &reference.uid);
    let message = format!(
        "Operation cannot be fulfilled on {kind} {name}: the UID in the bound object reference ({uid}) does not match the UID in record. \
         The object might have been deleted and then recreated"
    );
    Err(IssueError { code: 409, message })
}

/// `ValidateTokenRequest`.
fn validate(seconds: i64, audiences: &[String], is_for_webhook: bool) -> Result<(), IssueError> {
    let mut errors = Vec::new();
    let mut invalid = |field: &str, value: String, detail: &'static str| {
        let path = FieldPath::new("spec").child(field);
        errors.push(FieldError {
            kind: FieldErrorKind::Invalid,
            path,
            value: Some(value.into()),
            detail: detail.into(),
            place: None,
        });
    };
    if seconds < MIN_EXPIRATION {
        invalid("expirationSeconds", seconds.to_string(), "may not specify a duration less than 10 minutes");
    }
    if seconds > MAX_EXPIRATION {
        invalid("expirationSeconds", seconds.to_string(), "may not specify a duration larger than 2^32 seconds");
    }
    if is_for_webhook {
        if audiences.len() != 1 {
            let value = JsonStrings(audiences).to_string();
            invalid("audiences", value, "must be length 1 when bound to a webhook config");
        }
        invalid(
            "attestations",
            "null".to_owned(),
            "webhook bound requests require exactly one admissionReviewAPIGroups attestation",
        );
    }
    let Some(errors) = Aggregate::new(errors.iter().map(ToString::to_string)) else { return Ok(()) };
    Err(IssueError { code: 422, message: format!("TokenRequest.authentication.k8s.io \"\" is invalid: {errors}") })
}

/// A kind as an object reference spells it (`schema.FromAPIVersionAndKind`).
struct GroupVersionKind<'a> {
    group: &'a str,
    version: &'a str,
    kind: &'a str,
}

impl<'a> GroupVersionKind<'a> {
    fn of(reference: &'a BoundObjectReference) -> Self {
        let api_version = reference.api_version.as_str();
        let (group, version) = match api_version.split_once('/') {
            Some((_, version)) if version.contains('/') => ("", ""),
            Some(group_and_version) => group_and_version,
            None => ("", api_version),
        };
        Self { group, version, kind: &reference.kind }
    }
}

impl fmt::Display for GroupVersionKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, version, kind } = self;
        write!(f, "{group}/{version}, Kind={kind}")
    }
}
