//! What the feature `bootstrap` adds to a program: each program of `src/bin` asks one question of a policy that it has from somewhere.

use k8s_rbac::load::Loader;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, bootstrap};

/// The word of the command line at the place.
pub fn word(at: usize) -> String {
    std::env::args().nth(at).unwrap_or_default()
}

/// Prints the reason of the decision: `PROGRAM FROM USER VERB RESOURCE [default]`.
pub fn ask(policy: Policy) {
    let rbac = Authorizer::new(policy);
    let (user, verb, resource) = (UserInfo::authenticated(word(2), [""; 0]), word(3), word(4));
    println!("{}", rbac.authorize(&Attributes::resource(&verb, &resource).by(&user)).reason());
}

/// Whether the default policy is asked for.
pub fn wants_default() -> bool {
    word(5) == "default"
}

/// An object of each of the four kinds, from code.
pub fn typed() -> Policy {
    let (name, rules) = (word(1), [PolicyRule::resources(["get"], [""], ["pods"]), PolicyRule::urls(["get"], ["/healthz"])]);
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new(name.as_str(), rules.clone()));
    policy.insert(Role::new("dev", name.as_str(), rules));
    let subjects = [Subject::user("jane"), Subject::group("dev"), Subject::service_account("dev", "ci")];
    policy.insert(RoleBinding::new("dev", name.as_str(), RoleRef::role("reader"), subjects.clone()));
    policy.insert(ClusterRoleBinding::new(name.as_str(), "reader", subjects));
    policy
}

/// The objects of a file.
pub fn text() -> Policy {
    let text = std::fs::read_to_string(word(1)).unwrap_or_default();
    Loader::new().read_str("file", &text).objects.into_iter().collect()
}

/// The default policy of a version.
pub fn default_policy() -> Policy {
    word(1).parse().map(bootstrap::policy).unwrap_or_default()
}
