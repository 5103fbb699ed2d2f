//! [`Place`]: which tab, window and cookie jar something happened in; [`Sender`]: who called, as the browser
//! tells it.

use serde::{Deserialize, Serialize};

/// The tab, window kind and cookie jar that something happened in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The browser's tab id; -1 where there is none.
    pub tab: i64,
    /// In a private window.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// Firefox container or cookie jar; empty for the only or default one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cookie_store: String,
    /// In a file's recording: whatever it says, that is no tab and no cookie jar of this browser. A trace
    /// sets it by the event's id, so that no file can say otherwise.
    #[serde(skip)]
    pub of_file: bool,
}

impl Place {
    /// The cookie jar, empty for the default one, whatever the browser calls it.
    pub fn jar(&self) -> &str {
        if self.cookie_store == "firefox-default" { "" } else { &self.cookie_store }
    }

    /// The cookie jar in which its cookies are, apart from those of private windows and of files.
    pub fn cookies(&self) -> Cookies {
        Cookies { of_file: self.of_file, private: self.private, jar: self.jar().to_owned() }
    }

    /// Whether two places share cookies, and so sessions: sign-ins of one are never those of the other.
    pub fn shares_cookies(&self, other: &Place) -> bool {
        (self.of_file, self.private, self.jar()) == (other.of_file, other.private, other.jar())
    }

    /// The number of the Firefox container, where it is one.
    pub fn container(&self) -> Option<u32> {
        self.cookie_store.strip_prefix("firefox-container-")?.parse().ok()
    }
}

/// Equal for places that share cookies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cookies {
    of_file: bool,
    private: bool,
    jar: String,
}

/// The caller, as the browser says; nothing of it is taken from the message.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Sender {
    /// The origin of the frame that runs the content script.
    pub origin: String,
    /// Tab, private or not, cookie jar.
    pub place: Place,
}
