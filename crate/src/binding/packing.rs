//! Ways the octets behind base64 hold the XML: as they are (HTTP-POST) or deflated (HTTP-Redirect); and by
//! mistake the other way round, in the wrapping of zlib (RFC 1950) or gzip (RFC 1952), in base64 once more,
//! or escaped as in HTML.
//!
//! Leaves out: the check sums of zlib and gzip, the other encodings that SAMLEncoding could name (Bindings
//! 3.4.4; nobody uses one).

use super::{carried::Payload, query};
use crate::{
    base::{
        flaw::{Flaw, Span},
        limits::{LIMITS, Limits},
    },
    encoding::{
        base64::{self, LENIENT_BASE64},
        escape::without_references,
        inflate::{End, Inflated, inflate},
        written::{Plain, Written},
    },
    text,
};
use ::base64::Engine;

/// One way in which octets hold XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Deflate,
    Zlib,
    Gzip,
    Base64,
    References,
}

/// The ways for a binding that deflates, in the order in which they are tried. A stream of DEFLATE can begin
/// like XML: it comes first.
pub(super) const DEFLATED: [Packing; 6] =
    [Packing::Deflate, Packing::Zlib, Packing::Gzip, Packing::Plain, Packing::Base64, Packing::References];

/// The ways for a binding that does not deflate.
pub(super) const PLAIN: [Packing; 6] =
    [Packing::Plain, Packing::Deflate, Packing::Zlib, Packing::Gzip, Packing::Base64, Packing::References];

/// The octets in base64 and where they came from.
struct Source<'s> {
    limits: &'s Limits,
    /// All of what was received.
    whole: Span,
    /// The place where the octet of this number begins, up to the end of what was received.
    place: &'s dyn Fn(usize) -> Span,
}

/// The XML that `written` stands for: without needless escapes, out of base64, unpacked in the first of
/// `ways` that gives XML.
pub(super) fn decode(written: Written<'_>, ways: &[Packing], limits: &Limits) -> Payload {
    // Most values are base64 and nothing else: nothing of what is told apart below is in them.
    if let Some(octets) = base64::strict(written).filter(|octets| !octets.is_empty()) {
        let place = |octet| place_in(&written.read(), octet);
        return unpacked(octets, ways, &Source { limits, whole: written.whole(), place: &place }, Vec::new());
    }
    decode_plain(written.read(), ways, limits)
}

/// The same, of a value without its own escapes.
pub(super) fn decode_plain(plain: Plain<'_>, ways: &[Packing], limits: &Limits) -> Payload {
    let mut flaws = Vec::new();
    let plain = plain.without_needless_escapes(&mut flaws);
    let whole = plain.whole();
    if plain.octets().iter().all(u8::is_ascii_whitespace) {
        return Payload::nothing(vec![query::empty(whole)]);
    }
    if looks_like_xml(plain.octets()) {
        flaws.push(Flaw::in_received("not-encoded", whole, text!("flaw.not-encoded")));
        return Payload { flaws, ..Payload::xml(plain.into_octets(LIMITS.parameter_bytes)) };
    }
    let decoded = base64::decode(&plain);
    flaws.extend(decoded.flaws);
    // A form may fold its base64; a query must not (Bindings 3.4.4.1).
    if let Some(at) = decoded.space.filter(|_| ways.first() == Some(&Packing::Deflate)) {
        flaws.push(Flaw::in_received("space-in-query", at, text!("flaw.space-in-query", at = at.start)));
    }
    if decoded.octets.is_empty() {
        return Payload::nothing(flaws);
    }
    let place = |octet| place_in(&plain, octet);
    unpacked(decoded.octets, ways, &Source { limits, whole, place: &place }, flaws)
}

/// The place where the octet of this number begins in the base64 that is `plain`.
fn place_in(plain: &Plain<'_>, octet: usize) -> Span {
    // Three octets are four digits.
    Span::new(base64::place_of_digit(plain, octet.saturating_mul(4) / 3).start, plain.whole().end)
}

/// The content of `octets`, with the flaws so far and those of the way they are packed.
fn unpacked(octets: Vec<u8>, ways: &[Packing], source: &Source<'_>, flaws: Vec<Flaw>) -> Payload {
    let mut flaws = flaws;
    let octets = unpack(octets, ways, source, &mut flaws);
    if octets.is_empty() { Payload::nothing(flaws) } else { Payload { flaws, ..Payload::xml(octets) } }
}

/// The XML in `octets` from `source`. The first of `ways` is the binding's own: it counts where none gives
/// XML, and each other one is a flaw.
fn unpack(octets: Vec<u8>, ways: &[Packing], source: &Source<'_>, flaws: &mut Vec<Flaw>) -> Vec<u8> {
    let own = ways.first().copied().unwrap_or(Packing::Plain);
    for way in ways {
        if let Some(opened) = way.open(&octets, own, source.limits) {
            flaws.extend(way.flaw(own, source.whole));
            return opened.take(octets, source, flaws);
        }
    }
    let opened = if own == Packing::Deflate {
        Opened::Inflated(inflate(&octets, source.limits.inflated_bytes), 0)
    } else {
        Opened::AsItIs
    };
    opened.take(octets, source, flaws)
}

enum Opened {
    AsItIs,
    Other(Vec<u8>),
    /// With how many octets of a check sum stand behind the stream.
    Inflated(Inflated, usize),
}

impl Opened {
    fn take(self, octets: Vec<u8>, source: &Source<'_>, flaws: &mut Vec<Flaw>) -> Vec<u8> {
        match self {
            Opened::AsItIs => octets,
            Opened::Other(octets) => octets,
            Opened::Inflated(inflated, trailer) => {
                flaws.extend(inflated.flaw(octets.len(), trailer, source.place));
                inflated.octets
            }
        }
    }
}

impl Packing {
    /// The content of `octets` when they are packed this way where `own` is due; `None` when they are not.
    fn open(self, octets: &[u8], own: Packing, limits: &Limits) -> Option<Opened> {
        match self {
            Packing::Plain => looks_like_xml(octets).then_some(Opened::AsItIs),
            Packing::Deflate => {
                let inflated = inflate(octets, limits.inflated_bytes);
                // Octets that are no DEFLATE can look like a short stream of it.
                let is_whole = self == own && matches!(inflated.end, End::Whole | End::Limit);
                (is_whole || looks_like_xml(&inflated.octets)).then_some(Opened::Inflated(inflated, 0))
            }
            Packing::Zlib => unwrap(octets, zlib_header(octets)?, 4, limits),
            Packing::Gzip => unwrap(octets, gzip_header(octets)?, 8, limits),
            Packing::Base64 => {
                let digits: Vec<u8> =
                    octets.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
                let decoded = LENIENT_BASE64.decode(digits).ok()?;
                looks_like_xml(&decoded).then_some(Opened::Other(decoded))
            }
            Packing::References => {
                let plain =
                    octets.trim_ascii_start().starts_with(b"&").then(|| without_references(octets))?;
                looks_like_xml(&plain).then_some(Opened::Other(plain))
            }
        }
    }

    /// The flaw of this packing where `own` is due.
    fn flaw(self, own: Packing, whole: Span) -> Option<Flaw> {
        let (code, text) = match self {
            _ if self == own => return None,
            Packing::Plain => ("not-deflated", text!("flaw.not-deflated")),
            Packing::Deflate => ("deflated", text!("flaw.deflated")),
            Packing::Zlib => ("zlib-wrapped", text!("flaw.zlib-wrapped")),
            Packing::Gzip => ("gzip-wrapped", text!("flaw.gzip-wrapped")),
            Packing::Base64 => ("base64-twice", text!("flaw.base64-twice")),
            Packing::References => ("html-escaped", text!("flaw.xml-html-escaped")),
        };
        Some(Flaw::in_received(code, whole, text))
    }
}

/// Whether `octets` begin like an XML document, in UTF-8 or UTF-16, perhaps with a byte order mark or white
/// space.
pub(super) fn looks_like_xml(octets: &[u8]) -> bool {
    let utf_16: [&[u8]; 4] = [b"\xFF\xFE<\0", b"\xFE\xFF\0<", b"<\0", b"\0<"];
    let utf_8 = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets);
    utf_8.trim_ascii_start().starts_with(b"<") || utf_16.iter().any(|start| octets.starts_with(start))
}

/// The stream behind `header` octets; `trailer` octets of check sum follow it.
fn unwrap(octets: &[u8], header: usize, trailer: usize, limits: &Limits) -> Option<Opened> {
    let mut inflated = inflate(octets.get(header..)?, limits.inflated_bytes);
    inflated.used += header;
    (!inflated.octets.is_empty()).then_some(Opened::Inflated(inflated, trailer))
}

/// The length of zlib's header (RFC 1950, 2.2), if there is one without a preset dictionary.
pub(crate) fn zlib_header(octets: &[u8]) -> Option<usize> {
    let [method, flags, ..] = *octets else { return None };
    let is_header = method & 0x0F == 8 && u16::from_be_bytes([method, flags]).is_multiple_of(31);
    (is_header && flags & 0x20 == 0).then_some(2)
}

/// The length of gzip's header (RFC 1952, 2.3), if there is one.
pub(crate) fn gzip_header(octets: &[u8]) -> Option<usize> {
    let [0x1F, 0x8B, 8, flags, ..] = *octets else { return None };
    let mut length = 10;
    if flags & 4 != 0 {
        let [low, high] = *octets.get(length..length + 2)? else { return None };
        length += 2 + usize::from(u16::from_le_bytes([low, high]));
    }
    // The file's name, a comment.
    for flag in [8, 16] {
        if flags & flag != 0 {
            length += 1 + octets.get(length..)?.iter().position(|octet| *octet == 0)?;
        }
    }
    Some(if flags & 2 != 0 { length + 2 } else { length })
}
