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
    /// A writer with room for `capacity` octets; more of them find theirs.
    pub(super) fn new(budget: &'b Budget, capacity: usize) -> Self {
        Writer { written: String::with_capacity(capacity), budget, too_large: false }
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
        self.raw(element.name());
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
        self.raw(element.name());
        self.raw(">");
    }

    /// Writes a node that is no element.
    pub(super) fn node(&mut self, node: Node<'_>, comments: bool) {
        match node.kind() {
            NodeKind::Text | NodeKind::CData | NodeKind::Reference(_) => {
                self.escaped(&node.characters(), |octet| match octet {
                    b'&' => "&amp;",
                    b'<' => "&lt;",
                    b'>' => "&gt;",
                    b'\r' => "&#xD;",
                    _ => "",
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

    fn value(&mut self, value: &str) {
        self.raw("=\"");
        self.escaped(value, |octet| match octet {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'"' => "&quot;",
            b'\t' => "&#x9;",
            b'\n' => "&#xA;",
            b'\r' => "&#xD;",
            _ => "",
        });
        self.raw("\"");
    }

    /// Writes `text`, with what `escape` gives for an octet in its place; where that is nothing, the octet
    /// stays. All that lies between two of them is written in one piece.
    fn escaped(&mut self, text: &str, escape: impl Fn(u8) -> &'static str) {
        let mut rest = text;
        while let Some(at) = first(rest.as_bytes(), |octet| !escape(octet).is_empty()) {
            // Only octets of ASCII are escaped: they are characters of their own.
            let (plain, after) = rest.split_at(at);
            self.raw(plain);
            self.raw(after.bytes().next().map_or("", &escape));
            rest = after.get(1..).unwrap_or("");
        }
        self.raw(rest);
    }
}

/// The place of the first octet that `wanted` says yes to.
fn first(octets: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    // Without a way out of the loop, it takes many octets at once.
    const RUN: usize = 32;
    let has_none = |run: &&[u8]| !run.iter().fold(false, |found, octet| found | wanted(*octet));
    let runs = octets.chunks(RUN).take_while(has_none).count();
    let start = (runs * RUN).min(octets.len());
    let place = octets.get(start..)?.iter().position(|octet| wanted(*octet))?;
    Some(start + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_octet_is_found_wherever_it_stands() {
        for length in 0..100 {
            let mut octets = vec![b'a'; length];
            assert_eq!(first(&octets, |octet| octet == b'<'), None);
            for at in (0..length).rev() {
                octets[at] = b'<';
                assert_eq!(first(&octets, |octet| octet == b'<'), Some(at), "{length}");
            }
        }
    }

    #[test]
    fn what_is_escaped_stands_between_what_is_not() {
        let budget = Budget::new(10_000);
        let mut writer = Writer::new(&budget, 0);
        let text = format!("<{}ü&&>\r{}\u{20AC}\"", "é".repeat(40), "x".repeat(31));
        writer.escaped(&text, |octet| match octet {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'\r' => "&#xD;",
            _ => "",
        });
        let expected = text.replace('&', "&amp;").replace('<', "&lt;").replace('\r', "&#xD;");
        assert_eq!(writer.finish().unwrap(), expected.into_bytes());
    }
}
