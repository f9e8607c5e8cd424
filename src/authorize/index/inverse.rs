//! From a request to the roles that allow it, and from a role to its bindings.

use super::Index;
use super::query::{Asked, Query};
use super::roles::{Held, RoleId};
use crate::policy::{AnyRole, Place};
use crate::request::Attributes;

impl Index {
    /// The roles that allow the request, each with the number of its first rule that does.
    ///
    /// Cost: a glance at the filter of each role, and a look-up in those that may have such a rule.
    pub(in crate::authorize) fn allowing<'a>(&'a self, request: &Attributes<'_>) -> Vec<(AnyRole<'a>, usize)> {
        let query = Query { request, hashes: &self.hashes, asked: Asked::new(&self.hashes, request) };
        let found = self.roles.numbers().filter_map(|id| {
            let role = self.candidate(id, &query.asked)?;
            Some((role.role(), role.first_rule(&query)? as usize))
        });
        found.collect()
    }

    fn candidate(&self, id: RoleId, asked: &Asked) -> Option<&Held> {
        if self.roles.may_allow(id, asked) { self.roles.get(id) } else { None }
    }

    /// The roles that may have a rule on the resource of one of the requests: none that has is missing. Cost: as [`Self::allowing`].
    pub(in crate::authorize) fn about<'a>(&'a self, requests: &[Attributes<'_>]) -> Vec<AnyRole<'a>> {
        let asked: Vec<Asked> = requests.iter().map(|request| Asked::new(&self.hashes, request)).collect();
        let of = |id: RoleId| asked.iter().find_map(|asked| self.candidate(id, asked));
        self.roles.numbers().filter_map(of).map(Held::role).collect()
    }

    /// The places of the ClusterRoleBindings that point at the role, in order.
    pub(in crate::authorize) fn cluster_bindings_to<'a>(&'a self, role: AnyRole<'_>) -> impl Iterator<Item = Place> + use<'a> {
        self.roles.users(&self.hashes, role).into_iter().flat_map(|users| users.cluster())
    }

    /// The places of the RoleBindings that point at the role, in order.
    pub(in crate::authorize) fn role_bindings_to<'a>(&'a self, role: AnyRole<'_>) -> impl Iterator<Item = Place> + use<'a> {
        self.roles.users(&self.hashes, role).into_iter().flat_map(|users| users.local())
    }

    /// How many RoleBindings point at the role.
    pub(in crate::authorize) fn count_role_bindings_to(&self, role: AnyRole<'_>) -> usize {
        self.roles.users(&self.hashes, role).map_or(0, |users| users.count_local())
    }
}
