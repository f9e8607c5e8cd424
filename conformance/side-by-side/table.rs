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
Nanoseconds a decision, medians; in parentheses, how many times that of k8s-rbac. The floor hashes each string of the request and looks it up
once. Upstream is its authorizer over informer listers, 5 runs of 0.1 s; the floor and k8s-rbac: 155 samples on five indexes in turn, each with
a hash seed of its own; the engines: up to 41 samples in 0.15 s, and up to n = 10,000. `mixed` is 1,000 requests of all kinds, the mean of a
pass. Every engine gave the same answers to all of them.

None of the engines reports the binding as the reason, or a role that is missing, as upstream and k8s-rbac do. They know groups as data only,
where RBAC takes them from the request: each request has a principal of its own, put below its user and groups before the clock starts.

- cedar-policy: a policy for each rule; verbs are actions, and the namespace is the resource, with the roles granted in it as attributes.
- regorus: bindings by namespace and subject, rules by role; the Rego walks the roles of the request's subjects. Its interpreter on a
  compiled policy, and its virtual machine.
- casbin: a row for each combination of role, verb, group, resource and name, and role links by domain. It tries one row after the other,
  so that an early one answers soon. Its cache has room for every request, all of which were asked before: what a cache costs, not a decision.
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
