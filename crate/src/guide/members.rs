//! “Will my members be able to sign in?”, for the owner of a group: which GitLab, permission, recording, the
//! group's settings page, its members, the identity provider's list of people, and the field of the NameID.
//!
//! The list is what tells of members who have not signed in yet. Leaves out: what is wrong with whom, which
//! the group's view says.

use super::{ACCESS, Ask, GITLAB, Guide, Help, Known, RECORDING, step};
use crate::{
    base::{catalogue::Text, severity::Step},
    group::check::GroupView,
    idp::vendor::Vendor,
    text,
};

/// The asks, in order.
pub const ASKS: &[&Ask] = &[&GITLAB, &ACCESS, &RECORDING, &GROUP, &READ, &LIST, &FIELD];

/// The check by what is known.
pub fn guide(known: &Known<'_>) -> Guide {
    Guide::of(ASKS, known)
}

/// The group that is checked, where it is of the GitLab in question.
fn group<'a>(known: &Known<'a>) -> Option<&'a GroupView> {
    known.group.filter(|group| group.instance.as_ref() == known.gitlab())
}

/// The page of the group's settings, opened.
const GROUP: Ask = Ask {
    id: "group",
    title: || text!("guide.group"),
    is_known: |known| group(known).is_some(),
    found: |known| group(known).map(|group| group.group.clone()),
    how: |known| {
        vec![
            step(text!("guide.group.owner", host = known.host())),
            step(text!("guide.group.open")),
            step(text!("guide.record.back")),
        ]
    },
    helps: |known| known.page("/dashboard/groups"),
    is_optional: false,
    rests_on: None,
};

/// All members, read.
const READ: Ask = Ask {
    id: "read",
    title: || text!("guide.read"),
    is_known: |known| group(known).is_some_and(|group| group.is_read),
    found: |known| group(known).map(|group| group.table.total.to_string()),
    how: |known| {
        let state = group(known).map(|group| Step { text: group.state.text.clone(), link: None, by: None });
        state.into_iter().collect()
    },
    helps: |known| {
        let Some(group) = group(known) else { return Vec::new() };
        let page = known.page(&format!("/groups/{}/-/saml", group.group));
        match group.can_cancel {
            true => Vec::new(),
            false => group.can_resume.then_some(Help::ReadOn).into_iter().chain(page).collect(),
        }
    },
    is_optional: false,
    rests_on: None,
};

/// Whether a list of people is compared.
fn has_list(known: &Known<'_>) -> bool {
    let list = group(known).and_then(|group| group.list.as_ref());
    list.is_some_and(|list| list.progress.is_none())
}

/// A way to get a list: the provider, or any other; the way; the page that says more.
type Way = (Option<Vendor>, fn() -> Text, Option<&'static str>);

/// The ways whose screens are documented.
const WAYS: [Way; 3] = [
    (
        Some(Vendor::Entra),
        || text!("guide.list.entra"),
        Some("https://learn.microsoft.com/entra/identity/users/users-bulk-download"),
    ),
    (Some(Vendor::Google), || text!("guide.list.google"), None),
    (None, || text!("guide.list.other"), None),
];

/// The identity provider's list of people.
const LIST: Ask = Ask {
    id: "list",
    title: || text!("guide.list"),
    is_known: has_list,
    found: |known| group(known)?.list.as_ref().map(|list| list.name.clone()),
    how: |known| {
        let vendor = group(known).and_then(|group| group.vendor);
        let is_of = |of: &Option<Vendor>| of.is_some() && *of == vendor;
        let is_known = WAYS.iter().any(|(of, ..)| is_of(of));
        let fit = WAYS.iter().filter(|(of, ..)| match is_known {
            true => is_of(of),
            // Of a known provider without a way of its own the general one is left.
            false => vendor.is_none() || of.is_none(),
        });
        let shown = fit.map(|(_, text, link)| Step { link: link.map(str::to_owned), ..step(text()) });
        std::iter::once(step(text!("guide.list.why"))).chain(shown).collect()
    },
    helps: |_| vec![Help::GiveList],
    is_optional: true,
    rests_on: None,
};

/// The field of which the identity provider makes the NameID.
const FIELD: Ask = Ask {
    id: "field",
    title: || text!("guide.field"),
    is_known: |known| has_list(known) && known.has_field,
    found: |_| None,
    how: |known| {
        let place = group(known).and_then(|group| group.name_id_place.clone());
        let place = place.map(|text| Step { text, link: None, by: None });
        std::iter::once(step(text!("guide.field.how")))
            .chain(place)
            .chain([step(text!("guide.field.name"))])
            .collect()
    },
    helps: |_| vec![Help::NameField],
    is_optional: true,
    rests_on: Some(LIST.id),
};
