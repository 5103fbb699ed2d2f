//! The answers of a worker that take a look at sign-ins, pages and groups. They are in the second part.

use super::{Failed, Said, Worker, badge, read, write};
use crate::{
    base::limits::{STORE_BYTES, STORE_BYTES_LEFT},
    calls::{
        content_script, own_pages,
        protocol::{PageCall, PageReply},
    },
    event::{Event, EventId},
    group::{check::GroupCheck, plan::Cursor},
    trace::room,
    view::context::{Context, Dropped},
};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageAnswer {
    reply: PageReply,
    /// The event to store, as it is stored.
    event: Option<Event>,
    /// The check of a group came further: own pages are told.
    progressed: bool,
}

/// The events that the store drops.
#[derive(Serialize)]
struct Eviction {
    events: Vec<EventId>,
    /// With what was dropped before.
    dropped: Option<Dropped>,
}

impl Worker {
    /// See [`Worker::own_call`].
    pub(super) fn answer_own(&mut self, call: &str, context: &str) -> Said<String> {
        let context: Context = read(context)?;
        let before = self.check.as_ref().is_some_and(GroupCheck::wants_page);
        let reply =
            own_pages::answer_json(&mut self.tracer, &mut self.check, &mut self.lines, &context, call);
        // A stopped check is told, too: the page says how it stands.
        self.ordered |= before != self.check.as_ref().is_some_and(GroupCheck::wants_page);
        write(&reply)
    }

    /// See [`Worker::page_call`].
    pub(super) fn answer_page(&mut self, call: &str, sender: &str, id: &str) -> Said<String> {
        let (call, sender) = (read::<PageCall>(call)?, read(sender)?);
        let id: EventId = id.parse().map_err(|error: &str| Failed(error.into()))?;
        let is_done = matches!(call, PageCall::Done { .. });
        let (reply, event) = content_script::answer(&mut self.tracer, &mut self.check, &sender, id, call);
        event.iter().for_each(|event| self.older.observed(&self.tracer, event));
        let progressed = is_done || self.has_moved();
        write(&PageAnswer { reply, event, progressed })
    }

    /// See [`Worker::resume_check`].
    pub(super) fn resume(&mut self, cursor: &str) {
        // Anything that cannot be read was written by another version; the page begins anew.
        let kept = read::<Option<Cursor>>(cursor).ok().flatten();
        self.check = kept.map(GroupCheck::resume).and_then(|check| check.replayed(&self.tracer));
        // Any second reading is done by a page that may have nothing else to call for.
        self.ordered |= self.check.as_ref().is_some_and(GroupCheck::wants_page);
    }

    /// See [`Worker::badge`].
    pub(super) fn looked_badge(&mut self, context: &str) -> Said<Option<String>> {
        let context: Context = read(context)?;
        let problems = self.older.problems(&mut self.lines, &mut self.tracer, context.now);
        problems.map(|problems| badge(&context, problems)).transpose()
    }

    /// See [`Worker::tab_closed`].
    pub(super) fn page_gone(&mut self, tab: i32) {
        if let Some(check) = self.check.as_mut().filter(|check| check.cursor().place.tab == i64::from(tab)) {
            check.page_closed();
            self.ordered = true;
        }
    }

    /// See [`Worker::evict`].
    pub(super) fn evicted(&self, pressed: bool, dropped: &str) -> Said<Option<String>> {
        let before: Option<Dropped> = read(dropped)?;
        let size = room::size(&self.tracer);
        if self.older.is_unread() && (pressed || size > STORE_BYTES) {
            return Ok(None);
        }
        let events = match (pressed, size > STORE_BYTES) {
            (true, _) => room::evict(&self.tracer, size.min(STORE_BYTES) / 4 * 3),
            (false, true) => room::evict(&self.tracer, STORE_BYTES_LEFT),
            (false, false) => Vec::new(),
        };
        let dropped = match events.iter().max() {
            None => before,
            Some(newest) => {
                let mut dropped = before.unwrap_or_default();
                dropped.add(&room::losses(&self.tracer, &events), newest.time);
                Some(dropped)
            }
        };
        write(&Eviction { events, dropped }).map(Some)
    }
}
