//! Notes from the check of a whole group: one a row of the group's settings and members pages, and one for
//! all, the summary bar: while members are read how far that is, else why it stands still; once all is read a
//! sentence with the counts, and a choice for each verdict that lists the first who have it and tells which
//! rows of the page have it.
//!
//! A verdict is said when all was read, not before: what is not read yet may be what it hangs on. The page
//! shows ten members, the check knows all of them. A cell keeps the page's own note, which is about what the
//! cell shows; only what is worse, and the page does not know, takes its place. Of a row that shows another
//! identifier than was read, which was before, nothing is said but by the page's own note. A verdict on the
//! SCIM identity stands in the SCIM cell, where there is one.

use super::{Choice, Note, marked};
use crate::{
    base::{catalogue::Text, place::Place, severity::Severity},
    gitlab::{
        instance::Instance,
        pages::{self, PageReading, group_members, group_saml_settings},
        routes::Route,
        stored::{StoredIdentity, StoredValue},
    },
    group::{
        check::GroupCheck,
        member_verdict::MemberVerdict,
        plan::PlanState,
        table::{Query, RowView},
    },
    text,
    trace::tracer::Tracer,
};

/// Verdicts that are about the SCIM identity.
const OF_SCIM: [MemberVerdict; 4] = [
    MemberVerdict::ScimDrift,
    MemberVerdict::SamlScimDiffer,
    MemberVerdict::ScimInactive,
    MemberVerdict::NoScim,
];

/// Members that the note on the whole group names of each verdict; the panel has all of them.
const LINES: usize = 50;

/// The notes that `check` has for a reading; none where it is of another group, or of other cookies.
pub fn of_group(
    tracer: &Tracer,
    check: &mut GroupCheck,
    (instance, place): (&Instance, &Place),
    route: &Route,
    reading: &PageReading,
) -> Vec<Note> {
    let (provider, cell, rows): (_, _, Vec<(usize, StoredIdentity)>) = match route {
        Route::Settings(provider) if reading.page == pages::SETTINGS => {
            (provider, "saml", group_saml_settings::rows(reading).collect())
        }
        Route::Members(provider) if reading.page == pages::GROUP_MEMBERS => {
            (provider, group_members::NOTED, group_members::rows(reading).collect())
        }
        _ => return Vec::new(),
    };
    let is_here = provider.group().is_some_and(|group| check.is_of(instance, group, place));
    if !is_here {
        return Vec::new();
    }
    let has_bar = matches!(route, Route::Settings(_));
    if check.state() != PlanState::Done {
        return has_bar.then(|| standing_still(check)).into_iter().collect();
    }
    let mut standings: Vec<(usize, MemberVerdict)> = Vec::new();
    let of_row = |(row, identity): (usize, StoredIdentity)| {
        if check.is_older_than(&identity) {
            return None;
        }
        let has_scim = cell == "saml" && identity.scim != StoredValue::Unseen;
        let found = check.row(tracer, identity.member.id?)?;
        standings.push((row, found.standing));
        let (word, severity) = ((found.standing.kind().word)(), found.severity);
        let cell = if has_scim && OF_SCIM.contains(&found.standing) { "scim" } else { cell };
        let text = text!("note.standing.why", why = found.why, repair = found.repair);
        Some(Note::new(Some(row), cell, severity, word, text))
    };
    let of_rows: Vec<Note> = rows.into_iter().filter_map(of_row).collect();
    let of_all = has_bar.then(|| all(tracer, check, &standings));
    of_rows.into_iter().chain(of_all).collect()
}

/// The note on a whole group that is not read: how far that is, or why it stands still.
fn standing_still(check: &GroupCheck) -> Note {
    let said = check.state_sentence();
    let text = match check.state() {
        // Here nothing is shown of what was read; the panel shows it.
        PlanState::Cancelled => text!("note.group.stopped"),
        _ => text!("note.group.state", sentence = said.text),
    };
    bar(said.severity, text, Vec::new())
}

/// The note on the whole group, all of which was read; `standings` are those of the page's rows.
fn all(tracer: &Tracer, check: &mut GroupCheck, standings: &[(usize, MemberVerdict)]) -> Note {
    let view = check.view(tracer, &Query::default());
    let summary = &view.table.summary;
    let remarks = view.remarks.iter().filter(|remark| remark.severity >= Severity::Info);
    let remarks: Vec<&str> = remarks.map(|remark| remark.text.as_str()).collect();
    let text = text!("note.group.why", summary = summary.text, remarks = remarks.join(" "));
    let choices = check.listed(tracer, LINES).into_iter().map(|(count, rows)| {
        let more = count.count.saturating_sub(rows.len());
        let line = |row: &RowView| {
            let line = text!("note.group.line", member = row.label, why = row.why, repair = row.repair);
            marked::legible(&line)
        };
        let lines = rows.iter().map(line).chain((more > 0).then(|| text!("note.group.more", count = more)));
        let label = text!("note.group.choice", word = count.word, count = count.count);
        let here = standings.iter().filter(|(_, standing)| *standing == count.standing);
        Choice {
            key: count.standing,
            severity: count.severity,
            label,
            lines: lines.collect(),
            rows: here.map(|(row, _)| *row).collect(),
        }
    });
    bar(summary.severity, text, choices.collect())
}

fn bar(severity: Severity, text: Text, choices: Vec<Choice>) -> Note {
    let note = Note::new(None, group_saml_settings::MEMBERS, severity, text!("note.group"), text);
    Note { choices: Some(choices), ..note }
}

/// The page's own notes with the group's.
pub fn merged(own: Vec<Note>, of_group: Vec<Note>) -> Vec<Note> {
    let mut notes = own;
    for note in of_group {
        match notes.iter_mut().find(|known| known.row == note.row && known.cell == note.cell) {
            Some(known) if known.severity < note.severity && note.severity >= Severity::Warning => {
                *known = note
            }
            Some(_) => {}
            None => notes.push(note),
        }
    }
    notes
}
