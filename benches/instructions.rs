//! Decisions for counting instructions: `benches/instructions.sh` runs this under callgrind and compares with the baseline.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;

use common::floor::Floor;
use common::{Request, add_heavy_user, grown, heavy_requests, mixed, named_requests, sizes};
use k8s_rbac::authorize::{LookedUp, Resolved};
use k8s_rbac::{Attributes, Authorizer};

/// How many calls a case has.
const CALLS: usize = 1_280;

/// How many indexes of a size are asked in turn. Each has a seed of its own, and a seed can be lucky: with one index, a change of any line moves
/// the figures by some per cent. Large ones are made under callgrind in a time that can be waited for.
fn seeds(size: usize) -> usize {
    (256 * 1_000 / size.max(1_000)).max(2)
}

/// Prints a line for each time that something is counted: the case, what is asked, and how many calls.
fn main() {
    for size in sizes(&[100]) {
        count(size);
    }
}

fn count(size: usize) {
    let mut policy = grown(size);
    let stream = mixed(&policy, size, CALLS);
    let heavy = add_heavy_user(&mut policy);
    let one =
        named_requests().into_iter().chain(heavy_requests(&heavy)).map(|(name, request)| (name.replace(' ', "-"), vec![request]));
    let floors: Vec<Floor> = (0..seeds(size)).map(|_| Floor::new(&policy)).collect();
    let indexes: Vec<Authorizer> = (0..seeds(size)).map(|_| Authorizer::new(policy.clone())).collect();
    for (name, requests) in one.chain([("mixed".to_owned(), stream)]) {
        let requests: Vec<Attributes<'_>> = requests.iter().map(Request::attributes).collect();
        let calls: Vec<Attributes<'_>> = requests.iter().cycle().take(CALLS).copied().collect();
        black_box(counted_floor(&floors, &calls));
        println!("{name} floor {}", calls.len());
        black_box(counted_decisions(&indexes, &calls));
        println!("{name} authorize {}", calls.len());
        black_box(counted_resolved(&resolved(&indexes, &calls)));
        println!("{name} resolved {}", calls.len());
    }
}

/// Each call with its user looked up and its request answered by every role.
fn resolved<'a>(indexes: &'a [Authorizer], calls: &[Attributes<'a>]) -> Vec<(LookedUp<'a, 'a>, Resolved<'a, 'a>)> {
    let both = |(request, rbac): (&Attributes<'a>, &'a Authorizer)| Some((rbac.look_up(request.user?), rbac.resolve(request)));
    calls.iter().zip(indexes.iter().cycle()).filter_map(both).collect()
}

#[inline(never)]
fn counted_floor(floors: &[Floor], calls: &[Attributes<'_>]) -> usize {
    calls.iter().zip(floors.iter().cycle()).map(|(request, floor)| floor.ask(black_box(request))).sum()
}

#[inline(never)]
fn counted_decisions(indexes: &[Authorizer], calls: &[Attributes<'_>]) -> usize {
    let allowed = |(request, rbac): (_, &Authorizer)| rbac.authorize(black_box(request)).is_allowed();
    calls.iter().zip(indexes.iter().cycle()).map(allowed).filter(|allowed| *allowed).count()
}

#[inline(never)]
fn counted_resolved(calls: &[(LookedUp<'_, '_>, Resolved<'_, '_>)]) -> usize {
    calls.iter().filter(|(user, request)| black_box(request).authorize_looked_up(black_box(user)).is_allowed()).count()
}
