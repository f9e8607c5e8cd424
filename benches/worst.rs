//! The worst that a policy can do to a decision, in one table: `cargo bench --bench worst`. Every case is asked at two sizes; where the
//! bound of the index holds, only what applies to the subject of the request makes it cost more.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::grown;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo};

const SAMPLES: usize = 21;

fn main() {
    println!("{:<48} {:>8} {:>14} {:>14}", "case", "size", "least ns", "ns of its size");
    for size in [100, 10_000] {
        bindings_of_one_subject(size);
        distinct_roles_of_one_subject(size);
        rules_of_one_role(size);
    }
    for size in [10, 1_000] {
        groups_of_one_user(size);
        names_of_one_role(size);
    }
    for size in [1_000, 100_000] {
        bindings_of_one_namespace(size);
        names_that_differ_little(size);
    }
}

fn bindings_of_one_subject(size: usize) {
    let mut policy = grown(0);
    for i in 0..size {
        policy.insert(ClusterRoleBinding::new(format!("b-{i}"), "reader", [Subject::user("busy")]));
    }
    row("denied: a subject in as many bindings of a role", size, policy, &UserInfo::new("busy", [""; 0]), delete_secret());
}

fn distinct_roles_of_one_subject(size: usize) {
    let mut policy = grown(0);
    for i in 0..size {
        let rule = PolicyRule::resources(["get"], [""], ["secrets"]).named([format!("n-{i}")]);
        policy.insert(ClusterRole::new(format!("r-{i}"), [rule]));
        policy.insert(ClusterRoleBinding::new(format!("b-{i}"), format!("r-{i}"), [Subject::user("busy")]));
    }
    let request = Attributes::resource("get", "secrets").in_namespace("ns-3").named("absent");
    row("denied: a subject of as many roles on the topic", size, policy, &UserInfo::new("busy", [""; 0]), request);
}

fn rules_of_one_role(size: usize) {
    let rules: Vec<_> = (0..size).map(|i| PolicyRule::resources(["get"], ["example.com"], [format!("r-{i}")])).collect();
    let last = format!("r-{}", size - 1);
    let request = Attributes::resource("get", &last).in_group("example.com").in_namespace("ns-3").named("x");
    row("allowed by the last of as many rules", size, with_role(rules), &UserInfo::new("busy", [""; 0]), request);
}

fn names_of_one_role(size: usize) {
    let names: Vec<_> = (0..size).map(|i| format!("n-{i}")).collect();
    let last = names[size - 1].clone();
    let rules = vec![PolicyRule::resources(["get"], [""], ["secrets"]).named(names)];
    let request = Attributes::resource("get", "secrets").in_namespace("ns-3").named(&last);
    row("allowed by the last of as many resource names", size, with_role(rules), &UserInfo::new("busy", [""; 0]), request);
}

fn groups_of_one_user(size: usize) {
    let mut policy = grown(0);
    let groups: Vec<String> = (0..size).map(|i| format!("team-{i}")).collect();
    for group in &groups {
        policy.insert(ClusterRoleBinding::new(format!("b-{group}"), "reader", [Subject::group(group.as_str())]));
    }
    row("denied: a user in as many bound groups", size, policy, &UserInfo::new("busy", groups), delete_secret());
}

fn bindings_of_one_namespace(size: usize) {
    let mut policy = grown(0);
    for i in 0..size {
        let subject = [Subject::user(format!("user-{i}"))];
        policy.insert(RoleBinding::new("ns-3", format!("b-{i}"), RoleRef::cluster_role("reader"), subject));
    }
    let user = UserInfo::new(format!("user-{}", size / 2), [""; 0]);
    row("allowed: one of as many RoleBindings of a namespace", size, policy, &user, list_pods());
}

/// Names that a weak hash function would put into one place: they differ in the order of their parts alone.
fn names_that_differ_little(size: usize) {
    let name = |i: usize| (0..20).map(|bit| if i >> bit & 1 == 0 { "aab" } else { "aba" }).collect::<String>();
    let mut policy = grown(0);
    for i in 0..size {
        policy.insert(ClusterRoleBinding::new(format!("b-{i}"), "reader", [Subject::user(name(i))]));
    }
    let user = UserInfo::new(name(size / 2), [""; 0]);
    row("allowed: one of as many names that differ little", size, policy, &user, list_pods());
}

fn with_role(rules: Vec<PolicyRule>) -> Policy {
    let mut policy = grown(0);
    policy.insert(ClusterRole::new("large", rules));
    policy.insert(ClusterRoleBinding::new("busy", "large", [Subject::user("busy")]));
    policy
}

fn delete_secret() -> Attributes<'static> {
    Attributes::resource("delete", "secrets").in_namespace("ns-3").named("x")
}

fn list_pods() -> Attributes<'static> {
    Attributes::resource("list", "pods").in_namespace("ns-3")
}

fn row(case: &str, size: usize, policy: Policy, user: &UserInfo, request: Attributes<'_>) {
    let rbac = Authorizer::new(policy);
    let request = request.by(user);
    let allowed = rbac.authorize(&request).is_allowed();
    assert_eq!(allowed, case.starts_with("allowed"), "{case}");
    let once = time(&rbac, &request, 3);
    let rounds = (1_000_000.0 / once).clamp(1.0, 20_000.0) as usize;
    let least = (0..SAMPLES).map(|_| time(&rbac, &request, rounds)).fold(f64::MAX, f64::min);
    println!("{case:<48} {size:>8} {least:>14.0} {:>14.2}", least / size as f64);
}

/// Nanoseconds a decision.
fn time(rbac: &Authorizer, request: &Attributes<'_>, rounds: usize) -> f64 {
    let start = Instant::now();
    for _ in 0..rounds {
        black_box(rbac.authorize(black_box(request)).is_allowed());
    }
    start.elapsed().as_nanos() as f64 / rounds as f64
}
