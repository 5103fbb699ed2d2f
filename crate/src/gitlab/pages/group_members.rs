//! The members of a group, `/groups/G/-/group_members`: who has linked a SAML identity.
//!
//! gitlab-facts 1.5 (`ee/app/serializers/ee/member_entity.rb`, `members/utils.js`). A script draws the table
//! (what it has for tests, `data-testid`, is not in all generations: `members_table.vue`); until about
//! 13.3 the server drew a list (`shared/members/_member.html.haml`, `ee/_sso_badge.html.haml`). Neither shows
//! a stored identifier, only a badge "SAML", which is not translated, at each member with an identity. A
//! missing badge says something only where another row has one, as not everybody is shown badges, and on a
//! top-level group, whose SAML it is. Never read: the e-mail addresses in the links.

use super::{
    Cells, Expected, Field, Holds, Page, Reads, Rows, Take, Variant, flash,
    user_link::{USER_ID, USERNAME, member},
};
use crate::gitlab::{
    pages::PageReading,
    routes::{Provider, Route},
    stored::{StoredIdentity, StoredValue},
};

/// Id of the page.
pub(super) const ID: &str = "group-members";

/// The page.
pub(super) const PAGE: Page = Page {
    id: ID,
    is: |route| matches!(route, Route::Members(_)),
    reads: Reads::Always,
    variants: &[
        Variant {
            id: "table",
            marker: "body[data-page^='groups:group_members:'] table a.js-user-link[data-user-id]",
            fields: flash::FIELDS,
            anchors: ANCHORS,
            rows: Some(Rows {
                row: "body[data-page^='groups:group_members:'] table tr:has(> td:first-child a.js-user-link[data-user-id])",
                cells: &[USER_ID, USERNAME, BADGES],
                anchors: &[(BADGES.key, "td:nth-child(1)")],
            }),
        },
        Variant {
            id: "list",
            marker: "li.member a.js-user-link[data-user-id]",
            fields: flash::FIELDS,
            anchors: ANCHORS,
            rows: Some(Rows {
                row: "li.member:has(a.js-user-link[data-user-id])",
                cells: &[USER_ID, LISTED_NAME, LISTED_BADGES],
                anchors: &[(LISTED_BADGES.key, ".list-item-name")],
            }),
        },
        Variant { id: "no-table", marker: "body", fields: flash::FIELDS, anchors: ANCHORS, rows: None },
    ],
    identities,
};

const ANCHORS: &[(&str, &str)] = &[("flash", flash::ANCHOR)];

const BADGES: Field = Field {
    key: "badges",
    selectors: &["td:nth-child(1) .gl-badge"],
    take: Take::Text,
    holds: Holds::Badges,
    expected: Expected::Any,
};

/// In the list the user name is text: `@ada`.
const LISTED_NAME: Field = Field {
    key: USERNAME.key,
    selectors: &[".user-info span.cgray"],
    take: Take::Text,
    holds: Holds::Username,
    expected: Expected::One,
};

const LISTED_BADGES: Field = Field { selectors: &[".user-info .badge"], ..BADGES };

/// The cell that a row's note belongs to.
pub const NOTED: &str = BADGES.key;

/// Whether a row has the badge that says that a SAML identity is linked.
fn has_badge(cells: &Cells) -> bool {
    cells.get(BADGES.key).is_some_and(|badges| badges.lines().any(|badge| badge.trim() == "SAML"))
}

fn identities(route: &Route, reading: &PageReading) -> Vec<(Provider, StoredIdentity)> {
    let Route::Members(provider) = route else { return Vec::new() };
    let is_top_level = provider.group().is_some_and(|path| !path.contains('/'));
    let of_group = is_top_level.then(|| rows(reading)).into_iter().flatten();
    of_group.map(|(_, identity)| (provider.clone(), identity)).collect()
}

/// The stored identities of which the table's rows tell, with the places of the rows; of a top-level group.
pub fn rows(reading: &PageReading) -> impl Iterator<Item = (usize, StoredIdentity)> {
    let shows_badges = reading.rows.iter().any(has_badge);
    let row = move |cells: &Cells| {
        let unlinked = shows_badges && !has_badge(cells);
        let saml = if unlinked { StoredValue::Absent } else { StoredValue::Unseen };
        Some(StoredIdentity { member: member(cells)?, saml, scim: StoredValue::Unseen })
    };
    reading.rows.iter().enumerate().filter_map(move |(place, cells)| Some((place, row(cells)?)))
}
