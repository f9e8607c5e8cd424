//! From text to an index, and changes of it: `cargo bench --bench build`. Load and build are stated beside serde_json's typed parse of the
//! same objects; an element is a binding.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;
use std::time::Duration;

use common::{binding, cluster_binding, grown, sizes};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, PolicyRule, Role, RoleBinding};
use k8s_rbac::{Authorizer, Policy};

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

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for n in sizes(&[0, 1_000, 10_000, 100_000]) {
        let policy = grown(n);
        let text = json(&policy);
        let objects: Vec<Object> = policy.objects().map(|object| object.into_inner()).collect();
        group.throughput(Throughput::Elements(policy.bindings().count() as u64));
        group.bench_function(BenchmarkId::new("serde_json typed parse", n), |bencher| {
            bencher.iter_with_large_drop(|| parse(black_box(&text)));
        });
        group.bench_function(BenchmarkId::new("objects to policy", n), |bencher| {
            bencher.iter_batched(|| objects.clone(), Policy::from_iter, BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new("policy to index", n), |bencher| {
            bencher.iter_batched(|| policy.clone(), Authorizer::new, BatchSize::PerIteration);
        });
    }
    group.finish();
}

/// One object put in and taken out again: in place, and in a copy that is published.
fn change(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("change");
    for n in sizes(&[1_000, 100_000]) {
        let mut rbac = Authorizer::new(grown(n));
        group.bench_function(BenchmarkId::new("bindings in and out", n), |bencher| {
            bencher.iter_batched(
                || (cluster_binding(usize::MAX >> 1), binding(usize::MAX >> 1)),
                |(cluster, local)| {
                    let (namespace, name) = (local.metadata.namespace.clone(), local.metadata.name.clone());
                    rbac.insert(cluster.clone());
                    rbac.insert(local);
                    rbac.remove::<ClusterRoleBinding>("", &cluster.metadata.name);
                    rbac.remove::<RoleBinding>(&namespace, &name)
                },
                BatchSize::SmallInput,
            );
        });
        group.bench_function(BenchmarkId::new("role bound by all replaced", n), |bencher| {
            let role = |resource: &str| ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], [resource])]);
            bencher.iter_batched(
                || [role("pods"), role("nodes")],
                |roles| roles.map(|role| rbac.insert(role)),
                BatchSize::SmallInput,
            );
        });
        group.bench_function(BenchmarkId::new("copy, change a binding, publish", n), |bencher| {
            let mut current = std::sync::Arc::new(Authorizer::new(grown(n)));
            bencher.iter(|| {
                let mut next = Authorizer::clone(&current);
                next.insert(binding(n / 2));
                current = std::sync::Arc::new(next);
            });
        });
    }
    group.finish();
}

fn settings() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(20)
}

criterion_group! { name = benches; config = settings(); targets = build, change }
criterion_main!(benches);
