//! Nodes to types, by way of serde: the model's own impls say which fields there are and what they hold.
//!
//! serde stops at the first value of a wrong type. Here a problem is noted, the type gets an empty value and the walk goes on; the
//! object is withheld in the end.

use std::fmt::{self, Write};

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::FieldValidation;
use super::entries::{Entry, Issue, entries};
use super::format;
use super::nearest::nearest;
use super::node::{Content, NodeId, Tree};
use super::places::{Places, Step};
use super::problem::ProblemKind;
use super::report::Report;
use super::scalar;
use super::server::Undecoded;
use crate::model::core::ByteString;

/// Reads one object.
pub(super) struct Decoder<'d, 't, 's> {
    tree: &'d Tree<'t>,
    report: &'d mut Report<'s>,
    path: String,
    /// Where the fields were met, if that is kept.
    places: Option<Places>,
    refused: bool,
    /// Whether what is read is carried as it is written.
    raw: bool,
    undecoded: Undecoded<'d>,
}

impl<'d, 't, 's> Decoder<'d, 't, 's> {
    pub(super) fn new(tree: &'d Tree<'t>, report: &'d mut Report<'s>, undecoded: Undecoded<'d>) -> Self {
        let places = report.keeps_spans().then(Places::default);
        Self { tree, report, path: String::new(), places, refused: false, raw: false, undecoded }
    }

    /// Reads a value of the node; none if it has a problem. `read` makes the type out of a deserializer.
    pub(super) fn read<T>(&mut self, node: NodeId, read: impl FnOnce(At<'_, 'd, 't, 's>) -> Result<T, Stop>) -> Option<T> {
        let read = read(At { decoder: self, node });
        let value = read.map_err(|stop| self.stopped(node, stop)).ok();
        if self.refused { None } else { value }
    }

    /// Where the fields were met, and what a server says if it cannot decode the object.
    pub(super) fn finish(self) -> (Option<Places>, Option<String>) {
        (self.places, self.undecoded.message())
    }

    fn stopped(&mut self, node: NodeId, stop: Stop) {
        if let Stop::Untold(message) = stop {
            self.problem(node, ProblemKind::Value { message });
        }
    }

    fn problem(&mut self, node: NodeId, kind: ProblemKind) {
        match &kind {
            ProblemKind::WrongType { expected, .. } if !EXPECTED_FORMS.contains(expected) => {
                self.undecoded.wrong_type(&self.path, &self.tree.target(node).content);
            }
            _ => self.undecoded.otherwise(),
        }
        let node = self.tree.node(node);
        self.report.problem((node.start, node.end), &self.path, kind);
        self.refused = true;
    }

    /// Notes what the settings may pass over.
    fn leniently(&mut self, node: NodeId, kind: ProblemKind) {
        let node = self.tree.node(node);
        self.refused |= self.report.leniently((node.start, node.end), &self.path, kind);
    }

    fn mismatch(&mut self, node: NodeId, expected: &'static str) {
        let target = self.tree.target(node);
        let found = scalar::found(target, self.report.text());
        let fix = self.fix(node, expected);
        self.problem(node, ProblemKind::WrongType { found, expected, fix });
    }

    fn fix(&self, node: NodeId, expected: &str) -> Option<String> {
        let target = self.tree.target(node);
        let written = scalar::spelling(target, self.report.text());
        let single = !written.contains(['\n', '…']);
        match (expected, &target.content) {
            (STRING, Content::Bool(_) | Content::Int(_) | Content::Uint(_) | Content::Float(_) | Content::Decimal(_)) => {
                Some(format!("quote it: \"{written}\""))
            }
            (LIST, Content::Text(_)) if single => Some(format!("make a list of it: [{written}]")),
            _ => None,
        }
    }

    fn entries(&mut self, map: NodeId) -> Vec<Entry<'d>> {
        let tree: &'d Tree<'t> = self.tree;
        let (entries, issues) = entries(tree, map, self.report.limits().depth());
        for issue in issues {
            self.issue(issue);
        }
        entries
    }

    fn issue(&mut self, issue: Issue) {
        let found = |node| scalar::found(self.tree.target(node), self.report.text());
        match issue {
            Issue::Twice { first, again, replaced } => self.twice(first, again, replaced),
            Issue::NoKey(node) => self.problem(node, ProblemKind::Key { found: found(node) }),
            Issue::NoMap(node) => self.problem(node, ProblemKind::Merge { found: found(node) }),
            Issue::TooDeep(node) => {
                let limit = super::LimitKind::Depth;
                let max = self.report.limits().of(limit);
                self.problem(node, ProblemKind::Limit { limit, max });
            }
        }
    }

    fn twice(&mut self, first: NodeId, again: NodeId, replaced: NodeId) {
        if self.raw {
            return;
        }
        let key = scalar::key(&self.tree.target(again).content).unwrap_or_default();
        let first = self.tree.node(first);
        let first = self.report.place((first.start, first.end));
        self.undecoded.otherwise();
        self.leniently(again, ProblemKind::DuplicateKey { key: key.clone().into_owned(), first });
        let before = self.enter(Step::Flat(&key));
        self.keys_below(replaced);
        self.path.truncate(before);
    }

    /// Tells the keys that come twice in a value of which nothing else is read, as it is written: without aliases and merges.
    fn keys_below(&mut self, node: NodeId) {
        let tree: &'d Tree<'t> = self.tree;
        if matches!(tree.node(node).content, Content::Alias(_)) {
            return;
        }
        for (index, &item) in tree.items(node).iter().enumerate() {
            let before = self.enter(Step::Index(index));
            self.keys_below(item);
            self.path.truncate(before);
        }
        let (entries, issues) = entries(tree, node, 0);
        for issue in issues {
            if let Issue::Twice { first, again, replaced } = issue {
                self.twice(first, again, replaced);
            }
        }
        for entry in entries {
            let before = self.enter(Step::Flat(&entry.key));
            self.keys_below(entry.value);
            self.path.truncate(before);
        }
    }

    fn enter(&mut self, step: Step<'_>) -> usize {
        let before = self.path.len();
        match step {
            Step::Field(name) | Step::Flat(name) if before == 0 => self.path.push_str(name),
            Step::Field(name) | Step::Flat(name) => self.path.extend([".", name]),
            Step::Key(key) => self.path.extend(["[", key, "]"]),
            // Writing to a string cannot fail.
            Step::Index(index) => {
                let _ = write!(self.path, "[{index}]");
            }
        }
        before
    }
}

const STRING: &str = "a string";
const LIST: &str = "a list";
const MAP: &str = "a map";
const BOOLEAN: &str = "a boolean";
const INTEGER: &str = "an integer";
const TIME: &str = "a time such as 2006-01-02T15:04:05Z";
const BASE64: &str = "base64";
const NUMBER: &str = "a number that JSON can hold";
/// What is of the right type and has another form, for which a server has other words.
const EXPECTED_FORMS: [&str; 4] = [INTEGER, TIME, BASE64, NUMBER];

/// Why a type could not be made: what serde's visitors say, told or not yet told as a problem.
#[derive(Debug)]
pub(super) enum Stop {
    Untold(String),
    Told,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untold(message) => f.write_str(message),
            Self::Told => f.write_str("told already"),
        }
    }
}

impl std::error::Error for Stop {}

impl serde::de::Error for Stop {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Untold(message.to_string())
    }
}

/// What the entries of a map are.
#[derive(Clone, Copy)]
enum Known {
    /// Fields, of these names.
    Fields(&'static [&'static str]),
    /// Fields of any name: of a struct that carries those it does not know.
    AnyField,
    /// No fields.
    Keys,
}

/// Whether the visitor makes a struct of a map. serde reads a struct that carries unknown fields (`flatten`) as a map; only what it says it
/// expects tells the two apart.
fn is_struct<'de, V: Visitor<'de>>(visitor: &V) -> bool {
    let expected: &dyn Expected = visitor;
    let mut said = Beginning { wanted: "struct " };
    // Writing stops as soon as the answer is known.
    let _ = write!(said, "{expected}");
    said.wanted.is_empty()
}

/// Takes text as long as it begins like what is wanted of it; keeps what is still wanted.
struct Beginning {
    wanted: &'static str,
}

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let wanted = self.wanted;
        match wanted.strip_prefix(text) {
            Some(rest) => self.wanted = rest,
            None if text.starts_with(wanted) => self.wanted = "",
            None => return Err(fmt::Error),
        }
        if self.wanted.is_empty() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// A node to be read.
pub(super) struct At<'a, 'd, 't, 's> {
    decoder: &'a mut Decoder<'d, 't, 's>,
    node: NodeId,
}

impl<'d, 't> At<'_, 'd, 't, '_> {
    fn content(&self) -> &'d Content<'t> {
        let tree: &'d Tree<'t> = self.decoder.tree;
        &tree.target(self.node).content
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        let value = scalar::integer(self.content());
        if value.is_none() {
            self.decoder.mismatch(self.node, INTEGER);
        }
        visitor.visit_i64(value.unwrap_or_default())
    }

    fn map<'de, V: Visitor<'de>>(self, visitor: V, known: Known) -> Result<V::Value, Stop> {
        if !matches!(self.content(), Content::Map(_)) {
            self.decoder.mismatch(self.node, MAP);
        }
        let entries = self.decoder.entries(self.node).into_iter();
        visitor.visit_map(Entries { decoder: self.decoder, entries, known, waiting: None })
    }

    /// The base64 of a list of bytes, which Go reads into a `[]byte` as well: `null` is 0 there.
    fn bytes(&self) -> Option<String> {
        let tree: &Tree<'_> = self.decoder.tree;
        let byte = |&item| match &tree.target(item).content {
            Content::Null => Some(0),
            content => u8::try_from(scalar::integer(content)?).ok(),
        };
        let bytes: Option<Vec<u8>> = tree.items(self.node).iter().map(byte).collect();
        bytes.map(|bytes| ByteString(bytes).to_base64())
    }

    /// Reads a value that Go keeps as bytes of JSON (`json.Unmarshaler`), into which its strict decoder does not look.
    fn raw<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.decoder.raw = !self.decoder.tree.is_sorted();
        let read = visitor.visit_newtype_struct(At { decoder: &mut *self.decoder, node: self.node });
        self.decoder.raw = false;
        read
    }

    fn float<'de, V: Visitor<'de>>(self, value: f64, visitor: V) -> Result<V::Value, Stop> {
        if let Some(value) = scalar::integer(self.content()) {
            return visitor.visit_i64(value);
        }
        if !value.is_finite() {
            self.decoder.mismatch(self.node, NUMBER);
        }
        visitor.visit_f64(value)
    }
}

impl<'de> Deserializer<'de> for At<'_, '_, '_, '_> {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.content() {
            Content::Null | Content::Alias(_) => visitor.visit_unit(),
            Content::Bool(value) => visitor.visit_bool(*value),
            Content::Int(value) => visitor.visit_i64(*value),
            Content::Uint(value) => visitor.visit_u64(*value),
            Content::Float(value) | Content::Decimal(value) => self.float(*value, visitor),
            Content::Text(_) | Content::Merge => self.deserialize_str(visitor),
            Content::List(_) => self.deserialize_seq(visitor),
            Content::Map(_) => self.map(visitor, Known::Keys),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if let Content::Bool(value) = self.content() {
            return visitor.visit_bool(*value);
        }
        self.decoder.mismatch(self.node, BOOLEAN);
        visitor.visit_bool(false)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.integer(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.integer(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.integer(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.integer(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.content() {
            Content::Text(text) => visitor.visit_str(text),
            Content::Merge => visitor.visit_str("<<"),
            content => {
                let coerced = if self.decoder.report.coerces() { scalar::coerced(content) } else { None };
                if coerced.is_none() {
                    self.decoder.mismatch(self.node, STRING);
                }
                visitor.visit_string(coerced.unwrap_or_default())
            }
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if matches!(self.content(), Content::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Stop> {
        if name == "Raw" {
            return self.raw(visitor);
        }
        let read = match (name, self.content()) {
            ("Time", Content::Merge) => Err(TIME),
            ("Time", Content::Text(text)) if !format::is_time(text) => Err(TIME),
            ("Base64", Content::Merge) => Err(BASE64),
            ("Base64", Content::Text(text)) if ByteString::from_base64(text).is_err() => Err(BASE64),
            ("Base64", Content::List(_)) => self.bytes().ok_or(BASE64).map(Some),
            _ => Ok(None),
        };
        match read {
            Ok(None) => visitor.visit_newtype_struct(self),
            Ok(Some(text)) => visitor.visit_newtype_struct(StrDeserializer::<Stop>::new(&text)),
            Err(expected) => {
                self.decoder.mismatch(self.node, expected);
                visitor.visit_newtype_struct(StrDeserializer::<Stop>::new(""))
            }
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if !matches!(self.content(), Content::List(_)) {
            self.decoder.mismatch(self.node, LIST);
        }
        let tree: &Tree<'_> = self.decoder.tree;
        let items = tree.items(self.node).iter().enumerate();
        visitor.visit_seq(Items { decoder: self.decoder, items })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        let known = if is_struct(&visitor) { Known::AnyField } else { Known::Keys };
        self.map(visitor, known)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.map(visitor, Known::Fields(fields))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
    }
}

struct Items<'a, 'd, 't, 's> {
    decoder: &'a mut Decoder<'d, 't, 's>,
    items: std::iter::Enumerate<std::slice::Iter<'d, NodeId>>,
}

impl<'de> SeqAccess<'de> for Items<'_, '_, '_, '_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
        let Some((index, &node)) = self.items.next() else {
            return Ok(None);
        };
        step(self.decoder, Step::Index(index), node, node, seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'a, 'd, 't, 's> {
    decoder: &'a mut Decoder<'d, 't, 's>,
    entries: std::vec::IntoIter<Entry<'d>>,
    known: Known,
    /// The entry whose key was handed out, with its name where it is a field.
    waiting: Option<(Entry<'d>, Option<&'static str>)>,
}

impl<'de> MapAccess<'de> for Entries<'_, '_, '_, '_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        for entry in self.entries.by_ref() {
            let field = match self.known {
                Known::Fields(known) => match known.iter().find(|known| **known == entry.key) {
                    Some(&field) => Some(field),
                    None => {
                        unknown(self.decoder, &entry, known);
                        continue;
                    }
                },
                Known::AnyField | Known::Keys => None,
            };
            let (entry, _) = self.waiting.insert((entry, field));
            let key: StrDeserializer<'_, Stop> = entry.key.as_ref().into_deserializer();
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        let Some((entry, field)) = self.waiting.take() else {
            return Err(Stop::Untold("expected a key before its value".to_owned()));
        };
        let field = match (field, self.known) {
            (Some(field), _) => Step::Field(field),
            (None, Known::AnyField) => Step::Flat(&entry.key),
            (None, _) => Step::Key(&entry.key),
        };
        step(self.decoder, field, entry.key_node, entry.value, seed)
    }
}

/// Reads a field, element or entry.
fn step<'de, T: DeserializeSeed<'de>>(
    decoder: &mut Decoder<'_, '_, '_>,
    step: Step<'_>,
    key: NodeId,
    node: NodeId,
    seed: T,
) -> Result<T::Value, Stop> {
    let before = decoder.enter(step);
    let opened = decoder.places.as_mut().map(Places::open);
    let value = seed.deserialize(At { decoder, node }).map_err(|stop| {
        decoder.stopped(node, stop);
        Stop::Told
    });
    let tree = decoder.tree;
    if let (Some(places), Some(opened)) = (&mut decoder.places, opened) {
        places.close(opened, step, tree.bytes(key), tree.bytes(node));
    }
    decoder.path.truncate(before);
    value
}

fn unknown(decoder: &mut Decoder<'_, '_, '_>, entry: &Entry<'_>, known: &[&'static str]) {
    if decoder.report.validation() == FieldValidation::Strict {
        decoder.undecoded.unknown_field(&decoder.path, &entry.key);
    }
    let before = decoder.enter(Step::Flat(&entry.key));
    let kind = ProblemKind::UnknownField { field: entry.key.clone().into_owned(), nearest: nearest(&entry.key, known) };
    decoder.leniently(entry.key_node, kind);
    decoder.keys_below(entry.value);
    decoder.path.truncate(before);
}
