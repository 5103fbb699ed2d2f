//! The background worker's handle, and those of an own page: the only files of the core that name
//! `wasm_bindgen`. What looks at a trace is behind the door to the [second part](second).
//!
//! Everything crosses as JSON text: no object of the core is ever held by JavaScript, and a wrong shape is an
//! error with words instead of a trap. A panic traps and ends the instance; the background script then makes
//! a new one, replays the store without the event that it could not take in, and says so.

mod in_page;
mod looks;
mod reading;
mod second;

use crate::{
    base::{address::Address, catalogue::language, instant::Timestamp, json, limits::STORE_BYTES},
    calls::protocol::Notice,
    event::{
        Event, EventId,
        log::{Header, VERSION},
        settings::{NamedInstance, Settings, kept_instances},
    },
    file,
    gitlab::instance::{Instance, Ports},
    group::{check::GroupCheck, plan::Cursor},
    text,
    trace::{room, tracer::Tracer},
    view::{
        context::{Context, Dropped},
        lines::Lines,
        older::Older,
    },
};
use second::second;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wasm_bindgen::prelude::*;

/// An answer, or why there is none.
pub type Said<T> = Result<T, Failed>;

/// The words of a failure. It becomes JavaScript's error where it leaves the core, in the first part.
pub struct Failed(String);

impl From<Failed> for JsValue {
    fn from(failed: Failed) -> Self {
        JsError::new(&failed.0).into()
    }
}

/// The trace of a running background worker.
#[wasm_bindgen]
#[derive(Default)]
pub struct Worker {
    tracer: Tracer,
    /// The group that is checked.
    check: Option<GroupCheck>,
    /// An own page's call gave a page something to do.
    ordered: bool,
    /// The progress of the check of a group, as the store has it.
    stored: Option<Cursor>,
    /// The list's lines as they were at the last look.
    lines: Lines,
    /// The older part of the trace, as far as it is counted.
    older: Older,
    /// Events of a file that are being stored.
    imported: Vec<Event>,
}

/// The events that a file adds to the store.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Import<'a> {
    events: &'a [Event],
    /// Some of it happened before what the trace has: what they say depends on their order, so all is
    /// replayed.
    is_late: bool,
}

/// The work that is left to do when an instance is removed.
#[derive(Serialize)]
struct Removal {
    /// The instances that stay.
    instances: Vec<Instance>,
    /// Match patterns of permissions that nobody needs any more.
    withdraw: Vec<String>,
    /// Events that the store must drop.
    events: Vec<EventId>,
    /// The summary of what was dropped before, without the instance's name.
    dropped: Option<Dropped>,
}

/// The event of the person's instances, for the store.
#[derive(Serialize)]
struct SettingsEvent {
    /// Its id.
    id: EventId,
    /// Absent when no instance was named.
    event: Option<Event>,
}

/// The content that the toolbar shows.
#[derive(Serialize)]
struct Badge {
    text: String,
    title: String,
}

#[wasm_bindgen]
impl Worker {
    /// An empty trace.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Worker {
        Worker::default()
    }

    /// Takes up what an earlier worker counted (JSON, as [`take_counted`](Self::take_counted) gave it), where
    /// it is of these events: a JSON list of id, kind, id, kind and so on, in the order of the ids. Answers
    /// the places of the events that must be replayed now, as a JSON list; nothing where it is all of them.
    pub fn take_up(&mut self, counted: &str, events: &str) -> Said<Option<String>> {
        let events: Vec<&str> = read(events)?;
        let told = events.chunks_exact(2).filter_map(|of| Some((*of.first()?, *of.get(1)?)));
        let (older, left) = Older::kept(counted, told);
        self.older = older;
        left.as_ref().map(write).transpose()
    }

    /// Replaces the trace by the one that `events` (a JSON list of events) give; the check of a group stays,
    /// where its instance is still known. `open`: they are those that [`take_up`](Self::take_up) answered,
    /// and not all. Answers the ids of those that could not be read, as a JSON list.
    pub fn replay(&mut self, events: &str, open: Option<bool>) -> Said<String> {
        #[cfg(feature = "fault")]
        crate::fault::strike(events);
        let stored: Vec<&RawValue> = read(events)?;
        let mut unreadable = Vec::new();
        let readable = stored.into_iter().filter_map(|event| {
            let text = event.get();
            let read = serde_json::from_str::<Event>(text).map_err(|_| unreadable.push(id_in(text)));
            Some((read.ok()?, text.len()))
        });
        if open == Some(true) {
            self.tracer = self.older.replay_open(readable);
        } else {
            self.tracer = Tracer::replay_stored(readable);
            self.older.all_read(&self.tracer);
        }
        self.lines = Lines::default();
        self.check = self.check.take().and_then(|check| check.replayed(&self.tracer));
        self.check.iter_mut().for_each(|check| check.tell(&mut self.tracer));
        write(&unreadable)
    }

    /// Takes in one event.
    pub fn observe(&mut self, event: &str) -> Said<()> {
        #[cfg(feature = "fault")]
        crate::fault::strike(event);
        let size = event.len();
        let event = read(event)?;
        self.tracer.observe_stored(&event, size);
        self.older.observed(&self.tracer, &event);
        Ok(())
    }

    /// Whether all stored events must be replayed before anything else is asked.
    pub fn must_read(&self) -> bool {
        self.older.must_read()
    }

    /// The text to be stored for the next worker to [take up](Self::take_up); absent where that did not
    /// change since the last time.
    pub fn take_counted(&mut self) -> Option<String> {
        self.older.take_news()
    }

    /// Answers an own page's call.
    pub fn own_call(&mut self, call: &str, context: &str) -> Said<String> {
        #[cfg(feature = "fault")]
        crate::fault::strike(call);
        second().own_call(self, call, context)
    }

    /// Whether an own page's call since the last time gave a page of GitLab something to do.
    pub fn take_order(&mut self) -> bool {
        std::mem::take(&mut self.ordered)
    }

    /// The progress of the check of a group, in JSON, to be stored; absent where that did not change since
    /// the last time. Asked after each call: own pages' calls stop a check and have it go on, too.
    pub fn take_cursor(&mut self) -> Said<Option<String>> {
        if !self.has_moved() {
            return Ok(None);
        }
        self.stored = self.check.as_ref().map(|check| check.cursor().clone());
        self.stored.as_ref().map(write).transpose()
    }

    fn has_moved(&self) -> bool {
        self.check.as_ref().map(GroupCheck::cursor) != self.stored.as_ref()
    }

    /// Answers a content script's call; `id` becomes the id of the event that it makes.
    pub fn page_call(&mut self, call: &str, sender: &str, id: &str) -> Said<String> {
        #[cfg(feature = "fault")]
        crate::fault::strike(call);
        second().page_call(self, call, sender, id)
    }

    /// Takes up the check of a group that a stopped worker left at `cursor`; nothing where it was none.
    pub fn resume_check(&mut self, cursor: &str) {
        second().resume_check(self, cursor);
    }

    /// The page in this tab is gone, with its tab. Only a check of a group is told.
    pub fn tab_closed(&mut self, tab: i32) {
        second().tab_closed(self, tab);
    }

    /// Whether a group is checked.
    pub fn is_checking(&self) -> bool {
        self.check.is_some()
    }

    /// Whether a group is checked by a page in a private window.
    pub fn checks_privately(&self) -> bool {
        self.check.as_ref().is_some_and(|check| check.cursor().place.private)
    }

    /// Forgets the check of a group that a page in a private window performs. Says whether there was one.
    pub fn forget_private_check(&mut self) -> bool {
        let is_private = self.checks_privately();
        if is_private {
            self.check = None;
        }
        is_private
    }

    /// Events of a file as they are to be stored: known as such, and without those that the trace has
    /// already. They are kept until [`take_imported`](Self::take_imported), so that they need not be read
    /// once more.
    pub fn imported(&mut self, events: &str) -> Said<String> {
        self.imported = file::take_in(&self.tracer, read(events)?);
        let newest = self.tracer.newest();
        let is_late = self.imported.iter().any(|event| newest.is_some_and(|newest| event.id < *newest));
        write(&Import { events: &self.imported, is_late })
    }

    /// Takes in the events of a file, once they are stored and where none of them is late.
    pub fn take_imported(&mut self) {
        for event in std::mem::take(&mut self.imported) {
            self.tracer.observe(&event);
            self.older.observed(&self.tracer, &event);
        }
    }

    /// The instances that the person named, as the browser must know them: a JSON list. `ports` says what the
    /// browser's match patterns can express.
    pub fn named_instances(&self, ports: &str) -> Said<String> {
        let ports = ports_of(ports)?;
        let instances = &self.tracer.settings().instances;
        write(&instances.iter().map(|instance| NamedInstance::new(instance, ports)).collect::<Vec<_>>())
    }

    /// The list of instances with one more, to be kept. One that could not be named is not added.
    pub fn with_instance(&self, instance: &str) -> Said<String> {
        let mut instances = self.tracer.settings().instances.clone();
        instances.push(read(instance)?);
        write(&kept_instances(instances))
    }

    /// The meaning for the browser of removing an instance. `dropped` is what was dropped before, in JSON.
    pub fn without_instance(&self, instance: &str, ports: &str, dropped: &str) -> Said<String> {
        let (gone, ports): (Instance, _) = (read(instance)?, ports_of(ports)?);
        let dropped: Option<Dropped> = read(dropped)?;
        let (mut instances, events) =
            (self.tracer.settings().instances.clone(), room::events_of(&self.tracer, &gone));
        instances.retain(|instance| *instance != gone);
        let access = gone.access_pattern(ports);
        // Another one may need the same permission.
        let is_needed = instances.iter().any(|instance| instance.access_pattern(ports) == access);
        let shares_origin = instances.iter().any(|instance| instance.origin == gone.origin);
        let host = Address::parse(&gone.origin).filter(|_| !shares_origin).map(|address| address.host());
        let dropped = dropped.map(|dropped| host.map_or(dropped.clone(), |host| dropped.without(host)));
        let withdraw = if is_needed { Vec::new() } else { vec![access] };
        write(&Removal { instances, withdraw, events, dropped })
    }

    /// The content that the toolbar shows: a few characters, and the words behind them. It is what an earlier
    /// worker counted; absent where sign-ins must be looked at.
    pub fn counted_badge(&self, context: &str) -> Said<Option<String>> {
        let context: Context = read(context)?;
        self.older.counted(&self.tracer).map(|problems| badge(&context, problems)).transpose()
    }

    /// The content that the toolbar shows, from looking at sign-ins; absent where all stored events must be
    /// replayed first.
    pub fn badge(&mut self, context: &str) -> Said<Option<String>> {
        second().badge(self, context)
    }

    /// The notice to send to own pages now.
    pub fn notice(&self) -> Said<String> {
        write(&Notice { revision: self.tracer.revision().to_string() })
    }

    /// Whether the events take more than the store may hold.
    pub fn is_full(&self) -> bool {
        room::size(&self.tracer) > STORE_BYTES
    }

    /// The events that the store must drop to stay within its budget, as JSON: `{events, dropped}`.
    /// `pressed`: the browser took no more, whatever the budget says. `dropped` is what was dropped before,
    /// in JSON, and comes back with what goes now. Absent where all stored events must be replayed first.
    pub fn evict(&self, pressed: bool, dropped: &str) -> Said<Option<String>> {
        second().evict(self, pressed, dropped)
    }

    /// Ids of the events of private windows, as a JSON list. `set_aside` are events that could not be taken
    /// in, as a JSON list: those that name such a window, or no tab at all, are among them.
    pub fn private_events(&self, set_aside: &str) -> Said<String> {
        let set_aside: Vec<serde_json::Value> = read(set_aside)?;
        let mut events: Vec<String> =
            room::private_events(&self.tracer).iter().map(ToString::to_string).collect();
        let is_private = |event: &&serde_json::Value| {
            let tab = event.get("tab").and_then(serde_json::Value::as_i64);
            event.get("private") == Some(&true.into())
                || tab.is_none_or(|tab| room::is_private_tab(&self.tracer, tab))
        };
        if !events.is_empty() || set_aside.iter().any(|event| event.get("private") == Some(&true.into())) {
            let aside = set_aside.iter().filter(is_private).filter_map(|event| event.get("id")?.as_str());
            events.extend(aside.map(str::to_owned));
        }
        write(&events)
    }
}

/// A time of the browser's clock, which counts parts of milliseconds, too.
fn moment(now: f64) -> Timestamp {
    Timestamp(now as i64)
}

/// The event that tells the core of the `instances` that the browser has kept (a JSON list).
#[wasm_bindgen]
pub fn settings_event(instances: &str) -> Said<String> {
    // Anything that cannot be read was not written by us; no instance is named by it.
    let kept = json::read(instances).unwrap_or_default();
    write(&SettingsEvent { id: Settings::event_id(), event: Settings::naming(kept_instances(kept)) })
}

/// The header that the store keeps beside the events.
#[wasm_bindgen]
pub fn store_header() -> Said<String> {
    write(&Header::default())
}

/// Shows texts in this language from now on ([`language::speak`]).
#[wasm_bindgen]
pub fn speak(name: &str, texts: String) {
    language::speak(name, texts);
}

/// The version of a stored header, when it is one that this program cannot read.
#[wasm_bindgen]
pub fn unknown_version(header: &str) -> Option<u32> {
    match serde_json::from_str::<Header>(header) {
        Ok(header) if header.version == VERSION => None,
        Ok(header) => Some(header.version),
        Err(_) => Some(0),
    }
}

/// The badge of a trace in which so many sign-ins have a problem.
fn badge(context: &Context, problems: usize) -> Said<String> {
    let title = match (context.recording, problems) {
        (false, _) => text!("badge.paused"),
        (true, 0) => text!("badge.recording"),
        (true, problems) => text!("badge.problems", count = problems),
    };
    let text = if problems == 0 { String::new() } else { problems.to_string() };
    write(&Badge { text, title: title.to_string() })
}

fn ports_of(ports: &str) -> Said<Ports> {
    serde_json::from_value(ports.into()).map_err(|_| Failed("ports are known or unknown".into()))
}

/// The id in a stored event that cannot be read.
fn id_in(event: &str) -> String {
    let event: serde_json::Value = serde_json::from_str(event).unwrap_or_default();
    event.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned()
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Said<T> {
    // The error's place is enough; its words can repeat the value.
    json::read(text).map_err(|error| Failed(format!("JSON, column {}", error.column())))
}

fn write<T: Serialize>(value: &T) -> Said<String> {
    serde_json::to_string(value).map_err(|error| Failed(error.to_string()))
}
