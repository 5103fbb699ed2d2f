//! The records of the people who are asked for, in the order of time, and as entries: what repeats while
//! nothing changes is one.
//!
//! gitlab-facts 3.7: what a PATCH does depends on what was before it, by the clock, in whichever file that
//! stands.

use super::{Entry, MOST, People, Placed, Record, Seen, Source, StoryFile, Valued, requests};
use crate::{
    base::{catalogue::Text, instant::Timestamp, order::sort_by_key, redact},
    text,
};
use std::collections::BTreeMap;

/// Values that are shown of one person, and of one entry.
pub(super) const VALUES: usize = 100;

/// The records of some people, as they are read.
pub(super) struct Kept {
    of: BTreeMap<usize, Vec<(usize, Seen)>>,
    count: usize,
    left_out: usize,
}

impl Kept {
    /// For these people.
    pub(super) fn new<'p>(people: impl Iterator<Item = &'p usize>) -> Self {
        let mut of = BTreeMap::new();
        people.for_each(|person| drop(of.insert(*person, Vec::new())));
        Kept { of, count: 0, left_out: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Takes a record in, where it is of one of the people, and of the group that is asked for.
    pub(super) fn take(&mut self, file: usize, seen: Seen, people: &People, group: Option<&str>) {
        let roots = people.of(&seen.who());
        let is_elsewhere = |of: &str| group.is_some_and(|group| !of.eq_ignore_ascii_case(group));
        if seen.group().is_some_and(is_elsewhere) {
            return;
        }
        for root in roots {
            let Some(list) = self.of.get_mut(&root) else { continue };
            if self.count < MOST {
                self.count += 1;
                list.push((file, seen.clone()));
            } else {
                self.left_out += 1;
            }
        }
    }

    /// That there were too many, where there were.
    pub(super) fn left_out(&self) -> Option<Text> {
        (self.left_out > 0).then(|| text!("story.left-out", count = self.left_out))
    }

    /// The records of each, in the order of time; those without a time behind them, as they stand.
    pub(super) fn into_records(self) -> BTreeMap<usize, Vec<Placed>> {
        let mut all = BTreeMap::new();
        for (person, mut seen) in self.of {
            requests::follow(seen.iter_mut().filter_map(|(_, seen)| seen.request_mut()));
            let placed = |(file, seen): (usize, Seen)| Placed { file, record: seen.into_record() };
            let mut records: Vec<Placed> = seen.into_iter().map(placed).collect();
            sort_by_key(&mut records, |it| (it.record.at.is_none(), it.record.at, it.file, it.record.line));
            all.insert(person, records);
        }
        all
    }
}

/// The records as entries.
pub(super) fn entries(records: &[Placed], files: &[StoryFile<'_>]) -> Vec<Entry> {
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

fn entry(placed: &Placed, count: usize, until: Option<Timestamp>, files: &[StoryFile<'_>]) -> Entry {
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
        file: files.get(placed.file).map(|file| file.name.to_owned()).unwrap_or_default(),
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
