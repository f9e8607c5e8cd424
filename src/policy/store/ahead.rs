//! Reading ahead of changes.

use super::load::read_keys;
use super::{Store, hash, key};
use crate::model::ApiObject;
use crate::policy::Shared;

impl<T: ApiObject> Store<T> {
    /// Reads what putting in the objects is going to read, of all at a time, and gives the objects that stand where they go to: with two keys
    /// of one hash, it may be another. Cost: `O(log objects)` for each, and little of it is waiting.
    pub(crate) fn read_ahead(&self, objects: &[Shared<T>]) -> Vec<&Shared<T>> {
        let hashes: Vec<u64> = objects.iter().map(|object| hash(&self.hasher, key(&***object))).collect();
        let found = self.places.find_all(&hashes, |placed, hash| placed.hash == hash);
        let is_new = |number: usize| found.get(number).is_some_and(Option::is_none);
        let new: Vec<u64> = (0..).zip(&hashes).filter(|(number, _)| is_new(*number)).map(|(_, hash)| *hash).collect();
        self.places.read_ahead(&new, |placed| placed.hash);
        if T::NAMESPACED {
            let entered = (0..).zip(objects).filter(|(number, _)| is_new(*number));
            let of_namespace = |(_, object): (usize, &Shared<T>)| hash(&self.hasher, (key(&***object).0, ""));
            self.namespaces.read_ahead(&entered.map(of_namespace).collect::<Vec<_>>(), |found| found.hash);
        }
        let places = || found.iter().flatten().map(|placed| placed.place);
        self.objects.read_ahead(places());
        let before: Vec<&Shared<T>> = places().filter_map(|place| self.objects.get(place)).collect();
        read_keys(before.iter().copied());
        before
    }
}
