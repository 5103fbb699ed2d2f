//! SCIM requests as GitLab received them: the lines of `api_json.log` that are about SCIM.
//!
//! gitlab-facts 6.1 (`lib/gitlab/grape_logging/formatters/lograge_with_timestamp.rb`); rows R50 to R56. A
//! line is one record (`records.rs`); `params` is a list of `{"key", "value"}`, of which the
//! log can hide a value or all, or cut off the end. Log viewers put something before each name (`json.`),
//! make each value a list, or take `params` apart. SCIM: RFC 7644, 3.2 to 3.5. The answers' bodies are not in
//! the log. Leaves out: requests that are not about SCIM, which are counted.

mod reader;
mod said;
mod unasked;

use crate::{
    base::{
        catalogue::Text,
        instant::{Timestamp, logged::Logged},
        order::{inserted, sort_by_key},
        redact,
    },
    scim::{
        filters::Filters,
        kept::{Room, size_of_texts},
        records::{Fields, Raw},
    },
    text,
};
use percent_encoding::percent_decode_str;
pub(super) use reader::LogReader;
use serde_json::Value;
use std::collections::BTreeMap;
pub(super) use unasked::sieve;

/// Octets of the requests that are kept of those that are asked for: some 30,000, which is more than a day of
/// a large group, and leaves the command line within 64 MiB.
const MOST: usize = 24 * 1024 * 1024;
const ROOT: &str = "/api/scim/v2/";
/// The methods of SCIM and the others that GitLab answers.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// The names that can stand behind the group in an address of SCIM (RFC 7644, 3.2).
const RESOURCES: [&str; 8] =
    ["", "Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig"];
/// The text that GitLab writes in place of a value.
const FILTERED: &str = "[FILTERED]";
/// The parameters that are looked at. Others, such as `password`, are always hidden.
const PARAMETERS: [&str; 7] =
    ["externalId", "userName", "emails", "name", "displayName", "filter", "Operations"];

/// `word` where it is one of the `words`; else its length, for a line of a log can say anything.
fn known(words: &[&str], word: &str) -> String {
    if words.contains(&word) { word.to_owned() } else { redact::placeholder(word) }
}

/// The part of a log that is about SCIM.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScimLog {
    /// Those that are asked for, in the file's order.
    pub requests: Vec<Request>,
    /// Requests of SCIM, also those that are not asked for.
    pub count: usize,
    /// Lines that are about something else.
    pub others: usize,
    /// Lines that could not be read; the first of them.
    pub problems: Vec<Text>,
    /// More of those.
    pub more_problems: usize,
    /// The room for the requests.
    room: Room,
}

/// One request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Number of the line, from 1.
    pub line: usize,
    /// When, by GitLab's clock.
    pub at: Option<Timestamp>,
    /// The identifier that the lines of other logs about it have, too.
    pub correlation_id: Option<String>,
    /// The exception by which it failed.
    pub failure: Option<Failure>,
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
    /// The name of the group that is sent.
    pub name: Option<String>,
    /// The changes of a PATCH.
    pub operations: Vec<Operation>,
    /// The values of parameters whose names a log viewer left out.
    pub unnamed: Vec<String>,
    /// The parameters whose values the log hides, in words.
    pub hidden: Vec<String>,
    /// Whether the SCIM identity was active before, by what the log says of earlier times.
    pub was_active: Option<bool>,
    /// The host of the GitLab that answered.
    pub host: Option<String>,
    /// Whether the group's path has a dot that is not escaped.
    has_dot: bool,
}

/// An exception inside GitLab.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Failure {
    /// Its class.
    pub class: String,
    /// Its message.
    pub message: String,
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
    /// Whether GitLab reads it at all: it adds or replaces, and is the first of those without a path.
    pub is_read: bool,
}

impl ScimLog {
    /// Requests that are asked for behind those that are kept, which are too many.
    pub fn left_out(&self) -> usize {
        self.room.left_out
    }

    /// Reads a log file.
    pub fn read(file: &str) -> Self {
        ScimLog::of(Filters::default(), file)
    }

    /// Reads the requests of a log file that are asked for (R51, R52); the others are counted.
    pub fn of(wanted: Filters<'_>, file: &str) -> Self {
        let mut reader = LogReader::new(wanted);
        reader.read(wanted, file.as_bytes(), &mut |_, _| false);
        reader.end(wanted, &mut |_, _| false)
    }

    /// Takes the requests among records, and gives the others to `other`.
    fn taking(
        &mut self,
        wanted: Filters<'_>,
        other: &mut dyn FnMut(usize, &Fields) -> bool,
    ) -> impl FnMut(usize, &Fields, &mut Raw<'_>) -> bool {
        move |line, fields, raw| {
            let request = Request::of(line, fields, raw);
            request.map(|request| self.keep(wanted, request)).is_some() || other(line, fields)
        }
    }

    /// Counts a request, and keeps it where it is asked for. What is not asked for counts for no limit.
    fn keep(&mut self, wanted: Filters<'_>, request: Request) {
        self.count += 1;
        match request.is_wanted(wanted) {
            true if self.room.has(MOST, request.size()) => self.requests.push(request),
            _ => {}
        }
    }
}

/// Works out, in the order of time, whether each SCIM identity was active when it was changed.
pub(super) fn follow<'r>(requests: impl IntoIterator<Item = &'r mut Request>) {
    let mut order: Vec<&mut Request> = requests.into_iter().collect();
    // Log viewers write the newest first. A request without a time stays where it is.
    if order.iter().all(|request| request.at.is_some()) {
        sort_by_key(&mut order, |request| request.at);
    }
    let mut active: BTreeMap<(Option<String>, String), bool> = BTreeMap::new();
    for request in order {
        let Some(id) = request.id.as_ref().or(request.user.external_id.as_ref()) else { continue };
        // GitLab finds a SCIM identity whatever its case (gitlab-facts 4.2).
        let group = request.group.as_ref().map(|it| it.to_lowercase());
        let of = (group.clone(), id.to_lowercase());
        request.was_active = active.get(&of).copied();
        if let Some(is_active) = request.leaves_active() {
            // The identity goes on under another identifier.
            let renamed = request.new_identifier().map(|new| (group, new.to_lowercase()));
            active.insert(renamed.unwrap_or(of), is_active);
        }
    }
}

impl Request {
    /// The octets that it takes in memory.
    pub(super) fn size(&self) -> usize {
        let texts = [&self.group, &self.id, &self.filter, &self.name].into_iter().flatten();
        let user = &self.user;
        let of_user = [
            &user.external_id,
            &user.user_name,
            &user.formatted,
            &user.given_name,
            &user.family_name,
            &user.display_name,
        ];
        let lists = [&user.emails, &self.unnamed, &self.hidden].into_iter().flatten();
        let changes = self.operations.iter().flat_map(|it| std::iter::once(&it.path).chain(&it.value));
        let texts = texts.chain(of_user.into_iter().flatten()).chain(lists).chain(changes);
        let texts = texts.chain([&self.method, &self.resource]);
        size_of::<Self>() + size_of_texts(texts)
    }

    /// The method, where it is one of HTTP's.
    pub fn shown_method(&self) -> String {
        known(&METHODS, &self.method)
    }

    /// The kind of resource, where SCIM has it.
    pub fn shown_resource(&self) -> String {
        known(&RESOURCES, &self.resource)
    }

    /// The request that a record tells; nothing where it tells none of SCIM.
    pub(super) fn of(line: usize, fields: &Fields, raw: &mut Raw<'_>) -> Option<Self> {
        let fields = Line::of(fields)?;
        let path = fields.text("path")?;
        let (_, below) = path.split_once(ROOT)?;
        let mut segments = below.trim_end_matches('/').split('/');
        let written = match segments.next()? {
            "groups" => Some(segments.next()?),
            "application" => None,
            _ => return None,
        };
        let mut segments = segments.map(decoded);
        let params = fields.params();
        let operations = ["Operations", "operations"].into_iter().find_map(|name| params.values.get(name));
        let text = |name: &str| params.values.get(name).and_then(shown).map(str::to_owned);
        Some(Request {
            line,
            at: ["time", "@timestamp"]
                .iter()
                .find_map(|name| Logged::parse(&plain(fields.get(name)?)))
                .map(|at| at.at),
            correlation_id: fields.text("correlation_id").map(str::to_owned),
            failure: fields.text("exception.class").map(|class| Failure {
                class: class.to_owned(),
                message: fields.text("exception.message").unwrap_or_default().to_owned(),
            }),
            method: fields.text("method").unwrap_or_default().to_ascii_uppercase(),
            status: fields.number("status"),
            group: written.map(decoded),
            resource: segments.next().unwrap_or_default(),
            id: segments.next(),
            filter: text("filter"),
            user: SentUser::of(&params.values),
            name: text("displayName"),
            operations: operations.map(|given| operations_of(given, raw)).unwrap_or_default(),
            unnamed: params.unnamed,
            hidden: params.hidden,
            was_active: None,
            host: fields.text("host").map(str::to_owned),
            has_dot: written.is_some_and(|group| group.contains('.')),
        })
    }

    /// The identifier by which a filter looks a user up.
    pub fn looked_up(&self) -> Option<(&str, &str)> {
        let (attribute, rest) = self.filter.as_deref()?.trim().split_once(char::is_whitespace)?;
        let (operator, value) = rest.trim().split_once(char::is_whitespace)?;
        operator.eq_ignore_ascii_case("eq").then(|| (attribute, value.trim().trim_matches('"')))
    }

    pub(super) fn is_wanted(&self, wanted: Filters<'_>) -> bool {
        let is_of = |group: &str| self.group.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(group));
        wanted.group.is_none_or(is_of)
            && wanted.value.is_none_or(|value| self.has(value))
            && wanted.period.has(self.at)
    }

    fn has(&self, value: &str) -> bool {
        let user = &self.user;
        let texts = [&self.id, &user.external_id, &user.user_name, &self.name].into_iter().flatten();
        let changed = self.operations.iter().filter_map(|operation| operation.value.as_ref());
        let looked_up = self.looked_up().map(|(_, value)| value);
        let sent = texts
            .chain(&user.emails)
            .chain(changed)
            .chain(&self.unnamed)
            .map(String::as_str)
            .chain(looked_up);
        // The members of a group stand in a list.
        let listed = |sent: &str| {
            sent.starts_with('[') && sent.split('"').any(|part| part.eq_ignore_ascii_case(value))
        };
        sent.into_iter().any(|sent| sent.eq_ignore_ascii_case(value) || listed(sent))
    }
}

/// A value as text, where the log shows it.
fn shown(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| *text != FILTERED)
}

fn is_hidden(value: &Value) -> bool {
    match value {
        Value::String(text) => text == FILTERED,
        Value::Array(list) => list.iter().any(is_hidden),
        Value::Object(fields) => fields.values().any(is_hidden),
        _ => false,
    }
}

impl SentUser {
    fn of(params: &Fields) -> Self {
        let text = |name: &str| params.get(name).and_then(shown).map(str::to_owned);
        let name = params.get("name").and_then(Value::as_object);
        let of_name = |part: &str| shown(name?.get(part)?).map(str::to_owned);
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
    let address = |email: &Value| email.get("value").and_then(shown).map(str::to_owned);
    work.into_iter().chain(others).filter_map(address).collect()
}

/// With a path each is one change; without one, its value has an attribute each (Okta), of which GitLab reads
/// the first (gitlab-facts 3.7). What neither adds nor replaces it does not read. `raw` is the text that all
/// of it stands in.
fn operations_of(given: &Value, raw: &mut Raw<'_>) -> Vec<Operation> {
    let all = given.as_array().map_or(&[][..], Vec::as_slice);
    let mut one = |operation: &Value| {
        let op = operation.get("op").and_then(Value::as_str).unwrap_or("replace");
        let is_read = ["add", "replace"].iter().any(|known| op.eq_ignore_ascii_case(known));
        match (operation.get("path").and_then(Value::as_str), operation.get("value")) {
            (Some(path), value) => {
                vec![Operation { path: path.to_owned(), value: value.map(plain), is_read }]
            }
            (None, Some(Value::Object(values))) => {
                let first = raw.first_name(values).filter(|_| values.len() > 1);
                let of = |(path, value): (&String, &Value)| Operation {
                    path: path.clone(),
                    value: Some(plain(value)),
                    is_read: is_read && first.is_none_or(|first| first == path),
                };
                values.iter().map(of).collect()
            }
            (None, _) => Vec::new(),
        }
    };
    all.iter().flat_map(&mut one).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// A line, whatever stands before the names of its fields.
struct Line<'a> {
    fields: &'a Fields,
    prefix: &'a str,
}

/// The parameters by name, the values without one, and the parameters of which the log hides something.
struct Params {
    values: Fields,
    unnamed: Vec<String>,
    hidden: Vec<String>,
}

impl<'a> Line<'a> {
    /// The line that `fields` are: a line of a log names the path and the method.
    fn of(fields: &'a Fields) -> Option<Self> {
        let prefix = fields.keys().find_map(|name| {
            let prefix = name.strip_suffix("path")?;
            let is_one = prefix.is_empty() || prefix.ends_with('.');
            (is_one && fields.contains_key(&format!("{prefix}method"))).then_some(prefix)
        });
        Some(Line { fields, prefix: prefix? })
    }

    /// The value of a field. What a log viewer made a list of has one.
    fn get(&self, name: &str) -> Option<&'a Value> {
        let value = self.fields.get(&format!("{}{name}", self.prefix)).or_else(|| self.fields.get(name))?;
        let one = value.as_array().filter(|list| list.len() == 1).and_then(|list| list.first());
        Some(one.filter(|one| !one.is_object()).unwrap_or(value))
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<u16> {
        let value = self.get(name)?;
        let number = value.as_u64().and_then(|number| u16::try_from(number).ok());
        number.or_else(|| value.as_str()?.parse().ok())
    }

    /// A list of texts, as log viewers write it.
    fn list(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::String(text)) => text.split(", ").map(str::to_owned).collect(),
            Some(Value::Array(list)) => list.iter().map(plain).collect(),
            _ => Vec::new(),
        }
    }

    /// The parameters. A value that is JSON in a text is read.
    fn params(&self) -> Params {
        let given = self.get("params").map(unpacked).unwrap_or_default();
        let all = given.as_array().map_or(&[][..], Vec::as_slice);
        let one = |pair: &Value| Some((pair.get("key")?.as_str()?.to_owned(), unpacked(pair.get("value")?)));
        let mut values: Fields = inserted(all.iter().filter_map(one));
        let (names, unnamed) = (self.list("params.key"), self.list("params.value"));
        let is_paired = names.len() == unnamed.len();
        if is_paired {
            let pairs = names.into_iter().zip(&unnamed);
            values.extend(pairs.map(|(name, value)| (name, unpacked(&Value::from(value.as_str())))));
        }
        let all = is_hidden(&given) && given.is_string();
        let is_cut = all || !is_paired || values.contains_key("truncated");
        let hidden = PARAMETERS.iter().filter(|name| values.get(**name).is_some_and(is_hidden));
        let hidden = hidden.map(|name| (*name).to_owned());
        let rest = is_cut.then(|| text!("scim-log.rest").to_string());
        let hidden = hidden.chain(rest).collect();
        Params { hidden, unnamed: if is_paired { Vec::new() } else { unnamed }, values }
    }
}

/// The value that a text of JSON has; a log viewer leaves out the brackets of a list.
fn unpacked(value: &Value) -> Value {
    let text = value.as_str().map(str::trim).filter(|text| text.starts_with(['[', '{']));
    let read =
        |text: &str| serde_json::from_str(text).or_else(|_| serde_json::from_str(&format!("[{text}]")));
    text.and_then(|text| read(text).ok()).unwrap_or_else(|| value.clone())
}

#[cfg(test)]
mod tests;
