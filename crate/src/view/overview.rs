//! The first screen: [`Overview`] from the trace and what the background script knows.

use super::{
    Overview, Sentence, Severity,
    flow::{flow_view, line, sentence},
};
use crate::{protocol::Context, text, tracer::Tracer};

/// The first screen.
pub fn overview(tracer: &Tracer, context: &Context) -> Overview {
    let flows: Vec<_> = tracer.flows().iter().rev().map(|flow| line(tracer, flow, context.now)).collect();
    let newest = tracer.flows().last().map(|flow| flow_view(tracer, flow, context.now));
    let (headline, first_step) = match newest {
        Some(newest) => (newest.verdict, newest.steps.into_iter().next()),
        None if context.recording => (sentence(Severity::Neutral, text!("headline.nothing-yet")), None),
        None => (sentence(Severity::Neutral, text!("headline.paused")), None),
    };
    Overview {
        revision: tracer.revision().to_string(),
        recording: context.recording,
        problems: flows.iter().filter(|flow| flow.verdict.severity >= Severity::Warning).count(),
        headline,
        first_step,
        flows,
        notices: notices(context),
    }
}

fn notices(context: &Context) -> Vec<Sentence> {
    let quarantined = (context.quarantined > 0)
        .then(|| sentence(Severity::Warning, text!("notice.quarantined", count = context.quarantined)));
    let cleared = context
        .cleared_version
        .map(|version| sentence(Severity::Warning, text!("notice.cleared-version", version = version)));
    quarantined.into_iter().chain(cleared).collect()
}
