//! Streams of documents, lists, and what is skipped.

use k8s_rbac::load::{Loaded, Loader, ProblemKind};

const STREAM: &str = r#"
apiVersion: v1
kind: List
items:
- {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a, namespace: ns}}
- apiVersion: v1
  kind: List
  items:
  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: b, namespace: ns}}
  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: c}}
---
# a comment and nothing else
---
apiVersion: rbac.authorization.k8s.io/v1beta1
kind: RoleBindingList
metadata: {resourceVersion: "7"}
items:
- metadata: {name: d, namespace: ns}
  roleRef: {kind: Role, name: a}
---
{"kind": "ClusterRoleBinding", "apiVersion": "rbac.authorization.k8s.io/v1alpha1", "metadata": {"name": "e"},
 "subjects": [{"kind": "User", "name": "*"}], "roleRef": {"kind": "ClusterRole", "name": "view"}}
"#;

fn keys(loaded: &Loaded) -> Vec<String> {
    loaded.objects.iter().map(|object| object.key().to_string()).collect()
}

#[test]
#[cfg(feature = "yaml")]
fn lists_are_unfolded_and_other_kinds_counted() {
    let loaded = Loader::new().read_str("s.yaml", STREAM);
    assert_eq!(loaded.problems, []);
    assert_eq!(keys(&loaded), ["Role ns/a", "ServiceAccount ns/b", "RoleBinding ns/d", "ClusterRoleBinding e"]);
    assert_eq!(loaded.documents, 3);
    let skipped: Vec<String> = loaded.skipped.iter().map(|kind| format!("{kind} {}", kind.first)).collect();
    assert_eq!(skipped, ["1 Deployment (apps/v1) s.yaml:10:5"]);
    let json = serde_json::to_value(&loaded.objects[3]).unwrap();
    assert_eq!(json["subjects"][0]["name"], "system:authenticated");
    let place = |object: usize, path| loaded.objects[object].source().unwrap().nearest(path).to_string();
    assert_eq!(
        [place(0, "metadata.name"), place(2, "roleRef.name"), place(3, "subjects[0].name")],
        ["s.yaml:5:75", "s.yaml:19:31", "s.yaml:22:40"]
    );
}

#[test]
fn keys_are_counted_only_in_what_is_read() {
    for (head, problems, skipped) in [(r#""v1", "kind": "ConfigMap""#, 1, 0), (r#""apps/v1", "kind": "Deployment""#, 0, 1)] {
        let text = format!(r#"{{"apiVersion": {head}, "metadata": {{"name": "a", "name": "b"}}}}"#);
        let loaded = Loader::new().read_str("a.json", &text);
        assert_eq!((loaded.problems.len(), loaded.skipped.len()), (problems, skipped), "{text}");
    }
}

#[test]
#[cfg(feature = "yaml")]
fn a_document_that_a_separator_began_may_be_empty_and_no_other_may_begin_with_its_end() {
    for text in
        ["--- # c\r\n...", "---\n...", "--- \r\n...\r\n", "--- # c\n# d\n...", "---\n...\n---\nkind: Namespace\napiVersion: v1\n"]
    {
        let loaded = Loader::new().read_str("t", text);
        assert!(loaded.problems.is_empty(), "{text:?}: {:?}", loaded.problems);
    }
    for text in ["...", "# c\n...", "\n...", "kind: Namespace\napiVersion: v1\n---\n...\n"] {
        let told = Loader::new().read_str("t", text).into_result().unwrap_err().to_string();
        assert!(told.contains("expected a document before its end, found none"), "{text:?}: {told}");
    }
    let told =
        Loader::new().read_str("t", "---\n... # c\nkind: Namespace\napiVersion: v1\n").into_result().unwrap_err().to_string();
    assert!(told.contains("t:3:1"), "{told}");
}

#[test]
#[cfg(feature = "yaml")]
fn a_directive_behind_a_separator_is_taken_for_the_next_document() {
    for directive in ["%YAML 1.1\n", "# c\n%YAML 1.1\n", "%TAG ! x\n"] {
        let loaded = Loader::new().read_str("t", &format!("---\n{directive}kind: Namespace\napiVersion: v1\n"));
        let kinds: Vec<_> = loaded.problems.iter().map(|problem| &problem.kind).collect();
        assert_eq!(kinds, [&ProblemKind::AfterEnd], "{directive:?}");
    }
}

#[test]
fn a_header_is_found_whatever_the_case_of_its_letters_but_is_no_field() {
    let skipped = |text: &str| Loader::new().read_str("t", text).skipped.iter().map(ToString::to_string).collect::<Vec<_>>();
    for header in [
        r#""KIND": "A", "apiVersion": "v1""#,
        "\"\u{212a}ind\": \"A\", \"api\\u0056er\u{17f}ion\": \"v1\"",
        r#""kind": "B", "KIND": "A", "apiVersion": "v1", "APIVersion": null"#,
    ] {
        assert_eq!(skipped(&format!("{{{header}}}")), ["1 A (v1)"], "{header}");
    }
    let told = |text: &str| Loader::new().read_str("t", text).into_result().unwrap_err().to_string();
    let object = r#"{"Kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "a"}}"#;
    assert_eq!(told(object), "t:1:2: Kind: unknown field \"Kind\", the nearest is \"kind\"");
    assert_eq!(told(r#"{"Kind": [], "kind": "A", "apiVersion": "v1"}"#), "t:1:10: kind: expected a string, found a list");
    let list = r#"{"kind": "NamespaceList", "apiVersion": "v1", "items": [{"Kind": "A", "metadata": {"name": "a"}}]}"#;
    assert_eq!(told(list), "t:1:58: Kind: unknown field \"Kind\", the nearest is \"kind\"");
}

#[test]
#[cfg(feature = "yaml")]
fn of_the_headers_of_yaml_the_last_in_order_counts() {
    let loaded = Loader::new().read_str("t", "kind: A\nKind: B\napiVersion: v1\n");
    assert_eq!(loaded.skipped[0].to_string(), "1 A (v1)");
}

#[test]
#[cfg(feature = "yaml")]
fn dashes_that_begin_a_word_are_no_separator_to_yaml() {
    let namespace = "kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n";
    for (before, is_refused) in [
        ("---#\n", true),
        ("---# c\n", true),
        ("--- #\n", false),
        ("# c\n---#\n", false),
        ("# c\n---\n---#\n", true),
        ("# c\n---\n# d\n---#\n", false),
    ] {
        let loaded = Loader::new().read_str("t", &format!("{before}{namespace}"));
        assert_eq!(!loaded.problems.is_empty(), is_refused, "{before:?}: {:?}", loaded.problems);
    }
    let loaded = Loader::new().read_str("t", &format!("{namespace}---\n# c\n---#\n{namespace}").replacen("a}", "b}", 1));
    assert_eq!((loaded.objects.len(), loaded.problems.len()), (2, 0), "{:?}", loaded.problems);
}

#[test]
#[cfg(feature = "yaml")]
fn a_byte_order_mark_stands_at_the_start_of_a_document() {
    let namespace = "kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n";
    for before in ["\u{feff}", "\u{feff}---\n", "# c\n---\n\u{feff}"] {
        let loaded = Loader::new().read_str("t", &format!("{before}{namespace}"));
        assert_eq!((loaded.objects.len(), loaded.problems.len()), (1, 0), "{before:?}: {:?}", loaded.problems);
    }
    assert!(Loader::new().read_str("t", "\u{feff}\u{feff}\n").into_result().is_ok());
    for before in ["# c\n\u{feff}", "# c\n\u{feff}---\n", "\u{feff}\u{feff}", "\n \u{feff}"] {
        let told = Loader::new().read_str("t", &format!("{before}{namespace}")).into_result().unwrap_err().to_string();
        assert!(told.contains("expected a byte order mark nowhere but at the start, found another"), "{before:?}: {told}");
    }
}
