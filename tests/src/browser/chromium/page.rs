//! One target of Chromium: a tab's page, a popup, a side panel, a worker.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::connection::Connection;
use super::journal::{ConsoleLine, exception_text};
use super::{Target, keyboard};
use crate::browser::page::View;

/// A handle to one target. The target outlives it.
#[derive(Clone, Debug)]
pub(in crate::browser) struct Page {
    connection: Arc<Connection>,
    target: String,
    session: String,
    /// The page that it is a frame of, for what only a whole page can do: pictures, and coming to the front.
    around: Option<Box<Page>>,
}

/// The domains whose events the journal keeps, and `Page` for navigation. A worker has no `Page`.
const DOMAINS: &[&str] = &["Runtime.enable", "Log.enable", "Page.enable"];

impl Page {
    pub(super) fn attach(connection: &Arc<Connection>, target: &str) -> Result<Self> {
        let session = connection.attach(target)?;
        let page =
            Page { connection: Arc::clone(connection), target: target.to_owned(), session, around: None };
        for domain in DOMAINS {
            let enabled = page.command(domain, &json!({}));
            if *domain == "Runtime.enable" {
                enabled?;
            }
        }
        Ok(page)
    }

    /// A target that is a frame of `around`.
    pub(super) fn attach_frame(connection: &Arc<Connection>, target: &str, around: Page) -> Result<Self> {
        Ok(Page { around: Some(Box::new(around)), ..Page::attach(connection, target)? })
    }

    fn whole(&self) -> &Page {
        self.around.as_deref().unwrap_or(self)
    }

    /// Any command of the protocol, sent to this target.
    ///
    /// # Errors
    /// The error that the browser answered with.
    pub(in crate::browser) fn command(&self, method: &str, parameters: &Value) -> Result<Value> {
        self.connection.command(Some(&self.session), method, parameters)
    }

    /// [`Page::evaluate`] in one of the page's execution contexts; none: the document's own.
    pub(super) fn evaluate_in(&self, context: Option<&Value>, expression: &str) -> Result<Value> {
        let mut parameters = evaluation(expression);
        if let Some(context) = context {
            parameters["contextId"] = context.clone();
        }
        value_in(self.command(EVALUATE, &parameters)?)
    }

    /// The id of the target.
    #[must_use]
    pub(in crate::browser) fn target_id(&self) -> &str {
        &self.target
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    pub(super) fn session(&self) -> &str {
        &self.session
    }
}

/// The time that a page that is being left may take to answer.
const LEAVING: Duration = Duration::from_secs(5);

const EVALUATE: &str = "Runtime.evaluate";

fn evaluation(expression: &str) -> Value {
    json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true })
}

fn value_in(mut answer: Value) -> Result<Value> {
    match answer.get("exceptionDetails") {
        Some(details) => bail!("{}", exception_text(details)),
        None => Ok(answer["result"]["value"].take()),
    }
}

impl View for Page {
    fn navigate(&self, url: &str) -> Result<()> {
        let answer = self.command("Page.navigate", &json!({ "url": url }))?;
        match answer["errorText"].as_str() {
            Some(error) => bail!("could not go to {url}: {error}"),
            None => Ok(()),
        }
    }

    fn evaluate(&self, program: &str) -> Result<Value> {
        self.evaluate_in(None, program)
    }

    fn peek(&self, program: &str) -> Option<Value> {
        let session = Some(self.session.as_str());
        let answer = self.connection.command_within(LEAVING, session, EVALUATE, &evaluation(program));
        answer.and_then(value_in).ok()
    }

    fn click_at(&self, x: f64, y: f64) -> Result<()> {
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": x, "y": y,
                "button": button, "buttons": buttons, "clickCount": u8::from(button == "left") });
            self.command("Input.dispatchMouseEvent", &event)?;
        }
        Ok(())
    }

    fn insert_text(&self, text: &str) -> Result<()> {
        self.command("Input.insertText", &json!({ "text": text })).map(drop)
    }

    fn press(&self, keys: &str) -> Result<()> {
        for event in keyboard::press(keys)? {
            self.command("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    fn to_front(&self) -> Result<()> {
        self.whole().command("Page.bringToFront", &json!({})).map(drop)
    }

    fn prefer_dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.command("Emulation.setEmulatedMedia", &features).map(drop)
    }

    fn force_colors(&self, forced: bool) -> Result<()> {
        let value = if forced { "active" } else { "none" };
        let features = json!({ "features": [{ "name": "forced-colors", "value": value }] });
        self.command("Emulation.setEmulatedMedia", &features).map(drop)
    }

    fn set_size(&self, width: u32, height: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &size).map(drop)
    }

    fn picture(&self) -> Result<Vec<u8>> {
        let answer = self.whole().command("Page.captureScreenshot", &json!({ "format": "png" }))?;
        Ok(STANDARD.decode(answer["data"].as_str().context("Page.captureScreenshot: no picture")?)?)
    }

    fn shadow_texts(&self, selector: &str) -> Result<Vec<String>> {
        self.texts_in_shadows(selector)
    }

    fn clipboard(&self) -> Result<String> {
        self.command("Browser.grantPermissions", &json!({ "permissions": ["clipboardReadWrite"] }))?;
        let text = self.evaluate("navigator.clipboard.readText()")?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    fn console(&self) -> Vec<ConsoleLine> {
        self.connection.console(&self.session)
    }

    fn choose(&self, selector: &str, file: &str) -> Result<()> {
        let expression = format!("document.querySelector({})", Value::from(selector));
        let found = self.command(EVALUATE, &json!({ "expression": expression }))?;
        let field = &found["result"]["objectId"];
        self.command("DOM.setFileInputFiles", &json!({ "files": [file], "objectId": field })).map(drop)
    }

    fn close(&self) -> Result<()> {
        let closing = Target { id: self.target.clone(), kind: "page".to_owned(), url: String::new() };
        self.connection.command(None, "Target.closeTarget", &json!({ "targetId": self.target }))?;
        super::wait_until_gone(&self.connection, &closing)
    }

    fn in_chromium(&self) -> Option<&Page> {
        Some(self)
    }
}

/// The id of a remote object.
pub(super) fn object_id(object: &Value) -> Result<&str> {
    object["objectId"].as_str().ok_or_else(|| anyhow!("the browser gave no object but {object}"))
}
