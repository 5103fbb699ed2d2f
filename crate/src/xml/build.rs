//! From quick-xml's events to the tree.
//!
//! quick-xml says what kind of markup comes next and where it ends; its own checks are turned off, because
//! they stop at the first error, and made here: XML 1.0 production 1 `document` (one root, nothing but white
//! space around it), production 39 (end tags match), clause 3.1 (attributes are unique), Namespaces in XML
//! 1.0 clause 5 (prefixes are declared) and 6.3 (attributes are unique after resolution).

use super::{
    arena::{Arena, Full},
    chars::{is_all_space, is_name_start},
    decode::Encoding,
    flaw_list::FlawList,
    markup,
    namespaces::{self, NamespaceId, Scopes},
    reference::{Referent, attribute_value, referent},
    tag::{self, Tag, shortened, slice},
    tree::{Document, ElementRecord, NodeKind, split},
};
use crate::{
    base::{
        catalogue::Text,
        flaw::{Flaw, Span},
        limits::Limits,
    },
    text,
};
use quick_xml::{Error, events::Event, reader::Reader};
use std::collections::HashSet;

/// Builds the tree of `source`.
pub(super) fn document(
    source: String,
    encoding: Encoding,
    limits: &Limits,
    flaws: &mut FlawList,
) -> Document {
    markup::check_characters(&source, flaws);
    let mut builder = Builder {
        source: &source,
        encoding,
        limits,
        flaws,
        arena: Arena::new(&source, limits.xml_nodes),
        scopes: Scopes::new(),
        too_deep: None,
        passed: 0,
    };
    builder.read();
    let Builder { arena: Arena { nodes, elements, attributes, .. }, scopes, .. } = builder;
    Document {
        nodes,
        elements,
        attributes,
        names: scopes.into_names(),
        source,
        flaw: None,
        has_doctype: false,
    }
}

struct Builder<'s, 'f> {
    source: &'s str,
    encoding: Encoding,
    limits: &'s Limits,
    flaws: &'f mut FlawList,
    arena: Arena,
    scopes: Scopes,
    too_deep: Option<TooDeep>,
    /// The parts that were passed over. Each takes its time, so that they count as nodes do.
    passed: usize,
}

/// An attribute's name as far as it must be unique: its namespace, or its prefix where that has none, and its
/// local part.
type UniqueName<'s> = (Option<NamespaceId>, &'s str, &'s str);

/// The names of a tag's attributes so far. Few of them are compared one by one.
enum Seen<'s> {
    Few(Vec<UniqueName<'s>>),
    Many(HashSet<UniqueName<'s>>),
}

impl<'s> Seen<'s> {
    const FEW: usize = 12;

    /// For a tag with so many attributes.
    fn new(attributes: usize) -> Self {
        if attributes <= Self::FEW {
            Seen::Few(Vec::with_capacity(attributes))
        } else {
            Seen::Many(HashSet::with_capacity(attributes))
        }
    }

    /// Whether `name` was not there before.
    fn is_new(&mut self, name: UniqueName<'s>) -> bool {
        match self {
            Seen::Many(seen) => seen.insert(name),
            Seen::Few(seen) => {
                let is_new = !seen.contains(&name);
                seen.push(name);
                is_new
            }
        }
    }
}

/// An element that is deeper than the limit: passed over until it is closed.
#[derive(Clone, Copy)]
struct TooDeep {
    start: usize,
    /// It and the elements in it that are open.
    open: usize,
}

impl Builder<'_, '_> {
    fn read(&mut self) {
        let (unread, full) = match self.read_events() {
            Ok(()) => (self.too_deep.map(|deep| deep.start), false),
            Err((start, full)) => {
                let start = self.too_deep.map_or(start, |deep| deep.start);
                let (nodes, attributes) = (self.limits.xml_nodes, self.limits.xml_attributes);
                let (code, text) = match full {
                    Full::Nodes => {
                        ("too-many-nodes", text!("flaw.too-many-nodes", limit = nodes, at = start))
                    }
                    Full::Attributes => (
                        "too-many-attributes",
                        text!("flaw.too-many-attributes", limit = attributes, at = start),
                    ),
                };
                self.flaw(code, Span::new(start, self.source.len()), text);
                (Some(start), true)
            }
        };
        if let Some(start) = unread {
            self.arena.add_unread(Span::new(start, self.source.len()));
        }
        while let Some(start_tag) = self.arena.innermost().map(|element| element.start_tag) {
            // The part beyond a limit may well hold the end tags.
            if unread.is_none() {
                self.unclosed(start_tag.into());
            }
            self.arena.close(None, self.source.len());
        }
        self.arena.close_document();
        if !self.arena.has_root() && !full {
            let end = self.source.len();
            self.flaw("no-root", Span::new(end, end), text!("flaw.no-root"));
        }
    }

    /// Reads until the end, or gives where a limit is reached, and which.
    fn read_events(&mut self) -> Result<(), (usize, Full)> {
        let mut reader = Reader::from_str(self.source);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.trim_markup_names_in_closing_tags = false;
        // The encoding's own mark is already gone; quick-xml drops another one without counting it.
        let mark = if self.source.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        self.text(Span::new(0, mark)).map_err(|full| (0, full))?;
        let mut start = mark;
        loop {
            let event = reader.read_event();
            let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).saturating_add(mark);
            let span = Span::new(start, end.min(self.source.len()));
            match event {
                Ok(Event::Eof) => return Ok(()),
                Ok(event) => self.event(&event, span).map_err(|full| (start, full))?,
                // quick-xml goes on behind these.
                Err(Error::IllFormed(_)) => self.malformed(span).map_err(|full| (start, full))?,
                Err(_) => {
                    let rest = Span::new(start, self.source.len());
                    self.flaw("unclosed-markup", rest, text!("flaw.unclosed-markup", at = start));
                    return self.cut_off(rest).map_err(|full| (start, full));
                }
            }
            start = span.end;
        }
    }

    /// Takes the part of the source at `span`, which quick-xml calls `event`.
    fn event(&mut self, event: &Event<'_>, span: Span) -> Result<(), Full> {
        if let Some(deep) = self.too_deep {
            return self.pass_over(event, deep, span);
        }
        match event {
            Event::Start(_) => self.start(span, false),
            Event::Empty(_) => self.start(span, true),
            Event::End(_) => self.end(span),
            Event::Text(_) => self.text(span),
            Event::GeneralRef(_) => self.reference(span),
            Event::CData(_) => {
                self.check_inside_root(span);
                self.arena.add(NodeKind::CData, span)
            }
            Event::Comment(_) => {
                markup::check_comment(self.source, span, self.flaws);
                self.arena.add(NodeKind::Comment, span)
            }
            Event::PI(_) => {
                markup::check_processing_instruction(self.source, span, self.flaws);
                self.arena.add(NodeKind::ProcessingInstruction, span)
            }
            Event::Decl(_) => {
                markup::check_declaration(self.source, span, self.encoding, self.flaws);
                self.arena.add(NodeKind::Declaration, span)
            }
            Event::DocType(_) => {
                self.doctype(span);
                self.arena.add(NodeKind::Doctype, span)
            }
            Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, span: Span, empty: bool) -> Result<(), Full> {
        if self.arena.depth() >= self.limits.xml_depth {
            let text = text!("flaw.too-deep", limit = self.limits.xml_depth, at = span.start);
            self.flaw("too-deep", span, text);
            let deep = TooDeep { start: span.start, open: 1 };
            self.too_deep = Some(deep);
            return if empty {
                self.pass_over(&Event::Eof, TooDeep { open: 0, ..deep }, span)
            } else {
                Ok(())
            };
        }
        let room = self.arena.free().checked_sub(1).ok_or(Full::Nodes)?;
        let most = self.limits.xml_attributes;
        let full = if most < room { Full::Attributes } else { Full::Nodes };
        let tag = tag::read(self.source, span, most.min(room), self.flaws).ok_or(full)?;
        if self.arena.depth() == 0 && self.arena.has_root() {
            self.flaw("second-root", span, text!("flaw.second-root", at = span.start));
        }
        self.scopes.open();
        self.declare_namespaces(&tag);
        let namespace = self.resolve(tag.name).unwrap_or(namespaces::NONE);
        let namespaces = self.attribute_namespaces(&tag);
        self.arena.add_element(span, &tag, namespace, &namespaces, empty);
        if empty {
            self.scopes.close();
        }
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Full> {
        if self.is_plain_end(span) {
            self.arena.close(Some(span), span.end);
            self.scopes.close();
            return Ok(());
        }
        let name = slice(self.source, tag::read_end(self.source, span, self.flaws));
        let Some(depth) = self.arena.depth_of(self.source, name) else {
            if !self.flaws.is_full() {
                let text = text!("flaw.unmatched-end-tag", name = shortened(name), at = span.start);
                self.flaw("unmatched-end-tag", span, text);
            }
            return self.arena.add(NodeKind::Malformed, span);
        };
        while self.arena.depth() > depth + 1 {
            if let Some(start_tag) = self.arena.innermost().map(|element| element.start_tag) {
                self.unclosed(start_tag.into());
            }
            self.arena.close(None, span.start);
            self.scopes.close();
        }
        self.arena.close(Some(span), span.end);
        self.scopes.close();
        Ok(())
    }

    /// Whether the end tag at `span` is that of the innermost element and nothing else is in it, as in every
    /// well-formed document without needless white space.
    fn is_plain_end(&self, span: Span) -> bool {
        let name = slice(self.source, span).strip_prefix("</").and_then(|rest| rest.strip_suffix('>'));
        let is_named = |element: &ElementRecord| Some(slice(self.source, element.name.into())) == name;
        self.arena.innermost().is_some_and(is_named)
    }

    fn text(&mut self, span: Span) -> Result<(), Full> {
        let written = slice(self.source, span);
        if written.is_empty() {
            return Ok(());
        }
        if written.starts_with('&') {
            let ampersand = Span::new(span.start, span.start + 1);
            tag::check_reference(written, Referent::BareAmpersand, ampersand, self.flaws);
        }
        if !is_all_space(written) {
            self.check_inside_root(span);
            markup::check_text(self.source, span, self.flaws);
        }
        self.arena.add(NodeKind::Text, span)
    }

    fn reference(&mut self, span: Span) -> Result<(), Full> {
        let written = slice(self.source, span);
        let content = written.strip_prefix('&').and_then(|rest| rest.strip_suffix(';')).unwrap_or("");
        let referent = referent(content);
        tag::check_reference(written, referent, span, self.flaws);
        self.check_inside_root(span);
        let resolved = if let Referent::Character(c) = referent { Some(c) } else { None };
        self.arena.add(NodeKind::Reference(resolved), span)
    }

    /// Takes markup that never ends: of a start tag what is there, so that a message that is cut off in it
    /// has a name.
    fn cut_off(&mut self, span: Span) -> Result<(), Full> {
        let is_tag =
            slice(self.source, span).strip_prefix('<').is_some_and(|name| name.starts_with(is_name_start));
        if is_tag && self.too_deep.is_none() { self.start(span, false) } else { self.malformed(span) }
    }

    fn malformed(&mut self, span: Span) -> Result<(), Full> {
        if self.too_deep.is_some() {
            return Ok(());
        }
        let opening = slice(self.source, span).get(.."<!DOCTYPE".len()).unwrap_or("");
        if opening.eq_ignore_ascii_case("<!DOCTYPE") {
            self.doctype(span);
        }
        self.arena.add(NodeKind::Malformed, span)
    }

    /// Reports a document type declaration, and the first entity that it declares.
    fn doctype(&mut self, span: Span) {
        self.flaw("doctype", span, text!("flaw.doctype"));
        let declaration = "<!ENTITY";
        if let Some(offset) = slice(self.source, span).find(declaration) {
            let at = Span::new(span.start + offset, span.start + offset + declaration.len());
            self.flaw("entity-declaration", at, text!("flaw.entity-declaration", at = at.start));
        }
    }

    /// Passes over what is in an element that is too deep: one node for all of it.
    fn pass_over(&mut self, event: &Event<'_>, deep: TooDeep, span: Span) -> Result<(), Full> {
        let open = match event {
            Event::Start(_) => deep.open + 1,
            Event::End(_) => deep.open.saturating_sub(1),
            _ => deep.open,
        };
        self.passed += 1;
        if self.passed > self.arena.free() {
            return Err(Full::Nodes);
        }
        if open > 0 {
            self.too_deep = Some(TooDeep { open, ..deep });
            return Ok(());
        }
        self.arena.add(NodeKind::Unread, Span::new(deep.start, span.end))?;
        self.too_deep = None;
        Ok(())
    }

    fn declare_namespaces(&mut self, tag: &Tag) {
        for attribute in &tag.attributes {
            let prefix = match slice(self.source, attribute.name) {
                "xmlns" => "",
                name => match name.strip_prefix("xmlns:") {
                    Some(prefix) => prefix,
                    None => continue,
                },
            };
            if !self.scopes.declare(prefix, &attribute_value(slice(self.source, attribute.value))) {
                let text = text!("flaw.bad-namespace-declaration", at = attribute.whole.start);
                self.flaw("bad-namespace-declaration", attribute.whole, text);
            }
        }
    }

    /// The namespaces of a tag's attributes. Reports attributes with the same name.
    fn attribute_namespaces(&mut self, tag: &Tag) -> Vec<NamespaceId> {
        let mut seen = Seen::new(tag.attributes.len());
        let mut namespaces = Vec::with_capacity(tag.attributes.len());
        for attribute in &tag.attributes {
            let (prefix, local) = split(slice(self.source, attribute.name));
            let bound = match (prefix, local) {
                ("", "xmlns") | ("xmlns", _) => Some(namespaces::XMLNS),
                ("", _) => Some(namespaces::NONE),
                _ => self.resolve(attribute.name),
            };
            // If the prefix is not declared, names are the same when their prefixes are.
            let unbound_prefix = if bound.is_some() { "" } else { prefix };
            if !seen.is_new((bound, unbound_prefix, local)) && !self.flaws.is_full() {
                let text =
                    text!("flaw.duplicate-attribute", name = shortened(local), at = attribute.whole.start);
                self.flaw("duplicate-attribute", attribute.whole, text);
            }
            namespaces.push(bound.unwrap_or(namespaces::NONE));
        }
        namespaces
    }

    /// The namespace of a name by its prefix. Reports a prefix that is not declared.
    fn resolve(&mut self, name: Span) -> Option<NamespaceId> {
        let (prefix, _) = split(slice(self.source, name));
        let bound = if prefix == "xmlns" { None } else { self.scopes.resolve(prefix) };
        if bound.is_none() && !self.flaws.is_full() {
            let text = text!("flaw.unbound-prefix", prefix = shortened(prefix), at = name.start);
            self.flaw("unbound-prefix", name, text);
        }
        bound
    }

    fn check_inside_root(&mut self, span: Span) {
        if self.arena.depth() == 0 && !self.flaws.is_full() {
            self.flaw("text-outside-root", span, text!("flaw.text-outside-root", at = span.start));
        }
    }

    fn unclosed(&mut self, start_tag: Span) {
        if self.flaws.is_full() {
            return;
        }
        self.flaw("unclosed-element", start_tag, text!("flaw.unclosed-element", at = start_tag.start));
    }

    fn flaw(&mut self, code: &'static str, at: Span, text: Text) {
        self.flaws.push(Flaw::in_xml(code, at, text));
    }
}
