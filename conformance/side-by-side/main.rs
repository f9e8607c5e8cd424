//! Upstream's authorizer, this crate and the general engines on the same policies and the same requests. Checks that the answers agree, then
//! prints one table: the floor (each string of the request hashed and looked up once), this crate, and the others with their ratio to it.

#[path = "../../benches/common/mod.rs"]
mod common;
mod others;
mod table;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use common::floor::Floor;
use common::{Request, add_heavy_user, grown, heavy_requests, mixed, named_requests, sizes};
use k8s_rbac::{Attributes, Authorizer};
use others::{Asker, Measured};

type Error = Box<dyn std::error::Error>;

/// The general engines are asked up to this size.
const ENGINES_UP_TO: usize = 10_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(([oracle, peers], rest)) = arguments.split_first_chunk() else {
        eprintln!("usage: side-by-side ORACLE PEERS [--quick]");
        return ExitCode::from(2);
    };
    let all: &[usize] = match rest {
        [quick] if quick == "--quick" => &[0, 1_000],
        _ => &[0, 100, 1_000, 10_000, 100_000],
    };
    table::head();
    for n in sizes(all) {
        if let Err(error) = compare(oracle, peers, n) {
            eprintln!("n = {n}: {error}");
            return ExitCode::FAILURE;
        }
    }
    table::notes();
    ExitCode::SUCCESS
}

/// How many indexes are asked in turn. Each draws the seed of its hashes, and a seed can be unlucky.
const INDEXES: usize = 5;
const SAMPLES: usize = 155;

fn compare(oracle: &str, peers: &str, n: usize) -> Result<(), Error> {
    let mut policy = grown(n);
    let stream = mixed(&policy, n, 1_000);
    let heavy = add_heavy_user(&mut policy);
    let one = named_requests().into_iter().chain(heavy_requests(&heavy)).map(|(name, request)| (name, vec![request]));
    let streams: Vec<(&str, Vec<Request>)> = one.chain([("mixed", stream)]).collect();
    let asker = Asker::new(&policy, &streams)?;
    let mut others = asker.ask(oracle, &["side-by-side"])?;
    if n <= ENGINES_UP_TO {
        others.extend(asker.ask(peers, &[])?);
    }
    let floors: Vec<Floor> = (0..INDEXES).map(|_| Floor::new(&policy)).collect();
    let indexes: Vec<Authorizer> = (0..INDEXES).map(|_| Authorizer::new(policy.clone())).collect();
    for (name, requests) in &streams {
        let requests: Vec<Attributes<'_>> = requests.iter().map(Request::attributes).collect();
        let allowed: Vec<bool> = requests.iter().map(|request| indexes[0].authorize(request).is_allowed()).collect();
        let others: Vec<&Measured> = others.iter().filter(|other| other.name == *name).collect();
        agree(name, &allowed, &others)?;
        let [floor, ours] = measure(&requests, &floors, &indexes);
        table::row(n, name, &allowed, floor, ours, &others);
    }
    Ok(())
}

fn agree(name: &str, allowed: &[bool], others: &[&Measured]) -> Result<(), Error> {
    for other in others {
        if other.allowed != allowed {
            let first = allowed.iter().zip(&other.allowed).position(|(ours, theirs)| ours != theirs);
            return Err(format!("{name}: the answers of {} differ, first at {first:?}", other.engine).into());
        }
    }
    Ok(())
}

/// The medians of the floor and of this crate, measured in turns.
fn measure(requests: &[Attributes<'_>], floors: &[Floor], indexes: &[Authorizer]) -> [f64; 2] {
    let mut samples: [Vec<f64>; 2] = Default::default();
    for (floor, rbac) in floors.iter().zip(indexes).cycle().take(SAMPLES) {
        samples[0].push(time(requests, |request| floor.ask(request)));
        samples[1].push(time(requests, |request| usize::from(rbac.authorize(request).is_allowed())));
    }
    samples.map(|mut samples| {
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    })
}

/// Nanoseconds a request.
fn time(requests: &[Attributes<'_>], mut ask: impl FnMut(&Attributes<'_>) -> usize) -> f64 {
    let rounds = (10_000 / requests.len()).max(1);
    let start = Instant::now();
    for _ in 0..rounds {
        for request in requests {
            black_box(ask(black_box(request)));
        }
    }
    start.elapsed().as_nanos() as f64 / (rounds * requests.len()) as f64
}
