//! RB6: stars, and what looks like one.

use super::over::{Flaw, is_everything, metadata, of_rules};
use super::row::{EVERY_VERB, Row};
use super::simple::{Found, Simple};
use crate::lint::Names::{All, Some as Any};
use crate::lint::Severity::{Critical, High, Info, Medium};
use crate::lint::{Context, Finding, RuleInfo, Severities, Want};
use crate::model::{ALL, PolicyRule, RBAC_GROUP};

/// Stand for whatever no rule lists by name.
const EVERY_GROUP: &str = "every.group";
const EVERY_RESOURCE: &[&str] = &["every-resource"];
const EVERYTHING: &[&[Want]] = &[&[Want::new(EVERY_VERB, EVERY_GROUP, &["every-resource/every-subresource"], All)]];

const fn of_any_resource(verbs: &'static [&'static str]) -> Want {
    Want::new(verbs, EVERY_GROUP, EVERY_RESOURCE, All)
}

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "RB601",
        name: "cluster-admin-equivalent",
        title: "do everything in the cluster",
        why: "whatever the role is called, it is cluster-admin",
        fix: "list what is needed; keep cluster-admin for the few who run the cluster",
        see: &["CIS 5.1.1", "CIS 5.1.3", "C-0035", "KSV-0044", "cluster_admin", "risky-any-verb", "KUBE-PRIVESC-017"],
        cases: &[(Severities::cluster_only(Critical), EVERYTHING)],
        everything: true,
        implies: &["RB213", "RB701"],
        ..Row::BASE
    },
    Row {
        id: "RB602",
        name: "namespace-admin-equivalent",
        title: "do everything in a namespace",
        why: "its holder owns the namespace: the Secrets, the workloads, and who else may do what",
        fix: "list what is needed, or bind admin, which cannot change quotas",
        see: &["KSV-0112", "open-ns-level"],
        cases: &[(Severities::namespaces_only(Critical, High), EVERYTHING)],
        everything: true,
        implies: &["RB701"],
        ..Row::BASE
    },
    Row {
        id: "RB607",
        name: "any-resource",
        title: "one verb on every resource",
        why: "to get is to read every Secret, to create is to make Pods and tokens, and what is installed tomorrow is included",
        fix: "list the resources",
        see: &["C-0035", "KSV-0044", "KSV-0046", "risky-any-resource"],
        cases: &[
            (Severities::of(Critical, Critical, High), &[&[of_any_resource(&["create", "get", "list", "watch"])]]),
            (Severities::everywhere(High), &[&[of_any_resource(&["update", "patch", "delete"])]]),
        ],
        ..Row::BASE
    },
];

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB603",
        name: "wildcard-verb",
        severity: High,
        title: "every verb",
        why: "a star holds escalate, bind, impersonate, approve, sign and use, and what is invented tomorrow",
        fix: "list the verbs",
        see: &["CIS 5.1.3", "CKV_K8S_49", "KSV-0045", "C-0187"],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                let special = resources_of(rule, SPECIAL);
                let flaw = |index| Flaw::entry(if special { High } else { Medium }, "verbs", index, ALL);
                star(&rule.verbs).filter(|_| !is_everything(rule) && !rule.resources.is_empty()).map(flaw)
            });
        },
    },
    Simple {
        id: "RB604",
        name: "wildcard-resource",
        severity: High,
        title: "every resource",
        why: "a star holds every subresource, exec, token and proxy among them, and kinds that are installed tomorrow",
        fix: "list the resources",
        see: &["CIS 5.1.3", "CKV_K8S_49", "KSV-0046", "KSV-0112", "C-0187"],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                star(&rule.resources).filter(|_| !is_everything(rule)).map(|index| Flaw::entry(High, "resources", index, ALL))
            });
        },
    },
    Simple {
        id: "RB605",
        name: "wildcard-group",
        severity: Medium,
        title: "every API group",
        why: "a resource of the same name in any group is included, those that are installed tomorrow too",
        fix: "list the groups",
        see: &["CIS 5.1.3", "CKV_K8S_49", "C-0187"],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                star(&rule.api_groups).filter(|_| !is_everything(rule)).map(|index| Flaw::entry(Medium, "apiGroups", index, ALL))
            });
        },
    },
    Simple {
        id: "RB606",
        name: "wildcard-subresource",
        severity: Medium,
        title: "a subresource of every resource",
        why: "it crosses kinds: */scale scales whatever can be scaled, */proxy reaches nodes as well as services",
        fix: "name the resources whose subresource is meant",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                let entries = rule.resources.iter().enumerate().filter(|(_, entry)| entry.starts_with("*/") && *entry != "*/*");
                entries.map(|(index, entry)| Flaw::entry(Medium, "resources", index, entry)).collect::<Vec<_>>()
            });
        },
    },
    Simple {
        id: "RB608",
        name: "all-standard-verbs",
        severity: Info,
        title: "all seven standard verbs, spelled out",
        why: "it is nearly a star, and easily read as less",
        fix: "leave out the verbs that are not needed",
        see: &[],
        check: |info, context, found| {
            of_rules(info, context, found, |_, rule| {
                let seven = ["get", "list", "watch", "create", "update", "patch", "delete"];
                let all = seven.iter().all(|verb| rule.verbs.iter().any(|entry| entry == verb));
                all.then(|| Flaw::of(Info, "verbs", ""))
            });
        },
    },
    Simple {
        id: "RB609",
        name: "pseudo-wildcard",
        severity: Medium,
        title: "looks like a pattern, and matches nothing of the kind",
        why: "only a lone star, */subresource, and a star at the end of a URL are wildcards; case counts",
        fix: "list what is meant",
        see: &[],
        check: |info, context, found| of_rules(info, context, found, |_, rule| pseudo(rule)),
    },
    Simple {
        id: "RB610",
        name: "view-is-not-harmless",
        severity: Medium,
        title: "named as if it only let one look, and does more",
        why: "people bind it without a second thought",
        fix: "give it a name that tells, or take the rules out",
        see: &[],
        check: harmless,
    },
];

/// Resources on which the verbs that are only checked mean something.
const SPECIAL: &[&str] =
    &["roles", "clusterroles", "users", "groups", "serviceaccounts", "signers", "secrets", "pods", "nodes", "nodes/proxy"];

fn star(list: &[String]) -> Option<usize> {
    list.iter().position(|entry| entry == ALL)
}

fn resources_of(rule: &PolicyRule, resources: &[&str]) -> bool {
    rule.resources.iter().any(|entry| entry == ALL || resources.contains(&entry.as_str()))
}

/// A list of a rule, and what is wrong with an entry of it.
type Suspects<'a> = (&'static str, &'a [String], fn(&str) -> bool);

fn pseudo(rule: &PolicyRule) -> Vec<Flaw> {
    let signers = rule.resources.iter().any(|entry| entry == "signers");
    let lists: [Suspects<'_>; 5] = [
        ("verbs", &rule.verbs, |verb| (verb.contains(ALL) && verb != ALL) || verb.bytes().any(|byte| byte.is_ascii_uppercase())),
        ("apiGroups", &rule.api_groups, |group| group.contains(ALL) && group != ALL),
        ("resources", &rule.resources, |entry| {
            let rest = entry.strip_prefix("*/").unwrap_or(entry);
            entry != ALL && rest.contains(ALL)
        }),
        // A signer is asked about by its name and by `domain/*`.
        ("resourceNames", if signers { &[] } else { &rule.resource_names }, |name| name.contains(ALL)),
        ("nonResourceURLs", &rule.non_resource_urls, |path| path.trim_end_matches('*').contains(ALL)),
    ];
    let of_list = |(list, entries, wrong): Suspects<'_>| {
        let wrong = entries.iter().enumerate().filter(move |(_, entry)| wrong(entry));
        wrong.map(|(index, entry)| Flaw::entry(Medium, list, index, entry)).collect::<Vec<_>>()
    };
    lists.into_iter().flat_map(of_list).collect()
}

/// What a role that only lets one look does not hold.
const NOT_LOOKING: &[Want] = &[
    Want::new(&["get", "list", "watch"], "", &["secrets"], All),
    Want::new(&["get", "create"], "", &["pods/exec", "pods/attach", "nodes/proxy"], Any),
    Want::new(&["create", "update", "patch", "delete"], "", &["pods", "secrets", "serviceaccounts/token"], Any),
    Want::new(&["create", "update", "patch", "delete"], "apps", &["deployments", "daemonsets", "statefulsets"], Any),
    Want::new(&["create", "update", "patch", "bind", "escalate"], RBAC_GROUP, &["roles", "clusterroles"], Any),
];

fn harmless(info: &RuleInfo, context: &Context<'_>, found: Found<'_>) {
    for used in context.roles() {
        let name = metadata(used.role).name.to_ascii_lowercase();
        let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let said = ["view", "viewer", "readonly", "reader", "read"].iter().any(|word| words.contains(word));
        if let Some(witness) = NOT_LOOKING.iter().filter(|_| said).find_map(|want| want.witness(used.role.rules())) {
            let finding = Finding::of_role(info, used.role, &format!("rules[{}]", witness.rule_index));
            found(finding.saying(witness.request));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::PermissionSet;

    /// The few strings of which rules are made here reach every case: listed, not listed, and every kind of star.
    #[test]
    fn everything_is_what_the_algebra_says_it_is() {
        let lists: [&[&str]; 5] = [&[], &["*"], &["get"], &["*/*"], &["get", "*"]];
        let every = PermissionSet::every_resource_request();
        let mut everything = 0;
        for verbs in lists {
            for groups in lists {
                for resources in lists {
                    for names in [&[] as &[&str], &["*"]] {
                        let rule =
                            PolicyRule::resources(verbs.to_vec(), groups.to_vec(), resources.to_vec()).named(names.to_vec());
                        let covers = PermissionSet::from_rule(&rule).is_ok_and(|set| set.covers(&every));
                        let rules = std::slice::from_ref(&rule);
                        assert_eq!(is_everything(&rule), covers, "{rule:?}");
                        assert_eq!(EVERYTHING.iter().all(|wants| wants.iter().any(|want| want.witness(rules).is_some())), covers);
                        everything += usize::from(covers);
                    }
                }
            }
        }
        assert_eq!(everything, 8);
    }
}
