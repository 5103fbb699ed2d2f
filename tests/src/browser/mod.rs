//! A real Chromium, driven from Rust: for the end-to-end tests and the demonstration.
//!
//! [`Chromium`] is the process, [`Page`] anything with a document or a script in it (tab, popup, side panel,
//! worker), [`Extension`] one loaded extension. All speak the Chrome DevTools Protocol over a pipe; there is no
//! driver and no port. The browser and its profile go when the `Chromium` is dropped.
//!
//! | file | what |
//! |---|---|
//! | `process.rs` | binary, arguments, profile, end |
//! | `connection.rs` | commands, answers, events |
//! | `journal.rs` | consoles and exceptions |
//! | `page.rs`, `keyboard.rs` | what a person does and sees in a page |
//! | `inspect.rs` | what a person cannot see: closed shadow roots, memory |
//! | `extension.rs` | load, worker, popup, side panel, permissions, storage |
//!
//! Left out: other browsers, downloads, file choosers, frames of other processes.

mod connection;
mod extension;
mod inspect;
mod journal;
mod keyboard;
mod page;
mod process;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use connection::Connection;
pub use extension::{Extension, Stored};
pub use inspect::Found;
pub use journal::{ConsoleLine, Level};
pub use page::Page;
pub use process::BROWSER_VARIABLE;
use process::Process;

use crate::wait::until;

/// How to start the browser.
#[derive(Clone, Debug)]
pub struct LaunchOptions {
    /// Without a window.
    pub headless: bool,
    /// Width and height of the window in pixels.
    pub window: (u32, u32),
    /// Further arguments, such as those of [`crate::front::Front::chromium_arguments`].
    pub arguments: Vec<String>,
    /// The folder of the profile, which outlives the browser. None: one that goes with the browser.
    pub profile: Option<PathBuf>,
}

impl Default for LaunchOptions {
    fn default() -> Self {
        LaunchOptions { headless: true, window: (1280, 900), arguments: Vec::new(), profile: None }
    }
}

/// A running Chromium with a profile of its own.
#[derive(Debug)]
pub struct Chromium {
    connection: Arc<Connection>,
    process: Process,
}

/// Something that can be attached to: a tab's page, a worker, the tab itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The protocol's name for it.
    pub id: String,
    /// `page`, `tab`, `service_worker`, `iframe`, `browser` and more.
    pub kind: String,
    /// Its address now.
    pub url: String,
}

impl Chromium {
    /// Starts Chromium and waits until it answers.
    ///
    /// # Errors
    /// No browser found, or it ended at once: then with what it wrote to its standard error.
    pub fn launch(options: &LaunchOptions) -> Result<Self> {
        let (process, commands, answers) = Process::start(options)?;
        let chromium = Chromium { connection: Connection::new(commands, answers), process };
        let discover = json!({ "discover": true, "filter": [{}] });
        chromium
            .connection
            .command(None, "Target.setDiscoverTargets", &discover)
            .with_context(|| format!("Chromium did not start:\n{}", chromium.process.log_tail()))?;
        Ok(chromium)
    }

    /// The browser's name and version.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn version(&self) -> Result<String> {
        let answer = self.connection.command(None, "Browser.getVersion", &json!({}))?;
        Ok(answer["product"].as_str().unwrap_or("unknown").to_owned())
    }

    /// Opens a tab at `url` and waits until its document is there.
    ///
    /// # Errors
    /// As [`Page::navigate`].
    pub fn open(&self, url: &str) -> Result<Page> {
        let answer =
            self.connection.command(None, "Target.createTarget", &json!({ "url": "about:blank" }))?;
        let target = answer["targetId"].as_str().context("Target.createTarget: no targetId")?;
        let page = Page::attach(&self.connection, target)?;
        page.navigate(url)?;
        Ok(page)
    }

    /// The tab that the browser opened by itself.
    ///
    /// # Errors
    /// It has been closed.
    pub fn first_page(&self) -> Result<Page> {
        let target = self.wait_for_target("the first tab", |it| it.kind == "page")?;
        self.attach(&target)
    }

    /// Attaches to a target that is already there.
    ///
    /// # Errors
    /// The target is gone.
    pub fn attach(&self, target: &Target) -> Result<Page> {
        Page::attach(&self.connection, &target.id)
    }

    /// Everything there is, tabs and workers included.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn targets(&self) -> Result<Vec<Target>> {
        targets(&self.connection)
    }

    /// Waits for the first target that `is_it` accepts. `what` names it in the error.
    ///
    /// # Errors
    /// None came in time: with those that are there.
    pub fn wait_for_target(&self, what: &str, is_it: impl Fn(&Target) -> bool) -> Result<Target> {
        wait_for_target(&self.connection, what, is_it)
    }

    /// What all attached pages and workers wrote to their consoles.
    #[must_use]
    pub fn console(&self) -> Vec<ConsoleLine> {
        self.connection.whole_console()
    }

    /// Whether the browser is gone, because a person closed it or because it crashed.
    pub fn has_ended(&mut self) -> bool {
        self.connection.has_ended() || self.process.has_ended()
    }

    /// The last lines of Chromium's standard error.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let a_moment = Duration::from_secs(3);
        let _ = self.connection.command_within(a_moment, None, "Browser.close", &json!({}));
    }
}

fn targets(connection: &Connection) -> Result<Vec<Target>> {
    let answer = connection.command(None, "Target.getTargets", &json!({ "filter": [{}] }))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let target =
        |it: &Value| Target { id: text(&it["targetId"]), kind: text(&it["type"]), url: text(&it["url"]) };
    Ok(answer["targetInfos"].as_array().map(|all| all.iter().map(target).collect()).unwrap_or_default())
}

fn wait_for_target(connection: &Connection, what: &str, is_it: impl Fn(&Target) -> bool) -> Result<Target> {
    until(what, || {
        let mut there = targets(connection)?;
        match there.iter().position(&is_it) {
            Some(place) => Ok(there.swap_remove(place)),
            None => bail!("the browser has only: {}", list(&there)),
        }
    })
}

/// Waits until a target is gone.
fn wait_until_gone(connection: &Connection, target: &Target) -> Result<()> {
    until(&format!("the end of {} {}", target.kind, target.url), || {
        match targets(connection)?.iter().any(|it| it.id == target.id) {
            true => Err(anyhow!("it is still there")),
            false => Ok(()),
        }
    })
}

fn list(targets: &[Target]) -> String {
    targets.iter().map(|it| format!("{} {}", it.kind, it.url)).collect::<Vec<_>>().join(", ")
}
