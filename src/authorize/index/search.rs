//! The search for the first grant.

use super::Index;
use super::grants::{Granted, Grants};
use super::query::{Asked, Query};
use super::roles::{Held, RoleId, Roles};
use crate::authorize::Grant;
use crate::identity::UserInfo;
use crate::model::{ClusterRoleBinding, RoleBinding};
use crate::policy::{AnyBinding, Place};
use crate::request::Attributes;
use crate::rule::same;

impl Index {
    /// The first grant of the request in order: by binding, by subject of it, by rule.
    #[inline]
    pub(in crate::authorize) fn first_grant<'a>(&'a self, request: &Attributes<'_>) -> Option<Grant<'a>> {
        let user = request.user?;
        let query = Query { request, hashes: &self.hashes, asked: Asked::new(&self.hashes, request) };
        let mut search = Search::new(&self.roles, query);
        if let Some(grants) = self.users.get(&self.hashes, &user.username) {
            search.ask(grants);
        }
        for group in &user.groups {
            if let Some(grants) = self.groups.get(&self.hashes, group) {
                search.ask(grants);
            }
        }
        search.found()
    }

    /// The same for a user that was looked up and a request that was hashed.
    #[inline]
    pub(in crate::authorize) fn first_grant_of<'a>(
        &'a self,
        found: &Found<'a>,
        request: &Attributes<'_>,
        asked: Asked,
    ) -> Option<Grant<'a>> {
        let query = Query { request, hashes: &self.hashes, asked: asked.by(&self.hashes, request) };
        let mut search = Search::new(&self.roles, query);
        found.0.iter().for_each(|grants| search.ask(grants));
        search.found()
    }

    /// The request, hashed.
    pub(in crate::authorize) fn asked(&self, request: &Attributes<'_>) -> Asked {
        Asked::new(&self.hashes, request)
    }

    /// What the names of a user are granted.
    pub(in crate::authorize) fn find(&self, user: &UserInfo) -> Found<'_> {
        let groups = user.groups.iter().filter_map(|group| self.groups.get(&self.hashes, group));
        Found(self.users.get(&self.hashes, &user.username).into_iter().chain(groups).collect())
    }
}

/// What the names of a user are granted.
#[derive(Debug, Clone)]
pub(in crate::authorize) struct Found<'a>(Vec<&'a Grants>);

/// A search under way: what was found among ClusterRoleBindings and, which counts less, among RoleBindings.
struct Search<'a, 'q> {
    asker: Asker<'a, 'q>,
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
        let asker = Asker { roles, query, refused: [Roles::NOWHERE; REFUSED] };
        Self { asker, namespace: None, cluster: None, local: None }
    }

    /// Goes through what a name of the user is granted.
    #[inline]
    fn ask(&mut self, grants: &'a Grants) {
        match grants {
            Grants::Cluster(granted) => {
                self.cluster_binding(granted);
            }
            Grants::Local(granted) => {
                if self.is_local_wanted() {
                    self.local_binding(granted);
                }
            }
            Grants::Many(many) => {
                many.cluster.until(|granted| self.cluster_binding(granted));
                if !many.local.is_empty() && self.is_local_wanted() {
                    let list = many.local.get(self.namespace_hash());
                    list.into_iter().for_each(|list| list.until(|granted| self.local_binding(granted)));
                }
            }
        }
    }

    /// Whether RoleBindings can count.
    #[inline]
    const fn is_local_wanted(&self) -> bool {
        !self.asker.query.request.namespace.is_empty() && self.cluster.is_none()
    }

    #[inline]
    fn namespace_hash(&mut self) -> u64 {
        let Query { hashes, request, .. } = self.asker.query;
        *self.namespace.get_or_insert_with(|| hashes.text(request.namespace))
    }

    /// Keeps the binding if it allows and stands before what was found; says whether none after it can count.
    #[inline(always)]
    fn cluster_binding(&mut self, granted: &'a Granted<ClusterRoleBinding>) -> bool {
        if self.cluster.as_ref().is_some_and(|hit| hit.order() <= (granted.place, granted.subject)) {
            return true;
        }
        let Some((role, rule)) = self.asker.first_rule(granted.role) else { return false };
        self.cluster = Some(Hit { granted, role, rule });
        true
    }

    /// The same for a RoleBinding, which may be of another namespace.
    #[inline(always)]
    fn local_binding(&mut self, granted: &'a Granted<RoleBinding>) -> bool {
        if self.local.as_ref().is_some_and(|hit| hit.order() <= (granted.place, granted.subject)) {
            return true;
        }
        let is_here = || same(&granted.binding.metadata.namespace, self.asker.query.request.namespace);
        if !self.asker.may_allow(granted.role) || !is_here() {
            return false;
        }
        let Some((role, rule)) = self.asker.ask(granted.role) else { return false };
        self.local = Some(Hit { granted, role, rule });
        true
    }

    fn found(self) -> Option<Grant<'a>> {
        match (self.cluster, self.local) {
            (Some(hit), _) => Some(grant(AnyBinding::ClusterRoleBinding(&hit.granted.binding), &hit)),
            (None, Some(hit)) => Some(grant(AnyBinding::RoleBinding(&hit.granted.binding), &hit)),
            (None, None) => None,
        }
    }
}

const fn grant<'a, B>(binding: AnyBinding<'a>, hit: &Hit<'a, B>) -> Grant<'a> {
    Grant { binding, subject_index: hit.granted.subject as usize, role: hit.role.role(), rule_index: hit.rule as usize }
}

/// How many roles that refused are remembered.
const REFUSED: usize = 16;

/// Asks roles for their first rule that allows.
struct Asker<'a, 'q> {
    roles: &'a Roles,
    query: Query<'q>,
    /// The last role of each remainder by [`REFUSED`] that has no such rule: users of many groups hold the same roles many times.
    refused: [RoleId; REFUSED],
}

impl<'a> Asker<'a, '_> {
    #[inline(always)]
    fn first_rule(&mut self, id: RoleId) -> Option<(&'a Held, u32)> {
        if self.may_allow(id) { self.ask(id) } else { None }
    }

    /// Most roles have no rule on the topic, which their filter tells, or have been asked: only the others are worth asking.
    #[inline(always)]
    fn may_allow(&self, id: RoleId) -> bool {
        let is_refused = || self.refused.get(id as usize % REFUSED).is_some_and(|&refused| refused == id);
        self.roles.may_allow(id, &self.query.asked) && !is_refused()
    }

    #[inline(never)]
    fn ask(&mut self, id: RoleId) -> Option<(&'a Held, u32)> {
        let role = self.roles.get(id)?;
        let rule = role.first_rule(&self.query);
        if let (None, Some(refused)) = (rule, self.refused.get_mut(id as usize % REFUSED)) {
            *refused = id;
        }
        rule.map(|rule| (role, rule))
    }
}
