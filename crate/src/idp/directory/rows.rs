//! [`Rows`]: the cells of a list in one text, row by row.
//!
//! As texts of their own, the cells of a hundred thousand rows would take several times the room, and most of
//! the time. Leaves out what a cell means, and how it is read.

use crate::base::limits::DIRECTORY_BYTES;
use serde::{Deserialize, Deserializer, de::SeqAccess, de::Visitor};
use std::fmt;

/// The rows of a list. A row may have fewer cells than others, or more.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rows {
    text: String,
    /// The place in the text where each cell ends.
    ends: Vec<u32>,
    /// The number of the cell with which each row begins.
    starts: Vec<u32>,
}

impl Rows {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Octets in memory, nearly.
    pub fn octets(&self) -> usize {
        self.text.len() + 4 * (self.ends.len() + self.starts.len())
    }

    /// The cells of a row; none where there is no such row.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = &str> {
        self.cells(row).map(|cell| self.text(cell))
    }

    /// The cell in this column of a row; empty where there is none.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.cells(row).nth(column).map_or("", |cell| self.text(cell))
    }

    /// The numbers of a row's cells.
    fn cells(&self, row: usize) -> std::ops::Range<usize> {
        let start = |row: usize| self.starts.get(row).map_or(self.ends.len(), |start| *start as usize);
        start(row)..start(row + 1)
    }

    fn text(&self, cell: usize) -> &str {
        let end = |cell: usize| self.ends.get(cell).map_or(0, |end| *end as usize);
        let start = cell.checked_sub(1).map_or(0, end);
        self.text.get(start..end(cell)).unwrap_or_default()
    }

    /// Adds a row. Says whether there was room for it.
    pub fn push<T: AsRef<str>>(&mut self, cells: impl Iterator<Item = T>) -> bool {
        if self.octets() >= DIRECTORY_BYTES {
            return false;
        }
        let (text, ends) = (self.text.len(), self.ends.len());
        for cell in cells {
            if self.octets() + cell.as_ref().len() > DIRECTORY_BYTES {
                self.text.truncate(text);
                self.ends.truncate(ends);
                return false;
            }
            self.text.push_str(cell.as_ref());
            // The budget is far below what 32 bits count.
            self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        }
        self.starts.push(u32::try_from(ends).unwrap_or(u32::MAX));
        true
    }

    /// Adds rows. Gives the number of those for which there was no room.
    pub fn append(&mut self, rows: &Rows) -> usize {
        (0..rows.len()).filter(|row| !self.push(rows.row(*row))).count()
    }
}

/// Cells are of people, and are not for a log.
impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rows[{} rows, {} octets]", self.len(), self.octets())
    }
}

/// A list of rows, each a list of its cells.
impl serde::Serialize for Rows {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.len()).map(|row| self.row(row).collect::<Vec<_>>()))
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Rows;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of rows")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows, A::Error> {
                let mut rows = Rows::default();
                while let Some(row) = list.next_element::<Vec<String>>()? {
                    rows.push(row.iter());
                }
                Ok(rows)
            }
        }
        deserializer.deserialize_seq(List)
    }
}
