//! Kubernetes versions, and the one table of behaviours that changed between them.
//!
//! Functions whose answer depends on the version take a [`KubeVersion`] and ask it with [`KubeVersion::has`]; no other file compares
//! version numbers.

use std::fmt;
use std::str::FromStr;

mod profile;

pub use profile::{Platform, Profile};

/// A minor version of Kubernetes, such as `1.37`.
///
/// The crate knows 1.11 ([`KubeVersion::OLDEST`]) to 1.37 ([`KubeVersion::REFERENCE`]). Other versions are legal values; they get the
/// behaviour of the nearest known one.
///
/// ```
/// use k8s_rbac::version::KubeVersion;
/// assert_eq!("v1.11.5".parse::<KubeVersion>()?, KubeVersion::V1_11);
/// assert!(KubeVersion::V1_11 < KubeVersion::V1_37);
/// # Ok::<(), k8s_rbac::version::ParseVersionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubeVersion {
    major: u16,
    minor: u16,
}

impl KubeVersion {
    /// Kubernetes 1.11, the oldest version that the crate models.
    pub const V1_11: Self = Self::new(1, 11);
    /// Kubernetes 1.37, whose code the conformance vectors were written by.
    pub const V1_37: Self = Self::new(1, 37);
    /// The oldest version that the crate models.
    pub const OLDEST: Self = Self::V1_11;
    /// The version whose answers the crate is checked against, and the default.
    pub const REFERENCE: Self = Self::V1_37;

    /// A version from its two numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The first number: 1.
    #[must_use]
    pub const fn major(self) -> u16 {
        self.major
    }

    /// The second number: 37 in `1.37`.
    #[must_use]
    pub const fn minor(self) -> u16 {
        self.minor
    }

    /// Whether the behaviour is that of this version.
    #[must_use]
    pub fn has(self, behaviour: Behaviour) -> bool {
        self >= behaviour.since()
    }

    /// Every version that the crate models, oldest first.
    pub fn known() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (Self::OLDEST.minor..=Self::REFERENCE.minor).map(|minor| Self::new(1, minor))
    }
}

impl Default for KubeVersion {
    fn default() -> Self {
        Self::REFERENCE
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for KubeVersion {
    type Err = ParseVersionError;

    /// Reads `1.37`, `v1.37` and `v1.37.2-gke.100`: what follows the minor number is not kept.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let number = |part: Option<&str>| part.and_then(|p| p.parse().ok());
        match (number(parts.next()), number(parts.next())) {
            (Some(major), Some(minor)) => Ok(Self::new(major, minor)),
            _ => Err(ParseVersionError { text: text.to_owned() }),
        }
    }
}

impl serde::Serialize for KubeVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for KubeVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that is not a Kubernetes version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a Kubernetes version such as 1.37, found {text:?}")]
pub struct ParseVersionError {
    text: String,
}

/// Something that a version of Kubernetes does and the one before it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Behaviour {
    /// kubectl says `serviceaccount/x created`; before: `serviceaccount "x" created`. (`cli-runtime/pkg/printers/name.go`)
    DoneLinesWithSlash,
    /// kubectl sorts the rows of rules by their verbs first; before: by group and resource, quoted.
    /// (`kubectl/pkg/util/rbac/rbac.go`)
    RuleRowsSortByVerbs,
    /// `kubectl auth can-i` exits with 1 when the answer is no; before, only with `-q`. (`kubectl/pkg/cmd/auth/cani.go`)
    CanIFails,
    /// A denial names the API group and quotes the resource: `cannot list resource "pods" in API group ""`; before: `cannot list pods`.
    /// (`apiserver/pkg/endpoints/handlers/responsewriters/errors.go`)
    DenialNamesApiGroup,
    /// The columns of `kubectl get` are at least 6 wide; before: 10. (`cli-runtime/pkg/printers/tabwriter.go`)
    NarrowTables,
    /// Ages are told in two units where they are small: `2m5s`, `3d4h`; before: `2m`, `3d`.
    /// (`apimachinery/pkg/util/duration/duration.go`)
    AgesInTwoUnits,
    /// `kubectl describe` writes an annotation as `key: value`, in a block where it is long; before: `key=value`, cut at 200
    /// bytes. (`kubectl/pkg/describe/describe.go`)
    AnnotationsWithColon,
    /// `kubectl auth can-i` warns when the resource lives in no namespace. (`kubectl/pkg/cmd/auth/cani.go`)
    CanIWarnsOfScope,
    /// kubectl names the namespace in which it found nothing. (`kubectl/pkg/cmd/get/get.go`)
    NoResourcesNamesNamespace,
    /// The server prints roles and bindings for `kubectl get`: roles show when they were created instead of their age, bindings
    /// show their role. (`pkg/printers/internalversion/printers.go`)
    ServerPrintsRoles,
    /// kubectl shows a verb once that a resource is granted twice. (`kubectl/pkg/util/rbac/rbac.go`)
    RuleRowsHoldVerbsOnce,
    /// `kubectl describe` leaves out what `kubectl apply` remembered. (`kubectl/pkg/describe/describe.go`)
    DescribeHidesLastApplied,
    /// `kubectl create role` and `kubectl auth can-i` warn of a verb that they do not know; before, the one refused it and the
    /// other said nothing. (`kubectl/pkg/cmd/create/create_role.go`, `kubectl/pkg/cmd/auth/cani.go`)
    CustomVerbsAreWarnedOf,
    /// The aggregation controller writes rules by server-side apply, so that a role for which it gathers none keeps the rules that somebody
    /// else wrote; before, it loses them. (`pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`)
    AppliesAggregatedRules,
    /// kubectl shows ESC and CR as text. (`cli-runtime/pkg/printers/terminal.go`)
    KubectlEscapesTerminal,
    /// `kubectl delete` names the namespace that it deleted from. (`kubectl/pkg/cmd/delete/delete.go`)
    DeleteNamesNamespace,
    /// kubectl shows neither the Secrets nor the tokens of a ServiceAccount. (`kubectl/pkg/describe/describe.go`,
    /// `pkg/printers/internalversion/printers.go`)
    AccountsShowNoSecrets,
    /// The union of authorizers puts the name of each before its reason: `rbac: RBAC: …`.
    /// (`apiserver/pkg/authorization/union/union.go`)
    UnionNamesAuthorizer,
    /// The first line of a table of `kubectl get` is padded to the longest cell of each column in bytes.
    /// (`cli-runtime/pkg/printers/tableprinter.go`)
    TablesPadFirstLine,
}

impl Behaviour {
    /// Every behaviour that the crate knows to have changed, in the order of its version.
    pub const ALL: &'static [Self] = &[
        Self::DoneLinesWithSlash,
        Self::RuleRowsSortByVerbs,
        Self::CanIFails,
        Self::DenialNamesApiGroup,
        Self::NarrowTables,
        Self::AgesInTwoUnits,
        Self::AnnotationsWithColon,
        Self::CanIWarnsOfScope,
        Self::NoResourcesNamesNamespace,
        Self::ServerPrintsRoles,
        Self::RuleRowsHoldVerbsOnce,
        Self::DescribeHidesLastApplied,
        Self::CustomVerbsAreWarnedOf,
        Self::AppliesAggregatedRules,
        Self::KubectlEscapesTerminal,
        Self::DeleteNamesNamespace,
        Self::AccountsShowNoSecrets,
        Self::UnionNamesAuthorizer,
        Self::TablesPadFirstLine,
    ];

    /// The first version that behaves so.
    #[must_use]
    pub const fn since(self) -> KubeVersion {
        match self {
            Self::DoneLinesWithSlash => KubeVersion::new(1, 11),
            Self::RuleRowsSortByVerbs => KubeVersion::new(1, 11),
            Self::CanIFails => KubeVersion::new(1, 11),
            Self::DenialNamesApiGroup => KubeVersion::new(1, 12),
            Self::NarrowTables => KubeVersion::new(1, 12),
            Self::AgesInTwoUnits => KubeVersion::new(1, 12),
            Self::AnnotationsWithColon => KubeVersion::new(1, 12),
            Self::CanIWarnsOfScope => KubeVersion::new(1, 15),
            Self::NoResourcesNamesNamespace => KubeVersion::new(1, 16),
            Self::ServerPrintsRoles => KubeVersion::new(1, 18),
            Self::RuleRowsHoldVerbsOnce => KubeVersion::new(1, 20),
            Self::DescribeHidesLastApplied => KubeVersion::new(1, 20),
            Self::CustomVerbsAreWarnedOf => KubeVersion::new(1, 20),
            Self::AppliesAggregatedRules => KubeVersion::new(1, 21),
            Self::KubectlEscapesTerminal => KubeVersion::new(1, 26),
            Self::DeleteNamesNamespace => KubeVersion::new(1, 34),
            Self::AccountsShowNoSecrets => KubeVersion::new(1, 35),
            Self::UnionNamesAuthorizer => KubeVersion::new(1, 37),
            Self::TablesPadFirstLine => KubeVersion::new(1, 37),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaviours_are_in_the_order_of_their_versions() {
        assert!(Behaviour::ALL.windows(2).all(|w| w[0].since() <= w[1].since()));
    }

    #[test]
    fn versions_that_are_none_are_refused_with_what_was_found() {
        for text in ["", "1", "one.two", "1.x", "1.-3", "1.99999"] {
            let error = text.parse::<KubeVersion>().unwrap_err();
            assert!(error.to_string().ends_with(&format!("found {text:?}")), "{error}");
        }
    }
}
