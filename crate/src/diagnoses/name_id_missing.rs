//! The Response says success and has no NameID, so GitLab cannot tell whose it is.
//!
//! gitlab-facts 5.2 E30: "SAML NameID is missing from your SAML response." An encrypted NameID is not a
//! missing one.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, comparison, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "name-id-missing",
    short: |_| text!("short.no-name-id"),
    ask: &[Ask::Do(|| text!("owner.ask.name-id-missing"))],
    blames: Blames::Response,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let message = case.flow.response_message(case.tracer)?;
    let reference = case.flow.response?;
    // An attribute stands for it.
    if comparison::uid_attribute(case.tracer, case.flow).is_some() {
        return None;
    }
    let said_success = message.status().is_some_and(|status| status.is_success());
    if !said_success
        || comparison::may_hide_name_id(message)
        || message.name_id().is_some_and(|name_id| !name_id.value.is_empty())
    {
        return None;
    }
    // A LogoutResponse never has one.
    if !matches!(message.kind, crate::saml::MessageKind::Response) {
        return None;
    }
    let event = case.tracer.seen(reference)?.event.clone();
    let text = match message.name_id() {
        Some(_) => text!("name-id-missing.empty"),
        None if message.assertions().is_empty() => text!("name-id-missing.no-assertion"),
        None => text!("name-id-missing.absent"),
    };
    let evidence = Evidence::of(&event, text!("evidence.no-name-id"));
    Some(
        Found::new(Severity::Error, AtFault::IdentityProvider, text, evidence)
            .remedy(text!("remedy.map-name-id"), Some(docs::NAME_ID)),
    )
}
