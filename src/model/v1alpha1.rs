//! The bindings of `rbac.authorization.k8s.io/v1alpha1`, whose subjects have an `apiVersion` in place of an `apiGroup`.
//!
//! Roles of that version are those of `v1`. Converting follows `pkg/apis/rbac/v1alpha1/conversion.go` after defaulting. The version is
//! not served since 1.22.

use super::wire::{self, api_object};
use super::{RBAC_GROUP, RoleRef};

const VERSION: &str = "rbac.authorization.k8s.io/v1alpha1";

/// A subject as `v1alpha1` writes it. An `apiGroup` is an unknown field there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subject {
    /// The kind.
    #[serde(deserialize_with = "wire::nullable")]
    pub kind: String,
    /// The API version, whose group is the API group of the subject; not looked at for the three known kinds.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// The name.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
    /// The namespace.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
}

api_object! {
    /// A RoleBinding of `v1alpha1`.
    pub struct RoleBinding("RoleBinding", VERSION, [], "rolebindings", true) {
        /// Whom it grants the role to.
        filled subjects as "subjects" : Vec<Subject>,
        /// Which role it grants.
        always role_ref as "roleRef" : RoleRef,
    }
}

api_object! {
    /// A ClusterRoleBinding of `v1alpha1`.
    pub struct ClusterRoleBinding("ClusterRoleBinding", VERSION, [], "clusterrolebindings", false) {
        /// Whom it grants the role to.
        filled subjects as "subjects" : Vec<Subject>,
        /// Which role it grants.
        always role_ref as "roleRef" : RoleRef,
    }
}

impl From<Subject> for super::Subject {
    /// The user `*` becomes the group `system:authenticated`.
    fn from(subject: Subject) -> Self {
        let Subject { kind, api_version, name, namespace } = subject;
        let api_group = match kind.as_str() {
            Self::SERVICE_ACCOUNT => String::new(),
            Self::USER | Self::GROUP => RBAC_GROUP.to_owned(),
            _ => group_of(&api_version),
        };
        if kind == Self::USER && name == "*" {
            return Self { kind: Self::GROUP.into(), api_group, name: "system:authenticated".into(), namespace };
        }
        Self { kind, api_group, name, namespace }
    }
}

/// The group of an `apiVersion`: what stands before its one slash, nothing if it has none or several (`schema.ParseGroupVersion`).
fn group_of(api_version: &str) -> String {
    match api_version.split_once('/') {
        Some((group, version)) if !version.contains('/') => group.to_owned(),
        _ => String::new(),
    }
}

impl From<RoleBinding> for super::RoleBinding {
    fn from(binding: RoleBinding) -> Self {
        let RoleBinding { metadata, subjects, role_ref } = binding;
        Self { metadata, subjects: subjects.into_iter().map(Into::into).collect(), role_ref }
    }
}

impl From<ClusterRoleBinding> for super::ClusterRoleBinding {
    fn from(binding: ClusterRoleBinding) -> Self {
        let ClusterRoleBinding { metadata, subjects, role_ref } = binding;
        Self { metadata, subjects: subjects.into_iter().map(Into::into).collect(), role_ref }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Subject as V1;
    use super::*;

    #[test]
    fn subjects_convert_as_upstream_converts_them() {
        let alpha = |kind: &str, api_version: &str, name: &str| Subject {
            kind: kind.into(),
            api_version: api_version.into(),
            name: name.into(),
            namespace: String::new(),
        };
        assert_eq!(V1::from(alpha("User", "whatever", "*")), V1::group("system:authenticated"));
        assert_eq!(V1::from(alpha("User", "", "jane")), V1::user("jane"));
        assert_eq!(V1::from(alpha("Group", "foo/v1", "*")), V1::group("*"));
        assert_eq!(V1::from(alpha("ServiceAccount", "v1", "a")).api_group, "");
        assert_eq!(V1::from(alpha("Other", "foo/v1", "a")).api_group, "foo");
        assert_eq!(V1::from(alpha("Other", "foo/v1/x", "a")).api_group, "");
    }
}
