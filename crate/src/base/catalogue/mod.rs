//! The message catalogue: every sentence that Samlight shows to a person.
//!
//! The texts are in one file a language (`en.txt`), a line each: `key = sentence with {placeholder}`. Code
//! names a text with [`text!`](crate::text!), so that a sentence is found by its key and a translation is one
//! more file ([`language`]). `cargo xtask tidy` checks that every key that is used exists with exactly its
//! placeholders, that every key is used, and that every translation has each of them. Leaves out: plural
//! forms (the sentences are written so that they need none).

pub mod language;
mod parts;

use super::packed::unpacked;
pub use parts::{
    CORE as CORE_PART, EARLY as EARLY_PART, PANEL as PANEL_PART, SHARED as SHARED_PART,
    TERMINAL as TERMINAL_PART, part_of,
};
use serde::{Serialize, Serializer};
use std::{fmt, sync::OnceLock};

/// One text for people: a key of the catalogue and what fills its placeholders. Prints as the sentence.
#[derive(Clone)]
pub struct Text {
    key: &'static str,
    part: &'static Part,
    arguments: Vec<(&'static str, String)>,
}

impl Text {
    /// The text under `key` of this part, with its placeholders not filled yet. Use [`text!`](crate::text!)
    /// instead.
    #[inline(never)] // there are nearly 2,000 calls
    pub fn of<const PART: usize>(key: &'static str) -> Self {
        // Of each call one arm is left, and so the program carries that part alone.
        let part = match PART {
            parts::SHARED => &SHARED,
            parts::PANEL => &PANEL,
            parts::TERMINAL => &TERMINAL,
            parts::EARLY => &EARLY,
            _ => &CORE,
        };
        Text { key, part, arguments: Vec::new() }
    }

    /// The text under a key that is not known before the test runs.
    #[cfg(test)]
    pub(crate) fn new(key: &'static str) -> Self {
        match part_of(key) {
            parts::SHARED => Self::of::<{ parts::SHARED }>(key),
            parts::PANEL => Self::of::<{ parts::PANEL }>(key),
            parts::TERMINAL => Self::of::<{ parts::TERMINAL }>(key),
            parts::EARLY => Self::of::<{ parts::EARLY }>(key),
            _ => Self::of::<{ parts::CORE }>(key),
        }
    }

    /// Fills the placeholder `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// The same text with other arguments: those for which `change` gives one, by name and value.
    #[must_use]
    pub fn replacing(&self, change: impl Fn(&str, &str) -> Option<String>) -> Self {
        let replaced = |(name, value): &(&'static str, String)| {
            (*name, change(name, value).unwrap_or_else(|| value.clone()))
        };
        Text { arguments: self.arguments.iter().map(replaced).collect(), ..*self }
    }

    /// The sentence under another key of the same part, with the same arguments.
    #[must_use]
    pub fn under(self, key: &'static str) -> Self {
        Text { key, ..self }
    }

    /// The sentence in pieces, one after the other: its own words, and what fills a placeholder, with its
    /// name.
    pub fn pieces(&self) -> Vec<(Option<&'static str>, &str)> {
        let mut pieces = Vec::new();
        let mut rest = language::translated(self.key).unwrap_or_else(|| self.part.sentence(self.key));
        // Filled values are taken as they are and never searched again: a value that looks like a placeholder
        // stays what it is.
        while let Some((before, name, after)) = next_placeholder(rest) {
            pieces.push((None, before));
            match self.arguments.iter().find(|(known, _)| *known == name) {
                Some((name, value)) => pieces.push((Some(*name), value.as_str())),
                // With its braces.
                None => pieces.push((None, rest.get(before.len()..rest.len() - after.len()).unwrap_or(name))),
            }
            rest = after;
        }
        pieces.push((None, rest));
        pieces
    }

    /// The key in the catalogue; stable, so tests and later translations hold on to it.
    pub fn key(&self) -> &'static str {
        self.key
    }
}

/// A text of the catalogue: `text!("verdict.exact")`, `text!("flaw.not-base64", at = 17)`.
#[macro_export]
macro_rules! text {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::base::catalogue::Text::of::<{ $crate::base::catalogue::part_of($key) }>($key)
            $(.with(stringify!($name), &$value))*
    };
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.arguments == other.arguments
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Text");
        text.field("key", &self.key).field("arguments", &self.arguments).finish()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().into_iter().try_for_each(|(_, piece)| f.write_str(piece))
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The full stop that `said`, somebody else's words at the end of a sentence, needs before the next one; none
/// where it has one.
pub fn stop(said: &str) -> &'static str {
    let words = said.trim_end().trim_end_matches(['"', '\'', '”', '’', '»', ')']);
    if words.ends_with(['.', '!', '?', '…', '。', '！', '？']) {
        return "";
    }
    let key = "sentence.stop";
    language::translated(key).unwrap_or_else(|| CORE.sentence(key))
}

/// A part of the catalogue (`parts.rs`).
struct Part {
    packed: &'static [u8],
    /// The same, where it comes later.
    late: OnceLock<&'static [u8]>,
    pages: OnceLock<Vec<Page>>,
}

#[cfg(not(feature = "wasm"))]
static CORE: Part = Part::new(PACKED_CORE);
#[cfg(feature = "wasm")]
static CORE: Part = Part::new(&[]);
const PACKED_CORE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/en.0.deflated"));
static SHARED: Part = Part::new(include_bytes!(concat!(env!("OUT_DIR"), "/en.1.deflated")));
static PANEL: Part = Part::new(include_bytes!(concat!(env!("OUT_DIR"), "/en.2.deflated")));
static TERMINAL: Part = Part::new(include_bytes!(concat!(env!("OUT_DIR"), "/en.3.deflated")));
static EARLY: Part = Part::new(include_bytes!(concat!(env!("OUT_DIR"), "/en.4.deflated")));

/// Brings the core's texts. In the Wasm only the second part names them, and calls this before all else; the
/// first shows none of them.
#[cfg(feature = "wasm")]
pub(crate) fn bring() {
    let _ = CORE.late.set(PACKED_CORE);
}

impl Part {
    const fn new(packed: &'static [u8]) -> Self {
        Part { packed, late: OnceLock::new(), pages: OnceLock::new() }
    }

    /// The sentence under `key`; the key itself where this part lacks it, which tidy reports.
    fn sentence(&'static self, key: &'static str) -> &'static str {
        let pages = self.pages();
        let at = pages.partition_point(|page| page.first_key <= key.as_bytes()).saturating_sub(1);
        let lines = pages.get(at).map(Page::lines).unwrap_or_default();
        let found = lines.binary_search_by_key(&key, |(key, _)| key).ok();
        found.and_then(|at| lines.get(at)).map_or(key, |(_, sentence)| sentence)
    }

    /// The pages as `build.rs` writes them.
    fn pages(&'static self) -> &'static [Page] {
        let packed = self.late.get().copied().unwrap_or(self.packed);
        if packed.is_empty() {
            return &[];
        }
        self.pages.get_or_init(|| {
            let mut rest = packed;
            let mut next = || {
                let (length, after) = rest.split_first_chunk()?;
                let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
                let (octets, after) = after.split_at_checked(length)?;
                rest = after;
                Some(octets)
            };
            let page =
                |first_key, packed| Page { first_key, packed, text: OnceLock::new(), lines: OnceLock::new() };
            std::iter::from_fn(|| Some(page(next()?, next()?))).collect()
        })
    }
}

/// Some texts of a part, unpacked when one of them is needed first, and kept: unpacking all of it
/// would take a worker that starts longer than all else that it does.
struct Page {
    first_key: &'static [u8],
    packed: &'static [u8],
    text: OnceLock<String>,
    /// The keys in their order, with their sentences.
    lines: OnceLock<Vec<(&'static str, &'static str)>>,
}

impl Page {
    fn lines(&'static self) -> &'static [(&'static str, &'static str)] {
        let text = || String::from_utf8(unpacked(self.packed)).unwrap_or_default();
        self.lines.get_or_init(|| entries(self.text.get_or_init(text)).collect())
    }
}

/// The `key = sentence` lines of a catalogue file; blank lines and lines that start with `#` are left out.
pub(crate) fn entries(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        // A space that breaks no line can be part of a sentence: French quotes have one inside.
        .map(|(key, sentence)| (key.trim(), sentence.trim_ascii()))
}

/// Splits at the first `{name}`.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_the_file_is_found_in_its_page() {
        assert!(CORE.pages().len() > 5);
        for (key, expected) in entries(include_str!("en.txt")) {
            assert_eq!(Text::new(key).part.sentence(key), expected, "{key}");
        }
        for key in ["", "a", "no such key", "ui.no such key", "cli.", "export.", "zzz", "\u{e9}"] {
            assert_eq!(Text::new(key).to_string(), key);
        }
    }

    #[test]
    fn a_text_is_of_the_part_that_its_key_begins_with() {
        for (key, part) in [
            ("ui.list", parts::PANEL),
            ("ui.", parts::PANEL),
            ("ui", parts::CORE),
            ("uix", parts::CORE),
            ("ui.files.not-saved", parts::SHARED),
            ("character.tab", parts::SHARED),
            ("cli.about", parts::TERMINAL),
            ("badge.paused", parts::EARLY),
            ("verdict.exact", parts::CORE),
            ("", parts::CORE),
        ] {
            assert_eq!(part_of(key), part, "{key}");
        }
    }

    #[test]
    fn words_that_end_with_a_stop_get_no_other() {
        for (said, wanted) in [
            ("Unsupported SAML version", "."),
            ("Try again.", ""),
            ("Really?", ""),
            ("Wait…", ""),
            ("He said \"no.\"", ""),
            ("He said \"no\"", "."),
            ("2026-01-01 (UTC)", "."),
            ("再試行してください。 ", ""),
            ("", "."),
        ] {
            assert_eq!(stop(said), wanted, "{said}");
        }
    }

    #[test]
    fn keys_are_unique_and_lines_are_whole() {
        let file = include_str!("en.txt");
        let lines = file.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')).count();
        let unique: std::collections::BTreeSet<_> = entries(file).map(|(key, _)| key).collect();
        assert_eq!(lines, unique.len(), "a line without ' = ' or a key that stands twice");
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_is_not_filled_again() {
        let shown = Text::new("{a} and {b}").with("a", "{b}").with("b", 2);
        assert_eq!(shown.to_string(), "{b} and 2");
    }
}
