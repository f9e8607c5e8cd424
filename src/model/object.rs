//! What the kinds have in common, and the sum of them.

use std::fmt;

use serde::{Deserialize, Deserializer};

use super::core::{ConfigMap, Namespace, Secret, ServiceAccount};
use super::pod::Pod;
use super::{ClusterRole, ClusterRoleBinding, ObjectMeta, Role, RoleBinding, v1alpha1};

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

fn reads<T: ApiObject>(api_version: &str) -> bool {
    api_version == T::API_VERSION || T::READ_VERSIONS.contains(&api_version)
}

fn is_alpha_binding(api_version: &str, kind: &str) -> bool {
    reads::<v1alpha1::RoleBinding>(api_version) && [RoleBinding::KIND, ClusterRoleBinding::KIND].contains(&kind)
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

            /// Whether there is a type for this kind of this `apiVersion`.
            #[must_use]
            pub fn is_known(api_version: &str, kind: &str) -> bool {
                $((kind == $kind::KIND && reads::<$kind>(api_version)) ||)* is_alpha_binding(api_version, kind)
            }

            /// Reads an object of this kind and `apiVersion`; `None` if there is no type for them. Bindings of `v1alpha1` are
            /// converted.
            ///
            /// ```
            /// use k8s_rbac::model::{Object, RBAC_V1};
            /// let json = r#"{"metadata":{"name":"view"},"rules":[]}"#;
            /// let mut reader = serde_json::Deserializer::from_str(json);
            /// let role = Object::deserialize_as(RBAC_V1, "ClusterRole", &mut reader).unwrap()?;
            /// assert_eq!(role.key().to_string(), "ClusterRole view");
            /// assert!(Object::deserialize_as("apps/v1", "Deployment", &mut reader).is_none());
            /// # Ok::<(), serde_json::Error>(())
            /// ```
            ///
            /// # Errors
            /// The deserializer's, if the value is none of the type.
            pub fn deserialize_as<'de, D: Deserializer<'de>>(
                api_version: &str,
                kind: &str,
                deserializer: D,
            ) -> Option<Result<Self, D::Error>> {
                $(if kind == $kind::KIND && reads::<$kind>(api_version) {
                    return Some($kind::deserialize(deserializer).map(Self::$kind));
                })*
                if !is_alpha_binding(api_version, kind) {
                    return None;
                }
                Some(if kind == RoleBinding::KIND {
                    v1alpha1::RoleBinding::deserialize(deserializer).map(|alpha| Self::RoleBinding(alpha.into()))
                } else {
                    v1alpha1::ClusterRoleBinding::deserialize(deserializer).map(|alpha| Self::ClusterRoleBinding(alpha.into()))
                })
            }

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

            /// The resource name: `roles`.
            #[must_use]
            pub const fn plural(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $kind::PLURAL,)*
                }
            }

            /// Whether objects of the kind live in a namespace.
            #[must_use]
            pub const fn is_namespaced(&self) -> bool {
                match self {
                    $(Self::$kind(_) => $kind::NAMESPACED,)*
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

        impl ObjectKey {
            /// The resource as the API server's errors name it: `pods`, `clusterroles.rbac.authorization.k8s.io`.
            #[must_use]
            pub fn resource(&self) -> String {
                let (plural, group) = match self.kind {
                    $($kind::KIND => ($kind::PLURAL, $kind::group()),)*
                    other => (other, ""),
                };
                if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") }
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
