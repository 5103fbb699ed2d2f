//! HAR 1.2, as the developer tools of Chromium and Firefox and many proxies save it.
//!
//! Read of an entry: `startedDateTime`, `time`, `timings.send` and `.wait`; of the request `method`, `url`,
//! `Origin` and `postData`; of the response `status`, `Location` (or `redirectURL`), `Date`, `Content-Type`,
//! `_error` (Chromium). Entries without SAML are left out, as the browser's capture leaves them out, and so
//! is every other field: cookies, headers, the bodies of pages. A body that is no form and speaks of SAML is
//! kept whole, as a message of its own. A message in the page of an answer is kept where no request of the
//! file carries it. Of GitLab's page that follows a message it is read what it says to the person
//! ([`page`]): it tells how the sign-in ended. `encoding` or `_encoding` beside a body says that it is in
//! base64. `_place` is this program's own, for tab, private window and cookie store.
//!
//! Leaves out: the rest of those pages; what "Verify SAML Configuration" lists.

use super::{File, FileParts, Part, Recording, json, message_of, page};
use crate::{
    base::{
        address::Address,
        instant::Timestamp,
        place::Place,
        redact::{self, Secret},
    },
    binding,
    encoding::base64::LENIENT_BASE64,
    file::{
        found::{self, FoundMessages},
        recorded::{Head, Hop, is_kept_field},
    },
    gitlab::pages::PageReading,
    trace::exchange::End,
};
use base64::Engine;
use serde::Deserialize;
use serde_json::Value;
use std::{borrow::Cow, collections::HashSet};

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
    let mut pages = Vec::new();
    let mut awaited = None;
    for place in &entries.places {
        match json::element(file.content, place) {
            Ok(entry) => {
                let start = text(&entry, "/startedDateTime").and_then(Timestamp::parse).or(before);
                before = start;
                let start = start.unwrap_or(file.now);
                read_entry(file, &entry, start, &mut told.parts, &mut pages, &mut awaited);
            }
            Err(error) => told.flaw(|| file.damaged_entry(place, &error)),
        }
    }
    let sent: HashSet<String> = told.parts.iter().flat_map(values_sent).collect();
    for (at, url, page) in pages {
        for message in page.messages {
            if !values_in(&String::from_utf8_lossy(&message.octets)).any(|value| sent.contains(&value)) {
                let source = format!("{}: {url}", file.source);
                told.parts.push(Part::Message(at, message_of(&source, message)));
            }
        }
    }
    if let Some(at) = entries.broken {
        told.flaw(|| file.cut_off(at));
    }
    told
}

/// The messages in the page of an answer: when it came, from where.
type Page = (Timestamp, String, FoundMessages);

/// The values of the parameters that a request of the file carries.
fn values_sent(part: &Part) -> Vec<String> {
    let Part::Hop(hop) = part else { return Vec::new() };
    let bears = |name: &str| binding::PARAMETERS.bearing.contains(&name);
    // They are compared, and go no further.
    let fields = hop.form.iter().filter(|(name, _)| bears(name)).map(|(_, value)| folded(value.expose()));
    fields.chain(values_in(hop.url.expose())).collect()
}

/// The values of the parameters in an address or a form.
fn values_in(written: &str) -> impl Iterator<Item = String> {
    let written = written.split_once('?').map_or(written, |(_, query)| query);
    let written = written.split('#').next().unwrap_or_default();
    let fields = binding::fields_of_body(written).into_iter();
    let bearing = fields.filter(|(name, _)| binding::PARAMETERS.bearing.contains(&name.as_str()));
    bearing.map(|(_, value)| folded(value.expose()))
}

/// A value as it can be compared: without line ends, and a plus sign that was not escaped for one that was.
fn folded(value: &str) -> String {
    value.chars().filter(|c| !c.is_ascii_whitespace() && *c != '+').collect()
}

fn read_entry(
    file: &File<'_>,
    entry: &Value,
    start: Timestamp,
    parts: &mut Vec<Part>,
    pages: &mut Vec<Page>,
    awaited: &mut Option<String>,
) {
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
    let origin = || Address::parse(url).map(|address| address.origin.to_ascii_lowercase());
    let of = hop.place.clone();
    if hop.is_of_saml() {
        *awaited = origin();
        parts.push(Part::Hop(hop));
    }
    // The first page of GitLab's behind a message is the one that tells the end, also in a file of hours.
    if awaited.is_some()
        && *awaited == origin()
        && let Some(reading) = shown(entry, url)
    {
        *awaited = None;
        parts.push(Part::Page(end.max(answer_at), PageReading { place: of, ..reading }));
    }
    let sent = body.other.and_then(|body| file.body(url, body.as_bytes()));
    parts.extend(sent.map(|message| Part::Message(start, message)));
    match answer(entry) {
        Some((body, true)) => {
            let answered = file.body(url, &body);
            parts.extend(answered.map(|message| Part::Message(answer_at, message)));
        }
        Some((body, false)) => {
            let page = found::find(&body);
            if !page.messages.is_empty() {
                pages.push((answer_at, redact::url(url), page));
            }
        }
        None => {}
    }
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
    other: Option<Cow<'a, str>>,
}

impl<'a> Body<'a> {
    fn of(entry: &'a Value) -> Self {
        let written = text(entry, "/request/postData/text").unwrap_or_default();
        let content = match octets_of(entry, "/request/postData", written) {
            Cow::Borrowed(_) => Cow::Borrowed(written),
            Cow::Owned(octets) => Cow::Owned(String::from_utf8_lossy(&octets).into_owned()),
        };
        let media_type = text(entry, "/request/postData/mimeType").unwrap_or_default().to_ascii_lowercase();
        let is_form = media_type.is_empty() || media_type.starts_with("application/x-www-form-urlencoded");
        // Firefox puts the headers of the body before it where a form was made by the page itself.
        let written = content.rsplit("\r\n\r\n").next().unwrap_or(&content);
        let mut fields = binding::fields_of_body(if is_form { written.trim() } else { &content });
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

/// The body of a response, and whether it is XML: what a SOAP endpoint answers. Absent where it is no text,
/// or does not speak of SAML.
fn answer(entry: &Value) -> Option<(Vec<u8>, bool)> {
    let media_type = text(entry, "/response/content/mimeType").unwrap_or_default().to_ascii_lowercase();
    let is_xml = media_type.contains("xml") && !media_type.contains("html");
    let is_code = ["script", "css", "image", "font", "video"].iter().any(|kind| media_type.contains(kind));
    if is_code {
        return None;
    }
    let content = octets_of(entry, "/response/content", text(entry, "/response/content/text")?);
    crate::base::counted::stepped(content.len());
    let mentions = |name: &str| content.windows(name.len()).any(|octets| octets == name.as_bytes());
    (is_xml || binding::PARAMETERS.bearing.iter().any(|name| mentions(name)))
        .then(|| (content.into_owned(), is_xml))
}

/// The words of the answer to the person, where it is a page of GitLab. What a page asked for on its own,
/// such as an image, may be answered by a page of an error that nobody sees.
fn shown(entry: &Value, url: &str) -> Option<PageReading> {
    let is_page = |kind: &str| kind.eq_ignore_ascii_case("document");
    // Chromium's DevTools write the one; browsers send the other.
    let fetched_as = header(entry, "/request", "sec-fetch-dest");
    if ![text(entry, "/_resourceType"), fetched_as.as_deref()].into_iter().flatten().all(is_page) {
        return None;
    }
    let media_type = text(entry, "/response/content/mimeType")?.to_ascii_lowercase();
    let written = text(entry, "/response/content/text").filter(|_| media_type.contains("html"))?;
    let html = octets_of(entry, "/response/content", written);
    page::reading(url, &String::from_utf8_lossy(&html))
}

/// The octets of the body at `path` that is `written` there, out of base64 where the file says that it is in
/// it.
fn octets_of<'a>(entry: &Value, path: &str, written: &'a str) -> Cow<'a, [u8]> {
    let body = entry.pointer(path);
    let encoding = ["encoding", "_encoding"].iter().find_map(|name| body?.get(name)?.as_str());
    let is_packed = encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
    let octets = is_packed.then(|| LENIENT_BASE64.decode(written).ok()).flatten();
    octets.map_or(written.as_bytes().into(), Cow::Owned)
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
