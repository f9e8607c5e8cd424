//! What the API server makes of a Pod that is created, as far as accounts and tokens go: the admission plugin `ServiceAccount`
//! (`plugin/pkg/admission/serviceaccount/admission.go`).

use std::fmt;

use super::{Supply, service_account};
use crate::model::core::LocalObjectReference;
use crate::model::{Pod, ServiceAccount};
use crate::policy::Policy;
use crate::quote::Quoted;
use crate::version::KubeVersion;

mod limit;
mod mount;

pub use mount::{MOUNT_PATH, VOLUME_PREFIX};

/// The annotation of an account that limits its Pods to the Secrets that it names.
pub const ENFORCE_MOUNTABLE_SECRETS: &str = ServiceAccount::ENFORCE_MOUNTABLE_SECRETS;

/// Why a Pod is refused, in the API server's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Refusal(Box<Kind>);

impl From<Kind> for Refusal {
    fn from(kind: Kind) -> Self {
        Self(Box::new(kind))
    }
}

impl Refusal {
    /// The HTTP status: 403, or 500 where the account has no token yet.
    #[must_use]
    pub fn code(&self) -> u16 {
        match *self.0 {
            Kind::Forbidden { .. } => 403,
            Kind::NoToken { .. } | Kind::Bare(_) => 500,
        }
    }

    /// The `reason` of the answer: `Forbidden`, `ServerTimeout`, or nothing where the API server gives none.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match *self.0 {
            Kind::Forbidden { .. } => "Forbidden",
            Kind::NoToken { .. } => "ServerTimeout",
            Kind::Bare(_) => "",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("pods {} is forbidden: {why}", Quoted(.pod))]
    Forbidden { pod: String, why: Why },
    #[error("No API token found for service account {}, retry after the token is automatically created and added to the service account", Quoted(.account))]
    NoToken { account: String },
    #[error("{0}")]
    Bare(Why),
}

/// What is wrong with the Pod.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    NoAccount { namespace: String, name: String },
    Unnamed { namespace: String, pod: String },
    MirrorWithAccount,
    MirrorWithSecrets,
    MirrorWithToken,
    Limited(limit::Unlisted),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAccount { namespace, name } => {
                write!(f, "error looking up service account {namespace}/{name}: serviceaccount {} not found", Quoted(name))
            }
            Self::Unnamed { namespace, pod } => write!(f, "no service account specified for pod {namespace}/{pod}"),
            Self::MirrorWithAccount => f.write_str("a mirror pod may not reference service accounts"),
            Self::MirrorWithSecrets => f.write_str("a mirror pod may not reference secrets"),
            Self::MirrorWithToken => f.write_str("a mirror pod may not use ServiceAccountToken volume projections"),
            Self::Limited(unlisted) => unlisted.fmt(f),
        }
    }
}

/// The Pod as it is stored, or why it is not created.
///
/// It gets the account `default` if it names none, the token of its account as a volume unless it or the account says otherwise, and the
/// account's image pull Secrets if it has none. A mirror Pod is only checked. The namespace is that of its metadata. Cost: `O(size of the
/// Pod · log objects)`.
///
/// # Errors
/// The account is not there, or has no token yet (until 1.20); the Pod refers to a Secret that its account does not name, where that is
/// enforced; or it is a mirror Pod with an account, a Secret or a token.
///
/// ```
/// use k8s_rbac::controller::{Counted, pod_admission::admit};
/// use k8s_rbac::{KubeVersion, Policy, model::Pod};
/// let pod = Pod::new("default", "web", "ci", "nginx");
/// let refusal = admit(pod, &Policy::new(), KubeVersion::V1_37, &mut Counted::default()).unwrap_err();
/// assert_eq!(
///     refusal.to_string(),
///     r#"pods "web" is forbidden: error looking up service account default/ci: serviceaccount "ci" not found"#,
/// );
/// ```
pub fn admit(mut pod: Pod, policy: &Policy, version: KubeVersion, supply: &mut dyn Supply) -> Result<Pod, Refusal> {
    align_account(&mut pod);
    if pod.metadata.annotations.contains_key(Pod::MIRROR) {
        check_mirror(&pod).map_err(|why| forbidden(&pod, why))?;
        return Ok(pod);
    }
    if pod.spec.service_account_name.is_empty() {
        service_account::DEFAULT.clone_into(&mut pod.spec.service_account_name);
        align_account(&mut pod);
    }
    let account = account(&pod, policy).map_err(|why| forbidden(&pod, why))?;
    if automounts(&pod, account) {
        mount::token(&mut pod, account, policy, version, supply)?;
    }
    if pod.spec.image_pull_secrets.is_empty() {
        pod.spec.image_pull_secrets =
            account.image_pull_secrets.iter().map(|secret| LocalObjectReference { name: secret.name.clone() }).collect();
    }
    if is_limited(account) {
        limit::pod(&pod, account, version).map_err(|unlisted| forbidden(&pod, Why::Limited(unlisted)))?;
    }
    Ok(pod)
}

/// Whether ephemeral containers may be added as they stand in the Pod, from 1.24 on; before, nothing is looked at.
///
/// # Errors
/// The Pod names no account or one that is not there, or an ephemeral container refers to a Secret that the account does not name, where that is enforced.
///
/// ```
/// use k8s_rbac::controller::pod_admission::check_ephemeral_containers;
/// use k8s_rbac::{KubeVersion, Policy, model::Pod};
/// let pod = Pod::new("dev", "web", "ci", "app");
/// let refused = check_ephemeral_containers(&pod, &Policy::new(), KubeVersion::V1_37).unwrap_err();
/// assert!(refused.to_string().ends_with("serviceaccount \"ci\" not found"));
/// assert!(check_ephemeral_containers(&pod, &Policy::new(), KubeVersion::V1_11).is_ok(), "there were none");
/// ```
pub fn check_ephemeral_containers(pod: &Pod, policy: &Policy, version: KubeVersion) -> Result<(), Refusal> {
    if !version.has(crate::version::Behaviour::LimitsEphemeralContainers) {
        return Ok(());
    }
    let account = account(pod, policy).map_err(|why| forbidden(pod, why))?;
    if is_limited(account) {
        limit::ephemeral(pod, account, version).map_err(|unlisted| Kind::Bare(Why::Limited(unlisted)))?;
    }
    Ok(())
}

/// The new and the old field for the account say the same; the new one wins.
fn align_account(pod: &mut Pod) {
    let spec = &mut pod.spec;
    if spec.service_account_name.is_empty() {
        spec.service_account_name.clone_from(&spec.service_account);
    } else {
        spec.service_account.clone_from(&spec.service_account_name);
    }
}

fn account<'a>(pod: &Pod, policy: &'a Policy) -> Result<&'a ServiceAccount, Why> {
    let (namespace, name) = (&pod.metadata.namespace, &pod.spec.service_account_name);
    if name.is_empty() {
        return Err(Why::Unnamed { namespace: namespace.clone(), pod: pod.metadata.name.clone() });
    }
    let account = policy.get::<ServiceAccount>(namespace, name).map(|account| &***account);
    account.ok_or_else(|| Why::NoAccount { namespace: namespace.clone(), name: name.clone() })
}

fn automounts(pod: &Pod, account: &ServiceAccount) -> bool {
    pod.spec.automount_service_account_token.or(account.automount_service_account_token).unwrap_or(true)
}

/// Whether the account limits its Pods to its own Secrets: the annotation is true as Go's `strconv.ParseBool` reads it.
fn is_limited(account: &ServiceAccount) -> bool {
    let enforce = account.metadata.annotations.get(ENFORCE_MOUNTABLE_SECRETS);
    enforce.is_some_and(|text| ["1", "t", "T", "true", "TRUE", "True"].contains(&text.as_str()))
}

fn check_mirror(pod: &Pod) -> Result<(), Why> {
    let mut sources =
        pod.spec.volumes.iter().filter_map(|volume| volume.projected.as_ref()).flat_map(|projected| &projected.sources);
    if !pod.spec.service_account_name.is_empty() {
        return Err(Why::MirrorWithAccount);
    }
    if pod.secret_names().next().is_some() {
        return Err(Why::MirrorWithSecrets);
    }
    if sources.any(|source| source.service_account_token.is_some()) {
        return Err(Why::MirrorWithToken);
    }
    Ok(())
}

fn forbidden(pod: &Pod, why: Why) -> Refusal {
    let names = [pod.metadata.name.as_str(), pod.metadata.generate_name.as_str(), "Unknown"];
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    Kind::Forbidden { pod: name.to_owned(), why }.into()
}
