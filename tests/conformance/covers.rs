//! Which rules cover which, what is missing in order, and rules compacted, whose order upstream leaves to chance.

use k8s_rbac::model::PolicyRule;
use k8s_rbac::rule::compact::compact;
use k8s_rbac::rule::covers::{breakdown, covers};
use serde::Deserialize;

use crate::harness::Tally;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    owner: Option<Vec<PolicyRule>>,
    servant: Option<Vec<PolicyRule>>,
    covers: bool,
    missing: Option<Vec<PolicyRule>>,
    compact_missing: Option<Vec<PolicyRule>>,
    compact_servant: Option<Vec<PolicyRule>>,
}

pub fn check(line: &str, tally: &mut Tally) {
    let read: Line = serde_json::from_str(line).unwrap();
    let (owner, servant) = (read.owner.unwrap_or_default(), read.servant.unwrap_or_default());
    let coverage = covers(&owner, &servant).unwrap();
    let covered = coverage.is_covered();
    let atoms: Vec<PolicyRule> = servant.iter().flat_map(breakdown).collect();
    let alone: Vec<PolicyRule> = atoms.into_iter().filter(|atom| !covers(&owner, [atom]).unwrap().is_covered()).collect();
    let compacted = [&coverage.missing, &servant].map(|rules| written(compact(rules.iter().cloned())));
    let upstream = read.missing.unwrap_or_default();
    let upstream_compacted = [read.compact_missing, read.compact_servant].map(|rules| written(rules.unwrap_or_default()));
    let expected = (read.covers, upstream.clone(), upstream, upstream_compacted);
    tally.case(|| format!("{owner:?} on {servant:?}"), &expected, &(covered, coverage.missing, alone, compacted));
}

/// The rules as JSON, which tells an absent list from an empty one, in an order of their own.
fn written(rules: Vec<PolicyRule>) -> Vec<String> {
    let mut written: Vec<String> = rules.iter().map(|rule| serde_json::to_string(rule).unwrap()).collect();
    written.sort();
    written
}
