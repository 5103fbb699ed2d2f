//! GitLab's other logs, as far as they are about SAML and SCIM: `production_json.log`, `auth_json.log`,
//! `application_json.log`, `audit_json.log` and the audit events by API or as CSV, `exceptions_json.log`.
//!
//! gitlab-facts 6.1 and 6.2; GitLab's documentation of its logs. One table ([`KINDS`]). Lines of one request
//! have one `correlation_id`: they are told as one thing, in the order of time, and so is a line beside the
//! request of `api_json.log` that has it. Leaves out: `api_json.log` itself
//! ([`requests`](super::requests)), and lines about something else, which are counted.

mod audit;
mod auth;
mod exceptions;
mod production;
mod told;

use super::{
    Statement,
    filters::Filters,
    kept::{Room, size_of_texts},
    messages,
    record::What,
    records::Flat,
    repeats::Repeats,
    requests::{Failure, Request},
};
use crate::{
    base::{
        catalogue::Text,
        instant::{Timestamp, logged::Logged},
        order::sort_by_key,
        severity::{Sentence, Severity, Step},
    },
    gitlab::{self, docs, routes::is_group_path},
    text,
};
use std::collections::BTreeMap;
pub(super) use told::record;

/// Octets of lines that are kept of those that are asked for, and as many of others, which can belong to
/// their requests.
const MOST: usize = 6 * 1024 * 1024;
/// Values of a person that are kept of one line.
const VALUES: usize = 8;
/// Characters of a message that are told.
const MESSAGE: usize = 400;

/// One kind of log.
struct Kind {
    called: fn() -> Text,
    /// Reads a record; nothing where it is none of this kind.
    read: fn(&Flat) -> Option<Said>,
}

/// The kinds; the first that fits holds.
const KINDS: [Kind; 4] = [
    Kind { called: || text!("logged.production"), read: production::read },
    Kind { called: || text!("logged.auth"), read: auth::read },
    Kind { called: || text!("logged.audit"), read: audit::read },
    Kind { called: || text!("logged.exceptions"), read: exceptions::read },
];

/// The place of `exceptions_json.log` among them: a request that failed has another line, too.
const EXCEPTIONS: usize = 3;

/// The content of a line, besides what lines of all kinds have.
#[derive(Default)]
struct Said {
    /// The thing that happened, in few words for a heading.
    what: String,
    happened: What,
    who: Vec<String>,
    /// The NameID that the identity provider sent, or that GitLab has stored; one of `who`.
    name_id: Option<String>,
    group: Option<String>,
    sentences: Vec<Sentence>,
    steps: Vec<Step>,
    /// Whether it is about SAML or SCIM only by the request that it belongs to.
    needs_request: bool,
}

impl Said {
    fn says(mut self, severity: Severity, text: &Text) -> Self {
        told::happened(text).into_iter().for_each(|what| self.happened = what);
        self.sentences.push(Sentence { severity, text: text.to_string() });
        self
    }

    fn advises(mut self, steps: impl IntoIterator<Item = Text>) -> Self {
        let steps = steps.into_iter().map(|text| Step { text: text.to_string(), link: None, by: None });
        self.steps.extend(steps);
        self
    }
}

/// One line.
struct Entry {
    kind: usize,
    line: usize,
    at: Option<Logged>,
    /// The `correlation_id` of the request that it belongs to.
    request: Option<String>,
    from: Option<String>,
    is_meant: bool,
    said: Said,
}

impl Entry {
    /// The octets that it takes in memory, about.
    fn size(&self) -> usize {
        let Said { what, who, group, sentences, steps, .. } = &self.said;
        let texts = who.iter().chain(group).chain(&self.request).chain(&self.from).chain([what]);
        let told = sentences.iter().map(|it| &it.text).chain(steps.iter().map(|it| &it.text));
        size_of::<Entry>() + size_of_texts(texts) + size_of_texts(told)
    }
}

/// The lines of a file.
#[derive(Default)]
pub(super) struct Lines {
    entries: Vec<Entry>,
    /// Lines about SAML and SCIM, also those that are not asked for.
    count: usize,
    wanted: Room,
    others: Room,
}

/// The rest that is said of a request of SCIM.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) sentences: Vec<Sentence>,
    pub(super) steps: Vec<Step>,
}

/// The lines in words.
pub(super) struct Told {
    /// The sum by kind; nothing where there are none.
    pub(super) sum: Option<Statement>,
    pub(super) statements: Vec<Statement>,
    /// The rest that is said beside the requests, by their number.
    pub(super) beside: BTreeMap<usize, Beside>,
}

impl Lines {
    /// Takes a record; says whether it is a line of these logs.
    pub(super) fn take(&mut self, line: usize, record: &Flat, wanted: Filters<'_>) -> bool {
        let mut kinds = KINDS.iter().enumerate();
        let found = kinds.find_map(|(kind, row)| Some((kind, (row.read)(record)?)));
        let Some((kind, mut said)) = found else { return false };
        said.who.truncate(VALUES);
        said.group = said.group.or_else(|| record.first(&["metarootnamespace"]).map(str::to_owned));
        let is_person = |value: &str| said.who.iter().any(|who| who.eq_ignore_ascii_case(value));
        let at = record.first(AT).and_then(Logged::parse);
        let has_value = wanted.value.is_none_or(|value| record.has(value) || is_person(value));
        let entry = Entry {
            kind,
            line,
            request: record.first(REQUEST).map(str::to_owned),
            from: record.first(FROM).map(str::to_owned),
            is_meant: has_value && wanted.period.has(at.as_ref().map(|at| at.at)),
            at,
            said,
        };
        self.count += usize::from(!entry.said.needs_request);
        let is_own = entry.is_meant && !entry.said.needs_request;
        let is_wanted = is_own && wanted.is_group(entry.said.group.as_deref()) == Some(true);
        let room = match (is_wanted, &entry.request) {
            (true, _) => &mut self.wanted,
            // It belongs to nothing that is asked for, but for a group that it does not name.
            (false, None) if !is_own => return true,
            (false, _) => &mut self.others,
        };
        if room.has(MOST, entry.size()) {
            self.entries.push(entry);
        }
        true
    }

    /// Tells them, beside the `requests` that they belong to.
    pub(super) fn told(self, requests: &[Request], wanted: Filters<'_>) -> Told {
        let mut told = Told { sum: None, statements: Vec::new(), beside: BTreeMap::new() };
        let ids =
            requests.iter().enumerate().filter_map(|(at, it)| Some((it.correlation_id.as_deref()?, at)));
        let of_scim: BTreeMap<&str, usize> = ids.collect();
        let has_zone = self.entries.iter().all(|entry| entry.at.is_none_or(|at| at.has_zone));
        let (mut shown, mut found, mut no_group) = ([0; KINDS.len()], 0, 0);
        let mut folded: Vec<Group> = Vec::new();
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        let mut count = self.count;
        let left_out = self.wanted.left_out + self.others.left_out;
        for (id, entries) in grouped(self.entries) {
            if let Some(request) = id.as_deref().and_then(|id| of_scim.get(id)) {
                count += entries.iter().filter(|entry| entry.said.needs_request).count();
                count_kinds(&mut shown, &entries);
                found += entries.len();
                told.beside.insert(*request, Group::of(id, entries).beside());
                continue;
            }
            if entries.iter().all(|entry| entry.said.needs_request) {
                continue;
            }
            count += entries.iter().filter(|entry| entry.said.needs_request).count();
            if !entries.iter().any(|entry| entry.is_meant) {
                continue;
            }
            let of_group = entries.iter().filter_map(|entry| wanted.is_group(entry.said.group.as_deref()));
            match of_group.max() {
                Some(true) => {}
                Some(false) => continue,
                None => {
                    no_group += entries.len();
                    continue;
                }
            }
            found += entries.len();
            count_kinds(&mut shown, &entries);
            let group = Group::of(id, entries);
            let next = folded.len();
            let same = *at.entry(group.key()).or_insert(next);
            match folded.get_mut(same) {
                Some(same) => same.repeats.fold(group.repeats),
                None => folded.push(group),
            }
        }
        told.statements = folded.into_iter().map(Group::statement).collect();
        if count > 0 {
            let kinds = KINDS.iter().zip(shown).filter(|(_, shown)| *shown > 0);
            let kinds: Vec<String> =
                kinds.map(|(kind, shown)| format!("{} {shown}", (kind.called)())).collect();
            let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
            let severity = if found == 0 { Severity::Warning } else { Severity::Neutral };
            let mut sum =
                Statement::of(severity, &text!("logged.sum", found = found, count = count, kinds = kinds));
            let notes = [
                (left_out > 0).then(|| (Severity::Warning, text!("logged.left-out", count = left_out))),
                (no_group > 0).then(|| (Severity::Info, text!("logged.no-group", count = no_group))),
                (!has_zone).then(|| (Severity::Info, text!("logged.no-zone"))),
            ];
            let notes = notes.into_iter().flatten();
            sum.sentences.extend(notes.map(|(severity, text)| Sentence { severity, text: text.to_string() }));
            told.sum = Some(sum);
        }
        told
    }
}

const AT: &[&str] = &["time", "timestamp", "createdat", "createdatutc"];
const REQUEST: &[&str] = &["correlationid", "tagscorrelationid", "metacorrelationid"];
const FROM: &[&str] = &["remoteip", "ipaddress", "detailsipaddress", "metaremoteip", "ip"];

/// The time in a heading, with two spaces behind it; that it is not known where the log has none that can be
/// read.
pub(super) fn heading_time(at: Option<Timestamp>) -> String {
    let at = at.map_or_else(|| text!("logged.no-time").to_string(), Timestamp::day_and_time);
    format!("{at}  ")
}

/// Counts entries by their kind.
fn count_kinds(shown: &mut [usize; KINDS.len()], entries: &[Entry]) {
    for entry in entries {
        shown.get_mut(entry.kind).into_iter().for_each(|count| *count += 1);
    }
}

/// The entries of each request, in the order in which the requests begin; each without one by itself.
fn grouped(entries: Vec<Entry>) -> Vec<(Option<String>, Vec<Entry>)> {
    let mut groups: Vec<(Option<String>, Vec<Entry>)> = Vec::new();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries {
        let next = groups.len();
        let known = entry.request.clone().map(|id| *at.entry(id).or_insert(next));
        match known.and_then(|known| groups.get_mut(known)) {
            Some((_, same)) => same.push(entry),
            None => groups.push((entry.request.clone(), vec![entry])),
        }
    }
    groups
}

/// The lines of one request, and of those that say the same.
struct Group {
    heading: String,
    lines: Vec<usize>,
    sentences: Vec<Sentence>,
    /// The persons, the group and the addresses.
    about: Vec<Text>,
    request: Option<String>,
    steps: Vec<Step>,
    repeats: Repeats,
}

impl Group {
    fn of(request: Option<String>, mut entries: Vec<Entry>) -> Self {
        // What cannot be read of a time stays where it is.
        if entries.iter().all(|entry| entry.at.is_some()) {
            sort_by_key(&mut entries, |entry| entry.at.map(|at| at.at));
        }
        let mut heading: Vec<String> = Vec::new();
        let (mut who, mut groups, mut from) = (Vec::new(), Vec::new(), Vec::new());
        let mut group = Group {
            heading: String::new(),
            lines: entries.iter().map(|entry| entry.line).collect(),
            sentences: Vec::new(),
            about: Vec::new(),
            request,
            steps: Vec::new(),
            repeats: Repeats::once(entries.iter().find_map(|entry| entry.at).map(|at| at.at)),
        };
        let has_request = entries.iter().any(|entry| entry.kind != EXCEPTIONS);
        let has_exception = entries.iter().any(|entry| entry.kind == EXCEPTIONS);
        for entry in entries {
            let called = KINDS.get(entry.kind).map(|kind| (kind.called)().to_string()).unwrap_or_default();
            push_new(&mut heading, [format!("{called} {}", entry.said.what).trim_end().to_owned()]);
            let sentences = entry.said.sentences.into_iter();
            sentences.for_each(|it| push_new(&mut group.sentences, [it]));
            push_new(&mut group.steps, entry.said.steps);
            push_new(&mut who, entry.said.who);
            push_new(&mut groups, entry.said.group);
            push_new(&mut from, entry.from);
        }
        if has_exception {
            group.steps.retain(|step| !is_search(step));
        }
        if !has_request {
            group
                .sentences
                .push(Sentence { severity: Severity::Info, text: text!("logged.alone").to_string() });
        }
        group.heading = heading.join(", ");
        let quoted = |values: &[String]| {
            let values: Vec<String> = values.iter().map(|value| format!("“{value}”")).collect();
            values.join(", ")
        };
        let groups: Vec<String> = groups.into_iter().filter(|group| is_group_path(group)).collect();
        group.about = [
            (!groups.is_empty()).then(|| {
                text!("scim-log.about-group", group = groups.join(&text!("quoted.between").to_string()))
            }),
            (!who.is_empty()).then(|| text!("scim-log.about", values = quoted(&who))),
            (!from.is_empty()).then(|| text!("logged.from", address = from.join(", "))),
        ]
        .into_iter()
        .flatten()
        .collect();
        group
    }

    /// The text that is the same in those that say the same.
    fn key(&self) -> String {
        let said: Vec<&str> = self.sentences.iter().map(|it| it.text.as_str()).collect();
        let about: Vec<String> = self.about.iter().map(Text::to_string).collect();
        format!("{}\0{}\0{}", self.heading, said.join("\0"), about.join("\0"))
    }

    /// The part that is said beside a request of SCIM, which names the rest itself.
    fn beside(self) -> Beside {
        let lines = text!("logged.beside", name = self.heading, lines = numbers(&self.lines));
        let first = Sentence { severity: Severity::Neutral, text: lines.to_string() };
        let alone = text!("logged.alone").to_string();
        let rest = self.sentences.into_iter().filter(|it| it.text != alone);
        Beside { sentences: std::iter::once(first).chain(rest).collect(), steps: self.steps }
    }

    fn statement(self) -> Statement {
        let time = heading_time(self.repeats.first());
        let lines = text!("logged.lines", lines = numbers(&self.lines));
        let heading = format!("{time}{} {lines}", self.heading);
        let id = self.request.filter(|id| is_id(id)).map(|id| text!("logged.request", id = id));
        let rest = self.about.into_iter().chain(id).chain(self.repeats.often());
        let rest = rest.map(|text| Sentence { severity: Severity::Neutral, text: text.to_string() });
        let sentences = self.sentences.into_iter().chain(rest).collect();
        Statement { heading: Some(heading), sentences, steps: self.steps }
    }
}

/// Numbers of lines, the first of them.
fn numbers(lines: &[usize]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
    shown.extend((lines.len() > SHOWN).then(|| "…".to_owned()));
    shown.join(", ")
}

/// Whether it is a `correlation_id` as GitLab makes them, and nothing else that a line could hold.
fn is_id(id: &str) -> bool {
    const LONGEST: usize = 64;
    !id.is_empty() && id.len() <= LONGEST && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Whether a step is the search for an exception.
fn is_search(step: &Step) -> bool {
    step.text == text!("logged.failed.do").to_string()
}

/// Adds those that are not there yet. What one request has is a handful.
fn push_new<T: PartialEq>(known: &mut Vec<T>, new: impl IntoIterator<Item = T>) {
    const MOST: usize = 40;
    for value in new {
        if known.len() < MOST && !known.contains(&value) {
            known.push(value);
        }
    }
}

/// The first of a message's characters, as far as it is told.
fn cut(message: &str) -> String {
    message.chars().take(MESSAGE).collect()
}

/// The meaning of a message of GitLab that stands in a line, and the steps to take.
fn known(message: &str) -> Option<(Severity, Text, Vec<Step>)> {
    let message = cut(message);
    // An error page is known by its number alone; here that can be any.
    let has_words = |parts: &[&str]| parts.iter().any(|part| part.chars().any(char::is_alphabetic));
    let of_sign_in = gitlab::messages::meaning(&message).filter(|it| has_words(it.pattern)).map(|it| {
        let steps =
            Step { text: (it.steps)().to_string(), link: Some(docs::TROUBLESHOOTING.to_owned()), by: None };
        (Severity::Error, (it.means)(), vec![steps])
    });
    let of_scim = || messages::known(&message).map(|it| (it.severity, (it.means)(&message), it.with_link()));
    of_sign_in.or_else(of_scim)
}

/// The meaning of an exception that stands in the line of a request.
pub(super) fn failure(failure: &Failure) -> (Sentence, Vec<Step>) {
    exceptions::meaning(&failure.class, &failure.message)
}

#[cfg(test)]
pub(super) mod tests;
