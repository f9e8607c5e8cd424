//! `compare KIND N SEED`, started by `conformance/differential` in the folder `conformance`.

mod minimise;
mod oracle;
mod record;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::harness::Tally;
use crate::{CHECKS, Check};
use minimise::minimise;
use oracle::Stream;

pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(run) = Run::parse(&arguments) else {
        let kinds: Vec<&str> = CHECKS.iter().map(|(kind, _)| *kind).collect();
        eprintln!("usage: conformance/differential KIND N SEED\nkinds: {}", kinds.join(", "));
        return ExitCode::from(2);
    };
    match run.stream() {
        Ok(Outcome::Same(cases)) => finished(&run, cases),
        Ok(Outcome::Differs { passed, line, shown }) => {
            println!("{}: {passed} cases, then a difference, seed {}; made small:\n{line}\n{shown}", run.kind, run.seed);
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
    fn stream(&self) -> std::io::Result<Outcome> {
        let mut oracle = Stream::start(self.kind, self.seed)?;
        let (mut tally, mut line, mut number) = (Tally::default(), String::new(), 0);
        while tally.total() < self.cases {
            oracle.read_line(&mut line)?;
            number += 1;
            tally.at_line(number);
            let verdict = judge(self.check, &line, &mut tally);
            if verdict != Verdict::Same {
                let (line, small) = minimise(self.kind, self.check, &line, verdict)?;
                return Ok(Outcome::Differs { passed: tally.passed, line, shown: small.shown() });
            }
        }
        Ok(Outcome::Same(tally.total()))
    }
}

/// What a run comes to: so many cases without a difference, or the first line with one, made small.
enum Outcome {
    Same(usize),
    Differs { passed: usize, line: String, shown: String },
}

/// What a check made of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Same,
    Differs,
    Panics,
}

/// Checks one line. A check that panics fails like any other.
fn judge(check: fn(&str, &mut Tally), line: &str, tally: &mut Tally) -> Verdict {
    let failed = tally.failed;
    if catch_unwind(AssertUnwindSafe(|| check(line, tally))).is_err() {
        tally.fail("the check of the line", &"an answer", &"a panic");
        return Verdict::Panics;
    }
    if tally.failed > failed { Verdict::Differs } else { Verdict::Same }
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
