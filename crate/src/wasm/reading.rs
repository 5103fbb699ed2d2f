//! The handles of files that are read in pieces: `core_worker.js` gives one piece after the other.

use super::{read, write};
use crate::calls::{list_reading::ListReading, protocol::RecorderFile, reading::Reading};
use wasm_bindgen::prelude::*;

/// Files that are read in pieces. Whoever stops reading frees it, and nothing is left of them.
#[wasm_bindgen(js_name = Reading)]
pub struct ReadingHandle(Reading);

#[wasm_bindgen(js_class = Reading)]
impl ReadingHandle {
    /// One file, for what it says.
    pub fn file() -> ReadingHandle {
        ReadingHandle(Reading::file())
    }

    /// Several, for the story of a person or what filters leave (JSON of a `StoryCall`).
    pub fn story(call: &str) -> Result<ReadingHandle, JsError> {
        Reading::story(read(call)?).map(ReadingHandle).map_err(|text| JsError::new(&text.to_string()))
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
    pub fn end(self, recorded: bool) -> Result<Option<String>, JsError> {
        match self.0 {
            Reading::File(file) => {
                let Some(reply) = file.reply() else { return Ok(None) };
                if recorded { write(&RecorderFile { reply, events: None }) } else { write(&reply) }.map(Some)
            }
            Reading::Filtered(filtered) => write(&filtered.reply()).map(Some),
            Reading::Story(story) => {
                let reply = story.reply().map_err(|text| JsError::new(&text.to_string()))?;
                write(&reply).map(Some)
            }
        }
    }
}

/// A list of people that is read, and then handed on to where the group is.
#[wasm_bindgen(js_name = ListReading)]
pub struct ListHandle(ListReading);

#[wasm_bindgen(js_class = ListReading)]
impl ListHandle {
    /// The file `name`, of which nothing has come.
    #[wasm_bindgen(constructor)]
    pub fn new(name: String) -> ListHandle {
        ListHandle(ListReading::new(name))
    }

    /// Reads the next piece of it. Says whether more of it is wanted.
    pub fn read(&mut self, octets: &[u8]) -> bool {
        self.0.read(octets)
    }

    /// It is at its end.
    pub fn end(&mut self) -> Result<(), JsError> {
        self.0.end().map_err(|text| JsError::new(&text.to_string()))
    }

    /// The next call, in JSON, that hands it on; absent once all is.
    pub fn call(&mut self) -> Result<Option<String>, JsError> {
        self.0.call().as_ref().map(write).transpose()
    }
}
