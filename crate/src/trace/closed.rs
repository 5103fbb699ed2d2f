//! [`Closed`]: the older part of a trace that is over, and as little of it as must be known to leave it
//! unread.
//!
//! A worker is stopped and started many times a day, and a trace can have thousands of sign-ins. Most of them
//! are over: nothing that comes later is about them, unless it has something in common with them (the
//! browser's id of a request, a message, a place in which one of them still waits for its Response). So of
//! the older part is kept what later events would have in common with it. Where one has, or where anything
//! else does not fit, everything is read as if nothing had been kept. What a number stands for can be the
//! same for two things; then more is read than would have to be, never less.
//!
//! Pages, answers, settings and files are always read: what they tell holds for the whole trace. Leaves out
//! what was found in the sign-ins ([`view::older`](crate::view::older)).

use super::{count, exchange::Exchange, flow::Flow, heading, tracer::Tracer};
use crate::{
    base::{instant::Timestamp, order::sort_by, place::Place},
    event::{Body, Event, EventId, OF_EXCHANGE},
    gitlab::routes::Route,
};
use std::{
    fmt::{self, Write},
    hash::{DefaultHasher, Hash, Hasher},
};

/// The number of sign-ins that are never closed: the newest, to which something may be added.
const OPEN: usize = 4;

/// The older part of a trace, as it must be known where it is not read.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// Closed is what this browser saw of exchanges that began before this event.
    until: EventId,
    /// The newest event of which this was made.
    last: EventId,
    /// The number of closed events.
    events: usize,
    /// Stands for their ids, in their order.
    ids: u64,
    /// Stands for the ids of the other events up to the newest.
    open: u64,
    /// Octets that they take in the store.
    octets: usize,
    /// Stands for what holds for the whole trace, and so for each sign-in.
    known: u64,
    /// Stands for what later events can have in common with it; in order.
    shared: Vec<u32>,
}

/// Something that a later event can have in common with what is closed.
#[derive(Hash)]
enum Shared<'a> {
    /// The browser's id of a request.
    Request(&'a str),
    /// Stands for a message's ID or value, as it is or as another message names it.
    Message(u64),
    /// The place of a sign-in that waits for its Response.
    Waiting(&'a Place),
}

impl Shared<'_> {
    fn key(&self) -> u32 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish() as u32
    }
}

impl Closed {
    /// The part of `tracer` that is over at `now`, with what was closed `before`; `waiting` is the time in
    /// milliseconds after which time alone changes nothing of a sign-in without a Response. Absent where
    /// nothing more can be closed.
    pub fn of(tracer: &Tracer, before: Option<&Closed>, now: Timestamp, waiting: i64) -> Option<Self> {
        // Private windows leave no trace, and messages that shared their memory were read less far.
        if tracer.room.has_private() || !tracer.has_room_for_all() {
            return None;
        }
        let mut closed = Closed {
            until: end_of(tracer, before, now, waiting)?,
            last: tracer.newest()?.clone(),
            events: before.map_or(0, |before| before.events),
            ids: before.map_or(0, |before| before.ids),
            open: 0,
            octets: before.map_or(0, |before| before.octets),
            known: known(tracer),
            shared: before.map_or_else(Vec::new, |before| before.shared.clone()),
        };
        closed.take(tracer, before.map(|before| &before.until))?;
        // What is left must have nothing in common with it, as it will be read alone.
        let mut left = tracer.exchanges().iter().filter(|exchange| !closed.began(exchange));
        (!left.any(|exchange| closed.meets(tracer, exchange))).then_some(closed)
    }

    /// The same as two events and numbers, to be written down.
    pub fn written(&self) -> (&EventId, &EventId, Vec<u64>) {
        let first = [self.events as u64, self.octets as u64, self.ids, self.open, self.known];
        let shared = self.shared.iter().map(|key| u64::from(*key));
        (&self.until, &self.last, first.into_iter().chain(shared).collect())
    }

    /// The one that was written so; absent where none was.
    pub fn read(until: EventId, last: EventId, numbers: &[u64]) -> Option<Self> {
        let [events, octets, ids, open, known, shared @ ..] = numbers else { return None };
        Some(Closed {
            until,
            last,
            events: usize::try_from(*events).ok()?,
            octets: usize::try_from(*octets).ok()?,
            ids: *ids,
            open: *open,
            known: *known,
            shared: shared.iter().map(|key| u32::try_from(*key).ok()).collect::<Option<_>>()?,
        })
    }

    /// Takes in what is closed and was not before `since`; nothing where a part of an exchange is not.
    fn take(&mut self, tracer: &Tracer, since: Option<&EventId>) -> Option<()> {
        let is_new = |event: &EventId| since.is_none_or(|since| event >= since);
        for (event, size) in tracer.room.sizes() {
            count::look();
            let is_closed = tracer.room.tells_of_exchange(event) && self.is_before(event);
            let exchange = tracer.room.belongs.get(event).and_then(|it| tracer.exchanges().get(*it));
            if exchange.is_some_and(|exchange| self.began(exchange) != is_closed) {
                return None;
            }
            if !is_closed {
                self.open = next(self.open, &event.to_string());
            } else if is_new(event) {
                (self.events, self.octets, self.ids) =
                    (self.events + 1, self.octets + size, next(self.ids, &event.to_string()));
            }
        }
        let began = tracer.exchanges().iter().filter(|exchange| self.began(exchange) && is_new(&exchange.id));
        let waiting = tracer
            .flows()
            .iter()
            .filter(|flow| flow.request.is_some() && flow.response.is_none() && self.has(tracer, flow));
        let waiting = waiting.map(|flow| Shared::Waiting(&flow.place).key());
        let more: Vec<u32> = began.flat_map(keys).chain(waiting).inspect(|_| count::look()).collect();
        self.shared.extend(more);
        sort_by(&mut self.shared, u32::cmp);
        self.shared.dedup();
        Some(())
    }

    /// Whether this event is of the closed part, if it tells of an exchange that this browser saw.
    fn is_before(&self, event: &EventId) -> bool {
        *event < self.until && !event.is_imported()
    }

    /// Whether this exchange is of the closed part.
    fn began(&self, exchange: &Exchange) -> bool {
        is_own(exchange) && self.is_before(&exchange.id)
    }

    /// Whether this flow is of the closed part.
    pub fn has(&self, tracer: &Tracer, flow: &Flow) -> bool {
        first(tracer, flow).is_some_and(|exchange| self.began(exchange))
    }

    /// The stored events that must be read, by their places among all; absent where what is kept is not of
    /// these events. Each event is told by its id and kind, in order.
    pub fn left<'a>(&self, events: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Vec<usize>> {
        let (mut left, mut ids, mut open, mut number) = (Vec::new(), 0, 0, 0);
        for (at, (text, kind)) in events.enumerate() {
            let id: EventId = text.parse().ok()?;
            if OF_EXCHANGE.contains(&kind) && self.is_before(&id) {
                (number, ids) = (number + 1, next(ids, text));
                continue;
            }
            left.push(at);
            if id <= self.last {
                open = next(open, text);
            }
        }
        ((number, ids, open) == (self.events, self.ids, self.open)).then_some(left)
    }

    /// The number of its events, and the octets that they take in the store.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.events, self.octets)
    }

    /// Whether what holds for the whole trace is what it was.
    pub fn holds(&self, tracer: &Tracer) -> bool {
        self.known == known(tracer)
    }

    /// Whether this event, which was just taken in, can be about what is closed.
    pub fn is_met_by(&self, tracer: &Tracer, event: &Event) -> bool {
        if event.place().is_some_and(|place| place.private) {
            return true;
        }
        if event.id.is_imported() {
            return false;
        }
        let request = match &event.body {
            Body::Request(it) => &it.request,
            Body::Sent(it) => &it.request,
            Body::Response(it) => &it.request,
            Body::Completed(it) => &it.request,
            Body::Failed(it) => &it.request,
            _ => "",
        };
        let exchange = tracer.room.belongs.get(&event.id).and_then(|it| tracer.exchanges().get(*it));
        (!request.is_empty() && self.shares(&Shared::Request(request)))
            || exchange.is_some_and(|exchange| self.meets(tracer, exchange))
    }

    /// Whether nothing else in the trace of all events has anything in common with what is closed.
    pub fn fits(&self, tracer: &Tracer) -> bool {
        let mut belongs = tracer.room.belongs.iter();
        let is_whole = belongs.all(|(event, exchange)| {
            let exchange = tracer.exchanges().get(*exchange);
            exchange
                .is_some_and(|exchange| self.began(exchange) == (is_own(exchange) && self.is_before(event)))
        });
        let mut open = tracer.exchanges().iter().filter(|exchange| !self.began(exchange));
        is_whole && !tracer.room.has_private() && !open.any(|exchange| self.meets(tracer, exchange))
    }

    /// Stands for all that the verdict of an open flow follows from; absent where it follows from the time as
    /// well.
    pub fn mark(&self, tracer: &Tracer, flow: &Flow) -> Option<u64> {
        flow.response?;
        let mut said = format!("{} {}", self.known, flow.id);
        let mut say = |word: &dyn fmt::Display| _ = write!(said, " {word}");
        for step in &flow.steps {
            let exchange = tracer.exchanges().get(step.exchange)?;
            say(&exchange.id);
            say(&(step.joined as u8));
            exchange.response.iter().for_each(|response| say(&response.event));
            say(&exchange.messages.len());
            say(&exchange.end.is_some());
            say(&exchange.failure().is_some());
        }
        for message in [flow.request, flow.response].into_iter().flatten() {
            say(&tracer.exchanges().get(message.exchange)?.id);
            say(&message.message);
        }
        say(&(flow.kind as u8));
        flow.flash_event.iter().for_each(|event| say(event));
        Some(next(0, &said))
    }

    /// Whether an exchange that is not closed has something in common with what is.
    fn meets(&self, tracer: &Tracer, exchange: &Exchange) -> bool {
        count::look();
        if exchange.place.of_file {
            return false;
        }
        // By where its answer is wanted alone only what names no request is joined.
        let can_answer = if exchange.messages.is_empty() {
            matches!(tracer.route(exchange.url.expose()), Some((_, Route::Acs(_))))
        } else {
            let mut headings = exchange.messages.iter().map(|seen| &seen.heading);
            headings.any(|heading| !heading.is_request && heading.in_response_to.is_none())
        };
        (can_answer && self.shares(&Shared::Waiting(&exchange.place)))
            || keys(exchange).any(|key| self.shared.binary_search(&key).is_ok())
    }

    fn shares(&self, it: &Shared<'_>) -> bool {
        self.shared.binary_search(&it.key()).is_ok()
    }
}

/// The event before which everything is over, and nothing reaches behind it.
fn end_of(tracer: &Tracer, before: Option<&Closed>, now: Timestamp, waiting: i64) -> Option<EventId> {
    let is_open = |flow: &&Flow| {
        count::look();
        first(tracer, flow).is_some_and(is_own) && !before.is_some_and(|before| before.has(tracer, flow))
    };
    let open: Vec<&Flow> = tracer.flows().iter().filter(is_open).collect();
    if !open.is_sorted_by_key(|flow| &flow.id.event) {
        return None;
    }
    let (mut end, mut reach) = (None, None::<&EventId>);
    for (at, flow) in open.iter().enumerate() {
        if reach.is_some_and(|reach| *reach < flow.id.event) {
            end = Some(&flow.id.event);
        }
        let is_settled = flow.response.is_some() || now.since(flow.last) >= waiting;
        if at + OPEN >= open.len() || !is_settled {
            break;
        }
        let exchanges = flow.steps.iter().filter_map(|step| tracer.exchanges().get(step.exchange));
        let events = exchanges.flat_map(|it| [Some(&it.id), it.response.as_ref().map(|it| &it.event)]);
        reach = events.flatten().chain(reach).max();
    }
    end.cloned()
}

/// The exchange with which a flow began.
fn first<'a>(tracer: &'a Tracer, flow: &Flow) -> Option<&'a Exchange> {
    tracer.exchanges().get(flow.steps.first()?.exchange)
}

/// Whether this browser saw the exchange; files are none, nor are pages that show a message.
fn is_own(exchange: &Exchange) -> bool {
    !exchange.request.is_empty() && !exchange.place.of_file
}

/// The things that an exchange can have in common with others.
fn keys(exchange: &Exchange) -> impl Iterator<Item = u32> + '_ {
    let request = Some(exchange.request.as_str()).filter(|it| !it.is_empty()).map(Shared::Request);
    let messages = exchange.messages.iter().flat_map(|seen| {
        let answers = seen.heading.in_response_to.as_deref().map(heading::key);
        seen.heading.keys().chain(answers).map(Shared::Message)
    });
    request.into_iter().chain(messages).map(|it| it.key())
}

/// Stands for the texts so far and one more.
fn next(so_far: u64, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u64(so_far);
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Stands for what is known beyond the exchanges, and can change what is found in each of them.
fn known(tracer: &Tracer) -> u64 {
    // By way of a value, as events are written.
    let settings = serde_json::to_value(tracer.settings()).map(|it| it.to_string()).unwrap_or_default();
    let pages = tracer.pages().iter().map(|(event, _)| event);
    let read = pages.chain(tracer.answers.iter().map(|(event, _)| event));
    let told = tracer.told().map(|(event, _)| event);
    read.chain(told).fold(next(0, &settings), |so_far, event| next(so_far, &event.to_string()))
}
