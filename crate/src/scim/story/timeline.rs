//! The records of the people who are asked for, in the order of time, and as entries: what repeats while
//! nothing changes is one.
//!
//! gitlab-facts 3.7: what a PATCH does depends on what was before it, by the clock, in whichever file that
//! stands.

use super::{Asked, Entry, People, Placed, Record, Seen, Source, Valued, requests};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        order::sort_by_key,
        redact,
        severity::{Sentence, Severity},
    },
    scim::kept::Room,
    text,
};
use std::collections::BTreeMap;

/// Values that are shown of one person, and of one entry.
pub(super) const VALUES: usize = 100;

/// Octets of the records that are kept for each value that is asked for, about: those of some 20,000. A
/// person who is sent every 40 minutes has 13,000 a year.
const MOST: usize = 24 * 1024 * 1024;

/// The records of some people, as they are read.
pub(super) struct Kept {
    of: BTreeMap<usize, Records<(usize, Seen)>>,
    room: Room,
    most: usize,
}

/// The records of one person, and those that are not asked for.
pub(super) struct Records<R> {
    pub(super) shown: Vec<R>,
    pub(super) remarks: Remarks,
}

/// The number of records for which a filter holds in some way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Remarks {
    other_groups: usize,
    other_times: usize,
    no_group: usize,
    no_time: usize,
}

impl Kept {
    /// For these people, who have so many values.
    pub(super) fn new<'p>(people: impl Iterator<Item = &'p usize>, values: usize) -> Self {
        let none = || Records { shown: Vec::new(), remarks: Remarks::default() };
        let mut of = BTreeMap::new();
        people.for_each(|person| drop(of.insert(*person, none())));
        Kept { of, room: Room::default(), most: MOST * values }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Takes a record in, where it is of one of the people, and of the group that is asked for.
    pub(super) fn take(&mut self, file: usize, seen: Seen, people: &People, group: Option<&str>) {
        let of_group = seen.group().map(|of| group.is_none_or(|group| of.eq_ignore_ascii_case(group)));
        let size = seen.size();
        for root in people.of(&seen.who()) {
            let Some(Records { shown, remarks }) = self.of.get_mut(&root) else { continue };
            if of_group == Some(false) {
                remarks.other_groups += 1;
            } else if self.room.has(self.most, size) {
                remarks.no_group += usize::from(group.is_some() && of_group.is_none());
                shown.push((file, seen.clone()));
            }
        }
    }

    /// That there were too many, where there were.
    pub(super) fn left_out(&self) -> Option<Text> {
        (self.room.left_out > 0).then(|| text!("story.left-out", count = self.room.left_out))
    }

    /// The records of each in the order of time, of the time that is asked for; those without a time behind
    /// them, as they stand.
    pub(super) fn into_records(self, asked: &Asked) -> BTreeMap<usize, Records<Placed>> {
        let period = asked.period();
        let mut all = BTreeMap::new();
        for (person, Records { mut shown, mut remarks }) in self.of {
            // What a request does depends on those before it, asked for or not.
            requests::follow(shown.iter_mut().filter_map(|(_, seen)| seen.request_mut()));
            let placed = |(file, seen): (usize, Seen)| Placed { file, record: seen.into_record() };
            let mut records: Vec<Placed> = shown.into_iter().map(placed).collect();
            let before = records.len();
            records.retain(|it| period.has(it.record.at));
            remarks.other_times = before - records.len();
            let untimed = records.iter().filter(|it| !period.is_any() && it.record.at.is_none());
            remarks.no_time = untimed.count();
            sort_by_key(&mut records, |it| (it.record.at.is_none(), it.record.at, it.file, it.record.line));
            all.insert(person, Records { shown: records, remarks });
        }
        all
    }
}

impl Remarks {
    /// In words; whether there is nothing else of the person.
    pub(super) fn sentences(self, is_all: bool) -> Vec<Sentence> {
        let Remarks { other_groups, other_times, no_group, no_time } = self;
        let said = [
            (is_all, Severity::Warning, text!("story.filter.all")),
            (other_groups > 0, Severity::Info, text!("story.filter.groups", count = other_groups)),
            (other_times > 0, Severity::Info, text!("story.filter.times", count = other_times)),
            (no_group > 0, Severity::Info, text!("story.filter.no-group", count = no_group)),
            (no_time > 0, Severity::Info, text!("story.filter.no-time", count = no_time)),
        ];
        let said = said.into_iter().filter(|(is_so, ..)| *is_so);
        said.map(|(_, severity, text)| Sentence { severity, text: text.to_string() }).collect()
    }
}

/// The records as entries.
pub(super) fn entries(records: &[Placed], files: &[String]) -> Vec<Entry> {
    let mut entries: Vec<(&Placed, usize, Option<Timestamp>)> = Vec::new();
    // Those since the last change, by what they say.
    let mut since: BTreeMap<String, usize> = BTreeMap::new();
    for placed in records {
        let record = &placed.record;
        let key = key(record);
        match since.get(&key).and_then(|at| entries.get_mut(*at)) {
            Some((_, count, until)) => (*count, *until) = (*count + 1, record.at.or(*until)),
            None => {
                if record.what.is_change() {
                    since.clear();
                }
                since.insert(key, entries.len());
                entries.push((placed, 1, record.at));
            }
        }
    }
    entries.into_iter().map(|(placed, count, until)| entry(placed, count, until, files)).collect()
}

/// The text that is the same in records that say the same. GitLab's meaning follows from the rest.
fn key(record: &Record) -> String {
    let values = record.values.iter().map(|it| format!("{}\0{}\0{:?}\0", it.name, it.value, it.before));
    let values: String = values.collect();
    let (source, what, status, has_time) = (record.source, record.what, record.status, record.at.is_some());
    let meaning = if source == Source::GitlabLog { "" } else { &record.meaning };
    format!(
        "{source:?}\0{what:?}\0{status:?}\0{has_time}\0{}\0{:?}\0{meaning}\0{values}",
        record.action, record.group
    )
}

fn entry(placed: &Placed, count: usize, until: Option<Timestamp>, files: &[String]) -> Entry {
    let record = &placed.record;
    let redacted = |it: &Valued| Valued {
        name: redact::prose(&it.name),
        value: redact::prose(&it.value),
        before: it.before.as_deref().map(redact::prose),
    };
    let until = until.filter(|_| count > 1);
    let days = |at: Timestamp| (at.day_and_time(), until.unwrap_or(at).day_and_time());
    Entry {
        at: record.at.map(|at| at.to_string()),
        until: until.map(|at| at.to_string()),
        count,
        file: files.get(placed.file).cloned().unwrap_or_default(),
        line: record.line,
        source: record.source,
        what: record.what,
        action: redact::prose(&record.action),
        group: record.group.as_deref().map(redact::prose),
        status: record.status,
        values: record.values.iter().take(VALUES).map(redacted).collect(),
        severity: record.severity,
        meaning: redact::prose(&record.meaning),
        said: record.said.as_deref().map(redact::prose),
        when: record.at.map(days),
    }
}
