//! The objects of one kind: by order, by key and by namespace.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use hashbrown::DefaultHashBuilder;

use super::Shared;
use crate::cow::{Cursor, Held, Table, Trie};
use crate::model::ApiObject;
use crate::same::same;

mod ahead;
mod load;

/// Where an object stands in the order of its kind. Kept over replacement, never given twice.
pub(crate) type Place = u64;

/// The objects of one kind in a policy, in their order.
///
/// A copy shares everything with the original and costs a few counted references; a change after it copies only the pieces it touches.
#[derive(Clone)]
pub struct Store<T> {
    objects: Trie<Shared<T>>,
    places: Table<Placed>,
    namespaces: Table<InNamespace>,
    hasher: DefaultHashBuilder,
    next: Place,
}

/// The place of an object, by the hash of its key: growing tables do not read the objects again.
#[derive(Clone, Copy)]
struct Placed {
    hash: u64,
    place: Place,
}

impl Held for Placed {
    /// Its counters are none: more of it is copied soon.
    const LOAD: usize = 64;

    fn glance(&self) -> usize {
        0
    }
}

/// The places of a namespace.
#[derive(Clone)]
struct InNamespace {
    hash: u64,
    name: Arc<str>,
    places: Trie<()>,
}

impl Held for InNamespace {
    fn glance(&self) -> usize {
        self.name.glance() ^ self.places.glance()
    }
}

/// What came of putting an object into a store.
pub(crate) struct Put<T> {
    pub(crate) place: Place,
    pub(crate) old: Option<Shared<T>>,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self {
            objects: Trie::default(),
            places: Table::default(),
            namespaces: Table::default(),
            hasher: DefaultHashBuilder::default(),
            next: 0,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T> Store<T> {
    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The objects, in order. Cost: `O(log objects)` each.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Shared<T>> + DoubleEndedIterator + Clone {
        self.objects.iter().map(|(_, object)| object)
    }

    /// The objects of a namespace, in order. Cost: `O(log objects)` each.
    pub fn in_namespace<'a>(&'a self, namespace: &str) -> impl Iterator<Item = &'a Shared<T>> + Clone + use<'a, T> {
        let found = self.namespaces.find(hash(&self.hasher, (namespace, "")), |found| same(&found.name, namespace));
        let mut objects = self.objects.cursor();
        found.into_iter().flat_map(|found| found.places.iter()).filter_map(move |(place, ())| objects.get(place))
    }

    /// The namespaces that have objects, in no particular order.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> + Clone {
        self.namespaces.iter().map(|found| &*found.name)
    }

    /// The objects by place.
    pub(crate) const fn by_place(&self) -> Cursor<'_, Shared<T>> {
        self.objects.cursor()
    }

    /// Shows the objects at the places that the other has, in order.
    pub(crate) fn each_of<'a>(&'a self, places: &Trie<()>, show: impl FnMut(&'a Shared<T>)) {
        self.objects.each_of(places, show);
    }

    /// The objects with their places, in order.
    pub(crate) fn with_places(&self) -> impl Iterator<Item = (Place, &Shared<T>)> {
        self.objects.iter()
    }

    /// Notes that the namespace has objects at these places, which ascend.
    fn enter(&mut self, namespace: &str, places: impl Iterator<Item = Place>) {
        let (hash, mut places) = (hash(&self.hasher, (namespace, "")), places.map(|place| (place, ())).peekable());
        if let Some(found) = self.namespaces.find_mut(hash, |found| found.hash == hash && same(&found.name, namespace)) {
            found.places.insert_all(places);
        } else if places.peek().is_some() {
            let mut new = InNamespace { hash, name: namespace.into(), places: Trie::default() };
            new.places.insert_all(places);
            self.namespaces.insert_unique(hash, new, |found| found.hash);
        }
    }

    fn leave(&mut self, namespace: &str, place: Place) {
        let wanted = hash(&self.hasher, (namespace, ""));
        let Some(found) = self.namespaces.find_mut(wanted, |found| same(&found.name, namespace)) else { return };
        found.places.remove(place);
        if found.places.len() == 0 {
            self.namespaces.remove(wanted, |found| same(&found.name, namespace));
        }
    }
}

fn key<T: ApiObject>(object: &T) -> (&str, &str) {
    let metadata = object.metadata();
    (if T::NAMESPACED { &metadata.namespace } else { "" }, &metadata.name)
}

fn is(key: (&str, &str), wanted: (&str, &str)) -> bool {
    same(key.0, wanted.0) && same(key.1, wanted.1)
}

fn hash(hasher: &DefaultHashBuilder, (namespace, name): (&str, &str)) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(namespace.as_bytes());
    state.write(name.as_bytes());
    state.finish()
}

impl<T: ApiObject> Store<T> {
    /// The object of this namespace and name. The namespace of cluster-scoped kinds is not looked at. Cost: `O(log objects)`.
    #[must_use]
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Shared<T>> {
        let wanted = (if T::NAMESPACED { namespace } else { "" }, name);
        self.objects.get(self.find(hash(&self.hasher, wanted), wanted)?)
    }

    /// Where the object of this key stands.
    fn find(&self, hash: u64, wanted: (&str, &str)) -> Option<Place> {
        let is_wanted = |object: &Shared<T>| is(key(&***object), wanted);
        let is_meant = |placed: &Placed| placed.hash == hash && self.objects.get(placed.place).is_some_and(is_wanted);
        self.places.find(hash, is_meant).map(|placed| placed.place)
    }

    /// Inserts an object or replaces the one of its key.
    pub(crate) fn put(&mut self, object: Shared<T>) -> Put<T> {
        let wanted = key(&**object);
        let hash = hash(&self.hasher, wanted);
        if let Some(place) = self.find(hash, wanted) {
            return Put { place, old: self.objects.insert(place, object) };
        }
        let place = self.next;
        self.next += 1;
        self.places.insert_unique(hash, Placed { hash, place }, |placed| placed.hash);
        if T::NAMESPACED {
            self.enter(wanted.0, std::iter::once(place));
        }
        Put { place, old: self.objects.insert(place, object) }
    }

    /// Takes out the object of this namespace and name, with the place that it had.
    pub(crate) fn take(&mut self, namespace: &str, name: &str) -> Option<(Place, Shared<T>)> {
        let wanted = (if T::NAMESPACED { namespace } else { "" }, name);
        let hash = hash(&self.hasher, wanted);
        let place = self.find(hash, wanted)?;
        self.places.remove(hash, |placed| placed.place == place);
        if T::NAMESPACED {
            self.leave(wanted.0, place);
        }
        Some((place, self.objects.remove(place)?))
    }
}
