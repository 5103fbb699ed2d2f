//! The objects in the lines of a text that comes in pieces.
//!
//! An object is read where it ends, be it lines later; while its end has not come, the reader waits, and
//! tries again once there is twice as much, so that waiting costs no more than reading. One that is longer
//! than a record may be is gone into, as what holds records: an answer of a search, or a list. Leaves out:
//! which lines need no reading ([`sieve`](super::sieve)).

use super::{
    Fields, RETRIES, Raw, Rest, Take,
    marks::is_marked,
    search,
    sieve::{Skipped, is_blank, is_whole},
};
use crate::{
    base::{characters, counted::stepped, limits::RECORD_BYTES, redact},
    text,
};
use memchr::memchr;
use serde_json::{Deserializer, Value};

/// A text that is read line by line, as far as it has come.
pub(super) struct Lines {
    /// The text that has come and is not read.
    text: String,
    /// Octets before it.
    before: u64,
    /// The number of the line behind the open one.
    number: usize,
    /// The line that is being read.
    open: Option<Open>,
    /// Octets that an object must have before it is tried again.
    again: usize,
    /// The end of what has been looked at, and octets of it that were read in vain.
    looked_at: u64,
    vain: u64,
    /// Records that are known.
    known: usize,
    /// The first object that is gone into because it is longer than a record: its line, where a record would
    /// have ended at the latest, and the number of what was found before it.
    entered: Option<(usize, u64, usize)>,
    layers: usize,
    rest: Rest,
}

/// A line that is being read.
struct Open {
    number: usize,
    /// The place of its first octet in the whole text.
    start: u64,
    /// The part of it that is not read, to its end where that has come.
    from: usize,
    end: Option<usize>,
    is_marked: bool,
    is_searched: bool,
    is_object: bool,
    is_blank: bool,
    is_read: bool,
    is_known: bool,
    /// Whether an object on it is gone into.
    is_entered: bool,
    /// The lines about something else before it.
    others: usize,
    /// The first thing in it that could not be read: the column, and why.
    failed: Option<(u64, String)>,
}

impl Lines {
    pub(super) fn new(layers: usize) -> Self {
        Lines {
            text: String::new(),
            before: 0,
            number: 1,
            open: None,
            again: 0,
            looked_at: 0,
            vain: 0,
            known: 0,
            entered: None,
            layers,
            rest: Rest::default(),
        }
    }

    /// Whether it is within a line, or within an object over several.
    pub(super) fn is_within(&self) -> bool {
        self.open.is_some()
    }

    /// Counts lines that are not read, where it is between two lines.
    pub(super) fn skip(&mut self, skipped: Skipped, octets: usize) {
        self.number += skipped.lines;
        self.before += octets as u64;
        self.looked_at = self.looked_at.max(self.before);
        self.rest.others += skipped.others;
        self.rest.requests += skipped.requests;
    }

    /// Reads more of the text: whole lines, or a part of one that is long.
    pub(super) fn read(&mut self, octets: &[u8], take: Take<'_>) {
        self.text.push_str(&characters::text_of(octets));
        self.go(false, take);
    }

    /// Reads what is left.
    pub(super) fn end(mut self, octets: &[u8], take: Take<'_>) -> Rest {
        self.text.push_str(&characters::text_of(octets));
        self.go(true, take);
        self.leave(u64::MAX);
        self.rest
    }

    /// The octets that are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.text.capacity()
    }

    fn go(&mut self, is_last: bool, take: Take<'_>) {
        let mut at = self.open.as_ref().map_or(0, |open| open.from);
        loop {
            let next = if at < self.text.len() { Some(at) } else { None };
            let Some(mut open) = self.open.take().or_else(|| next.map(|at| self.line(at, is_last))) else {
                break;
            };
            let is_over = self.objects(&mut open, is_last, take);
            at = open.from;
            if is_over {
                self.conclude(open);
            } else {
                self.open = Some(open);
                break;
            }
        }
        // What is read goes, and a long text before it leaves no room behind.
        self.text.drain(..at);
        self.before += at as u64;
        if let Some(open) = &mut self.open {
            open.end = open.end.map(|end| end - at);
            open.from = 0;
        }
        if self.text.is_empty() {
            self.text.shrink_to(RECORD_BYTES);
        }
    }

    fn end_of_line(&self, from: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        memchr(b'\n', rest).map(|length| from + length + 1)
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Opens the line that begins at `from`.
    fn line(&mut self, from: usize, is_last: bool) -> Open {
        let number = self.number;
        self.number += 1;
        let end = self.end_of_line(from);
        let line = self.slice(from, end.unwrap_or(self.text.len()));
        stepped(line.len());
        let octets = line.as_bytes();
        // What of a long line has not come may have one.
        let is_long = line.len() > RECORD_BYTES || (end.is_none() && !is_last);
        let is_marked = is_long || is_marked(octets);
        let open = Open {
            number,
            start: self.place(from),
            from,
            end,
            is_marked,
            // What ends where it began and has no mark is nothing that is looked for.
            is_searched: is_marked || !is_whole(octets),
            is_object: line.trim_start_matches('\u{feff}').starts_with('{'),
            is_blank: !is_long && is_blank(octets),
            is_read: false,
            is_known: false,
            is_entered: false,
            others: self.rest.others,
            failed: None,
        };
        self.look_at(from + line.len());
        open
    }

    fn look_at(&mut self, to: usize) {
        self.looked_at = self.looked_at.max(self.place(to));
    }

    /// The place in the whole text.
    fn place(&self, at: usize) -> u64 {
        self.before + at as u64
    }

    /// Whether more was looked at than was read in vain, by far.
    fn is_rich(&self) -> bool {
        self.vain < self.looked_at.saturating_mul(RETRIES)
    }

    /// Reads the objects on a line; says whether the line is over, or waits for more of it.
    fn objects(&mut self, open: &mut Open, is_last: bool, take: Take<'_>) -> bool {
        loop {
            if open.end.is_none() {
                open.end = self.end_of_line(open.from).or_else(|| is_last.then_some(self.text.len()));
            }
            let stop = open.end.unwrap_or(self.text.len());
            let rest = self.slice(open.from, stop);
            let Some(brace) = rest.find('{').filter(|_| open.is_searched) else {
                open.from = stop;
                return open.end.is_some();
            };
            open.from += brace;
            // Where much was read in vain, none is followed beyond its line.
            let is_rich = self.is_rich();
            let most = open.from.saturating_add(RECORD_BYTES);
            let there = if is_rich { self.text.len() } else { stop };
            let may_wait = !is_last && is_rich && there < most;
            let text = self.slice(open.from, self.text.floor_char_boundary(there.min(most)));
            if may_wait && text.len() < self.again {
                return false;
            }
            match object(text) {
                Err((error, _)) if may_wait && error.is_eof() => {
                    self.again = text.len().saturating_mul(2);
                    return false;
                }
                Ok((fields, length)) => {
                    let raw = &mut Raw::of(self.text.get(open.from..open.from + length).unwrap_or_default());
                    let is_known = search(open.number, &fields, raw, self.layers, &mut self.rest, take);
                    open.is_read = true;
                    open.is_known |= is_known;
                    self.known += usize::from(is_known);
                    open.from += length;
                    self.look_at(open.from);
                    if let Some(end) = open.end.filter(|end| open.from > *end) {
                        self.number += self.slice(end, open.from).matches('\n').count() + 1;
                        open.end = None;
                    }
                }
                Err((error, cost)) => {
                    stepped(cost);
                    let end = open.from + cost.min(text.len());
                    if error.is_eof() && is_rich && there >= most {
                        let until = self.place(most);
                        open.is_entered = true;
                        let found = self.found();
                        self.entered.get_or_insert((open.number, until, found));
                    } else {
                        // One that goes on in later lines is damaged where it begins.
                        let column = if error.line() == 1 { error.column() } else { 1 };
                        let column = self.place(open.from) - open.start + column as u64;
                        open.failed.get_or_insert_with(|| (column, redact::json_error(&error)));
                    }
                    self.look_at(end);
                    open.from += 1;
                    self.vain = self.vain.saturating_add(cost as u64);
                    open.is_searched = self.is_rich();
                }
            }
            self.again = 0;
        }
    }

    fn conclude(&mut self, open: Open) {
        let number = open.number;
        let is_known = open.is_known || open.is_entered;
        let is_one = open.is_marked || open.is_object;
        match open.failed.filter(|_| is_one && !is_known) {
            Some((column, error)) => {
                let problem = text!("log.damaged-line", line = number, column = column, error = error);
                self.rest.problem(problem);
            }
            None if is_known || (open.is_blank && !open.is_read) || self.rest.others > open.others => {}
            None => self.rest.others += 1,
        }
        self.leave(self.place(open.from));
    }

    /// The number of things that were found: records, and hits of a search that are none.
    fn found(&self) -> usize {
        self.known + self.rest.others
    }

    /// Says that nothing was found in an object that was gone into, where `at` is behind it.
    fn leave(&mut self, at: u64) {
        if let Some((line, _, before)) = self.entered.take_if(|(_, until, _)| *until <= at)
            && before == self.found()
        {
            self.rest.problem(text!("log.long-record", line = line, limit = RECORD_BYTES));
        }
    }
}

/// The object that `text` begins with, with its length; or why there is none, and the octets that were read.
fn object(text: &str) -> Result<(Fields, usize), (serde_json::Error, usize)> {
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(Value::Object(fields))) => Ok((fields, values.byte_offset())),
        Some(Err(error)) => {
            let before = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
            let cost = before.sum::<usize>() + error.column();
            Err((error, cost + 1))
        }
        // A text that begins with a brace is one of both.
        Some(Ok(_)) | None => Ok((Fields::new(), 1)),
    }
}
