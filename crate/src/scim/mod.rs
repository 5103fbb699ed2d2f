//! SCIM (RFC 7643, 7644) as GitLab speaks it: requests to copy, and what their answers mean. Samlight itself
//! never speaks SCIM: its token is never asked for, read or stored.
//!
//! The meaning of what people have of it (a log, a message, an address) is said in [`Statement`]s, by the row
//! of `READERS` that knows it. A reader is one row and one file.

pub(crate) mod activation;
pub mod answered;
pub mod endpoint;
mod events;
pub mod evidence;
mod exported;
pub mod filters;
mod kept;
mod log;
mod logged;
pub mod messages;
pub mod query;
pub mod record;
mod records;
mod repeats;
pub mod requests;
pub mod sign_in_codes;
mod stored;
pub mod story;
pub mod stream;

use crate::base::{
    catalogue::Text,
    redact,
    severity::{Sentence, Severity, Step},
};
use evidence::Asked;
use kept::size_of_texts;
use serde::{Deserialize, Serialize};

/// One thing that a file, a log or a message says of SCIM.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The thing that this is about: a request; absent where there is only one thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// The statement itself.
    pub sentences: Vec<Sentence>,
    /// The steps to take, the safest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

impl Statement {
    /// One sentence alone.
    pub fn of(severity: Severity, text: &Text) -> Self {
        Statement { sentences: vec![Sentence { severity, text: text.to_string() }], ..Statement::default() }
    }

    /// The octets that it takes in memory.
    fn size(&self) -> usize {
        let texts = self.sentences.iter().map(|it| &it.text).chain(self.steps.iter().map(|it| &it.text));
        size_of::<Self>() + size_of_texts(texts.chain(&self.heading))
    }

    /// The statement as it may be printed: a value that somebody sent can hold an address with a credential,
    /// or be one.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.heading.iter_mut().for_each(|heading| *heading = redact::prose(heading));
        self.sentences.iter_mut().for_each(|sentence| sentence.text = redact::prose(&sentence.text));
        self.steps.iter_mut().for_each(|step| step.text = redact::prose(&step.text));
        self
    }
}

/// The reader of one kind of content.
struct EvidenceReader {
    /// Whether `content` is of this kind.
    recognises: fn(content: &str) -> bool,
    /// Whether such content is often about something else than SCIM.
    can_be_other: bool,
    /// Whether the story of a person can be told of it.
    is_of_people: bool,
    /// Tells what `content` says; nothing where that is not known.
    read: fn(content: &str, &Asked) -> Vec<Statement>,
}

/// The readers; the first that fits holds. A message is none of these: it can be anything.
const READERS: &[EvidenceReader] = &[endpoint::READER, exported::READER, log::EXPORTS, log::READER];
