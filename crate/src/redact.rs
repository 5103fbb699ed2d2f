//! What must not leave: [`Secret`] values, and what an export may hold.
//!
//! A trace holds live credentials: a Response can be replayed until its NotOnOrAfter, a RelayState or a URL can
//! carry a session, the group's SSO URL carries its discovery token (gitlab-facts 1.1). Such values are
//! [`Secret`]: they print as their length unless `.expose()` is written, and [`Event::redacted`](crate::event::Event::redacted)
//! replaces them. Leaves out: pseudonyms that keep equality across a file.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that prints as its length. It is stored and compared as it is.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Keeps `value` from being printed.
    pub fn new(value: T) -> Self {
        Secret(value)
    }

    /// The value itself. Each use is a place where it could leave; write down why it does not.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, owned.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T: AsRef<[u8]>> Secret<T> {
    /// What stands in its place when it is shown: its length.
    pub fn placeholder(&self) -> String {
        format!("[redacted, {} bytes]", self.0.as_ref().len())
    }
}

impl<T: AsRef<[u8]>> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.placeholder())
    }
}

impl<T: AsRef<[u8]>> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.placeholder())
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Secret(value.to_owned())
    }
}

impl From<String> for Secret<String> {
    fn from(value: String) -> Self {
        Secret(value)
    }
}

/// Names of query parameters whose values say where a request goes and nothing else.
const OPEN_PARAMETERS: [&str; 3] = ["group_path", "remember_me", "SigAlg"];

/// `url` with the values of its query parameters and its fragment replaced, but for those that only say where the
/// request goes. User name and password in front of the host go too.
pub fn url(url: &str) -> String {
    let (without_fragment, fragment) = match url.split_once('#') {
        Some((before, after)) => (before, Some(after)),
        None => (url, None),
    };
    let (location, query) = match without_fragment.split_once('?') {
        Some((before, after)) => (before, Some(after)),
        None => (without_fragment, None),
    };
    let mut shown = without_user(location);
    if let Some(query) = query {
        shown.push('?');
        let pairs: Vec<String> = query.split('&').map(redacted_pair).collect();
        shown.push_str(&pairs.join("&"));
    }
    if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
        shown.push_str(&format!("#[redacted, {} bytes]", fragment.len()));
    }
    shown
}

fn redacted_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && !OPEN_PARAMETERS.contains(&name) => {
            format!("{name}=[redacted, {} bytes]", value.len())
        }
        Some(_) => pair.to_owned(),
        // A bare word may be a credential as well as a name.
        None if pair.is_empty() => String::new(),
        None => format!("[redacted, {} bytes]", pair.len()),
    }
}

fn without_user(location: &str) -> String {
    let Some((scheme, rest)) = location.split_once("://") else { return location.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_its_length() {
        let secret = Secret::from("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "[redacted, 7 bytes] [redacted, 7 bytes]");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_redacted_url_keeps_where_it_goes() {
        assert_eq!(
            url("https://me:pw@gitlab.com/groups/acme/-/saml/sso?token=s3cr3t&group_path=acme#frag"),
            "https://gitlab.com/groups/acme/-/saml/sso?token=[redacted, 6 bytes]&group_path=acme#[redacted, 4 bytes]"
        );
        assert_eq!(url("https://gitlab.com/x?s3cr3t"), "https://gitlab.com/x?[redacted, 6 bytes]");
    }
}
