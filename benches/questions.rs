//! The questions around a decision, on a cluster of `n` bindings over `n / 10` roles: `cargo bench --bench questions`.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use k8s_rbac::explain::{why, why_not};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::permission::{Choice, Pattern};
use k8s_rbac::query::{
    Scope, access_matrix, allowed_names, allowed_subjects, effective, rules_for, where_can, who_can, who_can_any,
};
use k8s_rbac::resources::Catalogue;
use k8s_rbac::{Attributes, Authorizer, KubeVersion, Policy, UserInfo, bootstrap};

/// The default policy and `n` bindings: one in ten of the cluster, the others over `n / 20` namespaces; of `n / 10` roles, one in a hundred
/// of which lets read secrets.
fn policy(n: usize) -> Policy {
    let mut policy = bootstrap::policy(KubeVersion::V1_37);
    for i in 0..n / 10 {
        let resource = if i % 100 == 0 { "secrets".to_owned() } else { format!("kinds{i}") };
        let rules = [
            PolicyRule::resources(["get", "list"], ["", "apps"], [resource]),
            PolicyRule::resources(["*"], ["example.com"], ["*"]),
        ];
        policy.insert(ClusterRole::new(format!("role-{i}"), rules));
    }
    for i in 0..n {
        let (role, name) = (format!("role-{}", i * 7 % (n / 10)), format!("b-{i}"));
        let subjects = [Subject::user(format!("user-{}", i % 1000)), Subject::group(format!("team-{}", i % 50))];
        if i % 10 == 0 {
            policy.insert(ClusterRoleBinding::new(name, role, subjects));
        } else {
            policy.insert(RoleBinding::new(format!("ns-{}", i % (n / 20)), name, RoleRef::cluster_role(role), subjects));
        }
    }
    policy
}

fn questions(criterion: &mut Criterion) {
    let rbac = Authorizer::new(policy(10_000));
    let secrets = Attributes::resource("get", "secrets");
    let widgets = Attributes::resource("get", "widgets").in_group("example.com");
    let found = who_can(&rbac, &secrets, Scope::Namespace("ns-7".into()));
    println!(
        "who can get secrets: {} in ns-7, {} anywhere",
        found.holders.len(),
        who_can(&rbac, &secrets, Scope::AnyNamespace).holders.len()
    );
    let mut group = criterion.benchmark_group("10,000 bindings");
    for (name, scope) in [
        ("the cluster", Scope::Cluster),
        ("a namespace", Scope::Namespace("ns-7".into())),
        ("any namespace", Scope::AnyNamespace),
    ] {
        group.bench_function(format!("who can get secrets in {name}"), |b| {
            b.iter(|| who_can(&rbac, black_box(&secrets), scope.clone()))
        });
    }
    group.bench_function("who can get widgets, a question with 1,050 subjects and 10,000 bindings in its answer", |b| {
        b.iter(|| who_can(&rbac, black_box(&widgets), Scope::AnyNamespace));
    });
    let any_verb = Pattern {
        api_groups: Choice::only([""]),
        resources: Choice::only(["secrets"]),
        subresources: Choice::only([""]),
        ..Pattern::default()
    };
    group.bench_function("who can do anything to secrets in a namespace", |b| {
        b.iter(|| who_can_any(&rbac, black_box(&any_verb), Scope::Namespace("ns-7".into())));
    });
    group.bench_function("who can do anything in a namespace", |b| {
        b.iter(|| who_can_any(&rbac, black_box(&Pattern::default()), Scope::Namespace("ns-7".into())));
    });
    group.bench_function("upstream's allowed subjects, by a scan", |b| {
        b.iter(|| allowed_subjects(&rbac, &black_box(secrets).in_namespace("ns-7"), None));
    });
    let user = UserInfo::new("user-7", ["team-7"]);
    let asked = secrets.in_namespace("ns-7").by(&user);
    group.bench_function("where a user of 210 bindings may get secrets", |b| {
        b.iter(|| where_can(&rbac, &user, black_box(&secrets)))
    });
    group.bench_function("with which names", |b| b.iter(|| allowed_names(&rbac, &user, black_box(&asked))));
    group.bench_function("rules for the user", |b| b.iter(|| rules_for(&rbac, black_box(&user), "ns-7")));
    group.bench_function("all that the user holds", |b| b.iter(|| effective(&rbac, black_box(&user))));
    group.bench_function("why", |b| b.iter(|| why(&rbac, black_box(&asked)).count()));
    group.bench_function("why not", |b| b.iter(|| why_not(&rbac, black_box(&asked), 5)));
    let (catalogue, users) = (Catalogue::built_in(), [user.clone()]);
    group.bench_function("the matrix of a user", |b| b.iter(|| access_matrix(&rbac, &users, &catalogue, "ns-7").cells().count()));
    group.finish();
}

criterion_group!(benches, questions);
criterion_main!(benches);
