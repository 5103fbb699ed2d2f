//! Traces as files: this program's own format and those that other software reads.
//!
//! A format is one row of [`FORMATS`] and one file. An export is redacted unless it is asked for in clear
//! ([`Redaction`]), and then says what was replaced ([`Receipt`]); what a format cannot hold is counted in
//! [`Exported::left_out`], never dropped in silence. Of a form only the fields of SAML are written, whatever
//! the trace holds.

mod har;
mod message;
mod redacted;
mod redaction;
mod saml_tracer;

pub use redaction::{Kind, Receipt, Redaction};

use crate::{
    base::{catalogue::Text, instant::Timestamp, other::Other, pseudonym::Salt},
    event::{
        Body, Event,
        log::{Header, Log, REDACTED},
    },
    file::recorded::{self, Hop},
    text,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One format of files.
pub struct Format {
    /// Kebab-case name.
    pub id: &'static str,
    /// Its name for people.
    pub name: fn() -> Text,
    /// The end of such a file's name, without a dot in front.
    pub extension: &'static str,
    /// Its media type.
    pub media_type: &'static str,
}

/// The way a format is written. Not in its row: the panel shows the rows and writes none.
enum Write {
    /// From all events.
    Events(fn(Vec<Event>, Option<&Receipt>) -> String),
    /// From the exchanges alone; the time is that of the last event.
    Hops(fn(&[Hop], Timestamp, Option<&Receipt>) -> String),
}

/// The formats; the first one is the usual one.
pub const FORMATS: [Format; 3] = [
    Format {
        id: "trace",
        name: || text!("export.trace"),
        extension: "trace.jsonl",
        media_type: "application/jsonl",
    },
    har::FORMAT,
    saml_tracer::FORMAT,
];

/// The way of each of [`FORMATS`].
const WAYS: [Write; FORMATS.len()] = [Write::Events(trace), har::WAY, saml_tracer::WAY];

/// Whether an export holds what could be used to sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Secrecy {
    /// Names are pseudonyms, messages are written anew without what signs in, the rest goes.
    #[default]
    Redacted,
    /// As it was recorded. Only when a person asks for it.
    Clear,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// A name for it: the time of its last event, and whether it is redacted.
    pub name: String,
    /// Its text.
    pub content: String,
    /// The number of events that the format cannot hold: readings of pages, single messages, settings.
    pub left_out: usize,
    /// The list of what was replaced; nothing is said of a file in clear.
    pub receipt: Option<Receipt>,
}

/// The trace file, whose header says what was replaced.
fn trace(events: Vec<Event>, receipt: Option<&Receipt>) -> String {
    let header = Header { other: receipt.map(said).unwrap_or_default(), ..Header::default() };
    Log { header, events, ..Log::default() }.write()
}

fn said(receipt: &Receipt) -> Other {
    serde_json::from_value(json!({ REDACTED: receipt })).unwrap_or_default()
}

/// The format with this name.
pub fn format(id: &str) -> Option<&'static Format> {
    static ROWS: [Format; FORMATS.len()] = FORMATS;
    ROWS.iter().find(|format| format.id == id)
}

impl Format {
    /// The file that holds `events`; its pseudonyms, where it is redacted, are made with `salt`.
    pub fn export(&self, events: &[Event], secrecy: Secrecy, salt: Salt) -> Exported {
        let (events, receipt): (Vec<Event>, _) = match secrecy {
            Secrecy::Redacted => {
                let mut redaction = Redaction::new(salt);
                let events = events.iter().map(|event| redaction.event(event)).collect();
                (events, Some(redaction.receipt()))
            }
            Secrecy::Clear => (events.to_vec(), None),
        };
        let last = events.iter().map(|event| event.id.time).max().unwrap_or_default();
        let name = file_name(&events, secrecy, self.extension);
        let way = FORMATS.iter().zip(WAYS).find_map(|(format, way)| (format.id == self.id).then_some(way));
        let (content, left_out) = match way.unwrap_or(Write::Events(trace)) {
            Write::Events(write) => (write(events, receipt.as_ref()), 0),
            Write::Hops(write) => {
                let left_out = events.iter().filter(|event| !is_of_an_exchange(&event.body)).count();
                (write(&recorded::assemble(&events), last, receipt.as_ref()), left_out)
            }
        };
        Exported { name, content, left_out, receipt }
    }
}

/// A name for the file that tells `events`: the time of the last one, and whether it is redacted.
pub(crate) fn file_name(events: &[Event], secrecy: Secrecy, extension: &str) -> String {
    let last = events.iter().map(|event| event.id.time).max().unwrap_or_default();
    let kind = match secrecy {
        Secrecy::Redacted => "redacted",
        Secrecy::Clear => "clear",
    };
    let time: String = last.to_string().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    format!("samlight-{time}-{kind}.{extension}")
}

fn is_of_an_exchange(body: &Body) -> bool {
    matches!(
        body,
        Body::Request(_) | Body::Sent(_) | Body::Response(_) | Body::Completed(_) | Body::Failed(_)
    )
}

/// The headers that are known, as both formats write them.
fn headers(known: &[(&str, Option<&str>)]) -> Vec<Value> {
    let headers = known.iter().filter_map(|(name, value)| Some(json!({"name": name, "value": (*value)?})));
    headers.collect()
}
