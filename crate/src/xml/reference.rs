//! References: XML 1.0 productions 66 `CharRef` and 68 `EntityRef`, the five predefined entities (clause
//! 4.6), line ends (clause 2.11) and the normalisation of attribute values (clause 3.3.3, all as CDATA: no
//! DTD is read).
//!
//! No other entity is ever resolved: its reference stays as it is written.

use super::chars::{is_char, is_nc_name};
use std::borrow::Cow;

/// The thing that a reference stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referent {
    /// A character.
    Character(char),
    /// A character that no XML document may hold, or no character at all.
    NoCharacter,
    /// An entity that is not predefined.
    Entity,
    /// No reference: the `&` should have been written `&amp;`.
    BareAmpersand,
}

/// Reads what stands between `&` and `;`.
pub(super) fn referent(content: &str) -> Referent {
    if let Some(number) = content.strip_prefix('#') {
        let code_point = match number.strip_prefix('x') {
            Some(digits) => code_point(digits, 16),
            None => code_point(number, 10),
        };
        return match code_point.and_then(char::from_u32).filter(|c| is_char(*c)) {
            Some(c) => Referent::Character(c),
            None => Referent::NoCharacter,
        };
    }
    match content {
        "amp" => Referent::Character('&'),
        "lt" => Referent::Character('<'),
        "gt" => Referent::Character('>'),
        "quot" => Referent::Character('"'),
        "apos" => Referent::Character('\''),
        name if is_nc_name(name) => Referent::Entity,
        _ => Referent::BareAmpersand,
    }
}

/// `from_str_radix` alone would take a sign.
fn code_point(digits: &str, radix: u32) -> Option<u32> {
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

/// One stretch of an attribute's value as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stretch<'a> {
    /// Characters without `&`.
    Characters(&'a str),
    /// From `&` to `;`, with what it stands for; or a bare `&` with all up to the next one.
    Reference(&'a str, Referent),
}

/// Cuts an attribute's value into its stretches; joined, they are the value as it is written.
pub(super) fn stretches(written: &str) -> impl Iterator<Item = Stretch<'_>> {
    let mut rest = written;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (stretch, after) = match rest.strip_prefix('&') {
            None => {
                let (characters, after) = rest.split_at(rest.find('&').unwrap_or(rest.len()));
                (Stretch::Characters(characters), after)
            }
            Some(content) => match content.find([';', '&']) {
                Some(end) if content[end..].starts_with(';') => {
                    let (reference, after) = rest.split_at(end + 2);
                    (Stretch::Reference(reference, referent(&content[..end])), after)
                }
                end => {
                    let (bare, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
                    (Stretch::Reference(bare, Referent::BareAmpersand), after)
                }
            },
        };
        rest = after;
        Some(stretch)
    })
}

/// The value of an attribute: references resolved, each literal white space character a space.
pub(super) fn attribute_value(written: &str) -> Cow<'_, str> {
    // Most have none; going through the octets is quicker than a search for characters.
    if !written.bytes().any(|octet| matches!(octet, b'&' | b'\t' | b'\n' | b'\r')) {
        return Cow::Borrowed(written);
    }
    let mut value = String::with_capacity(written.len());
    for stretch in stretches(written) {
        match stretch {
            Stretch::Characters(characters) => {
                value.push_str(&line_ends(characters).replace(['\t', '\n'], " "))
            }
            Stretch::Reference(_, Referent::Character(c)) => value.push(c),
            Stretch::Reference(reference, _) => value.push_str(reference),
        }
    }
    Cow::Owned(value)
}

/// Every line end as one line feed.
pub(super) fn line_ends(written: &str) -> Cow<'_, str> {
    if !written.contains('\r') {
        return Cow::Borrowed(written);
    }
    Cow::Owned(written.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_reference_stands_for() {
        for (content, expected) in [
            ("amp", Referent::Character('&')),
            ("#38", Referent::Character('&')),
            ("#x1F600", Referent::Character('😀')),
            ("#xD800", Referent::NoCharacter),
            ("#0", Referent::NoCharacter),
            ("#x", Referent::NoCharacter),
            ("#+65", Referent::NoCharacter),
            ("#X41", Referent::NoCharacter),
            ("#99999999999", Referent::NoCharacter),
            ("nbsp", Referent::Entity),
            ("", Referent::BareAmpersand),
            (" b", Referent::BareAmpersand),
        ] {
            assert_eq!(referent(content), expected, "&{content};");
        }
    }

    #[test]
    fn normalises_attribute_values() {
        assert_eq!(attribute_value("a\r\nb\tc&#10;d &lt;&nbsp;& e &"), "a b c\nd <&nbsp;& e &");
        assert_eq!(attribute_value("plain"), "plain");
    }
}
