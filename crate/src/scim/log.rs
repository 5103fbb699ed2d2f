//! The reader of logs and answers, whatever is mixed in them: GitLab's `api_json.log`, the identity
//! providers' own logs, and what GitLab's API answers of stored identities. How much of each there is, then
//! each that is asked for, with its meaning.
//!
//! Rows R32, R50 to R56, R58, R59 and R69. [`records`](super::records) finds the records. Leaves out: what a
//! record of one kind says about one of another.

use super::{
    EvidenceReader, Statement,
    events::{self, Event},
    evidence::Asked,
    query::{self, Query, Question},
    records::Flat,
    requests::{Request, ScimLog},
    stored,
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    text,
};
use std::collections::BTreeMap;

pub(super) const READER: EvidenceReader = EvidenceReader {
    recognises: |content| is_log(content) || content.contains(ROOT) || content == NOTHING,
    can_be_other: true,
    read: log,
};

/// The reader of what can only be a log of provisioning or an answer of GitLab's.
pub(super) const EXPORTS: EvidenceReader = EvidenceReader {
    recognises: |content| SIGNS.iter().any(|sign| content.contains(sign)),
    can_be_other: false,
    read: log,
};

/// A log whose first line is about something else, or that stands in something, has the address of the API.
const ROOT: &str = "api/scim/v2/";
/// The list that GitLab answers where it finds nobody.
const NOTHING: &str = "[]";
/// Words that such a log or answer has.
const SIGNS: [&str; 10] = [
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
];

/// A line of a log names the path that was asked for. A log without a request of SCIM is one of something
/// else.
fn is_log(content: &str) -> bool {
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
    let path = asked.group.as_deref().map(group_path);
    // SCIM is of the top-level group.
    let group = path.map(|path| path.split('/').next().unwrap_or(path));
    let value = asked.value.as_deref();
    let mut events = Events::default();
    let mut answers = Vec::new();
    let mut answered = 0;
    let log = ScimLog::beside((group, value), content, &mut |line, fields| {
        let record = Flat::of(fields);
        let is_wanted = value.is_none_or(|value| record.has(value));
        if let Some(event) = events::event(line, &record) {
            events.take(event, is_wanted);
        } else if let Some(answer) = stored::stored(&record) {
            answered += 1;
            answers.extend(Some(answer).filter(|_| is_wanted));
        } else {
            return false;
        }
        true
    });
    let others = (events.count + answered > 0).then_some(());
    // A message can name the address, too.
    if log.count == 0 && !is_log(content) && others.is_none() {
        return Vec::new();
    }
    let of_log = (log.count > 0 || others.is_none()).then(|| sum_of_log(&log, asked, path, group));
    let sum = |count, found: usize, text: Text| {
        let severity = if found == 0 { Severity::Warning } else { Severity::Neutral };
        (count > 0).then(|| Statement::of(severity, &text))
    };
    let of_events = text!("provider-log.sum", found = events.found, count = events.count);
    let of_events = sum(events.count, events.found, of_events);
    let of_answers = text!("stored.sum", found = answers.len(), count = answered);
    let of_answers = sum(answered, answers.len(), of_answers);
    let requests = log.requests.iter().map(of_request);
    let events = events.kept.iter().map(Event::statement);
    let (of_log, of_events) = (of_log.into_iter().chain(requests), of_events.into_iter().chain(events));
    of_log.chain(of_events).chain(of_answers).chain(answers).collect()
}

/// Events of the identity providers' logs, those that say the same as one.
#[derive(Default)]
struct Events {
    kept: Vec<Event>,
    at: BTreeMap<String, usize>,
    count: usize,
    found: usize,
}

impl Events {
    fn take(&mut self, event: Event, is_wanted: bool) {
        self.count += 1;
        if !is_wanted {
            return;
        }
        self.found += 1;
        let next = self.kept.len();
        let at = *self.at.entry(event.key()).or_insert(next);
        match self.kept.get_mut(at) {
            Some(same) => same.fold(&event),
            None => self.kept.push(event),
        }
    }
}

fn sum_of_log(log: &ScimLog, asked: &Asked, path: Option<&str>, group: Option<&str>) -> Statement {
    let found = log.requests.len();
    let sum = text!("scim-log.sum", found = found, requests = log.count, others = log.others);
    let severity = if found == 0 { Severity::Warning } else { Severity::Neutral };
    let mut sum = Statement::of(severity, &sum);
    let left_out = (log.left_out > 0).then(|| text!("scim-log.left-out", count = log.left_out));
    let problems = left_out.iter().chain(&log.problems);
    sum.sentences.extend(problems.map(|it| Sentence { severity: Severity::Warning, text: it.to_string() }));
    if path != group {
        let text = text!("scim-log.subgroup", group = path.unwrap_or_default());
        sum.sentences.push(Sentence { severity: Severity::Warning, text: text.to_string() });
    }
    sum.steps = search(group, asked.value.as_deref()).into_iter().collect();
    sum
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

fn of_request(request: &Request) -> Statement {
    let at = request.at.map(|at| format!("{}  ", at.day_and_time())).unwrap_or_default();
    let of = request.id.as_ref().map(|id| format!("/{id}")).unwrap_or_default();
    let status = request.status.map_or_else(String::new, |status| format!(" {status}"));
    let line = text!("scim-log.line", line = request.line);
    let (method, resource) = (request.shown_method(), request.shown_resource());
    let heading = format!("{at}{method} {resource}{of}{status} {line}");
    let sentences = std::iter::once(request.said()).chain(request.remarks()).collect();
    Statement { heading: Some(heading), sentences, steps: request.steps() }
}

/// The step that finds the same in GitLab.com's logs (R50 to R52), where a group or a value is asked for.
fn search(group: Option<&str>, value: Option<&str>) -> Option<Step> {
    let query = Query::of(&Question { group, value, ..Question::default() })?;
    let text = text!("scim-log.kibana", index = query::INDEX, query = query.kql());
    Some(Step { text: text.to_string(), link: None })
}

#[cfg(test)]
mod tests;
