//! The browser posted the Response, and the connection to GitLab broke before an answer came.
//!
//! SAML Profiles 4.1.4: step 5 did not arrive. A Response that was posted again and answered is no finding.
//! Browsers name a request that was given up (the tab went elsewhere, loading was stopped) in words of their
//! own; that is no fault of the network.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::severity::Severity,
    gitlab::docs,
    text,
    trace::{exchange::Exchange, seen::Rode},
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "response-unanswered",
    short: |_| text!("short.unanswered"),
    ask: &[Ask::CompareNameId],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

/// The words of Chromium and Firefox for a request that was given up.
const GIVEN_UP: &[&str] = &["net::ERR_ABORTED", "NS_BINDING_ABORTED"];

fn find(case: &Case<'_>) -> Option<Found> {
    let steps = case.flow.steps.iter().filter_map(|step| case.tracer.exchanges().get(step.exchange));
    let carries = |exchange: &&Exchange| {
        let response = case.flow.response.and_then(|response| case.tracer.seen(response));
        exchange.messages.iter().any(|seen| {
            seen.rode != Rode::Redirect
                && response.is_some_and(|response| response.carried().value == seen.carried().value)
        })
    };
    let posted: Vec<&Exchange> = steps.filter(carries).collect();
    let last = posted.last()?;
    let error = last.failure()?;
    if posted.iter().any(|exchange| exchange.response.is_some()) {
        return None;
    }
    let text = text!("evidence.unanswered", time = case.zone.time_of_day(last.id.time), error = error);
    let evidence = Evidence::of(&last.id, text);
    let finding = |severity, at_fault, text| Found::new(severity, at_fault, text, evidence);
    let finding = if GIVEN_UP.contains(&error) {
        finding(Severity::Warning, AtFault::Browser, text!("unanswered.given-up", error = error))
    } else {
        finding(Severity::Error, AtFault::Network, text!("unanswered", error = error))
            .remedy(text!("remedy.reach-gitlab"), None)
    };
    Some(finding.remedy(text!("remedy.sign-in-anew"), Some(docs::TROUBLESHOOTING)))
}
