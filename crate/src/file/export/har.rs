//! HAR 1.2, as other software reads it; the counterpart of [`crate::file::import`]'s reader.
//!
//! Things that were not recorded stand there as HAR says it: empty lists, -1 for sizes, status 0 for no
//! response. `_place` is this program's own field, for tab, private window and cookie store; `_error` is
//! Chromium's.

use super::{Format, Receipt, Write, headers};
use crate::{
    base::{instant::Timestamp, place::Place},
    file::recorded::Hop,
    text,
    trace::exchange::End,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

pub(super) const FORMAT: Format =
    Format { id: "har", name: || text!("export.har"), extension: "har", media_type: "application/json" };

pub(super) const WAY: Write = Write::Hops(write);

fn write(hops: &[Hop], _: Timestamp, receipt: Option<&Receipt>) -> String {
    let entries: Vec<Value> = hops.iter().map(entry).collect();
    let mut har = json!({"log": {
        "version": "1.2",
        "creator": {"name": "Samlight", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
    }});
    if let Some(receipt) = receipt {
        let said: Vec<String> = receipt.text().iter().map(ToString::to_string).collect();
        har["log"]["comment"] = said.join(" ").into();
    }
    format!("{har:#}\n")
}

fn entry(hop: &Hop) -> Value {
    let mut request = json!({
        "method": hop.method, "url": hop.url, "httpVersion": "", "cookies": [], "queryString": [],
        "headers": headers(&[("Origin", hop.origin.as_deref())]), "headersSize": -1, "bodySize": -1,
    });
    if !hop.form.is_empty() {
        request["postData"] = json!({
            "mimeType": "application/x-www-form-urlencoded", "params": [], "text": body(hop),
        });
    }
    let head = hop.response.as_ref();
    // The file holds what the trace holds: whether that is redacted was decided before.
    let location = head.and_then(|head| head.location.as_ref()).map(|location| location.expose().as_str());
    let mut response = json!({
        "status": head.map_or(0, |head| head.status), "statusText": "", "httpVersion": "", "cookies": [],
        "headers": headers(&[
            ("Location", location),
            ("Date", head.and_then(|head| head.date.as_deref())),
            ("Content-Type", head.and_then(|head| head.content_type.as_deref())),
        ]),
        "content": {"size": 0, "mimeType": head.and_then(|head| head.content_type.as_deref()).unwrap_or_default()},
        "redirectURL": location.unwrap_or_default(), "headersSize": -1, "bodySize": -1,
    });
    let waited = head.map_or(0, |head| head.at.since(hop.start));
    let lasted = match &hop.end {
        Some(End::Completed(end)) if head.is_some() => end.since(hop.start),
        Some(End::Failed(end, error)) => {
            response["_error"] = error.as_str().into();
            end.since(hop.start)
        }
        _ => waited,
    };
    let mut entry = json!({
        "startedDateTime": hop.start.to_string(), "time": lasted, "request": request, "response": response,
        "cache": {}, "timings": {"send": 0, "wait": waited, "receive": lasted - waited},
    });
    if hop.place != (Place { tab: -1, ..Place::default() }) {
        entry["_place"] = json!(hop.place);
    }
    entry
}

/// The form as it is sent (`application/x-www-form-urlencoded`).
fn body(hop: &Hop) -> String {
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let fields =
        hop.form.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value.expose())));
    fields.collect::<Vec<_>>().join("&")
}
