//! GitLab's version, as its pages (`gon.version`, gitlab-facts 1) and the API's metadata say it: what an
//! advice that depends on it compares. The headers of the API do not say it: `X-Gitlab-Meta` has a version of
//! its own. Leaves out the patch and what stands behind it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A version: `18.9` of `18.9.0-pre`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    major: u16,
    minor: u16,
}

impl Version {
    /// The one since which SCIM keeps the SAML identity of a user whom it deactivates.
    pub const KEEPS_SAML: Version = Version { major: 16, minor: 4 };

    /// The one since which a sign-in with another NameID and the member's own address stores the new one.
    pub const TAKES_OVER: Version = Version { major: 15, minor: 7 };

    /// The version that `text` begins with.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let number = |part: &str| {
            let digits = part.split_once('-').map_or(part, |(digits, _)| digits);
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        Some(Version { major: number(parts.next()?)?, minor: number(parts.next()?)? })
    }
}

impl TryFrom<String> for Version {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Version::parse(&text).ok_or("this is no version of GitLab")
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_pages_say_them_and_are_in_their_order() {
        for (text, read) in [
            ("18.9.0-pre", Some("18.9")),
            ("15.11.13", Some("15.11")),
            (" 16.4.0-ee ", Some("16.4")),
            ("17.0-rc1", Some("17.0")),
            ("9.10", Some("9.10")),
            ("", None),
            ("18", None),
            ("v18.9", None),
            ("18.x", None),
            ("-1.2", None),
            ("99999.1", None),
        ] {
            assert_eq!(Version::parse(text).map(|it| it.to_string()).as_deref(), read, "{text}");
        }
        let [old, new] = ["16.3.9", "16.10.0"].map(|text| Version::parse(text).unwrap());
        assert!(old < Version::KEEPS_SAML && Version::KEEPS_SAML < new);
    }
}
