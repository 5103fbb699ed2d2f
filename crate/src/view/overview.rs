//! The first screen: [`Overview`] from the trace and what the background script knows.

use super::{
    Overview, Selected, Sentence, Severity,
    flow::{headline, sentence},
    lines::{Line, Lines},
    search::{self, Query, WINDOW},
};
use crate::{flow::Flow, protocol::Context, text, tracer::Tracer};

/// The first screen, with the part of the list that `query` asks for. `lines` keeps what is the same next time.
pub fn overview(tracer: &Tracer, lines: &mut Lines, context: &Context, query: &Query) -> Overview {
    let is_here = |flow: &Flow| query.tab.is_none_or(|tab| flow.place.tab == tab);
    let all: Vec<&Line> =
        lines.refresh(tracer, context.now).iter().filter(|line| is_here(line.flow())).collect();
    let found = search::found(tracer, all.iter().rev().copied(), query);
    let newest =
        tracer.flows().iter().rfind(|flow| is_here(flow)).map(|flow| headline(tracer, flow, context.now));
    let (headline, first_step) = match newest {
        Some((verdict, steps)) => (verdict, steps.into_iter().next()),
        None if context.recording => (sentence(Severity::Neutral, text!("headline.nothing-yet")), None),
        None => (sentence(Severity::Neutral, text!("headline.paused")), None),
    };
    let chosen = query.chosen.as_ref().and_then(|id| all.iter().find(|line| line.shown.id == *id));
    let selected = chosen.or(found.first()).or(all.last()).map(|line| Selected {
        id: line.shown.id.clone(),
        position: found.iter().position(|found| found.shown.id == line.shown.id),
    });
    let mut hosts: Vec<String> = all.iter().flat_map(|line| line.hosts.iter().cloned()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    // The last part rather than none, when what was found became less.
    let start = query.start.min(found.len().saturating_sub(WINDOW));
    Overview {
        revision: tracer.revision().to_string(),
        recording: context.recording,
        problems: all.iter().filter(|line| line.is_problem()).count(),
        headline,
        first_step,
        total: all.len(),
        found: found.len(),
        start,
        flows: found.iter().skip(start).take(WINDOW).map(|line| line.shown.clone()).collect(),
        hosts,
        selected,
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
