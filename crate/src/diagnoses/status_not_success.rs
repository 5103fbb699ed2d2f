//! The identity provider answered, but refused: its StatusCode is not Success.
//!
//! SAML Core 3.2.2; gitlab-facts 5.1 E12.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::severity::Severity,
    gitlab::docs,
    saml::{MessageKind, Status},
    text,
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "status-not-success",
    short: |_| text!("short.status"),
    ask: &[Ask::Do(|| text!("owner.ask.assigned"))],
    blames: Blames::Response,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let message = case.flow.response_message(case.tracer)?;
    let status = message.status();
    let is_answer = status.is_some() || matches!(message.kind, MessageKind::Response);
    if !is_answer || status.is_some_and(Status::is_success) {
        return None;
    }
    let event = case.tracer.seen(case.flow.response?)?.event.clone();
    let code: Vec<&str> =
        status.iter().flat_map(|status| [status.code(), status.subcode()]).flatten().map(short).collect();
    let code = code.join(", ");
    let said = status.and_then(|status| status.message.as_deref()).map(str::trim);
    let (text, seen) = match said.filter(|said| !said.is_empty()) {
        _ if code.is_empty() => (text!("status.none"), text!("evidence.no-status")),
        Some(said) => (
            text!("status.refused-because", code = code, message = said),
            text!("evidence.status", code = code),
        ),
        None => (text!("status.refused", code = code), text!("evidence.status", code = code)),
    };
    let evidence = Evidence::of(&event, seen);
    Some(
        Found::new(Severity::Error, AtFault::IdentityProvider, text, evidence)
            .remedy(text!("remedy.ask-idp-admin"), Some(docs::TROUBLESHOOTING)),
    )
}

/// The last part of a code, which people know: `Responder`.
fn short(code: &str) -> &str {
    code.rsplit(':').next().unwrap_or(code)
}
