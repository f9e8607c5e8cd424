//! The default policy of every version: against upstream's objects, and by what it answers.
//!
//! `tests/data/bootstrap` holds upstream's objects, one file for each version, written by upstream's own packages. With
//! `K8S_RBAC_UPDATE=1` the table of the crate is written anew from them.
#![cfg(feature = "bootstrap")]

#[path = "../../examples/presets/questions.rs"]
mod questions;
mod source;
mod start;
mod table;
mod upgrades;

use std::path::Path;

use k8s_rbac::version::KubeVersion;
use k8s_rbac::{Policy, bootstrap};

#[test]
fn the_table_is_what_the_source_data_makes() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bootstrap/policy.txt");
    let made = table::make(&source::all());
    if std::env::var_os("K8S_RBAC_UPDATE").is_some() {
        std::fs::write(&table, &made).unwrap();
    }
    assert!(made == std::fs::read_to_string(&table).unwrap(), "run with K8S_RBAC_UPDATE=1");
}

#[test]
fn every_version_is_that_of_upstream() {
    let sources = source::all();
    assert!(sources.iter().map(|(version, _)| *version).eq(KubeVersion::known()));
    for (version, source) in &sources {
        let ours = bootstrap::raw(*version);
        assert_eq!(ours.len(), source.len());
        for (ours, upstream) in ours.objects().zip(source.objects()) {
            assert_eq!(serde_json::to_value(&ours).unwrap(), serde_json::to_value(&upstream).unwrap(), "{version}");
        }
    }
}

#[test]
fn unknown_versions_get_the_nearest_policy() {
    assert_eq!(bootstrap::raw(KubeVersion::new(1, 5)), bootstrap::raw(KubeVersion::V1_11));
    assert_eq!(bootstrap::raw(KubeVersion::new(2, 12)), bootstrap::raw(KubeVersion::V1_37));
    assert_ne!(bootstrap::raw(KubeVersion::V1_11), bootstrap::raw(KubeVersion::V1_37));
}

#[test]
fn only_the_rules_of_aggregated_roles_are_filled_in() {
    for version in KubeVersion::known() {
        let (raw, filled) = (bootstrap::raw(version), bootstrap::policy(version));
        let emptied: Policy = filled.objects().map(without_aggregated_rules).collect();
        assert_eq!(emptied, raw, "{version}");
        for role in filled.cluster_roles().iter() {
            assert!(!role.rules.is_empty(), "{version} {}", role.metadata.name);
        }
    }
}

fn without_aggregated_rules(object: k8s_rbac::model::Located<k8s_rbac::model::Object>) -> k8s_rbac::model::Object {
    match object.into_inner() {
        k8s_rbac::model::Object::ClusterRole(mut role) if role.aggregation_rule.is_some() => {
            role.rules = Default::default();
            role.into()
        }
        other => other,
    }
}

#[test]
fn telling_questions_are_answered_as_the_policy_of_their_version_says() {
    assert!(questions::QUESTIONS.len() >= 10);
    let expected = include_str!("answers.txt");
    let table = questions::table();
    assert!(table == expected, "{table}");
}
