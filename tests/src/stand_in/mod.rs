//! A demonstration GitLab and a demonstration identity provider, in this process, for `cargo xtask demo` and
//! for the harness's own tests. Their pages say so. They play under `gitlab.com` and `idp.example.com` behind
//! the [`crate::front::Front`].
//!
//! Everything that Samlight sees is as GitLab makes it: the routes, the redirects with their `Location` and
//! flash texts, the AuthnRequest, the pages of `tests/pages`, the API's answers; the Response is really
//! signed (RSA-SHA256), with keys made at start. What Samlight does not see is left out: this GitLab checks
//! no signature, no CSRF token and no time. Whether real SAML software agrees is the lab's business, not this
//! one's.

mod gitlab;
mod identity_provider;
mod messages;
mod people;
mod template;

use std::sync::Arc;

use anyhow::Result;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::http::Listener;
use gitlab::GitLab;
use identity_provider::IdentityProvider;
pub use people::GROUP_PATH;

/// The page that explains the demonstration and starts its sign-ins.
pub const START_URL: &str = "https://gitlab.com/demonstration";
/// The group's SAML SSO settings page, for its owner.
pub const SETTINGS_URL: &str = "https://gitlab.com/groups/acme/-/saml";
/// The page from which a member signs in through SAML.
pub const SSO_URL: &str = "https://gitlab.com/groups/acme/-/saml/sso";
/// The username of the group's owner.
pub const OWNER: &str = "morgan.ash";
/// The member whose NameID differs in case only from what GitLab has stored.
pub const MISMATCHING_MEMBER: &str = "alex.doe";
/// A member whose NameID is the one that GitLab has stored.
pub const MATCHING_MEMBER: &str = "blair.roe";
/// Everybody's password.
pub const PASSWORD: &str = "demonstration";

/// Both parties, running until dropped.
#[derive(Debug)]
pub struct StandIn {
    gitlab: Listener,
    identity_provider: Listener,
}

impl StandIn {
    /// Makes the identity provider's key and certificate and starts both parties.
    ///
    /// # Errors
    /// No port is free, or no randomness to be had.
    pub fn start() -> Result<Self> {
        let identity_provider = IdentityProvider::new()?;
        let gitlab = Arc::new(GitLab::new(identity_provider.fingerprint()));
        Ok(StandIn {
            gitlab: Listener::serve(move |request| gitlab.answer(request))?,
            identity_provider: Listener::serve(move |request| identity_provider.answer(request))?,
        })
    }

    /// The names the parties play, and their ports: what [`crate::front::Front::start`] wants.
    #[must_use]
    pub fn backends(&self) -> [(&'static str, u16); 2] {
        [("gitlab.com", self.gitlab.port()), ("idp.example.com", self.identity_provider.port())]
    }
}

/// The fields of a query string or of a form (`application/x-www-form-urlencoded`).
fn form_fields(text: &str) -> Vec<(String, String)> {
    let plain = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let fields = text.split('&').filter(|field| !field.is_empty());
    fields
        .map(|field| field.split_once('=').unwrap_or((field, "")))
        .map(|(a, b)| (plain(a), plain(b)))
        .collect()
}

/// The first field of that name, or an empty text.
fn form_field<'fields>(fields: &'fields [(String, String)], name: &str) -> &'fields str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// A value for a query string.
fn query_value(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// `count` random octets in hexadecimal digits.
fn random_hex(count: usize) -> Result<String> {
    let mut octets = vec![0; count];
    getrandom::fill(&mut octets).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_survive_encoding() {
        let value = "a+b /=&ü";
        let fields = form_fields(&format!("first=1&value={}&plus=a+b&bare", query_value(value)));
        assert_eq!(form_field(&fields, "value"), value);
        assert_eq!(form_field(&fields, "plus"), "a b");
        assert_eq!(form_field(&fields, "bare"), "");
        assert_eq!(form_field(&fields, "nobody"), "");
    }
}
