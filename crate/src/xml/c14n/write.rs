//! Writing one node: Canonical XML 1.0, clause 2.3.

use super::{Obstacle, budget::Budget, scope::is_declaration};
use crate::xml::{
    Attribute,
    reference::line_ends,
    tree::{Element, Node, NodeKind},
};
use std::borrow::Cow;

/// The text that was written so far, as far as the budget reaches.
pub(super) struct Writer<'b> {
    written: String,
    budget: &'b Budget,
    too_large: bool,
}

impl<'b> Writer<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Writer { written: String::new(), budget, too_large: false }
    }

    /// Whether there is still room.
    pub(super) fn check(&self) -> Result<(), Obstacle> {
        if self.too_large { Err(Obstacle::TooLarge) } else { Ok(()) }
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, Obstacle> {
        self.check().map(|()| self.written.into_bytes())
    }

    /// Writes `text` as it is.
    pub(super) fn raw(&mut self, text: &str) {
        self.too_large |= self.budget.spend(text.len()).is_err();
        if !self.too_large {
            self.written.push_str(text);
        }
    }

    /// Writes a start tag: the declarations first, then the attributes by namespace and name.
    pub(super) fn start_tag<'a>(
        &mut self,
        element: Element<'a>,
        declarations: &[(&'a str, Cow<'a, str>)],
        inherited: Vec<Attribute<'a>>,
    ) {
        self.raw("<");
        self.name(element);
        for (prefix, name) in declarations {
            self.raw(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.raw(prefix);
            self.value(name);
        }
        let mut attributes = inherited;
        attributes.extend(element.attributes().filter(|attribute| !is_declaration(*attribute)));
        attributes.sort_by_key(|attribute| (attribute.namespace_rank(), attribute.local()));
        for attribute in attributes {
            self.raw(" ");
            self.raw(attribute.name());
            self.value(&attribute.value());
        }
        self.raw(">");
    }

    pub(super) fn end_tag(&mut self, element: Element<'_>) {
        self.raw("</");
        self.name(element);
        self.raw(">");
    }

    /// Writes a node that is no element.
    pub(super) fn node(&mut self, node: Node<'_>, comments: bool) {
        match node.kind() {
            NodeKind::Text | NodeKind::CData | NodeKind::Reference(_) => {
                self.escaped(&node.characters(), |c| match c {
                    '&' => Some("&amp;"),
                    '<' => Some("&lt;"),
                    '>' => Some("&gt;"),
                    '\r' => Some("&#xD;"),
                    _ => None,
                });
            }
            NodeKind::Comment if comments => self.raw(&line_ends(node.source())),
            NodeKind::ProcessingInstruction => self.processing_instruction(node.source()),
            _ => {}
        }
    }

    /// One space stands between the target and what follows, however much there was.
    fn processing_instruction(&mut self, source: &str) {
        let inner = source.strip_prefix("<?").and_then(|rest| rest.strip_suffix("?>")).unwrap_or(source);
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
        let (target, rest) = inner.split_once(is_space).unwrap_or((inner, ""));
        let rest = line_ends(rest.trim_start_matches(is_space));
        self.raw("<?");
        self.raw(target);
        if !rest.is_empty() {
            self.raw(" ");
            self.raw(&rest);
        }
        self.raw("?>");
    }

    fn name(&mut self, element: Element<'_>) {
        if !element.prefix().is_empty() {
            self.raw(element.prefix());
            self.raw(":");
        }
        self.raw(element.local());
    }

    fn value(&mut self, value: &str) {
        self.raw("=\"");
        self.escaped(value, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '"' => Some("&quot;"),
            '\t' => Some("&#x9;"),
            '\n' => Some("&#xA;"),
            '\r' => Some("&#xD;"),
            _ => None,
        });
        self.raw("\"");
    }

    fn escaped(&mut self, text: &str, escape: fn(char) -> Option<&'static str>) {
        let mut rest = text;
        while let Some((at, c, escaped)) = rest.char_indices().find_map(|(at, c)| Some((at, c, escape(c)?))) {
            let (plain, after) = rest.split_at(at);
            self.raw(plain);
            self.raw(escaped);
            rest = after.get(c.len_utf8()..).unwrap_or("");
        }
        self.raw(rest);
    }
}
