//! Files that hold no SAML that can be read, by what they are: a row of [`KINDS`] for each, with what a
//! person gives instead.
//!
//! Told by their first octets, as their own specifications have them, never by their names. Leaves out: what
//! is in them.

use crate::{
    base::{
        catalogue::Text,
        flaw::{Flaw, Span},
    },
    text,
};

/// One kind of file.
struct Kind {
    /// Its first octets.
    start: &'static [u8],
    /// The words for it.
    name: fn() -> Text,
    /// The advice to give something else.
    instead: fn() -> Text,
}

const fn kind(start: &'static [u8], name: fn() -> Text, instead: fn() -> Text) -> Kind {
    Kind { start, name, instead }
}

const KINDS: [Kind; 26] = [
    kind(b"\xD4\xC3\xB2\xA1", capture, from_browser),
    kind(b"\xA1\xB2\xC3\xD4", capture, from_browser),
    kind(b"\x4D\x3C\xB2\xA1", capture, from_browser),
    kind(b"\x0A\x0D\x0D\x0A", capture, from_browser),
    kind(b"%PDF-", || text!("foreign.pdf"), as_text),
    kind(b"\x89PNG\r\n\x1A\n", picture, as_text),
    kind(b"\xFF\xD8\xFF", picture, as_text),
    kind(b"GIF8", picture, as_text),
    kind(b"BM6", picture, as_text),
    kind(b"RIFF", picture, as_text),
    kind(b"II*\0", picture, as_text),
    kind(b"MM\0*", picture, as_text),
    kind(b"\0\0\0\x18ftyp", || text!("foreign.film"), from_browser),
    kind(b"\0\0\0\x20ftyp", || text!("foreign.film"), from_browser),
    kind(b"\x1A\x45\xDF\xA3", || text!("foreign.film"), from_browser),
    kind(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", office, as_text),
    kind(b"ElfFile\0", || text!("foreign.event-log"), || text!("foreign.event-log.do")),
    kind(b"7z\xBC\xAF\x27\x1C", archive, as_zip),
    kind(b"Rar!\x1A\x07", archive, as_zip),
    kind(b"BZh", archive, as_zip),
    kind(b"\xFD7zXZ\0", archive, as_zip),
    kind(b"\x28\xB5\x2F\xFD", archive, as_zip),
    kind(b"MSCF", archive, as_zip),
    kind(b"SQLite format 3\0", || text!("foreign.database"), from_browser),
    kind(b"-----BEGIN CERTIFICATE", certificate, || text!("foreign.certificate.do")),
    kind(b"-----BEGIN PUBLIC KEY", certificate, || text!("foreign.certificate.do")),
];

fn capture() -> Text {
    text!("foreign.capture")
}

fn picture() -> Text {
    text!("foreign.picture")
}

fn office() -> Text {
    text!("foreign.office")
}

fn archive() -> Text {
    text!("foreign.archive")
}

fn certificate() -> Text {
    text!("foreign.certificate")
}

fn from_browser() -> Text {
    text!("foreign.from-browser")
}

fn as_text() -> Text {
    text!("foreign.as-text")
}

fn as_zip() -> Text {
    text!("foreign.as-zip")
}

/// The flaw of a file of a kind that is not read: what it is, and what to give instead.
pub(super) fn named(content: &[u8]) -> Option<Flaw> {
    let tar = content.get(257..262) == Some(b"ustar");
    let found = KINDS.iter().find(|kind| content.starts_with(kind.start));
    let (name, instead) = match found {
        Some(kind) => ((kind.name)(), (kind.instead)()),
        None if tar => (archive(), as_zip()),
        None => return None,
    };
    Some(said(content, &name, &instead))
}

/// The flaw of a document of Word or Excel, whose files are these.
pub(super) fn document<'a>(content: &[u8], mut names: impl Iterator<Item = &'a str>) -> Option<Flaw> {
    names.any(|name| name == "[Content_Types].xml").then(|| said(content, &office(), &as_text()))
}

fn said(content: &[u8], name: &Text, instead: &Text) -> Flaw {
    let text = text!("flaw.foreign", name = name, instead = instead);
    Flaw::in_received("not-read", Span::new(0, content.len()), text)
}
