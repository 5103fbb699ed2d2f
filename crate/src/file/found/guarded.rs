//! Addresses that a mail gateway wrote anew so that each click goes through it.
//!
//! Proofpoint's URL Defense has two forms that are no percent-encoding: version 2 writes `-` for `%` and `_`
//! for `/`; version 3 leaves the address as it is between `__` and `__;`, but for signs that it writes as `*`
//! and lists behind in base64. Leaves out: those that percent-encode the address (Microsoft's SafeLinks,
//! search engines), which `layers.rs` undoes, and those that keep it to themselves.

use super::layers::{Undoing, hexadecimal};
use crate::base::order;
use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// The signs of version 3 stand in base64 of the alphabet for addresses, with padding or without.
const SIGNS: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Writes the addresses as they were.
pub(super) fn undo(undoing: &mut Undoing<'_>) {
    let text = undoing.text;
    let second = text.match_indices("/v2/url?u=").map(|(at, start)| (at + start.len(), 2));
    let third = text.match_indices("/v3/__").map(|(at, start)| (at + start.len(), 3));
    let mut starts: Vec<(usize, u8)> = second.chain(third).collect();
    order::sort_by_key(&mut starts, |start| *start);
    let mut last = 0;
    for (start, version) in starts {
        if start < last {
            continue;
        }
        last = match version {
            2 => version_2(undoing, start),
            _ => version_3(undoing, start),
        };
    }
}

/// Writes the address of version 2 at `start`; where it ends.
fn version_2(undoing: &mut Undoing<'_>, start: usize) -> usize {
    let text = undoing.text;
    let written = text.get(start..).unwrap_or_default();
    let is_end = |c: char| c.is_whitespace() || c.is_control() || "&\"'<>".contains(c);
    let end = start + written.find(is_end).unwrap_or(written.len());
    let mut at = start;
    while at < end {
        let octet = text.as_bytes().get(at).copied();
        let (next, decoded) = match octet {
            Some(b'-') => hexadecimal(text, at, b'-', true),
            Some(b'_') => (at + 1, Some("/".to_owned())),
            _ => (at, None),
        };
        match decoded {
            Some(decoded) => {
                undoing.replace(at..next, &decoded);
                at = next;
            }
            None => at += 1,
        }
    }
    // What the gateway adds is no part of the address.
    undoing.replace(end..end, " ");
    end
}

/// Writes the address of version 3 at `start`; where it ends.
fn version_3(undoing: &mut Undoing<'_>, start: usize) -> usize {
    let text = undoing.text;
    let written = text.get(start..).unwrap_or_default();
    let line = written.split(char::is_whitespace).next().unwrap_or_default();
    let Some((address, behind)) = line.split_once("__;") else { return start + line.len() };
    let (listed, _) = behind.split_once("!!").unwrap_or((behind, ""));
    let signs = SIGNS.decode(listed).unwrap_or_default();
    let signs = String::from_utf8_lossy(&signs).into_owned();
    let mut signs = signs.chars();
    let mut at = start;
    let end = start + address.len();
    while at < end {
        if text.as_bytes().get(at) != Some(&b'*') {
            at += 1;
            continue;
        }
        // Two stars and a letter stand for as many signs as the letter counts, from two on.
        let many = text.as_bytes().get(at + 1..at + 3).filter(|run| run.first() == Some(&b'*'));
        let (count, length) = match many.and_then(|run| run.last().copied()).and_then(count_of) {
            Some(count) => (count, 3),
            None => (1, 1),
        };
        let plain: String = signs.by_ref().take(count).collect();
        if plain.is_empty() {
            break;
        }
        undoing.replace(at..at + length, &plain);
        at += length;
    }
    undoing.replace(end..end + "__;".len(), " ");
    start + line.len()
}

/// The number that a letter of a run stands for.
fn count_of(letter: u8) -> Option<usize> {
    let letters = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain([b'-', b'_']);
    letters.enumerate().find(|(_, known)| *known == letter).map(|(index, _)| index + 2)
}
