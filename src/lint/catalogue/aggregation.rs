//! RB209 to RB212: aggregated ClusterRoles, and what became of the default policy.

use super::over::{Flaw, aggregates, metadata, of_bindings};
use super::simple::{Found, Simple};
use crate::controller::aggregation::aggregate;
use crate::lint::Names::{All, Some as Any};
use crate::lint::Severity::{High, Low, Medium};
use crate::lint::{Context, Finding, RuleInfo, Want};
use crate::model::{ClusterRole, LabelSelector, RBAC_GROUP};
use crate::policy::{AnyBinding, AnyRole};

/// The label and the annotation of what the API server keeps in place.
const BOOTSTRAPPING: &str = "kubernetes.io/bootstrapping";
const AUTOUPDATE: &str = "rbac.authorization.kubernetes.io/autoupdate";

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB209",
        name: "aggregation-selector-wide",
        severity: Medium,
        title: "gathers the rules of more ClusterRoles than anybody names",
        why: "a selector that is empty, or asks only that a label is there or is not, selects what others write tomorrow",
        fix: "select by a label of your own with its value",
        see: &[],
        check: |info, context, found| {
            for used in context.roles() {
                let selectors = aggregates(used.role)
                    .and_then(|role| role.aggregation_rule.as_ref())
                    .map(|rule| &rule.cluster_role_selectors);
                let wide = selectors.into_iter().flatten().enumerate().filter(|(_, selector)| is_wide(selector));
                wide.for_each(|(index, _)| {
                    found(Finding::of_role(info, used.role, &format!("aggregationRule.clusterRoleSelectors[{index}]")));
                });
            }
        },
    },
    Simple {
        id: "RB210",
        name: "aggregate-member-risky",
        severity: High,
        title: "adds to a default role what that role is not to hold",
        why: "everybody who is bound to view or edit gets the rules, without a binding being touched",
        fix: "take the rules out, or the label off",
        see: &["aggregate-to-admin-escalation", "block-endpoint-edit-default-role"],
        check: |info, context, found| {
            for used in context.roles() {
                let risks =
                    RISKS.iter().filter(|(label, _)| metadata(used.role).labels.get(*label).is_some_and(|on| on == "true"));
                let witness = risks.flat_map(|(_, wants)| *wants).find_map(|want| want.witness(used.role.rules()));
                if let Some(witness) = witness.filter(|_| aggregates(used.role).is_none()) {
                    let field = format!("rules[{}]", witness.rule_index);
                    found(Finding::of_role(info, used.role, &field).saying(witness.request));
                }
            }
        },
    },
    Simple {
        id: "RB211",
        name: "aggregated-rules-handwritten",
        severity: Low,
        title: "has rules of its own beside an aggregation",
        why: "a controller writes what it gathers over them",
        fix: "put the rules into a ClusterRole that is selected",
        see: &[],
        check: |info, context, found| {
            for used in context.roles() {
                let role = aggregates(used.role).filter(|role| !role.rules.is_empty());
                let roles = context.policy().cluster_roles();
                if role
                    .is_some_and(|role| matches!(aggregate(role, roles), Ok(Some(gathered)) if !gathered_later(role, &gathered)))
                {
                    found(Finding::of_role(info, used.role, "rules"));
                }
            }
        },
    },
    Simple {
        id: "RB212",
        name: "default-role-modified",
        severity: Medium,
        title: "default policy that was changed",
        why: "drift or tampering: the API server puts back what is missing when it starts, and leaves what was added",
        fix: "put it back, and keep what is needed in objects of your own",
        see: &["System ClusterRole Modified/Deleted"],
        check: modified,
    },
];

fn is_wide(selector: &LabelSelector) -> bool {
    let by_value = selector.match_expressions.iter().any(|requirement| requirement.operator == "In");
    (selector.match_labels.is_empty() && !by_value) || selector.match_labels.contains_key(BOOTSTRAPPING)
}

/// Whether the rules are what the controller gathered before: all of them are still among what it would gather now.
fn gathered_later(role: &ClusterRole, gathered: &[crate::model::PolicyRule]) -> bool {
    role.rules.iter().all(|rule| gathered.contains(rule))
}

const TO_VIEW: &[Want] = &[
    Want::new(&["get", "list", "watch"], "", &["secrets"], Any),
    Want::new(&["create", "update", "patch", "delete", "deletecollection"], "?", &["?"], Any),
    Want::new(&["get"], "", &["pods/exec", "pods/attach", "pods/portforward", "nodes/proxy"], Any),
];
const TO_EDIT: &[Want] = &[
    Want::new(&["create", "update", "patch", "bind", "escalate"], RBAC_GROUP, &["roles", "rolebindings", "clusterroles"], Any),
    Want::new(&["create", "update", "patch"], "", &["nodes", "nodes/proxy", "persistentvolumes", "namespaces"], All),
];
/// By label, what the default role that it feeds is not to hold.
const RISKS: &[(&str, &[Want])] =
    &[("rbac.authorization.k8s.io/aggregate-to-view", TO_VIEW), ("rbac.authorization.k8s.io/aggregate-to-edit", TO_EDIT)];

fn modified(info: &RuleInfo, context: &Context<'_>, found: Found<'_>) {
    for used in context.roles() {
        let field = role_field(context, used.role);
        field.into_iter().for_each(|field| found(Finding::of_role(info, used.role, field)));
    }
    of_bindings(info, context, found, |binding| binding_field(context, binding).map(|field| Flaw::of(Medium, field, "")));
}

/// The field in which a shipped role is not what was shipped. Rules that are gathered change with what is installed.
fn role_field(context: &Context<'_>, role: AnyRole<'_>) -> Option<&'static str> {
    let baseline = context.baseline();
    let (shipped_rules, shipped_aggregation) = match role {
        AnyRole::ClusterRole(_) => {
            let shipped = baseline.cluster_roles().get("", role.name())?;
            (&shipped.rules, shipped.aggregation_rule.as_ref())
        }
        AnyRole::Role(_) => (&baseline.roles().get(role.namespace(), role.name())?.rules, None),
    };
    let aggregation = aggregates(role).and_then(|role| role.aggregation_rule.as_ref());
    let gathered = shipped_aggregation.is_some();
    let changed = aggregation != shipped_aggregation || (!gathered && role.rules() != shipped_rules.as_slice());
    let kept = metadata(role).annotations.get(AUTOUPDATE).is_some_and(|on| on == "false");
    changed.then_some("rules").or_else(|| kept.then_some("metadata.annotations"))
}

fn binding_field(context: &Context<'_>, binding: AnyBinding<'_>) -> Option<&'static str> {
    let baseline = context.baseline();
    let (shipped, annotations) = match binding {
        AnyBinding::ClusterRoleBinding(found) => {
            let shipped = AnyBinding::ClusterRoleBinding(baseline.cluster_role_bindings().get("", binding.name())?);
            (shipped, &found.metadata.annotations)
        }
        AnyBinding::RoleBinding(found) => {
            let shipped = AnyBinding::RoleBinding(baseline.role_bindings().get(binding.namespace(), binding.name())?);
            (shipped, &found.metadata.annotations)
        }
    };
    if (&shipped.role_ref().kind, &shipped.role_ref().name) != (&binding.role_ref().kind, &binding.role_ref().name) {
        return Some("roleRef");
    }
    let kept = annotations.get(AUTOUPDATE).is_some_and(|on| on == "false");
    (shipped.subjects() != binding.subjects()).then_some("subjects").or_else(|| kept.then_some("metadata.annotations"))
}
