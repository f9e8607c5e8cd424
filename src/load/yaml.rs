//! YAML text to nodes. The one file that knows the YAML parser.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput, StructureStyle, Tag};

use super::Limits;
use super::node::{Builder, Content, Failure, FailureKind, NodeId, Tree};
use super::problem::LimitKind;
use super::resolve;

/// A document of YAML.
pub(super) struct Document<'t> {
    pub(super) tree: Tree<'t>,
    pub(super) root: Option<NodeId>,
    /// Where another document begins behind the `...` of this one.
    pub(super) followed_at: Option<usize>,
}

/// Reads the first document of a piece of the text.
pub(super) fn document(text: &str, piece: Range<usize>, limits: Limits) -> Result<Document<'_>, Failure> {
    let mut reader = Reader {
        text,
        base: piece.start,
        builder: Builder::new(limits),
        anchors: Vec::new(),
        open: Vec::new(),
        last_end: piece.start,
    };
    let followed_at = reader.read(Parser::new_from_str(text.get(piece).unwrap_or_default()))?;
    let (tree, root) = reader.builder.finish();
    Ok(Document { tree, root, followed_at })
}

/// What an anchor stands for; nothing while its node is open.
type Anchor = Option<(NodeId, u64)>;

struct Reader<'t> {
    text: &'t str,
    base: usize,
    builder: Builder<'t>,
    anchors: Vec<Anchor>,
    /// The anchor, or 0, and the style of each open list and map.
    open: Vec<(usize, StructureStyle)>,
    /// Where the last scalar, alias, list or map ended.
    last_end: usize,
}

impl<'t> Reader<'t> {
    fn read(&mut self, parser: Parser<'t, StrInput<'t>>) -> Result<Option<usize>, Failure> {
        let mut documents = 0;
        for event in parser {
            let (event, span) = match event {
                Ok(event) => event,
                Err(_) if documents > 1 => break,
                Err(error) => return Err(self.scan_error(&error)),
            };
            let bytes = self.bytes(&span);
            match event {
                Event::DocumentStart(..) => documents += 1,
                _ if documents > 1 && event.is_node() => return Ok(Some(bytes.start)),
                event => self.event(event, &span, bytes)?,
            }
        }
        Ok(None)
    }

    fn event(&mut self, event: Event<'t>, span: &Span, bytes: Range<usize>) -> Result<(), Failure> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), bytes),
            Event::SequenceStart(style, anchor, _) => self.start(style, anchor, bytes, false),
            Event::MappingStart(style, anchor, _) => self.start(style, anchor, bytes, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(bytes),
            Event::Alias(anchor) => self.alias(anchor, bytes),
            _ => {
                let _ = span;
                Ok(())
            }
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
        let plain = style == ScalarStyle::Plain;
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
        Ok(())
    }

    fn start(&mut self, style: StructureStyle, anchor: usize, bytes: Range<usize>, map: bool) -> Result<(), Failure> {
        self.limited(bytes.start, |builder| builder.open(position(bytes.start), map))?;
        self.define(anchor, None);
        self.open.push((anchor, style));
        self.last_end = bytes.end;
        Ok(())
    }

    fn end(&mut self, bytes: Range<usize>) -> Result<(), Failure> {
        let (anchor, style) = self.open.pop().unwrap_or((0, StructureStyle::Block));
        // A block has no closing mark: it ends with the last thing in it.
        let end = if style == StructureStyle::Flow { bytes.end } else { self.last_end };
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
        self.last_end = bytes.end;
        self.limited(bytes.start, |builder| builder.alias(position(bytes.start), position(bytes.end), target, size))
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

    fn scan_error(&self, error: &ScanError) -> Failure {
        let at = (self.base + error.marker().byte_offset().unwrap_or_default()).min(self.text.len());
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => Failure::limit(at, LimitKind::Depth),
            kind => Failure::syntax(at, kind.to_string()),
        }
    }
}

/// A scalar with a tag, as `go-yaml` v2 resolves it: a tag that it does not know makes a string.
fn tagged<'t>(text: Cow<'t, str>, tag: &Tag) -> Result<Content<'t>, FailureKind> {
    let Some(suffix) = tag.core_suffix() else {
        return Ok(Content::Text(text));
    };
    let refused = |text: &str| FailureKind::Value(format!("expected a value of the tag `!!{suffix}`, found `{text}`"));
    let wanted: fn(&Content<'_>) -> bool = match suffix {
        "bool" => |content| matches!(content, Content::Bool(_)),
        "int" => |content| matches!(content, Content::Int(_) | Content::Uint(_)),
        "float" => |content| matches!(content, Content::Float(_)),
        "null" => |content| matches!(content, Content::Null),
        "timestamp" => |_| false,
        "binary" => return binary(&text).ok_or_else(|| refused(&text)),
        _ => return Ok(Content::Text(text)),
    };
    let content = match (resolve::plain(text.clone()), suffix) {
        #[expect(clippy::cast_precision_loss, reason = "upstream makes a 64 bit float of it too")]
        (Content::Int(value), "float") => Content::Float(value as f64),
        (content, _) => content,
    };
    if wanted(&content) { Ok(content) } else { Err(refused(&text)) }
}

fn binary(text: &str) -> Option<Content<'static>> {
    use base64::Engine;
    let packed: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok()?;
    Some(Content::Text(String::from_utf8_lossy(&bytes).into_owned().into()))
}

/// A text of this length was let in, so its offsets fit.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
