//! The sign-ins that are measured: a minute apart, each with GitLab's redirect and the Response that answers
//! it, as events of a browser and as a HAR.

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{base::instant::Timestamp, event::Event, trace::tracer::Tracer};
use serde_json::{Value, json};

/// When the first sign-in begins.
pub(crate) const BEGIN: i64 = 1_767_258_000_000;
/// The number of milliseconds after which the next one begins.
pub(crate) const APART: i64 = 60_000;
/// The number of exchanges that one has.
pub(crate) const EXCHANGES: usize = 2;
/// The number of events that one has.
pub(crate) const EVENTS: usize = 3;

const START: &str = "https://gitlab.com/users/auth/group_saml";
/// The address that the Responses go to.
pub(crate) const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
const AFTER: &str = "https://gitlab.com/acme";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

/// The trace of so many sign-ins.
pub(crate) fn trace(count: usize) -> Tracer {
    Tracer::replay((0..count).flat_map(sign_in))
}

/// The events of one sign-in.
pub(crate) fn sign_in(number: usize) -> [Event; EVENTS] {
    written(number, response(number)).map(|event| serde_json::from_value(event).unwrap())
}

/// The events of one sign-in as the store has them, with this value of the Response's parameter.
pub(crate) fn written(number: usize, response: String) -> [Value; EVENTS] {
    let id = |step: i64| format!("{:013}-bench-{step:06}", begin(number) + step);
    [
        json!({ "id": id(0), "kind": "response", "request": format!("s{number}"), "tab": 1, "method": "POST",
            "url": START, "status": 302, "location": to_provider(number) }),
        json!({ "id": id(1), "kind": "request", "request": format!("p{number}"), "tab": 1, "method": "POST",
            "url": ACS, "body": "form", "form": [["SAMLResponse", [response]]] }),
        json!({ "id": id(2), "kind": "response", "request": format!("p{number}"), "tab": 1, "method": "POST",
            "url": ACS, "status": 302, "location": AFTER }),
    ]
}

/// A HAR of so many sign-ins.
pub(crate) fn har(count: usize) -> String {
    let entries: Vec<Value> = (0..count).flat_map(entries).collect();
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

/// The entries of one sign-in in a HAR.
fn entries(number: usize) -> [Value; EXCHANGES] {
    let at = |step: i64| Timestamp(begin(number) + 1_000 * step).to_string();
    [
        json!({ "startedDateTime": at(0), "time": 5.0, "request": { "method": "POST", "url": START, "headers": [] },
            "response": { "status": 302, "headers": [], "redirectURL": to_provider(number) } }),
        json!({ "startedDateTime": at(1), "time": 5.0,
            "request": { "method": "POST", "url": ACS, "headers": [], "postData": {
                "mimeType": "application/x-www-form-urlencoded",
                "params": [{ "name": "SAMLResponse", "value": response(number) }] } },
            "response": { "status": 302, "headers": [], "redirectURL": AFTER } }),
    ]
}

/// When a sign-in begins.
fn begin(number: usize) -> i64 {
    BEGIN + APART * number as i64
}

/// The address that GitLab sends the browser to, with the request.
fn to_provider(number: usize) -> String {
    let request = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"{PROTOCOL}\" ID=\"_r{number}\" Version=\"2.0\" \
         Destination=\"https://idp.example.com/sso\" AssertionConsumerServiceURL=\"{ACS}\"/>"
    );
    let value = BASE64_STANDARD.encode(request).replace('+', "%2B").replace('=', "%3D");
    format!("https://idp.example.com/sso?SAMLRequest={value}")
}

/// The Response that answers it, in base64.
pub(crate) fn response(number: usize) -> String {
    BASE64_STANDARD.encode(format!(
        "<samlp:Response xmlns:samlp=\"{PROTOCOL}\" ID=\"_a{number}\" InResponseTo=\"_r{number}\" Version=\"2.0\">\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_b{number}\" Version=\"2.0\">\
         <saml:Subject><saml:NameID>user-{number}</saml:NameID></saml:Subject></saml:Assertion></samlp:Response>"
    ))
}
