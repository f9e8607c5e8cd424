//! Paths of escalation: `cargo bench --bench paths`. An element is a binding.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;

use common::{grown, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::paths::{Goal, Paths};
use k8s_rbac::{Authorizer, KubeVersion, Policy, bootstrap};

/// Everybody is granted something else in a namespace of its own, and half of them may run Pods.
fn worst(n: usize) -> Policy {
    let mut policy = bootstrap::policy(KubeVersion::REFERENCE);
    for i in 0..n {
        let (namespace, name) = (format!("ns-{i}"), format!("role-{i}"));
        let verbs = if i % 2 == 0 { "create" } else { "get" };
        let rule = PolicyRule::resources([verbs], [""], ["pods", "secrets", &format!("thing-{i}")]);
        policy.insert(ClusterRole::new(&name, [rule]));
        let subject = Subject::service_account(format!("ns-{}", (i * 7) % n), "robot");
        policy.insert(RoleBinding::new(&namespace, &name, RoleRef::cluster_role(&name), [subject]));
    }
    let binder = PolicyRule::resources(["bind", "create", "update"], ["rbac.authorization.k8s.io"], ["*"]);
    policy.insert(ClusterRole::new("binder", [binder]));
    policy.insert(ClusterRoleBinding::new("binder", "binder", [Subject::service_account("ns-1", "robot")]));
    policy
}

fn closure(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("paths");
    group.sample_size(10);
    let paths = Paths::new(Default::default());
    for n in sizes(&[0, 1_000, 10_000]) {
        for (name, policy) in [("closure", grown(n)), ("closure, everybody unlike", worst(n))] {
            let rbac = Authorizer::new(policy);
            group.throughput(Throughput::Elements(rbac.policy().bindings().count() as u64));
            group.bench_function(BenchmarkId::new(name, n), |bencher| {
                bencher.iter(|| paths.of(black_box(&rbac)).expect("it is within the limit"));
            });
            let found = paths.of(&rbac).expect("it is within the limit");
            group.bench_function(BenchmarkId::new(format!("routes to cluster-admin, {name}"), n), |bencher| {
                bencher.iter(|| found.routes(black_box(&Goal::ClusterAdmin)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, closure);
criterion_main!(benches);
