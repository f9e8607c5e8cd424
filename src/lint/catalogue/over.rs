//! Walks that rules share: over the rules of roles, over bindings, over subjects.

use super::simple::Found;
use crate::lint::{Context, Finding, GrantOf, RoleUse, RuleInfo, Severity};
use crate::model::{ClusterRole, ClusterRoleBinding, ObjectMeta, PolicyRule, RoleRef, Subject};
use crate::policy::{AnyBinding, AnyRole};

/// What is wrong with a list of a rule.
pub(super) struct Flaw {
    severity: Severity,
    field: String,
    more: String,
}

impl Flaw {
    /// Wrong in the whole rule, or in one of its lists.
    pub(super) fn of(severity: Severity, list: &str, more: impl Into<String>) -> Self {
        let field = if list.is_empty() { String::new() } else { format!(".{list}") };
        Self { severity, field, more: more.into() }
    }

    /// Wrong in one entry of a list.
    pub(super) fn entry(severity: Severity, list: &str, index: usize, entry: &str) -> Self {
        Self { severity, field: format!(".{list}[{index}]"), more: format!("{entry:?}") }
    }
}

/// Reports the flaws of every rule of every role that is written by hand: what an aggregation gathers is told where it was written.
pub(super) fn of_rules<I>(
    info: &RuleInfo,
    context: &Context<'_>,
    found: Found<'_>,
    flaws: impl Fn(&RoleUse<'_>, &PolicyRule) -> I,
) where
    I: IntoIterator<Item = Flaw>,
{
    for used in context.roles().iter().filter(|used| aggregates(used.role).is_none()) {
        for (index, rule) in used.role.rules().iter().enumerate() {
            for Flaw { severity, field, more } in flaws(used, rule) {
                let finding = Finding::of_role(info, used.role, &format!("rules[{index}]{field}")).with_severity(severity);
                found(if more.is_empty() { finding } else { finding.saying(more) });
            }
        }
    }
}

/// The ClusterRole, if its rules are gathered from others.
pub(super) fn aggregates(role: AnyRole<'_>) -> Option<&ClusterRole> {
    match role {
        AnyRole::ClusterRole(role) if role.aggregation_rule.is_some() => Some(&***role),
        _ => None,
    }
}

/// Reports every binding of which the function says which field is wrong, and why.
pub(super) fn of_bindings(
    info: &RuleInfo,
    context: &Context<'_>,
    found: Found<'_>,
    flaw: impl Fn(AnyBinding<'_>) -> Option<Flaw>,
) {
    for binding in context.policy().bindings() {
        if let Some(Flaw { severity, field, more }) = flaw(binding) {
            let finding = Finding::of_binding(info, binding, field.trim_start_matches('.')).with_severity(severity);
            found(if more.is_empty() { finding } else { finding.saying(more) });
        }
    }
}

/// Reports every subject of which the function says how bad it is.
pub(super) fn of_subjects(
    info: &RuleInfo,
    context: &Context<'_>,
    found: Found<'_>,
    bad: impl Fn(AnyBinding<'_>, &Subject) -> Option<Severity>,
) {
    for binding in context.policy().bindings() {
        for (index, subject) in binding.subjects().iter().enumerate() {
            if let Some(severity) = bad(binding, subject) {
                let finding = Finding::of_binding(info, binding, &format!("subjects[{index}]"));
                found(finding.with_severity(severity).saying(format_args!("{} {}", subject.kind, subject.name)));
            }
        }
    }
}

pub(super) fn is_user(subject: &Subject, name: &str) -> bool {
    subject.kind == Subject::USER && subject.name == name
}

pub(super) fn is_group(subject: &Subject, name: &str) -> bool {
    subject.kind == Subject::GROUP && subject.name == name
}

/// Whether the binding grants one of these ClusterRoles or Roles.
pub(super) fn refers_to(binding: AnyBinding<'_>, roles: &[&str]) -> bool {
    roles.contains(&binding.role_ref().name.as_str())
}

pub(super) fn is_cluster_wide(binding: AnyBinding<'_>) -> bool {
    matches!(binding, AnyBinding::ClusterRoleBinding(_))
}

pub(super) fn refers_to_cluster_role(binding: AnyBinding<'_>) -> bool {
    binding.role_ref().kind == RoleRef::CLUSTER_ROLE
}

pub(super) fn metadata(role: AnyRole<'_>) -> &ObjectMeta {
    match role {
        AnyRole::Role(role) => &role.metadata,
        AnyRole::ClusterRole(role) => &role.metadata,
    }
}

/// Whether the role is granted, and nowhere in the whole cluster.
pub(super) fn only_in_namespaces(context: &Context<'_>, used: &RoleUse<'_>) -> bool {
    let local = |grant: &GrantOf<'_>| !is_cluster_wide(grant.binding);
    let known = || context.policy().completeness().holds_every::<ClusterRoleBinding>("");
    matches!(used.role, AnyRole::Role(_)) || (!used.grants.is_empty() && used.grants.iter().all(local) && known())
}

/// Whether a rule holds every request about a resource. As there are more strings than any rule lists, nothing but a rule of stars does.
pub(super) fn is_everything(rule: &PolicyRule) -> bool {
    let all = |list: &[String]| list.iter().any(|entry| entry == "*");
    rule.resource_names.is_empty() && all(&rule.verbs) && all(&rule.api_groups) && all(&rule.resources)
}
