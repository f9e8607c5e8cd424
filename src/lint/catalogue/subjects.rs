//! RB7: bindings and their subjects.

use super::over::Flaw;
use super::over::{
    is_cluster_wide, is_everything, is_group, is_user, of_bindings, of_subjects, refers_to, refers_to_cluster_role,
};
use super::simple::Simple;
use crate::identity::{UserInfo, service_account};
use crate::lint::Severity::{Critical, High, Info, Low, Medium};
use crate::model::Subject;

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB701",
        name: "bind-cluster-admin",
        severity: Critical,
        title: "bound to cluster-admin, by its name or by its rules",
        why: "its holder may do everything",
        fix: "bind a role that lists what is needed",
        see: &["CIS 5.1.1", "C-0185", "KSV-0111", "cluster-admin-role-binding", "KUBE-RBAC-OVERBROAD-001"],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let by_name = refers_to_cluster_role(binding) && refers_to(binding, &["cluster-admin"]);
                let by_rules = || context.policy().role_of(binding).is_ok_and(|role| role.rules().iter().any(is_everything));
                let severity = if is_cluster_wide(binding) { Critical } else { High };
                (!is_group(subject, UserInfo::MASTERS) && (by_name || by_rules())).then_some(severity)
            });
        },
    },
    Simple {
        id: "RB702",
        name: "bind-admin-edit",
        severity: High,
        title: "admin or edit bound in the whole cluster",
        why: "both read Secrets and run commands, in every namespace",
        fix: "bind it by RoleBindings in the namespaces that are meant",
        see: &["KSV-0111"],
        check: |info, context, found| {
            of_bindings(info, context, found, |binding| {
                let meant = is_cluster_wide(binding) && refers_to_cluster_role(binding) && refers_to(binding, &["admin", "edit"]);
                meant.then(|| Flaw::of(High, "roleRef", binding.role_ref().name.as_str()))
            });
        },
    },
    Simple {
        id: "RB703",
        name: "bind-anonymous",
        severity: Critical,
        title: "bound to whoever asks without credentials",
        why: "everybody who reaches the API server holds it",
        fix: "remove the subject; only system:public-info-viewer is meant for it",
        see: &["C-0262", "KSV-0122"],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let anonymous = is_user(subject, UserInfo::ANONYMOUS) || is_group(subject, UserInfo::ALL_UNAUTHENTICATED);
                let meant = [
                    "system:public-info-viewer",
                    "system:discovery",
                    "system:basic-user",
                    "kubeadm:bootstrap-signer-clusterinfo",
                ];
                (anonymous && !refers_to(binding, &meant)).then_some(Critical)
            });
        },
    },
    Simple {
        id: "RB704",
        name: "bind-authenticated",
        severity: Critical,
        title: "bound to everybody who is authenticated",
        why: "every service account is among them, and on some platforms everybody with an account there",
        fix: "bind it to the groups that are meant",
        see: &["C-0265", "KSV-01011"],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let meant = [
                    "system:public-info-viewer",
                    "system:discovery",
                    "system:basic-user",
                    "system:service-account-issuer-discovery",
                ];
                (is_group(subject, UserInfo::ALL_AUTHENTICATED) && !refers_to(binding, &meant)).then_some(High)
            });
        },
    },
    Simple {
        id: "RB705",
        name: "bind-masters",
        severity: Medium,
        title: "bound to system:masters",
        why: "the group is allowed everything ahead of RBAC, so the binding grants nothing, and removing it takes nothing away",
        fix: "bind a group of your own; to take the power away, revoke the credential",
        see: &["CIS 5.1.7", "C-0246", "KSV-0123"],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let meant = refers_to(binding, &["cluster-admin"]);
                (is_group(subject, UserInfo::MASTERS) && !meant).then_some(Medium)
            });
        },
    },
    Simple {
        id: "RB706",
        name: "bind-all-service-accounts",
        severity: High,
        title: "bound to every service account",
        why: "every Pod of the cluster holds it, those of tomorrow too",
        fix: "bind it to the accounts that are meant",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let meant = refers_to(binding, &["system:service-account-issuer-discovery"]);
                (is_group(subject, service_account::ALL_GROUP) && !meant).then_some(High)
            });
        },
    },
    Simple {
        id: "RB707",
        name: "bind-namespace-service-accounts",
        severity: Medium,
        title: "bound to every service account of a namespace",
        why: "every Pod of the namespace holds it, those of tomorrow too",
        fix: "bind it to the accounts that are meant",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |_, subject| {
                let of_namespace = subject.kind == Subject::GROUP && subject.name.starts_with(service_account::GROUP_PREFIX);
                of_namespace.then_some(Medium)
            });
        },
    },
    Simple {
        id: "RB708",
        name: "bind-default-service-account",
        severity: Medium,
        title: "bound to the default service account of a namespace",
        why: "Pods get that account without asking for it",
        fix: "make an account for what needs it, and bind that",
        see: &["CIS 5.1.5", "CKV_K8S_42", "C-0189"],
        check: |info, context, found| {
            of_subjects(info, context, found, |_, subject| {
                (subject.kind == Subject::SERVICE_ACCOUNT && subject.name == "default").then_some(Medium)
            });
        },
    },
    Simple {
        id: "RB709",
        name: "bind-foreign-service-account",
        severity: Low,
        title: "bound to a service account of another namespace",
        why: "whoever runs Pods there holds it here",
        fix: "nothing, if the trust is meant",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let namespace = binding.namespace();
                let foreign = !subject.namespace.is_empty() && subject.namespace != namespace;
                (subject.kind == Subject::SERVICE_ACCOUNT && !namespace.is_empty() && foreign).then_some(Low)
            });
        },
    },
    Simple {
        id: "RB710",
        name: "bind-user",
        severity: Info,
        title: "bound to a person",
        why: "a name may come to mean somebody else, and groups are easier to keep right",
        fix: "bind a group",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |_, subject| {
                (subject.kind == Subject::USER && !subject.name.starts_with("system:")).then_some(Info)
            });
        },
    },
    Simple {
        id: "RB711",
        name: "bind-nodes",
        severity: High,
        title: "bound to the group of all nodes",
        why: "the Node authorizer gives each kubelet what it needs for its own Pods; a binding gives it to all of them, for all",
        fix: "remove the subject",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |_, subject| is_group(subject, "system:nodes").then_some(High));
        },
    },
    Simple {
        id: "RB712",
        name: "bind-bootstrappers",
        severity: Medium,
        title: "bound to a group of bootstrap tokens",
        why: "whoever has a join token holds it",
        fix: "bind those groups to the roles for joining nodes alone",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let bootstrap = subject.kind == Subject::GROUP && subject.name.starts_with("system:bootstrappers");
                let meant = [
                    "system:node-bootstrapper",
                    "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
                    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
                    "kubeadm:get-nodes",
                    "kubeadm:kubelet-config",
                    "kubeadm:nodes-kubeadm-config",
                ];
                (bootstrap && !refers_to(binding, &meant)).then_some(Medium)
            });
        },
    },
    Simple {
        id: "RB713",
        name: "service-account-as-user",
        severity: Low,
        title: "bound to a service account by its user name",
        why: "it works, and hides from everything that looks for ServiceAccount subjects",
        fix: "write the subject as a ServiceAccount",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |_, subject| {
                let account = subject.kind == Subject::USER && service_account::split_username(&subject.name).is_some();
                account.then_some(Low)
            });
        },
    },
    Simple {
        id: "RB714",
        name: "subject-of-wrong-kind",
        severity: Medium,
        title: "a well-known name under the wrong kind, which stands for nobody",
        why: "the binding does not do what it seems to do",
        fix: "correct the kind of the subject",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |_, subject| {
                let groups = [
                    UserInfo::MASTERS,
                    UserInfo::ALL_AUTHENTICATED,
                    UserInfo::ALL_UNAUTHENTICATED,
                    service_account::ALL_GROUP,
                    "system:nodes",
                ];
                let user_for_group = subject.kind == Subject::USER && groups.contains(&subject.name.as_str());
                let group_for_user = subject.kind == Subject::GROUP
                    && (subject.name == UserInfo::ANONYMOUS || service_account::split_username(&subject.name).is_some());
                (user_for_group || group_for_user).then_some(Medium)
            });
        },
    },
];
