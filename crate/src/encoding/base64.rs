//! Base64 (RFC 4648, clause 4) as identity providers and browsers really write it.
//!
//! Line breaks are allowed (RFC 2045). Missing padding, the URL-safe alphabet (clause 5) and a `+` that was
//! not escaped and so reads as a space are read, with a flaw each, because GitLab does not read them. At any
//! other character reading stops: what came before is kept.

use super::written::{Octet, Written};
use crate::{
    base::{
        flaw::{Flaw, Span},
        limits::LIMITS,
    },
    text,
};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// The octets that base64 text stands for.
pub(crate) struct Decoded {
    pub(crate) octets: Vec<u8>,
    pub(crate) flaws: Vec<Flaw>,
    /// The first white space between the digits.
    pub(crate) space: Option<Span>,
}

/// Base64 of the standard alphabet, with padding or without.
pub(crate) const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes `written`.
pub(crate) fn decode(written: &Written<'_>) -> Decoded {
    let mut flaws = Vec::new();
    let received = written.as_received().len();
    if received > LIMITS.parameter_bytes {
        let text = text!("flaw.too-large", limit = LIMITS.parameter_bytes, size = received);
        flaws.push(Flaw::in_received("too-large", Span::new(LIMITS.parameter_bytes, received), text));
    }
    let Digits { mut digits, whole, space } = digits(written, &mut flaws);
    let padding = digits.iter().rev().take_while(|digit| **digit == b'=').count();
    if whole && !digits.len().is_multiple_of(4) {
        let end = Span::new(received, received);
        flaws.push(Flaw::in_received("base64-padding", end, text!("flaw.base64-padding")));
    }
    digits.truncate(digits.len() - padding);
    // One digit alone stands for no octet.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    // Nothing is left that the engine could refuse.
    Decoded { octets: LENIENT_BASE64.decode(&digits).unwrap_or_default(), flaws, space }
}

/// The place of the digit number `index` (white space not counted) in what was received.
pub(crate) fn place_of_digit(written: &Written<'_>, index: usize) -> Span {
    let end = written.as_received().len();
    written
        .octets()
        .filter(|octet| !is_skipped(octet))
        .nth(index)
        .map_or(Span::new(end, end), |octet| octet.at)
}

/// The content of base64 text.
struct Digits {
    /// The digits and the padding in the standard alphabet, up to the first character that is neither.
    digits: Vec<u8>,
    /// Whether there is no such character.
    whole: bool,
    /// The first white space between digits.
    space: Option<Span>,
}

fn digits(written: &Written<'_>, flaws: &mut Vec<Flaw>) -> Digits {
    let mut found = Digits { digits: Vec::new(), whole: true, space: None };
    let mut url_safe = None;
    let mut plus = None;
    let mut padded = false;
    let mut skipped = None;
    for octet in written.octets().take_while(|octet| octet.at.end <= LIMITS.parameter_bytes) {
        let digit = match octet.octet {
            b' ' if octet.is_plus => {
                plus.get_or_insert(octet.at);
                b'+'
            }
            _ if is_skipped(&octet) => {
                if !found.digits.is_empty() {
                    skipped.get_or_insert(octet.at);
                }
                continue;
            }
            b'-' | b'_' => {
                url_safe.get_or_insert(octet.at);
                if octet.octet == b'-' { b'+' } else { b'/' }
            }
            b'=' => {
                padded = true;
                b'='
            }
            digit if !padded && (digit.is_ascii_alphanumeric() || matches!(digit, b'+' | b'/')) => digit,
            bad => {
                flaws.push(not_base64(bad, octet.at));
                found.whole = false;
                break;
            }
        };
        // White space at the end stands between no digits.
        found.space = found.space.or(skipped);
        found.digits.push(digit);
    }
    if let Some(at) = url_safe {
        flaws.push(Flaw::in_received("base64-url-safe", at, text!("flaw.base64-url-safe", at = at.start)));
    }
    if let Some(at) = plus {
        flaws.push(Flaw::in_received("plus-not-escaped", at, text!("flaw.plus-not-escaped", at = at.start)));
    }
    found
}

fn not_base64(bad: u8, at: Span) -> Flaw {
    // The value is a credential: of all its characters, the one that cannot be part of it is shown.
    let shown = if bad.is_ascii_graphic() { char::from(bad).to_string() } else { format!("0x{bad:02X}") };
    Flaw::in_received("not-base64", at, text!("flaw.not-base64", character = shown, at = at.start))
}

fn is_skipped(octet: &Octet) -> bool {
    !octet.is_plus && matches!(octet.octet, b' ' | b'\t' | b'\r' | b'\n')
}
