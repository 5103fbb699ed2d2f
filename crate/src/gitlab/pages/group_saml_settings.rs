//! The group's SAML SSO settings page, `/groups/G/-/saml`: the members table with the stored identifiers.
//!
//! gitlab-facts 1.1 and 1.4 (`ee/pages/groups/saml_providers/saml_members/index.vue`). The table is rendered
//! by script, ten members a page, and reuses its rows; it lists members with a SAML identity only. Headers
//! and classes drift and are translated, so columns are told by their number: two columns end with the SAML
//! identifier, three with the SCIM identifier. The settings' values are read as GitLab has saved them (the
//! attributes that it wrote, not what somebody types). Never read: the metadata URL and the single sign-on
//! URL, which hold the discovery token, and the SCIM token.

use super::{
    Cells, Expected, Field, Holds, Page, Reads, Rows, Take, Variant, flash,
    user_link::{LINK, USER_ID, USERNAME, member},
};
use crate::gitlab::{
    pages::PageReading,
    routes::{Provider, Route},
    stored::{Fact, StoredIdentity, StoredValue},
};

/// Id of the page.
pub(super) const ID: &str = "group-saml-settings";

/// The group's SAML SSO settings page.
pub(super) const PAGE: Page = Page {
    id: ID,
    is: |route| matches!(route, Route::Settings(_)),
    reads: Reads::Always,
    variants: &[
        Variant {
            id: "three-columns",
            marker: "body[data-page^='groups:saml_providers:'] tbody tr:has(a.js-user-link[data-user-id]) > td:nth-child(3)",
            fields: FIELDS,
            anchors: ANCHORS,
            rows: Some(Rows {
                row: ROW,
                cells: &[USER_ID, USERNAME, NAME, SAML, SCIM],
                anchors: &[("saml", "td:nth-child(2)"), ("scim", "td:nth-child(3)")],
            }),
        },
        Variant {
            id: "two-columns",
            marker: "body[data-page^='groups:saml_providers:'] tbody tr:has(a.js-user-link[data-user-id]) > td:nth-child(2)",
            fields: FIELDS,
            anchors: ANCHORS,
            rows: Some(Rows {
                row: ROW,
                cells: &[USER_ID, USERNAME, NAME, SAML],
                anchors: &[("saml", "td:nth-child(2)")],
            }),
        },
        Variant { id: "no-table", marker: "body", fields: FIELDS, anchors: ANCHORS, rows: None },
    ],
    identities,
};

/// The settings that are compared, by the keys of their fields.
const SETTINGS: [(Fact, &str); 4] = [
    (Fact::AcsUrl, "acs"),
    (Fact::EntityId, "identifier"),
    (Fact::SsoUrl, "sso-url"),
    (Fact::Fingerprint, "fingerprint"),
];

/// The NameID that "Verify SAML Configuration" read.
pub const VERIFY_NAME_ID: &str = "verify-name-id";
/// Whether the group's SAML is on: empty where the box is not ticked, and how GitLab 13 and older say it.
const ENABLED: [(&str, &str); 2] = [("enabled", ""), ("enabled-switch", "false")];
/// Whether SSO is enforced, in the same two ways.
const ENFORCED: [(&str, &str); 2] = [("enforced", ""), ("enforced-switch", "false")];
/// The same of passwords for enterprise users, since GitLab 17.4.
const PASSWORDS_OFF: (&str, &str) = ("passwords-off", "");

const FIELDS: &[Field] = &[
    flash::FLASH,
    flash::FLASH_TITLE,
    flash::VERSION,
    saved("acs", Holds::Address, &["#assertion_consumer_service_url"]),
    saved("identifier", Holds::EntityId, &["#issuer"]),
    saved("sso-url", Holds::Address, &["#saml_provider_sso_url"]),
    saved("fingerprint", Holds::Fingerprint, &["#saml_provider_certificate_fingerprint"]),
    // Empty where the box is not ticked.
    attribute("enabled", Holds::Flag, &["input.js-group-saml-enabled-input[type='checkbox']"], "checked"),
    attribute(
        "enforced",
        Holds::Flag,
        &["input.js-group-saml-enforced-sso-input[type='checkbox']"],
        "checked",
    ),
    attribute(
        PASSWORDS_OFF.0,
        Holds::Flag,
        &["input.js-group-saml-disable-password-authentication-for-enterprise-users-input[type='checkbox']"],
        "checked",
    ),
    // GitLab 13 and older have a switch instead: `true` or `false`.
    saved("enabled-switch", Holds::Flag, &["input.js-group-saml-enabled-input[type='hidden']"]),
    saved("enforced-switch", Holds::Flag, &["input.js-group-saml-enforced-sso-input[type='hidden']"]),
    // The things that "Verify SAML Configuration" found; ids come from the form object, so their ends count.
    saved(VERIFY_NAME_ID, Holds::Identifier, &["#response input[id$='_name_id']"]),
    saved("verify-format", Holds::Uri, &["#response input[id$='_name_id_format']"]),
    attribute(
        VERIFY_XML,
        Holds::Message,
        &["#response .js-copy-blob-source-btn[data-clipboard-text]"],
        "data-clipboard-text",
    ),
    Field {
        key: VERIFY_ERRORS,
        selectors: &["#response #error_explanation li"],
        take: Take::Text,
        holds: Holds::Prose,
        expected: Expected::Any,
    },
    // The form shows again what GitLab refused to save.
    Field {
        key: "not-saved",
        selectors: &["#error_explanation:not(#response *) li"],
        take: Take::Text,
        holds: Holds::Prose,
        expected: Expected::Any,
    },
];

/// The field with the errors that "Verify SAML Configuration" lists.
pub(super) const VERIFY_ERRORS: &str = "verify-errors";
/// The field with the Response as GitLab got it.
pub(super) const VERIFY_XML: &str = "verify-xml";

/// The places of the notes on single values: below the field, outside of the box that holds it and its copy
/// button.
const ANCHORS: &[(&str, &str)] = &[
    ("acs", "div:has(> .input-group > #assertion_consumer_service_url)"),
    ("identifier", "div:has(> .input-group > #issuer)"),
    ("sso-url", "div:has(> #saml_provider_sso_url)"),
    ("fingerprint", "div:has(> #saml_provider_certificate_fingerprint)"),
    ("enabled", ":has(> input.js-group-saml-enabled-input[type='checkbox'])"),
    ("enabled-switch", ":has(> input.js-group-saml-enabled-input[type='hidden'])"),
    ("flash", flash::ANCHOR),
    (VERIFY_NAME_ID, "#response :has(> input[id$='_name_id'])"),
    (VERIFY_ERRORS, "#response #error_explanation"),
    // The last section that is not within the output of "Verify SAML Configuration" is the members', whether
    // its table is there, is empty, is still loading or has failed: at the top of the column beside its
    // heading, or of the box below it. Neither is drawn by the table's script.
    (
        MEMBERS,
        "body[data-page^='groups:saml_providers:'] section.row:last-of-type:not(#response *) > :has(> .page-title) + div",
    ),
    (
        MEMBERS,
        "body[data-page^='groups:saml_providers:'] section.row:last-of-type:not(#response *) > .page-title + div",
    ),
    (MEMBERS, "body[data-page^='groups:saml_providers:'] div:has(> .js-saml-members)"),
    (MEMBERS, "body[data-page^='groups:saml_providers:'] div:has(> table a.js-user-link[data-user-id])"),
];

/// The place of the notes on all members: at the top of the box that holds their table, or will. The first
/// place that there is counts.
pub const MEMBERS: &str = "members";

/// A value as GitLab wrote it into the page.
const fn saved(key: &'static str, holds: Holds, selectors: &'static [&'static str]) -> Field {
    attribute(key, holds, selectors, "value")
}

const fn attribute(
    key: &'static str,
    holds: Holds,
    selectors: &'static [&'static str],
    name: &'static str,
) -> Field {
    Field { key, selectors, take: Take::Attribute(name), holds, expected: Expected::AtMostOne }
}

const ROW: &str = "body[data-page^='groups:saml_providers:'] tbody tr:has(a.js-user-link[data-user-id])";

const NAME: Field = Field {
    key: "name",
    selectors: LINK,
    take: Take::Text,
    holds: Holds::Identifier,
    expected: Expected::One,
};
// The text of the span is the stored value, not trimmed; the cell around it may be written with line breaks.
// On a narrow screen the table is stacked and each cell's content is wrapped in a `div`.
const SAML: Field = Field {
    key: "saml",
    selectors: &["td:nth-child(2) > span", "td:nth-child(2) > div > span", "td:nth-child(2)"],
    take: Take::Text,
    holds: Holds::Identifier,
    expected: Expected::One,
};
const SCIM: Field = Field {
    key: "scim",
    selectors: &["td:nth-child(3) > span", "td:nth-child(3) > div > span", "td:nth-child(3)"],
    take: Take::Text,
    holds: Holds::Identifier,
    expected: Expected::One,
};

/// The setting `fact` as a reading of this page shows it; `None` where it is empty or was not saved.
pub(super) fn setting(reading: &PageReading, fact: Fact) -> Option<&str> {
    let (_, key) = SETTINGS.iter().find(|(known, _)| *known == fact)?;
    let first = |key: &str| reading.fields.get(key).and_then(|values| values.first());
    if first("not-saved").is_some() {
        return None;
    }
    first(key).map(String::as_str).filter(|value| !value.is_empty())
}

/// The field that says that SAML is off for the group.
pub(super) fn switched_off(reading: &PageReading) -> Option<&'static str> {
    let says = |(field, off): &(&str, &str)| {
        reading.fields.get(*field).and_then(|values| values.first()).is_some_and(|value| value == off)
    };
    ENABLED.into_iter().find(says).map(|(field, _)| field)
}

/// Whether SSO is enforced for the group; while SAML is off, it is not.
pub(super) fn enforced(reading: &PageReading) -> Option<bool> {
    let is_on = ENFORCED.iter().find_map(|field| is_ticked(reading, field))?;
    Some(is_on && switched_off(reading).is_none())
}

/// Whether passwords are switched off for the group's enterprise users; while SAML is off, they are not.
pub(super) fn passwords_off(reading: &PageReading) -> Option<bool> {
    Some(is_ticked(reading, &PASSWORDS_OFF)? && switched_off(reading).is_none())
}

/// Whether a box was ticked when GitLab wrote the page; nothing of what it refused to save.
fn is_ticked(reading: &PageReading, (field, off): &(&str, &str)) -> Option<bool> {
    let value = reading.fields.get(*field)?.first()?;
    (!reading.fields.contains_key("not-saved")).then_some(value != off)
}

/// The value that GitLab says that it read of the Response.
pub(super) fn read_by_gitlab(reading: &PageReading, fact: Fact) -> Option<&str> {
    let key = match fact {
        Fact::NameIdRead => VERIFY_NAME_ID,
        Fact::FormatRead => "verify-format",
        _ => return None,
    };
    reading.fields.get(key).and_then(|values| values.first()).map(String::as_str)
}

/// The field that shows `fact`.
pub(super) fn field_of(fact: Fact) -> Option<&'static str> {
    SETTINGS.iter().find(|(known, _)| *known == fact).map(|(_, key)| *key)
}

fn identities(route: &Route, reading: &PageReading) -> Vec<(Provider, StoredIdentity)> {
    let Route::Settings(provider) = route else { return Vec::new() };
    rows(reading).map(|(_, identity)| (provider.clone(), identity)).collect()
}

/// The stored identities in the table's rows, with the places of the rows.
pub fn rows(reading: &PageReading) -> impl Iterator<Item = (usize, StoredIdentity)> {
    // While SAML is off, GitLab tells no identifiers (gitlab-facts G11), and an empty cell says nothing.
    let is_off = switched_off(reading).is_some();
    let row = move |cells: &Cells| {
        // An empty cell is an identity without a value; a column that the table lacks says nothing.
        let stored = |key: &str| match cells.get(key) {
            None => StoredValue::Unseen,
            Some(text) if text.is_empty() && is_off => StoredValue::Unseen,
            Some(text) if text.is_empty() => StoredValue::Absent,
            Some(text) => StoredValue::Known(text.clone()),
        };
        Some(StoredIdentity { member: member(cells)?, saml: stored("saml"), scim: stored("scim") })
    };
    reading.rows.iter().enumerate().filter_map(move |(place, cells)| Some((place, row(cells)?)))
}
