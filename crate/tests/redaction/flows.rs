//! The law that a redacted file says the same as the file in clear: for every format, for sign-ins of several
//! shapes, and for values that are the same, nearly the same or others.
//!
//! Compared are the flows, what GitLab answered, every row of the comparison, the findings, and the checks.
//! Left out is what a copy does not tell: whether a signature is valid, and how long, how encoded and how
//! well-formed the message was ([`TAKEN_OUT`]).

use super::{
    changed, salt,
    samples::{NOW, deflated, response, unsigned},
    signer, value,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::{prelude::*, sample::select};
use samlight::{
    base::instant::Timestamp,
    case::Case,
    event::{Event, EventId},
    file::{
        self, Beside,
        export::{self, Secrecy},
        take_in,
    },
    trace::tracer::Tracer,
};
use serde_json::{Value, json};

const ACS: &str = super::ACS;
const SSO: &str = "https://idp.example.com/sso";

/// Checks and findings that a copy does not tell of.
const TAKEN_OUT: [&str; 7] =
    ["message-size", "encoding", "well-formed", "one-assertion", "schema", "signed-elements", "signature"];

/// The ways in which a sign-in goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// The identity provider begins, and posts.
    IdpInitiated,
    /// GitLab asks in an address, and the Response is posted.
    SpInitiated,
    /// GitLab asks in a form.
    AskedByForm,
    /// The Response rides in an address.
    Redirected,
    /// The assertion is encrypted.
    Encrypted,
    /// The identity provider says that it failed.
    Failed,
    /// GitLab refuses.
    Refused,
    /// The form is one that the browser gives as bytes.
    Bytes,
}

const SHAPES: [Shape; 8] = [
    Shape::IdpInitiated,
    Shape::SpInitiated,
    Shape::AskedByForm,
    Shape::Redirected,
    Shape::Encrypted,
    Shape::Failed,
    Shape::Refused,
    Shape::Bytes,
];

/// The values of one sign-in, escaped for XML.
#[derive(Clone, Debug)]
struct Values {
    sent: String,
    destination: String,
    recipient: String,
    audience: String,
    in_response_to: String,
}

fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("&#{};", u32::from(c))).collect()
}

fn xml(shape: Shape, values: &Values) -> String {
    let whole = response(&escaped(&values.sent))
        .replace(
            &format!("Destination=\"{ACS}\""),
            &format!("Destination=\"{}\"", escaped(&values.destination)),
        )
        .replace(&format!("Recipient=\"{ACS}\""), &format!("Recipient=\"{}\"", escaped(&values.recipient)))
        .replace(
            "<saml:Audience>https://gitlab.com/groups/acme<",
            &format!("<saml:Audience>{}<", escaped(&values.audience)),
        )
        .replace("InResponseTo=\"_q1\"", &format!("InResponseTo=\"{}\"", escaped(&values.in_response_to)));
    let assertion = || whole.find("<saml:Assertion").unwrap()..whole.find("</samlp:Response>").unwrap();
    match shape {
        Shape::Encrypted => {
            let data = "<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">\
                        <xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>\
                        </saml:EncryptedAssertion>";
            let mut encrypted = whole.clone();
            encrypted.replace_range(assertion(), data);
            encrypted
        }
        Shape::Failed => {
            let mut failed = whole.clone();
            failed.replace_range(assertion(), "");
            failed.replace(
                "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>",
                "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode \
                 Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></samlp:StatusCode>",
            )
        }
        _ => whole,
    }
}

const REQUEST: &str = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
    xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_q1\" Version=\"2.0\" IssueInstant=\"2026-01-01T08:59:00Z\" \
    Destination=\"https://idp.example.com/sso\" AssertionConsumerServiceURL=\"https://gitlab.com/groups/acme/-/saml/callback\">\
    <saml:Issuer>https://gitlab.com/groups/acme</saml:Issuer><samlp:NameIDPolicy AllowCreate=\"true\" \
    Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\"/></samlp:AuthnRequest>";

/// The events of one sign-in of this shape, the `n`th in its tab.
fn sign_in(shape: Shape, n: u32, values: &Values) -> Vec<Event> {
    let (tab, name) = (i64::from(n) + 1, |part: &str| format!("{n}-{part}"));
    let exchange = |part: &str, method: &str, url: &str, form: Value, location: &str| {
        let mut request =
            json!({"kind": "request", "request": name(part), "tab": tab, "method": method, "url": url});
        if form.is_array() {
            request["form"] = form;
            request["body"] = "form".into();
        }
        let answer = json!({"kind": "response", "request": name(part), "tab": tab, "method": method, "url": url,
            "status": if location.is_empty() { 200 } else { 302 },
            "location": if location.is_empty() { Value::Null } else { location.into() },
            "date": "Thu, 01 Jan 2026 09:10:00 GMT"});
        vec![request, answer, json!({"kind": "completed", "request": name(part)})]
    };
    // Signed, or GitLab's library would read no assertion of the file in clear.
    let response = signer::signed(&unsigned(&xml(shape, values))).unwrap();
    let relay = json!(["RelayState", ["/acme"]]);
    let mut bodies = Vec::new();
    match shape {
        Shape::SpInitiated | Shape::Refused => {
            let asked = format!("{SSO}?SAMLRequest={}&RelayState=%2Facme", deflated(REQUEST));
            let begin = "https://gitlab.com/users/auth/group_saml?group_path=acme";
            bodies.extend(exchange("a", "POST", begin, json!([]), &asked));
            bodies.extend(exchange("b", "GET", &asked, Value::Null, ""));
        }
        Shape::AskedByForm => {
            let form = json!([["SAMLRequest", [BASE64_STANDARD.encode(REQUEST)]], relay]);
            bodies.extend(exchange("b", "POST", SSO, form, ""));
        }
        _ => {}
    }
    let landing = if shape == Shape::Refused {
        "https://gitlab.com/groups/acme/-/saml/sso"
    } else {
        "https://gitlab.com/acme"
    };
    let encoded = BASE64_STANDARD.encode(&response);
    bodies.extend(match shape {
        Shape::Redirected => {
            let url = format!("{ACS}?SAMLResponse={}&RelayState=%2Facme", deflated(&response));
            exchange("c", "GET", &url, Value::Null, landing)
        }
        Shape::Bytes => {
            let mut all = exchange("c", "POST", ACS, Value::Null, landing);
            all[0]["body"] = "raw".into();
            all[0]["pieces"] =
                json!([["multipart", "SAMLResponse", encoded], ["multipart", "RelayState", "/acme"]]);
            all
        }
        _ => exchange("c", "POST", ACS, json!([["SAMLResponse", [encoded]], relay]), landing),
    });
    if shape == Shape::Refused {
        bodies.push(json!({"kind": "page", "tab": tab, "page": "any", "url": landing,
            "fields": {"flash": ["Unable to sign in to group with SAML: \"Fingerprint mismatch\""]}}));
    }
    at(n, bodies)
}

fn at(n: u32, bodies: Vec<Value>) -> Vec<Event> {
    let event = |(number, mut body): (u32, Value)| {
        let time = Timestamp(NOW.0 + i64::from(n) * 60_000 + i64::from(number) * 10);
        body["id"] = EventId::new(time, "boot", n * 100 + number).to_string().into();
        serde_json::from_value(body).unwrap()
    };
    (0..).zip(bodies).map(event).collect()
}

/// GitLab's own answer: the identities that are stored.
fn stored(saml: &str, scim: &str) -> Vec<Event> {
    let answer = json!({"kind": "answer", "tab": 1, "status": 200, "url": "https://gitlab.com/api/v4/user",
        "answer": {"id": 48, "username": "ada", "name": "Ada Low", "email": "ada@example.com",
            "confirmed_at": "2026-01-01T00:00:00Z", "identities": [{"provider": "group_saml", "extern_uid": saml}],
            "scim_identities": [{"extern_uid": scim, "group_id": 1, "active": true}]}});
    at(9, vec![answer])
}

/// All that is said of each flow.
fn said(events: Vec<Event>) -> Vec<String> {
    let tracer = Tracer::replay(events);
    let mut all = Vec::new();
    for flow in tracer.flows() {
        let case = Case::new(&tracer, flow, NOW).received_at(NOW);
        all.push(format!("{:?} {:?} {} steps", flow.kind, flow.outcomes, flow.steps.len()));
        let rows = case.comparison().rows.iter();
        all.extend(rows.map(|row| format!("{} {:?} {}", row.kind.id, row.verdict, row.is_accepted())));
        let findings = case.findings().iter().map(|finding| finding.diagnosis.id);
        // The check that refuses first can be one of those that are not known of a copy; the others are
        // compared below.
        let of_both = findings.filter(|id| !id.starts_with("signature") && *id != "response-refused");
        let mut found: Vec<String> = of_both.map(|id| format!("found: {id}")).collect();
        found.sort_unstable();
        all.extend(found);
        let checks = case.acceptance().into_iter().flat_map(|acceptance| &acceptance.checks);
        let checks = checks.filter(|check| !TAKEN_OUT.contains(&check.id) && check.id != "account");
        all.extend(checks.map(|check| format!("{} {:?}", check.id, check.state)));
    }
    all
}

/// The events of a file as a browser that records takes them in.
fn read(content: &str) -> Vec<Event> {
    let live = Tracer::replay([]);
    take_in(&live, file::read("x", content.as_bytes(), NOW, Beside::Recording).events)
}

/// Addresses and names that are what is expected, or nearly, or not at all.
fn like(expected: &'static str) -> impl Strategy<Value = String> {
    let other = expected.replace("acme", "other");
    select(vec![
        expected.to_owned(),
        expected.to_owned(),
        format!("{expected}/"),
        expected.to_uppercase(),
        format!(" {expected}"),
        expected.replace("https:", "http:"),
        expected.replace("gitlab.com", "gitlab.example.com"),
        other,
    ])
}

fn values() -> impl Strategy<Value = (Values, String)> {
    let request = select(vec!["_q1".to_owned(), "_q1".to_owned(), "_q2".to_owned(), String::new()]);
    (changed(), like(ACS), like(ACS), like("https://gitlab.com/groups/acme"), request).prop_map(
        |((sent, stored), destination, recipient, audience, in_response_to)| {
            (Values { sent, destination, recipient, audience, in_response_to }, stored)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_file_in_clear_says_its_redacted_form_says(
        first in (select(SHAPES.to_vec()), values()),
        second in prop::option::of((select(SHAPES.to_vec()), values())),
        scim in value(),
    ) {
        let (shape, (sent, saml)) = &first;
        let mut events = sign_in(*shape, 0, sent);
        if let Some((shape, (sent, _))) = &second {
            events.extend(sign_in(*shape, 1, sent));
        }
        events.extend(stored(saml, &scim));
        for format in &export::FORMATS {
            let clear = format.export(&events, Secrecy::Clear, salt(3)).content;
            let redacted = format.export(&events, Secrecy::Redacted, salt(3)).content;
            prop_assert_eq!(said(read(&clear)), said(read(&redacted)), "{}:\n{}", format.id, redacted);
        }
    }
}

#[test]
fn each_shape_reaches_the_comparison_in_each_format() {
    for shape in SHAPES {
        let values = Values {
            sent: "Ada-1".into(),
            destination: ACS.into(),
            recipient: ACS.into(),
            audience: "https://gitlab.com/groups/acme".into(),
            in_response_to: "_q1".into(),
        };
        let events: Vec<Event> = sign_in(shape, 0, &values).into_iter().chain(stored("ada-1", "x")).collect();
        for format in &export::FORMATS {
            let said = said(read(&format.export(&events, Secrecy::Redacted, salt(3)).content));
            let first = said.first().map(String::as_str).unwrap_or_default();
            assert!(first.starts_with("SignIn"), "{shape:?} in {}: {said:?}", format.id);
            let has_name_id = !matches!(shape, Shape::Encrypted | Shape::Failed);
            let is_compared = said.iter().any(|row| row.starts_with("name-id-with-saml Case"));
            assert_eq!(
                is_compared,
                has_name_id && format.id == "trace",
                "{shape:?} in {}: {said:?}",
                format.id
            );
            assert!(
                said.iter().any(|row| row == "destination Passed"),
                "{shape:?} in {}: {said:?}",
                format.id
            );
        }
    }
}
