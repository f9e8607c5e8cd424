//! Resources and subresources.

use k8s_rbac::request::RequestInfo;

use crate::naive::{JANE, RIGHT, Reading, combined, differ, glob, has, held, jane, lists, rule, wrong_no, wrong_yes};
use crate::upstream::ask;

const CERTIFICATES: &str = "certificates.k8s.io";

/// `nodes/proxy` is looked for with the verb `create` alone, but a WebSocket to the kubelet arrives as GET.
#[test]
fn f03_commands_run_through_get_nodes_proxy() {
    let objects = held([rule("get", "", "nodes/proxy")]);
    let info = RequestInfo::from_target("GET", "/api/v1/nodes/n1/proxy/exec/default/web/web?command=id").unwrap();
    let naive = RIGHT.allows(&objects, &jane("create", "nodes").subresource("proxy"));
    differ((naive, false), (ask(&objects, &info.attributes(&JANE)), true));
}

/// Commands in Pods are looked for with the verb `create` alone, but a WebSocket arrives as GET.
#[test]
fn f74_exec_over_a_websocket_is_a_get() {
    let objects = held([rule("get", "", "pods/exec")]);
    let info = RequestInfo::from_target("GET", "/api/v1/namespaces/default/pods/web/exec?command=id").unwrap();
    let naive = RIGHT.allows(&objects, &jane("create", "pods").subresource("exec").in_namespace("default").named("web"));
    differ((naive, false), (ask(&objects, &info.attributes(&JANE)), true));
}

/// Any resource of the group counts as certificate signing requests.
#[test]
fn f04_the_resource_of_a_group_is_part_of_the_match() {
    let naive = Reading { resource: |_, _| true, ..RIGHT };
    let objects = held([rule("create", CERTIFICATES, "podcertificaterequests")]);
    wrong_yes(naive, &objects, jane("create", "certificatesigningrequests").in_group(CERTIFICATES));
}

/// `userextras` is matched as a plain resource, but an extra is asked for as `userextras/<key>`.
#[test]
fn f05_extras_are_subresources() {
    const GROUP: &str = "authentication.k8s.io";
    let naive = Reading { resource: |rule, _| has(&rule.resources, "userextras"), ..RIGHT };
    let objects = held([rule("impersonate", GROUP, "userextras/scopes").named(["view"])]);
    wrong_no(naive, &objects, jane("impersonate", "userextras").subresource("scopes").in_group(GROUP).named("view"));
}

/// Resources that begin with `*/` are not known.
#[test]
fn f15_star_slash_scale_is_the_scale_of_every_resource() {
    let naive = Reading { resource: |rule, request| has(&rule.resources, &combined(request)), ..RIGHT };
    let request = jane("update", "deployments").subresource("scale").in_group("apps");
    wrong_no(naive, &held([rule("update", "apps", "*/scale")]), request);
}

/// Resources are globbed as a shell does it.
#[test]
fn f27_resources_are_no_globs() {
    let naive = Reading { resource: |rule, request| rule.resources.iter().any(|entry| glob(entry, &combined(request))), ..RIGHT };
    wrong_yes(naive, &held([rule("get", "apps", "deploy*")]), jane("get", "deployments").in_group("apps"));
}

/// Approval is looked for with the verb `update` alone.
#[test]
fn f30_certificates_are_approved_by_patch_too() {
    let objects = held([rule("patch", CERTIFICATES, "certificatesigningrequests/approval")]);
    let on_approval = |verb| jane(verb, "certificatesigningrequests").subresource("approval").in_group(CERTIFICATES);
    let naive = RIGHT.allows(&objects, &on_approval("update"));
    let info =
        RequestInfo::from_target("PATCH", "/apis/certificates.k8s.io/v1/certificatesigningrequests/mine/approval").unwrap();
    differ((naive, false), (ask(&objects, &info.attributes(&JANE)), true));
}

/// `pods/*` is read as every subresource of Pods.
#[test]
fn f33_pods_slash_star_does_not_grant_exec() {
    let naive = Reading { resource: |rule, request| rule.resources.iter().any(|entry| glob(entry, &combined(request))), ..RIGHT };
    wrong_yes(naive, &held([rule("create", "", "pods/*")]), jane("create", "pods").subresource("exec"));
}

/// Resources are compared for equality, wildcards included.
#[test]
fn f38_a_star_covers_subresources() {
    let naive = Reading { resource: |rule, request| lists(&rule.resources, &combined(request)), ..RIGHT };
    wrong_no(naive, &held([rule("create", "", "*")]), jane("create", "pods").subresource("exec"));
}

/// The role that may be escalated is looked for as `roles` alone.
#[test]
fn f41_cluster_roles_are_escalated_too() {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let naive = Reading { resource: |rule, _| has(&rule.resources, "roles"), ..RIGHT };
    wrong_no(naive, &held([rule("escalate", GROUP, "clusterroles")]), jane("escalate", "clusterroles").in_group(GROUP));
}

/// `*/exec` is missed where `pods/exec` is looked for.
#[test]
fn f44_star_slash_exec_grants_exec() {
    let naive = Reading { resource: |rule, _| ["pods/exec", "*"].iter().any(|entry| lists(&rule.resources, entry)), ..RIGHT };
    wrong_no(naive, &held([rule("create", "", "*/exec")]), jane("create", "pods").subresource("exec"));
}

/// `pods/*` is counted as port forwarding.
#[test]
fn f50_pods_slash_star_does_not_grant_portforward() {
    let naive = Reading {
        resource: |rule, request| {
            has(&rule.resources, &combined(request)) || lists(&rule.resources, &format!("{}/*", request.resource))
        },
        ..RIGHT
    };
    wrong_yes(naive, &held([rule("create", "", "pods/*")]), jane("create", "pods").subresource("portforward"));
}

/// A grant on a cluster-scoped resource inside a namespace is taken for access, since a review that names the namespace says yes.
#[test]
fn f62_a_namespaced_answer_on_nodes_is_no_access_to_nodes() {
    let objects = crate::naive::held_in("dev", [rule("list", "", "nodes")]);
    assert!(ask(&objects, &jane("list", "nodes").in_namespace("dev")), "RBAC compares strings, and says yes as upstream does");
    let naive = RIGHT.allows(&objects, &jane("list", "nodes").in_namespace("dev"));
    let info = RequestInfo::from_target("GET", "/api/v1/nodes").unwrap();
    differ((naive, true), (ask(&objects, &info.attributes(&JANE)), false));
}

/// `*/*` is accepted as a wildcard.
#[test]
fn f69_star_slash_star_is_no_wildcard() {
    let naive =
        Reading { resource: |rule, request| has(&rule.resources, &combined(request)) || lists(&rule.resources, "*/*"), ..RIGHT };
    wrong_yes(naive, &held([rule("get", "", "*/*")]), jane("get", "pods").subresource("log"));
}

/// Resources are lower-cased before they are compared.
#[test]
fn f78_resources_differ_in_case() {
    let naive = Reading {
        resource: |rule, request| rule.resources.iter().any(|entry| entry.to_lowercase() == combined(request)),
        ..RIGHT
    };
    wrong_yes(naive, &held([rule("get", "", "Secrets")]), jane("get", "secrets"));
}
