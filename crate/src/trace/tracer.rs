//! [`Tracer`]: events in, everything else out.
//!
//! Ground state is what events told (exchanges, readings, answers, settings); flows are joined from it, where
//! an event can have changed something; what people see is derived on demand by pure functions of `&Tracer`.
//! The same events always give the same trace, whether they come one by one or are replayed.
//!
//! Leaves out what the store may drop ([`room`](super::room)), and what a page is to do
//! ([`content_script`](crate::calls::content_script)).

use crate::{
    base::{order, place::Place, redact::Secret},
    event::{
        Body, Event, EventId, Told,
        settings::{ProviderSettings, Settings},
    },
    gitlab::{
        instance::Instance,
        pages::{self, Page, PageReading},
        routes::{self, Route},
        stored::{Fact, Member, StoredValue},
        version::Version,
    },
    trace::{
        association::{Association, RequestName},
        closed::Closed,
        exchange::Exchange,
        flow::{Flow, MessageRef},
        identities::{Identities, Sighting},
        join::{Flows, Ground},
        managed::Managed,
        observation::Source,
        pool::Pool,
        room::Room,
        seen::{Kept, Reader, Seen, give_back},
    },
};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// A trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tracer {
    settings: Settings,
    /// The event that told the settings.
    settings_event: Option<EventId>,
    exchanges: Vec<Exchange>,
    /// The exchange that each event of the browser is about.
    association: Association,
    pages: Vec<(EventId, PageReading)>,
    /// The address of each API answer; what it said is in `identities` and `versions`.
    pub(super) answers: Vec<(EventId, Secret<String>)>,
    pub(super) identities: Identities,
    /// The versions that GitLabs said in the API's metadata.
    pub(super) versions: Vec<(EventId, Instance, Version)>,
    told: Option<(EventId, Told)>,
    /// Tabs of private windows, and the events that told it. Not every browser says it of requests.
    pub(super) private_tabs: BTreeMap<i64, EventId>,
    flows: Flows,
    /// The data kept of each event, to know what the store may drop.
    pub(super) room: Room,
    /// The memory that messages share beyond their own weight.
    pool: Pool,
    /// The part of it that is read at the moment.
    kept: Kept,
    /// The name of the file that told an event beside what this browser recorded.
    files: BTreeMap<EventId, Arc<str>>,
    /// The accounts that the group manages that was read last, and how often that was told.
    pub(super) managed: (Option<Managed>, u64),
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

    /// The same with another pool.
    #[cfg(test)]
    pub(super) fn sharing(self, pool: Pool) -> Self {
        Tracer { pool, ..self }
    }

    /// The same with another place where it is counted what stays read.
    #[cfg(test)]
    pub(super) fn keeping(self, kept: Kept) -> Self {
        Tracer { kept, ..self }
    }

    /// The trace that these events give.
    pub fn replay(events: impl IntoIterator<Item = Event>) -> Self {
        Tracer::new().replayed(sized(events))
    }

    /// The same for a person who asks for the whole of each message.
    pub fn replay_whole(events: impl IntoIterator<Item = Event>) -> Self {
        Tracer { pool: Pool::default().whole(), ..Tracer::new() }.replayed(sized(events))
    }

    /// The trace that these events give, each with the bytes that it takes in the store.
    pub fn replay_stored(events: impl IntoIterator<Item = (Event, usize)>) -> Self {
        Tracer::new().replayed(events)
    }

    fn replayed(self, events: impl IntoIterator<Item = (Event, usize)>) -> Self {
        let mut tracer = self;
        for (event, size) in events {
            tracer.take(&event, size);
        }
        tracer.join(&Touched { all: true, ..Touched::default() });
        tracer
    }

    /// The trace that the events give which are not `closed`.
    pub fn replay_open(events: impl IntoIterator<Item = (Event, usize)>, closed: &Closed) -> Self {
        let mut tracer = Tracer::new();
        let (unread, octets) = closed.size();
        tracer.room.leave_unread(unread, octets);
        tracer.replayed(events)
    }

    /// Takes in one event.
    pub fn observe(&mut self, event: &Event) -> Revision {
        self.observe_stored(event, stored_size(event))
    }

    /// Takes in one event, which takes so many bytes in the store.
    pub fn observe_stored(&mut self, event: &Event, size: usize) -> Revision {
        let touched = self.take(event, size);
        self.join(&touched);
        self.revision()
    }

    /// Differs from every earlier one when something changed since.
    pub fn revision(&self) -> Revision {
        let last = self.newest().map(ToString::to_string).unwrap_or_default();
        Revision(format!("{last}/{}/{}", self.room.stored(), self.managed.1))
    }

    /// The sign-ins and sign-outs, oldest first.
    pub fn flows(&self) -> &[Flow] {
        self.flows.all()
    }

    /// The flow with this id, as text.
    pub fn flow(&self, id: &str) -> Option<&Flow> {
        self.flows().iter().find(|flow| flow.id.to_string() == id)
    }

    /// The flows that an exchange belongs to, by their indexes.
    pub(super) fn flows_of_exchange(&self, exchange: usize) -> &[usize] {
        self.flows.of_exchange(exchange)
    }

    /// The name of the file that told this event beside what this browser recorded; empty where the file has
    /// none.
    pub fn file_of(&self, event: &EventId) -> Option<&str> {
        self.files.get(event).map(|file| &**file)
    }

    /// Whether the event with this id was taken in.
    pub fn has(&self, event: &EventId) -> bool {
        self.room.has(event)
    }

    /// The newest event.
    pub fn newest(&self) -> Option<&EventId> {
        self.room.events().next_back()
    }

    /// The events that hold for the whole trace: settings, what a person told, which tabs are private.
    pub(super) fn in_force(&self) -> impl Iterator<Item = &EventId> {
        let told = self.told.as_ref().map(|(event, _)| event);
        self.settings_event.iter().chain(told).chain(self.private_tabs.values())
    }

    /// The HTTP exchanges, in order.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// One message.
    pub fn seen(&self, message: MessageRef) -> Option<&Seen> {
        self.exchanges.get(message.exchange)?.messages.get(message.message)
    }

    /// The identities that GitLab has stored, as far as they were seen.
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// The values that a person said are stored, and the event that told them.
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
        // Of two instances on one origin the longer root wins.
        order::sort_by_key(&mut instances, |instance| std::cmp::Reverse(instance.root.len()));
        instances
    }

    /// Gives back what is read of the messages, where that takes much; it is read again when it is looked at.
    /// To be called between looks. Costs in all no more than reading did.
    pub fn rest(&mut self) {
        if self.kept.is_full() {
            self.give_back();
        }
    }

    /// Gives back all that is read of the messages. What the trace says stays the same.
    pub fn give_back(&mut self) {
        self.exchanges.iter_mut().for_each(|exchange| give_back(&mut exchange.messages));
        self.kept.clear();
    }

    /// Whether no message was read less far because others took its memory.
    pub(super) fn has_room_for_all(&self) -> bool {
        self.pool.is_whole()
    }

    fn take(&mut self, event: &Event, size: usize) -> Touched {
        let mut touched = Touched::default();
        self.room.add(&event.id, size);
        self.rest();
        let reader = Reader { limits: self.pool.limits(size), kept: self.kept.clone() };
        if let Some(place) = event.place() {
            self.room.add_tab(&event.id, place.tab, place.private);
            // A request speaks of itself only, which is no news of its tab: such an event may be dropped like
            // any other.
            if !matches!(event.body, Body::Request(_) | Body::Response(_)) {
                touched.all |= self.learn_place(&event.id, place);
            }
        }
        if !event.body.tells_of_exchange() {
            self.room.add_other(&event.id);
        }
        if let Some(file) = &event.file {
            let known = self.files.values().next_back().filter(|known| ***known == **file);
            let file = known.cloned().unwrap_or_else(|| Arc::from(file.as_str()));
            self.files.insert(event.id.clone(), file);
        }
        let name = |request| RequestName::new(&event.id, request);
        let exchange = match &event.body {
            Body::Request(request) => {
                let index = self.association.begin(name(&request.request), request.url.expose());
                self.push(index, Exchange::begin(&event.id, request, &reader))
            }
            Body::Response(response) => {
                match self.association.answer(name(&response.request), response.url.expose()) {
                    Some(index) => {
                        self.change(index, |exchange| exchange.answer(&event.id, response, &reader))
                    }
                    None => {
                        let index = self.association.begin_answered(name(&response.request));
                        self.push(index, Exchange::begin_at_response(&event.id, response, &reader))
                    }
                }
            }
            Body::Sent(sent) => {
                let index = self.association.send(name(&sent.request));
                index.and_then(|index| self.change(index, |exchange| exchange.sent(sent)))
            }
            Body::Completed(end) => {
                let index = self.association.end(name(&end.request));
                index.and_then(|index| self.change(index, |exchange| exchange.complete(&event.id, end)))
            }
            Body::Failed(end) => {
                let index = self.association.end(name(&end.request));
                index.and_then(|index| self.change(index, |exchange| exchange.fail(&event.id, end)))
            }
            Body::Message(message) => {
                let index = self.association.stand_alone();
                self.push(index, Exchange::imported(&event.id, message, &reader))
            }
            Body::Page(reading) => {
                touched.page = Some(self.pages.len());
                self.read_page(&event.id, reading, &reader)
            }
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
                touched.all |= *settings != self.settings;
                self.settings = settings.clone();
                self.settings_event = Some(event.id.clone());
                None
            }
            Body::Tab(_) | Body::Unknown { .. } => None,
        };
        if let Some(Part { exchange, is_placed }) = exchange {
            // An event adds its messages behind those that are there.
            let messages = self.exchanges.get(exchange).map(|exchange| exchange.messages.as_slice());
            self.pool.charge(size, messages.into_iter().flatten().filter(|seen| seen.event == event.id));
            self.room.belongs.insert(event.id.clone(), exchange);
            let part = if is_placed { &mut touched.changed } else { &mut touched.placed_from };
            *part = Some(exchange);
        }
        touched
    }

    fn push(&mut self, index: usize, mut exchange: Exchange) -> Option<Part> {
        exchange.place.private |= self.private_tabs.contains_key(&exchange.place.tab);
        exchange.place.of_file = exchange.id.is_imported();
        self.exchanges.push(exchange);
        Some(Part { exchange: index, is_placed: false })
    }

    /// Changes an exchange. It may belong elsewhere when it carries more messages than before.
    fn change(&mut self, index: usize, change: impl FnOnce(&mut Exchange)) -> Option<Part> {
        let exchange = self.exchanges.get_mut(index)?;
        let messages = exchange.messages.len();
        change(exchange);
        Some(Part { exchange: index, is_placed: exchange.messages.len() == messages })
    }

    /// Takes in what is said of a tab: said once, it holds for all requests of that tab. Says whether that
    /// changed any of them.
    fn learn_place(&mut self, event: &EventId, place: &Place) -> bool {
        if !place.private || self.private_tabs.contains_key(&place.tab) {
            return false;
        }
        self.private_tabs.insert(place.tab, event.clone());
        let is_news = |exchange: &&mut Exchange| exchange.place.tab == place.tab && !exchange.place.private;
        let of_tab = self.exchanges.iter_mut().filter(is_news);
        of_tab.map(|exchange| exchange.place.private = true).count() > 0
    }

    /// Whether a message that a page shows is known from an earlier reading of it; a page is read many times.
    pub fn knows_shown(&self, message: &str) -> bool {
        self.was_shown(message, false)
    }

    /// The same, for a reading that is a file's or not.
    fn was_shown(&self, message: &str, of_file: bool) -> bool {
        let alike = self.pages.iter().filter(|(event, _)| event.is_imported() == of_file);
        let mut shown = alike.filter_map(|(_, reading)| pages::message(reading));
        shown.any(|known| known == message)
    }

    fn read_page(&mut self, event: &EventId, reading: &PageReading, reader: &Reader) -> Option<Part> {
        let of_file = event.is_imported();
        let reading = &PageReading { place: Place { of_file, ..reading.place.clone() }, ..reading.clone() };
        let message = pages::message(reading).filter(|message| !self.was_shown(message, of_file));
        let exchange = message.map(|xml| Exchange::shown(event, (&reading.place, &reading.url), xml, reader));
        if let (Some((instance, route)), Some(page)) =
            (self.route(reading.url.expose()), Page::named(&reading.page))
        {
            let source = Source::Page(page.id);
            if let Route::Identities(username) = &route {
                // The page lists all that the user has.
                let member = Member { username: Some(username.clone()), ..Member::default() };
                self.identities.forget(&instance, &source, &member, of_file);
            }
            for (provider, identity) in (page.identities)(&route, reading) {
                self.identities.see(Sighting {
                    instance: instance.clone(),
                    provider,
                    identity,
                    source: source.clone(),
                    provenance: event.into(),
                });
            }
        }
        self.pages.push((event.clone(), reading.clone()));
        let exchange = exchange?;
        let index = self.association.stand_alone();
        self.push(index, exchange)
    }

    /// The GitLab that `url` is on, and what it is there.
    pub fn route(&self, url: &str) -> Option<(Instance, Route)> {
        self.instances().into_iter().find_map(|instance| {
            let route = routes::route(&instance, url)?;
            Some((instance, route))
        })
    }

    /// Joins anew what an event can have changed.
    fn join(&mut self, touched: &Touched) {
        let instances = self.instances();
        let given = self.settings.provider.as_ref();
        let given = given.map(|given| (given.instance.clone(), given.provider.clone()));
        let ground = Ground {
            exchanges: &self.exchanges,
            pages: &self.pages,
            instances: &instances,
            given: given.as_ref(),
        };
        if touched.all {
            return self.flows.join_all(ground);
        }
        if let Some(page) = touched.page {
            self.flows.read(page, ground);
        }
        if let Some(first) = touched.placed_from {
            self.flows.place_from(first, ground);
        }
        if let Some(exchange) = touched.changed {
            self.flows.changed(exchange, ground);
        }
    }
}

/// The exchange that an event is a part of.
struct Part {
    exchange: usize,
    /// Whether it is placed already, and stays where it is.
    is_placed: bool,
}

/// The changes that one event can have made in the flows.
#[derive(Default)]
struct Touched {
    /// Everything may have changed.
    all: bool,
    /// A page reading came.
    page: Option<usize>,
    /// This exchange, and those that began after it, are to be placed.
    placed_from: Option<usize>,
    /// This exchange says more, and stays where it is.
    changed: Option<usize>,
}

impl Told {
    /// The value that was told for `fact`.
    pub fn value(&self, fact: Fact) -> Option<StoredValue> {
        let said = match fact {
            Fact::SamlExternUid => self.saml_extern_uid.clone(),
            Fact::ScimExternUid => self.scim_extern_uid.clone(),
            _ => None,
        };
        said.map(StoredValue::from)
    }
}

fn sized(events: impl IntoIterator<Item = Event>) -> impl Iterator<Item = (Event, usize)> {
    events.into_iter().map(|event| {
        let size = stored_size(&event);
        (event, size)
    })
}

/// The bytes that an event takes in the store: those of its JSON text.
fn stored_size(event: &Event) -> usize {
    serde_json::to_string(event).map_or(0, |text| text.len())
}
