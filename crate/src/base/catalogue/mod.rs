//! The message catalogue: every sentence that Samlight shows to a person.
//!
//! The texts are in one file a language (`en.txt`), a line each: `key = sentence with {placeholder}`. Code
//! names a text with [`text!`](crate::text!), so that a sentence is found by its key and a translation is one
//! more file. `cargo xtask tidy` checks that every key that is used exists with exactly its placeholders, and
//! that every key is used. Leaves out: plural forms (the sentences are written so that they need none).

use super::packed::unpacked;
use serde::{Serialize, Serializer};
use std::{fmt, sync::OnceLock};

/// One text for people: a key of the catalogue and what fills its placeholders. Prints as the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    key: &'static str,
    arguments: Vec<(&'static str, String)>,
}

impl Text {
    /// The text under `key`, with its placeholders not filled yet. Use [`text!`](crate::text!) instead.
    pub fn new(key: &'static str) -> Self {
        Text { key, arguments: Vec::new() }
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
        Text { key: self.key, arguments: self.arguments.iter().map(replaced).collect() }
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
        $crate::base::catalogue::Text::new($key)$(.with(stringify!($name), &$value))*
    };
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = sentence(self.key);
        // Filled values are written as they are and never searched again: a value that looks like a
        // placeholder stays what it is.
        while let Some((before, name, after)) = next_placeholder(rest) {
            f.write_str(before)?;
            match self.arguments.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => f.write_str(value)?,
                None => write!(f, "{{{name}}}")?,
            }
            rest = after;
        }
        f.write_str(rest)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The sentence under `key`; the key itself where the catalogue lacks it, which tidy reports.
fn sentence(key: &'static str) -> &'static str {
    let pages = pages();
    let at = pages.partition_point(|page| page.first_key <= key.as_bytes()).saturating_sub(1);
    let lines = pages.get(at).map(Page::lines).unwrap_or_default();
    let found = lines.binary_search_by_key(&key, |(key, _)| key).ok();
    found.and_then(|at| lines.get(at)).map_or(key, |(_, sentence)| sentence)
}

/// A part of the catalogue, unpacked when one of its texts is needed first, and kept: unpacking all of it
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

/// The pages as `build.rs` writes them.
fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let mut rest: &'static [u8] = include_bytes!(concat!(env!("OUT_DIR"), "/en.deflated"));
        let mut part = || {
            let (length, after) = rest.split_first_chunk()?;
            let (part, after) = after.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
            rest = after;
            Some(part)
        };
        let page =
            |first_key, packed| Page { first_key, packed, text: OnceLock::new(), lines: OnceLock::new() };
        std::iter::from_fn(|| Some(page(part()?, part()?))).collect()
    })
}

/// The `key = sentence` lines of a catalogue file; blank lines and lines that start with `#` are left out.
fn entries(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, sentence)| (key.trim(), sentence.trim()))
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
        assert!(pages().len() > 10);
        for (key, expected) in entries(include_str!("en.txt")) {
            assert_eq!(sentence(key), expected, "{key}");
        }
        for key in ["", "a", "no such key", "zzz", "\u{e9}"] {
            assert_eq!(sentence(key), key);
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
        let shown = Text { key: "{a} and {b}", arguments: vec![("a", "{b}".into()), ("b", "2".into())] };
        assert_eq!(shown.to_string(), "{b} and 2");
    }
}
