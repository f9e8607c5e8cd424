//! A request, hashed for the tables.

use super::grants::short;
use super::hash::{Hashes, Topic};
use super::rules::Shapes;
use super::verbs::Verbs;
use crate::request::Attributes;

/// What the filters need to know of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    /// What rules without wildcards must be about.
    pub(super) topic: Topic,
    /// The kind of rule that can be on the topic.
    pub(super) kind: Shapes,
    /// The kinds of wildcard that make a role worth a look although it has no rule on the topic.
    pub(super) wide: Shapes,
}

impl About {
    #[inline(always)]
    pub(super) fn new(hashes: &Hashes, request: &Attributes<'_>) -> Self {
        if !request.resource_request {
            let topic = Topic::path(hashes.text(request.path));
            return Self { topic, kind: Shapes::PATHS, wide: Shapes::PREFIX };
        }
        let topic = hashes.topic(request.api_group, request.resource, request.subresource);
        let wide = if request.subresource.is_empty() { Shapes::WIDE } else { Shapes::WIDE_SUBRESOURCE };
        Self { topic, kind: Shapes::RESOURCES, wide }
    }
}

/// The namespace of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here {
    pub(super) hash: u64,
    /// The part of it that lies beside RoleBindings; none of them has what stands here for a request without a namespace.
    beside: u64,
}

impl Here {
    #[inline(always)]
    pub(super) fn new(hashes: &Hashes, namespace: &str) -> Self {
        let hash = hashes.text(namespace);
        Self { hash, beside: if namespace.is_empty() { u64::MAX } else { short(hash).into() } }
    }

    /// Whether RoleBindings beside which this part of a hash lies are of the namespace, as far as it tells.
    #[inline(always)]
    pub(super) const fn has(&self, namespace: u32) -> bool {
        namespace as u64 == self.beside
    }
}

/// What the tables need to know of a request, apart from the user.
#[derive(Debug, Clone, Copy)]
pub(in crate::authorize) struct Asked {
    pub(super) about: About,
    pub(super) verbs: Verbs,
    pub(super) here: Here,
    /// Which hash function this is by.
    star: u64,
}

impl Asked {
    #[inline(always)]
    pub(super) fn new(hashes: &Hashes, request: &Attributes<'_>) -> Self {
        Self {
            about: About::new(hashes, request),
            verbs: Verbs::wanted(request.verb),
            here: Here::new(hashes, request.namespace),
            star: hashes.star,
        }
    }

    /// The same by this hash function: an authorizer may be asked what another one prepared.
    #[inline]
    pub(super) fn by(self, hashes: &Hashes, request: &Attributes<'_>) -> Self {
        if self.star == hashes.star { self } else { Self::new(hashes, request) }
    }
}

/// A request on its way through the tables of rules.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query<'q> {
    pub(super) request: &'q Attributes<'q>,
    pub(super) hashes: &'q Hashes,
    pub(super) about: About,
    pub(super) verbs: Verbs,
}

impl<'q> Query<'q> {
    pub(super) fn new(hashes: &'q Hashes, request: &'q Attributes<'q>) -> Self {
        Self { verbs: Verbs::wanted(request.verb), ..Self::unread(hashes, request) }
    }

    /// The same before it is read which verb is asked for.
    #[inline(always)]
    pub(super) fn unread(hashes: &'q Hashes, request: &'q Attributes<'q>) -> Self {
        Self { request, hashes, about: About::new(hashes, request), verbs: Verbs::NONE }
    }

    /// What was hashed before, by the same function.
    #[inline(always)]
    pub(super) const fn of(hashes: &'q Hashes, request: &'q Attributes<'q>, asked: &Asked) -> Self {
        Self { request, hashes, about: asked.about, verbs: asked.verbs }
    }
}
