//! A table (RFC 4180; `;`, tabs and `|` too) that comes in pieces: a record a row, by the names in its head.
//!
//! Own code, since a CSV reader of a library weighs more than these lines. Leaves out: the type of a cell,
//! for all are texts.

use super::{HEAD, NAME, Raw, Rest, Take, is_column, search};
use crate::{
    base::{characters, counted::stepped, limits::RECORD_BYTES},
    text,
};
use serde_json::{Map, Value};

/// A table, as far as it has come.
pub(super) struct Table {
    names: Vec<String>,
    delimiter: char,
    /// The text that has come and is not read.
    text: String,
    /// The number of its first line.
    number: usize,
    /// Octets that the row must have before its end is looked for again.
    again: usize,
    layers: usize,
    rest: Rest,
}

impl Table {
    /// The table whose head is among the first lines of `text`, and the lines up to there; nothing where
    /// there is none.
    pub(super) fn of(text: &str, layers: usize) -> Option<(Self, usize)> {
        let heads = (1..=HEAD).zip(text.split_inclusive('\n'));
        let of = |(count, line): (usize, &str)| {
            let delimiters = [',', ';', '\t', '|'].into_iter();
            let names = delimiters.map(|delimiter| (cells(line, delimiter).0, delimiter, count));
            names.into_iter().find(|(names, ..)| names.iter().filter(|name| is_column(name)).count() > 1)
        };
        let (names, delimiter, count) =
            heads.filter(|(_, line)| !line.trim_start().starts_with(['{', '['])).find_map(of)?;
        let (text, rest) = (String::new(), Rest::default());
        Some((Table { names, delimiter, text, number: count + 1, again: 0, layers, rest }, count))
    }

    /// Reads more of the text.
    pub(super) fn read(&mut self, octets: &[u8], take: Take<'_>) {
        self.text.push_str(&characters::text_of(octets));
        self.rows(false, take);
    }

    /// Reads what is left.
    pub(super) fn end(mut self, octets: &[u8], take: Take<'_>) -> Rest {
        self.text.push_str(&characters::text_of(octets));
        self.rows(true, take);
        self.rest
    }

    /// The octets that are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.text.capacity()
    }

    fn rows(&mut self, is_last: bool, take: Take<'_>) {
        let mut at = 0;
        while let Some(row) = self.text.get(at..).filter(|row| !row.is_empty()) {
            if !is_last && row.len() < self.again {
                break;
            }
            let start = row.get(..row.floor_char_boundary(RECORD_BYTES)).unwrap_or(row);
            let (cells, length) = cells(start, self.delimiter);
            let is_long = length.is_none() && start.len() < row.len();
            if length.is_none() && !is_long && !is_last {
                self.again = row.len().saturating_mul(2).min(RECORD_BYTES + 1);
                break;
            }
            // Of a quote that does not end, the next line may be another row.
            let end = length.or_else(|| start.rfind('\n').filter(|_| is_long).map(|at| at + 1));
            let raw = start.get(..end.unwrap_or(start.len())).unwrap_or_default();
            stepped(raw.len());
            let is_filled =
                |name: &str, cell: &str| name.len() <= NAME && !["", "-", "(empty)"].contains(&cell);
            let filled = self.names.iter().zip(cells).filter(|(name, cell)| is_filled(name, cell));
            let fields: Map<String, Value> = filled.map(|(name, cell)| (name.clone(), cell.into())).collect();
            let (number, rest) = (self.number, &mut self.rest);
            if is_long {
                rest.problem(text!("log.line-too-long", line = number, bytes = raw.len()));
            } else {
                let is_known =
                    !fields.is_empty() && search(number, &fields, &mut Raw::of(raw), self.layers, rest, take);
                rest.others +=
                    usize::from(!is_known && !raw.trim_matches(['|', '-', ' ', '\r', '\n']).is_empty());
            }
            self.number += raw.matches('\n').count().max(1);
            self.again = 0;
            at += raw.len();
        }
        self.text.drain(..at);
    }
}

/// The cells of the row that `text` begins with, and its length with its end; without a length where that has
/// not come.
fn cells(text: &str, delimiter: char) -> (Vec<String>, Option<usize>) {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.char_indices().peekable();
    let mut length = None;
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if is_quoted && chars.next_if(|(_, next)| *next == '"').is_some() => cell.push('"'),
            '"' if is_quoted || cell.is_empty() => is_quoted = !is_quoted,
            ' ' if !is_quoted && cell.is_empty() => {}
            '\n' if !is_quoted => {
                length = Some(at + 1);
                break;
            }
            _ if c == delimiter && !is_quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            _ => cell.push(c),
        }
    }
    cells.push(cell.trim().to_owned());
    (cells, length)
}
