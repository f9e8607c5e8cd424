//! The two API versions of the reviews, and how a review meets serde.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    GROUP, NonResourceAttributes, ResourceAttributes, SelfSubjectAccessReviewSpec, SelfSubjectRulesReviewSpec,
    SubjectAccessReviewSpec,
};
use crate::model::wire;

/// The version that a review was written in and is answered in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReviewVersion {
    /// `authorization.k8s.io/v1`, since 1.6.
    #[default]
    V1,
    /// `authorization.k8s.io/v1beta1`, until 1.21.
    V1beta1,
}

impl ReviewVersion {
    /// The `apiVersion`.
    #[must_use]
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::V1 => "authorization.k8s.io/v1",
            Self::V1beta1 => "authorization.k8s.io/v1beta1",
        }
    }
}

/// What `kind` and `apiVersion` say; either may be absent.
pub(super) fn read_version<E: serde::de::Error>(kind: &str, expected_kind: &str, api_version: &str) -> Result<ReviewVersion, E> {
    if !kind.is_empty() && kind != expected_kind {
        return Err(E::custom(format_args!("expected the kind {expected_kind:?}, found {kind:?}")));
    }
    let known = [ReviewVersion::V1, ReviewVersion::V1beta1];
    let found = known.into_iter().find(|version| version.api_version() == api_version);
    found.or(api_version.is_empty().then_some(ReviewVersion::V1)).ok_or_else(|| {
        E::custom(format_args!("expected the apiVersion \"{GROUP}/v1\" or \"{GROUP}/v1beta1\", found {api_version:?}"))
    })
}

/// A spec, whose keys may depend on the version.
pub(super) trait Spec: Sized {
    /// The spec with the keys of every version.
    type Wire: for<'de> Deserialize<'de> + Default;

    fn read(wire: Self::Wire, version: ReviewVersion) -> Self;
    fn write<S: Serializer>(&self, version: ReviewVersion, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A spec to be written in a version.
pub(super) struct Versioned<'a, T>(pub(super) &'a T, pub(super) ReviewVersion);

impl<T: Spec> Serialize for Versioned<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(self.1, serializer)
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AnySpec {
    resource_attributes: Option<ResourceAttributes>,
    non_resource_attributes: Option<NonResourceAttributes>,
    #[serde(deserialize_with = "wire::nullable")]
    user: String,
    #[serde(deserialize_with = "wire::list")]
    groups: Vec<String>,
    #[serde(deserialize_with = "wire::list")]
    group: Vec<String>,
    #[serde(deserialize_with = "wire::map")]
    extra: BTreeMap<String, Vec<String>>,
    #[serde(deserialize_with = "wire::nullable")]
    uid: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct V1beta1Spec<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_attributes: Option<&'a ResourceAttributes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_resource_attributes: Option<&'a NonResourceAttributes>,
    #[serde(skip_serializing_if = "str::is_empty")]
    user: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    group: &'a [String],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extra: &'a BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    uid: &'a str,
}

impl Spec for SubjectAccessReviewSpec {
    type Wire = AnySpec;

    fn read(wire: AnySpec, version: ReviewVersion) -> Self {
        let AnySpec { resource_attributes, non_resource_attributes, user, groups, group, extra, uid } = wire;
        let groups = match version {
            ReviewVersion::V1 => groups,
            ReviewVersion::V1beta1 => group,
        };
        Self { resource_attributes, non_resource_attributes, user, groups, extra, uid }
    }

    fn write<S: Serializer>(&self, version: ReviewVersion, serializer: S) -> Result<S::Ok, S::Error> {
        if version == ReviewVersion::V1 {
            return self.serialize(serializer);
        }
        let Self { resource_attributes, non_resource_attributes, user, groups, extra, uid } = self;
        V1beta1Spec {
            resource_attributes: resource_attributes.as_ref(),
            non_resource_attributes: non_resource_attributes.as_ref(),
            user,
            group: groups,
            extra,
            uid,
        }
        .serialize(serializer)
    }
}

macro_rules! same_in_every_version {
    ($($spec:ty)*) => {
        $(impl Spec for $spec {
            type Wire = Self;

            fn read(wire: Self, _: ReviewVersion) -> Self {
                wire
            }

            fn write<S: Serializer>(&self, _: ReviewVersion, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        })*
    };
}

same_in_every_version! { SelfSubjectAccessReviewSpec SelfSubjectRulesReviewSpec }

/// The keys of a review as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "S: Deserialize<'de> + Default, T: Deserialize<'de> + Default"))]
pub(super) struct ReviewWire<S: Default, T: Default> {
    #[serde(deserialize_with = "wire::nullable")]
    pub(super) kind: String,
    #[serde(deserialize_with = "wire::nullable")]
    pub(super) api_version: String,
    #[serde(deserialize_with = "wire::nullable")]
    pub(super) metadata: crate::model::ObjectMeta,
    #[serde(deserialize_with = "wire::nullable")]
    pub(super) spec: S,
    #[serde(deserialize_with = "wire::nullable")]
    pub(super) status: T,
}

impl<S: Default, T: Default> Default for ReviewWire<S, T> {
    fn default() -> Self {
        Self {
            kind: String::new(),
            api_version: String::new(),
            metadata: Default::default(),
            spec: S::default(),
            status: T::default(),
        }
    }
}

pub(super) fn read_wire<'de, S: Spec, T, D>(deserializer: D) -> Result<ReviewWire<S::Wire, T>, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    ReviewWire::deserialize(deserializer)
}

/// Declares a kind of review: its struct, and its serde in upstream's field order.
macro_rules! review_kind {
    ($(#[$doc:meta])* $review:ident($kind:literal, $spec:ty, $status:ty)) => {
        $(#[$doc])*
        ///
        /// Written with `kind` and `apiVersion`; read with or without them, a wrong one is an error.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
        pub struct $review {
            /// The version that it is written in.
            pub version: ReviewVersion,
            /// The metadata, which is to be empty but for a namespace where that is allowed.
            pub metadata: ObjectMeta,
            /// What is asked.
            pub spec: $spec,
            /// What is answered.
            pub status: $status,
        }

        impl $review {
            /// The `kind`.
            pub const KIND: &str = $kind;

            /// A review that asks this.
            #[must_use]
            pub fn new(spec: $spec) -> Self {
                Self { spec, ..Self::default() }
            }
        }

        impl serde::Serialize for $review {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                let mut review = serializer.serialize_struct($kind, 5)?;
                review.serialize_field("kind", $kind)?;
                review.serialize_field("apiVersion", self.version.api_version())?;
                review.serialize_field("metadata", &self.metadata)?;
                review.serialize_field("spec", &versions::Versioned(&self.spec, self.version))?;
                review.serialize_field("status", &self.status)?;
                review.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $review {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let wire = versions::read_wire::<$spec, $status, D>(deserializer)?;
                let version = versions::read_version(&wire.kind, $kind, &wire.api_version)?;
                let spec = versions::Spec::read(wire.spec, version);
                Ok(Self { version, metadata: wire.metadata, spec, status: wire.status })
            }
        }
    };
}

pub(super) use review_kind;

#[cfg(test)]
mod tests {
    use crate::request::review::{ReviewVersion, SelfSubjectRulesReview, SubjectAccessReview};

    #[test]
    fn a_review_is_written_in_the_version_that_it_was_read_in() {
        for (version, groups) in [("v1", "groups"), ("v1beta1", "group")] {
            let text = format!(
                r#"{{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/{version}","metadata":{{}},"spec":{{"nonResourceAttributes":{{"path":"/"}},"user":"u","{groups}":["g"],"extra":{{"k":["v"]}},"uid":"1"}},"status":{{"allowed":false}}}}"#
            );
            let review: SubjectAccessReview = serde_json::from_str(&text).unwrap();
            assert_eq!(review.spec.groups, ["g"]);
            assert_eq!(serde_json::to_string(&review).unwrap(), text);
        }
        let other: SubjectAccessReview = serde_json::from_str(r#"{"spec":{"group":["g"]}}"#).unwrap();
        assert!(other.spec.groups.is_empty() && other.version == ReviewVersion::V1);
    }

    #[test]
    fn another_kind_is_refused_with_what_was_found() {
        let error = |text: &str| serde_json::from_str::<SelfSubjectRulesReview>(text).unwrap_err().to_string();
        let kind = error(r#"{"kind":"Pod"}"#);
        assert!(kind.starts_with(r#"expected the kind "SelfSubjectRulesReview", found "Pod""#), "{kind}");
        let version = error(r#"{"apiVersion":"v1"}"#);
        assert!(
            version.starts_with(
                r#"expected the apiVersion "authorization.k8s.io/v1" or "authorization.k8s.io/v1beta1", found "v1""#
            ),
            "{version}"
        );
    }

    #[test]
    fn an_answer_about_rules_writes_empty_lists() {
        let text = serde_json::to_string(&SelfSubjectRulesReview::default()).unwrap();
        assert!(
            text.ends_with(r#""metadata":{},"spec":{},"status":{"resourceRules":[],"nonResourceRules":[],"incomplete":false}}"#),
            "{text}"
        );
    }
}
