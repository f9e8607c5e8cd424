//! How much memory the index takes, in bytes asked of the allocator of this process.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_rbac::{Authorizer, Policy};

static HELD: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: everything is handed to the system's allocator as it came.
#[expect(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A ClusterRoleBinding of a user and a RoleBinding of a service account for each number.
fn bindings(policy: &mut Policy, count: usize, role: impl Fn(usize) -> RoleRef) {
    for i in 0..count {
        policy.insert(ClusterRoleBinding::new(format!("crb-{i}"), "reader", [Subject::user(format!("user-{i}"))]));
        let namespace = format!("ns-{}", i / 10);
        let account = Subject::service_account(namespace.as_str(), format!("sa-{}", i % 10));
        policy.insert(RoleBinding::new(namespace, format!("rb-{}", i % 10), role(i), [account]));
    }
}

fn bytes_a_binding(policy: Policy) -> usize {
    let count = policy.bindings().count();
    let before = HELD.load(Ordering::Relaxed);
    let rbac = Authorizer::new(policy);
    let taken = HELD.load(Ordering::Relaxed) - before;
    drop(rbac);
    taken / count
}

/// One test, for the count is of the whole process.
#[test]
fn a_binding_takes_at_most_250_bytes() {
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods", "services"])]));
    bindings(&mut policy, 10_000, |_| RoleRef::cluster_role("reader"));
    let one_role = bytes_a_binding(policy);
    let mut policy = Policy::new();
    bindings(&mut policy, 10_000, |i| RoleRef::role(format!("role-{}", i % 10)));
    for i in 0..10_000 {
        let rules = [PolicyRule::resources(["get", "list"], [""], [format!("things-{i}"), "pods".to_owned()])];
        policy.insert(Role::new(format!("ns-{}", i / 10), format!("role-{}", i % 10), rules));
    }
    let distinct_roles = bytes_a_binding(policy);
    println!("bytes of index a binding: {one_role} with one role, {distinct_roles} with 10,000 distinct Roles");
    assert!(one_role <= 250 && distinct_roles <= 250, "{one_role}, {distinct_roles}");
}
