//! Limits: each is met by a typed problem with a place, and what is done before is bounded.

use k8s_rbac::load::{LimitKind, Limits, Loader, Problem, ProblemKind};

fn limits(change: impl FnOnce(&mut Limits)) -> Loader {
    let mut limits = Limits::default();
    change(&mut limits);
    Loader::new().limits(limits)
}

fn reached(problems: &[Problem]) -> Vec<LimitKind> {
    let limit = |problem: &Problem| match problem.kind {
        ProblemKind::Limit { limit, .. } => Some(limit),
        _ => None,
    };
    problems.iter().filter_map(limit).collect()
}

#[test]
fn a_hundred_megabytes_of_one_line() {
    let text = format!("kind: Namespace\napiVersion: v1\nmetadata: {{name: {}}}", "x".repeat(100_000_000));
    let refused = limits(|limits| limits.bytes = 1_000_000).read_str("t", &text);
    assert_eq!(reached(&refused.problems), [LimitKind::Bytes]);
    assert_eq!(refused.problems[0].to_string(), "t:1:1: expected at most 1000000 bytes, found more");
}

#[test]
fn one_long_line_of_many_nodes_is_read_in_one_go() {
    let rules = r#"{"verbs":["é"],"x":1},"#.repeat(20_000);
    let text = format!(
        r#"{{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","rules":[{}]}}"#,
        rules.trim_end_matches(',')
    );
    let loaded = limits(|limits| limits.problems = 100).read_str("t", &text);
    assert_eq!(loaded.problems.len(), 101);
    assert_eq!(reached(&loaded.problems), [LimitKind::Problems]);
    assert_eq!(loaded.problems[99].place.span.start.column, 75 + 99 * 22 + 16);
}

#[test]
fn nodes() {
    let text = format!("kind: Namespace\napiVersion: v1\nmetadata: {{name: x, finalizers: [{}]}}", "a,".repeat(1000));
    assert_eq!(reached(&limits(|limits| limits.nodes = 1000).read_str("t", &text).problems), [LimitKind::Nodes]);
    assert_eq!(Loader::new().read_str("t", &text).objects.len(), 1);
    assert_eq!(reached(&limits(|limits| limits.nodes = 5).read_str("t", r#"{"a": [1, 2, 3, 4]}"#).problems), [LimitKind::Nodes]);
}

#[test]
fn depth() {
    let flow = format!("a: {}{}", "[".repeat(20_000), "]".repeat(20_000));
    let json = format!("{{\"a\": {}", "[".repeat(1_000_000));
    let block: String = (0..3_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    for text in [flow, json, block] {
        assert_eq!(reached(&Loader::new().read_str("t", &text).problems), [LimitKind::Depth]);
        assert_eq!(reached(&limits(|limits| limits.depth = usize::MAX).read_str("t", &text).problems), [LimitKind::Depth]);
    }
}

#[test]
fn the_deepest_value_is_read() {
    let fields = format!("{}1{}", "[".repeat(240), "]".repeat(240));
    let text = format!(
        r#"{{"kind":"Namespace","apiVersion":"v1","metadata":{{"name":"x","managedFields":[{{"fieldsV1":{fields}}}]}}}}"#
    );
    let loaded = limits(|limits| limits.depth = 250).read_str("t", &text);
    assert_eq!(loaded.into_result().unwrap().len(), 1);
}

#[test]
fn aliases() {
    let mut text = "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\na0: &a0 [x]\n".to_owned();
    for level in 1..40 {
        text += &format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
    }
    let loaded = Loader::new().read_str("t", &text);
    assert_eq!(reached(&loaded.problems), [LimitKind::Aliases]);
    assert_eq!(loaded.problems[0].place.span.start.line, 14);
    let unlimited = limits(|limits| limits.aliases = usize::MAX).read_str("t", &text);
    assert!(unlimited.problems.iter().all(|problem| matches!(problem.kind, ProblemKind::UnknownField { .. })));
}

#[test]
fn merges_of_merges_are_not_followed_for_ever() {
    let mut text = "kind: Namespace\napiVersion: v1\nmetadata: {name: x}\nm0: &m0 {a: b}\n".to_owned();
    for level in 1..120 {
        text += &format!("m{level}: &m{level} {{<<: *m{}}}\n", level - 1);
    }
    text += "<<: *m119\n";
    let loaded = limits(|limits| limits.aliases = 1_000_000).read_str("t", &text);
    assert_eq!(reached(&loaded.problems), [LimitKind::Depth]);
}

#[test]
fn a_million_documents() {
    let text = "---\n".repeat(1_000_001);
    let loaded = limits(|limits| limits.documents = 1000).read_str("t", &text);
    assert_eq!(reached(&loaded.problems), [LimitKind::Documents]);
    assert_eq!(loaded.problems[0].place.span.start.line, 1002);
    assert_eq!(reached(&Loader::new().read_str("t", &text).problems), [LimitKind::Documents]);
}
