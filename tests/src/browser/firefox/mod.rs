//! Firefox, by Marionette, its own remote protocol over a port on loopback; there is no driver.
//!
//! | file | what |
//! |---|---|
//! | `process.rs` | preferences, profile, end |
//! | `connection.rs` | commands and answers |
//! | `inside.js` | the harness's functions in the browser's window |
//! | `page.rs` | what a person does and sees in a page |
//! | `extension.rs` | load, event page, popup, sidebar, host access |
//!
//! Marionette's own commands know tabs alone. So all is done by scripts with the browser's rights (the
//! "chrome" context), where popup and sidebar are like any other page.

mod connection;
mod extension;
mod page;
mod process;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::json;

use connection::Connection;
use extension::LoadedExtension;
use page::Content;
use process::Process;

use super::{Client, ConsoleLine, Extension, LaunchOptions, Page, Seen};

/// A running Firefox with a profile of its own.
#[derive(Debug)]
pub(super) struct Firefox {
    connection: Arc<Connection>,
    process: Process,
    installed: Option<PathBuf>,
    /// The ids of the extensions that were loaded since the start or the last tidying up.
    loaded: Mutex<Vec<String>>,
}

impl Firefox {
    /// Starts Firefox and waits until it answers.
    pub(super) fn launch(options: &LaunchOptions) -> Result<Self> {
        let (process, stream) = Process::start(options)?;
        let connection = Connection::new(stream, process.log().to_owned())
            .with_context(|| format!("Firefox did not start:\n{}", process.log_tail()))?;
        let firefox = Firefox {
            connection: Arc::new(connection),
            process,
            installed: options.installed.clone(),
            loaded: Mutex::default(),
        };
        let (width, height) = options.window;
        firefox
            .connection
            .command("WebDriver:SetWindowRect", &json!({ "width": width, "height": height }))?;
        Ok(firefox)
    }

    fn page(&self, number: &serde_json::Value) -> Result<Page> {
        let number = number.as_u64().context("the browser named no page")?;
        Ok(Page::new(Content::new(&self.connection, number, None)))
    }
}

impl Client for Firefox {
    fn open_blank(&self) -> Result<Page> {
        self.page(&self.connection.call("open", &[])?)
    }

    fn open_blank_in_container(&self, container: u32) -> Result<Page> {
        self.page(&self.connection.call("open", &[container.into()])?)
    }

    fn first_page(&self) -> Result<Page> {
        self.page(&self.connection.call("tabs", &[])?[0])
    }

    fn opened(&self, url: &str) -> Result<Page> {
        self.page(&self.connection.call("opened", &[url.into()])?)
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
        self.connection.call("forgetCookies", &[]).map(drop)
    }

    fn tidy(&self) -> Result<()> {
        for id in self.loaded.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            self.connection.command("Addon:Uninstall", &json!({ "id": id }))?;
        }
        self.connection.call("tidy", &[])?;
        self.connection.forget_console();
        Ok(())
    }

    fn console(&self) -> Vec<ConsoleLine> {
        self.connection.console("")
    }

    fn seen(&self) -> Result<Vec<Seen>> {
        let pages = self.connection.call("known", &[])?;
        let seen = |it: &serde_json::Value| Seen {
            name: format!("page {}", it[1].as_str().unwrap_or_default()),
            page: Some(self.page(&it[0])),
            visible: true,
        };
        Ok(pages.as_array().into_iter().flatten().map(seen).collect())
    }

    fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _ = self.connection.command("Marionette:Quit", &json!({ "flags": ["eForceQuit"] }));
    }
}
