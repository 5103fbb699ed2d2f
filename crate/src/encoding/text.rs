//! Text that a person has in a file: UTF-8 or UTF-16, with a byte order mark or without one, as Windows'
//! shells and editors write it.
//!
//! Leaves out XML, which says its encoding itself ([`xml`](crate::xml)), and the encodings of one octet a
//! character.

use crate::base::characters;
use std::borrow::Cow;

/// Octets by which a text without a mark is told to be UTF-16.
const LOOKED_AT: usize = 64;

/// The text that `octets` are, without a byte order mark, and the octets that most characters have in it.
pub(crate) fn text_of(octets: &[u8]) -> (Cow<'_, str>, usize) {
    match octets {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (characters::text_of(rest), 1),
        _ if are_high_octets(octets, 1) => wide(octets, u16::from_le_bytes),
        _ if are_high_octets(octets, 0) => wide(octets, u16::from_be_bytes),
        _ => (characters::text_of(octets), 1),
    }
}

fn wide(octets: &[u8], unit: fn([u8; 2]) -> u16) -> (Cow<'static, str>, usize) {
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
