//! The profile's account page, `/-/profile/account`: which groups' SAML is connected.
//!
//! gitlab-facts 1.7 (`profiles:accounts:show`). The stored identifier is not on this page; the API tells it.
//! Disconnecting destroys the identity and the membership (`group_saml/identity/destroy_service.rb`), which the page
//! says late. Leaves out: the sign-in of a whole instance.

use super::{Expected, Field, Page, Reads, Take, Variant, flash};
use crate::gitlab::routes::Route;

/// The account page.
pub(super) const PAGE: Page = Page {
    id: "account",
    is: |route| matches!(route, Route::Account),
    reads: Reads::Always,
    variants: &[Variant {
        id: "any",
        marker: "body",
        fields: &[
            flash::FLASH,
            Field {
                key: DISCONNECT,
                selectors: &["a[data-method='delete'][href$='/-/saml/unlink']"],
                take: Take::Attribute("href"),
                expected: Expected::Any,
            },
        ],
        anchors: &[
            (DISCONNECT, ":has(> a[data-method='delete'][href$='/-/saml/unlink'])"),
            ("flash", flash::ANCHOR),
        ],
        rows: None,
    }],
    identities: |_| Vec::new(),
};

/// The field with the addresses that disconnect a group's SAML.
pub(super) const DISCONNECT: &str = "disconnect";
