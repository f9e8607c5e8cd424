//! The index behind the authorizer: from a request to its first grant in a handful of look-ups, at any size of the policy.
//!
//! Nothing outside this folder knows its numbers and tables. `linear` says what it must answer; the property tests hold them together.
//!
//! # How is a request answered?
//!
//! 1. The user name and the groups are looked up by their hashes in two tables (`subjects`), which hold the bindings of each name in policy order:
//!    those of the cluster, then those of each namespace (`grants`). A service account stands there under the user name it has. Most groups
//!    that are granted nothing are told by their length and last letter before they are hashed. The three groups that an API server gives to
//!    everybody of a kind lie apart, with what they may be about, so that most requests pass them by.
//! 2. For each of these bindings the role that it points at is read by number (`roles`). A filter of 256 bits tells most roles without a rule on the
//!    API group and resource; the others are asked for their first rule that allows, which is one look-up in a table of the role's own
//!    (`rules`, made by `tabulate`), one more for each kind of wildcard that the role has, at most five, or for each length of its URL
//!    prefixes, and each once more with the name where rules are limited to names. Of the roles that refused, some are remembered while the
//!    groups are gone through.
//! 3. The least (binding, subject number, rule) wins; a list is left at the first binding that does not stand before what was found.
//!
//! Who asks one request of many users has every role answer it first (`answers`); then step 2 is a test of one bit (`question`).
//!
//! Hashes only find; what allows is compared as strings before it counts (`names`), so that a request that is refused compares none.
//! Cost: `O(user name + groups + bindings that apply)` look-ups, whatever else the policy holds, and no allocation.
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

use crate::policy::{AnyBinding, AnyRole, Part, Place, Policy};

mod ahead;
mod answers;
mod bulk;
mod grants;
mod hash;
mod inverse;
mod names;
mod query;
mod question;
mod roles;
mod rules;
mod search;
mod subjects;
mod tabulate;
mod verbs;
mod walk;

use grants::{Bound, Granted, Order, short};
use hash::Hashes;
use names::{Buffer, Name, each_name};
use roles::{RoleId, Roles};
use subjects::{Groups, Subjects};

pub(super) use answers::Answers;
pub(super) use query::Asked;
pub(super) use search::Found;

/// The index of a policy.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    hashes: Hashes,
    users: Subjects,
    groups: Groups,
    roles: Roles,
}

impl Index {
    /// The index of the policy. Cost: `O(subjects of all bindings + rules of all roles)`.
    pub(super) fn of(policy: &Policy) -> Self {
        Self::default().with(policy)
    }

    /// This index, empty as yet, with the policy.
    fn with(mut self, policy: &Policy) -> Self {
        policy.every_role().for_each(|role| self.put_role(role));
        self.put_bindings(policy);
        self
    }

    /// Takes in an object that stands at the place, and was not there before.
    pub(super) fn put(&mut self, part: Part<'_>, place: Place) {
        match part {
            Part::Role(role) => self.put_role(role),
            Part::Binding(binding) => {
                let role = self.roles.bind(&self.hashes, binding, place);
                self.put_names(binding, role, place);
            }
            Part::None => {}
        }
    }

    /// Takes in another version of an object that stands at the place.
    pub(super) fn replace(&mut self, before: Part<'_>, after: Part<'_>, place: Place) {
        match (before, after) {
            (Part::Binding(before), Part::Binding(after)) => {
                let role = self.roles.rebind(&self.hashes, before, after, place);
                self.take_names(before, place);
                self.put_names(after, role, place);
            }
            (_, after) => self.put(after, place),
        }
    }

    fn put_role(&mut self, role: AnyRole<'_>) {
        let (scope, groups) = self.roles.put(&self.hashes, role);
        self.groups.widen(&scope, groups);
    }

    /// Takes out an object that stood at the place.
    pub(super) fn take(&mut self, part: Part<'_>, place: Place) {
        match part {
            Part::Role(role) => self.roles.take(&self.hashes, role),
            Part::Binding(binding) => {
                self.roles.unbind(&self.hashes, binding, place);
                self.take_names(binding, place);
            }
            Part::None => {}
        }
    }

    /// Grants the role to the subjects of the binding.
    fn put_names(&mut self, binding: AnyBinding<'_>, role: RoleId, place: Place) {
        let Self { hashes, users, groups, roles } = self;
        let order = Order::of(binding, place);
        let bound = Bound::new(binding, short(hashes.text(binding.namespace())));
        each_name(binding, &mut Buffer::default(), |subject, name| {
            let granted = Granted { order, bound: bound.clone(), role, subject };
            match name {
                Name::User(name) => users.add(hashes, hashes.text(name), granted),
                Name::Group(name) => groups.add(hashes, roles, name, granted),
            }
        });
    }

    /// Takes what the binding grants from its subjects.
    fn take_names(&mut self, binding: AnyBinding<'_>, place: Place) {
        let Self { hashes, users, groups, .. } = self;
        let order = Order::of(binding, place);
        each_name(binding, &mut Buffer::default(), |_, name| match name {
            Name::User(name) => users.remove(hashes, hashes.text(name), binding, order),
            Name::Group(name) => groups.remove(hashes, name, binding, order),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorize::{Authorizer, linear};
    use crate::identity::service_account;
    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
    use crate::{Attributes, UserInfo};

    /// Numbers that look random and are the same on every run.
    fn below(state: &mut u64, bound: u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % bound
    }

    fn policy(state: &mut u64, bindings: u64) -> Policy {
        let mut policy = Policy::new();
        for i in 0..4 {
            let rule = PolicyRule::resources(["get"], [["", "*"][i / 2]], [["pods", "secrets", "*/log", "nodes"][i]]);
            policy.insert(ClusterRole::new(format!("r{i}"), [rule]));
        }
        for i in 0..bindings {
            let subjects: Vec<Subject> = (0..below(state, 4))
                .map(|_| match below(state, 3) {
                    0 => Subject::user(format!("u{}", below(state, 8))),
                    1 => Subject::group(format!("g{}", below(state, 8))),
                    _ => Subject::service_account(["", "n0", "n1"][below(state, 3) as usize], format!("s{}", below(state, 3))),
                })
                .collect();
            let (role, namespace) = (format!("r{}", below(state, 5)), format!("n{}", below(state, 4)));
            if below(state, 2) == 0 {
                policy.insert(ClusterRoleBinding::new(format!("b{i}"), role, subjects));
            } else {
                policy.insert(RoleBinding::new(namespace, format!("b{i}"), RoleRef::cluster_role(role), subjects));
            }
        }
        policy
    }

    /// The answer is that of the plain scan, whatever of the question is known beforehand.
    fn in_every_way(rbac: &Authorizer, request: &Attributes<'_>) {
        let (user, plain) = (request.user.unwrap(), linear::authorize(rbac.policy(), request));
        let (looked_up, resolved) = (rbac.look_up(user), rbac.resolve(request));
        for ours in [
            rbac.authorize(request),
            looked_up.authorize(&rbac.prepare(request)),
            resolved.authorize(user),
            resolved.authorize_looked_up(&looked_up),
        ] {
            assert_eq!(ours.grant(), plain.grant(), "{request:?}");
            assert_eq!(ours.reason().to_string(), plain.reason().to_string(), "{request:?}");
        }
    }

    /// What is found by a hash counts only if the strings are equal: the worst hash functions give the same answers.
    #[test]
    fn strings_of_one_hash_are_told_apart() {
        let mut state = 7;
        for (kept, bindings) in [(0, 6), (1, 12), (0, 60), (3 << 30, 60), (7, 300), (0, 300)] {
            let policy = policy(&mut state, bindings);
            let index = Index { hashes: Hashes::poor(kept), ..Index::default() }.with(&policy);
            let mut rbac = Authorizer { policy, index };
            for round in 0..2 {
                check(&rbac, &mut state);
                for i in (0..bindings).step_by(2).filter(|_| round == 0) {
                    rbac.remove::<ClusterRoleBinding>("", &format!("b{i}"));
                    (0..4).for_each(|n| drop(rbac.remove::<RoleBinding>(&format!("n{n}"), &format!("b{i}"))));
                }
            }
        }
    }

    /// What the roles of a group at hand may be about is noted beside it: in whatever order roles and bindings come, change and go, it is
    /// never less.
    #[test]
    fn a_group_at_hand_follows_its_roles() {
        for group in [UserInfo::ALL_AUTHENTICATED, UserInfo::ALL_UNAUTHENTICATED, service_account::ALL_GROUP] {
            let (mut rbac, mut state) = (Authorizer::default(), 11);
            let user = UserInfo::new("jane", [group]);
            for _ in 0..2_000 {
                let (role, name) = (format!("r{}", below(&mut state, 3)), format!("b{}", below(&mut state, 3)));
                let resource = ["pods", "secrets", "nodes", "jobs"][below(&mut state, 4) as usize];
                let rule = PolicyRule::resources(["get"], [["", "*"][below(&mut state, 2) as usize]], [resource]);
                match below(&mut state, 4) {
                    0 => drop(rbac.insert(ClusterRole::new(role, [rule]))),
                    1 => drop(rbac.remove::<ClusterRole>("", &role)),
                    2 => drop(rbac.insert(ClusterRoleBinding::new(name, role, [Subject::user("joe"), Subject::group(group)]))),
                    _ => drop(rbac.remove::<ClusterRoleBinding>("", &name)),
                }
                for asked in ["pods", "secrets", "nodes", "jobs"] {
                    let request = Attributes::resource("get", asked).by(&user);
                    in_every_way(&rbac, &request);
                }
            }
        }
    }

    fn check(rbac: &Authorizer, state: &mut u64) {
        for _ in 0..200 {
            let groups: Vec<String> = (0..below(state, 4)).map(|_| format!("g{}", below(state, 8))).collect();
            let user = match below(state, 2) {
                0 => UserInfo::new(format!("u{}", below(state, 8)), groups),
                _ => UserInfo::service_account(&format!("n{}", below(state, 2)), &format!("s{}", below(state, 3))),
            };
            let namespace = ["", "n0", "n1", "n3"][below(state, 4) as usize];
            for resource in ["pods", "secrets", "nodes", "jobs"] {
                let request = Attributes::resource("get", resource).in_namespace(namespace).by(&user);
                let log = request.subresource("log");
                for request in [request, log] {
                    in_every_way(rbac, &request);
                }
            }
            let ours: Vec<_> = rbac.bindings_of(&user, namespace).collect();
            let plain: Vec<_> =
                linear::applying(rbac.policy(), &Attributes::default().in_namespace(namespace).by(&user)).collect();
            assert_eq!(ours, plain);
        }
    }

    /// The same for what rules are about: paths and their prefixes, resources with and without names.
    #[test]
    fn rules_of_one_hash_are_told_apart() {
        let named = |names: &[&str]| PolicyRule::resources(["get"], [""], ["pods"]).named(names.iter().copied());
        let rules = [
            PolicyRule::urls(["get"], ["/a", "/b*"]),
            PolicyRule::urls(["list"], ["/c", "/d*"]),
            named(&["x", "y"]),
            PolicyRule::resources(["get", "list"], ["apps"], ["deployments", "deployments/scale"]),
            PolicyRule::resources(["list"], ["*"], ["*/log"]),
            named(&["z"]),
        ];
        let jane = UserInfo::new("jane", [""; 0]);
        for (kept, skipped) in
            [0, 1 << 32, 3 << 62, 1 << 63].into_iter().flat_map(|kept| (0..6).map(move |skipped| (kept, skipped)))
        {
            let mut policy = Policy::new();
            let rules = rules.iter().cycle().skip(skipped).take(6).cloned();
            policy.insert(ClusterRole::new("r", rules));
            policy.insert(ClusterRoleBinding::new("b", "r", [Subject::user("jane")]));
            let index = Index { hashes: Hashes::poor(kept), ..Index::default() }.with(&policy);
            let rbac = Authorizer { policy, index };
            for request in requests() {
                let request = request.by(&jane);
                in_every_way(&rbac, &request);
            }
        }
    }

    fn requests() -> Vec<Attributes<'static>> {
        let mut requests = Vec::new();
        for verb in ["get", "list", "update"] {
            requests.extend(["/a", "/ab", "/b", "/bc", "/c", "/d/", "", "pods"].map(|path| Attributes::non_resource(verb, path)));
            for (group, resource) in ["", "apps", "batch"].into_iter().flat_map(|group| [(group, "pods"), (group, "deployments")])
            {
                let request = Attributes { path: "/a", ..Attributes::resource(verb, resource).in_group(group) };
                requests.extend([request, request.subresource("scale"), request.subresource("log")]);
                requests.extend(["x", "z", "w"].map(|name| request.named(name)));
            }
        }
        requests
    }

    /// As long as names come and go, an index stays as small as it was.
    #[test]
    fn what_is_removed_leaves_nothing_behind() {
        let mut rbac = Authorizer::default();
        let held: Vec<usize> = (100..112).map(|round| held_after(&mut rbac, round)).collect();
        assert_eq!(held, [held[0]; 12]);
    }

    /// The length of what an index holds after objects of names of their own have come, and gone one by one.
    fn held_after(rbac: &mut Authorizer, round: usize) -> usize {
        let subjects = || [Subject::user(format!("u{round}")), Subject::group(format!("g{round}"))];
        let (role, places) = (format!("r{round}"), 0..40);
        for place in places.clone() {
            let (namespace, name) = (format!("n{round}-{}", place % 20), format!("b{place}"));
            rbac.insert(RoleBinding::new(namespace, &name, RoleRef::cluster_role(&role), subjects()));
            rbac.insert(ClusterRoleBinding::new(format!("{name}-{round}"), &role, [Subject::user(format!("{name}-{round}"))]));
        }
        rbac.insert(ClusterRole::new(&role, []));
        rbac.remove::<ClusterRole>("", &role);
        for place in places {
            rbac.remove::<RoleBinding>(&format!("n{round}-{}", place % 20), &format!("b{place}"));
            rbac.remove::<ClusterRoleBinding>("", &format!("b{place}-{round}"));
        }
        format!("{:?} {:?}", rbac.index.users, rbac.index.roles).len()
    }
}
