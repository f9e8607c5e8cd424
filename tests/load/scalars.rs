//! Scalars, tags, merges and aliases: what is read, and what is told.

use k8s_rbac::load::{FieldValidation, Loaded, Loader};

fn labels(value: &str) -> Loaded {
    let text = format!("kind: Namespace\napiVersion: v1\nmetadata:\n  name: x\n  labels: {{a: {value}}}\n");
    Loader::new().read_str("t", &text)
}

fn label(value: &str) -> String {
    labels(value).into_result().unwrap()[0].metadata().labels["a"].clone()
}

#[test]
fn quoted_and_tagged_scalars_are_strings() {
    for (written, read) in [
        ("'on'", "on"),
        ("\"on\"", "on"),
        ("!!str on", "on"),
        ("! on", "on"),
        ("!custom 5", "5"),
        ("!!binary aGk=", "hi"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("yEs", "yEs"),
        ("<<", "<<"),
        ("\"\\u0041\\x42\"", "AB"),
        ("~", ""),
    ] {
        assert_eq!(label(written), read, "{written}");
    }
}

#[test]
fn other_scalars_are_refused_with_what_to_write() {
    for written in
        ["on", "No", "y", "0755", "0o10", "1_000", "0x1F", "1e3", "1.10", ".inf", "-1", "!!int '5'", "99999999999999999999"]
    {
        let told = labels(written).into_result().unwrap_err().to_string();
        assert!(told.contains("metadata.labels[a]: expected a string, found the "), "{told}");
        assert!(told.contains(": quote it: \""), "{told}");
    }
}

#[test]
fn programs_that_read_straight_into_a_type_get_the_text_of_the_value() {
    for (written, read) in [("on", "true"), ("0755", "493"), ("1.10", "1.1"), ("1e3", "1000"), ("1e6", "1e+06"), ("~", "")] {
        let text = format!("kind: Namespace\napiVersion: v1\nmetadata: {{name: x, labels: {{a: {written}}}}}\n");
        let loaded = Loader::new().coerce_scalars(true).read_str("t", &text);
        assert_eq!(loaded.into_result().unwrap()[0].metadata().labels["a"], read, "{written}");
    }
}

#[test]
fn keys_are_compared_by_their_value() {
    let text = "kind: Namespace\napiVersion: v1\nmetadata:\n  name: x\n  labels:\n    on: '1'\n    y: '2'\n    Yes: '3'\n";
    let strict = Loader::new().read_str("t", text);
    let told: Vec<String> = strict.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "t:7:5: metadata.labels: the key \"true\" stands at t:6:5 already",
            "t:8:5: metadata.labels: the key \"true\" stands at t:6:5 already"
        ]
    );
    assert!(strict.objects.is_empty());
    let warned = Loader::new().field_validation(FieldValidation::Warn).read_str("t", text);
    assert_eq!((warned.problems.len(), warned.warnings.len()), (0, 2));
    assert_eq!(warned.objects[0].metadata().labels["true"], "3");
}

#[test]
fn merges_are_those_of_go_yaml() {
    let text = "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: x}\nrules:\n- &a {verbs: [get]}\n\
                - <<: [{resources: [pods]}, *a]\n  apiGroups: ['']\n- *a\n";
    let loaded = Loader::new().read_str("t", text);
    let place = |path| loaded.objects[0].source().unwrap().nearest(path).to_string();
    assert_eq!(
        [place("rules[1].verbs"), place("rules[1].resources"), place("rules[2]"), place("rules[2].verbs")],
        ["t:5:14", "t:6:20", "t:8:3", "t:5:14"]
    );
    let json = serde_json::to_value(&loaded.into_result().unwrap()[0]).unwrap();
    assert_eq!(json["rules"][1], serde_json::json!({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}));
    assert_eq!(json["rules"][2], json["rules"][0]);
}

#[test]
fn bytes_may_be_a_list_of_numbers() {
    let read = |value: &str| {
        let text = format!("kind: Secret\napiVersion: v1\nmetadata: {{name: x}}\ndata: {{a: {value}}}\n");
        let objects = Loader::new().read_str("t", &text).into_result()?;
        Ok(serde_json::to_value(&objects[0]).unwrap()["data"]["a"].clone())
    };
    assert_eq!(read("[104, 105, ~]"), Ok::<_, k8s_rbac::load::Error>("aGkA".into()));
    assert_eq!(read("[]"), Ok("".into()));
    for wrong in ["[256]", "[-1]", "[a]", "[[1]]", "[1.5]"] {
        let told = read(wrong).unwrap_err().to_string();
        assert_eq!(told, "t:4:11: data[a]: expected base64, found a list");
    }
}

#[test]
fn a_mark_of_merging_is_neither_a_time_nor_bytes() {
    let told = |text: &str| Loader::new().read_str("t", text).into_result().unwrap_err().to_string();
    let time = "kind: Namespace\napiVersion: v1\nmetadata: {name: x, creationTimestamp: <<}\n";
    assert!(told(time).starts_with("t:3:40: metadata.creationTimestamp: expected a time"), "{}", told(time));
    let bytes = "kind: Secret\napiVersion: v1\nmetadata: {name: x}\ndata: {a: <<}\n";
    assert_eq!(told(bytes), "t:4:11: data[a]: expected base64, found the string \"<<\"");
}

#[test]
fn a_key_that_is_not_there_is_refused_unless_something_marks_it() {
    for (value, refused) in
        [("[: x]", true), ("{: x}", true), ("{b: c, : x}", true), ("{!!str : x}", false), ("[!!str : x]", false)]
    {
        let text = format!("kind: Deployment\napiVersion: apps/v1\na: {value}\n");
        let told: Vec<String> = Loader::new().read_str("t", &text).problems.iter().map(ToString::to_string).collect();
        assert_eq!(told.iter().any(|problem| problem.ends_with("expected a key, found none")), refused, "{value}: {told:?}");
    }
}

#[test]
fn a_question_mark_in_brackets_is_quoted() {
    let told = labels("what?x").into_result().unwrap_err().to_string();
    assert_eq!(told, "t:5:19: expected quotes around a `?` inside of brackets or braces, found none");
    assert_eq!(label("'what?'"), "what?");
    let block = Loader::new().read_str("t", "kind: Namespace\napiVersion: v1\nmetadata:\n  name: x?y\n").into_result().unwrap();
    assert_eq!(block[0].metadata().name, "x?y");
}

#[test]
fn an_anchor_is_followed_by_a_space_or_the_end_of_its_place() {
    let refused = "expected letters, digits, `-` and `_` for an anchor, found another character";
    for (value, told) in [
        ("[&a [x], *a]", None),
        ("[&a[x]]", Some(("t:1:12", refused))),
        ("[&a{x: y}]", Some(("t:1:12", refused))),
        ("[&a x, *a[y]]", Some(("t:1:18", refused))),
        ("[&a.b x]", Some(("t:1:12", refused))),
    ] {
        // Behind a comment, so that it is no JSON.
        let loaded = Loader::new().read_str("t", &format!("metadata: {value}\n"));
        let syntax: Vec<String> =
            loaded.problems.iter().map(ToString::to_string).filter(|problem| problem.contains("anchor")).collect();
        let told: Vec<String> = told.iter().map(|(place, message)| format!("{place}: {message}")).collect();
        assert_eq!(syntax, told, "{value}");
    }
}

#[test]
fn a_tab_before_the_text_of_a_block_is_refused() {
    let block = |lines: &str| format!("kind: Namespace\napiVersion: v1\nmetadata:\n  annotations:\n    a: |\n{lines}  name: x\n");
    for (lines, place) in [("      \tx\n", "6:7"), ("      x\n   \t\n", "7:4"), ("      x\n\n\t# c\n", "8:1")] {
        let told = Loader::new().read_str("t", &block(lines)).into_result().unwrap_err().to_string();
        assert_eq!(told, format!("t:{place}: expected spaces, found a tab"), "{lines:?}");
    }
    for lines in ["      x\n      \ty\n", "      x\n      \t\n", "      x\ty\n"] {
        assert!(Loader::new().read_str("t", &block(lines)).into_result().is_ok(), "{lines:?}");
    }
}

#[test]
fn a_tab_in_the_lines_of_a_plain_scalar_reaches_its_indentation() {
    for (lines, place) in [
        ("kind: Namespace\n \t\n  \t # c\napiVersion: v1\n", None),
        ("kind: Namespace\n\t\napiVersion: v1\n", Some("2:1")),
        ("kind:\n  Namespace\n\t\n\napiVersion: v1\n", Some("3:1")),
        ("kind: Namespace # c\n \t\napiVersion: v1\n", Some("2:2")),
        ("kind: 'Namespace'\n \t\napiVersion: v1\n", Some("2:2")),
        ("kind: Namespace\napiVersion: v1\nmetadata:\n  labels:\n    a: b\n   \t\n", Some("6:4")),
        ("kind: Namespace\napiVersion: v1\nmetadata:\n  labels: {a: b\n \t\n  }\n", Some("5:2")),
        ("kind: Namespace\napiVersion: v1\nmetadata:\n  labels: {a: b\n   \t\n  }\n", None),
        ("kind: Namespace\napiVersion: v1\nmetadata:\n  finalizers:\n  - b\n \t\n", Some("6:2")),
        ("kind: Namespace\napiVersion: v1\nmetadata:\n  finalizers:\n  - b\n   \t\n", None),
    ] {
        let told: Vec<String> = Loader::new().read_str("t", lines).problems.iter().map(ToString::to_string).collect();
        let tab: Vec<String> = place.iter().map(|place| format!("t:{place}: expected spaces, found a tab")).collect();
        assert_eq!(told, tab, "{lines:?}");
    }
}

#[test]
fn a_tab_may_follow_the_header_of_a_block() {
    let text = "kind: Namespace\napiVersion: v1\nmetadata:\n  annotations:\n    a: |-\t\n      x\n    b: !a-\ty\n  name: x\n";
    assert_eq!(Loader::new().read_str("t", text).problems, []);
}

#[test]
fn a_tag_holds_no_number_sign() {
    for value in ["!!str# on", "!!st#r on", "!<a#b> on", "!!map#\n    a: b"] {
        let text = format!("kind: Namespace\napiVersion: v1\nmetadata:\n  name: {value}\n");
        let told = Loader::new().read_str("t", &text).into_result().unwrap_err().to_string();
        assert!(told.ends_with("expected a space or line break behind a tag, found `#`"), "{value}: {told}");
    }
}
