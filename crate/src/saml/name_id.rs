//! NameID (SAML Core 2.2.3) as GitLab reads it, and as others would.
//!
//! The value is the element's own text with references resolved and CDATA sections joined, nothing trimmed:
//! that is what ruby-saml 1.7.2 and newer, and with it GitLab, take. Whatever makes another reader see
//! another value is a flaw with its place (CVE-2017-11428 and its kin), and [`NameId::other_readings`] says
//! what that reader sees.

use super::{
    name_id_characters,
    reading::{Reading, attribute},
};
use crate::{
    base::flaw::Span,
    text,
    xml::{Element, Node, NodeKind},
};
use serde::Serialize;

/// The name of a subject.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct NameId {
    /// The own text, exactly.
    pub value: String,
    /// The values that others read, where they are not the value.
    pub other_readings: Vec<OtherReading>,
    pub format: Option<String>,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
    pub sp_provided_id: Option<String>,
    /// The place of the element.
    pub span: Span,
}

/// A value that another reader takes for the NameID.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherReading {
    /// The reader that reads so.
    pub reader: TextReader,
    /// The value it reads.
    pub value: String,
}

/// Ways to read the text of an element other than GitLab's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextReader {
    /// The first text alone: ruby-saml up to 1.6.1 and every reader that CVE-2017-11428 is about.
    FirstText,
    /// Text as it is written, references not resolved: ruby-saml 1.6.2 to 1.7.1.
    Escaped,
    /// The text of child elements too: ruby-saml 2, and most XPath readers.
    AllText,
}

impl NameId {
    pub(super) fn read(name_id: Element<'_>, reading: &mut Reading) -> Self {
        let value = name_id.own_text();
        let first = first_text(name_id);
        for part in name_id.children() {
            check_part(part, &first, reading);
        }
        name_id_characters::check(name_id, reading);
        let readings = [
            (TextReader::FirstText, first),
            (TextReader::Escaped, escaped_text(name_id)),
            (TextReader::AllText, name_id.all_text()),
        ];
        let others = readings.into_iter().filter(|(_, read)| *read != value);
        NameId {
            other_readings: others.map(|(reader, value)| OtherReading { reader, value }).collect(),
            format: attribute(name_id, "Format"),
            name_qualifier: attribute(name_id, "NameQualifier"),
            sp_name_qualifier: attribute(name_id, "SPNameQualifier"),
            sp_provided_id: attribute(name_id, "SPProvidedID"),
            span: name_id.span(),
            value,
        }
    }
}

/// The first text, or the first CDATA section, whichever comes first; references do not end a text.
fn first_text(name_id: Element<'_>) -> String {
    let is_text = |node: &Node<'_>| matches!(node.kind(), NodeKind::Text | NodeKind::Reference(_));
    let mut parts = name_id.children().skip_while(|node| !is_text(node) && node.kind() != NodeKind::CData);
    match parts.next() {
        Some(first) if is_text(&first) => {
            std::iter::once(first).chain(parts.take_while(is_text)).map(Node::characters).collect()
        }
        Some(section) => section.characters().into_owned(),
        None => String::new(),
    }
}

/// The texts as they are written, with the content of CDATA sections.
fn escaped_text(name_id: Element<'_>) -> String {
    let parts = name_id.children().map(|node| match node.kind() {
        NodeKind::Text | NodeKind::Reference(_) => node.source().to_owned(),
        _ => node.characters().into_owned(),
    });
    parts.collect::<String>().replace("\r\n", "\n").replace('\r', "\n")
}

/// Reports a part of a NameID that not every reader takes alike; `first` is what a reader of the first text
/// sees.
fn check_part(part: Node<'_>, first: &str, reading: &mut Reading) {
    if reading.flaws.is_full() {
        return;
    }
    let at = part.span();
    let start = at.start;
    let seen = name_id_characters::visible(first);
    let (code, text) = match part.kind() {
        NodeKind::Comment => {
            ("comment-in-name-id", text!("flaw.comment-in-name-id", at = start, seen = seen))
        }
        NodeKind::CData => ("cdata-in-name-id", text!("flaw.cdata-in-name-id", at = start, seen = seen)),
        NodeKind::ProcessingInstruction => {
            ("pi-in-name-id", text!("flaw.pi-in-name-id", at = start, seen = seen))
        }
        NodeKind::Element => ("child-in-name-id", text!("flaw.child-in-name-id", at = start)),
        NodeKind::Reference(Some(_)) => {
            let written = name_id_characters::visible(part.source());
            ("reference-in-name-id", text!("flaw.reference-in-name-id", at = start, written = written))
        }
        _ => return,
    };
    reading.flaw(code, at, text);
}
