//! Whether a user is let through that creates a role or a binding, and the server's words when not.
//!
//! The storage behind these answers knows no keys: it finds a role by its namespace and name, or does not find it.

use k8s_rbac::escalation::{Escalation, Lookup};
use k8s_rbac::identity::UserInfo;
use serde::Deserialize;
use serde_json::Value;

use crate::harness::Tally;
use crate::objects;
use crate::validate::read;

#[derive(Debug, Deserialize)]
struct Case {
    user: String,
    #[serde(default)]
    groups: Vec<String>,
    kind: String,
    object: Value,
    #[serde(default)]
    error: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let (rbac, cases) = objects::read(line);
    let checks = Escalation::new(&rbac).with_lookup(Lookup::Plain);
    for Case { user, groups, kind, object, error } in cases {
        let user = UserInfo::new(user, groups);
        let refused = checks.create(&user, &read(&kind, &object)).err();
        let ours = refused.map_or(String::new(), |refusal| refusal.to_string());
        tally.case(|| format!("{user:?} creates {kind} {object}"), &error, &ours);
    }
}
