//! What a finding implies is told with it, and nothing is lost by that.

use std::collections::BTreeSet;

use k8s_rbac::lint::{Finding, Linter, Report, SUPPRESS, Severity};
use k8s_rbac::model::{
    ClusterRole, ClusterRoleBinding, Namespace, ObjectKey, ObjectMeta, PolicyRule, RoleBinding, RoleRef, ServiceAccount, Subject,
};
use k8s_rbac::policy::Completeness;
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, Policy, render};

fn linter() -> Linter {
    Linter::new(Profile::default())
}

fn admin(subjects: impl IntoIterator<Item = Subject>) -> ClusterRoleBinding {
    ClusterRoleBinding::new("admin", "own-admin", subjects)
}

fn policy(binding: ClusterRoleBinding) -> Policy {
    let everything = [PolicyRule::resources(["*"], ["*"], ["*"]), PolicyRule::urls(["*"], ["*"])];
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("own-admin", everything));
    policy.insert(binding);
    policy
}

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.rule.as_ref()).collect()
}

/// Every rule that found something, folded or not.
fn all_ids(report: &Report) -> BTreeSet<&str> {
    let told = report.findings.iter().chain(report.suppressed.iter().map(|(finding, _)| finding));
    told.flat_map(|finding| [&finding.rule].into_iter().chain(&finding.implied)).map(AsRef::as_ref).collect()
}

#[test]
fn a_grant_of_everything_is_one_finding_with_what_it_implies() {
    let rbac = Authorizer::new(policy(admin([Subject::group("ops"), Subject::group("sre")])));
    let (folded, unfolded) = (linter().lint(&rbac), linter().unfolded().lint(&rbac));
    assert_eq!(ids(&folded.findings), ["RB601"]);
    let head = &folded.findings[0];
    assert!(head.implied.is_sorted() && head.implied.len() > 90, "{:?}", head.implied);
    assert!(["RB101", "RB201", "RB429", "RB701"].iter().all(|id| head.implied.iter().any(|implied| implied == id)));
    assert_eq!(all_ids(&folded), all_ids(&unfolded));
    assert!(unfolded.findings.len() > 90 && unfolded.findings.iter().all(|finding| finding.implied.is_empty()));
    let text = render::findings(&folded, &linter().rules(), rbac.policy());
    assert!(text.contains("  = implies: RB101 RB105 RB106"), "{text}");
    assert!(render::table(&folded).contains("do everything in the cluster (and what "));
}

#[test]
fn an_unbound_role_of_everything_is_one_finding_too() {
    let mut policy = policy(admin([]));
    policy.remove::<ClusterRoleBinding>("", "admin");
    let report = linter().lint(&Authorizer::new(policy));
    let of_permissions: Vec<&str> =
        ids(&report.findings).into_iter().filter(|id| !["RB805", "RB603", "RB604", "RB605"].contains(id)).collect();
    assert_eq!(of_permissions, ["RB601"]);
}

#[test]
fn what_is_accepted_covers_what_it_implies() {
    let mut binding = admin([Subject::group("ops")]);
    binding.metadata.annotations.insert(SUPPRESS.into(), "RB601: they run the cluster".into());
    let report = linter().lint(&Authorizer::new(policy(binding)));
    assert_eq!(ids(&report.findings), [""; 0]);
    assert_eq!(report.suppressed.len(), 1);
    assert!(report.suppressed[0].0.implied.len() > 90);
}

#[test]
fn what_is_accepted_by_itself_or_is_worse_stays_by_itself() {
    let rbac = Authorizer::new(policy(admin([Subject::group("ops")])));
    let key = ObjectKey { kind: "ClusterRoleBinding", namespace: String::new(), name: "admin".into() };
    let report = linter().allow("RB101", key, "known").severity("RB601", Severity::High).lint(&rbac);
    assert!(report.suppressed.iter().any(|(finding, _)| finding.rule == "RB101"));
    let head = report.findings.iter().find(|finding| finding.rule == "RB601").unwrap();
    assert!(!head.implied.iter().any(|id| id == "RB101"));
    assert!(report.findings.iter().all(|finding| finding.rule == "RB601" || finding.severity == Severity::Critical));
    assert!(report.reaches(Severity::Critical));
}

#[test]
fn everything_in_a_namespace_implies_what_is_found_there_and_not_elsewhere() {
    let mut policy = policy(admin([]));
    policy.remove::<ClusterRoleBinding>("", "admin");
    let joe = || [Subject::user("joe")];
    policy.insert(RoleBinding::new("dev", "owner", RoleRef::cluster_role("own-admin"), joe()));
    policy.insert(ClusterRole::new("secrets", [PolicyRule::resources(["get"], [""], ["secrets"])]));
    policy.insert(RoleBinding::new("dev", "secrets", RoleRef::cluster_role("secrets"), joe()));
    let report = linter().lint(&Authorizer::new(policy));
    let of = |name: &str| -> Vec<&str> {
        let own = report.findings.iter().filter(|finding| finding.object.name == name);
        own.filter(|finding| finding.severity > Severity::Low).map(|finding| finding.rule.as_ref()).collect()
    };
    assert_eq!(of("owner"), ["RB602"]);
    assert_eq!(of("secrets"), ["RB102", "RB103"]);
}

fn dangling() -> Policy {
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("unused", [PolicyRule::resources(["get"], [""], ["nodes"])]));
    policy.insert(ClusterRole::new("local", [PolicyRule::resources(["get"], [""], ["nodes"])]));
    let account = || [Subject::service_account("dev", "gone")];
    policy.insert(RoleBinding::new("dev", "b", RoleRef::cluster_role("missing"), account()));
    policy.insert(RoleBinding::new("dev", "c", RoleRef::cluster_role("local"), [Subject::service_account("lost", "x")]));
    policy.insert(ServiceAccount { metadata: ObjectMeta::namespaced("dev", "there"), ..ServiceAccount::default() });
    policy.insert(Namespace { metadata: ObjectMeta::named("dev"), ..Namespace::default() });
    policy
}

/// Each rule that says of something that it is not there, with the kinds that it has to know all of.
#[test]
fn nothing_is_said_to_be_missing_from_a_policy_that_was_not_given_whole() {
    let rules = ["RB717", "RB801", "RB802", "RB803", "RB805", "RB810"];
    let said = |given: Completeness| {
        let mut policy = dangling();
        policy.set_completeness(given);
        let report = linter().lint(&Authorizer::new(policy));
        let found: BTreeSet<String> = report.findings.iter().map(|finding| finding.rule.to_string()).collect();
        (rules.iter().filter(|rule| found.contains(**rule)).copied().collect::<Vec<_>>(), report)
    };
    let none = Completeness::nothing;
    assert_eq!(said(Completeness::whole()).0, rules);
    assert_eq!(said(none()).0, [""; 0]);
    assert_eq!(said(none().with_all::<ClusterRole>()).0, ["RB801"]);
    assert_eq!(said(none().with::<ServiceAccount>("dev")).0, ["RB802"]);
    assert_eq!(said(none().with::<ServiceAccount>("other")).0, [""; 0]);
    assert_eq!(said(none().with_all::<Namespace>()).0, ["RB803"]);
    assert_eq!(said(none().with_all::<RoleBinding>()).0, [""; 0]);
    assert_eq!(said(none().with_all::<ClusterRoleBinding>()).0, ["RB810"]);
    assert_eq!(said(none().with_all::<ClusterRoleBinding>().with_all::<RoleBinding>()).0, ["RB717", "RB805", "RB810"]);
}

#[test]
fn why_there_may_be_more_is_told_in_every_form() {
    let mut policy = dangling();
    policy.set_completeness(Completeness::nothing().with_all::<ClusterRole>());
    let report = linter().lint(&Authorizer::new(policy.clone()));
    assert_eq!(report.caveats().count(), 8);
    let caveat = "there may be more: not every RoleBinding was given\n";
    assert!(render::findings(&report, &[], &policy).contains(&format!("note: {caveat}")));
    assert!(render::table(&report).contains(caveat));
    assert!(!render::table(&report).contains("not every ClusterRole was given"));
    #[cfg(feature = "json")]
    {
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["incomplete"][1]["kind"], "RoleBinding");
    }
    #[cfg(feature = "sarif")]
    {
        let log = render::sarif::log(&linter(), &report);
        let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
        assert_eq!(told[1]["message"]["text"], "there may be more: not every RoleBinding was given");
        assert_eq!(crate::sarif::violations_of(&log), [""; 0]);
    }
}
