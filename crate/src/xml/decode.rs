//! From octets to text: XML 1.0 clause 4.3.3 and appendix F, for UTF-8, UTF-16 and the encodings of one octet
//! a character that identity providers use.
//!
//! Leaves out the other encodings: they are named with a flaw. A message in UTF-32 is not read at all (its
//! octets would look like hundreds of flaws); one in another encoding is read as UTF-8, which it mostly is.

use super::{flaw_list::FlawList, tag::shortened};
use crate::{
    base::flaw::{Flaw, Octets, Span},
    text,
};

/// The way a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
    /// One octet a character.
    Narrow,
}

/// The text of `octets`, without byte order mark, and how it was written; at most `octets_max` octets are
/// looked at. What stands for no character becomes U+FFFD. `None` where the encoding cannot be read.
pub(super) fn text_of(octets: &[u8], octets_max: usize, flaws: &mut FlawList) -> Option<(String, Encoding)> {
    let kept = octets.get(..octets_max).unwrap_or(octets);
    let (read, encoding) = match start_of(kept) {
        Start::Utf32 => {
            let text = text!("flaw.encoding-not-read", encoding = "UTF-32");
            flaws.push(Flaw { code: "encoding-unsupported", at: None, octets: Octets::Xml, text });
            return None;
        }
        Start::Utf16 { unit, mark } => {
            (utf_16(kept.get(mark..).unwrap_or_default(), unit, flaws), Encoding::Utf16)
        }
        Start::Octets => match narrow(kept) {
            Some((name, table)) => (one_octet_a_character(kept, name, table, flaws), Encoding::Narrow),
            None => (utf_8(kept, flaws), Encoding::Utf8),
        },
    };
    if kept.len() < octets.len() {
        let text = text!("flaw.too-large", limit = octets_max, size = octets.len());
        flaws.push(Flaw::in_xml("too-large", Span::new(read.len(), read.len()), text));
    }
    Some((read, encoding))
}

/// Whether `octets`, if they are UTF-8, are read as such and have no byte order mark.
pub(super) fn is_utf_8_alone(octets: &[u8]) -> bool {
    !octets.starts_with(MARK) && matches!(start_of(octets), Start::Octets) && narrow(octets).is_none()
}

/// The byte order mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Checks the encoding that the XML declaration names (`declared`, at `at`) against how the text `read` was
/// written.
pub(super) fn check_declared(declared: &str, at: Span, read: &str, encoding: Encoding, flaws: &mut FlawList) {
    let named = declared.to_ascii_lowercase();
    let is_wide = named.starts_with("utf-16") || named.starts_with("utf-32") || named.contains("ucs");
    let is_known = matches!(named.as_str(), "utf-8" | "utf8") || narrow_table(&named).is_some();
    let mismatch = match encoding {
        Encoding::Utf16 => !named.starts_with("utf-16"),
        Encoding::Utf8 => is_wide,
        // It was read as the declaration says.
        Encoding::Narrow => return,
    };
    if mismatch {
        let text = text!("flaw.encoding-mismatch", encoding = shortened(declared));
        flaws.push(Flaw::in_xml("encoding-mismatch", at, text));
    } else if encoding == Encoding::Utf8 && !is_known && !(ascii_alike(&named) && read.is_ascii()) {
        let text = text!("flaw.encoding-unsupported", encoding = shortened(declared));
        flaws.push(Flaw::in_xml("encoding-unsupported", at, text));
    }
}

/// Whether ASCII is the same in this encoding.
fn ascii_alike(named: &str) -> bool {
    ["iso-8859-", "windows-125"].iter().any(|prefix| named.starts_with(prefix))
}

/// The meaning of the first octets (appendix F.1).
enum Start {
    Utf32,
    Utf16 { unit: fn([u8; 2]) -> u16, mark: usize },
    Octets,
}

fn start_of(octets: &[u8]) -> Start {
    match octets {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] | [b'<', 0, 0, 0, ..] | [0, 0, 0, b'<', ..] => {
            Start::Utf32
        }
        [0xFF, 0xFE, ..] => Start::Utf16 { unit: u16::from_le_bytes, mark: 2 },
        [0xFE, 0xFF, ..] => Start::Utf16 { unit: u16::from_be_bytes, mark: 2 },
        [b'<', 0, ..] => Start::Utf16 { unit: u16::from_le_bytes, mark: 0 },
        [0, b'<', ..] => Start::Utf16 { unit: u16::from_be_bytes, mark: 0 },
        _ => Start::Octets,
    }
}

fn utf_8(octets: &[u8], flaws: &mut FlawList) -> String {
    let octets = octets.strip_prefix(MARK).unwrap_or(octets);
    // Checking the whole is many times quicker than taking it in chunks.
    if let Ok(valid) = str::from_utf8(octets) {
        return valid.to_owned();
    }
    let mut read = Read { text: String::with_capacity(octets.len()), ..Read::default() };
    for chunk in octets.utf8_chunks() {
        read.text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            read.push_unreadable();
        }
    }
    read.finish("not-utf-8", |places, at| text!("flaw.not-utf-8", places = places, at = at), flaws)
}

/// GitLab's library refuses UTF-16, so that it is a flaw however well it is written.
fn utf_16(octets: &[u8], unit: fn([u8; 2]) -> u16, flaws: &mut FlawList) -> String {
    flaws.push(Flaw::in_xml("utf-16", Span::new(0, 0), text!("flaw.utf-16")));
    let (pairs, rest) = octets.as_chunks::<2>();
    let mut read = Read { text: String::with_capacity(octets.len()), ..Read::default() };
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => read.text.push(character),
            Err(_) => read.push_unreadable(),
        }
    }
    if !rest.is_empty() {
        read.push_unreadable();
    }
    read.finish("not-utf-16", |places, at| text!("flaw.not-utf-16", places = places, at = at), flaws)
}

/// A text that is being read and the places in it that stand for no character.
#[derive(Default)]
struct Read {
    text: String,
    first: Option<usize>,
    places: usize,
}

impl Read {
    fn push_unreadable(&mut self) {
        self.first.get_or_insert(self.text.len());
        self.places += 1;
        self.text.push(char::REPLACEMENT_CHARACTER);
    }

    /// One flaw for all: a message in another encoding has hundreds of them.
    fn finish(
        self,
        code: &'static str,
        text: fn(usize, usize) -> crate::base::catalogue::Text,
        flaws: &mut FlawList,
    ) -> String {
        if let Some(start) = self.first {
            let at = Span::new(start, start + char::REPLACEMENT_CHARACTER.len_utf8());
            flaws.push(Flaw::in_xml(code, at, text(self.places, start)));
        }
        self.text
    }
}

/// The characters that differ from those of the same number: the first one's number, then one after the
/// other.
type Table = &'static [(u8, &'static str)];

/// The name and the table of the encoding of one octet a character that the XML declaration names, where it
/// matters: all of ASCII is the same.
fn narrow(octets: &[u8]) -> Option<(String, Table)> {
    const DECLARATION: usize = 200;
    if octets.is_ascii() {
        return None;
    }
    let start = octets.get(..DECLARATION).unwrap_or(octets);
    let declaration = start.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|two| two == b"?>")?;
    let declaration = str::from_utf8(declaration.get(..end)?).ok()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let named = value.get(1..)?.split(quote).next()?.to_ascii_lowercase();
    let table = narrow_table(&named)?;
    Some((named, table))
}

fn narrow_table(named: &str) -> Option<Table> {
    match named {
        "iso-8859-1" | "latin1" | "iso_8859-1" | "l1" => Some(&[]),
        // ASCII has no more than 128 characters; readers take the rest for ISO-8859-1.
        "us-ascii" | "ascii" => Some(&[]),
        "iso-8859-15" | "latin-9" => {
            Some(&[(0xA4, "€"), (0xA6, "Š"), (0xA8, "š"), (0xB4, "Ž"), (0xB8, "ž"), (0xBC, "ŒœŸ")])
        }
        "windows-1252" | "cp1252" => {
            Some(&[(0x80, "€"), (0x82, "‚ƒ„…†‡ˆ‰Š‹Œ"), (0x8E, "Ž"), (0x91, "‘’“”•–—˜™š›œ"), (0x9E, "žŸ")])
        }
        _ => None,
    }
}

fn one_octet_a_character(octets: &[u8], name: String, table: Table, flaws: &mut FlawList) -> String {
    let character = |octet: u8| {
        let differs = table
            .iter()
            .find_map(|(first, characters)| characters.chars().nth(usize::from(octet.checked_sub(*first)?)));
        differs.unwrap_or(char::from(octet))
    };
    // ASCII passes as it is; the rest is rare.
    let read: String = octets
        .iter()
        .map(|octet| if octet.is_ascii() { char::from(*octet) } else { character(*octet) })
        .collect();
    // Text in such an encoding is UTF-8 by chance only when it is very short.
    if str::from_utf8(octets).is_ok() {
        let start = octets.iter().position(|octet| !octet.is_ascii()).unwrap_or_default();
        let text = text!("flaw.encoding-not-declared", encoding = shortened(&name), at = start);
        flaws.push(Flaw::in_xml("encoding-mismatch", Span::new(start, start + 1), text));
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8], octets_max: usize) -> (Option<String>, Vec<(&'static str, Option<Span>)>) {
        let mut flaws = FlawList::new(10);
        let text = text_of(octets, octets_max, &mut flaws).map(|(text, _)| text);
        (text, flaws.into_vec().into_iter().map(|flaw| (flaw.code, flaw.at)).collect())
    }

    #[test]
    fn reads_utf_8_and_names_what_is_not() {
        assert_eq!(read("\u{FEFF}<a/>".as_bytes(), 99), (Some("<a/>".to_owned()), vec![]));
        let (text, flaws) = read(b"a\xFFb\xC3", 99);
        assert_eq!(text.as_deref(), Some("a\u{FFFD}b\u{FFFD}"));
        assert_eq!(flaws, [("not-utf-8", Some(Span::new(1, 4)))]);
        assert_eq!(read(b"\xFF\xFE\0\0", 99), (None, vec![("encoding-unsupported", None)]));
    }

    #[test]
    fn reads_utf_16_in_both_orders_with_and_without_mark() {
        let utf_16 = ("utf-16", Some(Span::new(0, 0)));
        let text = "<a>ü😀</a>";
        for (mark, bytes) in [
            (&b"\xFF\xFE"[..], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (b"\xFE\xFF", u16::to_be_bytes),
            (b"", u16::to_le_bytes),
            (b"", u16::to_be_bytes),
        ] {
            let octets = [mark.to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat();
            assert_eq!(read(&octets, 99), (Some(text.to_owned()), vec![utf_16]));
        }
        // Half a surrogate pair, and half a unit.
        let (text, flaws) = read(b"<\0\x3D\xD8x\0y", 99);
        assert_eq!(text.as_deref(), Some("<\u{FFFD}x\u{FFFD}"));
        assert_eq!(flaws, [utf_16, ("not-utf-16", Some(Span::new(1, 4)))]);
    }

    #[test]
    fn reads_encodings_of_one_octet_a_character_as_declared() {
        for (name, octet, expected) in [
            ("ISO-8859-1", 0xFC, 'ü'),
            ("ISO-8859-1", 0xA4, '¤'),
            ("iso-8859-15", 0xA4, '€'),
            ("iso-8859-15", 0xBE, 'Ÿ'),
            ("iso-8859-15", 0xBF, '¿'),
            ("Windows-1252", 0x80, '€'),
            ("windows-1252", 0x9F, 'Ÿ'),
            ("windows-1252", 0x8C, 'Œ'),
            ("windows-1252", 0xE9, 'é'),
        ] {
            let octets =
                [format!("<?xml version='1.0' encoding='{name}'?><a>").as_bytes(), &[octet]].concat();
            let (text, flaws) = read(&octets, 99);
            assert!(text.is_some_and(|text| text.ends_with(expected)) && flaws.is_empty(), "{name} {octet}");
        }
        // UTF-8 that says it is something else is read as readers read it, and said.
        let (text, flaws) = read("<?xml version='1.0' encoding='latin1'?>é".as_bytes(), 99);
        assert_eq!(text.as_deref(), Some("<?xml version='1.0' encoding='latin1'?>Ã©"));
        assert_eq!(flaws, [("encoding-mismatch", Some(Span::new(39, 40)))]);
    }

    #[test]
    fn looks_at_no_more_than_the_limit() {
        assert_eq!(read(b"abcdef", 4), (Some("abcd".to_owned()), vec![("too-large", Some(Span::new(4, 4)))]));
    }
}
