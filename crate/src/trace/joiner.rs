//! [`Joiner`]: the flow of one exchange, found or made.
//!
//! By InResponseTo first (SAML Core 3.2.2), then within one tab by where the Response was wanted and by
//! RelayState. What it does is noted in [`Flows::done`], so that it can be taken back.

use super::{
    count,
    exchange::Exchange,
    flow::{Flow, FlowId, FlowKind, FlowStep, Joined, MessageRef},
    heading::{self, Heading, is_same},
    join::{Change, Done, Flows, Ground},
    seen::{Rode, Seen},
    settle::Progress,
};
use crate::{
    base::{address, limits::CANDIDATES},
    gitlab::{
        instance::Instance,
        routes::{self, Provider, Route},
    },
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Places one exchange.
pub(super) struct Joiner<'a, 'f> {
    pub(super) flows: &'f mut Flows,
    pub(super) ground: Ground<'a>,
    /// The exchange.
    pub(super) index: usize,
}

impl<'a> Joiner<'a, '_> {
    /// Finds or makes the flow of each message of the exchange.
    pub(super) fn place(&mut self) {
        count::look();
        let Some(exchange) = self.ground.exchanges.get(self.index) else { return };
        if exchange.messages.is_empty() {
            return self.place_silent(exchange);
        }
        let answered_before = self.flows.timelines.add_message(&exchange.place, &exchange.id, self.index);
        self.flows.unsettled.extend(answered_before);
        self.did(Change::Listed(exchange.place.clone(), exchange.id.clone()));
        for (message, seen) in exchange.messages.iter().enumerate() {
            let reference = MessageRef { exchange: self.index, message };
            match self.find(exchange, seen) {
                Some((flow, joined)) => self.join(flow, joined, reference, seen),
                None => self.begin(reference, exchange, seen),
            }
        }
    }

    /// An exchange without a message: where a redirect led, or the consumer service called, but not with
    /// SAML.
    fn place_silent(&mut self, exchange: &'a Exchange) {
        if let Some(flow) = self.redirected(exchange) {
            return self.add_step(flow, Joined::Redirect);
        }
        let Some((_, Route::Acs(_))) = self.route(exchange.url.expose()) else { return };
        let wanted = self.flows.waiting(&exchange.place).take(CANDIDATES).find(|(_, flow)| {
            count::look();
            self.wanted_at(flow, exchange)
        });
        match wanted.map(|(flow, _)| flow) {
            Some(flow) => self.add_step(flow, Joined::Acs),
            None => {
                let flow = self.new_flow(0, exchange, FlowKind::SignIn);
                self.push(flow);
            }
        }
    }

    /// The newest flow whose last exchange sent the browser to this one: it has one id for all hops of a
    /// redirect.
    fn redirected(&self, exchange: &Exchange) -> Option<usize> {
        let known = self.flows.requested.get(&key(request_of(exchange)?, exchange))?;
        let newest = known.iter().rev().take(CANDIDATES).copied();
        let is_it = |flow: &usize| {
            count::look();
            let last = self.flows.all.get(*flow).and_then(|flow| flow.steps.last());
            let before = last.and_then(|step| self.ground.exchanges.get(step.exchange));
            let is_same = |before: &Exchange| {
                before.request == exchange.request && before.place.of_file == exchange.place.of_file
            };
            before.is_some_and(is_same)
        };
        newest.filter(is_it).max()
    }

    fn find(&self, exchange: &Exchange, seen: &Seen) -> Option<(usize, Joined)> {
        let same = |flow: &Flow| {
            let is_it = |reference: Option<MessageRef>| {
                reference.and_then(|r| self.seen(r)).is_some_and(|old| is_same(old, seen))
            };
            flow.place.shares_cookies(&exchange.place) && (is_it(flow.request) || is_it(flow.response))
        };
        let found = seen.heading.keys().filter_map(|key| self.newest_carrying(key, exchange, same)).max();
        if let Some(flow) = found {
            return Some((flow, Joined::SameMessage));
        }
        if seen.heading.is_request {
            return None;
        }
        if let Some(wanted) = &seen.heading.in_response_to {
            let answers = |flow: &Flow| {
                let id = flow.request.and_then(|r| self.heading(r)).and_then(|request| request.id.as_ref());
                id == Some(wanted) && flow.place.shares_cookies(&exchange.place)
            };
            // A Response that names another request belongs to no flow of this tab by chance.
            let flow = self.newest_carrying(heading::key(wanted), exchange, answers)?;
            let open = self.flows.all.get(flow).is_some_and(|flow| flow.response.is_none());
            return open.then_some((flow, Joined::InResponseTo));
        }
        let (at, open) = self.flows.waiting(&exchange.place).next()?;
        count::look();
        if self.wanted_at(open, exchange) {
            return Some((at, Joined::Acs));
        }
        let state = self.heading(open.request?)?.relay_state?;
        (seen.heading.relay_state == Some(state)).then_some((at, Joined::RelayState))
    }

    fn join(&mut self, at: usize, joined: Joined, reference: MessageRef, seen: &Seen) {
        self.add_step(at, joined);
        let Some(flow) = self.flows.all.get_mut(at) else { return };
        let is_request = seen.heading.is_request;
        let slot = if is_request { &mut flow.request } else { &mut flow.response };
        if slot.is_none() {
            *slot = Some(reference);
            self.flows.reopen(at);
            self.did(Change::Message { flow: at, is_request });
        }
        self.learn_kind(at, seen.heading.kind);
        self.remember(at, seen);
    }

    /// A flow whose first message could not be read is of the kind of the next one.
    fn learn_kind(&mut self, at: usize, kind: FlowKind) {
        let Some(flow) = self.flows.all.get_mut(at).filter(|flow| flow.kind == FlowKind::Unreadable) else {
            return;
        };
        let before = std::mem::replace(&mut flow.kind, kind);
        self.did(Change::Kind(at, before));
    }

    /// The newest flow that carries `key` and is meant by `is_it`.
    fn newest_carrying(
        &self,
        wanted: u64,
        exchange: &Exchange,
        is_it: impl Fn(&Flow) -> bool,
    ) -> Option<usize> {
        let known = self.flows.carrying.get(&key(wanted, exchange))?;
        let newest = known.iter().rev().take(CANDIDATES).copied();
        let is_meant = |flow: &usize| {
            count::look();
            self.flows.all.get(*flow).is_some_and(&is_it)
        };
        newest.filter(is_meant).max()
    }

    /// Indexes the message, so that `find` finds its flow.
    fn remember(&mut self, flow: usize, seen: &Seen) {
        let Some(exchange) = self.ground.exchanges.get(self.index) else { return };
        for key in seen.heading.keys().map(|wanted| key(wanted, exchange)) {
            let known = self.flows.carrying.entry(key).or_default();
            if known.last() != Some(&flow) {
                known.push(flow);
                self.did(Change::Carrying(key));
            }
        }
    }

    fn add_step(&mut self, at: usize, joined: Joined) {
        let Some(flow) = self.flows.all.get_mut(at) else { return };
        // Exchanges come in their order: only the last step can be of this one.
        if flow.steps.last().is_some_and(|step| step.exchange == self.index) {
            return;
        }
        flow.steps.push(FlowStep { exchange: self.index, joined });
        self.did(Change::Step(at));
        self.belongs(at);
    }

    fn begin(&mut self, reference: MessageRef, exchange: &Exchange, seen: &Seen) {
        let mut flow = self.new_flow(reference.message, exchange, seen.heading.kind);
        if flow.provider.is_none() {
            (flow.instance, flow.provider) = self.meant_for(exchange, seen);
        }
        if seen.heading.is_request {
            flow.request = Some(reference)
        } else {
            flow.response = Some(reference)
        }
        let at = self.push(flow);
        self.remember(at, seen);
    }

    fn push(&mut self, flow: Flow) -> usize {
        let at = self.flows.all.len();
        self.flows.progress.push(Progress::new(&flow));
        self.flows.all.push(flow);
        self.flows.reopen(at);
        self.did(Change::Begun);
        self.belongs(at);
        at
    }

    /// Notes that the exchange belongs to this flow.
    fn belongs(&mut self, at: usize) {
        let Some(exchange) = self.ground.exchanges.get(self.index) else { return };
        if let Some(flows) = self.flows.of_exchange.get_mut(self.index) {
            flows.push(at);
        }
        if let Some(request) = request_of(exchange) {
            let key = key(request, exchange);
            let known = self.flows.requested.entry(key).or_default();
            if known.last() != Some(&at) {
                known.push(at);
                self.did(Change::Requested(key));
            }
        }
        self.flows.include(at, self.index, self.ground);
    }

    fn did(&mut self, what: Change) {
        self.flows.done.push(Done { exchange: self.index, what });
    }

    fn new_flow(&self, message: usize, exchange: &Exchange, kind: FlowKind) -> Flow {
        let (instance, provider) = match self.route(exchange.url.expose()) {
            Some((
                instance,
                Route::Acs(provider)
                | Route::Start(provider)
                | Route::Logout(provider)
                // Its own page shows the message.
                | Route::Settings(provider),
            )) => (Some(instance), Some(provider)),
            Some((instance, _)) => (Some(instance), None),
            None => (None, None),
        };
        Flow {
            id: FlowId { event: exchange.id.clone(), message },
            kind,
            instance,
            provider,
            place: exchange.place.clone(),
            steps: vec![FlowStep { exchange: self.index, joined: Joined::First }],
            request: None,
            response: None,
            outcomes: Vec::new(),
            answered: None,
            flash: None,
            flash_event: None,
            last: exchange.id.time,
        }
    }

    /// The GitLab and the integration that a message is for, by what it says of itself.
    fn meant_for(&self, exchange: &Exchange, seen: &Seen) -> (Option<Instance>, Option<Provider>) {
        let said = seen.heading.acs.iter();
        let found = said.filter_map(|url| self.route(url)).find_map(|(instance, route)| match route {
            Route::Acs(provider) | Route::Logout(provider) => Some((instance, provider)),
            _ => None,
        });
        match (found, seen.rode, self.ground.given) {
            // The person's word on an imported message holds, whatever the message says.
            (_, Rode::File, Some((instance, provider))) => (Some(instance.clone()), Some(provider.clone())),
            (Some((instance, provider)), ..) => (Some(instance), Some(provider)),
            (None, ..) => (self.route(exchange.url.expose()).map(|(instance, _)| instance), None),
        }
    }

    fn route(&self, url: &str) -> Option<(Instance, Route)> {
        let mut instances = self.ground.instances.iter();
        instances.find_map(|instance| Some((instance.clone(), routes::route(instance, url)?)))
    }

    fn seen(&self, reference: MessageRef) -> Option<&'a Seen> {
        self.ground.exchanges.get(reference.exchange)?.messages.get(reference.message)
    }

    fn heading(&self, reference: MessageRef) -> Option<&'a Heading> {
        Some(&self.seen(reference)?.heading)
    }

    /// Whether `exchange` goes where the flow's request wants its answer.
    fn wanted_at(&self, flow: &Flow, exchange: &Exchange) -> bool {
        let Some(request) = flow.request.and_then(|r| self.heading(r)) else { return false };
        request.acs.iter().any(|acs| address::same_place(acs, exchange.url.expose()))
    }
}

/// The browser's id of the request, where there is one.
fn request_of(exchange: &Exchange) -> Option<&str> {
    Some(exchange.request.as_str()).filter(|request| !request.is_empty())
}

/// Stands for what `wanted` stands for, of `exchange`: what a file tells is found by what the same trace's
/// files tell alone.
fn key(wanted: impl Hash, exchange: &Exchange) -> u64 {
    let mut hasher = DefaultHasher::new();
    (wanted, exchange.place.of_file).hash(&mut hasher);
    hasher.finish()
}
