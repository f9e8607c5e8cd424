//! Findings that another one at the same role or binding says already are told with it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Finding, Rule, Suppression, Tier};
use crate::model::ObjectKey;

/// A finding, and why it is set aside, if it is.
pub(super) type Judged = (Finding, Option<Suppression>);

/// Takes out what other findings imply, and says so in those. Cost: `O(findings)`, and a question for each pair of rules.
pub(super) fn fold(rules: &[&dyn Rule], judged: &mut Vec<Judged>) {
    let implied = implied(rules);
    let heads = heads(&implied, judged);
    let mut told: HashMap<usize, BTreeSet<Cow<'static, str>>> = HashMap::new();
    let kept = judged.iter().enumerate().map(|(number, other)| {
        let head = head_of(&heads, &implied, judged, (number, other));
        head.into_iter().for_each(|head| _ = told.entry(head).or_default().insert(other.0.rule.clone()));
        head.is_none()
    });
    let mut kept = kept.collect::<Vec<bool>>().into_iter();
    for (head, ids) in told {
        judged.get_mut(head).into_iter().for_each(|(finding, _)| finding.implied = ids.iter().cloned().collect());
    }
    judged.retain(|_| kept.next().unwrap_or(true));
}

type Implied<'r> = HashMap<&'r str, HashSet<&'r str>>;

/// By the ids of rules that imply others, the ids of those.
fn implied<'r>(rules: &[&'r dyn Rule]) -> Implied<'r> {
    let of = |rule: &'r dyn Rule| {
        let others = rules.iter().filter(|other| rule.info().id != other.info().id && rule.implies(**other));
        (rule.info().id.as_ref(), others.map(|other| other.info().id.as_ref()).collect::<HashSet<_>>())
    };
    rules.iter().map(|rule| of(*rule)).filter(|(_, ids)| !ids.is_empty()).collect()
}

/// By object, the number of the first finding of a rule that implies others.
fn heads(implied: &Implied<'_>, judged: &[Judged]) -> HashMap<ObjectKey, usize> {
    let mut heads = HashMap::new();
    for (number, (finding, _)) in
        judged.iter().enumerate().filter(|(_, (finding, _))| implied.contains_key(finding.rule.as_ref()))
    {
        heads.entry(finding.object.clone()).or_insert(number);
    }
    heads
}

/// The finding that says another one, which stands with its number.
fn head_of(
    heads: &HashMap<ObjectKey, usize>,
    implied: &Implied<'_>,
    judged: &[Judged],
    (number, other): (usize, &Judged),
) -> Option<usize> {
    let head = *heads.get(&other.0.object).filter(|head| **head != number)?;
    let found = judged.get(head)?;
    let ids = implied.get(found.0.rule.as_ref())?;
    (ids.contains(other.0.rule.as_ref()) && says(found, other)).then_some(head)
}

/// Whether a finding says another one of its object: in the same scope, by the same binding alone, as bad, and set aside for the same
/// reason or not at all.
fn says((head, why): &Judged, (other, other_why): &Judged) -> bool {
    let same = other.tier == Tier::Object || (other.tier, &other.scope) == (head.tier, &head.scope);
    let alone = other.evidence.iter().all(|evidence| evidence.binding == head.object);
    same && alone && other.severity <= head.severity && (other_why.is_none() || other_why == why)
}
