//! The decision and the reason, byte for byte, from the index and from the plain scan.

use k8s_rbac::authorize::linear;
use serde::Deserialize;

use crate::harness::Tally;
use crate::objects::{self, Request};

#[derive(Debug, Deserialize)]
struct Case {
    request: Request,
    decision: String,
    #[serde(default)]
    reason: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let (rbac, cases) = objects::read(line);
    for Case { request, decision, reason } in cases {
        let user = request.user();
        let attributes = request.attributes(&user);
        let answers = [rbac.authorize(&attributes), linear::authorize(rbac.policy(), &attributes)];
        let ours = answers.map(|answer| (answer.to_string(), answer.reason().to_string()));
        tally.case(|| format!("{request:?}"), &[(decision.clone(), reason.clone()), (decision, reason)], &ours);
    }
}
