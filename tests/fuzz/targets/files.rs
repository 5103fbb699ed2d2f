//! Files: whatever somebody drops, and traces as this program writes them.

use super::{NOW, chooses, exported, shape, show};
use samlight::{
    base::limits::LIMITS,
    event::{Body, log::Log},
    file::{self, Beside},
    trace::tracer::Tracer,
};

/// Any file: it is read the same each time, shown, and written again without a secret. A shape is a recording
/// that is in order, and has no flaw.
pub(super) fn import(octets: &[u8]) {
    let made = chooses(octets).map(shape::recording);
    let octets = made.as_deref().map_or(octets, str::as_bytes);
    let read = file::read("fuzz", octets, NOW, Beside::Recording);
    assert_eq!(read, file::read("fuzz", octets, NOW, Beside::Recording));
    assert!(read.flaws.len() <= LIMITS.flaws, "{} flaws", read.flaws.len());
    if made.is_some() {
        assert!(read.flaws.iter().all(|flaw| flaw.code == "no-saml"), "{:?}", read.flaws);
    }
    let is_kept_out = |body: &Body| matches!(body, Body::Settings(_) | Body::Told(_));
    assert!(!read.events.iter().any(|event| is_kept_out(&event.body)), "a file decides what is stored");
    let tracer = Tracer::replay(read.events.clone());
    assert_eq!(file::take_in(&tracer, read.events.clone()), [], "it tells something twice");
    show(&tracer);
    exported(&read.events);
}

/// A trace: one event after the other gives what all at once give, and what is written is read again.
pub(super) fn trace(octets: &[u8]) {
    let made = chooses(octets).map(shape::trace);
    let text = made.unwrap_or_else(|| String::from_utf8_lossy(octets).into_owned());
    let read = Log::read(&text);
    assert!(read.problems.len() <= text.lines().count() + 1);
    let mut observed = Tracer::new();
    for event in &read.events {
        observed.observe(event);
    }
    assert!(observed == Tracer::replay(read.events.clone()), "one after the other it is another trace");
    let again = Log::read(&read.write());
    assert_eq!(again.events, read.events, "what is written is not read again");
    // What cannot be read of a file that is read is told once.
    assert_eq!(again.problems, []);
    show(&observed);
    exported(&read.events);
}
