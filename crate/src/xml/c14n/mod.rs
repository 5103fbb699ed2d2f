//! Canonical XML: the octets that a signature covers.
//!
//! Canonical XML 1.0 (REC-xml-c14n-20010315) and 1.1 (REC-xml-c14n11-20080502), Exclusive XML
//! Canonicalization 1.0 (REC-xml-exc-c14n-20020718) with its PrefixList, each with and without comments, for
//! a whole document or for one element, in either case with one element left out (the Signature of an
//! enveloped signature).
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | walks the part in document order |
//! | `scope` | which namespace declarations are written |
//! | `write` | writes one node |
//! | `budget` | how much all forms of one message may cost |
//!
//! Leaves out: other node sets (XPath), documents with a document type declaration (its defaults are never
//! read), and the joining of `xml:base` in 1.1. They are said with an [`Obstacle`], never guessed at.

mod budget;
mod scope;
mod write;

pub use budget::Budget;

use super::tree::{Document, Element, Node, NodeKind};
use crate::base::flaw::Span;
use scope::Scope;
use std::collections::{BTreeSet, HashSet};
use write::Writer;

/// The namespace declarations and `xml:` attributes that a part takes along from its ancestors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Canonical XML 1.0: all of them.
    Inclusive10,
    /// Canonical XML 1.1: all declarations; of the attributes `xml:lang` and `xml:space`.
    Inclusive11,
    /// Exclusive: the declarations that names in the part use, and those of the PrefixList (the default
    /// namespace is an empty prefix here).
    Exclusive {
        /// The PrefixList.
        prefixes: BTreeSet<String>,
    },
}

/// The way a part is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The things it takes along.
    pub variant: Variant,
    /// Whether comments are written.
    pub comments: bool,
    /// Whether white space between elements is written. Every recommendation writes it; without it, a message
    /// that was indented after signing can be told from one that was changed.
    pub space_between_elements: bool,
}

/// A part of a document.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The document that it is of.
    pub document: &'a Document,
    /// Its outermost element; the whole document where there is none.
    pub apex: Option<Element<'a>>,
    /// An element that is left out with all that is in it.
    pub without: Option<Element<'a>>,
}

/// The reason why there is no canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is a document type declaration. What it changes in the document is never read.
    Doctype,
    /// The document is not well-formed, or reaches beyond a limit.
    NotWellFormed,
    /// A namespace name in the document is no absolute URI (Canonical XML 1.0, clause 1.3): implementations
    /// must fail.
    RelativeNamespace,
    /// `xml:base` would have to be joined (Canonical XML 1.1, clause 2.4).
    XmlBase,
    /// It would take more steps than the budget has left.
    TooLarge,
}

impl Method {
    /// Canonical XML by `variant` without comments.
    pub fn new(variant: Variant) -> Self {
        Method { variant, comments: false, space_between_elements: true }
    }
}

/// The canonical form of `part` in octets (UTF-8), as far as `budget` reaches.
///
/// # Errors
/// If there is no canonical form, or none that is known here.
pub fn canonical(part: Part<'_>, method: &Method, budget: &Budget) -> Result<Vec<u8>, Obstacle> {
    let document = part.document;
    if document.has_doctype() {
        return Err(Obstacle::Doctype);
    }
    if document.flaw().is_some() {
        return Err(Obstacle::NotWellFormed);
    }
    if document.has_relative_namespace() {
        return Err(Obstacle::RelativeNamespace);
    }
    let mut walk = Walk {
        method,
        without: part.without,
        budget,
        writer: Writer::new(budget, capacity(part).min(budget.left())),
        scope: Scope::new(&method.variant, budget),
        open: Vec::new(),
    };
    match part.apex {
        Some(apex) if walk.is_left_out(apex) || apex.ancestors().any(|outer| walk.is_left_out(outer)) => {}
        Some(apex) => {
            for ancestor in apex.ancestors().collect::<Vec<_>>().into_iter().rev() {
                walk.scope.enter(ancestor)?;
            }
            walk.run(apex.node(), true)?;
        }
        None => walk.document(document)?,
    }
    walk.writer.finish()
}

/// Octets to begin with: those of the part as it is written, which a form mostly has nearly as many of.
fn capacity(part: Part<'_>) -> usize {
    let octets = |span: Span| span.end - span.start;
    let apex = part.apex.map_or(part.document.source().len(), |apex| octets(apex.span()));
    apex.saturating_sub(part.without.map_or(0, |without| octets(without.span())))
}

/// An element that is written as far as its end tag.
struct Open<'a> {
    element: Element<'a>,
    /// Whether white space in it is left out: there are elements in it, and the method wants that.
    drops_space: bool,
}

struct Walk<'a, 'm> {
    method: &'m Method,
    without: Option<Element<'a>>,
    budget: &'m Budget,
    writer: Writer<'m>,
    scope: Scope<'a, 'm>,
    /// The innermost one last: nothing here recurses.
    open: Vec<Open<'a>>,
}

impl<'a> Walk<'a, '_> {
    /// Writes the root element and, each on a line of its own, the processing instructions and comments
    /// around it.
    fn document(&mut self, document: &'a Document) -> Result<(), Obstacle> {
        let mut behind_root = false;
        for node in document.top().children() {
            let written = match node.kind() {
                NodeKind::Element => true,
                NodeKind::ProcessingInstruction => true,
                NodeKind::Comment => self.method.comments,
                _ => false,
            };
            if !written {
                continue;
            }
            let is_root = node.kind() == NodeKind::Element;
            if behind_root {
                self.writer.raw("\n");
            }
            self.run(node, true)?;
            if !is_root && !behind_root {
                self.writer.raw("\n");
            }
            behind_root |= is_root;
        }
        Ok(())
    }

    /// Writes `top` with all that is in it; the nodes stand in document order.
    fn run(&mut self, top: Node<'a>, is_apex: bool) -> Result<(), Obstacle> {
        let (mut place, end) = (top.place(), top.behind());
        while place < end {
            self.close_until(place)?;
            let node = top.other(place);
            place = match node.element() {
                Some(element) if self.is_left_out(element) => node.behind(),
                Some(element) => {
                    self.start(element, is_apex && place == top.place())?;
                    place + 1
                }
                None => {
                    if !(node.is_space() && self.open.last().is_some_and(|open| open.drops_space)) {
                        self.budget.spend(1)?;
                        self.writer.node(node, self.method.comments);
                    }
                    place + 1
                }
            };
            self.writer.check()?;
        }
        self.close_until(end)
    }

    /// Writes the end tags of the elements that nothing from `place` on is in.
    fn close_until(&mut self, place: u32) -> Result<(), Obstacle> {
        while let Some(open) = self.open.pop_if(|open| open.element.node().behind() <= place) {
            self.writer.end_tag(open.element);
            self.scope.leave();
            self.writer.check()?;
        }
        Ok(())
    }

    fn start(&mut self, element: Element<'a>, is_apex: bool) -> Result<(), Obstacle> {
        self.scope.enter(element)?;
        let declarations = self.scope.declarations(element, is_apex)?;
        let inherited = if is_apex { self.inherited(element)? } else { Vec::new() };
        self.writer.start_tag(element, &declarations, inherited);
        let drops_space = !self.method.space_between_elements && element.elements().next().is_some();
        self.open.push(Open { element, drops_space });
        Ok(())
    }

    /// The `xml:` attributes of its ancestors that the apex takes along.
    fn inherited(&self, apex: Element<'a>) -> Result<Vec<super::Attribute<'a>>, Obstacle> {
        let taken: fn(&str) -> bool = match self.method.variant {
            Variant::Exclusive { .. } => return Ok(Vec::new()),
            Variant::Inclusive10 => |_| true,
            Variant::Inclusive11 => |local| matches!(local, "lang" | "space"),
        };
        let is_11 = self.method.variant == Variant::Inclusive11;
        // The innermost one of a name counts.
        let mut known: HashSet<&str> =
            apex.attributes().filter(|own| own.is_xml()).map(super::Attribute::local).collect();
        let mut inherited: Vec<super::Attribute<'a>> = Vec::new();
        for ancestor in apex.ancestors() {
            self.budget.spend(1 + ancestor.attribute_count())?;
            for attribute in ancestor.attributes().filter(|attribute| attribute.is_xml()) {
                let local = attribute.local();
                if is_11 && local == "base" {
                    return Err(Obstacle::XmlBase);
                }
                if taken(local) && known.insert(local) {
                    inherited.push(attribute);
                }
            }
        }
        Ok(inherited)
    }

    fn is_left_out(&self, element: Element<'a>) -> bool {
        self.without == Some(element)
    }
}
