//! Anything with a document or a script in it: a tab, a popup, a side panel, a worker.
//!
//! What changes a page is real input (mouse, keys), so that a test gets what a person would get, user activation
//! included. What reads it is an expression; what waits is an expression that must become true.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::connection::Connection;
use super::journal::{ConsoleLine, exception_text};
use super::{Target, keyboard};
use crate::wait::until;

/// A handle to one target. The target outlives it.
#[derive(Clone, Debug)]
pub struct Page {
    connection: Arc<Connection>,
    target: String,
    session: String,
}

/// The domains whose events the journal keeps, and `Page` for navigation. A worker has no `Page`.
const DOMAINS: &[&str] = &["Runtime.enable", "Log.enable", "Page.enable"];

impl Page {
    pub(super) fn attach(connection: &Arc<Connection>, target: &str) -> Result<Self> {
        let session = connection.attach(target)?;
        let page = Page { connection: Arc::clone(connection), target: target.to_owned(), session };
        for domain in DOMAINS {
            let enabled = page.command(domain, &json!({}));
            if *domain == "Runtime.enable" {
                enabled?;
            }
        }
        Ok(page)
    }

    /// Any command of the protocol, sent to this target.
    ///
    /// # Errors
    /// What the browser answered.
    pub fn command(&self, method: &str, parameters: &Value) -> Result<Value> {
        self.connection.command(Some(&self.session), method, parameters)
    }

    /// Goes to `url` and waits until the document there has been parsed. Later redirects made by scripts are
    /// not waited for; name what you expect with [`Page::wait_for`].
    ///
    /// # Errors
    /// The browser could not get there.
    pub fn navigate(&self, url: &str) -> Result<()> {
        let answer = self.command("Page.navigate", &json!({ "url": url }))?;
        if let Some(error) = answer["errorText"].as_str() {
            bail!("could not go to {url}: {error}");
        }
        self.wait_for("document.readyState !== 'loading'")?;
        Ok(())
    }

    /// The value of a JavaScript expression. Promises are awaited; the call counts as a user's gesture.
    ///
    /// # Errors
    /// The exception it threw.
    pub fn evaluate(&self, expression: &str) -> Result<Value> {
        self.evaluate_in(None, expression)
    }

    /// [`Page::evaluate`] in one of the page's execution contexts; none: the document's own.
    pub(super) fn evaluate_in(&self, context: Option<&Value>, expression: &str) -> Result<Value> {
        let mut parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        if let Some(context) = context {
            parameters["contextId"] = context.clone();
        }
        let mut answer = self.command("Runtime.evaluate", &parameters)?;
        if let Some(details) = answer.get("exceptionDetails") {
            bail!("{}", exception_text(details));
        }
        Ok(answer["result"]["value"].take())
    }

    /// Waits until the expression is true in JavaScript's sense, across navigations, and gives its value.
    ///
    /// # Errors
    /// It did not become true: with its last value or exception, and where the page then was.
    pub fn wait_for(&self, expression: &str) -> Result<Value> {
        let truth = format!(
            "(async () => {{ const value = await ({expression}\n); return {{ truth: !!value, value }} }})()"
        );
        until(expression, || {
            let mut answer = self.evaluate(&truth)?;
            ensure!(answer["truth"] == true, "its last value was {}", answer["value"]);
            Ok(answer["value"].take())
        })
        .with_context(|| format!("in {}", self.url().unwrap_or_else(|_| "a page that is gone".to_owned())))
    }

    /// Waits until the page shows `text` somewhere.
    ///
    /// # Errors
    /// It does not: with what it shows.
    pub fn wait_for_text(&self, text: &str) -> Result<()> {
        until(&format!("the text {text:?}"), || {
            let shown = self.text()?;
            ensure!(shown.contains(text), "the page shows: {shown}");
            Ok(())
        })
    }

    /// The text a person sees, closed shadow roots not included.
    ///
    /// # Errors
    /// The page is gone.
    pub fn text(&self) -> Result<String> {
        let text = self.evaluate("document.body?.innerText ?? ''")?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The address.
    ///
    /// # Errors
    /// The page is gone.
    pub fn url(&self) -> Result<String> {
        Ok(self.evaluate("location.href")?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page has loaded (its scripts may give the click its meaning) and the element is there, and
    /// clicks its middle with the mouse; once more, if the element moved away in that moment, as it does when a side
    /// panel opens.
    ///
    /// # Errors
    /// No such element, or it stays hidden or behind another one.
    pub fn click(&self, selector: &str) -> Result<()> {
        self.to_front()?;
        until(&format!("{selector} to click on"), || {
            let place = self.evaluate(&format!("({MIDDLE})({})", quoted(selector)))?;
            ensure!(place["reason"].is_null(), "{}", place["reason"].as_str().unwrap_or_default());
            self.click_at(&place)?;
            // Gone with its page, when the click led elsewhere or closed it.
            let hit = self.evaluate("globalThis.harnessClick").unwrap_or_default();
            ensure!(hit != "missed", "the click missed it");
            Ok(())
        })
    }

    fn click_at(&self, place: &Value) -> Result<()> {
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": place["x"], "y": place["y"],
                "button": button, "buttons": buttons, "clickCount": u8::from(button == "left") });
            self.command("Input.dispatchMouseEvent", &event)?;
        }
        Ok(())
    }

    /// Waits until the page has loaded and the field is there, empties it and types `text` into it.
    ///
    /// # Errors
    /// No such field.
    pub fn fill(&self, selector: &str, text: &str) -> Result<()> {
        self.to_front()?;
        let selector = quoted(selector);
        self.wait_for(&format!(
            "(field => {{ field?.focus(); field?.select?.(); \
             return document.readyState === 'complete' && document.activeElement === field }})\
             (document.querySelector({selector}))"
        ))?;
        self.command("Input.insertText", &json!({ "text": text }))?;
        Ok(())
    }

    /// Presses a key, such as `Enter`, `Shift+Tab`, `ArrowDown`, in whatever has the focus.
    ///
    /// # Errors
    /// A key the harness does not know.
    pub fn press(&self, keys: &str) -> Result<()> {
        for event in keyboard::press(keys)? {
            self.command("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    /// Brings the page to the front, as a click on its tab would.
    ///
    /// # Errors
    /// The page is gone.
    pub fn to_front(&self) -> Result<()> {
        self.command("Page.bringToFront", &json!({}))?;
        Ok(())
    }

    /// Says how large the page is drawn, in CSS pixels, whatever the window's size.
    ///
    /// # Errors
    /// The page is gone.
    pub fn set_size(&self, width: u32, height: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &size)?;
        Ok(())
    }

    /// Makes the page believe that the person prefers dark colours, or light ones.
    ///
    /// # Errors
    /// The page is gone.
    pub fn prefer_dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.command("Emulation.setEmulatedMedia", &features)?;
        Ok(())
    }

    /// Brings the page to the front (the browser draws no hidden ones) and writes a picture of what is visible to
    /// `file` (PNG); makes the folder.
    ///
    /// # Errors
    /// The page is gone, or the file cannot be written.
    pub fn screenshot(&self, file: &Path) -> Result<()> {
        self.to_front()?;
        let answer = self.command("Page.captureScreenshot", &json!({ "format": "png" }))?;
        let picture =
            STANDARD.decode(answer["data"].as_str().context("Page.captureScreenshot: no picture")?)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, picture).with_context(|| format!("could not write {}", file.display()))
    }

    /// What this target wrote to its console since it was attached to, and what it had written before.
    #[must_use]
    pub fn console(&self) -> Vec<ConsoleLine> {
        self.connection.console(&self.session)
    }

    /// Closes the tab, the popup or the worker.
    ///
    /// # Errors
    /// It is gone already.
    pub fn close(self) -> Result<()> {
        let closing = self.as_target("page");
        self.connection.command(None, "Target.closeTarget", &json!({ "targetId": self.target }))?;
        super::wait_until_gone(&self.connection, &closing)
    }

    /// Lets go of the target: a worker that nobody is attached to may be stopped by the browser.
    ///
    /// # Errors
    /// It is gone already.
    pub fn detach(self) -> Result<()> {
        self.connection.command(None, "Target.detachFromTarget", &json!({ "sessionId": self.session }))?;
        Ok(())
    }

    /// The id of the target.
    #[must_use]
    pub fn target_id(&self) -> &str {
        &self.target
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    pub(super) fn session(&self) -> &str {
        &self.session
    }

    fn as_target(&self, kind: &str) -> Target {
        Target { id: self.target.clone(), kind: kind.to_owned(), url: self.url().unwrap_or_default() }
    }
}

/// Where to click on an element, or why not. Asked again until it is possible. Notes whether the click arrives.
const MIDDLE: &str = "selector => {
    if (document.readyState !== 'complete') return { reason: 'the page still loads' };
    const element = document.querySelector(selector);
    if (!element) return { reason: 'no such element' };
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return { reason: 'it has no size' };
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const top = document.elementFromPoint(x, y);
    if (!top || !(element.contains(top) || top.contains(element)))
        return { reason: 'it is covered by ' + (top?.outerHTML.slice(0, 80) ?? 'nothing') };
    globalThis.harnessClick = 'missed';
    addEventListener('click', event => {
        if (event.composedPath().includes(element)) globalThis.harnessClick = 'hit';
    }, { capture: true, once: true });
    return { x, y };
}";

/// A JavaScript string literal. JSON's strings are JavaScript's.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The id of a remote object.
pub(super) fn object_id(object: &Value) -> Result<&str> {
    object["objectId"].as_str().ok_or_else(|| anyhow!("the browser gave no object but {object}"))
}
