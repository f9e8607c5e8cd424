//! SARIF against its published schema, and what code scanning reads of it.

use std::path::Path;

use k8s_rbac::lint::Linter;
use k8s_rbac::load::Loader;
use k8s_rbac::paths::{Goal, Identity, Paths};
use k8s_rbac::render::sarif;
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, Policy};
use serde_json::{Value, json};

use crate::schema::violations;

fn schema() -> Value {
    serde_json::from_str(include_str!("data/sarif-schema-2.1.0.json")).unwrap()
}

/// What is wrong with a log by the schema.
pub fn violations_of(log: &Value) -> Vec<String> {
    violations(&schema(), log)
}

fn log(files: &[&str]) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/fixtures");
    let mut policy = Policy::new();
    for file in files {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        policy.extend(Loader::new().read_str(&format!("some folder/{file}"), &text).into_result().unwrap());
    }
    let linter =
        Linter::new(Profile::default()).allow_labelled("RB210", "rbac.authorization.k8s.io/aggregate-to-edit", "true", "known");
    sarif::log(&linter, &linter.lint(&Authorizer::new(policy)))
}

#[test]
fn the_log_keeps_to_the_schema() {
    let log = log(&["RB101.fail.yaml", "RB116.fail.yaml", "RB210.fail.yaml", "RB703.fail.yaml", "RB808.fail.yaml"]);
    assert_eq!(violations_of(&log), [""; 0]);
    let mut broken = log.clone();
    broken["runs"][0]["results"][0]["level"] = json!("bad");
    broken["runs"][0]["tool"]["driver"]["surprise"] = json!(1);
    assert_eq!(violations_of(&broken).len(), 2);
}

#[test]
fn the_whole_catalogue_is_told_and_results_point_into_it() {
    let log = log(&["RB101.fail.yaml"]);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 176);
    let off = rules.iter().find(|rule| rule["id"] == "RB901").unwrap();
    assert_eq!(off["defaultConfiguration"]["enabled"], false);
    let results = run["results"].as_array().unwrap();
    assert!(results.iter().all(|result| rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"] == result["ruleId"]));
    let found = results.iter().find(|result| result["ruleId"] == "RB101").unwrap();
    assert_eq!(found["properties"]["security-severity"], "9.5");
    let place = &found["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "some%20folder/RB101.fail.yaml");
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "ClusterRoleBinding/fail-1#roleRef");
    let related: Vec<&str> =
        found["relatedLocations"].as_array().unwrap().iter().map(|place| place["message"]["text"].as_str().unwrap()).collect();
    assert_eq!(related, ["ClusterRoleBinding fail-1 subjects[0]", "ClusterRole fail-1 rules[0]"]);
}

#[test]
fn what_was_set_aside_is_a_result_with_its_reason() {
    let log = log(&["RB210.fail.yaml"]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let set_aside: Vec<&Value> = results.iter().filter(|result| result.get("suppressions").is_some()).collect();
    assert_eq!(set_aside.len(), 1);
    assert_eq!(set_aside[0]["suppressions"][0]["justification"], "known");
}

/// The same finding keeps its fingerprint when other objects and rules come before it.
#[test]
fn fingerprints_do_not_move() {
    let prints = |files: &[&str]| -> Vec<String> {
        let log = log(files);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let own = results.iter().filter(|result| result["ruleId"] == "RB703");
        own.map(|result| result["partialFingerprints"]["object/v1"].to_string()).collect()
    };
    let alone = prints(&["RB703.fail.yaml"]);
    assert_eq!(alone.len(), 2);
    assert_eq!(prints(&["RB101.fail.yaml", "RB703.fail.yaml"]), alone);
}

#[test]
fn what_a_finding_implies_is_told() {
    let log = log(&["RB601.fail.yaml"]);
    assert_eq!(violations_of(&log), [""; 0]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let found = results.iter().find(|result| result["ruleId"] == "RB601").unwrap();
    assert!(found["properties"]["implied"].as_array().unwrap().contains(&json!("RB101")));
}

/// A user who runs Pods as an account that may bind: two steps, each through the subject and the rule that allow it.
#[test]
fn a_path_is_a_code_flow() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/fixtures");
    let text = std::fs::read_to_string(folder.join("RB213.fail.yaml")).unwrap();
    let policy: Policy = Loader::new().read_str("RB213.fail.yaml", &text).into_result().unwrap().into_iter().collect();
    let (paths, rbac) = (Paths::new(Profile::default()), Authorizer::new(policy));
    let closure = paths.of(&rbac).unwrap();
    let from = [Identity::user("jane"), Identity::user("joe"), Identity::node("any")];
    let found: Vec<_> = from.iter().filter_map(|from| closure.path(from, &Goal::ClusterAdmin)).collect();
    assert_eq!(found.len(), 3);
    let log = sarif::paths(&found);
    assert_eq!(violations_of(&log), [""; 0]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let flow = |result: &Value| -> Vec<(String, Value, Value)> {
        let locations = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
        let told = locations.iter().map(|told| {
            let place = &told["location"]["physicalLocation"]["region"]["startLine"];
            let name = &told["location"]["logicalLocations"][0]["fullyQualifiedName"];
            (told["taxa"][0]["id"].as_str().unwrap().to_owned(), name.clone(), place.clone())
        });
        told.collect()
    };
    let jane = [
        ("E30".to_owned(), json!("RoleBinding/ops/fail-runner#subjects[0]"), json!(15)),
        ("E30".to_owned(), json!("Role/ops/runner#rules[0]"), json!(6)),
    ];
    assert_eq!(flow(&results[0]), jane);
    assert_eq!(results[0]["level"], "error");
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["region"]["startLine"], 15);
    let edges: Vec<String> = flow(&results[1]).into_iter().map(|(edge, _, _)| edge).collect();
    assert_eq!(edges, ["E20"; 4]);
    assert_eq!(results[2]["level"], "warning");
    let taxa = log["runs"][0]["taxonomies"][0]["taxa"].as_array().unwrap();
    assert!(taxa.iter().any(|edge| edge["id"] == "E30"));
}
