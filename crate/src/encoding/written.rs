//! A parameter's value as it was received and the escapes that it is written in, with the place of every
//! octet.
//!
//! A detached signature covers the escaped octets, and a flaw has to name the place in what was received: so
//! values stay as they were written and are unescaped octet by octet. Escapes that should not be there (a
//! value that was URL-encoded twice, or copied out of HTML source) are taken off with a flaw each.

use crate::{
    base::{
        characters,
        flaw::{Flaw, Span},
    },
    text,
};
use percent_encoding::percent_decode_str;
use std::{borrow::Cow, collections::VecDeque, ops::Range};

use super::escape::Escape;

/// A value as it was received.
#[derive(Clone)]
pub(crate) struct Written<'a> {
    received: &'a str,
    /// From the outermost to the innermost.
    escapes: Vec<Escape>,
    /// The range of what was received in which spaces stand for `+`.
    plus_within: Range<usize>,
}

/// An octet of a value and where it stands in what was received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Octet {
    pub(crate) octet: u8,
    pub(crate) at: Span,
    /// A space that stands for a `+` in base64.
    pub(crate) is_plus: bool,
}

/// The number of escapes that are taken off though they should not be there.
const NEEDLESS_MAX: usize = 3;

impl<'a> Written<'a> {
    /// A value without escapes.
    pub(crate) fn plain(received: &'a str) -> Self {
        Written::new(received, Vec::new())
    }

    /// A value of a query or of the body of a form: `%41` for `A` and `+` for a space.
    pub(crate) fn escaped(received: &'a str) -> Self {
        Written::new(received, vec![Escape::Form])
    }

    fn new(received: &'a str, escapes: Vec<Escape>) -> Self {
        let mut written = Written { received, escapes, plus_within: 0..0 };
        written.plus_within = written.lost_plus_signs();
        written
    }

    /// The value exactly as it was received.
    pub(crate) fn as_received(&self) -> &'a str {
        self.received
    }

    /// All of what was received.
    pub(crate) fn whole(&self) -> Span {
        Span::new(0, self.received.len())
    }

    /// The value without escapes; octets that are not UTF-8 become U+FFFD.
    pub(crate) fn unescaped(&self) -> String {
        let octets: Vec<u8> = self.octets().map(|octet| octet.octet).collect();
        characters::text_of(&octets).into_owned()
    }

    /// The octets without escapes, where they can be had without looking at each: where there are none, or
    /// those of a query in which no plus sign stands for a space.
    pub(crate) fn at_once(&self) -> Option<Cow<'a, [u8]>> {
        if !self.plus_within.is_empty() {
            return None;
        }
        match self.escapes.as_slice() {
            [] => Some(Cow::Borrowed(self.received.as_bytes())),
            [Escape::Form] if self.received.contains('+') => None,
            [Escape::Form | Escape::Percent] => Some(percent_decode_str(self.received).into()),
            _ => None,
        }
    }

    /// The octets without escapes, each with its place.
    pub(crate) fn octets(&self) -> Box<dyn Iterator<Item = Octet> + '_> {
        let received = self.received.bytes().enumerate();
        let plain: Box<dyn Iterator<Item = Octet>> = Box::new(received.map(|(start, octet)| {
            crate::base::counted::stepped(1);
            Octet { octet, at: Span::new(start, start + 1), is_plus: false }
        }));
        let unescaped = self.escapes.iter().fold(plain, |inner, escape| {
            Box::new(Unescaping { inner, escape: *escape, ahead: VecDeque::new(), made: VecDeque::new() })
        });
        if self.plus_within.is_empty() {
            return unescaped;
        }
        Box::new(unescaped.map(|octet| Octet {
            is_plus: octet.is_plus || (octet.octet == b' ' && self.plus_within.contains(&octet.at.start)),
            ..octet
        }))
    }

    /// The same value without the escapes that base64 needs none of.
    pub(crate) fn without_needless_escapes(mut self, flaws: &mut Vec<Flaw>) -> Self {
        for _ in 0..NEEDLESS_MAX {
            let Some((escape, at)) = self.needless_escape() else { break };
            flaws.push(Flaw::in_received(
                escape.code(),
                at,
                match escape {
                    Escape::Reference => text!("flaw.html-escaped", at = at.start),
                    Escape::Percent | Escape::Form => text!("flaw.escaped-again", at = at.start),
                },
            ));
            self.escapes.push(escape);
            self.plus_within = self.lost_plus_signs();
        }
        self
    }

    /// The first character that is not of base64, where an escape starts with it.
    fn needless_escape(&self) -> Option<(Escape, Span)> {
        crate::base::counted::stepped(self.received.len());
        // Without the octets that escapes begin with, there is none: the value need not be gone through.
        if !self.received.bytes().any(|octet| b"%&".contains(&octet)) {
            return None;
        }
        let of_base64 = |octet: u8| {
            octet.is_ascii_alphanumeric() || octet.is_ascii_whitespace() || b"+/=-_".contains(&octet)
        };
        let ahead: Vec<Octet> =
            self.octets().skip_while(|octet| of_base64(octet.octet)).take(1 + Escape::LONGEST).collect();
        let (first, behind) = ahead.split_first()?;
        let octets: Vec<u8> = behind.iter().map(|octet| octet.octet).collect();
        [Escape::Percent, Escape::Reference].into_iter().find_map(|escape| {
            let read = escape.read(first.octet, &octets)?;
            Some((escape, Span::new(first.at.start, behind.get(read.used.checked_sub(1)?)?.at.end)))
        })
    }

    /// The range where spaces stand for `+`: a form that was not escaped loses them. Folded base64 has its
    /// spaces (or line breaks) at regular places.
    fn lost_plus_signs(&self) -> Range<usize> {
        crate::base::counted::stepped(self.received.len());
        // A space is one, or is written as an escape.
        let has_space = match self.escapes.as_slice() {
            [] => self.received.contains(' '),
            [Escape::Form | Escape::Percent] => self.received.contains(' ') || self.received.contains("%20"),
            _ => self.received.contains([' ', '+', '%', '&']),
        };
        if !has_space {
            return 0..0;
        }
        if !self.octets().any(|octet| octet.octet == b' ' && !octet.is_plus) {
            return 0..0;
        }
        let octets: Vec<u8> = self.octets().map(|octet| octet.octet).collect();
        let inner = octets.trim_ascii();
        let mut words: Vec<&[u8]> = inner.split(|octet| *octet == b' ').collect();
        words.pop();
        let width = words.first().map_or(0, |word| word.len());
        let folded = width > 0 && width.is_multiple_of(4) && words.iter().all(|word| word.len() == width);
        if words.is_empty() || folded || inner.iter().any(|octet| b"\n\r\t".contains(octet)) {
            return 0..0;
        }
        let start = octets.len() - octets.trim_ascii_start().len();
        let mut places = self.octets().skip(start).take(inner.len()).map(|octet| octet.at);
        let first = places.next().map_or(0, |at| at.start);
        first..places.last().map_or(first, |at| at.end)
    }
}

/// Takes one escape off.
struct Unescaping<I> {
    inner: I,
    escape: Escape,
    /// Octets that were looked at and are not given yet.
    ahead: VecDeque<Octet>,
    /// Octets of an escape that stands for several.
    made: VecDeque<Octet>,
}

impl<I: Iterator<Item = Octet>> Iterator for Unescaping<I> {
    type Item = Octet;

    fn next(&mut self) -> Option<Octet> {
        if let Some(made) = self.made.pop_front() {
            return Some(made);
        }
        let first = self.ahead.pop_front().or_else(|| self.inner.next())?;
        if !self.escape.starts_with(first.octet) {
            return Some(first);
        }
        let missing = Escape::LONGEST.saturating_sub(self.ahead.len());
        self.ahead.extend(self.inner.by_ref().take(missing));
        let behind: Vec<u8> = self.ahead.iter().map(|octet| octet.octet).collect();
        crate::base::counted::stepped(behind.len());
        let Some(read) = self.escape.read(first.octet, &behind) else { return Some(first) };
        let end = self.ahead.drain(..read.used).next_back().map_or(first.at.end, |last| last.at.end);
        let at = Span::new(first.at.start, end);
        let is_plus = self.escape == Escape::Form && first.octet == b'+';
        self.made.extend(read.octets.iter().map(|octet| Octet { octet: *octet, at, is_plus }));
        self.made.pop_front()
    }
}
