//! One unpacked extension in Chromium: loading it, its worker's life, its popup and side panel, its host access.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::connection::Connection;
use super::{ConsoleLine, Target, attached, targets, wait_for_target, wait_until_gone};
use crate::browser::Browser;
use crate::browser::extension::Addon;
use crate::browser::page::{Page, quoted};
use crate::wait::until;

/// A loaded extension.
#[derive(Clone, Debug)]
pub(super) struct LoadedExtension {
    connection: Arc<Connection>,
    id: String,
}

impl LoadedExtension {
    /// Loads the unpacked extension in `folder`.
    pub(super) fn load(connection: &Arc<Connection>, folder: &Path) -> Result<Self> {
        let folder =
            folder.canonicalize().with_context(|| format!("no extension in {}", folder.display()))?;
        let answer = connection
            .command(None, "Extensions.loadUnpacked", &json!({ "path": folder }))
            .with_context(|| format!("Chromium refuses the extension in {}", folder.display()))?;
        let id = answer["id"].as_str().context("Extensions.loadUnpacked: no id")?.to_owned();
        Ok(LoadedExtension { connection: Arc::clone(connection), id })
    }
}

impl Addon for LoadedExtension {
    fn url(&self, path: &str) -> String {
        format!("chrome-extension://{}/{path}", self.id)
    }

    fn worker(&self) -> Result<Page> {
        let target = wait_for_target(&self.connection, "the extension's worker", |it| self.is_worker(it))?;
        attached(&self.connection, &target.id)
    }

    fn worker_runs(&self) -> Result<bool> {
        Ok(targets(&self.connection)?.iter().any(|it| self.is_worker(it)))
    }

    fn stop_worker(&self) -> Result<bool> {
        let Some(worker) = targets(&self.connection)?.into_iter().find(|it| self.is_worker(it)) else {
            return Ok(false);
        };
        self.connection.command(None, "Target.closeTarget", &json!({ "targetId": worker.id }))?;
        wait_until_gone(&self.connection, &worker)?;
        Ok(true)
    }

    fn open_popup(&self, page: &Page, path: &str) -> Result<Page> {
        let tab = self.tab_of(page)?;
        let before = self.target_ids()?;
        self.connection.command(
            None,
            "Extensions.triggerAction",
            &json!({ "id": self.id, "targetId": tab.id }),
        )?;
        self.wait_for_own_page("the popup", path, &before)
    }

    fn open_side_panel(&self, own_page: &Page, path: &str) -> Result<Page> {
        let before = self.target_ids()?;
        own_page.evaluate(
            "chrome.windows.getCurrent().then(({ id }) => chrome.sidePanel.open({ windowId: id }))",
        )?;
        self.wait_for_own_page("the side panel", path, &before)
    }

    fn evaluate_beside(&self, page: &Page, expression: &str) -> Result<Value> {
        let page = page.in_chromium()?;
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

    fn set_hosts(&self, browser: &Browser, given: bool) -> Result<()> {
        self.set_host_access(browser, if given { "ON_ALL_SITES" } else { "ON_CLICK" })
    }

    fn allow_private(&self, browser: &Browser) -> Result<()> {
        let settings = settings_page(browser)?;
        // Without it the browser refuses to load an unpacked extension a second time.
        settings.evaluate("chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })")?;
        settings.evaluate(&format!(
            "chrome.developerPrivate.updateExtensionConfiguration({{ extensionId: {}, incognitoAccess: true }})",
            quoted(&self.id)
        ))?;
        // The browser loads the extension anew; until then its pages are blocked.
        until("the extension to be loaded again", || settings.navigate(&self.url("manifest.json")))?;
        settings.close()
    }

    fn worker_console(&self) -> Result<Vec<ConsoleLine>> {
        Ok(self.worker()?.console())
    }
}

impl LoadedExtension {
    fn set_host_access(&self, browser: &Browser, access: &str) -> Result<()> {
        let settings = settings_page(browser)?;
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
        attached(&self.connection, &target.id)
    }
}

/// Chromium's own page of extensions, the one place where the person's choices can be set without a click on the
/// browser's menu.
fn settings_page(browser: &Browser) -> Result<Page> {
    let settings = browser.open("chrome://extensions/")?;
    settings.wait_for("typeof chrome.developerPrivate?.updateExtensionConfiguration === 'function'")?;
    Ok(settings)
}
