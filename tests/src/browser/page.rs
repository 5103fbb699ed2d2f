//! Anything with a document or a script in it: a tab, a popup, a side panel or sidebar, a worker.
//!
//! A page is changed by real input (mouse, keys), so that a test gets what a person would get, user
//! activation included. It is read by an expression; a wait is an expression that must become true.

use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::Kind;
use super::chromium::{self, ConsoleLine, Found};
use crate::wait::until;

/// A handle to one page. The page outlives it.
#[derive(Clone, Debug)]
pub struct Page {
    view: Arc<dyn View>,
}

/// The things that a browser's client can do with one page; all else is built on it. For the meaning see
/// [`Page`].
pub(super) trait View: Debug + Send + Sync {
    fn navigate(&self, url: &str) -> Result<()>;
    fn evaluate(&self, program: &str) -> Result<Value>;
    /// The value that `program` gives; nothing when the page is being left, which may keep the answer until
    /// it is gone.
    fn peek(&self, program: &str) -> Option<Value>;
    fn click_at(&self, x: f64, y: f64) -> Result<()>;
    /// Types into what has the focus, in place of what is selected there.
    fn insert_text(&self, text: &str) -> Result<()>;
    fn press(&self, keys: &str) -> Result<()>;
    fn to_front(&self) -> Result<()>;
    fn prefer_dark(&self, dark: bool) -> Result<()>;
    fn force_colors(&self, forced: bool) -> Result<()>;
    fn set_size(&self, width: u32, height: u32) -> Result<()>;
    /// The visible part, as PNG.
    fn picture(&self) -> Result<Vec<u8>>;
    fn shadow_texts(&self, selector: &str) -> Result<Vec<String>>;
    fn clipboard(&self) -> Result<String>;
    fn console(&self) -> Vec<ConsoleLine>;
    fn close(&self) -> Result<()>;
    /// Gives a file of this machine to a field for files, as the browser's dialog does.
    fn choose(&self, selector: &str, file: &str) -> Result<()>;
    /// The page as Chromium's client knows it, for what only Chromium can do.
    fn in_chromium(&self) -> Option<&chromium::Page> {
        None
    }
}

impl Page {
    pub(super) fn new(view: impl View + 'static) -> Self {
        Page { view: Arc::new(view) }
    }

    /// Goes to `url` and waits until the document there has been parsed. Later redirects made by scripts are
    /// not waited for; name what you expect with [`Page::wait_for`].
    ///
    /// # Errors
    /// The browser could not get there.
    pub fn navigate(&self, url: &str) -> Result<()> {
        self.view.navigate(url)?;
        self.wait_for("document.readyState !== 'loading'")?;
        Ok(())
    }

    /// The value of a JavaScript expression. Promises are awaited; the call counts as a user's gesture.
    ///
    /// # Errors
    /// The exception it threw.
    pub fn evaluate(&self, expression: &str) -> Result<Value> {
        self.view.evaluate(expression)
    }

    /// Runs statements that lead to another document, and waits until that has begun. They run after the
    /// answer has been given, which would be lost with the page else.
    ///
    /// # Errors
    /// The page is gone already, or stays.
    pub fn leave(&self, statements: &str) -> Result<()> {
        self.evaluate(&format!(
            "globalThis.harnessLeaves = true; void setTimeout(() => {{ {statements} }})"
        ))?;
        self.wait_for("!globalThis.harnessLeaves").map(drop)
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

    /// Waits until the page has loaded (its scripts may give the click its meaning) and the element is there,
    /// and clicks its middle with the mouse; once more, if the element moved away in that moment, as it does
    /// when a side panel opens.
    ///
    /// # Errors
    /// No such element, or it stays hidden or behind another one.
    pub fn click(&self, selector: &str) -> Result<()> {
        self.to_front()?;
        until(&format!("{selector} to click on"), || {
            let place = self.evaluate(&format!("({MIDDLE})({})", quoted(selector)))?;
            ensure!(place["reason"].is_null(), "{}", place["reason"].as_str().unwrap_or_default());
            let at = |axis: &str| place[axis].as_f64().with_context(|| format!("no {axis} in {place}"));
            self.view.click_at(at("x")?, at("y")?)?;
            // Gone with its page, when the click led elsewhere or closed it.
            let hit = self.view.peek("globalThis.harnessClick");
            ensure!(hit.is_none_or(|hit| hit != "missed"), "the click missed it");
            Ok(())
        })
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
        self.view.insert_text(text)
    }

    /// Waits until the field for files is there, and gives it the file, as the browser's dialog does: what is
    /// in it stays on the disk.
    ///
    /// # Errors
    /// No such field, or the browser does not take the file.
    pub fn choose(&self, selector: &str, file: &Path) -> Result<()> {
        self.wait_for(&format!("document.querySelector({})", quoted(selector)))?;
        self.view.choose(selector, file.to_str().context("the file's name is no text")?)
    }

    /// Types into what has the focus.
    ///
    /// # Errors
    /// The page is gone.
    pub fn type_text(&self, text: &str) -> Result<()> {
        self.view.insert_text(text)
    }

    /// Presses a key, such as `Enter`, `Shift+Tab`, `ArrowDown`, in whatever has the focus.
    ///
    /// # Errors
    /// A key the harness does not know.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.view.press(keys)
    }

    /// Brings the page to the front, as a click on its tab would.
    ///
    /// # Errors
    /// The page is gone.
    pub fn to_front(&self) -> Result<()> {
        self.view.to_front()
    }

    /// Makes the page believe that the person prefers dark colours, or light ones.
    ///
    /// # Errors
    /// The page is gone.
    pub fn prefer_dark(&self, dark: bool) -> Result<()> {
        self.view.prefer_dark(dark)
    }

    /// Says whether the page is drawn in the few colours that a person chose for all pages.
    ///
    /// # Errors
    /// The page is gone.
    pub fn force_colors(&self, forced: bool) -> Result<()> {
        self.view.force_colors(forced)
    }

    /// Brings the page to the front (the browser draws no hidden ones) and writes a picture of what is
    /// visible to `file` (PNG); makes the folder.
    ///
    /// # Errors
    /// The page is gone, or the file cannot be written.
    pub fn screenshot(&self, file: &Path) -> Result<()> {
        self.to_front()?;
        let picture = self.view.picture()?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, picture).with_context(|| format!("could not write {}", file.display()))
    }

    /// For each element that matches, in document order, the text inside its shadow root, open or closed,
    /// white space folded. An element without a shadow root gives an empty text.
    ///
    /// # Errors
    /// The page changed under the reading; ask again (within [`crate::wait::until`]).
    pub fn shadow_texts(&self, selector: &str) -> Result<Vec<String>> {
        self.view.shadow_texts(selector)
    }

    /// The text in the clipboard.
    ///
    /// # Errors
    /// There is none.
    pub fn clipboard(&self) -> Result<String> {
        self.view.clipboard()
    }

    /// The lines that this page wrote to its console. Firefox does not tell the pages of an extension apart:
    /// there it is what all of them, and the event page, complained of.
    #[must_use]
    pub fn console(&self) -> Vec<ConsoleLine> {
        self.view.console()
    }

    /// Closes the tab, the popup or the worker.
    ///
    /// # Errors
    /// It is gone already.
    pub fn close(self) -> Result<()> {
        self.view.close()
    }

    /// Any command of Chromium's protocol, sent to this target.
    ///
    /// # Errors
    /// The error that the browser answered with; the page is in another browser.
    pub fn command(&self, method: &str, parameters: &Value) -> Result<Value> {
        self.in_chromium()?.command(method, parameters)
    }

    /// Says how large the page is drawn, in CSS pixels, whatever the window's size, and waits until it is.
    ///
    /// # Errors
    /// The page is gone, or does not get that size.
    pub fn set_size(&self, width: u32, height: u32) -> Result<()> {
        self.view.set_size(width, height)?;
        // What is clicked on before may be somewhere else then.
        self.wait_for(&format!("innerWidth === {width}")).map(drop)
    }

    /// The places where the target still holds one of `needles`: in a string that JavaScript reaches, or in a
    /// WebAssembly memory, as UTF-8 or UTF-16. In Chromium alone.
    ///
    /// # Errors
    /// The target is gone, or in another browser.
    pub fn find_in_memory(&self, needles: &[&str]) -> Result<Vec<Found>> {
        self.in_chromium()?.find_in_memory(needles)
    }

    /// From now on has the target note each WebAssembly memory that it decodes text from, for
    /// [`Page::find_in_memory`]. Needed where a module exports a table of functions. In Chromium alone.
    ///
    /// # Errors
    /// The target is gone, or in another browser.
    pub fn note_memories(&self) -> Result<()> {
        self.in_chromium()?.note_memories()
    }

    /// From now on [`Page::find_in_memory`] takes the memory of the Wasm that wasm-bindgen's module at
    /// `bindings` has started in this page. In Chromium alone.
    ///
    /// # Errors
    /// The page is gone, has no such module, or is in another browser.
    pub fn note_memory_of(&self, bindings: &str) -> Result<()> {
        self.in_chromium()?.note_memory_of(bindings)
    }

    /// The sizes in bytes of all buffers that JavaScript still reaches, smallest first. In Chromium alone.
    ///
    /// # Errors
    /// The target is gone, or in another browser.
    pub fn buffer_sizes(&self) -> Result<Vec<u64>> {
        self.in_chromium()?.buffer_sizes()
    }

    /// The browser it is in.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.view.in_chromium().is_some() { Kind::Chromium } else { Kind::Firefox }
    }

    /// The id of the target, in Chromium alone.
    ///
    /// # Errors
    /// The page is in another browser.
    pub fn target_id(&self) -> Result<&str> {
        Ok(self.in_chromium()?.target_id())
    }

    pub(super) fn in_chromium(&self) -> Result<&chromium::Page> {
        match self.view.in_chromium() {
            Some(page) => Ok(page),
            None => bail!("only Chromium can do this; let the scenario run there alone"),
        }
    }
}

/// The place to click on an element, or why not. Asked again until it is possible. Notes whether the click
/// arrives.
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
