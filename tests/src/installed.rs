//! Samlight installed in a browser: where its pages are, when it is ready, what it says. Everything that the
//! end-to-end tests and the demonstration know about Samlight's own calls and pages is here.
//!
//! Calls are those of `crate/src/calls/protocol.rs`, sent from one of the extension's own pages as the panel
//! sends them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use samlight::{
    calls::protocol::{GroupCall, OwnCall, OwnReply},
    view::{FlowView, Overview},
};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Extension, Page},
    wait::until,
};

/// The panel as the side panel.
pub const SIDE_PANEL: &str = "panel/index.html?view=side";
/// The panel as a tab.
pub const PANEL_TAB: &str = "panel/index.html?view=tab";
/// The panel among the developer tools; the number of the inspected tab follows.
pub const DEVELOPER_TOOLS: &str = "panel/index.html?view=devtools#tab=";
/// The popup of the toolbar button.
pub const POPUP: &str = "panel/index.html?view=popup";
/// The page that says what is recorded; opens by itself after the installation.
pub const WELCOME: &str = "panel/index.html?view=welcome";
/// The page of the GitLab instances that the person named.
pub const INSTANCES: &str = "panel/index.html?view=instances";
/// The element that carries a note on GitLab's page; its text is in a closed shadow root.
pub const NOTE: &str = "samlight-note";

/// Any address of GitLab with a SAML parameter is recorded. These two have no page that is read, and are not
/// redirected: the last event of each is `completed`.
const PROBE: &str = "https://gitlab.com/assets/style.css?SAMLRequest=harness-probe";
const LAST_PROBE: &str = "https://gitlab.com/assets/style.css?SAMLRequest=last-harness-probe";

/// Samlight, recording, with an empty trace.
#[derive(Clone, Debug)]
pub struct Installed {
    /// For worker, popup, permissions and storage.
    pub extension: Extension,
    /// A tab with the panel, from which the calls are made.
    pub panel: Page,
}

impl Installed {
    /// Loads the built extension, closes its first-run page, waits until it records, and clears the trace of
    /// that probe. `tab` is used for the probe and left on it.
    ///
    /// # Errors
    /// Nothing built there, it opens no first-run page, or it does not record.
    pub fn load(browser: &Browser, folder: &Path, tab: &Page) -> Result<Self> {
        Installed::begin(browser, browser.load_extension(&built_in(folder)?)?, tab)
    }

    /// The same, allowed in private windows.
    ///
    /// # Errors
    /// As [`Installed::load`].
    pub fn load_for_private(browser: &Browser, folder: &Path, tab: &Page) -> Result<Self> {
        let extension = browser.load_extension(&built_in(folder)?)?;
        close_first_run(browser, &extension)?;
        extension.allow_private(browser)?;
        Installed::record(browser, extension, tab)
    }

    /// The same of an extension that was just installed by other means.
    ///
    /// # Errors
    /// As [`Installed::load`].
    pub fn begin(browser: &Browser, extension: Extension, tab: &Page) -> Result<Self> {
        close_first_run(browser, &extension)?;
        Installed::record(browser, extension, tab)
    }

    fn record(browser: &Browser, extension: Extension, tab: &Page) -> Result<Self> {
        let panel = browser.open(&extension.url(PANEL_TAB))?;
        let installed = Installed { extension, panel };
        let recorded = || Ok(installed.events()?.iter().any(|it| it["url"] == PROBE));
        installed.extension.wait_until_recording(tab, PROBE, recorded)?;
        // The probe may have been sent more than once. After the end of another one, nothing of it comes any
        // more.
        tab.navigate(LAST_PROBE)?;
        until("the end of the last probe", || {
            let events = installed.events()?;
            let request =
                events.iter().find(|it| it["url"] == LAST_PROBE).context("it is not in the record")?;
            let ended =
                events.iter().any(|it| it["kind"] == "completed" && it["request"] == request["request"]);
            ensure!(ended, "it has not ended: {events:?}");
            Ok(())
        })?;
        installed.clear()?;
        let left = installed.events()?;
        ensure!(left.is_empty(), "after clearing there still was: {left:?}");
        Ok(installed)
    }

    /// The newest sign-in as the terminal shows it.
    ///
    /// # Errors
    /// Samlight does not answer.
    pub fn report(&self) -> Result<String> {
        Ok(self.ask("report", json!({ "call": "report" }))?.as_str().unwrap_or_default().to_owned())
    }

    /// The first screen.
    ///
    /// # Errors
    /// Samlight does not answer.
    pub fn overview(&self) -> Result<Overview> {
        Ok(serde_json::from_value(self.ask("overview", json!({ "call": "overview" }))?)?)
    }

    /// The newest sign-in in full.
    ///
    /// # Errors
    /// Samlight does not answer, or has seen none.
    pub fn newest(&self) -> Result<FlowView> {
        let overview = self.overview()?;
        self.flow(&overview.flows.first().context("no sign-in was recorded")?.id)
    }

    /// One sign-in in full, by its id in the first screen.
    ///
    /// # Errors
    /// Samlight does not answer, or has no such sign-in.
    pub fn flow(&self, id: &str) -> Result<FlowView> {
        Ok(serde_json::from_value(self.ask("flow", json!({ "call": "flow", "id": id }))?)?)
    }

    /// Samlight's answer to a call about the group that is checked.
    ///
    /// # Errors
    /// Samlight does not answer.
    pub fn group(&self, call: &GroupCall) -> Result<OwnReply> {
        let call = serde_json::to_string(&OwnCall::Group(call.clone()))?;
        let answer = self.send(&json!({ "to": "core", "call": call }))?;
        Ok(serde_json::from_str(answer["reply"].as_str().unwrap_or_default())?)
    }

    fn ask(&self, expected: &str, call: Value) -> Result<Value> {
        let answer = self.send(&json!({ "to": "core", "call": call.to_string() }))?;
        let mut reply: Value = serde_json::from_str(answer["reply"].as_str().unwrap_or_default())
            .with_context(|| format!("Samlight answered {answer}"))?;
        ensure!(reply["reply"] == expected, "Samlight answered {reply}");
        Ok(reply["value"].take())
    }

    /// Deletes the trace, as the panel's button does.
    ///
    /// # Errors
    /// Samlight does not answer.
    pub fn clear(&self) -> Result<()> {
        let answer = self.send(&json!({ "to": "recorder", "command": "clear" }))?;
        ensure!(answer["done"] == true, "Samlight answered {answer}");
        Ok(())
    }

    /// The events in the store, oldest first.
    ///
    /// # Errors
    /// The panel is gone.
    pub fn events(&self) -> Result<Vec<Value>> {
        let session = self.extension.stored(&self.panel)?.session;
        let mut named: Vec<_> = session.into_iter().filter(|(name, _)| name.starts_with("event ")).collect();
        named.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(named.into_iter().map(|(_, event)| event).collect())
    }

    fn send(&self, message: &Value) -> Result<Value> {
        self.panel.evaluate(&format!("chrome.runtime.sendMessage({message})"))
    }
}

/// Loaded first: Firefox complains of a page that goes while it is drawn for the first time.
fn close_first_run(browser: &Browser, extension: &Extension) -> Result<()> {
    let first_run = browser.opened(&extension.url(WELCOME))?;
    first_run.wait_for("document.readyState === 'complete'")?;
    first_run.close()
}

/// The folder itself when an extension is in it.
///
/// # Errors
/// None is; says how to build one.
pub fn built_in(folder: &Path) -> Result<PathBuf> {
    let manifest = folder.join("manifest.json");
    ensure!(
        manifest.is_file(),
        "no extension in {}. Build it: `cargo xtask build` for target/extension, \
         `cargo xtask dist` for target/dist",
        folder.display()
    );
    Ok(folder.to_owned())
}
