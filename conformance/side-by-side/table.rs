//! The table, as Markdown, and what has to be known to read it.

use crate::others::{Measured, UPSTREAM};

/// The engines, in the order of their columns, and the heads of those.
const ENGINES: [(&str, &str); 6] = [
    (UPSTREAM, "upstream, Go"),
    ("cedar", "cedar-policy"),
    ("regorus", "regorus"),
    ("regorus-vm", "regorus, RVM"),
    ("casbin", "casbin"),
    ("casbin-cached", "casbin, cache hit"),
];

const NOTES: &str = "
Nanoseconds a decision, medians; in parentheses, how many times that of k8s-rbac. n ClusterRoleBindings and n RoleBindings were added to the
default cluster. Floor: each string of the request hashed once and looked up once. Upstream: its authorizer over informer listers, 5 runs of
0.1 s; k8s-rbac and the floor: 41 samples; the engines: up to 41 samples in 0.15 s, at least one, up to n = 10,000. All gave the same answers. `mixed`: 1,000 requests, the mean of a pass.

How the engines say it; none of them reports the binding as the reason, as upstream and k8s-rbac do, nor that a role is missing:
- Groups come with a request in RBAC, and the engines know them as data only: each request has a principal of its own, put below its user and
  groups before the clock starts.
- cedar-policy: a policy for each rule; verbs are actions, the namespace is the resource, and has the roles that are granted in it as attributes.
- regorus: bindings by namespace and subject, rules by role; the Rego walks the roles of the request's subjects. Interpreted, and in its virtual machine.
- casbin: a row for each combination of verb, group, resource and name, roles by domain. It tries one row after the other, so an early row
  answers soon. Its cache has room for every request, each of which was asked before: it shows what a cache costs, not a decision.
";

pub fn head() {
    let heads: Vec<String> = ENGINES.iter().map(|(_, head)| format!("{head:>20}")).collect();
    println!("| {:>7} | {:<24} | {:<12} | floor | k8s-rbac | x floor | {} |", "n", "request", "allowed", heads.join(" | "));
    let rules: Vec<String> = ENGINES.iter().map(|_| format!("{:->19}:", "")).collect();
    println!("| {:->6}: | {:-<24} | {:-<12} | ----: | -------: | ------: | {} |", "", "", "", rules.join(" | "));
}

pub fn row(n: usize, name: &str, allowed: &[bool], floor: f64, ours: f64, others: &[&Measured]) {
    let cells: Vec<String> = ENGINES
        .iter()
        .map(|(engine, _)| {
            let found = others.iter().find(|other| other.engine == *engine).map(|other| other.median_nanoseconds);
            let cell = found.map_or_else(|| "–".to_owned(), |theirs| format!("{} ({})", grouped(theirs), times(theirs / ours)));
            format!("{cell:>20}")
        })
        .collect();
    let (n, answer, ratio) = (grouped(n as f64), answer(allowed), ours / floor);
    println!("| {n:>7} | {name:<24} | {answer:<12} | {floor:>5.0} | {ours:>8.0} | {ratio:>7.2} | {} |", cells.join(" | "));
}

pub fn notes() {
    println!("{NOTES}");
}

fn answer(allowed: &[bool]) -> String {
    match allowed {
        [true] => "yes".to_owned(),
        [false] => "no".to_owned(),
        all => format!("{} of {}", all.iter().filter(|allowed| **allowed).count(), grouped(all.len() as f64)),
    }
}

/// How many times as long: small numbers with a digit behind the point.
fn times(ratio: f64) -> String {
    if ratio < 20.0 { format!("{ratio:.1}") } else { grouped(ratio) }
}

/// A number with commas between its thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}
