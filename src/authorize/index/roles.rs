//! The roles that there are or that bindings point at, by number.

use std::sync::Arc;

use super::hash::Hashes;
use super::query::{About, Query};
use super::rules::{RuleTable, Scope};
use super::subjects::Given;
use super::tabulate::tabulate;
use crate::cow::{self, Chunks, Table, Trie};
use crate::model::{ClusterRole, PolicyRule, Role, RoleRef};
use crate::policy::{AnyBinding, AnyRole, Place, Shared, Store};
use crate::same::same;

/// The number of a role. Bindings keep it while the role is missing, comes, changes and goes.
pub(super) type RoleId = u32;

/// The roles, by number and by key.
#[derive(Debug, Clone, Default)]
pub(super) struct Roles {
    slots: Chunks<Slot>,
    names: Chunks<Option<Arc<Named>>>,
    ids: Table<RoleId>,
    free: Trie<()>,
    next: RoleId,
    /// The bindings whose reference is of a kind that leads nowhere.
    nowhere: Users,
}

/// What the hot path reads of a role: 48 bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    pub(super) scope: Scope,
    pub(super) held: Option<Arc<Held>>,
}

impl cow::Held for Slot {
    fn glance(&self) -> usize {
        cow::Held::glance(&self.held)
    }
}

/// A role that there is, with its rules as a table.
#[derive(Debug)]
pub(super) struct Held {
    role: Owned,
    table: RuleTable,
}

#[derive(Debug)]
enum Owned {
    Role(Shared<Role>),
    ClusterRole(Shared<ClusterRole>),
}

impl Held {
    pub(super) const fn role(&self) -> AnyRole<'_> {
        match &self.role {
            Owned::Role(role) => AnyRole::Role(role),
            Owned::ClusterRole(role) => AnyRole::ClusterRole(role),
        }
    }

    #[inline(always)]
    fn rules(&self) -> &[PolicyRule] {
        match &self.role {
            Owned::Role(role) => &role.rules,
            Owned::ClusterRole(role) => &role.rules,
        }
    }

    /// The number of the first rule that allows.
    #[inline(always)]
    pub(super) fn first_rule(&self, query: &Query<'_>) -> Option<u32> {
        self.table.first_rule(self.rules(), query)
    }
}

/// What tells a role from every other, and the bindings that point at it.
#[derive(Debug, Clone, Default)]
struct Named {
    is_cluster_role: bool,
    namespace: Box<str>,
    name: Box<str>,
    bindings: Users,
    /// The groups at hand to which it was bound since it has its number.
    given: Given,
}

/// The bindings that point at a role.
#[derive(Debug, Clone, Default)]
pub(super) enum Users {
    #[default]
    None,
    One(User),
    Many(Box<Places>),
}

/// The places of bindings, by kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    cluster: Trie<()>,
    local: Trie<()>,
}

/// A binding that points at a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    place: Place,
    is_local: bool,
}

impl User {
    const fn new(binding: AnyBinding<'_>, place: Place) -> Self {
        Self { place, is_local: matches!(binding, AnyBinding::RoleBinding(_)) }
    }
}

/// The key of a role, as references spell it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    is_cluster_role: bool,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> Key<'a> {
    fn of(role: AnyRole<'a>) -> Self {
        Self { is_cluster_role: matches!(role, AnyRole::ClusterRole(_)), namespace: role.namespace(), name: role.name() }
    }

    /// The key of the role that a binding points at; none if the reference is of a kind that leads nowhere.
    pub(super) fn wanted(binding: AnyBinding<'a>) -> Option<Self> {
        let RoleRef { kind, name, .. } = binding.role_ref();
        match kind.as_str() {
            RoleRef::ROLE => Some(Self { is_cluster_role: false, namespace: binding.namespace(), name }),
            RoleRef::CLUSTER_ROLE => Some(Self { is_cluster_role: true, namespace: "", name }),
            _ => None,
        }
    }

    pub(super) fn is(self, other: Key<'_>) -> bool {
        self.is_cluster_role == other.is_cluster_role && same(self.namespace, other.namespace) && same(self.name, other.name)
    }

    fn hash(self, hashes: &Hashes) -> u64 {
        hashes.pair(self.namespace, self.name) ^ u64::from(self.is_cluster_role)
    }
}

impl Named {
    fn key(&self) -> Key<'_> {
        Key { is_cluster_role: self.is_cluster_role, namespace: &self.namespace, name: &self.name }
    }
}

impl Roles {
    /// The number of references that lead nowhere.
    pub(super) const NOWHERE: RoleId = RoleId::MAX;

    /// What the hot path reads of the role of the number.
    #[inline(always)]
    fn slot(&self, id: RoleId) -> Option<&Slot> {
        self.slots.get(id)
    }

    /// The role of the number, if there is one.
    pub(super) fn get(&self, id: RoleId) -> Option<&Held> {
        self.slot(id)?.held.as_deref()
    }

    /// The role of the number, if it may have a rule about what is asked.
    #[inline(always)]
    pub(super) fn candidate(&self, id: RoleId, about: &About) -> Option<&Held> {
        let slot = self.slot(id)?;
        if slot.scope.may_allow(about) { slot.held.as_deref() } else { None }
    }

    fn find(&self, hashes: &Hashes, key: Key<'_>) -> Option<RoleId> {
        self.ids.find(key.hash(hashes), |&id| self.named(id).is_some_and(|named| named.key().is(key))).copied()
    }

    fn named(&self, id: RoleId) -> Option<&Named> {
        self.names.get(id)?.as_deref()
    }

    fn named_mut(&mut self, id: RoleId) -> Option<&mut Named> {
        self.names.get_mut(id)?.as_mut().map(Arc::make_mut)
    }

    pub(super) fn find_or_add(&mut self, hashes: &Hashes, key: Key<'_>) -> RoleId {
        if let Some(id) = self.find(hashes, key) {
            return id;
        }
        let id = self.fresh();
        let Key { is_cluster_role, namespace, name } = key;
        let named = Named { is_cluster_role, namespace: namespace.into(), name: name.into(), ..Named::default() };
        if let Some(place) = self.names.get_mut(id) {
            *place = Some(Arc::new(named));
        }
        let names = &self.names;
        let rehash = |&id: &RoleId| names.get(id).and_then(Option::as_ref).map_or(0, |named| named.key().hash(hashes));
        self.ids.insert_unique(key.hash(hashes), id, rehash);
        id
    }

    fn fresh(&mut self) -> RoleId {
        if let Some((id, ())) = self.free.first_from(0) {
            self.free.remove(id);
            return RoleId::try_from(id).unwrap_or(Self::NOWHERE);
        }
        let id = self.next;
        self.next += 1;
        self.slots.reach(id);
        self.names.reach(id);
        id
    }

    /// Forgets the number if there is neither the role nor a binding that points at it.
    fn release(&mut self, hashes: &Hashes, id: RoleId) {
        let Some(named) = self.named(id) else { return };
        if self.get(id).is_some() || !matches!(named.bindings, Users::None) {
            return;
        }
        let hash = named.key().hash(hashes);
        self.ids.remove(hash, |&other| other == id);
        if let Some(place) = self.names.get_mut(id) {
            *place = None;
        }
        self.free.insert(id.into(), ());
    }

    /// Takes in a role, or another version of it; gives what it may have rules about, and to which of the groups that are always at hand
    /// it was bound. Cost: that of its own rules.
    pub(super) fn put(&mut self, hashes: &Hashes, role: AnyRole<'_>) -> (Scope, Given) {
        let id = self.find_or_add(hashes, Key::of(role));
        let (table, filter) = tabulate(hashes, role.rules());
        let scope = Scope::new(filter, table.shapes);
        let role = match role {
            AnyRole::Role(role) => Owned::Role(Shared::clone(role)),
            AnyRole::ClusterRole(role) => Owned::ClusterRole(Shared::clone(role)),
        };
        if let Some(slot) = self.slots.get_mut(id) {
            *slot = Slot { scope, held: Some(Arc::new(Held { role, table })) };
        }
        (scope, self.named(id).map_or(Given::NONE, |named| named.given))
    }

    /// Notes that a binding gives the role to one of the groups that are always at hand; gives what the role may have rules about.
    pub(super) fn give(&mut self, id: RoleId, group: Given) -> Scope {
        if self.named(id).is_some_and(|named| !named.given.has(group))
            && let Some(named) = self.named_mut(id)
        {
            named.given = named.given.and(group);
        }
        self.slots.get(id).map_or_else(Scope::default, |slot| slot.scope)
    }

    /// Forgets a role.
    pub(super) fn take(&mut self, hashes: &Hashes, role: AnyRole<'_>) {
        let Some(id) = self.find(hashes, Key::of(role)) else { return };
        if let Some(slot) = self.slots.get_mut(id) {
            *slot = Slot::default();
        }
        self.release(hashes, id);
    }

    /// The bindings that point at a role.
    pub(super) fn users(&self, hashes: &Hashes, role: AnyRole<'_>) -> Option<&Users> {
        let named = self.find(hashes, Key::of(role)).and_then(|id| self.named(id));
        named.map(|named| &named.bindings)
    }

    /// The bindings that lead to no role, by what they refer to.
    pub(super) fn unresolved(&self) -> impl Iterator<Item = &Users> {
        let missing = self.numbers().filter(|id| self.get(*id).is_none());
        missing.filter_map(|id| self.named(id)).map(|named| &named.bindings).chain([&self.nowhere])
    }

    /// Every number that was given, those that are free again too.
    pub(super) fn numbers(&self) -> std::ops::Range<RoleId> {
        0..self.next
    }

    /// Notes that a binding points at its role, which need not be there.
    pub(super) fn bind(&mut self, hashes: &Hashes, binding: AnyBinding<'_>, place: Place) -> RoleId {
        let Some(key) = Key::wanted(binding) else {
            self.nowhere.add(User::new(binding, place));
            return Self::NOWHERE;
        };
        let id = self.find_or_add(hashes, key);
        if let Some(named) = self.named_mut(id) {
            named.bindings.add(User::new(binding, place));
        }
        id
    }

    /// Notes that another version of a binding stands at the place. A server has it point at the same role, which then changes nothing.
    pub(super) fn rebind(&mut self, hashes: &Hashes, before: AnyBinding<'_>, after: AnyBinding<'_>, place: Place) -> RoleId {
        if let Some((before, after)) = Key::wanted(before).zip(Key::wanted(after))
            && before.is(after)
            && let Some(id) = self.find(hashes, after)
        {
            return id;
        }
        self.unbind(hashes, before, place);
        self.bind(hashes, after, place)
    }

    /// Notes the bindings that point at a role, ClusterRoleBindings and RoleBindings each in order, where none was noted before.
    pub(super) fn bind_all(&mut self, id: RoleId, places: [Vec<Place>; 2]) {
        if let Some(named) = self.named_mut(id) {
            named.bindings = Users::all(places);
        }
    }

    /// Notes that a binding is gone.
    pub(super) fn unbind(&mut self, hashes: &Hashes, binding: AnyBinding<'_>, place: Place) {
        let Some(key) = Key::wanted(binding) else { return self.nowhere.remove(User::new(binding, place)) };
        let Some(id) = self.find(hashes, key) else { return };
        if let Some(named) = self.named_mut(id) {
            named.bindings.remove(User::new(binding, place));
        }
        self.release(hashes, id);
    }
}

impl Users {
    fn all([cluster, local]: [Vec<Place>; 2]) -> Self {
        match (cluster.as_slice(), local.as_slice()) {
            ([], []) => Self::None,
            (&[place], []) => Self::One(User { place, is_local: false }),
            ([], &[place]) => Self::One(User { place, is_local: true }),
            _ => {
                let mut places = Box::<Places>::default();
                places.cluster.insert_all(cluster.into_iter().map(|place| (place, ())));
                places.local.insert_all(local.into_iter().map(|place| (place, ())));
                Self::Many(places)
            }
        }
    }

    fn add(&mut self, user: User) {
        match self {
            Self::None => *self = Self::One(user),
            Self::One(first) => {
                let mut places = Box::<Places>::default();
                places.add(*first);
                places.add(user);
                *self = Self::Many(places);
            }
            Self::Many(places) => places.add(user),
        }
    }

    fn remove(&mut self, user: User) {
        match self {
            Self::One(only) if *only == user => *self = Self::None,
            Self::Many(places) => {
                places.of_kind(user).remove(user.place);
                if places.cluster.len() + places.local.len() == 0 {
                    *self = Self::None;
                }
            }
            Self::None | Self::One(_) => {}
        }
    }

    /// The ClusterRoleBindings.
    pub(super) fn cluster(&self) -> impl Iterator<Item = Place> {
        self.places(false, |places| &places.cluster)
    }

    /// The RoleBindings.
    pub(super) fn local(&self) -> impl Iterator<Item = Place> {
        self.places(true, |places| &places.local)
    }

    /// The ClusterRoleBindings, all at once.
    pub(super) fn list_cluster(&self) -> Vec<Place> {
        self.list(false, |places| &places.cluster)
    }

    /// The RoleBindings, all at once.
    pub(super) fn list_local(&self) -> Vec<Place> {
        self.list(true, |places| &places.local)
    }

    fn list(&self, is_local: bool, of_kind: fn(&Places) -> &Trie<()>) -> Vec<Place> {
        match self {
            Self::None => Vec::new(),
            Self::One(user) => (user.is_local == is_local).then_some(user.place).into_iter().collect(),
            Self::Many(places) => {
                let places = of_kind(places);
                let mut list = Vec::with_capacity(places.len());
                places.each(|place, ()| list.push(place));
                list
            }
        }
    }

    /// Shows the ClusterRoleBindings, in order.
    pub(super) fn each_cluster<'a, T>(&self, store: &'a Store<T>, show: impl FnMut(&'a Shared<T>)) {
        self.each(false, |places| &places.cluster, store, show);
    }

    /// Shows the RoleBindings, in order.
    pub(super) fn each_local<'a, T>(&self, store: &'a Store<T>, show: impl FnMut(&'a Shared<T>)) {
        self.each(true, |places| &places.local, store, show);
    }

    fn each<'a, T>(
        &self,
        is_local: bool,
        of_kind: fn(&Places) -> &Trie<()>,
        store: &'a Store<T>,
        show: impl FnMut(&'a Shared<T>),
    ) {
        match self {
            Self::None => {}
            Self::One(user) => store.by_place().get(user.place).filter(|_| user.is_local == is_local).into_iter().for_each(show),
            Self::Many(places) => store.each_of(of_kind(places), show),
        }
    }

    /// How many ClusterRoleBindings there are.
    pub(super) fn count_cluster(&self) -> usize {
        self.count(false, |places| &places.cluster)
    }

    /// How many RoleBindings there are.
    pub(super) fn count_local(&self) -> usize {
        self.count(true, |places| &places.local)
    }

    fn count(&self, is_local: bool, of_kind: fn(&Places) -> &Trie<()>) -> usize {
        match self {
            Self::None => 0,
            Self::One(user) => usize::from(user.is_local == is_local),
            Self::Many(places) => of_kind(places).len(),
        }
    }

    fn places(&self, is_local: bool, of_kind: fn(&Places) -> &Trie<()>) -> impl Iterator<Item = Place> {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(user) => ((user.is_local == is_local).then_some(user.place), None),
            Self::Many(places) => (None, Some(of_kind(places))),
        };
        one.into_iter().chain(many.into_iter().flat_map(|places| places.iter().map(|(place, ())| place)))
    }
}

impl Places {
    fn of_kind(&mut self, user: User) -> &mut Trie<()> {
        if user.is_local { &mut self.local } else { &mut self.cluster }
    }

    fn add(&mut self, user: User) {
        self.of_kind(user).insert(user.place, ());
    }
}
