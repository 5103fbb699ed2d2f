//! [`Layout`]: which page of ours this is.

/// The layout of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Popup,
    Side,
    Tab,
    /// Among the browser's developer tools, which inspect one tab.
    DevTools,
    /// The page that says what is recorded and what is not; opened once, after the installation.
    Welcome,
    /// The GitLab instances that the person named.
    Instances,
}

impl Layout {
    /// The layout that the value of `view` in the address names; a tab when it names none.
    pub(crate) fn named(name: Option<&str>) -> Self {
        match name {
            Some("popup") => Layout::Popup,
            Some("side") => Layout::Side,
            Some("devtools") => Layout::DevTools,
            Some("welcome") => Layout::Welcome,
            Some("instances") => Layout::Instances,
            _ => Layout::Tab,
        }
    }

    /// Its name in the address and in the style sheet.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Layout::Popup => "popup",
            Layout::Side => "side",
            Layout::Tab => "tab",
            Layout::DevTools => "devtools",
            Layout::Welcome => "welcome",
            Layout::Instances => "instances",
        }
    }
}
