//! The client of the static page: the trace is in the page itself, and comes from files alone.
//!
//! There is no recorder, so nothing can be paused and no access is asked for. Nothing is sent or stored: what
//! was read is gone when the page is left.

use super::{Client, InstanceOrder, Later, News, PanelPlace, RecorderCommand};
use samlight::{
    base::{instant::Timestamp, pseudonym::Salt},
    calls::{
        own_pages,
        protocol::{OwnCall, OwnReply},
    },
    event::{Event, EventId},
    gitlab::instance::Instance,
    text,
    trace::tracer::Tracer,
    view::{context::Context, lines::Lines},
};
use std::{cell::RefCell, collections::BTreeMap, future::ready, rc::Rc};

/// See the module's head.
#[derive(Default)]
pub(crate) struct LocalClient {
    trace: RefCell<Trace>,
}

#[derive(Default)]
struct Trace {
    /// In order; what is read twice stands here once.
    events: BTreeMap<EventId, Event>,
    tracer: Tracer,
    lines: Lines,
}

/// The time that the clock shows.
pub(crate) fn now() -> Timestamp {
    // Whole milliseconds; the browser's clock counts in the same.
    Timestamp(js_sys::Date::now() as i64)
}

/// The salt of a new file; `None` where the browser gives no randomness.
pub(crate) fn salt() -> Option<Salt> {
    let mut random = [0; 16];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut random).ok()?;
    Some(Salt::new(random))
}

fn answer<T: 'static>(value: Result<T, String>) -> Later<T> {
    Box::pin(ready(value))
}

impl Client for LocalClient {
    fn records(&self) -> bool {
        false
    }

    fn call(&self, call: &OwnCall) -> Later<OwnReply> {
        let Trace { tracer, lines, .. } = &mut *self.trace.borrow_mut();
        let context = Context { now: now(), recording: true, ..Context::default() };
        answer(Ok(own_pages::answer(tracer, lines, &context, call)))
    }

    fn command(&self, command: RecorderCommand) -> Later<()> {
        answer(match command {
            RecorderCommand::Clear => {
                self.trace.replace(Trace::default());
                Ok(())
            }
            RecorderCommand::Pause | RecorderCommand::Resume => {
                Err(text!("ui.failure.needs-extension").to_string())
            }
        })
    }

    fn events(&self) -> Later<Vec<Event>> {
        answer(Ok(self.trace.borrow().events.values().cloned().collect()))
    }

    fn add(&self, events: Vec<Event>) -> Later<()> {
        let trace = &mut *self.trace.borrow_mut();
        trace.events.extend(events.into_iter().map(|event| (event.id.clone(), event)));
        // Files tell of any time: the order is that of the events, not of the reading.
        trace.tracer = Tracer::replay(trace.events.values().cloned());
        trace.lines = Lines::default();
        answer(Ok(()))
    }

    fn listen(&self, _: Rc<dyn Fn(News)>) {
        // Nothing changes but by what is asked for here, and who asks looks again.
    }

    fn access(&self, _: &Instance) -> Later<Option<bool>> {
        answer(Ok(None))
    }

    fn sees_any(&self) -> Later<Option<bool>> {
        answer(Ok(None))
    }

    fn request_access(&self, _: &Instance) -> Later<bool> {
        answer(Err(text!("ui.failure.needs-extension").to_string()))
    }

    fn order(&self, _: InstanceOrder, _: &Instance) -> Later<()> {
        answer(Err(text!("ui.failure.needs-extension").to_string()))
    }

    fn open(&self, _: PanelPlace) -> Later<()> {
        answer(Err(text!("ui.failure.needs-extension").to_string()))
    }
}
