//! Counting cases and showing the first ones that differ.

use std::fmt::Debug;

use k8s_rbac::version::KubeVersion;

const SHOWN: usize = 5;

/// The version whose code wrote the vectors, as it stands beside them.
pub fn version() -> KubeVersion {
    include_str!("../vectors/VERSION").trim().parse().unwrap()
}

/// What came of the cases of one file.
#[derive(Debug, Default)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    line: usize,
    shown: Vec<String>,
}

impl Tally {
    pub fn at_line(&mut self, line: usize) {
        self.line = line;
    }

    /// Counts a case: passed if the two answers are equal. `case` says what was asked.
    pub fn case<T: PartialEq + Debug>(&mut self, case: impl FnOnce() -> String, upstream: &T, ours: &T) {
        if upstream == ours {
            self.passed += 1;
        } else {
            self.fail(&case(), upstream, ours);
        }
    }

    pub fn fail(&mut self, case: &str, upstream: &dyn Debug, ours: &dyn Debug) {
        self.failed += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(format!("  line {}: {case}\n    upstream: {upstream:?}\n    ours:     {ours:?}", self.line));
        }
    }

    pub fn total(&self) -> usize {
        self.passed + self.failed
    }

    pub fn shown(&self) -> String {
        self.shown.join("\n")
    }
}
