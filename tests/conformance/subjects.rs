//! The subjects that may make a request, in order and with their duplicates.

use k8s_rbac::model::Subject;
use k8s_rbac::query::allowed_subjects;
use serde::Deserialize;

use crate::harness::Tally;
use crate::objects::{self, Request};

#[derive(Debug, Deserialize)]
struct Case {
    request: Request,
    subjects: Option<Vec<Subject>>,
    #[serde(default)]
    error: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let (rbac, cases) = objects::read(line);
    for Case { request, subjects, error } in cases {
        let user = request.user();
        let found = allowed_subjects(&rbac, &request.attributes(&user), None);
        let error_text = found.error().map(|e| e.to_string()).unwrap_or_default();
        let ours = (found.subjects.into_iter().map(std::borrow::Cow::into_owned).collect(), error_text);
        tally.case(|| format!("{request:?}"), &(subjects.unwrap_or_default(), error), &ours);
    }
}
