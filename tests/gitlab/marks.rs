//! The marks that Samlight puts on each saved page, as its content script asks for them and places them:
//! beside a page's `.json`, `marks` lists row, cell, severity, word and sentence of each, and what the
//! element that it is put into says itself. So a mark in another member's row, in another column, or with a
//! sentence that its word does not say, fails.
//!
//! Before each page is opened, three people have signed in to the group `acme` of the fixtures' GitLab, and
//! one to the whole GitLab: Alex was let in, GitLab's answer to the others was not seen. Leaves out the
//! check of a whole group, which asks GitLab's API.

use super::engine::{self, Reading};
use crate::{anybody, expected, recipe};
use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{instant::Timestamp, place::Sender, severity::Severity},
    calls::{content_script, protocol::PageCall},
    event::{Event, EventId},
    notes::Note,
    trace::tracer::Tracer,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// One mark as it is written beside a page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<usize>,
    cell: String,
    severity: Severity,
    word: String,
    text: String,
    /// Whether only its word is shown until somebody asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    folded: bool,
    /// The page's own text in the element that it is put into.
    at: String,
}

/// The time at which the pages are opened.
const NOW: Timestamp = Timestamp(1_767_258_010_000);

/// The marks on the page at `path`, from which `reading` was read.
pub(crate) fn of(path: &Path, reading: &Reading) -> Result<Vec<Mark>> {
    let wanted = expected(path)?;
    let page = recipe(&wanted)?;
    let mut tracer = Tracer::replay(sign_ins()?);
    let sender: Sender = Sender {
        origin: "https://gitlab.example.com".to_owned(),
        place: serde_json::from_value(json!({ "tab": 7 }))?,
    };
    let call = PageCall::Read {
        url: wanted.url,
        page: page.id.to_owned(),
        fields: reading.fields.clone(),
        rows: reading.rows.clone(),
    };
    let id = EventId::new(NOW, "marks", 0);
    let (reply, _) = content_script::answer(&mut tracer, &mut None, &sender, id, call);
    reply.notes.into_iter().map(|note| mark(path, reading, note)).collect()
}

fn mark(path: &Path, reading: &Reading, note: Note) -> Result<Mark> {
    let at = engine::text_at(path, reading.variant, note.row, note.cell)?;
    let at = at.with_context(|| format!("no place for the note {note:?}"))?;
    let runs: String = note.runs.iter().map(|run| run.text.as_str()).collect();
    ensure!(runs.is_empty() || runs == note.text.to_string(), "the runs are not the sentence: {note:?}");
    Ok(Mark {
        row: note.row,
        cell: note.cell.to_owned(),
        severity: note.severity,
        word: note.word.to_string(),
        text: note.text.to_string(),
        folded: note.folded,
        at: at.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect(),
    })
}

/// The recorded sign-ins: NameID, user name, where it was posted, GitLab's answer.
fn sign_ins() -> Result<Vec<Event>> {
    let mut events = vec![
        json!({ "kind": "settings", "instances": [{ "origin": "https://gitlab.example.com", "root": "" }] }),
    ];
    for (name_id, username, acs, answer) in [
        ("alex-7f3a", "alex", "/groups/acme/-/saml/callback", Some("/acme")),
        ("robin@example.com", "robin", "/groups/acme/-/saml/callback", None),
        ("sam-01", "sam", "/groups/acme/-/saml/callback", None),
        ("Alex@example.com", "alex", "/users/auth/saml_2/callback", None),
    ] {
        let url = format!("https://gitlab.example.com{acs}");
        let request = format!("{username}{acs}");
        let response = anybody::response(name_id, username).context("a Response that can be signed")?;
        events.push(json!({ "kind": "request", "request": request, "tab": 9, "method": "POST", "body": "form", "url": url,
            "form": [["SAMLResponse", [BASE64_STANDARD.encode(response)]]] }));
        if let Some(location) = answer {
            events.push(
                json!({ "kind": "response", "request": request, "tab": 9, "method": "POST", "status": 302,
                "url": url, "location": location }),
            );
        }
    }
    let event = |(place, mut event): (usize, Value)| {
        event["id"] =
            json!(EventId::new(Timestamp(1_767_258_000_000 + i64::try_from(place)?), "seen", 0).to_string());
        Ok(serde_json::from_value(event)?)
    };
    events.into_iter().enumerate().map(event).collect()
}
