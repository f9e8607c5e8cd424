//! The admission of Pods: which account and token they get, and in which words they are refused.

use k8s_rbac::Policy;
use k8s_rbac::controller::Counted;
use k8s_rbac::controller::pod_admission::{ENFORCE_MOUNTABLE_SECRETS, Refusal, admit, check_ephemeral_containers};
use k8s_rbac::model::Pod;
use k8s_rbac::version::KubeVersion;

use crate::common::{V1_20, V1_21, V1_23, V1_26, account, annotated, policy, pulling, token_secret};

/// A Pod `p` of the namespace `ns` with this spec.
fn pod(spec: &str) -> Pod {
    let mut pod: Pod = serde_json::from_str(&format!(r#"{{"metadata":{{"namespace":"ns","name":"p"}},"spec":{spec}}}"#)).unwrap();
    if pod.spec.containers.is_empty() {
        pod.spec.containers = vec![k8s_rbac::model::pod::Container { name: "c".into(), ..Default::default() }].into();
    }
    pod
}

fn mirror(spec: &str) -> Pod {
    let mut pod = pod(spec);
    pod.metadata.annotations.insert(Pod::MIRROR.to_owned(), String::new());
    pod
}

fn accounts() -> Policy {
    policy([account("default", &[]).into(), account("a", &[]).into()])
}

fn admitted(pod: Pod, policy: &Policy, version: KubeVersion) -> Result<Pod, Refusal> {
    admit(pod, policy, version, &mut Counted::default())
}

fn refused(pod: Pod, policy: &Policy) -> String {
    let refusal = admitted(pod, policy, KubeVersion::V1_37).unwrap_err();
    assert_eq!((refusal.code(), refusal.reason()), (403, "Forbidden"));
    refusal.to_string()
}

#[test]
fn the_account_is_default_or_the_named_one_by_either_field() {
    for (spec, expected) in [
        ("{}", "default"),
        (r#"{"serviceAccountName":"a"}"#, "a"),
        (r#"{"serviceAccount":"a"}"#, "a"),
        (r#"{"serviceAccountName":"a","serviceAccount":"other"}"#, "a"),
    ] {
        let pod = admitted(pod(spec), &accounts(), KubeVersion::V1_37).unwrap();
        assert_eq!((pod.spec.service_account_name.as_str(), pod.spec.service_account.as_str()), (expected, expected));
    }
}

#[test]
fn a_missing_account_is_refused_under_the_name_that_there_is() {
    let tail = r#" is forbidden: error looking up service account ns/x: serviceaccount "x" not found"#;
    let lost = || pod(r#"{"serviceAccountName":"x","automountServiceAccountToken":false}"#);
    assert_eq!(refused(lost(), &accounts()), format!("pods \"p\"{tail}"));
    let mut generated = lost();
    generated.metadata.name = String::new();
    assert_eq!(refused(generated.clone(), &accounts()), format!("pods \"Unknown\"{tail}"));
    generated.metadata.generate_name = "web-".into();
    assert_eq!(refused(generated, &accounts()), format!("pods \"web-\"{tail}"));
    let nobody = refused(pod("{}"), &policy([]));
    assert_eq!(
        nobody,
        r#"pods "p" is forbidden: error looking up service account ns/default: serviceaccount "default" not found"#
    );
}

#[test]
fn the_projected_volume_is_that_of_upstream() {
    let expected = |mode: Option<i32>| {
        let mut volume = serde_json::json!({"name": "kube-api-access-bbbbb", "projected": {"sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}},
        ]}});
        if let Some(mode) = mode {
            volume["projected"]["defaultMode"] = mode.into();
        }
        volume
    };
    for (version, mode) in [(V1_21, None), (V1_23, Some(420)), (KubeVersion::V1_37, Some(420))] {
        let pod = admitted(pod(r#"{"volumes":[{"name":"mine","emptyDir":{}}]}"#), &accounts(), version).unwrap();
        let json = serde_json::to_value(&pod.spec).unwrap();
        assert_eq!(json["volumes"][0]["name"], "mine");
        assert_eq!(json["volumes"][1], expected(mode));
        let mount = serde_json::json!([{"name": "kube-api-access-bbbbb", "readOnly": true,
            "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]);
        assert_eq!(json["containers"][0]["volumeMounts"], mount);
    }
}

#[test]
fn containers_that_mount_something_there_are_left_alone_and_the_others_are_not() {
    const THERE: &str = r#"[{"name":"mine","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}]"#;
    let both = format!(
        r#"{{"initContainers":[{{"name":"i","volumeMounts":{THERE}}}],"containers":[{{"name":"c","volumeMounts":{THERE}}}]}}"#
    );
    let pod_of = |spec: &str| admitted(pod(spec), &accounts(), KubeVersion::V1_37).unwrap();
    let untouched = pod_of(&both);
    assert!(untouched.spec.volumes.is_empty());
    assert_eq!(untouched.spec.containers[0].volume_mounts.len(), 1);

    let slash = both.replace("serviceaccount\"", "serviceaccount/\"");
    let mounted = pod_of(&slash);
    assert_eq!((mounted.spec.init_containers[0].volume_mounts.len(), mounted.spec.containers[0].volume_mounts.len()), (2, 2));
    assert_eq!(mounted.spec.containers[0].volume_mounts[1].name, "kube-api-access-bbbbb");

    let ephemeral = pod_of(r#"{"ephemeralContainers":[{"name":"e"}]}"#);
    assert!(ephemeral.spec.ephemeral_containers[0].volume_mounts.is_empty());
}

#[test]
fn a_volume_of_the_prefix_is_the_token_whatever_it_holds() {
    let reused = admitted(
        pod(r#"{"volumes":[{"name":"kube-api-access","emptyDir":{}},{"name":"kube-api-access-mine","emptyDir":{}}]}"#),
        &accounts(),
        KubeVersion::V1_37,
    )
    .unwrap();
    assert_eq!(reused.spec.volumes.len(), 2);
    assert_eq!(reused.spec.containers[0].volume_mounts[0].name, "kube-api-access-mine");
}

#[test]
fn the_pod_decides_about_automounting_then_its_account() {
    for (pod_says, account_says, mounted) in [
        (None, None, true),
        (None, Some(false), false),
        (Some(true), Some(false), true),
        (Some(false), Some(true), false),
        (Some(false), None, false),
    ] {
        let mut account = account("default", &[]);
        account.automount_service_account_token = account_says;
        let mut pod = pod("{}");
        pod.spec.automount_service_account_token = pod_says;
        let pod = admitted(pod, &policy([account.into()]), KubeVersion::V1_37).unwrap();
        assert_eq!(!pod.spec.volumes.is_empty(), mounted, "{pod_says:?} {account_says:?}");
    }
}

#[test]
fn image_pull_secrets_come_from_the_account_if_the_pod_has_none() {
    let policy = policy([pulling(account("default", &[]), &["x", "y"]).into()]);
    let names = |spec: &str| {
        let pod = admitted(pod(spec), &policy, KubeVersion::V1_37).unwrap();
        pod.spec.image_pull_secrets.into_iter().map(|secret| secret.name).collect::<Vec<_>>()
    };
    assert_eq!(names("{}"), ["x", "y"]);
    assert_eq!(names(r#"{"imagePullSecrets":[{"name":"mine"}]}"#), ["mine"]);
}

#[test]
fn until_1_20_the_token_secret_is_the_volume() {
    let policy = policy([
        account("default", &["opaque", "gone", "default-token-9shpr", "second"]).into(),
        token_secret("default-token-9shpr", "default", Some("uid-default"), &[]).into(),
        token_secret("second", "default", None, &[]).into(),
        k8s_rbac::model::Secret { r#type: "Opaque".into(), ..token_secret("opaque", "default", None, &[]) }.into(),
    ]);
    for version in [KubeVersion::V1_11, V1_20] {
        let fresh = admitted(pod("{}"), &policy, version).unwrap();
        let json = serde_json::to_value(&fresh.spec).unwrap();
        assert_eq!(
            json["volumes"],
            serde_json::json!([{"name": "default-token-9shpr", "secret": {"secretName": "default-token-9shpr"}}])
        );
        let mount = &fresh.spec.containers[0].volume_mounts[0];
        assert_eq!((mount.name.as_str(), mount.read_only), ("default-token-9shpr", true));

        let reused = pod(r#"{"volumes":[{"name":"mine","secret":{"secretName":"default-token-9shpr"}}]}"#);
        let reused = admitted(reused, &policy, version).unwrap();
        assert_eq!((reused.spec.volumes.len(), reused.spec.containers[0].volume_mounts[0].name.as_str()), (1, "mine"));

        let taken = admitted(pod(r#"{"volumes":[{"name":"default-token-9shpr","emptyDir":{}}]}"#), &policy, version).unwrap();
        assert_eq!(taken.spec.volumes[1].name, "default-token-9shpr-bbbbb");
    }
}

#[test]
fn dots_of_the_token_secret_are_replaced_from_1_19_on() {
    let policy = policy([account("default", &["a.b-token-x"]).into(), token_secret("a.b-token-x", "default", None, &[]).into()]);
    for (version, expected) in [(KubeVersion::new(1, 12), "a.b-token-x"), (V1_20, "a-b-token-x")] {
        let pod = admitted(pod("{}"), &policy, version).unwrap();
        assert_eq!(pod.spec.volumes[0].name, expected);
        assert_eq!(pod.spec.volumes[0].secret.as_ref().unwrap().secret_name, "a.b-token-x");
    }
}

#[test]
fn until_1_20_an_account_without_a_token_makes_the_pod_wait() {
    let refusal = admitted(pod("{}"), &accounts(), V1_20).unwrap_err();
    assert_eq!((refusal.code(), refusal.reason()), (500, "ServerTimeout"));
    assert_eq!(
        refusal.to_string(),
        r#"No API token found for service account "default", retry after the token is automatically created and added to the service account"#
    );
    assert!(admitted(pod(r#"{"automountServiceAccountToken":false}"#), &accounts(), V1_20).is_ok());
    assert!(admitted(pod("{}"), &accounts(), V1_21).is_ok());
}

#[test]
fn mirror_pods_are_checked_and_not_changed() {
    let plain = mirror(r#"{"volumes":[{"name":"v","hostPath":{"path":"/x"}},{"name":"w","secret":{"secretName":""}}]}"#);
    assert_eq!(admitted(plain.clone(), &policy([]), KubeVersion::V1_37), Ok(plain));
    for (spec, why) in [
        (r#"{"serviceAccountName":"a"}"#, "a mirror pod may not reference service accounts"),
        (r#"{"volumes":[{"name":"v","secret":{"secretName":"s"}}]}"#, "a mirror pod may not reference secrets"),
        (r#"{"initContainers":[{"name":"i","envFrom":[{"secretRef":{"name":"s"}}]}]}"#, "a mirror pod may not reference secrets"),
        (
            r#"{"volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"path":"t"}}]}}]}"#,
            "a mirror pod may not use ServiceAccountToken volume projections",
        ),
        (
            r#"{"serviceAccountName":"a","volumes":[{"name":"v","projected":{"sources":[{"secret":{"name":"s"}},{"serviceAccountToken":{}}]}}]}"#,
            "a mirror pod may not reference service accounts",
        ),
    ] {
        assert_eq!(refused(mirror(spec), &accounts()), format!("pods \"p\" is forbidden: {why}"));
    }
}

/// An account that limits its Pods to the Secret `ok` and the image pull Secret `pull`.
fn limited(value: &str) -> Policy {
    policy([annotated(pulling(account("default", &["ok"]), &["pull"]), ENFORCE_MOUNTABLE_SECRETS, value).into()])
}

#[test]
fn a_limited_account_names_what_its_pods_may_refer_to() {
    let tail = "is not allowed because service account default does not reference that secret";
    let rows = [
        (r#"{"volumes":[{"name":"v","secret":{"secretName":"S"}}]}"#, format!(r#"volume with secret.secretName="S" {tail}"#)),
        (
            r#"{"initContainers":[{"name":"C","env":[{"name":"E","valueFrom":{"secretKeyRef":{"name":"S","key":"k"}}}]}]}"#,
            format!(r#"init container C with envVar E referencing secret.secretName="S" {tail}"#),
        ),
        (
            r#"{"initContainers":[{"name":"C","envFrom":[{"secretRef":{"name":"S"}}]}]}"#,
            format!(r#"init container C with envFrom referencing secret.secretName="S" {tail}"#),
        ),
        (
            r#"{"containers":[{"name":"C","env":[{"name":"E","valueFrom":{"secretKeyRef":{"name":"S","key":"k"}}}]}]}"#,
            format!(r#"container C with envVar E referencing secret.secretName="S" {tail}"#),
        ),
        (
            r#"{"containers":[{"name":"C","envFrom":[{"secretRef":{"name":"S"}}]}]}"#,
            format!(r#"container C with envFrom referencing secret.secretName="S" {tail}"#),
        ),
        (
            r#"{"imagePullSecrets":[{"name":"pull"},{"name":"S"}]}"#,
            r#"imagePullSecrets[1].name="S" is not allowed because service account default does not reference that imagePullSecret"#.into(),
        ),
    ];
    for (spec, why) in rows {
        for value in ["1", "t", "T", "true", "TRUE", "True"] {
            assert_eq!(refused(pod(spec), &limited(value)), format!("pods \"p\" is forbidden: {why}"));
        }
        for value in ["", "yes", "tRUE", "0", "false", " true"] {
            assert!(admitted(pod(spec), &limited(value), KubeVersion::V1_37).is_ok(), "{value:?}");
        }
        let allowed = spec.replace("\"S\"", if spec.contains("imagePull") { "\"pull\"" } else { "\"ok\"" });
        assert!(admitted(pod(&allowed), &limited("true"), KubeVersion::V1_37).is_ok(), "{allowed}");
        assert_eq!(admitted(pod(spec), &limited("true"), V1_26).is_ok(), spec.contains("envFrom"), "{spec}");
    }
}

#[test]
fn the_first_reference_that_is_not_allowed_is_told() {
    let all = r#"{"volumes":[{"name":"p","projected":{"sources":[{"secret":{"name":"P"}}]}},{"name":"v","secret":{"secretName":"1"}}],
        "initContainers":[{"name":"i","envFrom":[{"secretRef":{"name":"3"}}],"env":[{"name":"E","valueFrom":{"secretKeyRef":{"name":"2"}}}]}],
        "containers":[{"name":"c","envFrom":[{"secretRef":{"name":"4"}}]}],"imagePullSecrets":[{"name":"5"}]}"#;
    let mut spec = all.to_owned();
    for number in 1..=5 {
        let refused = refused(pod(&spec), &limited("true"));
        assert!(refused.contains(&format!("\"{number}\" is not allowed")), "{refused}");
        spec = spec.replace(&format!("\"{number}\""), "\"ok\"");
    }
}

#[test]
fn ephemeral_containers_are_limited_without_the_wrapping() {
    let spec =
        |reference: &str| format!(r#"{{"serviceAccountName":"default","ephemeralContainers":[{{"name":"C",{reference}}}]}}"#);
    let variable = spec(r#""env":[{"name":"E","valueFrom":{"secretKeyRef":{"name":"S"}}}]"#);
    let group = spec(r#""envFrom":[{"secretRef":{"name":"S"}}]"#);
    let tail = "is not allowed because service account default does not reference that secret";
    let checked = |spec: &str, version| check_ephemeral_containers(&pod(spec), &limited("true"), version);
    let told = |spec: &str| checked(spec, KubeVersion::V1_37).unwrap_err().to_string();
    assert_eq!(told(&variable), format!(r#"ephemeral container C with envVar E referencing secret.secretName="S" {tail}"#));
    assert_eq!(told(&group), format!(r#"ephemeral container C with envFrom referencing secret.secretName="S" {tail}"#));
    assert_eq!(told("{}"), r#"pods "p" is forbidden: no service account specified for pod ns/p"#);
    assert!(checked(&variable, V1_23).is_ok() && checked(&variable, V1_26).is_err());
    assert!(checked(&group, V1_26).is_ok());
    assert!(admitted(pod(&variable), &limited("true"), KubeVersion::V1_37).is_ok());
}
