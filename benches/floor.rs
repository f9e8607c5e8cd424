//! Decisions beside the least that any answer costs, in one table: `cargo bench --bench floor`; and what is left of a decision whose user was looked
//! up and whose request every role has answered before. The three are measured in turn, so that the state of the machine is the same for
//! all. `BENCH_SIZES=0,1000000` chooses the sizes.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::floor::Floor;
use common::{Request, add_heavy_user, grown, heavy_requests, mixed, named_requests, sizes};
use k8s_rbac::{Attributes, Authorizer};

/// Many short samples: on a shared machine some of them are undisturbed.
const SAMPLES: usize = 301;

fn main() {
    println!("ns, least of {SAMPLES} samples of about 0.2 ms (median)");
    println!("{:>8} {:<26} {:>12} {:>14} {:>6} {:>14}", "n", "request", "floor", "authorize", "ratio", "resolved");
    for n in sizes(&[0, 100, 1_000, 10_000, 100_000]) {
        let mut policy = grown(n);
        let stream = mixed(&policy, n, 4096);
        let wide = (n >= 10_000).then(|| mixed(&policy, n, 100_000));
        let heavy = add_heavy_user(&mut policy);
        let (floor, rbac) = (Floor::new(&policy), Authorizer::new(policy));
        for (name, request) in named_requests() {
            row(n, name, &floor, &rbac, &[request]);
        }
        row(n, "mixed", &floor, &rbac, &stream);
        if let Some(wide) = wide {
            row(n, "wide (100,000 distinct)", &floor, &rbac, &wide);
        }
        for (name, request) in heavy_requests(&heavy) {
            row(n, name, &floor, &rbac, &[request]);
        }
    }
}

fn row(n: usize, name: &str, floor: &Floor, rbac: &Authorizer, requests: &[Request]) {
    let requests: Vec<Attributes<'_>> = requests.iter().map(Request::attributes).collect();
    let rounds = (2_000 / requests.len()).max(1);
    let resolved: Vec<_> =
        requests.iter().filter_map(|request| Some((rbac.look_up(request.user?), rbac.resolve(request)))).collect();
    let mut samples: [Vec<f64>; 3] = Default::default();
    for _ in 0..SAMPLES {
        samples[0].push(time(&requests, rounds, |request| floor.ask(request)));
        samples[1].push(time(&requests, rounds, |request| usize::from(rbac.authorize(request).is_allowed())));
        samples[2].push(time(&resolved, rounds, |(user, request)| usize::from(request.authorize_looked_up(user).is_allowed())));
    }
    samples.iter_mut().for_each(|samples| samples.sort_by(f64::total_cmp));
    let [floor, ours, resolved] = samples.map(|samples| (samples[0], samples[SAMPLES / 2]));
    let cell = |(least, median): (f64, f64)| format!("{least:.0} ({median:.0})");
    println!("{n:>8} {name:<26} {:>12} {:>14} {:>6.2} {:>14}", cell(floor), cell(ours), ours.0 / floor.0, cell(resolved));
}

/// Nanoseconds a question.
fn time<T>(questions: &[T], rounds: usize, mut ask: impl FnMut(&T) -> usize) -> f64 {
    let start = Instant::now();
    for _ in 0..rounds {
        for question in questions {
            black_box(ask(black_box(question)));
        }
    }
    start.elapsed().as_nanos() as f64 / (rounds * questions.len()) as f64
}
