//! The JSON that the browser extension SAML-tracer imports; the counterpart of [`crate::file::import`]'s
//! reader.
//!
//! It holds no times but the servers' own `Date`, no tab, and no failed request. `saml`, where SAML-tracer
//! keeps the decoded message, is left out: it is decoded anew from the parameters, and one copy is redacted
//! more surely than two.

use super::{Format, Receipt, Write, headers};
use crate::{base::instant::Timestamp, file::recorded::Hop, text};
use serde_json::{Value, json};

pub(super) const FORMAT: Format = Format {
    id: "saml-tracer",
    name: || text!("export.saml-tracer"),
    extension: "saml-tracer.json",
    media_type: "application/json",
};

pub(super) const WAY: Write = Write::Hops(write);

fn write(hops: &[Hop], last: Timestamp, _: Option<&Receipt>) -> String {
    let requests: Vec<Value> = hops.iter().enumerate().map(|(index, hop)| request(index, hop)).collect();
    format!("{:#}\n", json!({"requests": requests, "timestamp": last.to_string()}))
}

fn request(index: usize, hop: &Hop) -> Value {
    let head = hop.response.as_ref();
    let mut request = json!({
        "method": hop.method, "url": hop.url, "requestId": index.to_string(),
        "requestHeaders": headers(&[("Origin", hop.origin.as_deref())]),
        "responseStatus": head.map_or(json!(""), |head| head.status.into()),
        "responseStatusText": head.map_or_else(String::new, |head| format!("HTTP/1.1 {}", head.status)),
        // The file holds what the trace holds: whether that is redacted was decided before.
        "responseHeaders": headers(&[
            ("Location", head.and_then(|head| head.location.as_ref()).map(|url| url.expose().as_str())),
            ("Date", head.and_then(|head| head.date.as_deref())),
            ("Content-Type", head.and_then(|head| head.content_type.as_deref())),
        ]),
    });
    if hop.is_of_saml() {
        request["protocol"] = "SAML-P".into();
    }
    if !hop.form.is_empty() {
        request["post"] = json!(hop.form);
    }
    request
}
