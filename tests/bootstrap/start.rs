//! What a server does to the policy that it finds when it starts.

use k8s_rbac::controller::Change;
use k8s_rbac::controller::reconcile::{AUTOUPDATE, start};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
use k8s_rbac::version::KubeVersion;
use k8s_rbac::{Policy, bootstrap};

#[test]
fn an_empty_cluster_gets_the_default_policy_and_a_second_start_writes_nothing() {
    for version in KubeVersion::known() {
        let (raw, mut stored) = (bootstrap::raw(version), Policy::new());
        let started = start(&raw, &mut stored);
        assert_eq!((started.changes.len(), started.skipped.len(), started.failed.len()), (raw.len(), 0, 0));
        assert_eq!(stored, raw, "{version}");
        assert!(start(&raw, &mut stored).changes.is_empty());
        let mut filled = bootstrap::policy(version);
        assert!(start(&raw, &mut filled).changes.is_empty(), "{version}: filled roles are left alone");
    }
}

#[test]
fn an_upgrade_adds_what_is_new_and_takes_nothing_away() {
    let versions: Vec<KubeVersion> = KubeVersion::known().collect();
    for pair in versions.windows(2) {
        let (old, new) = (bootstrap::raw(pair[0]), bootstrap::raw(pair[1]));
        let mut stored = old.clone();
        let started = start(&new, &mut stored);
        assert!(started.changes.iter().all(|change| !matches!(change, Change::Delete(_))), "{}", pair[1]);
        for role in old.cluster_roles().iter().filter(|role| role.aggregation_rule.is_none()) {
            let upgraded = stored.get::<ClusterRole>("", &role.metadata.name).unwrap();
            assert!(upgraded.rules.starts_with(&role.rules), "{}: {}", pair[1], role.metadata.name);
        }
        assert!(start(&new, &mut stored).changes.is_empty());
    }
}

#[test]
fn what_opted_out_is_told_and_left_alone() {
    let raw = bootstrap::raw(KubeVersion::V1_37);
    let mut stored = raw.clone();
    let mut role = (***raw.get::<ClusterRole>("", "system:kube-scheduler").unwrap()).clone();
    role.rules = vec![].into();
    role.metadata.annotations.insert(AUTOUPDATE.into(), "false".into());
    stored.insert(role.clone());
    let mut binding = (***raw.get::<ClusterRoleBinding>("", "system:basic-user").unwrap()).clone();
    binding.subjects = vec![Subject::user("jane")];
    stored.insert(binding);

    let started = start(&raw, &mut stored);
    let skipped: Vec<(&str, bool)> =
        started.skipped.iter().map(|skipped| (skipped.key.name.as_str(), skipped.missing_rules.is_empty())).collect();
    assert_eq!(skipped, [("system:kube-scheduler", false)]);
    assert_eq!(***stored.get::<ClusterRole>("", "system:kube-scheduler").unwrap(), role);
    assert_eq!(started.changes.len(), 1);
    assert_eq!(stored.get::<ClusterRoleBinding>("", "system:basic-user").unwrap().subjects.len(), 2);
}

#[test]
fn rules_of_a_role_that_was_not_aggregated_yet_move() {
    let raw = bootstrap::raw(KubeVersion::V1_37);
    let own = PolicyRule::resources(["get"], ["example.com"], ["things"]);
    let mut stored = Policy::new();
    stored.insert(ClusterRole::new("view", [own.clone()]));
    let _ = start(&raw, &mut stored);
    assert!(stored.get::<ClusterRole>("", "system:aggregate-to-view").unwrap().rules.contains(&own));
    assert!(stored.get::<ClusterRole>("", "view").unwrap().aggregation_rule.is_some());

    let mut later = raw.clone();
    later.remove::<ClusterRole>("", "system:aggregate-to-view");
    let _ = start(&raw, &mut later);
    assert_eq!(later.get::<ClusterRole>("", "system:aggregate-to-view"), raw.get::<ClusterRole>("", "system:aggregate-to-view"));
}

#[test]
fn whoever_was_barred_from_discovery_stays_barred_after_1_14() {
    let (old, new) = (bootstrap::raw(KubeVersion::new(1, 13)), bootstrap::raw(KubeVersion::new(1, 14)));
    let mut stored = old.clone();
    let mut discovery = (***old.get::<ClusterRoleBinding>("", "system:discovery").unwrap()).clone();
    discovery.subjects.clear();
    discovery.metadata.annotations.insert(AUTOUPDATE.into(), "false".into());
    stored.insert(discovery);
    let started = start(&new, &mut stored);
    let viewer = stored.get::<ClusterRoleBinding>("", "system:public-info-viewer").unwrap();
    assert!(viewer.subjects.is_empty());
    assert!(
        started
            .skipped
            .iter()
            .any(|skipped| skipped.key.name == "system:public-info-viewer" && !skipped.missing_subjects.is_empty())
    );
}
