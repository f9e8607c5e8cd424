//! From a request to the roles that allow it, and from a role to its bindings.

use super::Index;
use super::query::{Asked, Query};
use super::roles::{Held, RoleId};
use crate::policy::{AnyRole, Place};
use crate::request::Attributes;

impl Index {
    /// The role of the number, if there is one.
    pub(in crate::authorize) fn role(&self, id: RoleId) -> Option<AnyRole<'_>> {
        self.roles.get(id).map(Held::role)
    }

    /// Whether the role of the number allows the request.
    pub(in crate::authorize) fn role_allows(&self, id: RoleId, request: &Attributes<'_>, asked: Asked) -> bool {
        let query = Query { request, hashes: &self.hashes, asked: asked.by(&self.hashes, request) };
        self.roles.candidate(id, &query.asked).is_some_and(|role| role.first_rule(&query).is_some())
    }

    /// The roles that may have a rule on the resource of one of the requests: none that has is missing. Cost: as [`Self::answers`].
    pub(in crate::authorize) fn about<'a>(&'a self, requests: &[Attributes<'_>]) -> Vec<AnyRole<'a>> {
        let asked: Vec<Asked> = requests.iter().map(|request| Asked::new(&self.hashes, request)).collect();
        let of = |id: RoleId| asked.iter().find_map(|asked| self.roles.candidate(id, asked));
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

    /// The places of the ClusterRoleBindings that point at one of the roles, in order, each with the number of the role in the list.
    pub(in crate::authorize) fn cluster_bindings_to_any(&self, roles: &[AnyRole<'_>]) -> Vec<(Place, usize)> {
        merged(roles, |role| self.cluster_bindings_to(role))
    }

    /// The same for RoleBindings.
    pub(in crate::authorize) fn role_bindings_to_any(&self, roles: &[AnyRole<'_>]) -> Vec<(Place, usize)> {
        merged(roles, |role| self.role_bindings_to(role))
    }

    /// How many RoleBindings point at the role.
    pub(in crate::authorize) fn count_role_bindings_to(&self, role: AnyRole<'_>) -> usize {
        self.roles.users(&self.hashes, role).map_or(0, |users| users.count_local())
    }
}

/// The places of all roles, in order. The sort is one that finds what is sorted already.
fn merged<I: Iterator<Item = Place>>(roles: &[AnyRole<'_>], places: impl Fn(AnyRole<'_>) -> I) -> Vec<(Place, usize)> {
    let mut all = Vec::new();
    for (number, role) in roles.iter().enumerate() {
        places(*role).for_each(|place| all.push((place, number)));
    }
    all.sort();
    all
}
