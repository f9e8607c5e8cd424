//! Roles as numbers and as sets: equal lists of rules are met once.

use std::collections::HashMap;

use crate::model::PolicyRule;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::AnyRole;

/// The number of a list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RoleId(usize);

/// The lists of rules that were met, and the sets that were made of them.
#[derive(Debug, Default)]
pub(crate) struct RoleSets<'a> {
    /// By where the rules lie: most questions are about a role that was met before.
    by_address: HashMap<usize, RoleId>,
    by_rules: HashMap<&'a [PolicyRule], RoleId>,
    rules: Vec<&'a [PolicyRule]>,
    sets: HashMap<Vec<RoleId>, PermissionSet>,
    single_rules: HashMap<RoleId, Vec<PermissionSet>>,
}

impl<'a> RoleSets<'a> {
    /// The number of the role's rules. Cost: `O(rules)` the first time.
    pub(crate) fn id(&mut self, role: AnyRole<'a>) -> RoleId {
        let (rules, next) = (role.rules(), RoleId(self.rules.len()));
        let address = rules.as_ptr().addr();
        if let Some(id) = self.by_address.get(&address).filter(|_| !rules.is_empty()) {
            return *id;
        }
        let id = *self.by_rules.entry(rules).or_insert(next);
        if id == next {
            self.rules.push(rules);
        }
        self.by_address.insert(address, id);
        id
    }

    fn rules_of(&self, id: RoleId) -> &'a [PolicyRule] {
        self.rules.get(id.0).copied().unwrap_or_default()
    }

    /// What the roles allow together. `ids` are sorted and without duplicates.
    pub(crate) fn union(&mut self, ids: &[RoleId]) -> Result<PermissionSet, TooLarge> {
        if let Some(known) = self.sets.get(ids) {
            return Ok(known.clone());
        }
        let set = match ids {
            [] => PermissionSet::empty(),
            [id] => PermissionSet::from_rules(self.rules_of(*id))?,
            _ => {
                let parts = ids.iter().map(|id| self.union(&[*id])).collect::<Result<Vec<_>, _>>()?;
                PermissionSet::union_all(&parts)?
            }
        };
        self.sets.insert(ids.to_vec(), set.clone());
        Ok(set)
    }

    /// What each rule of the role allows.
    pub(crate) fn single_rules(&mut self, id: RoleId) -> Result<&[PermissionSet], TooLarge> {
        let rules = self.rules_of(id);
        let made = match self.single_rules.remove(&id) {
            Some(known) => known,
            None => rules.iter().map(PermissionSet::from_rule).collect::<Result<Vec<_>, _>>()?,
        };
        Ok(self.single_rules.entry(id).or_insert(made))
    }
}
