//! Any page of GitLab: its flash messages, and what its error pages say.
//!
//! gitlab-facts 1.9 and G5, `app/views/layouts/_flash.html.haml`. Markup drifted, the container's class did
//! not. Scripts put their alerts into a container of their own. That an account is not confirmed is drawn by
//! a script in the place of the message (`vue_alerts.js`), with a heading; before, its text is all there.

use super::{Expected, Field, Holds, Page, Reads, Take, Variant};

/// Any page of GitLab.
pub(super) const PAGE: Page = Page {
    id: "any",
    is: |_| true,
    reads: Reads::WhenAwaited,
    variants: &[
        Variant {
            id: "error",
            marker: ".error-container h1, body > h1",
            fields: ERROR_FIELDS,
            anchors: ERROR_ANCHORS,
            rows: None,
        },
        Variant { id: "any", marker: "body", fields: FIELDS, anchors: ANCHORS, rows: None },
    ],
    identities: |_, _| Vec::new(),
};

// GitLab renders its own error pages with a container; static ones are served without.
const ERROR_FIELDS: &[Field] = &[
    Field {
        key: "error",
        selectors: &[".error-container h1", "body > h1"],
        take: Take::Text,
        holds: Holds::Prose,
        expected: Expected::One,
    },
    Field {
        key: "error-text",
        selectors: &[".error-container p"],
        take: Take::Text,
        holds: Holds::Prose,
        expected: Expected::Any,
    },
];
const ERROR_ANCHORS: &[(&str, &str)] = &[("error", ".error-container h1, body > h1")];

/// The fields that every page has.
pub(super) const FIELDS: &[Field] = &[FLASH, FLASH_TITLE, VERSION];

/// The place of the note on a flash message: in the message's text.
pub(super) const ANCHOR: &str = ".flash-container .gl-alert .gl-alert-body, #js-global-alerts .gl-alert .gl-alert-body, .flash-container .flash-alert:not(.gl-alert), .flash-container .flash-notice:not(.gl-alert), .flash-container:has(> .js-vue-alert)";

const ANCHORS: &[(&str, &str)] = &[("flash", ANCHOR)];

/// GitLab's version, which the page's first script says to whoever is signed in. Nothing else of that script
/// is read.
pub(super) const VERSION: Field = Field {
    key: "version",
    selectors: &["head script:not([src])"],
    take: Take::Between("gon.version=\"", "\""),
    holds: Holds::Number,
    expected: Expected::AtMostOne,
};

/// The heading of a message.
pub(super) const FLASH_TITLE: Field = Field {
    key: "flash-title",
    selectors: &[".flash-container .js-vue-alert[data-title]"],
    take: Take::Attribute("data-title"),
    holds: Holds::Prose,
    expected: Expected::Any,
};

/// The flash messages on the page.
pub(super) const FLASH: Field = Field {
    key: "flash",
    selectors: &[
        ".flash-container .gl-alert .gl-alert-body, .flash-container .js-vue-alert, #js-global-alerts .gl-alert .gl-alert-body",
        ".flash-container .flash-alert, .flash-container .flash-notice",
    ],
    take: Take::Text,
    holds: Holds::Prose,
    expected: Expected::Any,
};
