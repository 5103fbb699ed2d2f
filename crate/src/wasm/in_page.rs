//! The handle of an own page's core: files in and out, and the trace where there is no extension. All of it
//! is in the second part.

use super::{Failed, Said, moment, read, second::second, write};
use crate::{base::instant::Timestamp, calls::in_page::InPage};
use wasm_bindgen::prelude::*;

/// The calls of an own page, as [`PageHandle`] passes them on.
pub(super) trait Page {
    /// [`PageHandle::call`].
    fn call(&mut self, call: &str, now: Timestamp) -> Said<String>;
    /// [`PageHandle::clear`].
    fn clear(&mut self);
    /// [`PageHandle::read`].
    fn read(&mut self, name: &str, content: &[u8], now: Timestamp) -> Said<String>;
    /// [`PageHandle::read_for_recorder`].
    fn read_for_recorder(&self, name: &str, content: &[u8], now: Timestamp) -> Said<String>;
    /// [`PageHandle::tell`].
    fn tell(&mut self, told: &str, now: Timestamp) -> Said<()>;
    /// [`PageHandle::export`].
    fn export(&self, call: &str, events: Option<&str>, now: Timestamp) -> Said<String>;
    /// [`PageHandle::decrypted`].
    fn decrypted(&self, exact: &str, key: &[u8]) -> Said<String>;
}

impl Page for InPage {
    fn call(&mut self, call: &str, now: Timestamp) -> Said<String> {
        write(&self.call(call, now))
    }

    fn clear(&mut self) {
        *self = InPage::default();
    }

    fn read(&mut self, name: &str, content: &[u8], now: Timestamp) -> Said<String> {
        write(&self.read(name, content, now))
    }

    fn read_for_recorder(&self, name: &str, content: &[u8], now: Timestamp) -> Said<String> {
        let read = InPage::read_for_recorder(name, content, now);
        write(&read.map_err(|error| Failed(error.to_string()))?)
    }

    fn tell(&mut self, told: &str, now: Timestamp) -> Said<()> {
        self.tell(read(told)?, now);
        Ok(())
    }

    fn export(&self, call: &str, events: Option<&str>, now: Timestamp) -> Said<String> {
        write(&self.export(read(call)?, events, now).map_err(Failed)?)
    }

    fn decrypted(&self, exact: &str, key: &[u8]) -> Said<String> {
        write(&InPage::decrypted(exact, key))
    }
}

/// The core of an own page: files in and out, and the trace where there is no extension.
#[wasm_bindgen(js_name = InPage)]
pub struct PageHandle(Box<dyn Page>);

#[wasm_bindgen(js_class = InPage)]
impl PageHandle {
    /// With an empty trace.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // only JavaScript makes one
    pub fn new() -> PageHandle {
        PageHandle(second().page())
    }

    /// Answers an own page's call from the trace of this page. `now` is in milliseconds.
    pub fn call(&mut self, call: &str, now: f64) -> Said<String> {
        self.0.call(call, moment(now))
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Reads a file into the trace of this page.
    pub fn read(&mut self, name: &str, content: &[u8], now: f64) -> Said<String> {
        self.0.read(name, content, moment(now))
    }

    /// Reads a file for the trace of a recorder.
    pub fn read_for_recorder(&self, name: &str, content: &[u8], now: f64) -> Said<String> {
        #[cfg(feature = "fault")]
        crate::fault::strike(&String::from_utf8_lossy(content));
        self.0.read_for_recorder(name, content, moment(now))
    }

    /// Takes in what a person says of GitLab.
    pub fn tell(&mut self, told: &str, now: f64) -> Said<()> {
        self.0.tell(told, moment(now))
    }

    /// The file that holds `events`, a JSON list, or those of this page, or a report of them.
    pub fn export(&self, call: &str, events: Option<String>, now: f64) -> Said<String> {
        self.0.export(call, events.as_deref(), moment(now))
    }

    /// The content of the message whose XML is `exact`, opened with the private key in the file `key`.
    pub fn decrypted(&self, exact: &str, key: &[u8]) -> Said<String> {
        self.0.decrypted(exact, key)
    }
}
