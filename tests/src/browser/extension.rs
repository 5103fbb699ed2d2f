//! One unpacked extension in a browser: its background's life, its popup, side panel and panel of
//! the developer tools, its host permissions, what it
//! has stored.
//!
//! Nothing here knows a particular extension. Pages of an extension are opened as tabs where a test needs
//! `chrome.*` calls; the toolbar's popup and the side panel are opened as the browser opens them. The
//! background is Chromium's service worker or Firefox's event page; both are stopped when they idle, and
//! woken by events.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use super::page::quoted;
use super::{Browser, ConsoleLine, Page};
use crate::wait::{until, until_within};

/// A loaded extension.
#[derive(Clone, Debug)]
pub struct Extension {
    addon: Arc<dyn Addon>,
}

/// The things that a browser's client can do with one extension. For the meaning see [`Extension`].
pub(super) trait Addon: Debug {
    fn url(&self, path: &str) -> String;
    fn worker_runs(&self) -> Result<bool>;
    fn stop_worker(&self) -> Result<bool>;
    fn worker(&self) -> Result<Page>;
    fn worker_console(&self) -> Result<Vec<ConsoleLine>>;
    fn open_popup(&self, page: &Page, path: &str) -> Result<Page>;
    fn open_side_panel(&self, own_page: &Page, path: &str) -> Result<Page>;
    fn open_developer_tools(&self, page: &Page, path: &str) -> Result<Page>;
    fn set_hosts(&self, browser: &Browser, given: bool) -> Result<()>;
    fn allow_private(&self, browser: &Browser) -> Result<()>;
    fn set_site(&self, browser: &Browser, pattern: &str, given: bool) -> Result<()>;
    /// Does what must be done before the question comes.
    fn prepare_answer(&self, browser: &Browser, page: &Page, pattern: &str, allow: bool) -> Result<()>;
    /// Answers the question that was asked.
    fn answer(&self, allow: bool) -> Result<()>;
    fn evaluate_beside(&self, page: &Page, expression: &str) -> Result<Value>;
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

impl Extension {
    pub(super) fn new(addon: impl Addon + 'static) -> Self {
        Extension { addon: Arc::new(addon) }
    }

    /// The address of one of its files.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.addon.url(path)
    }

    /// Waits until the extension records, by a probe: right after loading, the worker may run while the
    /// browser process does not know its webRequest filters yet, and what happens then is not seen. Sends
    /// `page` to `probe` again and again until `recorded` answers yes.
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

    /// The worker as a page. A handle to it keeps Chromium from stopping it. In Chromium alone.
    ///
    /// # Errors
    /// No worker runs; the browser is another one.
    pub fn worker(&self) -> Result<Page> {
        self.addon.worker()
    }

    /// The lines that the background wrote to its console.
    ///
    /// # Errors
    /// It does not run.
    pub fn worker_console(&self) -> Result<Vec<ConsoleLine>> {
        self.addon.worker_console()
    }

    /// Whether the background runs now.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn worker_runs(&self) -> Result<bool> {
        self.addon.worker_runs()
    }

    /// Stops the background, as the browser does when it idles, and waits until it is gone. Says whether one
    /// ran.
    ///
    /// # Errors
    /// It does not go.
    pub fn stop_worker(&self) -> Result<bool> {
        self.addon.stop_worker()
    }

    /// Presses the toolbar button over `page`'s tab and gives the popup at `path`.
    ///
    /// # Errors
    /// The popup did not open.
    pub fn open_popup(&self, page: &Page, path: &str) -> Result<Page> {
        page.to_front()?;
        loaded(self.addon.open_popup(page, path)?)
    }

    /// Opens the side panel or sidebar of `own_page`'s window and gives the panel at `path`. `own_page` is a
    /// page of the extension: in Chromium only such a page may open it.
    ///
    /// # Errors
    /// The panel did not open.
    pub fn open_side_panel(&self, own_page: &Page, path: &str) -> Result<Page> {
        loaded(self.addon.open_side_panel(own_page, path)?)
    }

    /// Opens the developer tools of `page`'s tab, brings the extension's panel in them to the front and gives
    /// its page, whose address begins with `path`.
    ///
    /// # Errors
    /// The tools did not open, or they have no such panel.
    pub fn open_developer_tools(&self, page: &Page, path: &str) -> Result<Page> {
        page.to_front()?;
        loaded(self.addon.open_developer_tools(page, path)?)
    }

    /// The words of the toolbar button now: the badge's text and the title. Read from a page of the
    /// extension.
    ///
    /// # Errors
    /// `own_page` is no page of the extension.
    pub fn toolbar(&self, own_page: &Page) -> Result<(String, String)> {
        let said =
            own_page.evaluate("Promise.all([chrome.action.getBadgeText({}), chrome.action.getTitle({})])")?;
        Ok(serde_json::from_value(said)?)
    }

    /// The value of a JavaScript expression among this extension's content scripts on `page`, which share
    /// nothing with the page's own scripts but the document. In Chromium alone.
    ///
    /// # Errors
    /// It has no content script there; the exception that was thrown; the browser is another one.
    pub fn evaluate_beside(&self, page: &Page, expression: &str) -> Result<Value> {
        self.addon.evaluate_beside(page, expression)
    }

    /// Takes the access to all sites away, as the person can in the browser's menu.
    ///
    /// # Errors
    /// The browser does not know the extension.
    pub fn withhold_hosts(&self, browser: &Browser) -> Result<()> {
        self.addon.set_hosts(browser, false)
    }

    /// Gives the access to all sites it asks for, as the person can in the browser's menu.
    ///
    /// # Errors
    /// The browser does not know the extension.
    pub fn grant_hosts(&self, browser: &Browser) -> Result<()> {
        self.addon.set_hosts(browser, true)
    }

    /// Lets the extension see private windows, as the person can on the browser's page of extensions. It
    /// starts anew: its pages are closed, what it had in memory is gone.
    ///
    /// # Errors
    /// The browser does not know the extension.
    pub fn allow_private(&self, browser: &Browser) -> Result<()> {
        self.addon.allow_private(browser)
    }

    /// Opens a private window at `url` and gives its tab. `own_page` is a page of the extension, which may
    /// see private windows.
    ///
    /// # Errors
    /// It may not see them, or nothing comes at `url`.
    pub fn open_private(&self, browser: &Browser, own_page: &Page, url: &str) -> Result<Page> {
        own_page.evaluate(&format!(
            "chrome.windows.create({{ incognito: true, url: {} }}).then(({{ incognito }}) => incognito)",
            quoted(url)
        ))?;
        browser.opened(url)
    }

    /// Closes all private windows.
    ///
    /// # Errors
    /// `own_page` is no page of the extension.
    pub fn close_private(&self, own_page: &Page) -> Result<()> {
        let private = "chrome.windows.getAll().then(all => all.filter(({ incognito }) => incognito))";
        own_page.evaluate(&format!(
            "{private}.then(all => Promise.all(all.map(({{ id }}) => chrome.windows.remove(id))))"
        ))?;
        own_page.wait_for(&format!("{private}.then(({{ length }}) => length === 0)")).map(drop)
    }

    /// Takes the access to the sites of `pattern` away, as the person can in the browser's menu.
    ///
    /// # Errors
    /// The browser does not know the extension.
    pub fn withdraw_site(&self, browser: &Browser, pattern: &str) -> Result<()> {
        self.addon.set_site(browser, pattern, false)
    }

    /// Gives access to the sites of `pattern`, as the person can in the browser's menu.
    ///
    /// # Errors
    /// The browser does not know the extension, or it may not have this access.
    pub fn give_site(&self, browser: &Browser, pattern: &str) -> Result<()> {
        self.addon.set_site(browser, pattern, true)
    }

    /// Does `ask`, which has `page` ask the person for access to the sites of `pattern`, and answers.
    ///
    /// Firefox's own question is answered by its buttons. Chromium without a window draws none, so that
    /// access is given beforehand, whereupon Chromium itself answers yes; a no is put in the place of the
    /// question until `page` is loaded anew.
    ///
    /// # Errors
    /// The error of `ask`; nothing was asked.
    pub fn answer_request(
        &self,
        browser: &Browser,
        page: &Page,
        (pattern, allow): (&str, bool),
        ask: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        self.addon.prepare_answer(browser, page, pattern, allow)?;
        ask()?;
        self.addon.answer(allow)
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
}

fn loaded(page: Page) -> Result<Page> {
    page.wait_for("document.readyState === 'complete'")?;
    Ok(page)
}
