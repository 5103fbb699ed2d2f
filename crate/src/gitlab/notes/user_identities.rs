//! Notes on an administrator's page with the identities of one user: one a row, by the integration of the row.
//!
//! Rows R20 and R37 of the facts: a SAML row is compared with the NameID that was sent, a SCIM row with both, and a
//! SCIM identity that is switched off is said. Identities of other ways to sign in get no note.

use super::{Captured, Note, captured, newest_of, saml_note, scim_note};
use crate::{
    event::PageReading,
    fact::{Member, StoredIdentity, StoredValue},
    gitlab::{
        instance::Instance,
        pages::{
            Page, USER_IDENTITIES,
            user_identities::{ACTIVE, IDENTIFIER, IdentityRow, Kind, rows},
        },
        routes::{Provider, Route},
    },
    text,
    tracer::Tracer,
    view::Severity,
};

/// The notes for a reading of the page of `username`.
pub(super) fn notes(
    tracer: &Tracer,
    instance: &Instance,
    username: &str,
    reading: &PageReading,
) -> Vec<Note> {
    let route = Route::Identities(username.to_owned());
    let page = Page::named(USER_IDENTITIES).filter(|page| reading.page == page.id);
    let stored = page.map(|page| (page.identities)(&route, reading)).unwrap_or_default();
    let member = Member { username: Some(username.to_owned()), ..Member::default() };
    let of_row = |(place, row): (usize, IdentityRow)| match (&row.kind, &row.provider) {
        (Kind::SignIn(_), None) => vec![of_any_group(tracer, instance, place, &member, &row)],
        (Kind::SignIn(name), Some(provider)) => {
            let captured = captured(tracer, instance, provider);
            let is_saml = provider.group().is_some() || name.starts_with("saml") || !captured.is_empty();
            let identity = StoredIdentity { member: member.clone(), ..identity(&stored, provider) };
            let note =
                || of_sign_in(place, provider, &identity, newest_of(&captured, &member), &row.identifier);
            is_saml.then(note).into_iter().collect()
        }
        (Kind::Scim(active), Some(provider)) => {
            let captured = captured(tracer, instance, provider);
            let newest =
                newest_of(&captured, &member).filter(|newest| newest.name_id.trim() != row.identifier);
            let compared = scim_note(place, IDENTIFIER, &identity(&stored, provider), newest);
            let (word, why) = (text!("note.inactive"), text!("note.inactive.why"));
            let note = Note { row: Some(place), cell: ACTIVE, severity: Severity::Warning, word, text: why };
            let inactive = (!active).then_some(note);
            std::iter::once(compared).chain(inactive).collect()
        }
        (Kind::Scim(_), None) => Vec::new(),
    };
    rows(reading).into_iter().enumerate().flat_map(of_row).collect()
}

fn identity(stored: &[(Provider, StoredIdentity)], provider: &Provider) -> StoredIdentity {
    let found = stored.iter().find(|(known, _)| known == provider);
    found.map(|(_, identity)| identity.clone()).unwrap_or_default()
}

/// The page takes white space off the ends of a value, so it says nothing of a NameID that differs by it alone.
fn of_sign_in(
    place: usize,
    provider: &Provider,
    identity: &StoredIdentity,
    captured: Option<&Captured>,
    shown: &str,
) -> Note {
    match captured.filter(|captured| captured.name_id != shown && captured.name_id.trim() == shown) {
        Some(Captured { name_id, time, .. }) => {
            let why = text!("note.hidden-space.why", sent = name_id, time = time);
            let word = text!("note.hidden-space");
            Note { row: Some(place), cell: IDENTIFIER, severity: Severity::Warning, word, text: why }
        }
        None => saml_note(place, IDENTIFIER, provider, identity, captured),
    }
}

/// An old page does not say of which group the identity is: of the sign-ins to any group, the one that has this
/// value counts, else the newest of this user.
fn of_any_group(
    tracer: &Tracer,
    instance: &Instance,
    place: usize,
    member: &Member,
    row: &IdentityRow,
) -> Note {
    let groups = tracer.flows().iter().rev().filter(|flow| flow.instance.as_ref() == Some(instance));
    let groups: Vec<&Provider> =
        groups.filter_map(|flow| flow.provider.as_ref()).filter(|it| it.group().is_some()).collect();
    let all: Vec<_> = groups.iter().flat_map(|provider| captured(tracer, instance, provider)).collect();
    let equal = all.iter().map(|(_, captured)| captured).find(|sent| sent.name_id == row.identifier);
    let newest = equal.or_else(|| newest_of(&all, member));
    let identity = StoredIdentity {
        member: member.clone(),
        saml: StoredValue::from(Some(row.identifier.clone())),
        scim: StoredValue::Unseen,
    };
    let group = groups.first().map_or_else(|| Provider::Group { path: String::new() }, |it| (*it).clone());
    of_sign_in(place, &group, &identity, newest, &row.identifier)
}
