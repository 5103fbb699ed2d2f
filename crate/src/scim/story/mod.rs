//! The story of one person: all that several files say of them, in the order of time, and what follows from
//! it.
//!
//! Rows R31, R32, R43, R45, R46, R53 to R56, R64, R69 and R74. The files are read twice, as they come: first
//! the values by which people are known (`people.rs`), then the records of the person who is asked for alone.
//! What repeats while nothing changes is one entry, with its count and its span. Sign-ins that a browser
//! recorded come as records ([`Content::Records`]), since what reads a recording knows this room. Leaves out:
//! what no file says, which is not guessed; and names alone, by which nobody is joined.

mod command;
mod conclusions;
mod expected;
mod people;
mod telling;
mod timeline;
mod told;

use super::{
    evidence::Asked,
    record::{KnownBy, Record, Seen, Source, Valued, What},
    requests,
};
use crate::base::{
    redact,
    severity::{Sentence, Severity},
};
use people::People;
use serde::Serialize;
pub use telling::Telling;

/// A file that is read for a story.
#[derive(Clone, Copy)]
pub struct StoryFile<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its content.
    pub content: Content<'t>,
}

/// Gives octets in pieces to what it is given, each time from the beginning.
pub type Again<'t> = &'t dyn Fn(&mut dyn FnMut(&[u8]));

/// The content of a file.
#[derive(Clone, Copy)]
pub enum Content<'t> {
    /// All of it.
    Text(&'t str),
    /// A log of any size.
    Log(Again<'t>),
    /// The records that were made of it: the sign-ins of a recording.
    Records(&'t [Record]),
}

impl<'t> StoryFile<'t> {
    /// A file with this text.
    pub fn of(name: &'t str, text: &'t str) -> Self {
        StoryFile { name, content: Content::Text(text) }
    }
}

/// The answer to a value: the people who have it, with their stories.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Told {
    /// The value that was asked for.
    pub asked: String,
    /// The people who have it; usually one.
    pub people: Vec<Story>,
    /// The known values that are most like it, where nobody has it.
    pub nearest: Vec<String>,
    /// Lines that could not be read, and what was left out.
    pub problems: Vec<String>,
    /// Records of people in the files, whosever they are.
    pub records: usize,
    /// The number of people whom the records are of.
    pub known: usize,
}

/// All that the files say of one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Story {
    /// The values by which the person is known.
    pub person: Person,
    /// The things that happened, in the order of time; those without a time last.
    pub entries: Vec<Entry>,
    /// The things that follow from all of it.
    pub conclusions: Vec<super::Statement>,
    /// The records that a filter leaves out, or cannot be asked of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Sentence>,
}

/// The values by which one person is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Person {
    /// The identifiers that SCIM apps send.
    pub scim_identifiers: Vec<String>,
    /// The NameIDs and the stored SAML identifiers.
    pub saml_identifiers: Vec<String>,
    /// The e-mail addresses.
    pub emails: Vec<String>,
    /// GitLab's numbers of the user: one, or none that is known.
    pub user_ids: Vec<String>,
    /// The user names, and other names.
    pub names: Vec<String>,
}

/// One thing that happened, once or again and again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Entry {
    /// When first; absent where no time is known.
    pub at: Option<String>,
    /// When last, where it happened more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The number of times.
    pub count: usize,
    /// The file that it stands in.
    pub file: String,
    /// The number of its line, from 1, or of its sign-in; of the first, where there are several.
    pub line: usize,
    /// The thing that was read.
    pub source: Source,
    /// The thing that happened.
    pub what: What,
    /// The same in the words of the source: `POST Users`, `create`.
    pub action: String,
    /// Path of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The status of GitLab's answer.
    pub status: Option<u16>,
    /// The values that were sent, or are stored.
    pub values: Vec<Valued>,
    /// The weight of it.
    pub severity: Severity,
    /// The meaning of it.
    pub meaning: String,
    /// The words of GitLab or of the identity provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// The times for people, from the first to the last.
    #[serde(skip)]
    when: Option<(String, String)>,
}

/// A record with the place of its file among the files.
struct Placed {
    file: usize,
    record: Record,
}

/// The stories of the people who have the value that is asked for.
pub fn told(files: &[StoryFile<'_>], asked: &Asked) -> Told {
    let values: Vec<&str> = asked.person.as_deref().into_iter().collect();
    stories(files, &values, asked).pop().unwrap_or_default()
}

/// The same for several values at once: the files are read no more often for them.
pub fn stories(files: &[StoryFile<'_>], values: &[&str], asked: &Asked) -> Vec<Told> {
    let mut telling = Telling::new(values, asked);
    loop {
        for file in files {
            telling.begin(file.name);
            match file.content {
                Content::Text(text) => telling.text(text),
                Content::Log(read) => read(&mut |octets| telling.read(octets)),
                Content::Records(records) => telling.records(records),
            }
            telling.end();
        }
        if !telling.again() {
            return telling.told();
        }
    }
}

impl Person {
    fn of(records: &[Placed]) -> Self {
        let mut person = Person::default();
        for (by, value) in records.iter().flat_map(|it| &it.record.who) {
            let list = match by {
                KnownBy::Scim | KnownBy::Renamed | KnownBy::Claimed => &mut person.scim_identifiers,
                KnownBy::Saml => &mut person.saml_identifiers,
                KnownBy::Email => &mut person.emails,
                KnownBy::UserId => &mut person.user_ids,
                KnownBy::Name => &mut person.names,
            };
            let value = redact::prose(value);
            // A person has few; a hostile file could give a million to one.
            if list.len() < timeline::VALUES && !list.contains(&value) {
                list.push(value);
            }
        }
        person
    }
}

#[cfg(test)]
mod tests;
