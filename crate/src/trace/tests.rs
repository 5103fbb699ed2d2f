//! The cost of joining: an event of a late sign-in looks at as much as one of an early one. Counted are the
//! exchanges and flows that are looked at, never time.

use super::{count, room, tracer::Tracer};
use crate::{event::Event, file::import};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// When the first sign-in begins.
const START: i64 = 1_767_600_000_000;

fn event(number: usize, minute: usize, mut body: Value) -> Event {
    body["id"] = format!("{:013}-a-{:06}", START + 60_000 * minute as i64, number).into();
    serde_json::from_value(body).unwrap()
}

fn in_base64(xml: &str) -> String {
    BASE64_STANDARD.encode(xml)
}

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

fn request_of(number: usize) -> String {
    let xml = format!(
        r#"<p:AuthnRequest xmlns:p="{PROTOCOL}" ID="_q{number}" AssertionConsumerServiceURL="{ACS}"/>"#
    );
    in_base64(&xml).replace('+', "%2B").replace('=', "%3D")
}

fn response_to(number: usize, named: bool) -> String {
    let answers = if named { format!(r#" InResponseTo="_q{number}""#) } else { String::new() };
    in_base64(&format!(r#"<p:Response xmlns:p="{PROTOCOL}" ID="_r{number}"{answers}/>"#))
}

/// The events of one sign-in: GitLab's redirect, the Response, its answer, the page that it leads to.
fn sign_in(number: usize, tab: i64, named: bool) -> Vec<Event> {
    let n = number * 10;
    let event = |offset: usize, body: Value| event(n + offset, number, body);
    let to_idp = format!("https://idp.example.com/sso?SAMLRequest={}", request_of(number));
    let start = "https://gitlab.com/groups/acme/-/saml/sso";
    let place = json!({"tab": tab});
    let with = |mut body: Value| {
        body["tab"] = place["tab"].clone();
        body
    };
    vec![
        event(
            0,
            with(json!({"kind": "response", "request": format!("s{number}"), "method": "POST", "url": start,
            "status": 302, "location": to_idp})),
        ),
        event(
            1,
            with(json!({"kind": "request", "request": format!("r{number}"), "method": "POST", "url": ACS,
            "body": "form", "form": [["SAMLResponse", [response_to(number, named)]]]})),
        ),
        event(
            2,
            json!({"kind": "sent", "request": format!("r{number}"), "origin": "https://idp.example.com"}),
        ),
        event(
            3,
            with(json!({"kind": "response", "request": format!("r{number}"), "method": "POST", "url": ACS,
            "status": 302, "location": "https://gitlab.com/acme"})),
        ),
        event(
            4,
            with(json!({"kind": "request", "request": format!("r{number}"), "method": "GET",
            "url": "https://gitlab.com/acme"})),
        ),
        event(5, json!({"kind": "completed", "request": format!("r{number}")})),
        event(
            6,
            with(json!({"kind": "page", "url": "https://gitlab.com/acme", "page": "flash", "fields": {}})),
        ),
    ]
}

/// The number of exchanges and flows that the events of sign-in `last` look at, in a trace of as many before
/// it.
fn looks_of(last: usize, in_one_tab: bool, named: bool) -> usize {
    let tab = |number: usize| if in_one_tab { 7 } else { number as i64 % 50 };
    let mut tracer = Tracer::replay((0..last).flat_map(|number| sign_in(number, tab(number), named)));
    assert_eq!(tracer.flows().len(), last);
    let looks = count::of(|| {
        for event in sign_in(last, tab(last), named) {
            tracer.observe(&event);
        }
    });
    assert_eq!(tracer.flows().len(), last + 1);
    assert!(tracer.flows()[last].response.is_some() && !tracer.flows()[last].outcomes.is_empty());
    looks
}

#[test]
fn an_event_of_a_late_sign_in_looks_at_as_much_as_one_of_an_early_one() {
    // Three exchanges a sign-in: some 200 exchanges and some 2,000; and once, where most could be meant,
    // 20,000.
    let cases = [(true, true, 667), (false, true, 667), (false, false, 667), (true, false, 6_667)];
    for (in_one_tab, named, sign_ins) in cases {
        let (early, late) = (looks_of(67, in_one_tab, named), looks_of(sign_ins, in_one_tab, named));
        assert!(
            early > 0 && late <= 2 * early,
            "{in_one_tab} {named}: {early} after 67, {late} after {sign_ins}"
        );
    }
}

#[test]
fn a_replay_looks_at_twice_as_much_for_twice_as_many_events() {
    let looks = |sign_ins: usize| {
        let events: Vec<Event> = (0..sign_ins).flat_map(|number| sign_in(number, 7, false)).collect();
        count::of(|| drop(Tracer::replay(events)))
    };
    let (half, whole) = (looks(500), looks(1_000));
    assert!(half > 500 && whole <= half * 21 / 10, "{half} for 500 sign-ins, {whole} for 1,000");
}

/// The events of one repetition; the number tells them apart.
type Repeated = fn(usize) -> Vec<Event>;

/// Cases in which a look at all that is there would be the easy way.
#[test]
fn what_a_hostile_page_or_file_repeats_costs_no_more_each_time() {
    let kinds: [(&str, Repeated); 5] = [
        ("one id for all messages", |n| {
            let xml = format!(r#"<p:Response xmlns:p="{PROTOCOL}" ID="_same" Destination="{n}"/>"#);
            vec![event(
                n,
                n,
                json!({"kind": "request", "request": format!("r{n}"), "method": "POST", "url": ACS,
                "tab": 7, "form": [["SAMLResponse", [in_base64(&xml)]]]}),
            )]
        }),
        ("one message again and again", |n| {
            vec![event(
                n,
                n,
                json!({"kind": "request", "request": format!("r{n}"), "method": "POST", "url": ACS,
                "tab": 7, "form": [["SAMLResponse", [response_to(1, false)]]]}),
            )]
        }),
        ("sign-ins that nobody answers, and calls without a message", |n| {
            let url = format!("https://idp.example.com/sso?SAMLRequest={}", request_of(n));
            let other = "https://gitlab.com/groups/other/-/saml/callback";
            vec![
                event(
                    2 * n,
                    n,
                    json!({"kind": "request", "request": format!("q{n}"), "method": "GET", "url": url,
                    "tab": 7}),
                ),
                event(
                    2 * n + 1,
                    n,
                    json!({"kind": "request", "request": format!("c{n}"), "method": "POST",
                    "url": other, "tab": 7}),
                ),
            ]
        }),
        ("one request of the browser for everything", |n| {
            vec![event(
                n,
                n,
                json!({"kind": "request", "request": "same", "method": "POST", "url": ACS,
                "tab": 7, "form": [["SAMLResponse", [response_to(n, true)]]]}),
            )]
        }),
        ("pages without a sign-in", |n| {
            vec![event(
                n,
                n,
                json!({"kind": "page", "url": "https://gitlab.com/acme", "page": "flash", "tab": 7,
                "fields": {}}),
            )]
        }),
    ];
    for (what, kind) in kinds {
        let looks = |before: usize| {
            let mut tracer = Tracer::replay((0..before).flat_map(kind));
            count::of(|| kind(before).iter().for_each(|event| drop(tracer.observe(event))))
        };
        let (early, late) = (looks(100), looks(3_000));
        assert!(late <= 2 * early.max(1), "{what}: {early} after 100, {late} after 3,000");
    }
}

#[test]
fn an_answer_that_comes_late_looks_at_what_began_since_and_at_nothing_before() {
    let slow = |tab: i64| {
        let to_idp = format!("https://idp.example.com/sso?SAMLRequest={}", request_of(999_999));
        let start = "https://gitlab.com/groups/acme/-/saml/sso";
        let request =
            json!({"kind": "request", "request": "slow", "method": "POST", "url": start, "tab": tab});
        let answer = json!({"kind": "response", "request": "slow", "method": "POST", "url": start, "tab": tab,
            "status": 302, "location": to_idp});
        (request, answer)
    };
    let looks = |before: usize| {
        let (request, answer) = slow(7);
        let mut tracer = Tracer::replay((0..before).flat_map(|number| sign_in(number, 7, false)));
        tracer.observe(&event(before * 10, before, request));
        sign_in(before + 1, 8, true).iter().for_each(|event| drop(tracer.observe(event)));
        let looks = count::of(|| drop(tracer.observe(&event(before * 10 + 19, before + 1, answer))));
        assert_eq!(tracer.flows().len(), before + 2);
        looks
    };
    let (early, late) = (looks(67), looks(1_000));
    assert!(late <= 2 * early, "{early} after 67, {late} after 1,000");
}

#[test]
fn a_har_of_twice_as_many_exchanges_is_read_at_twice_the_cost() {
    let har = |entries: usize| {
        let entry = |n: usize| {
            json!({"startedDateTime": "2026-01-05T08:00:00.000Z", "time": 5.0,
                "request": {"method": "POST", "url": ACS, "headers": [],
                    "postData": {"mimeType": "application/x-www-form-urlencoded",
                        "params": [{"name": "SAMLResponse", "value": response_to(n, false)}]}},
                "response": {"status": 302, "headers": [], "redirectURL": "https://gitlab.com/acme"}})
        };
        let entries: Vec<Value> = (0..entries).map(entry).collect();
        json!({"log": {"version": "1.2", "entries": entries}}).to_string()
    };
    let looks = |entries: usize| {
        let har = har(entries);
        let mut messages = 0;
        let looks = count::of(|| {
            let now = crate::base::instant::Timestamp(START);
            messages = import::messages(import::file("a.har", har.as_bytes(), now)).count();
        });
        assert_eq!(messages, entries);
        looks
    };
    let (half, whole) = (looks(300), looks(600));
    assert!(half > 300 && whole <= half * 21 / 10, "{half} for 300, {whole} for 600");
}

/// A message of a page that floods. Each third one shares a request of the browser with the one long before
/// it, as hops of one redirect do.
fn flood(number: usize) -> Event {
    let chain = if number.is_multiple_of(3) { "chain".to_owned() } else { format!("f{number}") };
    let body = json!({"kind": "request", "request": chain, "tab": 66, "method": "POST",
        "url": "https://flood.example.com/", "body": "form", "form": [["SAMLResponse", [format!("{number:0400}")]]]});
    let mut event = event(number, 0, body);
    event.id.time.0 += number as i64 * 6;
    event
}

#[test]
fn ten_thousand_messages_of_a_minute_cost_what_they_weigh_and_push_out_no_other_tab() {
    const MANY: usize = 10_000;
    let mut honest = sign_in(0, 7, true);
    // In the midst of the flood.
    for (place, event) in honest.iter_mut().enumerate() {
        event.id.time.0 = START + 30_000 + place as i64;
    }
    let all = |many: usize| {
        let mut events: Vec<Event> = (1_000..1_000 + many).map(flood).chain(honest.clone()).collect();
        events.sort_by(|a, b| a.id.cmp(&b.id));
        events
    };
    let cost = |many: usize| {
        let tracer = Tracer::replay(all(many));
        let mut dropped = Vec::new();
        let looks = count::of(|| dropped = room::evict(&tracer, room::size(&tracer) / 4 * 3));
        assert!(dropped.len() >= many / 5, "{} of {many}", dropped.len());
        let kept = honest.iter().all(|event| !dropped.contains(&event.id));
        assert!(kept, "the sign-in of another tab stays");
        let [loss] = &room::losses(&tracer, &dropped)[..] else { panic!("one tab lost something") };
        assert_eq!((loss.tab, loss.host.as_str()), (66, "flood.example.com"));
        looks
    };
    let (half, whole) = (cost(MANY / 2), cost(MANY));
    assert!(half >= MANY / 2 && whole <= half * 21 / 10, "{half} for {}, {whole} for {MANY}", MANY / 2);
    // One more message looks at as much behind ten thousand as behind a hundred.
    let one_more = |many: usize| {
        let mut tracer = Tracer::replay((1_000..1_000 + many).map(flood));
        count::of(|| drop(tracer.observe(&flood(1_000 + many))))
    };
    let (early, late) = (one_more(100), one_more(MANY));
    assert!(late <= early + 16, "{early} behind 100, {late} behind {MANY}");
}
