//! One unpacked extension in a Chromium: loading it, its worker's life, its popup and side panel, its host
//! permissions, what it has stored.
//!
//! Nothing here knows a particular extension. Pages of an extension are opened as tabs where a test needs
//! `chrome.*` calls; the toolbar's popup and the side panel are opened as the browser opens them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::page::{Page, quoted};
use super::{Chromium, Target, targets, wait_for_target, wait_until_gone};
use crate::wait::{until, until_within};

/// A loaded extension.
#[derive(Clone, Debug)]
pub struct Extension {
    connection: Arc<Connection>,
    id: String,
}

/// All that an extension has in `chrome.storage`, by area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// Memory; gone with the browser.
    pub session: Map<String, Value>,
    /// On disk.
    pub local: Map<String, Value>,
    /// On disk, and sent to the person's other browsers.
    pub sync: Map<String, Value>,
}

impl Chromium {
    /// Loads an unpacked extension. Its worker starts about now; see [`Extension::wait_until_recording`].
    ///
    /// # Errors
    /// The folder holds no extension that Chromium accepts: with Chromium's words.
    pub fn load_extension(&self, folder: &Path) -> Result<Extension> {
        let folder =
            folder.canonicalize().with_context(|| format!("no extension in {}", folder.display()))?;
        let answer = self
            .connection
            .command(None, "Extensions.loadUnpacked", &json!({ "path": folder }))
            .with_context(|| format!("Chromium refuses the extension in {}", folder.display()))?;
        let id = answer["id"].as_str().context("Extensions.loadUnpacked: no id")?.to_owned();
        Ok(Extension { connection: Arc::clone(&self.connection), id })
    }
}

impl Extension {
    /// The 32 letters by which Chromium knows it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The address of one of its files.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("chrome-extension://{}/{path}", self.id)
    }

    /// Waits until the extension records, by a probe: right after loading, the worker may run while the browser
    /// process does not know its webRequest filters yet, and what happens then is not seen. Sends `page` to
    /// `probe` again and again until `recorded` answers yes.
    ///
    /// # Errors
    /// It never records, or `recorded` keeps failing.
    pub fn wait_until_recording(
        &self,
        page: &Page,
        probe: &str,
        mut recorded: impl FnMut() -> Result<bool>,
    ) -> Result<()> {
        let patience = Duration::from_secs(1);
        until(&format!("the extension to record {probe}"), || {
            page.navigate(probe)?;
            until_within(patience, "the probe in the record", || {
                ensure!(recorded()?, "it is not in the record");
                Ok(())
            })
        })
    }

    /// Waits for the worker's target; a handle to it keeps the browser from stopping it (see [`Page::detach`]).
    ///
    /// # Errors
    /// No worker runs.
    pub fn worker(&self) -> Result<Page> {
        let target = wait_for_target(&self.connection, "the extension's worker", |it| self.is_worker(it))?;
        Page::attach(&self.connection, &target.id)
    }

    /// Whether the worker runs now.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn worker_runs(&self) -> Result<bool> {
        Ok(targets(&self.connection)?.iter().any(|it| self.is_worker(it)))
    }

    /// Stops the worker, as the browser does when it idles, and waits until it is gone. Says whether one ran.
    ///
    /// # Errors
    /// It does not go.
    pub fn stop_worker(&self) -> Result<bool> {
        let Some(worker) = targets(&self.connection)?.into_iter().find(|it| self.is_worker(it)) else {
            return Ok(false);
        };
        self.connection.command(None, "Target.closeTarget", &json!({ "targetId": worker.id }))?;
        wait_until_gone(&self.connection, &worker)?;
        Ok(true)
    }

    /// Presses the toolbar button over `page`'s tab and gives the popup at `path`.
    ///
    /// # Errors
    /// The popup did not open.
    pub fn open_popup(&self, page: &Page, path: &str) -> Result<Page> {
        page.to_front()?;
        let tab = self.tab_of(page)?;
        let before = self.target_ids()?;
        self.connection.command(
            None,
            "Extensions.triggerAction",
            &json!({ "id": self.id, "targetId": tab.id }),
        )?;
        self.wait_for_own_page("the popup", path, &before)
    }

    /// Opens the side panel of `own_page`'s window and gives the panel at `path`. `own_page` is a page of the
    /// extension: only such a page may open it.
    ///
    /// # Errors
    /// The panel did not open.
    pub fn open_side_panel(&self, own_page: &Page, path: &str) -> Result<Page> {
        let before = self.target_ids()?;
        own_page.evaluate(
            "chrome.windows.getCurrent().then(({ id }) => chrome.sidePanel.open({ windowId: id }))",
        )?;
        self.wait_for_own_page("the side panel", path, &before)
    }

    /// What the toolbar button says now: the badge's text and the title. Read from a page of the extension.
    ///
    /// # Errors
    /// `own_page` is no page of the extension.
    pub fn toolbar(&self, own_page: &Page) -> Result<(String, String)> {
        let said =
            own_page.evaluate("Promise.all([chrome.action.getBadgeText({}), chrome.action.getTitle({})])")?;
        Ok(serde_json::from_value(said)?)
    }

    /// The value of a JavaScript expression among this extension's content scripts on `page`, which share nothing
    /// with the page's own scripts but the document.
    ///
    /// # Errors
    /// It has no content script there; the exception that was thrown.
    pub fn evaluate_beside(&self, page: &Page, expression: &str) -> Result<Value> {
        let contexts = page.connection().listen(page.session(), "Runtime.executionContextCreated");
        // When it is enabled anew, the browser tells of every context once more.
        page.command("Runtime.disable", &json!({}))?;
        page.command("Runtime.enable", &json!({}))?;
        let origin = self.url("");
        let ours = |event: &Value| event["context"]["origin"].as_str() == Some(origin.trim_end_matches('/'));
        let context =
            contexts.try_iter().filter(ours).last().context("no content script runs in the page")?;
        page.evaluate_in(Some(&context["context"]["id"]), expression)
    }

    /// Takes the access to all sites away, as "On click" in the browser's menu does.
    ///
    /// # Errors
    /// The browser does not know the extension.
    pub fn withhold_hosts(&self, browser: &Chromium) -> Result<()> {
        self.set_host_access(browser, "ON_CLICK")
    }

    /// Gives the access to all sites it asks for, as "On all sites" in the browser's menu does.
    ///
    /// # Errors
    /// The browser does not know the extension.
    pub fn grant_hosts(&self, browser: &Chromium) -> Result<()> {
        self.set_host_access(browser, "ON_ALL_SITES")
    }

    /// All it has stored. Read from a page of the extension, so that the worker is not woken.
    ///
    /// # Errors
    /// `own_page` is no page of the extension.
    pub fn stored(&self, own_page: &Page) -> Result<Stored> {
        let area = |name: &str| -> Result<Map<String, Value>> {
            let value = own_page.evaluate(&format!("chrome.storage.{name}.get(null)"))?;
            value.as_object().cloned().with_context(|| format!("storage.{name} gave {value}"))
        };
        Ok(Stored { session: area("session")?, local: area("local")?, sync: area("sync")? })
    }

    /// Chromium's own page of extensions is the one place where host access can be set without a click on the
    /// browser's menu.
    fn set_host_access(&self, browser: &Chromium, access: &str) -> Result<()> {
        let settings = browser.open("chrome://extensions/")?;
        settings.wait_for("typeof chrome.developerPrivate?.updateExtensionConfiguration === 'function'")?;
        let id = quoted(&self.id);
        settings.evaluate(&format!(
            "chrome.developerPrivate.updateExtensionConfiguration({{ extensionId: {id}, hostAccess: '{access}' }})"
        ))?;
        settings.wait_for(&format!(
            "chrome.developerPrivate.getExtensionInfo({id})\
             .then(({{ permissions }}) => permissions.runtimeHostPermissions?.hostAccess === '{access}')"
        ))?;
        settings.close()
    }

    fn target_ids(&self) -> Result<Vec<String>> {
        Ok(targets(&self.connection)?.into_iter().map(|it| it.id).collect())
    }

    fn is_worker(&self, target: &Target) -> bool {
        target.kind == "service_worker" && target.url.starts_with(&self.url(""))
    }

    /// The target of the tab that shows `page`. The protocol links the two by the address only.
    fn tab_of(&self, page: &Page) -> Result<Target> {
        let url = page.url()?;
        wait_for_target(&self.connection, &format!("the tab at {url}"), |it| {
            it.kind == "tab" && it.url == url
        })
    }

    /// Waits for a page of the extension that was not there `before`.
    fn wait_for_own_page(&self, what: &str, path: &str, before: &[String]) -> Result<Page> {
        let url = self.url(path);
        let target = wait_for_target(&self.connection, &format!("{what} at {url}"), |it| {
            it.kind == "page" && it.url == url && !before.contains(&it.id)
        })?;
        let page = Page::attach(&self.connection, &target.id)?;
        page.wait_for("document.readyState === 'complete'")?;
        Ok(page)
    }
}
