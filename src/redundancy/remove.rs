//! Which of several sets are needed for their union, and a policy without what is not.

use std::collections::{BTreeMap, BTreeSet};

use super::Redundant;
use crate::model::{ClusterRole, ClusterRoleBinding, Located, Object, ObjectKey, Role, RoleBinding};
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::Policy;

/// For each set, whether it adds something to `base` and those that are needed; the first stay rather than the last.
///
/// Cost: a union, a difference and a comparison for each set.
pub(super) fn needed(base: &PermissionSet, sets: &[PermissionSet]) -> Result<Vec<bool>, TooLarge> {
    // What `base` and the sets before each allow.
    let mut before = Vec::with_capacity(sets.len());
    let mut all = base.clone();
    for set in sets {
        before.push(all.clone());
        all = all.union(set)?;
    }
    let mut kept = PermissionSet::empty();
    let mut needed = Vec::with_capacity(sets.len());
    for (set, before) in sets.iter().zip(&before).rev() {
        let adds = !before.covers(&set.difference(&kept)?);
        if adds {
            kept = kept.union(set)?;
        }
        needed.push(adds);
    }
    needed.reverse();
    Ok(needed)
}

pub(super) fn without(redundant: &Redundant, policy: &Policy) -> Policy {
    let mut less = policy.clone();
    for binding in &redundant.bindings {
        less.remove_object(&binding.binding);
    }
    let mut rules = Going::default();
    for rule in &redundant.rules {
        rules.entry(&rule.role).or_default().insert(rule.rule_index);
    }
    let mut subjects = Going::default();
    for subject in &redundant.subjects {
        subjects.entry(&subject.binding).or_default().insert(subject.subject_index);
    }
    for (key, going) in rules.into_iter().chain(subjects) {
        if let Some(object) = less.get_object(key) {
            less.insert_object(smaller(object, &going));
        }
    }
    less
}

/// The numbers of what goes, by object.
type Going<'a> = BTreeMap<&'a ObjectKey, BTreeSet<usize>>;

fn smaller(object: Located<Object>, going: &BTreeSet<usize>) -> Located<Object> {
    object.map(|mut object| {
        match &mut object {
            Object::Role(Role { rules, .. }) | Object::ClusterRole(ClusterRole { rules, .. }) => drop_at(rules, going),
            Object::RoleBinding(RoleBinding { subjects, .. })
            | Object::ClusterRoleBinding(ClusterRoleBinding { subjects, .. }) => drop_at(subjects, going),
            _ => {}
        }
        object
    })
}

fn drop_at<T>(items: &mut Vec<T>, going: &BTreeSet<usize>) {
    let mut at = 0_usize;
    items.retain(|_| {
        at += 1;
        !going.contains(&(at - 1))
    });
}
