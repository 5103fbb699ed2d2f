//! All that belongs to private windows goes when the last of them closes, and nothing else does; what goes
//! for want of room is counted.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used)]

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    event::{Event, EventId},
    trace::{room, tracer::Tracer},
};
use serde_json::{Value, json};

const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

/// The events of a sign-in that began at the identity provider, in the tab `tab`.
fn sign_in(tab: i64, more: &Value) -> Vec<Value> {
    let xml = format!("<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r{tab}\"/>");
    let request = format!("r{tab}");
    let mut events = vec![
        json!({"kind": "request", "request": request, "tab": tab, "method": "POST", "url": ACS, "body": "form",
            "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]}),
        json!({"kind": "sent", "request": request, "origin": "https://idp.example.com"}),
        json!({"kind": "response", "request": request, "tab": tab, "method": "POST", "url": ACS, "status": 302}),
    ];
    for event in events.iter_mut().filter(|event| event["kind"] != "sent") {
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    events
}

fn read(events: Vec<Value>) -> Vec<Event> {
    let with_id = |(number, mut event): (usize, Value)| {
        event["id"] = format!("1767258000000-test-{number:06}").into();
        serde_json::from_value(event).unwrap()
    };
    events.into_iter().enumerate().map(with_id).collect()
}

/// The sign-ins that go with these events.
fn lost(tracer: &Tracer, gone: &[EventId]) -> usize {
    room::losses(tracer, gone).iter().map(|loss| loss.flows).sum()
}

#[test]
fn private_events_are_those_of_private_tabs_alone() {
    let page =
        json!({"kind": "page", "tab": 2, "page": "flash", "url": "https://gitlab.com/acme", "fields": {}});
    for (told_by, more) in [
        // Firefox says it of each request, Chromium of tabs.
        (Vec::new(), json!({"private": true, "cookie_store": "firefox-private"})),
        (vec![json!({"kind": "tab", "tab": 2, "private": true})], json!({})),
    ] {
        let private = [sign_in(2, &more), told_by].concat();
        let count = private.len();
        let events = read([sign_in(1, &json!({})), private, sign_in(3, &json!({}))].concat());
        let tracer = Tracer::replay(events.clone());
        let gone = room::private_events(&tracer);
        assert_eq!(gone.len(), count, "{gone:?}");
        assert_eq!((tracer.flows().len(), lost(&tracer, &gone)), (3, 1));
        let losses = room::losses(&tracer, &gone);
        assert!(losses.iter().all(|loss| loss.host.is_empty()), "where it went is not told: {losses:?}");
        let rest = Tracer::replay(events.into_iter().filter(|event| !gone.contains(&event.id)));
        assert_eq!(rest.flows().iter().map(|flow| flow.place.tab).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(room::private_events(&rest), []);
    }
    // A page of a tab that turns out to be private goes with it.
    let events = read([vec![page], vec![json!({"kind": "tab", "tab": 2, "private": true})]].concat());
    assert_eq!(room::private_events(&Tracer::replay(events)).len(), 2);
}

#[test]
fn what_goes_for_want_of_room_is_counted_by_sign_ins() {
    let events = read((0..10).flat_map(|tab| sign_in(tab, &json!({}))).collect());
    let tracer = Tracer::replay(events);
    let gone = room::evict(&tracer, room::size(&tracer) / 2);
    assert_eq!((lost(&tracer, &gone), gone.len()), (5, 15));
    assert_eq!(room::evict(&tracer, room::size(&tracer)), []);
}

#[test]
fn a_private_request_may_be_dropped_like_any_other() {
    let private = json!({"private": true});
    let tracer = Tracer::replay(read([sign_in(1, &private), sign_in(2, &private)].concat()));
    assert_eq!(room::evict(&tracer, 0).len(), 6);
}
