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
