//! 780 SubjectAccessReviews as the server answered them, refused ones included.

use k8s_rbac::authorize::linear;
use k8s_rbac::request::review::{SubjectAccessReview, SubjectAccessReviewSpec, SubjectAccessReviewStatus};
use k8s_rbac::review::subject_access_review;
use k8s_rbac::version::KubeVersion;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Line {
    spec: SubjectAccessReviewSpec,
    status: Answer,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    http_error: Option<String>,
    #[serde(flatten)]
    status: SubjectAccessReviewStatus,
}

#[test]
fn every_review_is_answered_as_the_server_did() {
    let rbac = super::cluster();
    let lines: Vec<Line> = include_str!("data/sar-1.37.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 780);
    let mut refused = 0;
    for Line { spec, status } in lines {
        let asked = format!("{spec:?}");
        match (subject_access_review(&rbac, SubjectAccessReview::new(spec.clone()), KubeVersion::V1_37), status) {
            (Ok(answer), Answer { http_error: None, status }) => {
                let reasons = reasons(&rbac, &spec, &answer.status);
                assert!(reasons.contains(&status.reason), "{asked}: {:?} is none of {reasons:?}", status.reason);
                assert_eq!(SubjectAccessReviewStatus { reason: status.reason.clone(), ..answer.status }, status, "{asked}");
            }
            (Err(refusal), Answer { http_error: Some(error), .. }) => {
                refused += 1;
                assert_eq!((refusal.code(), refusal.to_string()), (422, error), "{asked}");
            }
            (ours, theirs) => panic!("{asked}: {ours:?}, but the server: {theirs:?}"),
        }
    }
    assert_eq!(refused, 69);
}

/// Our reason, and the others that are as good: where several bindings allow a request, the server names any one of them.
fn reasons(rbac: &k8s_rbac::Authorizer, spec: &SubjectAccessReviewSpec, status: &SubjectAccessReviewStatus) -> Vec<String> {
    let user = spec.user_info();
    let mut reasons = vec![status.reason.clone()];
    // The privileged group is let through ahead of RBAC, without a reason.
    if !status.reason.is_empty() {
        let request = spec.attributes(&user, KubeVersion::V1_37);
        reasons.extend(linear::grants(rbac.policy(), &request).map(|grant| grant.reason().to_string()));
    }
    reasons
}
