//! [`Core`]: the core as a second module of this page, loaded when it is needed first.
//!
//! The panel itself shows what others answer. What a page does by itself (files in and out, opening what is
//! encrypted, and on the static page the whole trace) is done by the same Wasm file that the background
//! worker runs. `start.js` loads it. Everything crosses as JSON text.

use super::Later;
use js_sys::{Promise, WebAssembly::RuntimeError};
use samlight::{
    calls::protocol::{DecryptedReply, ExportCall, ExportedFile, FileReply, OwnCall, OwnReply, ToldCall},
    text,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Loads the module and makes its handle; `anew` where the one before stopped.
    #[wasm_bindgen(js_name = loadSamlightCore, catch)]
    fn load(anew: bool) -> Result<Promise, JsValue>;

    /// The handle (`wasm.rs` of the core).
    #[derive(Clone)]
    type InPage;
    #[wasm_bindgen(method, catch)]
    fn call(this: &InPage, call: &str, now: f64) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn read(this: &InPage, name: &str, content: &[u8], now: f64, recorded: bool) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn take_read(this: &InPage) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn add_read(this: &InPage) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn tell(this: &InPage, told: &str, now: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn export(this: &InPage, call: &str, events: Option<String>) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn decrypted(this: &InPage, exact: &str, key: &[u8]) -> Result<String, JsValue>;
}

/// See the module's head. Cheap to clone: all clones are one.
#[derive(Clone, Default)]
pub(crate) struct Core(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    page: Option<InPage>,
    /// The one before stopped in the middle of something.
    is_broken: bool,
}

impl Core {
    /// Answers a call from the trace of this page.
    pub(crate) fn call(&self, call: &OwnCall) -> Later<OwnReply> {
        let call = json(call);
        self.ask(move |page| page.call(&call?, now()))
    }

    /// Reads a file for a trace that holds a recording, or nothing but files.
    pub(crate) fn read(&self, name: &str, content: Vec<u8>, recorded: bool) -> Later<FileReply> {
        let name = name.to_owned();
        self.ask(move |page| page.read(&name, &content, now(), recorded))
    }

    /// The events of the file that was read last, as a JSON list.
    pub(crate) fn take_read(&self) -> Later<String> {
        self.with(|page| page.take_read())
    }

    /// Takes the events of the file that was read last into the trace of this page.
    pub(crate) fn add_read(&self) -> Later<()> {
        self.with(|page| page.add_read())
    }

    /// Takes in what a person says of GitLab.
    pub(crate) fn tell(&self, told: &ToldCall) -> Later<()> {
        let told = json(told);
        self.with(move |page| page.tell(&told?, now()))
    }

    /// The file that holds `events`, a JSON list, or those of this page.
    pub(crate) fn export(&self, call: &ExportCall, events: Option<String>) -> Later<ExportedFile> {
        let call = json(call);
        self.ask(move |page| page.export(&call?, events))
    }

    /// The content of a message, opened with a private key.
    pub(crate) fn decrypted(&self, exact: &str, key: &[u8]) -> Later<DecryptedReply> {
        let (exact, key) = (exact.to_owned(), key.to_vec());
        self.ask(move |page| page.decrypted(&exact, &key))
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().page = None;
    }

    /// The answer, out of its JSON.
    fn ask<T: DeserializeOwned + 'static>(
        &self,
        work: impl FnOnce(&InPage) -> Result<String, JsValue> + 'static,
    ) -> Later<T> {
        let answer = self.with(work);
        Box::pin(async move { serde_json::from_str(&answer.await?).map_err(|error| error.to_string()) })
    }

    fn with<T: 'static>(&self, work: impl FnOnce(&InPage) -> Result<T, JsValue> + 'static) -> Later<T> {
        let core = self.clone();
        Box::pin(async move {
            let page = core.page().await?;
            work(&page).map_err(|thrown| {
                if !thrown.is_instance_of::<RuntimeError>() {
                    return reason(&thrown);
                }
                // Its memory may be in any state: the next call begins with another one.
                *core.0.borrow_mut() = State { page: None, is_broken: true };
                text!("ui.failure.core-stopped").to_string()
            })
        })
    }

    async fn page(&self) -> Result<InPage, String> {
        let is_broken = match &*self.0.borrow() {
            State { page: Some(page), .. } => return Ok(page.clone()),
            State { is_broken, .. } => *is_broken,
        };
        let loaded = match load(is_broken) {
            Ok(loading) => loading.await,
            Err(thrown) => Err(thrown),
        };
        let page = loaded
            .map_err(|thrown| text!("ui.failure.core-missing", reason = reason(&thrown)).to_string())?;
        // Of two that were loaded at once the first one counts: it may hold something already.
        let state = &mut *self.0.borrow_mut();
        state.is_broken = false;
        Ok(state.page.get_or_insert_with(|| page.unchecked_into()).clone())
    }
}

fn json(value: &impl Serialize) -> Result<String, JsValue> {
    serde_json::to_string(value).map_err(|error| error.to_string().into())
}

/// The reason that a thrown value gives.
fn reason(thrown: &JsValue) -> String {
    let message = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.or_else(|| thrown.as_string()).unwrap_or_else(|| format!("{thrown:?}"))
}

/// The time that the clock shows, in milliseconds.
fn now() -> f64 {
    js_sys::Date::now()
}
