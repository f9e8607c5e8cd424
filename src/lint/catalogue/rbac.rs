//! RB2: control of RBAC itself, as far as a permission shows it.

use super::row::{DELETE, EVERY_VERB, Row, WRITE};
use crate::lint::Names::{All, Limited, Named, NamedNot, Some as Any};
use crate::lint::Severity::{Critical, High, Info, Medium};
use crate::lint::{Severities, Want};
use crate::model::RBAC_GROUP;

const ROLES: &[&str] = &["roles", "clusterroles"];
const ADMINS: &[&str] = &["cluster-admin", "admin", "edit"];

const fn escalate(resources: &'static [&'static str]) -> Want {
    Want::new(&["escalate"], RBAC_GROUP, resources, Any)
}

const fn write(resources: &'static [&'static str]) -> Want {
    Want::new(WRITE, RBAC_GROUP, resources, Any)
}

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "RB201",
        name: "escalate",
        title: "write rules that one does not hold",
        why: "the check that keeps a role from being widened is waived; with a write verb any rule can be written",
        fix: "remove the verb escalate; let a role be widened by somebody who holds the rules",
        see: &["CIS 5.1.8", "CKV_K8S_158", "C-0191", "KSV-0050", "escalate_roles", "RBAC_ESCALATE_TO"],
        cases: &[
            (Severities::cluster_only(Critical), &[&[escalate(ROLES)], &[write(ROLES)]]),
            (Severities::cluster_only(High), &[&[escalate(ROLES)]]),
            (Severities::namespaces_only(Critical, High), &[&[escalate(&["roles"])], &[write(&["roles"])]]),
            (Severities::namespaces_only(High, Medium), &[&[escalate(&["roles"])]]),
        ],
        ..Row::BASE
    },
    Row {
        id: "RB202",
        name: "bind",
        title: "bind any role",
        why: "the check that keeps a role from being given by somebody who does not hold it is waived, whatever the role",
        fix: "name the roles that may be bound in resourceNames",
        see: &["CIS 5.1.8", "CKV_K8S_157", "CKV2_K8S_1", "KSV-0051", "KSV-0052", "C-0191", "bind_roles", "ROLE_BIND"],
        cases: &[
            (
                Severities::cluster_only(Critical),
                &[
                    &[Want::new(&["bind"], RBAC_GROUP, &["clusterroles"], All)],
                    &[write(&["clusterrolebindings", "rolebindings"])],
                ],
            ),
            (
                Severities::namespaces_only(Critical, High),
                &[&[Want::new(&["bind"], RBAC_GROUP, ROLES, All)], &[write(&["rolebindings"])]],
            ),
            (Severities::of(High, High, Medium), &[&[Want::new(&["bind"], RBAC_GROUP, ROLES, All)]]),
        ],
        ..Row::BASE
    },
    Row {
        id: "RB203",
        name: "bind-named-admin",
        title: "bind a role that administers",
        why: "a name in resourceNames narrows little when it is that of cluster-admin, admin or edit",
        fix: "name roles that grant no more than the one who binds needs to give",
        see: &["CIS 5.1.8"],
        cases: &[(Severities::of(Critical, Critical, High), &[&[Want::new(&["bind"], RBAC_GROUP, ROLES, Named(ADMINS))]])],
        ..Row::BASE
    },
    Row {
        id: "RB204",
        name: "bind-narrow",
        title: "bind named roles",
        why: "the intended way to delegate, recorded so that it is seen",
        fix: "nothing, if the roles that are named are meant",
        cases: &[(Severities::everywhere(Info), &[&[Want::new(&["bind"], RBAC_GROUP, ROLES, NamedNot(ADMINS))]])],
        ..Row::BASE
    },
    Row {
        id: "RB205",
        name: "rbac-write",
        title: "write roles or bindings",
        why: "what one holds can be given to others, and stays given; it widens nobody's own permissions",
        fix: "leave roles and bindings to those who administer the scope",
        see: &["KSV-0045", "KSV-0055", "risky-add-rolebinding"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[write(&["roles", "clusterroles", "rolebindings", "clusterrolebindings"])]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB206",
        name: "rbac-all",
        title: "do anything with roles",
        why: "every verb holds bind and escalate among them",
        fix: "list the verbs, bind and escalate not among them",
        see: &["risky-any-verb-roles", "KSV-0045"],
        cases: &[
            (Severities::cluster_only(Critical), &[&[Want::new(EVERY_VERB, RBAC_GROUP, ROLES, Any)]]),
            (Severities::namespaces_only(Critical, High), &[&[Want::new(EVERY_VERB, RBAC_GROUP, ROLES, Any)]]),
        ],
        ..Row::BASE
    },
    Row {
        id: "RB207",
        name: "rbac-delete",
        title: "delete roles or bindings",
        why: "others are locked out, and what restrains or watches them is taken away",
        fix: "leave it to those who administer the scope",
        see: &["KSV-0045"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[Want::new(DELETE, RBAC_GROUP, &["roles", "clusterroles", "rolebindings", "clusterrolebindings"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB208",
        name: "aggregation-hijack",
        title: "feed aggregated ClusterRoles",
        why: "a ClusterRole with the right label adds its rules to admin, edit or view, for everybody who holds them",
        fix: "leave ClusterRoles to those who administer the cluster",
        cases: &[
            (
                Severities::cluster_only(Critical),
                &[&[Want::new(WRITE, RBAC_GROUP, &["clusterroles"], All)], &[escalate(&["clusterroles"])]],
            ),
            (Severities::cluster_only(Medium), &[&[Want::new(WRITE, RBAC_GROUP, &["clusterroles"], All)]]),
            (Severities::cluster_only(Info), &[&[Want::new(&["update", "patch"], RBAC_GROUP, &["clusterroles"], Limited)]]),
        ],
        ..Row::BASE
    },
];
