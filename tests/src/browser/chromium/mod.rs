//! Chromium, by the Chrome DevTools Protocol over a pipe; there is no driver and no port.
//!
//! | file | what |
//! |---|---|
//! | `process.rs` | arguments, profile, end |
//! | `connection.rs` | commands, answers, events |
//! | `journal.rs` | consoles and exceptions |
//! | `page.rs`, `keyboard.rs` | what a person does and sees in a page |
//! | `inspect.rs` | what a person cannot see: closed shadow roots, memory |
//! | `extension.rs` | load, worker, popup, side panel, host access |

mod connection;
mod extension;
mod inspect;
mod journal;
mod keyboard;
mod page;
mod process;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};

use connection::Connection;
use extension::LoadedExtension;
pub use inspect::Found;
pub use journal::{ConsoleLine, Level};
pub(super) use page::Page;
use process::Process;

use super::{Client, Extension, LaunchOptions, Seen};
use crate::wait::until;

/// A running Chromium with a profile of its own.
#[derive(Debug)]
pub(super) struct Chromium {
    connection: Arc<Connection>,
    process: Process,
    installed: Option<PathBuf>,
    /// The ids of the extensions that were loaded since the start or the last tidying up.
    loaded: Mutex<Vec<String>>,
}

/// Something that can be attached to: a tab's page, a worker, the tab itself.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    /// The protocol's name for it.
    id: String,
    /// `page`, `tab`, `service_worker`, `iframe`, `browser` and more.
    kind: String,
    /// Its address now.
    url: String,
}

impl Chromium {
    /// Starts Chromium and waits until it answers.
    ///
    /// # Errors
    /// No browser found, or it ended at once: then with what it wrote to its standard error.
    pub(super) fn launch(options: &LaunchOptions) -> Result<Self> {
        let (process, commands, answers) = Process::start(options)?;
        let chromium = Chromium {
            connection: Connection::new(commands, answers),
            process,
            installed: options.installed.clone(),
            loaded: Mutex::default(),
        };
        let discover = json!({ "discover": true, "filter": [{}] });
        chromium
            .connection
            .command(None, "Target.setDiscoverTargets", &discover)
            .with_context(|| format!("Chromium did not start:\n{}", chromium.process.log_tail()))?;
        Ok(chromium)
    }
}

impl Client for Chromium {
    fn open_blank(&self) -> Result<super::Page> {
        let answer =
            self.connection.command(None, "Target.createTarget", &json!({ "url": "about:blank" }))?;
        attached(&self.connection, answer["targetId"].as_str().context("Target.createTarget: no targetId")?)
    }

    fn first_page(&self) -> Result<super::Page> {
        let target = wait_for_target(&self.connection, "the first tab", |it| it.kind == "page")?;
        attached(&self.connection, &target.id)
    }

    fn opened(&self, url: &str) -> Result<super::Page> {
        let is_it = |it: &Target| it.kind == "page" && it.url == url;
        attached(&self.connection, &wait_for_target(&self.connection, &format!("a tab at {url}"), is_it)?.id)
    }

    fn load_extension(&self, folder: &Path) -> Result<Extension> {
        let extension = LoadedExtension::load(&self.connection, folder)?;
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).push(extension.id().to_owned());
        Ok(Extension::new(extension))
    }

    fn installed_extension(&self) -> Result<Extension> {
        let folder = self.installed.as_ref().context("no extension was installed")?;
        Ok(Extension::new(LoadedExtension::installed(&self.connection, folder)?))
    }

    fn forget_cookies(&self) -> Result<()> {
        self.connection.command(None, "Storage.clearCookies", &json!({})).map(drop)
    }

    fn tidy(&self) -> Result<()> {
        for id in self.loaded.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            self.connection.command(None, "Extensions.uninstall", &json!({ "id": id }))?;
        }
        let blank = self.connection.command(None, "Target.createTarget", &json!({ "url": "about:blank" }))?;
        let others = || -> Result<Vec<Target>> {
            let counts = |it: &Target| ["page", "service_worker"].contains(&it.kind.as_str());
            let mut there = targets(&self.connection)?;
            there.retain(|it| counts(it) && blank["targetId"] != it.id.as_str());
            Ok(there)
        };
        for other in others()? {
            // It may have gone by itself, with its extension.
            let _ = self.connection.command(None, "Target.closeTarget", &json!({ "targetId": other.id }));
        }
        until("all other pages and workers to go", || {
            let left = others()?;
            ensure!(left.is_empty(), "there still are: {}", list(&left));
            Ok(())
        })?;
        self.forget_cookies()?;
        let page = Page::attach(&self.connection, blank["targetId"].as_str().unwrap_or_default())?;
        page.command("Network.clearBrowserCache", &json!({}))?;
        page.command("Storage.clearDataForOrigin", &json!({ "origin": "*", "storageTypes": "all" }))?;
        self.connection.forget_console();
        Ok(())
    }

    fn console(&self) -> Vec<ConsoleLine> {
        self.connection.whole_console()
    }

    fn seen(&self) -> Result<Vec<Seen>> {
        let seen = |target: Target| {
            let visible = target.kind == "page";
            let readable = visible || target.kind == "service_worker";
            let page = readable.then(|| attached(&self.connection, &target.id));
            Seen { name: format!("{} {}", target.kind, target.url), page, visible }
        };
        Ok(targets(&self.connection)?.into_iter().map(seen).collect())
    }

    fn has_ended(&mut self) -> bool {
        self.connection.has_ended() || self.process.has_ended()
    }

    fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let a_moment = Duration::from_secs(3);
        let _ = self.connection.command_within(a_moment, None, "Browser.close", &json!({}));
    }
}

/// Attaches to a target.
fn attached(connection: &Arc<Connection>, target: &str) -> Result<super::Page> {
    Ok(super::Page::new(Page::attach(connection, target)?))
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
