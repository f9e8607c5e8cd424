//! The claims of tokens, one check after the other.

use super::*;
use crate::identity::extra;
use crate::version::KubeVersion;

fn claims(json: &str) -> Claims {
    serde_json::from_str(json).unwrap()
}

fn expected(now: i64) -> Expected {
    let list = |text: &str| vec![text.to_owned()];
    Expected { issuers: list("https://iss"), api_audiences: list("a"), now, ..Expected::default() }
}

const BOUND: &str = r#"{"aud":["a"],"exp":1827014063,"iat":1795478063,"iss":"https://iss","jti":"d2941f65",
    "kubernetes.io":{"namespace":"ns","node":{"name":"nd","uid":"nu"},"pod":{"name":"p","uid":"pu"},
    "serviceaccount":{"name":"n","uid":"u"},"warnafter":1795481670},"nbf":1795478063,"sub":"system:serviceaccount:ns:n"}"#;

#[test]
fn a_bound_token_tells_its_account_pod_node_and_id() {
    let seen = |minor| claims(BOUND).user(&expected(1_795_478_063), KubeVersion::new(1, minor)).unwrap().unwrap();
    let user = seen(37);
    assert_eq!((user.username.as_str(), user.uid.as_str()), ("system:serviceaccount:ns:n", "u"));
    assert_eq!(user.groups, ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"]);
    let extra: Vec<(&str, &str)> = user.extra.iter().map(|(key, values)| (key.as_str(), values[0].as_str())).collect();
    let expected_extra = [
        ("authentication.kubernetes.io/credential-id", "JTI=d2941f65"),
        ("authentication.kubernetes.io/node-name", "nd"),
        ("authentication.kubernetes.io/node-uid", "nu"),
        ("authentication.kubernetes.io/pod-name", "p"),
        ("authentication.kubernetes.io/pod-uid", "pu"),
    ];
    assert_eq!(extra, expected_extra);
    assert!(seen(11).extra.is_empty());
    assert_eq!(seen(29).extra.len(), 2);
    assert_eq!((claims(BOUND).stale_by(1_795_481_670), claims(BOUND).stale_by(1_795_481_671)), (None, Some(1)));
}

#[test]
fn extra_needs_both_halves_of_a_pod_and_the_name_of_a_node() {
    let extra = |kubernetes: &str| {
        let token = claims(&format!(r#"{{"iss":"https://iss","kubernetes.io":{kubernetes}}}"#));
        let user = token.user(&expected(0), KubeVersion::V1_37).unwrap().unwrap();
        user.extra.into_keys().map(|key| key.split('/').next_back().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(extra("{}"), [""; 0]);
    assert_eq!(extra(r#"{"pod":{"name":"p"}}"#), [""; 0]);
    assert_eq!(extra(r#"{"node":{"uid":"u"}}"#), [""; 0]);
    assert_eq!(extra(r#"{"node":{"name":"n"}}"#), ["node-name"]);
}

#[test]
fn time_and_audience_are_checked_in_order() {
    let told = |json: &str, now| claims(json).user(&expected(now), KubeVersion::V1_37).unwrap_err().to_string();
    let token = r#"{"iss":"https://iss","nbf":1000,"exp":2000,"iat":1000.9}"#;
    let is_valid = |now| claims(token).user(&expected(now), KubeVersion::V1_37).is_ok();
    assert!(is_valid(940) && is_valid(2060));
    assert_eq!(told(token, 939), "service account token is not valid yet");
    assert_eq!(told(token, 2061), "service account token has expired");
    assert_eq!(told(r#"{"iss":"https://iss","iat":1000}"#, 939), "service account token is issued in the future");
    let other = r#"{"iss":"https://iss","aud":"b","exp":1}"#;
    assert_eq!(told(other, 0), r#"token audiences ["b"] is invalid for the target audiences ["a"]"#);
    assert_eq!(claims(r#"{"iss":"https://other"}"#).user(&expected(0), KubeVersion::V1_37), Ok(None));
}

#[test]
fn a_token_in_a_secret_is_checked_claim_by_claim() {
    let all = [
        ("sub", "system:serviceaccount:ns:n", "sub claim is missing"),
        ("kubernetes.io/serviceaccount/namespace", "ns", "namespace claim is missing"),
        ("kubernetes.io/serviceaccount/secret.name", "s", "secretName claim is missing"),
        ("kubernetes.io/serviceaccount/service-account.name", "n", "serviceAccountName claim is missing"),
        ("kubernetes.io/serviceaccount/service-account.uid", "u", "serviceAccountUID claim is missing"),
    ];
    let with = |count: usize| {
        let fields: String = all[..count].iter().map(|(key, value, _)| format!(r#","{key}":"{value}""#)).collect();
        claims(&format!(r#"{{"iss":"kubernetes/serviceaccount"{fields}}}"#)).user(&expected(0), KubeVersion::V1_37)
    };
    for (count, (_, _, missing)) in all.iter().enumerate() {
        assert_eq!(with(count).unwrap_err().to_string(), *missing);
    }
    let user = with(all.len()).unwrap().unwrap();
    assert_eq!((user.uid.as_str(), user.groups.len(), user.extra.len()), ("u", 3, 0));
    let mut wrong = claims(r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:ns:m"}"#);
    for claim in [&mut wrong.legacy_namespace, &mut wrong.legacy_secret, &mut wrong.legacy_account, &mut wrong.legacy_account_uid]
    {
        *claim = "ns".into();
    }
    assert_eq!(wrong.user(&expected(0), KubeVersion::V1_37).unwrap_err().to_string(), "sub claim is invalid");
}

#[test]
fn webhooks_tokens_need_the_gate_and_an_attestation() {
    let token = |attested: &str| {
        claims(&format!(
            r#"{{"iss":"https://iss","kubernetes.io":{{"validatingwebhookconfiguration":{{"name":"w","uid":"u"}},"attestations":{attested}}}}}"#
        ))
    };
    let told = |attested, webhook_tokens| {
        token(attested).user(&Expected { webhook_tokens, ..expected(0) }, KubeVersion::V1_37).map_err(|error| error.to_string())
    };
    let off = "feature gate \"APIServerWebhookAuthenticationToken\" is disabled, but token is webhook bound";
    assert_eq!(told("{}", false).unwrap_err(), off);
    let missing = "bound object was a webhook config, but \"admissionReviewAPIGroups\" attestation is missing";
    assert_eq!(told("{}", true).unwrap_err(), missing);
    let user = told(r#"{"admissionReviewAPIGroups":["g","h"]}"#, true).unwrap().unwrap();
    assert_eq!(user.extra[extra::ADMISSION_REVIEW_API_GROUPS], ["g", "h"]);
    assert_eq!(user.extra[extra::VALIDATING_WEBHOOK_NAME], ["w"]);
}
