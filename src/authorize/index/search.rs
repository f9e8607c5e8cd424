//! The search for the first grant.

use super::grants::{Granted, Grants, List, short};
use super::query::Query;
use super::roles::{Held, Roles};
use super::{Hashes, Index};
use crate::authorize::Grant;
use crate::model::{ClusterRoleBinding, RoleBinding};
use crate::policy::{AnyBinding, Place};
use crate::request::Attributes;
use crate::rule::same;

impl Index {
    /// The first grant of the request in order: by binding, by subject of it, by rule.
    #[inline]
    pub(in crate::authorize) fn first_grant<'a>(&'a self, request: &Attributes<'_>) -> Option<Grant<'a>> {
        let user = request.user?;
        let query = Query::new(&self.hashes, request);
        let mut search = Search::new(&self.roles, query);
        search.ask(self.users.get(&self.hashes, &user.username));
        for group in &user.groups {
            search.ask(self.groups.get(&self.hashes, group));
        }
        search.found()
    }
}

/// A search under way: what was found among ClusterRoleBindings and, which counts less, among RoleBindings.
struct Search<'a, 'q> {
    roles: &'a Roles,
    query: Query<'q>,
    /// The hash of the namespace, once it is needed.
    namespace: Option<u64>,
    cluster: Option<Hit<'a, ClusterRoleBinding>>,
    local: Option<Hit<'a, RoleBinding>>,
}

/// A grant that was found.
#[derive(Debug)]
struct Hit<'a, B> {
    granted: &'a Granted<B>,
    role: &'a Held,
    rule: u32,
}

impl<B> Hit<'_, B> {
    const fn order(&self) -> (Place, u32) {
        (self.granted.place, self.granted.subject)
    }
}

impl<'a, 'q> Search<'a, 'q> {
    const fn new(roles: &'a Roles, query: Query<'q>) -> Self {
        Self { roles, query, namespace: None, cluster: None, local: None }
    }

    /// Goes through what a name of the user is granted.
    #[inline]
    fn ask(&mut self, grants: Option<&'a Grants>) {
        match grants {
            None => {}
            Some(Grants::Cluster(granted)) => better(self.roles, &self.query, &mut self.cluster, granted),
            Some(Grants::Local(hash, granted)) => {
                let namespace = self.query.request.namespace;
                let is_meant = !namespace.is_empty()
                    && self.cluster.is_none()
                    && short(self.namespace_hash()) == *hash
                    && same(&granted.binding.metadata.namespace, namespace);
                if is_meant {
                    better(self.roles, &self.query, &mut self.local, granted);
                }
            }
            Some(Grants::Many(many)) => {
                best(self.roles, &self.query, &mut self.cluster, &many.cluster);
                let namespace = self.query.request.namespace;
                if namespace.is_empty() || self.cluster.is_some() || many.local.is_empty() {
                    return;
                }
                if let Some(list) = many.local.get(self.namespace_hash(), namespace) {
                    best(self.roles, &self.query, &mut self.local, list);
                }
            }
        }
    }

    #[inline]
    fn namespace_hash(&mut self) -> u64 {
        let (hashes, namespace): (&Hashes, &str) = (self.query.hashes, self.query.request.namespace);
        *self.namespace.get_or_insert_with(|| hashes.text(namespace))
    }

    fn found(self) -> Option<Grant<'a>> {
        match (self.cluster, self.local) {
            (Some(hit), _) => Some(grant(AnyBinding::ClusterRoleBinding(&hit.granted.binding), hit)),
            (None, Some(hit)) => Some(grant(AnyBinding::RoleBinding(&hit.granted.binding), hit)),
            (None, None) => None,
        }
    }
}

const fn grant<'a, B>(binding: AnyBinding<'a>, hit: Hit<'a, B>) -> Grant<'a> {
    Grant { binding, subject_index: hit.granted.subject as usize, role: hit.role.role(), rule_index: hit.rule as usize }
}

/// Keeps the binding if it allows and stands before what was found.
#[inline]
fn better<'a, B>(roles: &'a Roles, query: &Query<'_>, found: &mut Option<Hit<'a, B>>, granted: &'a Granted<B>) {
    if found.as_ref().is_some_and(|hit| hit.order() <= (granted.place, granted.subject)) {
        return;
    }
    let Some(role) = roles.candidate(granted.role, query) else { return };
    if let Some(rule) = role.first_rule(query) {
        *found = Some(Hit { granted, role, rule });
    }
}

/// Keeps the first binding of the list that allows, if it stands before what was found.
#[inline]
fn best<'a, B>(roles: &'a Roles, query: &Query<'_>, found: &mut Option<Hit<'a, B>>, list: &'a List<B>) {
    let end = found.as_ref().map_or((Place::MAX, u32::MAX), Hit::order);
    for granted in list.iter() {
        if (granted.place, granted.subject) >= end {
            return;
        }
        let Some(role) = roles.candidate(granted.role, query) else { continue };
        if let Some(rule) = role.first_rule(query) {
            *found = Some(Hit { granted, role, rule });
            return;
        }
    }
}
