//! The arena while it is filled: nodes in document order, the open ones on a stack, never more than the
//! limit.

use super::{
    namespaces::NamespaceId,
    tag::{Tag, slice},
    tree::{AttributeRecord, ElementRecord, NO_NODE, NodeId, NodeKind, NodeRecord, ShortSpan},
};
use crate::base::flaw::Span;

/// The limit that is reached: what follows is not read.
pub(super) enum Full {
    Nodes,
    /// Of one element.
    Attributes,
}

pub(super) struct Arena {
    pub(super) nodes: Vec<NodeRecord>,
    pub(super) elements: Vec<ElementRecord>,
    pub(super) attributes: Vec<AttributeRecord>,
    /// The document and the open elements, the innermost last; never empty.
    open: Vec<NodeId>,
    nodes_max: usize,
    has_root: bool,
}

/// Octets of a source for which room for one element is made before it is read.
const OCTETS_PER_ELEMENT: usize = 80;

/// The element number of a node that is no element.
const NO_ELEMENT: u32 = u32::MAX;

impl Arena {
    /// An arena for the document `source`.
    pub(super) fn new(source: &str, nodes_max: usize) -> Self {
        // Real messages have an element or two for so many octets, and a text in most of them.
        let elements = (source.len() / OCTETS_PER_ELEMENT).min(nodes_max);
        let mut nodes = Vec::with_capacity(2 * elements + 1);
        nodes.push(NodeRecord {
            kind: NodeKind::Document,
            span: Span::new(0, source.len()).into(),
            parent: NO_NODE,
            after: 1,
            element: NO_ELEMENT,
        });
        Arena {
            nodes,
            elements: Vec::with_capacity(elements),
            attributes: Vec::new(),
            open: vec![0],
            nodes_max,
            has_root: false,
        }
    }

    /// The number of open elements.
    pub(super) fn depth(&self) -> usize {
        self.open.len() - 1
    }

    /// Whether a root element was added.
    pub(super) fn has_root(&self) -> bool {
        self.has_root
    }

    /// The number of nodes that may still be added. One place is kept for [`Arena::add_unread`].
    pub(super) fn free(&self) -> usize {
        self.nodes_max.saturating_sub(self.count() + 1)
    }

    /// Adds a node without children to the innermost open element.
    pub(super) fn add(&mut self, kind: NodeKind, span: Span) -> Result<(), Full> {
        if self.free() == 0 {
            return Err(Full::Nodes);
        }
        self.push(kind, span, NO_ELEMENT);
        Ok(())
    }

    /// Adds the one node that stands for all that is not read.
    pub(super) fn add_unread(&mut self, span: Span) {
        if self.count() < self.nodes_max {
            self.push(NodeKind::Unread, span, NO_ELEMENT);
        }
    }

    /// Adds an element whose start tag is at `span`, with an attribute of each of `namespaces`; the caller
    /// made sure that they fit. It stays open unless it is `empty`.
    pub(super) fn add_element(
        &mut self,
        span: Span,
        tag: &Tag,
        namespace: NamespaceId,
        namespaces: &[NamespaceId],
        empty: bool,
    ) {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (first_attribute, element) = (count(self.attributes.len()), count(self.elements.len()));
        let attributes = tag.attributes.iter().zip(namespaces);
        self.attributes.extend(attributes.map(|(spans, namespace)| AttributeRecord::new(spans, *namespace)));
        self.elements.push(ElementRecord {
            start_tag: span.into(),
            end_tag: ShortSpan::default(),
            name: tag.name.into(),
            namespace,
            first_attribute,
            attribute_count: count(tag.attributes.len()),
        });
        self.has_root |= self.depth() == 0;
        let node = self.push(NodeKind::Element, span, element);
        if !empty {
            self.open.push(node);
        }
    }

    /// Closes the innermost open element at `end`, by the tag at `end_tag` if there is one.
    pub(super) fn close(&mut self, end_tag: Option<Span>, end: usize) {
        if self.depth() == 0 {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        let after = self.next_id();
        let Some(node) = self.nodes.get_mut(open as usize) else { return };
        node.span = Span { end, ..node.span.into() }.into();
        node.after = after;
        if let Some(element) = self.elements.get_mut(node.element as usize) {
            element.end_tag = end_tag.map(ShortSpan::from).unwrap_or_default();
        }
    }

    /// Closes the document, and gives back the room that is not needed.
    pub(super) fn close_document(&mut self) {
        self.nodes.shrink_to_fit();
        self.elements.shrink_to_fit();
        self.attributes.shrink_to_fit();
        let after = self.next_id();
        if let Some(top) = self.nodes.first_mut() {
            top.after = after;
        }
    }

    /// The innermost open element.
    pub(super) fn innermost(&self) -> Option<&ElementRecord> {
        self.open.last().and_then(|open| self.element(*open))
    }

    /// The number of elements that stay open when the innermost one that is named `name` is closed.
    pub(super) fn depth_of(&self, source: &str, name: &str) -> Option<usize> {
        let named =
            |open: &NodeId| self.element(*open).is_some_and(|it| slice(source, it.name.into()) == name);
        self.open.iter().rposition(named).map(|place| place - 1)
    }

    fn element(&self, node: NodeId) -> Option<&ElementRecord> {
        self.elements.get(self.nodes.get(node as usize)?.element as usize)
    }

    fn count(&self) -> usize {
        self.nodes.len() - 1 + self.attributes.len()
    }

    fn next_id(&self) -> NodeId {
        NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX)
    }

    fn push(&mut self, kind: NodeKind, span: Span, element: u32) -> NodeId {
        let id = self.next_id();
        let parent = self.open.last().copied().unwrap_or(NO_NODE);
        self.nodes.push(NodeRecord { kind, span: span.into(), parent, after: id + 1, element });
        id
    }
}
