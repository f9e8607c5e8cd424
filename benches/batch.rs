//! The questions over everybody, in one table: `cargo bench --bench batch`. The policy is the default one and `n` ClusterRoleBindings and `n`
//! RoleBindings, each of a subject of its own. `BENCH_SIZES=0,1000` chooses the sizes.
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

mod common;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use common::{grown, resources, sizes};
use k8s_rbac::authorize::Grant;
use k8s_rbac::authorize::subject::Principal;
use k8s_rbac::query::{Access, Holder, Scope, access_matrix, every_grant, who_can};
use k8s_rbac::resources::{Catalogue, Resource};
use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo};

const SAMPLES: usize = 21;
const VERBS: [&str; 14] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "escalate",
    "impersonate",
    "approve",
    "sign",
];

fn main() {
    println!("{:<52} {:>8} {:>12} {:>12} {:>12}", "question", "n", "of", "least µs", "median µs");
    for n in sizes(&[0, 100, 10_000]) {
        let rbac = Authorizer::new(grown(n));
        who_can_list_pods(n, &rbac);
        matrix(n, &rbac);
    }
}

/// Who can list pods in one namespace.
fn who_can_list_pods(n: usize, rbac: &Authorizer) {
    let (request, scope) = (Attributes::resource("list", "pods"), Scope::Namespace("ns-3".into()));
    let subjects = users(rbac.policy()).len();
    let answers = row("every grant of list pods, of so many subjects", n, subjects, || {
        every_grant(rbac, black_box(&request), &scope).count()
    });
    let name = |grant: Grant<'_>| grant.subject().map_or(0, |subject| usize::from(!subject.name.is_empty()));
    row("the same, with the name of each read", n, subjects, || every_grant(rbac, black_box(&request), &scope).map(name).sum());
    let holders = row("who can list pods, sorted, with paths", n, subjects, || {
        who_can(rbac, black_box(&request), scope.clone()).holders.len()
    });
    let names = |holder: Holder<'_, '_>| usize::from(!holder.name.is_empty());
    row("the same, with the name of each read", n, subjects, || {
        who_can(rbac, black_box(&request), scope.clone()).holders.iter().map(names).sum()
    });
    let prepared = rbac.prepare(&request.in_namespace("ns-3"));
    let users = users(rbac.policy());
    let one_by_one = || users.iter().filter(|user| rbac.look_up(user).authorize(black_box(&prepared)).is_allowed()).count();
    let allowed = row("the same asked for each subject", n, subjects, one_by_one);
    let resolved = || {
        let resolved = rbac.resolve(black_box(&request.in_namespace("ns-3")));
        users.iter().filter(|user| resolved.authorize(user).is_allowed()).count()
    };
    assert_eq!(row("the same, the request resolved before", n, subjects, resolved), allowed);
    println!("    {answers} grants to {holders} subjects; {allowed} may, each by itself");
}

/// Every subject × every resource that a rule names × 14 verbs.
fn matrix(n: usize, rbac: &Authorizer) {
    let (users, catalogue) = (users(rbac.policy()), catalogue(rbac.policy()));
    let cells = users.len() * catalogue.len() * VERBS.len();
    let matrix = access_matrix(rbac, &users, &catalogue, "ns-3").verbs(VERBS);
    let yes = |row: &[Access]| row.iter().filter(|access| **access == Access::Yes).count();
    let by_row =
        row("the access matrix, counted, of so many cells", n, cells, || matrix.table().rows().map(|(_, row)| yes(row)).sum());
    if n <= 100 {
        let pairs = || catalogue.iter().flat_map(|resource| VERBS.map(|verb| (resource, verb)));
        let each = |user: &UserInfo| pairs().filter(|(resource, verb)| allows(rbac, user, resource, verb)).count();
        let plain = row("the same by a decision for each cell", n, cells, || users.iter().map(each).sum());
        assert_eq!(by_row, plain);
    }
    println!("    {by_row} of them are allowed");
}

fn allows(rbac: &Authorizer, user: &UserInfo, resource: &Resource, verb: &str) -> bool {
    let request = Attributes::resource(verb, &resource.plural).in_group(&resource.group).in_namespace("ns-3");
    rbac.authorize(&request.by(user)).is_allowed()
}

/// Everybody whom a binding names, as a user without other groups.
fn users(policy: &Policy) -> Vec<UserInfo> {
    let named =
        policy.bindings().flat_map(|binding| binding.subjects().iter().map(move |subject| (subject, binding.namespace())));
    let principals: BTreeSet<Principal> = named.filter_map(|(subject, namespace)| Principal::of(subject, namespace)).collect();
    let user = |principal| match principal {
        Principal::User(name) => UserInfo::new(name, [""; 0]),
        Principal::Group(name) => UserInfo::new("nobody", [name]),
    };
    principals.into_iter().map(user).collect()
}

/// The resources of the rules, each of which serves every verb.
fn catalogue(policy: &Policy) -> Catalogue {
    let verbs: BTreeSet<String> = VERBS.map(str::to_owned).into();
    let named = resources(policy).into_iter().map(|[group, resource, subresource]| {
        let plural = if subresource.is_empty() { resource } else { format!("{resource}/{subresource}") };
        Resource { verbs: verbs.iter().cloned().collect(), ..Resource::custom(group, "v1", plural, "Kind", true) }
    });
    named.collect()
}

fn row(question: &str, n: usize, of: usize, mut ask: impl FnMut() -> usize) -> usize {
    let answer = ask();
    let mut samples: Vec<f64> = Vec::new();
    let begun = Instant::now();
    while samples.len() < SAMPLES && (samples.len() < 3 || begun.elapsed() < Duration::from_secs(3)) {
        let start = Instant::now();
        assert_eq!(black_box(ask()), answer);
        samples.push(start.elapsed().as_secs_f64() * 1e6);
    }
    samples.sort_by(f64::total_cmp);
    println!("{question:<52} {n:>8} {of:>12} {:>12.1} {:>12.1}", samples[0], samples[samples.len() / 2]);
    answer
}
