//! From a request to the roles that allow it, and from a role to its bindings.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::vec;

use super::Index;
use super::query::{About, Asked, Query};
use super::roles::{Held, RoleId, Users};
use crate::model::{ClusterRoleBinding, RoleBinding};
use crate::policy::{AnyRole, Place, Shared, Store};
use crate::request::Attributes;

impl Index {
    /// The role of the number, if there is one.
    pub(in crate::authorize) fn role(&self, id: RoleId) -> Option<AnyRole<'_>> {
        self.roles.get(id).map(Held::role)
    }

    /// Whether the role of the number allows the request.
    pub(in crate::authorize) fn role_allows(&self, id: RoleId, request: &Attributes<'_>, asked: Asked) -> bool {
        let query = Query::of(&self.hashes, request, &asked.by(&self.hashes, request));
        self.roles.candidate(id, &query.about).is_some_and(|role| role.first_rule(&query).is_some())
    }

    /// The roles that may have a rule on the resource of one of the requests: none that has is missing. Cost: as [`Self::answers`].
    pub(in crate::authorize) fn about<'a>(&'a self, requests: &[Attributes<'_>]) -> Vec<AnyRole<'a>> {
        let abouts: Vec<About> = requests.iter().map(|request| About::new(&self.hashes, request)).collect();
        let of = |id: RoleId| abouts.iter().find_map(|about| self.roles.candidate(id, about));
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
    pub(in crate::authorize) fn cluster_bindings_to_any(
        &self,
        roles: &[AnyRole<'_>],
    ) -> impl Iterator<Item = (Place, usize)> + use<> {
        self.bindings_to_any(roles, Users::list_cluster)
    }

    /// The same for RoleBindings.
    pub(in crate::authorize) fn role_bindings_to_any(
        &self,
        roles: &[AnyRole<'_>],
    ) -> impl Iterator<Item = (Place, usize)> + use<> {
        self.bindings_to_any(roles, Users::list_local)
    }

    /// Shows the ClusterRoleBindings that point at the role, in order.
    pub(in crate::authorize) fn each_cluster_binding_to<'a>(
        &self,
        role: AnyRole<'_>,
        bindings: &'a Store<ClusterRoleBinding>,
        show: impl FnMut(&'a Shared<ClusterRoleBinding>),
    ) {
        if let Some(users) = self.roles.users(&self.hashes, role) {
            users.each_cluster(bindings, show);
        }
    }

    /// The same for RoleBindings.
    pub(in crate::authorize) fn each_role_binding_to<'a>(
        &self,
        role: AnyRole<'_>,
        bindings: &'a Store<RoleBinding>,
        show: impl FnMut(&'a Shared<RoleBinding>),
    ) {
        if let Some(users) = self.roles.users(&self.hashes, role) {
            users.each_local(bindings, show);
        }
    }

    fn bindings_to_any(&self, roles: &[AnyRole<'_>], list: fn(&Users) -> Vec<Place>) -> Merged {
        Merged::of(roles.iter().map(|role| self.roles.users(&self.hashes, *role).map_or_else(Vec::new, list)))
    }

    /// The places of the ClusterRoleBindings that lead to no role, in order. Cost: a glance at each role, and `O(places)`.
    pub(in crate::authorize) fn unresolved_cluster_bindings(&self) -> impl Iterator<Item = Place> + use<> {
        let lists = self.roles.unresolved().map(Users::list_cluster);
        Merged::of(lists.filter(|list| !list.is_empty())).map(|(place, _)| place)
    }

    /// How many ClusterRoleBindings point at the role.
    pub(in crate::authorize) fn count_cluster_bindings_to(&self, role: AnyRole<'_>) -> usize {
        self.roles.users(&self.hashes, role).map_or(0, Users::count_cluster)
    }

    /// How many RoleBindings point at the role.
    pub(in crate::authorize) fn count_role_bindings_to(&self, role: AnyRole<'_>) -> usize {
        self.roles.users(&self.hashes, role).map_or(0, Users::count_local)
    }
}

/// The places of several lists in order, each with the number of its list. No place is in two.
///
/// Cost: `O(log lists)` where the list changes, else `O(1)`: one role is often bound more often than all others.
struct Merged {
    lists: Vec<vec::IntoIter<Place>>,
    /// The next place of every list but the last.
    heads: BinaryHeap<Reverse<(Place, usize)>>,
    /// Where the last place came from, and which place of another list is the next.
    last: usize,
    other: Place,
}

impl Merged {
    fn of(lists: impl Iterator<Item = Vec<Place>>) -> Self {
        let mut lists: Vec<vec::IntoIter<Place>> = lists.map(Vec::into_iter).collect();
        let heads = lists.iter_mut().zip(0..).filter_map(|(list, number)| Some(Reverse((list.next()?, number)))).collect();
        Self { last: lists.len(), lists, heads, other: 0 }
    }
}

impl Iterator for Merged {
    type Item = (Place, usize);

    #[inline]
    fn next(&mut self) -> Option<(Place, usize)> {
        if let Some(place) = self.lists.get_mut(self.last).and_then(Iterator::next) {
            if place < self.other {
                return Some((place, self.last));
            }
            self.heads.push(Reverse((place, self.last)));
        }
        let Reverse((place, number)) = self.heads.pop()?;
        self.last = number;
        self.other = self.heads.peek().map_or(Place::MAX, |Reverse((other, _))| *other);
        Some((place, number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.heads.len() + self.lists.iter().map(ExactSizeIterator::len).sum::<usize>();
        (count, Some(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_merged_in_order() {
        let lists = [vec![], vec![3, 9, 10], vec![0, 1, 2, 4, 5, 11, Place::MAX], vec![], vec![6], vec![7, 8]];
        let numbered = lists.iter().enumerate().flat_map(|(number, list)| list.iter().map(move |place| (*place, number)));
        let mut sorted: Vec<(Place, usize)> = numbered.collect();
        sorted.sort_unstable();
        let merged = Merged::of(lists.into_iter());
        assert_eq!(merged.size_hint(), (sorted.len(), Some(sorted.len())));
        assert_eq!(merged.collect::<Vec<_>>(), sorted);
        assert_eq!(Merged::of(std::iter::empty()).next(), None);
    }
}
