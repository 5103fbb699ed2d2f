//! Text that a person has in a file: UTF-8 or UTF-16, with a byte order mark or without one, as Windows'
//! shells and editors write it.
//!
//! Leaves out XML, which says its encoding itself ([`xml`](crate::xml)), and the encodings of one octet a
//! character.

use crate::base::characters;
use std::borrow::Cow;

/// Octets by which a text without a mark is told to be UTF-16.
const LOOKED_AT: usize = 64;

/// The unit of UTF-16 that two octets make.
type Unit = fn([u8; 2]) -> u16;

/// The text that `octets` are, without a byte order mark, and the octets that most characters have in it.
pub(crate) fn text_of(octets: &[u8]) -> (Cow<'_, str>, usize) {
    let (unit, mark) = encoding(octets);
    let rest = octets.get(mark..).unwrap_or_default();
    match unit {
        Some(unit) => wide(rest, unit),
        None => (characters::text_of(rest), 1),
    }
}

/// A text that comes in pieces, cut anywhere, as UTF-8 in pieces, cut anywhere, too.
#[derive(Default)]
pub(crate) struct Pieces {
    /// The octets that are not given on: the first ones, by which the encoding is known, or half of a letter.
    held: Vec<u8>,
    /// The encoding, once it is known: the unit of UTF-16, or none for UTF-8.
    unit: Option<Option<Unit>>,
}

impl Pieces {
    /// Gives what has come of the text to `take`.
    pub(crate) fn read(&mut self, octets: &[u8], take: &mut dyn FnMut(&[u8])) {
        match self.unit {
            Some(None) => return take(octets),
            Some(Some(unit)) => {
                self.held.extend_from_slice(octets);
                return self.units(unit, false, take);
            }
            None => self.held.extend_from_slice(octets),
        }
        if self.held.len() >= LOOKED_AT {
            self.begin(take);
        }
    }

    /// Gives the rest of the text to `take`.
    pub(crate) fn end(mut self, take: &mut dyn FnMut(&[u8])) {
        if self.unit.is_none() {
            self.begin(take);
        }
        if let Some(Some(unit)) = self.unit {
            self.units(unit, true, take);
        }
    }

    /// Whether what comes is UTF-8 and nothing is held.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.unit, Some(None))
    }

    fn begin(&mut self, take: &mut dyn FnMut(&[u8])) {
        let (unit, mark) = encoding(&self.held);
        self.unit = Some(unit);
        let octets = std::mem::take(&mut self.held);
        self.read(octets.get(mark..).unwrap_or_default(), take);
    }

    fn units(&mut self, unit: Unit, is_last: bool, take: &mut dyn FnMut(&[u8])) {
        let pairs = self.held.as_chunks::<2>().0;
        let is_half = |pair: &[u8; 2]| !is_last && (0xD800..0xDC00).contains(&unit(*pair));
        let there = pairs.len() - usize::from(pairs.last().is_some_and(is_half));
        let rest = self.held.split_off(2 * there);
        take(wide(&self.held, unit).0.as_bytes());
        self.held = rest;
    }
}

/// The unit of UTF-16, or none for UTF-8, and the octets of the mark.
fn encoding(octets: &[u8]) -> (Option<Unit>, usize) {
    match octets {
        [0xFF, 0xFE, ..] => (Some(u16::from_le_bytes), 2),
        [0xFE, 0xFF, ..] => (Some(u16::from_be_bytes), 2),
        [0xEF, 0xBB, 0xBF, ..] => (None, 3),
        _ if are_high_octets(octets, 1) => (Some(u16::from_le_bytes), 0),
        _ if are_high_octets(octets, 0) => (Some(u16::from_be_bytes), 0),
        _ => (None, 0),
    }
}

fn wide(octets: &[u8], unit: Unit) -> (Cow<'static, str>, usize) {
    crate::base::counted::stepped(octets.len());
    let units = octets.as_chunks::<2>().0.iter().map(|octets| unit(*octets));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    (Cow::Owned(text.collect()), 2)
}

/// Whether nearly all of every second octet, from the first or from the second, is zero, and none of the
/// others, as in UTF-16 of mostly Latin letters.
fn are_high_octets(octets: &[u8], from: usize) -> bool {
    let start = octets.get(..LOOKED_AT).unwrap_or(octets);
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|octet| **octet == 0).count();
    start.len() >= LOOKED_AT / 4 && zeros(from) * 4 >= start.len() / 2 * 3 && zeros(1 - from) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_told_with_a_mark_and_without_one() {
        let text = "SAMLResponse=PHNhbWxwOlJlc3BvbnNl & “alex”";
        let wide = |octets: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(octets).collect::<Vec<u8>>();
        let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        let marked = |mark: &[u8], octets: &[u8]| [mark, octets].concat();
        for (octets, width) in [
            (text.as_bytes().to_vec(), 1),
            (marked(b"\xEF\xBB\xBF", text.as_bytes()), 1),
            (marked(b"\xFF\xFE", &little), 2),
            (marked(b"\xFE\xFF", &big), 2),
            (little.clone(), 2),
            (big.clone(), 2),
        ] {
            assert_eq!(text_of(&octets), (Cow::Borrowed(text), width), "{octets:?}");
        }
    }

    #[test]
    fn other_octets_are_no_utf_16() {
        for octets in [
            &b""[..],
            b"a\0",
            b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            &[0x30; 40],
            b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0",
        ] {
            assert_eq!(text_of(octets).1, 1, "{octets:?}");
        }
    }
}
