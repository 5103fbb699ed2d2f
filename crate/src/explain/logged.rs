//! Logs of GitLab in lines of JSON that hold no known message and no request of SCIM: `production_json.log`,
//! and the parts of `api_json.log` that are about something else.
//!
//! gitlab-facts 6.1: a line has the path and the method of a request; GitLab writes `[FILTERED]` for what a
//! sign-in sent. Leaves out: requests of SCIM ([`scim::evidence`](crate::scim::evidence)), and messages that
//! a log holds, which are explained as any.

use super::{Certainty, Explained, Reading};
use crate::{
    base::{
        catalogue::Text,
        counted::stepped,
        limits::TRACE_LINE_BYTES,
        severity::{Severity, Step},
    },
    binding::PARAMETERS,
    gitlab::{docs, messages::Who},
    text,
};
use serde_json::Value;

/// The requests of a log.
pub(super) struct Logged {
    requests: usize,
    /// The number of its first line about a sign-in with SAML, and the line.
    sign_in: Option<(usize, String)>,
    sign_ins: usize,
}

impl Logged {
    /// The requests that `content` logs; absent where it is no such log.
    pub(super) fn of(content: &str) -> Option<Self> {
        stepped(content.len());
        let mut log = Logged { requests: 0, sign_in: None, sign_ins: 0 };
        for (number, line) in (1..).zip(content.lines()) {
            let Some(path) = path(line) else { continue };
            log.requests += 1;
            if is_of_sign_in(line, &path) {
                log.sign_ins += 1;
                log.sign_in.get_or_insert((number, path));
            }
        }
        (log.requests > 0).then_some(log)
    }

    /// The sign-ins with SAML in it, explained as one.
    pub(super) fn explained(&self) -> Option<Explained> {
        let (number, path) = self.sign_in.as_ref()?;
        let means = text!("explain.log-saml", count = self.sign_ins, line = number);
        let step =
            |text: Text, link: Option<&str>| Step { text: text.to_string(), link: link.map(str::to_owned) };
        Some(Explained {
            said: path.clone(),
            reading: Reading::Saml,
            certainty: Certainty::Certain,
            severity: Severity::Warning,
            key: means.key(),
            means: means.to_string(),
            who: Who::Administrator,
            steps: vec![
                step(text!("explain.log-saml.reason"), Some(docs::TROUBLESHOOTING)),
                step(text!("explain.bring.trace"), None),
            ],
            link: docs::TROUBLESHOOTING,
        })
    }

    /// The sentence about a log in which nothing is known.
    pub(super) fn unknown(&self) -> Text {
        text!("explain.log-other", count = self.requests)
    }
}

/// The path of the request that a line of a log tells of, as GitLab writes it or as Kibana does; without a
/// query, which can hold a token.
fn path(line: &str) -> Option<String> {
    const AROUND: [&str; 2] = ["_source", "json"];
    let is_line = line.starts_with('{') && line.len() <= TRACE_LINE_BYTES && line.contains("method\"");
    let Value::Object(fields) = is_line.then(|| serde_json::from_str(line).ok())?? else { return None };
    let fields = AROUND
        .iter()
        .fold(&fields, |fields, name| fields.get(*name).and_then(Value::as_object).unwrap_or(fields));
    let text = |name: &str| fields.get(name).or_else(|| fields.get(&format!("json.{name}")))?.as_str();
    text("method")?;
    text("path").map(|path| path.split('?').next().unwrap_or_default().to_owned())
}

/// Whether the request is one of a sign-in with SAML: by its address, or by what it sent.
fn is_of_sign_in(line: &str, path: &str) -> bool {
    ["/-/saml/", "/users/auth/saml", "/users/auth/group_saml"].iter().any(|known| path.contains(known))
        || PARAMETERS.bearing.iter().any(|name| line.contains(&format!("\"{name}\"")))
}
