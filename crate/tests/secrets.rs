//! Secrets that are planted in every input come out nowhere: not in Debug, not in Display, not in an error,
//! not on a screen but where the message itself is shown, not in a redacted event.
//!
//! What is shown on purpose is not planted: when and where something happened, the browser's own words, the
//! NameID, attributes, stored identifiers and GitLab's messages. Of a redacted event all of that is a
//! pseudonym; that each of its fields is thought of is the test `redaction`.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use samlight::{
    base::{
        instant::Timestamp,
        place::{Place, Sender},
        pseudonym::Salt,
    },
    calls::{
        content_script, own_pages,
        protocol::{OwnReply, PageCall},
    },
    case::Case,
    event::{Event, EventId, log::Log},
    file::{
        export::{self, Redaction, Secrecy},
        import,
    },
    trace::tracer::Tracer,
    view::{
        context::Context, flow::flow_view, lines::Lines, overview::overview, report::REPORTS, search::Query,
    },
};
use serde_json::{Map, Value, json};
use std::{cell::RefCell, io::Write};

const NOW: Timestamp = Timestamp(1_767_258_600_000);
const NAME_ID: &str = "Alex-7F3A";

/// Makes secrets and remembers them.
#[derive(Default)]
struct Planted(RefCell<Vec<String>>);

impl Planted {
    fn plant(&self) -> String {
        let secret = format!("s3cr3t{:03}x", self.0.borrow().len());
        self.0.borrow_mut().push(secret.clone());
        secret
    }

    /// An encoded message is a secret as a whole; a piece of it gives it away, behind what all messages begin
    /// with.
    fn encoded(&self, value: String) -> String {
        self.0.borrow_mut().extend(value.get(480..520).map(str::to_owned));
        value
    }

    fn assert_absent(&self, from: &str, shown: &str) {
        for secret in self.0.borrow().iter() {
            if let Some(at) = shown.find(secret.as_str()) {
                let around: String = shown[..at].chars().rev().take(200).collect();
                panic!("{from} shows {secret} behind: {}", around.chars().rev().collect::<String>());
            }
        }
    }
}

/// A value's own text in Debug, pretty and plain.
fn debug(value: &dyn std::fmt::Debug) -> String {
    format!("{value:?}{value:#?}")
}

fn response(planted: &Planted) -> String {
    let p = || planted.plant();
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
        xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ID="_r1" InResponseTo="_q1" Later="{}"><!-- {} -->
        <ds:Signature><ds:SignedInfo><ds:Reference URI=""><ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>
        <ds:SignatureValue>{}</ds:SignatureValue></ds:Signature>
        <samlp:Extensions><x:later xmlns:x="urn:{}">{}</x:later></samlp:Extensions>
        <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
        <saml:EncryptedAssertion><x:CipherValue xmlns:x="urn:x">{}</x:CipherValue></saml:EncryptedAssertion>
        <saml:Assertion ID="_a1"><saml:Subject><saml:NameID SPProvidedID="sp">{NAME_ID}</saml:NameID></saml:Subject>
        <saml:AuthnStatement SessionIndex="{}"/></saml:Assertion><?later {}?></samlp:Response>"#,
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p()
    )
}

fn logout(planted: &Planted) -> String {
    format!(
        r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_l1"><samlp:SessionIndex>{}</samlp:SessionIndex></samlp:LogoutRequest>"#,
        planted.plant()
    )
}

fn deflated(xml: &str) -> String {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(xml.as_bytes()).unwrap();
    let base64 = BASE64_STANDARD.encode(deflate.finish().unwrap());
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// An address with a secret wherever an address can hold one.
fn address(planted: &Planted, location: &str, query: &str) -> String {
    let p = || planted.plant();
    let (scheme, rest) = location.split_once("://").unwrap();
    format!(
        "{scheme}://{}:{}@{rest};jsessionid={}?{query}&token={}&{}&{}=#{}",
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p()
    )
}

/// An event of every kind, with a secret in every field that can hold one, and in one that nobody knows.
fn events(planted: &Planted) -> Vec<Value> {
    let p = || planted.plant();
    const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
    let message = BASE64_STANDARD.encode(response(planted));
    let message = planted.encoded(message);
    let broken = format!("!{}", p());
    let authn_request = r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q1"/>"#;
    let query = format!("SAMLRequest={}&RelayState={}&Signature={}", deflated(authn_request), p(), p());
    let logout_query = format!("SAMLRequest={}", deflated(&logout(planted)));
    let bodies = vec![
        json!({"kind": "response", "request": "1", "tab": 1, "method": "POST", "status": 302,
            "url": address(planted, "https://gitlab.com/users/auth/group_saml", "group_path=acme"),
            "location": address(planted, "https://idp.example.com/sso", &query), "later": p()}),
        json!({"kind": "request", "request": "2", "tab": 1, "method": "POST", "url": format!("{ACS}?code={}", p()),
            "body": "form", "later": {p(): p()},
            "form": [["SAMLResponse", [&message]], ["RelayState", [p()]], ["Signature", [p()]], ["SAMLRequest", [broken]]]}),
        json!({"kind": "sent", "request": "2", "origin": "https://idp.example.com", "later": p()}),
        json!({"kind": "response", "request": "2", "tab": 1, "method": "POST", "url": format!("{ACS}?code={}", p()),
            "status": 302, "location": address(planted, "https://gitlab.com/groups/acme/-/saml/sso", "x=1"), "later": p()}),
        json!({"kind": "failed", "request": "2", "error": "net::ERR_FAILED", "later": p()}),
        json!({"kind": "completed", "request": "1", "later": [p()]}),
        json!({"kind": "request", "request": "3", "tab": 2, "method": "GET", "later": p(),
            "url": address(planted, "https://gitlab.com/users/auth/saml/slo", &logout_query)}),
        json!({"kind": "page", "tab": 1, "page": "group-saml-settings", "later": p(),
            "url": format!("https://gitlab.com/groups/acme/-/saml?token={}", p()),
            "fields": {"flash": ["Signed in"], "csrf-token": [p()]},
            "rows": [{"user": "48", "username": "alex", "saml": "alex-7f3a", "password": p()}]}),
        json!({"kind": "page", "tab": 1, "page": "later-page", "url": "https://gitlab.com/", "fields": {p(): [p()]}}),
        json!({"kind": "answer", "tab": 1, "status": 200, "later": p(),
            "url": format!("https://gitlab.com/api/v4/user?private_token={}", p()),
            "answer": {"id": 48, "username": "alex", "private_token": p(), "identities":
                [{"provider": "group_saml", "extern_uid": "alex-7f3a", "later": p()}]}}),
        json!({"kind": "answer", "tab": 1, "status": 200, "url": "https://gitlab.com/", "answer": p()}),
        json!({"kind": "message", "source": "a.xml", "later": p(),
            "octets": planted.encoded(BASE64_STANDARD.encode(response(planted)))}),
        json!({"kind": "message", "source": "b.xml", "octets": p()}),
        json!({"kind": "told", "scim_extern_uid": "alex", "later": p()}),
        json!({"kind": "settings", "later": p(), "provider": {"instance": {"origin": "https://gitlab.com"},
            "provider": {"group": {"path": "acme"}}, "later": p()}}),
        json!({"kind": "request", "request": "4", "tab": 3, "method": "POST", "url": ACS, "body": "raw", "later": p(),
            "pieces": [["json", "SAMLResponse", message], ["urlencoded", "RelayState", p()], ["text", "Signature", p()]]}),
        json!({"kind": "tab", "tab": 2, "private": true, "later": p()}),
        json!({"kind": "later-kind", "later": p(), "more": {p(): p()}}),
    ];
    let id =
        |n: usize| EventId::new(Timestamp(1_767_258_000_000), "a", u32::try_from(n).unwrap()).to_string();
    let with_id = |(n, mut body): (usize, Value)| {
        body["id"] = id(n).into();
        body
    };
    bodies.into_iter().enumerate().map(with_id).collect()
}

fn read(events: &[Value]) -> Vec<Event> {
    events.iter().map(|event| serde_json::from_value(event.clone()).unwrap()).collect()
}

#[test]
fn nothing_that_can_be_printed_shows_a_secret() {
    let planted = Planted::default();
    let events = read(&events(&planted));
    // Without what was told, so that values of pages and answers are compared as well.
    let untold = events.iter().filter(|event| !debug(&event.body).starts_with("Told")).cloned();
    for tracer in [Tracer::replay(events.clone()), Tracer::replay(untold)] {
        for event in &events {
            planted.assert_absent("an event", &debug(event));
        }
        planted.assert_absent("the trace", &debug(&tracer));
        planted.assert_absent("the exchanges", &debug(&tracer.exchanges()));
        planted.assert_absent("the flows", &debug(&tracer.flows()));
        assert!(
            tracer.flows().len() > 3
                && tracer.flows().iter().any(|flow| !Case::new(&tracer, flow, NOW).findings().is_empty())
        );
        let cases: Vec<Case<'_>> = tracer.flows().iter().map(|flow| Case::new(&tracer, flow, NOW)).collect();
        for case in &cases {
            planted.assert_absent("a comparison", &debug(&case.comparison()));
        }
        for finding in cases.iter().flat_map(Case::findings) {
            planted.assert_absent("a finding", &debug(&finding));
            let evidence = finding.evidence.iter().map(|evidence| evidence.text.to_string());
            let remedy = finding.remedy.iter().map(|remedy| remedy.text.to_string());
            let texts: Vec<String> = evidence.chain(remedy).chain([finding.text.to_string()]).collect();
            planted.assert_absent("a finding's text", &texts.join(" "));
        }
    }
    let log = Log::read(&format!("{{\"samlight_trace\":1,\"later\":\"{}\"}}\n", planted.plant()));
    planted.assert_absent("a log's header", &debug(&Log { events, ..log }));
}

#[test]
fn no_screen_shows_a_secret_but_the_message_itself() {
    let planted = Planted::default();
    let mut tracer = Tracer::replay(read(&events(&planted)));
    let context = Context { now: NOW, recording: true, ..Context::default() };
    planted.assert_absent(
        "the first screen",
        &json!(overview(&mut tracer, &mut Lines::default(), &context, &Query::default())).to_string(),
    );
    let (mut shown_messages, mut for_owners) = (String::new(), 0);
    for flow in tracer.flows() {
        let mut view = flow_view(&Case::new(&tracer, flow, NOW));
        for message in &mut view.messages {
            for text in [&mut message.pretty, &mut message.exact, &mut message.received] {
                shown_messages.push_str(&std::mem::take(text));
            }
            // It came with the message, and is shown with it.
            shown_messages.push_str(&message.relay_state.take().unwrap_or_default());
        }
        if let Some(message) = &view.for_owner {
            for_owners += 1;
            planted.assert_absent("the message to the owner", &message.text);
        }
        planted.assert_absent("a sign-in", &json!(view).to_string());
    }
    assert!(for_owners > 0, "no sign-in has a message to the owner");
    assert!(shown_messages.contains("s3cr3t"), "the message is shown on the person's own screen");
    let calls = [r#"{"call":"overview"}"#, r#"{"call":"report"}"#];
    for call in calls {
        planted.assert_absent(
            call,
            &json!(own_pages::answer_json(&mut tracer, &mut None, &mut Lines::default(), &context, call))
                .to_string(),
        );
    }
}

#[test]
fn a_redacted_event_holds_no_secret_and_a_message_with_pseudonyms_alone() {
    let planted = Planted::default();
    let events = read(&events(&planted));
    let mut redaction = Redaction::new(Salt::default());
    let leaving: Vec<Event> = events.iter().map(|event| redaction.event(event)).collect();
    for (event, leaving) in events.iter().zip(&leaving) {
        let json = serde_json::to_string(leaving).unwrap();
        planted.assert_absent("a redacted event", &json);
        planted.assert_absent("a redacted event's Debug", &debug(leaving));
        assert!(!json.contains(NAME_ID) && !json.contains(&BASE64_STANDARD.encode(NAME_ID)[..8]), "{json}");
        assert_eq!(leaving.id, event.id);
    }
    let tracer = Tracer::replay(leaving.clone());
    let sent =
        tracer.flows().iter().filter_map(|flow| flow.name_id(&tracer)).map(|(name_id, _)| name_id.value);
    let sent: Vec<String> = sent.collect();
    assert!(
        !sent.is_empty() && sent.iter().all(|name_id| name_id.to_lowercase().starts_with("name-")),
        "{sent:?}"
    );
    // The stored identifier differs from it in case, and still does.
    assert!(
        json!(leaving[7]).to_string().contains(&sent[0].to_lowercase()),
        "{} {sent:?}",
        json!(leaving[7])
    );
}

#[test]
fn a_file_holds_neither_secrets_nor_messages_unless_it_is_asked_for_in_clear() {
    let planted = Planted::default();
    let events = read(&events(&planted));
    for format in &export::FORMATS {
        let exported = format.export(&events, Secrecy::Redacted, Salt::default());
        planted.assert_absent(format.id, &exported.content);
        planted.assert_absent(format.id, &exported.name);
        assert!(!exported.content.contains(NAME_ID), "{}", format.id);
        let imported = import::file("a", exported.content.as_bytes(), NOW);
        planted.assert_absent("a redacted file that was read", &debug(&imported));
        assert!(imported.events.len() > 4, "{}: {}", format.id, imported.events.len());
        let clear = format.export(&events, Secrecy::Clear, Salt::default());
        assert!(clear.content.contains("s3cr3t"), "{} in clear", format.id);
        // Read in clear, it prints as little as what a browser told; a damaged file's flaws repeat nothing.
        for end in [clear.content.len(), clear.content.len() / 2] {
            let imported = import::file("a", clear.content.get(..end).unwrap_or_default().as_bytes(), NOW);
            planted.assert_absent("a file", &debug(&imported));
            let said: Vec<String> = imported.flaws.iter().map(|flaw| flaw.text.to_string()).collect();
            planted.assert_absent("a file's flaws", &said.join(" "));
        }
    }
}

#[test]
fn a_report_holds_no_secret_and_no_message_even_in_clear() {
    let planted = Planted::default();
    let events = read(&events(&planted));
    for report in &REPORTS {
        let redacted = report.export(&events, Secrecy::Redacted, Salt::default(), NOW);
        planted.assert_absent(report.id, &(redacted.content.clone() + &redacted.name));
        assert!(!redacted.content.contains(NAME_ID), "{}", report.id);
        let clear = report.export(&events, Secrecy::Clear, Salt::default(), NOW);
        planted.assert_absent(report.id, &(clear.content.clone() + &clear.name));
        let name_id = NAME_ID.replace('-', if report.id == "markdown" { "\\-" } else { "-" });
        assert!(clear.content.contains(&name_id), "{}: {}", report.id, clear.content);
    }
}

#[test]
fn no_error_repeats_a_value() {
    let planted = Planted::default();
    let p = || planted.plant();
    let wrong_values = || {
        // The second one speaks like the error itself.
        let sly = format!("x\" {} \", expected `{}`", p(), p());
        [
            json!(p()),
            json!(sly),
            json!([p()]),
            json!({p(): p()}),
            json!([[p()]]),
            json!([{p(): p()}]),
            json!(-7),
        ]
    };
    let mut refused = 0;
    for event in events(&planted) {
        let names: Vec<String> = event.as_object().unwrap().keys().cloned().collect();
        for (name, value) in names.iter().flat_map(|name| wrong_values().map(|value| (name, value))) {
            let mut wrong = event.clone();
            wrong[name] = value;
            let file = format!("{{\"samlight_trace\":1}}\n{wrong}\n");
            let log = Log::read(&file);
            planted.assert_absent("a log's problems", &debug(&log.problems));
            refused += log.problems.len();
            let said: Vec<String> = log.problems.iter().map(ToString::to_string).collect();
            planted.assert_absent("a log's problem", &said.join(" "));
        }
        let line = event.to_string();
        let half = line.get(..line.len() / 2).unwrap_or_default();
        let log = Log::read(&format!("{{\"samlight_trace\":1}}\n{half}\n"));
        assert_eq!(log.problems.len(), 1);
        planted.assert_absent("the problem of a line that is cut off", &log.problems[0].to_string());
    }
    assert!(refused > 100, "{refused}");
    for line in
        wrong_values().map(|value| value.to_string()).into_iter().chain([p(), format!("{{\"id\":{}", p())])
    {
        for file in [format!("{{\"samlight_trace\":1}}\n{line}\n"), format!("{line}\n")] {
            let said: Vec<String> = Log::read(&file).problems.iter().map(ToString::to_string).collect();
            assert_eq!(said.len(), 1, "{file}");
            planted.assert_absent("a log's problem", &said[0]);
        }
    }
    for call in wrong_values().map(|value| json!({"call": value})).into_iter().chain(wrong_values()) {
        let reply = own_pages::answer_json(
            &mut Tracer::new(),
            &mut None,
            &mut Lines::default(),
            &Context::default(),
            &call.to_string(),
        );
        assert!(matches!(&reply, OwnReply::Refused(_)), "{call}");
        planted.assert_absent("a refused call", &debug(&reply));
    }
}

#[test]
fn a_content_script_brings_in_no_secret_and_gets_none() {
    let planted = Planted::default();
    let p = || planted.plant();
    let mut tracer = Tracer::replay(read(&events(&planted)));
    let place = Place { tab: 1, ..Place::default() };
    let sender = Sender { origin: "https://gitlab.com".into(), place };
    let url = "https://gitlab.com/groups/acme/-/saml";
    let user = json!({"id": 48, "username": "alex", "private_token": p(), "identities": []});
    let calls = [
        json!({"call": "opened", "url": url, "later": p()}),
        json!({"call": "read", "url": url, "page": "group-saml-settings", "fields": {"csrf": [p()], p(): []},
            "rows": [{"user": "48", "saml": "alex", "scim_token": p()}]}),
        json!({"call": "read", "url": url, "page": p(), "fields": {"flash": [p()]}, "rows": []}),
        json!({"call": "answered", "url": url, "path": "/api/v4/user", "status": 200, "body": user.to_string()}),
        json!({"call": "answered", "url": url, "path": "/api/v4/personal_access_tokens", "status": 200, "body": p()}),
        json!({"call": "answered", "url": url, "path": "/api/v4/user", "status": 500, "body": p()}),
    ];
    for (n, call) in (100..).zip(calls) {
        let call: PageCall = serde_json::from_value(call).unwrap();
        planted.assert_absent("a call", &debug(&call));
        let (reply, event) =
            content_script::answer(&mut tracer, &mut None, &sender, EventId::new(NOW, "a", n), call);
        let shown: Map<String, Value> = json!({"reply": reply, "event": event}).as_object().unwrap().clone();
        planted.assert_absent("a reply or what is stored", &json!(shown).to_string());
    }
    planted.assert_absent("the trace", &debug(&tracer));
}
