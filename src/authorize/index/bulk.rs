//! All bindings of a policy at once.
//!
//! A large policy is many times larger than the caches of a processor, so what takes time is to wait for memory. What lies in the objects
//! is therefore read ahead, a block of bindings at a time, and what goes into the tables is gathered first and put in part by part.

use super::Index;
use super::ahead::read_bindings;
use super::grants::{Bound, Granted, Order, short};
use super::names::{Buffer, Name, each_name};
use super::roles::{Key, RoleId};
use super::subjects::Entry;
use crate::cow::{AHEAD, Batch};
use crate::policy::{AnyBinding, Place, Policy};
use crate::same::same;

type Placed<'p> = (Place, AnyBinding<'p>);

/// What bindings bring, on its way into the tables, and what they often have in common with the one before.
struct Bulk<'p> {
    users: Waiting,
    groups: Waiting,
    /// The places of the bindings of each role, by the number of the role, ClusterRoleBindings first.
    places: Vec<[Vec<Place>; 2]>,
    buffer: Buffer,
    namespace: (&'p str, u32),
    role: Option<(Key<'p>, RoleId)>,
}

/// Entries of one block lie together first: counting references next to writing far and wide would make each wait for the other.
struct Waiting {
    block: Vec<Entry>,
    all: Batch<Entry>,
}

impl Waiting {
    fn with_capacity(entries: usize) -> Self {
        Self { block: Vec::new(), all: Entry::batch(entries) }
    }

    fn end_block(&mut self) {
        self.block.drain(..).for_each(|entry| self.all.push(entry));
    }
}

impl Index {
    /// Takes in all bindings of a policy, where there was none before.
    pub(super) fn put_bindings(&mut self, policy: &Policy) {
        let (cluster, local) = (policy.cluster_role_bindings(), policy.role_bindings());
        let mut bulk = Bulk {
            users: Waiting::with_capacity(cluster.len() + local.len()),
            groups: Waiting::with_capacity(0),
            places: Vec::new(),
            buffer: Buffer::default(),
            namespace: ("", short(self.hashes.text(""))),
            role: None,
        };
        let cluster = cluster.with_places().map(|(place, binding)| (place, AnyBinding::ClusterRoleBinding(binding)));
        let local = local.with_places().map(|(place, binding)| (place, AnyBinding::RoleBinding(binding)));
        let (mut all, mut block) = (cluster.chain(local), Vec::with_capacity(AHEAD));
        loop {
            block.clear();
            block.extend(all.by_ref().take(AHEAD));
            if block.is_empty() {
                break;
            }
            read_bindings(block.iter().map(|(_, binding)| *binding));
            block.iter().for_each(|placed| self.gather(&mut bulk, *placed));
            [&mut bulk.users, &mut bulk.groups].into_iter().for_each(Waiting::end_block);
        }
        self.take_in(bulk);
    }

    fn gather<'p>(&mut self, bulk: &mut Bulk<'p>, (place, binding): Placed<'p>) {
        let Self { hashes, groups, roles, .. } = self;
        if !same(bulk.namespace.0, binding.namespace()) {
            bulk.namespace = (binding.namespace(), short(hashes.text(binding.namespace())));
        }
        let order = Order::of(binding, place);
        let role = match Key::wanted(binding) {
            Some(key) => {
                let last = bulk.role.filter(|(last, _)| last.is(key));
                let id = last.map_or_else(|| roles.find_or_add(hashes, key), |(_, id)| id);
                bulk.role = Some((key, id));
                note(&mut bulk.places, id, order, place);
                id
            }
            None => roles.bind(hashes, binding, place),
        };
        let Bulk { users, groups: others, buffer, namespace, .. } = bulk;
        each_name(binding, buffer, |subject, name| {
            let granted = Granted { order, bound: Bound::new(binding, namespace.1), role, subject };
            match name {
                Name::User(name) => users.block.push(Entry::one(hashes.text(name), granted)),
                Name::Group(name) => {
                    let given = groups.give(hashes, roles, name, granted);
                    others.block.extend(given.map(|(hash, granted)| Entry::one(hash, granted)));
                }
            }
        });
    }

    fn take_in(&mut self, bulk: Bulk<'_>) {
        self.users.take_in(&self.hashes, bulk.users.all);
        self.groups.take_in(&self.hashes, bulk.groups.all);
        for (id, places) in (0..).zip(bulk.places) {
            self.roles.bind_all(id, places);
        }
    }
}

/// Notes that a binding points at the role.
fn note(places: &mut Vec<[Vec<Place>; 2]>, role: RoleId, order: Order, place: Place) {
    let role = role as usize;
    if places.len() <= role {
        places.resize_with(role + 1, Default::default);
    }
    let of_kind = places.get_mut(role).and_then(|places| places.get_mut(usize::from(order.is_local())));
    of_kind.into_iter().for_each(|places| places.push(place));
}

#[cfg(test)]
mod tests {
    use crate::authorize::Authorizer;
    use crate::model::{ClusterRole, ClusterRoleBinding, RoleBinding, RoleRef, Subject};
    use crate::policy::AnyRole;
    use crate::{Policy, UserInfo};

    fn policy() -> Policy {
        let mut policy = Policy::new();
        (0..20).step_by(2).for_each(|i| drop(policy.insert(ClusterRole::new(format!("r{i}"), []))));
        for i in 0..4_500_usize {
            let role = format!("r{}", i * i % 21);
            let user = Subject::user(format!("u{}", i % 3_000));
            let subjects = [user, Subject::group(format!("g{}", i % 90)), Subject::service_account("", format!("s{}", i % 11))];
            let subjects = subjects.into_iter().skip(i % 3).chain([Subject::group(UserInfo::ALL_AUTHENTICATED)]);
            match i % 3 {
                0 => drop(policy.insert(ClusterRoleBinding::new(format!("b{i}"), role, subjects))),
                1 => {
                    drop(policy.insert(RoleBinding::new(format!("n{}", i % 70), format!("b{i}"), RoleRef::role(role), subjects)))
                }
                _ => drop(policy.insert(RoleBinding::new(
                    format!("n{}", i / 70),
                    format!("b{i}"),
                    RoleRef::cluster_role(role),
                    subjects,
                ))),
            }
        }
        policy
    }

    /// More bindings than are parted, put in at once and one after the other.
    #[test]
    fn all_at_once_are_as_one_after_the_other() {
        let policy = policy();
        let mut slow = Authorizer::default();
        policy.objects().for_each(|object| assert!(!slow.insert_object(object)));
        let quick = Authorizer::new(policy.clone());
        let accounts = (0..70).flat_map(|n| (0..11).map(move |s| UserInfo::service_account(&format!("n{n}"), &format!("s{s}"))));
        let users = (0..3_000).map(|i| UserInfo::new(format!("u{i}"), [format!("g{}", i % 90)]));
        for user in users.chain(accounts.step_by(97)) {
            assert!(quick.bindings_anywhere_of(&user).eq(slow.bindings_anywhere_of(&user)), "{user:?}");
        }
        for role in policy.cluster_roles().iter().map(AnyRole::ClusterRole) {
            assert!(quick.bindings_to(role).eq(slow.bindings_to(role)));
        }
        assert_eq!(quick.index.roles.numbers(), slow.index.roles.numbers());
    }
}
