//! Base64 (RFC 4648, clause 4) as identity providers and browsers really write it.
//!
//! Line breaks are allowed (RFC 2045). Missing padding, the URL-safe alphabet (clause 5) and a `+` that was
//! not escaped and so reads as a space are read, with a flaw each, because GitLab does not read them. At any
//! other character reading stops: what came before is kept.

use super::written::{Plain, Written};
use crate::{
    base::{
        counted::stepped,
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

/// Base64 as RFC 4648 has it, but for bits behind the last octet, which may be anything.
const STRICT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The octets that `written` stands for, where it is base64 without any flaw and without white space, as most
/// is. Then [`decode`] says the same, only that it looks at each digit and its place.
pub(crate) fn strict(written: Written<'_>) -> Option<Vec<u8>> {
    if written.as_received().len() > LIMITS.parameter_bytes {
        return None;
    }
    STRICT_BASE64.decode(written.at_once()?).ok()
}

/// Decodes `plain`.
pub(crate) fn decode(plain: &Plain<'_>) -> Decoded {
    let mut flaws = Vec::new();
    let received = plain.whole().end;
    if received > LIMITS.parameter_bytes {
        let text = text!("flaw.too-large", limit = LIMITS.parameter_bytes, size = received);
        flaws.push(Flaw::in_received("too-large", Span::new(LIMITS.parameter_bytes, received), text));
    }
    let Digits { mut digits, whole, space } = digits(plain, &mut flaws);
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
pub(crate) fn place_of_digit(plain: &Plain<'_>, index: usize) -> Span {
    let mut places = plain.places();
    let mut digits = plain
        .octets()
        .iter()
        .enumerate()
        .filter(|(index, octet)| !is_space(**octet) || places.is_plus(*index));
    let digit = digits.nth(index).map(|(index, _)| index);
    let end = plain.whole().end;
    digit.map_or(Span::new(end, end), |digit| plain.places().at(digit))
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

fn digits(plain: &Plain<'_>, flaws: &mut Vec<Flaw>) -> Digits {
    let octets = looked_at(plain);
    stepped(octets.len());
    let mut places = plain.places();
    let mut found = Digits { digits: Vec::with_capacity(octets.len()), whole: true, space: None };
    let mut url_safe = None;
    let mut plus = None;
    let mut padded = false;
    let mut skipped = None;
    let mut next = 0;
    while let Some(octet) = octets.get(next).copied() {
        let digit = match octet {
            digit if !padded && is_digit(digit) => {
                // Most digits stand among others.
                let rest = &octets[next..];
                let run = rest.iter().position(|octet| !is_digit(*octet)).unwrap_or(rest.len());
                found.space = found.space.or(skipped);
                found.digits.extend_from_slice(&rest[..run]);
                next += run;
                continue;
            }
            b' ' if places.is_plus(next) => {
                plus.get_or_insert_with(|| places.at(next));
                b'+'
            }
            octet if is_space(octet) => {
                if !found.digits.is_empty() {
                    skipped.get_or_insert_with(|| places.at(next));
                }
                next += 1;
                continue;
            }
            b'-' | b'_' => {
                url_safe.get_or_insert_with(|| places.at(next));
                if octet == b'-' { b'+' } else { b'/' }
            }
            b'=' => {
                padded = true;
                b'='
            }
            bad => {
                flaws.push(not_base64(bad, places.at(next)));
                found.whole = false;
                break;
            }
        };
        // White space at the end stands between no digits.
        found.space = found.space.or(skipped);
        found.digits.push(digit);
        next += 1;
    }
    if let Some(at) = url_safe {
        flaws.push(Flaw::in_received("base64-url-safe", at, text!("flaw.base64-url-safe", at = at.start)));
    }
    if let Some(at) = plus {
        flaws.push(Flaw::in_received("plus-not-escaped", at, text!("flaw.plus-not-escaped", at = at.start)));
    }
    found
}

/// The octets that stand for what was received up to the limit.
fn looked_at<'p>(plain: &'p Plain<'_>) -> &'p [u8] {
    let octets = plain.octets();
    if plain.whole().end <= LIMITS.parameter_bytes {
        return octets;
    }
    if octets.len() == plain.whole().end {
        return octets.get(..LIMITS.parameter_bytes).unwrap_or(octets);
    }
    let mut places = plain.places();
    let end = (0..octets.len()).find(|index| places.at(*index).end > LIMITS.parameter_bytes);
    octets.get(..end.unwrap_or(octets.len())).unwrap_or_default()
}

fn not_base64(bad: u8, at: Span) -> Flaw {
    // The value is a credential: of all its characters, the one that cannot be part of it is shown.
    let shown = if bad.is_ascii_graphic() { char::from(bad).to_string() } else { format!("0x{bad:02X}") };
    Flaw::in_received("not-base64", at, text!("flaw.not-base64", character = shown, at = at.start))
}

/// Whether `octet` is a digit of the standard alphabet.
pub(super) fn is_digit(octet: u8) -> bool {
    // A table, for every octet of a value is asked.
    const DIGITS: [bool; 256] = {
        let mut digits = [false; 256];
        let mut octet = 0;
        while octet < digits.len() {
            let digit = octet as u8;
            digits[octet] = digit.is_ascii_alphanumeric() || matches!(digit, b'+' | b'/');
            octet += 1;
        }
        digits
    };
    DIGITS.get(usize::from(octet)).copied().unwrap_or_default()
}

fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Base64 with whatever may stand in it, escaped or not.
    fn value() -> impl Strategy<Value = String> {
        let octets = prop::collection::vec(any::<u8>(), 0..40);
        let encoded = octets.prop_map(|octets| STRICT_BASE64.encode(octets));
        let inserted = prop::sample::select(vec![
            "", "", "", "", " ", "\n", "\r\n", "+", "-", "_", "=", "==", "%", "%2", "%2B", "%2b", "%20",
            "%3D", "%0A", "%252B", "%3C", "&#43;", "&plus;", "&", "<", "A", "AAA", "!", "é", "%C3%A9", "%00",
        ]);
        let escaped = prop::sample::select(vec![0, 1, 2]);
        (encoded, inserted, any::<prop::sample::Index>(), escaped).prop_map(
            |(encoded, inserted, at, escaped)| {
                let encoded = match escaped {
                    0 => encoded,
                    1 => encoded.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"),
                    _ => encoded.replace('+', "%252B"),
                };
                let at = (0..=encoded.len()).rev().nth(at.index(encoded.len() + 1)).unwrap_or(0);
                format!("{}{inserted}{}", &encoded[..at], &encoded[at..])
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn what_is_read_at_once_is_read_the_same_digit_by_digit(value in value(), escaped: bool) {
            let written = if escaped { Written::escaped(&value) } else { Written::plain(&value) };
            let slowly = written.read();
            if let Some(at_once) = written.at_once() {
                prop_assert_eq!(&*at_once, slowly.octets());
            }
            let first = slowly.octets().first().copied();
            let mut flaws = Vec::new();
            let decoded = decode(&slowly.without_needless_escapes(&mut flaws));
            flaws.extend(decoded.flaws);
            if let Some(octets) = strict(written) {
                prop_assert!(flaws.is_empty() && decoded.space.is_none(), "{flaws:?}");
                prop_assert_eq!(octets, decoded.octets);
                prop_assert!(first != Some(b'<'));
            }
        }
    }

    #[test]
    fn what_is_sent_is_read_at_once() {
        for length in 0..200_u8 {
            let octets: Vec<u8> = (0..length).map(|number| number.wrapping_mul(83) ^ length).collect();
            let value = STRICT_BASE64.encode(&octets);
            assert_eq!(strict(Written::plain(&value)), Some(octets.clone()));
            let escaped = value.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
            assert_eq!(strict(Written::escaped(&escaped)), Some(octets));
        }
    }
}
