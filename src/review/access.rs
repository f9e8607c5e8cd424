//! May this be done? The three reviews that ask it.

use super::{NO_USER, Refusal, bad_request};
use crate::authorize::{Authorizer, server};
use crate::identity::UserInfo;
use crate::model::ObjectMeta;
use crate::request::Attributes;
use crate::request::review::{
    LocalSubjectAccessReview, ResourceAttributes, SelfSubjectAccessReview, SubjectAccessReview, SubjectAccessReviewSpec,
    SubjectAccessReviewStatus,
};
use crate::version::{Behaviour, KubeVersion};

/// The review with its answer.
///
/// ```
/// use k8s_rbac::request::review::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
/// use k8s_rbac::{authorize::Authorizer, model::*, policy::Policy, review::subject_access_review, version::KubeVersion};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
/// let resource = ResourceAttributes { verb: "get".into(), resource: "pods".into(), ..Default::default() };
/// let spec = SubjectAccessReviewSpec { resource_attributes: Some(resource), user: "jane".into(), ..Default::default() };
/// let answer = subject_access_review(&Authorizer::new(policy), SubjectAccessReview::new(spec), KubeVersion::V1_37)?;
/// assert!(answer.status.allowed);
/// # Ok::<(), k8s_rbac::review::Refusal>(())
/// ```
///
/// # Errors
/// The review is [invalid](SubjectAccessReview::validate).
pub fn subject_access_review(
    rbac: &Authorizer,
    mut review: SubjectAccessReview,
    version: KubeVersion,
) -> Result<SubjectAccessReview, Refusal> {
    take_in(&mut review.metadata, "")?;
    review.validate(version)?;
    let status = status(rbac, &review.spec, version);
    Ok(SubjectAccessReview { status, ..review })
}

/// The review with its answer; `namespace` is that of the URL which it was sent to.
///
/// ```
/// use k8s_rbac::request::review::{LocalSubjectAccessReview, ResourceAttributes, SubjectAccessReviewSpec};
/// use k8s_rbac::{Authorizer, KubeVersion, review::local_subject_access_review};
/// let about = |namespace: &str| {
///     let resource = ResourceAttributes { namespace: namespace.into(), verb: "get".into(), resource: "pods".into(), ..Default::default() };
///     let spec = SubjectAccessReviewSpec { resource_attributes: Some(resource), user: "jane".into(), ..Default::default() };
///     local_subject_access_review(&Authorizer::default(), LocalSubjectAccessReview::new(spec), "dev", KubeVersion::V1_37)
/// };
/// assert!(!about("dev")?.status.allowed);
/// assert_eq!(about("prod").unwrap_err().code(), 422, "the review is about another namespace");
/// # Ok::<(), k8s_rbac::review::Refusal>(())
/// ```
///
/// # Errors
/// The namespaces differ, the review is [invalid](LocalSubjectAccessReview::validate), or there is no namespace.
pub fn local_subject_access_review(
    rbac: &Authorizer,
    mut review: LocalSubjectAccessReview,
    namespace: &str,
    version: KubeVersion,
) -> Result<LocalSubjectAccessReview, Refusal> {
    take_in(&mut review.metadata, namespace)?;
    review.validate(version)?;
    if namespace.is_empty() {
        return Err(bad_request("namespace is required on this type: "));
    }
    let status = status(rbac, &review.spec, version);
    Ok(LocalSubjectAccessReview { status, ..review })
}

/// The review with its answer, about the user who sent it.
///
/// ```
/// use k8s_rbac::request::review::{NonResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
/// use k8s_rbac::{Authorizer, KubeVersion, UserInfo, review::self_subject_access_review};
/// let about = NonResourceAttributes { verb: "get".into(), path: "/metrics".into() };
/// let review = SelfSubjectAccessReview::new(SelfSubjectAccessReviewSpec { non_resource_attributes: Some(about), ..Default::default() });
/// let root = UserInfo::new("root", ["system:masters"]);
/// assert!(self_subject_access_review(&Authorizer::default(), review, Some(&root), KubeVersion::V1_37)?.status.allowed);
/// # Ok::<(), k8s_rbac::review::Refusal>(())
/// ```
///
/// # Errors
/// The review is [invalid](SelfSubjectAccessReview::validate), or there is no user.
pub fn self_subject_access_review(
    rbac: &Authorizer,
    mut review: SelfSubjectAccessReview,
    user: Option<&UserInfo>,
    version: KubeVersion,
) -> Result<SelfSubjectAccessReview, Refusal> {
    take_in(&mut review.metadata, "")?;
    review.validate(version)?;
    let user = user.ok_or_else(|| bad_request(NO_USER))?;
    let attributes = review.spec.attributes(user, version);
    let status = answer(rbac, &attributes, review.spec.resource_attributes.as_ref(), version);
    Ok(SelfSubjectAccessReview { status, ..review })
}

/// The answer to a spec, whether or not a server would accept it.
///
/// ```
/// use k8s_rbac::request::review::SubjectAccessReviewSpec;
/// use k8s_rbac::{Authorizer, KubeVersion, review::status};
/// // A server refuses a spec that asks about nothing; its answer would be no.
/// assert!(!status(&Authorizer::default(), &SubjectAccessReviewSpec::default(), KubeVersion::V1_37).allowed);
/// ```
#[must_use]
pub fn status(rbac: &Authorizer, spec: &SubjectAccessReviewSpec, version: KubeVersion) -> SubjectAccessReviewStatus {
    let user = spec.user_info();
    answer(rbac, &spec.attributes(&user, version), spec.resource_attributes.as_ref(), version)
}

/// What every server does to an object that is created before its own code sees it (`apiserver/pkg/endpoints/handlers/create.go`): fields
/// that the server owns are emptied, and the namespace becomes that of the URL, which cluster-scoped kinds have not.
fn take_in(metadata: &mut ObjectMeta, namespace: &str) -> Result<(), Refusal> {
    let given = std::mem::take(metadata);
    if !given.namespace.is_empty() && !namespace.is_empty() && given.namespace != namespace {
        return Err(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
    }
    *metadata = ObjectMeta {
        namespace: namespace.to_owned(),
        creation_timestamp: None,
        deletion_timestamp: None,
        deletion_grace_period_seconds: None,
        uid: String::new(),
        self_link: String::new(),
        ..given
    };
    Ok(())
}

fn answer(
    rbac: &Authorizer,
    attributes: &Attributes<'_>,
    resource: Option<&ResourceAttributes>,
    version: KubeVersion,
) -> SubjectAccessReviewStatus {
    let verdict = server::authorize(rbac, attributes);
    let resource = resource.filter(|_| version.has(Behaviour::ReviewsHaveSelectors));
    SubjectAccessReviewStatus {
        allowed: verdict.is_allowed(),
        denied: false,
        reason: verdict.reason(version).to_string(),
        evaluation_error: resource.map(|resource| resource.selectors().evaluation_error(None)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::review::{NonResourceAttributes, SelectorAttributes};

    fn spec(namespace: &str) -> SubjectAccessReviewSpec {
        let resource = ResourceAttributes { verb: "get".into(), namespace: namespace.into(), ..Default::default() };
        SubjectAccessReviewSpec { resource_attributes: Some(resource), user: "jane".into(), ..Default::default() }
    }

    #[test]
    fn fields_of_the_server_are_emptied_and_the_namespace_is_that_of_the_url() {
        let rbac = Authorizer::default();
        let mut review = SubjectAccessReview::new(spec("ns"));
        review.metadata.namespace = "elsewhere".into();
        review.metadata.uid = "1".into();
        let answered = subject_access_review(&rbac, review.clone(), KubeVersion::V1_37).unwrap();
        assert_eq!(answered.metadata, ObjectMeta::default());
        review.metadata.name = "n".into();
        let refused = subject_access_review(&rbac, review, KubeVersion::V1_37).unwrap_err();
        assert_eq!(
            (refused.code(), refused.to_string().as_str()),
            (422, r#".authorization.k8s.io "" is invalid: metadata: Invalid value: {"name":"n"}: must be empty"#)
        );
        assert_eq!(refused.invalid().map(|invalid| invalid.errors().len()), Some(1));
    }

    #[test]
    fn a_local_review_stays_in_its_namespace() {
        let ask = |in_metadata: &str, in_spec: &str, url: &str| {
            let mut review = LocalSubjectAccessReview::new(spec(in_spec));
            review.metadata.namespace = in_metadata.into();
            local_subject_access_review(&Authorizer::default(), review, url, KubeVersion::V1_37)
                .map(|answer| answer.metadata.namespace)
                .map_err(|refusal| (refusal.code(), refusal.to_string()))
        };
        assert_eq!(ask("", "ns", "ns"), Ok("ns".into()));
        let mismatch = "the namespace of the provided object does not match the namespace sent on the request";
        assert_eq!(ask("a", "ns", "ns"), Err((400, mismatch.into())));
        let spec_mismatch = r#".authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "x": must match metadata.namespace"#;
        assert_eq!(ask("ns", "x", "ns"), Err((422, spec_mismatch.into())));
        assert_eq!(ask("", "", ""), Err((400, "namespace is required on this type: ".into())));
    }

    #[test]
    fn one_asks_about_oneself_with_the_groups_that_one_has() {
        let resource = ResourceAttributes {
            field_selector: Some(SelectorAttributes { raw_selector: "bogus".into(), ..Default::default() }),
            ..Default::default()
        };
        let mut review = SelfSubjectAccessReview::default();
        review.spec.resource_attributes = Some(resource);
        let rbac = Authorizer::default();
        let refused = self_subject_access_review(&rbac, review.clone(), None, KubeVersion::V1_37).unwrap_err();
        assert_eq!((refused.code(), refused.to_string().as_str()), (400, "no user present on request"));
        let master = UserInfo::new("admin", [UserInfo::MASTERS]);
        let status = |version| self_subject_access_review(&rbac, review.clone(), Some(&master), version).unwrap().status;
        assert!(status(KubeVersion::V1_37).allowed);
        let ignored = "spec.resourceAttributes.fieldSelector ignored due to parse error";
        assert_eq!(
            (status(KubeVersion::V1_37).evaluation_error.as_str(), status(KubeVersion::V1_11).evaluation_error.as_str()),
            (ignored, "")
        );
        review.spec.non_resource_attributes = Some(NonResourceAttributes::default());
        let both = |version| self_subject_access_review(&rbac, review.clone(), Some(&master), version).unwrap_err().to_string();
        assert_eq!(
            both(KubeVersion::V1_11),
            r#".authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: {"Path":"","Verb":""}: cannot be specified in combination with resourceAttributes"#
        );
    }
}
