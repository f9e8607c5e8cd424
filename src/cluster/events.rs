//! What happened, and which controllers look at it.

use std::collections::VecDeque;

use super::{Cluster, Error, Kind, MAX_EVENTS};
use crate::controller::{Change, Supply, aggregation, root_ca, service_account, token};
use crate::model::{ClusterRole, Namespace, Object, ObjectMeta, Secret, ServiceAccount};

/// Something that happened to an object, which is as it was then.
#[derive(Debug)]
pub(super) enum Event {
    Added(Object),
    Updated(Object),
    Deleted(Object),
}

/// What the controllers have not looked at yet, in order.
#[derive(Debug, Default)]
pub(super) struct Events {
    waiting: VecDeque<Event>,
    /// Whether a ClusterRole is among what happened: aggregation looks at all of them at once.
    roles: bool,
}

impl Events {
    pub(super) fn push(&mut self, event: Event) {
        let (Event::Added(object) | Event::Updated(object) | Event::Deleted(object)) = &event;
        self.roles |= matches!(object, Object::ClusterRole(_));
        self.waiting.push_back(event);
    }
}

impl<S: Supply> Cluster<S> {
    /// Lets the controllers look at the events, and at those that come of it, until there are none; gives back what they wrote.
    pub(super) fn settle(&mut self, mut events: Events) -> Result<Vec<Change>, Error> {
        let mut written = Vec::new();
        for _ in 0..MAX_EVENTS {
            let Some(event) = events.waiting.pop_front() else {
                if std::mem::take(&mut events.roles) {
                    written.extend(self.aggregate()?);
                }
                return Ok(written);
            };
            for change in self.react(event) {
                written.extend(self.commit(change, &mut events));
            }
        }
        Err(Kind::Unsettled.into())
    }

    /// What the controllers write because of the event.
    fn react(&mut self, event: Event) -> Vec<Change> {
        match event {
            Event::Added(object) => self.seen(&object, true),
            Event::Updated(object) => self.seen(&object, false),
            Event::Deleted(object) => self.gone(&object),
        }
    }

    fn seen(&mut self, object: &Object, is_new: bool) -> Vec<Change> {
        let (policy, settings, supply) = (&self.policy, &self.settings, &mut self.supply);
        match object {
            Object::Namespace(namespace) => {
                let publishes = is_new || namespace.status.as_ref().is_some_and(|status| status.phase == Namespace::ACTIVE);
                let certificate = publishes.then(|| root_ca::publish(&namespace.metadata.name, policy, settings)).flatten();
                service_account::sync_namespace(namespace, policy).into_iter().chain(certificate).collect()
            }
            Object::ServiceAccount(account) => {
                match policy.get::<ServiceAccount>(&account.metadata.namespace, &account.metadata.name) {
                    Some(current) if current.metadata.uid == account.metadata.uid => {
                        token::account_synced(current, policy, settings, supply)
                    }
                    _ => token::account_deleted(account, policy),
                }
            }
            Object::Secret(secret) => {
                let current = policy.get::<Secret>(&secret.metadata.namespace, &secret.metadata.name);
                current.and_then(|current| token::secret_synced(current, policy, settings, supply)).into_iter().collect()
            }
            Object::ConfigMap(map) if !is_new => self.certificate_touched(&map.metadata),
            _ => Vec::new(),
        }
    }

    fn gone(&self, object: &Object) -> Vec<Change> {
        match object {
            Object::ServiceAccount(account) => {
                let namespace = self.policy.get::<Namespace>("", &account.metadata.namespace);
                let again = namespace.and_then(|namespace| service_account::sync_namespace(namespace, &self.policy));
                token::account_deleted(account, &self.policy).into_iter().chain(again).collect()
            }
            Object::Secret(secret) => token::secret_deleted(secret, &self.policy).into_iter().collect(),
            Object::ConfigMap(map) => self.certificate_touched(&map.metadata),
            _ => Vec::new(),
        }
    }

    fn certificate_touched(&self, metadata: &ObjectMeta) -> Vec<Change> {
        let is_there = self.policy.get::<Namespace>("", &metadata.namespace).is_some();
        let publishes = is_there && metadata.name == root_ca::NAME;
        publishes.then(|| root_ca::publish(&metadata.namespace, &self.policy, &self.settings)).flatten().into_iter().collect()
    }

    /// Makes a change that a controller asked for; gives it back as it was made, or nothing if the object is no longer what it was.
    fn commit(&mut self, change: Change, events: &mut Events) -> Option<Change> {
        let key = change.key();
        let there = self.policy.get_object(&key).map(|object| object.into_inner());
        match (change, there) {
            (Change::Create(object), None) => {
                self.store_new(object, events);
                Some(Change::Create(self.policy.get_object(&key)?.into_inner()))
            }
            (Change::Update(object), Some(old)) => {
                self.store_update(old, object, events);
                Some(Change::Update(self.policy.get_object(&key)?.into_inner()))
            }
            (Change::Delete(deletion), Some(old)) if deletion.is_of(old.metadata()) => {
                self.remove(&key, events);
                Some(Change::Delete(deletion))
            }
            _ => None,
        }
    }

    fn aggregate(&mut self) -> Result<Vec<Change>, Error> {
        let settled = aggregation::settle(&mut self.policy, self.settings.version).map_err(Kind::Aggregation)?;
        let changed = settled.changed.iter().filter_map(|name| self.policy.get::<ClusterRole>("", name).cloned());
        let changed: Vec<_> = changed.collect();
        let mut written = Vec::new();
        for role in changed {
            let mut role = ClusterRole::clone(&role);
            self.written += 1;
            role.metadata.resource_version = self.written.to_string();
            self.policy.insert(role.clone());
            written.push(Change::Update(role.into()));
        }
        Ok(written)
    }
}
