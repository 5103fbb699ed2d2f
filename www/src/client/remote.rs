//! The client of the extension's own pages: asks the background worker by messages.
//!
//! The messages, each answered by the background script:
//!
//! | message | answer |
//! |---|---|
//! | `{to: "core", call: <OwnCall as JSON text>}` | `{reply: <OwnReply as JSON text>}` or `{failure: text}` |
//! | `{to: "store", take: true}` | `{events: <list of Event as JSON text>}` or `{failure: text}` |
//! | `{to: "store", add: <list of Event as JSON text>}` | `{done: true}` or `{failure: text}` |
//! | `{to: "recorder", command: "pause" \| "resume" \| "clear"}` | `{done: true}` or `{failure: text}` |
//! | `{to: "instances", order: "add" \| "remove", instance: <Instance as JSON text>}` | `{done: true}` or `{failure: text}` |
//!
//! Of its own accord the background script sends `{notice: <Notice as JSON text>}`.

mod extension_api;

use super::{
    Client, Heard, InstanceOrder, Later, News, PanelPlace, Reads, RecorderCommand, Unread,
    core::{Core, Whole},
};
use extension_api::{Api, api, member, object, reason, text_member, with_member};
use js_sys::{Function, Promise, futures::spawn_local};
use samlight::{
    calls::protocol::{
        DecryptedReply, ExportCall, ExportedFile, FileReply, OwnCall, OwnReply, RecorderFile, StoryCall,
        StoryReply, ToldCall,
    },
    gitlab::instance::{Instance, Ports},
    text,
};
use serde_json::{Value, json};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::prelude::*;
use web_sys::File;

/// The panel's page, in a tab of its own.
const PANEL_IN_A_TAB: &str = "panel/index.html?view=tab";

/// The time that the background worker may take, in milliseconds. It may have to start and to replay the
/// trace.
const PATIENCE: i32 = 10_000;

/// See the module's head.
#[derive(Clone)]
pub(crate) struct RemoteClient {
    api: Api,
    /// For files and keys, which do not leave this page.
    core: Core,
    /// The window this page is in, asked beforehand: a side panel opens only in the very turn of a click.
    window: Rc<Cell<Option<f64>>>,
}

impl RemoteClient {
    /// The client of an own page of the extension; absent on any other page.
    pub(crate) fn new() -> Option<Self> {
        let client = RemoteClient { api: api()?, core: Core::default(), window: Rc::default() };
        let window = client.window.clone();
        let current = client.api.windows().get_current();
        spawn_local(async move {
            // Without it only the side panel cannot be opened, and that is said when it is asked for.
            if let Ok(found) = awaited(current).await {
                window.set(member(&found, "id").as_f64());
            }
        });
        Some(client)
    }

    /// Sends a message to the background script; the answer is an object without `failure`.
    fn send(&self, message: &Value) -> Later<JsValue> {
        self.send_object(object(message))
    }

    fn send_object(&self, message: Result<JsValue, JsValue>) -> Later<JsValue> {
        let sent = message.and_then(|message| self.api.runtime().send_message(&message));
        Box::pin(async move {
            // The timer is made only for a message that went out: a failure that nobody awaits would be an
            // error.
            let first = sent.map(|sent| Promise::race(&js_sys::Array::of2(&sent, &timeout(PATIENCE))));
            let answer = awaited(first).await?;
            match text_member(&answer, "failure") {
                Some(failure) => Err(failure),
                None if answer.is_object() => Ok(answer),
                None => Err(text!("ui.failure.no-answer").to_string()),
            }
        })
    }
}

impl RemoteClient {
    fn open_side_panel(&self) -> Result<Promise, JsValue> {
        if let Some(sidebar) = self.api.sidebar_action() {
            return sidebar.open();
        }
        let window = self.window.get().ok_or_else(|| text!("ui.failure.no-window").to_string())?;
        self.api.side_panel().open(&object(&json!({ "windowId": window }))?)
    }

    /// The permission for `instance`. Firefox's match patterns know no ports.
    fn access_to(&self, instance: &Instance) -> Result<JsValue, JsValue> {
        let is_firefox = self.api.runtime().get_url("")?.starts_with("moz-extension:");
        let ports = if is_firefox { Ports::Unknown } else { Ports::Known };
        object(&json!({ "origins": [instance.access_pattern(ports)] }))
    }

    fn open_tab(&self) -> Result<Promise, JsValue> {
        let url = self.api.runtime().get_url(PANEL_IN_A_TAB)?;
        self.api.tabs().create(&object(&json!({ "url": url }))?)
    }
}

impl Client for RemoteClient {
    fn records(&self) -> bool {
        true
    }

    fn read(&self, file: &File, heard: Heard) -> Reads<FileReply> {
        let client = self.clone();
        let read = self.core.read(Whole::OfRecorder, file, heard);
        Box::pin(async move {
            let RecorderFile { reply, events } = read.await?;
            if let Some(events) = events {
                let sent = client.send(&json!({ "to": "store", "add": events }));
                let too_much =
                    |reason| Unread::Failed(text!("ui.files.too-much", reason = reason).to_string());
                sent.await.map_err(too_much)?;
            }
            Ok(reply)
        })
    }

    fn story(&self, call: &StoryCall, files: &[File], heard: Heard) -> Reads<StoryReply> {
        self.core.story(call, files, heard)
    }

    fn list(&self, file: &File, heard: Heard) -> Reads<()> {
        let client = self.clone();
        let read = self.core.list(file, heard);
        Box::pin(async move {
            read.await?;
            while let Some(call) = client.core.list_call().await.map_err(Unread::Failed)? {
                // What is in the call does not concern this page: it goes on as it came.
                let answer = client.send_object(with_member(&json!({ "to": "core" }), "call", &call));
                match read_reply(&answer.await.map_err(Unread::Failed)?).map_err(Unread::Failed)? {
                    OwnReply::List(_) => {}
                    OwnReply::Refused(reason) => return Err(Unread::Failed(reason)),
                    _ => return Err(Unread::Failed(text!("ui.list.no-group").to_string())),
                }
            }
            Ok(())
        })
    }

    fn stop_reading(&self) {
        self.core.stop_reading();
    }

    fn tell(&self, _: &ToldCall) -> Later<()> {
        // Here GitLab is seen, and nobody is asked.
        Box::pin(async { Err(text!("ui.failure.needs-files").to_string()) })
    }

    fn export(&self, call: ExportCall) -> Later<ExportedFile> {
        let (core, sent) = (self.core.clone(), self.send(&json!({ "to": "store", "take": true })));
        Box::pin(async move {
            let events = text_member(&sent.await?, "events").unwrap_or_default();
            core.export(&call, Some(&events)).await
        })
    }

    fn decrypted(&self, exact: &str, key: &[u8]) -> Later<DecryptedReply> {
        self.core.decrypted(exact, key)
    }

    fn call(&self, call: &OwnCall) -> Later<OwnReply> {
        let sent = serde_json::to_string(call)
            .map(|call| self.send(&json!({ "to": "core", "call": call })))
            .map_err(|error| error.to_string());
        Box::pin(async move { read_reply(&sent?.await?) })
    }

    fn command(&self, command: RecorderCommand) -> Later<()> {
        let sent = self.send(&json!({ "to": "recorder", "command": command.name() }));
        Box::pin(async move { sent.await.map(drop) })
    }

    fn listen(&self, heard: Rc<dyn Fn(News)>) {
        let access = heard.clone();
        let on_message = listener(move |message| {
            // Messages to the worker are heard here too when another own page sends them; they have no
            // notice.
            let notice = text_member(&message, "notice");
            if let Some(notice) = notice.and_then(|notice| samlight::base::json::read(&notice).ok()) {
                heard(News::Trace(notice));
            }
        });
        let on_access = listener(move |_| access(News::Access));
        let of_access = self.api.permissions().map(|it| [it.on_added(), it.on_removed()]);
        let of_access = of_access.into_iter().flatten().map(|event| (event, &on_access));
        for (event, listener) in of_access.chain([(self.api.runtime().on_message(), &on_message)]) {
            if let Err(thrown) = event.add_listener(listener) {
                web_sys::console::error_2(&text!("ui.failure.no-live-update").to_string().into(), &thrown);
            }
        }
    }

    fn access(&self, instance: &Instance) -> Later<Option<bool>> {
        let found = self.api.permissions().map(|it| it.contains(&self.access_to(instance)?));
        Box::pin(async move {
            match found {
                Some(found) => Ok(Some(awaited(found).await?.is_truthy())),
                None => Ok(None),
            }
        })
    }

    fn sees_any(&self) -> Later<Option<bool>> {
        let all = self.api.permissions().map(|it| it.get_all());
        Box::pin(async move {
            let Some(all) = all else { return Ok(None) };
            let origins = member(&awaited(all).await?, "origins");
            Ok(Some(member(&origins, "length").as_f64().is_some_and(|length| length > 0.0)))
        })
    }

    fn request_access(&self, instance: &Instance) -> Later<bool> {
        let permissions = self.api.permissions().ok_or(JsValue::UNDEFINED);
        let asked = permissions.and_then(|permissions| permissions.request(&self.access_to(instance)?));
        Box::pin(async move { Ok(awaited(asked).await?.is_truthy()) })
    }

    fn order(&self, order: InstanceOrder, instance: &Instance) -> Later<()> {
        let sent = serde_json::to_string(instance)
            .map(|instance| json!({ "to": "instances", "order": order.name(), "instance": instance }))
            .map(|message| self.send(&message))
            .map_err(|error| error.to_string());
        Box::pin(async move { sent?.await.map(drop) })
    }

    fn page(&self) -> Later<Option<String>> {
        let active = object(&json!({ "active": true, "currentWindow": true }));
        // There are no tabs for pages among the developer tools.
        let tabs = member(self.api.as_ref(), "tabs").is_object().then(|| self.api.tabs());
        let found = tabs.map(|tabs| tabs.query(&active?));
        Box::pin(async move {
            let Some(found) = found else { return Ok(None) };
            let tab = member(&awaited(found).await?, "0");
            // The query and what is behind it can be credentials.
            let page = text_member(&tab, "url");
            Ok(page.and_then(|url| url.split(['?', '#']).next().map(str::to_owned)))
        })
    }

    fn open(&self, place: PanelPlace) -> Later<()> {
        let opened = match place {
            PanelPlace::SidePanel => self.open_side_panel(),
            PanelPlace::Tab => self.open_tab(),
        };
        Box::pin(async move { awaited(opened).await.map(drop) })
    }
}

/// The reply in an answer of the core.
fn read_reply(answer: &JsValue) -> Result<OwnReply, String> {
    let reply = text_member(answer, "reply").unwrap_or_default();
    samlight::base::json::read(&reply)
        .map_err(|error| text!("ui.failure.unreadable-answer", reason = error).to_string())
}

/// The value of a promise, or what was thrown, as a sentence.
async fn awaited(promise: Result<Promise, JsValue>) -> Result<JsValue, String> {
    match promise {
        Ok(promise) => promise.await.map_err(|thrown| reason(&thrown)),
        Err(thrown) => Err(reason(&thrown)),
    }
}

/// A promise that fails after `milliseconds`.
fn timeout(milliseconds: i32) -> Promise {
    Promise::new(&mut |_, reject| {
        let late = text!("ui.failure.no-answer").to_string();
        let fail = Closure::once_into_js(move || {
            // A promise that was already settled takes no notice; no other error is possible here.
            let _ = reject.call1(&JsValue::NULL, &late.into());
        });
        if let Some(window) = web_sys::window() {
            let _ = window
                .set_timeout_with_callback_and_timeout_and_arguments_0(fail.unchecked_ref(), milliseconds);
        }
    })
}

/// A listener for as long as the page lives. It returns nothing, which tells the browser that no answer
/// follows.
fn listener(heard: impl Fn(JsValue) + 'static) -> Function {
    Closure::<dyn Fn(JsValue)>::new(heard).into_js_value().unchecked_into()
}
