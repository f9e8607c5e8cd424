use super::*;
use crate::model::core::{ByteString, LocalObjectReference, ObjectReference};

const V1_34: KubeVersion = KubeVersion::new(1, 34);

fn account() -> ServiceAccount {
    ServiceAccount {
        metadata: ObjectMeta { uid: "u1".into(), ..ObjectMeta::namespaced("default", "s") },
        secrets: ["s-token-2tml5", "gone"].map(|name| ObjectReference { name: name.into(), ..ObjectReference::default() }).into(),
        image_pull_secrets: ["p1", "p2"].map(|name| LocalObjectReference { name: name.into() }).into(),
        ..ServiceAccount::default()
    }
}

fn token(name: &str, uid: &str) -> Secret {
    let mut secret = Secret { metadata: ObjectMeta::namespaced("default", name), ..Secret::default() };
    secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.into();
    secret.metadata.annotations =
        [(Secret::SERVICE_ACCOUNT_NAME.into(), "s".into()), (Secret::SERVICE_ACCOUNT_UID.into(), uid.into())].into();
    secret
}

fn page(secrets: Option<&[Secret]>, events: bool, version: KubeVersion) -> String {
    service_account(&account(), secrets, events, version).unwrap()
}

#[test]
fn until_1_34_an_account_tells_what_it_mounts_and_its_tokens() {
    let pull = Secret { metadata: ObjectMeta::namespaced("default", "p1"), ..Secret::default() };
    let others = [pull, token("s-token-2tml5", "u1"), token("by-hand", "u1"), token("of-another", "u2"), token("of-nobody", "")];
    let expected = "\
Name:                s
Namespace:           default
Labels:              <none>
Annotations:         <none>
Image pull secrets:  p1
                     p2 (not found)
Mountable secrets:   s-token-2tml5
                     gone (not found)
Tokens:              s-token-2tml5
                     by-hand
Events:              <none>
";
    for version in [KubeVersion::new(1, 10), KubeVersion::V1_11, V1_34] {
        assert_eq!(page(Some(&others), true, version), expected, "{version}");
    }
}

#[test]
fn secrets_that_cannot_be_listed_are_not_missed() {
    let shown = page(None, true, V1_34);
    assert!(!shown.contains("not found"), "{shown}");
    assert!(shown.contains("Tokens:              <none>\n"), "{shown}");
}

#[test]
fn since_1_35_an_account_tells_of_pull_secrets_alone() {
    let expected = "\
Name:                s
Namespace:           default
Labels:              <none>
Annotations:         <none>
Image pull secrets:  p1
                     p2
Events:              <none>
";
    for version in [KubeVersion::new(1, 35), KubeVersion::V1_37] {
        assert_eq!(page(Some(&[]), true, version), expected, "{version}");
    }
    let without_events = expected.strip_suffix("Events:              <none>\n").unwrap();
    assert_eq!(page(None, false, KubeVersion::V1_37), without_events);
}

#[test]
fn a_secret_shows_its_token_and_the_length_of_all_else() {
    let mut shown = token("t", "u");
    shown.data = [("token", "abc"), ("ca.crt", "123456"), ("namespace", "default")]
        .map(|(key, value)| (key.into(), ByteString(value.into())))
        .into();
    let rest =
        "\nType:  kubernetes.io/service-account-token\n\nData\n====\nca.crt:     6 bytes\nnamespace:  7 bytes\ntoken:      abc\n";
    let head = "Name:         t\nNamespace:    default\nLabels:       <none>\n";
    for (version, between) in [(KubeVersion::V1_11, "="), (KubeVersion::new(1, 12), ": "), (KubeVersion::V1_37, ": ")] {
        let annotations = format!(
            "Annotations:  kubernetes.io/service-account.name{between}s\n              kubernetes.io/service-account.uid{between}u\n"
        );
        assert_eq!(secret(&shown, version).unwrap(), format!("{head}{annotations}{rest}"), "{version}");
    }
}

/// The next line stands in the place of the blank one, and so in one block with the lines before.
#[test]
fn what_was_applied_leaves_no_line_end_in_the_page_of_a_secret_until_1_17() {
    let mut applied = Secret { metadata: ObjectMeta::namespaced("ns", "t"), r#type: "Opaque".into(), ..Secret::default() };
    applied.metadata.annotations = [(LAST_APPLIED.into(), "{}\n".into())].into();
    let head = "Name:         t\nNamespace:    ns\nLabels:       <none>\nAnnotations:  ";
    let (old, new) = ("\nType:         Opaque\n", "<none>\n\nType:  Opaque\n");
    for (minor, rest) in [(11, old), (12, old), (17, old), (18, new), (37, new)] {
        let version = KubeVersion::new(1, minor);
        assert_eq!(secret(&applied, version).unwrap(), format!("{head}{rest}\nData\n====\n"), "{version}");
    }
}

fn annotated(annotations: &[(&str, &str)]) -> ObjectMeta {
    let annotations = annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    ObjectMeta { annotations, ..ObjectMeta::named("r") }
}

/// The lines about the annotations of a role.
fn annotations(metadata: ObjectMeta, version: KubeVersion) -> String {
    let page = cluster_role(&ClusterRole { metadata, ..ClusterRole::default() }, version).unwrap();
    let (_, rest) = page.split_once("Labels:       <none>\n").unwrap();
    rest.split_once("PolicyRule:\n").unwrap().0.to_owned()
}

const V1_12: KubeVersion = KubeVersion::new(1, 12);

#[test]
fn annotations_that_are_long_or_have_lines_stand_in_a_block_since_1_12() {
    let metadata = || annotated(&[("long", &"x".repeat(150)), ("k", "v\n"), ("multi", "a\nb"), ("e", "")]);
    let expected = format!(
        "Annotations:  e: \n              k: v\n              long:\n                {}...\n              multi:\n                a\n                b\n",
        "x".repeat(138)
    );
    for version in [V1_12, KubeVersion::V1_37] {
        assert_eq!(annotations(metadata(), version), expected, "{version}");
    }
    let edge = |length: usize| annotations(annotated(&[("k", &"x".repeat(length))]), KubeVersion::V1_37);
    assert_eq!(edge(137), format!("Annotations:  k: {}\n", "x".repeat(137)));
    assert_eq!(edge(138), format!("Annotations:  k:\n                {}\n", "x".repeat(138)));
    assert_eq!(edge(139), format!("Annotations:  k:\n                {}...\n", "x".repeat(138)));
}

#[test]
fn until_1_11_annotations_are_cut_at_200_bytes_and_keep_their_line_ends() {
    let of = |value: &str| annotations(annotated(&[("k", value)]), KubeVersion::V1_11);
    assert_eq!(of("v\n"), "Annotations:  k=v\n\n");
    assert_eq!(of(&"x".repeat(198)), format!("Annotations:  k={}\n", "x".repeat(198)));
    assert_eq!(of(&"x".repeat(199)), format!("Annotations:  k={}...\n", "x".repeat(198)));
    assert_eq!(of(&format!("{}é", "x".repeat(197))), format!("Annotations:  k={}\u{fffd}...\n", "x".repeat(197)));
}

#[test]
fn what_was_applied_is_shown_until_1_17() {
    let metadata = || annotated(&[(LAST_APPLIED, "{}\n")]);
    assert_eq!(annotations(metadata(), KubeVersion::V1_11), format!("Annotations:  {LAST_APPLIED}={{}}\n\n"));
    assert_eq!(annotations(metadata(), V1_12), format!("Annotations:  {LAST_APPLIED}: {{}}\n"));
    for minor in [18, 37] {
        assert_eq!(annotations(metadata(), KubeVersion::new(1, minor)), "Annotations:  <none>\n");
    }
}

#[test]
fn an_account_that_names_nothing_says_so() {
    let bare = ServiceAccount { metadata: ObjectMeta::namespaced("ns", "s"), ..ServiceAccount::default() };
    let head = "Name:                s\nNamespace:           ns\nLabels:              <none>\nAnnotations:         <none>\n";
    let old =
        "Image pull secrets:  <none>\nMountable secrets:   <none>\nTokens:              <none>\nEvents:              <none>\n";
    assert_eq!(service_account(&bare, Some(&[token("t", "")]), true, V1_34).unwrap(), format!("{head}{old}"));
    let new = "Image pull secrets:  <none>\nEvents:              <none>\n";
    assert_eq!(service_account(&bare, None, true, KubeVersion::V1_37).unwrap(), format!("{head}{new}"));
}

#[test]
fn a_verb_that_is_granted_twice_is_shown_once_since_1_19() {
    let rules = [["get", "list"].as_slice(), &["get"]].map(|verbs| PolicyRule::resources(verbs.iter().copied(), [""], ["pods"]));
    let shown = |minor| cluster_role(&ClusterRole::new("r", rules.clone()), KubeVersion::new(1, minor)).unwrap();
    assert!(shown(18).ends_with("pods       []                 []              [get list get]\n"));
    assert!(shown(19).ends_with("pods       []                 []              [get list]\n"));
}

#[test]
fn nothing_is_said_of_nothing_until_1_17() {
    let told = |minor| [Some("ns"), None].map(|namespace| nothing_found(namespace, KubeVersion::new(1, minor)));
    assert_eq!(told(17), ["", ""]);
    for minor in [18, 37] {
        assert_eq!(told(minor), ["No resources found in ns namespace.\n", "No resources found\n"]);
    }
}
