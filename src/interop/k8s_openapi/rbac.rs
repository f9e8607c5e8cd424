//! `rbac.authorization.k8s.io`.

use k8s_openapi::api::rbac::v1 as api;

use super::fields::{Field, converted, objects};
use crate::model::{AggregationRule, ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};

converted! {
    PolicyRule, api::PolicyRule { verbs api_groups resources resource_names non_resource_urls }
    Subject, api::Subject { kind api_group name namespace }
    RoleRef, api::RoleRef { api_group kind name }
    AggregationRule, api::AggregationRule { cluster_role_selectors }
}

impl Field<api::RoleRef> for RoleRef {
    fn take(theirs: api::RoleRef) -> Self {
        theirs.into()
    }

    fn give(self) -> api::RoleRef {
        self.into()
    }
}

objects! {
    Role, api::Role { rules }
    ClusterRole, api::ClusterRole { rules aggregation_rule }
    RoleBinding, api::RoleBinding { subjects role_ref }
    ClusterRoleBinding, api::ClusterRoleBinding { subjects role_ref }
}
