//! Tags and their attributes: XML 1.0 productions 40 to 44 and 10 `AttValue`, read from the tag's text with
//! the place of every part.
//!
//! quick-xml finds where a tag ends; what stands in it is read here, because every violation needs its place
//! and the rest of the tag is to be kept. Leaves out namespaces (see the builder).

use super::{
    chars::{is_q_name, is_space},
    flaw_list::FlawList,
    reference::{Referent, Stretch, stretches},
};
use crate::{
    base::flaw::{Flaw, Span},
    text,
};

/// A start tag, an empty-element tag, an end tag or an XML declaration.
pub(super) struct Tag {
    /// The element's name as it is written.
    pub(super) name: Span,
    /// In their order.
    pub(super) attributes: Vec<AttributeSpans>,
}

/// The place of one attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AttributeSpans {
    /// The name as it is written.
    pub(super) name: Span,
    /// The part between the quotes.
    pub(super) value: Span,
    /// From the name to the closing quote.
    pub(super) whole: Span,
}

/// Reads the tag at `span` of `source`. `None` when it has more than `attributes_max` attributes.
pub(super) fn read(source: &str, span: Span, attributes_max: usize, flaws: &mut FlawList) -> Option<Tag> {
    let mut cursor = Cursor::inside(source, span);
    let name = cursor.take_while(|octet| !is_space_octet(octet));
    check_name(source, name, flaws);
    let mut attributes = Vec::new();
    loop {
        let space = cursor.take_while(is_space_octet);
        if cursor.is_at_end() {
            return Some(Tag { name, attributes });
        }
        if space.start == space.end {
            let text = text!("flaw.no-space-before-attribute", at = cursor.position);
            flaws.push(Flaw::in_xml("no-space-before-attribute", cursor.place(), text));
        }
        if attributes.len() >= attributes_max {
            return None;
        }
        attributes.push(attribute(source, &mut cursor, flaws));
    }
}

/// Reads the end tag at `span` of `source`: its name, which is not checked (that of the start tag is).
pub(super) fn read_end(source: &str, span: Span, flaws: &mut FlawList) -> Span {
    let mut cursor = Cursor::inside(source, span);
    let name = cursor.take_while(|octet| !is_space_octet(octet));
    cursor.take_while(is_space_octet);
    if !cursor.is_at_end() {
        flaws.push(Flaw::in_xml(
            "attribute-in-end-tag",
            span,
            text!("flaw.attribute-in-end-tag", at = span.start),
        ));
    }
    name
}

/// Reports a name that is none.
pub(super) fn check_name(source: &str, name: Span, flaws: &mut FlawList) {
    if !is_q_name(slice(source, name)) && !flaws.is_full() {
        flaws.push(Flaw::in_xml("bad-name", name, text!("flaw.bad-name", at = name.start)));
    }
}

/// Reports a reference that cannot be resolved.
pub(super) fn check_reference(written: &str, referent: Referent, at: Span, flaws: &mut FlawList) {
    let (code, text) = match referent {
        _ if flaws.is_full() => return,
        Referent::Character(_) => return,
        Referent::NoCharacter => {
            ("bad-character-reference", text!("flaw.bad-character-reference", at = at.start))
        }
        Referent::Entity => {
            let name = written.trim_matches(['&', ';']);
            ("unresolved-entity", text!("flaw.unresolved-entity", name = shortened(name), at = at.start))
        }
        Referent::BareAmpersand => ("bare-ampersand", text!("flaw.bare-ampersand", at = at.start)),
    };
    flaws.push(Flaw::in_xml(code, at, text));
}

/// The part of `source` at `span`.
pub(super) fn slice(source: &str, span: Span) -> &str {
    source.get(span.start..span.end).unwrap_or("")
}

/// A name for people; a hostile one can be as long as the message.
pub(super) fn shortened(name: &str) -> String {
    const SHOWN: usize = 60;
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Reads one attribute; takes at least one character.
fn attribute(source: &str, cursor: &mut Cursor<'_>, flaws: &mut FlawList) -> AttributeSpans {
    let name = cursor.take_while(|octet| !is_space_octet(octet) && !matches!(octet, b'=' | b'"' | b'\''));
    check_name(source, name, flaws);
    let after_name = cursor.position;
    cursor.take_while(is_space_octet);
    let value = if cursor.take(b'=') {
        cursor.take_while(is_space_octet);
        quoted(cursor, flaws)
    } else {
        flaws.push(Flaw::in_xml(
            "attribute-without-value",
            name,
            text!("flaw.attribute-without-value", at = name.start),
        ));
        cursor.position = after_name;
        // A quote without name and equals sign: taken as a value, so that reading goes on behind it.
        if name.start == name.end { quoted(cursor, flaws) } else { Span::new(name.end, name.end) }
    };
    check_value(source, value, flaws);
    AttributeSpans { name, value, whole: Span::new(name.start, cursor.position) }
}

/// Reads a value with its quotes; returns what is between them.
fn quoted(cursor: &mut Cursor<'_>, flaws: &mut FlawList) -> Span {
    let start = cursor.position;
    for quote in [b'"', b'\''] {
        if cursor.take(quote) {
            let value = cursor.take_while(|octet| octet != quote);
            if !cursor.take(quote) {
                flaws.push(not_quoted(Span::new(start, start + 1)));
            }
            return value;
        }
    }
    flaws.push(not_quoted(cursor.place()));
    cursor.take_while(|octet| !is_space_octet(octet))
}

fn not_quoted(at: Span) -> Flaw {
    Flaw::in_xml("attribute-not-quoted", at, text!("flaw.attribute-not-quoted", at = at.start))
}

fn check_value(source: &str, value: Span, flaws: &mut FlawList) {
    let written = slice(source, value);
    let has_markup = written.bytes().fold(false, |found, octet| found | matches!(octet, b'<' | b'&'));
    if !has_markup || flaws.is_full() {
        return;
    }
    for (offset, _) in written.match_indices('<') {
        let at = Span::new(value.start + offset, value.start + offset + 1);
        flaws.push(Flaw::in_xml(
            "less-than-in-attribute",
            at,
            text!("flaw.less-than-in-attribute", at = at.start),
        ));
    }
    let mut start = value.start;
    for stretch in stretches(written) {
        let length = match stretch {
            Stretch::Characters(characters) => characters.len(),
            Stretch::Reference(reference, referent) => {
                check_reference(reference, referent, Span::new(start, start + reference.len()), flaws);
                reference.len()
            }
        };
        start += length;
    }
}

/// Whether an octet of UTF-8 is white space: no octet of a longer character is.
fn is_space_octet(octet: u8) -> bool {
    is_space(char::from(octet))
}

/// A place in a tag, moving towards its end.
struct Cursor<'s> {
    source: &'s str,
    position: usize,
    end: usize,
}

impl<'s> Cursor<'s> {
    /// Inside the brackets of the tag at `span`: `<…>`, `<…/>`, `</…>` or `<?…?>`; one that is cut off has no
    /// second.
    fn inside(source: &'s str, span: Span) -> Self {
        let whole = slice(source, span);
        // A bracket of two characters counts first.
        let (opening, closing) = match whole.as_bytes() {
            [b'<', b'?', .., b'?', b'>'] => (2, 2),
            b"<?>" => (2, 2),
            [b'<', b'/', .., b'>'] => (2, 1),
            [b'<', .., b'/', b'>'] => (1, 2),
            [b'<', .., b'>'] => (1, 1),
            [b'<', ..] => (1, 0),
            _ => (0, 0),
        };
        let end = span.end.saturating_sub(closing);
        Cursor { source, position: (span.start + opening).min(end), end }
    }

    /// The octets that are left.
    fn rest(&self) -> &'s [u8] {
        self.source.as_bytes().get(self.position..self.end).unwrap_or_default()
    }

    fn is_at_end(&self) -> bool {
        self.position >= self.end
    }

    /// The place of the next character.
    fn place(&self) -> Span {
        let rest = slice(self.source, Span::new(self.position, self.end));
        let length = rest.chars().next().map_or(0, char::len_utf8);
        Span::new(self.position, self.position + length)
    }

    fn take(&mut self, wanted: u8) -> bool {
        let taken = self.rest().first() == Some(&wanted);
        self.position += usize::from(taken);
        taken
    }

    /// Takes octets up to the first that is not wanted, which is always one of ASCII or the first of a
    /// character.
    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> Span {
        let rest = self.rest();
        let length = rest.iter().position(|octet| !wanted(*octet)).unwrap_or(rest.len());
        let start = self.position;
        self.position += length;
        Span::new(start, self.position)
    }
}
