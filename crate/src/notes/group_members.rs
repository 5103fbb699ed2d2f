//! Notes on the members of a group: whose captured NameID is stored, and whose is not.
//!
//! Rows R12 and R15 of the facts. The page shows no identifier, so a NameID is compared with what another
//! page or answer showed of the member; the page itself tells who has none. Members of whom nothing was
//! captured get no note.

use super::{
    Note, SignIns, not_stored,
    sign_ins::{Answer, Captured},
};
use crate::{
    base::severity::Severity,
    comparison::{self, Rule},
    gitlab::{
        pages::{
            GROUP_MEMBERS, PageReading,
            group_members::{NOTED, rows},
        },
        routes::Provider,
        stored::{StoredIdentity, StoredValue},
    },
    text,
};

/// The notes for a reading of the members of `provider`'s group; SAML is a top-level group's.
pub(super) fn notes(sign_ins: &SignIns<'_>, provider: &Provider, reading: &PageReading) -> Vec<Note> {
    if reading.page != GROUP_MEMBERS {
        return Vec::new();
    }
    let of_row = |(place, identity): (usize, StoredIdentity)| {
        let theirs = sign_ins.newest_of(provider, &identity.member)?;
        let stored = theirs.case.comparison().row("name-id-with-saml")?.right.as_ref();
        let stored = stored.map(|it| it.value.clone()).unwrap_or_default();
        Some(note(sign_ins, place, provider, &stored, theirs.captured()?))
    };
    rows(reading).filter_map(of_row).collect()
}

fn note(
    sign_ins: &SignIns<'_>,
    place: usize,
    provider: &Provider,
    stored: &StoredValue,
    captured: &Captured,
) -> Note {
    let note = |severity, word, text| Note::new(Some(place), NOTED, severity, word, text);
    let (sent, time) = (&captured.name_id, &captured.time);
    if captured.transient {
        return note(Severity::Error, text!("note.transient"), text!("note.transient.why", time = time));
    }
    if captured.taken_over {
        let why = text!("note.taken-over.why", sent = sent, time = time);
        return note(Severity::Warning, text!("standing.taken-over"), why);
    }
    match stored {
        StoredValue::Unseen => {
            let why = text!("note.member-unseen.why", sent = sent, time = time);
            note(Severity::Neutral, text!("note.member-unseen"), why)
        }
        StoredValue::Absent => {
            let why = not_stored(sign_ins, provider, captured);
            note(Severity::Warning, text!("note.not-stored"), why)
        }
        StoredValue::Known(stored) => {
            let verdict = comparison::verdict(sent, stored);
            let accepted = Rule::of_sign_in(provider).accepts(verdict);
            let word = super::word(verdict);
            match (accepted, captured.answer) {
                (true, Answer::Refused) => {
                    note(Severity::Error, text!("note.refused"), text!("note.refused.why", time = time))
                }
                (true, Answer::OfAccount(outcome)) => {
                    let why = text!("note.of-account.why", time = time, outcome = outcome.text());
                    note(Severity::Error, text!("note.refused"), why)
                }
                (true, Answer::LetIn) => {
                    note(Severity::Good, word, text!("note.member-match.why", time = time))
                }
                (true, Answer::PerhapsNoAccount) => {
                    note(Severity::Info, word, text!("note.match-perhaps.why", time = time))
                }
                (true, Answer::NoAccount) => {
                    note(Severity::Good, word, text!("note.match-since.why", time = time))
                }
                (true, Answer::NotSeen) => {
                    note(Severity::Good, word, text!("note.member-match-open.why", time = time))
                }
                (false, _) => {
                    let why = text!("note.member-differs.why", sent = sent, stored = stored, time = time);
                    note(Severity::Error, word, why.clone()).comparing(&why, "sent", stored)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::tests::{page, sign_in, trace, words};

    const URL: &str = "https://gitlab.com/groups/acme/-/group_members";

    #[test]
    fn who_tried_and_has_no_badge_is_not_linked() {
        let rows = r#"{"user": "1", "username": "alex"}, {"user": "2", "username": "robin", "badges": "SAML"},
            {"user": "3", "username": "sam"}"#;
        let reading = page(GROUP_MEMBERS, URL, rows);
        let noted = words(&trace(&[sign_in("a", "alex"), sign_in("r", "robin")], &reading), URL);
        assert_eq!(noted, [(0, NOTED, "Not stored".to_owned()), (1, NOTED, "Not compared".to_owned())]);
        // Without any badge it is not known whether badges are shown.
        let reading = page(GROUP_MEMBERS, URL, r#"{"user": "1", "username": "alex"}"#);
        let noted = words(&trace(&[sign_in("a", "alex")], &reading), URL);
        assert_eq!(noted, [(0, NOTED, "Not compared".to_owned())]);
    }

    #[test]
    fn what_another_page_showed_is_compared() {
        let settings = page(
            crate::gitlab::pages::SETTINGS,
            "https://gitlab.com/groups/acme/-/saml",
            r#"{"user": "1", "username": "alex", "saml": "Alex"}"#,
        );
        let reading = page(GROUP_MEMBERS, URL, r#"{"user": "1", "username": "alex", "badges": "SAML"}"#);
        for (sent, word) in [("Alex", "Match"), ("alex", "Differs in case")] {
            let events = [sign_in(sent, "alex"), settings.clone()];
            assert_eq!(words(&trace(&events, &reading), URL), [(0, NOTED, word.to_owned())], "{sent}");
        }
    }
}
