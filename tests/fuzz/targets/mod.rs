//! The targets of the fuzzer: one for each kind of octets that come from outside, with the laws that hold of
//! every input.
//!
//! No input may make a target panic, and each target has laws of its own beside that: what is read twice is
//! the same, what is written is read again, the work that is counted grows no faster than the octets, and no
//! other software reads it otherwise. `cargo xtask fuzz` runs them under libFuzzer, and the test `fuzz` runs
//! the inputs that are kept. An input that begins with a NUL is no file: the octets behind it choose a shape
//! (`shape.rs`). Which reader is covered by which target
//! stands in `covered.rs`.

mod bindings;
mod documents;
mod evidence;
mod files;
mod pages;
mod peers;
mod scanned;
mod secrets;
mod shape;
mod signatures;

use samlight::{
    base::{counted, instant::Timestamp, pseudonym::Salt},
    case::Case,
    event::Event,
    file::{
        self, Beside,
        export::{self, Secrecy},
    },
    trace::tracer::Tracer,
    view::{flow::flow_view, print::terminal},
};

/// One target.
pub(crate) struct Target {
    /// Its name; the inputs that are kept are in the folder of that name.
    pub(crate) name: &'static str,
    /// Gives it one input. A panic is a finding.
    pub(crate) run: fn(&[u8]),
}

/// The targets.
pub(crate) const TARGETS: [Target; 10] = [
    Target { name: "import", run: files::import },
    Target { name: "trace", run: files::trace },
    Target { name: "binding", run: bindings::binding },
    Target { name: "xml", run: documents::xml },
    Target { name: "c14n", run: documents::c14n },
    Target { name: "signature", run: signatures::signature },
    Target { name: "encryption", run: secrets::encryption },
    Target { name: "scim", run: evidence::scim },
    Target { name: "page", run: pages::page },
    Target { name: "scanner", run: scanned::scanner },
];

/// When each input is looked at.
const NOW: Timestamp = Timestamp(1_767_258_000_000);

/// The octets that choose a shape, if the input is no file.
fn chooses(octets: &[u8]) -> Option<&[u8]> {
    octets.strip_prefix(b"\0")
}

/// The work of `look` is at most so many steps for each octet, and so many besides.
fn bounded<T>(octets: usize, each: usize, besides: usize, look: impl FnOnce() -> T) -> T {
    let mut given = None;
    let steps = counted::steps_of(|| given = Some(look()));
    assert!(steps <= octets * each + besides, "{steps} steps for {octets} octets");
    given.expect("it was looked")
}

/// Shows each flow of a trace; nothing of it can command a terminal.
fn show(tracer: &Tracer) {
    for flow in tracer.flows().iter().take(3) {
        let shown = terminal::render(&flow_view(&Case::new(tracer, flow, NOW)));
        is_plain(&shown);
    }
}

/// A text for a terminal has no character that a terminal obeys, but for line ends.
fn is_plain(shown: &str) {
    let obeyed = shown.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(obeyed, None, "a terminal obeys this: {shown:?}");
}

/// Each format of files holds the events without what is secret, and is read again without a flaw.
fn exported(events: &[Event]) {
    if events.is_empty() {
        return;
    }
    for format in &export::FORMATS {
        let written = format.export(events, Secrecy::Redacted, Salt::default());
        let read = file::read("fuzz", written.content.as_bytes(), NOW, Beside::Files);
        let flaws: Vec<_> = read.flaws.iter().filter(|flaw| flaw.code != "no-saml").collect();
        assert!(flaws.is_empty(), "{}: {flaws:?}\n{}", format.id, written.content);
        assert!(read.statements.is_empty(), "{}: it is taken for something of SCIM", format.id);
        if format.id == "trace" {
            let again = format.export(events, Secrecy::Redacted, Salt::default());
            assert_eq!(written, again, "it is another file the second time");
            assert_eq!(read.events.len(), events.len(), "an event is lost or made:\n{}", written.content);
        }
    }
}
