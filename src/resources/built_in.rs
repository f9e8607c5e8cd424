//! The built-in resources of Kubernetes 1.37, in the order of its discovery: the core group, then the groups by priority.
//!
//! Taken from `api/discovery/api__v1.json` and `aggregated_v2.json` of upstream 1.37.2.

use super::{Resource, STORED_VERBS, Subresource};

/// The verbs of most subresources: those of a part that is read and written with its object.
const PART_VERBS: [&str; 3] = ["get", "patch", "update"];

/// A line of the table. Lists are words; a subresource is a name, followed by a colon and its verbs where they are not `PART_VERBS`.
struct Row {
    group: &'static str,
    versions: &'static str,
    plural: &'static str,
    singular: &'static str,
    kind: &'static str,
    short_names: &'static str,
    namespaced: bool,
    categories: &'static str,
    verbs: &'static str,
    subresources: &'static str,
}

/// The resources of the table.
pub(super) fn resources() -> impl Iterator<Item = Resource> {
    ROWS.iter().map(Row::resource)
}

impl Row {
    fn resource(&self) -> Resource {
        Resource {
            group: self.group.into(),
            versions: words(self.versions, ' '),
            plural: self.plural.into(),
            singular: self.singular.into(),
            kind: self.kind.into(),
            short_names: words(self.short_names, ' '),
            categories: words(self.categories, ' '),
            namespaced: self.namespaced,
            verbs: if self.verbs == ALL { STORED_VERBS.map(str::to_owned).to_vec() } else { words(self.verbs, ' ') },
            subresources: self.subresources.split_whitespace().map(subresource).collect(),
        }
    }
}

fn subresource(text: &str) -> Subresource {
    match text.split_once(':') {
        Some((name, verbs)) => Subresource { name: name.into(), verbs: words(verbs, ',') },
        None => Subresource { name: text.into(), verbs: PART_VERBS.map(str::to_owned).to_vec() },
    }
}

fn words(text: &str, separator: char) -> Vec<String> {
    text.split(separator).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

const NAMESPACED: bool = true;
const CLUSTER: bool = false;
const ALL: &str = "*";

#[expect(clippy::too_many_arguments, reason = "a line of the table below")]
const fn row(
    group: &'static str,
    versions: &'static str,
    plural: &'static str,
    singular: &'static str,
    kind: &'static str,
    short_names: &'static str,
    namespaced: bool,
    categories: &'static str,
    verbs: &'static str,
    subresources: &'static str,
) -> Row {
    Row { group, versions, plural, singular, kind, short_names, namespaced, categories, verbs, subresources }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("", "v1", "bindings", "binding", "Binding", "", NAMESPACED, "", "create", ""),
    row("", "v1", "componentstatuses", "componentstatus", "ComponentStatus", "cs", CLUSTER, "", "get list", ""),
    row("", "v1", "configmaps", "configmap", "ConfigMap", "cm", NAMESPACED, "", ALL, ""),
    row("", "v1", "endpoints", "endpoints", "Endpoints", "ep", NAMESPACED, "", ALL, ""),
    row("", "v1", "events", "event", "Event", "ev", NAMESPACED, "", ALL, ""),
    row("", "v1", "limitranges", "limitrange", "LimitRange", "limits", NAMESPACED, "", ALL, ""),
    row("", "v1", "namespaces", "namespace", "Namespace", "ns", CLUSTER, "", "create delete get list patch update watch", "finalize:update status"),
    row("", "v1", "nodes", "node", "Node", "no", CLUSTER, "", ALL, "proxy:create,delete,get,patch,update status"),
    row("", "v1", "persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", "pvc", NAMESPACED, "", ALL, "status"),
    row("", "v1", "persistentvolumes", "persistentvolume", "PersistentVolume", "pv", CLUSTER, "", ALL, "status"),
    row("", "v1", "pods", "pod", "Pod", "po", NAMESPACED, "all", ALL, "attach:create,get binding:create ephemeralcontainers eviction:create exec:create,get log:get portforward:create,get proxy:create,delete,get,patch,update resize status"),
    row("", "v1", "podtemplates", "podtemplate", "PodTemplate", "", NAMESPACED, "", ALL, ""),
    row("", "v1", "replicationcontrollers", "replicationcontroller", "ReplicationController", "rc", NAMESPACED, "all", ALL, "scale status"),
    row("", "v1", "resourcequotas", "resourcequota", "ResourceQuota", "quota", NAMESPACED, "", ALL, "status"),
    row("", "v1", "secrets", "secret", "Secret", "", NAMESPACED, "", ALL, ""),
    row("", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", "sa", NAMESPACED, "", ALL, "token:create"),
    row("", "v1", "services", "service", "Service", "svc", NAMESPACED, "all", ALL, "proxy:create,delete,get,patch,update status"),
    row("apiregistration.k8s.io", "v1", "apiservices", "apiservice", "APIService", "", CLUSTER, "api-extensions", ALL, "status"),
    row("apps", "v1", "controllerrevisions", "controllerrevision", "ControllerRevision", "", NAMESPACED, "", ALL, ""),
    row("apps", "v1", "daemonsets", "daemonset", "DaemonSet", "ds", NAMESPACED, "all", ALL, "status"),
    row("apps", "v1", "deployments", "deployment", "Deployment", "deploy", NAMESPACED, "all", ALL, "scale status"),
    row("apps", "v1", "replicasets", "replicaset", "ReplicaSet", "rs", NAMESPACED, "all", ALL, "scale status"),
    row("apps", "v1", "statefulsets", "statefulset", "StatefulSet", "sts", NAMESPACED, "all", ALL, "scale status"),
    row("events.k8s.io", "v1", "events", "event", "Event", "ev", NAMESPACED, "", ALL, ""),
    row("authentication.k8s.io", "v1", "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview", "", CLUSTER, "", "create", ""),
    row("authentication.k8s.io", "v1", "tokenreviews", "tokenreview", "TokenReview", "", CLUSTER, "", "create", ""),
    row("authorization.k8s.io", "v1", "localsubjectaccessreviews", "localsubjectaccessreview", "LocalSubjectAccessReview", "", NAMESPACED, "", "create", ""),
    row("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "selfsubjectaccessreview", "SelfSubjectAccessReview", "", CLUSTER, "", "create", ""),
    row("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview", "", CLUSTER, "", "create", ""),
    row("authorization.k8s.io", "v1", "subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview", "", CLUSTER, "", "create", ""),
    row("autoscaling", "v2 v1", "horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler", "hpa", NAMESPACED, "all", ALL, "status"),
    row("batch", "v1", "cronjobs", "cronjob", "CronJob", "cj", NAMESPACED, "all", ALL, "status"),
    row("batch", "v1", "jobs", "job", "Job", "", NAMESPACED, "all", ALL, "status"),
    row("certificates.k8s.io", "v1", "certificatesigningrequests", "certificatesigningrequest", "CertificateSigningRequest", "csr", CLUSTER, "", ALL, "approval status"),
    row("certificates.k8s.io", "v1 v1beta1", "clustertrustbundles", "clustertrustbundle", "ClusterTrustBundle", "", CLUSTER, "", ALL, ""),
    row("certificates.k8s.io", "v1 v1beta1", "podcertificaterequests", "podcertificaterequest", "PodCertificateRequest", "", NAMESPACED, "", ALL, "status"),
    row("networking.k8s.io", "v1", "ingressclasses", "ingressclass", "IngressClass", "", CLUSTER, "", ALL, ""),
    row("networking.k8s.io", "v1", "ingresses", "ingress", "Ingress", "ing", NAMESPACED, "", ALL, "status"),
    row("networking.k8s.io", "v1", "ipaddresses", "ipaddress", "IPAddress", "ip", CLUSTER, "", ALL, ""),
    row("networking.k8s.io", "v1", "networkpolicies", "networkpolicy", "NetworkPolicy", "netpol", NAMESPACED, "", ALL, ""),
    row("networking.k8s.io", "v1", "servicecidrs", "servicecidr", "ServiceCIDR", "", CLUSTER, "", ALL, "status"),
    row("policy", "v1", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", "pdb", NAMESPACED, "", ALL, "status"),
    row("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", "", CLUSTER, "", ALL, ""),
    row("rbac.authorization.k8s.io", "v1", "clusterroles", "clusterrole", "ClusterRole", "", CLUSTER, "", ALL, ""),
    row("rbac.authorization.k8s.io", "v1", "rolebindings", "rolebinding", "RoleBinding", "", NAMESPACED, "", ALL, ""),
    row("rbac.authorization.k8s.io", "v1", "roles", "role", "Role", "", NAMESPACED, "", ALL, ""),
    row("storage.k8s.io", "v1", "csidrivers", "csidriver", "CSIDriver", "", CLUSTER, "", ALL, ""),
    row("storage.k8s.io", "v1", "csinodes", "csinode", "CSINode", "", CLUSTER, "", ALL, "status"),
    row("storage.k8s.io", "v1", "csistoragecapacities", "csistoragecapacity", "CSIStorageCapacity", "", NAMESPACED, "", ALL, ""),
    row("storage.k8s.io", "v1", "storageclasses", "storageclass", "StorageClass", "sc", CLUSTER, "", ALL, ""),
    row("storage.k8s.io", "v1", "volumeattachments", "volumeattachment", "VolumeAttachment", "", CLUSTER, "", ALL, "status"),
    row("storage.k8s.io", "v1", "volumeattributesclasses", "volumeattributesclass", "VolumeAttributesClass", "vac", CLUSTER, "", ALL, ""),
    row("admissionregistration.k8s.io", "v1 v1beta1 v1alpha1", "mutatingadmissionpolicies", "mutatingadmissionpolicy", "MutatingAdmissionPolicy", "", CLUSTER, "api-extensions", ALL, ""),
    row("admissionregistration.k8s.io", "v1 v1beta1 v1alpha1", "mutatingadmissionpolicybindings", "mutatingadmissionpolicybinding", "MutatingAdmissionPolicyBinding", "", CLUSTER, "api-extensions", ALL, ""),
    row("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "mutatingwebhookconfiguration", "MutatingWebhookConfiguration", "", CLUSTER, "api-extensions", ALL, ""),
    row("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "validatingadmissionpolicy", "ValidatingAdmissionPolicy", "", CLUSTER, "api-extensions", ALL, "status"),
    row("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", "validatingadmissionpolicybinding", "ValidatingAdmissionPolicyBinding", "", CLUSTER, "api-extensions", ALL, ""),
    row("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "validatingwebhookconfiguration", "ValidatingWebhookConfiguration", "", CLUSTER, "api-extensions", ALL, ""),
    row("apiextensions.k8s.io", "v1", "customresourcedefinitions", "customresourcedefinition", "CustomResourceDefinition", "crd crds", CLUSTER, "api-extensions", ALL, "status"),
    row("scheduling.k8s.io", "v1", "priorityclasses", "priorityclass", "PriorityClass", "pc", CLUSTER, "", ALL, ""),
    row("scheduling.k8s.io", "v1beta1 v1alpha3", "podgroups", "podgroup", "PodGroup", "", NAMESPACED, "", ALL, "status"),
    row("scheduling.k8s.io", "v1beta1 v1alpha3", "workloads", "workload", "Workload", "", NAMESPACED, "", ALL, ""),
    row("scheduling.k8s.io", "v1alpha3", "compositepodgroups", "compositepodgroup", "CompositePodGroup", "", NAMESPACED, "", ALL, "status"),
    row("coordination.k8s.io", "v1", "leases", "lease", "Lease", "", NAMESPACED, "", ALL, ""),
    row("coordination.k8s.io", "v1beta1 v1alpha2", "leasecandidates", "leasecandidate", "LeaseCandidate", "", NAMESPACED, "", ALL, ""),
    row("node.k8s.io", "v1", "runtimeclasses", "runtimeclass", "RuntimeClass", "", CLUSTER, "", ALL, ""),
    row("discovery.k8s.io", "v1", "endpointslices", "endpointslice", "EndpointSlice", "", NAMESPACED, "", ALL, ""),
    row("resource.k8s.io", "v1 v1beta2 v1beta1", "deviceclasses", "deviceclass", "DeviceClass", "", CLUSTER, "", ALL, ""),
    row("resource.k8s.io", "v1 v1beta2 v1alpha3", "devicetaintrules", "devicetaintrule", "DeviceTaintRule", "", CLUSTER, "", ALL, "status"),
    row("resource.k8s.io", "v1 v1beta2 v1beta1", "resourceclaims", "resourceclaim", "ResourceClaim", "", NAMESPACED, "", ALL, "status"),
    row("resource.k8s.io", "v1 v1beta2 v1beta1", "resourceclaimtemplates", "resourceclaimtemplate", "ResourceClaimTemplate", "", NAMESPACED, "", ALL, ""),
    row("resource.k8s.io", "v1 v1beta2 v1beta1", "resourceslices", "resourceslice", "ResourceSlice", "", CLUSTER, "", ALL, ""),
    row("resource.k8s.io", "v1alpha3", "resourcepoolstatusrequests", "resourcepoolstatusrequest", "ResourcePoolStatusRequest", "", CLUSTER, "", ALL, "status"),
    row("flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "flowschema", "FlowSchema", "", CLUSTER, "", ALL, "status"),
    row("flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations", "prioritylevelconfiguration", "PriorityLevelConfiguration", "", CLUSTER, "", ALL, "status"),
    row("internal.apiserver.k8s.io", "v1alpha1", "storageversions", "storageversion", "StorageVersion", "", CLUSTER, "", ALL, "status"),
    row("storagemigration.k8s.io", "v1 v1beta1", "storageversionmigrations", "storageversionmigration", "StorageVersionMigration", "", CLUSTER, "", ALL, "status"),
    row("lifecycle.k8s.io", "v1alpha1", "evictionrequests", "evictionrequest", "EvictionRequest", "", NAMESPACED, "", ALL, "status"),
    row("lifecycle.k8s.io", "v1alpha1", "evictions", "eviction", "Eviction", "", NAMESPACED, "", ALL, "status"),
];
