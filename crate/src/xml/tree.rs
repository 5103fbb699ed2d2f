//! The tree of one document: nodes in an arena, in document order, each with its place in the source.
//!
//! The nodes' places cover the source without gap or overlap (an element's own part being its two tags), so
//! that nothing is lost, not even what is malformed. Nothing here recurses: a document may be as deep as the
//! limit.

use super::{
    chars::is_all_space,
    namespaces::{self, Names, NamespaceId},
    reference::{attribute_value, line_ends},
    tag::{AttributeSpans, slice},
};
use crate::base::counted;
use crate::base::flaw::Span;
use std::{borrow::Cow, fmt};

/// One document as it was read.
#[derive(Clone, PartialEq)]
pub struct Document {
    pub(super) source: String,
    /// The first is the document itself.
    pub(super) nodes: Vec<NodeRecord>,
    pub(super) elements: Vec<ElementRecord>,
    pub(super) attributes: Vec<AttributeRecord>,
    pub(super) names: Names,
    /// The code of the first flaw that was found while reading.
    pub(super) flaw: Option<&'static str>,
    pub(super) has_doctype: bool,
}

/// The kind of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// The document itself.
    Document,
    /// An element with all that is in it.
    Element,
    /// Characters between tags.
    Text,
    /// A CDATA section.
    CData,
    /// A reference and the character it stands for; `None` where it is left as it is written.
    Reference(Option<char>),
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
    /// The XML declaration.
    Declaration,
    /// A document type declaration. It is never read.
    Doctype,
    /// Something that is no XML; a flaw says what.
    Malformed,
    /// The part beyond a limit; a flaw says which.
    Unread,
}

/// A node. What is in it follows it: its first child, if it has one, is the next node, and the next child of
/// its parent, if there is one, the node `after` it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NodeRecord {
    pub(super) kind: NodeKind,
    pub(super) span: ShortSpan,
    /// [`NO_NODE`] for the document.
    pub(super) parent: NodeId,
    /// The first node behind this one's descendants.
    pub(super) after: NodeId,
    /// For elements: its place in the list of elements.
    pub(super) element: u32,
}

/// Octets of a source in half the room of a [`Span`]: no source is longer than can be counted so, as
/// [`SOURCE_OCTETS`] sees to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ShortSpan {
    start: u32,
    end: u32,
}

/// Octets of a message that can be read at most, whatever the limits say. Each can become a character of
/// three octets in the source.
pub(super) const SOURCE_OCTETS: usize = (u32::MAX / 3) as usize;

impl From<Span> for ShortSpan {
    fn from(span: Span) -> Self {
        let short = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        ShortSpan { start: short(span.start), end: short(span.end) }
    }
}

impl From<ShortSpan> for Span {
    fn from(short: ShortSpan) -> Self {
        Span::new(short.start as usize, short.end as usize)
    }
}

/// A node by its place in the arena.
pub(super) type NodeId = u32;

/// No node at all.
pub(super) const NO_NODE: NodeId = NodeId::MAX;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct ElementRecord {
    pub(super) start_tag: ShortSpan,
    /// Empty for `<a/>` and for an element that is never closed.
    pub(super) end_tag: ShortSpan,
    pub(super) name: ShortSpan,
    pub(super) namespace: NamespaceId,
    /// The place of its first attribute in the list of all.
    pub(super) first_attribute: u32,
    pub(super) attribute_count: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AttributeRecord {
    pub(super) name: ShortSpan,
    pub(super) value: ShortSpan,
    /// One past its closing quote.
    pub(super) end: u32,
    pub(super) namespace: NamespaceId,
}

impl AttributeRecord {
    pub(super) fn new(spans: &AttributeSpans, namespace: NamespaceId) -> Self {
        AttributeRecord {
            name: spans.name.into(),
            value: spans.value.into(),
            end: ShortSpan::from(spans.whole).end,
            namespace,
        }
    }
}

impl Document {
    /// The text that was read; all places count in its bytes (a byte order mark is not part of it).
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The same, for somebody who needs nothing else of it.
    pub(crate) fn into_source(self) -> String {
        self.source
    }

    /// The root element; the first, should there be several.
    pub fn root(&self) -> Option<Element<'_>> {
        self.top().children().find_map(Node::element)
    }

    /// The root element and all elements in it, in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        self.root().into_iter().flat_map(|root| std::iter::once(root).chain(root.descendants()))
    }

    /// The number of nodes that were taken, attributes among them and the document itself not: never more
    /// than [`xml_nodes`](crate::base::limits::Limits::xml_nodes).
    pub fn node_count(&self) -> usize {
        self.nodes.len().saturating_sub(1) + self.attributes.len()
    }

    /// The octets of memory that it takes, but for what is taken once for each namespace name.
    pub fn held(&self) -> usize {
        fn of<T>(records: &Vec<T>) -> usize {
            records.capacity() * size_of::<T>()
        }
        self.source.capacity() + of(&self.nodes) + of(&self.elements) + of(&self.attributes)
    }

    /// The code of the first flaw that makes it no well-formed document, a document type declaration aside.
    pub fn flaw(&self) -> Option<&'static str> {
        self.flaw
    }

    /// Whether there is a document type declaration.
    pub fn has_doctype(&self) -> bool {
        self.has_doctype
    }

    /// Whether a namespace name that is declared anywhere is no absolute URI: libxml2 then makes no canonical
    /// form of any part of the document.
    pub fn has_relative_namespace(&self) -> bool {
        self.names.has_relative
    }

    /// The document as a node: its children are the root element and what stands around it.
    pub fn top(&self) -> Node<'_> {
        Node { document: self, id: 0 }
    }

    fn record(&self, id: NodeId) -> &NodeRecord {
        static NOTHING: NodeRecord = NodeRecord {
            kind: NodeKind::Unread,
            span: ShortSpan { start: 0, end: 0 },
            parent: NO_NODE,
            after: 0,
            element: 0,
        };
        self.nodes.get(id as usize).unwrap_or(&NOTHING)
    }
}

impl fmt::Debug for Document {
    /// Lengths only: the source is a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes, {} nodes)", self.source.len(), self.node_count())
    }
}

/// One node of a document.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    id: NodeId,
}

impl<'a> Node<'a> {
    /// The kind of node it is.
    pub fn kind(self) -> NodeKind {
        self.document.record(self.id).kind
    }

    /// Its place in the source, an element with all that is in it.
    pub fn span(self) -> Span {
        self.document.record(self.id).span.into()
    }

    /// It as it is written.
    pub fn source(self) -> &'a str {
        slice(&self.document.source, self.span())
    }

    /// The element, if this is one.
    pub fn element(self) -> Option<Element<'a>> {
        let record = self.document.record(self.id);
        let element = self.document.elements.get(record.element as usize)?;
        (record.kind == NodeKind::Element).then_some(Element { node: self, record: element })
    }

    /// The characters that it stands for: those of a text, a CDATA section or a resolved reference, with line
    /// ends normalised; a reference that is not resolved as it is written. Other nodes have none.
    pub fn characters(self) -> Cow<'a, str> {
        let written = self.source();
        counted::stepped(if self.element().is_some() { 0 } else { written.len() });
        match self.kind() {
            NodeKind::Text => line_ends(written),
            NodeKind::CData => {
                let inner = written.strip_prefix("<![CDATA[").unwrap_or(written);
                line_ends(inner.strip_suffix("]]>").unwrap_or(inner))
            }
            NodeKind::Reference(Some(c)) => Cow::Owned(c.to_string()),
            NodeKind::Reference(None) => Cow::Borrowed(written),
            _ => Cow::Borrowed(""),
        }
    }

    /// Whether it is nothing but white space that is written as such.
    pub(super) fn is_space(self) -> bool {
        self.kind() == NodeKind::Text && is_all_space(self.source())
    }

    /// The place of it among all nodes, in document order.
    pub(super) fn place(self) -> NodeId {
        self.id
    }

    /// The place of the first node behind it and all that is in it.
    pub(super) fn behind(self) -> NodeId {
        self.document.record(self.id).after
    }

    /// The node at `place` of the same document.
    pub(super) fn other(self, place: NodeId) -> Node<'a> {
        visited(Node { id: place, ..self })
    }

    /// The nodes directly in it, in document order.
    pub fn children(self) -> impl Iterator<Item = Node<'a>> + Clone + use<'a> {
        let (document, end) = (self.document, self.behind());
        let within = move |id: NodeId| (id < end).then_some(id);
        std::iter::successors(within(self.id + 1), move |id| within(document.record(*id).after))
            .map(move |id| visited(Node { document, id }))
    }
}

/// Counts, in tests, each node that is looked at.
fn visited(node: Node<'_>) -> Node<'_> {
    counted::stepped(1);
    node
}

/// One element of a document.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    node: Node<'a>,
    record: &'a ElementRecord,
}

impl<'a> Element<'a> {
    /// The prefix of its name, empty where there is none.
    pub fn prefix(self) -> &'a str {
        split(self.written(self.record.name)).0
    }

    /// Its name as it is written, with prefix.
    pub(super) fn name(self) -> &'a str {
        self.written(self.record.name)
    }

    /// Its name without prefix.
    pub fn local(self) -> &'a str {
        split(self.written(self.record.name)).1
    }

    /// Its namespace's name, empty where it is in none.
    pub fn namespace(self) -> &'a str {
        self.node.document.names.get(self.record.namespace)
    }

    /// Whether it is `local` of the namespace `namespace`.
    pub fn is(self, namespace: &str, local: &str) -> bool {
        // Most are told apart by the length or the end of their names.
        let name = Span::from(self.record.name);
        let end = name.end.checked_sub(local.len()).filter(|start| *start >= name.start);
        let ends_with =
            |start| self.node.document.source.as_bytes().get(start..name.end) == Some(local.as_bytes());
        end.is_some_and(ends_with) && self.local() == local && self.namespace() == namespace
    }

    /// The value of the attribute `local` that is in no namespace.
    pub fn attribute(self, local: &str) -> Option<Cow<'a, str>> {
        self.attribute_node(local).map(Attribute::value)
    }

    /// The attribute `local` that is in no namespace.
    pub fn attribute_node(self, local: &str) -> Option<Attribute<'a>> {
        self.attributes()
            .find(|attribute| attribute.name() == local && attribute.record.namespace == namespaces::NONE)
    }

    /// All its attributes, namespace declarations among them, in the order in which they are written.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let document = self.node.document;
        let first = self.record.first_attribute as usize;
        let records = document.attributes.get(first..first + self.attribute_count()).unwrap_or_default();
        let records = records.iter().inspect(|_| counted::stepped(1));
        records.map(move |record| Attribute { document, record })
    }

    /// The number of its attributes, namespace declarations among them.
    pub(super) fn attribute_count(self) -> usize {
        self.record.attribute_count as usize
    }

    /// The nodes directly in it, in document order.
    pub fn children(self) -> impl Iterator<Item = Node<'a>> + Clone + use<'a> {
        self.node.children()
    }

    /// The elements directly in it, in document order.
    pub fn elements(self) -> impl Iterator<Item = Element<'a>> + Clone + use<'a> {
        self.children().filter_map(Node::element)
    }

    /// The first element directly in it that is `local` of the namespace `namespace`.
    pub fn child(self, namespace: &str, local: &str) -> Option<Element<'a>> {
        self.elements().find(|element| element.is(namespace, local))
    }

    /// All elements in it, itself not among them, in document order.
    pub fn descendants(self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.inside().filter_map(Node::element)
    }

    /// The element that it stands in.
    pub fn parent(self) -> Option<Element<'a>> {
        let document = self.node.document;
        let id = document.record(self.node.id).parent;
        visited(Node { document, id }).element()
    }

    /// The elements that it stands in, the innermost first.
    pub fn ancestors(self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        std::iter::successors(self.parent(), |element| element.parent())
    }

    /// It as a node.
    pub(super) fn node(self) -> Node<'a> {
        self.node
    }

    /// From the `<` of its start tag to the end of its end tag.
    pub fn span(self) -> Span {
        self.node.span()
    }

    /// Its start tag.
    pub fn start_tag(self) -> Span {
        self.record.start_tag.into()
    }

    /// Its end tag; absent for `<a/>` and for an element that is never closed.
    pub fn end_tag(self) -> Option<Span> {
        Some(self.record.end_tag.into()).filter(|end_tag| *end_tag != Span::default())
    }

    /// Its own text: texts, CDATA sections and references directly in it, joined. Comments and processing
    /// instructions are dropped, child elements are skipped, nothing is trimmed.
    pub fn own_text(self) -> String {
        self.children().map(Node::characters).collect()
    }

    /// All text in it: like [`Element::own_text`], with that of the elements in it.
    pub fn all_text(self) -> String {
        self.inside().map(Node::characters).collect()
    }

    /// All nodes in it, itself not among them, in document order.
    fn inside(self) -> impl Iterator<Item = Node<'a>> + Clone + use<'a> {
        let document = self.node.document;
        (self.node.id + 1..document.record(self.node.id).after).map(move |id| visited(Node { document, id }))
    }

    fn written(self, span: ShortSpan) -> &'a str {
        slice(&self.node.document.source, span.into())
    }
}

impl PartialEq for Element<'_> {
    /// The same element of the same document.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.node.document, other.node.document) && self.node.id == other.node.id
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({} bytes at {})", self.span().end - self.span().start, self.span().start)
    }
}

/// One attribute of an element.
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    document: &'a Document,
    record: &'a AttributeRecord,
}

impl<'a> Attribute<'a> {
    /// Its name as it is written, with prefix.
    pub fn name(self) -> &'a str {
        slice(&self.document.source, self.record.name.into())
    }

    /// Its name without prefix.
    pub fn local(self) -> &'a str {
        split(self.name()).1
    }

    /// Its namespace's name; empty for an attribute without prefix.
    pub fn namespace(self) -> &'a str {
        self.document.names.get(self.record.namespace)
    }

    /// Its value: references resolved, literal white space as spaces.
    pub fn value(self) -> Cow<'a, str> {
        let written = slice(&self.document.source, self.record.value.into());
        counted::stepped(written.len());
        attribute_value(written)
    }

    /// The place of its namespace's name among all of the document, in the order of their characters.
    pub(super) fn namespace_rank(self) -> u32 {
        self.document.names.rank(self.record.namespace)
    }

    /// Whether it is an `xml:` attribute, as `xml:lang`.
    pub(super) fn is_xml(self) -> bool {
        self.record.namespace == namespaces::XML
    }

    /// Its place, from its name to the closing quote.
    pub fn span(self) -> Span {
        Span::new(self.record.name.start as usize, self.record.end as usize)
    }
}

/// Prefix (or nothing) and local part.
pub(super) fn split(name: &str) -> (&str, &str) {
    // Names are short: going through their octets is quicker than a search.
    let colon = name.bytes().position(|octet| octet == b':');
    colon.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))).unwrap_or(("", name))
}
