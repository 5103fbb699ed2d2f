//! The words for what a file tells beside what this browser recorded: wherever a value, a mark or a verdict
//! rests on it, they are said. Where files are all there is, the file is what was asked about, and nothing is
//! said.

use super::value::visible;
use crate::{base::catalogue::Text, event::EventId, text, trace::tracer::Tracer};
use std::fmt;

/// The file that tells `event`: "from the file “ada.har”"; nothing of what this browser saw.
pub(crate) fn label(tracer: &Tracer, event: &EventId) -> Option<Text> {
    tracer.file_of(event).map(|file| match file {
        "" => text!("of-file.unnamed"),
        file => text!("of-file.named", file = visible(file, None)),
    })
}

/// `text` with the file that tells `event` behind it.
pub(crate) fn said(tracer: &Tracer, event: &EventId, text: impl fmt::Display) -> String {
    match label(tracer, event) {
        Some(file) => text!("of-file.said", text = text, file = file).to_string(),
        None => text.to_string(),
    }
}
