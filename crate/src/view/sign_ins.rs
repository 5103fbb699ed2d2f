//! The sign-ins of a recording as records of a person's story ([`scim::story`](crate::scim::story)): the
//! NameID, the time, the group, and GitLab's verdict.
//!
//! Rows R43 and R55; gitlab-facts 4.2: a NameID is an identifier of SAML. What GitLab was seen to do decides
//! what happened, and the one verdict says what it means. Leaves out: sign-ins that name nobody, whose NameID
//! is encrypted or made up for each sign-in and that have no e-mail address; and what pages of the recording
//! show as stored.

use super::verdict;
use crate::{
    base::instant::Timestamp,
    case::Case,
    comparison::{self, attribution},
    gitlab::routes::Provider,
    scim::record::{KnownBy, NAME_ID, Record, Source, Valued, What},
    trace::{
        flow::{Flow, FlowKind},
        tracer::Tracer,
    },
};

/// The sign-ins of `tracer`, each with its number from 1.
pub fn records(tracer: &Tracer, now: Timestamp) -> Vec<Record> {
    let sign_ins = tracer.flows().iter().filter(|flow| flow.kind == FlowKind::SignIn);
    (1..).zip(sign_ins).filter_map(|(number, flow)| record(tracer, number, flow, now)).collect()
}

fn record(tracer: &Tracer, number: usize, flow: &Flow, now: Timestamp) -> Option<Record> {
    let sent = comparison::uid_sent(tracer, flow);
    let is_made_up = flow.name_id(tracer).is_some_and(|(name_id, _)| comparison::is_transient(&name_id));
    let name_id = sent.as_ref().map(|(name_id, _)| name_id);
    let email = attribution::email_sent(tracer, flow);
    let known = name_id.filter(|_| !is_made_up).map(|it| (KnownBy::Saml, it.clone()));
    let who: Vec<_> = known.into_iter().chain(email.map(|it| (KnownBy::Email, it))).collect();
    if who.is_empty() {
        return None;
    }
    let case = Case::new(tracer, flow, now);
    let (verdict, steps) = verdict::verdict(&case);
    let answered = flow.answered.and_then(|at| tracer.exchanges().get(at)?.response.as_ref());
    Some(Record {
        source: Source::Recording,
        line: number,
        at: Some(sent.as_ref().map_or(flow.id.event.time, |(_, event)| event.time)),
        who,
        what: match flow.succeeded() {
            Some(true) => What::SignedIn,
            Some(false) => What::SignInRefused,
            None => What::SignInOpen,
        },
        action: verdict::title(flow).to_string(),
        group: flow.provider.as_ref().and_then(Provider::group).map(str::to_owned),
        values: name_id.map(|it| Valued::new(NAME_ID, it)).into_iter().collect(),
        status: answered.map(|response| response.status),
        severity: verdict.severity,
        meaning: verdict.text,
        said: flow.flash.as_ref().map(|shown| shown.join(" ")).filter(|shown| !shown.is_empty()),
        steps,
        host: flow.instance.as_ref().map(ToString::to_string),
    })
}
