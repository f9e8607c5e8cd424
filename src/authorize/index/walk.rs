//! The bindings of a user, in order, whatever they allow.

use super::Index;
use super::grants::{Granted, Grants, List, Order};
use super::names::Name;
use super::roles::RoleId;
use super::search::{Found, FoundName};
use crate::identity::UserInfo;
use crate::policy::AnyBinding;

impl Index {
    /// The bindings that apply to the user in the namespace, in order, each with the number of its first subject that is the user.
    /// Cost: `O(b log b)` for the `b` bindings that apply.
    pub(in crate::authorize) fn applying<'a>(&'a self, user: &UserInfo, namespace: &str) -> Vec<(AnyBinding<'a>, usize)> {
        self.walk(user, namespace).in_order().into_iter().map(Step::answer).collect()
    }

    /// Those of [`Self::applying`] whose reference leads to no role, in order.
    pub(in crate::authorize) fn unresolved<'a>(&'a self, user: &UserInfo, namespace: &str) -> Vec<AnyBinding<'a>> {
        let mut walk = self.walk(user, namespace);
        walk.steps.retain(|step| self.roles.get(step.granted.role).is_none());
        walk.in_order().into_iter().map(|step| step.granted.bound.binding()).collect()
    }

    /// The bindings that apply to the user anywhere, in order. Cost: as [`Self::applying`].
    pub(in crate::authorize) fn applying_anywhere<'a>(&'a self, user: &UserInfo) -> Vec<(AnyBinding<'a>, usize)> {
        let mut walk = Walk::default();
        self.find(user).0.iter().for_each(|found| show(found.grants, None, |granted| walk.note(found.name.as_ref(), granted)));
        walk.in_order().into_iter().map(Step::answer).collect()
    }

    /// The numbers of the roles that the user holds in the cluster, and of those that it holds in the namespace besides; sorted, each once.
    pub(in crate::authorize) fn roles_held(&self, found: &Found<'_, '_>, namespace: &str) -> [Vec<RoleId>; 2] {
        let steps = self.walk_found(found, namespace).steps;
        [false, true].map(|is_local| {
            let of_kind = steps.iter().filter(|step| step.order.is_local() == is_local);
            let mut roles: Vec<RoleId> = of_kind.map(|step| step.granted.role).collect();
            roles.sort_unstable();
            roles.dedup();
            roles
        })
    }

    fn walk<'a>(&'a self, user: &UserInfo, namespace: &str) -> Walk<'a> {
        self.walk_found(&self.find(user), namespace)
    }

    fn walk_found<'a>(&self, found: &Found<'a, '_>, namespace: &str) -> Walk<'a> {
        let (mut walk, hash) = (Walk::default(), self.hashes.text(namespace));
        let note = |found: &FoundName<'a, '_>| {
            show(found.grants, Some(hash), |granted| walk.note_here(found.name.as_ref(), granted, namespace))
        };
        found.0.iter().for_each(note);
        walk
    }
}

/// The bindings seen so far.
#[derive(Debug, Default)]
struct Walk<'a> {
    steps: Vec<Step<'a>>,
}

/// A binding, with the number of its first subject of a name of the user.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    order: Order,
    subject: u32,
    granted: &'a Granted,
}

impl<'a> Step<'a> {
    fn answer(self) -> (AnyBinding<'a>, usize) {
        (self.granted.bound.binding(), self.subject as usize)
    }
}

impl<'a> Walk<'a> {
    /// Notes the binding if it is of the cluster or of the namespace.
    fn note_here(&mut self, name: Option<&Name<'_>>, granted: &'a Granted, namespace: &str) {
        let is_here = || !namespace.is_empty() && granted.bound.binding().namespace() == namespace;
        if !granted.order.is_local() || is_here() {
            self.note(name, granted);
        }
    }

    fn note(&mut self, name: Option<&Name<'_>>, granted: &'a Granted) {
        self.steps.extend(granted.subject_named(name).map(|subject| Step { order: granted.order, subject, granted }));
    }

    /// Each binding once, with its first subject, in order.
    fn in_order(mut self) -> Vec<Step<'a>> {
        self.steps.sort_unstable_by_key(|step| (step.order, step.subject));
        self.steps.dedup_by_key(|step| step.order);
        self.steps
    }
}

/// Shows the grants: of the cluster, and those of the namespaces of the hash, or of all namespaces. Where they are few, all are shown.
fn show<'a>(grants: &'a Grants, namespace: Option<u64>, mut show: impl FnMut(&'a Granted)) {
    match grants {
        Grants::One(granted) => show(granted),
        Grants::Few(list) => list.iter().for_each(show),
        Grants::Many(many) => {
            each(&many.cluster, &mut show);
            match namespace {
                Some(hash) => many.in_namespace(hash).into_iter().for_each(|list| each(list, &mut show)),
                None => many.namespaces().for_each(|list| each(list, &mut show)),
            }
        }
    }
}

fn each<'a>(list: &'a List, mut show: impl FnMut(&'a Granted)) {
    list.until(|granted| {
        show(granted);
        false
    });
}
