//! What was read, before it has a type: an arena of nodes with their places.
//!
//! Both readers build it through [`Builder`], which holds them to the limits of depth and nodes.

use std::borrow::Cow;

use super::Limits;
use super::problem::LimitKind;

/// A node's number in its [`Tree`].
pub(super) type NodeId = u32;

/// What a node holds. Scalars are resolved: of YAML by the rules of version 1.1.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "only YAML has these"))]
pub(super) enum Content<'t> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    /// A number with a point or an exponent, of YAML.
    Float(f64),
    /// The same of JSON, where a whole one is no integer.
    Decimal(f64),
    Text(Cow<'t, str>),
    /// An unquoted `<<`: a merge where it is a key, else the text.
    Merge,
    /// A list of the links in this range.
    List(Links),
    /// A map: keys and values by turns.
    Map(Links),
    Alias(NodeId),
}

/// A range of [`Tree`]'s links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Links {
    start: u32,
    end: u32,
}

/// A node and its place in bytes of the source.
#[derive(Debug, Clone)]
pub(super) struct Node<'t> {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) content: Content<'t>,
}

/// The nodes of one document.
#[derive(Debug, Default)]
pub(super) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    links: Vec<NodeId>,
    is_yaml: bool,
}

static NOTHING: Node<'static> = Node { start: 0, end: 0, content: Content::Null };

impl<'t> Tree<'t> {
    #[cfg(feature = "yaml")]
    pub(super) fn of_yaml(self) -> Self {
        Self { is_yaml: true, ..self }
    }

    /// Whether its maps become JSON with sorted keys before they are looked at.
    pub(super) const fn is_sorted(&self) -> bool {
        self.is_yaml
    }

    pub(super) fn node(&self, id: NodeId) -> &Node<'t> {
        usize::try_from(id).ok().and_then(|id| self.nodes.get(id)).unwrap_or(&NOTHING)
    }

    /// The node that an alias stands for, or the node itself.
    pub(super) fn target(&self, id: NodeId) -> &Node<'t> {
        match self.node(id).content {
            Content::Alias(target) => self.node(target),
            _ => self.node(id),
        }
    }

    /// The place of a node in bytes.
    pub(super) fn bytes(&self, id: NodeId) -> (u32, u32) {
        let node = self.node(id);
        (node.start, node.end)
    }

    pub(super) fn links(&self, links: Links) -> &[NodeId] {
        self.links.get(links.start as usize..links.end as usize).unwrap_or_default()
    }

    /// The keys and values of a map as they are written; none of any other node.
    pub(super) fn pairs(&self, id: NodeId) -> impl DoubleEndedIterator<Item = (NodeId, NodeId)> + ExactSizeIterator + '_ {
        let links = match self.target(id).content {
            Content::Map(links) => self.links(links),
            _ => &[],
        };
        let (pairs, _) = links.as_chunks::<2>();
        pairs.iter().map(|&[key, value]| (key, value))
    }

    /// The elements of a list; none of any other node.
    pub(super) fn items(&self, id: NodeId) -> &[NodeId] {
        match self.target(id).content {
            Content::List(links) => self.links(links),
            _ => &[],
        }
    }
}

struct Open {
    id: NodeId,
    map: bool,
    /// Where its children begin in `waiting`.
    first: usize,
    /// Nodes below it, those behind aliases as often as they are used.
    size: u64,
}

/// Builds a [`Tree`] out of events.
pub(super) struct Builder<'t> {
    tree: Tree<'t>,
    open: Vec<Open>,
    waiting: Vec<NodeId>,
    limits: Limits,
    root: Option<NodeId>,
    /// What the last node that was finished counts with all that is below it.
    size: u64,
    expanded: u64,
}

impl<'t> Builder<'t> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { tree: Tree::default(), open: Vec::new(), waiting: Vec::new(), limits, root: None, size: 0, expanded: 0 }
    }

    pub(super) fn scalar(&mut self, start: u32, end: u32, content: Content<'t>) -> Result<NodeId, LimitKind> {
        let id = self.add(Node { start, end, content })?;
        self.finished(id, 1)?;
        Ok(id)
    }

    /// An alias of a finished node of the given size.
    #[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "only YAML has aliases"))]
    pub(super) fn alias(&mut self, start: u32, end: u32, target: NodeId, size: u64) -> Result<(), LimitKind> {
        let id = self.add(Node { start, end, content: Content::Alias(target) })?;
        self.expanded = self.expanded.saturating_add(size);
        if self.expanded > self.limits.aliases as u64 {
            return Err(LimitKind::Aliases);
        }
        self.finished(id, size)
    }

    pub(super) fn open(&mut self, start: u32, map: bool) -> Result<NodeId, LimitKind> {
        if self.open.len() >= self.limits.depth() {
            return Err(LimitKind::Depth);
        }
        let id = self.add(Node { start, end: start, content: Content::Null })?;
        self.open.push(Open { id, map, first: self.waiting.len(), size: 1 });
        Ok(id)
    }

    /// Ends the list or map that was opened last, and gives back its number.
    pub(super) fn close(&mut self, end: u32) -> Result<Option<NodeId>, LimitKind> {
        let Some(Open { id, map, first, size }) = self.open.pop() else {
            return Ok(None);
        };
        let start = index(self.tree.links.len())?;
        self.tree.links.extend(self.waiting.drain(first..));
        let links = Links { start, end: index(self.tree.links.len())? };
        if let Some(node) = self.tree.nodes.get_mut(id as usize) {
            node.end = end;
            node.content = if map { Content::Map(links) } else { Content::List(links) };
        }
        self.finished(id, size)?;
        Ok(Some(id))
    }

    /// How many nodes the node that was finished last stands for.
    #[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "only YAML has aliases"))]
    pub(super) fn last_size(&self) -> u64 {
        self.size
    }

    /// Whether a document was read to its end.
    #[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "JSON knows where a value ends"))]
    pub(super) fn is_whole(&self) -> bool {
        self.root.is_some() && self.open.is_empty()
    }

    /// The tree and its root, if there was one.
    pub(super) fn finish(self) -> (Tree<'t>, Option<NodeId>) {
        (self.tree, self.root)
    }

    fn add(&mut self, node: Node<'t>) -> Result<NodeId, LimitKind> {
        if self.tree.nodes.len() >= self.limits.nodes {
            return Err(LimitKind::Nodes);
        }
        let id = index(self.tree.nodes.len())?;
        self.tree.nodes.push(node);
        Ok(id)
    }

    fn finished(&mut self, id: NodeId, size: u64) -> Result<(), LimitKind> {
        self.size = size;
        match self.open.last_mut() {
            Some(parent) => {
                parent.size = parent.size.saturating_add(size);
                self.waiting.push(id);
            }
            None => self.root = self.root.or(Some(id)),
        }
        Ok(())
    }
}

fn index(at: usize) -> Result<u32, LimitKind> {
    u32::try_from(at).map_err(|_| LimitKind::Nodes)
}

/// Why a document could not be read, and at which bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: FailureKind,
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "only YAML has these"))]
pub(super) enum FailureKind {
    Syntax(String),
    Limit(LimitKind),
    Alias(&'static str),
    Value(String),
}

impl Failure {
    pub(super) fn at(offset: usize, kind: FailureKind) -> Self {
        Self { start: offset, end: offset, kind }
    }

    pub(super) fn syntax(offset: usize, message: impl Into<String>) -> Self {
        Self::at(offset, FailureKind::Syntax(message.into()))
    }

    pub(super) fn limit(offset: usize, limit: LimitKind) -> Self {
        Self::at(offset, FailureKind::Limit(limit))
    }

    #[cfg(feature = "yaml")]
    pub(super) fn is_syntax_from(&self, offset: usize) -> bool {
        self.start >= offset && matches!(self.kind, FailureKind::Syntax(_))
    }
}
