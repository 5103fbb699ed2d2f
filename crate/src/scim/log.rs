//! The reader of what GitLab's `api_json.log` tells of SCIM: how many requests, then each that is asked for,
//! with what GitLab made of it.
//!
//! Rows R50 to R56. [`requests`](super::requests) reads its lines.

use super::{
    EvidenceReader, Statement,
    evidence::Asked,
    requests::{Request, ScimLog},
};
use crate::{
    base::severity::{Sentence, Severity, Step},
    text,
};

pub(super) const READER: EvidenceReader =
    EvidenceReader { recognises: is_log, can_be_other: true, read: log };

/// A line of a log names the path that was asked for.
fn is_log(content: &str) -> bool {
    let first = content.lines().next().unwrap_or_default();
    let names = |prefix: &str| ["path", "method"].map(|name| format!("\"{prefix}{name}\""));
    let has = |prefix: &str| names(prefix).iter().all(|name| first.contains(name.as_str()));
    first.starts_with('{') && (has("") || has("json."))
}

fn log(content: &str, asked: &Asked) -> Vec<Statement> {
    let log = ScimLog::read(content);
    let found: Vec<&Request> = log.find(asked.group.as_deref(), asked.value.as_deref()).collect();
    let sum = text!("scim-log.sum", found = found.len(), requests = log.requests.len(), others = log.others);
    let severity = if found.is_empty() { Severity::Warning } else { Severity::Neutral };
    let mut sum = Statement::of(severity, &sum);
    let left_out = (log.left_out > 0).then(|| text!("scim-log.left-out", count = log.left_out));
    let problems = left_out.iter().chain(&log.problems);
    sum.sentences.extend(problems.map(|it| Sentence { severity: Severity::Warning, text: it.to_string() }));
    sum.steps = search(asked).into_iter().collect();
    std::iter::once(sum).chain(found.into_iter().map(of_request)).collect()
}

fn of_request(request: &Request) -> Statement {
    let at = request.at.map(|at| format!("{}  ", at.day_and_time())).unwrap_or_default();
    let of = request.id.as_ref().map(|id| format!("/{id}")).unwrap_or_default();
    let status = request.status.map_or_else(String::new, |status| format!(" {status}"));
    let line = text!("scim-log.line", line = request.line);
    let (method, resource) = (request.shown_method(), request.shown_resource());
    let heading = format!("{at}{method} {resource}{of}{status} {line}");
    let sentences = std::iter::once(request.said()).chain(request.remarks()).collect();
    Statement { heading: Some(heading), sentences, steps: Vec::new() }
}

/// The step that finds the same in GitLab.com's logs (R50 to R52), where a group or a value is asked for.
fn search(asked: &Asked) -> Option<Step> {
    let group = asked.group.as_ref().map(|group| format!("json.path: \"/api/scim/v2/groups/{group}\""));
    let value = asked.value.as_ref().map(|value| format!("json.params.value: \"{value}\""));
    let query: Vec<String> = group.into_iter().chain(value).collect();
    let text = text!("scim-log.kibana", query = query.join(" AND "));
    (!query.is_empty()).then(|| Step { text: text.to_string(), link: None })
}
