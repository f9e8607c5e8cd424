//! Many objects at once.

use super::Authorizer;
use super::index::Index;
use crate::cow::AHEAD;
use crate::model::{Located, Object};
use crate::policy::{Policy, PolicyObject, Shared, TakesMany, Waiting};

/// A policy of fewer objects lies in the caches of a processor: there is nothing to be read ahead.
const SMALL: usize = 8192;

/// The result is that of inserting one object after the other, and comes sooner: what many objects at once are going to touch is fetched from
/// memory at once. Nothing is taken in before the iterator has ended, so one that panics changes nothing.
///
/// Cost: as [`Authorizer::insert`] for each object. As many objects as the policy holds have the whole indexed anew, which then costs less.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, UserInfo, model::*};
/// let mut rbac = Authorizer::default();
/// rbac.extend([
///     Object::from(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")])),
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])])),
/// ]);
/// let jane = UserInfo::new("jane", ["dev"]);
/// assert!(rbac.authorize(&Attributes::resource("get", "pods").by(&jane)).is_allowed());
/// ```
impl<O: Into<Located<Object>>> Extend<O> for Authorizer {
    fn extend<I: IntoIterator<Item = O>>(&mut self, objects: I) {
        let mut waiting = Waiting::default();
        for object in objects {
            waiting.push(self, object.into());
        }
        if waiting.len() < self.policy.len() {
            waiting.put_into(self);
        } else {
            waiting.put_into(&mut self.policy);
            self.index = Index::of(&self.policy);
        }
    }
}

impl<O: Into<Located<Object>>> FromIterator<O> for Authorizer {
    fn from_iter<I: IntoIterator<Item = O>>(objects: I) -> Self {
        Self::new(Policy::from_iter(objects))
    }
}

impl TakesMany for Authorizer {
    fn at_once<T: PolicyObject>(&self) -> usize {
        usize::MAX
    }

    fn put_many<T: PolicyObject>(&mut self, objects: Vec<Shared<T>>) {
        let mut objects = objects.into_iter();
        if self.policy.len() < SMALL {
            return objects.for_each(|object| drop(self.put(object)));
        }
        while !objects.as_slice().is_empty() {
            let block = objects.as_slice();
            self.read_ahead(block.get(..AHEAD).unwrap_or(block));
            objects.by_ref().take(AHEAD).for_each(|object| drop(self.put(object)));
        }
    }
}

impl Authorizer {
    fn read_ahead<T: PolicyObject>(&self, objects: &[Shared<T>]) {
        let before = T::store(&self.policy).read_ahead(objects);
        self.index.read_ahead(before.into_iter().chain(objects).map(T::part));
    }
}
