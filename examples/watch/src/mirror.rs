//! From the events of one kind to the published authorizer.

use std::collections::HashSet;
use std::sync::Arc;

use k8s_rbac::authorize::{Authorizer, Live};
use k8s_rbac::policy::{Completeness, PolicyObject};
use kube::runtime::watcher::Event;

/// An authorizer that knows nothing yet, and says so with every no: see `NoOpinion::gaps`.
pub fn unknowing() -> Live {
    let mut rbac = Authorizer::default();
    rbac.set_completeness(Completeness::nothing());
    Live::new(rbac)
}

/// What mirrors the objects of one kind.
pub struct Mirror<T> {
    live: Arc<Live>,
    /// What a list has given so far. It counts when it is whole: half a list would take away what the other half grants.
    listed: Vec<T>,
}

impl<T: PolicyObject> Mirror<T> {
    pub fn new(live: Arc<Live>) -> Self {
        Self { live, listed: Vec::new() }
    }

    /// Takes an event in, and publishes what follows from it.
    pub fn take(&mut self, event: Event<impl Into<T>>) {
        match event {
            Event::Init => self.listed.clear(),
            Event::InitApply(object) => self.listed.push(object.into()),
            Event::InitDone => self.replace(),
            Event::Apply(object) => {
                let object: T = object.into();
                self.live.update(|rbac| rbac.insert::<T>(object));
            }
            Event::Delete(object) => {
                let (namespace, name) = key(&object.into());
                self.live.update(|rbac| rbac.remove::<T>(&namespace, &name));
            }
        }
    }

    /// Publishes a whole list at once: what it does not hold is gone. From now on the kind is known.
    fn replace(&mut self) {
        let listed = std::mem::take(&mut self.listed);
        let kept: HashSet<(String, String)> = listed.iter().map(key).collect();
        self.live.update(|rbac| {
            let held: Vec<(String, String)> = T::store(rbac.policy()).iter().map(|object| key::<T>(object)).collect();
            for (namespace, name) in held.iter().filter(|key| !kept.contains(key)) {
                rbac.remove::<T>(namespace, name);
            }
            for object in listed {
                rbac.insert::<T>(object);
            }
            let known = rbac.policy().completeness().clone();
            rbac.set_completeness(known.with_all::<T>());
        });
    }
}

fn key<T: PolicyObject>(object: &T) -> (String, String) {
    let metadata = object.metadata();
    (metadata.namespace.clone(), metadata.name.clone())
}
