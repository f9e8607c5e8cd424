//! Six nasty documents, what else a reader must tell, and what is said of them.

use k8s_rbac::load::{FieldValidation, Loader};
use k8s_rbac::render;

fn shown(text: &str) -> String {
    shown_by(Loader::new(), text)
}

fn shown_by(loader: Loader, text: &str) -> String {
    let loaded = loader.read_str("nasty.yaml", text);
    let objects: Vec<String> = loaded.objects.iter().map(|object| format!("loaded: {}\n", object.key())).collect();
    objects.concat() + "\n" + &render::loaded(&loaded)
}

#[test]
fn scalars_of_yaml_1_1() {
    insta::assert_snapshot!(shown(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: 123
  labels: {yes: yes, time: 12:30:45, date: 2024-01-01}
rules:
- verbs: [on, get, 0755, 0o10, 1_000, 0x1F, 1e3, 1.10, ~]
  apiGroups: ['']
  resources:
  - off
  - !!str off
"
    ));
}

#[test]
fn keys_that_come_twice() {
    insta::assert_snapshot!(shown(TWICE));
}

/// The last of each counts.
#[test]
fn keys_that_come_twice_when_that_is_but_a_warning() {
    let loader = Loader::new().field_validation(FieldValidation::Warn);
    let object = loader.read_str("t", TWICE).objects.remove(0);
    let object = serde_json::to_value(&object).unwrap();
    assert_eq!((&object["metadata"]["labels"]["true"], &object["rules"]), (&"c".into(), &serde_json::json!([])));
    insta::assert_snapshot!(shown_by(loader, TWICE));
}

const TWICE: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: twice
  labels: {on: 'a', yes: 'b', 'true': 'c'}
rules:
- verbs: [get]
  verbs: [list]
rules: []
";

#[test]
fn a_bomb_of_aliases() {
    let mut text = "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\na0: &a0 [x]\n".to_owned();
    for level in 1..10 {
        let uses = vec![format!("*a{}", level - 1); 9].join(", ");
        text += &format!("a{level}: &a{level} [{uses}]\n");
    }
    insta::assert_snapshot!(shown(&text));
}

#[test]
fn a_broken_document_between_good_ones() {
    let text = "\u{feff}---
apiVersion: v1
kind: Namespace
metadata: {name: first}
---
# nothing
---
---
null
---
apiVersion: v1
kind: Namespace
metadata:
  name: second
 broken
---
apiVersion: v1
kind: Namespace
metadata: {name: third}
--- text
kind: Namespace
apiVersion: v1
metadata: {name: behind}
---
apiVersion: v1
kind: Namespace
metadata: {name: fourth}
...
kind: Namespace
";
    insta::assert_snapshot!(shown(&text.replace('\n', "\r\n")));
}

#[test]
fn fields_and_types() {
    insta::assert_snapshot!(shown(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: typed, namespace: dev, creationTimestamp: yesterday}
rules:
- verbs: [get]
  apiGroups: ['']
  resource: [pods]
- verbs: get
  apiGroups: {a: b}
  resources: [[pods], {a: b}]
- rules
Subjects: []
---
apiVersion: v1
kind: Secret
metadata: [x]
data: {token: '%', key: aGk}
immutable: 'yes'
---
kind: Role
---
- a list
---
apiVersion: a/b/c
kind: Role
"
    ));
}

#[test]
fn tags_merges_and_anchors() {
    insta::assert_snapshot!(shown(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: !custom on
  annotations: {[a]: b, ? : c, !!int '5': five}
rules:
- &base {verbs: [get], apiGroups: ['']}
- <<: *base
  verbs: [list]
- <<: *base
  resources: [pods]
- <<: text
---
a: &a [*a]
---
a: *unknown
---
a: !!int x
"
    ));
}

#[test]
fn ten_thousand_levels() {
    let nested = |open: &str, close: &str| format!("# a comment\n{}{}\n", open.repeat(10_000), close.repeat(10_000));
    insta::assert_snapshot!(shown(&format!("{}---\n{}", nested("[", "]"), nested("{a: ", "}"))));
}

#[test]
fn problems_in_the_items_of_lists() {
    insta::assert_snapshot!(shown(
        "apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: whole, namespace: dev}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: broken, namespace: dev}
  rules:
  - verbs: get
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBindingList
items:
- metadata: {name: b, namespace: dev}
  roleRef: {kind: Role, nam: whole}
"
    ));
}
