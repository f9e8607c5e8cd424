//! Names and users of service accounts and nodes.

use std::collections::BTreeMap;

use k8s_rbac::identity::token::{Claims, Expected, KubernetesClaims, Reference};
use k8s_rbac::identity::{UserInfo, node, service_account};
use k8s_rbac::names;
use k8s_rbac::version::KubeVersion;
use serde_json::Value;

use crate::lines;

#[test]
fn user_names_are_split() {
    for (username, answer) in lines::<String, BTreeMap<String, String>>("split", 16) {
        match service_account::split_username(&username) {
            Some((namespace, name)) => assert_eq!((namespace, name), (&*answer["namespace"], &*answer["name"]), "{username}"),
            None => assert_eq!(answer["error"], service_account::SPLIT_ERROR, "{username}"),
        }
    }
}

#[test]
fn user_names_match() {
    for ([namespace, name, username], answer) in lines::<[String; 3], bool>("matches", 9) {
        assert_eq!(service_account::matches_username(&namespace, &name, &username), answer, "{namespace} {name} {username}");
    }
}

#[test]
fn an_account_is_a_user() {
    for ([namespace, name, uid], answer) in lines::<[String; 3], UserInfo>("account", 3) {
        assert_eq!(service_account::user_info(&namespace, &name, &uid), answer);
        assert_eq!(service_account::groups(&namespace).to_vec(), answer.groups);
        assert_eq!(service_account::namespace_group(&namespace), answer.groups[1]);
    }
}

/// The extra keys, by claims that come to what upstream was handed.
#[test]
fn extra_keys_need_what_upstream_says() {
    for (info, answer) in lines::<BTreeMap<String, Value>, UserInfo>("extra", 13) {
        let text = |key: &str| info[key].as_str().unwrap_or_default().to_owned();
        let reference = |of: &str| {
            let reference = Reference { name: text(&format!("{of}Name")), uid: text(&format!("{of}UID")) };
            (reference != Reference::default()).then_some(reference)
        };
        let attested: Vec<String> =
            serde_json::from_value(info["AttestationAdmissionReviewAPIGroups"].clone()).unwrap_or_default();
        let mut kubernetes = KubernetesClaims {
            namespace: text("Namespace"),
            serviceaccount: Reference { name: text("Name"), uid: text("UID") },
            pod: reference("Pod"),
            node: reference("Node"),
            validatingwebhookconfiguration: reference("ValidatingWebhookConfiguration"),
            mutatingwebhookconfiguration: reference("MutatingWebhookConfiguration"),
            ..KubernetesClaims::default()
        };
        let is_webhook = kubernetes.validatingwebhookconfiguration.is_some() || kubernetes.mutatingwebhookconfiguration.is_some();
        if !is_webhook && !attested.is_empty() {
            // Claims without a webhook attest nothing; upstream was handed the list itself.
            continue;
        }
        let placeholder = if is_webhook { vec!["g".to_owned()] } else { attested };
        kubernetes.attestations.insert("admissionReviewAPIGroups".into(), placeholder);
        let jti = text("CredentialID").trim_start_matches("JTI=").to_owned();
        let claims = Claims { iss: "i".into(), jti, kubernetes, ..Claims::default() };
        let expected = Expected { issuers: vec!["i".into()], webhook_tokens: true, ..Expected::default() };
        let mut user = claims.user(&expected, KubeVersion::V1_37).unwrap().unwrap();
        user.extra.remove("attestation.authentication.kubernetes.io/admissionReviewAPIGroups");
        assert_eq!(user, crate::with_authenticated(answer), "{info:?}");
    }
}

#[test]
fn nodes_are_known_by_name_and_group() {
    for (user, answer) in lines::<UserInfo, BTreeMap<String, Value>>("node", 6) {
        let is = answer["is"] == true;
        assert_eq!(node::node_of(&user), is.then(|| answer["node"].as_str().unwrap()), "{user:?}");
    }
}

#[test]
fn names_follow_the_rules_of_their_kind() {
    for (asked, answer) in lines::<BTreeMap<String, Value>, BTreeMap<String, Vec<String>>>("names", 46) {
        let (name, prefix) = (asked["name"].as_str().unwrap(), asked["prefix"] == true);
        assert_eq!(names::object_dns_label(name, prefix), answer["namespace"], "{name:?} {prefix}");
        assert_eq!(names::object_dns_subdomain(name, prefix), answer["account"], "{name:?} {prefix}");
        // Upstream looks at the beginning of a name as if it were the whole one.
        assert_eq!(names::path_segment(name), answer["role"], "{name:?} {prefix}");
    }
}
