//! What rules and subjects come to together, and what they do not.

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, PolicyRule, Subject};
use k8s_rbac::{Attributes, UserInfo};

use crate::naive::{RIGHT, differ, has, held, jane, rule};
use crate::upstream::ask;

/// All verbs of a pattern must stand in one rule.
#[test]
fn f09_what_is_held_is_the_union_of_the_rules() {
    let rules = [rule("get", "", "secrets"), rule("list", "", "secrets")];
    let wanted = ["get", "list"].map(|verb| jane(verb, "secrets"));
    let naive = rules.iter().any(|rule| wanted.iter().all(|request| RIGHT.rule(rule, request)));
    differ((naive, false), (wanted.iter().all(|request| ask(&held(rules.clone()), request)), true));
}

/// A pattern of two halves is met when one half is met twice.
#[test]
fn f10_each_half_of_a_pattern_must_be_met() {
    let rules = [rule("create", "", "pods"), rule("create", "", "pods,services")];
    let halves = [jane("create", "pods"), jane("list", "secrets")];
    let matches = rules.iter().flat_map(|rule| halves.iter().filter(|half| RIGHT.rule(rule, half))).count();
    differ((matches >= halves.len(), true), (halves.iter().all(|half| ask(&held(rules.clone()), half)), false));
}

/// Verbs and resources of a role are tested each on its own.
#[test]
fn f55_a_verb_belongs_to_the_resources_of_its_rule() {
    let rules = [rule("get", "", "configmaps"), rule("create", "", "secrets")];
    let any = |test: fn(&PolicyRule) -> bool| rules.iter().any(test);
    let naive = any(|rule| has(&rule.verbs, "get")) && any(|rule| has(&rule.resources, "secrets"));
    differ((naive, true), (ask(&held(rules.clone()), &jane("get", "secrets")), false));
}

/// Groups and resources are gathered over all rules.
#[test]
fn f58_a_group_belongs_to_the_resources_of_its_rule() {
    let rules = [rule("get", "", "nodes"), rule("get", "example.com", "nodes/proxy")];
    let any = |test: fn(&PolicyRule) -> bool| rules.iter().any(test);
    let naive = any(|rule| has(&rule.api_groups, "")) && any(|rule| has(&rule.resources, "nodes/proxy"));
    differ((naive, true), (ask(&held(rules.clone()), &jane("get", "nodes").subresource("proxy")), false));
}

/// What is held is collected for each subject as it is written.
#[test]
fn f83_a_service_account_holds_what_its_groups_hold() {
    let subjects = [Subject::service_account("dev", "ci"), Subject::group("system:serviceaccounts:dev")];
    let mut objects: Vec<Object> = Vec::new();
    let verbs = ["get", "list"];
    for (verb, subject) in verbs.iter().zip(subjects.clone()) {
        objects.push(ClusterRole::new(*verb, [rule(verb, "", "secrets")]).into());
        objects.push(ClusterRoleBinding::new(*verb, *verb, [subject]).into());
    }
    let held_by = |subject: &Subject| verbs.iter().zip(&subjects).filter(|(_, other)| *other == subject).count();
    let naive = subjects.iter().any(|subject| held_by(subject) == verbs.len());
    let user = UserInfo::service_account("dev", "ci");
    let ours = verbs.iter().all(|verb| ask(&objects, &Attributes::resource(verb, "secrets").by(&user)));
    differ((naive, false), (ours, true));
}

/// A rule is one finding: the first thing that it is about.
#[test]
fn f84_a_rule_says_all_that_it_says() {
    let role = rule("create,get", "", "secrets,pods/exec");
    let kinds = [("get", "secrets", ""), ("create", "pods", "exec")];
    let requests = kinds.map(|(verb, resource, subresource)| jane(verb, resource).subresource(subresource));
    let naive = requests.iter().position(|request| RIGHT.rule(&role, request)).into_iter().count();
    let ours = requests.iter().filter(|request| ask(&held([role.clone()]), request)).count();
    differ((naive, 1), (ours, 2));
}
