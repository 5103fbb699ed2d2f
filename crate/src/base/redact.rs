//! Things that must not leave: [`Secret`] values, and what an export may hold.
//!
//! A trace holds live credentials: a Response can be replayed until its NotOnOrAfter, a RelayState or a URL
//! can carry a session, the group's SSO URL carries its discovery token (gitlab-facts 1.1). Such values are
//! [`Secret`]: they print as their length unless `.expose()` is written, and a file that is shared holds
//! something else in their place ([`Redaction`](crate::file::export::Redaction)).

use super::shown_address::{Hide, OnScreen, address, is_token};
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
    /// The text that stands in its place when it is shown: its length.
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

/// `url` as the person's own screen shows it: without what can be a credential
/// ([`shown_address`](super::shown_address)).
pub fn url(url: &str) -> String {
    address(url, &mut OnScreen)
}

/// The target of a Reference of a signature: an ID in the message as it is, an address as [`url`] gives it,
/// and of anything else, which names nothing that is in the message, its length.
pub fn reference(uri: &str) -> String {
    match uri.split_once("://") {
        _ if uri.is_empty() || uri.starts_with('#') => uri.to_owned(),
        Some(_) => url(uri),
        None => placeholder(uri),
    }
}

/// `text` with each address in it as [`url`] gives it, and without words so long that they can only be an
/// encoded message. White space stays as it is.
pub fn prose(text: &str) -> String {
    prose_by(text, &mut OnScreen)
}

/// The same with each address as `hide` gives it.
pub fn prose_by(text: &str, hide: &mut dyn Hide) -> String {
    let mut shown = String::with_capacity(text.len());
    for part in text.split_inclusive(char::is_whitespace) {
        word(part, &mut shown, hide);
    }
    shown
}

/// Longer than any name or fingerprint, shorter than any SAML message.
const LONGEST_WORD: usize = 300;

fn word(word: &str, shown: &mut String, hide: &mut dyn Hide) {
    super::counted::stepped(word.len());
    let (text, space) = word.split_at(word.trim_end().len());
    let scheme = text.find("://").map(|at| {
        let before = text.get(..at).unwrap_or_default();
        before.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |last| last + last_len(before, last))
    });
    // An address without scheme and host is known by its query.
    let has_query = || text.split_once('?').is_some_and(|(_, query)| query.contains('='));
    let start = scheme.or_else(|| has_query().then_some(0));
    match start.and_then(|start| text.split_at_checked(start)) {
        Some((before, found)) => {
            // The sentence goes on behind the address.
            let (found, after) = found.split_at(found.trim_end_matches(is_punctuation).len());
            shown.push_str(before);
            shown.push_str(&address(found, hide));
            shown.push_str(after);
        }
        None if text.len() > LONGEST_WORD || is_token(text) => shown.push_str(&placeholder(text)),
        None => shown.push_str(text),
    }
    shown.push_str(space);
}

fn is_punctuation(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | ')' | '"' | '\'' | '”' | '’' | '»')
}

/// Octets of the character that begins at `at`.
fn last_len(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

/// The text that stands in place of `text`: its length.
pub fn placeholder(text: &str) -> String {
    format!("[redacted, {} bytes]", text.len())
}

/// The text of a JSON error, without the value that caused it: values can be secrets.
pub fn json_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // serde says `invalid type: string "the value", expected …`. The value can hold anything, quotes and
    // these very words too; so only what stands before the first quote and behind the last `expected` is
    // told.
    match text.rsplit_once(", expected ") {
        Some((before, expected)) => {
            let kind = before.split(['"', '`']).next().unwrap_or_default().trim_end();
            format!("{kind} …, expected {expected}")
        }
        None => text,
    }
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
    fn of_prose_only_addresses_and_encoded_messages_are_redacted() {
        for (given, shown) in [
            ("Fingerprint mismatch", "Fingerprint mismatch"),
            (
                "see “https://a.example.com/x?t=s3cr3t” \n now",
                "see “https://a.example.com/x?t=[redacted, 6 bytes]” \n now",
            ),
            ("is it? at /users/sign_in?t=s3cr3t", "is it? at /users/sign_in?t=[redacted, 6 bytes]"),
            (
                "at https://gitlab.com/groups/acme/-/saml/callback.",
                "at https://gitlab.com/groups/acme/-/saml/callback.",
            ),
        ] {
            assert_eq!(prose(given), shown);
        }
        assert_eq!(prose(&"A".repeat(301)), "[redacted, 301 bytes]");
    }

    #[test]
    fn a_token_of_any_kind_is_redacted_in_whatever_case_and_place() {
        let kinds = [
            "glpat", "gloas", "gldt", "glrt", "glrtr", "glcbt", "glptt", "glft", "glimt", "glagent", "glwt",
            "glsoat", "glffct",
        ];
        for kind in kinds {
            for (before, after) in [("", ""), ("x", "!"), ("a-", "-b"), ("ü", "ü")] {
                for written in [kind.to_owned(), kind.to_ascii_uppercase()] {
                    let token = format!("{before}{written}-s3cr3t{after}");
                    assert_eq!(
                        prose(&format!("with {token} now")),
                        format!("with [redacted, {} bytes] now", token.len())
                    );
                    // Without its hyphen, or with a letter between, it is a word.
                    for word in [format!("{before}{written}s3cr3t"), format!("{before}{written}x-s3cr3t")] {
                        assert_eq!(prose(&word), word);
                    }
                }
            }
        }
    }

    #[test]
    fn of_a_reference_what_is_in_the_message_is_shown() {
        for (given, shown) in [
            ("", ""),
            ("#_a1", "#_a1"),
            ("https://me:pw@a.example.com/x?t=s3cr3t", "https://a.example.com/x?t=[redacted, 6 bytes]"),
            ("s3cr3t", "[redacted, 6 bytes]"),
            ("/a?b#s3cr3t", "[redacted, 11 bytes]"),
        ] {
            assert_eq!(reference(given), shown);
        }
    }

    #[test]
    fn a_redacted_url_keeps_where_it_goes() {
        assert_eq!(
            url("https://me:pw@gitlab.com/groups/acme/-/saml/sso?token=s3cr3t&group_path=acme#frag"),
            "https://gitlab.com/groups/acme/-/saml/sso?token=[redacted, 6 bytes]&group_path=acme#[redacted, 4 bytes]"
        );
        for (given, shown) in [
            ("https://gitlab.com/x?s3cr3t", "https://gitlab.com/x?[redacted, 6 bytes]"),
            ("https://gitlab.com/x?czNjcjN0==", "https://gitlab.com/x?[redacted, 10 bytes]"),
            (
                "https://gitlab.com/x?group_path=a;t=s3cr3t",
                "https://gitlab.com/x?group_path=[redacted, 10 bytes]",
            ),
            (
                "https://idp.example.com/sso;jsessionid=1/x",
                "https://idp.example.com/sso;[redacted, 12 bytes]/x",
            ),
            ("//me:pw@gitlab.com/x", "//gitlab.com/x"),
            ("/users/sign_in?a=b", "/users/sign_in?a=[redacted, 1 bytes]"),
            ("data:text/html,s3cr3t", "data:[redacted, 16 bytes]"),
            ("https://me:pw@gitlab.com", "https://gitlab.com"),
        ] {
            assert_eq!(url(given), shown);
        }
    }
}
