//! Token Secrets: what is created, filled, kept and removed.

use k8s_rbac::Policy;
use k8s_rbac::controller::token::{account_deleted, account_synced, secret_deleted, secret_synced};
use k8s_rbac::controller::{Change, Counted, Settings};
use k8s_rbac::model::{Object, ObjectKey, Secret, ServiceAccount};
use k8s_rbac::version::KubeVersion;

use crate::common::{V1_23, V1_24, account, policy, token_secret};

fn synced(account: &ServiceAccount, others: Policy, version: KubeVersion) -> Vec<Change> {
    let mut policy = others;
    policy.insert(account.clone());
    account_synced(account, &policy, &Settings::new(version, "PEM"), &mut Counted::default())
}

fn text(secret: &Secret, key: &str) -> String {
    String::from_utf8(secret.data[key].0.clone()).unwrap()
}

#[test]
fn until_1_23_an_account_without_one_gets_a_token_secret() {
    let states = [
        (account("a", &[]), policy([])),
        (account("a", &["gone"]), policy([])),
        (
            account("a", &["opaque"]),
            policy([Secret { r#type: "Opaque".into(), ..token_secret("opaque", "a", None, &[]) }.into()]),
        ),
        (account("a", &["b-token"]), policy([token_secret("b-token", "b", None, &[]).into()])),
        (account("a", &["old"]), policy([token_secret("old", "a", Some("another"), &[]).into()])),
        (account("a", &[]), policy([token_secret("unreferenced", "a", Some("uid-a"), &[]).into()])),
    ];
    for (account, others) in states {
        for version in [KubeVersion::V1_11, V1_23] {
            let changes = synced(&account, others.clone(), version);
            let [Change::Create(Object::Secret(secret)), Change::Update(Object::ServiceAccount(updated))] = &changes[..] else {
                panic!("{changes:?}");
            };
            assert_eq!(secret.metadata.name, "a-token-bbbbb");
            let names: Vec<&str> = updated.secrets.iter().map(|reference| reference.name.as_str()).collect();
            let before: Vec<&str> = account.secrets.iter().map(|reference| reference.name.as_str()).collect();
            assert_eq!(names, [&before[..], &["a-token-bbbbb"]].concat());
        }
        assert_eq!(synced(&account, others, V1_24), []);
    }
}

#[test]
fn an_account_that_names_a_token_secret_of_its_own_is_left_alone() {
    for uid in [None, Some(""), Some("uid-a")] {
        let others = policy([token_secret("t", "a", uid, &[]).into()]);
        assert_eq!(synced(&account("a", &["gone", "t"]), others, KubeVersion::V1_11), []);
    }
}

#[test]
fn the_created_secret_is_that_of_upstream() {
    let changes = synced(&account("a", &[]), policy([]), KubeVersion::V1_11);
    let Change::Create(Object::Secret(secret)) = &changes[0] else { panic!("{changes:?}") };
    assert_eq!(text(secret, "token").split('.').count(), 3);
    let mut json = serde_json::to_value(secret).unwrap();
    json["data"]["token"] = "T".into();
    let expected = serde_json::json!({
        "kind": "Secret", "apiVersion": "v1",
        "metadata": {"name": "a-token-bbbbb", "namespace": "ns", "annotations": {
            "kubernetes.io/service-account.name": "a", "kubernetes.io/service-account.uid": "uid-a"}},
        "data": {"ca.crt": "UEVN", "namespace": "bnM=", "token": "T"},
        "type": "kubernetes.io/service-account-token",
    });
    assert_eq!(json, expected);

    let mut bare = Settings::default();
    bare.version = KubeVersion::V1_11;
    for root_ca in [None, Some(String::new())] {
        bare.root_ca = root_ca;
        let changes = account_synced(&account("a", &[]), &policy([]), &bare, &mut Counted::default());
        let Change::Create(Object::Secret(secret)) = &changes[0] else { panic!("{changes:?}") };
        assert_eq!(secret.data.keys().collect::<Vec<_>>(), ["namespace", "token"]);
    }
}

#[test]
fn the_token_secrets_of_a_deleted_account_go() {
    let secrets = policy([
        token_secret("own", "a", Some("uid-a"), &[]).into(),
        token_secret("without-uid", "a", None, &[]).into(),
        token_secret("of-another-a", "a", Some("another"), &[]).into(),
        token_secret("of-b", "b", Some("uid-b"), &[]).into(),
        Secret { r#type: "Opaque".into(), ..token_secret("opaque", "a", Some("uid-a"), &[]) }.into(),
    ]);
    let changes = account_deleted(&account("a", &["own"]), &secrets);
    let deleted: Vec<(&str, &str)> = changes
        .iter()
        .map(|change| match change {
            Change::Delete(deletion) => (deletion.key.name.as_str(), deletion.uid.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(deleted, [("own", "uid-own"), ("without-uid", "uid-without-uid")]);
}

type Data<'a> = &'a [(&'a str, &'a str)];

fn fill(secret: &Secret, others: Policy) -> Option<Change> {
    secret_synced(secret, &others, &Settings::new(KubeVersion::V1_37, "PEM"), &mut Counted::default())
}

#[test]
fn a_secret_of_no_account_goes() {
    for (secret, others) in [
        (token_secret("t", "gone", None, &[]), policy([])),
        (token_secret("t", "a", Some("another"), &[]), policy([account("a", &[]).into()])),
    ] {
        match fill(&secret, others) {
            Some(Change::Delete(deletion)) => {
                assert_eq!(deletion.key, ObjectKey { kind: "Secret", namespace: "ns".into(), name: "t".into() });
                assert_eq!(deletion.uid, "uid-t");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(fill(&token_secret("t", "", None, &[]), policy([])), None);
    assert_eq!(fill(&Secret { r#type: "Opaque".into(), ..token_secret("t", "gone", None, &[]) }, policy([])), None);
}

#[test]
fn what_is_missing_is_filled_in_and_nothing_else() {
    let full = [("ca.crt", "PEM"), ("namespace", "elsewhere"), ("token", "garbage")];
    let rows: [(Data, Option<[&str; 3]>); 6] = [
        (&full, None),
        (&[], Some(["PEM", "ns", ""])),
        (&full[1..], Some(["PEM", "elsewhere", "garbage"])),
        (&[("ca.crt", "mine"), full[1], full[2]], Some(["PEM", "elsewhere", "garbage"])),
        (&[full[0], ("namespace", ""), full[2]], Some(["PEM", "ns", "garbage"])),
        (&[full[0], full[1], ("token", "")], Some(["PEM", "elsewhere", ""])),
    ];
    for (data, expected) in rows {
        let secret = token_secret("t", "a", None, data);
        match (fill(&secret, policy([account("a", &[]).into()])), expected) {
            (None, None) => {}
            (Some(Change::Update(Object::Secret(filled))), Some([certificate, namespace, token])) => {
                assert_eq!((text(&filled, "ca.crt").as_str(), text(&filled, "namespace").as_str()), (certificate, namespace));
                let made = text(&filled, "token");
                assert!(if token.is_empty() { made.split('.').count() == 3 } else { made == token });
                assert_eq!(filled.metadata.annotations["kubernetes.io/service-account.uid"], "uid-a");
            }
            (change, expected) => panic!("{change:?} {expected:?}"),
        }
    }
}

#[test]
fn the_name_of_a_deleted_secret_goes_from_its_account() {
    let deleted = |secret: &Secret, account: &ServiceAccount| secret_deleted(secret, &policy([account.clone().into()]));
    let names = |change: Option<Change>| match change {
        Some(Change::Update(Object::ServiceAccount(account))) => {
            account.secrets.into_iter().map(|secret| secret.name).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let secret = token_secret("t", "a", Some("uid-a"), &[]);
    assert_eq!(names(deleted(&secret, &account("a", &["t", "dangling", "t", "z"]))), ["dangling", "z"]);
    assert!(names(deleted(&secret, &account("a", &["t"]))).is_empty());
    assert_eq!(deleted(&secret, &account("a", &["dangling"])), None);
    assert_eq!(deleted(&token_secret("t", "a", Some("another"), &[]), &account("a", &["t"])), None);
    assert_eq!(deleted(&Secret { r#type: "Opaque".into(), ..secret.clone() }, &account("a", &["t"])), None);
    assert_eq!(secret_deleted(&secret, &policy([])), None);
}
