//! Notes: what is marked on GitLab's own pages.
//!
//! On the settings page each row's identifiers get a mark (rows R15, R17, R21): does the NameID that was
//! captured for this member equal the stored SAML identifier, and does the SCIM identifier agree with it; so
//! do the rows of an administrator's page and of the group's members. The content script puts the texts into
//! a shadow root as they are; nothing of the trace but these texts reaches it. Beside each setting stands
//! what the newest message that speaks of it says. A mark in a row that says nothing particular is its word;
//! its sentence is shown when the person asks for it.

mod group_check;
mod group_members;
mod marked;
mod of_page;
mod own_account;
#[cfg(test)]
mod settings_tests;
mod sign_ins;
#[cfg(test)]
mod tests;
mod user_identities;

pub use group_check::{merged, of_group};
pub use of_page::of_page;
pub use own_account::with_own;
pub use sign_ins::SignIns;

use crate::{
    base::{catalogue::Text, severity::Severity},
    case::{Case, acceptance::Basis},
    comparison::{self, Row, Rule, Verdict},
    gitlab::{
        pages::{self, PageReading, group_saml_settings},
        routes::{Provider, Route},
        stored::{Fact, Member, StoredIdentity, StoredValue},
        version::Version,
    },
    group::{member_verdict::MemberVerdict, opening::Opening},
    text,
    trace::observation::{Observation, Source},
    view::{Run, of_file},
};
use serde::Serialize;
use sign_ins::{Answer, Captured, SignIn};
use std::collections::BTreeMap;

/// One mark, in a row or beside a single value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// The row, by its place in the reading from 0; `None` beside a single value.
    pub row: Option<usize>,
    /// The cell or the field, by its key.
    pub cell: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// The mark in one or two words: "Match", "Differs in case".
    pub word: Text,
    /// The reason, one sentence or two, with what cannot be seen written out.
    pub text: Text,
    /// The same in runs, where characters of it are marked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Run>,
    /// Whether the reason waits until the person asks for it.
    pub folded: bool,
    /// A note on many stands before all that its place holds, and has a choice for each verdict; absent of a
    /// note on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Choice>>,
    /// The buttons of a note on many; absent of a note on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Buttons>,
}

/// The buttons of a note on many.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Buttons {
    /// The members that the panel shows first when it is opened from here.
    pub opens: Opening,
    /// The button that opens it.
    pub open: Text,
    /// The button that hides all marks of the page.
    pub hide: Text,
    /// The button that shows them again.
    pub show: Text,
}

/// One choice of a note on many.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// The verdict: what is chosen stays chosen while its count changes.
    pub key: MemberVerdict,
    /// Its severity.
    pub severity: Severity,
    /// The choice, with how many there are: "Never linked: 12".
    pub label: Text,
    /// The first of them.
    pub lines: Vec<Text>,
    /// The rows of the page whose members have it, by their places in the reading.
    pub rows: Vec<usize>,
}

impl Note {
    /// A note without choices.
    fn new(row: Option<usize>, cell: &'static str, severity: Severity, word: Text, text: Text) -> Self {
        // A page of ten members stays nearly as high as it is: only what somebody must do something about is
        // said without being asked.
        let folded = row.is_some() && severity < Severity::Warning;
        let text = marked::legible(&text);
        Note { row, cell, severity, word, text, runs: Vec::new(), folded, choices: None, buttons: None }
    }

    /// The same with this reason.
    fn saying(self, text: &Text) -> Self {
        Note { text: marked::legible(text), runs: Vec::new(), ..self }
    }
}

/// The notes for a reading of a page that shows what is compared.
pub fn compared(sign_ins: &SignIns<'_>, route: &Route, reading: &PageReading) -> Vec<Note> {
    match route {
        Route::Settings(provider) => notes(sign_ins, provider, reading),
        Route::Identities(username) => user_identities::notes(sign_ins, username, reading),
        Route::Members(provider) => group_members::notes(sign_ins, provider, reading),
        _ => Vec::new(),
    }
}

/// The notes for a reading of the settings page.
fn notes(sign_ins: &SignIns<'_>, provider: &Provider, reading: &PageReading) -> Vec<Note> {
    let of_settings = setting_notes(sign_ins, provider);
    let of_rows = group_saml_settings::rows(reading).flat_map(|(row, identity)| {
        let newest = sign_ins.newest_of(provider, &identity.member).and_then(SignIn::captured);
        let saml = saml_note(sign_ins, row, "saml", provider, &identity, newest);
        let scim = || scim_note(sign_ins, row, "scim", &identity, newest);
        let scim = (identity.scim != StoredValue::Unseen).then(scim);
        std::iter::once(saml).chain(scim)
    });
    let shows_output = reading.fields.contains_key(group_saml_settings::VERIFY_NAME_ID);
    let verified = || verify_note(sign_ins, provider).or_else(|| quoted_note(reading));
    let verified = shows_output.then(verified).flatten();
    of_settings.into_iter().chain(verified).chain(of_rows).collect()
}

/// Beside the NameID that "Verify SAML Configuration" read: what is stored for the person whose it is.
fn verify_note(sign_ins: &SignIns<'_>, provider: &Provider) -> Option<Note> {
    // No file is the sign-in that this page tells of.
    let seen = sign_ins.to(provider).filter(|one| !one.case.flow.place.of_file);
    let mut compared = seen.map(|one| (&one.case, one.case.comparison()));
    let (case, comparison) = compared.find(|(_, it)| it.row("name-id-with-read").is_some())?;
    let read = comparison.row("name-id-with-read").filter(|row| !row.is_accepted());
    let stored = comparison.row("name-id-with-saml")?;
    let member = comparison.attribution.member().map(Member::label);
    let cell = group_saml_settings::VERIFY_NAME_ID;
    let note =
        |row: &Row, text: &Text| Note::new(None, cell, row.severity(), word(row.verdict), text.clone());
    Some(match (read, member, value(stored.right.as_ref())) {
        (Some(read), ..) => {
            let text = text!("note.read-differs.why", sent = value(read.left.as_ref())?);
            note(read, &text).comparing(&text, "sent", value(read.right.as_ref())?)
        }
        // Green would say that the sign-in works.
        (None, Some(member), Some(_)) if stored.verdict == Verdict::Exact && is_refused(case) => {
            let text = text!("note.read-refused.why", member = member);
            Note::new(None, cell, Severity::Error, text!("note.refused"), text)
        }
        (None, Some(member), Some(_)) if stored.verdict == Verdict::Exact => {
            note(stored, &text!("note.read-match.why", member = member))
        }
        (None, Some(member), Some(known)) => {
            let text = text!("note.read-not-stored.why", member = member, stored = known);
            note(stored, &text).comparing(&text, "stored", value(stored.left.as_ref())?)
        }
        _ => return None,
    })
}

fn is_refused(case: &Case<'_>) -> bool {
    case.accepted().is_some_and(|(is_accepted, _)| !is_accepted)
}

/// Beside the NameID that "Verify SAML Configuration" read: what GitLab says that it has stored, which it
/// quotes, in whatever language. That is of the person whose page it is.
fn quoted_note(reading: &PageReading) -> Option<Note> {
    let cell = group_saml_settings::VERIFY_NAME_ID;
    let read = reading.fields.get(cell)?.first()?;
    let quoted = |error: &String| {
        let (_, behind) = error.split_once('"')?;
        let (quoted, _) = behind.rsplit_once('"')?;
        // The advice on the Format quotes that word.
        (quoted != "persistent").then(|| quoted.to_owned())
    };
    let stored = reading.fields.get(pages::VERIFY_ERRORS)?.iter().find_map(quoted)?;
    let text = text!("note.read-not-own.why", stored = stored);
    let word = word(comparison::verdict(read, &stored));
    let note = Note::new(None, cell, Severity::Error, word, text.clone());
    (*read != stored).then(|| note.comparing(&text, "stored", read))
}

/// The value that one side of a row has.
fn value(side: Option<&Observation>) -> Option<&str> {
    side.and_then(|side| side.value.known())
}

/// One note a setting: of the rows of the newest sign-in that speaks of it, the worst.
fn setting_notes(sign_ins: &SignIns<'_>, provider: &Provider) -> Vec<Note> {
    let mut worst: BTreeMap<&'static str, (&Case<'_>, &Row)> = BTreeMap::new();
    for case in sign_ins.to(provider).map(|one| &one.case) {
        for row in &case.comparison().rows {
            let of_page = row.right.as_ref().filter(|right| right.source == Source::Page(pages::SETTINGS));
            let Some(field) = of_page.and_then(|right| pages::field_of(right.fact)) else { continue };
            let known = worst.get(field);
            if known.is_none_or(|(of, old)| of.flow.id == case.flow.id && old.severity() < row.severity()) {
                worst.insert(field, (case, row));
            }
        }
    }
    worst.into_iter().filter_map(|(field, (case, row))| setting_note(case, field, row)).collect()
}

fn setting_note(case: &Case<'_>, cell: &'static str, row: &Row) -> Option<Note> {
    let sent = row.left.as_ref()?;
    let (what, told) = (sent.fact.text(), &sent.provenance);
    let time = of_file::said(case.tracer, told.event(), told.time().day_and_time());
    let note = |text: Text| Note::new(None, cell, row.severity(), word(row.verdict), text);
    if row.is_accepted() {
        return Some(note(text!("note.setting-match.why", what = what, time = time)));
    }
    let told_value = sent.value.known()?;
    Some(match sent.fact {
        Fact::Certificate if told.is_imported() => note(text!("note.fingerprint-forged.why", time = time)),
        // It is there to be pasted, so nothing is marked in it. That GitLab refused it is said where it was
        // seen.
        Fact::Certificate if matches!(case.accepted(), Some((false, Basis::Outcome))) => {
            note(text!("note.fingerprint-differs.why", time = time, sent = told_value))
        }
        Fact::Certificate => note(text!("note.fingerprint-other.why", time = time, sent = told_value)),
        _ => {
            let text = text!("note.setting-differs.why", what = what, time = time, sent = told_value);
            let shown = value(row.right.as_ref()).unwrap_or_default();
            note(text.clone()).comparing(&text, "sent", shown)
        }
    })
}

fn saml_note(
    sign_ins: &SignIns<'_>,
    row: usize,
    cell: &'static str,
    provider: &Provider,
    identity: &StoredIdentity,
    captured: Option<&Captured>,
) -> Note {
    let note = |severity, word, text| Note::new(Some(row), cell, severity, word, text);
    if identity.saml == StoredValue::Unseen {
        return note(Severity::Neutral, text!("note.not-shown"), text!("note.not-shown.why"));
    }
    let Some(captured) = captured else {
        return note(Severity::Neutral, text!("note.not-seen"), text!("note.not-seen.why"));
    };
    let note = |severity, word, text| note(severity, word, captured.named(text));
    let (sent, time) = (&captured.name_id, &captured.time);
    if captured.transient {
        return note(Severity::Error, text!("note.transient"), text!("note.transient.why", time = time));
    }
    if captured.taken_over {
        let why = text!("note.taken-over.why", sent = sent, time = time);
        return note(Severity::Warning, text!("standing.taken-over"), why);
    }
    let StoredValue::Known(stored) = &identity.saml else {
        return note(Severity::Warning, text!("note.not-stored"), not_stored(sign_ins, provider, captured));
    };
    let verdict = comparison::verdict(sent, stored);
    let accepted = Rule::of_sign_in(provider).accepts(verdict);
    let word = word(verdict);
    match verdict {
        _ if accepted && captured.answer == Answer::Refused => {
            note(Severity::Error, text!("note.refused"), text!("note.refused.why", time = time))
        }
        _ if let (true, Answer::OfAccount(outcome)) = (accepted, captured.answer) => {
            let why = text!("note.of-account.why", time = time, outcome = outcome.text());
            note(Severity::Error, text!("note.refused"), why)
        }
        Verdict::Exact if captured.answer == Answer::PerhapsNoAccount => {
            note(Severity::Info, word, text!("note.match-perhaps.why", time = time))
        }
        Verdict::Exact => {
            let why = match captured.answer {
                Answer::NotSeen => text!("note.match-open.why", time = time),
                Answer::NoAccount => text!("note.match-since.why", time = time),
                Answer::LetIn | Answer::Refused | Answer::OfAccount(_) | Answer::PerhapsNoAccount => {
                    text!("note.match.why", time = time)
                }
            };
            note(Severity::Good, word, why)
        }
        _ if accepted => {
            let why = text!("note.case-accepted.why", sent = sent, time = time);
            note(Severity::Info, word, why.clone()).comparing(&why, "sent", stored)
        }
        _ if captured.guessed => {
            let why = text!("note.mismatch-guessed.why", sent = sent, time = time);
            note(Severity::Warning, word, why.clone()).comparing(&why, "sent", stored)
        }
        _ => {
            let why = text!("note.mismatch.why", sent = sent, time = time);
            note(Severity::Error, word, why.clone()).comparing(&why, "sent", stored)
        }
    }
}

/// That a NameID was sent and none is stored; and what that means where the group enforces SSO (row R60).
fn not_stored(sign_ins: &SignIns<'_>, provider: &Provider, captured: &Captured) -> Text {
    let (sent, time) = (&captured.name_id, &captured.time);
    let why = text!("note.not-stored.why", sent = sent, time = time);
    match sign_ins.tracer.enforces_sso(sign_ins.instance, provider) {
        Some(true) => text!("note.enforced.why", why = marked::legible(&why)),
        _ => why,
    }
}

/// That SCIM knows the user and no SAML identity is stored; a GitLab that took it off says so (rows R05,
/// R42).
fn not_linked(sign_ins: &SignIns<'_>) -> Text {
    let version = sign_ins.tracer.gitlab_version(sign_ins.instance);
    match version.filter(|version| *version < Version::KEEPS_SAML) {
        Some(version) => text!("note.no-saml-old.why", why = text!("note.no-saml.why"), version = version),
        None => text!("note.no-saml.why"),
    }
}

fn scim_note(
    sign_ins: &SignIns<'_>,
    row: usize,
    cell: &'static str,
    identity: &StoredIdentity,
    captured: Option<&Captured>,
) -> Note {
    let note = |severity, word, text| Note::new(Some(row), cell, severity, word, text);
    let StoredValue::Known(scim) = &identity.scim else {
        return note(Severity::Info, text!("note.no-scim"), text!("note.no-scim.why"));
    };
    let differs_from_sent = captured.and_then(|captured| {
        let verdict = comparison::verdict(&captured.name_id, scim);
        let why = text!("note.scim-differs-from-sent.why", sent = captured.name_id, time = captured.time);
        (!Rule::IgnoringCase.accepts(verdict)).then(|| (word(verdict), captured.named(why)))
    });
    let warning = |word: Text, why: Text, of: &'static str| {
        note(Severity::Warning, word, why.clone()).comparing(&why, of, scim)
    };
    let StoredValue::Known(saml) = &identity.saml else {
        return match differs_from_sent {
            Some((word, why)) => warning(word, why, "sent"),
            None => note(Severity::Warning, text!("note.no-saml"), not_linked(sign_ins)),
        };
    };
    let verdict = comparison::verdict(saml, scim);
    if !Rule::IgnoringCase.accepts(verdict) {
        return warning(word(verdict), text!("note.scim-differs.why", saml = saml), "saml");
    }
    match differs_from_sent {
        Some((word, why)) => warning(word, why, "sent"),
        None if verdict == Verdict::CaseOnly => {
            let why = text!("note.scim-case.why", saml = saml);
            note(Severity::Info, word(verdict), why.clone()).comparing(&why, "saml", scim)
        }
        None => note(Severity::Good, word(verdict), text!("note.scim-match.why")),
    }
}

fn word(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Exact => text!("note.match"),
        Verdict::CaseOnly => text!("note.case"),
        Verdict::WhitespaceOnly => text!("note.whitespace"),
        Verdict::UnicodeOnly => text!("note.unicode"),
        _ => text!("note.different"),
    }
}
