//! The index behind the authorizer: from a request to its first grant in a handful of look-ups, at any size of the policy.
//!
//! Nothing outside this folder knows its numbers and tables. `linear` says what it must answer; the property tests hold them together.
//!
//! # How is a request answered?
//!
//! 1. The user name and each group are looked up in two tables of names (`subjects`), which hold the bindings of each name in policy order: those of
//!    the cluster, and those of each namespace (`grants`). A service account stands there under the user name it has.
//! 2. For each of these bindings the role that it points at is read by number (`roles`). A filter of 256 bits tells most roles without a rule on the
//!    API group and resource; the others are asked for their first rule that allows, which is one look-up in a table of the role's own
//!    (`rules`, made by `tabulate`), and up to five more if the role has wildcards.
//! 3. The least (binding, subject number, rule) wins; a list is left at the first binding that does not stand before what was found.
//!
//! Hashes only find; what is found is compared as strings before it counts. Cost: `O(user name + groups + bindings that apply)` look-ups, whatever
//! else the policy holds, and no allocation.
//!
//! # Why is a rule table per role, and not one matrix of all roles?
//!
//! A matrix (what is asked → set of roles) answers with one bit test per binding, but it grows with roles × resources, has to be changed in many places
//! when a role with wildcards changes, and must number every verb and resource of the policy. A table per role costs what its own rules cost,
//! is shared by copies of the index as a whole, and is changed by putting another in its place: no binding holds anything of it.
//!
//! # How is it changed?
//!
//! Inserting, replacing or removing an object costs what it would cost to index that object alone: for a binding its subjects, for a role its rules.
//! A binding points at a number that stays while the role is missing, comes, changes and goes. All tables are those of
//! [`crate::cow`], so that a copy of the index shares what is not changed later.

use crate::model::Subject;
use crate::policy::{AnyBinding, Part, Place, Policy, Shared};

mod grants;
mod hash;
mod inverse;
mod query;
mod roles;
mod rules;
mod search;
mod subjects;
mod tabulate;
mod verbs;
mod walk;

use super::subject::service_account_namespace;
use crate::identity::service_account;
use grants::{Granted, One};
use hash::Hashes;
use roles::Roles;
use subjects::Subjects;

pub(super) use query::Asked;
pub(super) use search::Found;

/// The index of a policy.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    hashes: Hashes,
    users: Subjects,
    groups: Subjects,
    roles: Roles,
}

impl Index {
    /// The index of the policy. Cost: `O(subjects of all bindings + rules of all roles)`.
    pub(super) fn of(policy: &Policy) -> Self {
        let mut index = Self::default();
        for (place, role) in policy.cluster_roles().with_places() {
            index.put(Part::Role(crate::policy::AnyRole::ClusterRole(role)), place);
        }
        for (place, role) in policy.roles().with_places() {
            index.put(Part::Role(crate::policy::AnyRole::Role(role)), place);
        }
        for (place, binding) in policy.cluster_role_bindings().with_places() {
            index.put(Part::Binding(AnyBinding::ClusterRoleBinding(binding)), place);
        }
        for (place, binding) in policy.role_bindings().with_places() {
            index.put(Part::Binding(AnyBinding::RoleBinding(binding)), place);
        }
        index
    }

    /// Takes in an object that stands at the place. Another version of a role takes the place of the one before; another version of a
    /// binding must be taken out first.
    pub(super) fn put(&mut self, part: Part<'_>, place: Place) {
        match part {
            Part::Role(role) => self.roles.put(&self.hashes, role),
            Part::Binding(binding) => self.put_binding(binding, place),
            Part::None => {}
        }
    }

    /// Takes out an object that stood at the place.
    pub(super) fn take(&mut self, part: Part<'_>, place: Place) {
        match part {
            Part::Role(role) => self.roles.take(&self.hashes, role),
            Part::Binding(binding) => self.take_binding(binding, place),
            Part::None => {}
        }
    }

    fn put_binding(&mut self, binding: AnyBinding<'_>, place: Place) {
        let Self { hashes, users, groups, roles } = self;
        let role = roles.bind(hashes, binding, place);
        for (number, subject) in (0_u32..).zip(binding.subjects()) {
            let one = one(binding, place, role, number);
            match name(subject, binding) {
                Some(Name::User(name)) => users.add(hashes, &name, one),
                Some(Name::Group(name)) => groups.add(hashes, name, one),
                None => {}
            }
        }
    }

    fn take_binding(&mut self, binding: AnyBinding<'_>, place: Place) {
        let Self { hashes, users, groups, roles } = self;
        roles.unbind(hashes, binding, place);
        let one = one(binding, place, Roles::NOWHERE, 0);
        for subject in binding.subjects() {
            match name(subject, binding) {
                Some(Name::User(name)) => users.remove(hashes, &name, &one),
                Some(Name::Group(name)) => groups.remove(hashes, name, &one),
                None => {}
            }
        }
    }
}

/// The name under which a subject is looked up.
enum Name<'a> {
    User(std::borrow::Cow<'a, str>),
    Group(&'a str),
}

/// The name that a subject of a binding stands for, if it can be anybody (`subject::matches`).
fn name<'a>(subject: &'a Subject, binding: AnyBinding<'_>) -> Option<Name<'a>> {
    match subject.kind.as_str() {
        Subject::USER => Some(Name::User(subject.name.as_str().into())),
        Subject::GROUP => Some(Name::Group(&subject.name)),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, binding.namespace());
            (!namespace.is_empty()).then(|| Name::User(service_account::username(namespace, &subject.name).into()))
        }
        _ => None,
    }
}

fn one(binding: AnyBinding<'_>, place: Place, role: roles::RoleId, subject: u32) -> One {
    match binding {
        AnyBinding::ClusterRoleBinding(binding) => {
            One::Cluster(Granted { place, binding: Shared::clone(binding), role, subject })
        }
        AnyBinding::RoleBinding(binding) => One::Local(Granted { place, binding: Shared::clone(binding), role, subject }),
    }
}
