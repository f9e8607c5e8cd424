//! What the engine promises for every rule: chains, scopes, witnesses, configuration, order.

use k8s_rbac::lint::{Finding, Linter, SUPPRESS, Scope, Severity, Suppression};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, ObjectKey, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, Policy};

fn linter() -> Linter {
    Linter::new(Profile::default())
}

fn secrets() -> PolicyRule {
    PolicyRule::resources(["get"], [""], ["secrets"])
}

fn policy() -> Policy {
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("reader", [secrets()]));
    policy.insert(ClusterRoleBinding::new("all", "reader", [Subject::group("ops"), Subject::service_account("", "lost")]));
    policy.insert(RoleBinding::new("dev", "dev", RoleRef::cluster_role("reader"), [Subject::service_account("", "ci")]));
    policy
}

fn of(findings: &[Finding], rule: &str) -> Vec<(String, Severity, Option<Scope>, Vec<String>)> {
    let chains = |finding: &Finding| finding.evidence.iter().map(ToString::to_string).collect();
    let found = findings.iter().filter(|finding| finding.rule == rule);
    found.map(|finding| (finding.object.to_string(), finding.severity, finding.scope.clone(), chains(finding))).collect()
}

#[test]
fn the_scope_is_that_of_the_binding_and_the_chain_names_who_stands_for_somebody() {
    let report = linter().lint(&Authorizer::new(policy()));
    assert_eq!(
        of(&report.findings, "RB101"),
        [(
            "ClusterRoleBinding all".to_owned(),
            Severity::Critical,
            Some(Scope::Cluster),
            vec!["Group ops ← ClusterRoleBinding all → ClusterRole reader rules[0]".to_owned()],
        )]
    );
    assert_eq!(
        of(&report.findings, "RB102"),
        [(
            "RoleBinding dev/dev".to_owned(),
            Severity::High,
            Some(Scope::Namespace("dev".into())),
            vec!["ServiceAccount dev/ci ← RoleBinding dev/dev → ClusterRole reader rules[0]".to_owned()],
        )]
    );
}

#[test]
fn every_witness_replays() {
    let rbac = Authorizer::new(policy());
    let report = linter().lint(&rbac);
    let witnesses: Vec<_> = report.findings.iter().filter_map(|finding| finding.witness.as_ref()).collect();
    assert!(!witnesses.is_empty());
    assert!(witnesses.iter().all(|witness| rbac.authorize(&witness.attributes()).is_allowed()));
}

#[test]
fn halves_that_one_subject_holds_through_two_bindings_count_together() {
    let half = |name: &str, rule: PolicyRule| ClusterRole::new(name, [rule]);
    let mut policy = Policy::new();
    policy.insert(half("approval", PolicyRule::resources(["update"], ["*"], ["*/approval"])));
    policy.insert(half("signer", PolicyRule::resources(["*"], ["certificates.k8s.io"], ["signers"])));
    policy.insert(ClusterRoleBinding::new("a", "approval", [Subject::user("jane"), Subject::user("bob")]));
    let before = linter().lint(&Authorizer::new(policy.clone()));
    assert_eq!(of(&before.findings, "RB116"), []);
    policy.insert(ClusterRoleBinding::new("b", "signer", [Subject::user("joe"), Subject::user("bob")]));
    let after = linter().lint(&Authorizer::new(policy.clone()));
    let found = of(&after.findings, "RB116");
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].3,
        [
            "User bob ← ClusterRoleBinding a → ClusterRole approval rules[0]",
            "User bob ← ClusterRoleBinding b → ClusterRole signer rules[0]",
        ]
    );
}

#[test]
fn findings_are_set_aside_with_a_reason_and_never_dropped() {
    let mut annotated = policy();
    let mut binding = ClusterRoleBinding::new("all", "reader", [Subject::group("ops")]);
    binding.metadata.annotations.insert(SUPPRESS.into(), "RB101: they are on call".into());
    annotated.insert(binding);
    let report = linter().lint(&Authorizer::new(annotated));
    let by_annotation = Suppression::Annotation("they are on call".into());
    assert!(report.suppressed.iter().any(|(finding, why)| finding.rule == "RB101" && *why == by_annotation));
    assert_eq!(of(&report.findings, "RB101"), []);

    let key = ObjectKey { kind: "ClusterRoleBinding", namespace: String::new(), name: "all".into() };
    let report = linter().allow("RB101", key, "known").off("secrets-read-ns").lint(&Authorizer::new(policy()));
    assert!(report.suppressed.iter().any(|(_, why)| *why == Suppression::Allowed("known".into())));
    assert_eq!((of(&report.findings, "RB101"), of(&report.findings, "RB102")), (vec![], vec![]));

    let report = linter().severity("RB101", Severity::Low).lint(&Authorizer::new(policy()));
    assert_eq!(of(&report.findings, "RB101")[0].1, Severity::Low);
}

#[test]
fn an_unbound_role_is_told_one_level_lower() {
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("reader", [secrets()]));
    let report = linter().lint(&Authorizer::new(policy));
    assert_eq!(of(&report.findings, "RB101"), [("ClusterRole reader".to_owned(), Severity::High, None, vec![])]);
}

/// It can grant nothing outside its namespace, whatever its rules.
#[test]
fn an_unbound_role_of_a_namespace_is_told_for_its_namespace() {
    let everything = || [PolicyRule::resources(["*"], ["*"], ["*"])];
    let mut policy = Policy::new();
    policy.insert(Role::new("dev", "reader", [secrets()]));
    policy.insert(Role::new("dev", "owner", everything()));
    policy.insert(ClusterRole::new("owner", everything()));
    let report = linter().unfolded().lint(&Authorizer::new(policy));
    let told = |rule: &str| -> Vec<(String, Severity)> {
        of(&report.findings, rule).into_iter().map(|(object, severity, ..)| (object, severity)).collect()
    };
    assert_eq!(told("RB101"), [("ClusterRole owner".to_owned(), Severity::High)]);
    assert_eq!(told("RB601"), [("ClusterRole owner".to_owned(), Severity::High)]);
    assert_eq!(told("RB602"), [("Role dev/owner".to_owned(), Severity::Medium)]);
    let roles = ["Role dev/owner", "Role dev/reader"].map(|role| (role.to_owned(), Severity::Medium));
    assert_eq!(told("RB102"), roles);
}
