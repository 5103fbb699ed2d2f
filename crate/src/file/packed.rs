//! Files in another one: gzip (RFC 1952), zip (PKWARE's APPNOTE 6.3, 4.3), which is also what Fiddler's
//! `.saz` is, and the compressed body of an answer of HTTP (RFC 9110, 8.4; RFC 9112, 7.1), as a `.saz` keeps
//! them.
//!
//! Of a zip the central directory is read, for only that is sure to name each file with its sizes. Together
//! the files unfold to no more than a limit, each is inflated at most once, and no archive is opened deeper
//! than twice: a bomb costs what the limit costs. Read here and not by the crate `zip`, which other parts of
//! this repository use: with it the Wasm would carry a second inflater, hash maps and check sums, for an
//! eighth of which this file needs. Leaves out: encryption, other methods than stored and DEFLATE, check sums
//! (a damaged file shows what could be read of it).

mod answer;
pub(super) mod pieces;

use crate::{
    base::{
        characters,
        flaw::{Flaw, Span},
        limits::{UNPACKED_BYTES, UNPACKED_FILES},
    },
    binding::gzip_header,
    encoding::inflate::{End, inflate, inflate_little},
    text,
};
use std::borrow::Cow;

/// The files in a packed one.
#[derive(Debug, Default)]
pub(super) struct Unpacked<'a> {
    /// Each with its name, as far as it has one.
    pub(super) files: Vec<(String, Cow<'a, [u8]>)>,
    pub(super) flaws: Vec<Flaw>,
}

/// The files in `content`, those of an archive in it, too; absent where it is not packed.
pub(super) fn files(content: &[u8]) -> Option<Unpacked<'_>> {
    let Unpacked { files, flaws } = open(content, UNPACKED_BYTES)?;
    let mut all = Unpacked { files: Vec::new(), flaws };
    let mut left = UNPACKED_BYTES;
    for (name, octets) in files {
        // An archive in an archive, and none in that.
        let Some(inner) = open(&octets, left) else {
            left = left.saturating_sub(octets.len());
            all.files.push((name, octets));
            continue;
        };
        let is_said = |all: &[Flaw], flaw: &Flaw| all.iter().any(|said| said.text == flaw.text);
        for flaw in inner.flaws {
            if !is_said(&all.flaws, &flaw) {
                all.flaws.push(flaw);
            }
        }
        for (inner, octets) in inner.files {
            left = left.saturating_sub(octets.len());
            let name = [name.as_str(), inner.as_str()].into_iter().filter(|name| !name.is_empty());
            all.files.push((name.collect::<Vec<_>>().join(": "), Cow::Owned(octets.into_owned())));
        }
    }
    Some(all)
}

/// The files in `content`, at most `room` octets of them together; absent where it is not packed.
pub(super) fn open(content: &[u8], room: usize) -> Option<Unpacked<'_>> {
    let room = room.min(UNPACKED_BYTES);
    if content.starts_with(b"PK\x03\x04") || content.starts_with(b"PK\x05\x06") {
        return Some(zip(content, room));
    }
    if gzip_header(content).is_some() {
        let (octets, end) = gzip(content, room);
        let flaws = ended(end, "gzip", content).into_iter().collect();
        return Some(Unpacked { files: vec![(String::new(), Cow::Owned(octets))], flaws });
    }
    answer::open(content, room)
}

/// The content of a gzip file: one member after the other (RFC 1952, 2.2), as rotated logs that were joined
/// have them, and the end of the last.
fn gzip(content: &[u8], room: usize) -> (Vec<u8>, End) {
    let (mut octets, mut end, mut at) = (Vec::new(), End::CutOff, 0);
    for member in 0..UNPACKED_FILES {
        let rest = content.get(at..).unwrap_or_default();
        let Some(start) = gzip_header(rest) else { return (octets, end) };
        // The first is mostly the only one.
        let read = if member == 0 { inflate } else { inflate_little };
        let mut inflated = read(rest.get(start..).unwrap_or_default(), room - octets.len());
        end = inflated.end;
        octets.append(&mut inflated.octets);
        if end != End::Whole {
            return (octets, end);
        }
        // Behind it its check sum and length.
        at += start + inflated.used + 8;
    }
    (octets, if content.get(at..).and_then(gzip_header).is_some() { End::Broken } else { end })
}

/// The flaw of a file that did not inflate to its end.
pub(super) fn ended(end: End, name: &str, content: &[u8]) -> Option<Flaw> {
    let (code, text) = match end {
        End::Whole => return None,
        End::Limit => ("unpack-limit", text!("flaw.unpack-limit", name = name, limit = UNPACKED_BYTES)),
        End::CutOff | End::Broken => ("unpack-damaged", text!("flaw.unpack-damaged", name = name)),
    };
    Some(Flaw::in_received(code, Span::new(0, content.len()), text))
}

/// One file as the central directory names it.
struct Entry<'a> {
    name: Cow<'a, str>,
    is_encrypted: bool,
    method: usize,
    packed: usize,
    start: usize,
}

fn zip(content: &[u8], room: usize) -> Unpacked<'_> {
    let mut unpacked = Unpacked::default();
    let whole = Span::new(0, content.len());
    let Some(entries) = entries(content) else {
        let text = text!("flaw.unpack-damaged", name = "zip");
        unpacked.flaws.push(Flaw::in_received("unpack-damaged", whole, text));
        return unpacked;
    };
    if entries.len() > UNPACKED_FILES {
        let text = text!("flaw.unpack-many", count = entries.len(), limit = UNPACKED_FILES);
        unpacked.flaws.push(Flaw::in_received("unpack-many", whole, text));
    }
    let mut left = room.min(UNPACKED_BYTES);
    for entry in entries.into_iter().take(UNPACKED_FILES).filter(|entry| !entry.name.ends_with('/')) {
        let name = entry.name.into_owned();
        if entry.is_encrypted {
            let text = text!("flaw.unpack-encrypted", name = name);
            unpacked.flaws.push(Flaw::in_received("unpack-encrypted", whole, text));
            continue;
        }
        let Some(octets) = body(content, entry.start, entry.packed) else {
            unpacked.flaws.extend(ended(End::CutOff, &name, content));
            continue;
        };
        let octets = match entry.method {
            0 => {
                let kept = octets.get(..left).unwrap_or(octets);
                unpacked.flaws.extend(ended(
                    if kept.len() < octets.len() { End::Limit } else { End::Whole },
                    &name,
                    content,
                ));
                Cow::Borrowed(kept)
            }
            8 => {
                let inflated = inflate(octets, left);
                unpacked.flaws.extend(ended(inflated.end, &name, content));
                Cow::Owned(inflated.octets)
            }
            _ => {
                unpacked.flaws.extend(ended(End::Broken, &name, content));
                continue;
            }
        };
        left -= octets.len();
        unpacked.files.push((name, octets));
        if left == 0 {
            break;
        }
    }
    unpacked
}

/// The little-endian number of `width` octets at `at`.
fn number(content: &[u8], at: usize, width: usize) -> Option<usize> {
    let octets = content.get(at..at.checked_add(width)?)?;
    usize::try_from(octets.iter().rev().fold(0_u64, |number, octet| number << 8 | u64::from(*octet))).ok()
}

/// Stands for a size or a place that has four octets more than there is room for (4.4.8).
const ELSEWHERE: usize = 0xFFFF_FFFF;

/// The number and the place of the entries, as the end of the central directory at `end` says, or that of
/// zip64 before it (4.3.14, 4.3.15).
fn directory(content: &[u8], end: usize) -> Option<(usize, usize)> {
    let (count, at) = (number(content, end + 10, 2)?, number(content, end + 16, 4)?);
    let locator = end.checked_sub(20).filter(|at| content.get(*at..at + 4) == Some(b"PK\x06\x07"));
    let (Some(locator), true) = (locator, count == 0xFFFF || at == ELSEWHERE) else {
        return Some((count, at));
    };
    let end = number(content, locator + 8, 8)?;
    (content.get(end..end.checked_add(4)?)? == b"PK\x06\x06").then_some(())?;
    Some((number(content, end + 32, 8)?, number(content, end + 48, 8)?))
}

/// The packed size and the place of the file whose entry is at `at`: from the extra field of zip64 where
/// there was no room for them (4.5.3).
fn place(content: &[u8], at: usize, extra: &[u8]) -> Option<(usize, usize)> {
    let [packed, size, start] = [20, 24, 42].map(|field| number(content, at + field, 4));
    let (packed, size, start) = (packed?, size?, start?);
    let mut fields = extra;
    while let [one, two, low, high, rest @ ..] = fields {
        let (own, others) = rest.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?;
        fields = others;
        if [*one, *two] != [1, 0] {
            continue;
        }
        let mut behind = 0;
        let mut wide = |short: usize| {
            if short != ELSEWHERE {
                return Some(short);
            }
            behind += 8;
            number(own, behind - 8, 8)
        };
        wide(size)?;
        return Some((wide(packed)?, wide(start)?));
    }
    Some((packed, start))
}

/// The files that the central directory names; absent where there is none.
fn entries(content: &[u8]) -> Option<Vec<Entry<'_>>> {
    const END: usize = 22;
    const COMMENT: usize = 65_535;
    let last = content.len().checked_sub(END)?;
    let first = last.saturating_sub(COMMENT);
    let tail = content.get(first..)?;
    crate::base::counted::stepped(tail.len());
    let end = first + tail.windows(4).rposition(|octets| octets == b"PK\x05\x06")?;
    let (count, mut at) = directory(content, end)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if content.get(at..at.checked_add(4)?) != Some(b"PK\x01\x02") {
            break;
        }
        let [name, extra, comment] = [28, 30, 32].map(|field| number(content, at + field, 2));
        let (name, extra, comment) = (name?, extra?, comment?);
        let Some(written) = content.get(at + 46..at + 46 + name) else { break };
        let behind = at + 46 + name;
        let (packed, start) = place(content, at, content.get(behind..behind + extra).unwrap_or_default())?;
        entries.push(Entry {
            name: characters::text_of(written),
            is_encrypted: number(content, at + 8, 2)? & 1 == 1,
            method: number(content, at + 10, 2)?,
            packed,
            start,
        });
        at = behind + extra + comment;
    }
    (!entries.is_empty() || count == 0).then_some(entries)
}

/// The octets of the file whose own header is at `start`.
fn body(content: &[u8], start: usize, packed: usize) -> Option<&[u8]> {
    (content.get(start..start.checked_add(4)?)? == b"PK\x03\x04").then_some(())?;
    let from = start + 30 + number(content, start + 26, 2)? + number(content, start + 28, 2)?;
    content.get(from..from.checked_add(packed)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_octets_are_opened_within_the_limit(
            kind in 0..2_usize,
            octets in prop::collection::vec(any::<u8>(), 0..200),
            tail in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let start: &[u8] = [&b"PK\x03\x04"[..], b"\x1F\x8B\x08\0\0\0\0\0\0\0"][kind];
            let end: &[u8] = [&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], b""][kind];
            let content = [start, &octets, end, &tail].concat();
            let unpacked = open(&content, 1_000).unwrap();
            let unfolded: usize = unpacked.files.iter().map(|(_, octets)| octets.len()).sum();
            prop_assert!(unfolded <= 1_000);
        }
    }
}
