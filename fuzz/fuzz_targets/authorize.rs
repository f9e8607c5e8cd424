//! The index answers as the plain scan does, after any inserts, replacements and removals.

#![no_main]

use arbitrary::Arbitrary;
use k8s_rbac::authorize::{Decision, linear};
use k8s_rbac::model::Object;
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::{Authorizer, Policy};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input {
    policy: Policy,
    changes: Vec<Change>,
    requests: Vec<OwnedAttributes>,
}

#[derive(Debug, Arbitrary)]
enum Change {
    Insert(Object),
    Remove(Object),
    Ask(OwnedAttributes),
}

fn ask(rbac: &Authorizer, request: &OwnedAttributes) {
    let request = request.attributes();
    let told = |decision: Decision<'_, '_>| (decision.is_allowed(), decision.to_string(), decision.reason().to_string());
    assert_eq!(told(rbac.authorize(&request)), told(linear::authorize(rbac.policy(), &request)));
}

fuzz_target!(|input: Input| {
    let mut rbac = Authorizer::new(input.policy);
    for change in input.changes {
        match change {
            Change::Insert(object) => {
                rbac.insert_object(object);
            }
            Change::Remove(object) => {
                rbac.remove_object(&object.key());
            }
            Change::Ask(request) => ask(&rbac, &request),
        }
    }
    for request in input.requests {
        ask(&rbac, &request);
    }
});
