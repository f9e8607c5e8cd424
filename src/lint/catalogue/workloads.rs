//! RB3: workloads and the execution of code.

use super::row::{CHANGE, DELETE, EVERY_VERB, Row, WRITE, WRITE_DELETE};
use crate::lint::Names::{All, Some as Any};
use crate::lint::Severity::{Critical, High, Info, Low, Medium};
use crate::lint::{Severities, Want};
use crate::version::{KubeVersion, Profile};

const APPS: &[&str] = &["deployments", "daemonsets", "statefulsets", "replicasets"];
const BATCH: &[&str] = &["jobs", "cronjobs"];

const fn workloads(verbs: &'static [&'static str]) -> [Want; 3] {
    [
        Want::new(verbs, "apps", APPS, Any),
        Want::new(verbs, "batch", BATCH, Any),
        Want::new(verbs, "", &["replicationcontrollers"], Any),
    ]
}

/// Whether a request that streams may come with `get`, as it does over WebSocket until the gate that asks for `create` as well.
fn get_streams(profile: &Profile) -> bool {
    !profile.gate("AuthorizePodWebsocketUpgradeCreatePermission", KubeVersion::new(1, 35))
}

/// Kinds of widespread operators whose objects become Pods.
const POD_MAKERS: &[Want] = &[
    Want::new(&["create"], "argoproj.io", &["workflows", "cronworkflows", "rollouts"], Any),
    Want::new(&["create"], "tekton.dev", &["taskruns", "pipelineruns"], Any),
    Want::new(&["create"], "serving.knative.dev", &["services"], Any),
    Want::new(&["create"], "kubevirt.io", &["virtualmachines", "virtualmachineinstances"], Any),
    Want::new(&["create"], "sparkoperator.k8s.io", &["?"], Any),
    Want::new(&["create"], "ray.io", &["?"], Any),
    Want::new(&["create"], "kubeflow.org", &["?"], Any),
];

const RUN_FIX: &str = "bind it in namespaces whose accounts and Secrets its holder may have, and enforce Pod Security there";

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "RB301",
        name: "pods-create",
        title: "create Pods",
        why: "a Pod runs as any account of the namespace and mounts any Secret and volume of it; without admission, the node too",
        fix: RUN_FIX,
        see: &["CIS 5.1.4", "C-0188", "KSV-0048", "risky-create-pod", "access-to-create-pods", "assign_sa"],
        cases: &[(Severities::of(Critical, Critical, High), &[&[Want::new(&["create"], "", &["pods"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB302",
        name: "workload-create",
        title: "create workloads",
        why: "a controller makes the Pods, so it is as good as creating Pods",
        fix: RUN_FIX,
        see: &["C-0188", "KSV-0048", "risky-create-deployment", "assign_sa"],
        cases: &[(Severities::of(Critical, Critical, High), &[&workloads(&["create"])])],
        ..Row::BASE
    },
    Row {
        id: "RB303",
        name: "workload-update",
        title: "change workloads",
        why: "the image, the command or the account of what runs already can be replaced",
        fix: RUN_FIX,
        see: &["KSV-0048", "risky-update-deployment"],
        cases: &[(Severities::everywhere(High), &[&workloads(CHANGE)])],
        ..Row::BASE
    },
    Row {
        id: "RB304",
        name: "workload-scale",
        title: "scale workloads",
        why: "to zero it is a denial of service, upwards a use of resources",
        fix: "name the workloads in resourceNames",
        cases: &[(
            Severities::everywhere(Low),
            &[&[
                Want::new(CHANGE, "apps", &["deployments/scale", "statefulsets/scale", "replicasets/scale"], Any),
                Want::new(CHANGE, "", &["replicationcontrollers/scale"], Any),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB305",
        name: "workload-crd-create",
        title: "create objects that operators turn into Pods",
        why: "it is as good as creating Pods, and lists of workloads do not show it",
        fix: RUN_FIX,
        see: &["KUBE-CONFUSED-DEPUTY-001"],
        cases: &[(Severities::everywhere(High), &[POD_MAKERS])],
        ..Row::BASE
    },
    Row {
        id: "RB306",
        name: "pods-exec",
        title: "run commands in Pods",
        why: "a command runs as the account of the Pod and sees its Secrets",
        fix: "grant it for the time of a repair, in one namespace",
        see: &["C-0002", "KSV-0053", "CKV2_K8S_2", "risky-exec-pods", "pods_exec"],
        cases: &[(Severities::everywhere(High), &[&[Want::new(&["create"], "", &["pods/exec"], Any)]])],
        also: &[(get_streams, Severities::everywhere(High), &[&[Want::new(&["get"], "", &["pods/exec"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB307",
        name: "pods-attach",
        title: "attach to Pods",
        why: "what a process reads and writes can be seen and answered",
        fix: "grant it for the time of a repair, in one namespace",
        see: &["KSV-0054", "risky-attach-pods"],
        cases: &[(Severities::everywhere(High), &[&[Want::new(&["create"], "", &["pods/attach"], Any)]])],
        also: &[(get_streams, Severities::everywhere(High), &[&[Want::new(&["get"], "", &["pods/attach"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB308",
        name: "pods-portforward",
        title: "forward ports of Pods",
        why: "ports that nothing exposes are reached, past network policies",
        fix: "grant it for the time of a repair, in one namespace",
        see: &["C-0063"],
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(&["create"], "", &["pods/portforward"], Any)]])],
        also: &[(get_streams, Severities::everywhere(Medium), &[&[Want::new(&["get"], "", &["pods/portforward"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB309",
        name: "pods-proxy",
        title: "reach Pods and Services through the API server",
        why: "the request comes from the API server's place in the network",
        fix: "name the Services in resourceNames",
        cases: &[(
            Severities::everywhere(Medium),
            &[&[Want::new(&["get", "create", "update", "patch", "delete"], "", &["pods/proxy", "services/proxy"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB310",
        name: "ephemeral-containers",
        title: "add debug containers to Pods",
        why: "code of one's own runs beside any container, with a security context of its own",
        fix: "grant it for the time of a repair, in one namespace",
        see: &["pods_ephemeral_ctrs", "DEBUG_POD"],
        cases: &[(Severities::everywhere(High), &[&[Want::new(CHANGE, "", &["pods/ephemeralcontainers"], Any)]])],
        when: |profile| profile.version >= KubeVersion::new(1, 16),
        ..Row::BASE
    },
    Row {
        id: "RB311",
        name: "pods-update",
        title: "change Pods",
        why: "the image of a running Pod can be replaced, and its labels decide which traffic it gets",
        fix: "name the Pods in resourceNames",
        see: &["modify_pods", "REPLACE_IMAGE", "POD_PATCH"],
        cases: &[(Severities::everywhere(High), &[&[Want::new(CHANGE, "", &["pods"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB312",
        name: "pods-status",
        title: "write the status of Pods",
        why: "readiness and addresses steer traffic and evictions",
        fix: "leave it to kubelets",
        see: &["modify_pod_status"],
        cases: &[(Severities::everywhere(Low), &[&[Want::new(CHANGE, "", &["pods/status"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB313",
        name: "pods-delete",
        title: "delete or evict Pods",
        why: "it is a denial of service, and with a word in scheduling it moves Pods to a node of choice",
        fix: "name the Pods in resourceNames, or leave it to controllers",
        see: &["C-0007", "steal_pods"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[Want::new(DELETE, "", &["pods"], All), Want::new(&["create"], "", &["pods/eviction"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB314",
        name: "pods-binding",
        title: "bind Pods to nodes",
        why: "a Pod with its Secrets is sent to a node of choice",
        fix: "leave it to schedulers",
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(&["create"], "", &["pods/binding", "bindings"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB315",
        name: "pods-log",
        title: "read the logs of Pods",
        why: "logs hold what programs were told, credentials among it",
        fix: "bind it in the namespaces that need it",
        cases: &[(Severities::everywhere(Low), &[&[Want::new(&["get"], "", &["pods/log"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB316",
        name: "pods-log-delete",
        title: "delete logs of Pods, which the API does not offer",
        why: "the rule allows a request that no server answers",
        fix: "remove it",
        see: &["KSV-0042"],
        cases: &[(Severities::everywhere(Info), &[&[Want::new(DELETE, "", &["pods/log"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB317",
        name: "pods-any-verb",
        title: "do anything with Pods",
        why: "creating, changing and deleting at once, and every verb to come",
        fix: "list the verbs that are used",
        see: &["KSV-0045", "risky-any-verb-pods"],
        cases: &[(Severities::of(Critical, Critical, High), &[&[Want::new(EVERY_VERB, "", &["pods"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB318",
        name: "pods-resize",
        title: "resize Pods, or take checkpoints of containers",
        why: "neighbours are starved; a checkpoint holds the memory of a container",
        fix: "name the Pods in resourceNames",
        cases: &[
            (Severities::cluster_only(Medium), &[&[Want::new(&["create"], "", &["nodes/checkpoint"], Any)]]),
            (Severities::everywhere(Low), &[&[Want::new(CHANGE, "", &["pods/resize"], Any)]]),
        ],
        when: |profile| profile.version >= KubeVersion::new(1, 25),
        ..Row::BASE
    },
    Row {
        id: "RB319",
        name: "pod-templates-write",
        title: "write Pod templates or revisions",
        why: "a roll-back brings a workload to a revision that somebody else wrote",
        fix: "leave revisions to controllers",
        cases: &[(
            Severities::everywhere(Low),
            &[&[Want::new(WRITE, "", &["podtemplates"], Any), Want::new(WRITE, "apps", &["controllerrevisions"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB320",
        name: "resource-claims",
        title: "claim devices",
        why: "a claim in a namespace with admin access takes over devices that others use",
        fix: "keep namespaces with admin access apart",
        cases: &[(
            Severities::everywhere(Medium),
            &[&[
                Want::new(WRITE_DELETE, "resource.k8s.io", &["resourceslices"], Any),
                Want::new(CHANGE, "resource.k8s.io", &["resourceclaims/status"], Any),
                Want::new(WRITE, "resource.k8s.io", &["resourceclaims"], All),
            ]],
        )],
        when: |profile| profile.version >= KubeVersion::new(1, 26),
        ..Row::BASE
    },
];
