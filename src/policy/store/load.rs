//! Many objects at once.

use super::{Place, Placed, Store, hash, is, key};
use crate::cow::{self, AHEAD, Batch, first};
use crate::model::ApiObject;
use crate::policy::Shared;
use crate::same::same;

/// Fewer objects than this are put in one by one.
const FEW: usize = 16;

impl<T: ApiObject> Store<T> {
    /// Inserts objects, as one [`Self::put`] after the other would. Cost: `O(1)` each.
    pub(crate) fn put_all(&mut self, objects: Vec<Shared<T>>) {
        if objects.len() < FEW {
            return objects.into_iter().for_each(|object| drop(self.put(object)));
        }
        let first = self.next;
        self.next += objects.len() as Place;
        let again = self.place_all(first, &objects);
        let mut later: Vec<Place> = again.iter().map(|(_, later)| *later).collect();
        later.sort_unstable();
        let is_new = |place: &Place| later.is_empty() || later.binary_search(place).is_err();
        if T::NAMESPACED {
            let mut from = first;
            for run in objects.chunk_by(|a, b| same(key(&***a).0, key(&***b).0)) {
                let places = from..from + run.len() as Place;
                from = places.end;
                run.first().into_iter().for_each(|object| self.enter(key(&***object).0, places.clone().filter(is_new)));
            }
        }
        let of = |place: Place| objects.get((place - first) as usize).map(Shared::clone);
        let replacing: Vec<_> = again.iter().filter_map(|(place, later)| Some((*place, of(*later)?))).collect();
        self.objects.insert_all((first..).zip(objects).filter(|(place, _)| is_new(place)));
        replacing.into_iter().for_each(|(place, object)| drop(self.objects.insert(place, object)));
    }

    /// Notes the places of the objects from `first` on, and gives those of the objects that replace one, each after the place of that
    /// one. Of one key, they are in order.
    fn place_all(&mut self, first: Place, objects: &[Shared<T>]) -> Vec<(Place, Place)> {
        let mut batch = Batch::with_capacity(objects.len(), |placed: &Placed| placed.hash);
        let mut places = first..;
        for block in objects.chunks(AHEAD) {
            read_keys(block.iter());
            let placed = block.iter().zip(&mut places);
            placed.for_each(|(object, place)| batch.push(Placed { hash: hash(&self.hasher, key(&***object)), place }));
        }
        let Self { objects: before, places, .. } = self;
        let at = |place: Place| match place.checked_sub(first) {
            Some(number) => objects.get(number as usize),
            None => before.get(place),
        };
        let mut again = Vec::new();
        places.take_in(
            batch,
            |a, b| a.hash == b.hash && at(a.place).zip(at(b.place)).is_some_and(|(a, b)| is(key(&***a), key(&***b))),
            |there, new| again.push((there.place, new.place)),
        );
        again
    }
}

/// Reads the keys that are going to be read.
pub(super) fn read_keys<'a, T: ApiObject + 'a>(block: impl Iterator<Item = &'a Shared<T>> + Clone) {
    let keys = || block.clone().map(|object| key(&***object));
    cow::read(keys().map(|(namespace, name)| namespace.len() ^ name.len()));
    cow::read(keys().map(|(namespace, name)| first(namespace) ^ first(name)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Located, RoleBinding, RoleRef};

    fn binding(number: u64, role: usize) -> Shared<RoleBinding> {
        let (namespace, name) = (format!("n{}", number / 7 % 50), format!("b{number}"));
        Shared::new(Located::new(RoleBinding::new(namespace, name, RoleRef::role(format!("r{role}")), []), None))
    }

    /// Rounds of new objects, of such that are there, and of such that come twice at once.
    #[test]
    fn many_at_once_are_as_one_after_the_other() {
        let (mut ours, mut plain) = (Store::default(), Store::default());
        for (round, (count, keys, step)) in
            [(0, 1, 1), (40, 30, 1), (9_000, 20_000, 1), (900, 3, 1), (9_000, 9_000, 77)].into_iter().enumerate()
        {
            let copy = ours.clone();
            let objects: Vec<_> = (0..count).map(|i| binding(i * step % keys, round * 1_000 + i as usize % 10)).collect();
            objects.iter().for_each(|object| drop(plain.put(Shared::clone(object))));
            let before = copy.iter().count();
            ours.put_all(objects);
            assert!(ours.iter().eq(plain.iter()));
            assert_eq!((copy.iter().count(), copy.len()), (before, before));
            for n in 0..50 {
                let namespace = format!("n{n}");
                assert!(ours.in_namespace(&namespace).eq(plain.in_namespace(&namespace)));
            }
            assert!(plain.iter().all(|object| ours.get(&object.metadata.namespace, &object.metadata.name) == Some(object)));
            assert_eq!(ours.namespaces().count(), plain.namespaces().count());
        }
        let keys: Vec<_> = plain.iter().map(|object| object.metadata.clone()).collect();
        keys.iter().for_each(|key| assert!(ours.take(&key.namespace, &key.name).is_some()));
        assert!(ours.is_empty() && ours.namespaces().next().is_none());
    }
}
