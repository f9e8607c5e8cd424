//! What ships with a cluster: the default policy of every version, and that of a real cluster.

use std::collections::BTreeMap;
use std::path::Path;

use k8s_rbac::lint::{Finding, Linter, Report, Severity};
use k8s_rbac::load::Loader;
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, KubeVersion, bootstrap};

fn report(version: KubeVersion) -> Report {
    Linter::new(Profile::of(version)).lint(&Authorizer::new(bootstrap::policy(version)))
}

/// How many findings of each rule, in one line.
fn counts<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    findings.for_each(|finding| *counts.entry(&finding.rule).or_default() += 1);
    counts.iter().map(|(id, count)| format!("{id}:{count}")).collect::<Vec<_>>().join(" ")
}

/// Nothing but what is informational, in any version; and what is set aside as shipped, version by version.
#[test]
fn the_default_policies_are_silent() {
    let mut table = String::new();
    for version in KubeVersion::known() {
        let report = report(version);
        let loud: Vec<String> =
            report.findings.iter().filter(|finding| finding.severity > Severity::Info).map(ToString::to_string).collect();
        assert!(loud.is_empty(), "{version}: {loud:#?}");
        let set_aside = report.suppressed.iter().map(|(finding, _)| finding);
        table += &format!("{version}\n  told: {}\n  set aside: {}\n", counts(report.findings.iter()), counts(set_aside));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn the_default_policy_of_the_reference_version() {
    let report = report(KubeVersion::REFERENCE);
    let told = report.findings.iter().map(ToString::to_string);
    let set_aside = report.suppressed.iter().map(|(finding, _)| format!("set aside: {finding}"));
    insta::assert_snapshot!(told.chain(set_aside).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_real_cluster() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/data/cluster-1.37.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let objects = Loader::new().read_str("cluster-1.37.yaml", &text).into_result().unwrap();
    let report = Linter::new(Profile::default()).lint(&Authorizer::new(objects.into_iter().collect()));
    insta::assert_snapshot!(report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}
