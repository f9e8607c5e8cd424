//! Streams of documents, lists, and what is skipped.

use k8s_rbac::load::{Loaded, Loader};

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
