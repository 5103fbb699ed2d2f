//! The group's SSO landing page, `/groups/G/-/saml/sso`, and the page on which a person confirms that a
//! sign-in of the whole instance is linked, `/-/user_settings/identities/new`: which GitLab account would be
//! linked.
//!
//! gitlab-facts 1.8, 1.9 (`ee/app/views/groups/sso/`, `app/views/user_settings/identities/new.html.haml`).
//! Signed in and not linked, both pages warn which account will be managed, with its e-mail address in
//! parentheses in whatever language. Signed out, or on the way to the identity provider, there is nothing to
//! tell. Never read: the addresses of its links, which hold the
//! discovery token.

use super::{Expected, Field, Holds, Page, Reads, Take, Variant, flash};
use crate::gitlab::{pages::PageReading, routes::Route};

/// The landing page.
pub(super) const PAGE: Page = Page {
    id: "sso-landing",
    is: |route| matches!(route, Route::Landing(_) | Route::LinkIdentity),
    reads: Reads::Always,
    variants: &[
        Variant {
            id: "authorize",
            marker: WARNING,
            fields: &[flash::FLASH, flash::FLASH_TITLE, flash::VERSION, ACCOUNT],
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

// A flash message may be a warning, too; it is not in the page's own box.
const WARNING: &str = "body:is([data-page^='groups:sso:'], [data-page^='user_settings:identities:']) .gl-alert-warning:not(.flash-container *) .gl-alert-body";

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
