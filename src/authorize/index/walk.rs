//! The bindings of a user, in order, whatever they allow.

use super::Index;
use super::grants::{Granted, Grants};
use crate::identity::UserInfo;
use crate::model::{ClusterRoleBinding, RoleBinding};
use crate::policy::AnyBinding;

impl Index {
    /// The bindings that apply to the user in the namespace, in order, each with the number of its first subject that is the user.
    /// Cost: `O(b log b)` for the `b` bindings that apply.
    pub(in crate::authorize) fn applying<'a>(&'a self, user: &UserInfo, namespace: &str) -> Vec<(AnyBinding<'a>, usize)> {
        self.walk(user, namespace).in_order()
    }

    /// Those of [`Self::applying`] whose reference leads to no role, in order.
    pub(in crate::authorize) fn unresolved<'a>(&'a self, user: &UserInfo, namespace: &str) -> Vec<AnyBinding<'a>> {
        let mut walk = self.walk(user, namespace);
        walk.cluster.retain(|granted| self.roles.get(granted.role).is_none());
        walk.local.retain(|granted| self.roles.get(granted.role).is_none());
        walk.in_order().into_iter().map(|(binding, _)| binding).collect()
    }

    /// The bindings that apply to the user anywhere, in order. Cost: as [`Self::applying`].
    pub(in crate::authorize) fn applying_anywhere<'a>(&'a self, user: &UserInfo) -> Vec<(AnyBinding<'a>, usize)> {
        let mut walk = Walk::default();
        walk.visit_all(self.users.get(&self.hashes, &user.username));
        user.groups.iter().for_each(|group| walk.visit_all(self.groups.get(&self.hashes, group)));
        walk.in_order()
    }

    fn walk(&self, user: &UserInfo, namespace: &str) -> Walk<'_> {
        let mut walk = Walk::default();
        let hash = self.hashes.text(namespace);
        walk.visit(self.users.get(&self.hashes, &user.username), namespace, hash);
        user.groups.iter().for_each(|group| walk.visit(self.groups.get(&self.hashes, group), namespace, hash));
        walk
    }
}

/// The bindings seen so far.
#[derive(Debug, Default)]
struct Walk<'a> {
    cluster: Vec<&'a Granted<ClusterRoleBinding>>,
    local: Vec<&'a Granted<RoleBinding>>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, grants: Option<&'a Grants>, namespace: &str, hash: u64) {
        match grants {
            Some(Grants::Cluster(granted)) => self.cluster.push(granted),
            Some(Grants::Local(granted)) if !namespace.is_empty() && granted.binding.metadata.namespace == namespace => {
                self.local.push(granted);
            }
            None | Some(Grants::Local(..)) => {}
            Some(Grants::Many(many)) => {
                many.cluster.until(|granted| {
                    self.cluster.push(granted);
                    false
                });
                let list = (!namespace.is_empty()).then(|| many.local.get(hash)).flatten();
                list.into_iter().for_each(|list| {
                    list.until(|granted| {
                        self.local.extend((granted.binding.metadata.namespace == namespace).then_some(granted));
                        false
                    });
                });
            }
        }
    }

    fn visit_all(&mut self, grants: Option<&'a Grants>) {
        match grants {
            Some(Grants::Cluster(granted)) => self.cluster.push(granted),
            Some(Grants::Local(granted)) => self.local.push(granted),
            Some(Grants::Many(many)) => {
                many.cluster.until(|granted| {
                    self.cluster.push(granted);
                    false
                });
                many.local.lists().for_each(|list| {
                    list.until(|granted| {
                        self.local.push(granted);
                        false
                    });
                });
            }
            None => {}
        }
    }

    fn in_order(self) -> Vec<(AnyBinding<'a>, usize)> {
        let cluster =
            first_of_each(self.cluster).map(|each| (AnyBinding::ClusterRoleBinding(&each.binding), each.subject as usize));
        let local = first_of_each(self.local).map(|each| (AnyBinding::RoleBinding(&each.binding), each.subject as usize));
        cluster.chain(local).collect()
    }
}

/// Each binding once, with its first subject, in order.
fn first_of_each<B>(mut granted: Vec<&Granted<B>>) -> impl Iterator<Item = &Granted<B>> {
    granted.sort_unstable_by_key(|each| (each.place, each.subject));
    granted.dedup_by_key(|each| each.place);
    granted.into_iter()
}
