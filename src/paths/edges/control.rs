//! Edges through nodes and the control plane (E50–E63).

use super::*;
use crate::version::KubeVersion;

const ADMISSION: &str = "admissionregistration.k8s.io";
const KUBELET: &str = "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/";
const ADMISSION_DOCS: &str = "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/";
const DELETE: &[&str] = &["update", "patch", "delete", "deletecollection"];

pub(super) const EDGES: &[Edge] = &[
    Edge {
        id: "E50",
        title: "run commands through the kubelet",
        parts: &[some(&[ask(ANY, "", &["nodes/proxy"])])],
        at: At::Cluster,
        effect: Effect::Pods,
        assumes: &["a Pod of the account runs"],
        source: KUBELET,
        ..Edge::BASE
    },
    Edge {
        id: "E51",
        title: "read what the kubelet tells",
        certainty: POTENTIAL,
        parts: &[some(&[ask(
            ANY,
            "",
            &["nodes/log", "nodes/stats", "nodes/metrics", "nodes/configz", "nodes/pods", "nodes/checkpoint"],
        )])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Disclosure),
        assumes: &["logs or checkpoints hold what is worth reading"],
        source: KUBELET,
        ..Edge::BASE
    },
    Edge {
        id: "E53",
        title: "change objects on their way by a webhook or a policy",
        certainty: CONDITIONAL,
        parts: &[some(&[ask(WRITE, ADMISSION, &["mutatingwebhookconfigurations", "mutatingadmissionpolicies"])])],
        at: At::Cluster,
        effect: Effect::Accounts,
        assumes: &["somebody creates or changes a Pod or a workload of the account"],
        source: ADMISSION_DOCS,
        ..Edge::BASE
    },
    Edge {
        id: "E54",
        title: "read objects on their way by a webhook",
        certainty: CONDITIONAL,
        parts: &[some(&[ask(WRITE, ADMISSION, &["validatingwebhookconfigurations", "mutatingwebhookconfigurations"])])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Disclosure),
        assumes: &["somebody writes objects that hold secrets"],
        source: ADMISSION_DOCS,
        ..Edge::BASE
    },
    Edge {
        id: "E55",
        title: "remove the guard rails",
        certainty: CONDITIONAL,
        parts: &[some(&[
            ask(
                DELETE,
                ADMISSION,
                &[
                    "validatingwebhookconfigurations",
                    "mutatingwebhookconfigurations",
                    "validatingadmissionpolicies",
                    "validatingadmissionpolicybindings",
                ],
            ),
            ask(DELETE, "kyverno.io", &["clusterpolicies"]),
            ask(DELETE, "templates.gatekeeper.sh", &["constrainttemplates"]),
        ])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::GuardRails),
        assumes: &["a policy engine is what keeps Pods from being privileged"],
        source: ADMISSION_DOCS,
        ..Edge::BASE
    },
    Edge {
        id: "E55",
        title: "remove the guard rails and run a privileged Pod",
        certainty: CONDITIONAL,
        parts: &[
            some(&[
                ask(
                    DELETE,
                    ADMISSION,
                    &["validatingwebhookconfigurations", "validatingadmissionpolicies", "validatingadmissionpolicybindings"],
                ),
                ask(DELETE, "kyverno.io", &["clusterpolicies"]),
                ask(DELETE, "templates.gatekeeper.sh", &["constrainttemplates"]),
            ]),
            some(&[ask(CREATE, "", &["pods"])]),
        ],
        at: At::Cluster,
        effect: Effect::NodeRoot,
        assumes: &["a policy engine is what keeps Pods from being privileged"],
        source: ADMISSION_DOCS,
        when: |place| place.profile.pod_security,
        ..Edge::BASE
    },
    Edge {
        id: "E56",
        title: "serve an API group oneself",
        certainty: CONDITIONAL,
        parts: &[some(&[ask(WRITE, "apiregistration.k8s.io", &["apiservices"])])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::WriteControl),
        assumes: &["one controls a service that the API server reaches"],
        source: "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/",
        ..Edge::BASE
    },
    Edge {
        id: "E57",
        title: "convert custom resources by a webhook",
        certainty: CONDITIONAL,
        parts: &[some(&[ask(WRITE, "apiextensions.k8s.io", &["customresourcedefinitions"])])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::WriteControl),
        assumes: &["one controls a service that the API server reaches"],
        source: "apiextensions-apiserver/pkg/apiserver/conversion",
        ..Edge::BASE
    },
    Edge {
        id: "E58",
        title: "ask about tokens and rights of others",
        certainty: POTENTIAL,
        parts: &[some(&[
            ask(CREATE, "authentication.k8s.io", &["tokenreviews"]),
            ask(CREATE, "authorization.k8s.io", &["subjectaccessreviews"]),
        ])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Disclosure),
        assumes: &["one has found tokens, or wants to know whom to attack"],
        source: "pkg/registry/authorization/subjectaccessreview",
        ..Edge::BASE
    },
    Edge {
        id: "E59",
        title: "turn traffic aside",
        certainty: POTENTIAL,
        parts: &[some(&[
            ask(CHANGE, "", &["services/status"]),
            ask(WRITE, "", &["endpoints"]),
            ask(WRITE, "discovery.k8s.io", &["endpointslices"]),
            ask(WRITE, "", &["services"]),
        ])],
        effect: Effect::Outcome(Outcome::Traffic),
        assumes: &["external addresses are not restricted, or an ingress serves several namespaces"],
        source: "https://github.com/kubernetes/kubernetes/issues/97076",
        ..Edge::BASE
    },
    Edge {
        id: "E60",
        title: "change what the cluster runs by",
        certainty: CONDITIONAL,
        parts: &[one_of(
            &[ask(CHANGE, "", &["configmaps"])],
            &["coredns", "kube-proxy", "kubeadm-config", "extension-apiserver-authentication", "cluster-info"],
        )],
        at: At::In("kube-system"),
        effect: Effect::Outcome(Outcome::Traffic),
        assumes: &["the cluster keeps its DNS or trust in that ConfigMap"],
        source: "https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/",
        ..Edge::BASE
    },
    Edge {
        id: "E61",
        title: "crowd out others",
        certainty: POTENTIAL,
        parts: &[some(&[
            ask(WRITE, "scheduling.k8s.io", &["priorityclasses"]),
            ask(WRITE, "node.k8s.io", &["runtimeclasses"]),
            ask(WRITE, "flowcontrol.apiserver.k8s.io", &["flowschemas"]),
        ])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Disruption),
        assumes: &["the cluster is short of room"],
        source: "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
        ..Edge::BASE
    },
    Edge {
        id: "E61",
        title: "change the limits of a namespace",
        certainty: POTENTIAL,
        parts: &[some(&[ask(WRITE, "", &["resourcequotas", "limitranges"])])],
        effect: Effect::Outcome(Outcome::Disruption),
        assumes: &["the cluster is short of room"],
        source: "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
        ..Edge::BASE
    },
    Edge {
        id: "E62",
        title: "read secrets by another road",
        certainty: CONDITIONAL,
        parts: &[some(&[
            ask(READ, "apps", &["controllerrevisions"]),
            ask(READ, "velero.io", &["backups"]),
            ask(WRITE, "external-secrets.io", &["externalsecrets"]),
        ])],
        effect: Effect::Outcome(Outcome::Disclosure),
        assumes: &["secrets are kept in such objects, or an operator copies them"],
        source: "https://external-secrets.io/",
        ..Edge::BASE
    },
    Edge {
        id: "E63",
        title: "read the memory and the logs of the API server",
        certainty: CONDITIONAL,
        parts: &[some(&[url(&["get"], &["/debug/pprof/heap", "/logs/", "/metrics"])])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Disclosure),
        assumes: &["profiling and logs are served"],
        source: "apiserver/pkg/server/routes",
        when: |place| place.profile.version >= KubeVersion::OLDEST,
        ..Edge::BASE
    },
];

/// What whoever controls a node can do, ahead of RBAC: the Node authorizer gives it the tokens of the Pods that run there.
pub(in super::super) static NODE: Edge = Edge {
    id: "E52",
    title: "take the tokens of the Pods of a node",
    certainty: CONDITIONAL,
    assumes: &["a Pod of the account runs on the node"],
    source: "plugin/pkg/auth/authorizer/node/node_authorizer.go",
    effect: Effect::Pods,
    ..Edge::BASE
};
