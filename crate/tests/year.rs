//! A year of logs of many people, generated, and the story of some of them, exactly as it was generated.
//!
//! The generator (`year/`) is written from gitlab-facts 3.7, 6 and 7 and shares no code with the reader. A
//! run of CI has a twentieth; with SAMLIGHT_YEAR=whole, as `cargo xtask long` has it, it is the whole: two
//! million lines, 5,000 people, 200 stories.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "year/generated.rs"]
mod generated;
#[path = "year/lines.rs"]
mod lines;
#[path = "year/lives.rs"]
mod lives;

use generated::{Happened, Size, Year};
use samlight::scim::{
    evidence::Asked,
    story::{Entry, StoryFile, stories},
};

use std::collections::BTreeMap;

/// The part of an entry that is compared.
#[derive(Debug, PartialEq)]
struct Shown {
    at: Option<String>,
    until: Option<String>,
    count: usize,
    source: String,
    action: String,
    what: String,
    status: Option<u16>,
    values: Vec<(String, String, Option<String>)>,
}

fn name(of: impl serde::Serialize) -> String {
    serde_json::to_value(of).unwrap().as_str().unwrap().to_owned()
}

impl Shown {
    fn of(entry: &Entry) -> Self {
        let value =
            |it: &samlight::scim::record::Valued| (it.name.clone(), it.value.clone(), it.before.clone());
        Shown {
            at: entry.at.clone(),
            until: entry.until.clone(),
            count: entry.count,
            source: name(entry.source),
            action: entry.action.clone(),
            what: name(entry.what),
            status: entry.status,
            values: entry.values.iter().map(value).collect(),
        }
    }
}

/// The things that happened to a person, those that repeat while nothing changes being one.
fn expected(happened: &[Happened]) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut since: Vec<usize> = Vec::new();
    for it in happened {
        let one = Shown {
            at: it.at.clone(),
            until: None,
            count: 1,
            source: it.source.to_owned(),
            action: it.action.clone(),
            what: it.what.to_owned(),
            status: it.status,
            values: it.values.clone(),
        };
        let is_same = |at: &&usize| {
            let other = &shown[**at];
            (&other.source, &other.action, &other.what, other.status, &other.values, other.at.is_some())
                == (&one.source, &one.action, &one.what, one.status, &one.values, one.at.is_some())
        };
        if let Some(at) = since.iter().find(is_same).copied() {
            shown[at].count += 1;
            shown[at].until = it.at.clone();
        } else {
            if it.is_change {
                since.clear();
            }
            since.push(shown.len());
            shown.push(one);
        }
    }
    shown
}

fn compare(size: Size, seed: u64) {
    let year = Year::generate(size, seed);
    let files: Vec<StoryFile<'_>> = year.files.iter().map(|(name, text)| StoryFile::of(name, text)).collect();
    let lines: BTreeMap<&str, Vec<&str>> =
        year.files.iter().map(|(name, text)| (name.as_str(), text.lines().collect())).collect();
    let count: usize = lines.values().map(Vec::len).sum();
    assert!(count >= size.lines, "{count} lines");
    let sampled: Vec<&lives::Life> = year.sampled(size.sampled).collect();
    assert_eq!(sampled.len(), size.sampled);
    let asked: Vec<String> = sampled.iter().enumerate().map(|(at, life)| life.asked(at)).collect();
    let values: Vec<&str> = asked.iter().map(String::as_str).collect();
    let told = stories(&files, &values, &Asked::default());
    let mut entries = 0;
    for (life, told) in sampled.iter().zip(&told) {
        let [story] = &told.people[..] else { panic!("{}: {} people", told.asked, told.people.len()) };
        let is: Vec<Shown> = story.entries.iter().map(Shown::of).collect();
        let should = expected(&life.happened());
        for (at, (is, should)) in is.iter().zip(&should).enumerate() {
            assert_eq!(
                is,
                should,
                "entry {at} of {}\nbefore: {:#?}",
                told.asked,
                &story.entries[at.saturating_sub(2)..at]
            );
        }
        assert_eq!(is.len(), should.len(), "{}", told.asked);
        // Each entry leads to its line.
        for entry in story.entries.iter().filter(|entry| entry.at.is_some()) {
            let line = lines[entry.file.as_str()][entry.line - 1];
            let second = &entry.at.as_ref().unwrap()[..19];
            assert!(line.contains(second), "{} {}: {second}: {line}", entry.file, entry.line);
        }
        entries += is.len();
    }
    assert!(entries > size.sampled * 5, "{entries} entries");
    if size.people > 100 {
        year.assert_every_kind_is_there();
    }
}

#[test]
fn each_of_a_few_people_has_the_story_that_was_generated() {
    for seed in 1..=2 {
        compare(Size { lines: 2_000, people: 20, sampled: 20 }, seed);
    }
}

#[test]
fn a_year_gives_each_person_the_story_that_was_generated() {
    let is_whole = std::env::var_os("SAMLIGHT_YEAR").is_some_and(|size| size == "whole");
    let times = if is_whole { 20 } else { 1 };
    compare(Size { lines: 100_000 * times, people: 250 * times, sampled: 10 * times }, 3);
}
