//! From octets to text: XML 1.0 clause 4.3.3 and appendix F, for UTF-8 only.
//!
//! Leaves out UTF-16 and the 8-bit encodings: they are named with a flaw. A message in UTF-16 is not read at all (its
//! octets would look like hundreds of flaws); one in another encoding is read as UTF-8, which it mostly is.

use super::{flaw_list::FlawList, tag::shortened};
use crate::{
    flaw::{Flaw, Octets, Span},
    text,
};

/// The text of `octets`, without byte order mark; at most `octets_max` octets are looked at. An octet that is not
/// UTF-8 becomes U+FFFD. `None` where the encoding cannot be read.
pub(super) fn text_of(octets: &[u8], octets_max: usize, flaws: &mut FlawList) -> Option<String> {
    let kept = octets.get(..octets_max).unwrap_or(octets);
    if let Some(encoding) = encoding_of_two_octets(kept) {
        let text = text!("flaw.encoding-unsupported", encoding = encoding);
        flaws.push(Flaw { code: "encoding-unsupported", at: None, octets: Octets::Xml, text });
        return None;
    }
    let looked_at = kept.len();
    let kept = kept.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(kept);
    // Checking the whole is many times quicker than taking it in chunks.
    let mut read = String::with_capacity(kept.len());
    let mut not_utf_8 = None;
    let (valid, rest) = match str::from_utf8(kept) {
        Ok(valid) => (valid, &[][..]),
        Err(_) => ("", kept),
    };
    read.push_str(valid);
    for chunk in rest.utf8_chunks() {
        read.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let (_, places) = not_utf_8.get_or_insert((read.len(), 0));
            *places += 1;
            read.push(char::REPLACEMENT_CHARACTER);
        }
    }
    // One flaw for all: a message in another encoding has hundreds of them.
    if let Some((start, places)) = not_utf_8 {
        let at = Span::new(start, start + char::REPLACEMENT_CHARACTER.len_utf8());
        flaws.push(Flaw::in_xml("not-utf-8", at, text!("flaw.not-utf-8", places = places, at = start)));
    }
    if looked_at < octets.len() {
        let text = text!("flaw.too-large", limit = octets_max, size = octets.len());
        flaws.push(Flaw::in_xml("too-large", Span::new(read.len(), read.len()), text));
    }
    Some(read)
}

/// Checks the encoding that the XML declaration names (`declared`, at `at`) against the text that was read.
pub(super) fn check_declared(declared: &str, at: Span, read: &str, flaws: &mut FlawList) {
    let named = declared.to_ascii_lowercase();
    let flaw = match named.as_str() {
        "utf-8" | "utf8" => return,
        name if name.starts_with("utf-16") || name.starts_with("utf-32") || name.contains("ucs") => {
            Flaw::in_xml(
                "encoding-mismatch",
                at,
                text!("flaw.encoding-mismatch", encoding = shortened(declared)),
            )
        }
        // ASCII is the same in all of these.
        name if SUPERSETS_OF_ASCII.iter().any(|prefix| name.starts_with(prefix)) && read.is_ascii() => return,
        _ => {
            let text = text!("flaw.encoding-unsupported", encoding = shortened(declared));
            Flaw::in_xml("encoding-unsupported", at, text)
        }
    };
    flaws.push(flaw);
}

const SUPERSETS_OF_ASCII: [&str; 4] = ["us-ascii", "ascii", "iso-8859-", "windows-125"];

/// The encoding of text of two octets a character, by its first octets (appendix F.1).
fn encoding_of_two_octets(octets: &[u8]) -> Option<&'static str> {
    match octets {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some("UTF-16LE"),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some("UTF-16BE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8], octets_max: usize) -> (Option<String>, Vec<(&'static str, Option<Span>)>) {
        let mut flaws = FlawList::new(10);
        let text = text_of(octets, octets_max, &mut flaws);
        (text, flaws.into_vec().into_iter().map(|flaw| (flaw.code, flaw.at)).collect())
    }

    #[test]
    fn reads_utf_8_and_names_what_is_not() {
        assert_eq!(read("\u{FEFF}<a/>".as_bytes(), 99), (Some("<a/>".to_owned()), vec![]));
        let (text, flaws) = read(b"a\xFFb\xC3", 99);
        assert_eq!(text.as_deref(), Some("a\u{FFFD}b\u{FFFD}"));
        assert_eq!(flaws, [("not-utf-8", Some(Span::new(1, 4)))]);
        assert_eq!(read(b"\xFF\xFE<\0", 99), (None, vec![("encoding-unsupported", None)]));
    }

    #[test]
    fn looks_at_no_more_than_the_limit() {
        assert_eq!(read(b"abcdef", 4), (Some("abcd".to_owned()), vec![("too-large", Some(Span::new(4, 4)))]));
    }
}
