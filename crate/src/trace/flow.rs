//! [`Flow`]: one sign-in (or sign-out) across exchanges: the six steps of SAML's Web Browser SSO profile.
//!
//! SAML Profiles 4.1: the person asks for something (1), GitLab finds the identity provider (2) and sends the
//! AuthnRequest through the browser (3), the provider identifies the person (4) and sends the Response through the
//! browser (5), GitLab grants or refuses (6). The browser shows 3, 5 and the answer to 5. Exchanges are joined by
//! InResponseTo first, then within one tab by where the Response was wanted and by RelayState. A GitLab keeps only
//! the last request's id in the session, so two tabs that sign in at once disturb each other (gitlab-facts 2).

use crate::{
    base::{address, instant::Timestamp, place::Place},
    event::EventId,
    gitlab::{
        instance::Instance,
        outcome::Outcome,
        pages::PageReading,
        routes::{self, Provider, Route},
    },
    saml::{Message, MessageKind},
    trace::exchange::{Exchange, Rode, Seen},
};
use std::{collections::HashMap, fmt};

/// The id of a flow: its first event, and which of that event's messages began it. Stable when older flows are
/// evicted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId {
    /// The event.
    pub event: EventId,
    /// Index of the message in its exchange; 0 but for an exchange that carries several.
    pub message: usize,
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message {
            0 => self.event.fmt(f),
            n => write!(f, "{}.{n}", self.event),
        }
    }
}

/// A message of a trace: index of the exchange, index of the message in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRef {
    /// Index in [`Tracer::exchanges`](super::tracer::Tracer::exchanges).
    pub exchange: usize,
    /// Index in [`Exchange::messages`].
    pub message: usize,
}

/// What a flow is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowKind {
    /// Web Browser SSO.
    SignIn,
    /// Single Logout.
    SignOut,
    /// A message beside these: metadata, a query, a message of another standard.
    Other,
    /// Something that carried a SAML parameter and could not be read.
    Unreadable,
}

/// Why an exchange belongs to a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It is the first.
    First,
    /// It carries a message of the flow again.
    SameMessage,
    /// Its InResponseTo names the flow's request.
    InResponseTo,
    /// Same tab, and it arrived where the request wanted the answer.
    Acs,
    /// Same tab and RelayState.
    RelayState,
    /// The exchange before sent the browser there: the same request of the browser.
    Redirect,
}

/// One exchange of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowStep {
    /// Index in [`Tracer::exchanges`](super::tracer::Tracer::exchanges).
    pub exchange: usize,
    /// Why it belongs here.
    pub joined: Joined,
}

/// One sign-in or sign-out.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// What it is about.
    pub kind: FlowKind,
    /// The GitLab, where it is one.
    pub instance: Option<Instance>,
    /// GitLab's integration.
    pub provider: Option<Provider>,
    /// Tab, private or not, cookie jar.
    pub place: Place,
    /// Its exchanges in order.
    pub steps: Vec<FlowStep>,
    /// The first request message.
    pub request: Option<MessageRef>,
    /// The first response message.
    pub response: Option<MessageRef>,
    /// Candidates for what GitLab did; empty while it has not answered.
    pub outcomes: Vec<Outcome>,
    /// The messages of the page that followed; `None` until one was read.
    pub flash: Option<Vec<String>>,
    /// The page reading that told them.
    pub flash_event: Option<EventId>,
    /// Its last event.
    pub last: Timestamp,
}

/// Joins exchanges to flows. A pure function of its arguments, in the exchanges' order.
pub fn join(
    exchanges: &[Exchange],
    pages: &[(EventId, PageReading)],
    instances: &[Instance],
    given: Option<&(Instance, Provider)>,
) -> Vec<Flow> {
    let mut joiner = Joiner { exchanges, instances, given, flows: Vec::new(), carrying: HashMap::new() };
    for index in 0..exchanges.len() {
        joiner.place(index);
    }
    let mut flows = joiner.flows;
    for flow in &mut flows {
        flow.settle(exchanges, pages);
    }
    flows
}

/// For each flow the index of the first one of its group. Flows that share an exchange or a request of the browser are
/// one group, and so are all between them: what comes behind a group joins alike with it and without it.
pub fn groups(flows: &[Flow], exchanges: &[Exchange]) -> Vec<usize> {
    let request = |step: &FlowStep| {
        exchanges.get(step.exchange).map(|exchange| &exchange.request).filter(|request| !request.is_empty())
    };
    let same = |a: &FlowStep, b: &FlowStep| {
        a.exchange == b.exchange || request(a).is_some_and(|request_of_a| request(b) == Some(request_of_a))
    };
    let shares =
        |a: &Flow, b: &Flow| a.steps.iter().any(|step| b.steps.iter().any(|other| same(step, other)));
    let mut groups: Vec<usize> = (0..flows.len()).collect();
    for (index, flow) in flows.iter().enumerate() {
        let Some(first) = flows.iter().take(index).position(|earlier| shares(earlier, flow)) else {
            continue;
        };
        let start = groups.get(first).copied().unwrap_or(first);
        groups.iter_mut().take(index + 1).filter(|group| **group > start).for_each(|group| *group = start);
    }
    groups
}

struct Joiner<'a> {
    exchanges: &'a [Exchange],
    instances: &'a [Instance],
    given: Option<&'a (Instance, Provider)>,
    flows: Vec<Flow>,
    /// The flows whose request or response has this id, or this value as it was received: where to look for a
    /// message, because comparing it with every flow's would take the square of their number.
    carrying: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Joiner<'a> {
    /// Finds or makes the flow of each message of an exchange.
    fn place(&mut self, index: usize) {
        let Some(exchange) = self.exchanges.get(index) else { return };
        if exchange.messages.is_empty() {
            self.place_silent(index, exchange);
        }
        for (message, seen) in exchange.messages.iter().enumerate() {
            let reference = MessageRef { exchange: index, message };
            match self.find(exchange, seen) {
                Some((flow, joined)) => self.join(flow, joined, reference, seen),
                None => self.begin(reference, exchange, seen),
            }
        }
    }

    /// An exchange without a message: where a redirect led, or the consumer service called, but not with SAML.
    fn place_silent(&mut self, index: usize, exchange: &Exchange) {
        // The browser has one id for all hops of a redirect.
        let follows = |flow: &Flow| {
            let before = flow.steps.last().and_then(|step| self.exchanges.get(step.exchange));
            before.is_some_and(|before| !before.request.is_empty() && before.request == exchange.request)
        };
        if let Some(flow) = self.flows.iter().rposition(follows) {
            return self.add_step(flow, index, Joined::Redirect);
        }
        let Some((_, Route::Acs(_))) = self.route(exchange.url.expose()) else { return };
        let waits = |flow: &Flow| {
            flow.response.is_none() && flow.place == exchange.place && self.wanted_at(flow, exchange)
        };
        match self.flows.iter().rposition(waits) {
            Some(flow) => self.add_step(flow, index, Joined::Acs),
            None => {
                let flow =
                    self.new_flow(MessageRef { exchange: index, message: 0 }, exchange, FlowKind::SignIn);
                self.flows.push(flow);
            }
        }
    }

    fn find(&self, exchange: &Exchange, seen: &Seen) -> Option<(usize, Joined)> {
        let same = |flow: &Flow| {
            let is_it = |reference: Option<MessageRef>| {
                reference.and_then(|r| self.seen(r)).is_some_and(|old| is_same(old, seen))
            };
            flow.place.shares_cookies(&exchange.place) && (is_it(flow.request) || is_it(flow.response))
        };
        if let Some(flow) = self.last_carrying(keys(seen), same) {
            return Some((flow, Joined::SameMessage));
        }
        if is_request(seen) {
            return None;
        }
        let head = seen.carried.message.as_ref().map(|message| &message.head);
        if let Some(wanted) = head.and_then(|head| head.in_response_to.as_deref()) {
            let answers = |flow: &Flow| {
                let id =
                    flow.request.and_then(|r| self.message(r)).and_then(|request| request.head.id.as_deref());
                id == Some(wanted) && flow.place.shares_cookies(&exchange.place)
            };
            // A Response that names another request belongs to no flow of this tab by chance.
            let flow = self.last_carrying([Some(wanted), None], answers)?;
            let open = self.flows.get(flow).is_some_and(|flow| flow.response.is_none());
            return open.then_some((flow, Joined::InResponseTo));
        }
        let waits =
            |flow: &&Flow| flow.request.is_some() && flow.response.is_none() && flow.place == exchange.place;
        let open = self.flows.iter().rev().find(waits)?;
        let at = self.flows.iter().position(|flow| flow.id == open.id)?;
        let same_relay_state = self
            .relay_state(open)
            .is_some_and(|state| seen.carried.relay_state.as_ref().map(|s| s.expose()) == Some(state));
        match (self.wanted_at(open, exchange), same_relay_state) {
            (true, _) => Some((at, Joined::Acs)),
            (false, true) => Some((at, Joined::RelayState)),
            (false, false) => None,
        }
    }

    fn join(&mut self, at: usize, joined: Joined, reference: MessageRef, seen: &Seen) {
        self.add_step(at, reference.exchange, joined);
        let Some(flow) = self.flows.get_mut(at) else { return };
        let slot = if is_request(seen) { &mut flow.request } else { &mut flow.response };
        slot.get_or_insert(reference);
        let kind = kind_of(seen);
        if flow.kind == FlowKind::Unreadable {
            flow.kind = kind;
        }
        self.remember(at, reference);
    }

    /// The newest flow that carries one of `keys` and is meant by `is_it`.
    fn last_carrying(&self, keys: [Option<&str>; 2], is_it: impl Fn(&Flow) -> bool) -> Option<usize> {
        let known = keys.into_iter().flatten().filter_map(|key| self.carrying.get(key)).flatten().copied();
        known.filter(|flow| self.flows.get(*flow).is_some_and(&is_it)).max()
    }

    /// Has the message found again in its flow.
    fn remember(&mut self, flow: usize, reference: MessageRef) {
        let exchanges = self.exchanges;
        let seen = exchanges.get(reference.exchange).and_then(|it| it.messages.get(reference.message));
        for key in seen.map(keys).into_iter().flatten().flatten() {
            self.carrying.entry(key).or_default().push(flow);
        }
    }

    fn add_step(&mut self, flow: usize, exchange: usize, joined: Joined) {
        if let Some(flow) = self.flows.get_mut(flow)
            && flow.steps.iter().all(|step| step.exchange != exchange)
        {
            flow.steps.push(FlowStep { exchange, joined });
        }
    }

    fn begin(&mut self, reference: MessageRef, exchange: &Exchange, seen: &Seen) {
        let mut flow = self.new_flow(reference, exchange, kind_of(seen));
        if flow.provider.is_none() {
            (flow.instance, flow.provider) = self.meant_for(exchange, seen);
        }
        if is_request(seen) {
            flow.request = Some(reference)
        } else {
            flow.response = Some(reference)
        }
        self.flows.push(flow);
        self.remember(self.flows.len() - 1, reference);
    }

    fn new_flow(&self, first: MessageRef, exchange: &Exchange, kind: FlowKind) -> Flow {
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
            id: FlowId { event: exchange.id.clone(), message: first.message },
            kind,
            instance,
            provider,
            place: exchange.place.clone(),
            steps: vec![FlowStep { exchange: first.exchange, joined: Joined::First }],
            request: None,
            response: None,
            outcomes: Vec::new(),
            flash: None,
            flash_event: None,
            last: exchange.id.time,
        }
    }

    /// Which GitLab and integration a message is for, by what it says of itself.
    fn meant_for(&self, exchange: &Exchange, seen: &Seen) -> (Option<Instance>, Option<Provider>) {
        let said = seen.carried.message.as_ref().into_iter().flat_map(acs_named_in);
        let found = said.filter_map(|url| self.route(&url)).find_map(|(instance, route)| match route {
            Route::Acs(provider) | Route::Logout(provider) => Some((instance, provider)),
            _ => None,
        });
        match (found, seen.rode, self.given) {
            // What the person said of an imported message holds, whatever the message says.
            (_, Rode::File, Some((instance, provider))) => (Some(instance.clone()), Some(provider.clone())),
            (Some((instance, provider)), ..) => (Some(instance), Some(provider)),
            (None, ..) => (self.route(exchange.url.expose()).map(|(instance, _)| instance), None),
        }
    }

    fn route(&self, url: &str) -> Option<(Instance, Route)> {
        self.instances.iter().find_map(|instance| Some((instance.clone(), routes::route(instance, url)?)))
    }

    fn seen(&self, reference: MessageRef) -> Option<&Seen> {
        self.exchanges.get(reference.exchange)?.messages.get(reference.message)
    }

    fn message(&self, reference: MessageRef) -> Option<&Message> {
        self.seen(reference)?.carried.message.as_ref()
    }

    fn relay_state(&self, flow: &Flow) -> Option<&String> {
        self.seen(flow.request?)?.carried.relay_state.as_ref().map(|state| state.expose())
    }

    /// Whether `exchange` goes where the flow's request wants its answer.
    fn wanted_at(&self, flow: &Flow, exchange: &Exchange) -> bool {
        let Some(request) = flow.request.and_then(|r| self.message(r)) else { return false };
        acs_named_in(request).iter().any(|acs| address::same_place(acs, exchange.url.expose()))
    }
}

/// Whether two sightings are of one message: equal ids, or equal octets where there are none.
fn is_same(a: &Seen, b: &Seen) -> bool {
    let id = |seen: &Seen| seen.carried.message.as_ref().and_then(|message| message.head.id.clone());
    match (id(a), id(b)) {
        // A page may show the message with other line breaks than it came with.
        (Some(a_id), Some(b_id)) => {
            a_id == b_id && (a.carried.octets == b.carried.octets || [a.rode, b.rode].contains(&Rode::Page))
        }
        _ => a.carried.parameter == b.carried.parameter && a.carried.value == b.carried.value,
    }
}

/// What equal messages have in common: the id, or what was received.
fn keys(seen: &Seen) -> [Option<&str>; 2] {
    let id = seen.carried.message.as_ref().and_then(|message| message.head.id.as_deref());
    [id, Some(seen.carried.value.expose())]
}

fn is_request(seen: &Seen) -> bool {
    match seen.carried.message.as_ref().map(|message| &message.kind) {
        Some(MessageKind::AuthnRequest | MessageKind::LogoutRequest) => true,
        Some(MessageKind::Query(_)) => true,
        Some(MessageKind::Metadata(_) | MessageKind::Other(_)) | None => {
            seen.carried.parameter == "SAMLRequest"
        }
        Some(_) => false,
    }
}

fn kind_of(seen: &Seen) -> FlowKind {
    match seen.carried.message.as_ref().map(|message| &message.kind) {
        Some(MessageKind::AuthnRequest | MessageKind::Response) => FlowKind::SignIn,
        Some(MessageKind::LogoutRequest | MessageKind::LogoutResponse) => FlowKind::SignOut,
        // They stand for a Response or come out of one.
        Some(MessageKind::Artifact | MessageKind::Assertion(_)) => FlowKind::SignIn,
        Some(MessageKind::Other(_)) | None => FlowKind::Unreadable,
        Some(_) => FlowKind::Other,
    }
}

/// The consumer services that a message names: of an AuthnRequest the ACS, of a Response its Destination and the
/// Recipients of its assertions.
fn acs_named_in(message: &Message) -> Vec<String> {
    let wanted = message.authn_request().and_then(|request| request.acs_url.clone());
    let is_response = matches!(message.kind, MessageKind::Response | MessageKind::LogoutResponse);
    let destination = message.head.destination.clone().filter(|_| is_response);
    let recipients = message
        .assertions()
        .iter()
        .filter_map(|assertion| assertion.subject.as_ref())
        .flat_map(|subject| &subject.confirmations)
        .filter_map(|confirmation| confirmation.recipient.clone());
    wanted.into_iter().chain(destination).chain(recipients).collect()
}

impl Flow {
    /// Whether GitLab let the person in for good; checking for its settings page lets nobody in.
    pub fn let_in(&self) -> bool {
        self.succeeded() == Some(true) && !self.outcomes.contains(&Outcome::Verified)
    }

    /// Whether GitLab let the person in; `None` when that is not known.
    pub fn succeeded(&self) -> Option<bool> {
        let (first, rest) = self.outcomes.split_first()?;
        rest.iter().all(|other| other.is_success() == first.is_success()).then(|| first.is_success())
    }
}
