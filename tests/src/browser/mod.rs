//! A real browser, driven from Rust: for the end-to-end tests and the demonstration.
//!
//! [`Browser`] is the process, [`Page`] anything with a document in it (tab, popup, side panel or sidebar),
//! [`Extension`] one loaded extension. Each is the same in Chromium and in Firefox, so that a scenario is
//! written once; a client implements what the three are built on. The browser and its profile go when the
//! `Browser` is dropped.
//!
//! | folder, file | what |
//! |---|---|
//! | `page.rs`, `extension.rs` | what scenarios call, and what a client must be able to do |
//! | `chromium` | the Chrome DevTools Protocol over a pipe |
//! | `firefox` | Marionette, Firefox's own remote protocol, with scripts in the browser's window |
//! | `program.rs` | finding a browser, and its log |
//!
//! Left out: downloads, file choosers, frames of other processes. Only Chromium can be searched for what it
//! holds in memory: of a Firefox process no snapshot holds the strings in full, and content of other
//! processes is not reached.

mod chromium;
mod extension;
mod firefox;
mod page;
mod program;

use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

pub use chromium::{ConsoleLine, Found, Level};
pub use extension::{Extension, Stored};
pub use page::Page;

use crate::front::Reach;

/// A browser that there is a client for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Chromium and its kin.
    #[default]
    Chromium,
    /// Firefox, by Marionette.
    Firefox,
}

impl Kind {
    /// All of them, in the order in which tests run.
    pub const ALL: &'static [Kind] = &[Kind::Chromium, Kind::Firefox];

    /// The name of its folder in the builds, and in the names of tests.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Kind::Chromium => "chromium",
            Kind::Firefox => "firefox",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.id())
    }
}

/// The way to start the browser.
#[derive(Clone, Debug)]
pub struct LaunchOptions {
    /// The browser to start.
    pub kind: Kind,
    /// Without a window.
    pub headless: bool,
    /// Width and height of the window in pixels.
    pub window: (u32, u32),
    /// The language of the person at the browser, as BCP 47 writes it.
    pub language: &'static str,
    /// The front that plays all sites. None: the browser is on its own.
    pub front: Option<Reach>,
    /// The folder of the profile, which outlives the browser. None: one that goes with the browser.
    pub profile: Option<PathBuf>,
    /// The folder of an extension that is installed in the profile and outlives the browser with it, as a
    /// person's does; see [`Browser::installed_extension`].
    pub installed: Option<PathBuf>,
}

impl Default for LaunchOptions {
    fn default() -> Self {
        LaunchOptions {
            kind: Kind::default(),
            headless: true,
            window: (1280, 900),
            language: "en-US",
            front: None,
            profile: None,
            installed: None,
        }
    }
}

/// A running browser with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    kind: Kind,
    client: Box<dyn Client>,
}

/// The things that a browser's client can do with the browser as a whole.
trait Client: Debug {
    fn open_blank(&self) -> Result<Page>;
    fn open_blank_in_container(&self, _: u32) -> Result<Page> {
        bail!("only Firefox has containers; let the scenario run there alone")
    }
    fn first_page(&self) -> Result<Page>;
    fn opened(&self, url: &str) -> Result<Page>;
    fn load_extension(&self, folder: &Path) -> Result<Extension>;
    fn installed_extension(&self) -> Result<Extension>;
    fn forget_cookies(&self) -> Result<()>;
    fn tidy(&self) -> Result<()>;
    fn console(&self) -> Vec<ConsoleLine>;
    fn seen(&self) -> Result<Vec<Seen>>;
    fn has_ended(&mut self) -> bool;
    fn log_tail(&self) -> String;
}

/// Something that is there when a scenario has failed, for the evidence.
#[derive(Debug)]
pub struct Seen {
    /// Its kind and its address.
    pub name: String,
    /// The page, where it is one that can be photographed or has a console; or why it could not be had.
    pub page: Option<Result<Page>>,
    /// Whether it can be photographed.
    pub visible: bool,
}

impl Browser {
    /// Starts the browser and waits until it answers.
    ///
    /// # Errors
    /// No browser found, or it ended at once: then with what it wrote to its standard error.
    pub fn launch(options: &LaunchOptions) -> Result<Self> {
        let client: Box<dyn Client> = match options.kind {
            Kind::Chromium => Box::new(chromium::Chromium::launch(options)?),
            Kind::Firefox => Box::new(firefox::Firefox::launch(options)?),
        };
        Ok(Browser { kind: options.kind, client })
    }

    /// The kind of the browser.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Opens a tab at `url` and waits until its document is there.
    ///
    /// # Errors
    /// As [`Page::navigate`].
    pub fn open(&self, url: &str) -> Result<Page> {
        let page = self.client.open_blank()?;
        page.navigate(url)?;
        Ok(page)
    }

    /// Opens a tab at `url` in the container with this number. In Firefox alone.
    ///
    /// # Errors
    /// As [`Page::navigate`]; the browser is another one.
    pub fn open_in_container(&self, container: u32, url: &str) -> Result<Page> {
        let page = self.client.open_blank_in_container(container)?;
        page.navigate(url)?;
        Ok(page)
    }

    /// The tab that the browser opened by itself.
    ///
    /// # Errors
    /// It has been closed.
    pub fn first_page(&self) -> Result<Page> {
        self.client.first_page()
    }

    /// Waits for the tab at `url` that a page or an extension opened.
    ///
    /// # Errors
    /// There is none.
    pub fn opened(&self, url: &str) -> Result<Page> {
        self.client.opened(url)
    }

    /// Loads an unpacked extension. Its background starts about now; see [`Extension::wait_until_recording`].
    ///
    /// # Errors
    /// The folder holds no extension that the browser accepts: with the browser's words.
    pub fn load_extension(&self, folder: &Path) -> Result<Extension> {
        self.client.load_extension(folder)
    }

    /// The extension of [`LaunchOptions::installed`].
    ///
    /// # Errors
    /// None was named, or the browser does not accept it.
    pub fn installed_extension(&self) -> Result<Extension> {
        self.client.installed_extension()
    }

    /// Deletes all cookies of all sites.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn forget_cookies(&self) -> Result<()> {
        self.client.forget_cookies()
    }

    /// Makes the browser as it was after its start, except for what a site cannot see: no extension that was
    /// loaded, one blank tab, no cookies, nothing that a site has stored or that was cached, no line in a
    /// console.
    ///
    /// # Errors
    /// Something of it does not go. Then start another browser.
    pub fn tidy(&self) -> Result<()> {
        self.client.tidy()
    }

    /// The lines that all pages and workers that were attached to wrote to their consoles.
    #[must_use]
    pub fn console(&self) -> Vec<ConsoleLine> {
        self.client.console()
    }

    /// Everything there is, pages attached to.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn seen(&self) -> Result<Vec<Seen>> {
        self.client.seen()
    }

    /// Whether the browser is gone, because a person closed it or because it crashed.
    pub fn has_ended(&mut self) -> bool {
        self.client.has_ended()
    }

    /// The last lines of the browser's own log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.client.log_tail()
    }
}
