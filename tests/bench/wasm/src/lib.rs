//! Works of the core, one function each, for the pages of `cargo xtask bench`: what the released handles do
//! only together with everything that the panel shows. Compiled as the release is. Never in a release.
//!
//! Every function fails where the work did not come to the expected end, so that nothing else is measured.

use samlight::{
    base::{instant::Timestamp, limits::LIMITS, redact::Secret},
    binding::{self, Carried},
    case::Case,
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    file::import,
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

/// GitLab's whole verdict on the Response in a parameter: what it says must be `accepted`. `settings` are
/// GitLab's, `now` is when it looks, in milliseconds.
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
    let mut events = import::file("response", value.as_bytes(), now).events;
    let told = Body::Settings(Settings { provider: Some(provider), ..Settings::default() });
    events.push(Event::new(EventId::new(now, "given", 1), told));
    let tracer = Tracer::replay(events);
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
