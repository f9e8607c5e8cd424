//! What ships with a cluster: the default policy of every version, and that of a real cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use k8s_rbac::lint::{Finding, Linter, Report, Severity};
use k8s_rbac::load::Loader;
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, KubeVersion, bootstrap};

/// What is told of the default policy of a version, and what is set aside as shipped.
fn told(version: KubeVersion) -> Vec<String> {
    let Report { findings, suppressed, .. } =
        Linter::new(Profile::of(version)).lint(&Authorizer::new(bootstrap::policy(version)));
    let loud: Vec<String> =
        findings.iter().filter(|finding| finding.severity > Severity::Info).map(ToString::to_string).collect();
    assert!(loud.is_empty(), "{version}: {loud:#?}");
    let set_aside = suppressed.iter().map(|(finding, _)| format!("set aside: {}", short(finding)));
    findings.iter().map(short).chain(set_aside).collect()
}

/// A finding in one line. Of a chain of steps the first line of its story.
fn short(finding: &Finding) -> String {
    let line = finding.to_string();
    match line.split_once("; ") {
        Some((start, _)) if finding.rule == "RB213" => format!("{start} …"),
        _ => line,
    }
}

/// `1.11–1.23, 1.25`.
fn ranges(known: &[KubeVersion], of: &BTreeSet<KubeVersion>) -> String {
    let mut ranges: Vec<(KubeVersion, KubeVersion)> = Vec::new();
    let mut open = false;
    for version in known {
        match (of.contains(version), open) {
            (true, true) => ranges.last_mut().unwrap().1 = *version,
            (true, false) => ranges.push((*version, *version)),
            _ => {}
        }
        open = of.contains(version);
    }
    let say = |(from, to): (KubeVersion, KubeVersion)| if from == to { from.to_string() } else { format!("{from}–{to}") };
    ranges.into_iter().map(say).collect::<Vec<_>>().join(", ")
}

/// Nothing but what is informational, in any version. Each finding, and each that is set aside, with the versions that have it.
#[test]
fn the_default_policies_are_silent() {
    let known: Vec<KubeVersion> = KubeVersion::known().collect();
    let mut versions: BTreeMap<String, BTreeSet<KubeVersion>> = BTreeMap::new();
    for version in &known {
        for line in told(*version) {
            versions.entry(line).or_default().insert(*version);
        }
    }
    let lines = versions.iter().map(|(line, of)| format!("{line} | {}", ranges(&known, of)));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_real_cluster() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/data/cluster-1.37.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let objects = Loader::new().read_str("cluster-1.37.yaml", &text).into_result().unwrap();
    let report = Linter::new(Profile::default()).lint(&Authorizer::new(objects.into_iter().collect()));
    insta::assert_snapshot!(report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}
