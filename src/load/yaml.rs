//! YAML text to nodes. The one file that knows the YAML parser.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput, StructureStyle, Tag};

use super::Limits;
use super::dialect;
use super::node::{Builder, Content, Failure, FailureKind, NodeId, Tree};
use super::problem::LimitKind;
use super::resolve;
use crate::model::core::ByteString;

/// A document of YAML.
pub(super) struct Document<'t> {
    pub(super) tree: Tree<'t>,
    pub(super) root: Option<NodeId>,
    /// Where another document begins behind the `...` of this one.
    pub(super) followed_at: Option<usize>,
}

impl Document<'_> {
    fn empty(followed_at: Option<usize>) -> Self {
        Self { tree: Tree::default(), root: None, followed_at }
    }
}

/// Reads the first document of a piece of the text. A document that `begun` with the separator before it may be empty.
pub(super) fn document(text: &str, piece: Range<usize>, begun: bool, limits: Limits) -> Result<Document<'_>, Failure> {
    let yaml = text.get(piece.clone()).unwrap_or_default();
    if dialect::is_blank(yaml) {
        return Ok(Document::empty(None));
    }
    if let Some((at, message)) = dialect::refused(yaml) {
        return Err(Failure::syntax(piece.start + at, message));
    }
    match dialect::ends_at_once(yaml) {
        Some(end) if begun => return Ok(Document::empty(dialect::behind_end(yaml, end).map(|at| piece.start + at))),
        Some(end) => return Err(Failure::syntax(piece.start + end, dialect::END)),
        None => {}
    }
    if let Some(directive) = dialect::directive(yaml).filter(|_| begun) {
        return Ok(Document::empty(Some(piece.start + directive)));
    }
    read(text, piece.clone(), limits).or_else(|failure| without_rest(text, piece, limits, failure))
}

/// Reads a document in brackets or braces alone, if it is what stands behind it that could not be read: the parser looks further ahead than
/// `go-yaml`, which reads one thing more.
fn without_rest(text: &str, piece: Range<usize>, limits: Limits, failure: Failure) -> Result<Document<'_>, Failure> {
    let yaml = text.get(piece.clone()).unwrap_or_default();
    let Some(end) = dialect::flow_end(yaml).map(|end| piece.start + end).filter(|&end| failure.is_syntax_from(end)) else {
        return Err(failure);
    };
    match read(text, piece.start..end, limits) {
        Ok(document) => Ok(Document { followed_at: Some(failure.start), ..document }),
        Err(_) => Err(failure),
    }
}

fn read(text: &str, piece: Range<usize>, limits: Limits) -> Result<Document<'_>, Failure> {
    let yaml = text.get(piece.clone()).unwrap_or_default();
    // A byte order mark inside of a document is a character for `go-yaml`.
    let options = granit_parser::options! { bom_inside_document_as_content: true, emit_anchor_events: true };
    let mut reader = Reader {
        text,
        base: piece.start,
        builder: Builder::new(limits),
        anchors: Vec::new(),
        open: Vec::new(),
        flows: 0,
        last_end: piece.start,
        blank_end: piece.start,
        end: piece.end,
    };
    let followed_at = reader.read(Parser::new_from_str_with_options(yaml, options))?;
    let (tree, root) = reader.builder.finish();
    Ok(Document { tree: tree.of_yaml(), root, followed_at })
}

/// What an anchor stands for; nothing while its node is open.
type Anchor = Option<(NodeId, u64)>;

/// A list or map that is open.
struct Open {
    /// Its anchor, or 0.
    anchor: usize,
    flow: bool,
    map: bool,
    /// How many nodes are in it so far; keys and values by turns in a map.
    nodes: usize,
    /// The column that its plain scalars do not fall short of.
    indentation: usize,
    /// Where its last key begins, where that one is a scalar without a `?`.
    key: Option<usize>,
}

struct Reader<'t> {
    text: &'t str,
    base: usize,
    builder: Builder<'t>,
    anchors: Vec<Anchor>,
    /// The lists and maps that are open.
    open: Vec<Open>,
    /// How many of them are in flow style.
    flows: usize,
    /// Where the last scalar, alias, list or map ended.
    last_end: usize,
    /// Up to where the blanks behind the last plain scalar go: for `go-yaml` they are a part of it.
    blank_end: usize,
    /// Where the piece ends.
    end: usize,
}

impl<'t> Reader<'t> {
    fn read(&mut self, parser: Parser<'t, StrInput<'t>>) -> Result<Option<usize>, Failure> {
        let mut documents = 0;
        for event in parser {
            let (event, span) = match event {
                Ok(event) => event,
                Err(_) if documents > 1 => break,
                Err(error) if self.builder.is_whole() => return Ok(Some(self.place(&error))),
                Err(error) => return Err(self.scan_error(&error)),
            };
            let bytes = self.bytes(&span);
            self.tag(&span)?;
            match event {
                Event::DocumentStart(..) => documents += 1,
                Event::StreamEnd if documents == 1 => self.gap(self.end)?,
                _ if documents > 1 && event.is_node() => return Ok(Some(bytes.start)),
                event => self.event(event, bytes, span.start.col())?,
            }
        }
        Ok(None)
    }

    fn event(&mut self, event: Event<'t>, bytes: Range<usize>, column: usize) -> Result<(), Failure> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), bytes),
            Event::SequenceStart(style, anchor, _) => self.start(style, anchor, bytes, column, false),
            Event::MappingStart(style, anchor, _) => self.start(style, anchor, bytes, column, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(bytes),
            Event::Anchor(..) => self.anchor_name(&bytes),
            Event::Alias(anchor) => self.alias(anchor, bytes),
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        bytes: Range<usize>,
    ) -> Result<(), Failure> {
        self.gap(bytes.start)?;
        let plain = style == ScalarStyle::Plain;
        self.place_scalar(&bytes, plain)?;
        match style {
            ScalarStyle::DoubleQuoted => self.escapes(&bytes)?,
            ScalarStyle::Literal | ScalarStyle::Folded => self.tab_in_block(&bytes)?,
            ScalarStyle::Plain if !bytes.is_empty() => self.tab_in_plain(&bytes)?,
            _ => {}
        }
        // The parser gives a scalar that is not there as `~`.
        let text = if plain && bytes.is_empty() { Cow::Borrowed("") } else { text };
        let content = match tag {
            None if plain => resolve::plain(text),
            None => Content::Text(text),
            Some(tag) => tagged(text, tag).map_err(|kind| Failure { start: bytes.start, end: bytes.end, kind })?,
        };
        let id = self.limited(bytes.start, |builder| builder.scalar(position(bytes.start), position(bytes.end), content))?;
        self.define(anchor, Some((id, 1)));
        self.last_end = bytes.end;
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            // The parser counts the indentation of the next thing in.
            self.last_end = self.text.get(..bytes.end).unwrap_or_default().trim_end_matches(' ').len();
        }
        Ok(())
    }

    /// Takes a scalar's place in the list or map that is open; refuses keys that `go-yaml` refuses.
    fn place_scalar(&mut self, bytes: &Range<usize>, plain: bool) -> Result<(), Failure> {
        let before = self.text.get(self.last_end..bytes.start).unwrap_or_default();
        let written = self.text.get(bytes.clone()).unwrap_or_default();
        let explicit = dialect::has_question_mark(before);
        if plain && self.flows > 0 {
            let behind = self.text.get(bytes.end..self.end).unwrap_or_default();
            flow_marks(written, behind, bytes.start)?;
            if written.is_empty() && dialect::runs_into_mark(before, behind) {
                return Err(Failure::syntax(
                    bytes.start,
                    "expected a space behind a tag inside of brackets or braces, found none",
                ));
            }
        }
        let Some(open) = self.open.last_mut().filter(|open| open.map && open.nodes % 2 == 0) else {
            return self.place_node();
        };
        open.nodes += 1;
        // A tag or an anchor is part of the key.
        let start = dialect::property(before).map_or(bytes.start, |at| self.last_end + at);
        open.key = (!explicit).then_some(start);
        let has_properties = open.flow && start < bytes.start;
        if plain && !explicit && written.is_empty() && !has_properties {
            return Err(Failure::syntax(bytes.start, "expected a key, found none"));
        }
        Ok(())
    }

    /// Takes a node's place in the list or map that is open; refuses a key of several lines before it.
    fn place_node(&mut self) -> Result<(), Failure> {
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        open.nodes += 1;
        match open.key.take().filter(|_| open.flow) {
            Some(key) if dialect::breaks_key(self.text, key, self.last_end) => {
                Err(Failure::syntax(key, "expected a key and its colon in one line, found a line break"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses escapes that YAML 1.2 took over from JSON and `go-yaml` v2 does not know.
    fn escapes(&self, bytes: &Range<usize>) -> Result<(), Failure> {
        let written = self.text.get(bytes.clone()).unwrap_or_default();
        match dialect::unknown_escape(written) {
            Some(at) => Err(Failure::syntax(bytes.start + at, "expected an escape of YAML 1.1, found another")),
            None => Ok(()),
        }
    }

    fn tab_in_block(&self, bytes: &Range<usize>) -> Result<(), Failure> {
        let before = self.text.get(self.last_end..bytes.start).unwrap_or_default();
        let written = self.text.get(bytes.clone()).unwrap_or_default();
        match dialect::tab_in_block(before, written) {
            Some(at) => Err(Failure::syntax(self.last_end + at, dialect::TAB)),
            None => Ok(()),
        }
    }

    /// Refuses a tab in a plain scalar, or in the blanks behind it, that does not reach the indentation.
    fn tab_in_plain(&mut self, bytes: &Range<usize>) -> Result<(), Failure> {
        let behind = self.text.get(bytes.end..self.end).unwrap_or_default();
        self.blank_end = bytes.end + dialect::blanks(behind);
        let written = self.text.get(bytes.start..self.blank_end).unwrap_or_default();
        match dialect::tab_in_plain(written, self.open.last().map_or(0, |open| open.indentation)) {
            Some(at) => Err(Failure::syntax(bytes.start + at, dialect::TAB)),
            None => Ok(()),
        }
    }

    /// Refuses a character in a tag that YAML 1.2 has and YAML 1.1 has not.
    fn tag(&self, span: &Span) -> Result<(), Failure> {
        let Some(tag) = span.tag_span() else {
            return Ok(());
        };
        let bytes = self.bytes(&tag);
        match self.text.get(bytes.clone()).and_then(|tag| tag.find('#')) {
            Some(at) => Err(Failure::syntax(bytes.start + at, "expected a space or line break behind a tag, found `#`")),
            None => Ok(()),
        }
    }

    /// Refuses a tab before the next thing where `go-yaml` does.
    fn gap(&self, to: usize) -> Result<(), Failure> {
        if self.flows > 0 {
            return Ok(());
        }
        let from = self.last_end.max(self.blank_end);
        let starts_line =
            from <= self.base || self.text.get(self.last_end.saturating_sub(1)..from).is_some_and(|text| text.contains('\n'));
        match dialect::tab(self.text.get(from..to).unwrap_or_default(), starts_line) {
            Some(at) => Err(Failure::syntax(from + at, dialect::TAB)),
            None => Ok(()),
        }
    }

    fn start(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        bytes: Range<usize>,
        column: usize,
        map: bool,
    ) -> Result<(), Failure> {
        let flow = style == StructureStyle::Flow;
        if flow {
            self.gap(bytes.start)?;
        }
        self.place_node()?;
        let start = if flow || map { bytes.start } else { self.first_dash(bytes.start) };
        let outer = self.open.last().map_or(0, |open| open.indentation);
        // A list that is not indented has the indentation of the map.
        let indentation = if flow || start != bytes.start { outer } else { column + 1 };
        self.limited(bytes.start, |builder| builder.open(position(start), map))?;
        self.define(anchor, None);
        self.open.push(Open { anchor, flow, map, nodes: 0, indentation, key: None });
        if flow {
            self.flows += 1;
            self.last_end = bytes.end;
        }
        Ok(())
    }

    /// Where a block list begins; the parser says where its first element does if the list, as a value of a map, is not indented.
    fn first_dash(&self, start: usize) -> usize {
        if !self.open.last().is_some_and(|open| open.map) {
            return start;
        }
        let gap = self.text.get(self.last_end..start).unwrap_or_default();
        dialect::first_dash(gap).map_or(start, |at| self.last_end + at)
    }

    fn end(&mut self, bytes: Range<usize>) -> Result<(), Failure> {
        let (anchor, flow) = self.open.pop().map_or((0, false), |open| (open.anchor, open.flow));
        // A block has no closing mark: it ends with the last thing in it.
        let end = if flow {
            self.flows -= 1;
            bytes.end
        } else {
            self.last_end
        };
        let id = self.limited(bytes.start, |builder| builder.close(position(end)))?;
        let size = self.builder.last_size();
        self.define(anchor, id.map(|id| (id, size)));
        self.last_end = end;
        Ok(())
    }

    fn alias(&mut self, anchor: usize, bytes: Range<usize>) -> Result<(), Failure> {
        let Some(Some((target, size))) = self.anchors.get(anchor).copied() else {
            let kind = FailureKind::Alias("expected an alias of something finished, found one inside of its own anchor");
            return Err(Failure { start: bytes.start, end: bytes.end, kind });
        };
        self.anchor_name(&bytes)?;
        self.gap(bytes.start)?;
        self.place_node()?;
        self.last_end = bytes.end;
        self.limited(bytes.start, |builder| builder.alias(position(bytes.start), position(bytes.end), target, size))
    }

    /// Refuses the name of an anchor, behind its `&` or `*`, that `go-yaml` refuses.
    fn anchor_name(&self, bytes: &Range<usize>) -> Result<(), Failure> {
        let behind = self.text.get(bytes.end..self.end).unwrap_or_default();
        let name = self.text.get(bytes.start + 1..bytes.end).unwrap_or_default();
        if dialect::is_anchor(name, behind) {
            return Ok(());
        }
        Err(Failure::syntax(bytes.start, "expected letters, digits, `-` and `_` for an anchor, found another character"))
    }

    fn limited<T>(&mut self, at: usize, step: impl FnOnce(&mut Builder<'t>) -> Result<T, LimitKind>) -> Result<T, Failure> {
        step(&mut self.builder).map_err(|limit| Failure::limit(at, limit))
    }

    /// Notes what an anchor stands for. The parser numbers anchors from 1 in their order; 0 is none.
    fn define(&mut self, anchor: usize, value: Anchor) {
        if anchor == 0 {
            return;
        }
        if self.anchors.len() <= anchor {
            self.anchors.resize(anchor + 1, None);
        }
        if let Some(place) = self.anchors.get_mut(anchor) {
            *place = value;
        }
    }

    fn bytes(&self, span: &Span) -> Range<usize> {
        let bytes = span.byte_range().unwrap_or_default();
        self.base + bytes.start..self.base + bytes.end.max(bytes.start)
    }

    fn place(&self, error: &ScanError) -> usize {
        (self.base + error.marker().byte_offset().unwrap_or_default()).min(self.text.len())
    }

    fn scan_error(&self, error: &ScanError) -> Failure {
        let at = self.place(error);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => Failure::limit(at, LimitKind::Depth),
            kind => Failure::syntax(at, kind.to_string()),
        }
    }
}

/// Refuses what `go-yaml` takes for marks inside of brackets and braces: a `?` in a plain scalar, wherever it stands, and a leading `:`; and
/// a `:` that it takes for a part of the scalar, for want of a space behind.
fn flow_marks(written: &str, behind: &str, start: usize) -> Result<(), Failure> {
    let runs_on = behind.strip_prefix(':').is_some_and(|next| next.starts_with([',', '[', ']', '{', '}']));
    let unspaced = match written {
        _ if written.starts_with([':', '?']) => Some(start),
        _ if runs_on && !written.is_empty() => Some(start + written.len()),
        _ => None,
    };
    if let Some(at) = unspaced {
        let message = "expected a space behind `?` or `:` inside of brackets or braces, found none";
        return Err(Failure::syntax(at, message));
    }
    match written.find('?') {
        Some(at) => Err(Failure::syntax(start + at, "expected quotes around a `?` inside of brackets or braces, found none")),
        None => Ok(()),
    }
}

/// A scalar with a tag, as `go-yaml` v2 resolves it: a tag that it does not know makes a string.
fn tagged<'t>(text: Cow<'t, str>, tag: &Tag) -> Result<Content<'t>, FailureKind> {
    let Some(suffix) = tag.suffix_in_namespace("tag:yaml.org,2002:") else {
        return Ok(Content::Text(text));
    };
    let refused = |text: &str| FailureKind::Value(format!("expected a value of the tag `!!{suffix}`, found `{text}`"));
    let wanted: fn(&Content<'_>) -> bool = match &*suffix {
        "bool" => |content| matches!(content, Content::Bool(_)),
        "int" => |content| matches!(content, Content::Int(_) | Content::Uint(_)),
        "float" => |content| matches!(content, Content::Float(_)),
        "null" => |content| matches!(content, Content::Null),
        "timestamp" => |_| false,
        "binary" => return binary(&text).ok_or_else(|| refused(&text)),
        _ => return Ok(Content::Text(text)),
    };
    let content = match (resolve::plain(text.clone()), &*suffix) {
        #[expect(clippy::cast_precision_loss, reason = "upstream makes a 64 bit float of it too")]
        (Content::Int(value), "float") => Content::Float(value as f64),
        (content, _) => content,
    };
    if wanted(&content) { Ok(content) } else { Err(refused(&text)) }
}

fn binary(text: &str) -> Option<Content<'static>> {
    let ByteString(bytes) = ByteString::from_base64(text).ok()?;
    Some(Content::Text(String::from_utf8_lossy(&bytes).into_owned().into()))
}

/// A text of this length was let in, so its offsets fit.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
