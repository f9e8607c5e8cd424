//! Every rule that applies to a user, in order, and the words of what could not be resolved.

use k8s_rbac::identity::UserInfo;
use k8s_rbac::model::PolicyRule;
use k8s_rbac::query::rules_for;
use serde::Deserialize;

use crate::harness::Tally;
use crate::objects;

#[derive(Debug, Deserialize)]
struct Case {
    #[serde(default)]
    user: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    namespace: String,
    rules: Option<Vec<PolicyRule>>,
    #[serde(default)]
    error: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let (rbac, cases) = objects::read(line);
    for Case { user, groups, namespace, rules, error } in cases {
        let user = UserInfo::new(user, groups);
        let found = rules_for(&rbac, &user, &namespace);
        let ours = (found.rules().cloned().collect(), found.error().map(|e| e.to_string()).unwrap_or_default());
        tally.case(|| format!("{user:?} in {namespace:?}"), &(rules.unwrap_or_default(), error), &ours);
    }
}
