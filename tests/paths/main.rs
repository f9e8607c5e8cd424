//! Paths of escalation: every edge with a policy that has the path and one that narrowly has not.

mod fixtures;
mod pages;

use std::collections::BTreeSet;

use fixtures::{CASES, Case, policy};
use k8s_rbac::Authorizer;
use k8s_rbac::paths::{Certainty, Identity, Path, Paths, edges};

fn path(case: &Case, rules: &[&str], with: fn(&mut k8s_rbac::Policy)) -> Option<Path> {
    let paths = Paths::new((case.profile)()).up_to(Certainty::Potential).only([case.edge]);
    let rbac = Authorizer::new(policy(rules, with));
    let closure = paths.of(&rbac).unwrap();
    closure.path(&(case.from)(), &(case.goal)())
}

#[test]
fn every_edge_has_a_path_and_narrowly_has_none() {
    let mut wrong = Vec::new();
    for case in CASES {
        match path(case, case.rules, case.with) {
            Some(path) if path.steps.iter().any(|step| step.edge == case.edge && step.title == case.title()) => {
                let unproved = path.steps.iter().flat_map(|step| &step.requests).find(|proof| proof.evidence.is_none());
                unproved
                    .into_iter()
                    .for_each(|proof| wrong.push(format!("{}: {path}: {} is not allowed", case.edge, proof.request)));
            }
            other => wrong.push(format!("{} {:?}: no path: {other:?}", case.edge, case.rules)),
        }
        if let Some(path) = path(case, case.narrow, case.narrow_with.unwrap_or(case.with)) {
            wrong.push(format!("{} {:?}: a path: {path}", case.edge, case.narrow));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_edge_has_a_fixture() {
    let shown: BTreeSet<(&str, &str)> = CASES.iter().map(|case| (case.edge, case.title())).collect();
    let known: BTreeSet<(&str, &str)> = edges::all().map(|edge| (edge.id, edge.title)).collect();
    assert_eq!(shown, known);
    assert_eq!(known.len(), edges::all().count());
    let ids: BTreeSet<&str> = edges::all().map(|edge| edge.id).chain(edges::ABSENT.iter().map(|(id, _)| *id)).collect();
    assert_eq!((ids.len(), ids.first(), ids.last()), (58, Some(&"E01"), Some(&"E63")));
}

#[test]
fn hostile_policies_meet_the_limit() {
    let rbac = Authorizer::new(policy(&["create pods"], |_| ()));
    let paths = Paths::new(Default::default()).limit(100);
    assert_eq!(paths.of(&rbac).unwrap_err().to_string(), "the closure of escalation paths takes more than 100 steps");
}

#[test]
fn an_unknown_identity_is_what_its_groups_are() {
    let rbac = Authorizer::new(policy(&["create pods in ops"], |_| ()));
    let paths = Paths::new(Default::default());
    let closure = paths.of(&rbac).unwrap();
    assert_eq!(closure.path(&Identity::user("nobody-known"), &k8s_rbac::paths::Goal::ClusterAdmin), None);
}
