//! What it costs to compare two policies, to find what one could do without, and to make a role of many requests.

mod common;

use std::hint::black_box;
use std::time::Duration;

use common::{cluster_binding, grown, sizes};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use k8s_rbac::authorize::subject::Membership;
use k8s_rbac::diff::diff;
use k8s_rbac::model::{ClusterRole, PolicyRule};
use k8s_rbac::redundancy::redundant;
use k8s_rbac::suggest::roles_for;
use k8s_rbac::{Attributes, KubeVersion, Policy, bootstrap};

fn with_more(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    let mut role = (***policy.get::<ClusterRole>("", "reader").expect("it is there")).clone();
    role.rules.push(PolicyRule::resources(["get"], [""], ["secrets"]));
    policy.insert(role);
    policy
}

fn differences(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("diff");
    for n in sizes(&[1_000, 10_000, 100_000]) {
        let old = grown(n);
        let mut one = old.clone();
        one.insert(cluster_binding(n));
        let all = with_more(&old);
        for (what, new) in [("nothing changed", &old), ("one binding more", &one), ("a role that all hold", &all)] {
            group.bench_function(BenchmarkId::new(what, n), |bencher| {
                bencher.iter_with_large_drop(|| diff(black_box(&old), new, Membership::Alone).map(|found| found.changes.len()));
            });
        }
    }
    let (old, new) = (bootstrap::policy(KubeVersion::V1_11), bootstrap::policy(KubeVersion::V1_37));
    group.bench_function("default policy, 1.11 to 1.37", |bencher| {
        bencher.iter_with_large_drop(|| diff(black_box(&old), &new, Membership::Implied).map(|found| found.changes.len()));
    });
    group.finish();
}

fn others(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("beside");
    for n in sizes(&[1_000, 10_000]) {
        let policy = grown(n);
        group.bench_function(BenchmarkId::new("redundant", n), |bencher| {
            bencher.iter(|| redundant(black_box(&policy), Membership::Implied).map(|found| found.subjects.len()));
        });
        let names: Vec<String> = (0..n).map(|number| format!("name-{}", number % 500)).collect();
        let verbs = ["get", "list", "watch", "update"];
        let asked = names.iter().enumerate().map(|(at, name)| {
            Attributes::resource(verbs[at % 4], ["pods", "secrets", "services"][at % 3]).named(name).in_namespace("dev")
        });
        let asked: Vec<_> = asked.collect();
        group.bench_function(BenchmarkId::new("roles for requests", n), |bencher| {
            bencher.iter(|| roles_for(black_box(&asked).iter().copied()).map(|roles| roles.by_namespace.len()));
        });
    }
    group.finish();
}

fn settings() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(10)
}

criterion_group! { name = benches; config = settings(); targets = differences, others }
criterion_main!(benches);
