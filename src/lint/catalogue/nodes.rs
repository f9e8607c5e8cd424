//! RB4: nodes, the control plane, and the guard rails.

use super::row::{CHANGE, DELETE, Row, WRITE, WRITE_DELETE};
use crate::lint::Names::{All, OneOf, Some as Any};
use crate::lint::Severity::{Critical, High, Info, Low, Medium};
use crate::lint::{Severities, Want};
use crate::version::{KubeVersion, Platform};

const ADMISSION: &str = "admissionregistration.k8s.io";
const WEBHOOKS: &[&str] = &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
const CLUSTER_FIX: &str = "leave it to those who administer the cluster";

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "RB401",
        name: "nodes-proxy",
        title: "reach the kubelets through the API server",
        why: "get alone runs commands in every Pod of the node over WebSocket, past admission and audit",
        fix: "grant nodes/metrics, nodes/stats or nodes/log instead",
        see: &["CIS 5.1.10", "C-0279", "KSV-0047", "CKV2_K8S_2", "nodes_proxy"],
        cases: &[(
            Severities::cluster_only(Critical),
            &[&[Want::new(&["get", "create", "update", "patch", "delete"], "", &["nodes/proxy"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB402",
        name: "nodes-subresources",
        title: "read from kubelets",
        why: "logs of the node, and the environment of the Pods on it",
        fix: "grant nodes/metrics and nodes/stats alone",
        cases: &[(
            Severities::cluster_only(Low),
            &[&[Want::new(&["get"], "", &["nodes/log", "nodes/configz", "nodes/pods", "nodes/spec"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB403",
        name: "nodes-write",
        title: "write nodes",
        why: "taints and labels decide where Pods run, and a node can be invented",
        fix: CLUSTER_FIX,
        see: &["steal_pods"],
        cases: &[(
            Severities::cluster_only(High),
            &[&[Want::new(&["create", "update", "patch", "delete", "deletecollection"], "", &["nodes"], All)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB404",
        name: "nodes-status",
        title: "write the status of nodes",
        why: "conditions and capacity steer scheduling",
        fix: "leave it to kubelets",
        see: &["modify_node_status"],
        cases: &[(Severities::cluster_only(Low), &[&[Want::new(CHANGE, "", &["nodes/status"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB405",
        name: "pv-write",
        title: "write PersistentVolumes",
        why: "a volume may be a folder of the node, mounted through a claim past Pod Security",
        fix: "let a provisioner make the volumes",
        see: &["CIS 5.1.9", "C-0278"],
        cases: &[(Severities::cluster_only(High), &[&[Want::new(WRITE, "", &["persistentvolumes"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB406",
        name: "storage-admin",
        title: "administer storage",
        why: "data is stolen by a snapshot or an attachment, or lost",
        fix: CLUSTER_FIX,
        cases: &[(
            Severities::everywhere(Medium),
            &[&[
                Want::new(
                    WRITE_DELETE,
                    "storage.k8s.io",
                    &["storageclasses", "csidrivers", "volumeattachments", "csinodes"],
                    Any,
                ),
                Want::new(WRITE_DELETE, "snapshot.storage.k8s.io", &["?"], Any),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB407",
        name: "pvc-write",
        title: "write PersistentVolumeClaims",
        why: "data is lost with a claim, or cloned from one",
        fix: "name the claims in resourceNames",
        cases: &[(
            Severities::everywhere(Low),
            &[&[Want::new(&["create", "update", "patch", "delete", "deletecollection"], "", &["persistentvolumeclaims"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB408",
        name: "mutating-webhooks",
        title: "write mutating admission webhooks",
        why: "every object that is written can be rewritten, Pods and roles included",
        fix: "name the configurations in resourceNames",
        see: &["CIS 5.1.12", "C-0281", "KSV-0114", "CKV_K8S_155", "control_webhooks"],
        cases: &[(
            Severities::cluster_only(Critical),
            &[&[Want::new(WRITE, ADMISSION, &["mutatingwebhookconfigurations"], All)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB409",
        name: "validating-webhooks",
        title: "write validating admission webhooks",
        why: "every object that is written is shown to the webhook, Secrets included, and any can be refused",
        fix: "name the configurations in resourceNames",
        see: &["CIS 5.1.12", "C-0281", "KSV-0114", "CKV_K8S_155", "control_webhooks"],
        cases: &[(Severities::cluster_only(High), &[&[Want::new(WRITE, ADMISSION, &["validatingwebhookconfigurations"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB410",
        name: "webhooks-delete",
        title: "delete admission webhooks",
        why: "the policy engine behind them is disarmed",
        fix: CLUSTER_FIX,
        see: &["C-0281", "KSV-0114"],
        cases: &[(Severities::cluster_only(High), &[&[Want::new(DELETE, ADMISSION, WEBHOOKS, Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB411",
        name: "admission-policies",
        title: "write or delete admission policies",
        why: "policies written in the cluster are disarmed, or made to rewrite objects, without any webhook",
        fix: CLUSTER_FIX,
        cases: &[
            (
                Severities::cluster_only(Critical),
                &[&[Want::new(WRITE, ADMISSION, &["mutatingadmissionpolicies", "mutatingadmissionpolicybindings"], All)]],
            ),
            (
                Severities::cluster_only(High),
                &[&[Want::new(
                    WRITE_DELETE,
                    ADMISSION,
                    &[
                        "validatingadmissionpolicies",
                        "validatingadmissionpolicybindings",
                        "mutatingadmissionpolicies",
                        "mutatingadmissionpolicybindings",
                    ],
                    Any,
                )]],
            ),
        ],
        when: |profile| profile.version >= KubeVersion::new(1, 26),
        ..Row::BASE
    },
    Row {
        id: "RB412",
        name: "crd-write",
        title: "write or delete custom resource definitions",
        why: "a conversion webhook reads every object of the kind; with the definition all its objects are deleted",
        fix: CLUSTER_FIX,
        cases: &[(
            Severities::cluster_only(High),
            &[&[Want::new(WRITE_DELETE, "apiextensions.k8s.io", &["customresourcedefinitions"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB413",
        name: "apiservices-write",
        title: "write API services",
        why: "requests for a whole API group are sent to a server of choice, with the tokens of those who ask",
        fix: CLUSTER_FIX,
        cases: &[(Severities::cluster_only(Critical), &[&[Want::new(WRITE, "apiregistration.k8s.io", &["apiservices"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB414",
        name: "namespaces-write",
        title: "change Namespaces",
        why: "labels of a Namespace turn Pod Security off and select network policies; a binding in it is enough",
        fix: CLUSTER_FIX,
        see: &["PATCH_NAMESPACE_TO_BYPASS_PSA"],
        cases: &[(Severities::everywhere(High), &[&[Want::new(CHANGE, "", &["namespaces"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB415",
        name: "namespaces-create",
        title: "create Namespaces",
        why: "a fresh Namespace has no labels that restrain it, and one that a binding names already brings its grants",
        fix: CLUSTER_FIX,
        cases: &[(Severities::cluster_only(Medium), &[&[Want::new(&["create"], "", &["namespaces"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB416",
        name: "namespaces-delete",
        title: "delete Namespaces",
        why: "everything in a Namespace goes with it",
        fix: CLUSTER_FIX,
        cases: &[(Severities::everywhere(High), &[&[Want::new(DELETE, "", &["namespaces"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB417",
        name: "aws-auth",
        title: "write the map of AWS identities",
        why: "the ConfigMap aws-auth puts any AWS identity into any group, system:masters included",
        fix: "use access entries, and leave the ConfigMap to those who administer the cluster",
        see: &["KSV-0115", "eks_modify_aws_auth", "UPDATE_AWS_AUTH"],
        cases: &[(
            Severities::privileged(Critical),
            &[&[Want::new(CHANGE, "", &["configmaps"], OneOf(&["aws-auth"])), Want::new(&["create"], "", &["configmaps"], All)]],
        )],
        when: |profile| profile.platform == Platform::Eks,
        ..Row::BASE
    },
    Row {
        id: "RB418",
        name: "kube-system-configmaps",
        title: "write the ConfigMaps of the control plane",
        why: "names in the cluster, trust anchors and the settings of kubelets stand in them",
        fix: "name the ConfigMaps in resourceNames",
        see: &["C-0037"],
        cases: &[(
            Severities::privileged(High),
            &[&[
                Want::new(&["create"], "", &["configmaps"], All),
                Want::new(
                    &["update", "patch", "delete"],
                    "",
                    &["configmaps"],
                    OneOf(&["coredns", "kube-proxy", "kubeadm-config", "kubelet-config", "extension-apiserver-authentication"]),
                ),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB419",
        name: "configmaps-write",
        title: "write or delete ConfigMaps",
        why: "workloads behave as their configuration says",
        fix: "name the ConfigMaps in resourceNames",
        see: &["KSV-0049"],
        cases: &[(Severities::everywhere(Low), &[&[Want::new(WRITE_DELETE, "", &["configmaps"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB420",
        name: "events-delete",
        title: "delete events",
        why: "traces are covered",
        fix: "leave it to the server, which forgets events by itself",
        see: &["C-0031"],
        cases: &[(
            Severities::everywhere(Low),
            &[&[Want::new(DELETE, "", &["events"], Any), Want::new(DELETE, "events.k8s.io", &["events"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB421",
        name: "leases-write",
        title: "write the leases of the control plane",
        why: "controllers stop when their lease is taken, and a node seems alive while its lease is renewed",
        fix: "name the leases in resourceNames",
        cases: &[(Severities::privileged(Medium), &[&[Want::new(WRITE_DELETE, "coordination.k8s.io", &["leases"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB422",
        name: "flow-control",
        title: "write API priorities",
        why: "the API server is starved, or a client of choice put first",
        fix: CLUSTER_FIX,
        cases: &[(
            Severities::cluster_only(Medium),
            &[&[Want::new(WRITE_DELETE, "flowcontrol.apiserver.k8s.io", &["flowschemas", "prioritylevelconfigurations"], Any)]],
        )],
        when: |profile| profile.version >= KubeVersion::new(1, 18),
        ..Row::BASE
    },
    Row {
        id: "RB423",
        name: "priorityclass",
        title: "write priority classes",
        why: "Pods of others are evicted for those of a higher priority",
        fix: CLUSTER_FIX,
        cases: &[(Severities::cluster_only(Medium), &[&[Want::new(WRITE, "scheduling.k8s.io", &["priorityclasses"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB424",
        name: "runtimeclass",
        title: "write runtime classes",
        why: "Pods run in a weaker sandbox",
        fix: CLUSTER_FIX,
        cases: &[(Severities::cluster_only(Medium), &[&[Want::new(WRITE, "node.k8s.io", &["runtimeclasses"], Any)]])],
        when: |profile| profile.version >= KubeVersion::new(1, 14),
        ..Row::BASE
    },
    Row {
        id: "RB425",
        name: "quota-write",
        title: "write quotas or limit ranges",
        why: "without its quota a namespace takes what it wants",
        fix: CLUSTER_FIX,
        cases: &[(Severities::everywhere(Low), &[&[Want::new(WRITE_DELETE, "", &["resourcequotas", "limitranges"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB426",
        name: "psp-use",
        title: "use PodSecurityPolicies",
        why: "a policy that allows privileged Pods is as good as the node",
        fix: "name the policies in resourceNames",
        cases: &[(
            Severities::everywhere(Info),
            &[&[
                Want::new(&["use"], "policy", &["podsecuritypolicies"], Any),
                Want::new(&["use"], "extensions", &["podsecuritypolicies"], Any),
            ]],
        )],
        when: |profile| profile.version < KubeVersion::new(1, 25),
        ..Row::BASE
    },
    Row {
        id: "RB427",
        name: "scc-use",
        title: "use privileged security context constraints",
        why: "constraints that allow privileged Pods are as good as the node",
        fix: "name restricted constraints in resourceNames",
        cases: &[(
            Severities::everywhere(High),
            &[&[Want::new(
                &["use"],
                "security.openshift.io",
                &["securitycontextconstraints"],
                OneOf(&[
                    "privileged",
                    "anyuid",
                    "hostaccess",
                    "hostmount-anyuid",
                    "hostnetwork",
                    "hostnetwork-v2",
                    "node-exporter",
                ]),
            )]],
        )],
        when: |profile| profile.platform == Platform::OpenShift,
        ..Row::BASE
    },
    Row {
        id: "RB428",
        name: "debug-urls",
        title: "read debug URLs of the API server",
        why: "profiles, settings, logs and metrics tell of what passes through it",
        fix: "list the paths that are read",
        cases: &[(
            Severities::cluster_only(Medium),
            &[&[Want::urls(&["get"], &["/debug/pprof/heap", "/logs/kube-apiserver.log", "/configz", "/metrics"])]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB429",
        name: "urls-wildcard",
        title: "do anything with any URL path",
        why: "endpoints to come are among them",
        fix: "list the paths and the verbs",
        cases: &[(Severities::cluster_only(Medium), &[&[Want::urls(&["every-verb"], &["/any-path"])]])],
        ..Row::BASE
    },
    Row {
        id: "RB430",
        name: "deletecollection",
        title: "delete whole collections",
        why: "one call destroys everything of a kind",
        fix: "grant delete, with the names in resourceNames",
        see: &["C-0007", "risky-any-resource-deletecollection"],
        cases: &[(
            Severities::everywhere(High),
            &[&[
                Want::new(&["deletecollection"], "", &["secrets", "services", "persistentvolumeclaims", "pods"], All),
                Want::new(&["deletecollection"], "apps", &["deployments", "statefulsets", "daemonsets"], All),
                Want::new(&["deletecollection"], "any.group", &["any-resource"], All),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB431",
        name: "delete-broad",
        title: "delete what workloads need",
        why: "it is a denial of service",
        fix: "name the objects in resourceNames",
        see: &["C-0007"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[
                Want::new(&["delete"], "", &["secrets", "services", "persistentvolumeclaims"], All),
                Want::new(&["delete"], "apps", &["deployments", "statefulsets", "daemonsets"], All),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB432",
        name: "policy-engine-admin",
        title: "administer a policy engine",
        why: "its policies are disarmed, and rules that generate or mutate act with the engine's own account",
        fix: CLUSTER_FIX,
        cases: &[(
            Severities::everywhere(High),
            &[&[
                Want::new(WRITE_DELETE, "templates.gatekeeper.sh", &["?"], Any),
                Want::new(WRITE_DELETE, "constraints.gatekeeper.sh", &["?"], Any),
                Want::new(WRITE_DELETE, "mutations.gatekeeper.sh", &["?"], Any),
                Want::new(WRITE_DELETE, "config.gatekeeper.sh", &["?"], Any),
                Want::new(WRITE_DELETE, "kyverno.io", &["clusterpolicies", "policies", "policyexceptions"], Any),
                Want::new(WRITE_DELETE, "policies.kyverno.io", &["?"], Any),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB433",
        name: "finalizers",
        title: "write finalizers through the subresource",
        why: "needed to own objects where that is enforced; a finalizer keeps an object from being deleted",
        fix: "nothing, if a controller needs it",
        cases: &[(Severities::everywhere(Info), &[&[Want::new(CHANGE, "?", &["any/finalizers"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB434",
        name: "namespaces-status",
        title: "write the status of Namespaces",
        why: "labels and owners of a Namespace change through it: Pod Security is turned off, the Namespace collected",
        fix: CLUSTER_FIX,
        cases: &[(Severities::everywhere(High), &[&[Want::new(CHANGE, "", &["namespaces/status", "namespaces/finalize"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB435",
        name: "status-owners",
        title: "write the status of what may have owners",
        why: "an owner set through it has the garbage collector delete the object and what depends on it",
        fix: "leave it to controllers",
        cases: &[(
            Severities::everywhere(Medium),
            &[&[
                Want::new(CHANGE, "apps", &["daemonsets/status", "replicasets/status"], Any),
                Want::new(CHANGE, "policy", &["poddisruptionbudgets/status"], Any),
                Want::new(CHANGE, "apiextensions.k8s.io", &["customresourcedefinitions/status"], Any),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB436",
        name: "policy-reports",
        title: "write the reports of policy engines",
        why: "violations are hidden",
        fix: "leave it to the engines",
        cases: &[(
            Severities::everywhere(Low),
            &[&[
                Want::new(WRITE_DELETE, "wgpolicyk8s.io", &["?"], Any),
                Want::new(WRITE_DELETE, "reports.kyverno.io", &["?"], Any),
            ]],
        )],
        ..Row::BASE
    },
];
