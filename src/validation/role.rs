//! Rules, aggregation rules and label selectors (`pkg/apis/rbac/validation/validation.go`).

use super::Validation;
use super::errors::{Errors, JsonOption};
use super::metadata::check_labels;
use crate::model::{AggregationRule, ClusterRole, LabelSelector, LabelSelectorRequirement, PolicyRule, Role};
use crate::names;
use crate::quote::{JsonString, JsonStrings, SourceList};
use crate::span::FieldPath;
use crate::version::{Behaviour, KubeVersion};

/// What a Role is checked for beside its metadata.
pub(super) fn check_role(with: Validation, errors: &mut Errors, role: &Role, old: Option<&Role>) {
    let declared = with.declares() && old.is_none_or(|old| old.rules != role.rules);
    check_rules(with, errors, &role.rules, true, declared);
}

/// What a ClusterRole is checked for beside its metadata.
///
/// Bad label values in its selectors are passed over if the old role had any problem in a selector; the error of the selector as a whole
/// is not.
pub(super) fn check_cluster_role(with: Validation, errors: &mut Errors, role: &ClusterRole, old: Option<&ClusterRole>) {
    let declared = with.declares() && old.is_none_or(|old| old.rules != role.rules);
    check_rules(with, errors, &role.rules, false, declared);
    let Some(AggregationRule { cluster_role_selectors: selectors }) = &role.aggregation_rule else {
        return;
    };
    let at = || FieldPath::new("aggregationRule").child("clusterRoleSelectors");
    if selectors.is_empty() {
        errors.required(at(), "at least one clusterRoleSelector required if aggregationRule is non-nil");
    }
    let before = old.and_then(|old| old.aggregation_rule.as_ref());
    let relaxed = before.is_some_and(|rule| !rule.cluster_role_selectors.iter().all(is_valid));
    for (i, selector) in selectors.iter().enumerate() {
        check_selector(errors, &|| at().index(i), selector, !relaxed);
        if !is_valid(selector) {
            errors.invalid(at().index(i), JsonOption::<&str>(None), "invalid label selector.");
        }
    }
}

fn check_rules(with: Validation, errors: &mut Errors, rules: &[PolicyRule], namespaced: bool, declared: bool) {
    for (i, rule) in rules.iter().enumerate() {
        let at = |field: &str| FieldPath::new("rules").index(i).child(field);
        if rule.verbs.is_empty() && declared {
            errors.required_by_declaration(at("verbs"));
        } else if rule.verbs.is_empty() {
            errors.required(at("verbs"), "verbs must contain at least one value");
        }
        if rule.non_resource_urls.is_empty() {
            check_resource_rule(errors, at, rule);
        } else {
            check_url_rule(with, errors, || at("nonResourceURLs"), rule, namespaced);
        }
    }
}

fn check_resource_rule(errors: &mut Errors, at: impl Fn(&str) -> FieldPath, rule: &PolicyRule) {
    if rule.api_groups.is_empty() {
        errors.required(at("apiGroups"), "resource rules must supply at least one api group");
    }
    if rule.resources.is_empty() {
        errors.required(at("resources"), "resource rules must supply at least one resource");
    }
}

fn check_url_rule(with: Validation, errors: &mut Errors, at: impl Fn() -> FieldPath, rule: &PolicyRule, namespaced: bool) {
    let urls = &rule.non_resource_urls;
    let mut invalid = |detail: &'static str| {
        if with.version.has(Behaviour::InvalidValuesAreJson) {
            errors.invalid(at(), JsonStrings(urls), detail);
        } else {
            errors.invalid(at(), SourceList(urls), detail);
        }
    };
    if namespaced {
        invalid("namespaced rules cannot apply to non-resource URLs");
    }
    if !(rule.api_groups.is_empty() && rule.resources.is_empty() && rule.resource_names.is_empty()) {
        invalid("rules cannot apply to both regular resources and non-resource URLs");
    }
}

/// Whether the selector can be made one of the server's (`LabelSelectorAsSelector`).
fn is_valid(selector: &LabelSelector) -> bool {
    let mut errors = Errors::of(KubeVersion::REFERENCE);
    check_selector(&mut errors, &FieldPath::default, selector, true);
    errors.is_empty()
}

fn check_selector(errors: &mut Errors, at: &dyn Fn() -> FieldPath, selector: &LabelSelector, values: bool) {
    check_labels(errors, || at().child("matchLabels"), &selector.match_labels);
    for (i, requirement) in selector.match_expressions.iter().enumerate() {
        check_requirement(errors, |field| at().child("matchExpressions").index(i).child(field), requirement, values);
    }
}

fn check_requirement(
    errors: &mut Errors,
    at: impl Fn(&str) -> FieldPath,
    requirement: &LabelSelectorRequirement,
    check_values: bool,
) {
    let LabelSelectorRequirement { key, operator, values } = requirement;
    match (operator.as_str(), values.is_empty()) {
        ("In" | "NotIn", true) => errors.required(at("values"), "must be specified when `operator` is 'In' or 'NotIn'"),
        ("Exists" | "DoesNotExist", false) => {
            errors.forbidden(at("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        ("In" | "NotIn" | "Exists" | "DoesNotExist", _) => {}
        _ => errors.invalid(at("operator"), JsonString(operator), "not a valid selector operator"),
    }
    errors.names(|| at("key"), key, names::label_key(key));
    for (i, value) in values.iter().enumerate().filter(|_| check_values) {
        errors.names(|| at("values").index(i), value, names::label_value(value));
    }
}
