//! Token Secrets that nobody uses: marked, then deleted.

use k8s_rbac::Policy;
use k8s_rbac::controller::cleaner::{INVALID_SINCE, LAST_USED, PERIOD, TRACKING, clean};
use k8s_rbac::controller::{Change, Date};
use k8s_rbac::model::{ConfigMap, Object, ObjectMeta, Pod, Secret};
use k8s_rbac::version::KubeVersion;

use crate::common::{account, policy, token_secret};

type Edit = Box<dyn FnOnce(&mut Secret)>;

const DAY: i64 = 24 * 3600;

fn start(day: &str) -> i64 {
    day.parse::<Date>().unwrap().start()
}

/// A cluster in which the account `a` names the Secret `t`, tracked since the beginning of 2024.
fn cluster(change: impl FnOnce(&mut Secret)) -> Policy {
    let mut secret = token_secret("t", "a", Some("uid-a"), &[]);
    secret.metadata.creation_timestamp = Some("2023-01-01T00:00:00Z".into());
    secret.metadata.resource_version = "7".into();
    change(&mut secret);
    let (namespace, name) = TRACKING;
    let mut tracking = ConfigMap { metadata: ObjectMeta::namespaced(namespace, name), ..ConfigMap::default() };
    tracking.data.insert("since".into(), "2024-01-01".into());
    policy([account("a", &["t"]).into(), secret.into(), tracking.into()])
}

fn labelled(key: &'static str, value: &'static str) -> impl FnOnce(&mut Secret) {
    move |secret| {
        secret.metadata.labels.insert(key.into(), value.into());
    }
}

fn at(policy: &Policy, day: &str) -> Vec<Change> {
    clean(policy, start(day), PERIOD, KubeVersion::V1_37)
}

#[test]
fn an_unused_token_is_marked_and_a_period_later_deleted() {
    let changes = at(&cluster(|_| {}), "2026-11-24");
    let [Change::Update(Object::Secret(marked))] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(marked.metadata.labels[INVALID_SINCE], "2026-11-24");

    let marked = cluster(labelled(INVALID_SINCE, "2025-11-24"));
    assert_eq!(at(&marked, "2026-11-24"), []);
    let changes = at(&marked, "2026-11-25");
    let [Change::Delete(deletion)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((deletion.key.name.as_str(), deletion.uid.as_str(), deletion.resource_version.as_str()), ("t", "", "7"));

    let changes = at(&cluster(labelled(INVALID_SINCE, "soon")), "2026-11-24");
    assert!(matches!(&changes[..], [Change::Update(_)]));
}

#[test]
fn nothing_happens_before_use_was_tracked_for_the_period_and_a_day() {
    let policy = cluster(|_| {});
    let first = start("2024-01-02") + PERIOD;
    assert_eq!(clean(&policy, first - 1, PERIOD, KubeVersion::V1_37), []);
    assert_eq!(clean(&policy, first, PERIOD, KubeVersion::V1_37).len(), 1);
    assert_eq!(clean(&policy, first, PERIOD, KubeVersion::new(1, 28)), []);
    for since in [None, Some("2024-1-1"), Some("")] {
        let mut policy = policy.clone();
        let mut tracking = (***policy.get::<ConfigMap>(TRACKING.0, TRACKING.1).unwrap()).clone();
        tracking.data = since.map(|since| ("since".to_owned(), since.to_owned())).into_iter().collect();
        policy.insert(tracking);
        assert_eq!(at(&policy, "2026-11-24"), []);
        policy.remove::<ConfigMap>(TRACKING.0, TRACKING.1);
        assert_eq!(at(&policy, "2026-11-24"), []);
    }
}

#[test]
fn what_may_be_in_use_is_left_alone() {
    let kept: Vec<(&str, Edit)> = vec![
        ("another type", Box::new(|secret| secret.r#type = "Opaque".into())),
        ("too young", Box::new(|secret| secret.metadata.creation_timestamp = Some("2025-11-24T00:00:00Z".into()))),
        ("being deleted", Box::new(|secret| secret.metadata.deletion_timestamp = Some("2026-11-24T00:00:00Z".into()))),
        ("used", Box::new(labelled(LAST_USED, "2025-11-24"))),
        ("used who knows when", Box::new(labelled(LAST_USED, "yesterday"))),
        (
            "of another account",
            Box::new(|secret| {
                secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_UID.into(), "another".into());
            }),
        ),
        (
            "of no account",
            Box::new(|secret| {
                secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.into(), "gone".into());
            }),
        ),
        ("made by hand", Box::new(|secret| secret.metadata.name = "manual".into())),
    ];
    for (why, change) in kept {
        assert_eq!(at(&cluster(change), "2026-11-24"), [], "{why}");
    }
    let cut = clean(
        &cluster(|secret| secret.metadata.creation_timestamp = Some("2025-11-23T23:59:59Z".into())),
        start("2026-11-24"),
        PERIOD,
        KubeVersion::V1_37,
    );
    assert_eq!(cut.len(), 1);
    assert_eq!(at(&cluster(labelled(LAST_USED, "2025-11-23")), "2026-11-24").len(), 1);

    let mut mounted = cluster(|_| {});
    let pod: Pod =
        serde_json::from_str(r#"{"metadata":{"namespace":"ns","name":"p"},"spec":{"imagePullSecrets":[{"name":"t"}]}}"#).unwrap();
    mounted.insert(pod.clone());
    assert_eq!(at(&mounted, "2026-11-24"), []);
    let mut elsewhere = cluster(|_| {});
    elsewhere.insert(Pod { metadata: ObjectMeta::namespaced("other", "p"), ..pod });
    assert_eq!(at(&elsewhere, "2026-11-24").len(), 1);
    assert_eq!(clean(&elsewhere, start("2026-11-24"), 400 * DAY, KubeVersion::V1_37).len(), 1);
}
