//! [`ListReading`]: an identity provider's list of people that an own page reads, in pieces, and hands on to
//! where the group is, in calls of a bounded number of rows each.
//!
//! A list is no log: its columns are known when it is whole. So it is held until then, and no more of it than
//! [`DIRECTORY_BYTES`]. The page's worker does all of it, and the page itself only passes the calls on.
//! Leaves out: what is made of the list ([`crate::group::check::GroupCheck`]).

use super::protocol::{GroupCall, ListCall, OwnCall};
use crate::{
    base::{catalogue::Text, limits::DIRECTORY_BYTES},
    file,
    group::check::NewList,
    idp::directory::{Directory, Rows},
    text,
};

/// A list of people that is being read or handed on.
#[derive(Debug, Default)]
pub struct ListReading {
    name: String,
    content: Vec<u8>,
    /// Octets of it that are read at most.
    most: usize,
    /// There is more of it than is read.
    is_too_large: bool,
    /// Once it is read.
    directory: Directory,
    next: Next,
}

/// The next call that hands it on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    Begin,
    Rows(usize),
    End,
    /// None: all is handed on, or nothing is read.
    #[default]
    Nothing,
}

impl ListReading {
    /// The file of this name, of which nothing has come.
    pub fn new(name: String) -> Self {
        ListReading { name, most: DIRECTORY_BYTES, ..ListReading::default() }
    }

    /// Takes in the next piece of the file. Says whether more of it is wanted.
    pub fn read(&mut self, octets: &[u8]) -> bool {
        let room = self.most.saturating_sub(self.content.len());
        self.is_too_large |= octets.len() > room;
        self.content.extend(octets.iter().take(room));
        !self.is_too_large
    }

    /// The file is at its end.
    ///
    /// # Errors
    /// A sentence for people: it is no list of people.
    pub fn end(&mut self) -> Result<(), Text> {
        let mut content = std::mem::take(&mut self.content);
        if self.is_too_large {
            // The last line may be half a row.
            let whole = content.iter().rposition(|octet| *octet == b'\n').unwrap_or(content.len());
            content.truncate(whole);
        }
        let text = file::text_of(&content);
        drop(content);
        self.directory = Directory::read(&text)?;
        if self.is_too_large {
            let limit = self.most / (1024 * 1024);
            self.directory.damage = Some(text!("directory.too-large", limit = limit).to_string());
        }
        self.next = Next::Begin;
        Ok(())
    }

    /// The next call that hands it on; nothing once all is.
    pub fn call(&mut self) -> Option<OwnCall> {
        let call = match self.next {
            Next::Begin => {
                self.next = Next::Rows(0);
                let Directory { columns, unreadable, left_out, damage, .. } = &mut self.directory;
                ListCall::Begin(NewList {
                    name: std::mem::take(&mut self.name),
                    columns: columns.iter().map(|column| column.name.clone()).collect(),
                    unreadable: *unreadable,
                    left_out: *left_out,
                    damage: damage.take(),
                })
            }
            Next::Rows(start) => {
                let (rows, next): (Rows, _) = self.directory.part(start);
                self.next = next.map_or(Next::End, Next::Rows);
                // Rows have a JSON form; any that had none would be refused.
                ListCall::Rows { rows: serde_json::to_string(&rows).unwrap_or_default() }
            }
            Next::End => {
                *self = ListReading::default();
                ListCall::End
            }
            Next::Nothing => return None,
        };
        Some(OwnCall::Group(GroupCall::List(call)))
    }
}

#[cfg(test)]
mod tests;
