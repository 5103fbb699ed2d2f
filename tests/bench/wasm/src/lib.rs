//! Works of the core, one function each, for the pages of `cargo xtask bench`: what the released handles do
//! only together with everything that the panel shows. Compiled as the release is. Never in a release.
//!
//! Every function fails where the work did not come to the expected end, so that nothing else is measured.

use samlight::{
    attack,
    base::{instant::Timestamp, limits::LIMITS, redact::Secret},
    binding::{self, Carried},
    case::Case,
    event::{
        Body, Event, EventId, Request, RequestBody,
        settings::{ProviderSettings, Settings},
    },
    signature::{self, GivenKeys, SignatureState},
    trace::tracer::Tracer,
    xml::Document,
};
use wasm_bindgen::prelude::*;

/// Reads the message and verifies its one signature.
#[wasm_bindgen]
pub fn verify(xml: &[u8]) -> Result<(), JsError> {
    let (document, _) = Document::parse(xml, &LIMITS);
    match signature::signatures(&document, &GivenKeys::default()).as_slice() {
        [one] if one.state == SignatureState::Valid => Ok(()),
        _ => Err(JsError::new("the signature is not valid")),
    }
}

/// Reads the messages of a bomb and looks who signed them: it is a query, the field of a form, or XML. Gives
/// their number.
#[wasm_bindgen]
pub fn bomb(sent: &str, octets: &[u8]) -> Result<usize, JsError> {
    let text = || std::str::from_utf8(octets);
    let read = match sent {
        "query" => binding::from_query(text()?, &LIMITS),
        "form" => binding::from_form(&[("SAMLResponse".to_owned(), Secret::from(text()?))], &LIMITS),
        _ => vec![binding::from_octets(octets, &LIMITS)],
    };
    let looked = read.iter().map(|carried| attack::look(carried, &GivenKeys::default()));
    Ok(looked.collect::<Vec<_>>().len())
}

/// Decodes the message in a parameter, reads it and writes its XML with indentation: of a form for `post`,
/// else of a query.
#[wasm_bindgen]
pub fn pretty(binding: &str, value: String) -> Result<String, JsError> {
    let carried = match binding {
        "post" => binding::from_form(&[("SAMLResponse".to_owned(), Secret::new(value))], &LIMITS),
        _ => binding::from_query(&format!("SAMLResponse={value}"), &LIMITS),
    };
    printed(carried.first())
}

/// GitLab's whole verdict on the Response in a parameter, as the browser gives it to the worker: what it says
/// must be `accepted`. `settings` are GitLab's, `now` is when it looks, in milliseconds.
#[wasm_bindgen]
pub fn verdict(value: &str, settings: &str, now: f64, accepted: bool) -> Result<(), JsError> {
    judged(value, settings, Timestamp(now as i64), accepted).map(drop)
}

/// The same, and its XML with indentation.
#[wasm_bindgen]
pub fn look(value: &str, settings: &str, now: f64, accepted: bool) -> Result<String, JsError> {
    let tracer = judged(value, settings, Timestamp(now as i64), accepted)?;
    let message = tracer.flows().last().and_then(|flow| flow.response);
    printed(message.and_then(|message| tracer.seen(message)).map(|seen| seen.carried()))
}

fn judged(value: &str, settings: &str, now: Timestamp, accepted: bool) -> Result<Tracer, JsError> {
    let provider: ProviderSettings = serde_json::from_str(settings)?;
    let posted = Body::Request(Request {
        method: "POST".to_owned(),
        url: Secret::new(provider.provider.acs(&provider.instance)),
        body: RequestBody::Form,
        form: vec![("SAMLResponse".to_owned(), vec![Secret::from(value)])],
        ..Request::default()
    });
    let told = Body::Settings(Settings { provider: Some(provider), ..Settings::default() });
    let bodies = [told, posted].into_iter().zip(1..);
    let tracer =
        Tracer::replay(bodies.map(|(body, number)| Event::new(EventId::new(now, "bench", number), body)));
    let flow = tracer.flows().last().ok_or_else(|| JsError::new("no sign-in was read"))?;
    let case = Case::new(&tracer, flow, now).received_at(now);
    match case.acceptance() {
        Some(verdict) if verdict.accepted == Some(accepted) => {}
        other => return Err(JsError::new(&format!("another verdict: {:?}", other.map(|it| it.accepted)))),
    }
    drop(case);
    Ok(tracer)
}

fn printed(carried: Option<&Carried>) -> Result<String, JsError> {
    let document = carried.and_then(|carried| carried.document.as_ref());
    document.map(Document::pretty).ok_or_else(|| JsError::new("no message was read"))
}
