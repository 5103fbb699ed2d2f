//! A file that is shared holds no secret, wherever one was planted, and still shows each mismatch.
//!
//! The first test plants a value in every text of every kind of event, as it is, behind what was there and in
//! each part of an address, and in every place of a message, and looks for each in every output and in
//! several writings. The events are written out field by field without a rest: a new field does not compile
//! until a value stands in it, and then it is planted.
//!
//! The other tests are the laws of pseudonyms: what GitLab's comparison says of two values it says of their
//! pseudonyms, and what it says of a sign-in it says of that in the redacted file.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops where it fails

mod flows;
mod group;
mod planted;
mod samples;
mod scim;
#[path = "../signer/mod.rs"]
mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use planted::{Planted, assert_nothing_planted, message_places, places, ways};
use proptest::{prelude::*, sample::select};
use samlight::{
    base::{instant::Timestamp, pseudonym::Salt},
    case::Case,
    comparison::{is_email, is_near_miss, verdict},
    event::{Body, Event, EventId, Told, log::Log},
    file::{
        export::{self, Receipt, Redaction, Secrecy},
        import,
    },
    gitlab::pages,
    trace::tracer::Tracer,
    view::{owner_message::owner_message, report::REPORTS},
};
use samples::{ACS, NOW, events, response};
use serde_json::{Value, json};

/// Every event of `xml` with a value planted in each of its texts in each way; those that can be read.
fn planted_events(planted: &mut Planted) -> Vec<Event> {
    let mut all = Vec::new();
    let mut add = |event: Value| {
        if let Ok(event) = serde_json::from_value::<Event>(event) {
            all.push(event);
        }
    };
    for event in events(&response("Ada-1")) {
        let event = json!(event);
        let mut found = Vec::new();
        places(&event, "", &mut found);
        for place in found {
            let text = event.pointer(&place).unwrap().as_str().unwrap().to_owned();
            let is_message = text.len() > 1_000;
            for way in ways(if is_message { "" } else { &text }, planted) {
                let mut changed = event.clone();
                *changed.pointer_mut(&place).unwrap() = match place.as_str() {
                    "/id" => format!("{}-{way}-000001", NOW.0).into(),
                    _ => way.into(),
                };
                add(changed);
            }
        }
        // Names of fields that nobody knows, and of those that a map has.
        for place in ["", "/fields", "/rows/0"] {
            let mut changed = event.clone();
            if let Some(fields) = changed.pointer_mut(place).and_then(Value::as_object_mut) {
                let value =
                    if place == "/fields" { json!([planted.plant()]) } else { json!(planted.plant()) };
                fields.insert(planted.plant(), value);
                add(changed);
            }
        }
    }
    // In each value of a message, between its quotes or its tags: one alone, and each way in all at once; in
    // each way that a message travels.
    let xml = response("Ada-1");
    let places = message_places(&xml);
    let escaped = |way: &str| way.replace('&', "&amp;");
    let mut messages = Vec::new();
    for place in &places {
        let way = planted.plant();
        messages.push(format!("{}{way}{}", &xml[..place.start], &xml[place.end..]));
    }
    for n in 0..9 {
        let mut changed = xml.clone();
        for place in places.iter().rev() {
            let all_ways = ways(&xml[place.clone()], planted);
            let way = all_ways.get(n).unwrap_or(&all_ways[0]);
            changed.replace_range(place.clone(), &escaped(way));
        }
        messages.push(changed);
    }
    for xml in messages {
        let is_carrying = |body: &Body| {
            matches!(body, Body::Request(_) | Body::Response(_) | Body::Message(_))
                || matches!(body, Body::Page(page) if page.page == pages::SETTINGS)
        };
        let carrying = events(&xml).into_iter().filter(|event| is_carrying(&event.body));
        carrying.for_each(|event| add(json!(event)));
    }
    all
}

fn salt(n: u8) -> Salt {
    Salt::new([n; 16])
}

#[test]
fn a_planted_value_is_in_no_output_wherever_it_stood() {
    let mut planted = Planted(Vec::new());
    let all = planted_events(&mut planted);
    assert!(planted.0.len() > 500 && all.len() > 300, "{} {}", planted.0.len(), all.len());
    let mut outputs = 0;
    let mut look = |from: &str, output: &str| {
        outputs += 1;
        assert_nothing_planted(from, output);
    };
    let mut request = events(&response("Ada-1")).swap_remove(0);
    if let Body::Request(request) = &mut request.body {
        request.form.clear();
    }
    let events = &all;
    for format in &export::FORMATS {
        // Each alone, so that one does not hide another, behind the request that it may belong to; and all in
        // one file.
        let is_of_an_exchange = |event: &&Event| {
            matches!(event.body, Body::Request(_) | Body::Response(_) | Body::Sent(_) | Body::Failed(_))
        };
        for event in events.iter().filter(|event| format.id == "trace" || is_of_an_exchange(event)) {
            let exported = format.export(&[request.clone(), event.clone()], Secrecy::Redacted, salt(1));
            look(format.id, &(exported.content + &exported.name));
        }
        let exported = format.export(events, Secrecy::Redacted, salt(1));
        look(format.id, &exported.content);
        let said: Vec<String> = exported.receipt.unwrap().text().iter().map(ToString::to_string).collect();
        look("a receipt", &said.join(" "));
        let read = import::file("x", exported.content.as_bytes(), NOW);
        look("what is read of it", &format!("{read:?}"));
    }
    for report in &REPORTS {
        // As many at a time as a report tells sign-ins of.
        for some in events.chunks(20) {
            let told = [&[request.clone()], some].concat();
            let told = report.export(&told, Secrecy::Redacted, salt(1), NOW);
            look(report.id, &(told.content + &told.name));
        }
    }
    let mut redaction = Redaction::new(salt(1));
    for event in events {
        look("an event's Debug", &format!("{:?}", redaction.event(event)));
    }
    // Of what cannot be read as an event the errors repeat nothing: neither of a line that is cut off, nor a
    // text where there should be something else.
    for event in samples::events(&response("Ada-1")) {
        let event = json!(event);
        for place in event.as_object().unwrap().keys() {
            let mut changed = event.clone();
            changed[place] = planted.plant().into();
            let mut inner = event.clone();
            match &mut inner[place] {
                Value::Array(list) => list.iter_mut().for_each(|item| *item = planted.plant().into()),
                Value::Object(fields) => fields.values_mut().for_each(|item| *item = planted.plant().into()),
                _ => {}
            }
            for line in [changed, inner] {
                let log = Log::read(&format!("{{\"samlight_trace\":1}}\n{line}\n"));
                look("an error", &log.problems.iter().map(ToString::to_string).collect::<String>());
            }
        }
    }
    for event in events {
        let line = json!(event).to_string();
        for end in [line.len() / 3, line.len() / 2] {
            let cut = &line[..line.floor_char_boundary(end)];
            let log = Log::read(&format!("{{\"samlight_trace\":1}}\n{cut}\n"));
            look("an error", &log.problems.iter().map(ToString::to_string).collect::<String>());
        }
    }
    println!("{} values, {} events, {outputs} outputs", planted.0.len(), all.len());
}

/// A sign-in that failed: the answer to a Response, and the page that follows.
fn refused(location: &str, flash: &str, xml: &str) -> Vec<Event> {
    let page = json!({"kind": "page", "tab": 1, "page": "any", "url": "https://gitlab.com/groups/acme/-/saml/sso",
        "fields": {"flash": [flash]}});
    let bodies = [
        json!({"kind": "request", "request": "1", "tab": 1, "method": "POST", "url": ACS, "body": "form",
            "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]], ["RelayState", ["pLaNTed-relay"]]]}),
        json!({"kind": "response", "request": "1", "tab": 1, "method": "POST", "url": ACS, "status": 302,
            "location": location}),
        page,
    ];
    (0..)
        .zip(bodies)
        .map(|(n, mut body)| {
            body["id"] = EventId::new(Timestamp(NOW.0 + i64::from(n)), "boot", n).to_string().into();
            serde_json::from_value(body).unwrap()
        })
        .collect()
}

#[test]
fn the_message_to_the_owner_holds_no_planted_value() {
    let landing = "https://gitlab.com/groups/acme/-/saml/sso";
    let xml = response("Ada-1");
    let mut planted = Planted(Vec::new());
    let mut messages = 0;
    let mut look = |events: Vec<Event>| {
        let tracer = Tracer::replay(events);
        for flow in tracer.flows() {
            if let Some(message) = owner_message(&Case::new(&tracer, flow, NOW)) {
                messages += 1;
                assert_nothing_planted("the message to the owner", &message.text);
            }
        }
    };
    let said = "Unable to sign in to group with SAML: \"Fingerprint mismatch\"";
    for way in ways(said, &mut planted) {
        look(refused(landing, &way, &xml));
    }
    for way in ways("https://gitlab.com/x", &mut planted) {
        look(refused(landing, &format!("{said} see {way}"), &xml));
        look(refused(&way, said, &xml));
        let address = way.replace('&', "&amp;");
        for place in ["Destination", "Recipient"] {
            look(refused(
                landing,
                said,
                &xml.replace(&format!("{place}=\"{ACS}\""), &format!("{place}=\"{address}\"")),
            ));
        }
    }
    // Of what the identity provider says of a refusal only known codes. Signed, so that nothing is worse.
    // In time, too.
    let xml = xml.replace("T09:05:00Z", "T09:15:00Z");
    let failed = xml.replace(
        "status:Success\"/>",
        "status:Responder\"><samlp:StatusCode Value=\"second\"/></samlp:StatusCode>",
    );
    let refusing = |before: &str, after: &str| {
        let changed = samples::unsigned(&failed).replace(before, &after.replace('&', "&amp;"));
        refused(landing, said, &signer::signed(&changed).unwrap())
    };
    for way in ways("https://idp.example.com/help", &mut planted) {
        for said in [way.clone(), format!("AADSTS50105{way}"), format!("AADSTS50105: {way}")] {
            look(refusing("all is well", &said));
        }
        for code in ["urn:oasis:names:tc:SAML:2.0:status:Responder", "second"] {
            look(refusing(code, &way));
            look(refusing(code, &format!("urn:oasis:names:tc:SAML:2.0:status:{way}")));
        }
    }
    // Signs of an attack name parts of the message: an ID, an algorithm, an element.
    let signed = signer::signed(&samples::unsigned(&xml)).unwrap();
    for of in [&xml, &failed, &signed] {
        for place in message_places(of) {
            let text = &of[place.clone()];
            let is_compared = ["Ada-1", "@example.com", "idp.example.com/metadata", "gitlab.com"];
            if !is_compared.iter().any(|known| text.contains(known)) {
                let changed = format!("{}{}{}", &of[..place.start], planted.plant(), &of[place.end..]);
                look(refused(landing, said, &changed));
            }
        }
    }
    assert!(messages > 200, "{messages}");
}

/// The names that stand for two values in one file.
fn pseudonyms(a: &str, b: &str, salt: Salt) -> (String, String) {
    let told = Told {
        saml_extern_uid: Some(Some(a.to_owned())),
        scim_extern_uid: Some(Some(b.to_owned())),
        ..Told::default()
    };
    let event = Event::new(EventId::new(NOW, "boot", 0), Body::Told(told));
    match Redaction::new(salt).event(&event).body {
        Body::Told(Told { saml_extern_uid: Some(Some(a)), scim_extern_uid: Some(Some(b)), .. }) => (a, b),
        other => panic!("{other:?}"),
    }
}

/// Values that people have as identifiers.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,8}[._-]?[a-zA-Z0-9]{0,8}@[a-z]{1,8}\\.(com|example|org)",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "00u[a-zA-Z0-9]{17}",
        "[a-zA-Z0-9_.-]{1,20}",
        "[A-Z][a-z]{2,9} [A-Z][a-zäöüé]{2,9}",
        "\\PC{1,12}",
    ]
}

/// One change of a value that people make.
fn changed() -> impl Strategy<Value = (String, String)> {
    let change = select(vec![
        "none", "upper", "lower", "title", "before", "after", "tab", "inside", "hidden", "escaped", "wide",
        "letter", "other",
    ]);
    (value(), change, value(), any::<prop::sample::Index>()).prop_map(|(value, change, other, index)| {
        let at = value
            .char_indices()
            .map(|(at, _)| at)
            .nth(index.index(value.chars().count().max(1)))
            .unwrap_or(0);
        let (left, right) = value.split_at(at);
        let first = right.chars().next().unwrap_or('x');
        let rest = right.get(first.len_utf8()..).unwrap_or_default();
        let change = match change {
            "none" => value.clone(),
            "upper" => value.to_uppercase(),
            "lower" => value.to_lowercase(),
            "title" => format!("{left}{}{rest}", first.to_uppercase()),
            "before" => format!(" {value}"),
            "after" => format!("{value}\n"),
            "tab" => format!("{value}\t "),
            "inside" => format!("{left} {right}"),
            "hidden" => format!("{left}\u{200b}{right}"),
            "escaped" => format!(
                "{left}{}{rest}",
                first.to_string().bytes().map(|o| format!("%{o:02x}")).collect::<String>()
            ),
            "wide" if first.is_ascii_graphic() => {
                format!("{left}{}{rest}", char::from_u32(u32::from(first) + 0xfee0).unwrap())
            }
            "letter" => format!("{left}x{right}"),
            _ => other,
        };
        (value, change)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_of_two_values_is_said_of_their_pseudonyms((a, b) in changed()) {
        let (x, y) = pseudonyms(&a, &b, salt(7));
        prop_assert_eq!(verdict(&a, &b), verdict(&x, &y), "{:?} {:?} became {:?} {:?}", a, b, x, y);
        prop_assert_eq!(is_near_miss(&a, &b), is_near_miss(&x, &y), "{:?} {:?} became {:?} {:?}", a, b, x, y);
        prop_assert_eq!(a == b, x == y);
        if a.is_ascii() && !a.contains('%') {
            prop_assert_eq!(is_email(&a), is_email(&x), "{:?} became {:?}", a, x);
        }
        // Another file has other names, and names say nothing of the value.
        let (elsewhere, _) = pseudonyms(&a, &b, salt(8));
        if a.chars().any(|c| c.is_ascii_alphanumeric()) {
            prop_assert_ne!(&elsewhere, &x);
            prop_assert!(a.len() < 4 || !x.to_lowercase().contains(&a.to_lowercase()), "{:?} became {:?}", a, x);
        }
    }

    #[test]
    fn a_mismatch_is_seen_in_the_redacted_file((sent, stored) in changed(), scim in value()) {
        let escaped: String = sent.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        let events = signed_in(&response(&escaped), &stored, &scim);
        let before = rows(&Tracer::replay(events.clone()));
        for format in &export::FORMATS[..1] {
            let exported = format.export(&events, Secrecy::Redacted, salt(3));
            let read = import::file("x", exported.content.as_bytes(), NOW);
            prop_assert_eq!(&before, &rows(&Tracer::replay(read.events)), "{}: {}", format.id, exported.content);
        }
        prop_assert!(before.iter().any(|row| row.starts_with("name-id-with-saml")), "{:?}", before);
    }
}

/// A sign-in with what GitLab's own answer says is stored.
fn signed_in(xml: &str, stored: &str, scim: &str) -> Vec<Event> {
    let mut events = refused("https://gitlab.com/acme", "Signed in with SAML for Acme", xml);
    let answer = json!({"kind": "answer", "tab": 1, "status": 200, "url": "https://gitlab.com/api/v4/user",
        "id": EventId::new(Timestamp(NOW.0 + 9), "boot", 9).to_string(),
        "answer": {"id": 48, "username": "ada", "name": "Ada Low", "email": "ada@example.com",
            "confirmed_at": "2026-01-01T00:00:00Z", "identities": [{"provider": "group_saml", "extern_uid": stored}],
            "scim_identities": [{"extern_uid": scim, "group_id": 1, "active": true}]}});
    events.push(serde_json::from_value(answer).unwrap());
    events
}

/// The verdicts of the comparison of each flow, row by row.
fn rows(tracer: &Tracer) -> Vec<String> {
    let flows = tracer.flows().iter().map(|flow| Case::new(tracer, flow, NOW));
    flows
        .flat_map(|case| {
            let rows = case.comparison().rows.iter();
            rows.map(|row| format!("{} {:?} {}", row.kind.id, row.verdict, row.is_accepted()))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_receipt_counts_what_was_replaced() {
    let events = signed_in(&response("Ada-1"), "ada-1", "other");
    let [trace, ..] = &export::FORMATS;
    let exported = trace.export(&events, Secrecy::Redacted, salt(1));
    let header: Value = serde_json::from_str(exported.content.lines().next().unwrap()).unwrap();
    let written: Receipt = serde_json::from_value(header["redacted"].clone()).unwrap();
    assert_eq!(Some(&written), exported.receipt.as_ref());
    assert!(written.pseudonyms > 5 && written.replaced.values().sum::<usize>() > 10, "{written:?}");
    assert_eq!(trace.export(&events, Secrecy::Clear, salt(1)).receipt, None);
}
