//! The shared parts of the tests of notes: a trace of a few events, and the words of the notes on one page.

#[path = "../../tests/anybody/mod.rs"]
mod anybody;

use super::*;
use crate::{
    base::instant::Timestamp,
    event::{Body, Event},
    gitlab::{instance::Instance, routes},
    trace::tracer::Tracer,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// When the pages are looked at.
pub(super) const NOW: Timestamp = Timestamp(1_767_258_010_000);

/// A Response with this NameID, for this user name, at the group `acme`, in which GitLab finds nothing wrong.
pub(super) fn sign_in(name_id: &str, username: &str) -> Value {
    let xml = anybody::response(name_id, username).unwrap();
    json!({"kind": "request", "request": username, "tab": 7, "method": "POST", "body": "form",
        "url": "https://gitlab.com/groups/acme/-/saml/callback",
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]})
}

/// A page reading with these rows, as JSON.
pub(super) fn page(page: &str, url: &str, rows: &str) -> Value {
    let rows: Value = serde_json::from_str(&format!("[{rows}]")).unwrap();
    json!({"kind": "page", "tab": 7, "url": url, "page": page, "fields": {}, "rows": rows})
}

/// The trace of `events` and then `reading`.
pub(super) fn trace(events: &[Value], reading: &Value) -> Tracer {
    let all = events.iter().chain([reading]).enumerate().map(|(place, event)| {
        let mut event = event.clone();
        let id = crate::event::EventId::new(Timestamp(1_767_258_000_000 + place as i64), "notes", 0);
        event["id"] = json!(id.to_string());
        serde_json::from_value(event).unwrap()
    });
    let all: Vec<Event> = all.collect();
    assert!(all.iter().all(|event| !matches!(event.body, Body::Unknown { .. })));
    Tracer::replay(all)
}

/// Row, cell and word of each note of a row on the newest reading of `url`.
pub(super) fn words(tracer: &Tracer, url: &str) -> Vec<(usize, &'static str, String)> {
    let instance = Instance::gitlab_com();
    let route = routes::route(&instance, url).unwrap();
    let (_, reading) = tracer.pages().last().unwrap();
    let notes = compared(&SignIns::of(tracer, &instance, NOW), &route, reading).into_iter();
    notes.filter_map(|note| Some((note.row?, note.cell, note.word.to_string()))).collect()
}

/// The notes beside the fingerprint on the settings page, which has `shown`.
fn beside_fingerprint(shown: &str) -> Vec<(Severity, String)> {
    let xml = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r"><s:Signature
        xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:KeyInfo><s:X509Data><s:X509Certificate>YWJj</s:X509Certificate>
        </s:X509Data></s:KeyInfo></s:Signature></p:Response>"#;
    let sent = json!({"kind": "request", "request": "1", "tab": 7, "method": "POST", "body": "form",
        "url": "https://gitlab.com/groups/acme/-/saml/callback",
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]});
    let url = "https://gitlab.com/groups/acme/-/saml";
    let mut reading = page(pages::SETTINGS, url, "");
    reading["fields"] = json!({"fingerprint": [shown]});
    let tracer = trace(&[sent], &reading);
    let instance = Instance::gitlab_com();
    let (_, reading) = tracer.pages().last().unwrap();
    let notes =
        compared(&SignIns::of(&tracer, &instance, NOW), &routes::route(&instance, url).unwrap(), reading);
    let beside = notes.into_iter().filter(|note| note.cell == "fingerprint");
    beside.map(|note| (note.severity, note.text.to_string())).collect()
}

#[test]
fn another_certificate_is_marked_beside_its_field_with_the_fingerprint_to_paste() {
    let sha1 = "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D";
    let [(severity, text)] = &beside_fingerprint(&sha1.replace("A9", "00"))[..] else { panic!("one note") };
    assert_eq!(*severity, Severity::Error);
    assert!(text.contains(sha1) && text.contains("only after the administrator"), "{text}");
    let [(severity, _)] = &beside_fingerprint(sha1)[..] else { panic!("one note") };
    assert_eq!(*severity, Severity::Good);
}

#[test]
fn a_name_that_nobody_signed_marks_no_row() {
    let url = "https://gitlab.com/groups/acme/-/saml";
    let row = r#"{"user": "1", "username": "alex", "saml": "alex-1", "scim": "alex-1"}"#;
    let signed = sign_in("alex-1", "alex");
    let mut forged = signed.clone();
    let value = signed["form"][0][1][0].as_str().unwrap();
    let xml = String::from_utf8(BASE64_STANDARD.decode(value).unwrap()).unwrap();
    let xml = xml.replace("_alex", "_other");
    forged["form"][0][1][0] = json!(BASE64_STANDARD.encode(xml));
    let noted = |event: Value| words(&trace(&[event], &page(pages::SETTINGS, url, row)), url);
    assert!(noted(signed).contains(&(0, "saml", "Match".to_owned())));
    assert!(noted(forged).contains(&(0, "saml", "No sign-in seen".to_owned())));
}

#[test]
fn a_scim_identifier_without_a_saml_identity_is_said() {
    let url = "https://gitlab.com/groups/acme/-/saml";
    let row = r#"{"user": "1", "username": "alex", "saml": "", "scim": "alex"}"#;
    let noted = words(&trace(&[], &page(pages::SETTINGS, url, row)), url);
    assert_eq!(noted, [(0, "saml", "No sign-in seen".to_owned()), (0, "scim", "Not linked".to_owned())]);
}
