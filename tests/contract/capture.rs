//! Tests that the core reads what `capture.js` writes: each kind of event with all its fields, and nothing
//! else.

use super::run;
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{instant::Timestamp, other::Other},
    event::{Body, Event, EventId, RequestBody},
    gitlab::outcome::Outcome,
    trace::{flow::Joined, room, tracer::Tracer},
};
use serde_json::{Value, json};

pub(crate) const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
pub(crate) const START: &str = "https://gitlab.com/users/auth/group_saml?group_path=acme&redirect_to=%2Facme";
pub(crate) const SECRET: &str = "s3cr3t";

/// The events that `capture.js` keeps of these events of the browser, with the core's own table.
pub(crate) fn capture(browser: &[Value]) -> Value {
    let table = format!("export const captureTable = {};", samlight::event::capture::table());
    let files =
        ["background/capture.js", "background/body.js", "background/scanner.js", "background/browser.js"];
    run("capture.mjs", &files, &[("capture_table.js", table)], &json!(browser))
}

/// The same, read as the core reads it.
pub(crate) fn events(browser: &[Value]) -> Vec<Event> {
    let printed = capture(browser);
    assert!(!printed.to_string().contains(SECRET), "{printed}");
    let kept = printed["kept"].as_array().unwrap().clone();
    let read = |(number, mut event): (u32, Value)| {
        event["id"] = EventId::new(Timestamp(1_767_258_000_000), "node", number).to_string().into();
        let read: Event = serde_json::from_value(event.clone()).unwrap_or_else(|e| panic!("{e}: {event}"));
        assert!(other(&read.body).is_some_and(Other::is_empty), "the core does not know a field of {event}");
        read
    };
    (0..).zip(kept).map(read).collect()
}

fn other(body: &Body) -> Option<&Other> {
    match body {
        Body::Request(body) => Some(&body.other),
        Body::Sent(body) => Some(&body.other),
        Body::Response(body) => Some(&body.other),
        Body::Completed(body) => Some(&body.other),
        Body::Failed(body) => Some(&body.other),
        Body::Tab(body) => Some(&body.other),
        _ => None,
    }
}

/// A browser's event, with what browsers tell besides.
pub(crate) fn browser(event: &str, request: &str, method: &str, url: &str, more: Value) -> Value {
    let mut details = json!({"requestId": request, "tabId": 7, "method": method, "url": url, "type": "main_frame",
        "frameId": 0, "timeStamp": 1_767_258_000_000.5, "initiator": "https://idp.example.com"});
    details.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([event, details])
}

pub(crate) fn headers(names: &[(&str, &str)]) -> Value {
    names.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn idp() -> String {
    let xml = format!(
        r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q1" AssertionConsumerServiceURL="{ACS}"/>"#
    );
    // HTTP-Redirect compresses; what is not compressed is read all the same, with a flaw.
    let value = BASE64_STANDARD.encode(xml).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("https://idp.example.com/sso?SAMLRequest={value}&RelayState=%2Facme")
}

pub(crate) fn response() -> String {
    BASE64_STANDARD
        .encode(r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" InResponseTo="_q1"/>"#)
}

/// A sign-in to a group's SAML SSO, from GitLab's button to GitLab's answer.
fn sign_in() -> Vec<Value> {
    let idp = idp();
    let start_form =
        json!({"requestBody": {"formData": {"authenticity_token": [SECRET], "_method": ["post"]}}});
    let start_answer = json!({"statusCode": 302, "responseHeaders":
        headers(&[("Location", &idp), ("Set-Cookie", SECRET), ("Date", "Thu, 01 Jan 2026 09:00:00 GMT")])});
    let posted = json!({"requestBody": {"formData": {"SAMLResponse": [response()], "RelayState": ["/acme"],
        "authenticity_token": [SECRET], "password": [SECRET]}}});
    let sent = json!({"requestHeaders":
        headers(&[("Origin", "https://idp.example.com"), ("Cookie", SECRET), ("Authorization", SECRET)])});
    let answer = json!({"statusCode": 302, "responseHeaders": headers(&[
        ("location", "https://gitlab.com/acme"),
        ("content-type", "text/html; charset=utf-8"),
        ("DATE", "Thu, 01 Jan 2026 09:00:02 GMT"),
        ("set-cookie", SECRET),
        ("x-csrf-token", SECRET),
    ])});
    vec![
        browser("onBeforeRequest", "11", "POST", START, start_form),
        browser("onSendHeaders", "11", "POST", START, sent.clone()),
        browser("onHeadersReceived", "11", "POST", START, start_answer),
        // The same request of the browser goes on to the identity provider.
        browser("onBeforeRequest", "11", "GET", &idp, json!({"requestBody": null})),
        browser("onCompleted", "11", "GET", &idp, json!({"statusCode": 200})),
        browser("onBeforeRequest", "12", "POST", ACS, posted),
        browser("onSendHeaders", "12", "POST", ACS, sent),
        browser("onHeadersReceived", "12", "POST", ACS, answer),
        browser("onBeforeRequest", "12", "GET", "https://gitlab.com/acme", json!({})),
        browser("onCompleted", "12", "GET", "https://gitlab.com/acme", json!({"statusCode": 200})),
    ]
}

#[test]
fn a_sign_in_becomes_the_events_that_the_core_knows() {
    let events = events(&sign_in());
    let bodies: Vec<&Body> = events.iter().map(|event| &event.body).collect();
    let [
        Body::Response(start),
        Body::Request(at_idp),
        Body::Completed(completed),
        Body::Request(posted),
        Body::Sent(sent),
        Body::Response(answer),
        Body::Request(next),
        Body::Completed(_),
    ] = bodies.as_slice()
    else {
        panic!("{bodies:#?}");
    };
    assert_eq!((start.request.as_str(), start.place.tab, start.method.as_str()), ("11", 7, "POST"));
    assert_eq!((start.url.expose().as_str(), start.status), (START, 302));
    assert_eq!(start.location.as_ref().unwrap().expose(), &idp());
    assert_eq!(start.date.as_deref(), Some("Thu, 01 Jan 2026 09:00:00 GMT"));
    assert_eq!((at_idp.url.expose(), at_idp.body, at_idp.form.len()), (&idp(), RequestBody::None, 0));
    assert_eq!(completed.request, "11");
    let form: Vec<(&str, &str)> =
        posted.form.iter().map(|(name, values)| (name.as_str(), values[0].expose().as_str())).collect();
    assert_eq!(form, [("RelayState", "/acme"), ("SAMLResponse", response().as_str())]);
    assert_eq!((posted.url.expose().as_str(), posted.body), (ACS, RequestBody::Form));
    assert_eq!(sent.origin.as_deref(), Some("https://idp.example.com"));
    assert_eq!(answer.content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(answer.date.as_deref(), Some("Thu, 01 Jan 2026 09:00:02 GMT"));
    assert_eq!(answer.location.as_ref().unwrap().expose(), "https://gitlab.com/acme");
    assert_eq!((next.request.as_str(), next.url.expose().as_str()), ("12", "https://gitlab.com/acme"));

    let tracer = Tracer::replay(events);
    let [flow] = tracer.flows() else { panic!("{:#?}", tracer.flows()) };
    let joined: Vec<Joined> = flow.steps.iter().map(|step| step.joined).collect();
    assert_eq!(joined, [Joined::First, Joined::SameMessage, Joined::InResponseTo, Joined::Redirect]);
    assert_eq!(flow.outcomes, [Outcome::SignedIn, Outcome::Linked, Outcome::AlreadyLinked]);
}

#[test]
fn what_the_browser_cannot_show_is_said_and_not_kept() {
    let raw = json!({"requestBody": {"raw": [{"bytes": SECRET}]}});
    let unreadable = json!({"requestBody": {"error": SECRET}});
    let failed = json!({"error": "net::ERR_CONNECTION_RESET"});
    let events = events(&[
        browser("onBeforeRequest", "1", "POST", ACS, raw),
        browser("onBeforeRequest", "2", "POST", ACS, unreadable),
        browser("onErrorOccurred", "2", "POST", ACS, failed),
        browser("onBeforeRequest", "3", "POST", ACS, json!({})),
        // The body that Firefox gives of a form of more than 1 MiB.
        browser("onBeforeRequest", "4", "POST", ACS, json!({"requestBody": {"formData": {}}})),
    ]);
    let bodies: Vec<&Body> = events.iter().map(|event| &event.body).collect();
    let [
        Body::Request(raw),
        Body::Request(unreadable),
        Body::Failed(failed),
        Body::Request(none),
        Body::Request(large),
    ] = bodies.as_slice()
    else {
        panic!("{bodies:#?}");
    };
    assert_eq!(
        [raw.body, unreadable.body, none.body, large.body],
        [RequestBody::Raw, RequestBody::Unreadable, RequestBody::None, RequestBody::Unreadable]
    );
    assert_eq!((failed.request.as_str(), failed.error.as_str()), ("2", "net::ERR_CONNECTION_RESET"));
}

#[test]
fn a_private_window_and_a_container_are_told_where_the_browser_tells_them() {
    let firefox = json!({"incognito": true, "cookieStoreId": "firefox-private"});
    let events = events(&[
        browser("onBeforeRequest", "1", "POST", ACS, firefox),
        browser(
            "onBeforeRequest",
            "2",
            "POST",
            ACS,
            json!({"incognito": false, "cookieStoreId": "firefox-container-2"}),
        ),
        browser("onBeforeRequest", "3", "POST", ACS, json!({})),
    ]);
    let places: Vec<(bool, &str)> = events
        .iter()
        .map(|event| match &event.body {
            Body::Request(request) => (request.place.private, request.place.cookie_store.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(places, [(true, "firefox-private"), (false, "firefox-container-2"), (false, "")]);
}

#[test]
fn a_worker_that_was_stopped_knows_again_which_requests_it_follows() {
    // A provider with a name of its own: only its form tells that it is SAML.
    let url = "https://gitlab.com/users/auth/corporate/callback";
    let form = json!({"requestBody": {"formData": {"SAMLResponse": [response()], "code": [SECRET]}}});
    let answer =
        json!({"statusCode": 302, "responseHeaders": headers(&[("Location", "https://gitlab.com/")])});
    let answered = browser("onHeadersReceived", "1", "POST", url, answer);
    let posted = browser("onBeforeRequest", "1", "POST", url, form);
    let before = capture(&[posted.clone(), answered.clone()]);
    assert_eq!(before["saved"], json!(["1"]));
    assert!(matches!(
        events(&[posted, answered.clone()])[..],
        [Event { body: Body::Request(_), .. }, Event { body: Body::Response(_), .. }]
    ));

    let other =
        browser("onHeadersReceived", "2", "GET", "https://gitlab.com/other", json!({"statusCode": 200}));
    let woken = [json!(["waking"]), answered.clone(), other, json!(["followed", ["1"]])];
    let after = capture(&woken);
    assert_eq!((after["kept"].as_array().unwrap().len(), &after["kept"][0]["url"]), (1, &json!(url)));
    assert_eq!(after["ids"], json!(["000001"]), "the place in order is that at which it was seen");
    assert_eq!(after["happened"], json!([answered[1]["timeStamp"]]), "its time is that at which it happened");
    assert!(events(&[answered]).is_empty(), "without the form nothing tells that it is SAML");
}

#[test]
fn an_answer_that_is_told_after_the_end_is_kept_and_no_followed_request_is_forgotten() {
    let acme = "https://gitlab.com/acme";
    let answered = browser("onHeadersReceived", "1", "GET", acme, json!({"statusCode": 200}));
    let completed = browser("onCompleted", "1", "GET", acme, json!({}));
    let woken = [json!(["waking"]), json!(["followed", ["1"]]), completed.clone(), answered.clone()];
    let kinds = |told: &[Value]| {
        events(told).iter().map(|event| matches!(event.body, Body::Response(_))).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&woken), [false, true]);
    let start = browser(
        "onHeadersReceived",
        "2",
        "POST",
        START,
        json!({
            "statusCode": 302, "responseHeaders": headers(&[("Location", &idp())])
        }),
    );
    let told = capture(&[json!(["waking"]), start, json!(["followed", ["1"]])]);
    assert_eq!(told["saved"], json!(["1", "2"]), "those of before are not known when the new one is seen");
}

#[test]
fn what_came_before_the_kept_exchange_is_no_hop_of_it() {
    // A worker that has just been woken knows not yet what was followed; meanwhile the request turns out to
    // carry SAML.
    let begun = browser("onBeforeRequest", "1", "POST", START, json!({}));
    let answer = json!({"statusCode": 302, "responseHeaders": headers(&[("Location", &idp())])});
    let answered = browser("onHeadersReceived", "1", "POST", START, answer);
    let kinds = |told: &[Value]| -> Vec<String> {
        let kept = capture(told)["kept"].as_array().unwrap().clone();
        kept.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
    };
    let after = [json!(["waking"]), begun.clone(), answered.clone(), json!(["followed", []])];
    assert_eq!(kinds(&after), ["response"]);
    // It may even be told of the answer first.
    let mut later = answered;
    later[1]["timeStamp"] = json!(1_767_258_000_040.25);
    let after = [json!(["waking"]), later.clone(), begun.clone(), json!(["followed", []])];
    assert_eq!(kinds(&after), ["response"]);
    assert_eq!(kinds(&[later, begun]), ["response"]);
}

#[test]
fn a_woken_background_tells_the_same_whatever_order_it_is_told_in() {
    let acme = "https://gitlab.com/acme";
    let form = json!({"requestBody": {"formData": {"SAMLResponse": [response()]}}});
    let origin = json!({"requestHeaders": headers(&[("Origin", "https://idp.example.com")])});
    let redirect = json!({"statusCode": 302, "responseHeaders": headers(&[("Location", acme)])});
    let mut in_order = [
        browser("onBeforeRequest", "1", "POST", ACS, form),
        browser("onSendHeaders", "1", "POST", ACS, origin),
        browser("onHeadersReceived", "1", "POST", ACS, redirect),
        browser("onBeforeRequest", "1", "GET", acme, json!({})),
        browser("onSendHeaders", "1", "GET", acme, json!({})),
        browser("onHeadersReceived", "1", "GET", acme, json!({"statusCode": 200})),
        browser("onCompleted", "1", "GET", acme, json!({})),
    ];
    for (number, event) in (0..).zip(&mut in_order) {
        event[1]["timeStamp"] = json!(1_767_258_000_000.25 + f64::from(number) * 10.0);
    }
    // The events that were kept, as they stand in the store: by time.
    let told = |order: &[Value]| {
        let printed = capture(order);
        let [kept, happened] = [&printed["kept"], &printed["happened"]].map(|it| it.as_array().unwrap());
        let mut events: Vec<_> = happened.iter().map(|it| it.as_f64().unwrap()).zip(kept).collect();
        events.sort_by(|a, b| a.0.total_cmp(&b.0));
        events.iter().map(|(_, event)| (*event).clone()).collect::<Vec<_>>()
    };
    let expected = told(&in_order);
    assert_eq!(expected.len(), in_order.len());
    let moved = |from: usize, to: usize| {
        let mut order = in_order.to_vec();
        let event = order.remove(from);
        order.insert(to, event);
        order
    };
    let last = in_order.len() - 1;
    let fronts = (1..=last).map(|from| moved(from, 0));
    let ends = (0..last).map(|from| moved(from, last));
    let reversed = in_order.iter().rev().cloned().collect();
    for order in fronts.chain(ends).chain([reversed]) {
        assert_eq!(told(&order), expected, "{order:#?}");
        let waking = [&[json!(["waking"])], &order[..], &[json!(["followed", []])]].concat();
        assert_eq!(told(&waking), expected, "before it knows what was followed: {order:#?}");
    }
}

#[test]
fn a_background_that_runs_for_a_while_holds_nothing_that_may_yet_belong() {
    let form = json!({"requestBody": {"formData": {"SAMLResponse": [response()]}}});
    let mut next = browser("onBeforeRequest", "1", "GET", "https://gitlab.com/acme", json!({}));
    next[1]["timeStamp"] = json!(1_767_258_000_040.25);
    let posted = browser("onBeforeRequest", "1", "POST", ACS, form);
    let kept = |told: &[Value]| capture(told)["kept"].as_array().unwrap().len();
    assert_eq!(kept(&[next.clone(), posted.clone()]), 2);
    assert_eq!(kept(&[next, json!(["later"]), posted]), 1);
}

#[test]
fn of_the_hops_after_an_exchange_only_the_places_are_kept() {
    let secret = format!("?code={SECRET}#access={SECRET}");
    let hop = format!("https://gitlab.com/oauth/authorize{secret}");
    let app = format!("https://app.example.com/callback{secret}");
    let redirect = |status: u16, to: &str| json!({"statusCode": status, "responseHeaders": headers(&[("Location", to)])});
    let form = json!({"requestBody": {"formData": {"SAMLResponse": [response()]}}});
    let later = json!({"requestBody": {"formData": {"password": [SECRET]}}});
    let kept = events(&[
        browser("onBeforeRequest", "1", "POST", ACS, form),
        browser("onHeadersReceived", "1", "POST", ACS, redirect(302, "https://gitlab.com/oauth/authorize")),
        browser("onBeforeRequest", "1", "GET", &hop, later),
        browser("onHeadersReceived", "1", "GET", &hop, redirect(307, &app)),
        browser("onBeforeRequest", "1", "GET", &app, json!({})),
        browser("onErrorOccurred", "1", "GET", &app, json!({"error": "net::ERR_NAME_NOT_RESOLVED"})),
    ]);
    let hops: Vec<(&str, Option<&str>)> = kept
        .iter()
        .filter_map(|event| match &event.body {
            Body::Request(hop) => Some((hop.url.expose().as_str(), None)),
            Body::Response(hop) => {
                Some((hop.url.expose().as_str(), hop.location.as_ref().map(|to| to.expose().as_str())))
            }
            _ => None,
        })
        .collect();
    let (authorize, callback) = ("https://gitlab.com/oauth/authorize", "https://app.example.com/callback");
    assert_eq!(
        hops,
        [
            (ACS, None),
            (ACS, Some(authorize)),
            (authorize, None),
            (authorize, Some(callback)),
            (callback, None)
        ]
    );
    let tracer = Tracer::replay(kept);
    let [flow] = tracer.flows() else { panic!("{:#?}", tracer.flows()) };
    assert_eq!(flow.steps.iter().filter(|step| step.joined == Joined::Redirect).count(), 2);
}

#[test]
fn a_tab_of_a_private_window_is_asked_for_where_requests_do_not_tell() {
    let tabs = json!(["tabs", {"7": {"incognito": true}}]);
    let form = json!({"requestBody": {"formData": {"SAMLResponse": [response()]}}});
    let kept = events(&[
        tabs,
        browser("onBeforeRequest", "1", "POST", ACS, form),
        browser("onCompleted", "1", "POST", ACS, json!({})),
    ]);
    let tracer = Tracer::replay(kept.clone());
    assert!(tracer.flows()[0].place.private);
    assert_eq!(room::private_events(&tracer).len(), 3, "{kept:?}");
}

#[test]
fn listeners_register_once_with_what_they_need() {
    let printed = capture(&[]);
    let listeners = printed["listeners"].as_object().unwrap();
    let extra = |name: &str| listeners[name]["extra"].clone();
    assert_eq!(listeners.len(), 5);
    assert_eq!(extra("onBeforeRequest"), json!(["requestBody"]));
    assert_eq!(extra("onSendHeaders"), json!(["requestHeaders", "extraHeaders"]));
    assert_eq!(extra("onHeadersReceived"), json!(["responseHeaders", "extraHeaders"]));
    for (name, listener) in listeners {
        assert!(!listener["extra"].to_string().contains("blocking"), "{name}");
        assert_eq!(listener["filter"]["types"], samlight::event::capture::table()["types"], "{name}");
    }
}
