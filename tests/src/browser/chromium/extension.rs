//! One unpacked extension in Chromium: loading it, its worker's life, its popup and side panel, its host
//! access.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::connection::Connection;
use super::{ConsoleLine, Target, attached, list, targets, wait_for_target, wait_until_gone};
use crate::browser::Browser;
use crate::browser::extension::Addon;
use crate::browser::page::{Page, View, quoted};
use crate::wait::{until, until_within};

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

    /// By which Chromium knows it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The extension that Chromium loads from `folder` by itself. The id of one without a key is made of the
    /// folder's name: 16 bytes of its SHA-256, in hexadecimal with `a` to `p` as digits.
    pub(super) fn installed(connection: &Arc<Connection>, folder: &Path) -> Result<Self> {
        let folder = folder.canonicalize()?;
        let hash = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let digits = hash.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
        let id = digits.map(|digit| char::from(b'a' + digit)).collect();
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

    /// The panel is a frame of the tools, in a process of its own. They begin at one of their own panels; the
    /// key that goes to the one before leads past the first to the last, which is the extension's.
    fn open_developer_tools(&self, page: &Page, path: &str) -> Result<Page> {
        let tab = self.tab_of(page)?;
        let answer = self.connection.command(None, "Target.openDevTools", &json!({ "targetId": tab.id }))?;
        let tools = answer["targetId"].as_str().context("Target.openDevTools: no targetId")?;
        let tools = super::Page::attach(&self.connection, tools)?;
        let url = self.url(path);
        let shown = || {
            let there = targets(&self.connection)?;
            let Some(panel) = there.iter().find(|it| it.url.starts_with(&url)) else {
                bail!("the browser has only: {}", list(&there))
            };
            let panel = super::Page::attach_frame(&self.connection, &panel.id, tools.clone())?;
            ensure!(panel.evaluate("innerWidth")? != 0, "another panel is in front");
            Ok(panel)
        };
        let panel = until(&format!("the panel at {url}"), || {
            tools.press("Control+[")?;
            // It is loaded when it is shown; another key would lead past it.
            until_within(Duration::from_secs(2), "the panel to be shown", shown)
        })?;
        Ok(Page::new(panel))
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

    fn set_site(&self, browser: &Browser, pattern: &str, given: bool) -> Result<()> {
        let settings = browser.open("chrome://extensions/")?;
        settings.wait_for("typeof chrome.developerPrivate?.addHostPermission === 'function'")?;
        let (id, pattern) = (quoted(&self.id), quoted(pattern));
        let change = if given { "add" } else { "remove" };
        settings.evaluate(&format!("chrome.developerPrivate.{change}HostPermission({id}, {pattern})"))?;
        settings.close()
    }

    fn prepare_answer(&self, browser: &Browser, page: &Page, pattern: &str, allow: bool) -> Result<()> {
        if allow {
            return self.set_site(browser, pattern, true);
        }
        page.evaluate("chrome.permissions.request = () => Promise.resolve(false)").map(drop)
    }

    fn answer(&self, _: bool) -> Result<()> {
        Ok(())
    }

    fn set_hosts(&self, browser: &Browser, given: bool) -> Result<()> {
        self.set_host_access(browser, if given { "ON_ALL_SITES" } else { "ON_CLICK" })
    }

    fn allow_private(&self, browser: &Browser) -> Result<()> {
        let settings = settings_page(browser)?;
        // Without it the browser refuses to load an unpacked extension a second time.
        settings.evaluate("chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })")?;
        // A worker that runs while the extension is loaded anew may be left over: told of events, but without
        // a store ("No SW").
        self.stop_worker()?;
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

/// Chromium's own page of extensions, the one place where the person's choices can be set without a click on
/// the browser's menu.
fn settings_page(browser: &Browser) -> Result<Page> {
    let settings = browser.open("chrome://extensions/")?;
    settings.wait_for("typeof chrome.developerPrivate?.updateExtensionConfiguration === 'function'")?;
    Ok(settings)
}
