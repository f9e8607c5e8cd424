//! `peers FILE`: general policy engines on the policies and requests of a file, a line of JSON for each engine and list of requests: what a
//! request took, and which were allowed. The file is the one that the oracle's `side-by-side` reads.
//!
//! Each engine says the whole of RBAC as well as it can, and everything that can be prepared before a request is decided lies outside of
//! what is timed: the request in the engine's own types, and the membership of its user in its groups.

mod casbin_rows;
mod cedar;
mod rego;
mod work;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::Serialize;
use work::Work;

type Error = Box<dyn std::error::Error>;

/// An engine that holds a policy and has every request of the work prepared.
trait Engine {
    /// Whether the request of this number is allowed.
    fn ask(&mut self, request: usize) -> Result<bool, Error>;
}

type Build = fn(&Work) -> Result<Box<dyn Engine>, Error>;

const ENGINES: [(&str, Build); 5] = [
    ("cedar", cedar::build),
    ("regorus", rego::interpreter),
    ("regorus-vm", rego::machine),
    ("casbin", casbin_rows::plain),
    ("casbin-cached", casbin_rows::cached),
];

/// What an engine took and decided.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    engine: &'a str,
    name: &'a str,
    median_nanoseconds: f64,
    allowed: Vec<bool>,
}

/// How long the requests of a list are asked again and again.
const BUDGET: Duration = Duration::from_millis(150);

/// A sample shorter than this would time the clock.
const SAMPLE: Duration = Duration::from_millis(1);

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: peers FILE");
        return ExitCode::from(2);
    };
    match run(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &str) -> Result<(), Error> {
    let work = Work::read(path)?;
    for (engine, build) in ENGINES {
        let mut asked = build(&work).map_err(|error| format!("{engine}: {error}"))?;
        let mut first = 0;
        for (name, count) in &work.streams {
            let (allowed, median_nanoseconds) =
                measure(*count, |request| asked.ask(first + request)).map_err(|error| format!("{engine}, {name}: {error}"))?;
            println!("{}", serde_json::to_string(&Line { engine, name, median_nanoseconds, allowed })?);
            first += count;
        }
    }
    Ok(())
}

/// The answers to a list of requests, and the median time of one. The first pass warms up; then as many samples as the budget allows, at
/// least one and at most 41.
fn measure(count: usize, mut ask: impl FnMut(usize) -> Result<bool, Error>) -> Result<(Vec<bool>, f64), Error> {
    let allowed = (0..count).map(&mut ask).collect::<Result<Vec<bool>, Error>>()?;
    let begun = Instant::now();
    for request in 0..count {
        ask(request)?;
    }
    let rounds = (SAMPLE.as_nanos() / begun.elapsed().as_nanos().max(1)).max(1);
    let mut samples = Vec::new();
    while samples.is_empty() || (samples.len() < 41 && begun.elapsed() < BUDGET) {
        let start = Instant::now();
        for _ in 0..rounds {
            for request in 0..count {
                std::hint::black_box(ask(request)?);
            }
        }
        samples.push(start.elapsed().as_nanos() as f64 / (rounds as usize * count) as f64);
    }
    samples.sort_by(f64::total_cmp);
    Ok((allowed, samples[samples.len() / 2]))
}
