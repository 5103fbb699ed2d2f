//! Diagrams of generated sign-ins.

use super::*;
use crate::{event::Event, trace::tracer::Tracer};
use serde_json::{Value, json};

const IDP: &str = "https://idp.example.com/sso";
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
const REQUEST: &str = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" \
    Version=\"2.0\" Destination=\"https://idp.example.com/sso\" \
    AssertionConsumerServiceURL=\"https://gitlab.com/groups/acme/-/saml/callback\"/>";

fn response(status: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_a\" Version=\"2.0\" \
         InResponseTo=\"_r\"><samlp:Status><samlp:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:{status}\"/></samlp:Status></samlp:Response>"
    )
}

fn shown(events: &[Value]) -> Vec<String> {
    let arrow = |arrow: &ArrowView| {
        let since = arrow.since.map(|since| format!(" +{since}")).unwrap_or_default();
        format!("{}>{} {} {:?}{since}", arrow.from, arrow.to, arrow.label, arrow.state)
    };
    view_of(events).arrows.iter().map(arrow).collect()
}

fn view_of(events: &[Value]) -> SequenceView {
    let events: Vec<Event> = events
        .iter()
        .enumerate()
        .map(|(at, event)| {
            let mut event = event.clone();
            let at_time = event.as_object_mut().and_then(|event| event.remove("at"));
            let time = at_time.and_then(|at| at.as_u64()).unwrap_or(at as u64 * 500);
            event["id"] = json!(format!("{:013}-test-{at:06}", 1_767_258_000_000 + time));
            serde_json::from_value(event).unwrap()
        })
        .collect();
    let tracer = Tracer::replay(events);
    let flow = tracer.flows().last().unwrap();
    let case = Case::new(&tracer, flow, Timestamp(1_767_258_010_000));
    crate::view::flow::flow_view(&case).sequence
}

fn encoded(xml: &str) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(xml)
}

fn place() -> Value {
    json!({ "tab": 1, "private": false, "cookie_store": "" })
}

/// GitLab sends the AuthnRequest away; it rides in the redirect.
fn sent_away() -> Vec<Value> {
    let start = "https://gitlab.com/users/auth/group_saml";
    let query = percent_encoding::utf8_percent_encode(&encoded(REQUEST), percent_encoding::NON_ALPHANUMERIC)
        .to_string();
    vec![json!({ "kind": "response", "request": "1", "place": place(), "method": "POST", "url": start,
        "status": 302, "location": format!("{IDP}?SAMLRequest={query}") })]
}

fn posted(status: &str, location: &str) -> Vec<Value> {
    let posts = json!({ "kind": "request", "request": "2", "place": place(), "method": "POST", "url": ACS,
        "body": "form", "form": [["SAMLResponse", [encoded(&response(status))]]] });
    let answers = json!({ "kind": "response", "request": "2", "place": place(), "method": "POST", "url": ACS,
        "status": 302, "location": location });
    vec![posts, answers]
}

#[test]
fn a_sign_in_that_waits_for_the_identity_provider() {
    assert_eq!(
        shown(&sent_away()),
        [
            "1>0 Request without SAML NotSeen",
            "0>1 AuthnRequest Seen",
            "1>2 AuthnRequest NotSeen",
            "2>1 Response Waiting"
        ]
    );
}

#[test]
fn a_refusal_of_the_identity_provider_is_marked_where_it_came_from() {
    let events = [sent_away(), posted("Responder", "https://gitlab.com/groups/acme/-/saml/sso")].concat();
    assert_eq!(
        shown(&events),
        [
            "1>0 Request without SAML NotSeen",
            "0>1 AuthnRequest Seen",
            "1>2 AuthnRequest NotSeen",
            "2>1 Response NotSeen",
            "1>0 Response Failed +500",
            "0>1 GitLab refused Seen +500"
        ]
    );
}

#[test]
fn an_unasked_sign_in_that_gitlab_takes() {
    let events = posted("Success", "https://gitlab.com/acme");
    let shown = shown(&events);
    assert_eq!(shown.first().map(String::as_str), Some("2>1 Response NotSeen"));
    assert_eq!(shown.iter().filter(|arrow| arrow.contains("Failed")).count(), 1, "no NameID: {shown:?}");
}

#[test]
fn a_broken_connection_is_the_failure() {
    let mut events = posted("Success", "https://gitlab.com/acme");
    events.pop();
    events.push(json!({ "kind": "failed", "request": "2", "error": "net::ERR_CONNECTION_RESET" }));
    assert_eq!(shown(&events), ["2>1 Response NotSeen", "1>0 Response Failed"]);
}

/// GitLab sends away, the Response comes after `wait` milliseconds, and GitLab refuses it.
fn refused_after(wait: u64) -> SequenceView {
    let mut events = [sent_away(), posted("Responder", "https://gitlab.com/groups/acme/-/saml/sso")].concat();
    for (event, at) in events.iter_mut().zip([0, wait, wait + 500]) {
        event["at"] = json!(at);
    }
    view_of(&events)
}

#[test]
fn an_arrow_has_its_method_its_status_its_place_and_its_message() {
    let view = refused_after(500);
    let shown = |arrow: &ArrowView| (arrow.http.clone(), arrow.place.clone(), arrow.message);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        view.arrows.iter().map(shown).collect::<Vec<_>>(),
        [
            (some("POST"), some("/users/auth/group_saml"), None),
            (some("302"), some("to idp.example.com"), Some(0)),
            (None, None, None),
            (None, None, None),
            (some("POST"), some("/groups/acme/-/saml/callback"), Some(1)),
            (some("302"), some("to /groups/acme/-/saml/sso"), None),
        ]
    );
    let words: Vec<_> = view.arrows.iter().map(|arrow| arrow.text.as_str()).collect();
    assert_eq!(words[1], "GitLab → Your browser: 302 AuthnRequest");
    assert_eq!(words[2], "Your browser → Identity provider: AuthnRequest (not visible)");
    assert_eq!(words[4], "Your browser → GitLab: POST Response (failed here)");
}

#[test]
fn a_wait_is_told_where_the_time_was_spent() {
    let pauses = |view: SequenceView| -> Vec<_> {
        let arrows = view.arrows.into_iter().enumerate();
        arrows.filter_map(|(at, arrow)| Some((at, arrow.pause?))).collect()
    };
    assert_eq!(pauses(refused_after(PAUSE as u64 - 1)), []);
    assert_eq!(pauses(refused_after(38_000)), [(3, "38.0 s at the identity provider".to_owned())]);
    let mut slow = posted("Success", "https://gitlab.com/acme");
    slow[1]["at"] = json!(9_000);
    assert_eq!(pauses(view_of(&slow)), [(2, "9.0 s later".to_owned())]);
}

#[test]
fn the_legend_has_the_lines_that_are_there() {
    let states = |view: SequenceView| -> Vec<_> { view.legend.into_iter().map(|line| line.state).collect() };
    assert_eq!(states(refused_after(500)), [ArrowState::Seen, ArrowState::NotSeen, ArrowState::Failed]);
    assert_eq!(states(view_of(&sent_away())), [ArrowState::Seen, ArrowState::NotSeen, ArrowState::Waiting]);
}

#[test]
fn a_copy_for_a_ticket_has_hosts_and_no_path_and_no_query() {
    let text = refused_after(38_000).mermaid;
    for line in [
        "participant I as Identity provider (idp.example.com)",
        "G->>B: 302 AuthnRequest",
        "Note over I: 38.0 s at the identity provider",
        "B-xG: POST Response (failed here)",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("/saml") && !text.contains("SAMLRequest"), "{text}");
}
