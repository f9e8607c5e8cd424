//! The keys of a user's extra attributes (`apiserver/pkg/authentication/serviceaccount/util.go`, `…/user/user.go`).

/// The id of the credential: `JTI=…` of a token, `X509SHA256=…` of a certificate.
pub const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";
/// The Pod that a token is bound to.
pub const POD_NAME: &str = "authentication.kubernetes.io/pod-name";
/// The unique id of that Pod.
pub const POD_UID: &str = "authentication.kubernetes.io/pod-uid";
/// The node that a token is bound to, or that its Pod runs on.
pub const NODE_NAME: &str = "authentication.kubernetes.io/node-name";
/// The unique id of that node.
pub const NODE_UID: &str = "authentication.kubernetes.io/node-uid";
/// The ValidatingWebhookConfiguration that a token is bound to.
pub const VALIDATING_WEBHOOK_NAME: &str = "authentication.kubernetes.io/validatingwebhookconfiguration-name";
/// The unique id of that configuration.
pub const VALIDATING_WEBHOOK_UID: &str = "authentication.kubernetes.io/validatingwebhookconfiguration-uid";
/// The MutatingWebhookConfiguration that a token is bound to.
pub const MUTATING_WEBHOOK_NAME: &str = "authentication.kubernetes.io/mutatingwebhookconfiguration-name";
/// The unique id of that configuration.
pub const MUTATING_WEBHOOK_UID: &str = "authentication.kubernetes.io/mutatingwebhookconfiguration-uid";
/// The API groups that a webhook's token vouches for. The key has letters in upper case.
pub const ADMISSION_REVIEW_API_GROUPS: &str = "attestation.authentication.kubernetes.io/admissionReviewAPIGroups";
/// The keys of the requester's extra, as the authorizer sees them when a service account impersonates its node.
pub const ASSOCIATED_NODE_KEYS: &str = "authentication.kubernetes.io/associated-node-keys";
