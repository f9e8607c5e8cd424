//! RB8: references that lead nowhere, and objects that do nothing.

use std::collections::HashSet;

use super::over::{Flaw, aggregates, is_cluster_wide, of_bindings, of_subjects};
use super::simple::Simple;
use crate::authorize::subject::service_account_namespace;
use crate::lint::Severity::{Info, Low, Medium};
use crate::lint::context::holder;
use crate::lint::{Context, Finding};
use crate::model::{ClusterRole, Namespace, RBAC_GROUP, Role, RoleRef, ServiceAccount, Subject};
use crate::policy::{AnyBinding, AnyRole};

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB801",
        name: "dangling-role-ref",
        severity: Medium,
        title: "bound to a role that is not there",
        why: "nothing is granted, until somebody creates a role of that name and decides what",
        fix: "create the role, or delete the binding",
        see: &["non-existing-roles", "popeye 1300", "KUBE-RBAC-STALE-001"],
        check: |info, context, found| {
            of_bindings(info, context, found, |binding| {
                let RoleRef { kind, name, .. } = binding.role_ref();
                let missing = context.policy().role_of(binding).is_err() && context.baseline().role_of(binding).is_err();
                let crossed = is_cluster_wide(binding) && kind == RoleRef::ROLE;
                (missing && !crossed && knows_roles(context, binding))
                    .then(|| Flaw::of(Medium, "roleRef", format!("{kind} {name}")))
            });
        },
    },
    Simple {
        id: "RB802",
        name: "dangling-service-account",
        severity: Low,
        title: "bound to a service account that is not there",
        why: "whoever creates an account of that name inherits the role",
        fix: "create the account, or take the subject out",
        see: &["popeye 1300", "KUBE-RBAC-STALE-002"],
        check: |info, context, found| {
            let policy = context.policy();
            let listed: HashSet<&str> = policy.service_accounts().namespaces().collect();
            of_subjects(info, context, found, |binding, subject| {
                let namespace = account_namespace(binding, subject)?;
                let missing = policy.service_accounts().get(namespace, &subject.name).is_none();
                // A namespace without any account was not read: the cluster gives one to each.
                let whole = policy.completeness().holds_every::<ServiceAccount>(namespace);
                (missing && whole && subject.name != "default" && listed.contains(namespace)).then_some(Low)
            });
        },
    },
    Simple {
        id: "RB803",
        name: "dangling-namespace",
        severity: Medium,
        title: "bound to a service account of a namespace that is not there",
        why: "whoever may create namespaces may create the account and have the role",
        fix: "take the subject out",
        see: &[],
        check: |info, context, found| {
            let namespaces = context.policy().namespaces();
            let whole = !namespaces.is_empty() && context.policy().completeness().holds_every::<Namespace>("");
            of_subjects(info, context, found, |binding, subject| {
                let namespace = account_namespace(binding, subject)?;
                (whole && namespaces.get("", namespace).is_none()).then_some(Medium)
            });
        },
    },
    Simple {
        id: "RB804",
        name: "empty-subjects",
        severity: Info,
        title: "a binding without subjects",
        why: "it grants nothing to anybody, until somebody adds a subject",
        fix: "delete it",
        see: &[],
        check: |info, context, found| {
            of_bindings(info, context, found, |binding| binding.subjects().is_empty().then(|| Flaw::of(Info, "", "")));
        },
    },
    Simple {
        id: "RB805",
        name: "unused-role",
        severity: Info,
        title: "a role that nothing binds or gathers",
        why: "it waits to be bound without anybody looking at it again",
        fix: "delete it",
        see: &["popeye 400"],
        check: |info, context, found| {
            for used in context.roles().iter().filter(|used| used.grants.is_empty() && context.knows_grants_of(used.role)) {
                if !is_gathered(context, used.role) && !is_shipped(context, used.role) {
                    found(Finding::of_role(info, used.role, ""));
                }
            }
        },
    },
    Simple {
        id: "RB806",
        name: "empty-role",
        severity: Info,
        title: "a role without rules",
        why: "whoever is bound to it holds nothing",
        fix: "delete it",
        see: &[],
        check: |info, context, found| {
            let empty = |role: AnyRole<'_>| role.rules().is_empty() && aggregates(role).is_none();
            context.roles().iter().filter(|used| empty(used.role)).for_each(|used| found(Finding::of_role(info, used.role, "")));
        },
    },
    Simple {
        id: "RB809",
        name: "duplicate-subject",
        severity: Info,
        title: "the same subject twice",
        why: "taking one of them out changes nothing, which is easily overlooked",
        fix: "take one out",
        see: &[],
        check: |info, context, found| {
            for binding in context.policy().bindings() {
                let mut seen = HashSet::new();
                for (index, subject) in binding.subjects().iter().enumerate() {
                    if !seen.insert(holder(subject, binding)) {
                        let finding = Finding::of_binding(info, binding, &format!("subjects[{index}]"));
                        found(finding.saying(format_args!("{} {}", subject.kind, subject.name)));
                    }
                }
            }
        },
    },
    Simple {
        id: "RB817",
        name: "account-without-namespace",
        severity: Medium,
        title: "a service account without its namespace",
        why: "in a RoleBinding it takes that of the binding; in a ClusterRoleBinding it stands for nobody, and the API refuses it",
        fix: "write the namespace",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let severity = if is_cluster_wide(binding) { Medium } else { Low };
                (subject.kind == Subject::SERVICE_ACCOUNT && subject.namespace.is_empty()).then_some(severity)
            });
        },
    },
    Simple {
        id: "RB818",
        name: "subject-api-group",
        severity: Low,
        title: "a subject with the wrong API group",
        why: "the API refuses it, though the authorizer does not look at it",
        fix: "for users and groups write rbac.authorization.k8s.io or nothing, for service accounts nothing",
        see: &[],
        check: |info, context, found| {
            of_subjects(info, context, found, |_, subject| {
                let right =
                    subject.api_group.is_empty() || (subject.api_group == RBAC_GROUP && subject.kind != Subject::SERVICE_ACCOUNT);
                (!right).then_some(Low)
            });
        },
    },
    Simple {
        id: "RB819",
        name: "cluster-binding-to-role",
        severity: Medium,
        title: "a ClusterRoleBinding to a Role",
        why: "the API refuses it, and nothing is granted",
        fix: "bind a ClusterRole, or use a RoleBinding",
        see: &[],
        check: |info, context, found| {
            of_bindings(info, context, found, |binding| {
                let crossed = is_cluster_wide(binding) && binding.role_ref().kind == RoleRef::ROLE;
                crossed.then(|| Flaw::of(Medium, "roleRef.kind", binding.role_ref().name.as_str()))
            });
        },
    },
    Simple {
        id: "RB821",
        name: "role-in-default-namespace",
        severity: Info,
        title: "a role or binding in the namespace default",
        why: "what lands there by omission shares it",
        fix: "give the tenant a namespace of its own",
        see: &["CIS 5.7.4", "role-in-default-namespace"],
        check: |info, context, found| {
            let roles = context.roles().iter().filter(|used| used.role.namespace() == "default");
            roles.for_each(|used| found(Finding::of_role(info, used.role, "metadata.namespace")));
            of_bindings(info, context, found, |binding| {
                (binding.namespace() == "default").then(|| Flaw::of(Info, "metadata.namespace", ""))
            });
        },
    },
];

/// Whether every role that the binding could refer to was given.
fn knows_roles(context: &Context<'_>, binding: AnyBinding<'_>) -> bool {
    let given = context.policy().completeness();
    match binding.role_ref().kind == RoleRef::ROLE {
        true => given.holds_every::<Role>(binding.namespace()),
        false => given.holds_every::<ClusterRole>(""),
    }
}

/// The namespace of a subject that is a service account and has one.
fn account_namespace<'a>(binding: AnyBinding<'a>, subject: &'a Subject) -> Option<&'a str> {
    let namespace = service_account_namespace(subject, binding.namespace());
    (subject.kind == Subject::SERVICE_ACCOUNT && !namespace.is_empty()).then_some(namespace)
}

/// Whether an aggregation of the policy or of what is shipped gathers the role's rules.
fn is_gathered(context: &Context<'_>, role: AnyRole<'_>) -> bool {
    let AnyRole::ClusterRole(role) = role else { return false };
    let aggregating = context.policy().cluster_roles().iter().chain(context.baseline().cluster_roles().iter());
    let selectors = aggregating.filter_map(|role| role.aggregation_rule.as_ref()).flat_map(|rule| &rule.cluster_role_selectors);
    selectors.into_iter().any(|selector| selector.matches(&role.metadata.labels))
}

fn is_shipped(context: &Context<'_>, role: AnyRole<'_>) -> bool {
    match role {
        AnyRole::ClusterRole(role) => context.baseline().cluster_roles().get("", &role.metadata.name).is_some(),
        AnyRole::Role(role) => context.baseline().roles().get(&role.metadata.namespace, &role.metadata.name).is_some(),
    }
}
