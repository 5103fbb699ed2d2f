//! SCIM requests as GitLab received them: the lines of `api_json.log` that are about SCIM.
//!
//! gitlab-facts 6.1 (`lib/gitlab/grape_logging/formatters/lograge_with_timestamp.rb`); rows R50 to R56. A
//! line is one JSON object; `params` is a list of `{"key", "value"}`. Kibana puts `json.` before each name,
//! or the line into `_source` and `json`. SCIM: RFC 7644, 3.2 to 3.5. The answers' bodies are not in the log.
//! Leaves out: requests that are not about SCIM, which are counted.

mod said;

use crate::{
    base::{catalogue::Text, instant::Timestamp, limits::TRACE_LINE_BYTES, redact},
    text,
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Problems that are kept; a file of another kind has one in each line.
const PROBLEMS: usize = 20;
/// Requests that are kept. A line of a log is some kB, so they take some 100 MB; a day of a large group has
/// some ten thousand.
const MOST: usize = 100_000;
/// Names under which the line itself can stand.
const AROUND: [&str; 2] = ["_source", "json"];
const PREFIX: &str = "json.";
const ROOT: &str = "/api/scim/v2/";
/// The methods of SCIM and the others that GitLab answers.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// The names that can stand behind the group in an address of SCIM (RFC 7644, 3.2).
const RESOURCES: [&str; 8] =
    ["", "Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig"];

/// `word` where it is one of the `words`; else its length, for a line of a log can say anything.
fn known(words: &[&str], word: &str) -> String {
    if words.contains(&word) { word.to_owned() } else { redact::placeholder(word) }
}

/// The part of a log that is about SCIM.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScimLog {
    /// In the file's order.
    pub requests: Vec<Request>,
    /// Requests behind these, which are too many to be kept.
    pub left_out: usize,
    /// Lines that are about something else.
    pub others: usize,
    /// Lines that could not be read; the first of them.
    pub problems: Vec<Text>,
}

/// One request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Number of the line, from 1.
    pub line: usize,
    /// When, by GitLab's clock.
    pub at: Option<Timestamp>,
    /// `GET`, `POST`, …
    pub method: String,
    /// The status of GitLab's answer.
    pub status: Option<u16>,
    /// Path of the group; absent for the SCIM API of the whole instance.
    pub group: Option<String>,
    /// The kind of resource that it is about: `Users`, `Groups`.
    pub resource: String,
    /// The identifier of the user, where the address has one.
    pub id: Option<String>,
    /// `externalId eq "…"`, as sent.
    pub filter: Option<String>,
    /// Values of a user, as sent.
    pub user: SentUser,
    /// The changes of a PATCH.
    pub operations: Vec<Operation>,
}

/// Values of a user, as the SCIM app sent them. Absent is not the same as empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SentUser {
    /// The identifier.
    pub external_id: Option<String>,
    /// The user name.
    pub user_name: Option<String>,
    /// The e-mail addresses, that for work first.
    pub emails: Vec<String>,
    /// The whole name.
    pub formatted: Option<String>,
    /// The first name.
    pub given_name: Option<String>,
    /// The last name.
    pub family_name: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
}

/// One change of a PATCH (RFC 7644, 3.5.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The attribute.
    pub path: String,
    /// Its new value as text; absent for one that is removed.
    pub value: Option<String>,
}

impl ScimLog {
    /// Reads a log file.
    pub fn read(file: &str) -> Self {
        let mut log = ScimLog::default();
        for (number, line) in (1..).zip(file.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            log.take(number, line.trim_start_matches('\u{feff}'));
        }
        log
    }

    fn take(&mut self, number: usize, line: &str) {
        if line.len() > TRACE_LINE_BYTES {
            let problem = text!("log.line-too-long", line = number, bytes = line.len());
            return self.problem(problem);
        }
        crate::base::counted::stepped(line.len());
        match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(fields)) => match Request::of(number, &Line::of(&fields)) {
                Some(request) if self.requests.len() < MOST => self.requests.push(request),
                Some(_) => self.left_out += 1,
                None => self.others += 1,
            },
            Ok(_) => self.others += 1,
            Err(error) => {
                let (column, error) = (error.column(), redact::json_error(&error));
                self.problem(text!("log.damaged-line", line = number, column = column, error = error));
            }
        }
    }

    fn problem(&mut self, problem: Text) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// The requests of the group at `group`, and those with `value` as a parameter, a filter's value or the
    /// identifier (R51, R52); all where neither is asked for.
    pub fn find<'a>(
        &'a self,
        group: Option<&'a str>,
        value: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Request> {
        let of_group = move |request: &&Request| {
            group
                .is_none_or(|group| request.group.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(group)))
        };
        self.requests
            .iter()
            .filter(of_group)
            .filter(move |request| value.is_none_or(|value| request.has(value)))
    }
}

impl Request {
    /// The method, where it is one of HTTP's.
    pub fn shown_method(&self) -> String {
        known(&METHODS, &self.method)
    }

    /// The kind of resource, where SCIM has it.
    pub fn shown_resource(&self) -> String {
        known(&RESOURCES, &self.resource)
    }

    fn of(line: usize, fields: &Line<'_>) -> Option<Self> {
        let path = fields.text("path")?;
        let (_, below) = path.split_once(ROOT)?;
        let mut segments = below.trim_end_matches('/').split('/').map(decoded);
        let group = match segments.next()?.as_str() {
            "groups" => Some(segments.next()?),
            "application" => None,
            _ => return None,
        };
        let params = fields.params();
        let operations = ["Operations", "operations"].into_iter().find_map(|name| params.get(name));
        Some(Request {
            line,
            at: fields.text("time").and_then(Timestamp::parse),
            method: fields.text("method").unwrap_or_default().to_ascii_uppercase(),
            status: fields.number("status"),
            group,
            resource: segments.next().unwrap_or_default(),
            id: segments.next(),
            filter: params.get("filter").and_then(Value::as_str).map(str::to_owned),
            user: SentUser::of(&params),
            operations: operations.map(operations_of).unwrap_or_default(),
        })
    }

    /// The identifier by which a filter looks a user up.
    pub fn looked_up(&self) -> Option<(&str, &str)> {
        let (attribute, rest) = self.filter.as_deref()?.trim().split_once(char::is_whitespace)?;
        let (operator, value) = rest.trim().split_once(char::is_whitespace)?;
        operator.eq_ignore_ascii_case("eq").then(|| (attribute, value.trim().trim_matches('"')))
    }

    fn has(&self, value: &str) -> bool {
        let user = &self.user;
        let texts = [&self.id, &user.external_id, &user.user_name].into_iter().flatten();
        let changed = self.operations.iter().filter_map(|operation| operation.value.as_ref());
        let looked_up = self.looked_up().map(|(_, value)| value);
        let sent = texts.chain(&user.emails).chain(changed).map(String::as_str).chain(looked_up);
        sent.into_iter().any(|sent| sent.eq_ignore_ascii_case(value))
    }
}

impl SentUser {
    fn of(params: &Map<String, Value>) -> Self {
        let text = |name: &str| params.get(name).and_then(Value::as_str).map(str::to_owned);
        let name = params.get("name").and_then(Value::as_object);
        let of_name = |part: &str| name?.get(part)?.as_str().map(str::to_owned);
        SentUser {
            external_id: text("externalId"),
            user_name: text("userName"),
            emails: emails(params.get("emails")),
            formatted: of_name("formatted"),
            given_name: of_name("givenName"),
            family_name: of_name("familyName"),
            display_name: text("displayName"),
        }
    }
}

fn emails(given: Option<&Value>) -> Vec<String> {
    let all = given.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_work = |email: &&Value| email.get("type").and_then(Value::as_str) == Some("work");
    let (work, others): (Vec<&Value>, Vec<&Value>) = all.iter().partition(is_work);
    let address = |email: &Value| email.get("value").and_then(Value::as_str).map(str::to_owned);
    work.into_iter().chain(others).filter_map(address).collect()
}

/// With a path each is one change; without one, its value has an attribute each (Okta).
fn operations_of(given: &Value) -> Vec<Operation> {
    let all = given.as_array().map_or(&[][..], Vec::as_slice);
    let one =
        |operation: &Value| match (operation.get("path").and_then(Value::as_str), operation.get("value")) {
            (Some(path), value) => vec![Operation { path: path.to_owned(), value: value.map(plain) }],
            (None, Some(Value::Object(values))) => {
                let of = |(path, value): (&String, &Value)| Operation {
                    path: path.clone(),
                    value: Some(plain(value)),
                };
                values.iter().map(of).collect()
            }
            (None, _) => Vec::new(),
        };
    all.iter().flat_map(one).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// A line, whatever stands around its fields or before their names.
struct Line<'a>(&'a Map<String, Value>);

impl<'a> Line<'a> {
    fn of(fields: &'a Map<String, Value>) -> Self {
        let inner = AROUND
            .into_iter()
            .fold(fields, |fields, name| fields.get(name).and_then(Value::as_object).unwrap_or(fields));
        Line(inner)
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).or_else(|| self.0.get(&format!("{PREFIX}{name}")))
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<u16> {
        let value = self.get(name)?;
        let number = value.as_u64().and_then(|number| u16::try_from(number).ok());
        number.or_else(|| value.as_str()?.parse().ok())
    }

    /// The parameters by name. A value that is JSON in a text is read.
    fn params(&self) -> Map<String, Value> {
        let all = self.get("params").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let one = |pair: &Value| Some((pair.get("key")?.as_str()?.to_owned(), unpacked(pair.get("value")?)));
        all.iter().filter_map(one).collect()
    }
}

fn unpacked(value: &Value) -> Value {
    let text = value.as_str().map(str::trim).filter(|text| text.starts_with(['[', '{']));
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone())
}

#[cfg(test)]
mod tests;
