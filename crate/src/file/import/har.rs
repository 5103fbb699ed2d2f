//! HAR 1.2, as the developer tools of Chromium and Firefox and many proxies save it.
//!
//! Read of an entry: `startedDateTime`, `time`, `timings.send` and `.wait`; of the request `method`, `url`,
//! `Origin` and `postData`; of the response `status`, `Location` (or `redirectURL`), `Date`, `Content-Type`,
//! `_error` (Chromium). Entries without SAML are left out, as the browser's capture leaves them out, and so
//! is every other field: cookies, headers, the bodies of pages. A body that is no form and speaks of SAML is
//! kept whole, as a message of its own. `_place` is this program's own, for tab, private window and cookie
//! store.
//!
//! Leaves out: messages in the HTML of a response, which the request that follows carries.

use super::{File, FileParts, Part, Recording, json};
use crate::{
    base::{instant::Timestamp, place::Place, redact::Secret},
    binding,
    encoding::base64::LENIENT_BASE64,
    file::recorded::{Head, Hop, is_kept_field},
    trace::exchange::End,
};
use base64::Engine;
use serde::Deserialize;
use serde_json::Value;

pub(super) const RECORDING: Recording = Recording {
    id: "har",
    called: "HAR",
    recognises: |content| json::elements(content, &["log", "entries"]).is_some(),
    read,
};

fn read(file: &File<'_>) -> FileParts {
    let mut told = FileParts::default();
    let Some(entries) = json::elements(file.content, &["log", "entries"]) else { return told };
    let mut before = None;
    for place in &entries.places {
        match json::element(file.content, place) {
            Ok(entry) => {
                let start = text(&entry, "/startedDateTime").and_then(Timestamp::parse).or(before);
                before = start;
                read_entry(file, &entry, start.unwrap_or(file.now), &mut told.parts);
            }
            Err(error) => told.flaw(|| file.damaged_entry(place, &error)),
        }
    }
    if let Some(at) = entries.broken {
        told.flaw(|| file.cut_off(at));
    }
    told
}

fn read_entry(file: &File<'_>, entry: &Value, start: Timestamp, parts: &mut Vec<Part>) {
    let milliseconds = |path: &str| entry.pointer(path).and_then(Value::as_f64).filter(|it| *it > 0.0);
    let after =
        |milliseconds: Option<f64>| Timestamp(start.0.saturating_add(milliseconds.unwrap_or(0.0) as i64));
    let url = text(entry, "/request/url").unwrap_or_default();
    let body = Body::of(entry);
    let mut hop = Hop {
        start,
        place: entry.get("_place").and_then(|place| Place::deserialize(place).ok()).unwrap_or(NOWHERE),
        method: text(entry, "/request/method").unwrap_or_default().to_owned(),
        url: Secret::from(url),
        form: body.fields,
        origin: header(entry, "/request", "origin"),
        response: None,
        end: None,
    };
    let status = entry.pointer("/response/status").and_then(Value::as_u64).unwrap_or(0);
    let redirect = text(entry, "/response/redirectURL").filter(|url| !url.is_empty()).map(str::to_owned);
    let waited = milliseconds("/timings/send").unwrap_or(0.0) + milliseconds("/timings/wait").unwrap_or(0.0);
    if status != 0 {
        hop.response = Some(Head {
            at: after(Some(waited)),
            status: u16::try_from(status).unwrap_or(u16::MAX),
            location: header(entry, "/response", "location").or(redirect).map(Secret::new),
            date: header(entry, "/response", "date"),
            content_type: header(entry, "/response", "content-type"),
        });
    }
    let end = after(milliseconds("/time"));
    hop.end = match text(entry, "/response/_error").filter(|error| !error.is_empty()) {
        Some(error) => Some(End::Failed(end, error.to_owned())),
        None => hop.response.as_ref().map(|_| End::Completed(end)),
    };
    let answer_at = hop.response.as_ref().map_or(start, |head| head.at);
    if hop.is_of_saml() {
        parts.push(Part::Hop(hop));
    }
    let sent = body.other.and_then(|body| file.body(url, body.as_bytes()));
    parts.extend(sent.map(|message| Part::Message(start, message)));
    let answered = answer(entry).and_then(|body| file.body(url, &body));
    parts.extend(answered.map(|message| Part::Message(answer_at, message)));
}

/// The place of a capture by other software: no tab of this browser.
pub(super) const NOWHERE: Place =
    Place { tab: -1, private: false, cookie_store: String::new(), of_file: false };

/// The body of a request.
#[derive(Default)]
struct Body<'a> {
    /// The fields of a form that may be kept.
    fields: Vec<(String, Secret<String>)>,
    /// The body that is no form.
    other: Option<&'a str>,
}

impl<'a> Body<'a> {
    fn of(entry: &'a Value) -> Self {
        let content = text(entry, "/request/postData/text").unwrap_or_default();
        let media_type = text(entry, "/request/postData/mimeType").unwrap_or_default().to_ascii_lowercase();
        let is_form = media_type.is_empty() || media_type.starts_with("application/x-www-form-urlencoded");
        // Firefox puts the headers of the body before it where a form was made by the page itself.
        let written = content.rsplit("\r\n\r\n").next().unwrap_or(content);
        let mut fields = binding::fields_of_body(if is_form { written.trim() } else { content });
        if fields.is_empty() {
            fields = parameters(entry, is_form);
        }
        let other = (fields.is_empty() && !content.is_empty()).then_some(content);
        Body { fields, other }
    }
}

/// `postData.params`: what a form consists of when its text is not there, and always for one of several
/// parts.
fn parameters(entry: &Value, is_escaped: bool) -> Vec<(String, Secret<String>)> {
    let list = entry.pointer("/request/postData/params").and_then(Value::as_array);
    let fields = list.into_iter().flatten().filter_map(|parameter| {
        let (name, value) = (text(parameter, "/name")?, text(parameter, "/value").unwrap_or_default());
        // Chromium leaves them escaped, Firefox does not. A sign in base64 that is no escape stays as it is.
        let value = if is_escaped && value.contains('%') {
            binding::fields_of_body(&format!("{name}={value}")).pop()?.1
        } else {
            Secret::from(value)
        };
        Some((name.to_owned(), value))
    });
    fields.filter(|(name, _)| is_kept_field(name)).collect()
}

/// The body of a response that is XML: what a SOAP endpoint answers.
fn answer(entry: &Value) -> Option<Vec<u8>> {
    let media_type = text(entry, "/response/content/mimeType")?.to_ascii_lowercase();
    let is_xml = media_type.contains("xml") && !media_type.contains("html");
    let content = text(entry, "/response/content/text").filter(|_| is_xml)?;
    if text(entry, "/response/content/encoding") == Some("base64") {
        return LENIENT_BASE64.decode(content).ok();
    }
    Some(content.as_bytes().to_vec())
}

fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str()
}

/// The first header with this name (lower case) of a request or a response.
fn header(entry: &Value, of: &str, name: &str) -> Option<String> {
    let headers = entry.pointer(of)?.get("headers")?.as_array()?;
    let found = headers
        .iter()
        .find(|header| text(header, "/name").is_some_and(|known| known.eq_ignore_ascii_case(name)))?;
    text(found, "/value").map(str::to_owned)
}
