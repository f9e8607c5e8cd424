//! A request, hashed for the tables.

use super::grants::short;
use super::hash::{Hashes, Topic};
use super::rules::Shapes;
use super::verbs::Verbs;
use crate::request::Attributes;

/// What the tables need to know of a request, apart from the user.
#[derive(Debug, Clone, Copy)]
pub(in crate::authorize) struct Asked {
    pub(super) verbs: Verbs,
    /// What rules without wildcards must be about.
    pub(super) topic: Topic,
    /// The kind of rule that can be on the topic.
    pub(super) kind: Shapes,
    /// The kinds of wildcard that make a role worth a look although it has no rule on the topic.
    pub(super) wide: Shapes,
    /// The hash of the namespace.
    pub(super) namespace: u64,
    /// The part of it that lies beside RoleBindings; none of them has what stands here for a request without a namespace.
    here: u64,
    /// Which hash function this is by.
    star: u64,
}

impl Asked {
    #[inline(always)]
    pub(super) fn new(hashes: &Hashes, request: &Attributes<'_>) -> Self {
        let (verbs, star) = (Verbs::wanted(request.verb), hashes.star);
        let namespace = hashes.text(request.namespace);
        let here = if request.namespace.is_empty() { u64::MAX } else { short(namespace).into() };
        if !request.resource_request {
            let topic = Topic::path(hashes.text(request.path));
            return Self { verbs, topic, kind: Shapes::PATHS, wide: Shapes::PREFIX, namespace, here, star };
        }
        let topic = hashes.topic(request.api_group, request.resource, request.subresource);
        let wide = if request.subresource.is_empty() { Shapes::WIDE } else { Shapes::WIDE_SUBRESOURCE };
        Self { verbs, topic, kind: Shapes::RESOURCES, wide, namespace, here, star }
    }

    /// Whether RoleBindings beside which this part of a hash lies are of the namespace, as far as it tells.
    #[inline(always)]
    pub(super) const fn is_in(&self, namespace: u32) -> bool {
        namespace as u64 == self.here
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
