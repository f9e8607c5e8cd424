//! The removal of account tokens in Secrets that nobody uses any more
//! (`pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go`).

use std::collections::{HashMap, HashSet};

use super::{Change, Date, Deletion, token};
use crate::date;
pub use crate::identity::token::{INVALID_SINCE, LAST_USED};
use crate::model::{ConfigMap, Secret};
use crate::policy::Policy;
use crate::version::{Behaviour, KubeVersion};

/// The namespace and name of the ConfigMap that says since when use is written down, under the key `since`.
pub const TRACKING: (&str, &str) = ("kube-system", "kube-apiserver-legacy-service-account-token-tracking");
/// How long a token must be unused, in seconds, if nothing else is set.
pub const PERIOD: i64 = 365 * 24 * 3600;

const DAY: i64 = 24 * 3600;

/// What the cleaner does at the instant, in seconds since 1970, with the period: from 1.29 on, a token Secret that was made for an account,
/// that no Pod refers to and that was not used for the period is marked as invalid, and deleted once it is marked for the period.
///
/// Nothing happens before use has been written down for the period and a day. Secrets that somebody made are never touched: they are not
/// among the `secrets` of their account. Cost: `O(Secrets + Pods)`.
///
/// ```
/// use k8s_rbac::controller::cleaner::{PERIOD, TRACKING, clean};
/// use k8s_rbac::{KubeVersion, Policy, model::*};
/// let mut account = ServiceAccount { metadata: ObjectMeta::namespaced("dev", "ci"), ..ServiceAccount::default() };
/// account.secrets.push(core::ObjectReference { name: "ci-token".to_owned(), ..Default::default() });
/// let mut secret = Secret { metadata: ObjectMeta::namespaced("dev", "ci-token"), ..Secret::default() };
/// secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.to_owned();
/// secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), "ci".to_owned());
/// let mut tracking = ConfigMap { metadata: ObjectMeta::namespaced(TRACKING.0, TRACKING.1), ..ConfigMap::default() };
/// tracking.data.insert("since".to_owned(), "1970-01-01".to_owned());
/// let policy = Policy::from_iter([Object::from(account), secret.into(), tracking.into()]);
/// let day = 24 * 3600;
/// assert_eq!(clean(&policy, PERIOD, PERIOD, KubeVersion::V1_37).len(), 0, "use was not written down for long enough");
/// assert_eq!(clean(&policy, PERIOD + day, PERIOD, KubeVersion::V1_37).len(), 1, "the Secret is marked as invalid");
/// ```
#[must_use]
pub fn clean(policy: &Policy, now: i64, period: i64, version: KubeVersion) -> Vec<Change> {
    let tracked = tracked_since(policy).is_some_and(|since| now >= since.saturating_add(period));
    if !tracked || !version.has(Behaviour::CleansTokens) {
        return Vec::new();
    }
    let cut = now.saturating_sub(period);
    let mut in_use = InUse { policy, names: HashMap::new() };
    let secrets = policy.secrets().iter().map(|secret| &***secret);
    secrets
        .filter(|secret| is_unused(secret, cut) && is_automatic(secret, policy) && !in_use.has(secret))
        .filter_map(|secret| next(secret, now, cut))
        .collect()
}

/// The first instant after the day on which tracking began.
fn tracked_since(policy: &Policy) -> Option<i64> {
    let (namespace, name) = TRACKING;
    let since: Date = policy.get::<ConfigMap>(namespace, name)?.data.get("since")?.parse().ok()?;
    Some(since.start() + DAY)
}

/// Whether the Secret holds a token that is older than the cut and was not used since.
fn is_unused(secret: &Secret, cut: i64) -> bool {
    let metadata = &secret.metadata;
    let is_old =
        metadata.creation_timestamp.as_ref().is_none_or(|created| date::unix_of(created).is_some_and(|created| created < cut));
    let was_used =
        metadata.labels.get(LAST_USED).is_some_and(|day| day.parse::<Date>().is_err() || *day >= Date::of_unix(cut).to_string());
    secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN && is_old && metadata.deletion_timestamp.is_none() && !was_used
}

/// Whether the Secret was made by the controller: its account names it.
fn is_automatic(secret: &Secret, policy: &Policy) -> bool {
    let account = token::account_of(secret, policy);
    account.is_some_and(|account| account.secrets.iter().any(|reference| reference.name == secret.metadata.name))
}

fn next(secret: &Secret, now: i64, cut: i64) -> Option<Change> {
    let since = secret.metadata.labels.get(INVALID_SINCE).filter(|day| day.parse::<Date>().is_ok());
    let Some(since) = since else {
        let mut marked = secret.clone();
        marked.metadata.labels.insert(INVALID_SINCE.to_owned(), Date::of_unix(now).to_string());
        return Some(Change::Update(marked.into()));
    };
    let resource_version = secret.metadata.resource_version.clone();
    let deletion = Deletion { uid: String::new(), resource_version, ..Deletion::of(secret) };
    (*since < Date::of_unix(cut).to_string()).then_some(Change::Delete(deletion))
}

/// The Secrets that Pods refer to, namespace by namespace as they are asked for.
struct InUse<'a> {
    policy: &'a Policy,
    names: HashMap<&'a str, HashSet<&'a str>>,
}

impl<'a> InUse<'a> {
    fn has(&mut self, secret: &'a Secret) -> bool {
        let namespace = secret.metadata.namespace.as_str();
        let names = self.names.entry(namespace).or_insert_with(|| {
            let pods = self.policy.pods().in_namespace(namespace);
            pods.flat_map(|pod| pod.secret_names()).collect()
        });
        names.contains(secret.metadata.name.as_str())
    }
}
