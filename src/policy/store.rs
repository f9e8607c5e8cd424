//! The objects of one kind: by order, by key and by namespace.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::Shared;
use crate::model::ApiObject;

/// Where an object stands in the order of its kind. Kept over replacement, never given twice.
pub(crate) type Place = u64;

/// The objects of one kind in a policy, in their order.
#[derive(Clone)]
pub struct Store<T> {
    objects: BTreeMap<Place, Shared<T>>,
    places: HashTable<(Place, Shared<T>)>,
    namespaces: HashMap<String, BTreeSet<Place>>,
    hasher: DefaultHashBuilder,
    next: Place,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            places: HashTable::new(),
            namespaces: HashMap::new(),
            hasher: DefaultHashBuilder::default(),
            next: 0,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.objects.values()).finish()
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
        self.objects.is_empty()
    }

    /// The objects, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Shared<T>> + DoubleEndedIterator + Clone {
        self.objects.values()
    }

    /// The objects of a namespace, in order. Cost: `O(log objects)` each.
    pub fn in_namespace<'a>(&'a self, namespace: &str) -> impl Iterator<Item = &'a Shared<T>> + Clone + use<'a, T> {
        self.namespaces.get(namespace).into_iter().flatten().filter_map(|place| self.objects.get(place))
    }

    /// The namespaces that have objects, in no particular order.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> + Clone {
        self.namespaces.keys().map(String::as_str)
    }
}

fn key<T: ApiObject>(object: &T) -> (&str, &str) {
    let metadata = object.metadata();
    (if T::NAMESPACED { &metadata.namespace } else { "" }, &metadata.name)
}

fn hash(hasher: &DefaultHashBuilder, (namespace, name): (&str, &str)) -> u64 {
    let mut state = hasher.build_hasher();
    namespace.hash(&mut state);
    name.hash(&mut state);
    state.finish()
}

impl<T: ApiObject> Store<T> {
    /// The object of this namespace and name. The namespace of cluster-scoped kinds is not looked at. Cost: `O(1)`.
    #[must_use]
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Shared<T>> {
        let wanted = (if T::NAMESPACED { namespace } else { "" }, name);
        self.places.find(hash(&self.hasher, wanted), |(_, object)| key(&***object) == wanted).map(|(_, object)| object)
    }

    pub(super) fn insert(&mut self, object: Shared<T>) -> Option<Shared<T>> {
        let wanted = key(&**object);
        let hasher = &self.hasher;
        let entry = self.places.entry(
            hash(hasher, wanted),
            |(_, object)| key(&***object) == wanted,
            |(_, object)| hash(hasher, key(&***object)),
        );
        match entry {
            Entry::Occupied(mut found) => {
                let (place, old) = found.get_mut();
                self.objects.insert(*place, Shared::clone(&object));
                Some(std::mem::replace(old, object))
            }
            Entry::Vacant(free) => {
                let place = self.next;
                self.next += 1;
                self.namespaces.entry_ref(wanted.0).or_default().insert(place);
                self.objects.insert(place, Shared::clone(&object));
                free.insert((place, object));
                None
            }
        }
    }

    pub(super) fn remove(&mut self, namespace: &str, name: &str) -> Option<Shared<T>> {
        let wanted = (if T::NAMESPACED { namespace } else { "" }, name);
        let found = self.places.find_entry(hash(&self.hasher, wanted), |(_, object)| key(&***object) == wanted).ok()?;
        let ((place, object), _) = found.remove();
        self.objects.remove(&place);
        if let Some(places) = self.namespaces.get_mut(wanted.0) {
            places.remove(&place);
            if places.is_empty() {
                self.namespaces.remove(wanted.0);
            }
        }
        Some(object)
    }
}
