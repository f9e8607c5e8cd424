//! The search for the first grant.

use super::Index;
use super::grants::{Bound, Granted, Grants, Order};
use super::names::Name;
use super::query::{Asked, Query};
use super::roles::{Held, RoleId, Roles};
use crate::authorize::Grant;
use crate::identity::UserInfo;
use crate::policy::AnyBinding;
use crate::request::Attributes;
use crate::same::same;

impl Index {
    /// The first grant of the request in order: by binding, by subject of it, by rule.
    #[inline]
    pub(in crate::authorize) fn first_grant<'a>(&'a self, request: &Attributes<'_>) -> Option<Grant<'a>> {
        let user = request.user?;
        let query = Query { request, hashes: &self.hashes, asked: Asked::new(&self.hashes, request) };
        let mut search = Search::new(&self.roles, query, user.groups.len());
        if let Some(grants) = self.users.get(self.hashes.text(&user.username)) {
            search.ask(Name::User(&user.username), grants);
        }
        for group in &user.groups {
            if let Some(grants) = self.groups.get(&self.hashes, group) {
                search.ask(Name::Group(group), grants);
            }
        }
        search.found()
    }

    /// The same for a user that was looked up and a request that was hashed.
    #[inline]
    pub(in crate::authorize) fn first_grant_of<'a>(
        &'a self,
        found: &Found<'a, '_>,
        request: &Attributes<'_>,
        asked: Asked,
    ) -> Option<Grant<'a>> {
        let query = Query { request, hashes: &self.hashes, asked: asked.by(&self.hashes, request) };
        let mut search = Search::new(&self.roles, query, found.0.len());
        found.0.iter().for_each(|&(name, grants)| search.ask(name, grants));
        search.found()
    }

    /// The request, hashed.
    pub(in crate::authorize) fn asked(&self, request: &Attributes<'_>) -> Asked {
        Asked::new(&self.hashes, request)
    }

    /// What the names of a user are granted.
    pub(in crate::authorize) fn find<'a, 'u>(&'a self, user: &'u UserInfo) -> Found<'a, 'u> {
        let name = self.users.get(self.hashes.text(&user.username)).map(|grants| (Name::User(&user.username), grants));
        let of_group = |group: &'u String| Some((Name::Group(group), self.groups.get(&self.hashes, group)?));
        Found(name.into_iter().chain(user.groups.iter().filter_map(of_group)).collect())
    }
}

/// What the names of a user are granted.
#[derive(Debug, Clone)]
pub(in crate::authorize) struct Found<'a, 'u>(pub(super) Vec<(Name<'u>, &'a Grants)>);

/// From how many groups on a user is taken to hold the same roles many times.
const MANY: usize = 6;

/// A search under way.
struct Search<'a, 'q> {
    roles: &'a Roles,
    query: Query<'q>,
    /// The last role of each remainder by [`REFUSED`] that has no rule that allows: users of many groups hold the same roles many times.
    refused: [RoleId; REFUSED],
    /// Whether they are remembered before anything else is looked at.
    many: bool,
    /// Where the binding stands that was found: none behind it counts.
    limit: Order,
    hit: Option<Hit<'a>>,
}

/// How many roles that refused are remembered.
const REFUSED: usize = 16;

/// A grant that was found.
#[derive(Debug, Clone, Copy)]
struct Hit<'a> {
    binding: AnyBinding<'a>,
    subject: u32,
    role: &'a Held,
    rule: u32,
}

impl<'a, 'q> Search<'a, 'q> {
    const fn new(roles: &'a Roles, query: Query<'q>, groups: usize) -> Self {
        Self { roles, query, refused: [Roles::NOWHERE; REFUSED], many: groups > MANY, limit: Order::LAST, hit: None }
    }

    /// Goes through what a name of the user is granted.
    #[inline(always)]
    fn ask(&mut self, name: Name<'_>, grants: &'a Grants) {
        match grants {
            Grants::One(granted) => {
                self.consider(name, granted);
            }
            Grants::Few(list) => {
                let _ = list.iter().any(|granted| self.consider(name, granted));
            }
            Grants::Many(many) => {
                many.cluster.until(|granted| self.consider(name, granted));
                if self.limit.is_local() {
                    let list = many.in_namespace(self.query.asked.namespace);
                    list.into_iter().for_each(|list| list.until(|granted| self.consider(name, granted)));
                }
            }
        }
    }

    /// Keeps the binding if it allows and stands before what was found; says whether none after it can count.
    #[inline(always)]
    fn consider(&mut self, name: Name<'_>, granted: &'a Granted) -> bool {
        if granted.order >= self.limit {
            if granted.order == self.limit {
                self.note_subject(name, granted);
            }
            return true;
        }
        self.is_here(granted) && self.may_allow(granted.role) && self.allows(name, granted)
    }

    /// Whether the binding is of the cluster or, as far as the hash tells, of the namespace of the request.
    #[inline(always)]
    const fn is_here(&self, granted: &Granted) -> bool {
        match granted.bound {
            Bound::Cluster(_) => true,
            Bound::Local(namespace, _) => self.query.asked.is_in(namespace),
        }
    }

    /// Most roles have no rule on the topic, which their filter tells, or have been asked: only the others are worth asking.
    #[inline(always)]
    fn may_allow(&mut self, id: RoleId) -> bool {
        if self.many && self.has_refused(id) {
            return false;
        }
        let may_allow = self.roles.may_allow(id, &self.query.asked);
        if self.many && !may_allow {
            self.refuse(id);
        }
        may_allow && (self.many || !self.has_refused(id))
    }

    #[inline(always)]
    fn has_refused(&self, id: RoleId) -> bool {
        self.refused.get(id as usize % REFUSED).is_some_and(|&refused| refused == id)
    }

    #[inline(always)]
    fn refuse(&mut self, id: RoleId) {
        if let Some(refused) = self.refused.get_mut(id as usize % REFUSED) {
            *refused = id;
        }
    }

    /// Asks the role, and compares what the hashes have found.
    #[inline(never)]
    fn allows(&mut self, name: Name<'_>, granted: &'a Granted) -> bool {
        let Some((role, rule)) = self.roles.get(granted.role).and_then(|role| Some((role, role.first_rule(&self.query)?))) else {
            self.refuse(granted.role);
            return false;
        };
        let binding = granted.bound.binding();
        let Some(subject) = granted.subject_named(name) else { return false };
        if granted.order.is_local() && !same(binding.namespace(), self.query.request.namespace) {
            return false;
        }
        self.limit = granted.order;
        self.hit = Some(Hit { binding, subject, role, rule });
        true
    }

    /// The binding that was found stands for the user by this name too, and perhaps by an earlier subject.
    #[inline(never)]
    fn note_subject(&mut self, name: Name<'_>, granted: &Granted) {
        if let (Some(hit), Some(subject)) = (&mut self.hit, granted.subject_named(name)) {
            hit.subject = hit.subject.min(subject);
        }
    }

    fn found(self) -> Option<Grant<'a>> {
        self.hit.map(|Hit { binding, subject, role, rule }| Grant {
            binding,
            subject_index: subject as usize,
            role: role.role(),
            rule_index: rule as usize,
        })
    }
}
