//! What one user name or one group is granted: bindings in order, those of the cluster and those of each namespace.

use std::sync::Arc;

use super::hash::Hashes;
use super::names::Name;
use super::query::Here;
use super::roles::RoleId;
use crate::cow::{Held, Table, Trie};
use crate::model::{ClusterRoleBinding, RoleBinding, Subject};
use crate::policy::{AnyBinding, Place, Shared};

/// Where a binding stands among all: ClusterRoleBindings before RoleBindings, those of a kind by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Order(u64);

impl Order {
    /// After every binding.
    pub(super) const LAST: Self = Self(u64::MAX);
    const LOCAL: u64 = 1 << 63;

    pub(super) const fn of(binding: AnyBinding<'_>, place: Place) -> Self {
        match binding {
            AnyBinding::ClusterRoleBinding(_) => Self(place),
            AnyBinding::RoleBinding(_) => Self(place | Self::LOCAL),
        }
    }

    const fn place(self) -> Place {
        self.0 & !Self::LOCAL
    }

    pub(super) const fn is_local(self) -> bool {
        self.0 & Self::LOCAL != 0
    }
}

/// A binding that applies to a name of this hash: 32 bytes.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    pub(super) order: Order,
    pub(super) bound: Bound,
    pub(super) role: RoleId,
    /// The number of the first subject of the binding that has a name of this hash.
    pub(super) subject: u32,
}

/// A binding, and of a RoleBinding a part of the hash of its namespace.
#[derive(Debug, Clone)]
pub(super) enum Bound {
    Cluster(Shared<ClusterRoleBinding>),
    Local(u32, Shared<RoleBinding>),
}

impl Bound {
    pub(super) fn new(binding: AnyBinding<'_>, namespace: u32) -> Self {
        match binding {
            AnyBinding::ClusterRoleBinding(binding) => Self::Cluster(Shared::clone(binding)),
            AnyBinding::RoleBinding(binding) => Self::Local(namespace, Shared::clone(binding)),
        }
    }

    #[inline]
    pub(super) const fn binding(&self) -> AnyBinding<'_> {
        match self {
            Self::Cluster(binding) => AnyBinding::ClusterRoleBinding(binding),
            Self::Local(_, binding) => AnyBinding::RoleBinding(binding),
        }
    }
}

impl Held for Granted {
    fn glance(&self) -> usize {
        match &self.bound {
            Bound::Cluster(binding) => binding.glance(),
            Bound::Local(_, binding) => binding.glance(),
        }
    }
}

/// The part of the hash of a namespace that lies beside a binding.
pub(super) const fn short(namespace: u64) -> u32 {
    namespace as u32
}

impl Granted {
    /// Whether the binding is of the cluster or, as far as the hash tells, of the namespace.
    #[inline(always)]
    pub(super) const fn may_be_in(&self, here: Here) -> bool {
        match self.bound {
            Bound::Cluster(_) => true,
            Bound::Local(namespace, _) => here.has(namespace),
        }
    }

    /// The number of the first subject of the binding that has the name, which it need not have: hashes only find. Without a name it was
    /// compared before. Cost: `O(1)`, for two names of one hash are not met.
    #[inline(always)]
    pub(super) fn subject_named(&self, name: Option<&Name<'_>>) -> Option<u32> {
        let Some(&name) = name else { return Some(self.subject) };
        let binding = self.bound.binding();
        let (subjects, namespace) = (binding.subjects(), binding.namespace());
        if subjects.get(self.subject as usize).is_some_and(|subject| name.is_of_known(subject, namespace)) {
            return Some(self.subject);
        }
        first_named(subjects, namespace, name)
    }
}

#[cold]
fn first_named(subjects: &[Subject], namespace: &str, name: Name<'_>) -> Option<u32> {
    let position = subjects.iter().position(|subject| name.is_of(subject, namespace))?;
    u32::try_from(position).ok()
}

/// How many bindings lie in one piece.
const FEW: usize = 16;
/// How many bindings a flat list may hold.
const FLAT: usize = 64;

/// Bindings of one kind in order, each once.
#[derive(Debug, Clone)]
pub(super) enum List {
    Flat(Vec<Granted>),
    Deep(Trie<Granted>),
}

impl Default for List {
    fn default() -> Self {
        Self::Flat(Vec::new())
    }
}

impl List {
    fn is_empty(&self) -> bool {
        match self {
            Self::Flat(list) => list.is_empty(),
            Self::Deep(trie) => trie.len() == 0,
        }
    }

    /// Shows the bindings, in order, until one is taken.
    #[inline]
    pub(super) fn until<'a>(&'a self, mut takes: impl FnMut(&'a Granted) -> bool) {
        match self {
            Self::Flat(list) => {
                let _ = list.iter().any(takes);
            }
            Self::Deep(trie) => {
                let _ = trie.any(&mut takes);
            }
        }
    }

    /// Adds a binding; if it is there, its first subject stays.
    fn add(&mut self, granted: Granted) {
        match self {
            Self::Flat(list) => {
                if let Err(at) = list.binary_search_by_key(&granted.order, |other| other.order) {
                    list.insert(at, granted);
                }
                if list.len() > FLAT {
                    let mut trie = Trie::default();
                    for granted in list.drain(..) {
                        trie.insert(granted.order.place(), granted);
                    }
                    *self = Self::Deep(trie);
                }
            }
            Self::Deep(trie) => {
                if trie.get(granted.order.place()).is_none() {
                    trie.insert(granted.order.place(), granted);
                }
            }
        }
    }

    fn remove(&mut self, order: Order) {
        match self {
            Self::Flat(list) => {
                if let Ok(at) = list.binary_search_by_key(&order, |other| other.order) {
                    list.remove(at);
                }
            }
            Self::Deep(trie) => {
                trie.remove(order.place());
            }
        }
    }
}

/// What is granted. Most subjects stand in one binding or in a few, which lie in place or in one piece.
#[derive(Debug, Clone)]
pub(super) enum Grants {
    One(Granted),
    /// At most [`FEW`], in order, of the cluster and of any namespaces.
    Few(Arc<[Granted]>),
    Many(Arc<Many>),
}

/// Any number of bindings.
#[derive(Debug, Clone, Default)]
pub(super) struct Many {
    pub(super) cluster: List,
    local: Table<InNamespace>,
}

/// The RoleBindings of the namespaces of one hash, at least one binding. Whoever uses one compares its namespace.
#[derive(Debug, Clone)]
struct InNamespace {
    hash: u64,
    list: List,
}

impl Held for InNamespace {
    fn glance(&self) -> usize {
        match &self.list {
            List::Flat(list) => list.iter().fold(0, |sum, granted| sum ^ granted.glance()),
            List::Deep(trie) => trie.glance(),
        }
    }
}

impl Many {
    #[inline]
    pub(super) fn in_namespace(&self, hash: u64) -> Option<&List> {
        self.local.find(hash, |found| found.hash == hash).map(|found| &found.list)
    }

    /// The lists of all namespaces, in no particular order.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &List> {
        self.local.iter().map(|found| &found.list)
    }

    fn add(&mut self, hashes: &Hashes, granted: Granted) {
        let Bound::Local(_, binding) = &granted.bound else { return self.cluster.add(granted) };
        let hash = hashes.text(&binding.metadata.namespace);
        if let Some(found) = self.local.find_mut(hash, |found| found.hash == hash) {
            return found.list.add(granted);
        }
        let new = InNamespace { hash, list: List::Flat(vec![granted]) };
        self.local.insert_unique(hash, new, |found| found.hash);
    }

    fn remove(&mut self, hashes: &Hashes, binding: AnyBinding<'_>, order: Order) {
        if !order.is_local() {
            return self.cluster.remove(order);
        }
        let hash = hashes.text(binding.namespace());
        let Some(found) = self.local.find_mut(hash, |found| found.hash == hash) else { return };
        found.list.remove(order);
        if found.list.is_empty() {
            self.local.remove(hash, |found| found.hash == hash);
        }
    }
}

impl Held for Grants {
    fn glance(&self) -> usize {
        match self {
            Self::One(granted) => granted.glance(),
            Self::Few(list) => list.glance(),
            Self::Many(many) => many.glance(),
        }
    }
}

impl Grants {
    /// Adds a binding; if it is there, its first subject stays.
    pub(super) fn add(&mut self, hashes: &Hashes, granted: Granted) {
        if let Self::Many(many) = self {
            return Arc::make_mut(many).add(hashes, granted);
        }
        let list = self.few().unwrap_or_default();
        let Err(at) = list.binary_search_by_key(&granted.order, |other| other.order) else { return };
        let (before, after) = list.split_at_checked(at).unwrap_or((list, &[]));
        let longer = before.iter().cloned().chain(std::iter::once(granted)).chain(after.iter().cloned());
        if list.len() < FEW {
            *self = Self::Few(longer.collect());
            return;
        }
        let mut many = Many::default();
        longer.for_each(|granted| many.add(hashes, granted));
        *self = Self::Many(Arc::new(many));
    }

    /// Takes out a binding; says whether nothing is left.
    pub(super) fn remove(&mut self, hashes: &Hashes, binding: AnyBinding<'_>, order: Order) -> bool {
        if let Self::Many(many) = self {
            let many = Arc::make_mut(many);
            many.remove(hashes, binding, order);
            return many.cluster.is_empty() && many.local.len() == 0;
        }
        let others = || self.few().unwrap_or_default().iter().filter(|granted| granted.order != order);
        let left = match others().count() {
            0 => return true,
            1 => others().next().cloned().map(Self::One),
            _ => Some(Self::Few(others().cloned().collect())),
        };
        if let Some(left) = left {
            *self = left;
        }
        false
    }

    /// The bindings, unless they are many.
    pub(super) fn few(&self) -> Option<&[Granted]> {
        match self {
            Self::One(granted) => Some(std::slice::from_ref(granted)),
            Self::Few(list) => Some(list),
            Self::Many(_) => None,
        }
    }
}
