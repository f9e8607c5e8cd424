//! RB8: rules that do nothing, or not what they say.

use super::known::{AUDIENCE, Known, URL_VERBS, is_asked, is_known_group, is_possible_group, known, meant};
use super::over::{Flaw, is_cluster_wide, of_bindings, of_rules, only_in_namespaces};
use super::row::{READ, Row};
use super::simple::Simple;
use crate::lint::Names::Some as Any;
use crate::lint::Severity::{Info, Low, Medium};
use crate::lint::{Context, Severities, Want};
use crate::model::{ALL, PolicyRule, Subject};
use crate::policy::AnyBinding;
use crate::resources::Catalogue;

pub(super) const ROWS: &[Row] = &[Row {
    id: "RB823",
    name: "secret-like-objects",
    title: "read objects that hold secrets, or say where they lie",
    why: "they are secrets by another name",
    fix: "leave them to their controller",
    cases: &[(
        Severities::everywhere(Medium),
        &[&[
            Want::new(READ, "bitnami.com", &["sealedsecrets"], Any),
            Want::new(
                READ,
                "external-secrets.io",
                &["externalsecrets", "secretstores", "clustersecretstores", "pushsecrets"],
                Any,
            ),
            Want::new(READ, "secrets.hashicorp.com", &["?"], Any),
            Want::new(READ, "management.cattle.io", &["tokens"], Any),
        ]],
    )],
    ..Row::BASE
}];

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB810",
        name: "inert-cluster-scoped",
        severity: Medium,
        title: "granted in namespaces, and lives in none",
        why: "the server asks about it without a namespace, so only a ClusterRoleBinding grants it; kubectl auth can-i with a namespace says yes",
        fix: "bind it by a ClusterRoleBinding, or take it out",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |used, rule| {
                let entries = rule.resources.iter().enumerate().filter(|(_, entry)| is_inert_in_namespaces(context, rule, entry));
                let flaws = entries.map(|(index, entry)| Flaw::entry(Medium, "resources", index, entry));
                if only_in_namespaces(context, used) { flaws.collect() } else { Vec::new() }
            });
        },
    },
    Simple {
        id: "RB811",
        name: "inert-urls",
        severity: Medium,
        title: "URLs granted in namespaces",
        why: "a request for a URL has no namespace, so only a ClusterRoleBinding grants it",
        fix: "bind a ClusterRole by a ClusterRoleBinding, or take them out",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |used, rule| {
                let inert = only_in_namespaces(context, used) && !rule.non_resource_urls.is_empty();
                inert.then(|| Flaw::of(Medium, "nonResourceURLs", ""))
            });
        },
    },
    Simple {
        id: "RB812",
        name: "names-with-create",
        severity: Medium,
        title: "create or deletecollection limited to names",
        why: "such a request has no name, so the rule never allows it",
        fix: "allow it without names in a rule of its own, or take the verb out",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                let whole = !rule.resource_names.is_empty() && rule.resources.iter().any(|entry| !entry.contains('/'));
                verbs_among(rule, &["create", "deletecollection"], whole, Medium)
            });
        },
    },
    Simple {
        id: "RB813",
        name: "unknown-verb",
        severity: Medium,
        title: "a verb that nothing here knows",
        why: "the server never asks about it",
        fix: "correct the verb, or take it out",
        see: &["KSV-0042"],
        check: |info, context, found| of_rules(info, context, found, |_, rule| unknown_verbs(context.resources(), rule)),
    },
    Simple {
        id: "RB814",
        name: "unknown-resource",
        severity: Medium,
        title: "a resource or API group that does not exist",
        why: "the server never asks about it; names are plural and in lower case, groups carry no version, and the core group is empty",
        fix: "correct the name, or take it out",
        see: &[],
        check: |info, context, found| of_rules(info, context, found, |_, rule| unknown_resources(context.resources(), rule)),
    },
    Simple {
        id: "RB815",
        name: "removed-api",
        severity: Low,
        title: "a resource that is gone",
        why: "the server no longer serves it",
        fix: "take it out, or name the group that took its place",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                let gone = |group: &str, entry: &str| match known(context.resources(), group, entry) {
                    Known::Removed(version) => version <= context.profile().version,
                    _ => false,
                };
                let of_group = |entry: &str| rule.api_groups.iter().find(|group| gone(group, entry)).cloned();
                let entries =
                    rule.resources.iter().enumerate().filter_map(|(index, entry)| Some((index, entry, of_group(entry)?)));
                let flaws = entries
                    .map(|(index, entry, group)| Flaw::of(Low, &format!("resources[{index}]"), format!("{group}/{entry}")));
                flaws.collect::<Vec<_>>()
            });
        },
    },
    Simple {
        id: "RB816",
        name: "mixed-rule",
        severity: Low,
        title: "a rule about both resources and URLs",
        why: "the API refuses it; where it was never applied, tools disagree about what it means",
        fix: "make two rules of it",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                let of_resources = !rule.resources.is_empty() || !rule.api_groups.is_empty();
                (of_resources && !rule.non_resource_urls.is_empty()).then(|| Flaw::of(Low, "", ""))
            });
        },
    },
    Simple {
        id: "RB820",
        name: "namespace-would-do",
        severity: Info,
        title: "a service account of one namespace holds namespaced resources in the whole cluster",
        why: "if it works in its own namespace alone, a RoleBinding gives it enough",
        fix: "a RoleBinding in each namespace that it works in",
        see: &[],
        check: |info, context, found| {
            of_bindings(info, context, found, |binding| {
                let whole = is_cluster_wide(binding) && accounts_of_one_namespace(binding);
                let role = context.policy().role_of(binding).ok().filter(|_| whole)?;
                let local = !role.rules().is_empty() && role.rules().iter().all(|rule| is_namespaced(context.resources(), rule));
                local.then(|| Flaw::of(Info, "roleRef", ""))
            });
        },
    },
    Simple {
        id: "RB824",
        name: "names-with-list",
        severity: Info,
        title: "list or watch limited to names",
        why: "it is allowed only to who selects one of the names by metadata.name; RBAC looks at no other selector",
        fix: "nothing, if the clients do that",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                verbs_among(rule, &["list", "watch"], !rule.resource_names.is_empty(), Info)
            });
        },
    },
];

fn verbs_among(rule: &PolicyRule, verbs: &[&str], applies: bool, severity: crate::lint::Severity) -> Vec<Flaw> {
    let listed = rule.verbs.iter().enumerate().filter(|(_, verb)| applies && verbs.contains(&verb.as_str()));
    listed.map(|(index, verb)| Flaw::entry(severity, "verbs", index, verb)).collect()
}

/// Whether an entry is of a resource without namespaces, in every group of the rule. The namespace itself is asked about in itself, and so
/// are the ClusterRoles that a RoleBinding may bind.
fn is_inert_in_namespaces(context: &Context<'_>, rule: &PolicyRule, entry: &str) -> bool {
    let plural = entry.split_once('/').map_or(entry, |(plural, _)| plural);
    let binds = plural == "clusterroles" && rule.verbs.iter().any(|verb| verb == "bind" || verb == ALL);
    let cluster_scoped = |group: &String| match known(context.resources(), group, entry) {
        Known::Served(resource) => !resource.namespaced,
        Known::Absent => true,
        _ => false,
    };
    let served = |group: &String| matches!(known(context.resources(), group, entry), Known::Served(_));
    plural != "namespaces" && !binds && rule.api_groups.iter().any(served) && rule.api_groups.iter().all(cluster_scoped)
}

fn unknown_verbs(resources: &Catalogue, rule: &PolicyRule) -> Vec<Flaw> {
    let of_resources = |verb: &str| {
        let pairs = rule.api_groups.iter().flat_map(|group| rule.resources.iter().map(move |entry| (group, entry)));
        let mut asked = pairs.map(|(group, entry)| is_asked(resources, group, entry, verb)).peekable();
        let something = asked.peek().is_some();
        let answers: Vec<Option<bool>> = asked.collect();
        let nowhere = something && !answers.contains(&Some(true)) && answers.contains(&Some(false)) && !answers.contains(&None);
        nowhere || (something && !answers.contains(&Some(true)) && meant(verb).is_some())
    };
    let of_urls = |verb: &str| rule.resources.is_empty() && !rule.non_resource_urls.is_empty() && !URL_VERBS.contains(&verb);
    let listed = rule.verbs.iter().enumerate().filter(|(_, verb)| *verb != ALL && (of_resources(verb) || of_urls(verb)));
    listed.map(|(index, verb)| Flaw::entry(Medium, "verbs", index, verb)).collect()
}

fn unknown_resources(resources: &Catalogue, rule: &PolicyRule) -> Vec<Flaw> {
    if rule.verbs.iter().any(|verb| verb == AUDIENCE) {
        return Vec::new();
    }
    let impossible = |group: &str| !is_possible_group(resources, group);
    let groups = rule.api_groups.iter().enumerate().filter(|(_, group)| impossible(group));
    let groups = groups.map(|(index, group)| Flaw::entry(Medium, "apiGroups", index, group));
    // A rule that names several groups names each of its resources in one of them, as a rule.
    let absent = |entry: &str| {
        let mut judged = rule.api_groups.iter().filter(|group| !impossible(group)).peekable();
        judged.peek().is_some()
            && judged.all(|group| is_known_group(resources, group) && known(resources, group, entry) == Known::Absent)
    };
    let entries = rule.resources.iter().enumerate().filter(|(_, entry)| absent(entry));
    groups.chain(entries.map(|(index, entry)| absent_entry(resources, index, entry))).collect()
}

fn absent_entry(resources: &Catalogue, index: usize, entry: &str) -> Flaw {
    let (name, subresource) = entry.split_once('/').map_or((entry, ""), |(name, subresource)| (name, subresource));
    let found = resources.find(name).filter(|_| subresource.is_empty());
    let meant =
        found.map_or(String::new(), |found| format!(", while there is {:?} in the group {:?}", found.plural, found.group));
    Flaw::of(Medium, &format!("resources[{index}]"), format!("{entry:?}{meant}"))
}

fn accounts_of_one_namespace(binding: AnyBinding<'_>) -> bool {
    let Some(first) = binding.subjects().first() else { return false };
    let same = |subject: &Subject| {
        subject.kind == Subject::SERVICE_ACCOUNT && !subject.namespace.is_empty() && subject.namespace == first.namespace
    };
    binding.subjects().iter().all(same)
}

/// Whether a rule is about nothing but resources that are known to live in namespaces.
fn is_namespaced(resources: &Catalogue, rule: &PolicyRule) -> bool {
    let local = |entry: &String| {
        let served = rule.api_groups.iter().filter_map(|group| match known(resources, group, entry) {
            Known::Served(resource) => Some(resource.namespaced),
            Known::Nothing => Some(false),
            _ => None,
        });
        let served: Vec<bool> = served.collect();
        !served.is_empty() && served.iter().all(|namespaced| *namespaced)
    };
    rule.non_resource_urls.is_empty() && !rule.resources.is_empty() && rule.resources.iter().all(local)
}
