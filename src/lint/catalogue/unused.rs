//! RB825 and RB826: what is granted and was not used, where the linter was told of the requests that were made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::simple::{Found, Simple};
use crate::explain::why;
use crate::lint::Severity::{Low, Medium};
use crate::lint::{Context, Finding, RuleInfo};
use crate::model::{ALL, ObjectKey, Subject};
use crate::rule::rule_allows;

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB825",
        name: "unused-grant",
        severity: Low,
        title: "granted to a service account, and not used",
        why: "nobody would miss it, and whoever takes the account over has it",
        fix: "take the rule, or the binding, away",
        see: &["KUBE-RBAC-UNUSED"],
        check: unused_grants,
    },
    Simple {
        id: "RB826",
        name: "wildcard-partly-used",
        severity: Medium,
        title: "every verb is granted, and these are used",
        why: "the star can be replaced by what is needed",
        fix: "list the verbs that are used",
        see: &["KUBE-RBAC-WILDCARD-USED-PARTIAL-001"],
        check: |info, context, found| {
            let Some(use_of) = UseOf::new(context) else { return };
            for used in context.roles() {
                for (index, _) in
                    used.role.rules().iter().enumerate().filter(|(_, rule)| rule.verbs.iter().any(|verb| verb == ALL))
                {
                    let keys = used.grants.iter().filter_map(|grant| use_of.0.get(&grant.binding.key())?.get(&index));
                    let verbs: BTreeSet<&str> = keys.flatten().copied().collect();
                    if !verbs.is_empty() {
                        let finding = Finding::of_role(info, used.role, &format!("rules[{index}].verbs"));
                        found(finding.saying(verbs.into_iter().collect::<Vec<_>>().join(", ")));
                    }
                }
            }
        },
    },
];

/// By binding and number of the rule, the verbs of the requests that were made and that it allows.
struct UseOf<'a>(HashMap<ObjectKey, BTreeMap<usize, BTreeSet<&'a str>>>);

impl<'a> UseOf<'a> {
    /// Cost: `O(requests · bindings of their users)`.
    fn new(context: &Context<'a>) -> Option<Self> {
        let mut uses: HashMap<ObjectKey, BTreeMap<usize, BTreeSet<&'a str>>> = HashMap::new();
        for request in context.used()? {
            let attributes = request.attributes();
            for grant in why(context.authorizer(), &attributes) {
                let rules = uses.entry(grant.binding.key()).or_default();
                let allowing = grant.role.rules().iter().enumerate().filter(|(_, rule)| rule_allows(rule, &attributes));
                allowing.for_each(|(index, _)| {
                    rules.entry(index).or_default().insert(request.verb.as_str());
                });
            }
        }
        Some(Self(uses))
    }
}

fn unused_grants(info: &RuleInfo, context: &Context<'_>, found: Found<'_>) {
    let Some(use_of) = UseOf::new(context) else { return };
    for used in context.roles() {
        let to_accounts =
            used.grants.iter().filter(|grant| grant.subjects().any(|(_, subject)| subject.kind == Subject::SERVICE_ACCOUNT));
        for grant in to_accounts {
            let in_use = use_of.0.get(&grant.binding.key());
            let unused = (0..used.role.rules().len()).filter(|index| in_use.is_none_or(|rules| !rules.contains_key(index)));
            for index in unused {
                let finding = Finding::of_binding(info, grant.binding, "roleRef");
                found(finding.saying(format_args!("{} rules[{index}]", used.role.key())));
            }
        }
    }
}
