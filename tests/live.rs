//! An authorizer that is changed while others read it.
#![cfg(feature = "live")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use k8s_rbac::authorize::Live;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
use k8s_rbac::{Attributes, Authorizer, UserInfo};

/// Two bindings always change hands together: whoever looks sees one of the two states.
#[test]
fn readers_see_whole_batches() {
    let live = Live::new(Authorizer::default());
    live.update(|rbac| {
        rbac.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        rbac.insert(ClusterRoleBinding::new("one", "reader", [Subject::user("a")]));
        rbac.insert(ClusterRoleBinding::new("two", "reader", [Subject::user("b")]));
    });
    let done = AtomicBool::new(false);
    let users = ["a", "b", "c", "d"].map(|name| UserInfo::new(name, [""; 0]));
    let read = || {
        let mut seen = [0, 0];
        while !done.load(Ordering::Relaxed) {
            let rbac = live.snapshot();
            let allowed = users.each_ref().map(|user| rbac.authorize(&Attributes::resource("get", "pods").by(user)).is_allowed());
            match allowed {
                [true, true, false, false] => seen[0] += 1,
                [false, false, true, true] => seen[1] += 1,
                other => panic!("half a batch: {other:?}"),
            }
        }
        seen
    };
    thread::scope(|scope| {
        let readers = [scope.spawn(read), scope.spawn(read)];
        for i in 0..20_000 {
            let [one, two] = if i % 2 == 0 { ["c", "d"] } else { ["a", "b"] };
            live.update(|rbac| {
                rbac.insert(ClusterRoleBinding::new("one", "reader", [Subject::user(one)]));
                rbac.insert(ClusterRoleBinding::new("two", "reader", [Subject::user(two)]));
            });
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            assert!(reader.join().is_ok_and(|seen: [u64; 2]| seen[0] + seen[1] > 0), "a reader saw half a batch, or nothing");
        }
    });
}

#[test]
fn a_panicking_change_publishes_nothing() {
    let live = Live::default();
    let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        live.update(|rbac| {
            rbac.insert(ClusterRole::new("reader", []));
            panic!("in the middle of a batch");
        });
    }));
    assert!(panics.is_err() && live.snapshot().policy().is_empty());
    assert!(live.update(|rbac| rbac.insert(ClusterRole::new("reader", [])).is_none()));
    assert_eq!(live.snapshot().policy().len(), 1);
}
