//! What a server puts into a token.

use std::collections::BTreeMap;

use k8s_rbac::identity::token::Claims;
use k8s_rbac::identity::token::issue::{Issuer, Objects, TokenRequestSpec};
use k8s_rbac::model::{ObjectMeta, Pod, ServiceAccount, Value};
use k8s_rbac::version::KubeVersion;
use serde::Deserialize;

use crate::lines;

#[derive(Debug, Deserialize)]
struct Asked {
    issuer: Server,
    objects: There,
    spec: TokenRequestSpec,
}

#[derive(Debug, Deserialize)]
struct Server {
    max: i64,
    extend: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct There {
    pod_account: String,
    pod_node: String,
    node_name: String,
    secret: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    code: u16,
    message: String,
    claims: Claims,
    payload: String,
    expiration_seconds: i64,
    expiration_timestamp: i64,
    warnings: Vec<String>,
    annotations: BTreeMap<String, String>,
}

pub fn issuer(max_expiration: i64, extends_expiration: bool, now: i64) -> Issuer {
    let version = KubeVersion::V1_37;
    Issuer { version, issuer: "https://iss".into(), api_audiences: vec!["a".into()], max_expiration, extends_expiration, now }
}

pub fn account() -> ServiceAccount {
    ServiceAccount { metadata: ObjectMeta { uid: "u".into(), ..ObjectMeta::namespaced("ns", "n") }, ..ServiceAccount::default() }
}

#[test]
fn tokens_are_issued_and_refused() {
    let (mut issued, mut refused) = (0, 0);
    for (asked, answer) in lines::<Asked, Answer>("issue", 46) {
        let named = |name: &str, uid: &str| ObjectMeta { uid: uid.into(), ..ObjectMeta::named(name) };
        let mut pod = Pod { metadata: named("p", "pu"), ..Pod::default() };
        pod.spec.service_account_name = asked.objects.pod_account.clone();
        if !asked.objects.pod_node.is_empty() {
            pod.spec.rest.insert("nodeName".into(), Value::String(asked.objects.pod_node.clone()));
        }
        let (node, secret) = (named(&asked.objects.node_name, "nu"), named("s", "su"));
        let objects = Objects {
            pod: (!asked.objects.pod_account.is_empty()).then_some(&pod),
            node: (!asked.objects.node_name.is_empty()).then_some(&node),
            secret: asked.objects.secret.then_some(&secret),
        };
        // The time and the id are arguments here, and were upstream's own there.
        let server = issuer(asked.issuer.max, asked.issuer.extend, answer.claims.iat.unwrap_or_default());
        match server.issue(&asked.spec, &account(), &objects, &answer.claims.jti) {
            Ok(ours) => {
                issued += 1;
                assert_eq!(serde_json::to_string(&ours.claims).unwrap(), answer.payload, "{asked:?}");
                assert_eq!(ours.claims, answer.claims, "{asked:?}");
                assert_eq!(ours.expiration_seconds, answer.expiration_seconds, "{asked:?}");
                // Upstream reads its clock twice.
                assert!((answer.expiration_timestamp - ours.expiration_timestamp).abs() <= 1, "{asked:?}");
                assert_eq!(ours.warning.as_slice(), answer.warnings, "{asked:?}");
                let annotation = ours.annotation.map(|(key, value)| (key.to_owned(), value));
                assert_eq!(BTreeMap::from_iter(annotation), answer.annotations, "{asked:?}");
            }
            Err(error) => {
                refused += 1;
                assert_eq!((error.code(), error.to_string()), (answer.code, answer.message), "{asked:?}");
            }
        }
    }
    assert!(issued > 20 && refused > 15, "{issued} {refused}");
}
