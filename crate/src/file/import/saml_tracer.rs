//! The JSON that the browser extension SAML-tracer exports, in its present form and in that before 1.0.
//!
//! Read of a request: `method`, `url`, `requestHeaders` (Origin), `post` or `postData`, `saml`,
//! `responseStatus`, `responseHeaders` (Location, Date, Content-Type). Its three ways of exporting: as it
//! was, with hashed values (`{hash:…}`), with numbered ones (`{obf:alternative_3}`). Masking covers the
//! fields of forms and the cookies, not the field `saml`, in which SAML-tracer keeps the XML that it decoded:
//! there the message is read when the form's own value is masked, and that is said. The file has no times:
//! `Date` of the answers stands for them, and the export's `timestamp` where there is none.

use super::{File, FileParts, Part, Recording, har::NOWHERE, json, message};
use crate::{
    base::{
        flaw::{Flaw, Span},
        instant::Timestamp,
        redact::Secret,
    },
    binding::PARAMETERS,
    file::recorded::{Head, Hop, is_kept_field},
    text,
    trace::exchange::End,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use std::ops::Range;

pub(super) const RECORDING: Recording = Recording {
    id: "saml-tracer",
    called: "SAML-tracer",
    recognises: |content| json::elements(content, &["requests"]).is_some(),
    read,
};

/// The beginnings of a masked value.
const MASKS: [&str; 3] = ["{hash:", "{obf:", "{overwritten}"];

fn read(file: &File<'_>) -> FileParts {
    let mut told = FileParts::default();
    let Some(requests) = json::elements(file.content, &["requests"]) else { return told };
    let mut read = Vec::new();
    for place in &requests.places {
        match json::element(file.content, place) {
            Ok(request) => read.push((place.clone(), request)),
            Err(error) => told.flaw(|| file.damaged_entry(place, &error)),
        }
    }
    let exported = json::text_member(file.content, "timestamp").and_then(|text| Timestamp::parse(&text));
    let first = read.iter().find_map(|(_, request)| date(request));
    let mut time = first.or(exported).unwrap_or(file.now);
    for (place, request) in &read {
        // Clocks of several servers: time never goes back.
        time = date(request).map_or(time, |date| date.max(time));
        read_request(file, place, request, time, &mut told);
    }
    if let Some(at) = requests.broken {
        told.flaw(|| file.cut_off(at));
    }
    told
}

fn read_request(
    file: &File<'_>,
    place: &Range<usize>,
    request: &Value,
    time: Timestamp,
    told: &mut FileParts,
) {
    let url = text(request, "url").unwrap_or_default();
    let xml = text(request, "saml").filter(|xml| !xml.is_empty());
    let mut form = form(request);
    let masked = form.iter_mut().find(|(name, value)| {
        // Looked at here, and wrapped again.
        PARAMETERS.bearing.contains(&name.as_str())
            && MASKS.iter().any(|mask| value.expose().starts_with(mask))
    });
    if let Some((_, value)) = masked {
        told.flaw(|| {
            let line = file.line(place.start);
            let said = match xml {
                Some(_) => text!("flaw.masked-read", at = place.start, line = line),
                None => text!("flaw.masked", at = place.start, line = line),
            };
            Flaw::in_received("masked", Span::new(place.start, place.end), said)
        });
        if let Some(xml) = xml {
            *value = Secret::new(BASE64_STANDARD.encode(xml));
        }
    }
    let status = request.get("responseStatus").map_or(0, |status| match status {
        Value::String(text) => text.parse().unwrap_or(0),
        number => number.as_u64().unwrap_or(0),
    });
    let hop = Hop {
        start: time,
        place: NOWHERE,
        method: text(request, "method").unwrap_or_default().to_owned(),
        url: Secret::from(url),
        form,
        origin: header(request, "requestHeaders", "origin"),
        response: (status != 0).then(|| Head {
            at: time,
            status: u16::try_from(status).unwrap_or(u16::MAX),
            location: header(request, "responseHeaders", "location").map(Secret::new),
            date: header(request, "responseHeaders", "date"),
            content_type: header(request, "responseHeaders", "content-type"),
        }),
        end: (status != 0).then_some(End::Completed(time)),
    };
    if hop.is_of_saml() {
        told.parts.push(Part::Hop(hop));
    } else if let Some(xml) = xml {
        // It was where neither a query nor a form of SAML is: WS-Federation.
        told.parts.push(Part::Message(time, message(file.source, xml.as_bytes())));
    }
}

/// The fields of the form that may be kept: pairs in `post`, or lists by name in `postData`.
fn form(request: &Value) -> Vec<(String, Secret<String>)> {
    let pairs = request.get("post").and_then(Value::as_array).into_iter().flatten();
    let mut fields: Vec<(String, Secret<String>)> = pairs
        .filter_map(|pair| Some((pair.get(0)?.as_str()?.to_owned(), Secret::from(pair.get(1)?.as_str()?))))
        .collect();
    if fields.is_empty() {
        let lists = request.get("postData").and_then(Value::as_object).into_iter().flatten();
        fields = lists
            .flat_map(|(name, values)| {
                values.as_array().into_iter().flatten().map(move |value| (name, value))
            })
            .filter_map(|(name, value)| Some((name.clone(), Secret::from(value.as_str()?))))
            .collect();
    }
    fields.retain(|(name, _)| is_kept_field(name));
    fields
}

/// The server's clock when it answered.
fn date(request: &Value) -> Option<Timestamp> {
    Timestamp::parse_http(&header(request, "responseHeaders", "date")?)
}

fn text<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    request.get(name)?.as_str()
}

/// The first header with this name (lower case): an object with name and value, or, before 1.0, a pair.
fn header(request: &Value, of: &str, name: &str) -> Option<String> {
    let headers = request.get(of)?.as_array()?;
    let found = headers.iter().find_map(|header| {
        let part = |key: &str, index: usize| header.get(key).or_else(|| header.get(index))?.as_str();
        part("name", 0).filter(|known| known.eq_ignore_ascii_case(name)).and_then(|_| part("value", 1))
    })?;
    Some(found.to_owned())
}
