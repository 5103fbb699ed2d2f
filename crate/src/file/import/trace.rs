//! `.trace.jsonl`: what this program itself writes ([`crate::event::log`]).
//!
//! A trace in clear is what a browser recorded, and its events stay what they were. A redacted one is a copy:
//! its events are a file's, so that the marks in its messages count ([`crate::saml::RedactedCopy`]).

use super::{File, FileParts, Part, Recording};
use crate::{
    base::{
        characters,
        flaw::{Flaw, Octets},
    },
    event::{
        Body, Event,
        log::{Log, REDACTED},
    },
};

pub(super) const RECORDING: Recording = Recording { id: "trace", called: "Samlight trace", recognises, read };

/// A trace begins with its header.
fn recognises(content: &[u8]) -> bool {
    const NAME: &[u8] = b"samlight_trace";
    let start = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content).trim_ascii_start();
    start.starts_with(b"{") && start.windows(NAME.len()).take(200).any(|name| name == NAME)
}

fn read(file: &File<'_>) -> FileParts {
    let text = characters::text_of(file.content);
    let log = Log::read(text.strip_prefix('\u{FEFF}').unwrap_or(&text));
    let is_copy = log.header.other.names().any(|name| name == REDACTED);
    let copied = |event: Event| match event.body {
        // There is one of these, under an id of its own; neither is a thing that somebody saw.
        Body::Settings(_) | Body::Told(_) => event,
        _ => Event { id: event.id.imported(), ..event },
    };
    let taken = |event| if is_copy { copied(event) } else { event };
    // The text names line and column; a damaged line has no other place.
    let flaw = |text| Flaw { code: "damaged-trace", at: None, octets: Octets::Received, text };
    FileParts {
        parts: log.events.into_iter().map(|event| Part::Event(Box::new(taken(event)))).collect(),
        flaws: log.problems.into_iter().map(flaw).collect(),
    }
}
