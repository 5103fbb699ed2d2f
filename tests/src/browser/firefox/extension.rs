//! One unpacked extension in Firefox, installed for as long as the browser runs.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::connection::Connection;
use super::page::Content;
use crate::browser::extension::Addon;
use crate::browser::{Browser, ConsoleLine, Page};

/// A loaded extension.
#[derive(Clone, Debug)]
pub(super) struct LoadedExtension {
    connection: Arc<Connection>,
    id: String,
    /// The beginning of its addresses.
    origin: String,
}

impl LoadedExtension {
    /// Loads the unpacked extension in `folder`. The access to sites that it asks for is given, as it is when
    /// a person installs it.
    pub(super) fn load(connection: &Arc<Connection>, folder: &Path) -> Result<Self> {
        let folder =
            folder.canonicalize().with_context(|| format!("no extension in {}", folder.display()))?;
        let answer = connection
            .command("Addon:Install", &json!({ "path": folder, "temporary": true }))
            .with_context(|| format!("Firefox refuses the extension in {}", folder.display()))?;
        LoadedExtension::with_id(connection, &answer["value"])
    }

    /// The extension in `folder`, packed and installed in the profile unless it is there already.
    pub(super) fn installed(connection: &Arc<Connection>, folder: &Path) -> Result<Self> {
        let folder = folder.canonicalize()?;
        let id = connection.call("installForGood", &[folder.display().to_string().into()])?;
        LoadedExtension::with_id(connection, &id)
    }

    fn with_id(connection: &Arc<Connection>, id: &Value) -> Result<Self> {
        let id = id.as_str().context("Firefox gave no id")?.to_owned();
        let origin = connection.call("origin", &[id.as_str().into()])?;
        let origin = origin.as_str().context("no address")?.to_owned();
        Ok(LoadedExtension { connection: Arc::clone(connection), id, origin })
    }

    /// By which Firefox knows it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    fn call(&self, function: &str, more: &[Value]) -> Result<Value> {
        let arguments: Vec<_> =
            std::iter::once(self.id.as_str().into()).chain(more.iter().cloned()).collect();
        self.connection.call(function, &arguments)
    }

    fn own_page(&self, function: &str, path: &str) -> Result<Page> {
        let number = self.call(function, &[self.url(path).into()])?.as_u64().context("no page")?;
        Ok(Page::new(Content::new(&self.connection, number, Some(self.origin.clone()))))
    }
}

impl Addon for LoadedExtension {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn worker_runs(&self) -> Result<bool> {
        Ok(self.call("backgroundState", &[])? != "stopped")
    }

    fn stop_worker(&self) -> Result<bool> {
        Ok(self.call("stopBackground", &[])? == true)
    }

    fn worker(&self) -> Result<Page> {
        bail!(
            "Firefox has no worker but an event page, which is not reached; let the scenario run in Chromium alone"
        )
    }

    fn worker_console(&self) -> Result<Vec<ConsoleLine>> {
        Ok(self.connection.console(&self.origin))
    }

    fn open_popup(&self, _: &Page, path: &str) -> Result<Page> {
        self.own_page("popup", path)
    }

    fn open_side_panel(&self, _: &Page, path: &str) -> Result<Page> {
        self.own_page("sidebar", path)
    }

    fn open_developer_tools(&self, _: &Page, path: &str) -> Result<Page> {
        self.own_page("developerTools", path)
    }

    fn set_hosts(&self, _: &Browser, given: bool) -> Result<()> {
        self.call("setHosts", &[given.into()]).map(drop)
    }

    fn allow_private(&self, _: &Browser) -> Result<()> {
        self.call("allowPrivate", &[]).map(drop)
    }

    fn set_site(&self, _: &Browser, pattern: &str, given: bool) -> Result<()> {
        self.call("setSites", &[json!([pattern]), given.into()]).map(drop)
    }

    fn prepare_answer(&self, _: &Browser, _: &Page, _: &str, _: bool) -> Result<()> {
        Ok(())
    }

    fn answer(&self, allow: bool) -> Result<()> {
        self.connection.call("answerQuestion", &[allow.into()]).map(drop)
    }

    fn evaluate_beside(&self, _: &Page, _: &str) -> Result<Value> {
        bail!("in Firefox content scripts are not reached; let the scenario run in Chromium alone")
    }
}
