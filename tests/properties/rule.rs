//! One rule against one request: the matching that allocates nothing against upstream's loops written down plainly.

use k8s_rbac::model::PolicyRule;
use k8s_rbac::request::{Attributes, OwnedAttributes};
use k8s_rbac::rule::rule_allows;
use proptest::prelude::*;

fn plain(rule: &PolicyRule, request: &Attributes<'_>) -> bool {
    let any = |entries: &[String], wanted: &str| entries.iter().any(|entry| entry == "*" || entry == wanted);
    if !any(&rule.verbs, request.verb) {
        return false;
    }
    if !request.resource_request {
        return rule.non_resource_urls.iter().any(|url| {
            url == "*" || url == request.path || url.ends_with('*') && request.path.starts_with(url.trim_end_matches('*'))
        });
    }
    let of_any_resource = format!("*/{}", request.subresource);
    let resource = rule.resources.iter().any(|entry| {
        entry == "*" || *entry == request.combined_resource() || !request.subresource.is_empty() && *entry == of_any_resource
    });
    let name = rule.resource_names.is_empty() || rule.resource_names.iter().any(|name| name == request.name);
    any(&rule.api_groups, request.api_group) && resource && name
}

proptest! {
    #[test]
    fn matching_is_the_plain_one(rule in any::<PolicyRule>(), request in any::<OwnedAttributes>()) {
        let attributes = request.attributes();
        prop_assert_eq!(rule_allows(&rule, &attributes), plain(&rule, &attributes));
    }
}
