//! [`Flows`]: exchanges joined to flows.
//!
//! Exchanges are joined by InResponseTo first (SAML Core 3.2.2), then within one tab by where the Response
//! was wanted and by RelayState. A GitLab keeps only the last request's id in the session, so two tabs that
//! sign in at once disturb each other (gitlab-facts 2).
//!
//! The flows to which an exchange belongs follow from it and from those that began before it. So a new one is
//! placed behind what is known, and one that changed (its answer brought a message) has those that began
//! after it taken out and placed again: as many as were under way at once. Indexes that are kept say where to
//! look, so that an event of the ten thousandth sign-in looks at as much as one of the tenth. What was joined
//! one by one and what was joined at once is the same.

use super::{
    count,
    exchange::Exchange,
    flow::{Flow, FlowKind},
    joiner::Joiner,
    settle::{Progress, Timelines},
};
use crate::{
    base::place::Place,
    event::EventId,
    gitlab::{instance::Instance, pages::PageReading, routes::Provider},
};
use std::collections::{BTreeSet, HashMap};

/// The ground that flows stand on: all of it is given anew with each call, none of it is kept.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    /// The exchanges, in the order in which they began.
    pub(super) exchanges: &'a [Exchange],
    /// The page readings, in order.
    pub(super) pages: &'a [(EventId, PageReading)],
    /// The instances that are known to be GitLab.
    pub(super) instances: &'a [Instance],
    /// The GitLab and the integration that a person said imported messages are for.
    pub(super) given: Option<&'a (Instance, Provider)>,
}

/// The flows of a trace, with what is kept to find the right one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flows {
    /// Oldest first.
    pub(super) all: Vec<Flow>,
    /// The progress of each flow, in the same order.
    pub(super) progress: Vec<Progress>,
    /// The flows of each exchange that was placed.
    pub(super) of_exchange: Vec<Vec<usize>>,
    /// The flows that carry a message with this id or this value as it was received, oldest first.
    pub(super) carrying: HashMap<u64, Vec<usize>>,
    /// The flows with an exchange of this request of the browser, oldest first.
    pub(super) requested: HashMap<u64, Vec<usize>>,
    /// The flows of a place that wait for their Response.
    open: HashMap<Place, BTreeSet<usize>>,
    /// The timeline of each place: what happened there, in order.
    pub(super) timelines: Timelines,
    /// The changes that placing the exchanges made, in order, to be taken back.
    pub(super) done: Vec<Done>,
    /// Flows whose outcome is to be looked at again.
    pub(super) unsettled: BTreeSet<usize>,
}

/// One thing that placing an exchange did.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Done {
    /// The exchange.
    pub(super) exchange: usize,
    pub(super) what: Change,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// A flow began; it was the last one.
    Begun,
    /// A flow got a step; it was its last one.
    Step(usize),
    /// A flow got its request, or its response.
    Message { flow: usize, is_request: bool },
    /// A flow turned out to be of another kind than this one.
    Kind(usize, FlowKind),
    /// A flow was noted under the key of a message.
    Carrying(u64),
    /// A flow was noted under a request of the browser.
    Requested(u64),
    /// The exchange's messages stand in the timeline of its place.
    Listed(Place, EventId),
}

impl Flows {
    /// The flows, oldest first.
    pub(super) fn all(&self) -> &[Flow] {
        &self.all
    }

    /// The flows that the exchange with this index belongs to.
    pub(super) fn of_exchange(&self, exchange: usize) -> &[usize] {
        self.of_exchange.get(exchange).map_or(&[], Vec::as_slice)
    }

    /// Places every exchange from `first` on: those that are new, or may belong elsewhere than they did.
    pub(super) fn place_from(&mut self, first: usize, ground: Ground<'_>) {
        self.take_back(first, ground);
        for index in self.of_exchange.len()..ground.exchanges.len() {
            self.of_exchange.push(Vec::new());
            Joiner { flows: self, ground, index }.place();
        }
        self.settle(ground);
    }

    /// Looks again at the flows of an exchange that was answered or ended.
    pub(super) fn changed(&mut self, exchange: usize, ground: Ground<'_>) {
        for flow in self.of_exchange(exchange).to_vec() {
            self.include(flow, exchange, ground);
        }
        self.settle(ground);
    }

    /// Looks again at the flows that a new page reading can be the answer to.
    pub(super) fn read(&mut self, page: usize, ground: Ground<'_>) {
        let Some((event, reading)) = ground.pages.get(page) else { return };
        self.unsettled.extend(self.timelines.add_page(&reading.place, event, page));
        self.settle(ground);
    }

    /// Joins everything anew, because settings changed or a tab turned out to be private.
    pub(super) fn join_all(&mut self, ground: Ground<'_>) {
        *self = Flows::default();
        for (index, (event, reading)) in ground.pages.iter().enumerate() {
            self.timelines.add_page(&reading.place, event, index);
        }
        self.place_from(0, ground);
    }

    fn settle(&mut self, ground: Ground<'_>) {
        while let Some(index) = self.unsettled.pop_first() {
            count::look();
            let (Some(flow), Some(progress)) = (self.all.get_mut(index), self.progress.get(index)) else {
                continue;
            };
            flow.settle(progress, ground, &self.timelines);
        }
    }

    /// Takes in what `exchange`, which belongs to `flow`, says of how far the flow has come.
    pub(super) fn include(&mut self, flow: usize, exchange: usize, ground: Ground<'_>) {
        let (Some(of), Some(progress), Some(said)) =
            (self.all.get(flow), self.progress.get_mut(flow), ground.exchanges.get(exchange))
        else {
            return;
        };
        count::look();
        let before = progress.answer().cloned();
        progress.include(of, exchange, said);
        self.timelines.answered(&of.place, flow, before.as_ref(), progress.answer());
        self.unsettled.insert(flow);
    }

    /// Takes the exchanges from `first` on out again.
    fn take_back(&mut self, first: usize, ground: Ground<'_>) {
        let mut shortened = BTreeSet::new();
        while let Some(done) = self.done.pop_if(|done| done.exchange >= first) {
            match done.what {
                Change::Begun => self.end(&mut shortened),
                Change::Step(flow) => {
                    self.all.get_mut(flow).and_then(|flow| flow.steps.pop());
                    shortened.insert(flow);
                }
                Change::Message { flow, is_request } => {
                    if let Some(flow) = self.all.get_mut(flow) {
                        let slot = if is_request { &mut flow.request } else { &mut flow.response };
                        *slot = None;
                    }
                    self.reopen(flow);
                }
                Change::Kind(flow, kind) => {
                    if let Some(flow) = self.all.get_mut(flow) {
                        flow.kind = kind;
                    }
                }
                Change::Carrying(key) => pop(&mut self.carrying, key),
                Change::Requested(key) => pop(&mut self.requested, key),
                Change::Listed(place, event) => {
                    self.unsettled.extend(self.timelines.remove_message(&place, &event, done.exchange));
                }
            }
        }
        self.of_exchange.truncate(first);
        let _gone = self.unsettled.split_off(&self.all.len());
        for flow in shortened {
            self.begin_again(flow, ground);
        }
    }

    /// Reads anew how far a flow has come, that has fewer steps than before.
    fn begin_again(&mut self, index: usize, ground: Ground<'_>) {
        let (Some(flow), Some(progress)) = (self.all.get(index), self.progress.get_mut(index)) else {
            return;
        };
        self.timelines.answered(&flow.place, index, progress.answer(), None);
        *progress = Progress::new(flow);
        for exchange in flow.steps.iter().map(|step| step.exchange).collect::<Vec<_>>() {
            self.include(index, exchange, ground);
        }
    }

    /// Takes the newest flow out.
    fn end(&mut self, shortened: &mut BTreeSet<usize>) {
        let (Some(flow), Some(progress)) = (self.all.pop(), self.progress.pop()) else { return };
        let index = self.all.len();
        shortened.remove(&index);
        self.close(&flow.place, index);
        self.timelines.answered(&flow.place, index, progress.answer(), None);
    }
}

impl Flows {
    /// Notes whether a flow waits for its Response.
    pub(super) fn reopen(&mut self, index: usize) {
        let Some(flow) = self.all.get(index) else { return };
        if flow.request.is_some() && flow.response.is_none() {
            self.open.entry(flow.place.clone()).or_default().insert(index);
        } else {
            let place = flow.place.clone();
            self.close(&place, index);
        }
    }

    fn close(&mut self, place: &Place, index: usize) {
        if let Some(open) = self.open.get_mut(place) {
            open.remove(&index);
            if open.is_empty() {
                self.open.remove(place);
            }
        }
    }

    /// The flows of `place` that wait for their Response, newest first.
    pub(super) fn waiting(&self, place: &Place) -> impl Iterator<Item = (usize, &Flow)> {
        let open = self.open.get(place).into_iter().flatten().rev();
        open.filter_map(|index| Some((*index, self.all.get(*index)?)))
    }
}

/// Takes the last entry under `key` out again.
fn pop(index: &mut HashMap<u64, Vec<usize>>, key: u64) {
    if let Some(known) = index.get_mut(&key) {
        known.pop();
        if known.is_empty() {
            index.remove(&key);
        }
    }
}
