//! The events that the store may drop, and those that must leave it: by size, with a private window, with a
//! GitLab that is forgotten.
//!
//! Any page can send messages without end. So what goes for want of room goes from the tab that takes most of
//! it, and there the oldest first: a flood in one tab never pushes out a sign-in in another.
//!
//! The tracer itself is not changed by any of it; replay what is left. Leaves out the store, which is the
//! browser's.

use super::{count, exchange::Exchange, flow::Flow, heading, tracer::Tracer};
use crate::{
    base::{
        address::Address,
        instant::Timestamp,
        order::{inserted, sort_by, sort_by_key},
    },
    event::EventId,
    gitlab::instance::Instance,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
};

/// The data kept of each event, whatever it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Room {
    /// Octets of each event as it is stored, to know what fits.
    sizes: BTreeMap<EventId, usize>,
    /// Octets of all.
    total: usize,
    /// The exchange that each event belongs to; other events stand for themselves.
    pub(super) belongs: BTreeMap<EventId, usize>,
    /// The tab of each event that names one.
    tabs: BTreeMap<EventId, i64>,
    /// Events that tell of no exchange, but of what holds for the whole trace.
    others: BTreeMap<EventId, usize>,
    /// Whether any event named a private window.
    has_private: bool,
    /// The number of events that are stored and were not read.
    unread: usize,
}

impl Room {
    /// Notes the octets of an event.
    pub(super) fn add(&mut self, event: &EventId, size: usize) {
        let before = self.sizes.insert(event.clone(), size).unwrap_or_default();
        self.total = (self.total + size).saturating_sub(before);
    }

    /// Notes an event that tells of no exchange.
    pub(super) fn add_other(&mut self, event: &EventId) {
        self.others.insert(event.clone(), 0);
    }

    /// Notes so many events of so many octets that are stored and were not read.
    pub(super) fn leave_unread(&mut self, events: usize, octets: usize) {
        self.unread += events;
        self.total += octets;
    }

    /// The number of events that are stored.
    pub(super) fn stored(&self) -> usize {
        self.unread + self.sizes.len()
    }

    /// Octets of each event, oldest first.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (&EventId, usize)> {
        self.sizes.iter().map(|(event, size)| (event, *size))
    }

    /// Whether this event tells of an exchange that this browser saw.
    pub(super) fn tells_of_exchange(&self, event: &EventId) -> bool {
        !event.is_imported() && !self.others.contains_key(event)
    }

    /// Whether any event named a private window.
    pub(super) fn has_private(&self) -> bool {
        self.has_private
    }

    /// Notes the tab that an event names.
    pub(super) fn add_tab(&mut self, event: &EventId, tab: i64, is_private: bool) {
        self.tabs.insert(event.clone(), tab);
        self.has_private |= is_private;
    }

    /// The ids of all events, oldest first.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = &EventId> + ExactSizeIterator {
        self.sizes.keys()
    }

    /// Whether the event is among them.
    pub(super) fn has(&self, event: &EventId) -> bool {
        self.sizes.contains_key(event)
    }
}

/// Bytes of all events as they are stored, read or not.
pub fn size(tracer: &Tracer) -> usize {
    tracer.room.total
}

/// Events that the store may drop so that `budget` bytes are not exceeded: whole flows, from the tab that
/// takes most room, its oldest first. What is left joins as before: with a flow all go that share something
/// with it, and all that are older in their tabs. What holds for the whole trace (settings, what a person
/// told, which tabs are private) stays.
pub fn evict(tracer: &Tracer, budget: usize) -> Vec<EventId> {
    let excess = size(tracer).saturating_sub(budget);
    if excess == 0 { Vec::new() } else { Eviction::of(tracer).drop(excess) }
}

/// The things that go together: a flow, an exchange of no flow, or an event of no exchange.
#[derive(Default)]
struct Item<'a> {
    tab: i64,
    /// The place at which it stands in its tab.
    at: usize,
    /// The event that it began with.
    first: Option<&'a EventId>,
    events: Vec<&'a EventId>,
    size: usize,
}

/// Something that two items can share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shared<'a> {
    Exchange(usize),
    /// The browser's id of a request.
    Request(&'a str),
    /// Stands for a message's ID or value, as it is or as another message names it.
    Message(u64),
}

/// The tab of what names none.
const NO_TAB: i64 = i64::MIN;
/// The tab of what files tell, whatever they say of it: a flood in a file pushes out nothing that was seen.
const FILES: i64 = i64::MIN + 1;

/// The bytes of a tab without its newest item, those of all, the event that its oldest item began with, the
/// tab.
type Rank<'a> = (usize, usize, Reverse<Option<&'a EventId>>, i64);

/// All that may be dropped, and what was.
struct Eviction<'a> {
    items: Vec<Item<'a>>,
    /// The items of each tab, oldest first.
    tabs: BTreeMap<i64, Vec<usize>>,
    /// The number of these that went.
    cuts: BTreeMap<i64, usize>,
    /// Octets of what is left of each tab.
    sizes: BTreeMap<i64, usize>,
    shared: HashMap<Shared<'a>, Vec<usize>>,
    /// The things that each item shares.
    shares: Vec<Vec<Shared<'a>>>,
}

impl<'a> Eviction<'a> {
    fn of(tracer: &'a Tracer) -> Self {
        let flows = tracer.flows();
        let item = |tab: i64, first: &'a EventId| {
            let tab = if first.is_imported() { FILES } else { tab };
            Item { tab, first: Some(first), ..Item::default() }
        };
        let mut items: Vec<Item<'a>> =
            flows.iter().map(|flow| item(flow.place.tab, &flow.id.event)).collect();
        let mut shares: Vec<Vec<Shared<'a>>> =
            flows.iter().map(|flow| shared_by_flow(flow, tracer.exchanges())).collect();
        let in_force: BTreeSet<&EventId> = inserted(tracer.in_force());
        let mut loose: HashMap<usize, usize> = HashMap::new();
        for (event, size) in &tracer.room.sizes {
            count::look();
            if in_force.contains(event) {
                continue;
            }
            let exchange = tracer.room.belongs.get(event).copied();
            let flow = exchange.and_then(|index| tracer.flows_of_exchange(index).iter().min().copied());
            let known = flow.or_else(|| loose.get(&exchange?).copied());
            let index = known.unwrap_or_else(|| {
                let place = exchange.and_then(|index| tracer.exchanges().get(index)).map(|it| it.place.tab);
                let tab = place.or_else(|| tracer.room.tabs.get(event).copied()).unwrap_or(NO_TAB);
                items.push(item(tab, event));
                shares.push(exchange.map_or_else(Vec::new, |it| shared_by(it, tracer.exchanges()).collect()));
                loose.extend(exchange.map(|exchange| (exchange, items.len() - 1)));
                items.len() - 1
            });
            if let Some(item) = items.get_mut(index) {
                item.events.push(event);
                item.size += size;
            }
        }
        let mut shared: HashMap<Shared<'a>, Vec<usize>> = HashMap::new();
        for (index, of_item) in shares.iter().enumerate() {
            of_item.iter().for_each(|it| shared.entry(*it).or_default().push(index));
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        sort_by_key(&mut order, |index| items.get(*index).and_then(|item| item.first));
        let (mut tabs, mut sizes) = (BTreeMap::<i64, Vec<usize>>::new(), BTreeMap::<i64, usize>::new());
        for index in order {
            let Some(item) = items.get_mut(index) else { continue };
            let of_tab = tabs.entry(item.tab).or_default();
            item.at = of_tab.len();
            of_tab.push(index);
            *sizes.entry(item.tab).or_default() += item.size;
        }
        Eviction { items, tabs, cuts: BTreeMap::new(), sizes, shared, shares }
    }

    /// The oldest item that is left of a tab.
    fn oldest(&self, tab: i64) -> Option<usize> {
        self.tabs.get(&tab)?.get(self.cuts.get(&tab).copied().unwrap_or_default()).copied()
    }

    /// The rank of a tab. The first to lose is the tab that takes most besides its newest item, which is
    /// spared as long as any tab has more than one; then the largest; of two as large that with the older
    /// item.
    fn rank(&self, tab: i64) -> Option<Rank<'a>> {
        let (oldest, newest) = (self.oldest(tab)?, *self.tabs.get(&tab)?.last()?);
        let size = self.sizes.get(&tab).copied().unwrap_or_default();
        let besides = size.saturating_sub(self.items.get(newest)?.size);
        Some((besides, size, Reverse(self.items.get(oldest)?.first), tab))
    }

    /// The events that go until `excess` octets are gone, oldest first.
    fn drop(mut self, mut excess: usize) -> Vec<EventId> {
        let mut ranks: BTreeSet<_> = inserted(self.tabs.keys().filter_map(|tab| self.rank(*tab)));
        let mut dropped = Vec::new();
        while excess > 0 {
            let Some((.., largest)) = ranks.pop_last() else { break };
            let mut waiting: VecDeque<usize> = self.oldest(largest).into_iter().collect();
            while let Some(index) = waiting.pop_front() {
                let Some((tab, at)) = self.items.get(index).map(|item| (item.tab, item.at)) else { continue };
                if let Some(rank) = self.rank(tab) {
                    ranks.remove(&rank);
                }
                // All that is older in its tab goes, too.
                while let Some(older) = self.oldest(tab).filter(|_| self.cut(tab) <= at) {
                    count::look();
                    *self.cuts.entry(tab).or_default() += 1;
                    let Some(item) = self.items.get_mut(older) else { continue };
                    excess = excess.saturating_sub(item.size);
                    if let Some(left) = self.sizes.get_mut(&tab) {
                        *left = left.saturating_sub(item.size);
                    }
                    dropped.extend(std::mem::take(&mut item.events).into_iter().cloned());
                    for it in self.shares.get(older).into_iter().flatten() {
                        // Messages that name each other join across tabs only while they are in one flow, or
                        // any page could name those of another tab.
                        let goes = |other: &usize| match it {
                            Shared::Message(_) => self.items.get(*other).is_some_and(|it| it.tab == tab),
                            Shared::Exchange(_) | Shared::Request(_) => true,
                        };
                        waiting.extend(self.shared.remove(it).into_iter().flatten().filter(goes));
                    }
                }
                ranks.extend(self.rank(tab));
            }
        }
        sort_by(&mut dropped, Ord::cmp);
        dropped
    }

    fn cut(&self, tab: i64) -> usize {
        self.cuts.get(&tab).copied().unwrap_or_default()
    }
}

fn shared_by_flow<'a>(flow: &Flow, exchanges: &'a [Exchange]) -> Vec<Shared<'a>> {
    flow.steps.iter().flat_map(|step| shared_by(step.exchange, exchanges)).collect()
}

/// The things that an exchange can have in common with others: itself, the browser's request, its messages,
/// and those that they answer.
fn shared_by(index: usize, exchanges: &[Exchange]) -> impl Iterator<Item = Shared<'_>> {
    let exchange = exchanges.get(index);
    let request = exchange.map(|it| it.request.as_str()).filter(|it| !it.is_empty()).map(Shared::Request);
    let messages = exchange.into_iter().flat_map(|it| &it.messages).flat_map(|seen| {
        let answers = seen.heading.in_response_to.as_deref().map(heading::key);
        seen.heading.keys().chain(answers).map(Shared::Message)
    });
    [Shared::Exchange(index)].into_iter().chain(request).chain(messages)
}

/// The loss of one tab when events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabLoss {
    /// The tab.
    pub tab: i64,
    /// The sign-ins and sign-outs that go.
    pub flows: usize,
    /// When the newest of them began.
    pub until: Timestamp,
    /// The host that it was sent to; empty where it is not told.
    pub host: String,
}

/// The loss of each tab when these events go.
pub fn losses(tracer: &Tracer, events: &[EventId]) -> Vec<TabLoss> {
    let events: BTreeSet<&EventId> = inserted(events);
    let mut losses: BTreeMap<i64, TabLoss> = BTreeMap::new();
    for flow in tracer.flows().iter().filter(|flow| events.contains(&flow.id.event)) {
        let exchange = flow.steps.first().and_then(|step| tracer.exchanges().get(step.exchange));
        // Only its host is told, and nothing of a private window, which leaves no trace.
        let told = exchange.filter(|_| !flow.place.private);
        let address = told.and_then(|exchange| Address::parse(exchange.url.expose()));
        let host = address.map(|address| address.host().to_ascii_lowercase()).unwrap_or_default();
        let before = losses.get(&flow.place.tab).map_or(0, |loss| loss.flows);
        let loss = TabLoss { tab: flow.place.tab, flows: before + 1, until: flow.id.event.time, host };
        losses.insert(flow.place.tab, loss);
    }
    losses.into_values().collect()
}

/// The events of private windows. They go when the last such window is closed.
pub fn private_events(tracer: &Tracer) -> Vec<EventId> {
    let Room { sizes, belongs, tabs, has_private, .. } = &tracer.room;
    if !has_private {
        return Vec::new();
    }
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

/// The events of exchanges that are of sign-ins, but of none that is kept. What pages and answers show, and
/// what a person told, is of no sign-in.
pub fn events_of_others(tracer: &Tracer, is_kept: impl Fn(&Flow) -> bool) -> BTreeSet<EventId> {
    let steps = |is_wanted: bool| -> BTreeSet<usize> {
        let flows = tracer.flows().iter().filter(|flow| is_kept(flow) == is_wanted);
        inserted(flows.flat_map(|flow| &flow.steps).map(|step| step.exchange))
    };
    let (kept, others) = (steps(true), steps(false));
    let belongs = tracer.room.belongs.iter();
    let of_others = belongs.filter(|(_, exchange)| others.contains(exchange) && !kept.contains(exchange));
    inserted(of_others.map(|(event, _)| event.clone()))
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
    let steps: BTreeSet<usize> = inserted(flows.flat_map(|flow| &flow.steps).map(|step| step.exchange));
    let is_gone = |(index, exchange): &(usize, &Exchange)| {
        !exchange.request.is_empty() && (is_its(exchange.url.expose()) || steps.contains(index))
    };
    let exchanges = tracer.exchanges().iter().enumerate().filter(is_gone);
    let exchanges: BTreeSet<usize> = inserted(exchanges.map(|(index, _)| index));
    let pages = tracer.pages().iter().map(|(event, page)| (event, &page.url));
    let read = pages.chain(tracer.answers.iter().map(|(event, url)| (event, url)));
    let read = read.filter(|(_, url)| is_its(url.expose())).map(|(event, _)| event);
    let belongs = tracer.room.belongs.iter();
    let of_exchanges = belongs.filter(|(_, exchange)| exchanges.contains(exchange)).map(|(event, _)| event);
    inserted::<BTreeSet<_>, _>(read.chain(of_exchanges).cloned()).into_iter().collect()
}
