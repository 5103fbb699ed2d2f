//! One SubjectConfirmation fits in all it says: bearer, this Response's request, now, GitLab's ACS byte for
//! byte (`validate_subject_confirmation`).

use super::{
    Check, CheckResult, Failure, clock,
    received::{Received, attribute},
};
use crate::{
    base::{catalogue::Text, instant::Timestamp},
    saml::uri,
    text,
    xml::Element,
};

pub(super) const CHECK: Check = Check {
    id: "subject-confirmation",
    title: || text!("accept.subject-confirmation"),
    messages: &[&["A valid SubjectConfirmation was not found on this Response"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let confirmations = received.at_path(&["Subject", "SubjectConfirmation"]);
    let mut first_obstacle = None;
    for confirmation in confirmations {
        match obstacle(received, confirmation) {
            None => return CheckResult::Passed,
            Some(obstacle) => first_obstacle = first_obstacle.or(Some(obstacle)),
        }
    }
    let failure = Failure::saying("A valid SubjectConfirmation was not found on this Response");
    match first_obstacle {
        Some((text, by_clock)) if !by_clock || received.sp.is_group() || received.sp.told => {
            CheckResult::Failed(failure.because(text))
        }
        Some(_) => CheckResult::Unknown(text!("accept.drift-unknown")),
        None => CheckResult::Failed(failure.because(text!("accept.no-confirmation"))),
    }
}

/// The part that does not fit, and whether it is the clock.
fn obstacle(received: &Received<'_>, confirmation: Element<'_>) -> Option<(Text, bool)> {
    if attribute(confirmation, "Method").is_some_and(|method| method != uri::confirmation::BEARER) {
        return Some((text!("accept.confirmation-method"), false));
    }
    let Some(confirmed) = confirmation.child(uri::ASSERTION, "SubjectConfirmationData") else {
        return Some((text!("accept.confirmation-empty"), false));
    };
    let in_response_to = attribute(confirmed, "InResponseTo").map(|id| id.into_owned());
    if in_response_to.is_some() && in_response_to != received.in_response_to() {
        return Some((text!("accept.confirmation-in-response-to"), false));
    }
    // Recipient first: it is the fault that a person can fix, and the order does not show.
    if attribute(confirmed, "Recipient").is_some_and(|recipient| recipient != received.sp.acs.as_str()) {
        return Some((text!("accept.confirmation-recipient", acs = received.sp.acs), false));
    }
    let instant = |name| attribute(confirmed, name).and_then(|written| Timestamp::parse(&written));
    let (at, drift) = (received.at, received.sp.clock_drift);
    let too_early = instant("NotBefore").is_some_and(|start| clock::is_before(at, start, drift));
    let too_late = instant("NotOnOrAfter").is_some_and(|end| clock::is_after(at, end, drift));
    (too_early || too_late).then(|| (text!("accept.confirmation-time"), true))
}
