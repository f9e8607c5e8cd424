//! URL paths.

use k8s_rbac::Attributes;
use k8s_rbac::model::PolicyRule;

use crate::naive::{JANE, RIGHT, Reading, held, held_in, lists, rule, wrong_no, wrong_yes};

fn path(path: &'static str) -> Attributes<'static> {
    Attributes::non_resource("get", path).by(&JANE)
}

/// URLs are compared as they stand.
#[test]
fn f14_a_trailing_star_is_a_prefix() {
    let naive = Reading { url: |rule, request| lists(&rule.non_resource_urls, request.path), ..RIGHT };
    wrong_no(naive, &held([PolicyRule::urls(["get"], ["/apis/*"])]), path("/apis/apps/v1"));
}

/// Only a list that is exactly `["*"]` is every URL.
#[test]
fn f23_a_star_among_other_urls_is_every_url() {
    let naive = Reading {
        url: |rule, request| *rule.non_resource_urls == ["*"] || lists(&rule.non_resource_urls, request.path),
        ..RIGHT
    };
    wrong_no(naive, &held([PolicyRule::urls(["get"], ["/healthz", "*"])]), path("/metrics"));
}

/// The URLs of a role that is bound in a namespace are kept as a grant there.
#[test]
fn f24_a_role_binding_grants_no_urls() {
    let naive = Reading { scope: |_, _, _| true, ..RIGHT };
    wrong_yes(naive, &held_in("dev", [PolicyRule::urls(["get"], ["/metrics"])]), path("/metrics"));
}

/// A rule that has both groups and URLs is read as one about resources only.
#[test]
fn f39_a_rule_may_be_about_resources_and_urls() {
    let naive = Reading { url: |rule, request| rule.api_groups.is_empty() && (RIGHT.url)(rule, request), ..RIGHT };
    let both = PolicyRule { non_resource_urls: vec!["/metrics".into()].into(), ..rule("get", "", "pods") };
    wrong_no(naive, &held([both]), path("/metrics"));
}
