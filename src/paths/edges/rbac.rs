//! Edges that rewrite RBAC itself (E20–E29).

use super::*;
use crate::version::Behaviour;

const CHECK: &str = "pkg/registry/rbac/escalation_check.go";
const STORAGE: &str = "pkg/registry/rbac/clusterrole/policybased/storage.go";

const BIND_CLUSTER_ROLES: &[Ask] = &[ask(&["bind"], RBAC_GROUP, &["clusterroles"])];
const BIND_ROLES: &[Ask] = &[ask(&["bind"], RBAC_GROUP, &["roles"])];
const CREATE_CLUSTER_BINDINGS: &[Ask] = &[ask(CREATE, RBAC_GROUP, &["clusterrolebindings"])];
const CREATE_BINDINGS: &[Ask] = &[ask(CREATE, RBAC_GROUP, &["rolebindings"])];
const ESCALATE_CLUSTER_ROLES: &[Ask] = &[ask(&["escalate"], RBAC_GROUP, &["clusterroles"])];
const DELETE: &[&str] = &["delete", "deletecollection"];
const ESCALATE_ROLES: &[Ask] = &[ask(&["escalate"], RBAC_GROUP, &["roles"])];

fn has_escalate(place: &Place<'_>) -> bool {
    place.profile.version.has(Behaviour::EscalateVerb)
}

pub(super) const EDGES: &[Edge] = &[
    Edge {
        id: "E20",
        title: "bind a ClusterRole in the cluster",
        parts: &[some(CREATE_CLUSTER_BINDINGS), var(BIND_CLUSTER_ROLES)],
        at: At::Cluster,
        effect: Effect::Bind(Kind::Cluster),
        source: CHECK,
        ..Edge::BASE
    },
    Edge {
        id: "E21",
        title: "bind a ClusterRole in a namespace",
        parts: &[some(CREATE_BINDINGS), var(BIND_CLUSTER_ROLES)],
        effect: Effect::Bind(Kind::ClusterInNamespace),
        source: CHECK,
        ..Edge::BASE
    },
    Edge {
        id: "E21",
        title: "bind a Role",
        parts: &[some(CREATE_BINDINGS), var(BIND_ROLES)],
        effect: Effect::Bind(Kind::Role),
        source: CHECK,
        ..Edge::BASE
    },
    Edge {
        id: "E23",
        title: "join a ClusterRoleBinding",
        parts: &[var(&[ask(CHANGE, RBAC_GROUP, &["clusterrolebindings"])]), other(BIND_CLUSTER_ROLES)],
        at: At::Cluster,
        effect: Effect::Join(Kind::Cluster),
        source: CHECK,
        ..Edge::BASE
    },
    Edge {
        id: "E23",
        title: "join a RoleBinding of a ClusterRole",
        parts: &[var(&[ask(CHANGE, RBAC_GROUP, &["rolebindings"])]), other(BIND_CLUSTER_ROLES)],
        effect: Effect::Join(Kind::ClusterInNamespace),
        source: CHECK,
        ..Edge::BASE
    },
    Edge {
        id: "E23",
        title: "join a RoleBinding of a Role",
        parts: &[var(&[ask(CHANGE, RBAC_GROUP, &["rolebindings"])]), other(BIND_ROLES)],
        effect: Effect::Join(Kind::Role),
        source: CHECK,
        ..Edge::BASE
    },
    Edge {
        id: "E24",
        title: "rewrite a ClusterRole that one holds",
        parts: &[var(ESCALATE_CLUSTER_ROLES), var(&[ask(CHANGE, RBAC_GROUP, &["clusterroles"])])],
        at: At::Cluster,
        effect: Effect::Rewrite(Kind::Cluster),
        source: STORAGE,
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E24",
        title: "rewrite a Role that one holds",
        parts: &[var(ESCALATE_ROLES), var(&[ask(CHANGE, RBAC_GROUP, &["roles"])])],
        effect: Effect::Rewrite(Kind::Role),
        source: STORAGE,
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E24",
        title: "create a ClusterRole of everything",
        parts: &[
            all_names(ESCALATE_CLUSTER_ROLES),
            some(&[ask(CREATE, RBAC_GROUP, &["clusterroles"])]),
            some(CREATE_CLUSTER_BINDINGS),
            var(BIND_CLUSTER_ROLES),
        ],
        at: At::Cluster,
        effect: Effect::CreateRole(Kind::Cluster),
        source: STORAGE,
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E24",
        title: "create a Role of everything",
        parts: &[all_names(ESCALATE_ROLES), some(&[ask(CREATE, RBAC_GROUP, &["roles"])]), some(CREATE_BINDINGS), var(BIND_ROLES)],
        effect: Effect::CreateRole(Kind::Role),
        source: STORAGE,
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E25",
        title: "create a ClusterRole that an aggregated one takes in",
        parts: &[all_names(ESCALATE_CLUSTER_ROLES), some(&[ask(CREATE, RBAC_GROUP, &["clusterroles"])])],
        at: At::Cluster,
        effect: Effect::Feed,
        source: "pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go",
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E26",
        title: "label a ClusterRole so that an aggregated one takes it in",
        parts: &[in_cluster_var(ESCALATE_CLUSTER_ROLES), in_cluster_var(&[ask(CHANGE, RBAC_GROUP, &["clusterroles"])])],
        at: At::Cluster,
        effect: Effect::Feed,
        source: "pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go",
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E27",
        title: "delete Roles or their bindings",
        certainty: POTENTIAL,
        parts: &[some(&[ask(DELETE, RBAC_GROUP, &["roles", "rolebindings"])])],
        effect: Effect::Outcome(Outcome::Disruption),
        source: "pkg/registry/rbac/rest/storage_rbac.go",
        ..Edge::BASE
    },
    Edge {
        id: "E27",
        title: "delete ClusterRoles or their bindings",
        certainty: POTENTIAL,
        parts: &[some(&[ask(DELETE, RBAC_GROUP, &["clusterroles", "clusterrolebindings"])])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Disruption),
        source: "pkg/registry/rbac/rest/storage_rbac.go",
        ..Edge::BASE
    },
    Edge {
        id: "E28",
        title: "create a service account that is bound already",
        parts: &[
            some(&[ask(CREATE, "", &["serviceaccounts"])]),
            some(&[ask(CREATE, "", &["pods", "serviceaccounts/token"]), ask(&["impersonate"], "", &["serviceaccounts"])]),
        ],
        effect: Effect::MissingAccounts,
        source: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
        ..Edge::BASE
    },
    Edge {
        id: "E28",
        title: "create the ClusterRole that one is bound to in vain",
        parts: &[all_names(ESCALATE_CLUSTER_ROLES), some(&[ask(CREATE, RBAC_GROUP, &["clusterroles"])])],
        at: At::Cluster,
        effect: Effect::FillRole(Kind::Cluster),
        source: STORAGE,
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E28",
        title: "create the Role that one is bound to in vain",
        parts: &[all_names(ESCALATE_ROLES), some(&[ask(CREATE, RBAC_GROUP, &["roles"])])],
        effect: Effect::FillRole(Kind::Role),
        source: STORAGE,
        when: has_escalate,
        ..Edge::BASE
    },
    Edge {
        id: "E29",
        title: "have Argo CD apply objects",
        certainty: CONDITIONAL,
        parts: &[some(&[ask(WRITE, "argoproj.io", &["applications"])])],
        effect: Effect::AccountsCalled(&["argocd-application-controller"]),
        assumes: &["the project of the application does not restrict it"],
        source: "https://argo-cd.readthedocs.io/",
        ..Edge::BASE
    },
    Edge {
        id: "E29",
        title: "have Flux apply objects",
        certainty: CONDITIONAL,
        parts: &[some(&[
            ask(WRITE, "kustomize.toolkit.fluxcd.io", &["kustomizations"]),
            ask(WRITE, "helm.toolkit.fluxcd.io", &["helmreleases"]),
        ])],
        effect: Effect::AccountsCalled(&["kustomize-controller", "helm-controller"]),
        assumes: &["Flux acts as its own service account"],
        source: "https://fluxcd.io/flux/",
        ..Edge::BASE
    },
    Edge {
        id: "E29",
        title: "have an operator write RBAC",
        certainty: CONDITIONAL,
        parts: &[some(&[
            ask(WRITE, "rbacmanager.reactiveops.io", &["rbacdefinitions"]),
            ask(WRITE, "kyverno.io", &["clusterpolicies"]),
            ask(WRITE, "management.cattle.io", &["globalrolebindings"]),
        ])],
        at: At::Cluster,
        effect: Effect::AccountsCalled(&["rbac-manager", "kyverno-background-controller", "rancher"]),
        assumes: &["the operator runs as the account of its usual name"],
        source: "https://rbac-manager.docs.fairwinds.com/",
        ..Edge::BASE
    },
    Edge {
        id: "E29",
        title: "have an operator of the namespace write RBAC",
        certainty: CONDITIONAL,
        parts: &[some(&[
            ask(WRITE, "operators.coreos.com", &["clusterserviceversions", "subscriptions"]),
            ask(WRITE, "management.cattle.io", &["clusterroletemplatebindings"]),
        ])],
        effect: Effect::AccountsCalled(&["olm-operator-serviceaccount", "rancher"]),
        assumes: &["the operator runs as the account of its usual name"],
        source: "https://rbac-manager.docs.fairwinds.com/",
        ..Edge::BASE
    },
];
