//! One page of Firefox: a tab's, the popup's or the sidebar's. Each function is one of `inside.js`.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::connection::Connection;
use crate::browser::ConsoleLine;
use crate::browser::page::View;

/// A handle to one page, by the number that `inside.js` gave it.
#[derive(Clone, Debug)]
pub(super) struct Content {
    connection: Arc<Connection>,
    number: u64,
    /// The extension whose page it is, by the beginning of its addresses.
    origin: Option<String>,
}

/// Keys with a name, and the code point by which WebDriver (17.4.2) calls each.
const NAMED: &[(&str, char)] = &[
    ("Tab", '\u{E004}'),
    ("Enter", '\u{E007}'),
    ("Escape", '\u{E00C}'),
    ("Space", ' '),
    ("Backspace", '\u{E003}'),
    ("Delete", '\u{E017}'),
    ("ArrowLeft", '\u{E012}'),
    ("ArrowUp", '\u{E013}'),
    ("ArrowRight", '\u{E014}'),
    ("ArrowDown", '\u{E015}'),
    ("Home", '\u{E011}'),
    ("End", '\u{E010}'),
    ("PageUp", '\u{E00E}'),
    ("PageDown", '\u{E00F}'),
    ("F6", '\u{E036}'),
];

/// Modifiers, and what Firefox calls each.
const MODIFIERS: &[(&str, &str)] =
    &[("Alt", "altKey"), ("Control", "ctrlKey"), ("Meta", "metaKey"), ("Shift", "shiftKey")];

impl Content {
    pub(super) fn new(connection: &Arc<Connection>, number: u64, origin: Option<String>) -> Self {
        Content { connection: Arc::clone(connection), number, origin }
    }

    fn call(&self, function: &str, more: &[Value]) -> Result<Value> {
        let arguments: Vec<_> = std::iter::once(self.number.into()).chain(more.iter().cloned()).collect();
        self.connection.call(function, &arguments)
    }

    /// Runs one of the functions beside the page, in its process.
    fn beside(&self, function: &str, given: Value) -> Result<Value> {
        self.call("inPage", &[function.into(), given])
    }

    fn keys(&self, keys: &[char], modifiers: &[&str]) -> Result<()> {
        let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        self.beside("keys", json!({ "keys": keys, "modifiers": modifiers })).map(drop)
    }
}

impl View for Content {
    fn navigate(&self, url: &str) -> Result<()> {
        match self.call("navigate", &[url.into()])?.as_str() {
            Some(error) => bail!("could not go to {url}: {error}"),
            None => Ok(()),
        }
    }

    fn peek(&self, program: &str) -> Option<Value> {
        self.evaluate(program).ok()
    }

    fn evaluate(&self, program: &str) -> Result<Value> {
        let answer = self.beside("evaluate", program.into())?;
        let mut answer: Value = serde_json::from_str(answer.as_str().context("the script gave nothing")?)?;
        match answer["thrown"].as_str() {
            Some(thrown) => bail!("{thrown}"),
            None => Ok(answer["value"].take()),
        }
    }

    fn click_at(&self, x: f64, y: f64) -> Result<()> {
        self.beside("click", json!({ "x": x, "y": y })).map(drop)
    }

    fn insert_text(&self, text: &str) -> Result<()> {
        self.keys(&text.chars().collect::<Vec<_>>(), &[])
    }

    fn press(&self, keys: &str) -> Result<()> {
        let (key, modifiers) = keys_of(keys)?;
        self.keys(&[key], &modifiers)
    }

    fn to_front(&self) -> Result<()> {
        self.call("toFront", &[]).map(drop)
    }

    fn prefer_dark(&self, dark: bool) -> Result<()> {
        self.call("preferDark", &[dark.into()]).map(drop)
    }

    fn force_colors(&self, forced: bool) -> Result<()> {
        self.call("forceColors", &[forced.into()]).map(drop)
    }

    fn set_size(&self, width: u32, height: u32) -> Result<()> {
        self.call("setSize", &[width.into(), height.into()]).map(drop)
    }

    fn picture(&self) -> Result<Vec<u8>> {
        Ok(STANDARD.decode(self.call("picture", &[])?.as_str().context("Firefox gave no picture")?)?)
    }

    fn shadow_texts(&self, selector: &str) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.beside("shadows", selector.into())?)?)
    }

    fn clipboard(&self) -> Result<String> {
        let text = self.connection.call("clipboard", &[])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    fn console(&self) -> Vec<ConsoleLine> {
        self.connection.console(self.origin.as_deref().unwrap_or("moz-extension:"))
    }

    fn choose(&self, selector: &str, file: &str) -> Result<()> {
        self.beside("choose", json!({ "selector": selector, "file": file })).map(drop)
    }

    fn close(&self) -> Result<()> {
        self.call("close", &[]).map(drop)
    }
}

/// The key and what is held with it, of a name such as `Shift+Tab`.
fn keys_of(keys: &str) -> Result<(char, Vec<&'static str>)> {
    let mut parts: Vec<_> = keys.split('+').collect();
    let name = parts.pop().unwrap_or_default();
    let held = |part: &str| MODIFIERS.iter().find(|(known, _)| *known == part).map(|(_, held)| *held);
    let modifiers: Option<Vec<_>> = parts.into_iter().map(held).collect();
    let modifiers = modifiers.with_context(|| format!("a part of {keys:?} is no modifier"))?;
    let mut letters = name.chars();
    match (NAMED.iter().find(|(known, _)| *known == name), letters.next(), letters.next()) {
        (Some((_, key)), ..) => Ok((*key, modifiers)),
        (None, Some(letter), None) => Ok((letter, modifiers)),
        _ => bail!("the harness knows no key {name:?}; add it to the table in browser/firefox/page.rs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_names_and_modifiers() -> Result<()> {
        assert_eq!(keys_of("Shift+Tab")?, ('\u{E004}', vec!["shiftKey"]));
        assert_eq!(keys_of("g")?, ('g', vec![]));
        assert!(keys_of("Hyper+a").is_err());
        assert!(keys_of("Tabulator").is_err());
        Ok(())
    }
}
