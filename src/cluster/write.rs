//! What the API server does to an object that is written: it takes in what is left out, admits, and stamps.

use std::collections::BTreeSet;

use super::events::{Event, Events};
use super::{Cluster, Error, Kind, Outcome, Report, SYSTEM_NAMESPACES};
use crate::controller::{Supply, name, pod_admission};
use crate::model::core::NamespaceStatus;
use crate::model::{ApiObject, Located, Namespace, Object, ObjectKey, ObjectMeta, Pod, Value};
use crate::policy::Policy;
use crate::validation::{self, Invalid, Validation, defaulted};

impl<S: Supply> Cluster<S> {
    /// Writes the object, merged with the one that is there, and lets the controllers settle.
    pub(super) fn write(
        &mut self,
        object: Located<Object>,
        merge: impl FnOnce(&Object, Located<Object>) -> Object,
    ) -> Result<Report, Error> {
        let key = object.key();
        let Some(old) = self.policy.get_object(&key).map(Located::into_inner) else {
            return self.write_new(object.into_inner());
        };
        let updated = self.checked(with_server_fields(merge(&old, object), &old), Some(&old))?;
        let outcome = if updated == old { Outcome::Unchanged } else { Outcome::Configured };
        let mut events = Events::default();
        self.store_update(old, updated, &mut events);
        let changes = self.settle(events)?;
        Ok(Report { key, outcome, changes })
    }

    /// Creates the object and lets the controllers settle. Whether the name is taken is what the server looks at last.
    pub(super) fn write_new(&mut self, object: Object) -> Result<Report, Error> {
        let created = self.take_in(object)?;
        let key = created.key();
        if let Some(there) = self.policy.metadata(&key) {
            let is_going = there.deletion_timestamp.is_some();
            return Err(Kind::AlreadyExists { resource: key.resource(), name: key.name, is_going }.into());
        }
        let mut events = Events::default();
        self.store_new(created, &mut events);
        let changes = self.settle(events)?;
        Ok(Report { key, outcome: Outcome::Created, changes })
    }

    /// The object as it is created: its namespace must take it, a Pod be admitted, and all be valid.
    fn take_in(&mut self, object: Object) -> Result<Object, Error> {
        self.check_namespace(&object)?;
        let mut admitted = match object {
            Object::Namespace(namespace) => in_use(namespace).into(),
            Object::Pod(pod) => self.admit(pod)?.into(),
            other => other,
        };
        let ObjectMeta { name, generate_name, .. } = admitted.metadata();
        if name.is_empty() && !generate_name.is_empty() {
            validation::generate_name(&mut admitted, &name::generate("", &mut self.supply));
        }
        self.checked(admitted, None)
    }

    /// The object with what was left out filled in, if the server of this version takes it in the place of the old one, or as a new one.
    fn checked(&self, object: Object, old: Option<&Object>) -> Result<Object, Error> {
        // The label that namespaces get is younger than some versions of a cluster, and means nothing here.
        let is_namespace = matches!(object, Object::Namespace(_));
        let object = Located::from(object);
        let object = if is_namespace { object } else { defaulted(object) };
        let checks = Validation::of(self.settings.version);
        let errors = match old {
            Some(old) => checks.update(&object, &Located::from(old.clone())),
            None => checks.create(&object),
        };
        match Invalid::new(&object, errors) {
            Some(invalid) => Err(Kind::Invalid(invalid).into()),
            None => Ok(object.into_inner()),
        }
    }

    /// Whether the namespace takes new objects (the admission plugin `NamespaceLifecycle`).
    fn check_namespace(&self, object: &Object) -> Result<(), Error> {
        let ObjectKey { namespace, name, .. } = object.key();
        if namespace.is_empty() {
            return Ok(());
        }
        let Some(found) = self.policy.get::<Namespace>("", &namespace) else {
            return Err(Kind::NotFound { resource: Namespace::PLURAL.to_owned(), name: namespace }.into());
        };
        if found.status.as_ref().is_none_or(|status| status.phase != Namespace::TERMINATING) {
            return Ok(());
        }
        let names = [name.as_str(), object.metadata().generate_name.as_str(), "Unknown"];
        let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
        Err(Kind::Terminating { resource: object.key().resource(), name, namespace }.into())
    }

    fn admit(&mut self, pod: Pod) -> Result<Pod, Error> {
        let mut pod = pod_admission::admit(pod, &self.policy, self.settings.version, &mut self.supply).map_err(Kind::Pod)?;
        default_modes(&mut pod);
        // A Pod that no node has taken (`podStrategy.PrepareForCreate`).
        pod.status = Some(Value::Map([("phase".to_owned(), Value::String("Pending".to_owned()))].into()));
        Ok(pod)
    }

    /// Stores an object that was there before the controllers started, under its own id if it has one.
    pub(super) fn restore(&mut self, object: Object, events: &mut Events) {
        let ObjectMeta { uid, creation_timestamp, .. } = object.metadata().clone();
        let object = if let Object::Namespace(namespace) = object { with_phase(namespace).into() } else { object };
        self.store(object, uid, creation_timestamp, events);
    }

    /// Stores an object that is not there, under an id of its own.
    pub(super) fn store_new(&mut self, object: Object, events: &mut Events) {
        self.store(object, String::new(), self.now.clone(), events);
    }

    fn store(&mut self, mut object: Object, uid: String, created: Option<String>, events: &mut Events) {
        let metadata = object.metadata_mut();
        metadata.uid = if uid.is_empty() { self.supply.uid() } else { uid };
        metadata.resource_version = next(&mut self.written);
        metadata.creation_timestamp = created;
        self.policy.insert_object(object.clone());
        events.push(Event::Added(object));
    }

    /// Stores an object in the place of another one, if it is another.
    pub(super) fn store_update(&mut self, old: Object, mut object: Object, events: &mut Events) {
        if old == object {
            return;
        }
        object.metadata_mut().resource_version = next(&mut self.written);
        self.policy.insert_object(object.clone());
        events.push(Event::Updated(object));
    }

    pub(super) fn remove(&mut self, key: &ObjectKey, events: &mut Events) {
        if let Some(object) = self.policy.get_object(key) {
            self.policy.remove_object(key);
            events.push(Event::Deleted(object.into_inner()));
        }
    }

    pub(super) fn empty_namespace(&mut self, namespace: &str, events: &mut Events) {
        let keys: Vec<ObjectKey> =
            self.policy.objects().map(|object| object.key()).filter(|key| key.namespace == namespace).collect();
        for key in keys {
            self.remove(&key, events);
        }
    }
}

/// The system's namespaces and those that objects live in, as far as the policy does not hold them.
pub(super) fn namespaces(policy: &Policy) -> Vec<Object> {
    let mut names: BTreeSet<String> = SYSTEM_NAMESPACES.map(str::to_owned).into();
    names.extend(policy.objects().map(|object| object.key().namespace).filter(|namespace| !namespace.is_empty()));
    names.retain(|name| policy.get::<Namespace>("", name).is_none());
    names.into_iter().map(|name| Namespace::active(name).into()).collect()
}

fn next(written: &mut u64) -> String {
    *written += 1;
    written.to_string()
}

/// What a client cannot change.
fn with_server_fields(mut new: Object, old: &Object) -> Object {
    if let (Object::Namespace(new), Object::Namespace(old)) = (&mut new, old) {
        new.status.clone_from(&old.status);
    }
    let (metadata, kept) = (new.metadata_mut(), old.metadata());
    metadata.uid.clone_from(&kept.uid);
    metadata.resource_version.clone_from(&kept.resource_version);
    metadata.creation_timestamp.clone_from(&kept.creation_timestamp);
    new
}

/// A namespace is in use once it is created, whatever the client says.
fn in_use(namespace: Namespace) -> Namespace {
    with_phase(Namespace { status: None, ..namespace })
}

fn with_phase(mut namespace: Namespace) -> Namespace {
    let status = namespace.status.get_or_insert_with(NamespaceStatus::default);
    if status.phase.is_empty() {
        Namespace::ACTIVE.clone_into(&mut status.phase);
    }
    namespace
}

/// The mode of files that is filled in where a volume has none (`SetDefaults_SecretVolumeSource` and its kin).
fn default_modes(pod: &mut Pod) {
    const MODE: i32 = 420;
    for volume in &mut pod.spec.volumes {
        if let Some(secret) = &mut volume.secret {
            secret.default_mode.get_or_insert(MODE);
        }
        if let Some(projected) = &mut volume.projected {
            projected.default_mode.get_or_insert(MODE);
        }
    }
}
