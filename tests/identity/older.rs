//! What older servers say of tokens: read from the code of 1.12, 1.13, 1.16 and 1.20 (`pkg/serviceaccount/claims.go`).

use k8s_rbac::identity::token::issue::{BoundObjectReference, Objects, TokenRequestSpec};
use k8s_rbac::identity::token::{Claims, last_used_label};
use k8s_rbac::model::{ObjectMeta, Secret};
use k8s_rbac::version::KubeVersion;

use crate::tokens::{Asked, Objects as Found, OfMeta};

const NOW: i64 = 1_795_500_000;

fn ask(claims: &str, found: Found, minor: u16) -> String {
    let claims: Claims = serde_json::from_str(claims).unwrap();
    let asked = Asked { token: "t".into(), claims, found, audiences: Vec::new(), now: NOW };
    match asked.claims.accept(&asked.token, &asked.found(), &asked.expected(), KubeVersion::new(1, minor)) {
        Ok(accepted) => accepted.map_or("none".to_owned(), |accepted| {
            format!("{} {}", accepted.user.username, accepted.user.extra.into_keys().collect::<Vec<_>>().join(" "))
        }),
        Err(error) => error.to_string(),
    }
}

/// A bound token with these claims besides those of the account.
fn bound(claims: &str, kubernetes: &str) -> String {
    format!(
        r#"{{"iss":"https://iss","aud":["a"],{claims}"kubernetes.io":{{{kubernetes}"namespace":"ns","serviceaccount":{{"name":"n","uid":"u"}}}}}}"#
    )
}

fn account(uid: &str, deleted: Option<&str>) -> Found {
    let mut account = super::issue::account();
    account.metadata.uid = uid.into();
    account.metadata.deletion_timestamp = deleted.map(str::to_owned);
    Found { account: Some(account), ..Found::default() }
}

const USER: &str = "system:serviceaccount:ns:n ";
/// Half a minute and two minutes before.
const JUST_NOW: Option<&str> = Some("2026-11-24T05:59:30Z");
const LONG_AGO: Option<&str> = Some("2026-11-24T05:58:00Z");

#[test]
fn times_and_audiences_have_older_words() {
    let rows = [
        (r#""exp":1,"#, "Token has expired.", "service account token has expired"),
        (r#""nbf":9999999999,"#, "Token could not be validated.", "service account token is not valid yet"),
        (r#""iat":9999999999,"#, "Token could not be validated.", "service account token is issued in the future"),
    ];
    for (claims, old, new) in rows {
        assert_eq!(ask(&bound(claims, ""), account("u", None), 11), old);
        assert_eq!(ask(&bound(claims, ""), account("u", None), 20), old);
        assert_eq!(ask(&bound(claims, ""), account("u", None), 37), new);
    }
    let elsewhere = bound(r#""exp":1,"#, "").replace(r#"["a"]"#, r#"["b"]"#);
    // Time came first, and then the audience.
    assert_eq!(ask(&elsewhere, account("u", None), 12), "Token has expired.");
    let elsewhere = elsewhere.replace(r#""exp":1,"#, "");
    assert_eq!(ask(&elsewhere, account("u", None), 12), "Token is invalid for this audience.");
    assert_eq!(ask(&elsewhere, account("u", None), 13), r#"token audiences ["b"] is invalid for the target audiences ["a"]"#);
}

#[test]
fn a_deletion_counted_at_once_and_before_the_unique_id() {
    let token = bound("", "");
    let gone = "ServiceAccount ns/n has been deleted";
    for (minor, uid, deleted, told) in [
        (11, "u", JUST_NOW, gone),
        (16, "u", JUST_NOW, gone),
        (20, "u", JUST_NOW, USER),
        (20, "v", LONG_AGO, gone),
        (20, "v", JUST_NOW, "ServiceAccount UID (v) does not match claim (u)"),
        (11, "v", None, "ServiceAccount UID (v) does not match claim (u)"),
        (37, "v", LONG_AGO, "service account UID (v) does not match claim (u)"),
    ] {
        assert_eq!(ask(&token, account(uid, deleted), minor), told, "1.{minor} {uid} {deleted:?}");
    }
    assert_eq!(ask(&token, Found::default(), 11), r#"serviceaccounts "n" not found"#);
}

#[test]
fn bound_objects_had_older_words() {
    let at = |uid: &str, deleted: Option<&str>| ObjectMeta {
        uid: uid.into(),
        deletion_timestamp: deleted.map(str::to_owned),
        ..ObjectMeta::namespaced("ns", "x")
    };
    let pod = |uid, deleted| Found { pod: Some(OfMeta { metadata: at(uid, deleted) }), ..account("u", None) };
    let secret =
        |uid, deleted| Found { secret: Some(Secret { metadata: at(uid, deleted), ..Secret::default() }), ..account("u", None) };
    let reference = |kind: &str| bound("", &format!(r#""{kind}":{{"name":"x","uid":"xu"}},"#));
    let invalidated = "Token has been invalidated";
    for (found, kind, minor, told) in [
        (account("u", None), "pod", 11, invalidated),
        (pod("xu", JUST_NOW), "pod", 11, invalidated),
        (pod("yu", JUST_NOW), "pod", 11, invalidated),
        (pod("yu", None), "pod", 11, "Pod UID (yu) does not match claim (xu)"),
        (pod("xu", None), "pod", 11, USER),
        (
            pod("xu", JUST_NOW),
            "pod",
            20,
            "system:serviceaccount:ns:n authentication.kubernetes.io/pod-name authentication.kubernetes.io/pod-uid",
        ),
        (account("u", None), "secret", 11, invalidated),
        (secret("xu", LONG_AGO), "secret", 20, invalidated),
        (secret("yu", None), "secret", 11, "Secret UID (yu) does not match claim (xu)"),
        (secret("xu", None), "secret", 11, USER),
        (account("u", None), "node", 28, USER),
        (
            account("u", None),
            "node",
            29,
            "token is bound to a Node object but the ServiceAccountTokenNodeBindingValidation feature gate is disabled",
        ),
        (account("u", None), "node", 30, "service account token has been invalidated"),
    ] {
        assert_eq!(ask(&reference(kind), found, minor), told, "{kind} 1.{minor}");
    }
}

#[test]
fn tokens_in_secrets_had_no_audience_and_no_mark() {
    let claims = r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:ns:n","aud":"b","kubernetes.io/serviceaccount/namespace":"ns",
        "kubernetes.io/serviceaccount/secret.name":"s","kubernetes.io/serviceaccount/service-account.name":"n",
        "kubernetes.io/serviceaccount/service-account.uid":"u"}"#;
    let found = || {
        let mut secret = Secret { metadata: ObjectMeta::namespaced("ns", "s"), ..Secret::default() };
        secret.data.insert("token".into(), k8s_rbac::model::core::ByteString(b"t".to_vec()));
        secret.metadata.labels.insert("kubernetes.io/legacy-token-invalid-since".into(), "2026-01-01".into());
        Found { secret: Some(secret), ..account("u", None) }
    };
    assert_eq!(ask(claims, found(), 12), USER);
    assert!(ask(claims, found(), 13).starts_with("token audiences"));
    let unaimed = claims.replace(r#""aud":"b","#, "");
    assert_eq!(ask(&unaimed, found(), 28), USER);
    assert!(ask(&unaimed, found(), 29).starts_with("the token in secret ns/s for service account ns/n has been marked invalid."));
}

#[test]
fn the_day_of_use_is_written_once() {
    let labelled = |day: &str| {
        let mut secret = Secret::default();
        secret.metadata.labels.insert("kubernetes.io/legacy-token-last-used".into(), day.into());
        last_used_label(&secret, NOW)
    };
    let today = Some("2026-11-24".to_owned());
    assert_eq!(last_used_label(&Secret::default(), NOW), today);
    assert_eq!((labelled("2026-11-23"), labelled("x")), (today.clone(), today));
    assert_eq!((labelled("2026-11-24"), labelled("2026-11-25")), (None, None));
}

#[test]
fn what_a_token_may_be_bound_to_has_grown() {
    let node = ObjectMeta { uid: "nu".into(), ..ObjectMeta::named("nd") };
    let told = |minor, kind: &str, api_version: &str| {
        let reference =
            BoundObjectReference { kind: kind.into(), api_version: api_version.into(), name: "nd".into(), uid: String::new() };
        let spec = TokenRequestSpec { bound_object_ref: Some(reference), ..TokenRequestSpec::default() };
        let server = k8s_rbac::identity::token::issue::Issuer {
            version: KubeVersion::new(1, minor),
            ..super::issue::issuer(0, true, NOW)
        };
        let objects = Objects { node: Some(&node), ..Objects::default() };
        server
            .issue(&spec, &super::issue::account(), &objects, "7")
            .map(|issued| issued.claims.jti)
            .map_err(|error| error.to_string())
    };
    assert_eq!(told(28, "Node", "v1").unwrap_err(), "cannot bind token to object of type /v1, Kind=Node");
    let gate = r#"cannot bind token to a Node object as the "ServiceAccountTokenNodeBinding" feature-gate is disabled"#;
    assert_eq!(told(30, "Node", "v1").unwrap_err(), gate);
    assert_eq!(told(31, "Node", "v1").unwrap(), "7");
    let webhook = "cannot bind token to object of type admissionregistration.k8s.io/v1, Kind=ValidatingWebhookConfiguration";
    assert_eq!(told(36, "ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1").unwrap_err(), webhook);
}
