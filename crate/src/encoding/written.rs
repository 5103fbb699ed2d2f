//! A parameter's value as it was received and the escapes that it is written in, with the place of every
//! octet.
//!
//! A detached signature covers the escaped octets, and a flaw has to name the place in what was received: so
//! values stay as they were written. Escapes are taken off in one pass each, in place, and beside each octet
//! stays how many received ones it stands for. Escapes that should not be there (a value that was URL-encoded
//! twice, or copied out of HTML source) are taken off with a flaw each.

use super::{base64::is_digit, escape::Escape};
use crate::{
    base::{
        characters,
        counted::stepped,
        flaw::{Flaw, Span},
    },
    text,
};
use percent_encoding::percent_decode_str;
use std::{borrow::Cow, mem, ops::Range};

/// A value as it was received.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    received: &'a str,
    /// Whether it is written in the escapes of a form.
    is_form: bool,
}

/// A value without its escapes.
pub(crate) struct Plain<'a> {
    received: &'a str,
    is_form: bool,
    octets: Cow<'a, [u8]>,
    /// The number of received octets that each octet stands for: [`MANY`], or 0 for the same ones as the
    /// octet before. Empty while each stands for itself.
    lengths: Vec<u8>,
    /// The numbers that do not fit there, with the index of the octet, in order.
    long: Vec<(usize, usize)>,
    /// The range of what was received in which spaces stand for `+`.
    plus_within: Range<usize>,
}

/// A length that stands in the list of long ones.
const MANY: u8 = u8::MAX;

/// The number of escapes that are taken off though they should not be there.
const NEEDLESS_MAX: usize = 3;

impl<'a> Written<'a> {
    /// A value without escapes.
    pub(crate) fn plain(received: &'a str) -> Self {
        Written { received, is_form: false }
    }

    /// A value of a query or of the body of a form: `%41` for `A` and `+` for a space.
    pub(crate) fn escaped(received: &'a str) -> Self {
        Written { received, is_form: true }
    }

    /// The value exactly as it was received.
    pub(crate) fn as_received(self) -> &'a str {
        self.received
    }

    /// All of what was received.
    pub(crate) fn whole(self) -> Span {
        Span::new(0, self.received.len())
    }

    /// The value without escapes; octets that are not UTF-8 become U+FFFD.
    pub(crate) fn unescaped(self) -> String {
        match self.at_once() {
            Some(octets) => characters::text_of(&octets).into_owned(),
            None => characters::text_of(&self.read().octets).into_owned(),
        }
    }

    /// The octets without escapes, where they can be had without the place of each: where there are none, or
    /// those of a query in which no plus sign stands for a space.
    pub(crate) fn at_once(self) -> Option<Cow<'a, [u8]>> {
        stepped(self.received.len());
        match self.is_form {
            false => Some(Cow::Borrowed(self.received.as_bytes())),
            true if self.received.contains('+') => None,
            true => Some(percent_decode_str(self.received).into()),
        }
    }

    /// The value without its own escapes.
    pub(crate) fn read(self) -> Plain<'a> {
        let Written { received, is_form } = self;
        let octets = Cow::Borrowed(received.as_bytes());
        let mut plain =
            Plain { received, is_form, octets, lengths: Vec::new(), long: Vec::new(), plus_within: 0..0 };
        if is_form {
            plain.unescape(Escape::Form);
        }
        plain.plus_within = plain.lost_plus_signs();
        plain
    }
}

impl<'a> Plain<'a> {
    /// The octets.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The same, for somebody who keeps no more than `octets_max` of them.
    pub(crate) fn into_octets(self, octets_max: usize) -> Vec<u8> {
        match self.octets {
            Cow::Borrowed(octets) => octets.get(..octets_max).unwrap_or(octets).to_vec(),
            Cow::Owned(mut octets) => {
                octets.truncate(octets_max);
                octets
            }
        }
    }

    /// All of what was received.
    pub(crate) fn whole(&self) -> Span {
        Span::new(0, self.received.len())
    }

    /// The places of the octets, from the first one on.
    pub(crate) fn places(&self) -> Places<'_> {
        let has_plus = !self.plus_within.is_empty() || (self.is_form && self.received.contains('+'));
        Places { plain: self, next: 0, at: Span::default(), has_plus }
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
            self.unescape(escape);
            self.plus_within = self.lost_plus_signs();
        }
        self
    }

    /// The first character that is not of base64, where an escape starts with it.
    fn needless_escape(&self) -> Option<(Escape, Span)> {
        let of_base64 = |octet: &u8| {
            is_digit(*octet) || octet.is_ascii_whitespace() || matches!(octet, b'=' | b'-' | b'_')
        };
        let start = self.octets.iter().position(|octet| !of_base64(octet));
        stepped(start.unwrap_or(self.octets.len()));
        let start = start?;
        let (first, behind) = self.octets[start..].split_first()?;
        let read = |escape: Escape| Some((escape, escape.read(*first, behind)?));
        let (escape, read) = read(Escape::Percent).or_else(|| read(Escape::Reference))?;
        let mut places = self.places();
        Some((escape, Span::new(places.at(start).start, places.at(start + read.used).end)))
    }

    /// Takes one escape off.
    fn unescape(&mut self, escape: Escape) {
        stepped(self.octets.len());
        if !self.octets.iter().any(|octet| escape.starts_with(*octet)) {
            return;
        }
        let mut octets = mem::take(&mut self.octets).into_owned();
        if self.lengths.is_empty() {
            self.lengths = vec![1; octets.len()];
        }
        let long = mem::take(&mut self.long);
        // What was read is written over: an escape is no shorter than what it stands for.
        let (mut read, mut written) = (0, 0);
        while read < octets.len() {
            let run = octets[read..].iter().position(|octet| escape.starts_with(*octet));
            let run = run.unwrap_or(octets.len() - read);
            self.keep(&mut octets, &long, read..read + run, written);
            (read, written) = (read + run, written + run);
            let Some((first, behind)) = octets[read..].split_first() else { break };
            let Some(unescaped) = escape.read(*first, behind) else {
                self.keep(&mut octets, &long, read..read + 1, written);
                (read, written) = (read + 1, written + 1);
                continue;
            };
            let used = read..read + 1 + unescaped.used;
            let length = used.clone().map(|index| length(&self.lengths, &long, index)).sum::<usize>();
            read = used.end;
            for (count, octet) in unescaped.octets().iter().enumerate() {
                octets[written] = *octet;
                self.lengths[written] = match u8::try_from(length) {
                    _ if count > 0 => 0,
                    Ok(length) if length < MANY => length,
                    _ => {
                        self.long.push((written, length));
                        MANY
                    }
                };
                written += 1;
            }
        }
        octets.truncate(written);
        self.lengths.truncate(written);
        self.octets = Cow::Owned(octets);
    }

    /// Moves octets that are no escape to where they are written, with their lengths.
    fn keep(&mut self, octets: &mut [u8], long: &[(usize, usize)], range: Range<usize>, to: usize) {
        if range.start == to && long.is_empty() {
            return;
        }
        if !long.is_empty() {
            let first = long.partition_point(|(index, _)| *index < range.start);
            let moved = long[first..].iter().take_while(|(index, _)| *index < range.end);
            self.long.extend(moved.map(|(index, length)| (index - range.start + to, *length)));
        }
        octets.copy_within(range.clone(), to);
        self.lengths.copy_within(range, to);
    }

    /// The range where spaces stand for `+`: a form that was not escaped loses them. Folded base64 has its
    /// spaces (or line breaks) at regular places.
    fn lost_plus_signs(&self) -> Range<usize> {
        let octets = &*self.octets;
        stepped(octets.len());
        // Nearly no value has a space, and looking for one octet is quick.
        if !octets.contains(&b' ') {
            return 0..0;
        }
        let mut places = self.places();
        let is_space = |(index, octet): (usize, &u8)| *octet == b' ' && !places.is_plus(index);
        if !octets.iter().enumerate().any(is_space) {
            return 0..0;
        }
        let inner = octets.trim_ascii();
        let Some(last) = inner.iter().rposition(|octet| *octet == b' ') else { return 0..0 };
        let mut words = inner[..last].split(|octet| *octet == b' ').map(<[u8]>::len);
        let width = words.next().unwrap_or(0);
        let is_folded = width > 0 && width.is_multiple_of(4) && words.all(|word| word == width);
        if is_folded || inner.iter().any(|octet| b"\n\r\t".contains(octet)) {
            return 0..0;
        }
        let start = octets.len() - octets.trim_ascii_start().len();
        let mut places = self.places();
        places.at(start).start..places.at(start + inner.len() - 1).end
    }
}

/// The number of received octets that the octet at `index` stands for.
fn length(lengths: &[u8], long: &[(usize, usize)], index: usize) -> usize {
    match lengths.get(index) {
        None => 1,
        Some(&MANY) => {
            let place = long.binary_search_by_key(&index, |(index, _)| *index).ok();
            place.and_then(|place| long.get(place)).map_or(0, |(_, length)| *length)
        }
        Some(length) => usize::from(*length),
    }
}

/// The places of octets in what was received, asked for from the first to the last.
pub(crate) struct Places<'p> {
    plain: &'p Plain<'p>,
    /// The index of the first octet that was not passed.
    next: usize,
    /// The place of the octet before it.
    at: Span,
    has_plus: bool,
}

impl Places<'_> {
    /// The place of the octet at `index`, which is none before the last one that was asked for.
    pub(crate) fn at(&mut self, index: usize) -> Span {
        let Plain { lengths, long, .. } = self.plain;
        if lengths.is_empty() {
            return Span::new(index, index + 1);
        }
        stepped((index + 1).saturating_sub(self.next));
        while self.next <= index {
            let length = length(lengths, long, self.next);
            if length > 0 {
                self.at = Span::new(self.at.end, self.at.end + length);
            }
            self.next += 1;
        }
        self.at
    }

    /// Whether the octet at `index` is a space that stands for a `+` in base64.
    pub(crate) fn is_plus(&mut self, index: usize) -> bool {
        if !self.has_plus || self.plain.octets.get(index) != Some(&b' ') {
            return false;
        }
        let start = self.at(index).start;
        let is_written_plus = || self.plain.received.as_bytes().get(start) == Some(&b'+');
        self.plain.plus_within.contains(&start) || (self.plain.is_form && is_written_plus())
    }
}

#[cfg(test)]
mod tests;
