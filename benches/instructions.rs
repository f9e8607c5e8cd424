//! One decision, many times, for counting instructions: `benches/instructions.sh` runs it under callgrind and compares with the baseline.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;

use common::floor::Floor;
use common::{Request, add_heavy_user, grown, heavy_requests, mixed, named_requests};
use k8s_rbac::{Attributes, Authorizer};

/// How many indexes are asked in turn. Each has a seed of its own, and a seed can be lucky: with one index, a change of any line moves the
/// figures by some per cent.
const SEEDS: usize = 16;

/// `instructions floor|authorize CASE COUNT`; without arguments, prints the cases.
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let mut policy = grown(100);
    let stream = mixed(&policy, 100, 1000);
    let heavy = add_heavy_user(&mut policy);
    let one =
        named_requests().into_iter().chain(heavy_requests(&heavy)).map(|(name, request)| (name.replace(' ', "-"), vec![request]));
    let cases: Vec<(String, Vec<Request>)> = one.chain([("mixed".to_owned(), stream)]).collect();
    let [what, case, count] = arguments.as_slice() else {
        return cases.iter().for_each(|(name, _)| println!("{name}"));
    };
    let (_, requests) = cases.iter().find(|(name, _)| name == case).expect("the case is one of those printed without arguments");
    let requests: Vec<Attributes<'_>> = requests.iter().map(Request::attributes).collect();
    let count: usize = count.parse().expect("a number of calls");
    let allowed: usize = match what.as_str() {
        "floor" => {
            let floors: Vec<Floor> = (0..SEEDS).map(|_| Floor::new(&policy)).collect();
            let calls = requests.iter().cycle().zip(floors.iter().cycle()).take(count);
            calls.map(|(request, floor)| black_box(floor.ask(black_box(request)))).sum()
        }
        _ => {
            let indexes: Vec<Authorizer> = (0..SEEDS).map(|_| Authorizer::new(policy.clone())).collect();
            let calls = requests.iter().cycle().zip(indexes.iter().cycle()).take(count);
            calls.map(|(request, rbac)| usize::from(black_box(rbac.authorize(black_box(request))).is_allowed())).sum()
        }
    };
    println!("{allowed}");
}
