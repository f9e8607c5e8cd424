//! Making a change in a policy.

use super::{Change, Deletion};
use crate::model::ObjectMeta;
use crate::policy::Policy;

pub(super) fn apply(change: Change, policy: &mut Policy) -> bool {
    let there = policy.metadata(&change.key());
    match change {
        Change::Create(_) if there.is_some() => false,
        Change::Update(_) if there.is_none() => false,
        Change::Create(object) | Change::Update(object) => {
            policy.insert_object(object);
            true
        }
        Change::Delete(deletion) => there.is_some_and(|metadata| deletion.is_of(metadata)) && policy.remove_object(&deletion.key),
    }
}

impl Deletion {
    /// Whether what must be true of the object is.
    pub(crate) fn is_of(&self, metadata: &ObjectMeta) -> bool {
        let holds = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
        holds(&self.uid, &metadata.uid) && holds(&self.resource_version, &metadata.resource_version)
    }
}
