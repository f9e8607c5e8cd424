//! What one user name or one group is granted: bindings in order, those of the cluster and those of each namespace.

use super::hash::Hashes;
use super::roles::RoleId;
use crate::cow::{Table, Trie};
use crate::model::{ClusterRoleBinding, RoleBinding};
use crate::policy::{Place, Shared};

/// A binding that applies: 24 bytes.
#[derive(Debug)]
pub(super) struct Granted<B> {
    /// Where the binding stands among those of its kind.
    pub(super) place: Place,
    pub(super) binding: Shared<B>,
    pub(super) role: RoleId,
    /// The number of the first subject of the binding that is meant.
    pub(super) subject: u32,
}

impl<B> Clone for Granted<B> {
    fn clone(&self) -> Self {
        let Self { place, role, subject, .. } = *self;
        Self { place, binding: Shared::clone(&self.binding), role, subject }
    }
}

/// How many bindings a flat list may hold.
const FLAT: usize = 64;
/// How many namespaces a flat list may hold.
const FLAT_NAMESPACES: usize = 8;

/// Bindings in order, each once.
#[derive(Debug, Clone)]
pub(super) enum List<B> {
    Flat(Vec<Granted<B>>),
    Deep(Trie<Granted<B>>),
}

impl<B> Default for List<B> {
    fn default() -> Self {
        Self::Flat(Vec::new())
    }
}

impl<B> List<B> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Flat(list) => list.is_empty(),
            Self::Deep(trie) => trie.len() == 0,
        }
    }

    /// Shows the bindings, in order, until one is taken.
    #[inline(always)]
    pub(super) fn until<'a>(&'a self, mut takes: impl FnMut(&'a Granted<B>) -> bool) {
        match self {
            Self::Flat(list) => {
                let _ = list.iter().any(takes);
            }
            Self::Deep(trie) => {
                let _ = trie.iter().any(|(_, granted)| takes(granted));
            }
        }
    }

    /// Adds a binding; if it is there, its first subject stays.
    fn add(&mut self, granted: Granted<B>) {
        match self {
            Self::Flat(list) => {
                if let Err(at) = list.binary_search_by_key(&granted.place, |other| other.place) {
                    list.insert(at, granted);
                }
                if list.len() > FLAT {
                    let mut trie = Trie::default();
                    for granted in list.drain(..) {
                        trie.insert(granted.place, granted);
                    }
                    *self = Self::Deep(trie);
                }
            }
            Self::Deep(trie) => {
                if trie.get(granted.place).is_none() {
                    trie.insert(granted.place, granted);
                }
            }
        }
    }

    fn remove(&mut self, place: Place) {
        match self {
            Self::Flat(list) => {
                if let Ok(at) = list.binary_search_by_key(&place, |other| other.place) {
                    list.remove(at);
                }
            }
            Self::Deep(trie) => {
                trie.remove(place);
            }
        }
    }
}

/// What is granted. Most subjects stand in one binding, which lies here in place.
#[derive(Debug, Clone)]
pub(super) enum Grants {
    /// One ClusterRoleBinding.
    Cluster(Granted<ClusterRoleBinding>),
    /// One RoleBinding, of any namespace.
    Local(Granted<RoleBinding>),
    /// Any number.
    Many(Box<Many>),
}

/// Any number of bindings.
#[derive(Debug, Clone, Default)]
pub(super) struct Many {
    pub(super) cluster: List<ClusterRoleBinding>,
    pub(super) local: Namespaces,
}

/// RoleBindings by namespace.
#[derive(Debug, Clone)]
pub(super) enum Namespaces {
    Flat(Vec<InNamespace>),
    Deep(Table<InNamespace>),
}

impl Default for Namespaces {
    fn default() -> Self {
        Self::Flat(Vec::new())
    }
}

/// The RoleBindings of the namespaces of one hash, at least one binding. Whoever uses one compares its namespace.
#[derive(Debug, Clone)]
pub(super) struct InNamespace {
    hash: u64,
    list: List<RoleBinding>,
}

impl Namespaces {
    #[inline]
    pub(super) fn get(&self, hash: u64) -> Option<&List<RoleBinding>> {
        let found = match self {
            Self::Flat(list) => list.iter().find(|found| found.hash == hash),
            Self::Deep(table) => table.find(hash, |found| found.hash == hash),
        };
        found.map(|found| &found.list)
    }

    /// The lists of all namespaces, in no particular order.
    pub(super) fn lists(&self) -> impl Iterator<Item = &List<RoleBinding>> {
        let (flat, deep) = match self {
            Self::Flat(list) => (Some(list), None),
            Self::Deep(table) => (None, Some(table)),
        };
        let deep = deep.into_iter().flat_map(Table::iter);
        flat.into_iter().flatten().chain(deep).map(|found| &found.list)
    }

    fn get_mut(&mut self, hash: u64) -> Option<&mut List<RoleBinding>> {
        let found = match self {
            Self::Flat(list) => list.iter_mut().find(|found| found.hash == hash),
            Self::Deep(table) => table.find_mut(hash, |found| found.hash == hash),
        };
        found.map(|found| &mut found.list)
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Flat(list) => list.is_empty(),
            Self::Deep(table) => table.len() == 0,
        }
    }

    fn add(&mut self, hash: u64, granted: Granted<RoleBinding>) {
        if let Some(list) = self.get_mut(hash) {
            return list.add(granted);
        }
        let new = InNamespace { hash, list: List::Flat(vec![granted]) };
        match self {
            Self::Flat(list) => {
                list.push(new);
                if list.len() > FLAT_NAMESPACES {
                    let mut table = Table::default();
                    list.drain(..).for_each(|each| table.insert_unique(each.hash, each, |each| each.hash));
                    *self = Self::Deep(table);
                }
            }
            Self::Deep(table) => table.insert_unique(hash, new, |each| each.hash),
        }
    }

    fn remove(&mut self, hash: u64, place: Place) {
        let Some(list) = self.get_mut(hash) else { return };
        list.remove(place);
        if !list.is_empty() {
            return;
        }
        match self {
            Self::Flat(list) => list.retain(|each| each.hash != hash),
            Self::Deep(table) => {
                table.remove(hash, |each| each.hash == hash);
            }
        }
    }
}

/// A binding on its way into or out of the grants of a subject.
#[derive(Debug, Clone)]
pub(super) enum One {
    Cluster(Granted<ClusterRoleBinding>),
    Local(Granted<RoleBinding>),
}

impl Grants {
    /// The grants of a subject that has this one alone.
    pub(super) fn of(one: One) -> Self {
        match one {
            One::Cluster(granted) => Self::Cluster(granted),
            One::Local(granted) => Self::Local(granted),
        }
    }

    pub(super) fn add(&mut self, hashes: &Hashes, one: One) {
        match (&*self, &one) {
            (Self::Cluster(only), One::Cluster(granted)) if only.place == granted.place => return,
            (Self::Local(only), One::Local(granted)) if only.place == granted.place => return,
            _ => self.widen(hashes),
        }
        match (self, one) {
            (Self::Many(many), One::Cluster(granted)) => many.cluster.add(granted),
            (Self::Many(many), One::Local(granted)) => many.local.add(namespace_hash(hashes, &granted), granted),
            _ => {}
        }
    }

    /// Takes out a binding; says whether nothing is left.
    pub(super) fn remove(&mut self, hashes: &Hashes, one: &One) -> bool {
        match (&mut *self, one) {
            (Self::Cluster(only), One::Cluster(granted)) => return only.place == granted.place,
            (Self::Local(only), One::Local(granted)) => return only.place == granted.place,
            (Self::Cluster(_) | Self::Local(..), _) => return false,
            (Self::Many(many), One::Cluster(granted)) => many.cluster.remove(granted.place),
            (Self::Many(many), One::Local(granted)) => {
                let hash = namespace_hash(hashes, granted);
                many.local.remove(hash, granted.place);
            }
        }
        matches!(self, Self::Many(many) if many.cluster.is_empty() && many.local.is_empty())
    }

    /// Goes over to the form that has room for more.
    fn widen(&mut self, hashes: &Hashes) {
        let mut many = Box::<Many>::default();
        match self {
            Self::Many(_) => return,
            Self::Cluster(only) => many.cluster.add(only.clone()),
            Self::Local(only) => many.local.add(namespace_hash(hashes, only), only.clone()),
        }
        *self = Self::Many(many);
    }
}

fn namespace_hash(hashes: &Hashes, granted: &Granted<RoleBinding>) -> u64 {
    hashes.text(&granted.binding.metadata.namespace)
}
