//! Makes lists of events: whole sign-ins as browsers show them, and between them whatever a hostile or broken
//! outside could tell. Names come from small sets, so that events collide.

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use proptest::{collection::vec, option, prelude::*, sample::select};
use samlight::{
    base::{instant::Timestamp, place::Place, redact::Secret},
    binding::raw_body::{BodyForm, Piece},
    event::{
        Answer, Body, Completed, Event, EventId, Failed, ImportedMessage, Request, RequestBody, Response,
        Sent, Tab, Told, settings::Settings,
    },
    gitlab::pages::PageReading,
};
use serde_json::{Value, json};
use std::{io::Write, sync::LazyLock};

const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
const IDP: &str = "https://idp.example.com/sso";

const ADDRESSES: [&str; 12] = [
    ACS,
    "https://gitlab.com/groups/other/-/saml/callback",
    "https://gitlab.com/users/auth/group_saml?group_path=acme",
    "https://gitlab.com/users/auth/saml/callback",
    "https://gitlab.com/groups/acme/-/saml/sso?token=t",
    "https://gitlab.com/groups/acme/-/saml",
    "https://gitlab.com/users/sign_in",
    "https://gitlab.com/acme",
    "https://gitlab.example.com/gitlab/users/auth/saml/callback",
    IDP,
    "data:,",
    "",
];

const XML: [&str; 9] = [
    r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q1" AssertionConsumerServiceURL="https://gitlab.com/groups/acme/-/saml/callback"/>"#,
    r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q2" AssertionConsumerServiceURL="https://gitlab.com/groups/acme/-/saml/callback"/>"#,
    r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" InResponseTo="_q1"><p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion><a:Subject><a:NameID>Alex</a:NameID></a:Subject></a:Assertion></p:Response>"#,
    r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r2" InResponseTo="_q2"/>"#,
    r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r3"><a:Assertion><a:Subject><a:NameID>alex</a:NameID></a:Subject></a:Assertion></p:Response>"#,
    r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r4" InResponseTo="_q1"/>"#,
    r#"<p:LogoutRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q1"/>"#,
    r#"<p:LogoutResponse xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_l" InResponseTo="_q1"/>"#,
    "<not closed",
];

/// Each message compressed for a query, then in base64 for a form.
static VALUES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let deflated = |xml: &str| {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(xml.as_bytes()).unwrap();
        let base64 = BASE64_STANDARD.encode(deflate.finish().unwrap());
        base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
    };
    let broken = ("AAAA".to_owned(), "!broken!".to_owned());
    XML.iter().map(|xml| (deflated(xml), BASE64_STANDARD.encode(xml))).chain([broken]).collect()
});

/// Events with ids that increase, as a browser's store keeps them.
pub(crate) fn trace() -> impl Strategy<Value = Vec<Event>> {
    let part = prop_oneof![2 => sign_in(), 3 => body().prop_map(|body| vec![body])];
    vec((part, 0..4_000_i64), 0..14).prop_map(|parts| {
        let mut time = 1_767_258_000_000;
        let mut events = Vec::new();
        for (bodies, gap) in parts {
            time += gap;
            for body in bodies {
                let number = u32::try_from(events.len()).unwrap();
                events.push(Event::new(EventId::new(Timestamp(time), "laws", number), body));
            }
        }
        events
    })
}

/// A sign-in as a browser shows it, in one tab, with any messages.
fn sign_in() -> impl Strategy<Value = Vec<Body>> {
    let request = select(&["1", "2", "3"][..]);
    (place(), request, value(), value(), relay(), address(), any::<u8>()).prop_map(
        |(place, request, asked, answered, relay, onward, left_out)| {
            let id = |suffix: &str| format!("{request}{suffix}");
            let posted = Request {
                request: id("b"),
                place: place.clone(),
                method: "POST".into(),
                url: Secret::from(ACS),
                form: form("SAMLResponse", &answered.1, relay.clone()),
                body: RequestBody::Form,
                ..Request::default()
            };
            let origin = Some("https://idp.example.com".to_owned());
            let bodies = [
                Body::Response(redirect(
                    &id("a"),
                    &place,
                    ADDRESSES[2],
                    &with("SAMLRequest", &asked.0, relay),
                )),
                Body::Request(posted),
                Body::Sent(Sent { request: id("b"), origin, ..Sent::default() }),
                Body::Response(redirect(&id("b"), &place, ACS, &onward)),
                Body::Completed(Completed { request: id("b"), ..Completed::default() }),
            ];
            // The worker may have been stopped at any point.
            let seen = bodies.into_iter().enumerate().filter(|(index, _)| left_out & (1 << index) == 0);
            seen.map(|(_, body)| body).collect()
        },
    )
}

/// Anything at all.
fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        3 => request().prop_map(Body::Request),
        3 => response().prop_map(Body::Response),
        1 => browser_id().prop_map(|request| Body::Sent(Sent { request, ..Sent::default() })),
        1 => browser_id().prop_map(|request| Body::Completed(Completed { request, ..Completed::default() })),
        1 => browser_id().prop_map(|request| Body::Failed(Failed { request, error: "net::ERR".into(), ..Failed::default() })),
        1 => place().prop_map(|place| Body::Tab(Tab { place, ..Tab::default() })),
        2 => page().prop_map(Body::Page),
        2 => answer().prop_map(Body::Answer),
        1 => imported().prop_map(Body::Message),
        1 => told().prop_map(Body::Told),
        1 => settings().prop_map(Body::Settings),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let method = select(&["GET", "POST"][..]);
    let parameter = select(&["SAMLRequest", "SAMLResponse", "RelayState", "utf8"][..]);
    (browser_id(), place(), method, carrying_address(), parameter, value(), relay(), any::<bool>()).prop_map(
        |(request, place, method, url, parameter, value, relay, has_form)| Request {
            request,
            place,
            method: method.into(),
            url: Secret::new(url),
            pieces: match has_form {
                true => Vec::new(),
                false => vec![Piece(BodyForm::Json, parameter.into(), Secret::from(value.1.as_str()))],
            },
            form: if has_form { form(parameter, &value.1, relay) } else { Vec::new() },
            body: if has_form { RequestBody::Form } else { RequestBody::Raw },
            ..Request::default()
        },
    )
}

fn response() -> impl Strategy<Value = Response> {
    let status = select(&[200_u16, 302, 303, 404, 422, 500, 0][..]);
    (browser_id(), place(), carrying_address(), option::of(carrying_address()), status).prop_map(
        |(request, place, url, location, status)| Response {
            request,
            place,
            method: "POST".into(),
            url: Secret::new(url),
            status,
            location: location.map(Secret::new),
            ..Response::default()
        },
    )
}

fn page() -> impl Strategy<Value = PageReading> {
    let id = select(&["any", "group-saml-settings", "dream"][..]);
    let flash = select(&["Signed in with SAML for Acme", "Something new", ""][..]);
    let cell = select(&["Alex", "alex", "", "47", "48"][..]);
    (place(), address(), id, option::of(flash), vec((cell.clone(), cell), 0..3)).prop_map(
        |(place, url, id, flash, rows)| PageReading {
            place,
            url: Secret::new(url),
            page: id.into(),
            fields: flash.into_iter().map(|text| ("flash".to_owned(), vec![text.to_owned()])).collect(),
            rows: rows
                .into_iter()
                .map(|(user, saml)| {
                    [("user", user), ("saml", saml), ("username", saml)]
                        .map(|(key, value)| (key.to_owned(), value.to_owned()))
                        .into()
                })
                .collect(),
            ..PageReading::default()
        },
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    let known = json!({"id": 48, "username": "alex", "identities": [{"provider": "group_saml", "extern_uid": "ALEX"}]});
    let several = json!({"id": 47, "username": "Ada", "identities": [
        {"provider": "group_saml", "extern_uid": "alex"}, {"provider": "saml", "extern_uid": null}]});
    let kept = select(vec![known, several, Value::Null, json!([1])]);
    let path = select(&["https://gitlab.com/api/v4/user", "https://gitlab.com/api/v4/projects", "x"][..]);
    (place(), path, select(&[200_u16, 401, 0][..]), kept).prop_map(|(place, url, status, answer)| Answer {
        place,
        url: Secret::from(url),
        status,
        answer,
        ..Answer::default()
    })
}

fn imported() -> impl Strategy<Value = ImportedMessage> {
    value().prop_map(|(_, octets)| ImportedMessage {
        source: "message.xml".into(),
        octets: Secret::new(octets),
        ..ImportedMessage::default()
    })
}

fn told() -> impl Strategy<Value = Told> {
    let said = || option::of(option::of(select(&["alex", "Alex"][..]).prop_map(str::to_owned)));
    (said(), said()).prop_map(|(saml_extern_uid, scim_extern_uid)| Told {
        saml_extern_uid,
        scim_extern_uid,
        ..Told::default()
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    let instance = json!({"origin": "https://gitlab.example.com", "root": "/gitlab"});
    let provider = json!({"instance": instance, "provider": {"instance": {"name": "saml"}}});
    let all = [json!({}), json!({"instances": [instance]}), json!({"provider": provider})];
    select(all.map(|settings| serde_json::from_value(settings).unwrap()).to_vec())
}

fn place() -> impl Strategy<Value = Place> {
    (1..3_i64, prop::bool::weighted(0.2), select(&["", "", "container-2"][..])).prop_map(
        |(tab, private, cookie_store)| Place {
            tab,
            private,
            cookie_store: cookie_store.into(),
            ..Place::default()
        },
    )
}

fn browser_id() -> impl Strategy<Value = String> {
    select(&["1", "2", "1a", "1b", "2b", ""][..]).prop_map(str::to_owned)
}

fn relay() -> impl Strategy<Value = Option<String>> {
    option::of(select(&["s-1", "s-2"][..]).prop_map(str::to_owned))
}

fn value() -> impl Strategy<Value = (String, String)> {
    select(VALUES.clone())
}

fn address() -> impl Strategy<Value = String> {
    select(&ADDRESSES[..]).prop_map(str::to_owned)
}

/// An address, often with a message in its query.
fn carrying_address() -> impl Strategy<Value = String> {
    let carrying = (select(&["SAMLRequest", "SAMLResponse"][..]), value(), relay())
        .prop_map(|(parameter, value, relay)| with(parameter, &value.0, relay));
    prop_oneof![address(), carrying]
}

fn with(parameter: &str, value: &str, relay: Option<String>) -> String {
    format!(
        "{IDP}?{parameter}={value}{}",
        relay.map(|state| format!("&RelayState={state}")).unwrap_or_default()
    )
}

fn form(parameter: &str, value: &str, relay: Option<String>) -> Vec<(String, Vec<Secret<String>>)> {
    let relay = relay.map(|state| ("RelayState".to_owned(), vec![Secret::new(state)]));
    [(parameter.to_owned(), vec![Secret::from(value)])].into_iter().chain(relay).collect()
}

fn redirect(request: &str, place: &Place, url: &str, location: &str) -> Response {
    Response {
        request: request.into(),
        place: place.clone(),
        method: "POST".into(),
        url: Secret::from(url),
        status: 302,
        location: Some(Secret::from(location)),
        ..Response::default()
    }
}

/// Any JSON, not too deep.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
