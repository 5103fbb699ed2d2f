//! A redacted copy that is read back: what its signature would have said is "not known", never "not signed";
//! and a mark that somebody else wrote lets nothing escape a check.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod program;
mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use program::samlight;
use samlight::{
    base::{instant::Timestamp, pseudonym::Salt, severity::Severity},
    case::{Case, acceptance::CheckState},
    event::{Body, Event, EventId},
    file::{
        self, Beside,
        export::{self, Secrecy},
        import, take_in,
    },
    saml::RedactedCopy,
    signature::GivenKeys,
    trace::tracer::Tracer,
    view::{
        flow::flow_view,
        print::{Given, inspect, inspect_text, terminal},
    },
};
use serde_json::{Value, json};
use signer::{certified, signed};
use std::io::Write;

const NOW: Timestamp = Timestamp(1_767_258_600_000);
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
const NOT_KNOWN: &str = "Not known: the signature was taken out of this copy.";

fn assertion(id: &str, name_id: &str) -> String {
    format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" Version=\"2.0\" \
         IssueInstant=\"2026-01-01T09:10:00Z\"><saml:Issuer>https://idp.example.com/metadata</saml:Issuer>\
         <saml:Subject><saml:NameID>{name_id}</saml:NameID><saml:SubjectConfirmation \
         Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData Recipient=\"{ACS}\" \
         NotOnOrAfter=\"2026-01-01T09:15:00Z\"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotBefore=\"2026-01-01T09:05:00Z\" NotOnOrAfter=\"2026-01-01T09:15:00Z\">\
         <saml:AudienceRestriction><saml:Audience>https://gitlab.com/groups/acme</saml:Audience></saml:AudienceRestriction>\
         </saml:Conditions><saml:AuthnStatement AuthnInstant=\"2026-01-01T09:10:00Z\"><saml:AuthnContext>\
         <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
         </saml:AuthnContext></saml:AuthnStatement></saml:Assertion>"
    )
}

fn response(inside: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r1\" Version=\"2.0\" \
         IssueInstant=\"2026-01-01T09:10:00Z\" Destination=\"{ACS}\"><saml:Issuer>https://idp.example.com/metadata</saml:Issuer>\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>\
         </samlp:Status>{inside}</samlp:Response>"
    )
}

/// With the mark as the first thing in the root.
fn marked(xml: &str, copy: RedactedCopy) -> String {
    let end = xml.find('>').unwrap() + 1;
    format!("{}{}{}", &xml[..end], copy.mark(), &xml[end..])
}

const SIGNED: RedactedCopy = RedactedCopy { had_signature: true };

/// The kinds of Responses that are signed, and of those that are not.
fn messages() -> Vec<(&'static str, String, bool)> {
    let whole = response(&assertion("_a1", "Ada-1"));
    let unsigned_pair = response(&(assertion("_a1", "Ada-1") + &assertion("_a2", "Eve-1")));
    let wrapped = response(&(assertion("_a2", "Eve-1") + &signed(&assertion("_a1", "Ada-1")).unwrap()));
    let is_signed = certified(&signed(&whole).unwrap());
    vec![
        ("a signed Response", is_signed.clone(), true),
        ("a signed assertion", response(&signed(&assertion("_a1", "Ada-1")).unwrap()), true),
        ("both signed", signed_twice(), true),
        ("a changed Response", is_signed.replace("Ada-1", "Eve-1"), true),
        ("a wrapped assertion", wrapped, true),
        ("nothing signed", whole.clone(), false),
        ("two assertions, nothing signed", unsigned_pair, false),
        ("nothing signed, with a mark of its own", marked(&whole, SIGNED), false),
    ]
}

fn signed_twice() -> String {
    let inner = signed(&assertion("_a1", "Ada-1")).unwrap();
    // The signer takes only what has no signature; so the outer one is put in by hand.
    let outer = signed(&response(&assertion("_a1", "Ada-1"))).unwrap();
    let start = outer.find("<ds:Signature").unwrap();
    let end = outer.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let whole = response(&inner);
    let at = whole.find("<samlp:Status>").unwrap();
    format!("{}{}{}", &whole[..at], &outer[start..end], &whole[at..])
}

fn event(n: u32, mut body: Value) -> Event {
    body["id"] = EventId::new(Timestamp(NOW.0 + i64::from(n)), "boot", n).to_string().into();
    serde_json::from_value(body).unwrap()
}

/// A sign-in whose Response is posted.
fn posted(xml: &str, more: &[(&str, &str)]) -> Vec<Event> {
    let encoded = BASE64_STANDARD.encode(xml);
    let mut form = vec![json!(["SAMLResponse", [encoded]]), json!(["RelayState", ["/acme"]])];
    form.extend(more.iter().map(|(name, value)| json!([name, [value]])));
    vec![
        event(
            0,
            json!({"kind": "request", "request": "1", "tab": 1, "method": "POST", "url": ACS, "body": "form", "form": form}),
        ),
        event(
            1,
            json!({"kind": "response", "request": "1", "tab": 1, "method": "POST", "url": ACS, "status": 302,
                "location": "https://gitlab.com/acme"}),
        ),
        event(2, json!({"kind": "completed", "request": "1"})),
    ]
}

/// The same whose Response rides in an address, with or without a detached signature.
fn redirected(xml: &str, is_signed: bool) -> Vec<Event> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(xml.as_bytes()).unwrap();
    let encoded = BASE64_STANDARD.encode(deflate.finish().unwrap());
    let mut url = format!("{ACS}?SAMLResponse={}", utf8_percent_encode(&encoded, NON_ALPHANUMERIC));
    if is_signed {
        url += "&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256&Signature=c2lnbmVk";
    }
    vec![
        event(0, json!({"kind": "request", "request": "1", "tab": 1, "method": "GET", "url": url})),
        event(
            1,
            json!({"kind": "response", "request": "1", "tab": 1, "method": "GET", "url": url, "status": 302,
                "location": "https://gitlab.com/acme"}),
        ),
        event(2, json!({"kind": "completed", "request": "1"})),
    ]
}

fn redacted(format: &export::Format, events: &[Event]) -> String {
    format.export(events, Secrecy::Redacted, Salt::new([5; 16])).content
}

/// Everything that is said of the one Response in `events`: causes of attack, sentences on signatures, checks
/// with their state and text, the terminal's page.
struct Said {
    causes: Vec<&'static str>,
    signatures: Vec<(Severity, String)>,
    checks: Vec<(String, CheckState, String)>,
    accepted: Option<bool>,
    findings: Vec<&'static str>,
    page: String,
}

fn said(events: Vec<Event>) -> Said {
    let tracer = Tracer::replay(events);
    let flow = tracer.flows().iter().find(|flow| flow.response.is_some()).unwrap();
    let case = Case::new(&tracer, flow, NOW).received_at(Timestamp(NOW.0));
    let look = case.response().unwrap().look().clone();
    let view = flow_view(&case);
    let acceptance = case.acceptance().unwrap();
    let sentences = view.messages.iter().flat_map(|message| &message.signatures);
    Said {
        causes: look.attacks.iter().map(|attack| attack.cause).collect(),
        signatures: sentences.map(|it| (it.sentence.severity, it.sentence.text.clone())).collect(),
        checks: acceptance
            .checks
            .iter()
            .map(|it| (it.id.to_owned(), it.state, it.sentence().to_string()))
            .collect(),
        accepted: acceptance.accepted,
        findings: case.findings().iter().map(|finding| finding.diagnosis.id).collect(),
        page: terminal::render(&view),
    }
}

fn assert_not_known(what: &str, said: &Said) {
    assert_eq!(said.causes, [] as [&str; 0], "{what}");
    assert_eq!(said.signatures, [(Severity::Neutral, NOT_KNOWN.to_owned())], "{what}");
    for id in ["signature", "signed-elements"] {
        let check = said.checks.iter().find(|check| check.0 == id).unwrap();
        assert_eq!((check.1, &*check.2), (CheckState::Skipped, NOT_KNOWN), "{what}");
    }
    for id in ["message-size", "encoding", "well-formed", "one-assertion", "schema"] {
        let check = said.checks.iter().find(|check| check.0 == id).unwrap();
        assert_eq!(check.1, CheckState::Skipped, "{what}: {id}");
    }
    // What the copy holds is looked at as before.
    for id in
        ["version", "response-id", "status", "one-conditions", "validity", "one-authn-statement", "audience"]
    {
        let check = said.checks.iter().find(|check| check.0 == id).unwrap();
        assert_eq!(check.1, CheckState::Passed, "{what}: {check:?}");
    }
    assert_eq!(said.accepted, None, "{what}");
    let attacks: Vec<_> = said.findings.iter().filter(|id| id.starts_with("signature")).collect();
    assert!(attacks.is_empty(), "{what}: {attacks:?}");
    assert!(said.page.contains(NOT_KNOWN) && said.page.contains("Redacted copy"), "{what}: {}", said.page);
    assert!(!said.page.contains("Nothing in this Response is signed"), "{what}: {}", said.page);
}

fn assert_unsigned(what: &str, said: &Said) {
    assert!(said.causes.contains(&"unsigned"), "{what}: {:?}", said.causes);
    assert!(said.findings.contains(&"signature-missing"), "{what}: {:?}", said.findings);
    assert_eq!(said.signatures, [], "{what}");
    let check = said.checks.iter().find(|check| check.0 == "signature").unwrap();
    assert_eq!(check.1, CheckState::Failed, "{what}");
    assert_eq!(said.accepted, Some(false), "{what}");
    assert!(!said.page.contains(NOT_KNOWN), "{what}: {}", said.page);
}

/// A file as the panel of a browser that records takes it in, beside what that browser saw.
fn beside_a_recording(content: &str) -> Vec<Event> {
    let live = Tracer::replay([]);
    take_in(&live, file::read("x", content.as_bytes(), NOW, Beside::Recording).events)
}

#[test]
fn of_a_redacted_copy_it_is_not_known_who_signed_and_of_an_unsigned_one_it_is() {
    for (name, xml, is_signed) in messages() {
        for format in &export::FORMATS {
            let what = format!("{name} in {}", format.id);
            let content = redacted(format, &posted(&xml, &[]));
            let alone = file::read("x", content.as_bytes(), NOW, Beside::Files).events;
            for (where_, read) in [("alone", alone), ("beside", beside_a_recording(&content))] {
                let said = said(read.clone());
                let what = format!("{what}, {where_}");
                match is_signed {
                    true => assert_not_known(&what, &said),
                    false => assert_unsigned(&what, &said),
                }
                // A copy of a copy says the same.
                let again = redacted(format, &read);
                let read_again = file::read("x", again.as_bytes(), NOW, Beside::Files).events;
                match is_signed {
                    true => assert_not_known(&what, &self::said(read_again)),
                    false => assert_unsigned(&what, &self::said(read_again)),
                }
            }
        }
    }
}

#[test]
fn a_detached_signature_that_was_taken_out_is_not_known_either() {
    let xml = response(&assertion("_a1", "Ada-1"));
    let beside = [("SigAlg", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"), ("Signature", "c2lnbmVk")];
    for format in &export::FORMATS {
        for (name, events, is_signed) in [
            ("a signed redirect", redirected(&xml, true), true),
            ("a redirect", redirected(&xml, false), false),
            ("a signed form", posted(&xml, &beside), true),
        ] {
            let content = redacted(format, &events);
            let read = file::read("x", content.as_bytes(), NOW, Beside::Files).events;
            let said = said(read);
            assert_eq!(said.causes.contains(&"unsigned"), !is_signed, "{name} in {}", format.id);
            assert_eq!(said.page.contains(NOT_KNOWN), is_signed, "{name} in {}: {}", format.id, said.page);
        }
    }
}

#[test]
fn a_mark_in_what_this_browser_received_counts_for_nothing() {
    let xml = marked(&response(&assertion("_a1", "Ada-1")), SIGNED);
    for events in [posted(&xml, &[]), redirected(&xml, false)] {
        let live = said(events.clone());
        assert_unsigned("live", &live);
        // A trace in clear is what the browser recorded.
        let clear = export::FORMATS[0].export(&events, Secrecy::Clear, Salt::default()).content;
        let alone = file::read("x", clear.as_bytes(), NOW, Beside::Files).events;
        assert_unsigned("in a trace in clear", &said(alone));
        let (code, out, _) = samlight(&["inspect", "--json", "-"], &clear);
        assert_eq!(code, Some(1));
        let read: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        assert_eq!(
            (&read["redacted_copy"], &read["attacks"][0]["cause"]),
            (&Value::Null, &json!("unsigned"))
        );
        // Nor does redaction make it count.
        let content = redacted(&export::FORMATS[0], &events);
        let read = file::read("x", content.as_bytes(), NOW, Beside::Files).events;
        assert_unsigned("in a redacted trace", &said(read));
    }
}

#[test]
fn a_mark_beside_a_signature_counts_for_nothing() {
    for (name, xml, is_signed) in messages() {
        let Some(cause) = (match name {
            "a changed Response" => Some("changed"),
            "a wrapped assertion" => Some("other-assertion"),
            _ => None,
        }) else {
            continue;
        };
        assert!(is_signed);
        let content = marked(&xml, SIGNED);
        let said = said_of_file(&content);
        assert!(said["redacted_copy"].is_null(), "{name}");
        let causes: Vec<_> = said["attacks"].as_array().unwrap().iter().map(|it| &it["cause"]).collect();
        assert!(causes.contains(&&json!(cause)), "{name}: {causes:?}");
    }
}

fn said_of_file(xml: &str) -> Value {
    let carried = import::messages(import::file("x.xml", xml.as_bytes(), NOW)).next().unwrap();
    inspect::inspect_imported("x.xml", &carried, &Given::default())
}

#[test]
fn every_way_to_print_a_copy_says_what_is_not_known() {
    let (_, xml, _) = messages().swap_remove(0);
    for format in &export::FORMATS {
        let content = redacted(format, &posted(&xml, &[]));
        let (code, out, errors) = samlight(&["inspect", "--json", "-"], &content);
        assert_eq!((code, &*errors), (Some(0), ""));
        let read: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        assert_eq!(read["redacted_copy"], json!({"had_signature": true, "text": NOT_KNOWN}), "{}", format.id);
        assert_eq!((&read["attacks"], &read["signatures"]), (&json!([]), &json!([])));
        let (_, out, _) = samlight(&["inspect", "-"], &content);
        assert!(out.contains(NOT_KNOWN), "{out}");
        let check =
            ["check", "--gitlab", "https://gitlab.com", "--group", "acme", "--now", "2026-01-01T09:10:00Z"];
        let (code, out, errors) = samlight(&[&check[..], &["-v", "-"]].concat(), &content);
        assert_eq!((code, &*errors), (Some(0), ""), "{out}");
        assert!(out.contains(NOT_KNOWN), "{out}");
        let (code, out, _) = samlight(&[&check[..], &["--json", "-"]].concat(), &content);
        let read: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (code, &read["accepted"], &read["rests_on"], &read["findings"]),
            (Some(0), &json!(true), &json!("outcome"), &json!([])),
            "{out}"
        );
        let checks = read["checks"].as_array().unwrap();
        assert!(checks.iter().any(|check| check["id"] == "signature" && check["state"] == "skipped"));
    }
    // A message alone, as somebody may cut it out of such a file.
    let copy = marked(&response(&assertion("_a1", "name-a")), SIGNED);
    let said = said_of_file(&copy);
    assert_eq!((&said["attacks"], &said["redacted_copy"]["had_signature"]), (&json!([]), &json!(true)));
    let carried = import::messages(import::file("x.xml", copy.as_bytes(), NOW)).next().unwrap();
    let look = samlight::attack::look_at_imported(&carried, &GivenKeys::default());
    assert!(!look.is_vouched_for(), "nothing vouches for a copy");
    let lines = inspect_text::render_imported("x.xml", &carried, &Given::default());
    assert!(lines.contains(NOT_KNOWN), "{lines}");
    assert!(matches!(import::file("x.xml", copy.as_bytes(), NOW).events[0].body, Body::Message(_)));
}
