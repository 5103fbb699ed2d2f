//! Simple types: which texts are values (XML Schema 1.0, part 2), as libxml2 takes them.

use crate::base::instant::Timestamp;
use std::borrow::Cow;

/// Whether `text` is a value of `kind`, a type of the table.
pub(super) fn is_value(kind: &str, text: &str) -> bool {
    let kind = kind.rsplit('}').next().unwrap_or(kind);
    // Of most texts no more is asked than that they are texts.
    if kind == "string" {
        return true;
    }
    let collapsed = collapsed(text);
    match kind {
        "ID" | "NCName" => is_nc_name(&collapsed),
        // libxml2 passes over white space behind an instant, not before it.
        "dateTime" => is_date_time(&collapsed) && !text.starts_with(|c: char| c.is_ascii_whitespace()),
        "anyURI" => is_uri(&collapsed),
        "base64Binary" | "DigestValueType" | "CryptoBinary" => is_base64(&collapsed),
        "boolean" => matches!(&*collapsed, "true" | "false" | "1" | "0"),
        "unsignedShort" => collapsed.parse::<u16>().is_ok(),
        "nonNegativeInteger" => {
            is_integer(&collapsed) && (!collapsed.starts_with('-') || is_zero(&collapsed))
        }
        "integer" | "int" | "long" => is_integer(&collapsed),
        "comparison" => matches!(text, "exact" | "minimum" | "maximum" | "better"),
        "decision" => matches!(text, "Permit" | "Deny" | "Indeterminate"),
        _ => true,
    }
}

/// `text` without white space around it, and each white space in it as one space.
fn collapsed(text: &str) -> Cow<'_, str> {
    const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];
    if !text.contains(SPACE) {
        return Cow::Borrowed(text);
    }
    let words = text.split(SPACE).filter(|word| !word.is_empty());
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

/// The type's name as libxml2 writes it.
pub(super) fn name(kind: &str) -> String {
    if kind.starts_with('{') { kind.to_owned() } else { format!("xs:{kind}") }
}

fn is_nc_name(text: &str) -> bool {
    let starts = |c: char| c.is_alphabetic() || c == '_';
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}');
    text.chars().next().is_some_and(starts) && text.chars().all(goes_on)
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit())
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|c| matches!(c, b'0' | b'-'))
}

/// `2026-01-01T00:00:00.5+01:00`; the zone may be left out.
fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|c| c.is_ascii_digit());
    let mut parts = date.split('-');
    let is_date = matches!((parts.next(), parts.next(), parts.next(), parts.next()),
        (Some(year), Some(month), Some(day), None) if digits(year, 4) && digits(month, 2) && digits(day, 2));
    let clock_end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(clock_end);
    let is_zone = match zone.get(1..) {
        None | Some("") => zone.is_empty() || zone == "Z",
        Some(offset) => {
            !zone.starts_with('Z')
                && offset.split_once(':').is_some_and(|(hours, minutes)| {
                    digits(hours, 2) && digits(minutes, 2) && hours <= "14" && minutes <= "59"
                })
        }
    };
    let (seconds, fraction) = clock.split_once('.').map_or((clock, None), |(s, f)| (s, Some(f)));
    let mut parts = seconds.split(':');
    let is_clock = parts.clone().count() == 3 && parts.all(|part| digits(part, 2));
    let is_fraction = fraction.is_none_or(|f| !f.is_empty() && f.bytes().all(|c| c.is_ascii_digit()));
    is_date && is_zone && is_clock && is_fraction && {
        // 24:00:00 is the end of the day, and only that.
        seconds == "24:00:00" || Timestamp::parse(&format!("{date}T{seconds}Z")).is_some()
    }
}

/// A reference by RFC 3986; characters that it does not have are taken as escaped.
fn is_uri(text: &str) -> bool {
    let escapes = text.match_indices('%').all(|(at, _)| {
        text.as_bytes().get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    let first = before.split(['/', '?']).next().unwrap_or_default();
    // A colon in the first part ends a scheme.
    let scheme = first.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = scheme.is_none_or(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    let authority = before.split_once("//").filter(|(head, _)| head.is_empty() || head.ends_with(':'));
    let authority = authority.and_then(|(_, rest)| rest.split(['/', '?']).next()).unwrap_or_default();
    let (user, host) = authority.split_once('@').unwrap_or(("", authority));
    let port = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map(|(_, port)| port);
    let in_brackets = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let brackets = before.matches(['[', ']']).count();
    let has_brackets = brackets != if in_brackets.is_some() { 2 } else { 0 };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit());
    escapes
        && is_scheme
        && !host.contains('@')
        && !user.contains(['[', ']'])
        && !fragment.contains('#')
        && !has_brackets
        && port.is_none_or(is_port)
}

/// Groups of four, with the padding that belongs to them and nothing in the digits that stand for no octet.
/// libxml2 leaves out all other characters.
fn is_base64(text: &str) -> bool {
    let is_known = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=');
    let digits: Vec<u8> = text.bytes().filter(is_known).collect();
    let padding = digits.iter().rev().take_while(|c| **c == b'=').count();
    let body = digits.get(..digits.len() - padding).unwrap_or_default();
    let is_last = |allowed: &[u8]| body.last().is_some_and(|last| allowed.contains(last));
    digits.len().is_multiple_of(4)
        && !body.contains(&b'=')
        && match padding {
            0 => true,
            1 => is_last(b"AEIMQUYcgkosw048"),
            2 => is_last(b"AQgw"),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_no_values() {
        for (kind, good, bad) in [
            ("ID", ["_a", "id-1.2", " a "], ["1a", "a:b", ""]),
            (
                "dateTime",
                ["2026-01-01T00:00:00Z", "2026-02-28T23:59:59.123", "2026-01-01T24:00:00+01:00"],
                ["2026-01-01", " 2026-02-28T00:00:00Z", "2026-01-01t00:00:00Z"],
            ),
            ("anyURI", ["a b", "urn:a:b", "https://a.example.com:8/é?q=ü#x"], ["1:b", "http://a:/", "%zz"]),
            ("base64Binary", ["", "YWI=", "Y *Q = ="], ["YWJ", "YR==", "Y==="]),
            ("nonNegativeInteger", ["0", "12", "-0"], ["-1", "x", ""]),
        ] {
            for text in good {
                assert!(is_value(kind, text), "{kind}: {text}");
            }
            for text in bad {
                assert!(!is_value(kind, text), "{kind}: {text}");
            }
        }
    }
}
