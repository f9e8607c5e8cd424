//! Where a grant counts.

use k8s_rbac::model::{ClusterRole, Object, Role, RoleBinding, RoleRef, Subject};
use k8s_rbac::query::effective;
use k8s_rbac::{Authorizer, Policy};

use crate::naive::{JANE, RIGHT, Reading, differ, held_in, jane, rule, wrong_no, wrong_yes};
use crate::upstream::ask;

/// What is needed in the cluster is accepted from a RoleBinding.
#[test]
fn f06_nodes_are_not_granted_by_a_role_binding() {
    let naive = Reading { scope: |_, _, _| true, ..RIGHT };
    wrong_yes(naive, &held_in("dev", [rule("patch", "", "nodes")]), jane("patch", "nodes").named("n1"));
}

/// "All namespaces" leaves out every RoleBinding.
#[test]
fn f16_role_bindings_count_where_all_namespaces_are_asked_for() {
    let naive = Reading { scope: |binding, _, _| binding.kind() == "ClusterRoleBinding", ..RIGHT };
    wrong_no(naive, &held_in("dev", [rule("get", "", "secrets")]), jane("get", "secrets").in_namespace("dev"));
}

/// The kind of the role is taken for the scope of the grant.
#[test]
fn f46_scope_is_a_property_of_the_binding() {
    let naive = Reading {
        scope: |binding, role, namespace| role.kind() == "ClusterRole" || (RIGHT.scope)(binding, role, namespace),
        ..RIGHT
    };
    wrong_yes(naive, &held_in("dev", [rule("get", "", "secrets")]), jane("get", "secrets").in_namespace("kube-system"));
}

/// A grant in one namespace and one in the cluster are alike.
#[test]
fn f49_a_grant_in_one_namespace_is_none_in_another() {
    let naive = Reading { scope: |_, _, namespace| !namespace.is_empty(), ..RIGHT };
    let objects: [Object; 2] = [
        Role::new("dev", "reader", [rule("get", "", "secrets")]).into(),
        RoleBinding::new("dev", "binding", RoleRef::role("reader"), [Subject::user("jane")]).into(),
    ];
    wrong_yes(naive, &objects, jane("get", "secrets").in_namespace("prod"));
}

/// A difference is one of roles and bindings by name, so that a grant that moves to another role is lost and gained.
#[test]
fn f77_a_grant_that_moved_to_another_role_is_the_same_grant() {
    let with_role = |name: &str| {
        let binding = RoleBinding::new("dev", name, RoleRef::cluster_role(name), [Subject::user("jane")]);
        [Object::from(ClusterRole::new(name, [rule("get", "", "pods")])), binding.into()]
    };
    let (old, new) = (with_role("reader"), with_role("viewer"));
    let keys = |objects: &[Object]| objects.iter().map(|object| object.key().to_string()).collect::<Vec<_>>();
    let held = |objects: &[Object]| effective(&Authorizer::new(Policy::from_iter(objects.iter().cloned())), &JANE).unwrap();
    differ((keys(&old) != keys(&new), true), (held(&old) != held(&new), false));
    let request = jane("get", "pods").in_namespace("dev");
    assert!(ask(&old, &request) && ask(&new, &request));
}
