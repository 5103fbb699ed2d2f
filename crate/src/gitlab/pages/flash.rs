//! Any page of GitLab: its flash messages, and what its error pages say.
//!
//! gitlab-facts 1.9, `app/views/layouts/_flash.html.haml`. Markup drifted, the container's class did not.
//! Scripts put their alerts into a container of their own.

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
pub(super) const FIELDS: &[Field] = &[FLASH];

/// The place of the note on a flash message: in the message's text.
pub(super) const ANCHOR: &str = ".flash-container .gl-alert .gl-alert-body, #js-global-alerts .gl-alert .gl-alert-body, .flash-container .flash-alert:not(.gl-alert), .flash-container .flash-notice:not(.gl-alert)";

const ANCHORS: &[(&str, &str)] = &[("flash", ANCHOR)];

/// The flash messages on the page.
pub(super) const FLASH: Field = Field {
    key: "flash",
    selectors: &[
        ".flash-container .gl-alert .gl-alert-body, #js-global-alerts .gl-alert .gl-alert-body",
        ".flash-container .flash-alert, .flash-container .flash-notice",
    ],
    take: Take::Text,
    holds: Holds::Prose,
    expected: Expected::Any,
};
