//! Files that people have: what a file is gets detected from its content.
//!
//! A format is one row of [`FORMATS`] and one file.

mod raw_message;

use crate::{binding::Carried, limits::LIMITS};

/// One format of files.
pub struct Format {
    /// Kebab-case name.
    pub id: &'static str,
    /// Whether `content` is in this format.
    pub recognises: fn(content: &[u8]) -> bool,
    /// The messages in it, at least one.
    pub read: fn(content: &[u8]) -> Vec<Carried>,
}

/// The formats, in the order in which they are tried.
pub const FORMATS: [Format; 5] = raw_message::FORMATS;

/// The format of `content`, if it is known.
pub fn detect(content: &[u8]) -> Option<&'static Format> {
    static ROWS: [Format; FORMATS.len()] = FORMATS;
    let content = content.get(..LIMITS.parameter_bytes).unwrap_or(content);
    ROWS.iter().find(|format| (format.recognises)(content))
}

/// The messages in `content`. Where there is none, one that says so with a flaw.
pub fn read(content: &[u8]) -> Vec<Carried> {
    let carried = detect(content).map(|format| (format.read)(content)).unwrap_or_default();
    if carried.is_empty() { vec![raw_message::unrecognised(content)] } else { carried }
}

#[cfg(test)]
mod tests;
