//! Reading ahead of changes: the processor waits for many places of memory at a time, where a change would wait for one after the other.

use super::Index;
use super::names::{Buffer, Name, name_of};
use crate::cow::{self, first};
use crate::policy::{AnyBinding, Part, Shared};

/// How many subjects of a binding are read ahead.
const SUBJECTS: usize = 4;

impl Index {
    /// Reads what taking in objects, or taking them out, is going to read. Cost: `O(1)` for each.
    pub(in crate::authorize) fn read_ahead<'a>(&self, parts: impl Iterator<Item = Part<'a>>) {
        let bindings: Vec<AnyBinding<'a>> = parts.filter_map(binding).collect();
        read_bindings(bindings.iter().copied());
        let (mut users, mut groups, mut buffer) = (Vec::new(), Vec::new(), Buffer::default());
        for binding in bindings {
            for subject in binding.subjects().iter().take(SUBJECTS) {
                match name_of(subject, binding.namespace(), &mut buffer) {
                    Some(Name::User(name)) => users.push(self.hashes.text(name)),
                    Some(Name::Group(name)) => groups.push(self.hashes.text(name)),
                    None => {}
                }
            }
        }
        for hashes in [&mut users, &mut groups] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        self.users.read_ahead(&users);
        self.groups.read_ahead(&groups);
    }
}

const fn binding(part: Part<'_>) -> Option<AnyBinding<'_>> {
    match part {
        Part::Binding(binding) => Some(binding),
        Part::Role(_) | Part::None => None,
    }
}

/// Reads what is going to be read of some bindings.
pub(super) fn read_bindings<'a>(bindings: impl Iterator<Item = AnyBinding<'a>> + Clone) {
    let objects = bindings.clone().map(|binding| {
        let count = match binding {
            AnyBinding::ClusterRoleBinding(binding) => Shared::strong_count(binding),
            AnyBinding::RoleBinding(binding) => Shared::strong_count(binding),
        };
        count ^ binding.metadata().namespace.len() ^ binding.subjects().len() ^ binding.role_ref().name.len()
    });
    cow::read(objects);
    let subjects = || bindings.clone().flat_map(|binding| binding.subjects().iter().take(SUBJECTS));
    cow::read(subjects().map(|subject| subject.kind.len() ^ subject.name.len() ^ subject.namespace.len()));
    cow::read(subjects().map(|subject| first(&subject.kind) ^ first(&subject.name) ^ first(&subject.namespace)));
    let references = bindings.map(|binding| (binding.role_ref(), binding.namespace()));
    cow::read(references.map(|(role, namespace)| first(&role.kind) ^ first(&role.name) ^ first(namespace)));
}
