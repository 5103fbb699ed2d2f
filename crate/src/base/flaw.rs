//! Flaws: what is malformed in one message, and where.
//!
//! Decoders return [`Decoded`]: what could be read *and* the flaws. A bare `Result` would lose one of the
//! two.

use crate::base::catalogue::Text;
use serde::{Deserialize, Serialize};

/// Octets `start..end`, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first octet.
    pub start: usize,
    /// One past the last octet.
    pub end: usize,
}

impl Span {
    /// The octets `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }
}

/// The octets that a flaw's place counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Octets {
    /// The parameter's value (or the file) as it was received.
    Received,
    /// The XML after decoding.
    Xml,
}

/// Something malformed in one message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flaw {
    /// Kebab-case name of the kind of flaw, for programs and tests: `not-base64`, `duplicate-id`.
    pub code: &'static str,
    /// Its place; absent when the flaw has no single place.
    pub at: Option<Span>,
    /// The octets that `at` counts in.
    #[serde(rename = "in")]
    pub octets: Octets,
    /// The problem, for people.
    pub text: Text,
}

impl Flaw {
    /// A flaw at octets `at` of the XML.
    pub fn in_xml(code: &'static str, at: Span, text: Text) -> Self {
        Flaw { code, at: Some(at), octets: Octets::Xml, text }
    }

    /// A flaw at octets `at` of the value as received.
    pub fn in_received(code: &'static str, at: Span, text: Text) -> Self {
        Flaw { code, at: Some(at), octets: Octets::Received, text }
    }
}

/// The readable part of something from outside, and the flaws in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<T> {
    /// The part that could be read; `None` only where nothing at all could.
    pub value: Option<T>,
    /// In the order of their discovery.
    pub flaws: Vec<Flaw>,
}
