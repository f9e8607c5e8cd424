//! Words that are asked for: closed ones stand for themselves, open ones for what a list of entries names.

use std::borrow::Cow;

/// A text of two parts, so that filling in an open word copies nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    head: &'a str,
    tail: &'a str,
}

/// What an open word stands for where an entry allows everything.
const ANY: &str = "any";

impl<'a> Word<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { head: text, tail: "" }
    }

    /// The text.
    pub(crate) fn text(self) -> Cow<'a, str> {
        match (self.head, self.tail) {
            (text, "") | ("", text) => Cow::Borrowed(text),
            (head, tail) => Cow::Owned(head.to_owned() + tail),
        }
    }

    /// The resource and the subresource.
    pub(super) fn split(self) -> (Self, Self) {
        let Self { head, tail } = self;
        if let Some((resource, subresource)) = head.split_once('/') {
            return (Word::of(resource), Word { head: subresource, tail });
        }
        match tail.split_once('/') {
            Some((rest, subresource)) => (Word { head, tail: rest }, Word::of(subresource)),
            None => (self, Word::of("")),
        }
    }
}

/// A word that begins or ends in `?`, without it.
#[derive(Clone, Copy)]
enum Open<'a> {
    Start(&'a str),
    End(&'a str),
}

fn open(word: &str) -> Option<Open<'_>> {
    word.strip_prefix('?').map(Open::Start).or_else(|| word.strip_suffix('?').map(Open::End))
}

impl<'a> Open<'a> {
    fn fits(self, entry: &str) -> bool {
        match self {
            Self::Start(end) => entry.ends_with(end),
            Self::End(start) => entry.starts_with(start),
        }
    }

    const fn filled(self) -> Word<'a> {
        match self {
            Self::Start(end) => Word { head: ANY, tail: end },
            Self::End(start) => Word { head: start, tail: ANY },
        }
    }
}

/// A text that the word stands for.
pub(super) fn filled(word: &str) -> Cow<'_, str> {
    open(word).map_or(Cow::Borrowed(word), |open| open.filled().text())
}

/// What a word stands for in a list of entries: itself; an open one the entries that fit and, where everything is allowed, any text that does.
pub(super) fn meant<'a>(word: &'a str, entries: &'a [String]) -> impl Iterator<Item = Word<'a>> + use<'a> {
    let open = open(word);
    let listed = entries.iter().filter(|entry| *entry != "*" && !entry.starts_with("*/"));
    let fitting = listed.filter(move |entry| open.is_some_and(|open| open.fits(entry))).map(|entry| Word::of(entry));
    let filled = open.filter(|_| entries.iter().any(|entry| entry == "*")).map(Open::filled);
    open.is_none().then_some(Word::of(word)).into_iter().chain(fitting).chain(filled)
}

/// The pairs of resource and subresource that a target stands for. A subresource of every resource is one of an open target's too.
pub(super) fn pairs<'a>(target: &'a str, entries: &'a [String]) -> impl Iterator<Item = (Word<'a>, Word<'a>)> + use<'a> {
    let resource = target.strip_suffix("/?");
    let shared = resource.into_iter().flat_map(move |resource| {
        let subresources = entries.iter().filter_map(|entry| entry.strip_prefix("*/"));
        subresources.map(move |subresource| (Word::of(resource), Word::of(subresource)))
    });
    meant(target, entries).map(Word::split).chain(shared)
}
