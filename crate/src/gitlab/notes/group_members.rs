//! Notes on the members of a group: whose captured NameID is stored, and whose is not.
//!
//! Rows R12 and R21 of the facts. The page shows no identifier, so a NameID is compared with what another page or
//! answer showed of the member; the page itself tells who has none. Members of whom nothing was captured get no note.

use super::{Captured, Note, captured, newest_of};
use crate::{
    comparison::{self, Rule},
    event::PageReading,
    fact::{StoredIdentity, StoredValue},
    gitlab::{
        instance::Instance,
        pages::{
            GROUP_MEMBERS,
            group_members::{NOTED, rows},
        },
        routes::Provider,
    },
    text,
    tracer::Tracer,
    view::Severity,
};

/// The notes for a reading of the members of `provider`'s group; SAML is a top-level group's.
pub(super) fn notes(
    tracer: &Tracer,
    instance: &Instance,
    provider: &Provider,
    reading: &PageReading,
) -> Vec<Note> {
    if reading.page != GROUP_MEMBERS {
        return Vec::new();
    }
    let captured = captured(tracer, instance, provider);
    let of_row = |(place, identity): (usize, StoredIdentity)| {
        let newest = newest_of(&captured, &identity.member)?;
        let pick: fn(&StoredIdentity) -> &StoredValue = |identity| &identity.saml;
        let stored = tracer.identities().stored(instance, provider, &identity.member, pick);
        let stored = stored.map_or(StoredValue::Unseen, |sighting| sighting.identity.saml.clone());
        Some(note(place, provider, &stored, newest))
    };
    rows(reading).filter_map(of_row).collect()
}

fn note(place: usize, provider: &Provider, stored: &StoredValue, captured: &Captured) -> Note {
    let note = |severity, word, text| Note { row: Some(place), cell: NOTED, severity, word, text };
    let (sent, time) = (&captured.name_id, &captured.time);
    if captured.transient {
        return note(Severity::Error, text!("note.transient"), text!("note.transient.why", time = time));
    }
    match stored {
        StoredValue::Unseen => {
            let why = text!("note.member-unseen.why", sent = sent, time = time);
            note(Severity::Neutral, text!("note.member-unseen"), why)
        }
        StoredValue::Absent => {
            let why = text!("note.not-stored.why", sent = sent, time = time);
            note(Severity::Warning, text!("note.not-stored"), why)
        }
        StoredValue::Known(stored) => {
            let verdict = comparison::verdict(sent, stored);
            let accepted = Rule::of_sign_in(provider).accepts(verdict);
            let why = if accepted {
                text!("note.member-match.why", time = time)
            } else {
                text!("note.member-differs.why", sent = sent, stored = stored, time = time)
            };
            let severity = if accepted { Severity::Good } else { Severity::Error };
            note(severity, super::word(verdict), why)
        }
    }
}
