//! `RESULTS.md`: a line for each run without a difference, and what they add up to.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Error, Result};
use std::ops::Range;

use super::oracle::CASES_A_LINE;

const FILE: &str = "RESULTS.md";
const TOTALS: &str = "## Totals\n";
const RUNS: &str = "## Runs\n";

/// Writes a run down and renews the totals; gives back the run's line.
pub fn add(kind: &str, cases: usize, seed: u64) -> Result<String> {
    let text = fs::read_to_string(FILE)?;
    let line = format!("{kind}: {cases} cases, 0 differences, seed {seed}, {}", release()?);
    let (head, rest) = text.split_once(TOTALS).ok_or_else(|| Error::other("no totals"))?;
    let (_, runs) = rest.split_once(RUNS).ok_or_else(|| Error::other("no runs"))?;
    let runs = format!("{}\n{line}\n", runs.trim_end_matches('\n'));
    fs::write(FILE, format!("{head}{TOTALS}\n{}\n{RUNS}{runs}", totals(&runs)))?;
    Ok(line)
}

/// The release of Kubernetes that the oracle links.
fn release() -> Result<String> {
    let modules = fs::read_to_string("oracle/go.mod")?;
    let version = modules.lines().find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes v"));
    version.map(str::to_owned).ok_or_else(|| Error::other("go.mod names no release"))
}

fn totals(runs: &str) -> String {
    let mut kinds: BTreeMap<&str, Vec<(Range<u64>, u64)>> = BTreeMap::new();
    for (kind, seeds, cases) in runs.lines().filter_map(parse) {
        let counted = kinds.entry(kind).or_default();
        // Runs that share seeds share cases, which count once.
        if counted.iter().all(|(other, _)| other.end <= seeds.start || seeds.end <= other.start) {
            counted.push((seeds, cases));
        }
    }
    let line = |(kind, counted): (&str, Vec<(Range<u64>, u64)>)| {
        format!("total {kind}: {} cases, 0 differences\n", counted.iter().map(|(_, cases)| cases).sum::<u64>())
    };
    kinds.into_iter().map(line).collect()
}

/// The kind, the seeds and the cases of a run's line.
fn parse(line: &str) -> Option<(&str, Range<u64>, u64)> {
    let (kind, rest) = line.split_once(": ")?;
    let mut words = rest.split([' ', ',']).filter_map(|word| word.parse::<u64>().ok());
    let (cases, _, seed) = (words.next()?, words.next()?, words.next()?);
    Some((kind, seed..seed + lines(kind, cases), cases))
}

/// How many seeds the cases of a run took, at most: a kind that may draw nothing for a seed never does so for one in two.
fn lines(kind: &str, cases: u64) -> u64 {
    match kind {
        "authorize" | "subjects" | "rules" | "escalation" => cases.div_ceil(CASES_A_LINE),
        _ => cases * 2,
    }
}
