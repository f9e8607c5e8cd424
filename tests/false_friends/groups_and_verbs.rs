//! API groups and verbs.

use k8s_rbac::resources::Catalogue;

use crate::naive::{JANE, RIGHT, Reading, differ, has, held, jane, lists, rule, wrong_no, wrong_yes};
use crate::upstream::ask;

/// API groups are left out of the match; a custom resource may be called `secrets` too.
#[test]
fn f07_the_api_group_is_part_of_the_match() {
    let naive = Reading { group: |_, _| true, ..RIGHT };
    wrong_yes(naive, &held([rule("get", "example.com", "secrets")]), jane("get", "secrets"));
}

/// A verb `*` in the role is compared as a word.
#[test]
fn f08_a_star_among_verbs_is_every_verb() {
    let naive = Reading { verb: |rule, request| lists(&rule.verbs, request.verb), ..RIGHT };
    wrong_no(naive, &held([rule("*", "", "configmaps,secrets")]), jane("get", "secrets"));
}

/// Verbs that discovery does not list are refused before the policy is read.
#[test]
fn f17_verbs_that_no_resource_serves_are_verbs() {
    let objects = held([rule("impersonate", "", "users")]);
    let request = jane("impersonate", "users");
    let catalogue = Catalogue::built_in();
    let naive =
        catalogue.get("", "users").is_some_and(|users| users.serves("impersonate", "")) && RIGHT.allows(&objects, &request);
    differ((naive, false), (ask(&objects, &request), true));
}

/// The core group is rewritten to `core`, and rules that look for `""` find nothing.
#[test]
fn f19_the_core_group_is_the_empty_string() {
    let rewritten = |group: &str| if group.is_empty() { "core".to_owned() } else { group.to_owned() };
    let objects = held([rule("create", "", "pods/exec")]);
    let found = rule("create", "", "pods/exec")
        .api_groups
        .iter()
        .map(|group| rewritten(group))
        .any(|group| ["", "*"].contains(&group.as_str()));
    differ((found, false), (ask(&objects, &jane("create", "pods").subresource("exec")), true));
}

/// Whoever may create Deployments is looked for in the groups `core`, `batch` and `*`.
#[test]
fn f20_deployments_are_in_the_group_apps() {
    let naive = Reading { group: |rule, _| ["", "batch", "*"].iter().any(|group| lists(&rule.api_groups, group)), ..RIGHT };
    wrong_no(naive, &held([rule("create", "apps", "deployments")]), jane("create", "deployments").in_group("apps"));
}

/// `verb and A or B`, without parentheses, calls read access to B administration.
#[test]
fn f21_every_resource_is_paired_with_the_verb() {
    const GROUP: &str = "mutations.gatekeeper.sh";
    let objects = held([rule("get,list", GROUP, "assign,assignmetadata")]);
    let writes = |rule: &k8s_rbac::model::PolicyRule| has(&rule.verbs, "update");
    let role = rule("get,list", GROUP, "assign,assignmetadata");
    let naive = writes(&role) && has(&role.resources, "assign") || has(&role.resources, "assignmetadata");
    differ((naive, true), (ask(&objects, &jane("update", "assignmetadata").in_group(GROUP)), false));
}

/// Verbs are lower-cased before they are compared.
#[test]
fn f28_verbs_differ_in_case() {
    let naive = Reading { verb: |rule, request| rule.verbs.iter().any(|verb| verb.to_lowercase() == request.verb), ..RIGHT };
    wrong_yes(naive, &held([rule("GET", "", "secrets")]), jane("get", "secrets"));
}

/// Workloads are looked for in the core group alone.
#[test]
fn f34_daemonsets_are_not_in_the_core_group() {
    let naive = Reading { group: |rule, _| has(&rule.api_groups, ""), ..RIGHT };
    wrong_no(naive, &held([rule("patch", "apps", "daemonsets")]), jane("patch", "daemonsets").in_group("apps"));
}

/// Only a role whose groups list a literal `*` is reported.
#[test]
fn f43_the_group_need_not_be_a_star() {
    let naive = Reading { group: |rule, _| lists(&rule.api_groups, "*"), ..RIGHT };
    wrong_no(naive, &held([rule("impersonate", "", "groups")]), jane("impersonate", "groups"));
}

/// `connect` is taken for the verb of a proxied request.
#[test]
fn f51_no_request_has_the_verb_connect() {
    let objects = held([rule("connect", "", "nodes/proxy")]);
    let naive = lists(&rule("connect", "", "nodes/proxy").verbs, "connect");
    let ours = ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().any(|method| {
        let info = k8s_rbac::request::RequestInfo::from_target(method, "/api/v1/nodes/n1/proxy/run/default/web/web").unwrap();
        ask(&objects, &info.attributes(&JANE))
    });
    differ((naive, true), (ours, false));
}

/// A wildcard is one only if verbs, groups and resources are all `*`.
#[test]
fn f52_one_star_is_enough_to_reach_what_does_not_exist_yet() {
    let role = rule("get", "", "*");
    let naive = [&*role.verbs, &role.api_groups, &role.resources].iter().all(|entries| lists(entries, "*"));
    differ((naive, false), (ask(&held([role]), &jane("get", "inventions")), true));
}

/// `impersonate` is looked for in the group of roles.
#[test]
fn f57_impersonation_is_not_asked_in_the_group_of_roles() {
    let naive = Reading { group: |rule, _| lists(&rule.api_groups, "rbac.authorization.k8s.io"), ..RIGHT };
    wrong_no(naive, &held([rule("impersonate", "", "serviceaccounts")]), jane("impersonate", "serviceaccounts"));
}

/// The pattern `^*$` repeats an anchor, and fits every verb.
#[test]
fn f64_a_repeated_anchor_is_no_star() {
    let naive = Reading { verb: |_, _| true, ..RIGHT };
    wrong_yes(naive, &held([rule("bind", "", "secrets")]), jane("get", "secrets"));
}

/// Only a list that is exactly `["*"]` is searched for.
#[test]
fn f68_a_star_among_other_verbs_is_a_star() {
    let naive = Reading { verb: |rule, request| *rule.verbs == ["*"] || lists(&rule.verbs, request.verb), ..RIGHT };
    wrong_no(naive, &held([rule("get,*", "", "secrets")]), jane("delete", "secrets"));
}
