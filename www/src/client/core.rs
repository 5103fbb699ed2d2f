//! [`Core`]: the core in a worker of this page, loaded when it is needed first.
//!
//! The panel itself shows what others answer. What a page does by itself (files in and out, opening what is
//! encrypted, and on the static page the whole trace) is done by the same Wasm file that the background
//! worker runs. `core.js` keeps the worker. Everything crosses as JSON text, but for a key's octets and for
//! files: the worker gets the browser's handle of one, and reads it in pieces.

use super::{Heard, Later, Reads, Unread};
use js_sys::{Array, Function, Promise, Uint8Array};
use samlight::{
    base::limits::FILE_BYTES,
    calls::protocol::{
        DecryptedReply, ExportCall, ExportedFile, OwnCall, OwnReply, StoryCall, StoryReply, ToldCall,
    },
    text,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::RefCell, future::Future, pin::Pin, rc::Rc};
use wasm_bindgen::prelude::*;
use web_sys::File;

#[wasm_bindgen]
extern "C" {
    /// The page's side of it (`core.js`).
    #[derive(Clone, PartialEq)]
    type CoreWorker;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<CoreWorker, JsValue>;
    /// Calls a method of the handle (`InPage` in `wasm.rs` of the core).
    #[wasm_bindgen(method)]
    fn ask(this: &CoreWorker, method: &str, given: Array, heard: Option<&Function>) -> Promise;
    #[wasm_bindgen(method, js_name = stopReading)]
    fn stop_reading(this: &CoreWorker);
    #[wasm_bindgen(method)]
    fn stop(this: &CoreWorker);
}

/// The trace of which a file becomes a part.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whole {
    /// That of this page.
    Own,
    /// That of a recorder.
    OfRecorder,
}

/// See the module's head. Cheap to clone: all clones are one.
#[derive(Clone, Default)]
pub(crate) struct Core(Rc<RefCell<Option<CoreWorker>>>);

impl Core {
    /// Answers a call from the trace of this page.
    pub(crate) fn call(&self, call: &OwnCall) -> Later<OwnReply> {
        self.ask("call", [json(call), now()])
    }

    /// Reads a file, in pieces where it is a log: the reply is a `FileReply`, or for a recorder a
    /// `RecorderFile`.
    pub(crate) fn read<T: DeserializeOwned + 'static>(
        &self,
        of: Whole,
        file: &File,
        heard: Heard,
    ) -> Reads<T> {
        let method = match of {
            Whole::Own => "read",
            Whole::OfRecorder => "read_for_recorder",
        };
        // One octet more than is looked at, so that the core sees that there are more.
        let most = (FILE_BYTES + 1) as f64;
        self.reading("file", [method.into(), file.into(), most.into(), now()], heard)
    }

    /// Reads files twice, in pieces, for the story of a person.
    pub(crate) fn story(&self, call: &StoryCall, files: &[File], heard: Heard) -> Reads<StoryReply> {
        let files: Array = files.iter().collect();
        self.reading("story", [json(call), files.into()], heard)
    }

    /// Reads a list of people, in pieces.
    pub(crate) fn list(&self, file: &File, heard: Heard) -> Reads<()> {
        let read = self.read_in_pieces("list", [file.into()], heard);
        Box::pin(async move { read.await.map(drop) })
    }

    /// The next call that hands the list on, in JSON: it goes through this page as it is. Absent once all is
    /// handed on.
    pub(crate) fn list_call(&self) -> Later<Option<JsValue>> {
        let call = self.with("list_call", []);
        Box::pin(async move { Ok(Some(call.await?).filter(JsValue::is_string)) })
    }

    /// Stops reading.
    pub(crate) fn stop_reading(&self) {
        if let Some(worker) = &*self.0.borrow() {
            worker.stop_reading();
        }
    }

    /// Takes in what a person says of GitLab.
    pub(crate) fn tell(&self, told: &ToldCall) -> Later<()> {
        self.tell_core("tell", [json(told), now()])
    }

    /// The file that holds `events`, a JSON list, or those of this page, or a report of them.
    pub(crate) fn export(&self, call: &ExportCall, events: Option<&str>) -> Later<ExportedFile> {
        self.ask("export", [json(call), events.into(), now()])
    }

    /// The content of a message, opened with a private key.
    pub(crate) fn decrypted(&self, exact: &str, key: &[u8]) -> Later<DecryptedReply> {
        self.ask("decrypted", [exact.into(), Uint8Array::from(key).into()])
    }

    /// Forgets everything. The same worker goes on: another one could not be loaded without a network.
    pub(crate) fn clear(&self) -> Later<()> {
        self.tell_core("clear", [])
    }

    /// The answer, out of its JSON.
    fn ask<T: DeserializeOwned + 'static, const N: usize>(
        &self,
        method: &'static str,
        given: [JsValue; N],
    ) -> Later<T> {
        let answer = self.with(method, given);
        Box::pin(async move {
            let answer = answer.await?.as_string().unwrap_or_default();
            samlight::base::json::read(&answer).map_err(|error| error.to_string())
        })
    }

    fn tell_core<const N: usize>(&self, method: &'static str, given: [JsValue; N]) -> Later<()> {
        let answer = self.with(method, given);
        Box::pin(async move { answer.await.map(drop) })
    }

    fn with<const N: usize>(&self, method: &'static str, given: [JsValue; N]) -> Later<JsValue> {
        let answer = self.asked(method, given.into_iter().collect(), None);
        Box::pin(async move { answer.await.map_err(|failed| sentence(&failed)) })
    }

    fn reading<T: DeserializeOwned + 'static, const N: usize>(
        &self,
        method: &'static str,
        given: [JsValue; N],
        heard: Heard,
    ) -> Reads<T> {
        let answer = self.read_in_pieces(method, given, heard);
        Box::pin(async move {
            let answer = answer.await?.as_string().unwrap_or_default();
            samlight::base::json::read(&answer).map_err(|error| Unread::Failed(error.to_string()))
        })
    }

    fn read_in_pieces<const N: usize>(
        &self,
        method: &'static str,
        given: [JsValue; N],
        heard: Heard,
    ) -> Reads<JsValue> {
        let heard = Closure::<dyn Fn(f64, f64)>::new(move |read, total| heard(read, total));
        let answer = self.asked(method, given.into_iter().collect(), Some(heard));
        Box::pin(async move { answer.await.map_err(|failed| unread(&failed)) })
    }

    fn asked(
        &self,
        method: &str,
        given: Array,
        heard: Option<Closure<dyn Fn(f64, f64)>>,
    ) -> Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>> {
        let core = self.clone();
        // Asked at once: what is asked first is answered first.
        let function = heard.as_ref().map(|heard| heard.as_ref().unchecked_ref());
        let asked = core.worker().map(|worker| (worker.ask(method, given, function), worker));
        Box::pin(async move {
            let (answer, worker) = asked?;
            let answer = answer.await;
            drop(heard);
            answer.inspect_err(|failed| {
                if !name(failed)
                    .is_some_and(|name| [SAID, UNREADABLE, STOPPED_READING].contains(&name.as_str()))
                {
                    // Its memory may be in any state: the next call begins with another one.
                    core.0.borrow_mut().take_if(|current| *current == worker);
                    worker.stop();
                }
            })
        })
    }

    fn worker(&self) -> Result<CoreWorker, JsValue> {
        let worker = &mut *self.0.borrow_mut();
        match worker {
            Some(worker) => Ok(worker.clone()),
            None => Ok(worker.insert(CoreWorker::new()?).clone()),
        }
    }
}

/// The names of failures (`core.js`): what the core says, a trap, and those of reading. All others: it could
/// not be loaded.
const SAID: &str = "said";
const STOPPED: &str = "stopped";
const UNREADABLE: &str = "unreadable";
const STOPPED_READING: &str = "stopped-reading";

fn name(failed: &JsValue) -> Option<String> {
    failed.dyn_ref::<js_sys::Error>().map(|error| error.name().into())
}

fn message(failed: &JsValue) -> String {
    let error = failed.dyn_ref::<js_sys::Error>();
    error.map_or_else(|| format!("{failed:?}"), |error| String::from(error.message()))
}

fn unread(failed: &JsValue) -> Unread {
    match name(failed).as_deref() {
        Some(STOPPED_READING) => Unread::Stopped,
        Some(UNREADABLE) => Unread::Unreadable(message(failed)),
        _ => Unread::Failed(sentence(failed)),
    }
}

fn sentence(failed: &JsValue) -> String {
    let reason = message(failed);
    match name(failed).as_deref() {
        Some(SAID) => reason,
        Some(STOPPED) => text!("ui.failure.core-stopped").to_string(),
        _ => text!("ui.failure.core-missing", reason = reason).to_string(),
    }
}

fn json(value: &impl Serialize) -> JsValue {
    // Calls are plain data and have a JSON form; one that had none would be refused by the core.
    serde_json::to_string(value).unwrap_or_default().into()
}

/// The time that the clock shows, in milliseconds.
fn now() -> JsValue {
    js_sys::Date::now().into()
}
