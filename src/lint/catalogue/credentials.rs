//! RB1: credentials and identities.

use std::sync::Arc;

use crate::lint::{Names, PermissionRule, Rule, RuleInfo, Severities, Severity, Want};

const READ: &[&str] = &["get", "list", "watch"];

/// The rules of this family.
pub(super) fn rules() -> Vec<Arc<dyn Rule>> {
    let rules = [secrets_read_cluster(), secrets_read_namespace(), csr_approve()];
    rules.into_iter().map(|rule| Arc::new(rule) as Arc<dyn Rule>).collect()
}

fn secrets_read_cluster() -> PermissionRule {
    let info = RuleInfo::new("RB101", "secrets-read-cluster", Severity::Critical, "read all Secrets")
        .because(
            "every stored credential is among them, the tokens of service accounts included",
            "bind the role in the namespaces that need it, or name the Secrets in resourceNames",
        )
        .see(&["CIS 5.1.2", "C-0015", "C-0186", "KSV-0041", "CKV2_K8S_5", "access-to-secrets"]);
    PermissionRule::new(info, Severities::cluster_only(Severity::Critical), &[Want::new(READ, "", &["secrets"], Names::All)])
}

fn secrets_read_namespace() -> PermissionRule {
    let info = RuleInfo::new("RB102", "secrets-read-ns", Severity::Critical, "read the Secrets of a namespace")
        .because(
            "the tokens and credentials of everything that runs in the namespace are among them",
            "name the Secrets in resourceNames, and leave out list and watch",
        )
        .see(&["CIS 5.1.2", "KSV-0113", "obtain_token_weak_ns"]);
    let severities = Severities::namespaces_only(Severity::Critical, Severity::High);
    PermissionRule::new(info, severities, &[Want::new(READ, "", &["secrets"], Names::All)])
}

fn csr_approve() -> PermissionRule {
    let info = RuleInfo::new("RB116", "csr-approve", Severity::Critical, "approve certificate signing requests")
        .because(
            "an approved request for a client certificate makes its holder any user and any group but system:masters",
            "leave approval to the controllers, or limit the signers by resourceNames",
        )
        .see(&["CIS 5.1.11", "C-0280", "CKV_K8S_156", "approve_csrs"]);
    let approval = Want::new(&["update", "patch"], "certificates.k8s.io", &["certificatesigningrequests/approval"], Names::Some);
    let signers = &["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];
    let signer = Want::new(&["approve"], "certificates.k8s.io", &["signers"], Names::OneOf(signers));
    PermissionRule::new(info, Severities::cluster_only(Severity::Critical), &[approval]).and(&[signer])
}
