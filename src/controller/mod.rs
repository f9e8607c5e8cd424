//! The controllers around RBAC as pure functions: objects in, changes out.
//!
//! What upstream's controllers write is modelled; their caches, retries and rate limits are not. Nothing here reads a clock or draws a
//! random number: what comes from outside is an argument, through [`Supply`]. How the controllers act together is shown by `cluster`.

use crate::model::{ApiObject, Object, ObjectKey, ServiceAccount};
use crate::policy::Policy;
use crate::version::KubeVersion;

pub mod aggregation;
mod change;
pub mod cleaner;
pub mod name;
pub mod pod_admission;
pub mod reconcile;
pub mod root_ca;
pub mod service_account;
mod supply;
pub mod token;

pub use crate::date::Date;
pub use supply::Counted;

/// What a cluster is set to, as far as the controllers ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The version of Kubernetes.
    pub version: KubeVersion,
    /// The certificate of the authority that signed the API server's, as PEM text; `None` where the controllers are given none.
    pub root_ca: Option<String>,
}

impl Settings {
    /// Settings of a cluster of the version, with a root certificate.
    pub fn new(version: KubeVersion, root_ca: impl Into<String>) -> Self {
        Self { version, root_ca: Some(root_ca.into()) }
    }
}

/// What the controllers take from outside: chance and signatures. [`Counted`] is one without either.
pub trait Supply {
    /// A number that the random part of a name is written from. Only its remainder modulo [`name::SUFFIXES`] counts.
    fn suffix(&mut self) -> u32;

    /// A signed token of the account that is kept in the Secret of this name.
    fn token(&mut self, account: &ServiceAccount, secret: &str) -> String;

    /// A unique id for a new object.
    fn uid(&mut self) -> String;
}

/// A write that a controller makes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// A new object.
    Create(Object),
    /// An object in the place of the one of its key.
    Update(Object),
    /// An object goes.
    Delete(Deletion),
}

/// Which object goes, and what must still be true of it then.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Deletion {
    /// The object.
    pub key: ObjectKey,
    /// The unique id that it must have; empty if any will do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// The version that it must have; empty if any will do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource_version: String,
}

impl Deletion {
    /// The deletion of this very object, whatever becomes of its content.
    pub fn of<T: ApiObject>(object: &T) -> Self {
        Self { key: ObjectKey::of(object), uid: object.metadata().uid.clone(), resource_version: String::new() }
    }
}

impl Change {
    /// The key of the object that is written.
    #[must_use]
    pub fn key(&self) -> ObjectKey {
        match self {
            Self::Create(object) | Self::Update(object) => object.key(),
            Self::Delete(deletion) => deletion.key.clone(),
        }
    }

    /// Makes the change in a policy, without what an API server adds; says whether it could be made. A new object must not be there, a
    /// changed one must, and one that goes must be the one that is meant.
    pub fn apply(self, policy: &mut Policy) -> bool {
        change::apply(self, policy)
    }
}
