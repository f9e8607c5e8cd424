//! Who am I?

use super::{Kind, NO_USER, Refusal, bad_request};
use crate::identity::UserInfo;
use crate::model::ObjectMeta;
use crate::request::review::{SelfSubjectReview, SelfSubjectReviewStatus};
use crate::version::{Behaviour, KubeVersion};

/// The answer to a SelfSubjectReview: the user of the request, after impersonation if there is any
/// (`pkg/registry/authentication/selfsubjectreview/rest.go`). `now` is the time as its metadata tells it.
///
/// Whether the user may ask is for the authorizer to say: the default role `system:basic-user` lets all who are authenticated.
///
/// ```
/// use k8s_rbac::{identity::UserInfo, review::self_subject_review, version::KubeVersion};
/// let jane = UserInfo::authenticated("jane", ["dev"]);
/// let answer = self_subject_review(Some(&jane), "2026-11-24T00:00:00Z", KubeVersion::V1_37)?;
/// assert_eq!(
///     serde_json::to_string(&answer).unwrap(),
///     r#"{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1","metadata":{"creationTimestamp":"2026-11-24T00:00:00Z"},"status":{"userInfo":{"username":"jane","groups":["dev","system:authenticated"]}}}"#
/// );
/// # Ok::<(), k8s_rbac::review::Refusal>(())
/// ```
///
/// # Errors
/// There is no user, or the version serves no such review.
pub fn self_subject_review(user: Option<&UserInfo>, now: &str, version: KubeVersion) -> Result<SelfSubjectReview, Refusal> {
    if !version.has(Behaviour::SelfSubjectReviews) {
        return Err(Refusal(Kind::NotServed));
    }
    let user = user.ok_or_else(|| bad_request(NO_USER))?;
    let metadata = ObjectMeta { creation_timestamp: Some(now.to_owned()), ..ObjectMeta::default() };
    Ok(SelfSubjectReview { metadata, status: SelfSubjectReviewStatus { user_info: user.clone() } })
}
