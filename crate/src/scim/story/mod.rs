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
mod timeline;
mod told;

use super::{
    evidence::Asked,
    record::{self, KnownBy, Record, Seen, Source, Valued, What},
    records::Rest,
    requests,
};
use crate::{
    base::{redact, severity::Severity},
    encoding::text::Pieces,
    idp,
};
use people::People;
use serde::Serialize;

/// Records of one person that are kept. A person who is sent every 40 minutes has 13,000 a year.
const MOST: usize = 100_000;

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

    /// Its text, from where it says what it is, where it is an export of an identity provider.
    fn export(&self) -> Option<&'t str> {
        let Content::Text(text) = self.content else { return None };
        let text = text.trim_start_matches('\u{feff}').trim_start();
        idp::export(text).map(|_| text)
    }

    /// Gives each record in it that can be of a person to `take`.
    fn each(&self, take: &mut dyn FnMut(Seen)) -> Rest {
        match self.content {
            Content::Text(text) => record::each(&mut |give| give(text.as_bytes()), take),
            Content::Log(read) => {
                let mut read = |give: &mut dyn FnMut(&[u8])| {
                    let mut pieces = Pieces::default();
                    read(&mut |octets| pieces.read(octets, give));
                    pieces.end(give);
                };
                record::each(&mut read, take)
            }
            Content::Records(records) => {
                records.iter().for_each(|record| take(Seen::Record(Box::new(record.clone()))));
                Rest::default()
            }
        }
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
    let mapped: Vec<_> = files.iter().filter_map(StoryFile::export).flat_map(idp::mapped).collect();
    let logs = || (0..).zip(files).filter(|(_, file)| file.export().is_none());
    let (mut people, mut records, mut problems) = (People::default(), 0, Vec::new());
    for (_, file) in logs() {
        let rest = file.each(&mut |seen| {
            let who = seen.who();
            records += usize::from(!who.is_empty());
            people.add(&who);
        });
        let problem = |text: String| if files.len() > 1 { format!("{}: {text}", file.name) } else { text };
        problems.extend(rest.problems.iter().map(|text| problem(text.to_string())));
    }
    people.join();
    let wanted: Vec<Vec<usize>> = values.iter().map(|value| people.with(value)).collect();
    let mut kept = timeline::Kept::new(wanted.iter().flatten());
    let group = asked.group.as_deref();
    let is_asked_for = !kept.is_empty();
    for (number, file) in logs().filter(|_| is_asked_for) {
        file.each(&mut |seen| kept.take(number, seen, &people, group));
    }
    let left_out = kept.left_out();
    problems.extend(left_out.map(|text| text.to_string()));
    let of_people = kept.into_records();
    let told = values.iter().zip(wanted).map(|(value, roots)| Told {
        asked: redact::prose(value),
        nearest: if roots.is_empty() { people.nearest(value) } else { Vec::new() },
        people: roots
            .iter()
            .filter_map(|root| of_people.get(root))
            .map(|it| story(it, &people, &mapped, files))
            .collect(),
        problems: problems.clone(),
        records,
        known: people.count(),
    });
    told.collect()
}

fn story(records: &[Placed], people: &People, mapped: &[(String, String)], files: &[StoryFile<'_>]) -> Story {
    let known = conclusions::Known { records, people, mapped, files };
    let entries = timeline::entries(records, files);
    Story { person: Person::of(records), entries, conclusions: conclusions::all(&known) }
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
