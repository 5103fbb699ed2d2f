//! A year of many lives, with the lines of them in the files that GitLab and the identity providers write.

use crate::lives::Life;
use std::collections::BTreeMap;

/// The size of what is generated.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) lines: usize,
    pub(crate) people: usize,
    pub(crate) sampled: usize,
}

/// One thing that happened to a person, as the story must have it.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// RFC 3339; absent in what GitLab has stored.
    pub(crate) at: Option<String>,
    pub(crate) source: &'static str,
    /// In the words of the log.
    pub(crate) action: String,
    pub(crate) what: &'static str,
    pub(crate) status: Option<u16>,
    pub(crate) values: Vec<(String, String, Option<String>)>,
    pub(crate) is_change: bool,
}

/// One line of a log.
pub(crate) struct Line {
    /// Milliseconds since the year began.
    pub(crate) at: u64,
    /// The file that it stands in.
    pub(crate) file: Log,
    pub(crate) text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Log {
    Gitlab,
    Entra,
    Okta,
}

pub(crate) struct Year {
    pub(crate) files: Vec<(String, String)>,
    lives: Vec<Life>,
}

/// Numbers that look like chance and are the same each time (SplitMix64).
#[derive(Clone)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }
}

const MONTH: u64 = 30 * 86_400_000;

impl Year {
    pub(crate) fn generate(size: Size, seed: u64) -> Year {
        let mut chance = Chance(seed);
        let lines_each = size.lines / 2 / size.people;
        let mut lives: Vec<Life> = (0..size.people).map(|number| Life::new(number, &mut chance)).collect();
        let mut lines: Vec<Line> = Vec::new();
        for life in &mut lives {
            life.live(lines_each, &mut chance, &mut lines);
        }
        // The rest of what GitLab's API is asked.
        let own = lines.len();
        let rest = size.lines.saturating_sub(own).max(own / 3);
        lines.extend((0..rest).map(|_| crate::lines::other(&mut chance)));
        lines.sort_by_key(|line| (line.file, line.at));
        Year { files: files(&lines, &lives), lives }
    }

    /// So many of the people, from all over the year's.
    pub(crate) fn sampled(&self, count: usize) -> impl Iterator<Item = &Life> {
        let step = self.lives.len() / count;
        self.lives.iter().step_by(step.max(1)).take(count)
    }

    /// Every kind of thing happens in the year.
    pub(crate) fn assert_every_kind_is_there(&self) {
        let mut kinds: BTreeMap<(&str, Option<u16>), usize> = BTreeMap::new();
        for it in self.lives.iter().flat_map(Life::happened) {
            *kinds.entry((it.what, it.status)).or_default() += 1;
        }
        let statuses = [401, 403, 404, 405, 409, 412, 429].map(|status| ("refused", Some(status)));
        let failed = [500, 502].map(|status| ("failed", Some(status)));
        let done = [
            ("provisioned", Some(201)),
            ("changed", Some(204)),
            ("deactivated", Some(204)),
            ("activated", Some(204)),
            ("removed", Some(204)),
            ("ignored", Some(204)),
            ("looked-up", Some(200)),
            ("sent", None),
            ("not-done", Some(409)),
            ("skipped", None),
            ("signed-in", None),
            ("sign-in-refused", None),
            ("stored", None),
        ];
        for kind in statuses.into_iter().chain(failed).chain(done) {
            assert!(kinds.contains_key(&kind), "{kind:?} is missing: {kinds:?}");
        }
    }
}

/// GitLab's log by month, rotated and wrapped in different ways; the identity providers' logs as one each;
/// what GitLab has stored in the end.
fn files(lines: &[Line], lives: &[Life]) -> Vec<(String, String)> {
    let mut files: BTreeMap<(Log, u64), String> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.file != Log::Okta) {
        let month = if line.file == Log::Gitlab { line.at / MONTH } else { 0 };
        let text = files.entry((line.file, month)).or_default();
        if text.is_empty() && line.file == Log::Gitlab && month % 4 == 3 {
            text.push_str("# Logfile created on 2026-03-01 00:00:00 +0000 by logger.rb\n");
        }
        match month % 4 {
            1 => text.push_str(&format!("api_json.log.{month}:{}\n", line.text)),
            2 => text.push_str(&format!("{{\"_index\":\"gitlab\",\"_source\":{}}}\n", line.text)),
            _ => text.push_str(&format!("{}\n", line.text)),
        }
    }
    let named = |((log, month), text): ((Log, u64), String)| match log {
        Log::Gitlab => (format!("api_json.log.{month}"), text),
        _ => ("entra.ndjson".to_owned(), text),
    };
    let mut files: Vec<(String, String)> = files.into_iter().map(named).collect();
    // Okta's API answers with a list; people save the newest first.
    let okta: Vec<&str> =
        lines.iter().rev().filter(|line| line.file == Log::Okta).map(|line| line.text.as_str()).collect();
    files.push(("okta.json".to_owned(), format!("[\n{}\n]\n", okta.join(",\n"))));
    for (name, of) in [("saml.json", 0), ("scim.json", 1)] {
        let stored: Vec<String> = lives.iter().map(|life| life.stored()[of].clone()).collect();
        files.push((name.to_owned(), format!("[{}]", stored.join(",\n"))));
    }
    files
}
