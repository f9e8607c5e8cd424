//! RB9: add-ons and operators, whose objects are as good as what their controllers may do. Off unless asked for.

use super::row::{CHANGE, READ, Row, WRITE, WRITE_DELETE};
use crate::lint::Names::{All, Some as Any};
use crate::lint::Severity::{Critical, High, Medium};
use crate::lint::{Severities, Want};
use crate::version::Platform;

const FIX: &str = "leave these objects to those who may do what the controller may do";

const fn any_of(group: &'static str) -> Want {
    Want::new(WRITE, group, &["?"], Any)
}

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "RB901",
        name: "argocd",
        title: "write what Argo CD deploys",
        why: "its controller applies anything with its own account, cluster-admin as a rule",
        fix: FIX,
        see: &["KUBE-CONFUSED-DEPUTY-001"],
        cases: &[(
            Severities::everywhere(Critical),
            &[&[Want::new(WRITE, "argoproj.io", &["applications", "applicationsets", "appprojects"], Any)]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB902",
        name: "flux",
        title: "write what Flux deploys",
        why: "its controllers apply anything with their own accounts, unless another account is enforced",
        fix: FIX,
        see: &["KUBE-CONFUSED-DEPUTY-001"],
        cases: &[(
            Severities::everywhere(Critical),
            &[&[
                Want::new(WRITE, "kustomize.toolkit.fluxcd.io", &["kustomizations"], Any),
                Want::new(WRITE, "helm.toolkit.fluxcd.io", &["helmreleases"], Any),
                any_of("source.toolkit.fluxcd.io"),
            ]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB903",
        name: "helm-controllers",
        title: "write charts that a controller of K3s or Rancher installs",
        why: "a chart is installed by a Job that is cluster-admin",
        fix: FIX,
        cases: &[(
            Severities::everywhere(Critical),
            &[&[Want::new(WRITE, "helm.cattle.io", &["helmcharts", "helmchartconfigs"], Any), any_of("fleet.cattle.io")]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB904",
        name: "olm",
        title: "install operators",
        why: "an operator comes with the roles of its choice",
        fix: FIX,
        cases: &[(
            Severities::everywhere(Critical),
            &[&[
                Want::new(
                    WRITE,
                    "operators.coreos.com",
                    &["subscriptions", "installplans", "clusterserviceversions", "operatorgroups", "catalogsources"],
                    Any,
                ),
                Want::new(WRITE, "olm.operatorframework.io", &["clusterextensions"], Any),
            ]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB905",
        name: "cert-manager",
        title: "have cert-manager issue certificates",
        why: "a certificate of a trusted issuer is an identity, and is written into a Secret",
        fix: FIX,
        see: &["KUBE-CONFUSED-DEPUTY-001"],
        cases: &[(
            Severities::everywhere(High),
            &[&[
                Want::new(WRITE, "cert-manager.io", &["certificates", "certificaterequests", "issuers", "clusterissuers"], Any),
                Want::new(&["approve"], "cert-manager.io", &["signers"], Any),
                Want::new(CHANGE, "cert-manager.io", &["certificaterequests/status", "certificaterequests/approval"], Any),
            ]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB906",
        name: "external-secrets",
        title: "have secrets of a vault synchronised",
        why: "the operator reads the vault for whoever writes its objects",
        fix: FIX,
        see: &["KUBE-CONFUSED-DEPUTY-001"],
        cases: &[(
            Severities::everywhere(High),
            &[&[
                Want::new(
                    WRITE,
                    "external-secrets.io",
                    &["secretstores", "clustersecretstores", "externalsecrets", "pushsecrets"],
                    Any,
                ),
                any_of("generators.external-secrets.io"),
            ]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB907",
        name: "cloud-resources",
        title: "write objects that become resources of the cloud",
        why: "the account of the controller in the cloud makes them, its own permissions among them",
        fix: FIX,
        cases: &[(
            Severities::everywhere(Critical),
            &[&[
                any_of("?.crossplane.io"),
                any_of("?.upbound.io"),
                any_of("?.services.k8s.aws"),
                any_of("?.cnrm.cloud.google.com"),
                any_of("?.azure.com"),
                any_of("infrastructure.cluster.x-k8s.io"),
            ]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB908",
        name: "cluster-api",
        title: "write child clusters, or read how they are reached",
        why: "a child cluster is as open as its kubeconfig, which lies in a Secret",
        fix: FIX,
        cases: &[(
            Severities::everywhere(High),
            &[&[Want::new(WRITE, "cluster.x-k8s.io", &["?"], Any)], &[Want::new(READ, "", &["secrets"], All)]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB909",
        name: "rancher",
        title: "write Rancher's own grants",
        why: "they grant beyond what the bindings of the cluster show",
        fix: FIX,
        cases: &[(
            Severities::everywhere(Critical),
            &[&[Want::new(
                WRITE,
                "management.cattle.io",
                &[
                    "globalrolebindings",
                    "clusterroletemplatebindings",
                    "projectroletemplatebindings",
                    "roletemplates",
                    "globalroles",
                    "users",
                    "tokens",
                ],
                Any,
            )]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB910",
        name: "openshift-identity",
        title: "write OpenShift's users, identity providers or constraints",
        why: "who logs in, and which Pods are privileged, is decided there",
        fix: FIX,
        cases: &[(
            Severities::cluster_only(Critical),
            &[&[
                any_of("user.openshift.io"),
                any_of("oauth.openshift.io"),
                any_of("security.openshift.io"),
                any_of("authorization.openshift.io"),
                any_of("config.openshift.io"),
            ]],
        )],
        when: |profile| profile.platform == Platform::OpenShift,
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB911",
        name: "rbac-operators",
        title: "write objects that an operator turns into bindings",
        why: "the operator binds what it is told, with its own permissions",
        fix: FIX,
        cases: &[(
            Severities::everywhere(Critical),
            &[&[
                Want::new(WRITE, "rbacmanager.reactiveops.io", &["rbacdefinitions"], Any),
                Want::new(WRITE, "capsule.clastix.io", &["tenants"], Any),
                Want::new(WRITE, "permissionmanager.user", &["?"], Any),
            ]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB912",
        name: "monitoring",
        title: "configure the monitoring",
        why: "a scrape configuration sends the token of the monitoring's account to an address of choice",
        fix: FIX,
        see: &["KUBE-CONFUSED-DEPUTY-001"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[Want::new(
                WRITE,
                "monitoring.coreos.com",
                &["prometheuses", "servicemonitors", "podmonitors", "alertmanagerconfigs", "prometheusrules"],
                Any,
            )]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB913",
        name: "backup",
        title: "make or restore backups",
        why: "a backup holds every Secret, and a restore writes roles and bindings",
        fix: FIX,
        see: &["KUBE-CONFUSED-DEPUTY-001"],
        cases: &[(
            Severities::everywhere(Critical),
            &[&[Want::new(
                WRITE,
                "velero.io",
                &["backups", "restores", "schedules", "backupstoragelocations", "podvolumebackups"],
                Any,
            )]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB914",
        name: "kubevirt",
        title: "write virtual machines, or use their consoles",
        why: "a console is as good as running commands",
        fix: FIX,
        cases: &[(
            Severities::everywhere(High),
            &[&[
                Want::new(WRITE_DELETE, "kubevirt.io", &["?"], Any),
                Want::new(
                    &["get", "update"],
                    "subresources.kubevirt.io",
                    &["virtualmachineinstances/console", "virtualmachineinstances/vnc", "virtualmachineinstances/portforward"],
                    Any,
                ),
            ]],
        )],
        on: false,
        ..Row::BASE
    },
    Row {
        id: "RB915",
        name: "azure-pod-identity",
        title: "write the identities of Pods in Azure",
        why: "a Pod gets the identity of the node, or any that is written for it",
        fix: FIX,
        see: &["AZURE_POD_IDENTITY_EXCEPTION"],
        cases: &[(
            Severities::everywhere(High),
            &[&[Want::new(
                WRITE,
                "aadpodidentity.k8s.io",
                &["azureidentities", "azureidentitybindings", "azurepodidentityexceptions"],
                Any,
            )]],
        )],
        when: |profile| profile.platform == Platform::Aks,
        on: false,
        ..Row::BASE
    },
];
