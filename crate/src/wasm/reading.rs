//! The handles of files that are read in pieces: `core_worker.js` gives one piece after the other. All that
//! reads them is in the second part.

use super::{Failed, Said, second::second, write};
use crate::calls::{list_reading::ListReading, protocol::RecorderFile, reading::Reading};
use wasm_bindgen::prelude::*;

/// The calls of a reading, as [`ReadingHandle`] passes them on.
pub(super) trait Pieces {
    /// [`ReadingHandle::read`].
    fn read(&mut self, octets: &[u8]) -> bool;
    /// [`ReadingHandle::end_file`].
    fn end_file(&mut self);
    /// [`ReadingHandle::rounds`].
    fn rounds(&self) -> u32;
    /// [`ReadingHandle::again`].
    fn again(&mut self) -> bool;
    /// [`ReadingHandle::end`].
    fn end(self: Box<Self>, recorded: bool) -> Said<Option<String>>;
}

impl Pieces for Reading {
    fn read(&mut self, octets: &[u8]) -> bool {
        self.read(octets)
    }

    fn end_file(&mut self) {
        self.end_file();
    }

    fn rounds(&self) -> u32 {
        self.rounds()
    }

    fn again(&mut self) -> bool {
        self.again()
    }

    fn end(self: Box<Self>, recorded: bool) -> Said<Option<String>> {
        match *self {
            Reading::File(file) => {
                let Some(reply) = file.reply() else { return Ok(None) };
                if recorded { write(&RecorderFile { reply, events: None }) } else { write(&reply) }.map(Some)
            }
            Reading::Filtered(filtered) => write(&filtered.reply()).map(Some),
            Reading::Story(story) => {
                write(&story.reply().map_err(|text| Failed(text.to_string()))?).map(Some)
            }
        }
    }
}

/// The calls of the reading of a list, as [`ListHandle`] passes them on.
pub(super) trait People {
    /// [`ListHandle::read`].
    fn read(&mut self, octets: &[u8]) -> bool;
    /// [`ListHandle::end`].
    fn end(&mut self) -> Said<()>;
    /// [`ListHandle::call`].
    fn call(&mut self) -> Said<Option<String>>;
}

impl People for ListReading {
    fn read(&mut self, octets: &[u8]) -> bool {
        self.read(octets)
    }

    fn end(&mut self) -> Said<()> {
        self.end().map_err(|text| Failed(text.to_string()))
    }

    fn call(&mut self) -> Said<Option<String>> {
        self.call().as_ref().map(write).transpose()
    }
}

/// Files that are read in pieces. Whoever stops reading frees it, and nothing is left of them.
#[wasm_bindgen(js_name = Reading)]
pub struct ReadingHandle(Box<dyn Pieces>);

#[wasm_bindgen(js_class = Reading)]
impl ReadingHandle {
    /// One file, for what it says.
    pub fn file() -> ReadingHandle {
        ReadingHandle(second().file())
    }

    /// Several, for the story of a person or what filters leave (JSON of a `StoryCall`).
    pub fn story(call: &str) -> Said<ReadingHandle> {
        second().story(call).map(ReadingHandle)
    }

    /// Reads the next piece of a file. Says whether more of this file is wanted.
    pub fn read(&mut self, octets: &[u8]) -> bool {
        self.0.read(octets)
    }

    /// The file is at its end, or no more of it was wanted; the next one begins.
    pub fn end_file(&mut self) {
        self.0.end_file();
    }

    /// The number of times that the files come, at most.
    pub fn rounds(&self) -> u32 {
        self.0.rounds()
    }

    /// All files have come. Whether they must come once more, from the first to the last.
    pub fn again(&mut self) -> bool {
        self.0.again()
    }

    /// The answer; absent for a file that must be read whole. `recorded`: the trace is a recorder's.
    pub fn end(self, recorded: bool) -> Said<Option<String>> {
        self.0.end(recorded)
    }
}

/// A list of people that is read, and then handed on to where the group is.
#[wasm_bindgen(js_name = ListReading)]
pub struct ListHandle(Box<dyn People>);

#[wasm_bindgen(js_class = ListReading)]
impl ListHandle {
    /// The file `name`, of which nothing has come.
    #[wasm_bindgen(constructor)]
    pub fn new(name: String) -> ListHandle {
        ListHandle(second().people(name))
    }

    /// Reads the next piece of it. Says whether more of it is wanted.
    pub fn read(&mut self, octets: &[u8]) -> bool {
        self.0.read(octets)
    }

    /// It is at its end.
    pub fn end(&mut self) -> Said<()> {
        self.0.end()
    }

    /// The next call, in JSON, that hands it on; absent once all is.
    pub fn call(&mut self) -> Said<Option<String>> {
        self.0.call()
    }
}
