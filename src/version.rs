//! Kubernetes versions, and the one table of behaviours that changed between them.
//!
//! Functions whose answer depends on the version take a [`KubeVersion`] and ask it with [`KubeVersion::has`]; no other file compares
//! version numbers.

use std::fmt;
use std::str::FromStr;

mod behaviour;
mod profile;

pub use behaviour::Behaviour;
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
