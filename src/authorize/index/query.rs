//! A request, hashed for the tables.

use super::hash::{Hashes, Topic};
use super::rules::Shapes;
use super::verbs::Verbs;
use crate::request::Attributes;

/// What the tables need to know of a request, apart from the user.
#[derive(Debug, Clone, Copy)]
pub(in crate::authorize) struct Asked {
    pub(super) verbs: Verbs,
    /// The hash of the API group; of nothing for a path.
    pub(super) group: u64,
    /// The hash of the resource with its subresource; of nothing for a path.
    pub(super) resource: u64,
    /// What rules without wildcards must be about.
    pub(super) topic: Topic,
    /// The kinds of wildcard that make a role worth a look although it has no rule on the topic.
    pub(super) wide: Shapes,
    /// Which hash function this is by.
    star: u64,
}

impl Asked {
    #[inline]
    pub(super) fn new(hashes: &Hashes, request: &Attributes<'_>) -> Self {
        let (verbs, star) = (Verbs::wanted(request.verb), hashes.star);
        if !request.resource_request {
            let topic = Topic::path(hashes.text(request.path));
            return Self { verbs, group: 0, resource: 0, topic, wide: Shapes::PREFIX, star };
        }
        let group = hashes.text(request.api_group);
        let (resource, wide) = match request.subresource {
            "" => (hashes.text(request.resource), Shapes::WIDE),
            subresource => (hashes.pair(request.resource, subresource), Shapes::WIDE_SUBRESOURCE),
        };
        Self { verbs, group, resource, topic: Topic::resource(group, resource), wide, star }
    }

    /// The same by this hash function: an authorizer may be asked what another one prepared.
    #[inline]
    pub(super) fn by(self, hashes: &Hashes, request: &Attributes<'_>) -> Self {
        if self.star == hashes.star { self } else { Self::new(hashes, request) }
    }
}

/// A request on its way through the tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query<'q> {
    pub(super) request: &'q Attributes<'q>,
    pub(super) hashes: &'q Hashes,
    pub(super) asked: Asked,
}
