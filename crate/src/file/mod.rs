//! Files of other software and our own, in and out.
//!
//! A file is read here and nowhere else: [`read`] tells what it is by its content and gives its events,
//! what it says of SCIM or of an error, and what is wrong with it; [`take_in`] decides what of it a trace
//! takes. [`import`] reads what people have, [`export`] writes what they send on, [`recorded`] is the shape
//! of an exchange in files of other software. Leaves out the messages in it: they are decoded once, by the
//! trace that takes the events in.

#[cfg(test)]
mod cost;
pub mod export;
mod foreign;
mod found;
pub mod import;
pub mod incoming;
mod packed;
pub mod recorded;

use crate::{
    base::{flaw::Flaw, instant::Timestamp, place::Place},
    event::{Body, Event},
    explain::{self, clues::Clues},
    scim::{Statement, evidence},
    trace::tracer::Tracer,
};
use import::Imported;

/// The content of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileRead {
    /// In order. The same file gives the same ids, so that a file that is read twice tells nothing twice.
    pub events: Vec<Event>,
    /// Its statements about provisioning, or about an error text, where it is neither a recording nor a
    /// message that can be read: its one event then is a message that is none, and nothing of it belongs
    /// into a trace.
    pub statements: Vec<Statement>,
    /// The clues in such an error text.
    pub clues: Clues,
    /// The flaws in the file itself; what is wrong with a message stands with the message.
    pub flaws: Vec<Flaw>,
    /// Whether the story of a person can be told of it.
    pub is_of_people: bool,
}

/// The other content of a trace besides the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Other files alone: they are all that is known, and hold as they are.
    Files,
    /// A browser's recording. A file must not decide which GitLab that is compared with, nor what is stored
    /// there, and what it tells happened in no tab of this browser.
    Recording,
}

/// Reads the file `name` with this `content` at `now`, for a trace that holds what `beside` says.
pub fn read(name: &str, content: &[u8], now: Timestamp, beside: Beside) -> FileRead {
    let Imported { events, flaws } = import::file(name, content, now);
    let (statements, clues, is_of_people) = statements_of(content, &events).unwrap_or_default();
    let events = match beside {
        Beside::Files => events,
        Beside::Recording => {
            let of_file = |event| Event { file: Some(name.to_owned()), ..event };
            events.into_iter().filter_map(beside_recording).map(of_file).collect()
        }
    };
    FileRead { events, statements, clues, flaws, is_of_people }
}

/// The text of a file, or those of the files that are packed in it, one behind the other.
pub fn text_of(content: &[u8]) -> String {
    let Some(unpacked) = packed::files(content) else { return explain::text_of(content) };
    let texts = unpacked.files.iter().filter(|(_, octets)| foreign::named(octets).is_none());
    texts.map(|(_, octets)| explain::text_of(octets)).collect::<Vec<_>>().join("\n")
}

/// The statements of a file that is neither a recording nor a message that can be read; and whether the story
/// of a person can be told of it.
fn statements_of(content: &[u8], events: &[Event]) -> Option<(Vec<Statement>, Clues, bool)> {
    if !events.iter().all(|event| matches!(event.body, Body::Message(_))) {
        return None;
    }
    let text = text_of(content);
    let (statements, clues) = explain::recognised(&text)?;
    // Few files look like both; the messages of the others are decoded where they are taken in, and only
    // there.
    let tracer = Tracer::replay(events.iter().cloned());
    let mut messages = tracer.exchanges().iter().flat_map(|exchange| &exchange.messages);
    let is_message = messages.any(|seen| seen.carried().message.is_some());
    (!is_message).then(|| (statements, clues, evidence::is_of_people(&text)))
}

/// An event of a file as it may stand beside what a browser recorded.
fn beside_recording(mut event: Event) -> Option<Event> {
    if matches!(event.body, Body::Settings(_) | Body::Told(_)) {
        return None;
    }
    if let Some(place) = event.place_mut() {
        move_out(place);
    }
    Some(event)
}

/// Events of a file happened in no tab of this browser, and in none of its private windows, whose closing
/// forgets. The browser's own numbers are not negative; different tabs of the file stay different.
fn move_out(place: &mut Place) {
    place.private = false;
    if place.tab >= 0 {
        place.tab = (-2_i64).saturating_sub(place.tab);
    }
}

/// Of a file's events those that `tracer`, which holds what a browser recorded, does not have: each known as
/// a file's, whatever it says of where it was seen.
pub fn take_in(tracer: &Tracer, events: Vec<Event>) -> Vec<Event> {
    let is_new = |event: &Event| !tracer.has(&event.id);
    let new = events.into_iter().filter(is_new).filter_map(beside_recording);
    new.map(|Event { id, file, body }| Event {
        id: id.imported(),
        file: Some(file.unwrap_or_default()),
        body,
    })
    .collect()
}
