//! Bad objects and what a server of 1.37.2 said of each, through decoding, defaulting and its checks.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::model::{ClusterRole, ConfigMap, Namespace, Role, Secret, ServiceAccount};

const QN: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character \
     (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LV: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
     alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
     '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const DNS: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an \
     alphanumeric character (e.g. 'example.com', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', \
     regex used for validation is '[-._a-zA-Z0-9]+')";
const NO_GROUP: &str = "Required value: resource rules must supply at least one api group";
const NO_RESOURCE: &str = "Required value: resource rules must supply at least one resource";

/// An object of a short form of its kind, named `x` in the namespace `ns` where the value does not say otherwise.
fn object(kind: &str, value: &serde_json::Value) -> Located<Object> {
    let mut value = value.clone();
    let metadata = value.as_object_mut().unwrap().entry("metadata").or_insert_with(|| json!({}));
    let metadata = metadata.as_object_mut().unwrap();
    metadata.entry("name").or_insert_with(|| json!("x"));
    if !matches!(kind, "CR" | "CRB" | "NS") {
        metadata.entry("namespace").or_insert_with(|| json!("ns"));
    }
    let object: Object = match kind {
        "R" => serde_json::from_value::<Role>(value).unwrap().into(),
        "CR" => serde_json::from_value::<ClusterRole>(value).unwrap().into(),
        "RB" => serde_json::from_value::<RoleBinding>(value).unwrap().into(),
        "CRB" => serde_json::from_value::<ClusterRoleBinding>(value).unwrap().into(),
        "SA" => serde_json::from_value::<ServiceAccount>(value).unwrap().into(),
        "S" => serde_json::from_value::<Secret>(value).unwrap().into(),
        "NS" => serde_json::from_value::<Namespace>(value).unwrap().into(),
        "CM" => serde_json::from_value::<ConfigMap>(value).unwrap().into(),
        _ => panic!("no such kind: {kind}"),
    };
    defaulted(Located::from(object))
}

fn texts(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn create(kind: &str, value: &serde_json::Value) -> Vec<String> {
    texts(&validate(&object(kind, value)))
}

fn update(kind: &str, new: &serde_json::Value, old: &serde_json::Value) -> Vec<String> {
    texts(&validate_update(&object(kind, new), &object(kind, old)))
}

/// Each row: the kind, the object, the errors.
fn check(rows: &[(&str, serde_json::Value, &[&str])]) {
    for (kind, value, expected) in rows {
        assert_eq!(create(kind, value), *expected, "{kind} {value}");
    }
}

#[test]
fn rules_are_checked_in_the_servers_order() {
    let no_group = |i: usize| format!("rules[{i}].apiGroups: {NO_GROUP}");
    let no_resource = |i: usize| format!("rules[{i}].resources: {NO_RESOURCE}");
    let nothing = [no_group(0), no_resource(0), "rules[0].verbs: Required value".into()];
    for rules in [json!([{}]), json!([{"verbs": []}]), json!([null])] {
        assert_eq!(create("R", &json!({"rules": rules})), nothing);
    }
    let namespaced = |urls: &str| {
        format!("rules[0].nonResourceURLs: Invalid value: {urls}: namespaced rules cannot apply to non-resource URLs")
    };
    let both = |urls: &str| {
        format!(
            "rules[0].nonResourceURLs: Invalid value: {urls}: rules cannot apply to both regular resources and non-resource URLs"
        )
    };
    let get = || json!(["get"]);
    check(&[
        ("R", json!({"rules": [{"verbs": get()}]}), &[&no_group(0), &no_resource(0)]),
        ("R", json!({"rules": [{"verbs": get(), "apiGroups": [""]}]}), &[&no_resource(0)]),
        ("R", json!({"rules": [{"verbs": get(), "resources": ["a"]}]}), &[&no_group(0)]),
        ("R", json!({"rules": [{"apiGroups": [""], "resources": ["a"]}]}), &["rules[0].verbs: Required value"]),
        ("R", json!({"rules": [{"verbs": get(), "nonResourceURLs": ["/a"]}]}), &[&namespaced(r#"["/a"]"#)]),
        (
            "R",
            json!({"rules": [{"verbs": get(), "nonResourceURLs": ["/a", "b"], "apiGroups": [""], "resources": ["a"]}]}),
            &[&namespaced(r#"["/a","b"]"#), &both(r#"["/a","b"]"#)],
        ),
        (
            "R",
            json!({"rules": [{"nonResourceURLs": ["/a"], "resourceNames": ["x"]}]}),
            &[&namespaced(r#"["/a"]"#), &both(r#"["/a"]"#), "rules[0].verbs: Required value"],
        ),
        (
            "CR",
            json!({"rules": [{"verbs": get(), "nonResourceURLs": ["/a", "b"], "apiGroups": [""]}]}),
            &[&both(r#"["/a","b"]"#)],
        ),
        (
            "CR",
            json!({"rules": [{"verbs": get(), "apiGroups": [""], "resources": ["a"]}, {}, {"verbs": get()}]}),
            &[&no_group(1), &no_resource(1), &no_group(2), &no_resource(2), "rules[1].verbs: Required value"],
        ),
    ]);
}

#[test]
fn names_are_checked_as_segments_of_a_path() {
    let named = |name: &str| json!({"metadata": {"name": name}});
    check(&[
        ("CR", named(""), &["metadata.name: Required value: name or generateName is required"]),
        ("CR", named("."), &[r#"metadata.name: Invalid value: ".": may not be '.'"#]),
        ("CR", named(".."), &[r#"metadata.name: Invalid value: "..": may not be '..'"#]),
        (
            "CR",
            named("a/b%c"),
            &[
                r#"metadata.name: Invalid value: "a/b%c": may not contain '/'"#,
                r#"metadata.name: Invalid value: "a/b%c": may not contain '%'"#,
            ],
        ),
        (
            "R",
            json!({"metadata": {"generateName": "a/b"}}),
            &[r#"metadata.generateName: Invalid value: "a/b": may not contain '/'"#],
        ),
        ("SA", named("A_b"), &[&format!(r#"metadata.name: Invalid value: "A_b": {DNS}"#)]),
        ("R", json!({"metadata": {"namespace": "a.b"}}), &[r#"metadata.namespace: Invalid value: "a.b": must not contain dots"#]),
        ("NS", named("a.b"), &[r#"metadata.name: Invalid value: "a.b": must not contain dots"#]),
    ]);
}

#[test]
fn metadata_is_checked() {
    let with = |metadata: serde_json::Value| json!({"metadata": metadata});
    let long = "a".repeat(64);
    let owner = |field: &str| format!("metadata.ownerReferences[0].{field}: Required value: must not be empty");
    check(&[
        ("R", with(json!({"labels": {"a b": "1"}})), &[&format!(r#"metadata.labels: Invalid value: "a b": {QN}"#)]),
        ("R", with(json!({"labels": {"a": "c d"}})), &[&format!(r#"metadata.labels: Invalid value: "c d": {LV}"#)]),
        ("R", with(json!({"annotations": {"a b": "1"}})), &[&format!(r#"metadata.annotations: Invalid value: "a b": {QN}"#)]),
        (
            "R",
            with(json!({"labels": {&long: &long}})),
            &[
                &format!(r#"metadata.labels: Invalid value: "{long}": name part must be no more than 63 bytes"#),
                &format!(r#"metadata.labels: Invalid value: "{long}": must be no more than 63 bytes"#),
            ],
        ),
        (
            "R",
            with(json!({"annotations": {"big": "x".repeat(262_144)}})),
            &["metadata.annotations: Too long: may not be more than 262144 bytes"],
        ),
        (
            "R",
            with(json!({"finalizers": ["foo"]})),
            &[
                r#"metadata.finalizers[0]: Invalid value: "foo": name is neither a standard finalizer name nor is it fully qualified"#,
            ],
        ),
        (
            "R",
            with(json!({"finalizers": ["orphan", "foregroundDeletion"]})),
            &[
                r#"metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set"#,
            ],
        ),
        ("R", with(json!({"ownerReferences": [{}]})), &[&owner("apiVersion"), &owner("kind"), &owner("name"), &owner("uid")]),
        (
            "R",
            with(json!({"ownerReferences": [
                {"apiVersion": "v1", "kind": "K", "name": "a", "uid": "1", "controller": true},
                {"apiVersion": "v1", "kind": "K", "name": "b", "uid": "<", "controller": true}]})),
            &[concat!(
                r#"metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"K","name":"a","uid":"1","controller":true},"#,
                r#"{"apiVersion":"v1","kind":"K","name":"b","uid":"\u003c","controller":true}]: "#,
                r#"Only one reference can have Controller set to true. Found "true" in references for K/a and K/b"#
            )],
        ),
        ("R", with(json!({"generation": -1})), &["metadata.generation: Invalid value: -1: must be greater than or equal to 0"]),
    ]);
    for (key, problem) in [
        ("/a", vec!["prefix part must be non-empty".to_owned()]),
        ("a/", vec!["name part must be non-empty".into(), QN.into()]),
        ("Foo/x", vec![format!("prefix part {DNS}")]),
    ] {
        let expected: Vec<String> = problem.iter().map(|p| format!(r#"metadata.labels: Invalid value: "{key}": {p}"#)).collect();
        assert_eq!(create("R", &with(json!({"labels": {key: ""}}))), expected);
    }
    let slashes = create("R", &with(json!({"labels": {"a/b/c": ""}})));
    assert!(
        slashes[0].starts_with(r#"metadata.labels: Invalid value: "a/b/c": a valid label key must consist of"#),
        "{slashes:?}"
    );
}

#[test]
fn aggregation_rules_are_checked() {
    const AT: &str = "aggregationRule.clusterRoleSelectors[0]";
    let whole = format!("{AT}: Invalid value: null: invalid label selector.");
    let selector = |selector: serde_json::Value| json!({"aggregationRule": {"clusterRoleSelectors": [selector]}});
    let expression = |expression: serde_json::Value| selector(json!({"matchExpressions": [expression]}));
    check(&[
        (
            "CR",
            json!({"aggregationRule": {}}),
            &[
                "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil",
            ],
        ),
        (
            "CR",
            selector(json!({"matchLabels": {"a b": "c d"}})),
            &[
                &format!(r#"{AT}.matchLabels: Invalid value: "a b": {QN}"#),
                &format!(r#"{AT}.matchLabels: Invalid value: "c d": {LV}"#),
                &whole,
            ],
        ),
        (
            "CR",
            expression(json!({"key": "a", "operator": "In"})),
            &[
                &format!("{AT}.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"),
                &whole,
            ],
        ),
        (
            "CR",
            expression(json!({"key": "a", "operator": "Foo"})),
            &[&format!(r#"{AT}.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator"#), &whole],
        ),
        (
            "CR",
            expression(json!({"key": "a", "operator": "Exists", "values": ["b"]})),
            &[
                &format!(
                    "{AT}.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                ),
                &whole,
            ],
        ),
        (
            "CR",
            expression(json!({"key": "", "operator": "In", "values": ["b c"]})),
            &[
                &format!(r#"{AT}.matchExpressions[0].key: Invalid value: "": name part must be non-empty"#),
                &format!(r#"{AT}.matchExpressions[0].key: Invalid value: "": {QN}"#),
                &format!(r#"{AT}.matchExpressions[0].values[0]: Invalid value: "b c": {LV}"#),
                &whole,
            ],
        ),
    ]);
    let bad = expression(json!({"key": "a", "operator": "In", "values": ["b c"]}));
    assert_eq!(update("CR", &bad, &bad), [whole.as_str()]);
}

#[test]
fn bindings_are_checked() {
    let to = |kind: &str, name: &str| json!({"roleRef": {"kind": kind, "name": name}});
    let subject = |subject: serde_json::Value| json!({"roleRef": {"kind": "Role", "name": "r"}, "subjects": [subject]});
    let kinds = r#"supported values: "Role", "ClusterRole""#;
    let subjects = r#"supported values: "ServiceAccount", "User", "Group""#;
    let rbac = r#"supported values: "rbac.authorization.k8s.io""#;
    let long = "a".repeat(254);
    check(&[
        ("RB", json!({}), &[&format!(r#"roleRef.kind: Unsupported value: "": {kinds}"#), "roleRef.name: Required value"]),
        ("RB", to("Foo", "r"), &[&format!(r#"roleRef.kind: Unsupported value: "Foo": {kinds}"#)]),
        (
            "RB",
            json!({"roleRef": {"apiGroup": "foo", "kind": "Role", "name": "r"}}),
            &[&format!(r#"roleRef.apiGroup: Unsupported value: "foo": {rbac}"#)],
        ),
        ("RB", to("Role", ""), &["roleRef.name: Required value"]),
        (
            "RB",
            to("Role", "a/b%"),
            &[
                r#"roleRef.name: Invalid value: "a/b%": may not contain '/'"#,
                r#"roleRef.name: Invalid value: "a/b%": may not contain '%'"#,
            ],
        ),
        ("RB", to("Role", ".."), &[r#"roleRef.name: Invalid value: "..": may not be '..'"#]),
        (
            "RB",
            json!({"roleRef": {"kind": "role", "name": "r"}, "subjects": [{}]}),
            &[
                &format!(r#"roleRef.kind: Unsupported value: "role": {kinds}"#),
                &format!(r#"subjects[0].kind: Unsupported value: "": {subjects}"#),
                "subjects[0].name: Required value",
            ],
        ),
        ("RB", subject(json!({"kind": "User"})), &["subjects[0].name: Required value"]),
        (
            "RB",
            subject(json!({"kind": "User", "name": "u", "apiGroup": "foo"})),
            &[&format!(r#"subjects[0].apiGroup: Unsupported value: "foo": {rbac}"#)],
        ),
        (
            "RB",
            subject(json!({"kind": "Group", "name": "g", "apiGroup": "foo"})),
            &[&format!(r#"subjects[0].apiGroup: Unsupported value: "foo": {rbac}"#)],
        ),
        (
            "RB",
            subject(json!({"kind": "ServiceAccount", "name": "a", "apiGroup": "rbac.authorization.k8s.io"})),
            &[r#"subjects[0].apiGroup: Unsupported value: "rbac.authorization.k8s.io": supported values: """#],
        ),
        (
            "RB",
            subject(json!({"kind": "ServiceAccount", "name": "Bad_Name"})),
            &[&format!(r#"subjects[0].name: Invalid value: "Bad_Name": {DNS}"#)],
        ),
        (
            "RB",
            subject(json!({"kind": "ServiceAccount", "name": &long})),
            &[&format!(r#"subjects[0].name: Invalid value: "{long}": must be no more than 253 characters"#)],
        ),
        (
            "RB",
            subject(json!({"kind": "user", "name": "u"})),
            &[&format!(r#"subjects[0].kind: Unsupported value: "user": {subjects}"#)],
        ),
        (
            "RB",
            json!({
                "metadata": {"name": "a/b"}, "roleRef": {"apiGroup": "x", "kind": "y"},
                "subjects": [{"kind": "z"}, {"kind": "User", "apiGroup": "q"}],
            }),
            &[
                r#"metadata.name: Invalid value: "a/b": may not contain '/'"#,
                &format!(r#"roleRef.apiGroup: Unsupported value: "x": {rbac}"#),
                &format!(r#"roleRef.kind: Unsupported value: "y": {kinds}"#),
                &format!(r#"subjects[0].kind: Unsupported value: "z": {subjects}"#),
                &format!(r#"subjects[1].apiGroup: Unsupported value: "q": {rbac}"#),
                "subjects[0].name: Required value",
                "subjects[1].name: Required value",
                "roleRef.name: Required value",
            ],
        ),
        ("CRB", to("Role", "r"), &[r#"roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole""#]),
        (
            "CRB",
            json!({}),
            &[r#"roleRef.kind: Unsupported value: "": supported values: "ClusterRole""#, "roleRef.name: Required value"],
        ),
        (
            "CRB",
            json!({"roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "name": "a"}]}),
            &["subjects[0].namespace: Required value"],
        ),
        (
            "CRB",
            json!({"roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [{"kind": "ServiceAccount"}]}),
            &["subjects[0].namespace: Required value", "subjects[0].name: Required value"],
        ),
    ]);
}

#[test]
fn updates_are_checked() {
    let to = |kind: &str, name: &str| json!({"roleRef": {"kind": kind, "name": name}});
    let changed = |kind: &str, name: &str| {
        format!(
            r#"roleRef: Invalid value: {{"APIGroup":"rbac.authorization.k8s.io","Kind":"{kind}","Name":"{name}"}}: field is immutable"#
        )
    };
    let kept = |label: &str| {
        json!({
            "metadata": {"labels": {"a": label}}, "rules": [{"apiGroups": [""], "resources": ["a"]}],
            "roleRef": {"kind": "Role", "name": ""}, "subjects": [{"kind": "User"}],
        })
    };
    let ok = json!({"verbs": ["get"], "apiGroups": [""], "resources": ["a"]});
    let rows: &[(&str, serde_json::Value, serde_json::Value, &[&str])] = &[
        ("RB", to("Role", "q"), to("Role", "r"), &[&changed("Role", "q")]),
        (
            "RB",
            to("Foo", ""),
            to("Role", "r"),
            &[
                r#"roleRef.kind: Unsupported value: "Foo": supported values: "Role", "ClusterRole""#,
                "roleRef.name: Required value",
                &changed("Foo", ""),
            ],
        ),
        (
            "CRB",
            to("Role", ""),
            to("ClusterRole", "r"),
            &[
                r#"roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole""#,
                "roleRef.name: Required value",
                &changed("Role", ""),
            ],
        ),
        ("CR", json!({"metadata": {"name": "y"}}), json!({}), &[r#"metadata.name: Invalid value: "y": field is immutable"#]),
        (
            "CR",
            json!({"metadata": {"uid": "zzz"}}),
            json!({"metadata": {"uid": "u"}}),
            &[r#"metadata.uid: Invalid value: "zzz": field is immutable"#],
        ),
        ("CR", kept("1"), kept("2"), &["rules[0].verbs: Required value: verbs must contain at least one value"]),
        ("RB", kept("1"), kept("2"), &["roleRef.name: Required value", "subjects[0].name: Required value"]),
        (
            "R",
            json!({"rules": [ok, {"apiGroups": [""], "resources": ["a"]}]}),
            json!({"rules": [ok]}),
            &["rules[1].verbs: Required value"],
        ),
        ("S", json!({"type": "b"}), json!({"type": "a"}), &[r#"type: Invalid value: "b": field is immutable"#]),
        (
            "S",
            json!({"data": {"a": "YQ=="}}),
            json!({"immutable": true}),
            &[
                "immutable: Forbidden: field is immutable when `immutable` is set",
                "data: Forbidden: field is immutable when `immutable` is set",
            ],
        ),
        (
            "CR",
            json!({"metadata": {"finalizers": ["a/x", "a/y"]}}),
            json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a/y"]}}),
            &[
                r#"metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/x"}"#,
            ],
        ),
        ("CR", json!({}), json!({"metadata": {"uid": "u", "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z"}}), &[]),
    ];
    for (kind, new, old, expected) in rows {
        assert_eq!(update(kind, new, old), *expected, "{kind} {new}");
    }
}

#[test]
fn core_objects_are_checked() {
    let account = "metadata.annotations[kubernetes.io/service-account.name]: Required value";
    check(&[
        ("S", json!({"type": "kubernetes.io/service-account-token"}), &[account]),
        (
            "S",
            json!({"type": "kubernetes.io/service-account-token", "metadata": {"annotations": {"kubernetes.io/service-account.name": "Bad Name"}}}),
            &[],
        ),
        (
            "S",
            json!({"stringData": {"b c": "", "..": ""}}),
            &[r#"data[..]: Invalid value: "..": must not be '..'"#, &format!(r#"data[b c]: Invalid value: "b c": {KEY}"#)],
        ),
        ("S", json!({"type": "kubernetes.io/tls"}), &["data[tls.crt]: Required value", "data[tls.key]: Required value"]),
        ("S", json!({"type": "kubernetes.io/basic-auth"}), &["data[username]: Required value", "data[password]: Required value"]),
        (
            "S",
            json!({"type": "kubernetes.io/ssh-auth", "data": {"ssh-privatekey": ""}}),
            &["data[ssh-privatekey]: Required value"],
        ),
        ("S", json!({"type": "kubernetes.io/dockercfg"}), &["data[.dockercfg]: Required value"]),
        (
            "S",
            json!({"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "no"}}),
            &[
                r#"data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'o' in literal null (expecting 'u')"#,
            ],
        ),
        ("S", json!({"stringData": {"a": "x".repeat(1_048_577)}}), &["data: Too long: may not be more than 1048576 bytes"]),
        (
            "CM",
            json!({"data": {"a": ""}, "binaryData": {"a": ""}}),
            &[r#"data[a]: Invalid value: "a": duplicate of key present in binaryData"#],
        ),
    ]);
}

#[test]
fn a_namespace_is_labelled_with_the_name_that_it_has() {
    let labels = |name: &str| object("NS", &json!({"metadata": {"name": name}})).metadata().labels.clone();
    assert_eq!(labels("shop"), BTreeMap::from([("kubernetes.io/metadata.name".to_owned(), "shop".to_owned())]));
    assert_eq!(labels(""), BTreeMap::new());
}

#[test]
fn annotations_may_be_a_quarter_of_a_mebibyte() {
    let sized = |size: usize| json!({"metadata": {"annotations": {"a": "x".repeat(size - 4), "big": ""}}});
    assert_eq!(create("R", &sized(262_144)), [""; 0]);
    assert_eq!(create("R", &sized(262_145)), ["metadata.annotations: Too long: may not be more than 262144 bytes"]);
}

/// A server completes it before it checks it.
#[test]
fn a_secret_that_names_no_type_has_that_of_the_stored_one() {
    let stored = object("S", &json!({"type": "kubernetes.io/basic-auth", "data": {"username": "eA=="}}));
    let secret = |data: serde_json::Value| {
        let value = json!({"metadata": {"name": "x", "namespace": "ns", "resourceVersion": "1"}, "data": data});
        Located::from(Object::from(serde_json::from_value::<Secret>(value).unwrap()))
    };
    assert_eq!(texts(&validate_update(&secret(json!({"username": "eA=="})), &stored)), [""; 0]);
    let told = texts(&validate_update(&secret(json!({"other": "eA=="})), &stored));
    assert_eq!(told, ["data[username]: Required value", "data[password]: Required value"]);
}

#[test]
fn generated_names_keep_room_for_their_ending() {
    for (base, kept) in [(1, 1), (57, 57), (58, 58), (59, 58), (300, 58)] {
        let mut role = Object::from(Role::default());
        role.metadata_mut().generate_name = "x".repeat(base);
        generate_name(&mut role, "abcde");
        assert_eq!(role.metadata().name, format!("{}abcde", "x".repeat(kept)));
    }
    for (name, base) in [("reader", "other-"), ("reader", ""), ("", "")] {
        let mut role = Object::from(Role::default());
        *role.metadata_mut() = ObjectMeta { name: name.into(), generate_name: base.into(), ..ObjectMeta::default() };
        generate_name(&mut role, "abcde");
        assert_eq!(role.metadata().name, name);
    }
}

#[test]
fn data_may_be_a_mebibyte() {
    let full = "x".repeat(1_048_575);
    for (kind, fits, too_long) in [
        ("S", json!({"stringData": {"a": full, "b": "x"}}), json!({"stringData": {"a": full, "b": "xx"}})),
        (
            "CM",
            json!({"data": {"a": full}, "binaryData": {"b": "eA=="}}),
            json!({"data": {"a": full}, "binaryData": {"b": "eHg="}}),
        ),
    ] {
        assert_eq!(create(kind, &fits), [""; 0]);
        let told = create(kind, &too_long).concat();
        assert!(told.ends_with(": Too long: may not be more than 1048576 bytes"), "{kind}: {told}");
    }
}

#[test]
fn what_is_immutable_stays_so() {
    let told = |field: &str| format!("{field}: Forbidden: field is immutable when `immutable` is set");
    for (kind, fields) in [("S", &["data"][..]), ("CM", &["data", "binaryData"])] {
        let of = |immutable: serde_json::Value, field: &str, value: &str| json!({"immutable": immutable, field: {"a": value}});
        for field in fields {
            let old = of(json!(true), field, "eA==");
            assert_eq!(update(kind, &old, &old), [""; 0], "{kind} {field}");
            assert_eq!(update(kind, &of(json!(true), field, "eQ=="), &old), [told(field)]);
            for immutable in [json!(false), json!(null)] {
                assert_eq!(update(kind, &of(immutable.clone(), field, "eA=="), &old), [told("immutable")]);
                assert_eq!(update(kind, &of(json!(true), field, "eQ=="), &of(immutable, field, "eA==")), [""; 0]);
            }
        }
    }
}

#[test]
fn odd_objects_that_a_server_stores() {
    let to = json!({"kind": "Role", "name": "r"});
    check(&[
        ("R", json!({}), &[]),
        ("CR", json!({"aggregationRule": {"clusterRoleSelectors": [{}]}}), &[]),
        ("RB", json!({"roleRef": to}), &[]),
        (
            "RB",
            json!({"roleRef": to, "subjects": [
                {"kind": "User", "name": "u", "namespace": "ns"}, {"kind": "User", "name": "u", "namespace": "ns"},
                {"kind": "ServiceAccount", "name": "a", "namespace": "Bad NS!"}]}),
            &[],
        ),
        ("R", json!({"metadata": {"name": "..."}}), &[]),
        ("R", json!({"metadata": {"name": "system:a B é"}}), &[]),
        ("R", json!({"metadata": {"name": "a".repeat(254), "annotations": {"A/B": ""}}}), &[]),
        ("R", json!({"rules": [{"verbs": ["GET", ""], "apiGroups": ["no group"], "resources": ["po ds", "*/*"]}]}), &[]),
        ("CR", json!({"metadata": {"namespace": "ns"}}), &[]),
    ]);
}

#[test]
fn older_servers_use_other_words() {
    let nameless = object("RB", &json!({"roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "Group"}]}));
    let urls = object("R", &json!({"rules": [{"verbs": ["get"], "nonResourceURLs": ["/a"]}]}));
    let long = object("R", &json!({"metadata": {"labels": {"a": "b".repeat(64)}, "annotations": {"c": "d".repeat(262_144)}}}));
    let account = object("SA", &json!({"metadata": {"name": "A"}}));
    let [old, new] = ["r", "q"].map(|name| object("RB", &json!({"roleRef": {"kind": "Role", "name": name}})));
    let at = |minor: u16| Validation::of(KubeVersion::new(1, minor));
    assert_eq!(
        texts(&at(11).create(&nameless)),
        ["subjects[0].name: Required value", r#"subjects[0].name: Invalid value: "": group name cannot be empty"#]
    );
    assert_eq!(texts(&at(36).create(&nameless)), ["subjects[0].name: Required value"]);
    assert!(at(11).create(&urls)[0].to_string().contains(r#"Invalid value: []string{"/a"}: namespaced"#));
    assert!(at(34).create(&urls)[0].to_string().contains(r#"Invalid value: ["/a"]: namespaced"#));
    assert_eq!(
        at(11).update(&new, &old)[0].to_string(),
        r#"roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"q"}: cannot change roleRef"#
    );
    assert!(at(36).update(&new, &old)[0].to_string().ends_with("\"Name\":\"q\"}: cannot change roleRef"));
    let details = |errors: Vec<FieldError>| errors.into_iter().map(|error| error.detail.into_owned()).collect::<Vec<_>>();
    assert_eq!(details(at(31).create(&long)), ["must be no more than 63 characters", "must have at most 262144 bytes"]);
    assert_eq!(details(at(35).create(&long)), ["must be no more than 63 bytes", "may not be more than 262144 bytes"]);
    assert!(details(at(19).create(&account))[0].starts_with("a DNS-1123 subdomain must consist"));
    assert_eq!(details(at(20).create(&account)), [DNS]);
}

#[test]
fn the_gate_brings_the_hand_written_errors_back() {
    let role = object("R", &json!({"rules": [{}]}));
    let profile = Profile { gates: [("DeclarativeValidationBeta".to_owned(), false)].into(), ..Profile::default() };
    for checks in [Validation::default().without_declarative_beta(), Validation::for_profile(&profile)] {
        assert_eq!(checks.create(&role)[0].to_string(), "rules[0].verbs: Required value: verbs must contain at least one value");
    }
    assert_eq!(Validation::for_profile(&Profile::default()).create(&role), validate(&role));
}

#[test]
fn errors_say_where_the_field_was_read() {
    let text = r#"{
      "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
      "metadata": {"name": "r", "namespace": "ns",
        "labels": {"a": "b c"}},
      "rules": [
        {"resources": ["pods"],
         "verbs": []}]
    }"#;
    let role = crate::load::Loader::new().read_str("r.json", text).into_result().unwrap().remove(0);
    let told: Vec<String> =
        validate(&defaulted(role)).iter().map(|e| format!("{} {}", e.path, e.place.as_ref().unwrap())).collect();
    assert_eq!(told, ["metadata.labels r.json:4:19", "rules[0].apiGroups r.json:6:9", "rules[0].verbs r.json:7:19"]);
}

#[test]
fn a_refusal_is_told_by_the_server_and_by_kubectl() {
    let refused = |kind: &str, value: &serde_json::Value| admit(object(kind, value)).unwrap_err();
    let one = refused("S", &json!({"type": "kubernetes.io/ssh-auth"}));
    assert_eq!(one.to_string(), r#"Secret "x" is invalid: data[ssh-privatekey]: Required value"#);
    assert_eq!(one.as_kubectl().to_string(), r#"The Secret "x" is invalid: data[ssh-privatekey]: Required value"#);
    let two = refused("CRB", &json!({}));
    let (kind, name) =
        (r#"roleRef.kind: Unsupported value: "": supported values: "ClusterRole""#, "roleRef.name: Required value");
    assert_eq!(two.to_string(), format!(r#"ClusterRoleBinding.rbac.authorization.k8s.io "x" is invalid: [{kind}, {name}]"#));
    assert_eq!(two.as_kubectl().to_string(), format!("The ClusterRoleBinding \"x\" is invalid: \n* {kind}\n* {name}"));
    assert_eq!(
        (texts(two.errors()), texts(&two.into_errors())),
        (vec![kind.into(), name.into()], vec![kind.into(), name.into()])
    );
}

#[test]
fn many_controllers_share_one_value() {
    let owners: Vec<_> = (0..2_000)
        .map(|i| json!({"apiVersion": "v1", "kind": "K", "name": i.to_string(), "uid": "u", "controller": true}))
        .collect();
    let role = object("R", &json!({"metadata": {"ownerReferences": owners}}));
    let errors = validate_update(&role, &role);
    assert_eq!(errors.len(), 1_999);
    let values: Vec<_> = errors.iter().map(|error| error.value.as_ref().unwrap().as_ptr()).collect();
    assert!(values.windows(2).all(|pair| pair[0] == pair[1]));
}

/// What the code of 1.36.3 answered.
#[test]
fn before_1_37_metadata_was_told_in_other_words_and_on_updates_again() {
    let at_1_36 = Validation::of(KubeVersion::new(1, 36));
    let owner = json!({"metadata": {"ownerReferences": [{"apiVersion": "apps/v1/x", "kind": "Pod", "name": "p", "uid": ""}]}});
    let expected = [
        r#"metadata.ownerReferences.apiVersion: Invalid value: "apps/v1/x": version must not be empty"#,
        r#"metadata.ownerReferences.uid: Invalid value: "": must not be empty"#,
    ];
    assert_eq!(texts(&at_1_36.create(&object("NS", &owner))), expected);
    let managed = json!({"metadata": {"managedFields": [{"manager": "kubectl", "operation": ""}]}});
    let expected = [r#"metadata.managedFields[0].operation: Invalid value: "": must be `Apply` or `Update`"#];
    assert_eq!(texts(&at_1_36.create(&object("SA", &managed))), expected);
    let [dots, changed] = [json!({"metadata": {"name": ".."}}), json!({"metadata": {"name": "x"}})];
    let found = at_1_36.update(&object("R", &dots), &object("R", &changed));
    let (dots, immutable) =
        (r#"metadata.name: Invalid value: "..": may not be '..'"#, r#"metadata.name: Invalid value: "..": field is immutable"#);
    assert_eq!(texts(&found), [dots, immutable, dots, immutable]);
    let of_account = at_1_36.update(&object("SA", &json!({"metadata": {"name": ".."}})), &object("SA", &json!({})));
    let no_name = format!(r#"metadata.name: Invalid value: "..": {DNS}"#);
    assert_eq!(texts(&of_account), [dots, immutable, immutable, &no_name], "what may not change is asked first");
    let labelled = at_1_36.update(&object("R", &json!({"metadata": {"labels": {"a b": "1"}}})), &object("R", &json!({})));
    let odd_label = format!(r#"metadata.labels: Invalid value: "a b": {QN}"#);
    assert_eq!(texts(&labelled), [odd_label.as_str(); 4]);
    let told = Invalid::new(&object("R", &json!({})), found).unwrap();
    assert_eq!(told.to_string(), format!(r#"Role.rbac.authorization.k8s.io "x" is invalid: [{dots}, {immutable}]"#));
}
