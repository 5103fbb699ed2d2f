//! Notes from the check of a whole group: one a row of the group's settings and members pages, and one for
//! all, the summary bar: while members are read how far that is, else why it stands still; once all is read a
//! sentence with the counts, and a choice for each verdict that lists the first who have it and tells which
//! rows of the page have it.
//!
//! A verdict is said when all was read, not before: what is not read yet may be what it hangs on. The page
//! shows ten members, the check knows all of them. A member has one word and one colour wherever they are
//! named, so the verdict takes the place of the page's own note, and of the other cell only a word is left,
//! where its value differs. Of a row that shows another identifier than was read, which was before, nothing
//! is said but by the page's own note.

use super::{Buttons, Choice, Note, marked};
use crate::{
    base::{catalogue::Text, number::thousands, place::Place, severity::Severity},
    gitlab::{
        instance::Instance,
        pages::{self, PageReading, group_members, group_saml_settings},
        routes::Route,
        stored::StoredIdentity,
    },
    group::{
        check::GroupCheck,
        member_class::MemberClass,
        member_verdict::MemberVerdict,
        opening::Opening,
        plan::PlanState,
        table::{Query, RowView},
    },
    text,
    trace::tracer::Tracer,
};

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
        let found = check.row(tracer, identity.member.id?)?;
        standings.push((row, found.standing));
        Some(of_member((row, cell), &found, check.reason(tracer, found.id).as_ref()))
    };
    let of_rows: Vec<Note> = rows.into_iter().filter_map(of_row).collect();
    let of_all = has_bar.then(|| all(tracer, check, &standings));
    of_rows.into_iter().chain(of_all).collect()
}

/// Arguments of a reason that are two values which differ, the first that it has.
const COMPARED: [(&str, &str); 3] = [("sent", "saml"), ("sent", "scim"), ("saml", "scim")];

/// The note on one member; of two identifiers that differ the characters that do are marked.
fn of_member((row, cell): (usize, &'static str), found: &RowView, reason: Option<&Text>) -> Note {
    let word = (found.standing.kind().word)();
    let note = |text: Text| Note::new(Some(row), cell, found.severity, word.clone(), text);
    // All that is said of this member begins with the reason, but where a list of people says another.
    let rest = reason.and_then(|reason| found.why.strip_prefix(&reason.to_string()));
    let Some((reason, rest)) = reason.zip(rest) else {
        return note(text!("note.standing.why", why = found.why, repair = found.repair));
    };
    let said = note(reason.clone());
    let pieces = reason.pieces();
    let value = |name: &str| pieces.iter().find(|(known, _)| *known == Some(name)).map(|(_, value)| *value);
    let compared =
        COMPARED.iter().find_map(|(one, other)| value(one).and(Some((*one, *other, value(other)?))));
    let said = match compared {
        Some((one, other, value)) => said.comparing_both(reason, one, (other, value)),
        None => said,
    };
    let said = if rest.is_empty() { said } else { said.and(rest.trim_start()) };
    said.and(&found.repair)
}

/// The note on a whole group that is not read: how far that is, or why it stands still.
fn standing_still(check: &GroupCheck) -> Note {
    let said = check.state_sentence();
    let text = match check.state() {
        // Here nothing is shown of what was read; the panel shows it.
        PlanState::Cancelled => text!("note.group.stopped"),
        _ => text!("note.group.state", sentence = said.text),
    };
    bar(said.severity, text, Vec::new(), 0)
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
        let here = standings.iter().filter(|(_, standing)| *standing == count.standing);
        let here: Vec<usize> = here.map(|(row, _)| *row).collect();
        let elsewhere = (here.len() < count.count)
            .then(|| text!("note.group.here", here = here.len(), count = thousands(count.count)));
        let more = (more > 0).then(|| text!("note.group.more", count = thousands(more)));
        let lines = elsewhere.into_iter().chain(rows.iter().map(line)).chain(more);
        let label = text!("note.group.choice", word = count.word, count = thousands(count.count));
        Choice { key: count.standing, severity: count.severity, label, lines: lines.collect(), rows: here }
    });
    let classes = &view.table.classes;
    let failing = classes.iter().find(|class| class.class == MemberClass::CannotSignIn);
    bar(summary.severity, text, choices.collect(), failing.map_or(0, |class| class.count))
}

/// The note on all; with somebody who cannot sign in, the panel opens with these members.
fn bar(severity: Severity, text: Text, choices: Vec<Choice>, failing: usize) -> Note {
    let (opens, open) = match failing {
        0 => (Opening::Group, text!("note.group.open")),
        count => (Opening::CannotSignIn, text!("note.group.open-failing", count = thousands(count))),
    };
    let buttons = Buttons { opens, open, hide: text!("note.hide"), show: text!("note.show") };
    let note = Note::new(None, group_saml_settings::MEMBERS, severity, text!("note.group"), text);
    Note { choices: Some(choices), buttons: Some(buttons), ..note }
}

/// The page's own notes with the group's.
pub fn merged(own: Vec<Note>, of_group: Vec<Note>) -> Vec<Note> {
    let verdict = |row: Option<usize>| of_group.iter().find(|note| row.is_some() && note.row == row);
    let kept = own.into_iter().filter_map(|note| match verdict(note.row) {
        None => Some(note),
        Some(verdict) if note.cell != verdict.cell && note.severity >= Severity::Warning => {
            Some(Note { folded: true, ..note })
        }
        Some(_) => None,
    });
    let kept: Vec<Note> = kept.collect();
    kept.into_iter().chain(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        group::{table, tests::Group},
        view::Mark,
    };

    fn own(cell: &'static str, severity: Severity) -> Note {
        Note::new(Some(0), cell, severity, text!("note.different"), text!("note.scim-match.why"))
    }

    #[test]
    fn a_member_has_the_word_and_the_colour_of_the_group_and_of_the_other_cell_a_word_where_it_differs() {
        let group = Group::captured(&[(1, "owner", "Alex", "alex", "alex")]);
        let (joined, captures) = (group.joined(), group.captures());
        let line = &joined.lines[0];
        let row = table::row(&joined, &group.roll, &captures, line);
        let reason = row.standing.kind().why(&joined.values(&group.roll, &captures, line));
        let note = of_member((0, "saml"), &row, Some(&reason));
        assert_eq!((note.word.to_string(), note.severity), (row.word.clone(), row.severity));
        assert_eq!(note.text.to_string(), format!("{} {}", row.why, row.repair));
        let marked = note.runs.iter().filter(|run| run.mark == Mark::Differs).map(|run| run.text.as_str());
        assert_eq!(marked.collect::<Vec<_>>(), ["a", "A"], "of both identifiers: {:?}", note.runs);
        let joined_runs: String = note.runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(joined_runs, note.text.to_string(), "the runs are the sentence");

        let page = vec![own("saml", Severity::Error), own("scim", Severity::Warning)];
        let shown = merged(page, vec![note.clone()]);
        let words: Vec<_> =
            shown.iter().map(|note| (note.cell, note.word.to_string(), note.folded)).collect();
        assert_eq!(words, [("scim", "Different".to_owned(), true), ("saml", row.word, false)]);
        assert_eq!(merged(vec![own("scim", Severity::Good)], vec![note.clone()]), [note]);
        let unread = own("saml", Severity::Good);
        assert_eq!(
            merged(vec![unread.clone()], Vec::new()),
            [unread],
            "the page's own where nothing is read"
        );
    }
}
