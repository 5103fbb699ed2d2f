//! The rules within markup that is not a tag: XML 1.0 productions 2 `Char`, 14 `CharData`, 15 `Comment`, 16
//! and 17 processing instructions, 23 to 32 the XML declaration; Namespaces in XML 1.0 clause 7 (no colon in
//! a target).

use super::{
    chars::{is_char, is_nc_name, is_space},
    decode::{self, Encoding},
    flaw_list::FlawList,
    tag::{self, Tag, slice},
};
use crate::{
    base::flaw::{Flaw, Span},
    text,
};

/// Reports every character that no document may hold.
pub(super) fn check_characters(source: &str, flaws: &mut FlawList) {
    // Without a way out of the loop, it takes many octets at once.
    if !source.bytes().fold(false, |found, octet| found | may_be_illegal(octet)) {
        return;
    }
    for (start, c) in source.char_indices().filter(|(_, c)| !is_char(*c)) {
        if flaws.is_full() {
            return;
        }
        let text = text!("flaw.illegal-character", code = format!("U+{:04X}", u32::from(c)), at = start);
        flaws.push(Flaw::in_xml("illegal-character", Span::new(start, start + c.len_utf8()), text));
    }
}

/// Whether an octet of UTF-8 can be of a character that no document may hold: a control character, or U+FFFE
/// and U+FFFF, which begin with EF.
fn may_be_illegal(octet: u8) -> bool {
    (octet < b' ' && !matches!(octet, b'\t' | b'\n' | b'\r')) || octet == 0xEF
}

/// Reports `]]>` in the text at `at`.
pub(super) fn check_text(source: &str, at: Span, flaws: &mut FlawList) {
    let text = slice(source, at);
    // Most texts have no bracket, and looking for one octet is quick.
    if !text.contains(']') {
        return;
    }
    for (offset, end) in text.match_indices("]]>") {
        let start = at.start + offset;
        let place = Span::new(start, start + end.len());
        flaws.push(Flaw::in_xml("cdata-end-in-text", place, text!("flaw.cdata-end-in-text", at = start)));
    }
}

/// Reports `--` within the comment at `at`, and `--->` at its end.
pub(super) fn check_comment(source: &str, at: Span, flaws: &mut FlawList) {
    const OPENING: usize = "<!--".len();
    let inner = slice(source, Span::new(at.start + OPENING, at.end.saturating_sub("->".len())));
    // The hyphen of `inner` that belongs to `-->` is its last character.
    if let Some(offset) = inner.find("--") {
        let start = at.start + OPENING + offset;
        let text = text!("flaw.double-hyphen-in-comment", at = start);
        flaws.push(Flaw::in_xml("double-hyphen-in-comment", Span::new(start, start + 2), text));
    }
}

/// Reports a processing instruction at `at` without a target of its own.
pub(super) fn check_processing_instruction(source: &str, at: Span, flaws: &mut FlawList) {
    let inner = slice(source, Span::new(at.start + 2, at.end.saturating_sub(2)));
    let target = inner.split(is_space).next().unwrap_or("");
    if !is_nc_name(target) || target.eq_ignore_ascii_case("xml") {
        let text = text!("flaw.bad-processing-instruction", at = at.start);
        flaws.push(Flaw::in_xml("bad-processing-instruction", at, text));
    }
}

/// Reports an XML declaration at `at` that is not the document's first characters or not written as one.
pub(super) fn check_declaration(source: &str, at: Span, encoding: Encoding, flaws: &mut FlawList) {
    if at.start != 0 {
        let text = text!("flaw.xml-declaration-not-first", at = at.start);
        flaws.push(Flaw::in_xml("xml-declaration-not-first", at, text));
    }
    let Some(tag) = tag::read(source, at, DECLARED.len(), flaws) else {
        flaws.push(Flaw::in_xml("bad-xml-declaration", at, text!("flaw.bad-xml-declaration")));
        return;
    };
    if !is_declaration(source, &tag) {
        flaws.push(Flaw::in_xml("bad-xml-declaration", at, text!("flaw.bad-xml-declaration")));
    }
    if let Some(declared) =
        tag.attributes.iter().find(|attribute| slice(source, attribute.name) == "encoding")
    {
        decode::check_declared(slice(source, declared.value), declared.value, source, encoding, flaws);
    }
}

type IsValue = fn(&str) -> bool;

/// The things an XML declaration may say, in this order, and which values it may give.
const DECLARED: [(&str, IsValue); 3] = [
    ("version", |value| {
        value
            .strip_prefix("1.")
            .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit()))
    }),
    ("encoding", |value| {
        value.starts_with(|c: char| c.is_ascii_alphabetic())
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    }),
    ("standalone", |value| matches!(value, "yes" | "no")),
];

fn is_declaration(source: &str, tag: &Tag) -> bool {
    let mut allowed = DECLARED.iter();
    let in_order = tag.attributes.iter().all(|attribute| {
        let name = slice(source, attribute.name);
        allowed
            .by_ref()
            .find(|(known, _)| *known == name)
            .is_some_and(|(_, is_value)| is_value(slice(source, attribute.value)))
    });
    let first = tag.attributes.first().map(|attribute| slice(source, attribute.name));
    in_order && first == Some("version") && slice(source, tag.name) == "xml"
}
