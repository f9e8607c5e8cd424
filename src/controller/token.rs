//! The tokens of service accounts that are kept in Secrets (`pkg/controller/serviceaccount/tokens_controller.go`).
//!
//! Until 1.23 every account gets one ([`Behaviour::NoAutomaticTokens`]); ever since, only Secrets that somebody made are filled in. Each
//! function is one run of the controller, for what has just happened. The tokens themselves come from [`Supply`].

use super::{Change, Deletion, Settings, Supply, name, root_ca};
use crate::model::core::{ByteString, ObjectReference};
use crate::model::{ObjectMeta, Secret, ServiceAccount};
use crate::policy::Policy;
use crate::version::Behaviour;

/// The keys of a token Secret.
pub mod key {
    /// The token.
    pub const TOKEN: &str = "token";
    /// The namespace of the account.
    pub const NAMESPACE: &str = "namespace";
    /// The certificate by which the API server is known.
    pub const ROOT_CA: &str = "ca.crt";
}

/// Whether the Secret holds a token of the account, by its type and annotations. A Secret without the account's unique id does.
#[must_use]
pub fn is_token_of(secret: &Secret, account: &ServiceAccount) -> bool {
    names(secret, &account.metadata.namespace, &account.metadata.name, &account.metadata.uid)
}

fn names(secret: &Secret, namespace: &str, name: &str, uid: &str) -> bool {
    let annotation = |key| annotation(secret, key);
    let wanted = annotation(Secret::SERVICE_ACCOUNT_UID);
    secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN
        && secret.metadata.namespace == namespace
        && annotation(Secret::SERVICE_ACCOUNT_NAME) == name
        && (wanted.is_empty() || wanted == uid)
}

fn annotation<'a>(secret: &'a Secret, key: &str) -> &'a str {
    secret.metadata.annotations.get(key).map_or("", String::as_str)
}

/// The account that the Secret says it holds a token of, if it is there.
///
/// ```
/// use k8s_rbac::{Policy, controller::token, model::*};
/// let account = ServiceAccount { metadata: ObjectMeta::namespaced("dev", "ci"), ..ServiceAccount::default() };
/// let mut secret = Secret { metadata: ObjectMeta::namespaced("dev", "ci-token"), ..Secret::default() };
/// secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.to_owned();
/// secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), "ci".to_owned());
/// let policy = Policy::from_iter([Object::from(account), secret.clone().into()]);
/// assert_eq!(token::account_of(&secret, &policy).unwrap().metadata.name, "ci");
/// ```
#[must_use]
pub fn account_of<'a>(secret: &Secret, policy: &'a Policy) -> Option<&'a ServiceAccount> {
    let account = policy.get::<ServiceAccount>(&secret.metadata.namespace, annotation(secret, Secret::SERVICE_ACCOUNT_NAME))?;
    is_token_of(secret, account).then_some(&***account)
}

/// An account was added or updated: until 1.23 it gets a token Secret, unless one of its own that exists is among its `secrets`.
///
/// The Secret comes first, then the account that names it last. A token Secret that the account does not name does not count. Cost:
/// `O(secrets of the account)`.
///
/// ```
/// use k8s_rbac::controller::{Counted, Settings, token::account_synced};
/// use k8s_rbac::model::{ObjectMeta, ServiceAccount};
/// use k8s_rbac::{KubeVersion, Policy};
/// let account = ServiceAccount { metadata: ObjectMeta::namespaced("dev", "ci"), ..ServiceAccount::default() };
/// let at = |version| account_synced(&account, &Policy::new(), &Settings::new(version, ""), &mut Counted::starting_at(0)).len();
/// // A Secret and the account that names it; since 1.24 nothing.
/// assert_eq!((at(KubeVersion::new(1, 23)), at(KubeVersion::new(1, 24))), (2, 0));
/// ```
pub fn account_synced(account: &ServiceAccount, policy: &Policy, settings: &Settings, supply: &mut dyn Supply) -> Vec<Change> {
    if settings.version.has(Behaviour::NoAutomaticTokens) || referenced_token(account, policy).is_some() {
        return Vec::new();
    }
    let secret = new_secret(account, settings, supply);
    let mut updated = account.clone();
    updated.secrets.push(ObjectReference { name: secret.metadata.name.clone(), ..ObjectReference::default() });
    vec![Change::Create(secret.into()), Change::Update(updated.into())]
}

/// The first token Secret of the account that it names and that is there.
pub(super) fn referenced_token<'a>(account: &ServiceAccount, policy: &'a Policy) -> Option<&'a Secret> {
    let secrets =
        account.secrets.iter().filter_map(|reference| policy.get::<Secret>(&account.metadata.namespace, &reference.name));
    secrets.map(|secret| &***secret).find(|secret| is_token_of(secret, account))
}

fn new_secret(account: &ServiceAccount, settings: &Settings, supply: &mut dyn Supply) -> Secret {
    let ObjectMeta { namespace, name, .. } = &account.metadata;
    let metadata = ObjectMeta::namespaced(namespace, name::generate(&format!("{name}-token-"), supply));
    let mut secret = Secret { metadata, r#type: Secret::SERVICE_ACCOUNT_TOKEN.to_owned(), ..Secret::default() };
    fill(&mut secret, account, settings, supply);
    secret
}

/// An account was deleted: every token Secret of it goes. Cost: `O(secrets of the namespace)`.
///
/// ```
/// use k8s_rbac::{Policy, controller::token, model::*};
/// let account = ServiceAccount { metadata: ObjectMeta::namespaced("dev", "ci"), ..ServiceAccount::default() };
/// let mut secret = Secret { metadata: ObjectMeta::namespaced("dev", "ci-token"), ..Secret::default() };
/// secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.to_owned();
/// secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), "ci".to_owned());
/// let policy = Policy::from_iter([Object::from(secret)]);
/// assert_eq!(token::account_deleted(&account, &policy).len(), 1);
/// ```
#[must_use]
pub fn account_deleted(account: &ServiceAccount, policy: &Policy) -> Vec<Change> {
    let secrets = policy.secrets().in_namespace(&account.metadata.namespace).filter(|secret| is_token_of(secret, account));
    secrets.map(|secret| Change::Delete(Deletion::of(&***secret))).collect()
}

/// A Secret was added or updated: one that says it holds a token of an account that is not there goes; otherwise what is missing is filled
/// in. A Secret that has all three keys is left alone, even if its values are wrong (but for the certificate) or its annotations lack the
/// unique id. It is not added to the account's `secrets`.
///
/// ```
/// use k8s_rbac::controller::{Change, Counted, Settings, token::secret_synced};
/// use k8s_rbac::{KubeVersion, Policy, model::*};
/// let account = ServiceAccount { metadata: ObjectMeta::namespaced("dev", "ci"), ..ServiceAccount::default() };
/// let mut secret = Secret { metadata: ObjectMeta::namespaced("dev", "by-hand"), ..Secret::default() };
/// secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.to_owned();
/// secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), "ci".to_owned());
/// let run = |policy: &Policy| secret_synced(&secret, policy, &Settings::new(KubeVersion::V1_37, "PEM"), &mut Counted::default());
/// let filled = run(&Policy::from_iter([Object::from(account)]));
/// assert!(matches!(filled, Some(Change::Update(Object::Secret(secret))) if secret.data.contains_key("token")));
/// assert!(matches!(run(&Policy::new()), Some(Change::Delete(_))), "there is no such account");
/// ```
pub fn secret_synced(secret: &Secret, policy: &Policy, settings: &Settings, supply: &mut dyn Supply) -> Option<Change> {
    if !is_considered(secret) {
        return None;
    }
    let Some(account) = account_of(secret, policy) else {
        return Some(Change::Delete(Deletion::of(secret)));
    };
    let mut filled = secret.clone();
    fill(&mut filled, account, settings, supply).then(|| Change::Update(filled.into()))
}

/// A Secret was deleted: its name goes from the `secrets` of its account. References to Secrets that never were are left alone.
///
/// ```
/// use k8s_rbac::{Policy, controller::token, model::*};
/// let account = ServiceAccount { metadata: ObjectMeta::namespaced("dev", "ci"), ..ServiceAccount::default() };
/// let mut secret = Secret { metadata: ObjectMeta::namespaced("dev", "ci-token"), ..Secret::default() };
/// secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.to_owned();
/// secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), "ci".to_owned());
/// let reference = core::ObjectReference { name: "ci-token".to_owned(), ..Default::default() };
/// let account = ServiceAccount { secrets: vec![reference], ..account };
/// let policy = Policy::from_iter([Object::from(account)]);
/// assert!(token::secret_deleted(&secret, &policy).is_some(), "the account is written without it");
/// ```
#[must_use]
pub fn secret_deleted(secret: &Secret, policy: &Policy) -> Option<Change> {
    let account = account_of(secret, policy).filter(|_| is_considered(secret))?;
    let mut updated = account.clone();
    updated.secrets.retain(|reference| reference.name != secret.metadata.name);
    (updated.secrets.len() < account.secrets.len()).then(|| Change::Update(updated.into()))
}

/// Whether the controller looks at the Secret at all.
fn is_considered(secret: &Secret) -> bool {
    secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN && !annotation(secret, Secret::SERVICE_ACCOUNT_NAME).is_empty()
}

/// Fills in what is missing; says whether anything was.
fn fill(secret: &mut Secret, account: &ServiceAccount, settings: &Settings, supply: &mut dyn Supply) -> bool {
    let ObjectMeta { namespace, name, uid, .. } = &account.metadata;
    let is_missing = |key| secret.data.get(key).is_none_or(|value| value.0.is_empty());
    let certificate = settings.root_ca.as_ref().filter(|pem| !pem.is_empty()).map(|pem| ByteString(pem.clone().into_bytes()));
    let certificate = certificate.filter(|wanted| secret.data.get(root_ca::KEY) != Some(wanted));
    let namespace = is_missing(key::NAMESPACE).then(|| ByteString(namespace.clone().into_bytes()));
    let token = is_missing(key::TOKEN).then(|| ByteString(supply.token(account, &secret.metadata.name).into_bytes()));
    let missing = [(key::ROOT_CA, certificate), (key::NAMESPACE, namespace), (key::TOKEN, token)];
    let missing: Vec<_> = missing.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    if missing.is_empty() {
        return false;
    }
    secret.data.extend(missing);
    secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), name.clone());
    secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_UID.to_owned(), uid.clone());
    true
}
