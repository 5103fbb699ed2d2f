//! A person opens an encrypted message with a private key: in the panel by pasting it, on the static page by
//! choosing its file. Neither the key nor what it opens is in the store, in a file that is saved, or on the
//! page once the trace is cleared or the page is left.
//!
//! The messages and keys are the samples of the core's own test. Left out: which ciphers there are.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight_tests::browser::{Browser, Page};
use serde_json::json;

use crate::files::{DROP, Served, give, saved};
use crate::forms::Forms;
use crate::stage::{MESSAGES_TAB, Stage, keep_picture, show_part};

/// The values that only the key shows.
const NAME_ID: &str = "robin.field";
const EMAIL: &str = "robin@example.com";

/// An encrypted message, its key, and a key of somebody else.
struct Sample {
    message: String,
    key: String,
    other_key: String,
}

impl Sample {
    fn read() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crate/tests/encryption/samples");
        let read = |name: &str| -> Result<String> {
            let file: PathBuf = folder.join(name);
            fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))
        };
        Ok(Sample {
            message: read("data-aes256-gcm.xml")?,
            key: read("keys/sp.key")?,
            other_key: read("keys/atk.key")?,
        })
    }

    /// The texts that must not be found where it was not shown on purpose: the plain text, and a line of the
    /// key.
    fn secrets(&self) -> Result<[&str; 3]> {
        let line = self.key.lines().nth(5).context("the key has no lines")?;
        Ok([NAME_ID, EMAIL, line])
    }

    fn found_in(&self, text: &str) -> Result<Vec<&str>> {
        let secrets = self.secrets()?.into_iter();
        Ok(secrets.filter(|secret| Forms::of(secret).are_in(text.as_bytes())).collect())
    }
}

pub(crate) fn by_key(stage: &Stage, browser: &Browser) -> Result<()> {
    let sample = Sample::read()?;
    in_the_panel(stage, browser, &sample).context("in the panel")?;
    on_the_static_page(stage, browser, &sample).context("on the static page")
}

fn in_the_panel(stage: &Stage, browser: &Browser, sample: &Sample) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let acs = format!("https://gitlab.com/groups/{}/-/saml/callback", state.group.path);
    desk.post_from_idp(&acs, &STANDARD.encode(&sample.message))?;
    desk.tab.wait_for_text("An encryptedassertion found")?;
    let panel = &desk.samlight.panel;
    unfold(panel)?;
    ensure!(sample.found_in(&content(panel)?)?.is_empty(), "it is open without a key");

    paste(panel, &sample.other_key)?;
    panel.wait_for_text("still closed")?;
    ensure!(sample.found_in(&content(panel)?)?.is_empty(), "another key opens it");
    paste(panel, &sample.key)?;
    panel.wait_for("document.querySelector('.decrypted')?.innerText.includes('opened with your key')")?;
    let opened = panel.evaluate("document.querySelector('.decrypted').innerText")?;
    for value in [NAME_ID, EMAIL] {
        ensure!(opened.as_str().is_some_and(|opened| opened.contains(value)), "{value} is not in {opened}");
    }
    keep_picture(panel, "decrypted")?;
    // The field is empty again, and the page alone knows what is in the message.
    ensure!(sample.found_in(&content(panel)?)? == [NAME_ID, EMAIL], "the key stays on the page");
    let stored = desk.samlight.extension.stored(panel)?;
    let overview = serde_json::to_string(&desk.samlight.newest()?)?;
    for text in [format!("{stored:?}"), overview, desk.samlight.report()?] {
        ensure!(sample.found_in(&text)?.is_empty(), "{text}");
    }
    panel.click(".files-toggle")?;
    panel.click(".clear-choice input")?;
    for format in ["trace", "har", "saml-tracer"] {
        let file = saved(panel, format)?;
        ensure!(sample.found_in(&file)?.is_empty(), "saved as {format}: {file}");
    }

    desk.samlight.clear()?;
    panel.wait_for_text("No sign-in yet")?;
    ensure!(sample.found_in(&content(panel)?)?.is_empty(), "it stays after the trace was cleared");
    // The same message again is closed.
    desk.post_from_idp(&acs, &STANDARD.encode(&sample.message))?;
    unfold(panel)?;
    ensure!(sample.found_in(&content(panel)?)?.is_empty(), "it stays open");
    Ok(())
}

fn on_the_static_page(stage: &Stage, browser: &Browser, sample: &Sample) -> Result<()> {
    let served = Served::start(&stage.extensions.join(browser.kind().id()).join("panel"))?;
    let page = browser.open(&format!("http://localhost:{}/", served.server.port()))?;
    page.wait_for_text("Drop a file on this page")?;
    give(&page, DROP, &[("message.xml", &sample.message)])?;
    unfold(&page)?;
    let choose = "const field = document.querySelector('input[name=key-file]'); field.files = given.files;
        field.dispatchEvent(new Event('change', { bubbles: true }))";
    give(&page, choose, &[("no.key", "no key")])?;
    page.wait_for("document.querySelector('.key [role=alert]')?.innerText")?;
    give(&page, choose, &[("sp.key", &sample.key)])?;
    page.wait_for(&format!(
        "document.querySelector('.decrypted')?.innerText.includes({name_id}) \
         && !document.querySelector('input[name=key-file]').files.length \
         && !document.querySelector('.key [role=alert]')",
        name_id = json!(NAME_ID)
    ))?;
    ensure!(sample.found_in(&content(&page)?)? == [NAME_ID, EMAIL], "the key is on the page");
    let kept =
        page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")?;
    ensure!(sample.found_in(kept.as_str().unwrap_or_default())?.is_empty(), "{kept}");
    // Whoever comes back to the page begins anew.
    page.navigate(&format!("http://localhost:{}/", served.server.port()))?;
    page.wait_for_text("Drop a file on this page")?;
    ensure!(sample.found_in(&content(&page)?)?.is_empty(), "it is there after the page was left");
    Ok(())
}

/// Unfolds the message and its form for the key.
fn unfold(page: &Page) -> Result<()> {
    show_part(page, MESSAGES_TAB)?;
    page.wait_for(
        "(document.querySelectorAll('.part details').forEach(it => { it.open = true }),
          document.querySelector('.key textarea')?.offsetHeight > 0)",
    )?;
    Ok(())
}

/// Pastes a key into the empty field, as the browser does it: at once. Typed key by key it would not all
/// arrive in Firefox.
fn paste(page: &Page, key: &str) -> Result<()> {
    let pasted = page.evaluate(&format!(
        "(field => (field.focus(), document.execCommand('insertText', false, {key}), field.value.trim() === {key}.trim()))\
         (document.querySelector('.key textarea'))",
        key = json!(key)
    ))?;
    ensure!(pasted == true, "the field does not hold the key");
    page.click(".key button")?;
    page.wait_for("document.querySelector('.key textarea').value === ''")?;
    Ok(())
}

/// All that the document holds, what is typed into its fields included.
fn content(page: &Page) -> Result<String> {
    let content = page.evaluate(
        "document.documentElement.outerHTML
            + [...document.querySelectorAll('input, textarea')].map(field => field.value).join('\\n')",
    )?;
    Ok(content.as_str().context("no document")?.to_owned())
}
