//! The walkthrough is told from its data: another account, another role or no binding give another story.
#![cfg(all(feature = "yaml", feature = "bootstrap"))]

#[path = "../examples/walkthrough/story.rs"]
mod story;

use k8s_rbac::KubeVersion;
use story::Story;

const REFUSED: &str = r#"Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:sample-serviceaccount" cannot list resource "pods" in API group "" in the namespace "default""#;
const OLD_REFUSED: &str = r#"Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:sample-serviceaccount" cannot list pods in the namespace "default""#;
const ALLOWED: &str = r#"RBAC: allowed by ClusterRoleBinding "sample-clusterrolebinding" of ClusterRole "view" to ServiceAccount "sample-serviceaccount/default""#;
const ALLOWED_THERE: &str = r#"RBAC: allowed by RoleBinding "sample-rolebinding/default" of Role "sample-role" to ServiceAccount "sample-serviceaccount/default""#;

fn now() -> Story {
    Story::now().unwrap()
}

fn told(story: &Story) -> String {
    story.tell().unwrap()
}

#[test]
fn the_account_is_refused_and_then_allowed() {
    for (story, refused) in [(now(), REFUSED), (Story::then().unwrap(), OLD_REFUSED)] {
        let told = told(&story);
        let places =
            [refused, ALLOWED, ALLOWED_THERE, r#"in the namespace "kube-system""#].map(|text| told.find(text).expect(text));
        assert!(places.is_sorted(), "{told}");
        assert_eq!(told.matches(refused).count(), 1, "{told}");
    }
}

#[test]
fn kubectl_of_then_speaks_as_it_did() {
    let told = told(&Story::then().unwrap());
    for text in [
        "$ kubectl apply -f sample-serviceaccount.yaml\nserviceaccount \"sample-serviceaccount\" created\n",
        "NAME                    SECRETS   AGE\ndefault                 1         16d\nsample-serviceaccount   1         0s\n",
        "ca.crt\nnamespace\ntoken\n",
        "command terminated with exit code 1\n[exit 1]\n",
        "  pods                                     []                 []              [get list watch]\n  pods/log",
        "clusterrolebinding.rbac.authorization.k8s.io \"sample-clusterrolebinding\" created\n",
        "\"name\":\"sample-clusterrolebinding\",\"namespace\":\"\"...\n",
        "sample-kubectl   0/1       Pending   0          0s\n",
    ] {
        assert!(told.contains(text), "{text}\n{told}");
    }
}

#[test]
fn another_account_is_named_everywhere() {
    let mut story = now();
    for text in [&mut story.account, &mut story.pod, &mut story.cluster_wide, &mut story.namespaced] {
        *text = text.replace("sample-serviceaccount", "other-account");
    }
    let told = told(&story);
    assert!(told.contains(&REFUSED.replace("sample-serviceaccount", "other-account")), "{told}");
    assert!(told.contains(&ALLOWED.replace("sample-serviceaccount", "other-account")), "{told}");
    assert!(!told.contains("sample-serviceaccount"), "{told}");
}

#[test]
fn without_the_binding_the_account_stays_refused() {
    let told = told(&Story { cluster_wide: String::new(), ..now() });
    assert_eq!(told.matches(REFUSED).count(), 2, "{told}");
    assert!(!told.contains("sample-clusterrolebinding"), "{told}");
}

#[test]
fn a_role_that_lists_no_pods_does_not_help() {
    let story = now();
    let told = told(&Story { cluster_wide: story.cluster_wide.replace("name: view", "name: system:basic-user"), ..story });
    assert_eq!(told.matches(REFUSED).count(), 2, "{told}");
}

#[test]
fn a_role_that_is_not_there_is_named_in_the_refusal() {
    let story = now();
    let told = told(&Story { cluster_wide: story.cluster_wide.replace("name: view", "name: nosuch"), ..story });
    assert!(
        told.contains(&format!(r#"{REFUSED}: rbac: RBAC: clusterrole.rbac.authorization.k8s.io "nosuch" not found"#)),
        "{told}"
    );
}

/// The rows of `view` in the order of kubectl 1.10, group by group; the one of 1.11 puts the subresources of a resource before it.
const VIEW: [&str; 39] = [
    "bindings",
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "namespaces/status",
    "persistentvolumeclaims",
    "pods",
    "pods/log",
    "pods/status",
    "replicationcontrollers",
    "replicationcontrollers/scale",
    "replicationcontrollers/status",
    "resourcequotas",
    "resourcequotas/status",
    "serviceaccounts",
    "services",
    // Since a late patch release of 1.11.
    "controllerrevisions.apps",
    "daemonsets.apps",
    "deployments.apps",
    "deployments.apps/scale",
    "replicasets.apps",
    "replicasets.apps/scale",
    "statefulsets.apps",
    "statefulsets.apps/scale",
    "horizontalpodautoscalers.autoscaling",
    "cronjobs.batch",
    "jobs.batch",
    "daemonsets.extensions",
    "deployments.extensions",
    "deployments.extensions/scale",
    "ingresses.extensions",
    "networkpolicies.extensions",
    "replicasets.extensions",
    "replicasets.extensions/scale",
    "replicationcontrollers.extensions/scale",
    "networkpolicies.networking.k8s.io",
    "poddisruptionbudgets.policy",
];

#[test]
fn the_preset_role_of_then_is_described_in_the_order_of_each_kubectl() {
    let policy = k8s_rbac::bootstrap::policy(KubeVersion::V1_11);
    let view = policy.get::<k8s_rbac::model::ClusterRole>("", "view").unwrap();
    let rows = |client| {
        let page = k8s_rbac::kubectl::describe::cluster_role(view, client).unwrap();
        let (head, table) = page.split_once("  ---------  ").unwrap();
        assert!(head.starts_with("Name:         view\nLabels:       kubernetes.io/bootstrapping=rbac-defaults\n"), "{head}");
        // The rest of the dashes is no row.
        let rows = table.lines().skip(1);
        rows.map(|row| {
            assert!(row.len() > 43 && row[43..] == *"[]                 []              [get list watch]", "{row}");
            row.trim_start().split(' ').next().unwrap().to_owned()
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(rows(KubeVersion::new(1, 10)), VIEW);
    let mut subresources_first = VIEW;
    // By group as they stand, in a group by resource, and the resource itself after what is below it.
    let whole = |row: &str| row.split('/').next().unwrap().to_owned();
    let mut start = 0;
    while start < VIEW.len() {
        let end = start + VIEW[start..].iter().take_while(|row| whole(row) == whole(VIEW[start])).count();
        subresources_first[start..end].rotate_left(1);
        start = end;
    }
    assert_eq!(rows(KubeVersion::V1_11), subresources_first);
}
