//! What is written about the controllers row by row and no other file of this folder looks at.

use k8s_rbac::cluster::{Cluster, Outcome};
use k8s_rbac::controller::pod_admission::{ENFORCE_MOUNTABLE_SECRETS, MOUNT_PATH, VOLUME_PREFIX, admit};
use k8s_rbac::controller::{Change, Counted, Settings, aggregation, name, root_ca, service_account, token};
use k8s_rbac::model::core::{NamespaceStatus, ObjectReference};
use k8s_rbac::model::{
    ClusterRole, ClusterRoleBinding, ConfigMap, Namespace, Object, ObjectMeta, Pod, PolicyRule, Secret, ServiceAccount, Subject,
};
use k8s_rbac::validation::Validation;
use k8s_rbac::version::KubeVersion;
use k8s_rbac::{Attributes, Authorizer, UserInfo, bootstrap, escalation};

use crate::common::{V1_21, V1_23, V1_24, account, annotated, cluster, key, policy, token_secret};

/// A row, and its test.
type Row = (&'static str, fn());

const ROWS: &[Row] = &[
    ("names: of a long account nothing of `-token-` is left", || {
        let mut supply = Counted::default();
        assert_eq!(name::generate(&format!("{}-token-", "a".repeat(51)), &mut supply), format!("{}-token-bbbbb", "a".repeat(51)));
        assert_eq!(name::generate(&format!("{}-token-", "a".repeat(58)), &mut supply), format!("{}bbbbc", "a".repeat(58)));
        assert_eq!(name::SUFFIXES, 14_348_907);
    }),
    ("names: a name that is taken is found out by the create", || {
        let taken = token_secret("a-token-bbbbb", "b", None, &[]);
        let mut there = policy([taken.into(), account("a", &[]).into()]);
        let made = token::account_synced(&account("a", &[]), &there, &Settings::new(V1_23, "PEM"), &mut Counted::default());
        assert!(!made[0].clone().apply(&mut there));
    }),
    ("accounts: the namespace is gone", || {
        let mut cluster = cluster(KubeVersion::V1_37);
        let changes = cluster.delete(&key::<Namespace>("ns")).unwrap();
        assert!(changes.is_empty() && cluster.get::<ServiceAccount>("ns", "default").is_none());
    }),
    ("accounts: the phase is another one than Active", || {
        for phase in ["", "Terminating"] {
            let status = Some(NamespaceStatus { phase: phase.into(), conditions: None });
            assert_eq!(service_account::sync_namespace(&Namespace { status, ..Namespace::active("ns") }, &policy([])), None);
        }
    }),
    ("accounts: the account is there with other content, and is left alone", || {
        let mut cluster = cluster(KubeVersion::V1_37);
        let labelled =
            annotated(ServiceAccount { metadata: ObjectMeta::namespaced("ns", "default"), ..Default::default() }, "a", "b");
        assert_eq!(cluster.replace(labelled).unwrap().changes, []);
    }),
    ("tokens: an account of the same name and another id loses the Secrets of the old one", || {
        let secrets = policy([token_secret("old", "a", Some("another"), &[]).into(), token_secret("any", "a", None, &[]).into()]);
        let mut gone = account("a", &[]);
        gone.metadata.uid = "another".into();
        let changes = token::account_deleted(&gone, &secrets);
        let ids = |change: &Change| matches!(change, Change::Delete(deletion) if !deletion.uid.is_empty());
        assert!(changes.len() == 2 && changes.iter().all(ids), "{changes:?}");
    }),
    ("tokens: entries of `secrets` are reduced to their names", || {
        let mut cluster = cluster(V1_24);
        let entry = ObjectReference { kind: "Secret".into(), namespace: "x".into(), name: "s".into(), ..Default::default() };
        let mut created =
            ServiceAccount { metadata: ObjectMeta::namespaced("ns", "a"), secrets: vec![entry.clone()], ..Default::default() };
        cluster.create(created.clone()).unwrap();
        let bare = ObjectReference { name: "s".into(), ..Default::default() };
        assert_eq!(cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets, std::slice::from_ref(&bare));
        created.secrets = vec![entry.clone(), entry];
        cluster.replace(created).unwrap();
        assert_eq!(cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets, [bare.clone(), bare]);
    }),
    ("tokens: the new name is appended last", || {
        let changes =
            token::account_synced(&account("a", &["x", "w"]), &policy([]), &Settings::new(V1_23, "PEM"), &mut Counted::default());
        let Change::Update(Object::ServiceAccount(updated)) = &changes[1] else { panic!("{changes:?}") };
        assert_eq!(updated.secrets.iter().map(|secret| secret.name.as_str()).collect::<Vec<_>>(), ["x", "w", "a-token-bbbbb"]);
    }),
    ("tokens: one made by hand is filled and not listed, beside the automatic one until 1.23", || {
        for (version, listed) in [(KubeVersion::V1_11, 1), (V1_23, 1), (V1_24, 0)] {
            let mut cluster = cluster(version);
            cluster.create(ServiceAccount { metadata: ObjectMeta::namespaced("ns", "a"), ..Default::default() }).unwrap();
            cluster.create(token_secret("by-hand", "a", None, &[])).unwrap();
            let secrets = &cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets;
            assert!(secrets.len() == listed && secrets.iter().all(|secret| secret.name != "by-hand"), "{version}: {secrets:?}");
            assert_eq!(cluster.get::<Secret>("ns", "by-hand").unwrap().data.len(), 3);
        }
    }),
    ("tokens: a Secret without the account's name is refused", || {
        let refused = cluster(KubeVersion::V1_37).create(token_secret("t", "", None, &[])).unwrap_err();
        let text = r#"Secret "t" is invalid: metadata.annotations[kubernetes.io/service-account.name]: Required value"#;
        assert_eq!((refused.code(), refused.to_string().as_str()), (422, text));
    }),
    ("tokens by version: an automatic Secret until 1.23, a projected volume from 1.21 on", || {
        for version in KubeVersion::known() {
            let mut cluster = cluster(version);
            cluster.create(Pod::new("ns", "p", "default", "c")).unwrap();
            let automatic = !cluster.get::<ServiceAccount>("ns", "default").unwrap().secrets.is_empty();
            let pod = cluster.get::<Pod>("ns", "p").unwrap();
            let [volume] = &pod.spec.volumes[..] else { panic!("{version}") };
            assert_eq!((automatic, volume.projected.is_some()), (version <= V1_23, version >= V1_21), "{version}");
            assert_eq!(volume.secret.is_some(), version < V1_21, "{version}");
            assert_eq!(cluster.get::<ConfigMap>("ns", root_ca::NAME).is_some(), version >= KubeVersion::new(1, 20), "{version}");
        }
    }),
    ("admission: what the account names plays no part in mounting from 1.21 on", || {
        let with = policy([account("default", &["t"]).into(), token_secret("t", "default", None, &[]).into()]);
        let without = policy([account("default", &[]).into()]);
        let admitted = |policy| admit(Pod::new("ns", "p", "", "c"), policy, V1_21, &mut Counted::default()).unwrap();
        assert_eq!(admitted(&with), admitted(&without));
    }),
    ("admission: where every container has its own mount the Pod is unchanged", || {
        let mut pod = Pod::new("ns", "p", "default", "c");
        pod.spec.service_account = "default".into();
        let mount = k8s_rbac::model::pod::VolumeMount { name: "v".into(), mount_path: MOUNT_PATH.into(), ..Default::default() };
        for container in pod.spec.containers.iter_mut() {
            container.volume_mounts.push(mount.clone());
        }
        let there = policy([account("default", &[]).into()]);
        assert_eq!(admit(pod.clone(), &there, KubeVersion::V1_37, &mut Counted::default()), Ok(pod));
    }),
    ("admission: a volume is reused by its name though no container needs it", || {
        let mut pod = Pod::new("ns", "p", "default", "c");
        pod.spec.containers.iter_mut().for_each(|container| container.volume_mounts.clear());
        pod.spec.volumes = vec![k8s_rbac::model::pod::Volume { name: format!("{VOLUME_PREFIX}mine"), ..Default::default() }];
        let there = policy([account("default", &[]).into()]);
        let admitted = admit(pod.clone(), &there, KubeVersion::V1_37, &mut Counted::default()).unwrap();
        assert_eq!(admitted.spec.volumes, pod.spec.volumes);
    }),
    ("admission: limiting an account anew is warned of from 1.32 on", || {
        let (plain, limited) = (account("a", &[]), annotated(account("a", &[]), ENFORCE_MOUNTABLE_SECRETS, "no"));
        let (plain, limited) = (Object::from(plain), Object::from(limited));
        let warnings = |version, new, old| Validation::of(version).warnings(new, old).len();
        for (version, count) in [(KubeVersion::new(1, 31), 0), (KubeVersion::new(1, 32), 1), (KubeVersion::V1_37, 1)] {
            assert_eq!([warnings(version, &limited, None), warnings(version, &limited, Some(&plain))], [count, count]);
            assert_eq!([warnings(version, &limited, Some(&limited)), warnings(version, &plain, Some(&limited))], [0, 0]);
        }
    }),
    ("aggregation: without a selector nothing is gathered, and the server refuses it", || {
        let mut role = gathering("t", &[]);
        role.rules = vec![rule("own")].into();
        assert_eq!(aggregation::aggregate(&role, policy([]).cluster_roles()), Ok(Some(Vec::new())));
        let refused = cluster(KubeVersion::V1_37).create(role).unwrap_err().to_string();
        assert!(refused.contains("at least one clusterRoleSelector required if aggregationRule is non-nil"), "{refused}");
    }),
    ("aggregation: rules that are the same are no change", || {
        let mut role = gathering("t", &["x"]);
        role.rules = vec![rule("get")].into();
        let there = policy([labelled("a", "x", &["get"]).into(), role.clone().into()]);
        assert_eq!(aggregation::aggregate(&role, there.cluster_roles()), Ok(None));
    }),
    ("aggregation: rules flow from view to edit to admin from 1.12 on, and not before", || {
        for (version, flows) in [(KubeVersion::V1_11, false), (KubeVersion::new(1, 12), true), (KubeVersion::V1_37, true)] {
            let mut cluster = Cluster::new(version, bootstrap::raw(version)).unwrap();
            let aggregate_to_view = "rbac.authorization.k8s.io/aggregate-to-view";
            let mut extra = labelled("extra", aggregate_to_view, &["look"]);
            extra.metadata.labels.insert(aggregate_to_view.to_owned(), "true".to_owned());
            cluster.create(extra).unwrap();
            let looks = |name| cluster.get::<ClusterRole>("", name).unwrap().rules.contains(&rule("look"));
            assert_eq!([looks("view"), looks("edit"), looks("admin")], [true, flows, flows], "{version}");
        }
    }),
    ("aggregation: only who may do everything, or `escalate` since 1.12, writes an aggregation rule", || {
        let everything = [PolicyRule::resources(["*"], ["*"], ["*"]), PolicyRule::urls(["*"], ["*"])];
        let escalate = [PolicyRule::resources(["escalate"], ["rbac.authorization.k8s.io"], ["clusterroles"])];
        let refused = |rules: &[PolicyRule], version| {
            let binding = ClusterRoleBinding::new("b", "r", [Subject::user("jane")]);
            let rbac = Authorizer::new(policy([ClusterRole::new("r", rules.iter().cloned()).into(), binding.into()]));
            let role = Object::from(gathering("t", &["x"]));
            escalation::Escalation::new(&rbac)
                .at(version)
                .create(&UserInfo::new("jane", ["dev"]), &role)
                .err()
                .map(|e| e.to_string())
        };
        let told = r#"clusterroles.rbac.authorization.k8s.io "t" is forbidden: must have cluster-admin privileges to use the aggregationRule"#;
        for version in [KubeVersion::V1_11, KubeVersion::V1_37] {
            assert_eq!(refused(&everything, version), None);
            assert_eq!(refused(&[], version).as_deref(), Some(told));
            assert_eq!(refused(&escalate, version).is_none(), version > KubeVersion::V1_11);
        }
    }),
    ("root certificate: a namespace that is added gets it in any phase, one that is updated only while in use", || {
        let mut going = Namespace::active("ns");
        going.status.as_mut().unwrap().phase = Namespace::TERMINATING.into();
        let mut cluster = Cluster::new(KubeVersion::V1_37, policy([going.clone().into()])).unwrap();
        assert!(cluster.get::<ConfigMap>("ns", root_ca::NAME).is_some());
        assert!(cluster.get::<ServiceAccount>("ns", "default").is_none());
        going.metadata.labels.insert("a".into(), "b".into());
        assert_eq!(cluster.apply(going).unwrap().changes, []);
    }),
    ("root certificate: of a ConfigMap of another name nothing comes", || {
        let mut cluster = cluster(KubeVersion::V1_37);
        let other = ConfigMap { metadata: ObjectMeta::namespaced("ns", "other"), ..ConfigMap::default() };
        assert_eq!(cluster.create(other).unwrap().outcome, Outcome::Created);
        assert_eq!(cluster.delete(&key::<ConfigMap>("other")).unwrap(), []);
    }),
    ("cleaner: what it deletes goes from the account, too", || {
        let secret = token_secret("t", "a", Some("uid-a"), &[]);
        let there = policy([account("a", &["t", "z"]).into()]);
        let Some(Change::Update(Object::ServiceAccount(left))) = token::secret_deleted(&secret, &there) else { panic!() };
        assert_eq!(left.secrets.len(), 1);
    }),
    ("nodes: the role `system:node` is bound to nobody", || {
        for version in KubeVersion::known() {
            let policy = bootstrap::policy(version);
            assert!(policy.get::<ClusterRole>("", "system:node").is_some(), "{version}");
            assert_eq!(policy.get::<ClusterRoleBinding>("", "system:node").unwrap().subjects, [], "{version}");
        }
    }),
    ("nodes: by RBAC a node may do no more than anybody", || {
        let rbac = Authorizer::new(bootstrap::policy(KubeVersion::V1_37));
        let node = UserInfo::authenticated("system:node:n1", ["system:nodes"]);
        let request = Attributes::resource("get", "nodes").named("n1");
        assert!(!rbac.authorize(&request.by(&node)).is_allowed());
        let proxy = UserInfo::authenticated("system:kube-proxy", [] as [&str; 0]);
        assert!(rbac.authorize(&Attributes::resource("list", "nodes").by(&proxy)).is_allowed());
    }),
];

fn rule(verb: &str) -> PolicyRule {
    PolicyRule::resources([verb], [""], ["pods"])
}

fn labelled(name: &str, label: &str, verbs: &[&str]) -> ClusterRole {
    let mut role = ClusterRole::new(name, verbs.iter().map(|verb| rule(verb)));
    role.metadata.labels.insert(label.to_owned(), "1".to_owned());
    role
}

/// A role that gathers the rules of those that have one of the labels.
fn gathering(name: &str, labels: &[&str]) -> ClusterRole {
    let selectors = labels.iter().map(|label| k8s_rbac::model::LabelSelector::labels([(*label, "1")])).collect();
    let aggregation_rule = Some(k8s_rbac::model::AggregationRule { cluster_role_selectors: selectors });
    ClusterRole { aggregation_rule, ..ClusterRole::new(name, []) }
}

#[test]
fn every_row_holds() {
    let failed: Vec<&str> =
        ROWS.iter().filter(|(_, test)| std::panic::catch_unwind(test).is_err()).map(|(row, _)| *row).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}
