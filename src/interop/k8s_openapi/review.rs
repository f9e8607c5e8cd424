//! The reviews of `authorization.k8s.io`, and the users of `authentication.k8s.io`.

use k8s_openapi::api::authentication::v1 as authentication;
use k8s_openapi::api::authorization::v1 as api;

use super::Error;
use super::fields::converted;
use crate::identity::UserInfo;
use crate::model::LabelSelectorRequirement;
use crate::request::review::{
    FieldSelectorRequirement, LocalSubjectAccessReview, NonResourceAttributes, NonResourceRule, ResourceAttributes, ResourceRule,
    ReviewVersion, SelectorAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec, SelfSubjectReview,
    SelfSubjectReviewStatus, SelfSubjectRulesReview, SelfSubjectRulesReviewSpec, SubjectAccessReview, SubjectAccessReviewSpec,
    SubjectAccessReviewStatus, SubjectRulesReviewStatus,
};

converted! {
    UserInfo, authentication::UserInfo { username uid groups extra }
    SubjectAccessReviewSpec, api::SubjectAccessReviewSpec { resource_attributes non_resource_attributes user groups extra uid }
    SelfSubjectAccessReviewSpec, api::SelfSubjectAccessReviewSpec { resource_attributes non_resource_attributes }
    SelfSubjectRulesReviewSpec, api::SelfSubjectRulesReviewSpec { namespace }
    ResourceAttributes, api::ResourceAttributes {
        namespace verb group version resource subresource name field_selector label_selector
    }
    NonResourceAttributes, api::NonResourceAttributes { path verb }
    SelectorAttributes<FieldSelectorRequirement>, api::FieldSelectorAttributes { raw_selector requirements }
    SelectorAttributes<LabelSelectorRequirement>, api::LabelSelectorAttributes { raw_selector requirements }
    SubjectAccessReviewStatus, api::SubjectAccessReviewStatus { allowed denied reason evaluation_error }
    SubjectRulesReviewStatus, api::SubjectRulesReviewStatus { resource_rules non_resource_rules incomplete evaluation_error }
    ResourceRule, api::ResourceRule { verbs api_groups resources resource_names }
    NonResourceRule, api::NonResourceRule { verbs non_resource_urls }
}

impl From<authentication::SelfSubjectReviewStatus> for SelfSubjectReviewStatus {
    fn from(theirs: authentication::SelfSubjectReviewStatus) -> Self {
        Self { user_info: theirs.user_info.map(UserInfo::from).unwrap_or_default() }
    }
}

impl From<SelfSubjectReviewStatus> for authentication::SelfSubjectReviewStatus {
    fn from(ours: SelfSubjectReviewStatus) -> Self {
        Self { user_info: Some(ours.user_info.into()) }
    }
}

/// An answer that is not there is the empty one, and the other way round an answer is always there, as Go writes it.
macro_rules! reviews {
    ($($ours:ident, $theirs:ty)*) => {
        $(impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                let (version, status) = (ReviewVersion::V1, theirs.status.map(Into::into).unwrap_or_default());
                Self { version, metadata: theirs.metadata.into(), spec: theirs.spec.into(), status }
            }
        }

        impl TryFrom<$ours> for $theirs {
            type Error = Error;

            fn try_from(ours: $ours) -> Result<Self, Error> {
                Ok(Self { metadata: ours.metadata.try_into()?, spec: ours.spec.into(), status: Some(ours.status.into()) })
            }
        })*
    };
}

reviews! {
    SubjectAccessReview, api::SubjectAccessReview
    LocalSubjectAccessReview, api::LocalSubjectAccessReview
    SelfSubjectAccessReview, api::SelfSubjectAccessReview
    SelfSubjectRulesReview, api::SelfSubjectRulesReview
}

impl From<authentication::SelfSubjectReview> for SelfSubjectReview {
    fn from(theirs: authentication::SelfSubjectReview) -> Self {
        Self { metadata: theirs.metadata.into(), status: theirs.status.map(Into::into).unwrap_or_default() }
    }
}

impl TryFrom<SelfSubjectReview> for authentication::SelfSubjectReview {
    type Error = Error;

    fn try_from(ours: SelfSubjectReview) -> Result<Self, Error> {
        Ok(Self { metadata: ours.metadata.try_into()?, status: Some(ours.status.into()) })
    }
}
