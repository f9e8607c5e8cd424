//! From objects to an index, and changes of it, in two tables: `cargo bench --bench build`. Both steps of building are stated beside
//! serde_json's typed parse of the same objects. `BENCH_SIZES=1000,1000000` chooses the sizes,
//! `-- change` one of the tables.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::memory::{Counting, measured};
use common::{Random, binding, cluster_binding, grown, sizes};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, PolicyRule, Role, RoleBinding};
use k8s_rbac::{Authorizer, Policy};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Objects in a batch that is published.
const BATCH: usize = 100;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |table: &str| words.is_empty() || words.iter().any(|word| word == table);
    if wanted("build") {
        builds();
    }
    if wanted("change") {
        changes();
    }
}

fn builds() {
    println!(
        "ms of processor time, the least of several runs; what is given away or dropped is made and dropped outside the clock"
    );
    println!(
        "{:>8} {:>9} {:>10} {:>18} {:>16} {:>14} {:>16}",
        "n", "bindings", "parse", "objects to policy", "policy to index", "both / parse", "index B/binding"
    );
    for n in sizes(&[0, 1_000, 10_000, 100_000]) {
        build(n);
    }
}

fn changes() {
    println!("{:<60} {:>8} {:>12} {:>12}", "change", "n", "least µs", "median µs");
    for n in sizes(&[1_000, 100_000]) {
        change(n);
    }
}

fn build(n: usize) {
    let policy = grown(n);
    let bindings = policy.bindings().count();
    let text = json(&policy);
    let parse = least(|| (), |()| parse(&text));
    let objects: Vec<Object> = policy.objects().map(|object| object.into_inner()).collect();
    let collect = least(|| objects.clone(), Policy::from_iter);
    let index = least(|| policy.clone(), Authorizer::new);
    let (rbac, kilobytes, _) = measured(|| Authorizer::new(policy));
    drop(rbac);
    let ratio = (collect + index) / parse;
    let bytes = kilobytes * 1000 / bindings;
    println!("{n:>8} {bindings:>9} {parse:>10.2} {collect:>18.2} {index:>16.2} {ratio:>14.2} {bytes:>16}");
}

/// The least milliseconds of some runs.
fn least<I, O>(mut given: impl FnMut() -> I, mut run: impl FnMut(I) -> O) -> f64 {
    let (begun, mut samples) = (Instant::now(), Vec::new());
    while samples.len() < 3 || (samples.len() < 200 && begun.elapsed() < Duration::from_secs(5)) {
        let input = given();
        let start = processor_time(begun);
        let made = black_box(run(black_box(input)));
        samples.push((processor_time(begun) - start).as_secs_f64() * 1e3);
        drop(made);
    }
    samples.into_iter().fold(f64::MAX, f64::min)
}

/// How long this thread was at work, where Linux tells it: runs this long are seldom alone on a machine. Else the time since then.
fn processor_time(since: Instant) -> Duration {
    // The kernel's figure is brought up to date when a thread gives way.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// The objects of the four kinds as JSON texts.
fn json(policy: &Policy) -> [String; 4] {
    [
        serde_json::to_string(&policy.roles().iter().collect::<Vec<_>>()),
        serde_json::to_string(&policy.cluster_roles().iter().collect::<Vec<_>>()),
        serde_json::to_string(&policy.role_bindings().iter().collect::<Vec<_>>()),
        serde_json::to_string(&policy.cluster_role_bindings().iter().collect::<Vec<_>>()),
    ]
    .map(|text| text.expect("objects are written"))
}

fn parse(
    [roles, cluster_roles, bindings, cluster_bindings]: &[String; 4],
) -> (Vec<Role>, Vec<ClusterRole>, Vec<RoleBinding>, Vec<ClusterRoleBinding>) {
    let read = "what was written is read";
    (
        serde_json::from_str(roles).expect(read),
        serde_json::from_str(cluster_roles).expect(read),
        serde_json::from_str(bindings).expect(read),
        serde_json::from_str(cluster_bindings).expect(read),
    )
}

/// Changes in place, each of another object, and batches that are published.
fn change(n: usize) {
    let (mut rbac, mut random) = (Authorizer::new(grown(n)), Random(7));
    row("a ClusterRoleBinding replaced in place", n, || timed(cluster_binding(random.below(n)), |object| rbac.insert(object)));
    row("a RoleBinding replaced in place", n, || timed(binding(random.below(n)), |object| rbac.insert(object)));
    row("a RoleBinding taken out", n, || {
        let object = binding(random.below(n));
        let (took, removed) = timed((), |()| rbac.remove::<RoleBinding>(&object.metadata.namespace, &object.metadata.name));
        rbac.insert(object);
        (took, removed)
    });
    row("a ClusterRoleBinding put in", n, || {
        let object = cluster_binding(n + 1);
        let name = object.metadata.name.clone();
        let (took, before) = timed(object, |object| rbac.insert(object));
        rbac.remove::<ClusterRoleBinding>("", &name);
        (took, before)
    });
    row("the role that all bindings point at replaced in place", n, || {
        let resource = random.pick(&["pods", "nodes"]);
        let role = ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], [resource])]);
        timed(role, |role| rbac.insert(role))
    });
    row("a copy", n, || timed((), |()| rbac.clone()));
    row("a copy, and the first change in it", n, || {
        timed(binding(random.below(n)), |object| {
            let mut next = rbac.clone();
            next.insert(object);
            next
        })
    });
    publish(n, rbac, &mut random);
}

/// A copy, a batch of changes in it, and the copy put in the place of the one before, which is dropped.
fn publish(n: usize, rbac: Authorizer, random: &mut Random) {
    let mut current = Arc::new(rbac);
    let batch = |random: &mut Random| (0..BATCH / 2).flat_map(|_| both(random.below(n))).collect::<Vec<_>>();
    let one_by_one = |current: &mut Arc<Authorizer>, objects: Vec<Object>| {
        let mut next = Authorizer::clone(current);
        for object in objects {
            next.insert_object(object);
        }
        *current = Arc::new(next);
    };
    let publish = |current: &mut Arc<Authorizer>, objects: Vec<Object>| {
        let mut next = Authorizer::clone(current);
        next.extend(objects);
        *current = Arc::new(next);
    };
    row("100 bindings put one by one into a copy, which is published", n, || {
        timed(batch(random), |objects| one_by_one(&mut current, objects))
    });
    row("100 bindings put at once into a copy, which is published", n, || {
        timed(batch(random), |objects| publish(&mut current, objects))
    });
    let objects = batch(random);
    let before = Arc::clone(&current);
    let ((), kilobytes, _) = measured(|| publish(&mut current, objects));
    drop(before);
    println!("    both versions share all but {kilobytes} kB");
}

fn both(i: usize) -> [Object; 2] {
    [cluster_binding(i).into(), binding(i).into()]
}

fn timed<I, O>(input: I, run: impl FnOnce(I) -> O) -> (Duration, O) {
    let start = Instant::now();
    let made = black_box(run(black_box(input)));
    (start.elapsed(), made)
}

fn row<O>(change: &str, n: usize, mut sample: impl FnMut() -> (Duration, O)) {
    let begun = Instant::now();
    let mut samples: Vec<f64> = Vec::new();
    while samples.len() < 2001 && begun.elapsed() < Duration::from_secs(2) {
        samples.push(sample().0.as_secs_f64() * 1e6);
    }
    samples.sort_by(f64::total_cmp);
    println!("{change:<60} {n:>8} {:>12.2} {:>12.2}", samples[0], samples[samples.len() / 2]);
}
