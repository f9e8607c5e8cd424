//! Names of objects.

use k8s_rbac::request::RequestInfo;

use crate::naive::{JANE, RIGHT, Reading, glob, held, held_in, jane, lists, rule, wrong_no, wrong_yes};

/// The names of a rule are walked through, and there are none to walk through.
#[test]
fn f12_no_names_are_every_name() {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let naive = Reading { name: |rule, request| rule.resource_names.iter().any(|name| name == request.name), ..RIGHT };
    let objects = held([rule("bind", GROUP, "clusterroles")]);
    wrong_no(naive, &objects, jane("bind", "clusterroles").in_group(GROUP).named("cluster-admin"));
}

/// Whoever may read one Secret is listed among those who may list them.
#[test]
fn f22_a_rule_with_names_does_not_allow_a_request_without() {
    let naive = Reading { name: |rule, request| request.name.is_empty() || (RIGHT.name)(rule, request), ..RIGHT };
    wrong_yes(naive, &held([rule("list", "", "secrets").named(["one"])]), jane("list", "secrets"));
}

/// A `*` in a name becomes `.*`.
#[test]
fn f26_resource_names_are_no_regular_expressions() {
    let naive = Reading { name: |rule, request| rule.resource_names.iter().any(|name| glob(name, request.name)), ..RIGHT };
    wrong_yes(naive, &held([rule("get", "", "secrets").named(["app-*"])]), jane("get", "secrets").named("app-token"));
}

/// The names of a rule about namespaces are compared with the word `namespaces`.
#[test]
fn f29_a_namespace_lies_in_itself() {
    let naive = Reading {
        name: |rule, request| rule.resource_names.is_empty() || lists(&rule.resource_names, request.resource),
        ..RIGHT
    };
    let info = RequestInfo::from_target("GET", "/api/v1/namespaces/team").unwrap();
    wrong_no(naive, &held_in("team", [rule("get", "", "namespaces").named(["team"])]), info.attributes(&JANE));
}

/// A rule with names is skipped.
#[test]
fn f35_names_narrow_a_rule_and_do_not_void_it() {
    let naive = Reading { name: |rule, _| rule.resource_names.is_empty(), ..RIGHT };
    wrong_no(naive, &held([rule("patch", "", "pods").named(["db-0"])]), jane("patch", "pods").named("db-0"));
}

/// A literal `*` among the names is waited for as the sign of no limit.
#[test]
fn f42_no_limit_is_no_names_and_not_a_star() {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let naive = Reading { name: |rule, _| lists(&rule.resource_names, "*"), ..RIGHT };
    let objects = held([rule("bind", GROUP, "clusterroles")]);
    wrong_no(naive, &objects, jane("bind", "clusterroles").in_group(GROUP).named("admin"));
}

/// The ConfigMap that grants access to the cluster is looked for by its name in the rule.
#[test]
fn f45_who_may_update_every_config_map_may_update_this_one() {
    let naive = Reading { name: |rule, request| lists(&rule.resource_names, request.name), ..RIGHT };
    wrong_no(
        naive,
        &held([rule("update", "", "configmaps")]),
        jane("update", "configmaps").in_namespace("kube-system").named("aws-auth"),
    );
}

/// Several names are widened to none, "to keep the role small".
#[test]
fn f70_two_names_are_not_all_names() {
    let naive = Reading { name: |rule, request| rule.resource_names.len() > 1 || (RIGHT.name)(rule, request), ..RIGHT };
    wrong_yes(naive, &held([rule("get", "", "configmaps").named(["one", "two"])]), jane("get", "configmaps").named("three"));
}
