//! Settings, and input that is no text.

use k8s_rbac::load::{FieldValidation, Loader, ProblemKind, SameObject};

const TWICE: &str = "kind: Namespace
apiVersion: v1
metadata: {name: a, labels: {v: '1'}}
---
kind: Namespace
apiVersion: v1
metadata: {name: a, labels: {v: '2'}}
";

#[test]
fn an_object_that_comes_twice_is_refused_or_replaces() {
    let refused = Loader::new().read_str("t", TWICE);
    assert_eq!(refused.objects[0].metadata().labels["v"], "1");
    assert_eq!(refused.into_result().unwrap_err().to_string(), "t:7:18: metadata.name: Namespace a stands at t:3:18 already");
    let replaced = Loader::new().same_object(SameObject::Replace).read_str("t", TWICE);
    assert_eq!(replaced.warnings.len(), 1);
    assert_eq!(replaced.into_result().unwrap()[0].metadata().labels["v"], "2");
    let without_spans = Loader::new().spans(false).read_str("t", TWICE);
    assert_eq!(without_spans.into_result().unwrap_err().to_string(), "t:5:1: metadata.name: Namespace a stands at t:1:1 already");
}

#[test]
fn unknown_fields_may_be_passed_over() {
    let text = "kind: Namespace\napiVersion: v1\nmetadata: {name: a, nmae: b}\n";
    let loader = Loader::new().field_validation(FieldValidation::Warn);
    let warned = loader.read_str("t", text);
    assert_eq!(warned.warnings[0].to_string(), "t:3:21: metadata.nmae: unknown field \"nmae\", the nearest is \"name\"");
    assert_eq!(warned.into_result().unwrap().len(), 1);
    let ignored = Loader::new().field_validation(FieldValidation::Ignore).read_str("t", text);
    assert_eq!((ignored.warnings.len(), ignored.objects.len()), (0, 1));
    let behind = loader.read_str("t", "--- {kind: Namespace, apiVersion: v1, metadata: {name: a}}\n");
    assert_eq!(behind.into_result().unwrap().len(), 1);
}

#[test]
fn bytes_that_are_no_utf_8_are_told_where_they_stand() {
    let mut bytes = TWICE.replace("name: a, labels: {v: '2'}", "name: b").into_bytes();
    bytes.extend(b"---\n\xff");
    let loaded = Loader::new().read_bytes("t", &bytes);
    assert_eq!(loaded.objects.len(), 2);
    assert_eq!(loaded.problems.len(), 1);
    assert_eq!(loaded.problems[0].kind, ProblemKind::NotUtf8);
    assert_eq!(loaded.problems[0].place.to_string(), "t:9:1");
}

#[test]
fn nul_is_no_text() {
    for text in ["a\0b: c", "kind: \0", "{\"kind\": \"\0\"}", "\0"] {
        assert_eq!(Loader::new().read_str("t", text).problems.len(), 1, "{text:?}");
    }
}

#[test]
fn spans_have_both_ends_and_keys() {
    let text = "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: x}\nrules:\n- verbs: [get]\n  resources:\n  - \"pods\"\n\n# end\n";
    let loaded = Loader::new().read_str("t", text);
    let map = loaded.objects[0].source().unwrap();
    let part = |span: k8s_rbac::span::Span| &text[span.start.offset..span.end.offset];
    assert_eq!(part(map.get("rules[0].verbs").unwrap()), "[get]");
    assert_eq!(part(map.get("rules[0].resources[0]").unwrap()), "\"pods\"");
    assert_eq!(part(map.get("rules").unwrap()), "- verbs: [get]\n  resources:\n  - \"pods\"");
    assert_eq!(part(map.key("rules[0].resources").unwrap()), "resources");
    assert_eq!(part(map.object().span), text.trim_end_matches("\n\n# end\n"));
    assert_eq!(map.get("rules[0].apiGroups"), None);
}

#[test]
fn a_list_begins_at_its_own_dash() {
    for (list, at) in [
        ("\n- - a\n", "4:1"),
        ("\n  - - a\n", "4:3"),
        (" # - x\n- # y - z\n  - a\n", "4:1"),
        (" !a-b # -\n- -c\n", "4:1"),
        ("\n-\n - a\n", "4:1"),
        ("\n- - - a\n  - b\n", "4:1"),
        (" [[a]]\n", "3:10"),
    ] {
        let text = format!("kind: RoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nroleRef:{list}");
        let told = Loader::new().read_str("t", &text).into_result().unwrap_err().to_string();
        assert_eq!(told, format!("t:{at}: roleRef: expected a map, found a list"), "{list:?}");
    }
}

#[test]
fn unknown_fields_of_a_pod_are_carried_but_for_those_of_its_metadata() {
    let text = "kind: Pod\napiVersion: v1\nmetadata: {name: p, nmae: q}\nspec:\n  restartPolice: Never\n  containers:\n  - {name: c, immage: d}\n";
    let told = Loader::new().read_str("t", text).into_result().unwrap_err().to_string();
    assert_eq!(told, "t:3:21: metadata.nmae: unknown field \"nmae\", the nearest is \"name\"");
    let pod = Loader::new().read_str("t", &text.replace(", nmae: q", "")).into_result().unwrap().remove(0);
    let json = serde_json::to_value(&pod).unwrap();
    assert_eq!((&json["spec"]["restartPolice"], &json["spec"]["containers"][0]["immage"]), (&"Never".into(), &"d".into()));
}
