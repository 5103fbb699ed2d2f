//! A text that comes in pieces, cut anywhere: its records, as if it had come at once.
//!
//! What comes is cut at the ends of lines, and the lines that can say something go to the reader of objects
//! or of a table. Never held is more than the line, the object or the row that is being read, up to what a
//! record may have ([`RECORD_BYTES`]); one law of the tests says that no cut changes anything. Leaves out:
//! the encoding of the text ([`encoding::text`](crate::encoding::text)).

use super::{
    HEAD, LAYERS, Rest, Take,
    lines::Lines,
    sieve::{Sieve, Sifted, Stretch},
    table::Table,
};
use crate::base::{characters, limits::RECORD_BYTES};
use memchr::{memchr, memchr_iter, memrchr};
use std::mem::take as taken;

/// Octets of what comes that are looked at at once.
const PIECE: usize = 64 * 1024;

/// A text, as far as it has come.
pub(in crate::scim) struct Stream {
    sieve: Sieve,
    kind: Kind,
    /// The line whose end has not come; the first lines, as long as they may be those of a table.
    line: Vec<u8>,
    layers: usize,
    #[cfg(test)]
    pub(super) held: usize,
}

/// The kind of a text.
enum Kind {
    Unknown,
    Lines(Lines),
    Table(Table),
}

impl Stream {
    /// A text of which nothing has come. Lines for which `sieve` says so count as requests, unread.
    pub(in crate::scim) fn new(sieve: Sieve) -> Self {
        Stream::within(sieve, LAYERS)
    }

    pub(super) fn within(sieve: Sieve, layers: usize) -> Self {
        Stream {
            sieve,
            kind: Kind::Unknown,
            line: Vec::new(),
            layers,
            #[cfg(test)]
            held: 0,
        }
    }

    /// Reads more of the text, in UTF-8, cut anywhere.
    pub(in crate::scim) fn read(&mut self, octets: &[u8], take: Take<'_>) {
        for piece in octets.chunks(PIECE) {
            self.piece(piece, take);
            #[cfg(test)]
            self.count_held();
        }
    }

    /// Reads more of the text: `block`, which begins where a line begins and ends where one ends, and was
    /// sifted by the same search.
    pub(in crate::scim) fn read_sifted(&mut self, block: &[u8], sifted: &Sifted, take: Take<'_>) {
        match &mut self.kind {
            Kind::Lines(lines) if self.line.is_empty() && !lines.is_within() => {
                read_stretches(lines, block, sifted, take);
            }
            _ => self.read(block, take),
        }
    }

    /// Reads what is left, and gives what is not in records.
    pub(in crate::scim) fn end(mut self, take: Take<'_>) -> Rest {
        if matches!(self.kind, Kind::Unknown) {
            self.decide(take);
        }
        match self.kind {
            Kind::Unknown => Rest::default(),
            Kind::Lines(lines) => lines.end(&self.line, take),
            Kind::Table(table) => table.end(&self.line, take),
        }
    }

    fn piece(&mut self, mut piece: &[u8], take: Take<'_>) {
        if matches!(self.kind, Kind::Unknown) {
            self.line.extend_from_slice(piece);
            let is_there = memchr_iter(b'\n', &self.line).nth(HEAD - 1).is_some();
            if is_there || self.line.len() > RECORD_BYTES {
                self.decide(take);
            }
            return;
        }
        if !self.line.is_empty() {
            let end = memchr(b'\n', piece).map_or(piece.len(), |at| at + 1);
            let (more, rest) = piece.split_at(end);
            self.line.extend_from_slice(more);
            piece = rest;
            if self.line.ends_with(b"\n") {
                let mut line = taken(&mut self.line);
                self.lines(&line, take);
                line.clear();
                line.shrink_to(PIECE);
                self.line = line;
            }
        }
        let (lines, more) = piece.split_at(memrchr(b'\n', piece).map_or(0, |at| at + 1));
        self.lines(lines, take);
        self.line.extend_from_slice(more);
        if self.line.len() > RECORD_BYTES {
            self.part(take);
        }
    }

    /// Decides by the first lines what the text is, and reads them.
    fn decide(&mut self, take: Take<'_>) {
        let first = taken(&mut self.line);
        let head = memchr_iter(b'\n', &first).nth(HEAD - 1).map_or(first.len(), |at| at + 1);
        let head = first.get(..head.min(RECORD_BYTES)).unwrap_or(&first);
        let table = Table::of(&characters::text_of(head), self.layers);
        let end_of =
            |count: usize| memchr_iter(b'\n', &first).nth(count - 1).map_or(first.len(), |at| at + 1);
        let (kind, at) = match table {
            Some((table, count)) => (Kind::Table(table), end_of(count)),
            None => (Kind::Lines(Lines::new(self.layers)), 0),
        };
        self.kind = kind;
        self.read(first.get(at..).unwrap_or_default(), take);
    }

    /// Reads whole lines.
    fn lines(&mut self, octets: &[u8], take: Take<'_>) {
        match &mut self.kind {
            Kind::Unknown => {}
            Kind::Table(table) => table.read(octets, take),
            Kind::Lines(lines) if lines.is_within() => lines.read(octets, take),
            Kind::Lines(lines) => read_stretches(lines, octets, &self.sieve.sift(octets), take),
        }
    }

    /// Reads a part of a line that is long, up to where a letter ends.
    fn part(&mut self, take: Take<'_>) {
        let whole = match std::str::from_utf8(&self.line) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.line.len(),
        };
        let rest = self.line.split_off(whole);
        let line = std::mem::replace(&mut self.line, rest);
        match &mut self.kind {
            Kind::Unknown => {}
            Kind::Table(table) => table.read(&line, take),
            Kind::Lines(lines) => lines.read(&line, take),
        }
    }

    #[cfg(test)]
    fn count_held(&mut self) {
        let held = match &self.kind {
            Kind::Unknown => 0,
            Kind::Lines(lines) => lines.held(),
            Kind::Table(table) => table.held(),
        };
        self.held = self.held.max(held + self.line.capacity());
    }
}

/// Reads the lines of a block that can say something, and counts the others.
fn read_stretches(lines: &mut Lines, block: &[u8], sifted: &Sifted, take: Take<'_>) {
    for Stretch { range, skipped } in &sifted.0 {
        match skipped {
            // What goes on in the next lines is followed there.
            _ if lines.is_within() => {
                return lines.read(block.get(range.start..).unwrap_or_default(), take);
            }
            Some(skipped) => lines.skip(*skipped, range.len()),
            None => lines.read(block.get(range.clone()).unwrap_or_default(), take),
        }
    }
}
