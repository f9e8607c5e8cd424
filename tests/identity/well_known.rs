//! The names that Kubernetes knows, and who gets them.

use k8s_rbac::identity::certificate::Certificate;
use k8s_rbac::identity::{UserInfo, bootstrap_token, extra, node, service_account, well_known};
use k8s_rbac::request::front_proxy::FrontProxy;
use k8s_rbac::version::KubeVersion;

#[test]
fn names_are_spelt_as_upstream_spells_them() {
    let rows = [
        (UserInfo::ANONYMOUS, "system:anonymous"),
        (UserInfo::ALL_UNAUTHENTICATED, "system:unauthenticated"),
        (UserInfo::ALL_AUTHENTICATED, "system:authenticated"),
        (UserInfo::MASTERS, "system:masters"),
        (well_known::API_SERVER, "system:apiserver"),
        (service_account::USERNAME_PREFIX, "system:serviceaccount:"),
        (service_account::ALL_GROUP, "system:serviceaccounts"),
        (service_account::GROUP_PREFIX, "system:serviceaccounts:"),
        (well_known::NODES, "system:nodes"),
        (well_known::NODE_PREFIX, "system:node:"),
        (well_known::BOOTSTRAPPERS, "system:bootstrappers"),
        (well_known::BOOTSTRAPPERS_PREFIX, "system:bootstrappers:"),
        (well_known::KUBEADM_JOIN, "system:bootstrappers:kubeadm:default-node-token"),
        (well_known::BOOTSTRAP_USER_PREFIX, "system:bootstrap:"),
        (well_known::KUBE_CONTROLLER_MANAGER, "system:kube-controller-manager"),
        (well_known::KUBE_SCHEDULER, "system:kube-scheduler"),
        (well_known::KUBE_PROXY, "system:kube-proxy"),
        (well_known::MONITORING, "system:monitoring"),
        (well_known::KUBEADM_CLUSTER_ADMINS, "kubeadm:cluster-admins"),
        (well_known::KUBEADM_ADMIN, "kubernetes-admin"),
        (well_known::KUBEADM_SUPER_ADMIN, "kubernetes-super-admin"),
        (well_known::KUBEADM_KUBELET_CLIENT, "kube-apiserver-kubelet-client"),
        (well_known::KUBEADM_FRONT_PROXY, "front-proxy-client"),
        (extra::CREDENTIAL_ID, "authentication.kubernetes.io/credential-id"),
        (extra::POD_NAME, "authentication.kubernetes.io/pod-name"),
        (extra::POD_UID, "authentication.kubernetes.io/pod-uid"),
        (extra::NODE_NAME, "authentication.kubernetes.io/node-name"),
        (extra::NODE_UID, "authentication.kubernetes.io/node-uid"),
        (extra::ADMISSION_REVIEW_API_GROUPS, "attestation.authentication.kubernetes.io/admissionReviewAPIGroups"),
    ];
    for (constant, text) in rows {
        assert_eq!(constant, text);
    }
}

/// Section by section: who is in which groups, in which order.
#[test]
fn everybody_is_in_their_groups() {
    let authenticated = "system:authenticated";
    let certificate = |name: &str, groups: &[&str]| {
        let organizations = groups.iter().map(|group| (*group).to_owned()).collect();
        Certificate { common_name: name.into(), organizations, ..Certificate::default() }
            .user(KubeVersion::V1_37)
            .unwrap()
            .unwrap()
    };
    let rows: [(UserInfo, &str, &[&str]); 9] = [
        (UserInfo::anonymous(), "system:anonymous", &["system:unauthenticated"]),
        (
            UserInfo::authenticated(well_known::API_SERVER, [authenticated, UserInfo::MASTERS]),
            "system:apiserver",
            &[authenticated, "system:masters"],
        ),
        (
            UserInfo::service_account("ns", "n"),
            "system:serviceaccount:ns:n",
            &["system:serviceaccounts", "system:serviceaccounts:ns", authenticated],
        ),
        (UserInfo::node("n"), "system:node:n", &["system:nodes", authenticated]),
        (bootstrap_token::user("abcdef", "").unwrap(), "system:bootstrap:abcdef", &["system:bootstrappers", authenticated]),
        (certificate("system:kube-scheduler", &[]), "system:kube-scheduler", &[authenticated]),
        (
            certificate("kubernetes-admin", &["kubeadm:cluster-admins"]),
            "kubernetes-admin",
            &["kubeadm:cluster-admins", authenticated],
        ),
        (certificate("x", &["system:unauthenticated"]), "x", &["system:unauthenticated"]),
        (certificate("x", &[authenticated, "z", "z"]), "x", &[authenticated, "z", "z"]),
    ];
    for (user, name, groups) in rows {
        assert_eq!((user.username.as_str(), user.groups), (name, groups.iter().map(|group| (*group).to_owned()).collect()));
    }
}

#[test]
fn a_kubelet_asks_for_the_certificate_of_a_node() {
    for (name, groups, is_of_node) in [
        ("system:node:n", &["system:nodes"][..], true),
        ("system:node:n", &["system:nodes", "x"], false),
        ("system:node:n", &[], false),
        ("n", &["system:nodes"], false),
    ] {
        let organizations = groups.iter().map(|group| (*group).to_owned()).collect();
        assert_eq!(Certificate { common_name: name.into(), organizations, ..Certificate::default() }.is_of_node(), is_of_node);
    }
    assert_eq!(node::username("n"), "system:node:n");
}

#[test]
fn older_servers_take_no_unique_id_of_a_front_proxy() {
    let headers = [("X-Remote-User", "jane"), ("X-Remote-Uid", "7")];
    let uid = |minor| FrontProxy::of(KubeVersion::new(1, minor)).user(&headers).unwrap().uid;
    assert_eq!((uid(11), uid(32), uid(33)), (String::new(), String::new(), "7".to_owned()));
    assert_eq!(FrontProxy::of(KubeVersion::V1_37), FrontProxy::default());
}
