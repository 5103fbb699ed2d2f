//! Laws of files: no octets are too strange to be read, and what is written is read back as far as the format
//! holds it.

use super::generator::{any_json, trace};
use proptest::{prelude::*, sample::select};
use samlight::{
    base::{instant::Timestamp, pseudonym::Salt},
    binding::Carried,
    event::{Body, Event},
    file::{
        export::{self, Secrecy},
        import,
        recorded::{Hop, assemble},
    },
    trace::{exchange::End, tracer::Tracer},
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_862_800_000);

proptest! {
    #[test]
    fn any_octets_are_read(content in prop::collection::vec(any::<u8>(), 0..300)) {
        read_and_show(&content);
    }

    #[test]
    fn any_json_is_read_as_a_recording(entries in prop::collection::vec(entry(), 0..4), cut in 0..=100_usize, kind in 0..3_usize) {
        let file = match kind {
            0 => json!({"log": {"entries": entries}}).to_string(),
            1 => json!({"requests": entries, "timestamp": "2026-01-01T00:00:00Z"}).to_string(),
            _ => format!("{{\"samlight_trace\":1}}\n{}", entries.iter().map(|e| format!("{e}\n")).collect::<String>()),
        };
        let end = file.len() * cut / 100;
        read_and_show(&file.as_bytes()[..end]);
    }

    #[test]
    fn a_trace_is_read_back_as_it_was(events in trace()) {
        let read = exported_and_read("trace", &events);
        prop_assert_eq!(read, events);
    }

    #[test]
    fn a_har_holds_every_exchange_but_what_was_not_answered_yet(events in trace()) {
        let events = with_real_statuses(events);
        let kept: Vec<Hop> = assemble(&events).into_iter().filter(Hop::is_of_saml).map(as_har_holds).collect();
        let read = exported_and_read("har", &events);
        prop_assert_eq!(assemble(&read), kept);
        prop_assert_eq!(assemble(&exported_and_read("har", &read)), assemble(&read), "a second time");
        prop_assert!(holds_all(&messages(read), &messages(events)));
    }

    #[test]
    fn saml_tracers_json_holds_every_exchange_but_times_and_place(events in trace()) {
        let events = with_real_statuses(events);
        let kept: Vec<Hop> = assemble(&events).into_iter().filter(Hop::is_of_saml).collect();
        let read = exported_and_read("saml-tracer", &events);
        let bare = |hops: Vec<Hop>| hops.into_iter().map(as_saml_tracer_holds).collect::<Vec<_>>();
        prop_assert_eq!(bare(assemble(&read)), bare(kept));
        prop_assert!(holds_all(&messages(read), &messages(events)));
    }

    #[test]
    fn every_redacted_file_is_read_back(events in trace()) {
        for format in &export::FORMATS {
            let exported = format.export(&events, Secrecy::Redacted, Salt::default());
            let imported = import::file("x", exported.content.as_bytes(), NOW);
            prop_assert!(imported.flaws.iter().all(|flaw| flaw.code == "no-saml"), "{:?}", imported.flaws);
            super::show(&Tracer::replay(imported.events));
        }
    }
}

/// Something like an entry of a recording, with anything in the places that are read.
fn entry() -> impl Strategy<Value = Value> {
    let places = [
        "/startedDateTime",
        "/time",
        "/_place",
        "/request/url",
        "/request/method",
        "/request/headers",
        "/request/postData",
        "/request/postData/text",
        "/request/postData/params",
        "/response/status",
        "/response/headers",
        "/response/content",
        "/timings/wait",
        "/url",
        "/post",
        "/postData",
        "/saml",
        "/responseStatus",
        "/responseHeaders",
        "/id",
        "/kind",
    ];
    let whole = json!({
        "startedDateTime": "2026-01-01T00:00:00Z", "time": 1, "_place": {"tab": 1},
        "request": {"method": "POST", "url": "https://gitlab.com/groups/acme/-/saml/callback", "headers": [{"name": "Origin", "value": "x"}],
            "postData": {"mimeType": "", "text": "SAMLResponse=PHg%2BPC94Pg", "params": [{"name": "SAMLResponse", "value": "PHg%2B"}]}},
        "response": {"status": 302, "headers": [{"name": "Location", "value": "/?SAMLRequest=x"}], "content": {"mimeType": "text/xml", "text": "SAMLart"}},
        "timings": {"send": 1, "wait": 2}, "method": "POST", "url": "https://gitlab.com/?SAMLRequest=x",
        "post": [["SAMLResponse", "{hash:1}"]], "postData": {"SAMLResponse": ["x"]}, "saml": "<x/>",
        "responseStatus": 302, "responseHeaders": [["Date", "Thu, 01 Jan 2026 00:00:00 GMT"]],
        "id": "1767258000000-a-000001", "kind": "request",
    });
    let changes = prop::collection::vec((select(places.to_vec()), any_json()), 0..4);
    changes.prop_map(move |changes| {
        let mut entry = whole.clone();
        for (place, value) in changes {
            if let Some(there) = entry.pointer_mut(place) {
                *there = value;
            }
        }
        entry
    })
}

fn read_and_show(content: &[u8]) {
    let imported = import::file("x", content, NOW);
    assert!(
        !imported.events.is_empty() || !imported.flaws.is_empty(),
        "a file tells something or has a flaw"
    );
    let again = import::file("x", content, NOW);
    assert_eq!(imported, again);
    super::show(&Tracer::replay(imported.events.clone()));
    assert!(import::messages(imported).next().is_some(), "a file is never passed over in silence");
}

fn exported_and_read(format: &str, events: &[Event]) -> Vec<Event> {
    let exported = export::format(format).unwrap().export(events, Secrecy::Clear, Salt::default());
    import::file("x", exported.content.as_bytes(), NOW).events
}

/// No server answers with status 0: in a HAR that means that there was no answer.
fn with_real_statuses(mut events: Vec<Event>) -> Vec<Event> {
    for event in &mut events {
        if let Body::Response(response) = &mut event.body
            && response.status == 0
        {
            response.status = 200;
        }
    }
    events
}

/// An exchange that was answered is over, not before its answer; one that was not and did not fail has no
/// end.
fn as_har_holds(mut hop: Hop) -> Hop {
    let answered = hop.response.as_ref().map(|head| head.at);
    hop.end = match (hop.end, answered) {
        (Some(End::Completed(end)), Some(answered)) => Some(End::Completed(end.max(answered))),
        (Some(End::Failed(end, error)), answered) => {
            Some(End::Failed(answered.map_or(end, |answered| end.max(answered)), error))
        }
        (None, Some(answered)) => Some(End::Completed(answered)),
        (_, None) => None,
    };
    hop
}

fn as_saml_tracer_holds(mut hop: Hop) -> Hop {
    hop.start = Timestamp::default();
    hop.place = samlight::base::place::Place::default();
    hop.end = None;
    hop.response.iter_mut().for_each(|head| head.at = Timestamp::default());
    hop
}

/// Whether all of `wanted` is in `found`, in this order. A file can tell more: of a request that was not
/// recorded it has the address, and so the message in it.
fn holds_all(found: &[Carried], wanted: &[Carried]) -> bool {
    let mut found = found.iter();
    wanted.iter().all(|message| found.any(|other| other == message))
}

/// The messages of all exchanges, without what is not told by exchanges.
fn messages(events: Vec<Event>) -> Vec<Carried> {
    let http = events.into_iter().filter(|event| !matches!(event.body, Body::Message(_) | Body::Page(_)));
    let tracer = Tracer::replay(http);
    let seen = tracer.exchanges().iter().flat_map(|exchange| &exchange.messages);
    seen.map(|seen| seen.carried().clone()).collect()
}
