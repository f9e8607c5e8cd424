//! What is known of a cluster besides its policy: the facts by which a risk is one or is none.

use std::collections::{BTreeMap, BTreeSet};

use super::KubeVersion;

/// A cluster, as far as risks depend on it: plain data that the caller fills in.
///
/// ```
/// use k8s_rbac::version::{KubeVersion, Platform, Profile};
/// let profile = Profile { platform: Platform::Eks, ..Profile::of(KubeVersion::new(1, 30)) };
/// assert!(profile.is_privileged_namespace("kube-system"));
/// assert!(!profile.gate("AuthorizePodWebsocketUpgradeCreatePermission", KubeVersion::new(1, 35)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Profile {
    /// The version of its API server.
    pub version: KubeVersion,
    /// Who runs it.
    pub platform: Platform,
    /// Feature gates that were set by hand.
    pub gates: BTreeMap<String, bool>,
    /// Whether admission keeps ordinary namespaces from running privileged Pods (Pod Security at `baseline` or stricter, or a policy
    /// engine to the same end).
    pub pod_security: bool,
    /// Namespaces in which a grant is nearly as good as one in the cluster.
    pub privileged_namespaces: BTreeSet<String>,
}

/// Who runs a cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Platform {
    /// Nobody in particular.
    #[default]
    Plain,
    /// Amazon EKS.
    Eks,
    /// Google GKE.
    Gke,
    /// Azure AKS.
    Aks,
    /// Red Hat OpenShift.
    OpenShift,
    /// K3s or another of Rancher's.
    Rancher,
}

impl Profile {
    /// A plain cluster of this version, without admission that restrains Pods, in which `kube-system` is privileged.
    #[must_use]
    pub fn of(version: KubeVersion) -> Self {
        Self {
            version,
            platform: Platform::Plain,
            gates: BTreeMap::new(),
            pod_security: false,
            privileged_namespaces: BTreeSet::from(["kube-system".to_owned()]),
        }
    }

    /// Whether a grant in the namespace is nearly as good as one in the cluster.
    ///
    /// ```
    /// use k8s_rbac::version::Profile;
    /// let mut profile = Profile::default();
    /// assert!(profile.is_privileged_namespace("kube-system") && !profile.is_privileged_namespace("ingress"));
    /// profile.privileged_namespaces.insert("ingress".into());
    /// assert!(profile.is_privileged_namespace("ingress"));
    /// ```
    #[must_use]
    pub fn is_privileged_namespace(&self, namespace: &str) -> bool {
        self.privileged_namespaces.contains(namespace)
    }

    /// Whether a feature gate is on: as it was set by hand, else from the version on by which it is on of itself.
    #[must_use]
    pub fn gate(&self, gate: &str, on_since: KubeVersion) -> bool {
        self.gates.get(gate).copied().unwrap_or(self.version >= on_since)
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::of(KubeVersion::REFERENCE)
    }
}
