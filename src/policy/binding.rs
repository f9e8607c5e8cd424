//! Both kinds of binding, and both kinds of role, seen alike; and the roles that bindings point at.

use std::fmt;
use std::sync::Arc;

use super::{Policy, Shared};
use crate::model::{
    ApiObject, ClusterRole, ClusterRoleBinding, ObjectKey, ObjectMeta, PolicyRule, RBAC_GROUP, Role, RoleBinding, RoleRef,
    Subject,
};
use crate::quote::Quoted;
use crate::span::SourceMap;

/// A RoleBinding or a ClusterRoleBinding of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there are two kinds of binding")]
pub enum AnyBinding<'a> {
    /// A binding in the whole cluster.
    ClusterRoleBinding(&'a Shared<ClusterRoleBinding>),
    /// A binding in one namespace.
    RoleBinding(&'a Shared<RoleBinding>),
}

impl<'a> AnyBinding<'a> {
    /// The subjects.
    #[must_use]
    pub fn subjects(self) -> &'a [Subject] {
        match self {
            Self::ClusterRoleBinding(binding) => &binding.subjects,
            Self::RoleBinding(binding) => &binding.subjects,
        }
    }

    /// The reference to the role.
    #[must_use]
    pub fn role_ref(self) -> &'a RoleRef {
        match self {
            Self::ClusterRoleBinding(binding) => &binding.role_ref,
            Self::RoleBinding(binding) => &binding.role_ref,
        }
    }
}

/// A Role or a ClusterRole of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there are two kinds of role")]
pub enum AnyRole<'a> {
    /// A role of one namespace.
    Role(&'a Shared<Role>),
    /// A role of the cluster.
    ClusterRole(&'a Shared<ClusterRole>),
}

impl<'a> AnyRole<'a> {
    /// The rules.
    #[must_use]
    pub fn rules(self) -> &'a [PolicyRule] {
        match self {
            Self::Role(role) => &role.rules,
            Self::ClusterRole(role) => &role.rules,
        }
    }
}

/// What is asked of both kinds alike: one of the cluster, one of a namespace.
macro_rules! either {
    ($any:ident: $cluster:ident, $local:ident) => {
        impl<'a> $any<'a> {
            /// The kind.
            #[must_use]
            pub const fn kind(self) -> &'static str {
                match self {
                    Self::$cluster(_) => $cluster::KIND,
                    Self::$local(_) => $local::KIND,
                }
            }

            /// The metadata. Its namespace means nothing where the kind has none.
            #[must_use]
            pub fn metadata(self) -> &'a ObjectMeta {
                match self {
                    Self::$cluster(object) => &object.metadata,
                    Self::$local(object) => &object.metadata,
                }
            }

            /// The name.
            #[must_use]
            pub fn name(self) -> &'a str {
                &self.metadata().name
            }

            /// The namespace; empty for one of the cluster, whatever stands in its metadata.
            #[must_use]
            pub fn namespace(self) -> &'a str {
                match self {
                    Self::$cluster(_) => "",
                    Self::$local(object) => &object.metadata.namespace,
                }
            }

            /// The key.
            #[must_use]
            pub fn key(self) -> ObjectKey {
                ObjectKey { kind: self.kind(), namespace: self.namespace().to_owned(), name: self.name().to_owned() }
            }

            /// Where it was read, if it was.
            #[must_use]
            pub fn source(self) -> Option<&'a Arc<SourceMap>> {
                match self {
                    Self::$cluster(object) => object.source(),
                    Self::$local(object) => object.source(),
                }
            }
        }
    };
}

either!(AnyBinding: ClusterRoleBinding, RoleBinding);
either!(AnyRole: ClusterRole, Role);

/// A `roleRef` that leads to no role, in the words of the server's authorizer, which reads from informer listers and names the kind
/// (`pkg/registry/rbac/validation/rule.go`, `GetRoleReferenceRules`).
///
/// ```
/// # use k8s_rbac::{model::{ClusterRoleBinding, Subject}, policy::{AnyBinding, Policy}};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRoleBinding::new("b", "nope", [Subject::user("jane")]));
/// let binding = AnyBinding::ClusterRoleBinding(policy.cluster_role_bindings().iter().next().unwrap());
/// assert_eq!(policy.role_of(binding).unwrap_err().to_string(), r#"clusterrole.rbac.authorization.k8s.io "nope" not found"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResolutionError<'a> {
    /// The binding whose reference it is.
    pub binding: AnyBinding<'a>,
}

impl fmt::Display for ResolutionError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RoleRef { kind, name, .. } = self.binding.role_ref();
        let lister = match kind.as_str() {
            RoleRef::ROLE => "role",
            RoleRef::CLUSTER_ROLE => "clusterrole",
            _ => return write!(f, "unsupported role reference kind: {}", Quoted(kind)),
        };
        write!(f, "{lister}.{RBAC_GROUP} {} not found", Quoted(name))
    }
}

impl std::error::Error for ResolutionError<'_> {}

impl Policy {
    /// The role that a binding grants.
    ///
    /// A reference to a Role is looked up in the namespace of the binding, which a ClusterRoleBinding does not have. The API group of the
    /// reference is not looked at. Cost: `O(1)`.
    ///
    /// # Errors
    /// There is no such role, or the reference is of another kind than Role and ClusterRole.
    pub fn role_of<'a>(&'a self, binding: AnyBinding<'a>) -> Result<AnyRole<'a>, ResolutionError<'a>> {
        let RoleRef { kind, name, .. } = binding.role_ref();
        let role = match kind.as_str() {
            RoleRef::ROLE => self.get(binding.namespace(), name).map(AnyRole::Role),
            RoleRef::CLUSTER_ROLE => self.get("", name).map(AnyRole::ClusterRole),
            _ => None,
        };
        role.ok_or(ResolutionError { binding })
    }

    /// Every binding: the ClusterRoleBindings, then the RoleBindings of all namespaces, each kind in order.
    pub fn bindings(&self) -> impl Iterator<Item = AnyBinding<'_>> + Clone {
        let cluster = self.cluster_role_bindings().iter().map(AnyBinding::ClusterRoleBinding);
        cluster.chain(self.role_bindings().iter().map(AnyBinding::RoleBinding))
    }

    /// Every role: the ClusterRoles, then the Roles of all namespaces, each kind in order.
    pub(crate) fn every_role(&self) -> impl Iterator<Item = AnyRole<'_>> + Clone {
        let cluster = self.cluster_roles().iter().map(AnyRole::ClusterRole);
        cluster.chain(self.roles().iter().map(AnyRole::Role))
    }

    /// The bindings that are read for a request in the namespace: the ClusterRoleBindings, then, unless the namespace is empty, its
    /// RoleBindings.
    pub fn bindings_for<'a>(&'a self, namespace: &str) -> impl Iterator<Item = AnyBinding<'a>> + Clone + use<'a> {
        self.cluster_role_bindings().iter().map(AnyBinding::ClusterRoleBinding).chain(self.bindings_in(namespace))
    }

    /// The RoleBindings that are read for a request in the namespace: none if it is empty.
    pub(crate) fn bindings_in<'a>(&'a self, namespace: &str) -> impl Iterator<Item = AnyBinding<'a>> + Clone + use<'a> {
        let local = (!namespace.is_empty()).then(|| self.role_bindings().in_namespace(namespace).map(AnyBinding::RoleBinding));
        local.into_iter().flatten()
    }
}
