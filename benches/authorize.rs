//! Decisions on the default cluster and on grown ones: `cargo bench --bench authorize`. Each element is one decision.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;
use std::time::Duration;

use common::{Request, add_heavy_user, grown, heavy_requests, mixed, named_requests, sizes};
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use k8s_rbac::{Attributes, Authorizer};

fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("authorize");
    for n in sizes(&[0, 100, 1_000, 10_000, 100_000]) {
        let mut policy = grown(n);
        let stream = mixed(&policy, n, 4096);
        let heavy = add_heavy_user(&mut policy);
        let rbac = Authorizer::new(policy);
        for (name, request) in named_requests().into_iter().chain(heavy_requests(&heavy)) {
            ask(&mut group, BenchmarkId::new(name, n), &rbac, &[request]);
        }
        ask(&mut group, BenchmarkId::new("mixed", n), &rbac, &stream);
    }
    group.finish();
}

fn ask(group: &mut BenchmarkGroup<'_, WallTime>, id: BenchmarkId, rbac: &Authorizer, requests: &[Request]) {
    let requests: Vec<Attributes<'_>> = requests.iter().map(Request::attributes).collect();
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            for request in &requests {
                let _ = black_box(rbac.authorize(black_box(request)));
            }
        });
    });
}

/// The user looked up once, the request hashed once or answered by every role, or both.
fn prepared(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("prepared");
    for n in sizes(&[1_000]) {
        let rbac = Authorizer::new(grown(n));
        for (name, request) in named_requests() {
            let attributes = request.attributes();
            let (user, prepared, resolved) = (rbac.look_up(&request.user), rbac.prepare(&attributes), rbac.resolve(&attributes));
            group.throughput(Throughput::Elements(1));
            group.bench_function(BenchmarkId::new(format!("user and request resolved: {name}"), n), |bencher| {
                bencher.iter(|| black_box(black_box(&resolved).authorize_looked_up(black_box(&user)).is_allowed()));
            });
            group.bench_function(BenchmarkId::new(format!("request resolved: {name}"), n), |bencher| {
                bencher.iter(|| black_box(black_box(&resolved).authorize(black_box(&request.user)).is_allowed()));
            });
            group.bench_function(BenchmarkId::new(format!("resolving: {name}"), n), |bencher| {
                bencher.iter(|| black_box(rbac.resolve(black_box(&attributes))));
            });
            group.bench_function(BenchmarkId::new(format!("user and request: {name}"), n), |bencher| {
                bencher.iter(|| black_box(black_box(&user).authorize(black_box(&prepared)).is_allowed()));
            });
            group.bench_function(BenchmarkId::new(format!("user: {name}"), n), |bencher| {
                bencher.iter(|| black_box(black_box(&user).authorize(&rbac.prepare(black_box(&attributes))).is_allowed()));
            });
        }
    }
    group.finish();
}

fn settings() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(30)
}

criterion_group! { name = benches; config = settings(); targets = decisions, prepared }
criterion_main!(benches);
