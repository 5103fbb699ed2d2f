//! The group's SAML SSO settings page, `/groups/G/-/saml`: the members table with the stored identifiers.
//!
//! gitlab-facts 1.1 and 1.4 (`ee/pages/groups/saml_providers/saml_members/index.vue`). The table is rendered by
//! script, ten members a page, and reuses its rows; it lists members with a SAML identity only. Headers and classes
//! drift and are translated, so columns are told by their number: two columns end with the SAML identifier, three
//! with the SCIM identifier. Leaves out: the settings' values and the output of "Verify SAML Configuration".

use super::{Expected, Field, Page, Rows, Take, Variant, flash};
use crate::{
    event::PageReading,
    fact::{Member, StoredIdentity, StoredValue},
    gitlab::routes::Route,
};

/// The group's SAML SSO settings page.
pub(super) const PAGE: Page = Page {
    id: "group-saml-settings",
    is: |route| matches!(route, Route::Settings(_)),
    variants: &[
        Variant {
            id: "three-columns",
            marker: "body[data-page^='groups:saml_providers:'] tbody tr:has(a.js-user-link[data-user-id]) > td:nth-child(3)",
            fields: flash::FIELDS,
            rows: Some(Rows {
                row: ROW,
                cells: &[USER_ID, USERNAME, NAME, SAML, SCIM],
                key: "user",
                anchors: &[("saml", "td:nth-child(2)"), ("scim", "td:nth-child(3)")],
            }),
        },
        Variant {
            id: "two-columns",
            marker: "body[data-page^='groups:saml_providers:'] tbody tr:has(a.js-user-link[data-user-id]) > td:nth-child(2)",
            fields: flash::FIELDS,
            rows: Some(Rows {
                row: ROW,
                cells: &[USER_ID, USERNAME, NAME, SAML],
                key: "user",
                anchors: &[("saml", "td:nth-child(2)")],
            }),
        },
        Variant { id: "no-table", marker: "body", fields: flash::FIELDS, rows: None },
    ],
    identities,
};

const ROW: &str = "body[data-page^='groups:saml_providers:'] tbody tr:has(a.js-user-link[data-user-id])";

const LINK: &[&str] = &["a.js-user-link[data-user-id]"];

const USER_ID: Field =
    Field { key: "user", selectors: LINK, take: Take::Attribute("data-user-id"), expected: Expected::One };
const USERNAME: Field = Field {
    key: "username",
    selectors: LINK,
    take: Take::Attribute("data-username"),
    expected: Expected::One,
};
const NAME: Field = Field { key: "name", selectors: LINK, take: Take::Text, expected: Expected::One };
// The text of the span is the stored value, not trimmed; the cell around it may be written with line breaks. On a
// narrow screen the table is stacked and each cell's content is wrapped in a `div`.
const SAML: Field = Field {
    key: "saml",
    selectors: &["td:nth-child(2) > span", "td:nth-child(2) > div > span", "td:nth-child(2)"],
    take: Take::Text,
    expected: Expected::One,
};
const SCIM: Field = Field {
    key: "scim",
    selectors: &["td:nth-child(3) > span", "td:nth-child(3) > div > span", "td:nth-child(3)"],
    take: Take::Text,
    expected: Expected::One,
};

fn identities(reading: &PageReading) -> Vec<StoredIdentity> {
    let row = |cells: &std::collections::BTreeMap<String, String>| {
        let text = |key: &str| cells.get(key).filter(|text| !text.is_empty()).cloned();
        // An empty cell is an identity without a value; a column that the table lacks says nothing.
        let stored = |key: &str| match cells.get(key) {
            None => StoredValue::Unseen,
            Some(text) if text.is_empty() => StoredValue::Absent,
            Some(text) => StoredValue::Known(text.clone()),
        };
        Some(StoredIdentity {
            member: Member {
                id: Some(text("user")?.parse().ok()?),
                username: text("username"),
                name: text("name").map(|name| name.trim().to_owned()),
            },
            saml: stored("saml"),
            scim: stored("scim"),
        })
    };
    reading.rows.iter().filter_map(row).collect()
}
