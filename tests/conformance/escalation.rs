//! Whether a user is let through that creates or replaces a role or a binding, and the server's words when not.
//!
//! The storage behind these answers knows no keys: it finds a role by its namespace and name, or does not find it.

use k8s_rbac::escalation::{Escalation, Lookup};
use k8s_rbac::identity::UserInfo;
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{Tally, version};
use crate::objects;
use crate::validate::read;

#[derive(Debug, Deserialize)]
struct Case {
    user: String,
    #[serde(default)]
    groups: Vec<String>,
    kind: String,
    object: Value,
    /// Whether the request has the name of the object; what it replaces, if anything, is `old`.
    #[serde(default)]
    update: bool,
    old: Option<Value>,
    #[serde(default)]
    error: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let (rbac, cases) = objects::read(line);
    let checks = Escalation::new(&rbac).at(version()).with_lookup(Lookup::Plain);
    for Case { user, groups, kind, object, update, old, error } in cases {
        let user = UserInfo::new(user, groups);
        let (new, before) = (read(&kind, &object), old.as_ref().map(|old| read(&kind, old)));
        let verdict = if update { checks.update(&user, &new, before.as_ref()) } else { checks.create(&user, &new) };
        let ours = verdict.map_or_else(|refusal| refusal.to_string(), |()| String::new());
        tally.case(|| format!("{user:?} writes {kind} {object}, update: {update}, old: {old:?}"), &error, &ours);
    }
}
