//! No decision allocates, whatever it is: counted by the allocator of this process.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::{Attributes, Authorizer, UserInfo};

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

struct Counting;

// SAFETY: everything is handed to the system's allocator as it came.
#[expect(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let before = ALLOCATIONS.with(Cell::get);
    let result = run();
    (result, ALLOCATIONS.with(Cell::get) - before)
}

/// Roles of every shape, missing roles, long lists, many namespaces.
fn authorizer() -> Authorizer {
    let mut rbac = Authorizer::default();
    rbac.insert(ClusterRole::new(
        "wide",
        [
            PolicyRule::resources(["get", "odd"], [""], ["*/log", "pods"]),
            PolicyRule::resources(["watch"], ["*"], ["secrets"]).named((0..100).map(|i| format!("name-{i}"))),
            PolicyRule::urls(["get"], ["/api/*", "/healthz"]),
            PolicyRule::resources(["list"], (0..60).map(|i| format!("g{i}")), (0..60).map(|i| format!("r{i}"))),
        ],
    ));
    for i in 0..300 {
        let subjects = [Subject::user("jane"), Subject::group(format!("g{}", i % 40)), Subject::service_account("", "ci")];
        rbac.insert(ClusterRoleBinding::new(format!("missing-{i}"), format!("missing-{i}"), subjects.clone()));
        let namespace = format!("ns-{}", i % 50);
        rbac.insert(RoleBinding::new(namespace, format!("b-{i}"), RoleRef::cluster_role("wide"), subjects));
    }
    rbac
}

#[test]
fn decisions_allocate_nothing() {
    let rbac = authorizer();
    let users = [
        UserInfo::new("jane", ["nobody"]),
        UserInfo::new("joe", (0..1000).map(|i| format!("g{i}"))),
        UserInfo::service_account("ns-3", "ci"),
        UserInfo::anonymous(),
    ];
    let asked = [
        Attributes::resource("get", "pods"),
        Attributes::resource("get", "pods").subresource("log"),
        Attributes::resource("odd", "pods/log"),
        Attributes::resource("watch", "secrets").in_group("x").named("name-77"),
        Attributes::resource("list", "r59").in_group("g59"),
        Attributes::resource("delete", "unknown").in_group("example.com").subresource("x/y"),
        Attributes::non_resource("get", "/api/v1"),
        Attributes::non_resource("get", "/metrics"),
    ];
    let mut allowed = Vec::new();
    for user in &users {
        for request in asked.iter().flat_map(|request| [*request, request.in_namespace("ns-3")]) {
            let (decision, count) = allocations(|| rbac.authorize(&request.by(user)));
            assert_eq!(count, 0, "{request:?} by {}", user.username);
            let (looked_up, prepared, resolved) = (rbac.look_up(user), rbac.prepare(&request), rbac.resolve(&request));
            let beforehand = || {
                [looked_up.authorize(&prepared), resolved.authorize(user), resolved.authorize_looked_up(&looked_up)]
                    .map(|decision| decision.is_allowed())
            };
            assert_eq!(allocations(beforehand), ([decision.is_allowed(); 3], 0), "{request:?} by {}", user.username);
            allowed.push(decision.is_allowed());
        }
    }
    let [yes, no] = [true, false];
    assert_eq!(
        allowed[..16],
        [no, yes, no, yes, no, no, no, yes, no, yes, no, no, no, yes, no, no],
        "every kind of rule is reached"
    );
    assert!(allowed[48..].iter().all(|allowed| !allowed), "nothing is granted to the anonymous user");
    let (_, counted) = allocations(|| vec![1_u8]);
    assert_eq!(counted, 1, "the counting works");
}
