//! Linting with the whole catalogue: `cargo bench --bench lint`. An element is a binding. The memory is printed before each size.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;

use common::memory::{Counting, measured};
use common::{grown, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use k8s_rbac::Authorizer;
use k8s_rbac::lint::Linter;
use k8s_rbac::version::Profile;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn lint(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lint");
    group.sample_size(10);
    let linter = Linter::new(Profile::default());
    for n in sizes(&[0, 1_000, 10_000]) {
        let rbac = Authorizer::new(grown(n));
        let (report, held, most) = measured(|| linter.lint(&rbac));
        println!("lint/memory/{n}: {} findings, the report {held} kB, at most {most} kB while linting", report.findings.len());
        drop(report);
        group.throughput(Throughput::Elements(rbac.policy().bindings().count() as u64));
        group.bench_function(BenchmarkId::new("catalogue", n), |bencher| {
            bencher.iter_with_large_drop(|| linter.lint(black_box(&rbac)));
        });
    }
    group.finish();
}

criterion_group!(benches, lint);
criterion_main!(benches);
