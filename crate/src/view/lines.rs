//! The lines of the list, kept from one look to the next ([`Lines`]).
//!
//! A trace can hold thousands of sign-ins, and every event of a new one means a new look. What a line says
//! follows from its flow, from that flow's exchanges, and from what is known beyond them (settings,
//! identities, pages, what a person told). While all of that is the same the line is the same, so only lines
//! that changed are made again. The one exception is time: a flow that waits for its Response is looked at
//! anew until it has waited for long.

use super::{FlowLine, flow::line};
use crate::{
    base::{address::Address, instant::Timestamp, order::sort_by, severity::Severity},
    case::Case,
    comparison,
    event::{EventId, settings::Settings},
    trace::{closed::Closed, exchange::Exchange, flow::Flow, identities::Identities, tracer::Tracer},
};

/// Milliseconds after which time alone changes no verdict of a flow that waits for its Response.
pub const WAITING: i64 = 600_000;

/// Lines of a trace. Belongs to one tracer; begin with an empty one when the tracer is replaced.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    known: Known,
    /// The line of each flow that was looked at, in the order of the flows.
    lines: Vec<Option<Line>>,
}

/// One flow with its line, and what a search looks at besides.
#[derive(Clone, Debug)]
pub(super) struct Line {
    flow: Flow,
    /// The parts that were seen of each of its exchanges: messages, answer, end.
    exchanges: Vec<(usize, bool, bool)>,
    made: Timestamp,
    /// The line as it is shown.
    pub(super) shown: FlowLine,
    /// The hosts that took part.
    pub(super) hosts: Vec<String>,
    /// The NameID that was sent.
    pub(super) name_id: Option<String>,
}

/// The facts that are known beyond the flows, and can change every line.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    settings: Settings,
    identities: Identities,
    pages: usize,
    managed: u64,
    told: Option<EventId>,
}

impl Lines {
    /// The lines of all flows, oldest first, as they are at `now`.
    pub(super) fn refresh(
        &mut self,
        tracer: &mut Tracer,
        now: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &Line> {
        self.know(tracer);
        for at in 0..self.lines.len() {
            self.line(at, tracer, now);
        }
        self.lines.iter().flatten()
    }

    /// Forgets the lines where anything else became known that can change them.
    fn know(&mut self, tracer: &Tracer) {
        if !self.known.holds(tracer) {
            self.known = Known::of(tracer);
            self.lines.clear();
        }
        self.lines.resize_with(tracer.flows().len(), || None);
    }

    /// The line of a flow, made anew where it changed. It may need its messages, so the trace
    /// [rests](Tracer::rest) between two of them.
    fn line(&mut self, at: usize, tracer: &mut Tracer, now: Timestamp) -> Option<&Line> {
        tracer.rest();
        let (flow, line) = (tracer.flows().get(at)?, self.lines.get_mut(at)?);
        let case = Case::new(tracer, flow, now);
        if !line.as_ref().is_some_and(|line| line.holds(&case)) {
            *line = Some(Line::of(&case));
        }
        line.as_ref()
    }

    /// The number of flows that have a warning or an error.
    pub fn problems(&mut self, tracer: &mut Tracer, now: Timestamp) -> usize {
        self.found(tracer, now, None).problems
    }

    /// The result of looking at the flows that are not closed. Those of which it is told already are passed
    /// over.
    pub(super) fn found(
        &mut self,
        tracer: &mut Tracer,
        now: Timestamp,
        older: Option<(&Closed, &[(u64, bool)])>,
    ) -> Found {
        self.know(tracer);
        let mut found = Found::default();
        for at in 0..self.lines.len() {
            let Some(flow) = tracer.flows().get(at) else { break };
            let mark = match older {
                Some((closed, _)) if closed.has(tracer, flow) => continue,
                Some((closed, _)) => closed.mark(tracer, flow),
                None => None,
            };
            let told = older.and_then(|(_, told)| told.iter().find(|(known, _)| Some(*known) == mark));
            let is_problem = match told {
                Some((_, is_problem)) => *is_problem,
                None => self.line(at, tracer, now).is_some_and(Line::is_problem),
            };
            found.flows += 1;
            found.problems += usize::from(is_problem);
            found.open.extend(mark.map(|mark| (mark, is_problem)));
        }
        found
    }
}

/// The result of looking at flows.
#[derive(Default)]
pub(super) struct Found {
    /// The number of them.
    pub(super) flows: usize,
    /// The number of those that have a warning or an error.
    pub(super) problems: usize,
    /// Whether it is one of these, for each whose verdict does not change with time.
    pub(super) open: Vec<(u64, bool)>,
}

impl Known {
    fn of(tracer: &Tracer) -> Self {
        Known {
            settings: tracer.settings().clone(),
            identities: tracer.identities().clone(),
            pages: tracer.pages().len(),
            managed: tracer.revision_of_managed(),
            told: tracer.told().map(|(event, _)| event.clone()),
        }
    }

    fn holds(&self, tracer: &Tracer) -> bool {
        self.pages == tracer.pages().len()
            && self.managed == tracer.revision_of_managed()
            && self.told.as_ref() == tracer.told().map(|(event, _)| event)
            && self.settings == *tracer.settings()
            && self.identities == *tracer.identities()
    }
}

impl Line {
    fn of(case: &Case<'_>) -> Self {
        let Case { tracer, flow, now, .. } = *case;
        let exchanges = || flow.steps.iter().filter_map(|step| tracer.exchanges().get(step.exchange));
        let addresses = exchanges().map(|exchange| exchange.url.expose().as_str());
        let request = flow.request_message(tracer);
        let destination = request.and_then(|request| request.head.destination.as_deref());
        let host = |url| Address::parse(url).map(|address| address.host().to_ascii_lowercase());
        let mut hosts: Vec<String> = addresses.chain(destination).filter_map(host).collect();
        sort_by(&mut hosts, String::cmp);
        hosts.dedup();
        Line {
            flow: flow.clone(),
            exchanges: exchanges().map(seen_of).collect(),
            made: now,
            shown: line(case),
            hosts,
            name_id: comparison::uid_sent(tracer, flow).map(|(uid, _)| uid),
        }
    }

    fn holds(&self, case: &Case<'_>) -> bool {
        let Case { tracer, flow, now, .. } = *case;
        let settled = now == self.made || flow.response.is_some() || self.made.since(flow.last) >= WAITING;
        let seen = flow.steps.iter().filter_map(|step| tracer.exchanges().get(step.exchange)).map(seen_of);
        settled && self.flow == *flow && seen.eq(self.exchanges.iter().copied())
    }

    /// Whether it has a warning or an error.
    pub(super) fn is_problem(&self) -> bool {
        self.shown.verdict.severity >= Severity::Warning
    }

    /// The flow that it is the line of.
    pub(super) fn flow(&self) -> &Flow {
        &self.flow
    }
}

fn seen_of(exchange: &Exchange) -> (usize, bool, bool) {
    (exchange.messages.len(), exchange.response.is_some(), exchange.end.is_some())
}
