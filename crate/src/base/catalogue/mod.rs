//! The message catalogue: every sentence that Samlight shows to a person.
//!
//! The texts are in one file a language (`en.txt`), a line each: `key = sentence with {placeholder}`. Code
//! names a text with [`text!`](crate::text!), so that a sentence is found by its key and a translation is one
//! more file. `cargo xtask tidy` checks that every key that is used exists with exactly its placeholders, and
//! that every key is used. Leaves out: plural forms (the sentences are written so that they need none).

use super::packed::unpacked;
use serde::{Serialize, Serializer};
use std::{collections::HashMap, fmt, sync::OnceLock};

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
    static SENTENCES: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    SENTENCES.get_or_init(|| entries(file()).collect()).get(key).copied().unwrap_or(key)
}

/// The catalogue file, unpacked once and kept.
fn file() -> &'static str {
    static FILE: OnceLock<String> = OnceLock::new();
    FILE.get_or_init(|| {
        let octets = unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/en.deflated")));
        String::from_utf8(octets).unwrap_or_default()
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
    fn the_packed_catalogue_is_the_file() {
        assert_eq!(file(), include_str!("en.txt"));
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
