//! Users and groups that Kubernetes knows by name. Those of service accounts stand in [`super::service_account`], `system:masters` and the
//! groups of the authenticated on [`UserInfo`](super::UserInfo).

/// The API server itself, over its loopback connection.
pub const API_SERVER: &str = "system:apiserver";
/// The controller manager, by certificate.
pub const KUBE_CONTROLLER_MANAGER: &str = "system:kube-controller-manager";
/// The scheduler, by certificate.
pub const KUBE_SCHEDULER: &str = "system:kube-scheduler";
/// The proxy of a node, by certificate.
pub const KUBE_PROXY: &str = "system:kube-proxy";
/// The group of kubelets.
pub const NODES: &str = "system:nodes";
/// What the user name of a kubelet starts with.
pub const NODE_PREFIX: &str = "system:node:";
/// The group that a default binding lets read health and metrics. No authenticator adds it.
pub const MONITORING: &str = "system:monitoring";
/// The group of every bootstrap token.
pub const BOOTSTRAPPERS: &str = "system:bootstrappers";
/// What further groups of a bootstrap token start with.
pub const BOOTSTRAPPERS_PREFIX: &str = "system:bootstrappers:";
/// The group of the tokens by which kubeadm lets nodes join.
pub const KUBEADM_JOIN: &str = "system:bootstrappers:kubeadm:default-node-token";
/// What the user name of a bootstrap token starts with.
pub const BOOTSTRAP_USER_PREFIX: &str = "system:bootstrap:";
/// The group of kubeadm's `admin.conf` since 1.29, bound to `cluster-admin`.
pub const KUBEADM_CLUSTER_ADMINS: &str = "kubeadm:cluster-admins";
/// The user of kubeadm's `admin.conf`.
pub const KUBEADM_ADMIN: &str = "kubernetes-admin";
/// The user of kubeadm's `super-admin.conf` since 1.29, in the group `system:masters`.
pub const KUBEADM_SUPER_ADMIN: &str = "kubernetes-super-admin";
/// The user as which kubeadm's API server calls kubelets.
pub const KUBEADM_KUBELET_CLIENT: &str = "kube-apiserver-kubelet-client";
/// The user of kubeadm's front proxy.
pub const KUBEADM_FRONT_PROXY: &str = "front-proxy-client";
