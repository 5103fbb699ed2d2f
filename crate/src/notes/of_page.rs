//! Notes that a page gets for what stands on it alone.
//!
//! gitlab-facts 2, 5 and G12: what GitLab's messages mean and what to do, what would be linked, what a button
//! takes away. Where the page is GitLab's answer to a refused sign-in, its message is explained by the
//! verdict on that, as everywhere. Leaves out: what was captured, which other files compare with the page.

use super::Note;
use crate::{
    base::{
        catalogue::Text,
        severity::{Severity, Step},
    },
    case::Case,
    gitlab::{
        messages::{self, Meaning},
        outcome::Outcome,
        pages::{self, PageReading},
    },
    text, view,
};

/// The fields at which GitLab's messages are explained, in the order in which they stand on a page.
const MESSAGES: [&str; 3] = ["flash", "error", pages::VERIFY_ERRORS];

/// The notes that a page reading gets whatever was captured: what its messages mean, and what its buttons do.
///
/// `said` gives what a message means and what to do as it holds for the GitLab that they are about.
/// `answer_to` is the sign-in that this page answers, where it was seen.
pub fn of_page(
    reading: &PageReading,
    said: impl Fn(Text) -> Text,
    answer_to: Option<&Case<'_>>,
) -> Vec<Note> {
    let note = |cell, severity, word, text| Note::new(None, cell, severity, word, text);
    let shown = MESSAGES.into_iter().filter(|field| {
        reading.fields.get(*field).and_then(|shown| shown.first()).is_some_and(|shown| !shown.is_empty())
    });
    let mut verdict = answer_to.and_then(refusal);
    let explained = shown.filter_map(|field| {
        // It is said once, at the first message.
        let verdict = verdict.take_if(|(at, _)| at.is_none_or(|at| at == field)).map(|(_, text)| text);
        let severity = if verdict.is_some() { Severity::Error } else { Severity::Info };
        let why = match field {
            pages::VERIFY_ERRORS => of_list(reading.fields.get(field)?, verdict, &said),
            _ => verdict.or_else(|| meaning(reading, field, &said)),
        }?;
        Some(note(field, severity, text!("note.explained"), why))
    });
    let account = pages::offered_account(reading).map(|account| {
        let why = text!("note.would-link.why", account = account);
        note("account", Severity::Info, text!("note.would-link"), why)
    });
    let disconnect = pages::disconnect(reading).map(|(field, is_group)| {
        let why = if is_group { text!("note.unlink.why") } else { text!("note.unlink-instance.why") };
        note(field, Severity::Warning, text!("note.unlink"), why)
    });
    let off = pages::switched_off(reading)
        .map(|field| note(field, Severity::Warning, text!("note.off"), text!("note.off.why")));
    let none = pages::no_identities(reading)
        .map(|field| note(field, Severity::Info, text!("note.no-identity"), text!("note.no-identity.why")));
    explained.chain(account).chain(disconnect).chain(off).chain(none).collect()
}

/// The verdict on a sign-in that GitLab refused, with what to do; and the field at which it is said, where it
/// is not the first.
fn refusal(case: &Case<'_>) -> Option<(Option<&'static str>, Text)> {
    (case.flow.succeeded() == Some(false)).then_some(())?;
    let is_check = case.flow.outcomes == [Outcome::VerifyFailed];
    let (verdict, steps) = view::verdict::verdict(case);
    let steps: Vec<String> = steps.into_iter().map(|Step { text, .. }| text).collect();
    let text = text!("note.explained.of-sign-in", verdict = verdict.text, steps = steps.join(" "));
    // The verdict may be another thing than what GitLab's message says.
    let meaning =
        view::verdict::said_meaning(case.flow).map(|meaning| case.named((meaning.means)()).to_string());
    let text = match meaning.filter(|meaning| !verdict.text.contains(meaning)) {
        Some(meaning) => text!("note.explained.why", meaning = meaning, steps = text),
        None => text,
    };
    Some((is_check.then_some(pages::VERIFY_ERRORS), text))
}

/// The meanings of a list of messages, each with its number there where it has several. The first one that is
/// known is explained by the verdict on the sign-in that they are about.
fn of_list(messages: &[String], mut verdict: Option<Text>, said: impl Fn(Text) -> Text) -> Option<Text> {
    let known = messages.iter().enumerate().filter_map(|(at, message)| {
        let meaning = messages::meaning(message)?;
        Some((at + 1, verdict.take().unwrap_or_else(|| explained(meaning, &said))))
    });
    let known: Vec<(usize, Text)> = known.collect();
    if messages.len() == 1 || known.is_empty() {
        return known.into_iter().next().map(|(_, text)| text).or(verdict);
    }
    let numbered =
        known.into_iter().map(|(number, text)| text!("note.explained.of-list", number = number, text = text));
    numbered.reduce(|before, next| text!("note.explained.why", meaning = before, steps = next))
}

/// The meaning of the first message of one field, with what to do.
fn meaning(reading: &PageReading, field: &str, said: impl Fn(Text) -> Text) -> Option<Text> {
    // A note stands at the first message, so it is about that one.
    let mut shown = reading.fields.get(field)?.iter();
    let meaning = match field {
        // An error page says below its heading what was wrong.
        "error" => reading
            .fields
            .get("error-text")
            .into_iter()
            .flatten()
            .chain(shown)
            .find_map(|text| messages::meaning(text)),
        _ => messages::meaning(shown.next()?).or_else(|| {
            let mut titles = reading.fields.get("flash-title")?.iter();
            titles.find_map(|title| messages::meaning(title))
        }),
    }?;
    Some(explained(meaning, said))
}

/// The meaning of a message and its steps.
fn explained(meaning: &Meaning, said: impl Fn(Text) -> Text) -> Text {
    let (meaning, steps) = (said((meaning.means)()), said((meaning.steps)()));
    text!("note.explained.why", meaning = meaning, steps = steps)
}
