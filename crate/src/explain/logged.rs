//! Logs of GitLab in lines of JSON that hold no known message, and no request of SAML or SCIM.
//!
//! gitlab-facts 6.1: a line has the path and the method of a request. Leaves out: what the logs say of SAML
//! and SCIM ([`scim::evidence`](crate::scim::evidence)), and messages that a log holds, which are explained
//! as any.

use crate::{
    base::{catalogue::Text, counted::stepped, limits::TRACE_LINE_BYTES},
    text,
};
use serde_json::Value;

/// The sentence about a log in which nothing is known; absent where `content` is no log.
pub(super) fn unknown(content: &str) -> Option<Text> {
    stepped(content.len());
    let requests = content.lines().filter(|line| is_request(line)).count();
    (requests > 0).then(|| text!("explain.log-other", count = requests))
}

/// Whether a line of a log tells of a request, as GitLab writes it or as Kibana does.
fn is_request(line: &str) -> bool {
    const AROUND: [&str; 2] = ["_source", "json"];
    let is_line = line.starts_with('{') && line.len() <= TRACE_LINE_BYTES && line.contains("method\"");
    let Some(Value::Object(fields)) = is_line.then(|| serde_json::from_str(line).ok()).flatten() else {
        return false;
    };
    let fields = AROUND
        .iter()
        .fold(&fields, |fields, name| fields.get(*name).and_then(Value::as_object).unwrap_or(fields));
    let is_text = |name: &str| {
        fields.get(name).or_else(|| fields.get(&format!("json.{name}"))).is_some_and(Value::is_string)
    };
    is_text("method") && is_text("path")
}
