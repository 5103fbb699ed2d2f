//! A log of any size, read as it comes.
//!
//! The octets of a file come in pieces, cut anywhere, in UTF-8 or UTF-16. What is held is the record that is
//! being read and what is kept of the answers, whatever the file's size. Leaves out: what is no log and no
//! answer, which needs the whole text ([`evidence`](super::evidence)), and files that are packed.

pub use super::records::{Sieve, Sifted};
use super::{
    Statement,
    evidence::Asked,
    log::{self, Reading},
};
use crate::encoding::text::Pieces;

/// Octets of its beginning by which a text is known where it has no record.
const BEGINNING: usize = 64 * 1024;

/// A log, as far as it has come.
pub struct Stream {
    pieces: Pieces,
    reading: Reading,
    beginning: Vec<u8>,
}

impl Stream {
    /// A log of which nothing has come.
    pub fn new(asked: &Asked) -> Self {
        Stream { pieces: Pieces::default(), reading: Reading::new(asked.clone()), beginning: Vec::new() }
    }

    /// The search by octets for what is asked for: several can sift blocks of lines at the same time, for
    /// [`read_sifted`](Self::read_sifted).
    pub fn sieve(&self) -> Sieve {
        self.reading.sieve()
    }

    /// Reads more of it, cut anywhere.
    pub fn read(&mut self, octets: &[u8]) {
        let Stream { pieces, reading, beginning } = self;
        pieces.read(octets, &mut |text| {
            begin(beginning, text);
            reading.read(text);
        });
    }

    /// Reads more of it: a block that begins where a line begins and ends where one ends, with what the
    /// search says of it.
    pub fn read_sifted(&mut self, block: &[u8], sifted: &Sifted) {
        if self.pieces.is_plain() {
            begin(&mut self.beginning, block);
            self.reading.read_sifted(block, sifted);
        } else {
            self.read(block);
        }
    }

    /// Gives what it says to `say`, one statement after the other. Where it has nothing that is looked for,
    /// it gives its beginning back, which may be something else.
    pub fn end(self, say: &mut dyn FnMut(Statement)) -> Option<String> {
        let Stream { pieces, mut reading, mut beginning } = self;
        pieces.end(&mut |text| {
            begin(&mut beginning, text);
            reading.read(text);
        });
        let beginning = String::from_utf8_lossy(&beginning);
        let is_told = reading.end(&|| log::is_log(&beginning), &mut |statement| say(statement.redacted()));
        (!is_told).then(|| beginning.into_owned())
    }
}

fn begin(beginning: &mut Vec<u8>, text: &[u8]) {
    let room = BEGINNING.saturating_sub(beginning.len());
    beginning.extend_from_slice(text.get(..room).unwrap_or(text));
}
