//! Texts that begin with a brace: JSON, YAML in flow style, or both after one another, as `kubectl` takes them.

use k8s_rbac::load::{Loaded, Loader, ProblemKind};

const FLOW: &str = "{kind: Role, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: flow, namespace: dev}}\n";
const JSON: &str = "{\"kind\": \"Namespace\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"NAME\"}}\n";

fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let loaded: Loaded = Loader::new().read_str("t", text);
    let objects = loaded.objects.iter().map(|object| object.key().to_string()).collect();
    (objects, loaded.problems.iter().map(ToString::to_string).collect())
}

fn json(name: &str) -> String {
    JSON.replace("NAME", name)
}

#[test]
fn a_flow_map_is_yaml_wherever_it_stands() {
    for before in ["", "\n \n", "---\n", "\u{feff}", "# c\n"] {
        assert_eq!(read(&format!("{before}{FLOW}")), (vec!["Role dev/flow".to_owned()], vec![]), "{before:?}");
    }
    let (objects, problems) = read(&format!("{}---\n{FLOW}", json("a")));
    assert_eq!((objects.len(), problems.len()), (2, 0));
}

#[test]
fn a_flow_map_that_is_no_yaml_either_is_told_as_json() {
    let (_, problems) = read("{kind: Role, apiVersion: [}\n");
    assert_eq!(problems, ["t:1:2: expected a key in double quotes, found 'k'"]);
}

#[test]
fn json_behind_a_separator_is_read_as_yaml() {
    let escaped = r#"{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "a", "annotations": {"b": "\/"}}}"#;
    assert_eq!(read(escaped).1, [""; 0]);
    assert_eq!(read(&format!("---\n{escaped}")).1.len(), 1);
    let (objects, problems) = read(&format!("{}---\n{}", json("a"), json("b")));
    assert_eq!((objects, problems), (vec!["Namespace a".to_owned(), "Namespace b".to_owned()], vec![]));
}

#[test]
fn of_two_values_behind_a_separator_the_second_is_told() {
    let loaded = Loader::new().read_str("t", &format!("{}---\n{}{}", json("a"), json("b"), json("c")));
    assert_eq!(loaded.objects.len(), 2);
    assert_eq!(loaded.problems[0].kind, ProblemKind::AfterEnd);
    assert_eq!(loaded.problems[0].place.span.start.line, 4);
}

#[test]
fn after_two_values_a_separator_is_a_problem_and_what_follows_is_read() {
    let (objects, problems) = read(&format!("{}{}---\n{}", json("a"), json("b"), json("c")));
    assert_eq!(objects.len(), 3);
    assert_eq!(problems, ["t:3:1: expected another JSON value after two of them, found a line of dashes"]);
}

#[test]
fn what_stands_behind_its_last_brace_does_not_hide_a_map() {
    for behind in ["[\n", "[\n{a: b}\n", "}}}\n", "#x\n{a: 1\n", " 'a\n", ", \n"] {
        for before in ["", "# c\n"] {
            let (objects, problems) = read(&format!("{before}{}{behind}", FLOW.trim_end()));
            assert_eq!(objects, ["Role dev/flow"], "{behind:?}: {problems:?}");
            assert_eq!(problems.len(), 1, "{behind:?}: {problems:?}");
            assert!(problems[0].contains("after the end of the document"), "{behind:?}: {problems:?}");
        }
    }
}

#[test]
fn a_tag_runs_into_the_mark_behind_it() {
    for value in ["[!]", "[!a, b]", "[!!str]", "{a: !b}", "{a: !<b>}"] {
        let text = FLOW.replace("namespace: dev", &format!("annotations: {value}"));
        let (_, problems) = read(&format!("# c\n{text}"));
        assert!(
            problems[0].ends_with("expected a space behind a tag inside of brackets or braces, found none"),
            "{value}: {problems:?}"
        );
    }
    let text = FLOW.replace("namespace: dev", "annotations: {a: !!str }");
    assert_eq!(read(&text).1, [""; 0]);
}

#[test]
fn a_key_and_its_colon_stand_in_one_line_though_there_be_no_value() {
    for (value, is_refused) in
        [("{'a'\n :}", true), ("{'a' # c\n : }", true), ("{'a': \n }", false), ("{&x # c\n a}", false), ("{ # !a\n b: c}", false)]
    {
        let (_, problems) = read(&FLOW.replace("namespace: dev", &format!("annotations: {value}")));
        assert_eq!(!problems.is_empty(), is_refused, "{value}: {problems:?}");
    }
}

#[test]
fn a_colon_behind_a_plain_key_wants_a_space() {
    for (value, is_refused) in [("{a:}", true), ("{a:,}", true), ("{a:[]}", true), ("{'a':}", false), ("{a: }", false)] {
        let (_, problems) = read(&FLOW.replace("namespace: dev", &format!("annotations: {value}")).replacen('{', "# c\n{", 1));
        assert_eq!(!problems.is_empty(), is_refused, "{value}: {problems:?}");
    }
}

#[test]
fn behind_one_value_blanks_are_passed_over_up_to_a_line_break() {
    for (behind, is_refused) in [
        ("\u{a0}\n", true),
        ("\u{a0}\n\n\n\n", false),
        ("\n#\n", true),
        ("\n#c\n", false),
        ("\n\t\n", false),
        ("\n\t\n---\n", true),
        (" \u{2003} \n\n\n\n", false),
        ("\u{a0}", true),
        ("\n\u{a0}\n", true),
        ("\u{a0}\u{a0}x", true),
    ] {
        let (objects, problems) = read(&format!("{}{behind}", json("a").trim_end()));
        assert_eq!(objects, ["Namespace a"], "{behind:?}");
        assert_eq!(!problems.is_empty(), is_refused, "{behind:?}: {problems:?}");
    }
    assert_eq!(read(&format!("\t{FLOW}")), (vec!["Role dev/flow".to_owned()], vec![]));
}

#[test]
fn the_first_separator_behind_json_begins_a_document() {
    let (value, other) = (json("a"), json("b"));
    for (between, is_refused) in [("--- \n...\n", true), ("---\n", false), ("---#\n", true), ("\n---#\n", false)] {
        let (_, problems) = read(&format!("{value}{between}{other}"));
        assert_eq!(!problems.is_empty(), is_refused, "{between:?}: {problems:?}");
    }
    let (_, problems) = read(&format!("{value}---\n...\n{other}"));
    assert!(problems[0].contains("after the end of the document"), "{problems:?}");
}
