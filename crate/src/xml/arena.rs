//! The arena while it is filled: nodes in document order, the open ones on a stack, never more than the
//! limit.

use super::{
    namespaces::NamespaceId,
    tag::{Tag, slice},
    tree::{AttributeRecord, ElementRecord, NodeId, NodeKind, NodeRecord},
};
use crate::base::flaw::Span;

/// The node limit is reached: what follows is not read.
pub(super) struct Full;

pub(super) struct Arena {
    pub(super) nodes: Vec<NodeRecord>,
    pub(super) elements: Vec<ElementRecord>,
    pub(super) attributes: Vec<AttributeRecord>,
    /// The document and the open elements, the innermost last; never empty.
    open: Vec<Open>,
    nodes_max: usize,
    has_root: bool,
}

#[derive(Clone, Copy)]
struct Open {
    node: NodeId,
    last_child: Option<NodeId>,
}

/// The element number of a node that is no element.
const NO_ELEMENT: u32 = u32::MAX;

impl Arena {
    /// An arena for the document `source`.
    pub(super) fn new(source: &str, nodes_max: usize) -> Self {
        let top = record(NodeKind::Document, Span::new(0, source.len()), None, 0);
        let open = vec![Open { node: 0, last_child: None }];
        Arena {
            nodes: vec![top],
            elements: Vec::new(),
            attributes: Vec::new(),
            open,
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
            return Err(Full);
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
        let first = self.attributes.len();
        let attributes = tag.attributes.iter().zip(namespaces);
        self.attributes.extend(
            attributes.map(|(spans, namespace)| AttributeRecord { spans: *spans, namespace: *namespace }),
        );
        let element = u32::try_from(self.elements.len()).unwrap_or(NO_ELEMENT);
        let attributes = first..self.attributes.len();
        self.elements.push(ElementRecord {
            start_tag: span,
            end_tag: None,
            name: tag.name,
            namespace,
            attributes,
        });
        self.has_root |= self.depth() == 0;
        let node = self.push(NodeKind::Element, span, element);
        if !empty {
            self.open.push(Open { node, last_child: None });
        }
    }

    /// Closes the innermost open element at `end`, by the tag at `end_tag` if there is one.
    pub(super) fn close(&mut self, end_tag: Option<Span>, end: usize) {
        if self.depth() == 0 {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        let after = self.next_id();
        let Some(node) = self.nodes.get_mut(open.node as usize) else { return };
        node.span.end = end;
        node.after = after;
        if let Some(element) = self.elements.get_mut(node.element as usize) {
            element.end_tag = end_tag;
        }
    }

    /// Closes the document.
    pub(super) fn close_document(&mut self) {
        let after = self.next_id();
        if let Some(top) = self.nodes.first_mut() {
            top.after = after;
        }
    }

    /// The innermost open element.
    pub(super) fn innermost(&self) -> Option<&ElementRecord> {
        self.open.last().and_then(|open| self.element(open.node))
    }

    /// The number of elements that stay open when the innermost one that is named `name` is closed.
    pub(super) fn depth_of(&self, source: &str, name: &str) -> Option<usize> {
        let named =
            |open: &Open| self.element(open.node).is_some_and(|element| slice(source, element.name) == name);
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
        let mut node = record(kind, span, None, id);
        node.element = element;
        if let Some(parent) = self.open.last_mut() {
            node.parent = Some(parent.node);
            let link = match parent.last_child.replace(id) {
                Some(before) => self.nodes.get_mut(before as usize).map(|before| &mut before.next_sibling),
                None => self.nodes.get_mut(parent.node as usize).map(|parent| &mut parent.first_child),
            };
            if let Some(link) = link {
                *link = Some(id);
            }
        }
        self.nodes.push(node);
        id
    }
}

fn record(kind: NodeKind, span: Span, parent: Option<NodeId>, id: NodeId) -> NodeRecord {
    NodeRecord {
        kind,
        span,
        parent,
        first_child: None,
        next_sibling: None,
        after: id + 1,
        element: NO_ELEMENT,
    }
}
