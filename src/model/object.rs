//! What the kinds have in common, and the sum of them.

use std::fmt;

use super::core::{ConfigMap, Namespace, Secret, ServiceAccount};
use super::pod::Pod;
use super::{ClusterRole, ClusterRoleBinding, ObjectMeta, Role, RoleBinding};

/// The facts of a kind that the crate has a type for.
pub trait ApiObject: Sized {
    /// The `kind`.
    const KIND: &'static str;
    /// The `apiVersion` that it is written with.
    const API_VERSION: &'static str;
    /// Other values of `apiVersion` that the type is read from.
    const READ_VERSIONS: &'static [&'static str];
    /// The resource name: the kind in lower case and plural.
    const PLURAL: &'static str;
    /// Whether objects of the kind live in a namespace.
    const NAMESPACED: bool;

    /// The metadata.
    fn metadata(&self) -> &ObjectMeta;

    /// The metadata, to be changed.
    fn metadata_mut(&mut self) -> &mut ObjectMeta;

    /// The API group: empty for the core kinds.
    #[must_use]
    fn group() -> &'static str {
        Self::API_VERSION.split_once('/').map_or("", |(group, _)| group)
    }
}

/// What tells one object from every other: kind, namespace (empty for cluster-scoped kinds) and name.
///
/// Prints as `Role default/reader` or `ClusterRole view`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct ObjectKey {
    /// The kind.
    pub kind: &'static str,
    /// The namespace; empty for cluster-scoped kinds, whatever their metadata says.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl ObjectKey {
    /// The key of an object.
    pub fn of<T: ApiObject>(object: &T) -> Self {
        let metadata = object.metadata();
        let namespace = if T::NAMESPACED { metadata.namespace.clone() } else { String::new() };
        Self { kind: T::KIND, namespace, name: metadata.name.clone() }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name } = self;
        if namespace.is_empty() { write!(f, "{kind} {name}") } else { write!(f, "{kind} {namespace}/{name}") }
    }
}

macro_rules! objects {
    ($($(#[$doc:meta])* $kind:ident,)*) => {
        /// An object of any kind that the crate has a type for. Serialises as the object itself.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Object {
            $($(#[$doc])* $kind($kind),)*
        }

        impl Object {
            /// The kinds that there is a type for.
            pub const KINDS: &'static [&'static str] = &[$($kind::KIND),*];

            /// The `kind`.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $kind::KIND,)*
                }
            }

            /// The API group: empty for the core kinds.
            #[must_use]
            pub fn group(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $kind::group(),)*
                }
            }

            /// The metadata.
            #[must_use]
            pub fn metadata(&self) -> &ObjectMeta {
                match self {
                    $(Self::$kind(object) => object.metadata(),)*
                }
            }

            /// The metadata, to be changed.
            pub fn metadata_mut(&mut self) -> &mut ObjectMeta {
                match self {
                    $(Self::$kind(object) => object.metadata_mut(),)*
                }
            }

            /// The key.
            #[must_use]
            pub fn key(&self) -> ObjectKey {
                match self {
                    $(Self::$kind(object) => ObjectKey::of(object),)*
                }
            }
        }

        $(impl From<$kind> for Object {
            fn from(object: $kind) -> Self {
                Self::$kind(object)
            }
        })*
    };
}

objects! {
    /// A Role.
    Role,
    /// A ClusterRole.
    ClusterRole,
    /// A RoleBinding.
    RoleBinding,
    /// A ClusterRoleBinding.
    ClusterRoleBinding,
    /// A ServiceAccount.
    ServiceAccount,
    /// A Secret.
    Secret,
    /// A Namespace.
    Namespace,
    /// A ConfigMap.
    ConfigMap,
    /// A Pod.
    Pod,
}
