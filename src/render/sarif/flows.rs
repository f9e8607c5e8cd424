//! Paths of escalation as SARIF: a result with a code flow for each, the edges as a taxonomy.

use serde_json::{Value, json};

use super::{driver, location, run};
use crate::explain::Evidence;
use crate::paths::{Certainty, Edge, Path, Step, edges};

/// The rule that every path is a result of.
const RULE: &str = "escalation-path";
/// The name of the taxonomy, which results refer to.
const EDGES: &str = "k8s-rbac-edges";

/// Paths of escalation as a SARIF log: each step of a path is a stretch of its code flow, through the subjects and rules that allow it.
///
/// ```
/// use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
/// use k8s_rbac::paths::{Goal, Identity, Paths};
/// use k8s_rbac::{Authorizer, Policy, render::sarif};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("r", [PolicyRule::resources(["impersonate"], [""], ["users", "groups"])]));
/// policy.insert(ClusterRoleBinding::new("b", "r", [Subject::user("jane")]));
/// let (paths, rbac) = (Paths::new(Default::default()), Authorizer::new(policy));
/// let path = paths.of(&rbac)?.path(&Identity::user("jane"), &Goal::ClusterAdmin).unwrap();
/// let log = sarif::paths([&path]);
/// let flow = &log["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0];
/// assert_eq!(flow["locations"][0]["taxa"][0]["id"], "E02");
/// # Ok::<(), k8s_rbac::paths::TooLarge>(())
/// ```
#[must_use]
pub fn paths<'p>(found: impl IntoIterator<Item = &'p Path>) -> Value {
    let results: Vec<Value> = found.into_iter().map(result).collect();
    let rule = json!({
        "id": RULE,
        "name": RULE,
        "shortDescription": { "text": "steps that lead to more than was granted" },
        "fullDescription": { "text": "Each step is a request that is allowed to whoever takes it, and leads to another identity or to more permissions." },
        "properties": { "tags": ["security"] },
    });
    run(json!({
        "tool": { "driver": driver(vec![rule]) },
        "columnKind": "unicodeCodePoints",
        "taxonomies": [{ "name": EDGES, "shortDescription": { "text": "edges of escalation" }, "taxa": taxa() }],
        "results": results,
    }))
}

/// Every edge once, though there may be several ways to take it.
fn taxa() -> Vec<Value> {
    let mut kept: Vec<&Edge> = Vec::new();
    for edge in edges::all() {
        if !kept.iter().any(|known| known.id == edge.id) {
            kept.push(edge);
        }
    }
    kept.into_iter().map(|edge| json!({ "id": edge.id, "shortDescription": { "text": edge.title } })).collect()
}

fn result(path: &Path) -> Value {
    let locations: Vec<Value> = path.steps.iter().flat_map(stretch).collect();
    let edges: Vec<&str> = path.steps.iter().map(|step| step.edge.as_str()).collect();
    let goal = json!(path.to);
    json!({
        "ruleId": RULE,
        "ruleIndex": 0,
        "level": level(path),
        "message": { "text": path.to_string() },
        "locations": first(path).into_iter().collect::<Vec<_>>(),
        "codeFlows": [{ "threadFlows": [{ "locations": locations }] }],
        "partialFingerprints": { "path/v1": format!("{}|{goal}|{}", path.from, edges.join(" ")) },
    })
}

/// As sure as its least sure step.
fn level(path: &Path) -> &'static str {
    match path.steps.iter().map(|step| step.certainty).max() {
        Some(Certainty::Exact) => "error",
        Some(Certainty::Conditional) => "warning",
        Some(Certainty::Potential) | None => "note",
    }
}

/// The subject by which the first step is taken.
fn first(path: &Path) -> Option<Value> {
    path.steps.iter().flat_map(|step| &step.requests).find_map(|proof| proof.evidence.as_ref()).map(subject)
}

fn subject(evidence: &Evidence) -> Value {
    location(evidence.subject_place.as_ref(), &evidence.binding, &format!("subjects[{}]", evidence.subject_index))
}

fn rule(evidence: &Evidence) -> Value {
    location(evidence.rule_place.as_ref(), &evidence.role, &format!("rules[{}]", evidence.rule_index))
}

/// The locations of a step: of each request the subject and the rule, or one without a place where nothing of RBAC allows it.
fn stretch(step: &Step) -> Vec<Value> {
    let proved = step.requests.iter().filter_map(|proof| Some((proof, proof.evidence.as_ref()?)));
    let mut stretch: Vec<(Value, String)> = proved
        .flat_map(|(proof, evidence)| {
            let who = format!("{}, by {}", step.by, evidence.binding);
            let what = format!("may {}, by {} rules[{}]", proof.request, evidence.role, evidence.rule_index);
            [(subject(evidence), who), (rule(evidence), what)]
        })
        .collect();
    if stretch.is_empty() {
        stretch.push((json!({}), step.by.to_string()));
    }
    if let Some((_, said)) = stretch.last_mut() {
        *said = format!("{said}: {} {}, and {}", step.edge, step.title, step.yields);
    }
    stretch.into_iter().map(|(location, said)| flow_location(step, location, &said)).collect()
}

fn flow_location(step: &Step, mut location: Value, said: &str) -> Value {
    if let Some(fields) = location.as_object_mut() {
        fields.insert("message".to_owned(), json!({ "text": said }));
    }
    json!({
        "location": location,
        "taxa": [{ "id": step.edge, "toolComponent": { "name": EDGES } }],
    })
}
