//! Edges through workloads (E30–E45).

use super::*;
use crate::version::KubeVersion;

const ADMISSION: &str = "plugin/pkg/admission/serviceaccount/admission.go";
const STANDARDS: &str = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

const PODS: &[Ask] = &[ask(CREATE, "", &["pods"])];
const WORKLOADS: &[Ask] = &[
    ask(CREATE, "apps", &["deployments", "daemonsets", "statefulsets", "replicasets"]),
    ask(CREATE, "batch", &["jobs", "cronjobs"]),
    ask(CREATE, "", &["replicationcontrollers"]),
];
const CHANGED_WORKLOADS: &[Ask] = &[
    ask(CHANGE, "apps", &["deployments", "daemonsets", "statefulsets", "replicasets"]),
    ask(CHANGE, "batch", &["cronjobs"]),
    ask(CHANGE, "", &["replicationcontrollers"]),
];
/// Whatever runs a Pod of one's own making.
const RUNNERS: &[Ask] = &[
    ask(CREATE, "", &["pods"]),
    ask(WRITE, "apps", &["deployments", "daemonsets", "statefulsets", "replicasets"]),
    ask(CREATE, "batch", &["jobs"]),
    ask(WRITE, "batch", &["cronjobs"]),
    ask(WRITE, "", &["replicationcontrollers"]),
];
const OPERATED: &[Ask] = &[
    ask(WRITE, "argoproj.io", &["workflows"]),
    ask(WRITE, "tekton.dev", &["taskruns"]),
    ask(WRITE, "serving.knative.dev", &["services"]),
    ask(WRITE, "kubevirt.io", &["virtualmachines"]),
    ask(WRITE, "sparkoperator.k8s.io", &["sparkapplications"]),
    ask(WRITE, "ray.io", &["rayclusters"]),
];

/// The label by which a namespace restrains its Pods.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// Whether privileged Pods are admitted: by the labels of the namespace where it is known, else by what the profile says.
fn unrestrained(place: &Place<'_>) -> bool {
    let known = place.policy.get::<crate::model::Namespace>("", place.namespace);
    match known.and_then(|namespace| namespace.metadata.labels.get(ENFORCE)) {
        Some(level) => !["baseline", "restricted"].contains(&level.as_str()),
        None => !place.profile.pod_security || place.profile.is_privileged_namespace(place.namespace),
    }
}

fn gets_exec(place: &Place<'_>) -> bool {
    !place.profile.gate("AuthorizePodWebsocketUpgradeCreatePermission", KubeVersion::new(1, 35))
}

fn restrained(place: &Place<'_>) -> bool {
    !unrestrained(place)
}

pub(super) const EDGES: &[Edge] = &[
    Edge { id: "E30", title: "create Pods", parts: &[some(PODS)], effect: Effect::Accounts, source: ADMISSION, ..Edge::BASE },
    Edge {
        id: "E31",
        title: "create workloads",
        parts: &[some(WORKLOADS)],
        effect: Effect::Accounts,
        source: ADMISSION,
        ..Edge::BASE
    },
    Edge {
        id: "E31",
        title: "create custom resources that run Pods",
        certainty: CONDITIONAL,
        parts: &[some(OPERATED)],
        effect: Effect::Accounts,
        assumes: &["the operator of the custom resource runs here and lets the resource name the account"],
        source: "https://argo-workflows.readthedocs.io/",
        ..Edge::BASE
    },
    Edge {
        id: "E32",
        title: "change workloads",
        certainty: CONDITIONAL,
        parts: &[some(CHANGED_WORKLOADS)],
        effect: Effect::Accounts,
        assumes: &["such a workload exists"],
        source: ADMISSION,
        ..Edge::BASE
    },
    Edge {
        id: "E33",
        title: "run a privileged Pod",
        certainty: CONDITIONAL,
        parts: &[some(RUNNERS)],
        effect: Effect::NodeRoot,
        assumes: &["no admission keeps Pods from being privileged"],
        source: STANDARDS,
        when: unrestrained,
        ..Edge::BASE
    },
    Edge {
        id: "E34",
        title: "lift the restraint of a namespace and run a privileged Pod",
        certainty: CONDITIONAL,
        parts: &[Part { asks: &[ask(CHANGE, "", &["namespaces"])], names: Which::Here, cluster: false }, some(RUNNERS)],
        effect: Effect::NodeRoot,
        assumes: &["Pod Security admission is what keeps Pods from being privileged"],
        source: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
        when: restrained,
        ..Edge::BASE
    },
    Edge {
        id: "E35",
        title: "create a namespace without restraint and run a privileged Pod",
        certainty: CONDITIONAL,
        parts: &[some(&[ask(CREATE, "", &["namespaces"])]), some(RUNNERS)],
        at: At::Cluster,
        effect: Effect::NodeRoot,
        assumes: &["Pod Security admission has no default for namespaces without labels"],
        source: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
        when: |place| place.profile.pod_security,
        ..Edge::BASE
    },
    Edge {
        id: "E36",
        title: "run commands in a Pod",
        parts: &[var(&[ask(CREATE, "", &["pods/exec", "pods/attach"])])],
        effect: Effect::Pods,
        assumes: &["a Pod of the account runs"],
        source: "pkg/registry/core/pod/rest/subresources.go",
        ..Edge::BASE
    },
    Edge {
        id: "E36",
        title: "run commands in a Pod over a WebSocket",
        parts: &[var(&[ask(&["get"], "", &["pods/exec", "pods/attach"])])],
        effect: Effect::Pods,
        assumes: &["a Pod of the account runs"],
        source: "pkg/registry/core/pod/rest/subresources.go",
        when: gets_exec,
        ..Edge::BASE
    },
    Edge {
        id: "E37",
        title: "add a container to a Pod",
        parts: &[var(&[ask(CHANGE, "", &["pods/ephemeralcontainers"])])],
        effect: Effect::Pods,
        assumes: &["a Pod of the account runs"],
        source: "pkg/registry/core/pod/strategy.go",
        when: |place| place.profile.gate("EphemeralContainers", KubeVersion::new(1, 23)),
        ..Edge::BASE
    },
    Edge {
        id: "E38",
        title: "change the image of a Pod",
        parts: &[var(&[ask(CHANGE, "", &["pods"])])],
        effect: Effect::Pods,
        assumes: &["a Pod of the account runs"],
        source: "pkg/registry/core/pod/strategy.go",
        ..Edge::BASE
    },
    Edge {
        id: "E39",
        title: "reach the ports of Pods and Services",
        certainty: POTENTIAL,
        parts: &[some(&[ask(CREATE, "", &["pods/portforward"]), ask(ANY, "", &["pods/proxy", "services/proxy"])])],
        effect: Effect::Outcome(Outcome::Disclosure),
        assumes: &["something listens there without authentication"],
        source: "pkg/registry/core/pod/rest/subresources.go",
        ..Edge::BASE
    },
    Edge {
        id: "E40",
        title: "place Pods on nodes",
        certainty: POTENTIAL,
        parts: &[some(&[ask(WRITE, "", &["pods/binding"]), ask(CREATE, "", &["bindings"])])],
        effect: Effect::Outcome(Outcome::Disruption),
        assumes: &["an unscheduled Pod waits"],
        source: "pkg/registry/core/pod/storage/storage.go",
        ..Edge::BASE
    },
    Edge {
        id: "E41",
        title: "move Pods to a node of one's own",
        certainty: POTENTIAL,
        parts: &[
            some(&[
                ask(&["delete", "deletecollection"], "", &["pods"]),
                ask(CREATE, "", &["pods/eviction"]),
                ask(CHANGE, "", &["pods/status", "nodes", "nodes/status"]),
                ask(&["delete"], "", &["nodes"]),
            ]),
            some(RUNNERS),
        ],
        at: At::Cluster,
        effect: Effect::Accounts,
        assumes: &[
            "no admission keeps Pods from being privileged",
            "the scheduler places the Pods on the node that one controls",
        ],
        source: "plugin/pkg/admission/noderestriction/admission.go",
        when: unrestrained,
        ..Edge::BASE
    },
    Edge {
        id: "E42",
        title: "mount a folder of a node by a PersistentVolume",
        parts: &[
            in_cluster(&[ask(CREATE, "", &["persistentvolumes"])]),
            some(&[ask(CREATE, "", &["persistentvolumeclaims"])]),
            some(RUNNERS),
        ],
        effect: Effect::NodeRoot,
        source: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
        ..Edge::BASE
    },
    Edge {
        id: "E43",
        title: "mount the volumes of others",
        certainty: POTENTIAL,
        parts: &[some(&[
            ask(WRITE, "storage.k8s.io", &["storageclasses", "csidrivers", "volumeattachments"]),
            ask(WRITE, "snapshot.storage.k8s.io", &["volumesnapshotcontents"]),
        ])],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Disclosure),
        assumes: &["the storage driver lets it"],
        source: "https://kubernetes.io/docs/concepts/storage/",
        ..Edge::BASE
    },
    Edge {
        id: "E44",
        title: "change service accounts",
        certainty: POTENTIAL,
        parts: &[some(&[ask(CHANGE, "", &["serviceaccounts"])])],
        effect: Effect::Outcome(Outcome::Disruption),
        assumes: &["Pods use the account's image pull secrets or annotations"],
        source: ADMISSION,
        ..Edge::BASE
    },
    Edge {
        id: "E45",
        title: "run a privileged Pod on the control plane",
        certainty: CONDITIONAL,
        parts: &[some(RUNNERS), in_cluster(&[ask(READ, "", &["nodes"])])],
        effect: Effect::ClusterAdmin,
        assumes: &["no admission keeps Pods from being privileged", "Pods may run on the nodes of the control plane"],
        source: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
        when: |place| unrestrained(place) && self_managed(place),
        ..Edge::BASE
    },
];

fn self_managed(place: &Place<'_>) -> bool {
    use crate::version::Platform;
    matches!(place.profile.platform, Platform::Plain | Platform::OpenShift | Platform::Rancher)
}
