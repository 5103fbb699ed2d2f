//! The same sign-in began again and again: GitLab and the identity provider send the person round.
//!
//! Nobody starts a sign-in to the same group in the same tab within seconds of the last one, so three of them
//! in a row are the work of redirects. Each from the third on says so. It is beside the verdict of that
//! sign-in, never instead of it: which of the usual causes it is depends on how each of them ended.
//! Leaves out: rounds through several tabs, and those of which a person pressed a button in each.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::{instant::duration_text, severity::Severity},
    gitlab::docs,
    text,
    trace::flow::{Flow, FlowKind},
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "sign-in-repeats",
    short: |_| text!("short.repeats"),
    ask: &[Ask::Do(|| text!("owner.ask.sign-on-url"))],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

/// Milliseconds from the end of one sign-in to the beginning of the next: a redirect is faster, a person is
/// slower.
const GAP: i64 = 10_000;
/// Sign-ins in a row that nobody makes by hand.
const LEAST: usize = 3;
/// Earlier sign-ins that are looked at, in all tabs.
const MOST: usize = 200;

fn find(case: &Case<'_>) -> Option<Found> {
    let flow = case.flow;
    if flow.kind != FlowKind::SignIn || flow.place.of_file {
        return None;
    }
    let flows = case.tracer.flows();
    let here = flows.iter().rposition(|other| other.id == flow.id)?;
    let is_same = |other: &&Flow| {
        other.kind == FlowKind::SignIn
            && other.place == flow.place
            && other.instance == flow.instance
            && other.provider == flow.provider
    };
    let (mut first, mut count) = (flow, 1);
    for before in flows.get(..here)?.iter().rev().take(MOST).filter(is_same) {
        if first.id.event.time.since(before.last) > GAP {
            break;
        }
        (first, count) = (before, count + 1);
    }
    if count < LEAST {
        return None;
    }
    let within = duration_text(flow.id.event.time.since(first.id.event.time));
    let began = text!("evidence.repeats", time = case.zone.time_of_day(first.id.event.time));
    let found = Found::new(
        Severity::Info,
        AtFault::IdentityProvider,
        text!("repeats", count = count, within = within),
        Evidence::of(&first.id.event, began),
    );
    Some(match flow.succeeded() {
        // GitLab lets the person in, and forgets it at once.
        Some(true) => found
            .remedy(text!("remedy.allow-cookies"), None)
            .remedy(text!("remedy.sign-on-url"), Some(docs::SET_UP)),
        _ => found
            .remedy(text!("remedy.sign-on-url"), Some(docs::SET_UP))
            .remedy(text!("remedy.allow-cookies"), None),
    })
}
