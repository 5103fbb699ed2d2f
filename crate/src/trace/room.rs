//! The events that the store may drop, and those that must leave it: by size, with a private window, with a
//! GitLab that is forgotten.
//!
//! The tracer itself is not changed by any of it; replay what is left. Leaves out the store, which is the
//! browser's.

use super::{
    exchange::Exchange,
    flow::{Flow, FlowStep},
    tracer::Tracer,
};
use crate::{base::address::Address, event::EventId, gitlab::instance::Instance};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The data kept of each event, whatever it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Room {
    /// Octets of each event as it is stored, to know what fits.
    pub(super) sizes: BTreeMap<EventId, usize>,
    /// The exchange that each event belongs to; other events stand for themselves.
    pub(super) belongs: BTreeMap<EventId, usize>,
    /// The tab of each event that names one.
    pub(super) tabs: BTreeMap<EventId, i64>,
}

/// Bytes of all events as they are stored.
pub fn size(tracer: &Tracer) -> usize {
    tracer.room.sizes.values().sum()
}

/// Events that the store may drop so that `budget` bytes are not exceeded: whole flows, oldest first. Flows
/// that share an exchange go together, with all that lie between them, so that what is left joins as before.
/// The events that hold for the whole trace (settings, what a person told, which tabs are private) stay.
pub fn evict(tracer: &Tracer, budget: usize) -> Vec<EventId> {
    let mut excess = size(tracer).saturating_sub(budget);
    if excess == 0 {
        return Vec::new();
    }
    let groups = groups(tracer.flows(), tracer.exchanges());
    let group_of = |exchange: &usize| {
        let first = tracer.flows_of_exchange(*exchange).iter().min()?;
        tracer.flows().get(*groups.get(*first)?).map(|flow| &flow.id.event)
    };
    let in_force: BTreeSet<&EventId> = tracer.in_force().collect();
    let Room { sizes, belongs, .. } = &tracer.room;
    let mut order: Vec<(&EventId, &EventId)> = sizes
        .keys()
        .filter(|event| !in_force.contains(event))
        .map(|event| (belongs.get(event).and_then(group_of).unwrap_or(event), event))
        .collect();
    order.sort();
    let mut dropped = Vec::new();
    let mut current = None;
    for (group, event) in order {
        if excess == 0 && current != Some(group) {
            break;
        }
        current = Some(group);
        excess = excess.saturating_sub(sizes.get(event).copied().unwrap_or_default());
        dropped.push(event.clone());
    }
    dropped
}

/// For each flow the index of the first one of its group. Flows that share an exchange or a request of the
/// browser are one group, and so are all between them: what comes behind a group joins alike with it and
/// without it.
fn groups(flows: &[Flow], exchanges: &[Exchange]) -> Vec<usize> {
    let mut first_with: HashMap<Shared<'_>, usize> = HashMap::new();
    // Groups lie side by side, so that the first flow of each is enough.
    let mut starts: Vec<usize> = Vec::new();
    for (index, flow) in flows.iter().enumerate() {
        let shared = flow.steps.iter().flat_map(|step| shared_by(step, exchanges));
        let first = shared.map(|it| *first_with.entry(it).or_insert(index)).min().unwrap_or(index);
        starts.push(index);
        while starts.last().is_some_and(|start| *start > first) {
            starts.pop();
        }
        if starts.is_empty() {
            starts.push(first);
        }
    }
    let mut groups = Vec::with_capacity(flows.len());
    for (at, start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(flows.len());
        groups.resize(end, *start);
    }
    groups
}

/// Something that two flows can share.
#[derive(PartialEq, Eq, Hash)]
enum Shared<'a> {
    Exchange(usize),
    Request(&'a str),
}

fn shared_by<'a>(step: &FlowStep, exchanges: &'a [Exchange]) -> impl Iterator<Item = Shared<'a>> + use<'a> {
    let request = exchanges.get(step.exchange).map(|exchange| exchange.request.as_str());
    let request = request.filter(|request| !request.is_empty()).map(Shared::Request);
    [Shared::Exchange(step.exchange)].into_iter().chain(request)
}

/// The events of private windows. They go when the last such window is closed.
pub fn private_events(tracer: &Tracer) -> Vec<EventId> {
    let Room { sizes, belongs, tabs } = &tracer.room;
    let is_private = |event: &&EventId| {
        let tab = tabs.get(event).is_some_and(|tab| is_private_tab(tracer, *tab));
        let exchange = belongs.get(event).and_then(|exchange| tracer.exchanges().get(*exchange));
        tab || exchange.is_some_and(|exchange| exchange.place.private)
    };
    sizes.keys().filter(is_private).cloned().collect()
}

/// Whether this tab is known to be in a private window.
pub fn is_private_tab(tracer: &Tracer, tab: i64) -> bool {
    tracer.private_tabs.contains_key(&tab)
}

/// The sign-ins and sign-outs that go when these events go.
pub fn flows_of(tracer: &Tracer, events: &[EventId]) -> usize {
    let events: BTreeSet<&EventId> = events.iter().collect();
    tracer.flows().iter().filter(|flow| events.contains(&flow.id.event)).count()
}

/// The events that are about `instance`: its pages and answers, the exchanges with it, and those of its
/// sign-ins. Where it is the only GitLab of its origin, all exchanges with that origin. Files that a person
/// opened are not its own and stay.
pub fn events_of(tracer: &Tracer, instance: &Instance) -> Vec<EventId> {
    let mut others = tracer.instances().into_iter().filter(|other| other != instance);
    let shares = others.any(|other| other.origin == instance.origin);
    let is_its = |url: &str| match tracer.route(url) {
        Some((found, _)) if found == *instance => true,
        Some(_) => false,
        None => {
            !shares && Address::parse(url).is_some_and(|a| a.origin.eq_ignore_ascii_case(&instance.origin))
        }
    };
    let flows = tracer.flows().iter().filter(|flow| flow.instance.as_ref() == Some(instance));
    let steps: BTreeSet<usize> = flows.flat_map(|flow| &flow.steps).map(|step| step.exchange).collect();
    let is_gone = |(index, exchange): &(usize, &Exchange)| {
        !exchange.request.is_empty() && (is_its(exchange.url.expose()) || steps.contains(index))
    };
    let exchanges = tracer.exchanges().iter().enumerate().filter(is_gone);
    let exchanges: BTreeSet<usize> = exchanges.map(|(index, _)| index).collect();
    let pages = tracer.pages().iter().map(|(event, page)| (event, &page.url));
    let read = pages.chain(tracer.answers.iter().map(|(event, url)| (event, url)));
    let read = read.filter(|(_, url)| is_its(url.expose())).map(|(event, _)| event);
    let belongs = tracer.room.belongs.iter();
    let of_exchanges = belongs.filter(|(_, exchange)| exchanges.contains(exchange)).map(|(event, _)| event);
    read.chain(of_exchanges).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}
