//! What the search asks of roles.

use super::hash::Hashes;
use super::query::{About, Asked, Here, Query};
use super::roles::{Held, RoleId, Roles};
use super::verbs::Verbs;
use crate::policy::AnyRole;
use crate::request::Attributes;

/// A request on its way from role to role.
pub(super) trait Question<'a> {
    /// A role that is worth asking.
    type Candidate;
    /// What is remembered of the roles that refused while many bindings are gone through.
    type Refused: Default;

    /// What the request is about.
    fn about(&self) -> &About;

    /// The namespace of the request.
    fn namespace(&self) -> &str;

    /// The same, hashed.
    fn here(&mut self) -> Here;

    /// The role of the number, unless it is easily seen that it does not allow.
    fn candidate(&self, id: RoleId) -> Option<Self::Candidate>;

    /// The same where many bindings are gone through.
    fn candidate_among(&self, id: RoleId, refused: &mut Self::Refused) -> Option<Self::Candidate>;

    /// Remembers that the role has no rule that allows.
    fn refuse(id: RoleId, refused: &mut Self::Refused);

    /// The candidate and the number of its first rule that allows, if one does.
    fn answer(&mut self, candidate: Self::Candidate) -> Option<Answer<'a>>;
}

/// A role that allows, and the number of its first rule that does. It is as wide as it is read: a processor waits for two narrow numbers that
/// it reads as one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) role: AnyRole<'a>,
    pub(super) rule: usize,
}

impl<'a> Answer<'a> {
    /// The role's answer, if it allows.
    #[inline(always)]
    pub(super) fn of(role: &'a Held, query: &Query<'_>) -> Option<Self> {
        Some(Self { role: role.role(), rule: role.first_rule(query)? as usize })
    }
}

/// The roles that refused while bindings are gone through: users of many groups hold the same roles many times. Of each remainder of the
/// number by [`Self::SIZE`] the last one is remembered.
pub(super) struct Refused([RoleId; Self::SIZE]);

impl Default for Refused {
    fn default() -> Self {
        Self([Roles::NOWHERE; Self::SIZE])
    }
}

impl Refused {
    const SIZE: usize = 16;

    #[inline(always)]
    fn has(&self, id: RoleId) -> bool {
        self.0.get(id as usize % Self::SIZE).is_some_and(|&refused| refused == id)
    }

    #[inline(always)]
    fn add(&mut self, id: RoleId) {
        if let Some(refused) = self.0.get_mut(id as usize % Self::SIZE) {
            *refused = id;
        }
    }
}

/// A request that is asked once: each role looks for it among its rules.
pub(super) struct Once<'a, 'q> {
    roles: &'a Roles,
    query: Query<'q>,
    /// The namespace, if it was hashed.
    here: Option<Here>,
}

impl<'a, 'q> Once<'a, 'q> {
    /// The request, of which no more is hashed than is looked at.
    #[inline(always)]
    pub(super) fn new(roles: &'a Roles, hashes: &'q Hashes, request: &'q Attributes<'q>) -> Self {
        Self::with(roles, Query::unread(hashes, request), None)
    }

    /// The same of a request that was hashed, by whatever function.
    #[inline(always)]
    pub(super) fn of(roles: &'a Roles, hashes: &'q Hashes, request: &'q Attributes<'q>, asked: Asked) -> Self {
        let asked = asked.by(hashes, request);
        Self::with(roles, Query::of(hashes, request, &asked), Some(asked.here))
    }

    #[inline(always)]
    const fn with(roles: &'a Roles, query: Query<'q>, here: Option<Here>) -> Self {
        Self { roles, query, here }
    }
}

impl<'a> Question<'a> for Once<'a, '_> {
    type Candidate = &'a Held;
    type Refused = Refused;

    #[inline(always)]
    fn about(&self) -> &About {
        &self.query.about
    }

    #[inline(always)]
    fn namespace(&self) -> &str {
        self.query.request.namespace
    }

    #[inline(always)]
    fn here(&mut self) -> Here {
        let Query { hashes, request, .. } = self.query;
        *self.here.get_or_insert_with(|| Here::new(hashes, request.namespace))
    }

    /// Most roles have no rule on the topic, which their filter tells: only the others are worth asking.
    #[inline(always)]
    fn candidate(&self, id: RoleId) -> Option<&'a Held> {
        self.roles.candidate(id, &self.query.about)
    }

    #[inline(always)]
    fn candidate_among(&self, id: RoleId, refused: &mut Refused) -> Option<&'a Held> {
        if refused.has(id) {
            return None;
        }
        let candidate = self.candidate(id);
        if candidate.is_none() {
            refused.add(id);
        }
        candidate
    }

    #[inline(always)]
    fn refuse(id: RoleId, refused: &mut Refused) {
        refused.add(id);
    }

    #[inline(always)]
    fn answer(&mut self, role: &'a Held) -> Option<Answer<'a>> {
        if self.query.verbs.is_none() {
            self.query.verbs = Verbs::wanted(self.query.request.verb);
        }
        Answer::of(role, &self.query)
    }
}
