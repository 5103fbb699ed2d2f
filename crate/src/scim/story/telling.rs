//! [`Telling`]: a story that is told of files as they come, whoever reads them: all of them, and where
//! somebody is found, all of them once more.
//!
//! What is held is what is known of people, the records of those who are asked for, and the record that is
//! being read. Leaves out: reading the files, and opening what is packed.

use super::{
    Asked, People, Person, Placed, Story, Told, conclusions,
    timeline::{self, Kept, Records},
};
use crate::{
    base::redact,
    encoding::text::Pieces,
    idp,
    scim::{
        log::top_level,
        record::{Reader, Record, Seen},
    },
    text,
};

/// The people who have some values, as far as the files have been read.
pub struct Telling {
    values: Vec<String>,
    asked: Asked,
    /// The names of the files.
    files: Vec<String>,
    /// The number of the file that is read.
    at: usize,
    /// The file that is read, where it comes in pieces.
    file: Option<(Pieces, Reader)>,
    /// The attributes that an export of an identity provider maps.
    mapped: Vec<(String, String)>,
    people: People,
    records: usize,
    /// With the number of the file.
    problems: Vec<(usize, String)>,
    /// The people who are asked for, once all files were read.
    wanted: Vec<Vec<usize>>,
    kept: Option<Kept>,
}

impl Telling {
    /// The people with these values, where no file has come.
    pub fn new(values: &[&str], asked: &Asked) -> Self {
        Telling {
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            asked: Asked { group: top_level(asked).map(str::to_owned), ..asked.clone() },
            files: Vec::new(),
            at: 0,
            file: None,
            mapped: Vec::new(),
            people: People::default(),
            records: 0,
            problems: Vec::new(),
            wanted: Vec::new(),
            kept: None,
        }
    }

    /// The next file begins. The second time they come in the same order.
    pub fn begin(&mut self, name: &str) {
        if self.kept.is_none() {
            self.files.push(name.to_owned());
        }
    }

    /// Reads all of a file: one of records, or an export of an identity provider.
    pub fn text(&mut self, text: &str) {
        if let Some(export) = export(text) {
            if self.kept.is_none() {
                self.mapped.extend(idp::mapped(export));
            }
            return;
        }
        let mut reader = Reader::new();
        reader.read(text.as_bytes(), &mut |seen| self.take(seen));
        self.ended(reader);
    }

    /// Reads more of a file of records, cut anywhere.
    pub fn read(&mut self, octets: &[u8]) {
        let (mut pieces, mut reader) = self.file.take().unwrap_or_else(|| (Pieces::default(), Reader::new()));
        pieces.read(octets, &mut |text| reader.read(text, &mut |seen| self.take(seen)));
        self.file = Some((pieces, reader));
    }

    /// Takes the records that were made of a file: the sign-ins of a recording.
    pub fn records(&mut self, records: &[Record]) {
        records.iter().for_each(|record| self.take(Seen::Record(Box::new(record.clone()))));
    }

    /// The file is at its end.
    pub fn end(&mut self) {
        if let Some((pieces, mut reader)) = self.file.take() {
            pieces.end(&mut |text| reader.read(text, &mut |seen| self.take(seen)));
            self.ended(reader);
        }
        self.at += 1;
    }

    /// Tells what could not be read of the file that is read.
    pub fn problem(&mut self, text: String) {
        if self.kept.is_none() {
            self.problems.push((self.at, text));
        }
    }

    /// All files have come. Whether they must come once more, from the first to the last.
    pub fn again(&mut self) -> bool {
        if self.kept.is_some() {
            return false;
        }
        self.people.join();
        self.wanted = self.values.iter().map(|value| self.people.with(value)).collect();
        let kept = Kept::new(self.wanted.iter().flatten(), self.values.len());
        let is_anybody = !kept.is_empty();
        (self.kept, self.at) = (Some(kept), 0);
        is_anybody
    }

    /// The stories, for each value its own.
    pub fn told(self) -> Vec<Told> {
        let Telling { values, asked, files, mapped, people, records, problems, wanted, kept, .. } = self;
        let Some(kept) = kept else { return Vec::new() };
        let named = |(at, text): (usize, String)| match files.get(at).filter(|_| files.len() > 1) {
            Some(file) => format!("{file}: {text}"),
            None => text,
        };
        let too_many =
            (people.left_out() > 0).then(|| text!("story.people-left-out", count = people.left_out()));
        let left_out = too_many.into_iter().chain(kept.left_out()).map(|text| text.to_string());
        let problems: Vec<String> = problems.into_iter().map(named).chain(left_out).collect();
        let of_people = kept.into_records(&asked);
        let story = |it: &Records<Placed>| {
            let records = &it.shown[..];
            let known = conclusions::Known { records, people: &people, mapped: &mapped, files: &files };
            Story {
                person: Person::of(records),
                entries: timeline::entries(records, &files),
                conclusions: conclusions::all(&known),
                remarks: it.remarks.sentences(records.is_empty()),
            }
        };
        let told = values.iter().zip(wanted).map(|(value, roots)| Told {
            asked: redact::prose(value),
            nearest: if roots.is_empty() { people.nearest(value) } else { Vec::new() },
            people: roots.iter().filter_map(|root| of_people.get(root)).map(story).collect(),
            problems: problems.clone(),
            records,
            known: people.count(),
        });
        told.collect()
    }

    fn take(&mut self, seen: Seen) {
        match &mut self.kept {
            Some(kept) => kept.take(self.at, seen, &self.people, self.asked.group.as_deref()),
            None => {
                let who = seen.who();
                self.records += usize::from(!who.is_empty());
                let is_asked = || {
                    let small = |value: &str| value.trim().to_lowercase();
                    who.iter().any(|(_, of)| self.values.iter().any(|value| small(value) == small(of)))
                };
                self.people.add(&who, &is_asked);
            }
        }
    }

    fn ended(&mut self, reader: Reader) {
        let rest = reader.end(&mut |seen| self.take(seen));
        rest.problems.iter().for_each(|text| self.problem(text.to_string()));
    }
}

/// A text from where it says what it is, where it is an export of an identity provider.
pub(super) fn export(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    idp::export(text).map(|_| text)
}
