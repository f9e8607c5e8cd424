//! Findings that another one at the same role or binding says already are told with it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::{Finding, Rule, Suppression, Tier};
use crate::model::ObjectKey;

/// A finding, and why it is set aside, if it is.
pub(super) type Judged = (Finding, Option<Suppression>);

/// Takes out what other findings imply, and says so in those. Cost: `O(findings)`, and a question for each pair of rules.
pub(super) fn fold(rules: &[&dyn Rule], judged: Vec<Judged>) -> Vec<Judged> {
    let implied = implied(rules);
    let mut heads: IndexMap<ObjectKey, (Judged, Vec<Cow<'static, str>>)> = IndexMap::new();
    let (mut others, mut kept) = (Vec::new(), Vec::new());
    for (finding, suppression) in judged {
        let is_head = implied.contains_key(finding.rule.as_ref()) && !heads.contains_key(&finding.object);
        match is_head {
            true => _ = heads.insert(finding.object.clone(), ((finding, suppression), Vec::new())),
            false => others.push((finding, suppression)),
        }
    }
    for other in others {
        let head = heads.get_mut(&other.0.object);
        let told = head.filter(|(head, _)| {
            implied.get(head.0.rule.as_ref()).is_some_and(|ids| ids.contains(other.0.rule.as_ref())) && says(head, &other)
        });
        match told {
            Some((_, ids)) => ids.push(other.0.rule),
            None => kept.push(other),
        }
    }
    kept.extend(heads.into_values().map(|((finding, suppression), ids)| (with(finding, ids), suppression)));
    kept
}

/// By the ids of rules that imply others, the ids of those.
fn implied<'r>(rules: &[&'r dyn Rule]) -> HashMap<&'r str, HashSet<&'r str>> {
    let of = |rule: &'r dyn Rule| {
        let others = rules.iter().filter(|other| rule.info().id != other.info().id && rule.implies(**other));
        (rule.info().id.as_ref(), others.map(|other| other.info().id.as_ref()).collect::<HashSet<_>>())
    };
    rules.iter().map(|rule| of(*rule)).filter(|(_, ids)| !ids.is_empty()).collect()
}

/// Whether a finding says another one of its object: in the same scope, by the same binding alone, as bad, and set aside for the same
/// reason or not at all.
fn says((head, why): &Judged, (other, other_why): &Judged) -> bool {
    let same = other.tier == Tier::Object || (other.tier, &other.scope) == (head.tier, &head.scope);
    let alone = other.evidence.iter().all(|evidence| evidence.binding == head.object);
    same && alone && other.severity <= head.severity && (other_why.is_none() || other_why == why)
}

fn with(finding: Finding, mut implied: Vec<Cow<'static, str>>) -> Finding {
    implied.sort();
    implied.dedup();
    Finding { implied, ..finding }
}
