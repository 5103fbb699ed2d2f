//! [`Tracer`]: events in, everything else out.
//!
//! Ground state is what events told (exchanges, readings, answers, settings); flows are joined anew from it; what
//! people see is derived on demand by pure functions of `&Tracer`. The same events always give the same trace,
//! whether they come one by one or are replayed.

use crate::{
    base::{address::Address, place::Place, redact::Secret},
    event::{
        Answer, Body, Event, EventId, Told,
        settings::{ProviderSettings, Settings},
    },
    gitlab::{
        api::{self, CurrentUser, WantedRead},
        instance::Instance,
        pages::{self, Page, PageReading, Recipe},
        routes::{self, Provider, Route},
        stored::{Fact, Member, StoredValue},
    },
    trace::{
        exchange::{Exchange, Seen},
        flow::{self, Flow, FlowKind, MessageRef},
        identities::{Identities, Sighting, SignedIn},
        observation::Source,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tracer {
    settings: Settings,
    /// The event that told the settings.
    settings_event: Option<EventId>,
    exchanges: Vec<Exchange>,
    pages: Vec<(EventId, PageReading)>,
    /// The address of each API answer; what it said is in `identities`.
    answers: Vec<(EventId, Secret<String>)>,
    identities: Identities,
    told: Option<(EventId, Told)>,
    /// Tabs of private windows, and the events that told it. Not every browser says it of requests.
    private_tabs: BTreeMap<i64, EventId>,
    flows: Vec<Flow>,
    /// Octets of each event as it is stored, to know what fits.
    sizes: BTreeMap<EventId, usize>,
    /// The exchange that each event belongs to; other events stand for themselves.
    belongs: BTreeMap<EventId, usize>,
    /// The tab of each event that names one.
    tabs: BTreeMap<EventId, i64>,
}

/// Differs whenever anything shown may have changed; nothing else can be read from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision(String);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Tracer {
    /// An empty trace.
    pub fn new() -> Self {
        Tracer::default()
    }

    /// The trace that these events give.
    pub fn replay(events: impl IntoIterator<Item = Event>) -> Self {
        let mut tracer = Tracer::new();
        for event in events {
            tracer.take(&event);
        }
        tracer.join();
        tracer
    }

    /// Takes in one event.
    pub fn observe(&mut self, event: &Event) -> Revision {
        self.take(event);
        self.join();
        self.revision()
    }

    /// Differs from every earlier one when something changed since.
    pub fn revision(&self) -> Revision {
        let last = self.sizes.keys().next_back().map(ToString::to_string).unwrap_or_default();
        Revision(format!("{last}/{}", self.sizes.len()))
    }

    /// The sign-ins and sign-outs, oldest first.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// The flow with this id, as text.
    pub fn flow(&self, id: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.id.to_string() == id)
    }

    /// The HTTP exchanges, in order.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// One message.
    pub fn seen(&self, message: MessageRef) -> Option<&Seen> {
        self.exchanges.get(message.exchange)?.messages.get(message.message)
    }

    /// What GitLab has stored, as far as it was seen.
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// What a person said is stored, and the event that told it.
    pub fn told(&self) -> Option<(&EventId, &Told)> {
        self.told.as_ref().map(|(event, told)| (event, told))
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// GitLab's side as a person gave it, and the event that told it.
    pub fn provider_settings(&self) -> Option<(&EventId, &ProviderSettings)> {
        self.settings_event.as_ref().zip(self.settings.provider.as_ref())
    }

    /// The page readings, in order.
    pub fn pages(&self) -> &[(EventId, PageReading)] {
        &self.pages
    }

    /// The instances that are known to be GitLab.
    pub fn instances(&self) -> Vec<Instance> {
        let mut instances = vec![Instance::gitlab_com()];
        let given = self.settings.provider.as_ref().map(|provider| provider.instance.clone());
        instances.extend(self.settings.instances.iter().cloned().chain(given));
        // Of two on one origin the one with the longer root is meant by an address below it.
        instances.sort_by_key(|instance| std::cmp::Reverse(instance.root.len()));
        instances
    }

    /// What a content script is to read on the page at `url`; `None` when there is nothing worth reading.
    pub fn recipe_for(&self, url: &str, place: &Place) -> Option<Recipe> {
        let (instance, route) = self.route(url)?;
        let page = Page::at(&route)?;
        page.is_read(self.waits_for_page(&instance, place)).then(|| page.recipe())
    }

    /// The reads that the core wants the page at `url` to perform.
    ///
    /// Only the person's own user, and only while a NameID is there to compare it with. Never on a sign-in page,
    /// where nobody is signed in.
    pub fn wanted(&self, url: &str, place: &Place) -> Vec<WantedRead> {
        let Some((instance, route)) = self.route(url) else { return Vec::new() };
        if matches!(route, Route::SignIn | Route::SignUp | Route::Landing(_)) {
            return Vec::new();
        }
        let newest = self.flows.iter().rev().find(|flow| {
            flow.instance.as_ref() == Some(&instance)
                && flow.place.shares_cookies(place)
                && flow.kind == FlowKind::SignIn
                && flow.response.is_some()
        });
        let Some(newest) = newest.filter(|flow| flow.name_id(self).is_some()) else { return Vec::new() };
        let known = self.identities.signed_in(&instance, place).filter(|answer| answer.user.is_some());
        // A reading from before the sign-in ended can be somebody else's, or from before GitLab linked the account.
        let fresh = known.is_some_and(|answer| answer.event.time >= newest.last);
        if fresh { Vec::new() } else { vec![WantedRead { path: format!("{}{}", instance.root, api::USER) }] }
    }

    /// Events that the store may drop so that `budget` bytes are not exceeded: whole flows, oldest first. Flows that
    /// share an exchange go together, with all that lie between them, so that what is left joins as before. What
    /// holds for the whole trace (settings, what a person told, which tabs are private) stays.
    ///
    /// The tracer itself is not changed; replay what is left.
    pub fn evict(&self, budget: usize) -> Vec<EventId> {
        let mut excess = self.size().saturating_sub(budget);
        if excess == 0 {
            return Vec::new();
        }
        let groups = flow::groups(&self.flows, &self.exchanges);
        let group_of = |exchange: &usize| {
            let at = self
                .flows
                .iter()
                .position(|flow| flow.steps.iter().any(|step| step.exchange == *exchange))?;
            self.flows.get(*groups.get(at)?).map(|first| &first.id.event)
        };
        let told = self.told.as_ref().map(|(event, _)| event);
        let in_force: Vec<_> =
            self.settings_event.iter().chain(told).chain(self.private_tabs.values()).collect();
        let mut order: Vec<(&EventId, &EventId)> = self
            .sizes
            .keys()
            .filter(|event| !in_force.contains(event))
            .map(|event| (self.belongs.get(event).and_then(group_of).unwrap_or(event), event))
            .collect();
        order.sort();
        let mut dropped = Vec::new();
        let mut current = None;
        for (group, event) in order {
            if excess == 0 && current != Some(group) {
                break;
            }
            current = Some(group);
            excess = excess.saturating_sub(self.sizes.get(event).copied().unwrap_or_default());
            dropped.push(event.clone());
        }
        dropped
    }

    /// The events of private windows. They go when the last such window is closed.
    pub fn private_events(&self) -> Vec<EventId> {
        let is_private = |event: &&EventId| {
            let tab = self.tabs.get(event).is_some_and(|tab| self.private_tabs.contains_key(tab));
            let exchange = self.belongs.get(event).and_then(|exchange| self.exchanges.get(*exchange));
            tab || exchange.is_some_and(|exchange| exchange.place.private)
        };
        self.sizes.keys().filter(is_private).cloned().collect()
    }

    /// The sign-ins and sign-outs that go when these events go.
    pub fn flows_of(&self, events: &[EventId]) -> usize {
        self.flows.iter().filter(|flow| events.contains(&flow.id.event)).count()
    }

    /// Whether this tab is known to be in a private window.
    pub fn is_private_tab(&self, tab: i64) -> bool {
        self.private_tabs.contains_key(&tab)
    }

    /// Bytes of all events as they are stored.
    pub fn size(&self) -> usize {
        self.sizes.values().sum()
    }

    /// The events that are about `instance`: its pages and answers, the exchanges with it, and those of its sign-ins.
    /// Where it is the only GitLab of its origin, all exchanges with that origin. Files that a person opened are not
    /// its own and stay.
    pub fn events_of(&self, instance: &Instance) -> Vec<EventId> {
        let others = self.instances().into_iter().filter(|other| other != instance).collect::<Vec<_>>();
        let shares = others.iter().any(|other| other.origin == instance.origin);
        let is_its = |url: &str| match self.route(url) {
            Some((found, _)) if found == *instance => true,
            Some(_) => false,
            None => {
                !shares
                    && Address::parse(url).is_some_and(|a| a.origin.eq_ignore_ascii_case(&instance.origin))
            }
        };
        let flows = self.flows.iter().filter(|flow| flow.instance.as_ref() == Some(instance));
        let steps: BTreeSet<usize> = flows.flat_map(|flow| &flow.steps).map(|step| step.exchange).collect();
        let is_gone = |(index, exchange): &(usize, &Exchange)| {
            !exchange.request.is_empty() && (is_its(exchange.url.expose()) || steps.contains(index))
        };
        let exchanges: BTreeSet<usize> =
            self.exchanges.iter().enumerate().filter(is_gone).map(|(index, _)| index).collect();
        let pages = self.pages.iter().map(|(event, page)| (event, &page.url));
        let read = pages.chain(self.answers.iter().map(|(event, url)| (event, url)));
        let read = read.filter(|(_, url)| is_its(url.expose())).map(|(event, _)| event);
        let of_exchanges =
            self.belongs.iter().filter(|(_, exchange)| exchanges.contains(exchange)).map(|(event, _)| event);
        read.chain(of_exchanges).cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The events of a file as this trace takes them: each known as a file's, whatever it says of where it was seen.
    /// Those that the trace has already are left out, and settings, which are the person's own to make.
    pub fn imported(&self, events: Vec<Event>) -> Vec<Event> {
        let is_new =
            |event: &Event| !matches!(event.body, Body::Settings(_)) && !self.sizes.contains_key(&event.id);
        let events = events.into_iter().filter(is_new);
        events.map(|event| Event { id: event.id.imported(), body: event.body }).collect()
    }

    /// Whether `url` is on a known GitLab.
    pub fn is_gitlab(&self, url: &str) -> bool {
        self.route(url).is_some()
    }

    /// Whether a page's event says something that is not known already: the same reading of the same page, or the
    /// same answer, is not kept twice.
    pub fn is_news(&self, event: &Event) -> bool {
        match &event.body {
            Body::Page(new) => {
                let last =
                    self.pages.iter().rev().find(|(_, old)| old.place == new.place && old.page == new.page);
                // A page without messages is news, too, while a sign-in in its tab waits for it.
                let waits = self.instances().iter().any(|instance| self.waits_for_page(instance, &new.place));
                waits || last.is_none_or(|(_, old)| old != new)
            }
            _ => true,
        }
    }

    fn take(&mut self, event: &Event) {
        self.sizes.insert(event.id.clone(), serde_json::to_string(event).map_or(0, |text| text.len()));
        if let Some(place) = event.place() {
            self.tabs.insert(event.id.clone(), place.tab);
            // What a request says of itself is no news of its tab: such an event may be dropped like any other.
            if !matches!(event.body, Body::Request(_) | Body::Response(_)) {
                self.learn_place(&event.id, place);
            }
        }
        let exchange = match &event.body {
            Body::Request(request) => self.push(Exchange::begin(&event.id, request)),
            Body::Response(response) => {
                let hop = self.waiting(&response.request, |exchange| exchange.url == response.url);
                match hop.and_then(|hop| self.exchanges.get_mut(hop)) {
                    Some(exchange) => {
                        exchange.answer(&event.id, response);
                        hop
                    }
                    None => self.push(Exchange::begin_at_response(&event.id, response)),
                }
            }
            Body::Sent(sent) => {
                let hop = self.waiting(&sent.request, |exchange| !exchange.sent);
                if let Some(exchange) = hop.and_then(|hop| self.exchanges.get_mut(hop)) {
                    exchange.sent(sent);
                }
                hop
            }
            Body::Completed(end) => self.change(&end.request, |exchange| exchange.complete(&event.id, end)),
            Body::Failed(end) => self.change(&end.request, |exchange| exchange.fail(&event.id, end)),
            Body::Message(message) => self.push(Exchange::imported(&event.id, message)),
            Body::Page(reading) => self.read_page(&event.id, reading),
            Body::Answer(answer) => {
                self.answers.push((event.id.clone(), answer.url.clone()));
                self.read_answer(&event.id, answer);
                None
            }
            Body::Told(told) => {
                self.told = Some((event.id.clone(), told.clone()));
                None
            }
            Body::Settings(settings) => {
                self.settings = settings.clone();
                self.settings_event = Some(event.id.clone());
                None
            }
            Body::Tab(_) | Body::Unknown { .. } => None,
        };
        if let Some(exchange) = exchange {
            self.belongs.insert(event.id.clone(), exchange);
        }
    }

    fn push(&mut self, mut exchange: Exchange) -> Option<usize> {
        exchange.place.private |= self.private_tabs.contains_key(&exchange.place.tab);
        self.exchanges.push(exchange);
        self.exchanges.len().checked_sub(1)
    }

    /// What is said of a tab once holds for all requests of that tab.
    fn learn_place(&mut self, event: &EventId, place: &Place) {
        if place.private && !self.private_tabs.contains_key(&place.tab) {
            self.private_tabs.insert(place.tab, event.clone());
            let of_tab = self.exchanges.iter_mut().filter(|exchange| exchange.place.tab == place.tab);
            of_tab.for_each(|exchange| exchange.place.private = true);
        }
    }

    /// The newest exchange with the browser's request id; imported files have none.
    fn hop(&self, request: &str) -> Option<usize> {
        self.exchanges.iter().rposition(|exchange| !request.is_empty() && exchange.request == request)
    }

    /// The oldest exchange with the browser's request id that has no response yet and is what is looked for. Firefox
    /// gives a background that it has woken all requests first, then all responses: the next hop is there already.
    fn waiting(&self, request: &str, is_it: impl Fn(&Exchange) -> bool) -> Option<usize> {
        self.exchanges.iter().position(|exchange| {
            !request.is_empty()
                && exchange.request == request
                && exchange.response.is_none()
                && exchange.end.is_none()
                && is_it(exchange)
        })
    }

    /// Changes the newest exchange with this id, unless it is over.
    fn change(&mut self, request: &str, change: impl FnOnce(&mut Exchange)) -> Option<usize> {
        let hop = self.hop(request)?;
        let exchange = self.exchanges.get_mut(hop).filter(|exchange| exchange.end.is_none())?;
        change(exchange);
        Some(hop)
    }

    /// Whether a message that a page shows is known from an earlier reading of it; a page is read many times.
    pub fn knows_shown(&self, message: &str) -> bool {
        let mut shown = self.pages.iter().filter_map(|(_, reading)| pages::message(reading));
        shown.any(|known| known == message)
    }

    fn read_page(&mut self, event: &EventId, reading: &PageReading) -> Option<usize> {
        let message = pages::message(reading).filter(|message| !self.knows_shown(message));
        let exchange = message.map(|xml| Exchange::shown(event, &reading.place, &reading.url, xml));
        if let (Some((instance, route)), Some(page)) =
            (self.route(reading.url.expose()), Page::named(&reading.page))
        {
            let source = Source::Page(page.id);
            if let Route::Identities(username) = &route {
                // The page lists all that the user has.
                let member = Member { username: Some(username.clone()), ..Member::default() };
                self.identities.forget(&instance, &source, &member);
            }
            for (provider, identity) in (page.identities)(&route, reading) {
                self.identities.see(Sighting {
                    instance: instance.clone(),
                    provider,
                    identity,
                    source: source.clone(),
                    event: event.clone(),
                });
            }
        }
        self.pages.push((event.clone(), reading.clone()));
        exchange.and_then(|exchange| self.push(exchange))
    }

    fn read_answer(&mut self, event: &EventId, answer: &Answer) {
        let url = answer.url.expose();
        let Some((instance, _)) = self.route(url) else { return };
        let path = Address::parse(url).and_then(|address| instance.path_of(&address).map(str::to_owned));
        // A read that failed says nothing of who is signed in; a refused one says that nobody is.
        let user = CurrentUser::from_kept(&answer.answer);
        if path.as_deref() != Some(api::USER) || (user.is_none() && answer.status != 401) {
            return;
        }
        self.identities.sign_in(SignedIn {
            instance,
            place: answer.place.clone(),
            user,
            event: event.clone(),
        });
    }

    /// Whether a sign-in in this tab waits for the page that tells its outcome.
    fn waits_for_page(&self, instance: &Instance, place: &Place) -> bool {
        self.flows.iter().rev().find(|flow| flow.place.tab == place.tab).is_some_and(|flow| {
            flow.instance.as_ref() == Some(instance) && flow.flash.is_none() && !flow.outcomes.is_empty()
        })
    }

    fn route(&self, url: &str) -> Option<(Instance, Route)> {
        self.instances().into_iter().find_map(|instance| {
            let route = routes::route(&instance, url)?;
            Some((instance, route))
        })
    }

    fn join(&mut self) {
        let given: Option<(Instance, Provider)> =
            self.settings.provider.as_ref().map(|given| (given.instance.clone(), given.provider.clone()));
        self.flows = flow::join(&self.exchanges, &self.pages, &self.instances(), given.as_ref());
    }
}

impl Told {
    /// What was said of `fact`.
    pub fn value(&self, fact: Fact) -> Option<StoredValue> {
        let said = match fact {
            Fact::SamlExternUid => self.saml_extern_uid.clone(),
            Fact::ScimExternUid => self.scim_extern_uid.clone(),
            _ => None,
        };
        said.map(StoredValue::from)
    }
}
