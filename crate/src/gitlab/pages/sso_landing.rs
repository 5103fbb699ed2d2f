//! The group's SSO landing page, `/groups/G/-/saml/sso`: which GitLab account would be linked.
//!
//! gitlab-facts 1.8 (`ee/app/views/groups/sso/`). Signed in and not linked, the page warns which account the
//! group will manage, with its e-mail address in parentheses in whatever language. Signed out, or on the way
//! to the identity provider, there is nothing to tell. Never read: the addresses of its links, which hold the
//! discovery token.

use super::{Expected, Field, Holds, Page, Reads, Take, Variant, flash};
use crate::gitlab::{pages::PageReading, routes::Route};

/// The landing page.
pub(super) const PAGE: Page = Page {
    id: "sso-landing",
    is: |route| matches!(route, Route::Landing(_)),
    reads: Reads::Always,
    variants: &[
        Variant {
            id: "authorize",
            marker: "body[data-page='groups:sso:saml'] .gl-alert-warning .gl-alert-body",
            fields: &[flash::FLASH, ACCOUNT],
            anchors: &[("account", WARNING), ("flash", flash::ANCHOR)],
            rows: None,
        },
        Variant {
            id: "other",
            marker: "body",
            fields: flash::FIELDS,
            anchors: &[("flash", flash::ANCHOR)],
            rows: None,
        },
    ],
    identities: |_, _| Vec::new(),
};

const WARNING: &str = "body[data-page='groups:sso:saml'] .gl-alert-warning .gl-alert-body";

const ACCOUNT: Field = Field {
    key: "account",
    selectors: &[WARNING],
    take: Take::Text,
    holds: Holds::Account,
    expected: Expected::One,
};

/// The account in the warning: the word before an e-mail address in parentheses, with it.
pub(super) fn account(reading: &PageReading) -> Option<&str> {
    account_in(reading.fields.get(ACCOUNT.key)?.first()?)
}

/// The same in the sentence alone.
pub(super) fn account_in(warning: &str) -> Option<&str> {
    let (open, _) = warning.match_indices('(').find(|(at, _)| {
        let inside = warning.get(at + 1..).and_then(|rest| rest.split_once(')')).map(|(inside, _)| inside);
        inside.is_some_and(|inside| inside.contains('@') && !inside.contains(char::is_whitespace))
    })?;
    let before = warning.get(..open)?.trim_end();
    let space = before.char_indices().rev().find(|(_, c)| c.is_whitespace());
    let start = space.map_or(0, |(at, c)| at + c.len_utf8());
    let end = open + warning.get(open..)?.find(')')? + 1;
    warning.get(start..end)
}
