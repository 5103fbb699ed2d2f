//! An administrator's page with the identities of one user, `/admin/users/U/identities`.
//!
//! gitlab-facts 1.6 (`app/views/admin/identities/`, `ee/app/views/admin/identities/`). Written by the server:
//! each cell's text stands between line breaks, so white space at the ends of a value cannot be seen here and
//! is taken off. The rows stand in the table's `<thead>` or in no part of it at all, never in a `<tbody>` of
//! GitLab's own; so a row is told by its number of cells. Newer GitLabs show six columns, with SCIM
//! identities and the group; before, there were five without SCIM; old ones show two and what can be done,
//! and do not say of which group an identity is. The page lists all identities that there are, so one that is
//! not listed is not stored. Leaves out: the form that adds or changes one.

use super::{Cells, Expected, Field, Holds, Page, Reads, Rows, Take, Variant, flash};
use crate::gitlab::{
    pages::PageReading,
    routes::{Provider, Route},
    stored::{Member, StoredIdentity, StoredValue},
};

/// Id of the page.
pub(super) const ID: &str = "user-identities";

/// The page.
pub(super) const PAGE: Page = Page {
    id: ID,
    is: |route| matches!(route, Route::Identities(_)),
    reads: Reads::Always,
    variants: &[
        Variant {
            id: "six-columns",
            marker: "body[data-page^='admin:identities:'] tr > td:nth-child(6)",
            fields: flash::FIELDS,
            anchors: ANCHORS,
            rows: Some(Rows {
                row: "body[data-page^='admin:identities:'] tr:has(> td:nth-child(6))",
                cells: &[
                    cell(PROVIDER, Holds::Provider, &["td:nth-child(1)"], Expected::One),
                    cell(GROUP, Holds::GroupPath, &["td:nth-child(3) > a"], Expected::AtMostOne),
                    cell(IDENTIFIER, Holds::Identifier, &["td:nth-child(4)"], Expected::One),
                    cell(ACTIVE, Holds::Flag, &["td:nth-child(5)"], Expected::One),
                ],
                anchors: &[(IDENTIFIER, "td:nth-child(4)"), (ACTIVE, "td:nth-child(5)")],
            }),
        },
        Variant {
            id: "five-columns",
            marker: "body[data-page^='admin:identities:'] tr > td:nth-child(5)",
            fields: flash::FIELDS,
            anchors: ANCHORS,
            rows: Some(Rows {
                row: "body[data-page^='admin:identities:'] tr:has(> td:nth-child(5))",
                cells: &[
                    cell(PROVIDER, Holds::Provider, &["td:nth-child(1)"], Expected::One),
                    cell(GROUP, Holds::GroupPath, &["td:nth-child(3) > a"], Expected::AtMostOne),
                    cell(IDENTIFIER, Holds::Identifier, &["td:nth-child(4)"], Expected::One),
                ],
                anchors: &[(IDENTIFIER, "td:nth-child(4)")],
            }),
        },
        Variant {
            id: "three-columns",
            marker: "body[data-page^='admin:identities:'] tr > td:nth-child(3):last-child",
            fields: flash::FIELDS,
            anchors: ANCHORS,
            rows: Some(Rows {
                row: "body[data-page^='admin:identities:'] tr:has(> td:nth-child(3):last-child)",
                cells: &[
                    cell(PROVIDER, Holds::Provider, &["td:nth-child(1)"], Expected::One),
                    cell(IDENTIFIER, Holds::Identifier, &["td:nth-child(2)"], Expected::One),
                ],
                anchors: &[(IDENTIFIER, "td:nth-child(2)")],
            }),
        },
        Variant {
            id: "none",
            marker: NONE_SHOWN,
            fields: &[flash::FLASH, flash::VERSION, cell(NONE, Holds::Prose, &[NONE_SHOWN], Expected::One)],
            anchors: &[(NONE, NONE_SHOWN), ("flash", flash::ANCHOR)],
            rows: None,
        },
        Variant { id: "other", marker: "body", fields: flash::FIELDS, anchors: ANCHORS, rows: None },
    ],
    identities,
};

/// The field that is there when GitLab says that the user has no identities.
pub const NONE: &str = "none";
/// The cell with what GitLab compares with the NameID, or with SCIM's id.
pub const IDENTIFIER: &str = "identifier";
/// The cell that tells whether a SCIM identity is active.
pub const ACTIVE: &str = "active";
const PROVIDER: &str = "provider";
const GROUP: &str = "group";

const NONE_SHOWN: &str = "[data-testid='identities-empty-state']";
const ANCHORS: &[(&str, &str)] = &[("flash", flash::ANCHOR)];

const fn cell(
    key: &'static str,
    holds: Holds,
    selectors: &'static [&'static str],
    expected: Expected,
) -> Field {
    Field { key, selectors, take: Take::Text, holds, expected }
}

/// The kind of identity that a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// A sign-in identity, by its provider: `group_saml`, `saml`, `google_oauth2`, …
    SignIn(String),
    /// A SCIM identity, and whether it is active.
    Scim(bool),
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// The kind of identity.
    pub kind: IdentityKind,
    /// The integration that it is for; `None` where an old page does not say of which group.
    pub provider: Option<Provider>,
    /// The stored value, without the white space at its ends.
    pub identifier: String,
}

/// The rows of the table, in their order.
pub fn rows(reading: &PageReading) -> Vec<IdentityRow> {
    let instance = instance_provider(reading);
    reading.rows.iter().map(|cells| row(cells, &instance)).collect()
}

fn row(cells: &Cells, instance: &Provider) -> IdentityRow {
    let text = |key: &str| cells.get(key).map(|text| text.trim()).unwrap_or_default();
    let group = Some(text(GROUP)).filter(|path| !path.is_empty());
    let of_group = group.map(|path| Provider::Group { path: path.to_owned() });
    let (kind, provider) = match name(cells) {
        None => {
            (IdentityKind::Scim(text(ACTIVE) != "false"), Some(of_group.unwrap_or_else(|| instance.clone())))
        }
        Some("group_saml") => (IdentityKind::SignIn("group_saml".into()), of_group),
        Some(name) => (IdentityKind::SignIn(name.into()), Some(Provider::Instance { name: name.into() })),
    };
    IdentityRow { kind, provider, identifier: text(IDENTIFIER).to_owned() }
}

/// The provider's name, which stands in parentheses behind its label: `Group Saml (group_saml)`. SCIM has
/// none.
fn name(cells: &Cells) -> Option<&str> {
    let (_, name) = cells.get(PROVIDER)?.trim().strip_suffix(')')?.rsplit_once('(')?;
    Some(name)
}

/// The integration that SCIM for the whole instance belongs to: the one SAML provider that is listed, or the
/// one that GitLab's documentation names.
fn instance_provider(reading: &PageReading) -> Provider {
    let listed = reading.rows.iter().filter_map(name).find(|name| name.starts_with("saml"));
    Provider::Instance { name: listed.unwrap_or("saml").to_owned() }
}

fn identities(route: &Route, reading: &PageReading) -> Vec<(Provider, StoredIdentity)> {
    let Route::Identities(username) = route else { return Vec::new() };
    // A page of six columns lists SCIM identities, too; an older one says nothing of them.
    let lists_scim = reading.rows.iter().any(|cells| cells.contains_key(ACTIVE));
    let mut found: Vec<(Provider, StoredIdentity)> = Vec::new();
    for row in rows(reading) {
        let Some(provider) = row.provider else { continue };
        let at = found.iter().position(|(known, _)| *known == provider).unwrap_or_else(|| {
            let member = Member { username: Some(username.clone()), ..Member::default() };
            let scim = if lists_scim { StoredValue::Absent } else { StoredValue::Unseen };
            found.push((provider, StoredIdentity { member, saml: StoredValue::Absent, scim }));
            found.len() - 1
        });
        let Some((_, identity)) = found.get_mut(at) else { continue };
        let value = StoredValue::from(Some(row.identifier));
        match row.kind {
            IdentityKind::SignIn(_) => identity.saml = value,
            IdentityKind::Scim(_) => identity.scim = value,
        }
    }
    found
}
