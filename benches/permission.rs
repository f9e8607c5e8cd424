//! What the exact algebra costs: containment and equality of real roles, differences of two releases, and lists of 10,000 rules.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use k8s_rbac::authorize::subject::{Membership, Principal};
use k8s_rbac::diff::diff_of;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
use k8s_rbac::permission::PermissionSet;
use k8s_rbac::query::effective;
use k8s_rbac::{Authorizer, KubeVersion, Policy, UserInfo, bootstrap};

/// The rules of a role of the default policy.
fn role(version: KubeVersion, name: &str) -> Vec<PolicyRule> {
    let policy = bootstrap::policy(version);
    let role = policy.get::<ClusterRole>("", name).expect("a default role");
    role.rules.to_vec()
}

/// Numbers without a pattern, the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    fn some(&mut self, max: usize, mut item: impl FnMut(&mut Self) -> String) -> Vec<String> {
        (0..=self.below(max)).map(|_| item(self)).collect()
    }
}

/// Rules as operators have them: up to four verbs, one or two groups, a few resources and subresources, every fifth rule with names, now
/// and then a star.
fn rules(seed: u64, count: usize) -> Vec<PolicyRule> {
    const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
    let mut numbers = Numbers(seed);
    let rule = |numbers: &mut Numbers| {
        let verbs = numbers.some(4, |numbers| VERBS[numbers.below(VERBS.len())].to_owned());
        let groups = numbers.some(2, |numbers| match numbers.below(200) {
            0 => "*".to_owned(),
            number => format!("group{}.example.com", number % 40),
        });
        let resources = numbers.some(4, |numbers| match (numbers.below(300), numbers.below(300)) {
            (0, _) => "*".to_owned(),
            (1, _) => "*/status".to_owned(),
            (2..50, number) => format!("kinds{number}/status"),
            (_, number) => format!("kinds{number}"),
        });
        let rule = PolicyRule::resources(verbs, groups, resources);
        if numbers.below(5) > 0 {
            return rule;
        }
        rule.named(numbers.some(3, |numbers| format!("name-{}", numbers.below(1000))))
    };
    (0..count).map(|_| rule(&mut numbers)).collect()
}

fn set(rules: &[PolicyRule]) -> PermissionSet {
    PermissionSet::from_rules(rules).expect("within the limit")
}

fn default_roles(c: &mut Criterion) {
    let (admin, all) = (role(KubeVersion::V1_37, "admin"), role(KubeVersion::V1_37, "cluster-admin"));
    c.bench_function("admin in cluster-admin, from rules", |b| b.iter(|| set(black_box(&all)).covers(&set(&admin))));
    let (admin, all) = (set(&admin), set(&all));
    c.bench_function("admin in cluster-admin, from sets", |b| b.iter(|| black_box(&all).covers(&admin)));
    let (old, new) = (role(KubeVersion::new(1, 30), "edit"), role(KubeVersion::V1_37, "edit"));
    c.bench_function("edit of 1.37 without edit of 1.30, from rules", |b| {
        b.iter(|| set(black_box(&new)).difference(&set(&old)));
    });
    c.bench_function("edit of 1.37 without edit of 1.30, from rules to rules", |b| {
        b.iter(|| set(black_box(&new)).difference(&set(&old)).map(|more| more.to_rules()));
    });
}

/// The default policy with somebody who holds `edit`.
fn with_editor(version: KubeVersion) -> Policy {
    let mut policy = bootstrap::policy(version);
    policy.insert(ClusterRoleBinding::new("jane-edits", "edit", [Subject::user("jane")]));
    policy
}

fn default_policies(c: &mut Criterion) {
    let (old, new) = (with_editor(KubeVersion::new(1, 30)), with_editor(KubeVersion::V1_37));
    let jane = [Principal::User("jane".to_owned())];
    let diff = || diff_of(jane.clone(), black_box(&old), &new, Membership::Implied).map(|found| found.is_wider());
    c.bench_function("the default policies of 1.30 and 1.37 as edit sees them, from objects", |b| b.iter(diff));
    let user = UserInfo::authenticated("jane", [""; 0]);
    let (old, new) = (Authorizer::new(old), Authorizer::new(new));
    let held = |rbac| effective(rbac, &user).expect("within the limit");
    c.bench_function("what edit holds in the default policy of 1.37, as a set", |b| b.iter(|| held(black_box(&new))));
    let (old, new) = (held(&old), held(&new));
    c.bench_function("the default policies of 1.30 and 1.37 as edit sees them, from sets", |b| {
        b.iter(|| (black_box(&new).cluster.difference(&old.cluster), old.cluster.difference(&new.cluster)));
    });
}

fn long_lists(c: &mut Criterion) {
    let one = rules(1, 500);
    let other: Vec<PolicyRule> = one.iter().rev().cloned().collect();
    c.bench_function("500 rules equal, from rules", |b| b.iter(|| set(black_box(&one)) == set(&other)));
    let (one, other) = (set(&one), set(&other));
    c.bench_function("500 rules equal, from sets", |b| b.iter(|| black_box(&one) == &other));
    c.bench_function("500 rules to rules", |b| b.iter(|| black_box(&one).to_rules()));
    let (one, other) = (rules(1, 10_000), rules(2, 10_000));
    let mut group = c.benchmark_group("10,000 rules");
    group.sample_size(10);
    group.bench_function("to a set", |b| b.iter_batched(|| (), |()| set(black_box(&one)), BatchSize::PerIteration));
    group.bench_function("without 10,000 others, from rules", |b| b.iter(|| set(black_box(&one)).difference(&set(&other))));
    let (one, other) = (set(&one), set(&other));
    group.bench_function("without 10,000 others, from sets", |b| b.iter(|| black_box(&one).difference(&other)));
    let rule = PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], ["secrets"])).expect("within the limit");
    group.bench_function("and one more, from sets", |b| b.iter(|| black_box(&one).union(&rule)));
    group.bench_function("meeting one, from sets", |b| b.iter(|| black_box(&one).intersects(&rule)));
}

criterion_group!(benches, default_roles, default_policies, long_lists);
criterion_main!(benches);
