//! Rules that the other rules of their role make needless.

use super::RedundantRule;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::{AnyRole, Policy};

/// Role by role, Roles first.
pub(super) fn redundant_rules(policy: &Policy) -> Result<Vec<RedundantRule>, TooLarge> {
    let roles = policy.roles().iter().map(AnyRole::Role).chain(policy.cluster_roles().iter().map(AnyRole::ClusterRole));
    let mut found = Vec::new();
    for role in roles {
        let sets = role.rules().iter().map(PermissionSet::from_rule).collect::<Result<Vec<_>, _>>()?;
        let needed = super::remove::needed(&PermissionSet::empty(), &sets)?;
        for (rule_index, (needed, set)) in needed.into_iter().zip(&sets).enumerate() {
            if !needed {
                found.push(RedundantRule { role: role.key(), rule_index, void: set.is_empty() });
            }
        }
    }
    Ok(found)
}
