//! Writing a document with one element a line, and comparing two documents in everything but that.
//!
//! White space is changed only between the children of an element that holds elements and no characters of
//! its own, and never under `xml:space="preserve"` (XML 1.0 clause 2.10). Everything else is written as it
//! stands in the source: comments, references, CDATA sections, quotes, the order of attributes, even what is
//! malformed.

use super::{
    tag::slice,
    tree::{Document, Element, Node, NodeKind},
};

/// Deeper elements are not indented further: the text would grow with the square of the depth.
const LEVELS_MAX: usize = 32;
const INDENT: &str = "  ";

impl Document {
    /// The document with one element a line. Reading it gives the same document except for white space
    /// between elements.
    pub fn pretty(&self) -> String {
        let mut written = String::with_capacity(self.source().len() * 2);
        for piece in pieces(self) {
            if let Some(level) = piece.own_line
                && !written.is_empty()
            {
                written.push('\n');
                (0..level.min(LEVELS_MAX)).for_each(|_| written.push_str(INDENT));
            }
            written.push_str(piece.source);
        }
        written
    }

    /// Whether both are the same as they are written, except for white space between elements.
    pub fn same_but_for_space_between_elements(&self, other: &Document) -> bool {
        pieces(self).map(|piece| piece.source).eq(pieces(other).map(|piece| piece.source))
    }
}

/// A part of the source that is written as it stands.
struct Piece<'a> {
    source: &'a str,
    /// The level of indentation, where it may stand on a line of its own.
    own_line: Option<usize>,
}

enum Step<'a> {
    Node(Node<'a>, Layout),
    EndTag(Element<'a>, Layout),
}

#[derive(Clone, Copy)]
struct Layout {
    level: usize,
    /// White space around it may be changed.
    free: bool,
    /// `xml:space="preserve"` is in force.
    preserved: bool,
}

impl Layout {
    fn own_line(self) -> Option<usize> {
        self.free.then_some(self.level)
    }
}

/// The pieces of a document without the white space that may be changed, in document order.
fn pieces(document: &Document) -> impl Iterator<Item = Piece<'_>> {
    let mut steps = Vec::new();
    let top = document.top().children();
    push_children(
        &mut steps,
        top.clone(),
        Layout { level: 0, free: holds_only_elements(top), preserved: false },
    );
    std::iter::from_fn(move || match steps.pop()? {
        Step::EndTag(element, layout) => {
            let tag = element.end_tag().unwrap_or_default();
            Some(Piece { source: slice(document.source(), tag), own_line: layout.own_line() })
        }
        Step::Node(node, layout) => {
            let Some(element) = node.element() else {
                return Some(Piece { source: node.source(), own_line: layout.own_line() });
            };
            let preserved = preserves_space(element).unwrap_or(layout.preserved);
            let free = !preserved && holds_only_elements(element.children());
            if element.end_tag().is_some() {
                steps.push(Step::EndTag(element, Layout { free, ..layout }));
            }
            let inside = Layout { level: layout.level + 1, free, preserved };
            push_children(&mut steps, element.children(), inside);
            Some(Piece { source: slice(document.source(), element.start_tag()), own_line: layout.own_line() })
        }
    })
}

fn push_children<'a>(steps: &mut Vec<Step<'a>>, children: impl Iterator<Item = Node<'a>>, layout: Layout) {
    let first = steps.len();
    let kept = children.filter(|node| !(layout.free && node.is_space()));
    steps.extend(kept.map(|node| Step::Node(node, layout)));
    if let Some(pushed) = steps.get_mut(first..) {
        pushed.reverse();
    }
}

/// Whether there is an element among `children` and nothing that white space could belong to.
fn holds_only_elements<'a>(children: impl Iterator<Item = Node<'a>>) -> bool {
    let mut elements = 0;
    for node in children {
        match node.kind() {
            // Everything behind an element that is never closed is in it.
            NodeKind::Element if is_unclosed(node) => return false,
            NodeKind::Element => elements += 1,
            NodeKind::Comment
            | NodeKind::ProcessingInstruction
            | NodeKind::Declaration
            | NodeKind::Doctype => {}
            NodeKind::Text if node.is_space() => {}
            _ => return false,
        }
    }
    elements > 0
}

fn is_unclosed(node: Node<'_>) -> bool {
    node.element().is_some_and(|element| {
        // Text in it can end like an empty element's tag.
        let tag = element.start_tag();
        let is_empty = node.source().get(..tag.end - tag.start).is_some_and(|tag| tag.ends_with("/>"));
        element.end_tag().is_none() && !is_empty
    })
}

/// The element's own word on white space in it, if any.
fn preserves_space(element: Element<'_>) -> Option<bool> {
    let attribute = element.attributes().find(|attribute| attribute.name() == "xml:space")?;
    Some(attribute.value() == "preserve")
}
