//! What the search asks of roles.

use super::query::{Asked, Query};
use super::roles::{Held, RoleId, Roles};
use crate::policy::AnyRole;

/// A request on its way from role to role.
pub(super) trait Question<'a> {
    /// A role that is worth asking.
    type Candidate;

    /// The request, hashed.
    fn asked(&self) -> &Asked;

    /// The namespace of the request.
    fn namespace(&self) -> &str;

    /// The role of the number, unless it is easily seen that it does not allow.
    fn candidate(&mut self, id: RoleId) -> Option<Self::Candidate>;

    /// The candidate and the number of its first rule that allows, if one does.
    fn answer(&mut self, id: RoleId, candidate: Self::Candidate) -> Option<Answer<'a>>;
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

/// From how many groups on a user is taken to hold the same roles many times.
const MANY: usize = 6;
/// How many roles that refused are remembered.
const REFUSED: usize = 16;

/// A request that is asked once: each role looks for it among its rules.
pub(super) struct Once<'a, 'q> {
    roles: &'a Roles,
    query: Query<'q>,
    /// The last role of each remainder by [`REFUSED`] that has no rule that allows: users of many groups hold the same roles many times.
    refused: [RoleId; REFUSED],
    /// Whether they are remembered before anything else is looked at.
    many: bool,
}

impl<'a, 'q> Once<'a, 'q> {
    pub(super) const fn new(roles: &'a Roles, query: Query<'q>, groups: usize) -> Self {
        Self { roles, query, refused: [Roles::NOWHERE; REFUSED], many: groups > MANY }
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
}

impl<'a> Question<'a> for Once<'a, '_> {
    type Candidate = &'a Held;

    #[inline(always)]
    fn asked(&self) -> &Asked {
        &self.query.asked
    }

    #[inline(always)]
    fn namespace(&self) -> &str {
        self.query.request.namespace
    }

    /// Most roles have no rule on the topic, which their filter tells, or have been asked: only the others are worth asking.
    #[inline(always)]
    fn candidate(&mut self, id: RoleId) -> Option<&'a Held> {
        if self.many && self.has_refused(id) {
            return None;
        }
        let slot = self.roles.slot(id)?;
        if slot.scope.may_allow(&self.query.asked) && (self.many || !self.has_refused(id)) {
            return slot.held.as_deref();
        }
        if self.many {
            self.refuse(id);
        }
        None
    }

    #[inline(always)]
    fn answer(&mut self, id: RoleId, role: &'a Held) -> Option<Answer<'a>> {
        let answer = Answer::of(role, &self.query);
        if answer.is_none() {
            self.refuse(id);
        }
        answer
    }
}
