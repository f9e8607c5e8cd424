//! Where an object comes from, by what it says and by what it is.

use serde::Serialize;

use crate::model::{ApiObject, ObjectMeta};
use crate::policy::{AnyBinding, AnyRole, Policy};

/// Where an object comes from. Ordered by how much it is the user's own.
///
/// Only `Bootstrap` is certain: the object is equal to the one that the API server ships. The others are what its labels say, which
/// whoever wrote the object chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Origin {
    /// Equal to an object of the default policy.
    Bootstrap,
    /// Labelled by a managed platform as its own.
    Platform,
    /// Labelled by a package manager or an operator's installer.
    AddOn,
    /// Anything else.
    #[default]
    User,
}

/// Labels by which managed platforms mark what they keep in place.
const PLATFORM_LABELS: &[&str] = &[
    "addonmanager.kubernetes.io/mode",
    "eks.amazonaws.com/component",
    "kubernetes.azure.com/managedby",
    "components.gke.io/component-name",
    "openshift.io/run-level",
    "k3s.cattle.io/managed",
];

/// Labels by which package managers mark what they installed.
const ADD_ON_LABELS: &[&str] = &["helm.sh/chart", "olm.owner", "operators.coreos.com/owner", "app.kubernetes.io/managed-by"];

fn of_labels(metadata: &ObjectMeta) -> Origin {
    let labelled = |labels: &[&str]| labels.iter().any(|label| metadata.labels.contains_key(*label));
    if labelled(PLATFORM_LABELS) {
        Origin::Platform
    } else if labelled(ADD_ON_LABELS) {
        Origin::AddOn
    } else {
        Origin::User
    }
}

/// The origin of a role: `Bootstrap` if the baseline has one of this name with these rules.
pub(super) fn of_role(role: AnyRole<'_>, baseline: &Policy) -> Origin {
    match role {
        AnyRole::ClusterRole(found) => {
            let shipped = baseline.cluster_roles().get("", role.name());
            let equal =
                shipped.is_some_and(|shipped| shipped.rules == found.rules && shipped.aggregation_rule == found.aggregation_rule);
            origin(equal, found.metadata())
        }
        AnyRole::Role(found) => {
            let shipped = baseline.roles().get(role.namespace(), role.name());
            origin(shipped.is_some_and(|shipped| shipped.rules == found.rules), found.metadata())
        }
    }
}

/// The origin of a binding: `Bootstrap` if the baseline has one of this name for this role and these subjects.
pub(super) fn of_binding(binding: AnyBinding<'_>, baseline: &Policy) -> Origin {
    let metadata = match binding {
        AnyBinding::ClusterRoleBinding(found) => found.metadata(),
        AnyBinding::RoleBinding(found) => found.metadata(),
    };
    let shipped = match binding {
        AnyBinding::ClusterRoleBinding(_) => {
            baseline.cluster_role_bindings().get("", binding.name()).map(AnyBinding::ClusterRoleBinding)
        }
        AnyBinding::RoleBinding(_) => {
            baseline.role_bindings().get(binding.namespace(), binding.name()).map(AnyBinding::RoleBinding)
        }
    };
    let equal = |shipped: AnyBinding<'_>| {
        let (a, b) = (shipped.role_ref(), binding.role_ref());
        (&a.kind, &a.name) == (&b.kind, &b.name) && shipped.subjects() == binding.subjects()
    };
    origin(shipped.is_some_and(equal), metadata)
}

fn origin(shipped: bool, metadata: &ObjectMeta) -> Origin {
    if shipped { Origin::Bootstrap } else { of_labels(metadata) }
}
