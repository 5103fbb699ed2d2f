//! The reader of logs and answers, whatever is mixed in them: GitLab's logs, the identity providers' own, and
//! what GitLab's API answers of stored identities. How much of each there is, then each that is asked for,
//! with its meaning.
//!
//! Rows R32, R50 to R56, R58, R59 and R69. [`records`](super::records) finds the records. Leaves out: what a
//! record of one kind says about one of another, but for lines of one request
//! ([`logged`](super::logged)).

use super::{
    EvidenceReader, Statement,
    events::{self, Apps, Event},
    evidence::Asked,
    filters::Filters,
    kept::Room,
    logged::{self, Beside, Lines, heading_time},
    query::{self, Query, Question},
    records::{Fields, Flat, Sieve, Sifted},
    requests::{LogReader, Request, ScimLog, sieve},
    stored,
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    text,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const READER: EvidenceReader = EvidenceReader {
    recognises: |content| is_log(content) || content.contains(ROOT) || content == NOTHING,
    can_be_other: true,
    is_of_people: true,
    read: log,
};

/// The reader of what can only be a log of provisioning or an answer of GitLab's.
pub(super) const EXPORTS: EvidenceReader = EvidenceReader {
    recognises: |content| SIGNS.iter().any(|sign| content.contains(sign)),
    can_be_other: false,
    is_of_people: true,
    read: log,
};

/// A log whose first line is about something else, or that stands in something, has the address of the API.
const ROOT: &str = "api/scim/v2/";
/// The list that GitLab answers where it finds nobody.
const NOTHING: &str = "[]";
/// Octets of events and answers that are kept.
const OTHERS: usize = 8 * 1024 * 1024;
/// Words that such a log or answer has.
const SIGNS: [&str; 27] = [
    "rovisioningStatusInfo",
    "rovisioningSteps",
    "Source ID",
    "application.provision.",
    "application.user_membership.",
    "application.integration.",
    "extern_uid",
    "2.0:ListResponse",
    "2.0:User",
    "IP restricted group",
    "OmniauthCallbacksController",
    "/-/saml",
    "/users/auth/saml",
    "/users/auth/group_saml",
    "SAMLResponse\"",
    "/-/scim_oauth",
    "payload_type",
    "exception.class",
    "Authentication failure!",
    "saving user ",
    "blocked user: user=",
    "phase initiated.",
    "Rack_Attack",
    "entity_type",
    "Entity Type",
    "ppDisplayName",
    "Sign-in error code",
];

/// A line of a log names the path that was asked for. A log without a request of SCIM is one of something
/// else.
pub(super) fn is_log(content: &str) -> bool {
    crate::base::counted::stepped(content.len());
    let has = |line: &str, prefix: &str| {
        ["path", "method"].iter().all(|name| line.contains(&format!("\"{prefix}{name}\"")))
    };
    let is_line = |line: &str| line.starts_with('{') && (has(line, "") || has(line, "json."));
    ["/scim/v2/", "\\/scim\\/v2\\/"].iter().any(|root| content.contains(root)) && content.lines().any(is_line)
}

fn log(content: &str, asked: &Asked) -> Vec<Statement> {
    if content == NOTHING {
        return vec![Statement::of(Severity::Info, &text!("stored.nobody"))];
    }
    let mut reading = Reading::new(asked.clone());
    reading.read(content.as_bytes());
    let mut statements = Vec::new();
    reading.end(&|| is_log(content), &mut |statement| statements.push(statement));
    statements
}

/// A log or an answer that comes in pieces, as far as it has come.
pub(super) struct Reading {
    asked: Asked,
    requests: LogReader,
    others: Others,
}

impl Reading {
    /// A log of which nothing has come.
    pub(super) fn new(asked: Asked) -> Self {
        let requests = LogReader::new(Filters::of(&asked));
        Reading { asked, requests, others: Others::default() }
    }

    /// The search by octets for what is asked for.
    pub(super) fn sieve(&self) -> Sieve {
        sieve(Filters::of(&self.asked))
    }

    /// Reads more of it, cut anywhere.
    pub(super) fn read(&mut self, octets: &[u8]) {
        let Reading { asked, requests, others } = self;
        let wanted = Filters::of(asked);
        requests.read(wanted, octets, &mut |line, fields| others.take(line, fields, wanted));
    }

    /// Reads more of it: a block of lines, with what the search says of it.
    pub(super) fn read_sifted(&mut self, block: &[u8], sifted: &Sifted) {
        let Reading { asked, requests, others } = self;
        let wanted = Filters::of(asked);
        requests.read_sifted(wanted, block, sifted, &mut |line, fields| others.take(line, fields, wanted));
    }

    /// Gives what it says to `say`, one statement after the other, and whether it said anything. A message
    /// can name the address, too: what has no record is none, where `is_log` does not hold.
    pub(super) fn end(self, is_log: &dyn Fn() -> bool, say: &mut dyn FnMut(Statement)) -> bool {
        let Reading { asked, requests, mut others } = self;
        let wanted = Filters::of(&asked);
        let log = requests.end(wanted, &mut |line, fields| others.take(line, fields, wanted));
        let Others { events, sign_ins, lines, answers, answered, untimed, room } = others;
        let mut told = lines.told(&log.requests, wanted);
        let is_other = events.count + sign_ins.count + answered > 0 || told.sum.is_some();
        if log.count == 0 && !is_other && !is_log() {
            return false;
        }
        // Where no request of SCIM is in it, no other sum says what could not be read.
        let unread = log.problems.iter().filter(|_| log.count == 0 && is_other);
        let mut unread: Vec<Sentence> = unread.map(|it| sentence(Severity::Warning, it)).collect();
        let say = &mut |mut statement: Statement| {
            statement.sentences.append(&mut unread);
            say(statement);
        };
        if log.count > 0 || !is_other {
            say(sum_of_log(&log, &asked));
            for (request, at) in log.requests.iter().zip(0..) {
                say(of_request(request, told.beside.remove(&at).unwrap_or_default()));
            }
        }
        told.sum.into_iter().chain(told.statements).for_each(&mut *say);
        let says = |found, count| text!("provider-log.sum", found = found, count = count);
        events.tell(wanted, says, say);
        let says = |found, count| text!("entra-sign-in.sum", found = found, count = count);
        sign_ins.tell(wanted, says, say);
        let of_answers = text!("stored.sum", found = answers.len(), count = answered);
        if let Some(mut sum) = sum(answered, answers.len(), &of_answers) {
            let no_group = wanted.group.map(|_| text!("stored.no-group"));
            let no_time = (!wanted.period.is_any()).then(|| text!("stored.no-time"));
            let notes = no_group.iter().chain(&no_time);
            sum.sentences.extend(notes.map(|it| sentence(Severity::Info, it)));
            say(sum);
        }
        answers.into_iter().for_each(&mut *say);
        let untimed = untimed + log.requests.iter().filter(|it| it.at.is_none()).count();
        if untimed > 0 && !wanted.period.is_any() {
            say(Statement::of(Severity::Info, &text!("scim-log.no-time", count = untimed)));
        }
        if room.left_out > 0 {
            say(Statement::of(Severity::Warning, &text!("scim-log.others-left-out", count = room.left_out)));
        }
        true
    }
}

/// The records that are no requests.
#[derive(Default)]
struct Others {
    events: Events,
    sign_ins: Events,
    lines: Lines,
    answers: Vec<Statement>,
    answered: usize,
    /// Events that are asked for and have no time.
    untimed: usize,
    room: Room,
}

impl Others {
    fn take(&mut self, line: usize, fields: &Fields, wanted: Filters<'_>) -> bool {
        let record = Flat::of(fields);
        let is_wanted = wanted.value.is_none_or(|value| record.has(value));
        if let Some(event) = events::event(line, &record) {
            let is_wanted = is_wanted && wanted.period.has(event.first());
            self.untimed += usize::from(is_wanted && event.first().is_none());
            let events = if event.is_gitlab().is_some() { &mut self.sign_ins } else { &mut self.events };
            events.take(event, is_wanted, wanted, &mut self.room);
        } else if let Some(answer) = stored::stored(&record) {
            self.answered += 1;
            if is_wanted && self.room.has(OTHERS, answer.size()) {
                self.answers.push(answer);
            }
        } else {
            return self.lines.take(line, &record, wanted);
        }
        true
    }
}

fn sentence(severity: Severity, text: &Text) -> Sentence {
    Sentence { severity, text: text.to_string() }
}

/// The sentence on how many there are, and how many of them are shown.
fn sum(count: usize, found: usize, text: &Text) -> Option<Statement> {
    let severity = if found == 0 { Severity::Warning } else { Severity::Neutral };
    (count > 0).then(|| Statement::of(severity, text))
}

/// Events of the identity providers' logs, those that say the same as one.
#[derive(Default)]
struct Events {
    kept: Vec<Event>,
    at: BTreeMap<String, usize>,
    count: usize,
    /// Sign-ins to GitLab, also those that are not asked for.
    gitlab: usize,
    /// The groups of the apps.
    apps: Apps,
}

impl Events {
    fn take(&mut self, event: Event, has_value: bool, wanted: Filters<'_>, room: &mut Room) {
        self.count += 1;
        self.gitlab += usize::from(event.is_gitlab() == Some(true));
        self.apps.take(event.named());
        // The group of an event that names none can stand in a later one of the same app.
        if !has_value || wanted.is_group(event.named().group.as_deref()) == Some(false) {
            return;
        }
        let of = wanted.group.map(|_| event.named().key()).unwrap_or_default();
        let key = event.key() + &of;
        if let Some(same) = self.at.get(&key).and_then(|at| self.kept.get_mut(*at)) {
            same.fold(&event);
        } else if room.has(OTHERS, 2 * key.len() + event.size()) {
            self.at.insert(key, self.kept.len());
            self.kept.push(event);
        }
    }

    /// Tells their sum, then each. Of sign-ins those to GitLab are told, and all where no app is called so.
    /// What names no group is told where none is asked for.
    fn tell(self, wanted: Filters<'_>, says: fn(usize, usize) -> Text, say: &mut dyn FnMut(Statement)) {
        let Events { kept, count, gitlab, apps, .. } = self;
        let times = |events: &[Event]| events.iter().map(Event::times).sum::<usize>();
        let has_none = gitlab == 0 && kept.iter().any(|event| event.is_gitlab().is_some());
        let (others, kept): (Vec<Event>, Vec<Event>) =
            kept.into_iter().partition(|event| gitlab > 0 && event.is_gitlab() == Some(false));
        let of_group = |event: &Event| wanted.group.map_or(Some(true), |it| apps.is_of(event.named(), it));
        let (kept, rest): (Vec<Event>, Vec<Event>) =
            kept.into_iter().partition(|event| of_group(event) == Some(true));
        let unnamed: Vec<Event> = rest.into_iter().filter(|event| of_group(event).is_none()).collect();
        let (of_others, found) = (times(&others), times(&kept));
        let Some(mut sum) = sum(count, found, &says(found, count)) else { return };
        let no_group =
            || text!("provider-log.no-group", count = times(&unnamed), apps = names_of_apps(&unnamed));
        let notes = [
            (of_others > 0).then(|| text!("entra-sign-in.others", count = of_others)),
            has_none.then(|| text!("entra-sign-in.no-gitlab")),
            (!unnamed.is_empty()).then(no_group),
        ];
        sum.sentences.extend(notes.iter().flatten().map(|text| sentence(Severity::Info, text)));
        say(sum);
        kept.iter().map(Event::statement).for_each(say);
    }
}

/// The names of the apps that these events are of, the first of them.
fn names_of_apps(events: &[Event]) -> String {
    const SHOWN: usize = 5;
    let names = events.iter().filter_map(|event| event.named().app_name.as_ref());
    let names: BTreeSet<&String> = names.collect();
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("“{name}”")).collect();
    shown.extend((names.len() > SHOWN).then(|| "…".to_owned()));
    if shown.is_empty() { text!("provider-log.no-app").to_string() } else { shown.join(", ") }
}

fn sum_of_log(log: &ScimLog, asked: &Asked) -> Statement {
    let (path, group) = (asked_path(asked), top_level(asked));
    let found = log.requests.len();
    let sum = text!("scim-log.sum", found = found, requests = log.count, others = log.others);
    let severity = if found == 0 { Severity::Warning } else { Severity::Neutral };
    let mut sum = Statement::of(severity, &sum);
    let left_out = (log.left_out() > 0).then(|| text!("scim-log.left-out", count = log.left_out()));
    let more = (log.more_problems > 0).then(|| text!("log.more-damaged", count = log.more_problems));
    let problems = left_out.iter().chain(&log.problems).chain(&more);
    sum.sentences.extend(problems.map(|it| Sentence { severity: Severity::Warning, text: it.to_string() }));
    if path != group {
        let text = text!("scim-log.subgroup", group = path.unwrap_or_default());
        sum.sentences.push(Sentence { severity: Severity::Warning, text: text.to_string() });
    }
    sum.steps = search(group, asked.value.as_deref()).into_iter().collect();
    sum
}

/// The path of the group that is asked for.
fn asked_path(asked: &Asked) -> Option<&str> {
    asked.group.as_deref().map(group_path)
}

/// The group above it: SCIM is of the top-level group.
pub(super) fn top_level(asked: &Asked) -> Option<&str> {
    asked_path(asked).map(|path| path.split('/').next().unwrap_or(path))
}

/// The path of the group that a person names: by its path, with slashes round it, or by the address of a
/// page.
pub(super) fn group_path(named: &str) -> &str {
    let behind_host = |rest: &str| rest.find('/').unwrap_or(rest.len());
    let path = match named.split_once("://") {
        Some((_, rest)) => rest.get(behind_host(rest)..).unwrap_or_default(),
        None => named,
    };
    let path = path.split("/-/").next().unwrap_or_default().trim().trim_matches('/');
    path.strip_prefix("groups/").unwrap_or(path)
}

/// A request by itself.
pub(super) fn of_request_alone(request: &Request) -> Statement {
    of_request(request, Beside::default())
}

/// A request with what other lines say of it.
fn of_request(request: &Request, beside: Beside) -> Statement {
    let at = heading_time(request.at);
    let of = request.id.as_ref().map(|id| format!("/{id}")).unwrap_or_default();
    let status = request.status.map_or_else(String::new, |status| format!(" {status}"));
    let line = text!("scim-log.line", line = request.line);
    let (method, resource) = (request.shown_method(), request.shown_resource());
    let heading = format!("{at}{method} {resource}{of}{status} {line}");
    let (failure, of_failure) = request.failure.as_ref().map(logged::failure).unzip();
    let said = std::iter::once(request.said()).chain(request.remarks()).chain(failure);
    let mut steps = request.steps();
    steps.extend(of_failure.into_iter().flatten().chain(beside.steps));
    Statement { heading: Some(heading), sentences: said.chain(beside.sentences).collect(), steps }
}

/// The step that finds the same in GitLab.com's logs (R50 to R52), where a group or a value is asked for.
fn search(group: Option<&str>, value: Option<&str>) -> Option<Step> {
    let query = Query::of(&Question { group, value, ..Question::default() })?;
    let text = text!("scim-log.kibana", index = query::INDEX, query = query.kql());
    Some(Step { text: text.to_string(), link: None, by: None })
}

#[cfg(test)]
mod tests;
