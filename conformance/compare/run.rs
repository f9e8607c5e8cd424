//! `compare KIND N SEED`, started by `conformance/differential` in the folder `conformance`.

mod oracle;
mod record;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::harness::Tally;
use crate::{CHECKS, Check};
use oracle::Oracle;

pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(run) = Run::parse(&arguments) else {
        let kinds: Vec<&str> = CHECKS.iter().map(|(kind, _)| *kind).collect();
        eprintln!("usage: conformance/differential KIND N SEED\nkinds: {}", kinds.join(", "));
        return ExitCode::from(2);
    };
    match run.stream() {
        Ok(tally) if tally.failed == 0 => finished(&run, tally.total()),
        Ok(tally) => {
            println!("{}: {} cases, then a difference, seed {}\n{}", run.kind, tally.passed, run.seed, tally.shown());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{}: {error}", run.kind);
            ExitCode::FAILURE
        }
    }
}

/// What is asked of the program.
struct Run {
    kind: &'static str,
    check: fn(&str, &mut Tally),
    cases: usize,
    seed: u64,
}

impl Run {
    fn parse(arguments: &[String]) -> Option<Self> {
        let [kind, cases, seed] = arguments else { return None };
        let &(kind, check): &Check = CHECKS.iter().find(|(name, _)| name == kind)?;
        Some(Self { kind, check, cases: cases.parse().ok()?, seed: seed.parse().ok()? })
    }

    /// Reads the oracle's lines until enough cases are seen, or one differs.
    fn stream(&self) -> std::io::Result<Tally> {
        let mut oracle = Oracle::start(self.kind, self.seed)?;
        let (mut tally, mut line, mut number) = (Tally::default(), String::new(), 0);
        while tally.failed == 0 && tally.total() < self.cases {
            oracle.read_line(&mut line)?;
            number += 1;
            tally.at_line(number);
            judge(self.check, &line, &mut tally);
        }
        if tally.failed > 0 {
            println!("{}", line.trim_end());
        }
        Ok(tally)
    }
}

/// Checks one line. A check that panics is a difference like any other.
fn judge(check: fn(&str, &mut Tally), line: &str, tally: &mut Tally) {
    if catch_unwind(AssertUnwindSafe(|| check(line, tally))).is_err() {
        tally.fail("the check of the line", &"an answer", &"a panic");
    }
}

fn finished(run: &Run, cases: usize) -> ExitCode {
    match record::add(run.kind, cases, run.seed) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("RESULTS.md: {error}");
            ExitCode::FAILURE
        }
    }
}
