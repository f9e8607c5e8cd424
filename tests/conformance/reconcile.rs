//! What is to be written so that a stored role or binding grants what is expected of it.

use k8s_rbac::controller::reconcile::{Operation, Reconciled, binding, role};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, LabelSelector, PolicyRule, Subject};
use serde::Deserialize;

use crate::harness::Tally;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    existing: Option<ClusterRole>,
    expected: Option<ClusterRole>,
    existing_binding: Option<ClusterRoleBinding>,
    expected_binding: Option<ClusterRoleBinding>,
    remove_extra: bool,
    #[serde(flatten)]
    answer: Answer,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    result: serde_json::Value,
    operation: String,
    protected: bool,
    #[serde(default)]
    missing_rules: Vec<PolicyRule>,
    #[serde(default)]
    extra_rules: Vec<PolicyRule>,
    #[serde(default)]
    missing_selectors: Vec<LabelSelector>,
    #[serde(default)]
    extra_selectors: Vec<LabelSelector>,
    #[serde(default)]
    missing_subjects: Vec<Subject>,
    #[serde(default)]
    extra_subjects: Vec<Subject>,
}

pub fn check(line: &str, tally: &mut Tally) {
    let case: Case = serde_json::from_str(line).unwrap();
    let mut upstream = case.answer;
    let ours = match (case.expected, case.expected_binding) {
        (Some(expected), _) => answer(role(case.existing.as_ref(), &expected, case.remove_extra).unwrap(), &mut upstream),
        (None, Some(expected)) => answer(binding(case.existing_binding.as_ref(), &expected, case.remove_extra), &mut upstream),
        (None, None) => panic!("neither a role nor a binding"),
    };
    tally.case(|| line.to_owned(), &upstream, &ours);
}

/// Our answer; both results are read as objects first, so that a `null` list is an empty one.
fn answer<T: serde::Serialize + serde::de::DeserializeOwned>(ours: Reconciled<T>, upstream: &mut Answer) -> Answer {
    let written = |object: &T| serde_json::to_value(object).unwrap();
    let read: T = serde_json::from_value(upstream.result.take()).unwrap();
    upstream.result = written(&read);
    Answer {
        result: written(&ours.object),
        operation: match ours.operation {
            Operation::None => "none",
            Operation::Create => "create",
            Operation::Update => "update",
            Operation::Recreate => "recreate",
        }
        .to_owned(),
        protected: ours.protected,
        missing_rules: ours.missing_rules,
        extra_rules: ours.extra_rules,
        missing_selectors: ours.missing_selectors,
        extra_selectors: ours.extra_selectors,
        missing_subjects: ours.missing_subjects,
        extra_subjects: ours.extra_subjects,
    }
}
