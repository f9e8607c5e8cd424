//! Hashes of strings and of what rules are about.

use std::hash::{BuildHasher, Hasher};

use hashbrown::DefaultHashBuilder;

use crate::model::ALL;

/// The hash function of one index and its copies.
///
/// It is foldhash with a seed of its own for every index, drawn when the index is made: fast on short strings, and whoever writes the
/// names of a policy cannot tell which of them collide. Requests add nothing to a table, so a hostile request cannot make one slower.
#[derive(Debug, Clone)]
pub(super) struct Hashes {
    builder: DefaultHashBuilder,
    /// The hash of `*`.
    pub(super) star: u64,
    /// The bits of a hash that count.
    #[cfg(test)]
    kept: u64,
}

impl Default for Hashes {
    fn default() -> Self {
        let mut hashes = Self {
            builder: DefaultHashBuilder::default(),
            star: 0,
            #[cfg(test)]
            kept: u64::MAX,
        };
        hashes.star = hashes.text(ALL);
        hashes
    }
}

#[cfg(test)]
impl Hashes {
    /// A poor function, under which many strings have one hash.
    pub(super) fn poor(kept: u64) -> Self {
        let mut hashes = Self { kept, ..Self::default() };
        hashes.star = hashes.text(ALL);
        hashes
    }
}

impl Hashes {
    /// The hash of a string.
    #[inline]
    pub(super) fn text(&self, text: &str) -> u64 {
        self.bytes(text.as_bytes())
    }

    #[inline]
    pub(super) fn bytes(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.builder.build_hasher();
        hasher.write(bytes);
        self.finish(&hasher)
    }

    #[inline]
    fn finish(&self, hasher: &impl Hasher) -> u64 {
        #[cfg(test)]
        return hasher.finish() & self.kept;
        #[cfg(not(test))]
        hasher.finish()
    }

    /// An API group, a resource and perhaps a subresource, as a topic.
    #[inline(always)]
    pub(super) fn topic(&self, group: &str, resource: &str, subresource: &str) -> Topic {
        let mut hasher = self.builder.build_hasher();
        // Most requests are about the core group and no subresource. What then has one hash is told apart by its strings.
        for part in [group, resource, subresource] {
            if !part.is_empty() {
                hasher.write(part.as_bytes());
            }
        }
        Topic(self.finish(&hasher))
    }

    /// The hash of two strings.
    #[inline]
    pub(super) fn pair(&self, first: &str, second: &str) -> u64 {
        let mut hasher = self.builder.build_hasher();
        hasher.write(first.as_bytes());
        hasher.write(second.as_bytes());
        self.finish(&hasher)
    }
}

/// What a rule or a request is about, as the hash of its parts. Only a hint: whoever finds something by it compares the strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Topic(u64);

impl Topic {
    /// The same, limited to a name.
    #[inline]
    pub(super) const fn named(self, name: u64) -> Self {
        Self(mixed(self.0, name))
    }

    /// A URL path.
    #[inline]
    pub(super) const fn path(path: u64) -> Self {
        Self(mixed(1, path))
    }

    /// All URL paths that start with this.
    #[inline]
    pub(super) const fn prefix(prefix: u64) -> Self {
        Self(mixed(2, prefix))
    }

    /// The bits that tables are sorted by.
    #[inline]
    pub(super) const fn short(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

const fn mixed(a: u64, b: u64) -> u64 {
    (a ^ b.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
