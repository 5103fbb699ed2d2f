//! Queries and form bodies as they are written (`application/x-www-form-urlencoded`), with the place of every octet.
//!
//! A detached signature covers the escaped octets, and a flaw has to name the place in what was received: so values
//! stay as they were written and are unescaped octet by octet.

use crate::{
    flaw::{Flaw, Span},
    limits::MESSAGES_PER_REQUEST,
    text,
};
use percent_encoding::percent_decode_str;
use std::ops::Range;

/// One parameter of a query or a form.
pub(super) struct Parameter<'a> {
    /// Unescaped.
    pub(super) name: String,
    pub(super) value: Written<'a>,
}

/// A value as it was received.
pub(super) enum Written<'a> {
    /// As it is.
    Plain(&'a str),
    /// With `%41` for `A` and `+` for a space.
    Escaped(&'a str),
}

/// An octet of a value and where it stands in what was received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Octet {
    pub(super) octet: u8,
    pub(super) at: Span,
    /// A space that stands for a `+` in base64.
    pub(super) is_plus: bool,
}

/// The parameters of `written` in their order.
pub(super) fn parameters(written: &str) -> Vec<Parameter<'_>> {
    let pairs = written.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Parameter { name: unescaped(name), value: Written::Escaped(value) }
        })
        .collect()
}

/// The flaw of a parameter that stands there twice.
pub(super) fn duplicate(parameter: &Parameter<'_>) -> Flaw {
    let at = Span::new(0, parameter.value.as_received().len());
    Flaw::in_received("duplicate-parameter", at, text!("flaw.duplicate-parameter", name = parameter.name))
}

/// The flaw of the last parameter that is read of `count`.
pub(super) fn too_many(parameter: &Parameter<'_>, count: usize) -> Flaw {
    let at = Span::new(0, parameter.value.as_received().len());
    let text = text!("flaw.too-many-messages", count = count, limit = MESSAGES_PER_REQUEST);
    Flaw::in_received("too-many-messages", at, text)
}

/// The flaw of a value with nothing in it.
pub(super) fn empty(written: &Written<'_>) -> Flaw {
    Flaw::in_received("empty", Span::new(0, written.as_received().len()), text!("flaw.empty"))
}

impl Written<'_> {
    /// The value exactly as it was received.
    pub(super) fn as_received(&self) -> &str {
        match self {
            Written::Plain(value) | Written::Escaped(value) => value,
        }
    }

    /// The value without escapes; octets that are not UTF-8 become U+FFFD.
    pub(super) fn unescaped(&self) -> String {
        match self {
            Written::Plain(value) => (*value).to_owned(),
            Written::Escaped(value) => unescaped(value),
        }
    }

    /// The octets without escapes, each with its place.
    pub(super) fn octets(&self) -> impl Iterator<Item = Octet> {
        let (received, escaped, plus_within) = match self {
            Written::Plain(value) => (value.as_bytes(), false, lost_plus_signs(value)),
            Written::Escaped(value) => (value.as_bytes(), true, 0..0),
        };
        let mut start = 0;
        std::iter::from_fn(move || {
            let rest = received.get(start..)?;
            let (octet, length) = match *rest {
                [b'%', high, low, ..] if escaped => match (hex(high), hex(low)) {
                    (Some(high), Some(low)) => (high << 4 | low, 3),
                    _ => (b'%', 1),
                },
                [b'+', ..] if escaped => (b' ', 1),
                [octet, ..] => (octet, 1),
                [] => return None,
            };
            let at = Span::new(start, start + length);
            start = at.end;
            let is_plus = octet == b' ' && (rest.starts_with(b"+") || plus_within.contains(&at.start));
            Some(Octet { octet, at, is_plus })
        })
    }
}

/// Where in base64 text spaces stand for `+`: a form that was not escaped loses them. Folded text has its spaces (or
/// line breaks) at regular places.
fn lost_plus_signs(base64: &str) -> Range<usize> {
    let inner = base64.trim_ascii();
    let mut words: Vec<&str> = inner.split(' ').collect();
    words.pop();
    let width = words.first().map_or(0, |word| word.len());
    let folded = width > 0 && width.is_multiple_of(4) && words.iter().all(|word| word.len() == width);
    if words.is_empty() || folded || inner.contains(['\n', '\r', '\t']) {
        return 0..0;
    }
    let start = base64.len() - base64.trim_ascii_start().len();
    start..start + inner.len()
}

fn unescaped(written: &str) -> String {
    percent_decode_str(&written.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
