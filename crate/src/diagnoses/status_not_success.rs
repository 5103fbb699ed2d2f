//! The identity provider answered, but refused: its StatusCode is not Success.
//!
//! SAML Core 3.2.2; gitlab-facts 5.1 E12.

use super::{AtFault, Case, Diagnosis, Evidence, Finding, docs};
use crate::{text, view::Severity};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis { id: "status-not-success", find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let status = case.flow.response_message(case.tracer)?.status().filter(|status| !status.is_success())?;
    let event = case.tracer.seen(case.flow.response?)?.event.clone();
    let short = |code: Option<&str>| code.map(|code| code.rsplit(':').next().unwrap_or(code).to_owned());
    let code =
        [short(status.code()), short(status.subcode())].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let text = match status.message.as_deref().map(str::trim).filter(|message| !message.is_empty()) {
        Some(message) => text!("status.refused-because", code = code, message = message),
        None => text!("status.refused", code = code),
    };
    let evidence = Evidence { event, text: text!("evidence.status", code = code) };
    Some(
        Finding::new(DIAGNOSIS.id, Severity::Error, AtFault::IdentityProvider, text, evidence)
            .remedy(text!("remedy.ask-idp-admin"), Some(docs::TROUBLESHOOTING)),
    )
}
