//! Who may hand out rights. The API server lets a binding be written by those who may write bindings and either hold all that it grants or
//! may `bind` the role; and a role by those who may write it and either hold its rules or may `escalate`.

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, RoleBinding, RoleRef, Subject};
use k8s_rbac::query::rules_for;
use k8s_rbac::rule::covers::covers;
use k8s_rbac::{Attributes, Authorizer, Policy};

use crate::naive::{JANE, RIGHT, differ, held, held_in, jane, rule};
use crate::upstream::ask;

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

fn on(verb: &'static str, resource: &'static str) -> Attributes<'static> {
    jane(verb, resource).in_group(RBAC)
}

fn admin() -> ClusterRole {
    ClusterRole::new("cluster-admin", [rule("*", "*", "*")])
}

fn with_admin(mut objects: Vec<Object>) -> Vec<Object> {
    objects.push(admin().into());
    objects
}

/// Whether jane holds all rules of `cluster-admin` in the namespace.
fn covers_admin(objects: &[Object], namespace: &str) -> bool {
    let rbac = Authorizer::new(Policy::from_iter(objects.iter().cloned()));
    covers(rules_for(&rbac, &JANE, namespace).rules(), &*admin().rules).unwrap().is_covered()
}

/// Whether the API server lets jane create a binding of the ClusterRole `cluster-admin` in the namespace, or in the cluster.
fn may_bind_admin(objects: &[Object], namespace: &'static str) -> bool {
    let bindings = if namespace.is_empty() { "clusterrolebindings" } else { "rolebindings" };
    ask(objects, &on("create", bindings).in_namespace(namespace))
        && (covers_admin(objects, namespace)
            || ask(objects, &on("bind", "clusterroles").in_namespace(namespace).named("cluster-admin")))
}

/// `bind` is looked for on RoleBindings.
#[test]
fn f01_bind_is_asked_on_the_role() {
    let objects = with_admin(held_in("dev", [rule("create,bind", RBAC, "rolebindings")]));
    let naive = RIGHT.allows(&objects, &on("bind", "rolebindings").in_namespace("dev"));
    differ((naive, true), (may_bind_admin(&objects, "dev"), false));
}

/// `escalate` counts only where the binding that grants it grants the role too.
#[test]
fn f32_escalate_reaches_every_role_that_may_be_written() {
    let mut objects = held([rule("update,escalate", RBAC, "clusterroles")]);
    objects.push(ClusterRole::new("target", [rule("get", "", "pods")]).into());
    objects.push(ClusterRoleBinding::new("others", "target", [Subject::user("bob")]).into());
    let policy = Policy::from_iter(objects.clone());
    let naive = policy
        .bindings()
        .any(|binding| binding.role_ref().name == "target" && binding.subjects().iter().any(|subject| subject.name == "jane"));
    let ours = ["update", "escalate"].iter().all(|verb| ask(&objects, &on(verb, "clusterroles").named("target")));
    differ((naive, false), (ours, true));
}

/// The group, the creating and the binding are looked for in any three rules.
#[test]
fn f36_bind_counts_in_the_group_of_roles() {
    let objects = with_admin(held([rule("create", RBAC, "clusterrolebindings"), rule("bind", "example.com", "clusterroles")]));
    let policy = Policy::from_iter(objects.clone());
    let rules = || policy.cluster_roles().iter().filter(|role| role.metadata.name == "role").flat_map(|role| role.rules.iter());
    let has = |list: &[String], word: &str| list.iter().any(|entry| entry == word);
    let naive = rules().any(|rule| has(&rule.api_groups, RBAC))
        && rules().any(|rule| has(&rule.verbs, "create") && has(&rule.resources, "clusterrolebindings"))
        && rules().any(|rule| has(&rule.verbs, "bind") && has(&rule.resources, "clusterroles"));
    differ((naive, true), (may_bind_admin(&objects, ""), false));
}

/// `bind` is looked for on ClusterRoleBindings.
#[test]
fn f54_bind_on_cluster_role_bindings_means_nothing() {
    let objects = with_admin(held([rule("create,bind", RBAC, "clusterrolebindings")]));
    let naive = RIGHT.allows(&objects, &on("bind", "clusterrolebindings"));
    differ((naive, true), (may_bind_admin(&objects, ""), false));
}

/// Whoever may write bindings is taken for an administrator.
#[test]
fn f79_writing_bindings_alone_gives_nothing_new() {
    let objects = with_admin(held([rule("create,update,patch", RBAC, "clusterrolebindings,rolebindings")]));
    let naive = RIGHT.allows(&objects, &on("create", "clusterrolebindings"));
    differ((naive, true), (may_bind_admin(&objects, ""), false));
}

/// `bind` on ClusterRoles inside a namespace is called dead.
#[test]
fn f80_cluster_roles_are_bound_inside_a_namespace() {
    let objects = with_admin(held_in("dev", [rule("create", RBAC, "rolebindings"), rule("bind", RBAC, "clusterroles")]));
    let naive = RIGHT.allows(&objects, &on("bind", "clusterroles"));
    differ((naive, false), (may_bind_admin(&objects, "dev"), true));
    let binding = RoleBinding::new("dev", "own", RoleRef::cluster_role("cluster-admin"), [Subject::user("jane")]);
    let after = [objects, vec![binding.into()]].concat();
    assert!(ask(&after, &jane("get", "secrets").in_namespace("dev")), "and then she holds it there");
}

/// `bind` alone is taken for a way to the administrator's role.
#[test]
fn f81_bind_needs_a_binding_to_be_written() {
    let objects = with_admin(held([rule("bind", RBAC, "clusterroles")]));
    let naive = RIGHT.allows(&objects, &on("bind", "clusterroles").named("cluster-admin"));
    differ((naive, true), (may_bind_admin(&objects, ""), false));
}

/// Approving certificates is taken for signing any, whoever the signer is.
#[test]
fn f85_approval_is_asked_for_the_signer_too() {
    let objects = held([rule("update", CERTIFICATES, "certificatesigningrequests/approval")]);
    let approval = jane("update", "certificatesigningrequests").subresource("approval").in_group(CERTIFICATES).named("mine");
    let signer = |name| jane("approve", "signers").in_group(CERTIFICATES).named(name);
    let naive = RIGHT.allows(&objects, &approval);
    let signers = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];
    let ours = ask(&objects, &approval) && signers.iter().any(|name| ask(&objects, &signer(name)));
    differ((naive, true), (ours, false));
}
