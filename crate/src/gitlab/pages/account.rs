//! The profile's account page, `/-/profile/account`: which groups' SAML is connected.
//!
//! gitlab-facts 1.7 (`profiles:accounts:show`). The links are the same in all generations, whatever is drawn
//! round them (`profiles/accounts/_providers.html.haml`, `_group_saml_unlink_buttons.html.haml`). The stored
//! identifier is not on this page; the API tells it. Disconnecting destroys the identity and, for a group,
//! the membership (`group_saml/identity/destroy_service.rb`), which the page says late. Leaves out: what is
//! connected and cannot be disconnected, which is translated text alone.

use super::{Expected, Field, Holds, Page, Reads, Take, Variant, flash};
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
            flash::FLASH_TITLE,
            flash::VERSION,
            Field {
                key: DISCONNECT,
                selectors: &["a[data-method='delete'][href$='/-/saml/unlink']"],
                take: Take::Attribute("href"),
                holds: Holds::Address,
                expected: Expected::Any,
            },
            Field {
                key: DISCONNECT_INSTANCE,
                selectors: &[INSTANCE_LINK],
                take: Take::Attribute("href"),
                holds: Holds::Address,
                expected: Expected::Any,
            },
        ],
        anchors: &[
            (DISCONNECT, ":has(> a[data-method='delete'][href$='/-/saml/unlink'])"),
            (
                DISCONNECT_INSTANCE,
                ":has(> a[data-method='delete'][href*='/profile/account/unlink?provider='])",
            ),
            ("flash", flash::ANCHOR),
        ],
        rows: None,
    }],
    identities: |_, _| Vec::new(),
};

/// The field with the addresses that disconnect a group's SAML.
pub(super) const DISCONNECT: &str = "disconnect";
/// The field with the addresses that disconnect a sign-in of the whole instance.
pub(super) const DISCONNECT_INSTANCE: &str = "disconnect-instance";
const INSTANCE_LINK: &str = "a[data-method='delete'][href*='/profile/account/unlink?provider=']";
