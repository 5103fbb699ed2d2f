//! GitLab sent the person to the identity provider, and no Response came back.
//!
//! SAML Profiles 4.1.4: step 5 did not happen. The identity provider showed an error or waits for the person,
//! or the window was closed. The finding goes when the Response comes. Where something was posted that the
//! browser did not show, nothing is said.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::severity::Severity,
    gitlab::docs,
    text,
    trace::{
        exchange::{Absence, Exchange},
        flow::FlowKind,
        seen::Rode,
    },
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "response-never-posted",
    short: |_| text!("short.never-posted"),
    ask: &[Ask::Do(|| text!("owner.ask.assigned"))],
    blames: Blames::Response,
    find: Find::Look(find),
};

/// Milliseconds that a person may take to sign in at the identity provider before it is worth a word.
const PATIENCE: i64 = 120_000;

fn find(case: &Case<'_>) -> Option<Found> {
    let flow = case.flow;
    if flow.kind != FlowKind::SignIn
        || flow.response.is_some()
        || case.tracer.seen(flow.request?)?.rode == Rode::File
    {
        return None;
    }
    let steps = flow.steps.iter().filter_map(|step| case.tracer.exchanges().get(step.exchange));
    let posted_unseen = |exchange: &Exchange| {
        let unseen = [
            Absence::Request,
            Absence::RawBody,
            Absence::LargeBody,
            Absence::UnreadableBody,
            Absence::BackChannel,
        ];
        exchange.messages.is_empty() && exchange.absences().iter().any(|absence| unseen.contains(absence))
    };
    if steps.into_iter().any(posted_unseen) {
        return None;
    }
    // A later sign-in to the same GitLab in the same tab means that this one was given up.
    let given_up = case.tracer.flows().iter().any(|other| {
        other.kind == FlowKind::SignIn
            && other.place == flow.place
            && other.instance == flow.instance
            && other.id > flow.id
    });
    if !given_up && case.now.since(flow.last) < PATIENCE {
        return None;
    }
    let seen = case.tracer.seen(flow.request?)?;
    let text = text!("evidence.request-sent", time = case.zone.time_of_day(seen.event.time));
    let evidence = Evidence::of(&seen.event, text);
    Some(
        Found::new(Severity::Warning, AtFault::IdentityProvider, text!("never-posted"), evidence)
            .remedy(text!("remedy.read-idp-page"), None)
            .remedy(text!("remedy.assigned-to-app"), Some(docs::TROUBLESHOOTING)),
    )
}
