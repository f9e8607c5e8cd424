//! A review in, the same review with its status out.

use k8s_rbac::request::review::{SubjectAccessReview, SubjectAccessReviewStatus};
use k8s_rbac::{Authorizer, KubeVersion};

/// Why there is no answer.
#[derive(Debug)]
pub enum Refused {
    /// The body is no review.
    Unreadable(serde_json::Error),
    /// It is one that no API server sends.
    Invalid(String),
}

/// The answered review, and whether it allows.
///
/// The reason is that of the RBAC authorizer alone: the API server asks its privileged group before, and puts the name of the webhook before
/// the reasons of those who have no opinion, itself.
pub fn answer(rbac: &Authorizer, body: &[u8]) -> Result<(SubjectAccessReview, bool), Refused> {
    let mut review: SubjectAccessReview = serde_json::from_slice(body).map_err(Refused::Unreadable)?;
    review.validate(KubeVersion::REFERENCE).map_err(|invalid| Refused::Invalid(invalid.to_string()))?;
    let user = review.spec.user_info();
    let decision = rbac.authorize(&review.spec.attributes(&user, KubeVersion::REFERENCE));
    let (allowed, reason) = (decision.is_allowed(), decision.reason().to_string());
    review.status = SubjectAccessReviewStatus { allowed, reason, ..SubjectAccessReviewStatus::default() };
    Ok((review, allowed))
}

#[cfg(test)]
mod tests {
    use k8s_rbac::Policy;
    use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};

    use super::*;

    fn rbac() -> Authorizer {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
        policy.insert(ClusterRoleBinding::new("broken", "missing", [Subject::user("joe")]));
        Authorizer::new(policy)
    }

    fn asked(version: &str, user: &str) -> String {
        let spec = format!(
            r#"{{"user":"{user}","resourceAttributes":{{"verb":"get","version":"v1","resource":"pods","namespace":"default"}}}}"#
        );
        let body = format!(
            r#"{{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/{version}","metadata":{{}},"spec":{spec},"status":{{"allowed":false}}}}"#
        );
        serde_json::to_string(&answer(&rbac(), body.as_bytes()).unwrap().0).unwrap()
    }

    #[test]
    fn the_answer_is_the_review_with_a_status_in_its_version() {
        let answer = asked("v1", "jane");
        assert!(answer.contains(r#""apiVersion":"authorization.k8s.io/v1""#), "{answer}");
        assert!(answer.contains(r#""status":{"allowed":true,"reason":"RBAC: allowed by ClusterRoleBinding \"jane-reads\" of ClusterRole \"reader\" to User \"jane\""}"#), "{answer}");
        assert!(asked("v1beta1", "jane").contains(r#""apiVersion":"authorization.k8s.io/v1beta1""#));
    }

    #[test]
    fn errors_of_resolution_travel_as_the_reason_without_the_name_of_an_authorizer() {
        let answer = asked("v1", "joe");
        assert!(
            answer.contains(
                r#""status":{"allowed":false,"reason":"RBAC: clusterrole.rbac.authorization.k8s.io \"missing\" not found"}"#
            ),
            "{answer}"
        );
    }

    #[test]
    fn what_is_no_review_is_refused() {
        assert!(matches!(answer(&rbac(), b"{"), Err(Refused::Unreadable(_))));
        assert!(matches!(answer(&rbac(), br#"{"kind":"Pod"}"#), Err(Refused::Unreadable(_))));
        assert!(matches!(answer(&rbac(), br#"{"spec":{"user":"jane"}}"#), Err(Refused::Invalid(_))));
    }
}
