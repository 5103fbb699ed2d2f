//! The link to a user that GitLab's tables of members have in each row, and the member that it names.
//!
//! `app/assets/javascripts/user_popovers.js` fills it with a card at hover, so its attributes are in all
//! generations.

use super::{Cells, Expected, Field, Holds, Take};
use crate::gitlab::stored::Member;

/// The link; a row can have one to whoever added the member, in another cell.
pub(super) const LINK: &[&str] =
    &["td:first-child a.js-user-link[data-user-id]", "a.js-user-link[data-user-id]"];

/// The user's numeric id.
pub(super) const USER_ID: Field = Field {
    key: "user",
    selectors: LINK,
    take: Take::Attribute("data-user-id"),
    holds: Holds::Number,
    expected: Expected::One,
};

/// The user name, without `@`.
pub(super) const USERNAME: Field = Field {
    key: "username",
    selectors: LINK,
    take: Take::Attribute("data-username"),
    holds: Holds::Username,
    expected: Expected::One,
};

/// The member of a row; `None` without a numeric id.
pub(super) fn member(cells: &Cells) -> Option<Member> {
    let text = |key: &str| cells.get(key).filter(|text| !text.is_empty());
    Some(Member {
        id: Some(text("user")?.parse().ok()?),
        username: text("username").map(|name| name.trim().trim_start_matches('@').to_owned()),
        name: text("name").map(|name| name.trim().to_owned()),
    })
}
