//! A universe so small that every request of every user in it can be asked: policies whose parts meet, and all that tells them apart.

use std::sync::LazyLock;

use k8s_rbac::authorize::{linear, server};
use k8s_rbac::model::*;
use k8s_rbac::request::{Attributes, OwnedAttributes};
use k8s_rbac::{Authorizer, Policy, UserInfo};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub const NAMESPACES: &[&str] = &["", "ns1", "ns2"];
const NAMES: &[&str] = &["", "u1", "somebody", "system:anonymous", "system:serviceaccount:ns1:sa1", "nobody-named"];
const GROUPS: &[&str] = &[
    "g1",
    "system:authenticated",
    "system:unauthenticated",
    "system:serviceaccounts",
    "system:serviceaccounts:ns1",
    "system:masters",
];

fn words(words: &'static [&'static str], max: usize) -> impl Strategy<Value = Vec<String>> {
    subsequence(words, 1..=max).prop_shuffle().prop_map(|words| words.into_iter().map(str::to_owned).collect())
}

pub fn rule() -> impl Strategy<Value = PolicyRule> {
    let names = prop_oneof![3 => Just(Vec::new()), 1 => words(&["a"], 1)];
    let about = (
        words(&["get", "list", "*"], 2),
        words(&["", "apps", "*"], 1),
        words(&["pods", "secrets", "pods/log", "*/log", "*"], 2),
        names,
    );
    let resources =
        about.prop_map(|(verbs, groups, resources, names)| PolicyRule::resources(verbs, groups, resources).named(names));
    let urls = (words(&["get", "*"], 1), words(&["/a", "/a*", "*"], 1)).prop_map(|(verbs, urls)| PolicyRule::urls(verbs, urls));
    prop_oneof![5 => resources, 1 => urls, 1 => Just(PolicyRule::default())]
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        3 => select(&NAMES[..5]).prop_map(Subject::user),
        4 => select(GROUPS).prop_map(Subject::group),
        2 => (select(&["", "ns1", "ns2"][..]), select(&["sa1", "sa2"][..])).prop_map(|(ns, name)| Subject::service_account(ns, name)),
        1 => Just(Subject { kind: "Robot".into(), ..Subject::user("u1") }),
    ]
}

pub fn object() -> impl Strategy<Value = Object> {
    let rules = || vec(rule(), 0..3);
    let role_name = || select(&["r1", "r2", "r3"][..]);
    let local = || select(&["ns1", "ns2"][..]);
    let name = || select(&["b1", "b2", "b3"][..]);
    let role_ref = prop_oneof![role_name().prop_map(RoleRef::cluster_role), role_name().prop_map(RoleRef::role)];
    prop_oneof![
        1 => (local(), role_name(), rules()).prop_map(|(ns, name, rules)| Role::new(ns, name, rules).into()),
        2 => (role_name(), rules()).prop_map(|(name, rules)| ClusterRole::new(name, rules).into()),
        2 => (select(&["ns1", "ns1", "ns2", ""][..]), name(), role_ref, vec(subject(), 0..4))
            .prop_map(|(ns, name, role, subjects)| RoleBinding::new(ns, name, role, subjects).into()),
        2 => (name(), role_name(), vec(subject(), 0..4))
            .prop_map(|(name, role, subjects)| ClusterRoleBinding::new(name, role, subjects).into()),
    ]
}

pub fn policy() -> impl Strategy<Value = Policy> {
    vec(object(), 0..14).prop_map(Policy::from_iter)
}

/// A policy and what became of it.
pub fn pair() -> impl Strategy<Value = (Policy, Policy)> {
    (policy(), vec(object(), 0..4), vec(object(), 0..2)).prop_map(|(old, put, taken)| {
        let mut new = old.clone();
        new.extend(put);
        for object in taken {
            new.remove_object(&object.key());
        }
        (old, new)
    })
}

/// Every request that rules of this vocabulary can tell apart, without namespace and user.
pub static REQUESTS: LazyLock<Vec<OwnedAttributes>> = LazyLock::new(|| {
    let mut requests = Vec::new();
    for verb in ["get", "list", "other"] {
        requests.extend(["/a", "/ab", "/"].map(|path| Attributes::non_resource(verb, path).into()));
        for (group, resource) in ["", "apps", "other"].into_iter().flat_map(|g| ["pods", "secrets", "other"].map(|r| (g, r))) {
            for (subresource, name) in ["", "log", "other"].into_iter().flat_map(|s| ["", "a"].map(|n| (s, n))) {
                requests.push(Attributes::resource(verb, resource).in_group(group).subresource(subresource).named(name).into());
            }
        }
        // `pods/log` as the name of a resource tells the entry `pods/log` from `*/log`.
        for (group, name) in ["", "apps", "other"].into_iter().flat_map(|g| ["", "a"].map(|n| (g, n))) {
            requests.push(Attributes::resource(verb, "pods/log").in_group(group).named(name).into());
        }
    }
    requests
});

/// Those of them that HTTP can make: no resource holds a slash. Of the others, roles that are made from use say nothing.
pub static OF_HTTP: LazyLock<Vec<OwnedAttributes>> =
    LazyLock::new(|| REQUESTS.iter().filter(|request| !request.resource.contains('/')).cloned().collect());

/// Each user name and each group alone, and some together.
pub static ALONE: LazyLock<Vec<UserInfo>> = LazyLock::new(|| {
    let none: [&str; 0] = [];
    let mut users: Vec<_> = NAMES.iter().map(|name| UserInfo::new(*name, none)).collect();
    users.push(UserInfo::service_account("ns2", "sa1"));
    users.extend(["system:serviceaccount:ns2:sa1", "system:serviceaccount:ns1:sa2"].map(|name| UserInfo::new(name, none)));
    users.extend(["system:serviceaccount:ns2:sa2"].map(|name| UserInfo::new(name, none)));
    users.extend(GROUPS.iter().map(|group| UserInfo::new("nobody-named", [*group])));
    users.push(UserInfo::new("u1", ["g1", "system:authenticated"]));
    users
});

/// Users as an API server makes them.
pub static SERVED: LazyLock<Vec<UserInfo>> = LazyLock::new(|| {
    let none: [&str; 0] = [];
    let mut users: Vec<_> = ["", "u1", "somebody", "nobody-named"].map(|name| UserInfo::authenticated(name, none)).into();
    users.push(UserInfo::anonymous());
    users.push(UserInfo::new("nobody-named", ["system:unauthenticated"]));
    users.push(UserInfo::authenticated("nobody-named", ["g1"]));
    users.push(UserInfo::authenticated("u1", ["g1", "system:masters"]));
    for namespace in ["ns1", "ns2", "ns3"] {
        users.extend(["sa1", "sa2", "sa3"].map(|name| UserInfo::service_account(namespace, name)));
    }
    users
});

/// Whether RBAC alone, or the server around it, allows the request.
pub fn allows(policy: &Policy, request: &Attributes<'_>) -> bool {
    linear::authorize(policy, request).is_allowed()
}

/// Every answer of the policy to these users: of RBAC alone, or of the server around it.
pub fn answers(policy: &Policy, users: &[UserInfo], served: bool) -> Vec<bool> {
    let rbac = Authorizer::new(policy.clone());
    let mut answers = Vec::new();
    for user in users {
        for namespace in NAMESPACES {
            answers.extend(REQUESTS.iter().map(|request| {
                let request = request.attributes().in_namespace(namespace).by(user);
                if served { server::authorize(&rbac, &request).is_allowed() } else { rbac.authorize(&request).is_allowed() }
            }));
        }
    }
    answers
}
