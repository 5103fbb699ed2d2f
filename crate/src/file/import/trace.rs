//! `.trace.jsonl`: what this program itself writes ([`crate::event::log`]).

use super::{File, FileParts, Part, Recording};
use crate::{
    base::{
        characters,
        flaw::{Flaw, Octets},
    },
    event::log::Log,
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
    // The text names line and column; a damaged line has no other place.
    let flaw = |text| Flaw { code: "damaged-trace", at: None, octets: Octets::Received, text };
    FileParts {
        parts: log.events.into_iter().map(|event| Part::Event(Box::new(event))).collect(),
        flaws: log.problems.into_iter().map(flaw).collect(),
    }
}
