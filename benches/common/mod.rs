//! What the benches share: the default cluster, grown, and requests to it.
#![allow(dead_code, reason = "each bench uses a part of it")]
#![allow(missing_docs, reason = "a bench has no readers of its docs")]

pub mod floor;
pub mod memory;

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::{Attributes, KubeVersion, Policy, UserInfo, bootstrap};

/// The sizes that are measured: `BENCH_SIZES=0,1000` chooses others. A million is measured only when it is asked for.
pub fn sizes(default: &[usize]) -> Vec<usize> {
    match std::env::var("BENCH_SIZES") {
        Ok(text) => text.split(',').map(|size| size.trim().parse().expect("BENCH_SIZES holds numbers")).collect(),
        Err(_) => default.to_vec(),
    }
}

/// The default cluster of 1.37 and, for each of `n`, a ClusterRoleBinding of a user and a RoleBinding of a service account, over `n / 10`
/// namespaces.
pub fn grown(n: usize) -> Policy {
    let mut policy = bootstrap::policy(KubeVersion::V1_37);
    policy.insert(ClusterRole::new(
        "reader",
        [
            PolicyRule::resources(["get", "list", "watch"], [""], ["pods", "services", "configmaps"]),
            PolicyRule::resources(["get"], ["apps"], ["deployments", "deployments/scale"]),
            PolicyRule::resources(["*"], ["batch"], ["jobs", "cronjobs"]),
        ],
    ));
    for i in 0..n {
        policy.insert(cluster_binding(i));
        policy.insert(binding(i));
    }
    policy
}

pub fn cluster_binding(i: usize) -> ClusterRoleBinding {
    ClusterRoleBinding::new(format!("crb-{i}"), "reader", [Subject::user(format!("user-{i}"))])
}

pub fn binding(i: usize) -> RoleBinding {
    let namespace = format!("ns-{}", i / 10);
    let account = Subject::service_account(namespace.as_str(), format!("sa-{}", i % 10));
    RoleBinding::new(namespace, format!("rb-{}", i % 10), RoleRef::cluster_role("reader"), [account])
}

/// A request with strings of its own.
#[derive(Debug, Clone)]
pub struct Request {
    pub user: UserInfo,
    verb: String,
    namespace: String,
    group: String,
    resource: String,
    subresource: String,
    name: String,
    path: Option<String>,
}

impl Request {
    fn new(user: UserInfo, attributes: Attributes<'_>) -> Self {
        Self {
            user,
            verb: attributes.verb.to_owned(),
            namespace: attributes.namespace.to_owned(),
            group: attributes.api_group.to_owned(),
            resource: attributes.resource.to_owned(),
            subresource: attributes.subresource.to_owned(),
            name: attributes.name.to_owned(),
            path: (!attributes.resource_request).then(|| attributes.path.to_owned()),
        }
    }

    pub fn attributes(&self) -> Attributes<'_> {
        let request = match &self.path {
            Some(path) => Attributes::non_resource(&self.verb, path),
            None => Attributes::resource(&self.verb, &self.resource),
        };
        let request = request.in_group(&self.group).subresource(&self.subresource).named(&self.name);
        request.in_namespace(&self.namespace).by(&self.user)
    }
}

/// The four requests that upstream's authorizer was measured with.
pub fn named_requests() -> Vec<(&'static str, Request)> {
    let account = || UserInfo::service_account("ns-3", "sa-5");
    let scheduler = UserInfo::authenticated("system:kube-scheduler", [""; 0]);
    let status = Attributes::resource("update", "pods").subresource("status").in_namespace("ns-3").named("p");
    vec![
        ("allow-sa-in-ns", Request::new(account(), Attributes::resource("list", "pods").in_namespace("ns-3"))),
        ("deny-sa", Request::new(account(), Attributes::resource("delete", "secrets").in_namespace("ns-3").named("x"))),
        ("allow-scheduler", Request::new(scheduler, status)),
        (
            "deny-anonymous",
            Request::new(UserInfo::anonymous(), Attributes::resource("get", "pods").in_namespace("ns-3").named("p")),
        ),
    ]
}

/// Numbers that look random and are the same on every run.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % bound
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// A stream of requests: service accounts, users, system users and the anonymous one, on resources that are known and unknown, and on URLs.
pub fn mixed(policy: &Policy, n: usize, count: usize) -> Vec<Request> {
    let mut random = Random(42);
    let system = system_users(policy);
    let resources = resources(policy);
    (0..count)
        .map(|_| {
            let user = user(&mut random, &system, n.max(1));
            let namespace = format!("ns-{}", random.below(n.max(10) / 10 + 1));
            Request::new(user, attributes(&mut random, &resources, &namespace))
        })
        .collect()
}

fn user(random: &mut Random, system: &[String], n: usize) -> UserInfo {
    match random.below(10) {
        0..4 => {
            let i = random.below(n);
            UserInfo::service_account(&format!("ns-{}", i / 10), &format!("sa-{}", i % 10))
        }
        4..7 => UserInfo::authenticated(format!("user-{}", random.below(n)), [format!("team-{}", random.below(100))]),
        7..9 => UserInfo::authenticated(system[random.below(system.len())].as_str(), [""; 0]),
        _ => UserInfo::anonymous(),
    }
}

fn attributes<'a>(random: &mut Random, resources: &'a [[String; 3]], namespace: &'a str) -> Attributes<'a> {
    if random.below(20) == 0 {
        let path =
            random.pick(&["/healthz", "/api/v1", "/apis/apps/v1/", "/metrics", "/version", "/logs/kubelet.log", "/openapi/v3"]);
        return Attributes::non_resource("get", path);
    }
    let verb = random.pick(&["get", "list", "watch", "create", "update", "patch", "delete"]);
    let request = match random.below(14) {
        0 => Attributes::resource(verb, "widgets").in_group("example.com"),
        _ => {
            let [group, resource, subresource] = &resources[random.below(resources.len())];
            Attributes::resource(verb, resource).in_group(group).subresource(subresource)
        }
    };
    let request = if random.below(10) == 0 { request } else { request.in_namespace(namespace) };
    if matches!(verb, "list" | "watch" | "create") { request } else { request.named("some-object") }
}

/// The users that default bindings name.
pub fn system_users(policy: &Policy) -> Vec<String> {
    let subjects = policy.bindings().take(61).flat_map(|binding| binding.subjects().iter().map(move |s| (s, binding)));
    let names = subjects.filter_map(|(subject, binding)| match subject.kind.as_str() {
        Subject::USER => Some(subject.name.clone()),
        Subject::SERVICE_ACCOUNT => {
            let namespace = if subject.namespace.is_empty() { binding.namespace() } else { &subject.namespace };
            Some(format!("system:serviceaccount:{namespace}:{}", subject.name))
        }
        _ => None,
    });
    names.collect()
}

/// The (API group, resource, subresource) that rules of the policy name without a wildcard.
pub fn resources(policy: &Policy) -> Vec<[String; 3]> {
    let roles = policy.cluster_roles().iter().flat_map(|role| role.rules.iter());
    let pairs = roles.flat_map(|rule| {
        rule.api_groups.iter().flat_map(|group| rule.resources.iter().map(move |resource| (group.as_str(), resource.as_str())))
    });
    let named = pairs.filter(|(group, resource)| *group != "*" && !resource.contains('*'));
    let split = named.map(|(group, resource)| {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        [group, resource, subresource].map(str::to_owned)
    });
    let distinct: std::collections::BTreeSet<_> = split.collect();
    distinct.into_iter().collect()
}

/// A user of 12 groups with four bindings each: `view` and a role of 16 resources in the cluster, `edit` and `admin` in one namespace.
pub fn add_heavy_user(policy: &mut Policy) -> UserInfo {
    let resources: Vec<String> = (0..16).map(|i| format!("things{i}")).collect();
    policy.insert(ClusterRole::new("custom", [PolicyRule::resources(["get", "list"], ["example.com"], resources)]));
    let groups: Vec<String> = (0..12).map(|i| format!("heavy-group-{i}")).collect();
    for group in &groups {
        let subjects = || [Subject::group(group.as_str())];
        policy.insert(ClusterRoleBinding::new(format!("{group}-view"), "view", subjects()));
        policy.insert(ClusterRoleBinding::new(format!("{group}-custom"), "custom", subjects()));
        policy.insert(RoleBinding::new("ns-3", format!("{group}-edit"), RoleRef::cluster_role("edit"), subjects()));
        policy.insert(RoleBinding::new("ns-3", format!("{group}-admin"), RoleRef::cluster_role("admin"), subjects()));
    }
    UserInfo::authenticated("heavy", groups)
}

/// What the heavy user asks.
pub fn heavy_requests(user: &UserInfo) -> Vec<(&'static str, Request)> {
    let of = |attributes| Request::new(user.clone(), attributes);
    let crd = Attributes::resource("get", "widgets").in_group("unknown.example.com").in_namespace("ns-3").named("w");
    let bindings = Attributes::resource("create", "rolebindings").in_group("rbac.authorization.k8s.io").in_namespace("ns-3");
    vec![
        ("heavy deny nodes", of(Attributes::resource("delete", "nodes").in_namespace("ns-3").named("n"))),
        ("heavy allow rolebindings", of(bindings)),
        ("heavy deny unknown CRD", of(crd)),
        ("heavy deny URL", of(Attributes::non_resource("get", "/logs/kubelet.log"))),
    ]
}
