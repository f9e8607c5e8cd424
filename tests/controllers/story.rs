//! The story of an account, its token, a Pod and a binding, on the first and the last version.

use k8s_rbac::authorize::Authorizer;
use k8s_rbac::cluster::{Cluster, Outcome};
use k8s_rbac::controller::root_ca;
use k8s_rbac::model::{ClusterRoleBinding, ConfigMap, ObjectMeta, Pod, Secret, ServiceAccount, Subject};
use k8s_rbac::version::KubeVersion;
use k8s_rbac::{Attributes, UserInfo, bootstrap};

fn account() -> ServiceAccount {
    ServiceAccount { metadata: ObjectMeta::namespaced("default", "sample-serviceaccount"), ..ServiceAccount::default() }
}

fn pod() -> Pod {
    let json = r#"{"metadata":{"name":"sample-kubectl","namespace":"default"},"spec":{"serviceAccountName":"sample-serviceaccount",
        "containers":[{"name":"kubectl-container","image":"lachlanevenson/k8s-kubectl:v1.10.4","command":["sleep","86400"]}]}}"#;
    serde_json::from_str(json).unwrap()
}

fn may_list_pods(cluster: &Cluster) -> Option<String> {
    let rbac = Authorizer::new(cluster.policy().clone());
    let user = UserInfo::service_account("default", "sample-serviceaccount");
    let request = Attributes::resource("list", "pods").in_namespace("default").by(&user);
    let decision = rbac.authorize(&request);
    decision.is_allowed().then(|| decision.reason().to_string())
}

/// The story up to the Pod and the refusal.
fn told(version: KubeVersion) -> Cluster {
    let mut cluster = Cluster::new(version, bootstrap::raw(version)).unwrap();
    assert_eq!(cluster.apply(account()).unwrap().outcome, Outcome::Created);
    assert_eq!(cluster.apply(account()).unwrap().outcome, Outcome::Unchanged);
    assert_eq!(cluster.apply(pod()).unwrap().outcome, Outcome::Created);
    assert_eq!(may_list_pods(&cluster), None);
    cluster
}

#[test]
fn on_1_11_the_account_has_a_token_secret_and_the_pod_mounts_it() {
    let cluster = told(KubeVersion::V1_11);
    let names: Vec<&str> =
        cluster.policy().service_accounts().in_namespace("default").map(|a| a.metadata.name.as_str()).collect();
    assert_eq!(names, ["default", "sample-serviceaccount"]);
    for account in cluster.policy().service_accounts().in_namespace("default") {
        assert_eq!(account.secrets.len(), 1);
        let secret = cluster.get::<Secret>("default", &account.secrets[0].name).unwrap();
        assert_eq!(secret.r#type, "kubernetes.io/service-account-token");
        assert_eq!(secret.data.keys().collect::<Vec<_>>(), ["ca.crt", "namespace", "token"]);
        assert_eq!(secret.data["namespace"].0, b"default");
        assert_eq!(secret.metadata.annotations[Secret::SERVICE_ACCOUNT_NAME], account.metadata.name);
        assert_eq!(secret.metadata.annotations[Secret::SERVICE_ACCOUNT_UID], account.metadata.uid);
        let written = |object: &ObjectMeta| object.resource_version.parse::<u64>().unwrap();
        assert_eq!(written(&secret.metadata) + 1, written(&account.metadata));
    }
    let pod = cluster.get::<Pod>("default", "sample-kubectl").unwrap();
    let token = &cluster.get::<ServiceAccount>("default", "sample-serviceaccount").unwrap().secrets[0].name;
    let spec = serde_json::to_value(&pod.spec).unwrap();
    assert_eq!(spec["volumes"], serde_json::json!([{"name": token, "secret": {"secretName": token, "defaultMode": 420}}]));
    let mount =
        serde_json::json!([{"name": token, "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]);
    assert_eq!(spec["containers"][0]["volumeMounts"], mount);
    assert!(cluster.get::<ConfigMap>("default", root_ca::NAME).is_none());
}

#[test]
fn on_1_37_the_account_has_nothing_and_the_pod_projects_a_token() {
    let cluster = told(KubeVersion::V1_37);
    assert!(cluster.policy().secrets().is_empty());
    assert!(cluster.get::<ServiceAccount>("default", "sample-serviceaccount").unwrap().secrets.is_empty());
    let pod = cluster.get::<Pod>("default", "sample-kubectl").unwrap();
    let [volume] = &pod.spec.volumes[..] else { panic!("{:?}", pod.spec.volumes) };
    assert!(volume.name.starts_with("kube-api-access-") && volume.projected.is_some());
    assert_eq!(pod.spec.containers[0].volume_mounts[0].name, volume.name);
    assert!(cluster.get::<ConfigMap>("default", root_ca::NAME).is_some());
}

#[test]
fn the_binding_grants_without_a_restart() {
    for version in KubeVersion::known() {
        let mut cluster = told(version);
        let subject = Subject::service_account("default", "sample-serviceaccount");
        cluster.apply(ClusterRoleBinding::new("sample-clusterrolebinding", "view", [subject])).unwrap();
        let reason = may_list_pods(&cluster);
        let expected = r#"RBAC: allowed by ClusterRoleBinding "sample-clusterrolebinding" of ClusterRole "view" to ServiceAccount "sample-serviceaccount/default""#;
        assert_eq!(reason.as_deref(), Some(expected), "{version}");
    }
}

#[test]
fn a_started_cluster_has_the_rules_of_aggregated_roles() {
    for version in [KubeVersion::V1_11, KubeVersion::V1_37] {
        let cluster = Cluster::new(version, bootstrap::raw(version)).unwrap();
        for role in bootstrap::policy(version).cluster_roles().iter() {
            let ours = cluster.get::<k8s_rbac::model::ClusterRole>("", &role.metadata.name).unwrap();
            assert_eq!(ours.rules, role.rules, "{}", role.metadata.name);
        }
    }
}
