//! [`Core`]: the core in a worker of this page, loaded when it is needed first.
//!
//! The panel itself shows what others answer. What a page does by itself (files in and out, opening what is
//! encrypted, and on the static page the whole trace) is done by the same Wasm file that the background
//! worker runs. `core.js` keeps the worker. Everything crosses as JSON text, but for a file's octets.

use super::Later;
use js_sys::{Array, Promise, Uint8Array};
use samlight::{
    calls::protocol::{
        DecryptedReply, ExportCall, ExportedFile, FileReply, OwnCall, OwnReply, RecorderFile, ToldCall,
    },
    text,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The page's side of it (`core.js`).
    #[derive(Clone, PartialEq)]
    type CoreWorker;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<CoreWorker, JsValue>;
    /// Calls a method of the handle (`InPage` in `wasm.rs` of the core).
    #[wasm_bindgen(method)]
    fn ask(this: &CoreWorker, method: &str, given: Array) -> Promise;
    #[wasm_bindgen(method)]
    fn stop(this: &CoreWorker);
}

/// See the module's head. Cheap to clone: all clones are one.
#[derive(Clone, Default)]
pub(crate) struct Core(Rc<RefCell<Option<CoreWorker>>>);

impl Core {
    /// Answers a call from the trace of this page.
    pub(crate) fn call(&self, call: &OwnCall) -> Later<OwnReply> {
        self.ask("call", [json(call), now()])
    }

    /// Reads a file into the trace of this page.
    pub(crate) fn read(&self, name: &str, content: &[u8]) -> Later<FileReply> {
        self.ask("read", [name.into(), Uint8Array::from(content).into(), now()])
    }

    /// Reads a file for the trace of a recorder.
    pub(crate) fn read_for_recorder(&self, name: &str, content: &[u8]) -> Later<RecorderFile> {
        self.ask("read_for_recorder", [name.into(), Uint8Array::from(content).into(), now()])
    }

    /// Takes in what a person says of GitLab.
    pub(crate) fn tell(&self, told: &ToldCall) -> Later<()> {
        self.tell_core("tell", [json(told), now()])
    }

    /// The file that holds `events`, a JSON list, or those of this page.
    pub(crate) fn export(&self, call: &ExportCall, events: Option<&str>) -> Later<ExportedFile> {
        self.ask("export", [json(call), events.into()])
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
        let core = self.clone();
        // Asked at once: what is asked first is answered first.
        let asked = core.worker().map(|worker| (worker.ask(method, given.into_iter().collect()), worker));
        Box::pin(async move {
            let (answer, worker) = asked.map_err(|failed| sentence(&failed))?;
            answer.await.map_err(|failed| {
                if name(&failed).as_deref() != Some(SAID) {
                    // Its memory may be in any state: the next call begins with another one.
                    core.0.borrow_mut().take_if(|current| *current == worker);
                    worker.stop();
                }
                sentence(&failed)
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

/// The names of failures (`core.js`): what the core says, and a trap. All others: it could not be loaded.
const SAID: &str = "said";
const STOPPED: &str = "stopped";

fn name(failed: &JsValue) -> Option<String> {
    failed.dyn_ref::<js_sys::Error>().map(|error| error.name().into())
}

fn sentence(failed: &JsValue) -> String {
    let error = failed.dyn_ref::<js_sys::Error>();
    let reason = error.map_or_else(|| format!("{failed:?}"), |error| String::from(error.message()));
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
